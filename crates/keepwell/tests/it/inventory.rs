//! The data inventory against what there is: every column of the live schema, every login role that
//! may read one, and what a browser is given to keep.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::collections::{BTreeMap, BTreeSet};

use reqwest::header;
use serde::Deserialize;
use serde_json::json;
use testkit::{TestDb, TestServer};

const TEXT: &str = include_str!("../../../../inventory/inventory.toml");

/// Who can log in. The superuser sees everything; the inventory says so once.
const LOGIN_ROLES: [&str; 3] = ["keepwell_app", "keepwell_worker", "keepwell_auditor"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inventory {
    column: Vec<Column>,
    browser: Vec<Browser>,
    beside: Vec<Beside>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    table: String,
    name: String,
    what: String,
    why: String,
    basis: String,
    kept: String,
    people: String,
    roles: BTreeSet<String>,
    leaves: String,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    Plain,
    Hash,
    Sealed,
    Public,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Browser {
    name: String,
    kind: String,
    what: String,
    why: String,
    basis: String,
    kept: String,
    attributes: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Beside {
    name: String,
    r#where: String,
    what: String,
    why: String,
    basis: String,
    kept: String,
    people: String,
    leaves: String,
}

impl Column {
    fn place(&self) -> String {
        format!("{}.{}", self.table, self.name)
    }

    /// By the names that the style guide gives: `_sealed` is ciphertext, `_hash` a hash.
    fn form_by_name(&self) -> Option<Form> {
        if self.name.ends_with("_sealed") {
            Some(Form::Sealed)
        } else if self.name == "hash" || self.name.ends_with("_hash") {
            Some(Form::Hash)
        } else {
            None
        }
    }
}

fn inventory() -> Inventory {
    toml::from_str(TEXT).unwrap_or_else(|cause| panic!("inventory/inventory.toml: {cause}"))
}

/// Every column of every table that is not PostgreSQL's own, with the login roles that may read it
/// directly.
async fn live_columns() -> BTreeMap<String, BTreeSet<String>> {
    let db = TestDb::new().await;
    let rows = db
        .admin()
        .await
        .query(
            "select format('%s.%s.%s', n.nspname, c.relname, a.attname) as place,
                array(
                    select r from unnest($1::text[]) as r
                    where has_column_privilege(r, c.oid, a.attnum, 'select')
                ) as readers
            from pg_catalog.pg_attribute a
            join pg_catalog.pg_class c on c.oid = a.attrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
                and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')",
            &[&LOGIN_ROLES.as_slice()],
        )
        .await
        .unwrap();
    rows.iter()
        .map(|row| (row.get("place"), row.get::<_, Vec<String>>("readers").into_iter().collect()))
        .collect()
}

#[tokio::test]
async fn every_column_is_in_the_inventory_and_every_entry_is_a_column() {
    let live = live_columns().await;
    assert!(!live.is_empty());
    let listed: BTreeSet<String> = inventory().column.iter().map(Column::place).collect();
    let live: BTreeSet<String> = live.into_keys().collect();
    let unlisted: Vec<_> = live.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&live).collect();
    assert!(
        unlisted.is_empty() && gone.is_empty(),
        "inventory/inventory.toml must say what every column is, why it is kept and for how long.\n\
         not in it: {unlisted:?}\nin it, and no column: {gone:?}"
    );
}

#[tokio::test]
async fn whoever_may_read_a_column_is_named_beside_it() {
    let live = live_columns().await;
    for column in inventory().column {
        let readers = live.get(&column.place()).cloned().unwrap_or_default();
        let unnamed: Vec<_> = readers.difference(&column.roles).collect();
        assert!(unnamed.is_empty(), "{}: {unnamed:?} may read it", column.place());
        let unknown: Vec<_> =
            column.roles.iter().filter(|role| !LOGIN_ROLES.contains(&role.as_str())).collect();
        assert!(unknown.is_empty(), "{}: no such login role: {unknown:?}", column.place());
    }
}

#[test]
fn every_entry_says_everything_once() {
    let inventory = inventory();
    let mut seen = BTreeSet::new();
    for column in &inventory.column {
        let place = column.place();
        assert!(seen.insert(place.clone()), "{place} stands twice");
        let said = [
            &column.what,
            &column.why,
            &column.basis,
            &column.kept,
            &column.people,
            &column.leaves,
        ];
        assert!(said.iter().all(|text| !text.trim().is_empty()), "{place} leaves a field empty");
        match column.form_by_name() {
            Some(form) => assert_eq!(column.form, form, "{place}"),
            None => assert!(
                matches!(column.form, Form::Plain | Form::Public),
                "{place} is called {:?}, and its name says otherwise",
                column.form
            ),
        }
    }
    for thing in &inventory.browser {
        let said = [&thing.name, &thing.kind, &thing.what, &thing.why, &thing.basis, &thing.kept];
        assert!(said.iter().all(|text| !text.trim().is_empty()), "{}", thing.name);
        assert!(!thing.attributes.is_empty(), "{}", thing.name);
    }
    for thing in &inventory.beside {
        let said = [
            &thing.name,
            &thing.r#where,
            &thing.what,
            &thing.why,
            &thing.basis,
            &thing.kept,
            &thing.people,
            &thing.leaves,
        ];
        assert!(said.iter().all(|text| !text.trim().is_empty()), "{}", thing.name);
    }
}

#[tokio::test]
async fn a_browser_is_given_exactly_the_cookies_that_are_listed() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let again = json!({"email": ana.email, "password": ana.password});
    let new = json!({"email": "new@example.org", "password": "somebody new walks by"});
    let recovery = json!({"email": ana.email, "recovery_code": ana.recovery_code});
    let visits = [
        ana.get("/").await,
        ana.get("/api/v1/days/2026-11-20").await.expect(200),
        ana.post("/api/v1/account", &new).await.expect(201),
        ana.post("/api/v1/session", &again).await.expect(201),
        ana.post("/api/v1/session/recovery", &recovery).await.expect(201),
    ];
    let given: BTreeMap<String, BTreeSet<String>> = visits
        .iter()
        .flat_map(|answer| answer.headers.get_all(header::SET_COOKIE))
        .map(|value| {
            let (pair, attributes) = value.to_str().unwrap().split_once(';').unwrap();
            let (name, _) = pair.split_once('=').unwrap();
            (name.to_owned(), attributes.split(';').map(|one| one.trim().to_owned()).collect())
        })
        .collect();
    let listed: BTreeMap<String, BTreeSet<String>> = inventory()
        .browser
        .into_iter()
        .filter(|thing| thing.kind == "cookie")
        .map(|cookie| (cookie.name, cookie.attributes))
        .collect();
    assert_eq!(given, listed);
}
