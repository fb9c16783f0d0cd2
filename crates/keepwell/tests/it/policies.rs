//! Who may do what with whose rows, as the database decides it: every table, every actor, every
//! verb, compared with `policies.txt`.
//!
//! The file is reviewed like code. After a change that is meant, write it anew with
//! `KEEPWELL_TEST_BLESS=1` and read the difference.

use std::{fmt::Write, path::Path};

use serde_json::json;
use testkit::{Person, TestServer, day_entry};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::attacks::{seal, tables};

const HEAD: &str = "\
# Who may do what with the rows of one person (`yes`), and who may not: no right on the table at all
# (`no`), or a right that reaches none of these rows (`none`). Written by tests/it/policies.rs.
";

/// Somebody who asks about the owner's rows.
struct Actor<'a> {
    name: &'static str,
    role: &'static str,
    /// The session's cookie or the API token that is presented.
    cookie: Option<&'a str>,
}

/// A practice, with Ana as its member.
const PRACTICE: Uuid = Uuid::from_u128(0x9ac);

/// Counts that are quiet, and some that still count.
const QUIET: &str = "
    insert into platform.rate_count (key_hash, next_at)
    select sha256(n::text::bytea), now() + n * interval '1 hour' from unnest(array[-1, 1]) n;
    insert into platform.failure_count (key_hash, failures, last_at)
    select sha256(n::text::bytea), 1, now() + n * interval '1 day' from unnest(array[-1, 0]) n";

#[tokio::test]
async fn policies_are_as_written() {
    let (server, ana, ben, tokens) = two_people().await;
    let matrix = matrix(&server, &ana, &ben, &tokens).await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/policies.txt");
    if std::env::var("KEEPWELL_TEST_BLESS").is_ok() {
        std::fs::write(&file, &matrix).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    let different: Vec<&str> = matrix
        .lines()
        .filter(|line| !written.lines().any(|known| known == *line))
        .chain(written.lines().filter(|line| !matrix.lines().any(|now| now == *line)))
        .collect();
    assert!(
        different.is_empty() && matrix == written,
        "the policies are not as written. If this is meant, run again with KEEPWELL_TEST_BLESS=1 and \
         review tests/it/policies.txt:\n{}",
        different.join("\n")
    );
}

#[tokio::test]
async fn a_loosened_policy_shows_in_the_matrix() {
    let (server, ana, ben, tokens) = two_people().await;
    let admin = server.db.admin().await;
    let before = matrix(&server, &ana, &ben, &tokens).await;
    for loosened in [
        "alter policy my_own on diary.record_day using (owner is not null)",
        "alter policy my_own_insert on diary.record_day with check (owner is not null)",
        "alter policy presented_session on auth.session
            using (token_hash = sha256(decode(current_setting('app.token', true), 'hex')))",
        "create policy more on audit.event for select to keepwell_worker using (seq > 0);
            grant usage on schema audit to keepwell_worker; grant select on audit.event to keepwell_worker",
        "alter policy my_own on accounts.account using (principal is not null)",
    ] {
        admin.batch_execute(loosened).await.unwrap();
        let after = matrix(&server, &ana, &ben, &tokens).await;
        assert_ne!(before, after, "{loosened}");
    }
}

/// Ana's API tokens, one of each access.
struct Tokens {
    read: String,
    write: String,
    leave: String,
}

/// Ana and Ben with something in every table, and an ended session each.
async fn two_people() -> (TestServer, Person, Person, Tokens) {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let scopes = ["food", "notes"];
    let [reader, writer, leaver] = [
        ana.program("read", &scopes).await,
        ana.program("write", &scopes).await,
        ana.program("write_only", &scopes).await,
    ];
    let entry = day_entry(Uuid::now_v7(), "usda-sr28:09040", 10.0);
    let item = json!({"day": "2026-11-20", "entry": entry});
    drop(leaver.post("/api/v1/inbox", &item).await.expect(202));
    for person in [&ana, &ben] {
        person.eat("2026-11-20", "usda-sr28:09040", 100.0).await;
        let note = json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": "n"});
        drop(person.post("/api/v1/days/2026-11-20/entries", &note).await.expect(201));
        drop(person.sign_in().await);
        let kept = format!(
            "insert into accounts.notice (principal, notice, what)
                values ('{id}', gen_random_uuid(), 'signed_in');
            insert into accounts.email_change (principal, new_email_sealed, expires_at)
                values ('{id}', 'x', now() + interval '10 minutes');
            insert into mail.queue (principal, mail, message_sealed, give_up_at)
                values ('{id}', gen_random_uuid(), 'x', now() + interval '3 days');
            insert into diary.record_item select '{id}', s, gen_random_uuid(), 1, 1, 'b'
                from unnest(array['food', 'library']) s",
            id = person.id
        );
        server.db.admin().await.batch_execute(&kept).await.unwrap();
    }
    let admin = server.db.admin().await;
    let steps = "insert into accounts.second_step
        (principal, factor, kind, name_sealed, body_sealed, pass_hash)
        select principal, gen_random_uuid(), 'totp', 'n', 'b', sha256('p') from accounts.account;
        insert into auth.ceremony values (sha256('c'), 's', now() + interval '1 minute')";
    let circle = format!(
        "insert into auth.principal (principal, public_key, kind, key_tag_hash)
            values ('{PRACTICE}', 'k', 'practice', sha256('t'));
        insert into auth.membership (organisation, member, role, slot_sealed)
            values ('{PRACTICE}', '{ana}', 'owner', 's');
        insert into circle.share (owner, holder, kind, for_owner_sealed, for_holder_sealed,
            line_for_owner_sealed, line_for_holder_sealed) values ('{ana}', '{PRACTICE}', 'practice', 'o', 'h', 'l', 'l');
        insert into circle.organisation (organisation, profile_sealed, code_hash)
            values ('{PRACTICE}', 'p', sha256('c'));
        insert into circle.member_invitation (organisation, invitation, handle_hash, proof_hash, role,
            offer_sealed, pair_sealed, label_sealed, made_at, expires_at)
            select '{PRACTICE}', gen_random_uuid(), sha256(h::bytea), 'p', 'owner', 'o', 'p', 'l',
                now() - interval '2 days', e
            from (values ('1', now() + interval '1 day'), ('2', now() - interval '1 day')) v (h, e);
        insert into circle.letter (owner, holder, letter, kind, author, by_owner, body_sealed)
            values ('{ana}', '{PRACTICE}', gen_random_uuid(), 'message', '{ana}', true, 'b');
        insert into circle.card (organisation, card, owner, about_sealed)
            values ('{PRACTICE}', gen_random_uuid(), '{ana}', 'a');
        insert into circle.former_holder (owner, holder, kind, for_owner_sealed)
            values ('{ana}', '{ben}', 'friend', 'o');
        insert into circle.invitation (owner, invitation, handle_hash, proof_hash, offer_sealed,
            for_owner_sealed, secret_sealed, line_for_owner_sealed, expires_at)
            values ('{ana}', '{ben}', sha256('h'), sha256('p'), 'o', 'f', 's', 'l',
                now() + interval '7 days');
        insert into circle.offered_part (owner, invitation, scope, epoch, first_day, last_day, access,
            key_sealed) values ('{ana}', '{ben}', 'food', 1, '1900-01-01', '2079-06-06', 'see', 'k')",
        ana = ana.id,
        ben = ben.id
    );
    admin.batch_execute(&circle).await.unwrap();
    admin.batch_execute(&study(ana.id)).await.unwrap();
    admin.batch_execute(steps).await.unwrap();
    let ended = "update auth.session s set expires_at = now()
        where created_at = (select max(o.created_at) from auth.session o where o.principal = s.principal)";
    admin.batch_execute(ended).await.unwrap();
    admin.batch_execute(QUIET).await.unwrap();
    assert_eq!(seal(&server).await.len(), 1);
    let tokens = Tokens { read: reader.token, write: writer.token, leave: leaver.token };
    (server, ana, ben, tokens)
}

/// What a study has, as if the practice were one with Ana as its participant too.
fn study(ana: Uuid) -> String {
    format!(
        "insert into circle.study (organisation, listed, data_public_key, data_key_tag_hash,
            data_key_sealed) values ('{PRACTICE}', false, 'k', sha256('t'), 's');
        insert into circle.protocol (organisation, version, title, sheet, sheet_hash, consent,
            consent_hash, terms, scopes, minimum_group, ends_on)
            values ('{PRACTICE}', 1, 't', 's', sha256('s'), 'c', sha256('c'), '{{}}', '{{}}', 5,
                '2027-01-01');
        insert into circle.consent (owner, consent, study, version, consent_hash, scopes, first_on,
            last_on, application) values ('{ana}', gen_random_uuid(), '{PRACTICE}', 1, sha256('c'),
                '{{}}', '2026-11-01', '2026-11-30', 'web');
        insert into circle.answer (owner, study, questionnaire, due_on, answer, version,
            for_study_sealed, for_owner_sealed)
            values ('{ana}', '{PRACTICE}', 'q', '2026-11-01', gen_random_uuid(), 1, 's', 'o');
        insert into circle.export (organisation, export, made_by, contents, format)
            values ('{PRACTICE}', gen_random_uuid(), '{ana}', 'days', 'csv');
        insert into circle.export_part (owner, export, study, contents, format, version, scopes, days,
            answers)
            values ('{ana}', gen_random_uuid(), '{PRACTICE}', 'days', 'csv', 1, '{{}}', 1, 0);
        insert into circle.aggregate (organisation, release, body_sealed)
            values ('{PRACTICE}', 1, 's')"
    )
}

async fn matrix(server: &TestServer, ana: &Person, ben: &Person, tokens: &Tokens) -> String {
    let actors = [
        Actor { name: "owner", role: "keepwell_app", cookie: Some(&ana.cookie) },
        Actor { name: "other", role: "keepwell_app", cookie: Some(&ben.cookie) },
        Actor { name: "reader", role: "keepwell_app", cookie: Some(&tokens.read) },
        Actor { name: "writer", role: "keepwell_app", cookie: Some(&tokens.write) },
        Actor { name: "leaver", role: "keepwell_app", cookie: Some(&tokens.leave) },
        Actor { name: "nobody", role: "keepwell_app", cookie: None },
        Actor { name: "worker", role: "keepwell_worker", cookie: None },
        Actor { name: "auditor", role: "keepwell_auditor", cookie: None },
    ];
    let admin = server.db.admin().await;
    let mut matrix = HEAD.to_owned();
    for table in tables(&admin).await {
        let sample = Sample::of(&admin, &table, ana.id).await;
        writeln!(matrix, "\n{table}").unwrap();
        for actor in &actors {
            write!(matrix, "    {:8}", actor.name).unwrap();
            for verb in ["select", "insert", "update", "delete"] {
                let outcome = attempt(server, &admin, actor, &sample, verb).await;
                write!(matrix, " {verb} {outcome:5}").unwrap();
            }
            let trimmed = matrix.trim_end().len();
            matrix.truncate(trimmed);
            matrix.push('\n');
        }
    }
    matrix
}

/// A table, and which of its rows are the owner's.
struct Sample {
    table: String,
    of_the_owner: String,
    /// One of them, to be taken out and put back.
    row: String,
}

impl Sample {
    async fn of(admin: &Client, table: &str, owner: Uuid) -> Self {
        let sql = "select attname::text from pg_attribute
            where attrelid = $1::text::regclass and attname in ('owner', 'principal')";
        let columns = admin.query(sql, &[&table]).await.unwrap();
        let of_the_owner = columns
            .first()
            .map_or("true".to_owned(), |row| format!("{} = '{owner}'", row.get::<_, String>(0)));
        // The newest session is the ended one: taking it out ends nobody's own.
        let order = if table == "auth.session" { "order by created_at desc" } else { "" };
        let sql = format!("select t::text from {table} t where {of_the_owner} {order} limit 1");
        let row = admin.query_opt(&sql, &[]).await.unwrap().unwrap_or_else(|| {
            panic!(
                "{table} has no row of the sample's person, so nothing shows who may reach one: let \
                 `two_people` in tests/it/policies.rs put one there"
            )
        });
        Self { table: table.to_owned(), of_the_owner, row: row.get(0) }
    }
}

/// What comes of one verb; nothing of it stays.
async fn attempt(
    server: &TestServer,
    admin: &Client,
    actor: &Actor<'_>,
    sample: &Sample,
    verb: &str,
) -> &'static str {
    let Sample { table, of_the_owner, row } = sample;
    match actor.cookie {
        Some(cookie) => server.db.begin_as(admin, cookie).await,
        None => admin.batch_execute("begin").await.unwrap(),
    }
    let sql = match verb {
        "select" => format!("select 1 from {table} where {of_the_owner}"),
        "delete" => format!("delete from {table} where {of_the_owner}"),
        "update" => match updatable(admin, actor.role, table).await {
            Some(column) => format!("update {table} set {column} = {column} where {of_the_owner}"),
            None => format!("update {table} set none = none"),
        },
        _ => {
            let take_out = format!(
                "set local session_replication_role = replica; delete from {table} t where t::text = '{row}';
                set local session_replication_role = origin"
            );
            admin.batch_execute(&take_out).await.unwrap();
            match insertable(admin, actor.role, table).await {
                Some(columns) => {
                    let values = columns.replace(", ", ", t.");
                    format!(
                        "insert into {table} ({columns}) select t.{values}
                        from (select ('{row}'::{table}).*) t"
                    )
                }
                None => format!("insert into {table} select ('{row}'::{table}).*"),
            }
        }
    };
    admin.batch_execute(&format!("set local role {}", actor.role)).await.unwrap();
    let outcome = match admin.execute(&sql, &[]).await {
        Ok(0) => "none",
        Ok(_) => "yes",
        Err(refused) => {
            let refused = refused.as_db_error().unwrap_or_else(|| panic!("{sql}: {refused:?}"));
            let by_policy = refused.message().contains("row-level security");
            let no_column = sql.ends_with("none = none");
            assert!(refused.code().code() == "42501" || no_column, "{sql}: {refused:?}");
            if by_policy { "none" } else { "no" }
        }
    };
    admin.batch_execute("rollback").await.unwrap();
    outcome
}

/// A column that the role may write.
async fn updatable(admin: &Client, role: &str, table: &str) -> Option<String> {
    let sql = "select quote_ident(attname) from pg_attribute
        where attrelid = $2::text::regclass and attnum > 0 and not attisdropped
            and has_schema_privilege($1::text, split_part($2, '.', 1), 'usage')
            and has_column_privilege($1::text, attrelid, attnum, 'update')
        order by attnum desc limit 1";
    admin.query_opt(sql, &[&role, &table]).await.unwrap().map(|row| row.get(0))
}

/// The columns that the role may give a new row, if there are any.
async fn insertable(admin: &Client, role: &str, table: &str) -> Option<String> {
    let sql = "select string_agg(quote_ident(attname), ', ') from pg_attribute
        where attrelid = $2::text::regclass and attnum > 0 and not attisdropped
            and has_schema_privilege($1::text, split_part($2, '.', 1), 'usage')
            and has_column_privilege($1::text, attrelid, attnum, 'insert')";
    admin.query_one(sql, &[&role, &table]).await.unwrap().get(0)
}
