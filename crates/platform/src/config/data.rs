//! Where Keepwell keeps what it keeps on this machine.

use std::env;
use std::path::PathBuf;

use rustix::process::geteuid;

/// The data directory and the root key.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Data")]
pub struct DataOptions {
    /// The folder for everything: root key, TLS keys, private database
    ///
    /// By default /var/lib/keepwell for root, and otherwise ~/.local/share/keepwell
    /// (below `$XDG_DATA_HOME` where that is set).
    #[arg(long, env = "KEEPWELL_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// The file with the root key, when it is not root.key in the data directory
    #[arg(long, env = "KEEPWELL_ROOT_KEY_FILE", value_name = "FILE")]
    pub root_key_file: Option<PathBuf>,
}

impl DataOptions {
    /// The data directory, chosen or usual.
    pub fn data_dir(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(usual_data_dir)
    }

    /// The root key's file, chosen or usual.
    pub fn root_key_file(&self) -> PathBuf {
        self.root_key_file.clone().unwrap_or_else(|| self.data_dir().join("root.key"))
    }
}

fn usual_data_dir() -> PathBuf {
    if geteuid().is_root() {
        return PathBuf::from("/var/lib/keepwell");
    }
    let absolute =
        |name: &str| env::var_os(name).map(PathBuf::from).filter(|dir| dir.is_absolute());
    absolute("XDG_DATA_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".local/share")))
        .map_or_else(|| PathBuf::from("/var/lib/keepwell"), |dir| dir.join("keepwell"))
}
