//! The schema's way forward: each file once, in order, unchanged, one server at a time.

use keys::{PasswordCost, RootKey};
use platform::database::{MIGRATIONS, MigrateError, migrate, migrate_to};
use platform::database::{SettleError, settle};
use testkit::TestDb;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

async fn history(client: &Client) -> Vec<(i32, String)> {
    let sql = "select number, checksum from platform.migration order by number";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The whole database as text, without the random word that a dump is fenced with.
fn schema(db: &TestDb) -> Vec<String> {
    let dump = String::from_utf8(db.dump()).unwrap();
    dump.lines().filter(|line| !line.contains("restrict ")).map(str::to_owned).collect()
}

#[tokio::test]
async fn applying_again_changes_nothing() {
    let db = TestDb::new().await;
    let mut client = db.admin().await;
    let (before, history_before) = (schema(&db), history(&client).await);
    migrate(&mut client).await.unwrap();
    assert_eq!(schema(&db), before);
    assert_eq!(history(&client).await, history_before);
    assert_eq!(history_before.len(), MIGRATIONS.len());
}

#[tokio::test]
async fn a_schema_that_a_newer_program_made_is_refused() {
    let db = TestDb::new().await;
    let mut client = db.admin().await;
    let newer = "insert into platform.migration (number, name, checksum) values (9000, 'x', 'x')";
    client.batch_execute(newer).await.unwrap();
    let refused = migrate(&mut client).await.unwrap_err();
    assert!(matches!(refused, MigrateError::Newer { found: 9000, .. }), "{refused}");
    // Refusing leaves the lock free, and without the newer entry the same call succeeds.
    client.batch_execute("delete from platform.migration where number = 9000").await.unwrap();
    migrate(&mut client).await.unwrap();
}

#[tokio::test]
async fn a_file_that_was_changed_after_it_was_applied_is_refused() {
    let db = TestDb::new().await;
    let mut client = db.admin().await;
    for number in [1, 2] {
        let change =
            format!("update platform.migration set checksum = 'x' where number = {number}");
        client.batch_execute(&change).await.unwrap();
        let refused = migrate(&mut client).await.unwrap_err();
        assert!(matches!(refused, MigrateError::Changed { number: 1 }), "{refused}");
    }
}

#[tokio::test]
async fn two_servers_that_start_at_once_take_turns() {
    let db = TestDb::new().await;
    let admin = db.admin().await;
    let name = format!("empty_{}", Uuid::now_v7().simple());
    admin.batch_execute(&format!("create database {name} template template0")).await.unwrap();
    let connect = async || {
        let mut config = db.config("postgres");
        let (client, connection) = config.dbname(&name).connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    };
    let starts = (0..3).map(async |_| migrate(&mut connect().await).await);
    for started in futures_util::future::join_all(starts).await {
        started.unwrap();
    }
    assert_eq!(history(&connect().await).await, history(&db.admin().await).await);
    admin.batch_execute(&format!("drop database {name} with (force)")).await.unwrap();
}

/// Roles belong to all databases of a PostgreSQL server.
#[tokio::test]
async fn servers_of_several_databases_that_start_at_once_all_start() {
    let dbs = futures_util::future::join_all((0..4).map(async |_| TestDb::new().await)).await;
    let starts = dbs.iter().flat_map(|db| {
        (0..5).map(async |_| {
            let (mut client, connection) = db.config("postgres").connect(NoTls).await.unwrap();
            tokio::spawn(connection);
            migrate(&mut client).await
        })
    });
    for started in futures_util::future::join_all(starts).await {
        started.unwrap();
    }
}

#[tokio::test]
async fn an_earlier_schema_with_people_in_it_is_brought_up_to_date() {
    let db = TestDb::new().await;
    let admin = db.admin().await;
    let name = format!("earlier_{}", Uuid::now_v7().simple());
    admin.batch_execute(&format!("create database {name} template template0")).await.unwrap();
    let (mut client, connection) =
        db.config("postgres").dbname(&name).connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    migrate_to(&mut client, 4).await.unwrap();
    // Somebody as the first schema had them: signed in, with a diary and its audit.
    let somebody = "with ana as (insert into auth.principal values (gen_random_uuid(), 'k') returning principal),
        account as (insert into accounts.account select principal, 'mail' from ana),
        slot as (insert into accounts.key_slot
            select principal, gen_random_uuid(), 1, sha256('p'), 'sealed', 8, 1, 1 from ana),
        signed_in as (insert into auth.session (principal, token_hash, application, idle_limit,
            expires_at, keyring_sealed)
            select principal, sha256('t'), 'web', '15 minutes', now() + interval '1 hour', 'keyring'
            from ana),
        day as (insert into diary.record_day select principal, 'food', '2026-11-20', 1, 1, 'b' from ana)
        insert into audit.head select principal, 1, sha256('h') from ana";
    client.batch_execute(somebody).await.unwrap();
    migrate(&mut client).await.unwrap();
    let count = async |table: &str| -> i64 {
        client.query_one(&format!("select count(*) from {table}"), &[]).await.unwrap().get(0)
    };
    for table in ["accounts.account", "accounts.key_slot", "diary.record_day", "audit.head"] {
        assert_eq!(count(table).await, 1, "{table}");
    }
    // Its keyring could not be opened any more: an old cookie must not look like an altered record.
    assert_eq!(count("auth.session").await, 0);
    assert_eq!(history(&client).await, history(&admin).await);
    drop(client);
    admin.batch_execute(&format!("drop database {name} with (force)")).await.unwrap();
}

#[tokio::test]
async fn what_a_role_was_told_about_itself_is_forgotten_at_the_next_start() {
    let db = TestDb::new().await;
    let app = db.connect("keepwell_app").await;
    let name: String = app.query_one("select current_database()", &[]).await.unwrap().get(0);
    for told in [
        "alter role keepwell_app set statement_timeout = '7ms'".to_owned(),
        format!("alter role keepwell_app in database {name} set statement_timeout = '7ms'"),
    ] {
        // PostgreSQL lets a role do this to itself.
        app.batch_execute(&told).await.unwrap();
    }
    let sabotaged = timeout_of(&db).await;
    migrate(&mut db.admin().await).await.unwrap();
    assert_eq!((sabotaged.as_str(), timeout_of(&db).await.as_str()), ("7ms", "15s"));
}

async fn timeout_of(db: &TestDb) -> String {
    let fresh = db.connect("keepwell_app").await;
    fresh.query_one("show statement_timeout", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn another_root_key_is_refused_before_anything_is_sealed_with_it() {
    let db = TestDb::new().await;
    let admin = db.admin().await;
    let (ours, other) = (RootKey::generate(), RootKey::generate());
    let cost = PasswordCost::WEAK_FOR_TESTS;
    settle(&admin, &ours, cost).await.unwrap();
    assert!(matches!(settle(&admin, &other, cost).await, Err(SettleError::WrongRootKey)));
    settle(&admin, &ours, cost).await.unwrap();
}
