//! The private cluster as real processes: started, killed, started again.

use std::env;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::{Cluster, ClusterConfig, ClusterError};

/// Generous: the machine may be busy with everything else.
const LIMIT: Duration = Duration::from_mins(1);
const CHILD_DIR: &str = "KEEPWELL_TEST_CHILD_DIR";

fn folder() -> TempDir {
    // The socket's path must stay short, whatever TMPDIR says.
    tempfile::Builder::new().prefix("kw").tempdir_in("/tmp").unwrap()
}

fn config(folder: &TempDir) -> ClusterConfig {
    ClusterConfig { lose_data_on_power_failure: true, ..ClusterConfig::new(folder.path()) }
}

/// The first column of the rows of a statement, asked as the superuser.
fn ask(cluster: &Cluster, sql: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let config = cluster.admin_config();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let (client, connection) = config.connect(NoTls).await?;
        let connection = tokio::spawn(connection);
        let messages = client.simple_query(sql).await?;
        drop(client);
        connection.await.unwrap()?;
        Ok(messages
            .into_iter()
            .filter_map(|message| {
                let SimpleQueryMessage::Row(row) = message else { return None };
                Some(row.get(0).unwrap_or_default().to_owned())
            })
            .collect())
    })
}

fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + LIMIT;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < until, "waited too long for: {what}");
        sleep(Duration::from_millis(20));
    }
}

fn postmaster(folder: &Path) -> i32 {
    let text = fs::read_to_string(folder.join("database/postmaster.pid")).unwrap();
    text.lines().next().unwrap().trim().parse().unwrap()
}

fn signal(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

fn is_gone(pid: i32) -> bool {
    // A dead process that nobody collected is gone too.
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

/// Not a test by itself: what the tests below run as a process of its own, to be killed.
#[test]
fn child_process_that_runs_a_cluster() {
    let Some(dir) = env::var_os(CHILD_DIR) else { return };
    let config = ClusterConfig {
        lose_data_on_power_failure: true,
        ..ClusterConfig::new(PathBuf::from(dir))
    };
    match Cluster::start(&config) {
        Ok(cluster) => {
            fs::write(config.data_dir.join("child-ready"), "").unwrap();
            sleep(LIMIT * 5);
            drop(cluster);
        }
        Err(error) => fs::write(config.data_dir.join("child-error"), error.to_string()).unwrap(),
    }
}

fn child(folder: &TempDir) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "cluster::tests::child_process_that_runs_a_cluster"])
        .env(CHILD_DIR, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_fresh_start_gives_a_private_durable_cluster_and_a_restart_keeps_the_data() {
    let folder = folder();
    let config = ClusterConfig::new(folder.path());
    assert!(!config.database_exists());
    let cluster = Cluster::start(&config).unwrap();
    assert!(config.database_exists());

    let show = |name: &str| ask(&cluster, &format!("show {name}")).unwrap().concat();
    assert_eq!(show("listen_addresses"), "");
    assert_eq!(show("data_checksums"), "on");
    assert_eq!(show("fsync"), "on");
    assert_eq!(show("full_page_writes"), "on");
    assert_eq!(show("synchronous_commit"), "on");
    assert_eq!(show("password_encryption"), "scram-sha-256");
    assert_eq!(show("log_min_error_statement"), "panic");
    assert_eq!(show("log_parameter_max_length_on_error"), "0");
    let provider = "select datlocprovider::text from pg_database where datname = 'keepwell'";
    assert_eq!(ask(&cluster, provider).unwrap(), ["i"]);
    assert_eq!(no_tcp_listener_of(postmaster(folder.path())), Vec::<String>::new());

    ask(&cluster, "create table kept (word text); insert into kept values ('still here')").unwrap();
    cluster.stop();
    assert!(!folder.path().join("database/postmaster.pid").exists());

    let cluster = Cluster::start(&config).unwrap();
    assert_eq!(ask(&cluster, "select word from kept").unwrap(), ["still here"]);
}

/// The listening TCP sockets that a process holds.
fn no_tcp_listener_of(pid: i32) -> Vec<String> {
    let mut inodes = Vec::new();
    for file in fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten() {
        if let Ok(target) = fs::read_link(file.path())
            && let Some(inode) = target.to_string_lossy().strip_prefix("socket:[")
        {
            inodes.push(inode.trim_end_matches(']').to_owned());
        }
    }
    assert!(!inodes.is_empty(), "a server without any socket was looked at");
    ["tcp", "tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(format!("/proc/{pid}/net/{table}")).ok())
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| {
            line.split_whitespace().nth(9).is_some_and(|i| inodes.iter().any(|j| i == j))
        })
        .collect()
}

#[test]
fn the_database_runs_unprivileged_and_cannot_write_its_own_rules() {
    let folder = folder();
    let cluster = Cluster::start(&config(&folder)).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", postmaster(folder.path()))).unwrap();
    let field = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(!field("Uid:").split_whitespace().any(|uid| uid == "0"), "{}", field("Uid:"));
    assert_eq!(field("NoNewPrivs:"), "NoNewPrivs:\t1");

    if rustix::process::geteuid().is_root() {
        let meta = fs::metadata(folder.path().join("conf/pg_hba.conf")).unwrap();
        assert_eq!(meta.uid(), 0);
        assert_eq!(meta.mode() & 0o777, 0o640);
        let program = ask(&cluster, "copy (select 1) to '/root/planted'");
        assert!(program.is_err());
    }
}

#[test]
fn the_kernel_says_who_connects_and_other_names_are_refused() {
    let folder = folder();
    let cluster = Cluster::start(&config(&folder)).unwrap();
    ask(&cluster, "create role stranger login superuser; create role keepwell_app login").unwrap();
    let connect = |role: &str| {
        let config = cluster.config(role);
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async { config.connect(NoTls).await.map(drop) })
    };
    connect("keepwell_app").unwrap();
    assert!(connect("stranger").is_err());
    let mode = fs::metadata(cluster.socket_dir()).unwrap().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn what_people_wrote_does_not_reach_the_servers_log() {
    let folder = folder();
    let cluster = Cluster::start(&config(&folder)).unwrap();
    ask(&cluster, "create table t (word text primary key); insert into t values ('canary')")
        .unwrap();
    assert!(ask(&cluster, "insert into t values ('canary')").is_err());
    assert!(ask(&cluster, "select 'canary'::uuid").is_err());
    assert!(ask(&cluster, "select canary from nowhere").is_err());
    cluster.stop();
    let mut logs = vec![folder.path().join("database-start.log")];
    logs.extend(
        fs::read_dir(folder.path().join("log")).unwrap().map(|entry| entry.unwrap().path()),
    );
    assert!(logs.len() > 1, "no log was written");
    for log in logs {
        let text = fs::read_to_string(&log).unwrap();
        assert!(!text.contains("canary"), "{}: {text}", log.display());
    }
}

#[test]
fn a_second_instance_on_the_same_directory_is_refused() {
    let folder = folder();
    let cluster = Cluster::start(&config(&folder)).unwrap();
    let error = Cluster::start(&config(&folder)).unwrap_err();
    assert!(matches!(error, ClusterError::AlreadyRunning { .. }), "{error}");
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    cluster.stop();
    Cluster::start(&config(&folder)).unwrap();
}

#[test]
fn a_killed_server_is_brought_back_with_every_commit() {
    let folder = folder();
    let cluster = Cluster::start(&ClusterConfig::new(folder.path())).unwrap();
    ask(&cluster, "create table kept (word text); insert into kept values ('still here')").unwrap();
    let killed = postmaster(folder.path());
    signal(killed, Signal::KILL);
    let words = eventually("the server to come back", || {
        (fs::read_to_string(folder.path().join("database/postmaster.pid"))
            .is_ok_and(|text| !text.starts_with(&killed.to_string())))
        .then(|| ask(&cluster, "select word from kept").ok())
        .flatten()
    });
    assert_eq!(words, ["still here"]);
}

#[test]
fn a_killed_backend_does_not_end_the_server() {
    let folder = folder();
    let cluster = Cluster::start(&config(&folder)).unwrap();
    let checkpointer =
        ask(&cluster, "select pid from pg_stat_activity where backend_type = 'checkpointer'")
            .unwrap();
    signal(checkpointer.concat().parse().unwrap(), Signal::KILL);
    eventually("the server to answer again", || ask(&cluster, "select 1").ok());
}

#[test]
fn the_server_ends_when_keepwell_is_killed_and_the_next_start_goes_well() {
    let folder = folder();
    let mut keepwell = child(&folder);
    eventually("the child to be ready", || {
        fs::exists(folder.path().join("child-ready")).unwrap().then_some(())
    });
    let server = postmaster(folder.path());
    keepwell.kill().unwrap();
    keepwell.wait().unwrap();
    let cluster = Cluster::start(&config(&folder)).unwrap();
    assert!(is_gone(server));
    ask(&cluster, "select 1").unwrap();
}

#[test]
fn both_killed_at_once_the_next_start_recovers() {
    let folder = folder();
    let mut keepwell = child(&folder);
    eventually("the child to be ready", || {
        fs::exists(folder.path().join("child-ready")).unwrap().then_some(())
    });
    // Stopped first, so that the second kill finds the server as the first left it.
    let server = postmaster(folder.path());
    signal(server, Signal::STOP);
    keepwell.kill().unwrap();
    signal(server, Signal::KILL);
    keepwell.wait().unwrap();
    let cluster = Cluster::start(&config(&folder)).unwrap();
    ask(&cluster, "select 1").unwrap();
}

#[test]
fn a_stale_pid_file_whose_number_lives_again_is_no_obstacle() {
    let folder = folder();
    Cluster::start(&config(&folder)).unwrap().stop();
    // A live process of the database's own user, as after a restart of the machine.
    let pid_file = folder.path().join("database/postmaster.pid");
    let database = folder.path().join("database");
    let owner = fs::metadata(&database).unwrap();
    let mut other = Command::new("setpriv");
    if rustix::process::geteuid().is_root() {
        other.args([&format!("--reuid={}", owner.uid()), "--clear-groups"]);
    }
    let mut other = other.args(["--", "sleep", "1000"]).spawn().unwrap();
    let text = format!("{}\n{}\n0\n5432\n\n\n\n", other.id(), database.display());
    fs::write(&pid_file, &text).unwrap();
    fs::write(folder.path().join("run/.s.PGSQL.5432.lock"), &text).unwrap();
    let started = Cluster::start(&config(&folder));
    other.kill().unwrap();
    other.wait().unwrap();
    ask(&started.unwrap(), "select 1").unwrap();
}

#[test]
fn a_database_of_another_release_is_refused_by_name() {
    let folder = folder();
    Cluster::start(&config(&folder)).unwrap().stop();
    fs::write(folder.path().join("database/PG_VERSION"), "9\n").unwrap();
    let error = Cluster::start(&config(&folder)).unwrap_err().to_string();
    assert!(error.contains("made by PostgreSQL 9"), "{error}");
    assert!(error.contains("apt install postgresql-9"), "{error}");
}

#[test]
fn a_half_made_database_is_made_again() {
    let folder = folder();
    fs::create_dir(folder.path().join("database.new")).unwrap();
    fs::write(folder.path().join("database.new/PG_VERSION"), "15\n").unwrap();
    let cluster = Cluster::start(&config(&folder)).unwrap();
    ask(&cluster, "select 1").unwrap();
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let folder = folder();
    Cluster::start(&config(&folder)).unwrap().stop();
    fs::remove_file(folder.path().join("database/global/pg_control")).unwrap();
    let error = Cluster::start(&config(&folder)).unwrap_err();
    assert!(matches!(error, ClusterError::CannotStart { .. }), "{error:?}");
    assert!(error.to_string().contains("pg_control"), "{error}");
}

#[test]
fn a_path_that_no_socket_can_have_is_refused_before_anything_is_made() {
    let folder = folder();
    let deep = folder.path().join("a".repeat(60)).join("b".repeat(60));
    let error = Cluster::start(&ClusterConfig::new(&deep)).unwrap_err();
    assert!(matches!(error, ClusterError::PathTooLong { max: 107, .. }), "{error}");
    assert!(!deep.join("database").exists());
}

#[test]
fn a_folder_that_everybody_may_write_is_refused() {
    let folder = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let error = Cluster::start(&config(&folder)).unwrap_err();
    assert!(matches!(error, ClusterError::OpenToAll { .. }), "{error}");
}

#[test]
fn a_closed_folder_on_the_way_is_named() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root runs the database as somebody else");
        return;
    }
    let folder = folder();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let error = Cluster::start(&ClusterConfig::new(closed.join("data"))).unwrap_err();
    let ClusterError::Unreachable { blocked, .. } = &error else { panic!("{error}") };
    assert_eq!(*blocked, closed);
}

#[test]
fn a_file_in_the_place_of_the_directory_is_named() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Cluster::start(&ClusterConfig::new(file.join("data"))).unwrap_err().to_string();
    assert!(error.contains("file/data"), "{error}");
}

#[test]
fn the_programs_that_were_named_are_used() {
    let folder = folder();
    let config = ClusterConfig { pg_bin: Some(folder.path().join("none")), ..config(&folder) };
    let error = Cluster::start(&config).unwrap_err();
    assert!(matches!(error, ClusterError::NotInstalled { .. }), "{error}");
}

#[test]
fn start_log_is_readable_by_its_owner_only() {
    let folder = folder();
    let _cluster = Cluster::start(&config(&folder)).unwrap();
    for name in ["database-start.log", "keepwell.lock", "database.lock"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let mut text = String::new();
    fs::File::open(folder.path().join("keepwell.lock")).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text.trim(), std::process::id().to_string());
}
