//! Finds the PostgreSQL that is installed, of the right release.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ClusterError;

/// ICU as a database's own collation came with this release.
const MAJOR_MIN: u32 = 15;
/// Where Debian and Ubuntu keep one folder a release.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder with `initdb` and `postgres`.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    bin: PathBuf,
}

impl Binaries {
    /// The folder that was named; else the release that made the database; else the newest.
    pub(super) fn find(
        named: Option<&Path>,
        database: Option<(PathBuf, u32)>,
    ) -> Result<Self, ClusterError> {
        let found = match named {
            Some(bin) => candidate(bin).into_iter().collect(),
            None => installed(Path::new(DEBIAN)),
        };
        let looked_in = named.map_or_else(
            || format!("{DEBIAN}/*/bin and the PATH"),
            |bin| bin.display().to_string(),
        );
        choose(found, looked_in, database)
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.bin.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.bin.join("postgres")
    }
}

/// Takes from the installed releases the one to use.
fn choose(
    mut found: Vec<(u32, PathBuf)>,
    looked_in: String,
    database: Option<(PathBuf, u32)>,
) -> Result<Binaries, ClusterError> {
    found.sort();
    let Some((newest, newest_bin)) = found.last().cloned() else {
        return Err(ClusterError::NotInstalled { looked_in });
    };
    if let Some((database, made_by)) = database {
        return match found.into_iter().rev().find(|(major, _)| *major == made_by) {
            Some((_, bin)) => Ok(Binaries { bin }),
            None => Err(ClusterError::OtherVersion {
                database,
                made_by,
                found: format!("the one installed in {} is {newest}", newest_bin.display()),
            }),
        };
    }
    if newest < MAJOR_MIN {
        return Err(ClusterError::TooOld { found: newest, bin: newest_bin });
    }
    Ok(Binaries { bin: newest_bin })
}

/// Every release in `releases`, and the one on the PATH.
fn installed(releases: &Path) -> Vec<(u32, PathBuf)> {
    let mut found: Vec<_> = fs::read_dir(releases)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let major = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            is_complete(&bin).then_some((major, bin))
        })
        .collect();
    if found.is_empty() {
        let path = env::var_os("PATH").unwrap_or_default();
        found.extend(env::split_paths(&path).find_map(|bin| candidate(&bin)));
    }
    found
}

/// A folder with both programs, and its release.
fn candidate(bin: &Path) -> Option<(u32, PathBuf)> {
    if !is_complete(bin) {
        return None;
    }
    let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    let major = parse_version(&String::from_utf8_lossy(&output.stdout))?;
    Some((major, bin.to_path_buf()))
}

fn is_complete(bin: &Path) -> bool {
    bin.join("initdb").exists() && bin.join("postgres").exists()
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15.
fn parse_version(text: &str) -> Option<u32> {
    let number = text.split_once("(PostgreSQL)")?.1.trim_start();
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(major: u32) -> (u32, PathBuf) {
        (major, PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")))
    }

    #[test]
    fn the_version_is_read_from_what_the_server_says() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta2"), Some(18));
        assert_eq!(parse_version("something else"), None);
    }

    #[test]
    fn a_new_database_is_made_by_the_newest_release() {
        let binaries = choose(vec![release(9), release(17), release(15)], String::new(), None);
        assert_eq!(binaries.unwrap().bin, release(17).1);
    }

    #[test]
    fn a_database_is_opened_by_the_release_that_made_it() {
        let database = Some((PathBuf::from("/data/database"), 15));
        let binaries = choose(vec![release(17), release(15)], String::new(), database);
        assert_eq!(binaries.unwrap().bin, release(15).1);
    }

    #[test]
    fn another_release_is_refused_and_the_way_out_is_named() {
        let database = Some((PathBuf::from("/data/database"), 16));
        let error = choose(vec![release(17)], String::new(), database).unwrap_err().to_string();
        assert!(error.contains("made by PostgreSQL 16"), "{error}");
        assert!(error.contains("apt install postgresql-16"), "{error}");
        assert!(error.contains("17"), "{error}");
    }

    #[test]
    fn a_machine_without_postgresql_is_told_what_to_install() {
        let error = choose(Vec::new(), "/nowhere".to_owned(), None).unwrap_err().to_string();
        assert!(error.contains("apt install postgresql"), "{error}");
    }

    #[test]
    fn a_release_that_is_too_old_is_refused() {
        let error = choose(vec![release(14)], String::new(), None).unwrap_err();
        assert!(matches!(error, ClusterError::TooOld { found: 14, .. }));
    }
}
