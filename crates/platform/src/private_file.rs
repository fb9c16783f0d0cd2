//! Files that only their owner may read: keys and what opens them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Writes a file of mode 0600 in one step: after a kill there is the old one or the new one.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(path, bytes)?;
    fs::rename(&new, path)?;
    sync_folder_of(path)
}

/// The same, where there is none yet: of two who try at the same time one succeeds, the other
/// fails with [`io::ErrorKind::AlreadyExists`].
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(path, bytes)?;
    let linked = fs::hard_link(&new, path);
    fs::remove_file(&new)?;
    linked?;
    sync_folder_of(path)
}

/// A whole file beside its place, under a name that is this process's own.
fn beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = path.with_file_name(name);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    // The mode counts only for a file that is made here, hence no reuse of an old one.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(new)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        Some(_) | None => Ok(()),
    }
}
