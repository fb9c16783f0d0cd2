//! The file with the operator's root key: made on the first start, guarded ever after.
//!
//! Without this key nothing in the database can be read, by nobody, ever. So a missing file beside
//! an existing database stops the program; it never makes a second key in silence.

use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keys::RootKey;
use zeroize::Zeroizing;

use crate::private_file;

/// More than any root key; what is longer is another file.
const BYTES_MAX: u64 = 1024;

/// The root key as found, or as just made.
#[derive(Debug)]
pub struct OpenedRootKey {
    /// The key.
    pub key: Arc<RootKey>,
    /// Its file.
    pub path: PathBuf,
    /// Whether it was made just now, so that the operator must be told to keep a copy.
    pub is_new: bool,
}

/// Why there is no root key to work with.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// There is a database that was written with a key, and the key is gone.
    #[error(
        "The root key {path} is missing, but the database already exists.\n\
         Restore your backup of root.key to this place. Without it nobody can read what the \
         database holds, and a new key would not help; Keepwell therefore makes none.\n\
         To begin again with nothing, use another --data-dir."
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },

    /// Others may read it.
    #[error(
        "The root key {path} can be read by others (mode {mode:04o}).\n\
         Close it:  chmod 600 {path}\nIf somebody else may have copied it, ask who."
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },

    /// It is not a root key.
    #[error(
        "The file {path} is not a whole root key: it should be one line that begins with \
         \"keepwell-root-1:\".\nRestore your backup of it."
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },

    /// The file system said no.
    #[error("Cannot {what} the root key {path}: {source}.")]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Opens the root key, or makes one where there is neither key nor database.
pub fn open(path: &Path, database_exists: bool) -> Result<OpenedRootKey, RootKeyError> {
    match fs::metadata(path) {
        Ok(meta) if meta.mode() & 0o077 != 0 => {
            let mode = meta.mode() & 0o7777;
            Err(RootKeyError::OpenToOthers { path: path.to_path_buf(), mode })
        }
        Ok(_) => {
            let key = read(path)?;
            Ok(OpenedRootKey { key: Arc::new(key), path: path.to_path_buf(), is_new: false })
        }
        Err(error) if error.kind() == ErrorKind::NotFound && database_exists => {
            Err(RootKeyError::Missing { path: path.to_path_buf() })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let key = RootKey::generate();
            let line = Zeroizing::new(format!("{}\n", key.encode().as_str()));
            match private_file::create(path, line.as_bytes()) {
                Ok(()) => {
                    Ok(OpenedRootKey { key: Arc::new(key), path: path.to_path_buf(), is_new: true })
                }
                // Another Keepwell that starts just now was first: its key is the key.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => open(path, true),
                Err(error) => Err(failed("write", path)(error)),
            }
        }
        Err(error) => Err(failed("find", path)(error)),
    }
}

fn read(path: &Path) -> Result<RootKey, RootKeyError> {
    let mut text = Zeroizing::new(String::with_capacity(256));
    let damaged = || RootKeyError::Damaged { path: path.to_path_buf() };
    fs::File::open(path)
        .map_err(failed("read", path))?
        .take(BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|error| {
        if error.kind() == ErrorKind::InvalidData { damaged() } else { failed("read", path)(error) }
    })?;
    RootKey::parse(text.trim()).map_err(|keys::CannotOpen| damaged())
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RootKeyError {
    let path = path.to_path_buf();
    move |source| RootKeyError::File { what, path, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_first_start_makes_a_private_key_and_the_second_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let made = open(&path, false).unwrap();
        assert!(made.is_new);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let found = open(&path, true).unwrap();
        assert!(!found.is_new);
        assert_eq!(found.key.encode().as_str(), made.key.encode().as_str());
    }

    #[test]
    fn a_lost_key_is_never_replaced_in_silence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let told = open(&path, true).unwrap_err().to_string();
        assert!(told.contains("Restore your backup of root.key"), "{told}");
        assert!(!path.exists());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        open(&path, false).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(
                matches!(open(&path, true), Err(RootKeyError::OpenToOthers { .. })),
                "{mode:o}"
            );
        }
    }

    #[test]
    fn a_damaged_key_is_refused_without_showing_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        for text in ["", "canary", "keepwell-root-1:canary", "\u{fffd}"] {
            private_file::write(&path, text.as_bytes()).unwrap();
            let error = open(&path, true).unwrap_err();
            assert!(matches!(error, RootKeyError::Damaged { .. }), "{error}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }
}
