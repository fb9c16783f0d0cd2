//! A fresh copy of the migrated database for each test.

use std::{env, path::PathBuf};

use keys::{ApiToken, RootKey, SessionToken};
use platform::{database::migrate, session::hex};
use tokio_postgres::{Client, Config, NoTls};
use uuid::Uuid;

/// Names the folder of the socket of the throw-away PostgreSQL.
pub const SOCKET_VARIABLE: &str = "KEEPWELL_TEST_SOCKET";

/// Two tests that want the template at once take turns.
const LOCK: i64 = 4711;

/// A fresh copy of the migrated database.
#[derive(Clone, Debug)]
pub struct TestDb {
    name: String,
    socket: PathBuf,
}

impl TestDb {
    /// Clones the template, making it first if these migrations have none yet.
    pub async fn new() -> Self {
        let socket = PathBuf::from(env::var(SOCKET_VARIABLE).expect(
            "run tests through script/test, or `cargo run -p testkit --bin with-database -- COMMAND`",
        ));
        let name = format!("test_{}", Uuid::now_v7().simple());
        let mut db = Self { name: "postgres".to_owned(), socket };
        let server = db.admin().await;
        let template = template_name();
        run(&server, &format!("select pg_advisory_lock({LOCK})")).await;
        let exists = server
            .query_opt("select from pg_database where datname = $1", &[&template])
            .await
            .expect("the catalogue")
            .is_some();
        if !exists {
            let building = format!("building_{template}");
            run(&server, &format!("drop database if exists {building}")).await;
            run(&server, &format!("create database {building}")).await;
            db.name.clone_from(&building);
            let mut inside = db.admin().await;
            migrate(&mut inside).await.expect("the migrations apply");
            drop(inside);
            wait_until_nobody_is_in(&server, &building).await;
            run(&server, &format!("alter database {building} rename to {template}")).await;
        }
        run(&server, &format!("create database {name} template {template}")).await;
        // A copy does not take the template's rights along.
        run(
            &server,
            &format!(
                "revoke all on database {name} from public;
                grant connect on database {name}
                    to keepwell_app, keepwell_worker, keepwell_auditor"
            ),
        )
        .await;
        run(&server, &format!("select pg_advisory_unlock({LOCK})")).await;
        db.name = name;
        db
    }

    /// The way in as a role.
    pub fn config(&self, role: &str) -> Config {
        let mut config = Config::new();
        config.host_path(&self.socket).port(5432).dbname(&self.name).user(role);
        config
    }

    /// Connects as a role, as whoever injects SQL would.
    pub async fn connect(&self, role: &str) -> Client {
        let (client, connection) =
            self.config(role).connect(NoTls).await.expect("the test database answers");
        tokio::spawn(connection);
        client
    }

    /// Connects as the superuser: sees all, for arranging and for being a thief.
    pub async fn admin(&self) -> Client {
        self.connect("postgres").await
    }

    /// Begins a transaction as the runtime role, presenting a session's cookie or an API token.
    pub async fn begin_as(&self, client: &Client, presented: &str) {
        let token = match ApiToken::parse(presented) {
            Ok(token) => token.database_token(),
            Err(_) => SessionToken::parse(presented).expect("a session cookie").database_token(),
        };
        let token = hex(token.expose());
        run(client, "begin").await;
        client
            .query("select set_config('app.token', $1, true)", &[&token.as_str()])
            .await
            .expect("a setting");
    }

    /// Everything the database holds, as `pg_dump` writes it.
    pub fn dump(&self) -> Vec<u8> {
        let dump = std::process::Command::new(pg_dump())
            .args(["--inserts", "--rows-per-insert=1", "-U", "postgres", "-p", "5432", "-h"])
            .arg(&self.socket)
            .arg(&self.name)
            .output()
            .expect("pg_dump runs");
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        dump.stdout
    }

    /// A key as an operator has one.
    pub fn root_key() -> RootKey {
        RootKey::generate()
    }
}

/// Beside the server's own programs, where Debian has it, or on the path.
fn pg_dump() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin/pg_dump")))
        .filter(|program| program.exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from("pg_dump"))
}

/// Named by what the migrations say: edit one and the next run builds a new template.
fn template_name() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let mut text = DefaultHasher::new();
    for migration in platform::database::MIGRATIONS.iter() {
        (migration.number, migration.sql).hash(&mut text);
    }
    format!("template_{:016x}", text.finish())
}

async fn wait_until_nobody_is_in(server: &Client, database: &str) {
    for _ in 0..200 {
        let sessions = server
            .query("select from pg_stat_activity where datname = $1", &[&database])
            .await
            .expect("the catalogue");
        if sessions.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("somebody stays connected to {database}");
}

pub(crate) async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap_or_else(|cause| panic!("{sql}: {cause:?}"));
}
