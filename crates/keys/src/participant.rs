//! What a study calls a participant instead of by name.

use uuid::Uuid;

use crate::KeyPair;
use crate::derive::{Context, Prf, derive};
use crate::text::{letter, to_symbols};

const SYMBOLS: usize = 10;

/// The pseudonym of a participant in a study, such as `P-7K3QX-9M2TD`: 50 bits of a hash that is
/// keyed with the study's own key pair. In another study the same person has another one, and
/// nobody who has not the study's key pair comes from either to the other.
pub fn pseudonym(study: &KeyPair, study_id: Uuid, participant: Uuid) -> String {
    let key = derive(study.seed(), &Context::new("participant").id(study_id));
    let hash = Prf::new(key.as_slice()).of(participant.as_bytes());
    let mut symbols = [0; SYMBOLS];
    to_symbols(hash.as_slice(), &mut symbols);

    let mut text = String::from("P");
    for (place, symbol) in symbols.into_iter().enumerate() {
        if place % 5 == 0 {
            text.push('-');
        }
        text.push(letter(symbol));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Uuid = Uuid::from_u128(0xa1);
    const STUDY: Uuid = Uuid::from_u128(0xc3);

    #[test]
    fn a_participant_has_one_pseudonym_in_a_study_and_others_in_others() {
        let study = KeyPair::generate();
        let name = pseudonym(&study, STUDY, ANA);
        assert_eq!(name, pseudonym(&study, STUDY, ANA));
        let others = [
            pseudonym(&study, STUDY, STUDY),
            pseudonym(&study, ANA, ANA),
            pseudonym(&KeyPair::generate(), STUDY, ANA),
        ];
        assert!(!others.contains(&name));
        for name in others.iter().chain([&name]) {
            let parts: Vec<_> = name.split('-').map(str::len).collect();
            assert_eq!(parts, [1, 5, 5], "{name}");
            assert!(name.starts_with("P-"));
            assert!(name.chars().skip(1).all(|it| it == '-' || crate::text::value(it).is_some()));
        }
    }
}
