//! The audit as a whole: whose it is, how long, how it is sealed, and what the command says of it.

use std::{
    os::unix::fs::PermissionsExt as _,
    process::Command,
    time::{Duration, Instant},
};

use platform::audit::{Wanted, hex};
use reqwest::header;
use rustix::process::Signal;
use serde_json::json;
use testkit::{TestServer, tls};

use crate::{
    attacks::{seal, verified},
    program::{Home, LIMIT},
};

#[tokio::test]
async fn an_account_that_goes_takes_its_own_audit_along_and_nobody_else_s() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    for person in [&ana, &ben] {
        person.eat("2026-11-20", "usda-sr28:01009", 50.0).await;
    }
    let database = server.db.admin().await;
    database
        .batch_execute(&format!("delete from auth.principal where principal = '{}'", ana.id))
        .await
        .unwrap();
    let left = database.query("select distinct owner from audit.event", &[]).await.unwrap();
    let left: Vec<uuid::Uuid> = left.iter().map(|row| row.get(0)).collect();
    assert_eq!(left, [ben.id]);
}

#[tokio::test]
async fn several_servers_take_turns_at_sealing() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let worker = server.db.config("keepwell_worker");
    for day in 1..6 {
        ana.eat(&format!("2026-11-0{day}"), "usda-sr28:01009", 50.0).await;
        let turn = || keepwell::seal_audit(&worker, tls(), &server.root);
        let made = futures_util::future::join_all((0..4).map(|_| turn())).await;
        let made: usize = made.into_iter().map(|made| made.unwrap().len()).sum();
        assert_eq!(made, 1, "each change is sealed once");
    }
    let (verified, found) = verified(&server.db, &server.root, Wanted::default()).await;
    assert_eq!(found, []);
    assert_eq!((verified.checkpoints, verified.anchors), (5, 5));

    // While another one holds the turn there is nothing to do, and nothing to wait for.
    ana.eat("2026-11-09", "usda-sr28:01009", 50.0).await;
    let other = server.db.connect("keepwell_worker").await;
    let lock = "begin; select pg_advisory_xact_lock(x'6b6565707365616c'::bigint)";
    other.batch_execute(lock).await.unwrap();
    assert!(seal(&server).await.is_empty());
    other.batch_execute("rollback").await.unwrap();
    assert_eq!(seal(&server).await.len(), 1);
}

#[tokio::test]
async fn more_chains_than_one_checkpoint_takes_are_sealed_by_several() {
    let server = TestServer::start(keepwell::router).await;
    let database = server.db.admin().await;
    database
        .batch_execute(
            "create temporary table people as select gen_random_uuid() as id
                from generate_series(1, 600);
            insert into auth.principal (principal, public_key)
                select id, sha256(id::text::bytea) from people;
            insert into audit.event (owner, seq, at, actor, application, action, subject, hash)
                select p.id, 1, now(), p.id, 'web', 'signed_up', '',
                    sha256(sha256(uuid_send(p.id)) || convert_to(concat_ws(e'\\x1f', 1,
                        extract(epoch from now()), p.id, 'web', 'signed_up', ''), 'UTF8'))
                from people p;
            insert into audit.head select owner, seq, hash from audit.event",
        )
        .await
        .unwrap();
    let leaves: Vec<_> = seal(&server).await.iter().map(|made| made.leaves).collect();
    assert_eq!(leaves, [512, 88]);
    let (verified, found) = verified(&server.db, &server.root, Wanted::default()).await;
    assert_eq!(found, []);
    assert_eq!((verified.chains, verified.anchors), (600, 600));
}

/// `keepwell audit ARGUMENTS` on the data of a home: its exit code and what it printed.
async fn audit(home: &Home, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keepwell"));
    command.arg("audit").args(arguments).arg("--data-dir").arg(home.data());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(told).unwrap())
}

#[tokio::test]
async fn the_command_verifies_beside_the_server_and_alone_and_says_by_its_code_what_it_found() {
    let home = Home::new();
    let (code, told) = audit(&home, &["verify"]).await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("root key") && !home.data().exists(), "{told}");

    let mut program = home.start_with(&["--checkpoint-seconds", "1"]);
    home.answers().await;
    let account = json!({"email": "ana@example.org", "password": "ana walks by the sea"});
    let request = home.client().post(format!("{}/api/v1/account", home.origin()));
    let request = request.header(header::ORIGIN, home.origin()).json(&account);
    assert_eq!(request.send().await.unwrap().status(), 201);
    let until = Instant::now() + LIMIT;
    while !home.log().contains("the audit was sealed by a checkpoint") {
        assert!(Instant::now() < until, "{}", home.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let (code, told) = audit(&home, &["verify"]).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("Chains: 1") && told.contains("All is as it was written"), "{told}");
    let noted = told.lines().last().unwrap().trim().to_owned();
    let (_, hash) = noted.split_once(':').unwrap();
    assert!(home.log().contains(hash), "the log names the checkpoint: {noted}");
    let (code, key) = audit(&home, &["key"]).await;
    assert_eq!(code, Some(0), "{key}");

    // The key that is shown is the one that signs.
    let database = home.database().await;
    let key_hash: Vec<u8> = database
        .query_one("select key_hash from audit.checkpoint limit 1", &[])
        .await
        .unwrap()
        .get(0);
    assert!(key.contains(&hex(&key_hash)), "{key}");

    let change = "update audit.event set subject = 'nothing' where seq = 1";
    database.batch_execute(change).await.unwrap();
    let (code, told) = audit(&home, &["verify"]).await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("event 1") && told.contains("not as it was written"), "{told}");
    database.batch_execute("update audit.event set subject = '' where seq = 1").await.unwrap();
    drop(database);

    // The end seals what came last; then there is only the data.
    program.signal(Signal::TERM);
    assert!(program.ended().await.success());
    for arguments in [vec!["verify"], vec!["verify", "--noted", &noted]] {
        let (code, told) = audit(&home, &arguments).await;
        assert_eq!(code, Some(0), "{told}");
    }
    let other = format!("1:{}", "0".repeat(64));
    let (code, told) = audit(&home, &["verify", "--noted", &other]).await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("noted"), "{told}");
}

#[tokio::test]
async fn the_command_verifies_a_database_that_somebody_else_runs() {
    let server = TestServer::start(keepwell::router).await;
    server.person("ana").await;
    seal(&server).await;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("root.key");
    std::fs::write(&key, server.root.encode().as_bytes()).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let config = server.db.config("postgres");
    let Some(tokio_postgres::config::Host::Unix(socket)) = config.get_hosts().first() else {
        panic!("a socket")
    };
    let socket = socket.to_str().unwrap().replace('/', "%2F");
    let url = format!("postgresql://postgres@{socket}:5432/{}", config.get_dbname().unwrap());
    let verify = async || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keepwell"));
        command.args(["audit", "verify", "--database-url", &url, "--data-dir"]).arg(folder.path());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let told = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(told).unwrap())
    };
    let (code, told) = verify().await;
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("Chains: 1"), "{told}");
    let cut = "update audit.head set seq = seq - 1";
    server.db.admin().await.batch_execute(cut).await.unwrap();
    let (code, told) = verify().await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("head does not fit"), "{told}");
}
