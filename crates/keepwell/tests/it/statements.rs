//! Every statement of the product against the migrated schema, on tables that many people fill.

use std::path::Path;

use serde_json::{Value, json};
use testkit::{TestDb, TestServer};
use tokio_postgres::Client;
use uuid::Uuid;

/// What a scan of a personal table is allowed to be found by.
const KEYS: [&str; 8] = [
    "owner",
    "principal",
    "holder",
    "token_hash",
    "proof_hash",
    "handle_hash",
    "organisation",
    "member",
];
/// About nobody: a handful of rows, or found by their number.
const NOBODYS: [&str; 3] = ["stretch_cost", "migration", "checkpoint"];

/// Some thousands of rows of a thousand people in every personal table.
const FILL: &str = "
    create temporary table people as
        select gen_random_uuid() as id, n from generate_series(1, 1000) n;
    insert into auth.principal (principal, public_key) select id, sha256(id::text::bytea) from people;
    insert into auth.session (principal, token_hash, application, idle_limit, expires_at)
        select id, sha256((id || '-' || d)::bytea), 'web', '15 minutes', now() + interval '1 hour'
        from people, generate_series(1, 3) d;
    insert into accounts.account (principal, email_sealed) select id, sha256(id::text::bytea) from people;
    insert into accounts.key_slot
        select id, gen_random_uuid(), k, sha256((id || '+' || k)::bytea), sha256('x'), 8, 1, 1
        from people, generate_series(1, 2) k;
    insert into accounts.second_step (principal, factor, kind, name_sealed, body_sealed, pass_hash)
        select id, gen_random_uuid(), 'totp', sha256('x'), sha256('x'), sha256('x') from people;
    insert into auth.ceremony select sha256(id::text::bytea), sha256('x'), now() + interval '1 minute'
        from people;
    insert into auth.access_grant (owner, holder, scope, epoch, first_day, last_day, key_sealed)
        select id, id, s, 1, '1900-01-01', '2079-06-06', sha256('x')
        from people, unnest(array['food', 'summary', 'logged', 'notes']) s;
    insert into auth.membership (organisation, member, role, slot_sealed)
        select o.id, m.id, 'professional', 's' from people o join people m on m.n between o.n and o.n + 3;
    insert into circle.share (owner, holder, kind, for_owner_sealed, for_holder_sealed, line_for_owner_sealed,
        line_for_holder_sealed)
        select o.id, h.id, 'friend', 'o', 'h', 'l', 'l'
        from people o join people h on h.n between o.n + 1 and o.n + 3;
    insert into circle.organisation (organisation, profile_sealed, code_hash)
        select id, 'p', sha256(id::text::bytea) from people;
    insert into circle.member_invitation (organisation, invitation, handle_hash, proof_hash, role,
        offer_sealed, pair_sealed, label_sealed, expires_at)
        select id, gen_random_uuid(), sha256((id || 'i' || i)::bytea), 'p', 'owner', 'o', 'p', 'l',
            now() + interval '7 days'
        from people, generate_series(1, 3) i;
    insert into circle.letter (owner, holder, letter, kind, author, by_owner, body_sealed)
        select s.owner, s.holder, gen_random_uuid(), 'message', s.owner, true, 'b'
        from circle.share s, generate_series(1, 3);
    insert into circle.card (organisation, card, owner, about_sealed)
        select s.holder, gen_random_uuid(), s.owner, 'a' from circle.share s;
    insert into circle.former_holder (owner, holder, kind, for_owner_sealed)
        select o.id, h.id, 'friend', 'o' from people o join people h on h.n = o.n + 4;
    insert into circle.invitation (owner, invitation, handle_hash, proof_hash, offer_sealed,
        for_owner_sealed, secret_sealed, line_for_owner_sealed, expires_at)
        select id, id, sha256((id || 'h')::bytea), sha256((id || 'p')::bytea), 'o', 'f', 's', 'l',
        now() + interval '7 days' from people;
    insert into circle.offered_part
        select id, id, s, 1, '1900-01-01', '2079-06-06', 'see', null, sha256('x')
        from people, unnest(array['food', 'notes']) s;
    insert into circle.study (organisation, listed, data_public_key, data_key_tag_hash, data_key_sealed)
        select id, false, 'k', sha256('t'), 's' from people;
    insert into circle.protocol (organisation, version, title, sheet, sheet_hash, consent, consent_hash,
        terms, scopes, minimum_group, ends_on)
        select id, 1, 't', 's', sha256('s'), 'c', sha256('c'), '{}', '{}', 5, '2027-01-01' from people;
    insert into circle.consent (owner, consent, study, version, consent_hash, scopes, first_on, last_on,
        application)
        select p.id, gen_random_uuid(), s.id, 1, sha256('c'), '{}', '2026-11-01', '2026-11-30', 'web'
        from people p join people s on s.n between p.n and p.n + 2;
    insert into circle.answer (owner, study, questionnaire, due_on, answer, version, for_study_sealed,
        for_owner_sealed)
        select c.owner, c.study, 'q', date '2026-11-01' + d, gen_random_uuid(), 1, 's', 'o'
        from circle.consent c, generate_series(1, 3) d;
    insert into circle.export (organisation, export, made_by, contents, format)
        select id, gen_random_uuid(), id, 'days', 'csv' from people, generate_series(1, 3);
    insert into circle.export_part (owner, export, study, contents, format, version, scopes, days, answers)
        select id, gen_random_uuid(), id, 'days', 'csv', 1, '{}', 1, 0 from people, generate_series(1, 3);
    insert into circle.aggregate (organisation, release, body_sealed)
        select id, r, 's' from people, generate_series(1, 3) r;
    insert into erasure.erasure_key (owner, key_sealed) select id, sha256('x') from people;
    insert into diary.record_day
        select id, s, date '2026-11-01' + d, 1, 1, decode(repeat('ab', 900), 'hex')
        from people, unnest(array['food', 'summary', 'logged']) s, generate_series(1, 5) d;
    insert into diary.record_item
        select id, s, gen_random_uuid(), 1, 1, decode(repeat('ab', 900), 'hex')
        from people, unnest(array['library', 'plan']) s, generate_series(1, 5);
    insert into diary.inbox select id, gen_random_uuid(), 'food', decode(repeat('ab', 900), 'hex')
        from people, generate_series(1, 3);
    insert into platform.rate_count select sha256((id || 'r')::bytea), now() from people;
    insert into platform.failure_count
        select sha256((id || 'f')::bytea), 1, now() from people;
    insert into audit.head select id, 5, sha256('x') from people;
    insert into audit.event
        select id, d, now(), id, 'web', 'entry_recorded', 'food', sha256('x')
        from people, generate_series(1, 5) d;
    insert into audit.checkpoint
        select n, now(), 1000, sha256('x'), sha256('x'), sha256('x'), 'x' from generate_series(1, 5) n;
    insert into audit.anchor
        select c, n - 1, id, sha256('x'), c, sha256('x'), c - 1, 'x'
        from people, generate_series(1, 5) c;
    insert into accounts.notice (principal, notice, what)
        select id, gen_random_uuid(), 'signed_in' from people, generate_series(1, 5);
    insert into accounts.email_change (principal, new_email_sealed, expires_at)
        select id, sha256('x'), now() + interval '10 minutes' from people;
    insert into mail.queue (principal, mail, message_sealed, give_up_at)
        select id, gen_random_uuid(), sha256('x'), now() + interval '3 days' from people;
    analyze";

#[test]
fn the_list_of_statements_is_complete() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![crates];
    let mut made = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                made += std::fs::read_to_string(&path).unwrap().matches("Sql::new(").count();
            }
        }
    }
    let listed = keepwell::statements().count();
    assert_eq!(
        made, listed,
        "{made} statements are made in crates/*/src and {listed} are listed: put each new one into \
         its module's ALL, and its module into the feature's statements()"
    );
}

#[tokio::test]
async fn every_statement_prepares_as_the_runtime_role() {
    let db = TestDb::new().await;
    let app = db.connect("keepwell_app").await;
    for sql in keepwell::statements() {
        let statement = app.prepare_typed(sql.text, sql.types).await;
        let statement = statement.unwrap_or_else(|cause| panic!("{}: {cause:?}", sql.text));
        assert_eq!(statement.params(), sql.types, "{}", sql.text);
        assert!(!sql.text.contains("select *"), "name the columns: {}", sql.text);
    }
}

#[tokio::test]
async fn every_plan_finds_personal_rows_by_their_person() {
    let db = TestDb::new().await;
    db.admin().await.batch_execute(FILL).await.unwrap();
    let app = db.connect("keepwell_app").await;
    let mut faults = Vec::new();
    for (number, sql) in keepwell::statements().enumerate() {
        let plan = plan(&app, number, sql).await;
        look_at(&plan, sql.text, &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    // The look notices each fault.
    for (bad, fault) in [
        ("select version from diary.record_day where version > 0 offset 0", None),
        ("select key_sealed from auth.access_grant where length(key_sealed) > 0", None),
    ] {
        let plan = explain(&app, bad).await;
        let mut none = Vec::new();
        look_at(&plan, bad, &mut none);
        assert_eq!(none.first(), fault, "the policy brings its own condition");
    }
    let admin = db.admin().await;
    for bad in [
        "select version from diary.record_day where version > 0",
        "select (select count(*) from diary.record_day d where d.owner = p.principal)
            from auth.principal p where p.principal = gen_random_uuid() or p.created_at > now()",
    ] {
        let mut found = Vec::new();
        look_at(&explain(&admin, bad).await, bad, &mut found);
        assert!(!found.is_empty(), "{bad}");
    }
}

async fn plan(app: &Client, number: usize, sql: &platform::Sql) -> Value {
    let types: Vec<&str> = sql.types.iter().map(tokio_postgres::types::Type::name).collect();
    let list = if types.is_empty() { String::new() } else { format!("({})", types.join(", ")) };
    app.batch_execute(&format!("prepare s{number} {list} as {}", sql.text)).await.unwrap();
    let nulls = vec!["null"; types.len()].join(", ");
    let nulls = if types.is_empty() { nulls } else { format!("({nulls})") };
    explain(app, &format!("execute s{number} {nulls}")).await
}

async fn explain(client: &Client, sql: &str) -> Value {
    let rows = client.simple_query(&format!("explain (format json) {sql}")).await.unwrap();
    let text: String = rows
        .iter()
        .filter_map(|message| {
            let tokio_postgres::SimpleQueryMessage::Row(row) = message else { return None };
            row.get(0)
        })
        .collect();
    serde_json::from_str::<Value>(&text).unwrap()[0]["Plan"].clone()
}

fn look_at(node: &Value, sql: &str, faults: &mut Vec<String>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let relation = node["Relation Name"].as_str().unwrap_or_default();
    let is_personal = !relation.is_empty() && !NOBODYS.contains(&relation);
    if is_personal && kind == "Seq Scan" {
        faults.push(format!("{relation} is read from end to end: {sql}"));
    }
    if node["Parent Relationship"] == "SubPlan" {
        faults.push(format!("a query runs once a row ({kind} {relation}): {sql}"));
    }
    let condition = node["Index Cond"].as_str().unwrap_or_default();
    if kind.contains("Index") && !KEYS.iter().any(|key| condition.contains(key)) {
        faults.push(format!("{kind} {relation} is not by a person ({condition}): {sql}"));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        look_at(child, sql, faults);
    }
}

/// What runs inside functions and policies shows in no plan; the tables count how they are read.
#[tokio::test]
async fn a_whole_day_s_use_reads_no_personal_table_from_end_to_end() {
    let server = TestServer::start(keepwell::router).await;
    let db_name: String = server
        .db
        .admin()
        .await
        .query_one("select current_database()::text", &[])
        .await
        .unwrap()
        .get(0);
    assert!(db_name.starts_with("test_"));
    {
        let filler = server.db.admin().await;
        filler.batch_execute(FILL).await.unwrap();
        filler.batch_execute("select pg_stat_force_next_flush()").await.unwrap();
    }
    let before = scans(&server.db).await;

    let mut ana = server.person("ana").await;
    drop(ana.sign_in().await);
    let body = json!({"email": ana.email, "password": "not the right one"});
    drop(ana.post("/api/v1/session", &body).await.expect(401));
    let id = ana.eat("2026-11-20", "usda-sr28:09040", 100.0).await;
    let entry = format!("/api/v1/days/2026-11-20/entries/{id}");
    drop(ana.patch(&entry, &json!({"day": "2026-11-19"})).await.expect(200));
    let copies = json!({"from": "2026-11-19", "entries": [{"id": Uuid::now_v7(), "of": id}]});
    drop(ana.post("/api/v1/days/2026-11-20/copies", &copies).await.expect(201));
    drop(ana.get("/api/v1/days?from=2026-11-01&to=2026-11-30").await.expect(200));
    drop(ana.patch("/api/v1/days/2026-11-20", &json!({"complete": true})).await.expect(200));
    let kept = json!({"code": ana.recovery_code});
    let fresh = ana.post("/api/v1/account/recovery-code", &json!({})).await.expect(201).json();
    drop(ana.put("/api/v1/account/recovery-code/kept", &kept).await.expect(422));
    fresh["recovery_code"].as_str().unwrap().clone_into(&mut ana.recovery_code);
    let ana = ana.recover("walks by the lake").await;
    drop(ana.delete("/api/v1/session").await.expect(204));

    // A connection tells its counts when it ends.
    end_other_connections(&server.db).await;
    let after = scans(&server.db).await;
    let read: Vec<_> = after
        .iter()
        .filter(|(table, count)| {
            !NOBODYS.contains(&table.as_str())
                && before.iter().any(|(name, earlier)| name == table && count > earlier)
        })
        .collect();
    assert!(read.is_empty(), "read from end to end: {read:?}");
    let used: i64 = after.iter().map(|(_, count)| count).sum();
    assert!(used > 0, "nothing was counted: the test is broken");
}

async fn end_other_connections(db: &TestDb) {
    let admin = db.admin().await;
    let end = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and usename = 'keepwell_app'";
    admin.batch_execute(end).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
}

/// How often each table was read from end to end.
async fn scans(db: &TestDb) -> Vec<(String, i64)> {
    let sql = "select relname::text, coalesce(seq_scan, 0) from pg_stat_user_tables order by 1";
    let admin = db.admin().await;
    let rows = admin.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
