//! A24: whatever is killed, at whatever moment, nothing acknowledged is lost, nothing half-written
//! is readable, and the next start needs nobody's help. And the quiet end, by Ctrl-C.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on should stop at once")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::{Span, civil::date};
use reqwest::{Method, StatusCode, header};
use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};
use testkit::day_entry;
use tokio::sync::RwLock;
use uuid::Uuid;

use crate::program::{Home, LIMIT, as_ordinary_user, is_alive};

const KILLS: usize = 20;
const WRITERS: u32 = 4;
/// New entries that must be acknowledged between two kills.
const WRITTEN_BETWEEN_KILLS: usize = 25;
const ENTRIES_A_DAY: u32 = 12;
const CHEDDAR: &str = "usda-sr28:01009";

/// One signed-in browser.
#[derive(Clone)]
struct Browser {
    client: reqwest::Client,
    origin: String,
    cookie: String,
}

impl Browser {
    async fn sign_up(home: &Home) -> Self {
        let mut browser =
            Self { client: home.client(), origin: home.origin(), cookie: String::new() };
        let account = json!({"email": "ana@example.org", "password": "ana walks by the sea"});
        let answer = browser.send(Method::POST, "/api/v1/account", Some(&account)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut browser.cookie);
        browser
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<reqwest::Response> {
        let request = self
            .client
            .request(method, format!("{}{path}", self.origin))
            .header(header::ORIGIN, &self.origin)
            .header(header::COOKIE, &self.cookie)
            .timeout(Duration::from_secs(20));
        match body {
            Some(body) => request.json(body),
            None => request,
        }
        .send()
        .await
    }

    /// Reads, and reads again while the server says that the database is still coming back.
    async fn read(&self, path: &str) -> Value {
        let until = Instant::now() + LIMIT;
        loop {
            let answer = self.send(Method::GET, path, None).await.unwrap();
            let status = answer.status();
            let text = answer.text().await.unwrap();
            if status == StatusCode::OK {
                return serde_json::from_str(&text).unwrap();
            }
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {text}");
            assert!(Instant::now() < until, "{path}: {text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// What was sent, and what of it the server acknowledged.
#[derive(Default)]
struct Ledger {
    sent: BTreeMap<Uuid, (String, Value)>,
    acknowledged: BTreeSet<Uuid>,
    /// Days that were written to since they were last checked.
    touched: BTreeSet<String>,
    /// Foods of the days as they were last checked.
    foods: BTreeMap<String, usize>,
}

struct Load {
    browser: Browser,
    ledger: Mutex<Ledger>,
    /// Writers hold it to write, the check holds it alone.
    quiet: RwLock<()>,
    is_over: AtomicBool,
}

impl Load {
    fn acknowledged(&self) -> usize {
        self.ledger.lock().unwrap().acknowledged.len()
    }

    /// Adds entries until told to stop. What was not acknowledged is sent again, as a browser does.
    async fn write(self: Arc<Self>, writer: u32) {
        for number in 0_u32.. {
            let id = Uuid::now_v7();
            let days = writer * 90 + number / ENTRIES_A_DAY;
            let day = date(2025, 1, 1).saturating_add(Span::new().days(days)).to_string();
            let entry = if number % 4 == 3 {
                json!({
                    "id": id, "kind": "note", "time": "21:00", "zone": "UTC",
                    "text": format!("{id} ").repeat(30).trim_end(),
                })
            } else {
                day_entry(id, CHEDDAR, 1.0 + f64::from(number))
            };
            {
                let mut ledger = self.ledger.lock().unwrap();
                ledger.sent.insert(id, (day.clone(), entry.clone()));
                ledger.touched.insert(day.clone());
            }
            loop {
                if self.is_over.load(Ordering::Relaxed) {
                    return;
                }
                let writing = self.quiet.read().await;
                let path = format!("/api/v1/days/{day}/entries");
                let answer = self.browser.send(Method::POST, &path, Some(&entry)).await;
                let status = answer.map(|answer| answer.status());
                if status.as_ref().is_ok_and(StatusCode::is_success) {
                    self.ledger.lock().unwrap().acknowledged.insert(id);
                    break;
                }
                assert!(
                    !status.as_ref().is_ok_and(StatusCode::is_client_error),
                    "a kill is nothing that a client did wrong: {status:?}"
                );
                drop(writing);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Waits until the writers got so many more entries through.
    async fn goes_on(&self, home: &Home) {
        let goal = self.acknowledged() + WRITTEN_BETWEEN_KILLS;
        let until = Instant::now() + LIMIT;
        while self.acknowledged() < goal {
            assert!(Instant::now() < until, "nobody can write:\n{}", home.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Reads every day that was written to and compares it with what was sent.
    async fn check(&self) {
        let _quiet = self.quiet.write().await;
        let touched = std::mem::take(&mut self.ledger.lock().unwrap().touched);
        for day in &touched {
            let read = self.browser.read(&format!("/api/v1/days/{day}")).await;
            let mut ledger = self.ledger.lock().unwrap();
            let mut found = BTreeSet::new();
            for entry in read["entries"].as_array().unwrap() {
                let id: Uuid = entry["id"].as_str().unwrap().parse().unwrap();
                assert!(found.insert(id), "{id} is there twice");
                let (of, sent) = &ledger.sent[&id];
                assert_eq!(of, day);
                assert_eq!(entry["text"], sent["text"], "{id} is half written");
                assert_eq!(entry["grams"], sent["amount"], "{id} is half written");
            }
            for id in &ledger.acknowledged {
                let lost = &ledger.sent[id].0 == day && !found.contains(id);
                assert!(!lost, "{id} of {day} was acknowledged and is lost");
            }
            let foods = usize::try_from(read["foods"].as_u64().unwrap()).unwrap();
            ledger.foods.insert(day.clone(), foods);
            // An entry without an answer will be sent again, so its day will change again.
            let is_open = ledger
                .sent
                .iter()
                .any(|(id, (of, _))| of == day && !ledger.acknowledged.contains(id));
            if is_open {
                ledger.touched.insert(day.clone());
            }
        }
        // The totals stand beside the entries they come from: one is never there without the other.
        let range = self.browser.read("/api/v1/days?from=2025-01-01&to=2025-12-31").await;
        let summed: BTreeMap<String, usize> = range["days"]
            .as_array()
            .unwrap()
            .iter()
            .map(|day| {
                let foods = usize::try_from(day["foods"].as_u64().unwrap()).unwrap();
                (day["date"].as_str().unwrap().to_owned(), foods)
            })
            .filter(|(_, foods)| *foods > 0)
            .collect();
        let mut foods = self.ledger.lock().unwrap().foods.clone();
        foods.retain(|_, foods| *foods > 0);
        assert_eq!(summed, foods);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a24_nothing_acknowledged_is_lost_whatever_is_killed_under_load() {
    let home = Home::new();
    let mut program = home.start();
    home.answers().await;
    let load = Arc::new(Load {
        browser: Browser::sign_up(&home).await,
        ledger: Mutex::default(),
        quiet: RwLock::default(),
        is_over: AtomicBool::new(false),
    });
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(Arc::clone(&load).write(writer))).collect();

    let mut starts = 1;
    for kill in 0..KILLS {
        load.goes_on(&home).await;
        let postmaster = home.postmaster().expect("the database runs");
        match kill % 4 {
            0 => {
                program.kill();
                program = home.start();
                starts += 1;
            }
            1 => kill_process(postmaster, Signal::KILL).unwrap(),
            2 => kill_process(home.backend().expect("requests are served"), Signal::KILL).unwrap(),
            _ => {
                kill_process(postmaster, Signal::KILL).unwrap();
                program.kill();
                program = home.start();
                starts += 1;
            }
        }
        home.answers().await;
        load.check().await;
    }
    load.goes_on(&home).await;
    load.is_over.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }

    program.signal(Signal::INT);
    assert!(program.ended().await.success(), "{}", home.log());
    let program = home.start();
    home.answers().await;
    let every_day = load.ledger.lock().unwrap().foods.keys().cloned().collect::<Vec<_>>();
    load.ledger.lock().unwrap().touched.extend(every_day);
    load.check().await;
    assert_eq!(home.said().matches("Keepwell is ready").count(), starts + 1, "{}", home.log());
    assert_eq!(home.said().matches("Keep a copy of the root key").count(), 1);

    whole_in_the_database(&home).await;
    let log = home.database_log().to_lowercase();
    for word in ["panic:", "corrupt", "invalid page", "checksum", "could not read"] {
        assert!(!log.contains(word), "{word} in:\n{log}");
    }
    drop(program);
}

/// Every change of an entry is one version of one document and one event of the audit, or nothing;
/// and what is derived from a day has the day's version.
async fn whole_in_the_database(home: &Home) {
    let database = home.database().await;
    let row = database
        .query_one(
            "select
                (select sum(version)::bigint from diary.record_day
                    where scope in ('food', 'notes')) as versions,
                (select count(*) from audit.event where action = 'entry_recorded') as events,
                (select count(*) from audit.head h where h.seq <> (
                    select count(*) from audit.event e where e.owner = h.owner)
                    or h.seq <> (select max(e.seq) from audit.event e where e.owner = h.owner)
                ) as broken_chains,
                (select count(*) from diary.record_day f
                    full join diary.record_day s on s.owner = f.owner and s.day = f.day
                        and s.scope = 'summary'
                    where f.scope = 'food' and s.version is distinct from f.version) as torn",
            &[],
        )
        .await
        .unwrap();
    let of = |name: &str| row.get::<_, i64>(name);
    assert!(of("versions") > 0);
    assert_eq!(of("versions"), of("events"));
    assert_eq!((of("broken_chains"), of("torn")), (0, 0));
}

#[tokio::test]
async fn an_interrupt_ends_everything_cleanly_and_the_next_start_needs_no_set_up() {
    let home = Home::new();
    let mut program = home.start();
    home.answers().await;
    let browser = Browser::sign_up(&home).await;
    let entry = day_entry(Uuid::now_v7(), CHEDDAR, 30.0);
    let path = "/api/v1/days/2025-01-01/entries";
    let added = browser.send(Method::POST, path, Some(&entry)).await.unwrap();
    assert_eq!(added.status(), StatusCode::CREATED);

    for signal in [Signal::INT, Signal::TERM] {
        let postmaster = home.postmaster().expect("the database runs");
        program.signal(signal);
        let status = program.ended().await;
        assert_eq!(status.code(), Some(0), "{}", home.log());
        // The database went first: nothing is left for the next start to clear away.
        assert!(!is_alive(postmaster));
        assert!(home.postmaster().is_none());

        program = home.start();
        home.answers().await;
        let day = browser.read("/api/v1/days/2025-01-01").await;
        assert_eq!(day["foods"], 1);
    }
    assert_eq!(home.said().matches("Keep a copy of the root key").count(), 1);
    assert!(!home.log().contains("ERROR") && !home.log().contains("WARN"), "{}", home.log());
}

#[tokio::test]
async fn a21_the_memory_of_the_program_reaches_no_disk_and_no_other_process() {
    let home = Home::new();
    if rustix::process::geteuid().is_root() {
        let mut hand_over = Command::new("install");
        hand_over.args(["-d", "-o", "postgres", "-g", "postgres", "-m", "700"]).arg(home.data());
        assert!(hand_over.status().unwrap().success());
    }
    let program = home.start_by(as_ordinary_user(env!("CARGO_BIN_EXE_keepwell")));
    home.answers().await;
    let process = format!("/proc/{}", program.pid().as_raw_nonzero());

    let limits = fs::read_to_string(format!("{process}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");

    // Whoever may read the environment of a process may read its memory.
    let may_read = |process: &str| {
        let mut read = as_ordinary_user("/usr/bin/head");
        let read = read.args(["-c", "1"]).arg(format!("{process}/environ")).output().unwrap();
        read.status.success()
    };
    let mut other = as_ordinary_user("/usr/bin/sleep").arg("60").spawn().unwrap();
    let until = Instant::now() + LIMIT;
    let other_process = format!("/proc/{}", other.id());
    while !may_read(&other_process) {
        assert!(Instant::now() < until, "nobody can read any process here: nothing is shown");
    }
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(!may_read(&process), "another process of the same user reads our memory");
}
