//! The way back that README describes: the root key from its safe place, a dump of the database, an
//! empty data directory. And that a dump is nothing without the key.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]

use std::{
    fs::{self, DirBuilder},
    os::unix::fs::DirBuilderExt as _,
    path::Path,
    process::Command,
};

use reqwest::{Method, Response, StatusCode, header};
use rustix::process::Signal;
use serde_json::{Value, json};
use testkit::day_entry;
use uuid::Uuid;

use crate::program::Home;

const DAY: &str = "/api/v1/days/2025-01-01";

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

fn dump(home: &Home, file: &Path) {
    let mut command = Command::new("pg_dump");
    command.arg("-h").arg(home.data().join("run")).args(["-U", "postgres", "-Fc", "-f"]).arg(file);
    run(command.arg("keepwell"));
}

fn restore(home: &Home, file: &Path) {
    let mut command = Command::new("pg_restore");
    command.arg("-h").arg(home.data().join("run")).args(["-U", "postgres", "-d", "keepwell"]);
    run(command.args(["--clean", "--if-exists", "--single-transaction"]).arg(file));
}

async fn send(home: &Home, method: Method, path: &str, cookie: &str, body: &Value) -> Response {
    let request = home.client().request(method, format!("{}{path}", home.origin()));
    let request = request.header(header::ORIGIN, home.origin()).header(header::COOKIE, cookie);
    request.json(body).send().await.unwrap()
}

fn session(answer: &Response) -> String {
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_dump_and_the_root_key_bring_everything_back_and_a_dump_alone_nothing() {
    let account = json!({"email": "ana@example.org", "password": "ana walks by the sea"});
    let first = Home::new();
    let program = first.start();
    first.answers().await;
    let answer = send(&first, Method::POST, "/api/v1/account", "", &account).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let entry = day_entry(Uuid::now_v7(), "usda-sr28:01009", 30.0);
    let path = format!("{DAY}/entries");
    let added = send(&first, Method::POST, &path, &session(&answer), &entry).await;
    assert_eq!(added.status(), StatusCode::CREATED);

    let safe = tempfile::tempdir().unwrap();
    let key = safe.path().join("root.key");
    let file = safe.path().join("keepwell.dump");
    run(Command::new("cp").arg("-p").arg(first.data().join("root.key")).arg(&key));
    dump(&first, &file);
    drop((program, first));

    let second = Home::new();
    fs::create_dir_all(second.data().parent().unwrap()).unwrap();
    DirBuilder::new().mode(0o700).create(second.data()).unwrap();
    run(Command::new("cp").arg("-p").arg(&key).arg(second.data()));
    let mut program = second.start();
    second.answers().await;
    restore(&second, &file);
    program.signal(Signal::INT);
    assert!(program.ended().await.success(), "{}", second.log());
    let program = second.start();
    second.answers().await;
    let answer = send(&second, Method::POST, "/api/v1/session", "", &account).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let day = send(&second, Method::GET, DAY, &session(&answer), &Value::Null).await;
    let day: Value = day.json().await.unwrap();
    assert_eq!(day["entries"][0]["id"], entry["id"]);
    assert_eq!(day["entries"][0]["grams"], entry["amount"]);
    drop((program, second));

    // The same on a directory that made a root key of its own.
    let thief = Home::new();
    let mut program = thief.start();
    thief.answers().await;
    assert_ne!(fs::read(thief.data().join("root.key")).unwrap(), fs::read(&key).unwrap());
    restore(&thief, &file);
    let answer = send(&thief, Method::POST, "/api/v1/session", "", &account).await;
    assert!(!answer.status().is_success(), "{}", answer.status());
    program.signal(Signal::INT);
    assert!(program.ended().await.success(), "{}", thief.log());
    let mut program = thief.start();
    assert_eq!(program.ended().await.code(), Some(1));
    assert!(thief.log().contains("this root key is not the one"), "{}", thief.log());
}
