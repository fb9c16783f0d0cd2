//! The diaries that are measured: one of a year and more, eight that are written to, and thousands
//! of others around them.

use std::path::Path;

use anyhow::{Context as _, Result};
use jiff::Span;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use tokio_postgres::{Client as Database, Config, NoTls};
use uuid::Uuid;

use crate::client::Client;

/// The reader's first day.
pub(crate) const FIRST: Date = date(2025, 1, 1);
pub(crate) const DAYS: i32 = 400;
pub(crate) const ENTRIES_A_DAY: usize = 16;
/// Days that are typed in; the others are copies of them, as people eat.
const TYPED_DAYS: i32 = 10;
const OTHERS: i32 = 5_000;

const FOODS: [&str; 30] = [
    "oats",
    "milk whole",
    "banana",
    "coffee brewed",
    "bread whole wheat",
    "cheddar",
    "apple raw",
    "chicken breast",
    "rice white cooked",
    "broccoli",
    "olive oil",
    "yogurt plain",
    "salmon",
    "potatoes boiled",
    "egg whole",
    "butter",
    "lettuce",
    "tomatoes red",
    "chocolate dark",
    "almonds",
    "orange juice",
    "beef ground",
    "beans black",
    "spaghetti cooked",
    "carrots",
    "honey",
    "tea black",
    "onions",
    "wine red",
    "peanut butter",
];

/// Somebody with an account and an open session.
pub(crate) struct Person {
    pub(crate) cookie: String,
    pub(crate) id: Uuid,
}

/// Everybody's password.
pub(crate) const PASSWORD: &str = "a walk by the cold sea";

/// Somebody's address.
pub(crate) fn address(name: &str) -> String {
    format!("{name}@example.org")
}

/// Opens an account.
pub(crate) fn sign_up(client: &mut Client, name: &str) -> Result<Person> {
    let body = json!({"email": address(name), "password": PASSWORD});
    let cookie = client.post("/api/v1/account", None, &body)?.expect(201)?.cookie()?;
    let session = client.get("/api/v1/session", Some(&cookie))?.expect(200)?.json()?;
    let id = session.pointer("/person_id").and_then(Value::as_str).context("a number")?.parse()?;
    Ok(Person { cookie, id })
}

/// The names of real foods.
pub(crate) fn foods(client: &mut Client, cookie: &str) -> Result<Vec<String>> {
    FOODS
        .iter()
        .map(|food| {
            let query = food.replace(' ', "+");
            let path = format!("/api/v1/foods?q={query}&limit=1");
            let found = client.get(&path, Some(cookie))?.expect(200)?.json()?;
            let id = found.pointer("/foods/0/id").and_then(Value::as_str);
            Ok(id.with_context(|| format!("no food for {food}"))?.to_owned())
        })
        .collect()
}

/// The path of the reader's day so many days after the first.
pub(crate) fn day(after: i32) -> Date {
    FIRST.saturating_add(Span::new().days(after))
}

/// An entry as the web app sends it: every sixteenth is water, the others are foods.
pub(crate) fn entry(number: usize, foods: &[String]) -> Value {
    let time = format!("{:02}:{:02}", 7 + number % ENTRIES_A_DAY, number * 7 % 60);
    if number % ENTRIES_A_DAY == ENTRIES_A_DAY - 1 {
        return json!({
            "id": Uuid::now_v7(), "kind": "water", "time": time, "zone": "Europe/Berlin",
            "ml": 250,
        });
    }
    let group = ["breakfast", "lunch", "dinner", "snacks"].get(number % ENTRIES_A_DAY / 4);
    let food = foods.get(number * 7 % foods.len().max(1));
    json!({
        "id": Uuid::now_v7(), "kind": "food", "group": group, "time": time,
        "zone": "Europe/Berlin", "food": food, "amount": 20 + number * 13 % 180,
    })
}

/// Fills the reader's diary through the API.
pub(crate) fn reader(client: &mut Client, person: &Person, foods: &[String]) -> Result<()> {
    diary(client, person, foods, FIRST, DAYS)
}

/// Fills a diary of many years, up to the reader's first day.
pub(crate) fn decade(
    client: &mut Client,
    person: &Person,
    foods: &[String],
    days: i32,
) -> Result<()> {
    diary(client, person, foods, FIRST.saturating_sub(Span::new().days(days)), days)
}

/// A weight and a walk on each of these days.
pub(crate) fn moved(client: &mut Client, person: &Person, days: i32) -> Result<()> {
    for at in 1..=days {
        let path = format!("/api/v1/days/{}/entries", FIRST.saturating_sub(Span::new().days(at)));
        let moment = |kind: &str| json!({"id": Uuid::now_v7(), "kind": kind, "time": "07:30", "zone": "Europe/Berlin"});
        let mut weight = moment("measurement");
        merge(&mut weight, json!({"measure": "weight", "value": 70, "unit": "kg"}));
        let mut walk = moment("activity");
        merge(&mut walk, json!({"activity": "17190", "minutes": 30, "weight_kg": 70}));
        for entry in [weight, walk] {
            client.post(&path, Some(&person.cookie), &entry)?.expect(201)?;
        }
    }
    Ok(())
}

fn merge(entry: &mut Value, more: Value) {
    if let (Some(entry), Value::Object(more)) = (entry.as_object_mut(), more) {
        entry.extend(more);
    }
}

/// So many hundred foods of the person's own.
pub(crate) fn library(client: &mut Client, person: &Person, hundreds: usize) -> Result<()> {
    for hundred in 0..hundreds {
        let food = |number: usize| {
            json!({"id": Uuid::now_v7(), "item": {
                "kind": "food", "name": format!("Food {hundred} {number}"),
                "label": {"shape": "eu", "amount": 100, "unit": "g", "lines": [
                    {"key": "energy", "amount": 1567, "unit": "kJ"},
                    {"key": "protein", "amount": 13.5, "unit": "g"},
                ]},
                "portions": [{"seq": 1, "name": "1 bowl", "grams": 40}],
            }})
        };
        let items: Vec<Value> = (0..100).map(food).collect();
        let body = json!({ "items": items });
        client.post("/api/v1/library", Some(&person.cookie), &body)?.expect(200)?;
    }
    Ok(())
}

fn diary(
    client: &mut Client,
    person: &Person,
    foods: &[String],
    first: Date,
    days: i32,
) -> Result<()> {
    let day = |after: i32| first.saturating_add(Span::new().days(after));
    let mut typed = Vec::new();
    for at in 0..TYPED_DAYS {
        let path = format!("/api/v1/days/{}/entries", day(at));
        let begin = usize::try_from(at)? * ENTRIES_A_DAY;
        let mut ids = Vec::new();
        for number in begin..begin + ENTRIES_A_DAY {
            let entry = entry(number, foods);
            client.post(&path, Some(&person.cookie), &entry)?.expect(201)?;
            ids.push(entry.get("id").cloned());
        }
        typed.push(ids);
    }
    for at in TYPED_DAYS..days {
        let from = at % TYPED_DAYS;
        let ids = typed.get(usize::try_from(from)?).context("a typed day")?;
        let entries: Vec<Value> =
            ids.iter().map(|of| json!({"id": Uuid::now_v7(), "of": of})).collect();
        let body = json!({"from": day(from), "entries": entries});
        let path = format!("/api/v1/days/{}/copies", day(at));
        client.post(&path, Some(&person.cookie), &body)?.expect(201)?;
    }
    Ok(())
}

/// Connects as the database's superuser.
pub(crate) async fn database(socket: &Path, name: &str) -> Result<Database> {
    let mut config = Config::new();
    config.host_path(socket).port(5432).dbname(name).user("postgres");
    let (client, connection) = config.connect(NoTls).await?;
    // Ends with its client.
    drop(tokio::spawn(connection));
    Ok(client)
}

/// Puts thousands of other accounts around the reader's: rows of the sizes that the product writes,
/// with nothing in them; then tidies up as autovacuum would.
pub(crate) async fn others(database: &Database) -> Result<()> {
    let text = OTHERS_SQL.replace("OTHERS", &OTHERS.to_string());
    database.batch_execute(&text).await?;
    database.batch_execute("vacuum analyze").await?;
    database.batch_execute("checkpoint").await?;
    Ok(())
}

const OTHERS_SQL: &str = "
create temporary table other as
    select gen_random_uuid() as id, n from generate_series(1, OTHERS) n;
create temporary table noise as
    select k, (select string_agg(sha512((k || ' ' || i)::bytea), ''::bytea)
        from generate_series(1, 62) i) as bytes
    from generate_series(1, 64) k;
insert into auth.principal (principal, public_key)
    select id, substr(bytes, 1, 1217) from other join noise on k = 1 + n % 64;
insert into auth.session (principal, token_hash, application, idle_limit, expires_at, keyring_sealed)
    select id, sha256(uuid_send(id)), 'web', interval '15 minutes', now() + interval '12 hours',
        substr(bytes, 1, 810)
    from other join noise on k = 1 + n % 64;
insert into auth.access_grant (owner, holder, scope, epoch, first_day, last_day, key_sealed)
    select id, id, scope, 1, '1900-01-01', '2079-06-06', substr(bytes, 1, 98)
    from other join noise on k = 1 + n % 64
    cross join unnest(array['food', 'summary', 'logged', 'activity', 'body', 'notes', 'plan',
        'library']) scope;
insert into erasure.erasure_key (owner, key_sealed)
    select id, substr(bytes, 1, 61) from other join noise on k = 1 + n % 64;
insert into diary.record_day (owner, scope, day, version, epoch, body_sealed)
    select id, scope, date '2026-11-01' + d, 16, 1, substr(bytes, 1, len)
    from other join noise on k = 1 + n % 64
    cross join (values ('food', 3900), ('summary', 1900), ('logged', 900)) s (scope, len)
    cross join generate_series(1, 4) d;
";
