//! A03 and A04: whoever runs SQL of their own as the runtime role, without a session and inside one
//! person's transaction.

use keys::{PasswordCost, SessionToken, stretch};
use platform::session::hex;
use secrecy::SecretString;
use serde_json::json;
use testkit::{Person, TestServer};
use tokio_postgres::Client;
use uuid::Uuid;

use super::loot::tables;

const DAY: &str = "2026-11-20";
const BANANA: &str = "usda-sr28:09040";

/// Public by design: which costs of stretching are in use.
const NOBODYS: &str = "accounts.stretch_cost";

async fn two_people() -> (TestServer, Person, Person) {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    ana.eat(DAY, BANANA, 100.0).await;
    ben.eat(DAY, BANANA, 200.0).await;
    for person in [&ana, &ben] {
        drop(person.put("/api/v1/settings", &json!({"water_goal_ml": 1_900})).await.expect(200));
    }
    (server, ana, ben)
}

/// How many rows a statement sees; none where it is not allowed to look.
async fn seen(client: &Client, sql: &str) -> i64 {
    client.batch_execute("savepoint attempt").await.unwrap();
    let count = match client.query_one(sql, &[]).await {
        Ok(row) => row.get(0),
        Err(refused) => {
            assert_eq!(refused.code().unwrap().code(), "42501", "{sql}: {refused:?}");
            0
        }
    };
    client.batch_execute("rollback to attempt").await.unwrap();
    count
}

/// The SQLSTATE that a statement fails with; `None` when it succeeds. Nothing stays of it.
async fn failure(client: &Client, sql: &str) -> Option<String> {
    client.batch_execute("savepoint attempt").await.unwrap();
    let outcome = client.batch_execute(sql).await;
    client.batch_execute("rollback to attempt").await.unwrap();
    outcome
        .err()
        .map(|cause| cause.code().map_or_else(|| cause.to_string(), |code| code.code().to_owned()))
}

#[tokio::test]
async fn a03_without_a_session_no_table_shows_or_takes_a_row() {
    let (server, ana, _) = two_people().await;
    let admin = server.db.admin().await;
    let tables = tables(&admin).await;
    let thief = server.db.connect("keepwell_app").await;
    for settings in [
        "",
        "select set_config('app.token', '', true), set_config('app.owner', '', true)",
        "select set_config('app.token', repeat('00', 32), true), set_config('app.proof', '', true)",
    ] {
        thief.batch_execute(&format!("begin; {settings}")).await.unwrap();
        for person in [&ana.id.to_string(), ""] {
            let claims = format!(
                "select set_config('app.owner', '{person}', true),
                    set_config('app.newcomer', '{person}', true)"
            );
            thief.batch_execute(&claims).await.unwrap();
            for table in tables.iter().filter(|table| *table != NOBODYS) {
                assert_eq!(
                    seen(&thief, &format!("select count(*) from {table}")).await,
                    0,
                    "{table}"
                );
                for change in [
                    format!(
                        "with gone as (delete from {table} returning 1) select count(*) from gone"
                    ),
                    format!("insert into {table} select * from {table} returning 1::bigint"),
                ] {
                    let sql = change.replace("returning 1::bigint", "");
                    let sql = if change.starts_with("insert") {
                        format!("with new as ({sql} returning 1) select count(*) from new")
                    } else {
                        sql
                    };
                    assert_eq!(seen(&thief, &sql).await, 0, "{sql}");
                }
            }
            for view in [
                "auth.caller",
                "auth.caller_entry",
                "auth.my_tokens",
                "auth.me",
                "auth.entry",
                "accounts.my_slot_proofs",
            ] {
                assert_eq!(
                    seen(&thief, &format!("select count(*) from {view}")).await,
                    0,
                    "{view}"
                );
            }
        }
        thief.batch_execute("rollback").await.unwrap();
    }
    // With a session the same look shows that person's rows.
    server.db.begin_as(&thief, &ana.cookie).await;
    assert_eq!(seen(&thief, "select count(*) from diary.record_day").await, 3);
    assert_eq!(seen(&thief, "select count(*) from auth.me").await, 1);
    // Sessions, what slots seal and verifiers stay unread even then.
    for secret in [
        "select count(token_hash) from auth.session",
        "select count(keyring_sealed) from auth.session",
        "select count(proof_hash) from accounts.key_slot",
        "select count(private_key_sealed) from accounts.key_slot",
        "select count(key_sealed) from erasure.erasure_key",
    ] {
        assert_eq!(failure(&thief, secret).await.as_deref(), Some("42501"), "{secret}");
    }
}

#[tokio::test]
async fn a03_no_session_can_be_made_without_a_credential() {
    let (server, ana, ben) = two_people().await;
    let admin = server.db.admin().await;
    let sessions = "select count(*) from auth.session";
    let before: i64 = admin.query_one(sessions, &[]).await.unwrap().get(0);
    let thief = server.db.connect("keepwell_app").await;

    let token = hex(SessionToken::generate().database_token().expose());
    let begin = format!("begin; select set_config('app.token', '{}', true)", token.as_str());
    thief.batch_execute(&begin).await.unwrap();
    let insert = format!(
        "insert into auth.session (principal, token_hash, application, idle_limit, expires_at)
        values ('{}', sha256('x'), 'web', '1 hour', now() + interval '1 hour')",
        ana.id
    );
    assert_eq!(failure(&thief, &insert).await.as_deref(), Some("42501"));

    // Proofs guessed, and what a thief of the table has: their fingerprints.
    let rows = admin.query("select encode(proof_hash, 'hex') from accounts.key_slot", &[]).await;
    let mut guesses: Vec<String> = rows.unwrap().iter().map(|row| row.get(0)).collect();
    guesses.extend(["00".repeat(32), String::new(), "ff".repeat(32)]);
    for guess in &guesses {
        let sign_in = format!(
            "select count(*) from accounts.sign_in('{guess}', 'web', '1 hour', '1 hour', '1 hour')"
        );
        assert_eq!(seen(&thief, &sign_in).await, 0, "{guess}");
    }
    let nonsense =
        failure(&thief, "select accounts.sign_in('zz', 'web', '1 hour', '1 hour', '1 hour')").await;
    assert_eq!(nonsense.as_deref(), Some("22023"));

    // A sign-up in the name of somebody who is here.
    for (person, refused) in
        [(ana.id, Some("23505")), (ben.id, Some("23505")), (Uuid::now_v7(), None)]
    {
        let outcome = failure(&thief, &sign_up(person)).await;
        assert_eq!(outcome.as_deref(), refused, "{person}");
    }
    // Its own way in, given to somebody else, is not taken either.
    let slot = format!(
        "insert into accounts.key_slot values ('{}', gen_random_uuid(), 1, sha256('x'), 'x', 8, 1, 1)",
        ana.id
    );
    assert_eq!(failure(&thief, &slot).await.as_deref(), Some("42501"));
    thief.batch_execute("rollback").await.unwrap();
    let after: i64 = admin.query_one(sessions, &[]).await.unwrap().get(0);
    assert_eq!(before, after);

    // With the password, stretched in full, the same call opens a session.
    let password = SecretString::from(ana.password.as_str());
    let salt = server.root.password_salt(&ana.email);
    let stretched = stretch(&password, &salt, PasswordCost::WEAK_FOR_TESTS).unwrap();
    let proof = hex(stretched.proof(&server.root).expose());
    thief.batch_execute(&begin).await.unwrap();
    let sign_in = format!(
        "select count(*) from accounts.sign_in('{}', 'web', '1 hour', '1 hour', '1 hour')",
        proof.as_str()
    );
    assert_eq!(seen(&thief, &sign_in).await, 1);
}

fn sign_up(newcomer: Uuid) -> String {
    format!(
        "select accounts.sign_up('{newcomer}', 'key', sha256('tag'), 'mail', 'erasure',
            array['{}'::uuid], array[1::smallint], array[sha256('{newcomer}')], array['slot'::bytea],
            8, 1, 1, array['food'], array['grant'::bytea], '1900-01-01', '2079-06-06', 'web',
            '1 hour', '1 hour', 'ring', 'spare')",
        Uuid::now_v7()
    )
}

#[tokio::test]
async fn a03_the_runtime_role_changes_no_rule_and_reaches_no_file() {
    let (server, ana, _) = two_people().await;
    let attempts = [
        "alter policy my_own on diary.record_day using (true)",
        "create policy mine on diary.record_day using (true)",
        "drop policy my_own on diary.record_day",
        "alter table diary.record_day no force row level security",
        "alter table diary.record_day disable row level security",
        "alter table diary.record_day owner to keepwell_app",
        "alter role keepwell_app bypassrls",
        "alter role keepwell_app superuser",
        "create role thief login",
        "grant keepwell_auth to keepwell_app",
        "grant select on auth.session to keepwell_app",
        "create or replace function auth.end_session() returns boolean language sql
            security definer as 'select true'",
        "alter function auth.end_session() owner to keepwell_app",
        "create or replace view auth.me as select null::uuid as principal",
        "drop function audit.append(text, text)",
        "create schema thief",
        "create table public.loot (x integer)",
        "create table diary.loot (x integer)",
        "create temporary table loot (x integer)",
        "create function public.f() returns integer language sql as 'select 1'",
        "create function pg_temp.f() returns integer language sql as 'select 1'",
        "create trigger spy before insert on diary.record_day
            execute function suppress_redundant_updates_trigger()",
        "create extension dblink schema public",
        "create rule spy as on select to diary.record_day do instead nothing",
        "create event trigger spy on ddl_command_start
            execute function suppress_redundant_updates_trigger()",
        "create publication thief for all tables",
        "set local role keepwell_owner",
        "set local role keepwell_auth",
        "set local role postgres",
        "set local session authorization postgres",
        "set local row_security = off; select count(*) from diary.record_day",
        "set local session_replication_role = replica",
        "set local log_statement = 'all'",
        "set local log_min_duration_statement = 0",
        "select pg_read_file('postgresql.auto.conf')",
        "select pg_read_binary_file('global/pg_filenode.map')",
        "select pg_ls_dir('.')",
        "select lo_import('/etc/hostname')",
        "select lo_from_bytea(0, 'parked')",
        "select lo_create(0)",
        "copy (select 1) to program 'cat >/dev/null'",
        "copy (select 1) to '/var/tmp/loot'",
        "do $$ begin execute 'alter role keepwell_app superuser'; end $$",
        "select pg_reload_conf()",
        "alter system set log_statement = 'all'",
        "alter database postgres set log_statement = 'all'",
        "truncate diary.record_day",
        "lock table auth.session in access exclusive mode",
        "select * from pg_authid",
        "select * from pg_catalog.pg_statistic",
        "delete from audit.event",
        "update audit.event set action = 'nothing'",
        "update audit.head set seq = 0",
        "insert into audit.event select * from audit.event",
        "insert into platform.migration (number, name, checksum) values (9, '', '')",
        "vacuum full diary.record_day",
    ];
    let thief = server.db.connect("keepwell_app").await;
    // Also in the middle of somebody's transaction.
    for cookie in [None, Some(&ana.cookie)] {
        match cookie {
            None => thief.batch_execute("begin").await.unwrap(),
            Some(cookie) => server.db.begin_as(&thief, cookie).await,
        }
        for attempt in attempts {
            let refused = failure(&thief, attempt).await;
            let refused = refused.unwrap_or_else(|| panic!("{attempt}: succeeded"));
            // No right; not inside a transaction; no such thing for this role.
            assert!(
                ["42501", "25001", "42883", "42P17", "55P02", "0A000", "42809", "3F000"]
                    .contains(&refused.as_str()),
                "{attempt}: {refused}"
            );
        }
        thief.batch_execute("rollback").await.unwrap();
    }
    // Whoever may, can: the statements themselves are sound.
    let admin = server.db.admin().await;
    admin.batch_execute("begin").await.unwrap();
    for sound in [
        "alter policy",
        "alter table diary.record_day no force",
        "create role",
        "create schema",
        "create table diary.loot",
        "create temporary table",
        "set local role keepwell_owner",
        "copy (select 1) to program",
        "select * from pg_authid",
        "delete from audit.event",
    ] {
        let attempt = attempts.iter().find(|attempt| attempt.starts_with(sound)).unwrap();
        assert_eq!(failure(&admin, attempt).await, None, "{attempt}");
    }
    admin.batch_execute("rollback").await.unwrap();
}

#[tokio::test]
async fn a03_other_connections_show_no_token_and_no_value() {
    let (server, ana, _) = two_people().await;
    let token = hex(SessionToken::parse(&ana.cookie).unwrap().database_token().expose());
    let victim = server.db.connect("keepwell_app").await;
    server.db.begin_as(&victim, &ana.cookie).await;
    let thief = server.db.connect("keepwell_app").await;
    let rows = thief.query("select query from pg_stat_activity where query is not null", &[]).await;
    let queries: Vec<String> = rows.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(
        queries.iter().any(|query| query.contains("set_config('app.token', $1")),
        "{queries:?}"
    );
    assert!(queries.iter().all(|query| !query.contains(token.as_str())));
}

/// Every row that is about somebody, as the superuser sees it.
async fn rows_about(admin: &Client, person: Uuid) -> Vec<String> {
    let mut about = Vec::new();
    for table in tables(admin).await {
        let sql = format!("select t::text from {table} t where t::text like $1 order by 1");
        let rows = admin.query(&sql, &[&format!("%{person}%")]).await.unwrap();
        about.extend(rows.iter().map(|row| format!("{table} {}", row.get::<_, String>(0))));
    }
    about
}

#[tokio::test]
async fn a04_inside_a_person_s_request_others_rows_are_neither_seen_nor_changed() {
    let (server, ana, ben) = two_people().await;
    drop(ben.sign_in().await);
    let admin = server.db.admin().await;
    let before = rows_about(&admin, ben.id).await;
    assert!(before.len() > 10, "{before:?}");
    let fingerprints: Vec<String> = {
        let sql = "select encode(proof_hash, 'hex') from accounts.key_slot
            union all select encode(token_hash, 'hex') from auth.session";
        admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    };
    let thief = server.db.connect("keepwell_app").await;

    let people = [ben.id.to_string(), ana.id.to_string(), Uuid::nil().to_string(), String::new()];
    for owner in &people {
        for proof in fingerprints.iter().chain([&String::new()]) {
            server.db.begin_as(&thief, &ana.cookie).await;
            let claims = format!(
                "select set_config('app.owner', '{owner}', true),
                    set_config('app.newcomer', '{owner}', true),
                    set_config('app.proof', '{proof}', true),
                    set_config('app.principal', '{}', true)",
                ben.id
            );
            thief.batch_execute(&claims).await.unwrap();
            for table in tables(&admin).await {
                let sql =
                    format!("select count(*) from {table} t where t::text like '%{}%'", ben.id);
                assert_eq!(seen(&thief, &sql).await, 0, "{table} as {owner:?}");
            }
            for view in ["auth.me", "auth.entry"] {
                let sql = format!("select count(*) from {view} where principal <> '{}'", ana.id);
                assert_eq!(seen(&thief, &sql).await, 0, "{view} as {owner:?}");
            }
            for change in changes_to(ben.id) {
                // What is refused and what finds no row both leave everything as it was.
                thief.batch_execute("savepoint attempt").await.unwrap();
                let done = thief.batch_execute(&change).await;
                let back = if done.is_ok() { "release attempt" } else { "rollback to attempt" };
                thief.batch_execute(back).await.unwrap();
            }
            thief.batch_execute("select set_config('app.owner', '', true)").await.unwrap();
            thief.batch_execute("commit").await.unwrap();
        }
        // A token that is not his is no way around: the fingerprint is not what is presented.
        for token in &fingerprints {
            thief.batch_execute("begin").await.unwrap();
            let present = format!("select set_config('app.token', '{token}', true)");
            thief.batch_execute(&present).await.unwrap();
            assert_eq!(seen(&thief, "select count(*) from auth.me").await, 0);
            thief.batch_execute("rollback").await.unwrap();
        }
    }
    assert_eq!(rows_about(&admin, ben.id).await, before);

    // Ben's own session changes every one of these rows by the same statements.
    server.db.begin_as(&thief, &ben.cookie).await;
    for change in changes_to(ben.id) {
        thief.batch_execute("savepoint attempt").await.unwrap();
        let done = thief.batch_execute(&change).await;
        let back = if done.is_ok() { "release attempt" } else { "rollback to attempt" };
        thief.batch_execute(back).await.unwrap();
    }
    thief.batch_execute("commit").await.unwrap();
    let after = rows_about(&admin, ben.id).await;
    for table in [
        "diary.record_day",
        "diary.record_item",
        "audit.event",
        "auth.session",
        "accounts.key_slot",
    ] {
        let of = |rows: &[String]| {
            rows.iter().filter(|row| row.starts_with(table)).cloned().collect::<Vec<_>>()
        };
        assert_ne!(of(&after), of(&before), "{table} could not have changed: the test is broken");
    }
}

/// What would change something of this person, if it were allowed. Ends the session last.
fn changes_to(person: Uuid) -> Vec<String> {
    vec![
        format!(
            "insert into diary.record_day (owner, scope, day, version, epoch, body_sealed)
            values ('{person}', 'food', '2026-11-01', 1, 1, 'planted')"
        ),
        format!("update diary.record_day set version = version + 1 where owner = '{person}'"),
        "update diary.record_day set owner = gen_random_uuid()".to_owned(),
        format!(
            "select diary.keep_days('{person}', array['food'], array['2026-11-02'::date],
                array[1::bigint], array[1], array['planted'::bytea], 'entry_recorded')"
        ),
        format!(
            "insert into diary.record_item (owner, scope, item, version, epoch, body_sealed)
            values ('{person}', 'plan', gen_random_uuid(), 1, 1, 'planted')"
        ),
        format!("update diary.record_item set version = version + 1 where owner = '{person}'"),
        "update diary.record_item set owner = gen_random_uuid()".to_owned(),
        format!(
            "select diary.keep_items('{person}', 'library', array[gen_random_uuid()],
                array[1::bigint], 1, array['planted'::bytea], 'item_kept')"
        ),
        format!("delete from diary.record_item where owner = '{person}' and scope = 'plan'"),
        format!(
            "insert into accounts.key_slot
            values ('{person}', gen_random_uuid(), 2, sha256('planted'), 'x', 8, 1, 1)"
        ),
        format!("delete from accounts.key_slot where principal = '{person}' and kind = 2"),
        format!(
            "update accounts.account set recovery_code_kept_at = now() where principal = '{person}'"
        ),
        format!(
            "insert into accounts.notice (principal, notice, what)
            values ('{person}', gen_random_uuid(), 'planted')"
        ),
        format!("update accounts.notice set seen_at = now() where principal = '{person}'"),
        format!(
            "insert into accounts.email_change (principal, new_email_sealed, expires_at)
            values ('{person}', 'planted', now() + interval '10 minutes')"
        ),
        format!("update accounts.email_change set tries = 0 where principal = '{person}'"),
        format!("delete from accounts.email_change where principal = '{person}'"),
        format!(
            "insert into mail.queue (principal, mail, message_sealed, give_up_at)
            values ('{person}', gen_random_uuid(), 'planted', now())"
        ),
        "select accounts.change_email('planted', true)".to_owned(),
        "select audit.append('planted', 'by somebody else')".to_owned(),
        sign_up(person),
        format!("delete from auth.principal where principal = '{person}'"),
        format!("update auth.access_grant set key_sealed = 'planted' where owner = '{person}'"),
        format!("update erasure.erasure_key set key_sealed = 'planted' where owner = '{person}'"),
        "select auth.end_other_sessions()".to_owned(),
        "select auth.keep_keyring('planted', 'spare', 0, 'device', sha256('tag'))".to_owned(),
        "select auth.keep_my_keyrings(array[]::uuid[], array[]::bytea[])".to_owned(),
        "select audit.append_visit('planted', 'by nobody')".to_owned(),
        format!("select circle.end_share('{person}', '{person}')"),
        format!("select circle.found('{person}', 'practice', 'k', sha256('t'), 's')"),
        "select diary.keep_days_of_visit(array['food'], array[date '2026-11-20'], array[2::bigint],
            array[1], array['planted'::bytea], 'planted')"
            .to_owned(),
        "select diary.keep_items_of_visit('plan', array[gen_random_uuid()], array[1::bigint], 1,
            array['planted'::bytea], 'planted')"
            .to_owned(),
        "select auth.touch_session()".to_owned(),
    ]
}
