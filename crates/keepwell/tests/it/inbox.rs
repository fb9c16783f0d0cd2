//! The inbox: what programs leave, and how it comes into the diary.

use keys::{ErasureKey, Keyring, Scope, SessionToken, open_inbox};
use serde_json::{Value, json};
use testkit::{Person, Program, TestServer, day_entry};
use tokio_postgres::Client;
use uuid::Uuid;

const INBOX: &str = "/api/v1/inbox";
const MERGE: &str = "/api/v1/inbox/merge";
const BANANA: &str = "usda-sr28:09040";

fn food(day: &str, id: Uuid) -> Value {
    json!({"day": day, "entry": day_entry(id, BANANA, 100.0)})
}

fn note(day: &str, text: &str) -> Value {
    json!({"day": day, "entry": {
        "id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": text,
    }})
}

fn water(day: &str) -> Value {
    json!({"day": day, "entry": {
        "id": Uuid::now_v7(), "kind": "water", "time": "08:00", "zone": "UTC", "ml": 250,
    }})
}

async fn ana_with_a_scale() -> (TestServer, Client, Person, Program) {
    let server = TestServer::start(keepwell::router).await;
    let admin = server.db.admin().await;
    let ana = server.person("ana").await;
    let scale = ana.program("write_only", &["food", "notes"]).await;
    (server, admin, ana, scale)
}

async fn leave(scale: &Program, item: &Value) {
    drop(scale.post(INBOX, item).await.expect(202));
}

async fn merge(person: &Person) -> Value {
    person.post(MERGE, &json!({})).await.expect(200).json()
}

async fn rows(admin: &Client, sql: &str) -> i64 {
    admin.query_one(&format!("select count(*) from {sql}"), &[]).await.unwrap().get(0)
}

async fn entries(person: &Person, day: &str) -> usize {
    let day = person.get(&format!("/api/v1/days/{day}")).await.expect(200).json();
    day["entries"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_was_left_comes_into_its_days_with_the_next_session() {
    let (_server, admin, ana, scale) = ana_with_a_scale().await;
    ana.eat("2026-11-20", BANANA, 10.0).await;
    leave(&scale, &food("2026-11-20", Uuid::now_v7())).await;
    leave(&scale, &water("2026-11-20")).await;
    leave(&scale, &note("2026-11-19", "ran")).await;
    assert_eq!(entries(&ana, "2026-11-20").await, 1, "it waits");
    let phone = ana.sign_in().await;
    let expected = json!({
        "merged": [{"day": "2026-11-19", "count": 1}, {"day": "2026-11-20", "count": 2}],
        "refused": 0, "waiting": 0,
    });
    assert_eq!(merge(&phone).await, expected);
    assert_eq!((entries(&ana, "2026-11-20").await, entries(&ana, "2026-11-19").await), (3, 1));
    let day = ana.get("/api/v1/days/2026-11-20").await.json();
    assert_eq!((&day["foods"], &day["water_ml"]), (&json!(2), &json!(250.0)));
    assert_eq!(rows(&admin, "diary.inbox").await, 0);
    let range = ana.get("/api/v1/days?from=2026-11-01&to=2026-11-30").await.json();
    assert_eq!(range["days"][0]["foods"], 2, "with its sums beside it");
    assert_eq!(merge(&ana).await, json!({"merged": [], "refused": 0, "waiting": 0}));
}

#[tokio::test]
async fn what_cannot_be_recorded_is_refused_at_the_door() {
    let (_server, admin, ana, scale) = ana_with_a_scale().await;
    for (field, item) in [
        ("day", food("2026-13-20", Uuid::now_v7())),
        (
            "food",
            json!({"day": "2026-11-20", "entry": day_entry(Uuid::now_v7(), "usda-sr28:99999", 1.0)}),
        ),
        ("amount", json!({"day": "2026-11-20", "entry": day_entry(Uuid::now_v7(), BANANA, -1.0)})),
    ] {
        assert_eq!(scale.post(INBOX, &item).await.expect(422).field(), field);
    }
    // Who may read or sign in has no use for it.
    for program in [ana.program("write", &["food"]).await, ana.program("read", &["food"]).await] {
        drop(program.post(INBOX, &food("2026-11-20", Uuid::now_v7())).await.expect(403));
    }
    drop(ana.post(INBOX, &food("2026-11-20", Uuid::now_v7())).await.expect(403));
    let only_food = ana.program("write_only", &["food"]).await;
    let answer = only_food.post(INBOX, &note("2026-11-20", "x")).await.expect(403);
    assert!(answer.text.contains("notes"), "{}", answer.text);
    assert_eq!(rows(&admin, "diary.inbox").await, 0);
}

#[tokio::test]
async fn two_devices_that_merge_at_once_file_everything_once() {
    let (_server, admin, ana, scale) = ana_with_a_scale().await;
    let phone = ana.sign_in().await;
    for _ in 0..6 {
        leave(&scale, &food("2026-11-20", Uuid::now_v7())).await;
        leave(&scale, &note("2026-11-18", "x")).await;
    }
    let (one, two) = tokio::join!(merge(&ana), merge(&phone));
    let count = |answer: &Value| -> i64 {
        let days = answer["merged"].as_array().unwrap();
        days.iter().map(|day| day["count"].as_i64().unwrap()).sum()
    };
    assert_eq!(count(&one) + count(&two), 12, "{one} {two}");
    assert_eq!((entries(&ana, "2026-11-20").await, entries(&ana, "2026-11-18").await), (6, 6));
    assert_eq!(rows(&admin, "diary.inbox").await, 0);
}

#[tokio::test]
async fn an_answer_that_is_lost_changes_nothing() {
    let (_server, admin, ana, scale) = ana_with_a_scale().await;
    let item = food("2026-11-20", Uuid::now_v7());
    leave(&scale, &item).await;
    leave(&scale, &item).await;
    assert_eq!(rows(&admin, "diary.inbox").await, 1, "sent again, left once");
    assert_eq!(merge(&ana).await["merged"][0]["count"], 1);
    // The program never heard of it and sends it once more; the day has it already.
    leave(&scale, &item).await;
    drop(merge(&ana).await);
    assert_eq!((entries(&ana, "2026-11-20").await, rows(&admin, "diary.inbox").await), (1, 0));
}

/// Killed anywhere: the connections of a merge end in the middle of it, again and again.
#[tokio::test]
async fn a_merge_that_is_killed_leaves_each_item_in_one_place() {
    let (_server, admin, ana, scale) = ana_with_a_scale().await;
    let mut left = 0;
    for days in 1..=8 {
        leave(&scale, &food(&format!("2026-11-{days:02}"), Uuid::now_v7())).await;
        left += 1;
    }
    let kill = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and usename = 'keepwell_app'";
    for pause in [2, 8, 15, 25, 40] {
        let stop = async {
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
            admin.batch_execute(kill).await.unwrap();
        };
        let body = json!({});
        let (answer, ()) = tokio::join!(ana.post(MERGE, &body), stop);
        assert!([200, 500, 503].contains(&answer.status.as_u16()), "{}", answer.text);
        let mut filed = 0;
        for day in 1..=8 {
            let path = format!("/api/v1/days/2026-11-{day:02}");
            let mut answer = ana.get(&path).await;
            for _ in 0..5 {
                // A connection that was ended is noticed by whoever gets it next.
                if answer.status.is_success() {
                    break;
                }
                answer = ana.get(&path).await;
            }
            filed += answer.expect(200).json()["entries"].as_array().unwrap().len();
        }
        let waiting = usize::try_from(rows(&admin, "diary.inbox").await).unwrap();
        assert_eq!(filed + waiting, left);
    }
    drop(merge(&ana).await);
    assert_eq!(rows(&admin, "diary.inbox").await, 0);
}

#[tokio::test]
async fn what_was_altered_is_put_aside_and_holds_nothing_up() {
    for alter in [
        "update diary.inbox set body_sealed = set_byte(body_sealed, 1500, get_byte(body_sealed, 1500) # 1) where item = ITEM",
        "update diary.inbox set scope = 'notes' where item = ITEM",
        "update diary.inbox set item = gen_random_uuid() where item = ITEM",
        "update diary.inbox set body_sealed =
            (select body_sealed from diary.inbox where item <> ITEM limit 1) where item = ITEM",
        "update diary.inbox set body_sealed = 'planted' where item = ITEM",
    ] {
        let (server, admin, ana, scale) = ana_with_a_scale().await;
        let id = Uuid::now_v7();
        leave(&scale, &food("2026-11-20", id)).await;
        leave(&scale, &food("2026-11-20", Uuid::now_v7())).await;
        let sql = alter.replace("ITEM", &format!("'{id}'"));
        assert_eq!(admin.execute(&sql, &[]).await.unwrap(), 1, "{sql}");
        let merged = merge(&ana).await;
        let expected = json!({
            "merged": [{"day": "2026-11-20", "count": 1}], "refused": 1, "waiting": 0});
        assert_eq!(merged, expected, "{sql}");
        assert_eq!(entries(&ana, "2026-11-20").await, 1);
        assert_eq!(rows(&admin, "audit.event where action = 'item_refused'").await, 1);
        // It is not tried again, and goes after a month.
        assert_eq!(merge(&ana).await["refused"], 0);
        let worker = server.db.connect("keepwell_worker").await;
        for (age, gone) in [("29 days", 0), ("30 days", 1)] {
            let back = format!("update diary.inbox set refused_at = now() - interval '{age}'");
            admin.batch_execute(&back).await.unwrap();
            assert_eq!(worker.execute("delete from diary.inbox", &[]).await.unwrap(), gone);
        }
    }
}

#[tokio::test]
async fn an_item_of_another_person_does_not_open_here() {
    let (server, admin, ana, scale) = ana_with_a_scale().await;
    let ben = server.person("ben").await;
    leave(&scale, &food("2026-11-20", Uuid::now_v7())).await;
    let sql = format!("update diary.inbox set owner = '{}'", ben.id);
    admin.batch_execute(&sql).await.unwrap();
    assert_eq!(merge(&ana).await["merged"], json!([]));
    assert_eq!(merge(&ben).await["refused"], 1);
    assert_eq!(entries(&ben, "2026-11-20").await, 0);
}

#[tokio::test]
async fn a_public_key_that_was_exchanged_in_the_database_gains_nothing() {
    let (server, admin, ana, scale) = ana_with_a_scale().await;
    let thief = server.person("thief").await;
    let exchange = "update auth.principal set public_key =
        (select public_key from auth.principal where principal = $2) where principal = $1";
    admin.execute(exchange, &[&ana.id, &thief.id]).await.unwrap();
    leave(&scale, &food("2026-11-20", Uuid::now_v7())).await;
    // Also a token that is made now knows the right one.
    let later = ana.program("write_only", &["food"]).await;
    leave(&later, &food("2026-11-20", Uuid::now_v7())).await;
    assert_eq!(merge(&ana).await["merged"][0]["count"], 2);
}

#[tokio::test]
async fn with_the_erasure_key_destroyed_nothing_that_waits_opens() {
    let (server, admin, ana, scale) = ana_with_a_scale().await;
    let id = Uuid::now_v7();
    leave(&scale, &food("2026-11-20", id)).await;
    let body: Vec<u8> =
        admin.query_one("select body_sealed from diary.inbox", &[]).await.unwrap().get(0);
    let token = SessionToken::parse(&ana.cookie).unwrap();
    let hash = token.database_token().fingerprint();
    let sql = "select keyring_sealed from auth.session where token_hash = $1";
    let sealed: Vec<u8> = admin.query_one(sql, &[&hash.as_slice()]).await.unwrap().get(0);
    let pair = Keyring::open(&server.root.keyring_key(&token.keyring_key()), ana.id, &sealed)
        .unwrap()
        .into_pair();
    let key = "select key_sealed from erasure.erasure_key where owner = $1";
    let key: Vec<u8> = admin.query_one(key, &[&ana.id]).await.unwrap().get(0);
    let erasure = server.root.open_erasure_key(ana.id, &key).unwrap();
    let open = |erasure: &ErasureKey| open_inbox(&pair, erasure, ana.id, id, Scope::Food, &body);
    assert!(open(&erasure).is_ok(), "with everything it opens");

    admin.batch_execute("delete from erasure.erasure_key").await.unwrap();
    assert!(open(&ErasureKey::generate()).is_err(), "the private key alone does not open it");
    drop(ana.post(MERGE, &json!({})).await.expect(401));
    drop(scale.post(INBOX, &food("2026-11-20", Uuid::now_v7())).await.expect(401));
}

#[tokio::test]
async fn what_has_no_room_on_its_day_goes_on_waiting() {
    let (_server, admin, ana, scale) = ana_with_a_scale().await;
    leave(&scale, &note("2026-11-20", "one too many")).await;
    for n in 0..500 {
        let mut entry = water("2026-11-20")["entry"].clone();
        entry["ml"] = json!(n + 1);
        drop(ana.post("/api/v1/days/2026-11-20/entries", &entry).await.expect(201));
    }
    leave(&scale, &note("2026-11-19", "room here")).await;
    let merged = merge(&ana).await;
    assert_eq!(merged["merged"], json!([{"day": "2026-11-19", "count": 1}]));
    assert_eq!((&merged["waiting"], &merged["refused"]), (&json!(1), &json!(0)));
    assert_eq!(rows(&admin, "diary.inbox where refused_at is null").await, 1);
}
