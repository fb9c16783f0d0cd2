//! A06: somebody with write access to the database alters a day's documents.

use serde_json::{Value, json};
use testkit::{Person, TestServer, day_entry};
use tokio_postgres::Client;
use uuid::Uuid;

const DAY: &str = "2026-11-20";
const OTHER_DAY: &str = "2026-11-19";
const BANANA: &str = "usda-sr28:09040";
const ALTERED: &str = "urn:keepwell:problem:altered-record";

/// Two people with two days each, and an older version of Ana's day put aside.
struct Scene {
    server: TestServer,
    admin: Client,
    ana: Person,
    right_day: Value,
    right_range: Value,
}

impl Scene {
    async fn new() -> Self {
        let server = TestServer::start(keepwell::router).await;
        let (ana, ben) = (server.person("ana").await, server.person("ben").await);
        let admin = server.db.admin().await;
        for person in [&ana, &ben] {
            for day in [DAY, OTHER_DAY] {
                person.eat(day, BANANA, 100.0).await;
            }
        }
        admin
            .batch_execute("create table public.older as select * from diary.record_day")
            .await
            .unwrap();
        ana.eat(DAY, BANANA, 50.0).await;
        let note = json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": "n"});
        let (weight, walk) = (
            json!({"id": Uuid::now_v7(), "kind": "measurement", "time": "08:00", "zone": "UTC",
                "measure": "weight", "value": 70, "unit": "kg"}),
            json!({"id": Uuid::now_v7(), "kind": "activity", "time": "08:00", "zone": "UTC",
                "activity": "17190", "minutes": 30, "weight_kg": 70}),
        );
        for entry in [note, weight, walk] {
            drop(ana.post(&format!("/api/v1/days/{DAY}/entries"), &entry).await.expect(201));
        }
        admin
            .batch_execute("create table public.kept as select * from diary.record_day")
            .await
            .unwrap();
        let right_day = ana.get(&format!("/api/v1/days/{DAY}")).await.expect(200).json();
        let right_range = ana.get(RANGE).await.expect(200).json();
        Self { server, admin, ana, right_day, right_range }
    }

    /// Alters the rows, shows them to `look`, and puts everything back as it was.
    async fn with(&self, change: &str, scope: &str, look: impl AsyncFn(&str)) {
        let change = change
            .replace(
                "THIS",
                &format!("owner = '{}' and scope = '{scope}' and day = '{DAY}'", self.ana.id),
            )
            .replace("ANA", &format!("'{}'", self.ana.id));
        let done = self.admin.execute(&change, &[]).await.unwrap();
        assert!(done > 0, "{change} has altered nothing: the test is broken");
        look(&change).await;
        self.admin
            .batch_execute(
                "truncate diary.record_day; insert into diary.record_day select * from public.kept",
            )
            .await
            .unwrap();
    }

    async fn refusals(&self) -> i64 {
        let sql = "select count(*) from audit.event where owner = $1 and action = 'record_refused'";
        self.admin.query_one(sql, &[&self.ana.id]).await.unwrap().get(0)
    }
}

const RANGE: &str = "/api/v1/days?from=2026-11-01&to=2026-11-30";

/// Every way to alter a document that leaves the row in its place.
fn alterations() -> Vec<String> {
    let mut alterations: Vec<String> = [
        // The body of another day, of another scope, of another person.
        "set body_sealed = (select k.body_sealed from public.kept k
            where k.owner = r.owner and k.scope = r.scope and k.day = '2026-11-19')",
        "set body_sealed = (select k.body_sealed from public.kept k
            where k.owner = r.owner and k.scope = 'logged' and k.day = r.day)",
        "set body_sealed = (select k.body_sealed from public.kept k
            where k.owner <> r.owner and k.scope = r.scope and k.day = r.day)",
        // An older body under the newer number; the same body under another.
        "set body_sealed = (select o.body_sealed from public.older o
            where o.owner = r.owner and o.scope = r.scope and o.day = r.day)",
        "set version = version + 1",
        "set version = 1",
        "set epoch = epoch + 1",
        // Bytes cut off, added, taken from nowhere.
        "set body_sealed = substring(body_sealed from 1 for length(body_sealed) - 1)",
        "set body_sealed = body_sealed || '\\x00'",
        "set body_sealed = ''",
        "set body_sealed = 'x'",
        "set body_sealed = decode(repeat('00', length(body_sealed)), 'hex')",
    ]
    .map(str::to_owned)
    .to_vec();
    // The algorithm's number, the nonce, the ciphertext, the padding, the tag.
    for at in [
        "0",
        "1",
        "12",
        "13",
        "100",
        "length(body_sealed) / 2",
        "length(body_sealed) - 17",
        "length(body_sealed) - 1",
    ] {
        alterations.push(format!(
            "set body_sealed = set_byte(body_sealed, {at}, get_byte(body_sealed, {at}) # 1)"
        ));
    }
    alterations
}

#[tokio::test]
async fn a06_an_altered_day_is_refused_wherever_it_is_read_or_changed() {
    let scene = Scene::new().await;
    let day = format!("/api/v1/days/{DAY}");
    let entry = day_entry(Uuid::now_v7(), BANANA, 10.0);
    for alteration in alterations() {
        let change = format!("update diary.record_day r {alteration} where THIS");
        scene
            .with(&change, "food", async |change| {
                let before = scene.refusals().await;
                for answer in [
                    scene.ana.get(&day).await,
                    scene.ana.get(&format!("{day}/nutrients/energy")).await,
                    scene.ana.post(&format!("{day}/entries"), &entry).await,
                    scene.ana.patch(&day, &json!({"complete": true})).await,
                    scene.ana.delete(&format!("{day}/entries/{}", Uuid::now_v7())).await,
                    scene
                        .ana
                        .post(
                            &format!("/api/v1/days/{OTHER_DAY}/copies"),
                            &json!({"from": DAY, "entries": []}),
                        )
                        .await,
                ] {
                    let answer = answer.expect(500);
                    assert_eq!(answer.json()["type"], ALTERED, "{change}: {}", answer.text);
                    assert!(
                        !answer.text.contains("Banana") && !answer.text.contains("energy"),
                        "{change}"
                    );
                }
                assert_eq!(scene.refusals().await, before + 6, "{change}");
            })
            .await;
    }
    let again = scene.ana.get(&day).await.expect(200).json();
    assert_eq!(again, scene.right_day, "untouched rows open: the test can fail");
}

#[tokio::test]
async fn a06_an_altered_summary_is_refused_in_ranges() {
    let scene = Scene::new().await;
    for alteration in alterations() {
        let change = format!("update diary.record_day r {alteration} where THIS");
        scene
            .with(&change, "summary", async |change| {
                let before = scene.refusals().await;
                let answer = scene.ana.get(RANGE).await.expect(500);
                assert_eq!(answer.json()["type"], ALTERED, "{change}");
                assert!(!answer.text.contains("totals"), "{change}");
                assert_eq!(scene.refusals().await, before + 1, "{change}");
            })
            .await;
    }
    let again = scene.ana.get(RANGE).await.expect(200).json();
    assert_eq!(again, scene.right_range, "untouched rows open: the test can fail");
}

#[tokio::test]
async fn a06_an_altered_note_measurement_or_activity_is_refused() {
    let scene = Scene::new().await;
    let day = format!("/api/v1/days/{DAY}");
    for alteration in alterations() {
        // There is one version of each: nothing to take from elsewhere.
        if alteration.contains("from public.") || alteration == "set version = 1" {
            continue;
        }
        let change = format!("update diary.record_day r {alteration} where THIS");
        for scope in ["notes", "body", "activity"] {
            scene
                .with(&change, scope, async |change| {
                    let answer = scene.ana.get(&day).await.expect(500);
                    assert_eq!(answer.json()["type"], ALTERED, "{scope}: {change}");
                })
                .await;
        }
    }
    drop(scene.ana.get(&day).await.expect(200));
}

#[tokio::test]
async fn a06_rows_moved_to_another_day_or_person_are_refused() {
    let scene = Scene::new().await;
    let (today, yesterday) = (format!("/api/v1/days/{DAY}"), format!("/api/v1/days/{OTHER_DAY}"));
    let refused = async |path: &str, change: &str| {
        let answer = scene.ana.get(path).await.expect(500);
        assert_eq!(answer.json()["type"], ALTERED, "{change}");
    };
    for scope in ["food", "summary"] {
        let path = |day: &str| if scope == "food" { day.to_owned() } else { RANGE.to_owned() };
        // A whole row to a day that has none; two days exchanged; somebody else's row.
        scene
            .with(
                "update diary.record_day set day = '2026-11-18' where THIS",
                scope,
                async |change| {
                    let path = path("/api/v1/days/2026-11-18");
                    refused(&path, change).await;
                },
            )
            .await;
        let exchange = "update diary.record_day r set (version, epoch, body_sealed) =
            (select k.version, k.epoch, k.body_sealed from public.kept k
             where k.owner = r.owner and k.scope = r.scope
                and k.day = date '2026-11-20' - (r.day - date '2026-11-19'))
            where owner = ANA and scope in ('food', 'summary')";
        scene
            .with(exchange, scope, async |change| {
                refused(&path(&today), change).await;
                refused(&path(&yesterday), change).await;
            })
            .await;
        let foreign = "update diary.record_day r set (version, epoch, body_sealed) =
            (select k.version, k.epoch, k.body_sealed from public.kept k
             where k.owner <> r.owner and k.scope = r.scope and k.day = r.day) where THIS";
        scene.with(foreign, scope, async |change| refused(&path(&today), change).await).await;
    }
    // A row of one scope in the place of another.
    let scopes = "update diary.record_day r set (version, epoch, body_sealed) =
        (select k.version, k.epoch, k.body_sealed from public.kept k
         where k.owner = r.owner and k.scope = 'summary' and k.day = r.day) where THIS";
    scene.with(scopes, "food", async |change| refused(&today, change).await).await;
    assert_eq!(scene.ana.get(&today).await.expect(200).json(), scene.right_day);
    drop(scene.server);
}

#[tokio::test]
async fn a06_a_day_whose_food_was_taken_is_refused_and_not_called_a_race() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let admin = server.db.admin().await;
    for day in ["2026-11-19", "2026-11-20"] {
        ana.eat(day, "usda-sr28:01009", 50.0).await;
    }
    let taken = "delete from diary.record_day where scope = 'food' and day = '2026-11-20'";
    admin.batch_execute(taken).await.unwrap();

    let entry = day_entry(Uuid::now_v7(), "usda-sr28:09040", 10.0);
    let answer = ana.post("/api/v1/days/2026-11-20/entries", &entry).await.expect(500);
    assert_eq!(answer.json()["type"], "urn:keepwell:problem:altered-record");
    let source = ana.get("/api/v1/days/2026-11-19").await.expect(200).json();
    let of = &source["entries"][0]["id"];
    let copies = json!({"from": "2026-11-19", "entries": [{"id": Uuid::now_v7(), "of": of}]});
    let answer = ana.post("/api/v1/days/2026-11-20/copies", &copies).await.expect(500);
    assert_eq!(answer.json()["type"], "urn:keepwell:problem:altered-record");
    let refused = "select count(*) from audit.event where action = 'record_refused'";
    let refused: i64 = admin.query_one(refused, &[]).await.unwrap().get(0);
    assert_eq!(refused, 2);
    drop(ana.post("/api/v1/days/2026-11-19/entries", &entry).await.expect(201));
}
