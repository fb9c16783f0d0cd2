//! A06, A07, A08 and A24 for undated items: what was altered is refused, some days of a scope are none of
//! its items, what was taken back is under new keys, and no change is lost while they are made.

use keys::Scope;
use serde_json::{Value, json};
use testkit::{Person, TestServer};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::circle::arrange::keep_item;

const SETTINGS: &str = "/api/v1/settings";
/// Where the settings are kept, and another place beside them.
const KEPT: Uuid = Uuid::from_u128(2);
const BESIDE: Uuid = Uuid::from_u128(99);
const ALTERED: &str = "urn:keepwell:problem:altered-record";
const WORD: &str = "Midnight feast";

fn wish(water_ml: u32) -> Value {
    json!({"water_goal_ml": water_ml, "groups": [{"group": "own1", "name": WORD}]})
}

fn part(scope: &str, access: &str) -> Value {
    json!({"scope": scope, "access": access})
}

async fn water(person: &Person) -> Value {
    person.get(SETTINGS).await.expect(200).json()["water_goal_ml"].clone()
}

/// Begins a transaction in somebody's session that names another's diary, as a request does.
async fn begin_visit(server: &TestServer, sql: &Client, who: &Person, owner: Uuid) {
    server.db.begin_as(sql, &who.cookie).await;
    let named = format!("select set_config('app.owner', '{owner}', true)");
    sql.batch_execute(&named).await.unwrap();
}

/// How many rows a query of the runtime role returns.
async fn rows(sql: &Client, query: &str) -> usize {
    sql.query(query, &[]).await.unwrap().len()
}

/// The SQLSTATE that a statement is refused with. Nothing stays of it.
async fn refusal(sql: &Client, statement: &str) -> String {
    sql.batch_execute("savepoint attempt").await.unwrap();
    let refused = sql.batch_execute(statement).await;
    sql.batch_execute("rollback to attempt").await.unwrap();
    refused.unwrap_err().code().unwrap().code().to_owned()
}

#[tokio::test]
async fn a06_an_item_that_was_altered_moved_or_exchanged_is_refused() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben) = (server.person("ana").await, server.person("ben").await);
    let admin = server.db.admin().await;
    for person in [&ana, &ben] {
        drop(person.put(SETTINGS, &wish(1_000)).await.expect(200));
    }
    let visitor = ana.befriend(&ben, &json!([part("plan", "write")])).await;
    admin.batch_execute("create table public.older as table diary.record_item").await.unwrap();
    drop(ana.put(SETTINGS, &wish(2_000)).await.expect(200));
    // Something of the same kind in another place, and in another scope.
    let same = format!(r#"{{"settings":{}}}"#, wish(3_000));
    let plain = [b"\x01", same.as_bytes()].concat();
    keep_item(&server, &admin, &ana, Scope::Plan, BESIDE, &plain).await;
    keep_item(&server, &admin, &ana, Scope::Library, KEPT, &plain).await;
    admin.batch_execute("create table public.kept as table diary.record_item").await.unwrap();
    assert_eq!(water(&ana).await, 2_000.0, "untouched rows open: the test can fail");

    let mut alterations: Vec<String> = [
        // The body of another item, of another scope, of another person, of an older version.
        "set body_sealed = (select k.body_sealed from public.kept k
            where k.owner = r.owner and k.scope = r.scope and k.item <> r.item)",
        "set (version, body_sealed) = (select k.version, k.body_sealed from public.kept k
            where k.owner = r.owner and k.scope = r.scope and k.item <> r.item)",
        "set (version, body_sealed) = (select k.version, k.body_sealed from public.kept k
            where k.owner = r.owner and k.scope = 'library')",
        "set (version, body_sealed) = (select k.version, k.body_sealed from public.kept k
            where k.owner <> r.owner and k.scope = r.scope)",
        "set body_sealed = (select o.body_sealed from public.older o
            where o.owner = r.owner and o.scope = r.scope and o.item = r.item)",
        // The row in another place.
        "set item = gen_random_uuid()",
        "set version = version + 1",
        "set version = 1",
        "set epoch = epoch + 1",
        "set body_sealed = substring(body_sealed from 1 for length(body_sealed) - 1)",
        "set body_sealed = body_sealed || '\\x00'",
        "set body_sealed = ''",
    ]
    .map(str::to_owned)
    .to_vec();
    for at in ["0", "1", "13", "length(body_sealed) / 2", "length(body_sealed) - 1"] {
        alterations.push(format!(
            "set body_sealed = set_byte(body_sealed, {at}, get_byte(body_sealed, {at}) # 1)"
        ));
    }
    let refusals =
        "select count(*) from audit.event where owner = $1 and action = 'record_refused'";
    let refusals = async || admin.query_one(refusals, &[&ana.id]).await.unwrap().get::<_, i64>(0);
    for alteration in alterations {
        let change = format!(
            "update diary.record_item r {alteration}
            where owner = '{}' and scope = 'plan' and item = '{KEPT}'",
            ana.id
        );
        assert_eq!(admin.execute(&change, &[]).await.unwrap(), 1, "{change}");
        let before = refusals().await;
        for answer in [
            ana.get(SETTINGS).await,
            ana.put(SETTINGS, &wish(4_000)).await,
            visitor.get(SETTINGS).await,
            visitor.put(SETTINGS, &wish(4_000)).await,
        ] {
            let answer = answer.expect(500);
            assert_eq!(answer.json()["type"], ALTERED, "{change}: {}", answer.text);
            assert!(!answer.text.contains(WORD), "{}", answer.text);
        }
        // The visitor's two are in the visited audit.
        assert_eq!(refusals().await, before + 4, "{change}");
        let back = "truncate diary.record_item;
            insert into diary.record_item select * from public.kept";
        admin.batch_execute(back).await.unwrap();
    }
    // One that is put beside them where none was.
    let planted = "insert into diary.record_item
        select owner, 'plan', gen_random_uuid(), version, epoch, body_sealed from public.kept
        where owner = $1 and item = $2 and scope = 'plan'";
    admin.execute(planted, &[&ana.id, &KEPT]).await.unwrap();
    assert_eq!(ana.get(SETTINGS).await.expect(500).json()["type"], ALTERED);
}

#[tokio::test]
async fn a08_some_days_of_a_scope_are_none_of_its_items() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben, eva) =
        (server.person("ana").await, server.person("ben").await, server.person("eva").await);
    let admin = server.db.admin().await;
    drop(ana.put(SETTINGS, &wish(2_000)).await.expect(200));
    keep_item(&server, &admin, &ana, Scope::Library, KEPT, b"\x01{}").await;
    // Every day but one, in two scopes; and for Eva all of one.
    let mut days = Vec::new();
    for scope in ["plan", "library"] {
        let mut some = part(scope, "write");
        some["first_day"] = json!("1900-01-02");
        days.push(some);
    }
    let with_days = ana.befriend(&ben, &Value::from(days)).await;
    let with_all = ana.befriend(&eva, &json!([part("plan", "write")])).await;

    let events = "select count(*) from audit.event where owner = $1 and actor = $2";
    let events = async |actor: Uuid| {
        admin.query_one(events, &[&ana.id, &actor]).await.unwrap().get::<_, i64>(0)
    };
    let before = events(ben.id).await;
    let nobody = ben.visit(Uuid::now_v7(), None);
    let never = nobody.get(SETTINGS).await.expect(404).text;
    assert_eq!(with_days.get(SETTINGS).await.expect(404).text, never);
    assert_eq!(with_days.put(SETTINGS, &wish(1)).await.expect(404).text, never);
    assert_eq!(with_all.get(SETTINGS).await.expect(200).json()["water_goal_ml"], 2_000.0);

    let sql = server.db.connect("keepwell_app").await;
    let keep = |scope: &str, item: Uuid, version: u8| {
        format!(
            "select diary.keep_items_of_visit('{scope}', '{{{item}}}', '{{{version}}}', 1, '{{planted}}',
                'item_kept')"
        )
    };
    let remove = |scope: &str| {
        format!(
            "select diary.keep_items_of_visit('{scope}', '{{{KEPT}}}', '{{2}}', 1, '{{null}}', 'x')"
        )
    };
    let own = |owner: Uuid| {
        format!(
            "select diary.keep_items('{owner}', 'plan', '{{{KEPT}}}', '{{2}}', 1, '{{planted}}', 'x')"
        )
    };
    begin_visit(&server, &sql, &ben, ana.id).await;
    for scope in ["plan", "library", "food", "nothing"] {
        assert_eq!(rows(&sql, &format!("select from diary.look_items('{scope}', null)")).await, 0);
        let some = format!("select from diary.look_items('{scope}', '{{{KEPT}}}')");
        assert_eq!(rows(&sql, &some).await, 0);
        let locked = format!("select from diary.look_items_for_change('{scope}')");
        assert_eq!(rows(&sql, &locked).await, 0);
    }
    for scope in ["plan", "library", "food"] {
        assert_eq!(refusal(&sql, &keep(scope, KEPT, 2)).await, "42501");
        assert_eq!(refusal(&sql, &keep(scope, BESIDE, 1)).await, "42501");
        // To him it is not there.
        assert_eq!(refusal(&sql, &remove(scope)).await, "40001");
    }
    assert_eq!(refusal(&sql, &own(ana.id)).await, "42501");
    for table in ["diary.record_item", "diary.record_day"] {
        assert_eq!(rows(&sql, &format!("select from {table}")).await, 0);
    }
    sql.batch_execute("commit").await.unwrap();
    assert_eq!(events(ben.id).await, before, "what showed nothing is no look");

    // The same statements with the whole of the plan.
    begin_visit(&server, &sql, &eva, ana.id).await;
    let before = events(eva.id).await;
    assert_eq!(rows(&sql, "select from diary.look_items('plan', null)").await, 1);
    assert_eq!(rows(&sql, "select from diary.look_items('library', null)").await, 0);
    assert_eq!(rows(&sql, "select from diary.look_items_for_change('plan')").await, 1);
    sql.batch_execute(&keep("plan", BESIDE, 1)).await.unwrap();
    assert_eq!(refusal(&sql, &keep("library", BESIDE, 1)).await, "42501");
    sql.batch_execute("commit").await.unwrap();
    assert_eq!(events(eva.id).await, before + 3);
}

#[tokio::test]
async fn a07_items_that_were_taken_back_are_gone_at_once_and_under_new_keys() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben, eva) =
        (server.person("ana").await, server.person("ben").await, server.person("eva").await);
    let admin = server.db.admin().await;
    drop(ana.put(SETTINGS, &wish(2_000)).await.expect(200));
    let taken = ana.befriend(&ben, &json!([part("plan", "write")])).await;
    let stays = ana.befriend(&eva, &json!([part("plan", "write")])).await;
    let program = ana.program("write", &["plan"]).await;
    drop(taken.put(SETTINGS, &wish(2_100)).await.expect(200));
    let sql = server.db.connect("keepwell_app").await;
    begin_visit(&server, &sql, &ben, ana.id).await;
    assert_eq!(rows(&sql, "select from diary.look_items('plan', null)").await, 1);
    sql.batch_execute("rollback").await.unwrap();
    let stored = async || {
        let row = "select epoch, version, length(body_sealed) from diary.record_item";
        let row = admin.query_one(row, &[]).await.unwrap();
        (row.get::<_, i32>(0), row.get::<_, i64>(1), row.get::<_, i32>(2))
    };
    let (epoch, version, length) = stored().await;

    drop(ana.delete(&format!("/api/v1/sharing/{}", ben.id)).await.expect(204));
    assert_eq!(stored().await, (epoch + 1, version, length));
    let never = ben.visit(Uuid::now_v7(), None).get(SETTINGS).await.expect(404).text;
    assert_eq!(taken.get(SETTINGS).await.expect(404).text, never);
    assert_eq!(taken.put(SETTINGS, &wish(1)).await.expect(404).text, never);
    begin_visit(&server, &sql, &ben, ana.id).await;
    assert_eq!(rows(&sql, "select from diary.look_items('plan', null)").await, 0);
    let keep = format!(
        "select diary.keep_items_of_visit('plan', '{{{KEPT}}}', '{{3}}', 2, '{{planted}}', 'x')"
    );
    assert_eq!(refusal(&sql, &keep).await, "28000");
    // The owner, another holder and a program go on.
    assert_eq!(water(&ana).await, 2_100.0);
    assert_eq!(stays.get(SETTINGS).await.expect(200).json()["water_goal_ml"], 2_100.0);
    drop(stays.put(SETTINGS, &wish(2_200)).await.expect(200));
    assert_eq!(program.get(SETTINGS).await.expect(200).json()["water_goal_ml"], 2_200.0);
    assert_eq!(water(&ana).await, 2_200.0);

    // With the account everything goes.
    let gone = "delete from auth.principal where principal = $1";
    admin.execute(gone, &[&ana.id]).await.unwrap();
    assert_eq!(rows(&admin, "select from diary.record_item").await, 0);
}

#[tokio::test]
async fn a24_no_change_of_an_item_is_lost_while_keys_are_made_anew() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben, eva) =
        (server.person("ana").await, server.person("ben").await, server.person("eva").await);
    let admin = server.db.admin().await;
    for number in 0..200 {
        let place = Uuid::from_u128(1_000 + number);
        keep_item(&server, &admin, &ana, Scope::Library, place, b"\x01{}").await;
    }
    let phone = ana.sign_in().await;
    let writes = ana.befriend(&eva, &json!([part("plan", "write"), part("library", "see")])).await;
    for turn in 0..4_u32 {
        let both = json!([part("plan", "see"), part("library", "see")]);
        drop(ana.befriend(&ben, &both).await);
        ana.prove().await;
        let withdraw = format!("/api/v1/sharing/{}", ben.id);
        let (first, second) = (2_000 + turn * 10, 2_001 + turn * 10);
        let (withdrawn, from_phone, from_eva) = tokio::join!(
            ana.delete(&withdraw),
            async { phone.put(SETTINGS, &wish(first)).await },
            async { writes.put(SETTINGS, &wish(second)).await },
        );
        drop(withdrawn.expect(204));
        // Whatever was said to be kept is; who was told to send it again does, and it is kept.
        let mut kept = Vec::new();
        for (answer, goal) in [(from_phone, first), (from_eva, second)] {
            match answer.status.as_u16() {
                200 => kept.push(json!(f64::from(goal))),
                409 => {}
                status => panic!("{status}: {}", answer.text),
            }
        }
        let now = water(&ana).await;
        assert!(kept.is_empty() || kept.contains(&now), "{now} of {kept:?}");
        assert_eq!(water(&phone).await, now);
        drop(phone.put(SETTINGS, &wish(first + 5)).await.expect(200));
        assert_eq!(water(&ana).await, json!(f64::from(first + 5)));
        let epochs = "select distinct scope::text, epoch from diary.record_item order by 1";
        let epochs = admin.query(epochs, &[]).await.unwrap();
        let current = "select epoch from auth.access_grant where owner = holder and owner = $1
            and scope::text = $2";
        assert_eq!(epochs.len(), 2, "one epoch of a scope is alive at a time");
        for row in epochs {
            let (scope, epoch): (String, i32) = (row.get(0), row.get(1));
            let alive = admin.query_one(current, &[&ana.id, &scope]).await.unwrap();
            assert_eq!(alive.get::<_, i32>(0), epoch, "{scope}");
        }
    }
}
