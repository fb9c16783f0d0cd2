//! `keepwell demo` as somebody meets it who only wants to look: it tells how to get in, shows a
//! diary with something in it, and leaves nothing behind.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use jiff::{Span, Zoned};
use reqwest::{StatusCode, header};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use testkit::client_of;

use crate::program::LIMIT;

/// What the demonstration told.
struct Told {
    all: String,
    origin: String,
    email: String,
    password: String,
    authority: String,
}

fn start() -> Child {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    Command::new(env!("CARGO_BIN_EXE_keepwell"))
        .args(["demo", "--listen", &format!("127.0.0.1:{port}"), "--listen-http", "off"])
        .args(["--password-memory-mib", "19"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads to the last line of the welcome.
fn listen(demo: &mut Child) -> Told {
    let mut all = String::new();
    for line in BufReader::new(demo.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        all = all + &line + "\n";
        if line.contains("Stop with Ctrl-C") {
            break;
        }
    }
    let after = |label: &str| {
        let line = all.lines().find_map(|line| line.trim().strip_prefix(label));
        line.unwrap_or_else(|| panic!("no {label} in:\n{all}")).trim().to_owned()
    };
    let authority =
        all.lines().find(|line| line.contains("authority.pem")).unwrap().trim().to_owned();
    Told {
        origin: after("Keepwell is ready:"),
        email: after("E-mail"),
        password: after("Password"),
        authority,
        all,
    }
}

async fn end(mut demo: Child, signal: Signal) {
    let pid = Pid::from_raw(demo.id().try_into().unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
    let until = Instant::now() + LIMIT;
    let status = loop {
        if let Some(status) = demo.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < until, "it does not end");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn a_demonstration_shows_90_days_and_leaves_nothing_behind() {
    let mut demo = start();
    let told = listen(&mut demo);
    // Nothing of it is worth a copy.
    assert!(!told.all.to_lowercase().contains("root key"), "{}", told.all);
    assert!(told.all.find("is ready").unwrap() < told.all.find("Password").unwrap());

    let client = client_of(Path::new(&told.authority));
    let account = json!({"email": told.email, "password": told.password});
    let asked = client.post(format!("{}/api/v1/session", told.origin));
    let answer = asked.header(header::ORIGIN, &told.origin).json(&account).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let read = async |path: String| -> Value {
        let asked = client.get(format!("{}{path}", told.origin)).header(header::COOKIE, &cookie);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    };

    let last = Zoned::now().date();
    let first = last.checked_sub(Span::new().days(89)).unwrap();
    let range = read(format!("/api/v1/days?from={first}&to={last}")).await;
    let with_food: Vec<_> =
        range["days"].as_array().unwrap().iter().filter(|day| day["foods"] != 0).collect();
    assert!(with_food.len() > 80, "{}", with_food.len());

    let some_day = with_food[with_food.len() / 2]["date"].as_str().unwrap();
    let day = read(format!("/api/v1/days/{some_day}")).await;
    let entries = day["entries"].as_array().unwrap();
    assert!(entries.iter().any(|entry| entry["kind"] == "food"));
    assert!(entries.iter().any(|entry| entry["kind"] == "water"));

    let folder = Path::new(&told.authority).ancestors().nth(3).unwrap();
    assert!(folder.starts_with("/var/tmp") && folder.exists());
    end(demo, Signal::INT).await;
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_demonstration_goes_with_its_terminal() {
    let mut demo = start();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    // In the middle of writing: nobody waits for 90 days to be told no.
    assert!(lines.next().unwrap().unwrap().starts_with("Writing a diary"));
    end(demo, Signal::HUP).await;
}
