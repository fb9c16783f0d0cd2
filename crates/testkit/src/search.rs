//! Looking for what must not be there: a marker in every form in which bytes are commonly written
//! down, also inside what was compressed.

use std::io::Read;

use base64::{
    Engine,
    alphabet::{self, Alphabet},
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};

/// No compressed piece is expanded further than this.
const EXPANDED_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Markers in all their forms, ready to be looked for.
pub struct Search {
    forms: Vec<(String, Vec<u8>)>,
    /// For each pair of first bytes the forms that begin so: most places are passed by one look.
    beginnings: Vec<Vec<usize>>,
}

impl Search {
    /// Prepares the forms of each marker.
    pub fn new(markers: &[String]) -> Self {
        let mut forms = Vec::new();
        for marker in markers {
            forms.extend(forms_of(marker));
        }
        let mut beginnings = vec![Vec::new(); 1 << 16];
        for (number, (_, form)) in forms.iter().enumerate() {
            if let [first, second, ..] = form.as_slice()
                && let Some(slot) = beginnings.get_mut(pair(*first, *second))
            {
                slot.push(number);
            }
        }
        Self { forms, beginnings }
    }

    /// Which markers these bytes hold, and in which form; also inside gzip, zlib and zstd.
    pub fn traces_in(&self, bytes: &[u8]) -> Vec<String> {
        let mut traces = self.plain_traces_in(bytes);
        for at in 0..bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            for (name, expanded) in expanded(rest) {
                traces.extend(
                    self.plain_traces_in(&expanded)
                        .iter()
                        .map(|trace| format!("{trace} in {name}")),
                );
            }
        }
        traces
    }

    fn plain_traces_in(&self, bytes: &[u8]) -> Vec<String> {
        let mut traces = Vec::new();
        for (at, two) in bytes.windows(2).enumerate() {
            let [first, second] = two else { continue };
            for number in self.beginnings.get(pair(*first, *second)).into_iter().flatten() {
                if let Some((name, form)) = self.forms.get(*number)
                    && bytes.get(at..).is_some_and(|rest| rest.starts_with(form))
                {
                    traces.push(name.clone());
                }
            }
        }
        traces
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// A marker as text, UTF-16, hex, base64 wherever it begins, and percent-encoded.
pub fn forms_of(marker: &str) -> Vec<(String, Vec<u8>)> {
    let bytes = marker.as_bytes();
    let hex = |upper: bool| -> String {
        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
        digits.map(|two| if upper { two.to_uppercase() } else { two }).collect()
    };
    let percent = |all: bool, upper: bool| -> String {
        let one = |byte: &u8| match (byte.is_ascii_alphanumeric() || b"-_.~".contains(byte), upper)
        {
            (true, _) if !all => char::from(*byte).to_string(),
            (_, true) => format!("%{byte:02X}"),
            (_, false) => format!("%{byte:02x}"),
        };
        bytes.iter().map(one).collect()
    };
    let mut forms: Vec<(&str, Vec<u8>)> = vec![
        ("text", bytes.to_vec()),
        ("UTF-16LE", marker.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", marker.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("hex", hex(false).into_bytes()),
        ("HEX", hex(true).into_bytes()),
        ("percent", percent(true, false).into_bytes()),
        ("PERCENT", percent(true, true).into_bytes()),
        ("some percent", percent(false, false).into_bytes()),
        ("some PERCENT", percent(false, true).into_bytes()),
    ];
    for before in 0..3 {
        forms.push(("base64", base64_inside(&alphabet::STANDARD, before, bytes)));
        forms.push(("base64url", base64_inside(&alphabet::URL_SAFE, before, bytes)));
    }
    // A marker of letters and digits alone is the same in several forms.
    let mut seen = std::collections::BTreeSet::new();
    forms.retain(|(_, form)| seen.insert(form.clone()));
    forms.into_iter().map(|(name, form)| (format!("{marker} as {name}"), form)).collect()
}

/// The part of the encoding that is the same whatever stands around: `before` bytes come first.
fn base64_inside(alphabet: &Alphabet, before: usize, bytes: &[u8]) -> Vec<u8> {
    let mut padded = vec![0; before];
    padded.extend_from_slice(bytes);
    let text = GeneralPurpose::new(alphabet, NO_PAD).encode(&padded).into_bytes();
    let first = (before * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    text.get(first..end).unwrap_or_default().to_vec()
}

/// What unpacks from here, if something was packed here.
fn expanded(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut found = Vec::new();
    let mut keep = |name, from: &mut dyn Read| {
        let mut plain = Vec::new();
        // What came before the damage is looked at as well.
        if from.take(EXPANDED_BYTES_MAX).read_to_end(&mut plain).is_ok() || !plain.is_empty() {
            found.push((name, plain));
        }
    };
    match bytes {
        [0x1f, 0x8b, 0x08, ..] => keep("gzip", &mut flate2::read::GzDecoder::new(bytes)),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => {
            keep("zlib", &mut flate2::read::ZlibDecoder::new(bytes));
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            if let Ok(mut decoder) = zstd::stream::read::Decoder::new(bytes) {
                keep("zstd", &mut decoder);
            }
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const MARKER: &str = "marker+7f@Käse";

    #[test]
    fn every_form_is_seen_wherever_it_stands() {
        let search = Search::new(&[MARKER.to_owned()]);
        for (name, form) in forms_of(MARKER) {
            let around = [b"before ".as_slice(), &form, b" after"].concat();
            assert!(search.traces_in(&around).contains(&name), "{name}");
        }
        for before in 0..6 {
            let whole = [vec![b'x'; before], MARKER.as_bytes().to_vec(), vec![b'y'; 5]].concat();
            let text = base64::prelude::BASE64_STANDARD.encode(whole);
            assert!(!search.traces_in(text.as_bytes()).is_empty(), "after {before} bytes");
        }
        assert!(search.traces_in(b"nothing of the kind").is_empty());
    }

    #[test]
    fn what_was_compressed_is_expanded() {
        let search = Search::new(&[MARKER.to_owned()]);
        let text = format!("{MARKER} {MARKER}");
        let level = flate2::Compression::default();
        let mut gzip = flate2::write::GzEncoder::new(b"before".to_vec(), level);
        gzip.write_all(text.as_bytes()).unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(b"before".to_vec(), level);
        zlib.write_all(text.as_bytes()).unwrap();
        let zstd = [b"before".to_vec(), zstd::encode_all(text.as_bytes(), 3).unwrap()].concat();
        for packed in [gzip.finish().unwrap(), zlib.finish().unwrap(), zstd] {
            assert!(!search.traces_in(&packed).is_empty());
        }
    }
}
