//! A20: input that is wrong in every way: always a clear 4xx, never a 500, nothing lost.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Person, TestServer, day_entry};
use uuid::Uuid;

const DAY: &str = "/api/v1/days/2026-11-20";
const ENTRIES: &str = "/api/v1/days/2026-11-20/entries";
const BANANA: &str = "usda-sr28:09040";

fn refused_clearly(name: &str, answer: &Answer) {
    assert!(answer.status.is_client_error(), "{name}: {} {}", answer.status, answer.text);
    let problem = answer.json();
    assert!(
        problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()),
        "{name}: {}",
        answer.text
    );
    assert!(answer.text.len() < 1_000, "{name} is answered at length");
}

/// A food that is right but for some fields.
fn food_with(changes: &Value) -> Value {
    let mut entry = day_entry(Uuid::now_v7(), BANANA, 10.0);
    for (field, value) in changes.as_object().unwrap() {
        entry[field] = value.clone();
    }
    entry
}

#[tokio::test]
async fn a20_a_field_that_is_wrong_is_refused_by_its_name() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let long = "x".repeat(5_000);
    for (field, value) in [
        ("salt", json!(1)),
        ("__proto__", json!({})),
        ("id", json!("1")),
        ("id", json!(long)),
        ("id", json!(null)),
        ("id", json!([])),
        ("kind", json!("poison")),
        ("kind", json!(1)),
        ("group", json!("brunch")),
        ("group", json!(["lunch"])),
        ("time", json!("25:00")),
        ("time", json!("8:15")),
        ("time", json!("08:15\u{0}")),
        ("zone", json!("../../etc/passwd\n")),
        ("zone", json!(long)),
        ("zone", json!("\u{202e}UTC")),
        ("food", json!("usda-sr28:99999")),
        ("food", json!("' or 1=1 --")),
        ("food", json!(long)),
        ("food", json!({})),
        ("amount", json!(0)),
        ("amount", json!(-1)),
        ("amount", json!(1e308)),
        ("amount", json!(100_001)),
        ("amount", json!("NaN")),
        ("amount", json!([1])),
        ("portion", json!(65_535)),
        ("portion", json!(-1)),
        ("portion", json!(1.5)),
        ("ml", json!(1)),
        ("text", json!("x")),
    ] {
        let answer = ana.post(ENTRIES, &food_with(&json!({field: value}))).await.expect(422);
        assert_eq!(answer.field(), field, "{field} {value}: {}", answer.text);
        refused_clearly(field, &answer);
    }
    for (text, what) in [
        ("a\0b", "NUL"),
        ("a\u{202e}b", "RTL override"),
        ("a\u{2066}b", "isolate"),
        (" ", "nothing"),
        (long.as_str(), "long"),
    ] {
        let note = json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": text});
        let answer = ana.post(ENTRIES, &note).await.expect(422);
        assert_eq!(answer.field(), "text", "{what}");
    }
    for day in [
        "2026-02-30",
        "1899-12-31",
        "2126-01-01",
        "9999-99-99",
        "-262143-01-01",
        "today",
        "0",
        "%20",
        "2026-11-20T00:00",
    ] {
        let answer = ana.get(&format!("/api/v1/days/{day}")).await.expect(422);
        assert_eq!(answer.field(), "date", "{day}");
        let answer = ana.get(&format!("/api/v1/days?from={day}&to=2026-11-20")).await.expect(422);
        assert_eq!(answer.field(), "from", "{day}");
    }
    let shown = ana.get(DAY).await.expect(200).json();
    assert_eq!(shown["entries"], json!([]), "nothing of it was kept");
    drop(ana.post(ENTRIES, &food_with(&json!({}))).await.expect(201));
    let hebrew = json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": "שלום 🍚"});
    drop(ana.post(ENTRIES, &hebrew).await.expect(201));
}

#[tokio::test]
async fn a20_bodies_that_are_no_bodies_are_refused() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let twice =
        day_entry(Uuid::now_v7(), BANANA, 10.0).to_string().replacen('{', r#"{"kind":"food","#, 1);
    for (name, body) in [
        ("empty", Vec::new()),
        ("spaces", b"   ".to_vec()),
        ("cut off", br#"{"id":"#.to_vec()),
        ("invalid UTF-8", b"{\"kind\":\"\xff\xfe\"}".to_vec()),
        ("a surrogate alone", br#"{"kind":"\ud800"}"#.to_vec()),
        ("UTF-16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("NaN", br#"{"amount":NaN}"#.to_vec()),
        ("a huge number", br#"{"amount":1e999}"#.to_vec()),
        ("a long number", [b"{\"amount\":".as_slice(), &b"9".repeat(50_000), b"}"].concat()),
        ("an array", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("a word", b"\"food\"".to_vec()),
        ("deep arrays", b"[".repeat(60_000)),
        ("deep objects", b"{\"a\":".repeat(12_000)),
        ("two values", b"{} {}".to_vec()),
        ("a field twice", twice.into_bytes()),
        ("a byte order mark", "\u{feff}{}".as_bytes().to_vec()),
    ] {
        for (method, path) in [
            (Method::POST, ENTRIES),
            (Method::PATCH, DAY),
            (Method::POST, "/api/v1/session"),
            (Method::POST, "/api/v1/account"),
            (Method::POST, "/api/v1/session/recovery"),
            (Method::PUT, "/api/v1/account/recovery-code/kept"),
            (Method::POST, "/api/v1/days/2026-11-20/copies"),
        ] {
            let answer = ana.send(method.clone(), path, body.clone()).await;
            refused_clearly(&format!("{name} to {method} {path}"), &answer);
        }
    }
    // One byte more than the limit, and much more: refused without being read to the end.
    for bytes in [64 * 1024 + 1, 10 * 1024 * 1024] {
        let request = ana
            .request(Method::POST, ENTRIES)
            .header("content-type", "application/json")
            .body(vec![b' '; bytes]);
        // The server may end the stream before the client has sent everything.
        if let Ok(answer) = request.send().await {
            assert_eq!(answer.status().as_u16(), 413, "{bytes}");
        }
    }
    drop(ana.get(DAY).await.expect(200));
}

#[tokio::test]
async fn a20_paths_and_queries_lead_nowhere_else() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    for path in [
        "/api/v1/days/%ff",
        "/api/v1/days/%00",
        "/api/v1/days/2026-11-20%00",
        "/api/v1/days/%2e%2e",
        "/api/v1/days/2026-11-20%2fentries",
        "/api/v1/days/..%2f..%2fsession",
        "/api/v1/days/%252e",
        "/api/v1/days/2026-11-20/entries/%ff",
        "/api/v1/days/2026-11-20/nutrients/%ff",
        "/api/v1/days/2026-11-20/nutrients/x%27",
        "/api/v1/foods/%ff",
        "/api/v1/foods/%2e%2e%2fnutrients",
        "/api/v1//session",
        "/api/v1/session/",
        "/api/v1/session%2f",
        "/api/v1/days/2026-11-20/entries",
        "/api/v1/days",
        "/api/v1/days?from=2026-11-20",
        "/api/v1/days?from=2026-11-20&to=2026-11-19",
        "/api/v1/days?from=2020-11-20&to=2026-11-19",
        "/api/v1/days?from=2026-11-20&to=2026-11-20&x=1",
        "/api/v1/days?from=2026-11-20&from=2026-11-20&to=2026-11-20",
        "/api/v1/days?from=2026-11-20&to=2026-11-20&nutrients=poison",
        "/api/v1/foods",
        "/api/v1/foods?q=x&limit=0",
        "/api/v1/foods?q=x&limit=-1",
        "/api/v1/foods?q=x&limit=99999999999999999999",
        "/api/v1/foods?q=%ff&limit=x",
    ] {
        refused_clearly(path, &ana.get(path).await);
    }
    let long = format!("/api/v1/foods?q={}", "x".repeat(3_000));
    refused_clearly("a long query", &ana.get(&long).await);
    for q in ["%00", "'%20or%201=1", "%F0%9F%8D%9A", "*", "%25", "(((", "%5C", "%E2%80%AE"] {
        drop(ana.get(&format!("/api/v1/foods?q={q}")).await.expect(200));
    }
}

#[tokio::test]
async fn a20_an_entry_s_number_that_somebody_else_uses_is_free() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let id = Uuid::now_v7();
    for (person, grams) in [(&ana, 10.0), (&ben, 20.0)] {
        drop(person.post(ENTRIES, &day_entry(id, BANANA, grams)).await.expect(201));
    }
    drop(ben.delete(&format!("{ENTRIES}/{id}")).await.expect(200));
    let shown = ana.get(DAY).await.expect(200).json();
    assert_eq!(shown["entries"][0]["grams"], 10.0, "the other's removal did not reach it");
    assert_eq!(ben.get(DAY).await.expect(200).json()["foods"], 0);
}

/// Random JSON of the shapes that break parsers, from one seed so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }

    fn value(&mut self, depth: u32) -> Value {
        const WORDS: [&str; 16] = [
            "",
            "food",
            "water",
            "note",
            "lunch",
            "08:15",
            "Europe/Berlin",
            BANANA,
            "2026-11-20",
            "\0",
            "\u{202e}",
            "' --",
            "01930000-0000-7000-8000-000000000001",
            "ana@example.org",
            "1e999",
            "🍚",
        ];
        match self.below(if depth == 0 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.below(200_000)),
            3 => json!(-1.0 / f64::from(u8::try_from(1 + self.below(9)).unwrap())),
            4 => json!(f64::from_bits(self.below(u64::MAX))),
            5 => json!(self.pick(&WORDS)),
            6 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => self.object(depth - 1),
        }
    }

    fn object(&mut self, depth: u32) -> Value {
        const FIELDS: [&str; 18] = [
            "id", "kind", "group", "time", "zone", "food", "amount", "portion", "ml", "text",
            "day", "from", "entries", "of", "complete", "email", "password", "code",
        ];
        (0..self.below(8))
            .map(|_| (self.pick(&FIELDS).to_owned(), self.value(depth)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

#[tokio::test]
async fn a20_random_json_never_breaks_a_route() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let kept = ana.eat("2026-11-19", BANANA, 77.0).await;
    let mut random = Random(0x6b65_6570_7765_6c6c);
    for _ in 0..40 {
        for route in keepwell::routes().list() {
            let signs_out = route.method == Method::DELETE && route.path == "/api/v1/session";
            if route.method == Method::GET || signs_out {
                continue;
            }
            let path = route
                .path
                .replace("{date}", "2026-11-20")
                .replace("{id}", "01930000-0000-7000-8000-000000000001");
            let body = if random.below(5) == 0 { random.value(3) } else { random.object(3) };
            never_breaks(&ana, &route.method, &path, &body).await;
        }
    }
    let shown = ana.get("/api/v1/days/2026-11-19").await.expect(200).json();
    assert_eq!(shown["entries"][0]["id"], kept.to_string(), "nothing was lost");
}

async fn never_breaks(person: &Person, method: &Method, path: &str, body: &Value) {
    let answer = person.send(method.clone(), path, body.to_string()).await;
    assert!(answer.status.as_u16() < 500, "{method} {path} {body}: {}", answer.text);
}
