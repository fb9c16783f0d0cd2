//! Options from every place. Each test that needs an environment reads in a process of its own.

use std::fs;
use std::path::Path;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::*;

#[derive(Debug, Parser)]
struct Program {
    #[command(subcommand)]
    command: Only,
}

#[derive(Debug, Subcommand)]
enum Only {
    Serve(Box<ServeOptions>),
    #[command(subcommand)]
    Audit(Audit),
}

#[derive(Debug, Subcommand)]
enum Audit {
    Verify(Box<VerifyOptions>),
}

fn read_options(arguments: &[&str]) -> Result<ServeOptions, ConfigError> {
    let command = Program::command();
    let arguments = ["keepwell", "serve"].iter().chain(arguments).map(OsString::from);
    let matches = read(&command, arguments)?;
    match Program::from_arg_matches(&matches)?.command {
        Only::Serve(options) => Ok(*options),
        Only::Audit(_) => panic!("another command was read"),
    }
}

fn with_file(text: &str, arguments: &[&str]) -> Result<ServeOptions, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(&folder, "keepwell.toml", text);
    read_options(&[&["--config", &file], arguments].concat())
}

fn file_in(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Not a test by itself: reads the options of its own process and says what it found.
#[test]
fn child_process_that_reads_its_options() {
    let Some(arguments) = env::var_os("TEST_ARGUMENTS") else { return };
    let arguments = arguments.into_string().unwrap();
    let arguments: Vec<_> = arguments.split(' ').filter(|word| !word.is_empty()).collect();
    match read_options(&arguments) {
        Ok(options) => {
            println!("found {} {:?}", options.sessions.idle_minutes, options.data.data_dir);
        }
        Err(error) => println!("refused {error}"),
    }
}

fn in_environment(variables: &[(&str, &str)], arguments: &str) -> String {
    let output = std::process::Command::new(env::current_exe().unwrap())
        .args(["--exact", "config::tests::child_process_that_reads_its_options", "--nocapture"])
        .env("TEST_ARGUMENTS", arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn nothing_set_is_safe_and_local() {
    let options = read_options(&[]).unwrap();
    assert!(options.listen.listen.ip().is_loopback());
    assert_eq!(options.listen.public_origin().as_str(), "https://localhost:8443");
    assert_eq!(options.listen.listen_http, PlainPort(Some("127.0.0.1:8080".parse().unwrap())));
    assert_eq!(options.sessions.idle_minutes, 15);
    assert_eq!(options.sessions.absolute_hours, 12);
    assert_eq!(options.sessions.password_cost().memory_kib, 64 * 1024);
    assert_eq!(options.sessions.password_cost().passes, 3);
    assert!(options.sessions.sign_in_workers() >= 1);
    assert_eq!(options.tls.versions(), crate::tls::Versions::Modern);
    let place = options.database.place(Path::new("/data")).unwrap();
    assert!(
        matches!(place, DatabasePlace::Private(cluster) if !cluster.lose_data_on_power_failure)
    );
}

#[test]
fn the_origin_follows_the_port_until_it_is_set() {
    let options = read_options(&["--listen", "127.0.0.1:9443"]).unwrap();
    assert_eq!(options.listen.public_origin().as_str(), "https://localhost:9443");
    let options = read_options(&["--public-origin", "https://diary.example"]).unwrap();
    assert_eq!(options.listen.public_origin().as_str(), "https://diary.example");
}

#[test]
fn the_file_counts_and_the_command_line_counts_more() {
    let text = "idle_minutes = 30\nlisten_http = 'off'\ntls_intermediate = true\n";
    let options = with_file(text, &[]).unwrap();
    assert_eq!(options.sessions.idle_minutes, 30);
    assert_eq!(options.listen.listen_http, PlainPort(None));
    assert!(options.tls.tls_intermediate);
    assert_eq!(with_file(text, &["--idle-minutes", "5"]).unwrap().sessions.idle_minutes, 5);
    assert!(!with_file("tls_intermediate = false", &[]).unwrap().tls.tls_intermediate);
}

#[test]
fn the_environment_stands_between_the_file_and_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(&folder, "keepwell.toml", "idle_minutes = 30\ndata_dir = '/from/file'\n");
    let variables = [("KEEPWELL_CONFIG", file.as_str()), ("KEEPWELL_IDLE_MINUTES", "20")];
    let found = in_environment(&variables, "");
    assert!(found.contains("found 20 Some(\"/from/file\")"), "{found}");
    let found = in_environment(&variables, "--idle-minutes 10");
    assert!(found.contains("found 10"), "{found}");
}

#[test]
fn an_unknown_variable_is_refused_by_name() {
    let told = in_environment(&[("KEEPWELL_IDLE_MINUTE", "20")], "");
    assert!(told.contains("refused Unknown environment variable KEEPWELL_IDLE_MINUTE"), "{told}");
    let told = in_environment(&[("KEEPWELL_REFERENCE_DATA", "/data")], "");
    assert!(told.contains("found 15"), "{told}");
}

#[test]
fn an_unknown_key_of_the_file_is_refused_by_name() {
    let told = with_file("idle_minute = 30", &[]).unwrap_err().to_string();
    assert!(told.contains("`idle_minute`") && told.contains("keepwell.toml"), "{told}");
    for text in ["config = 'other.toml'", "help = true", "[sessions]\nidle_minutes = 5"] {
        with_file(text, &[]).unwrap_err();
    }
}

#[test]
fn one_file_serves_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let verify = |text: &str| {
        let file = file_in(&folder, "keepwell.toml", text);
        let arguments = ["keepwell", "audit", "verify", "--config", &file].map(OsString::from);
        let matches = read(&Program::command(), arguments)?;
        match Program::from_arg_matches(&matches)?.command {
            Only::Audit(Audit::Verify(options)) => Ok(options),
            Only::Serve(_) => panic!("another command was read"),
        }
    };
    let options = verify("idle_minutes = 30\ndata_dir = '/from/file'\n").unwrap();
    assert_eq!(options.data.data_dir(), Path::new("/from/file"));
    let told =
        verify("idle_minute = 30").map(|_| ()).map_err(|error: ConfigError| error.to_string());
    assert!(told.unwrap_err().contains("`idle_minute`"));
}

#[test]
fn a_bad_value_is_refused_with_its_place() {
    for text in ["idle_minutes = 61", "idle_minutes = 0", "listen = 'here'", "idle_minutes = [5]"] {
        let told = with_file(text, &[]).unwrap_err().to_string();
        assert!(told.contains("keepwell.toml"), "{told}");
    }
    let told = with_file("idle_minutes = ", &[]).unwrap_err().to_string();
    assert!(told.contains("not valid TOML"), "{told}");
    assert!(read_options(&["--idle-minutes", "61"]).is_err());
    assert!(read_options(&["--public-origin", "http://diary.example"]).is_err());
    assert!(read_options(&["--password-memory-mib", "1"]).is_err());
}

#[test]
fn a_missing_file_is_named() {
    let told = read_options(&["--config", "/nowhere/keepwell.toml"]).unwrap_err().to_string();
    assert!(told.contains("/nowhere/keepwell.toml"), "{told}");
}

#[test]
fn a_certificate_needs_its_key() {
    assert!(read_options(&["--tls-certificate", "a.pem"]).is_err());
    assert!(read_options(&["--tls-key", "a.key"]).is_err());
    read_options(&["--tls-certificate", "a.pem", "--tls-key", "a.key"]).unwrap();
}

#[test]
fn the_databases_url_comes_from_a_file_too_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgresql://keepwell_app:canary@db.example/keepwell";
    let file = file_in(&folder, "url", &format!("{url}\n"));
    let options = read_options(&["--database-url-file", &file]).unwrap();
    let DatabasePlace::External(external) = options.database.place(folder.path()).unwrap() else {
        panic!("the file was not used")
    };
    assert_eq!(external.url.expose_secret(), url);
    assert!(!format!("{external:?}").contains("canary"));
    let options = read_options(&["--database-url", url]).unwrap();
    assert!(!format!("{options:?}").contains("canary"));
    assert!(read_options(&["--database-url", url, "--database-url-file", &file]).is_err());
    assert!(read_options(&["--database-url", url, "--pg-bin", "/usr"]).is_err());
}
