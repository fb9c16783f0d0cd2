//! A22: whoever has the audit log, as the superuser of its database, and wants to hide what was done.

use keys::RootKey;
use platform::audit::{Checkpoint, Finding, Noted, Verified, Wanted, What, verify};
use testkit::{Person, TestDb, TestServer, tls};
use tokio_postgres::Client;
use uuid::Uuid;

const BANANA: &str = "usda-sr28:09040";

/// Seals what was done until now.
pub(crate) async fn seal(server: &TestServer) -> Vec<Checkpoint> {
    keepwell::seal_audit(&server.db.config("keepwell_worker"), tls(), &server.root).await.unwrap()
}

/// Verifies everything as the auditor.
pub(crate) async fn verified(
    db: &TestDb,
    root: &RootKey,
    wanted: Wanted,
) -> (Verified, Vec<Finding>) {
    let mut auditor = db.connect("keepwell_auditor").await;
    let mut findings = Vec::new();
    let mut tell = |finding: Finding| findings.push(finding);
    let verified = verify(&mut auditor, root, wanted, &mut tell).await.unwrap();
    assert_eq!(verified.findings, findings.len() as u64);
    (verified, findings)
}

/// What the attacker keeps aside, and a way to make a chain whole again that was changed.
pub(crate) const TOOLS: &str = "
    create schema aside;
    create table aside.event as table audit.event;
    create table aside.head as table audit.head;
    create table aside.checkpoint as table audit.checkpoint;
    create table aside.anchor as table audit.anchor;
    create table aside.sealed_head as table audit.sealed_head;
    create function aside.rewrite(who uuid) returns void language plpgsql as $$
    declare
        one record;
        previous bytea := sha256(uuid_send(who));
        place bigint := 0;
    begin
        for one in select * from audit.event where owner = who order by seq loop
            place := place + 1;
            previous := sha256(previous || convert_to(concat_ws(e'\\x1f', place,
                extract(epoch from one.at), one.actor, one.application, one.action, one.subject,
                one.holder), 'UTF8'));
            update audit.event set seq = place, hash = previous where owner = who and seq = one.seq;
        end loop;
        update audit.head set seq = place, hash = previous where owner = who;
        if place = 0 then
            delete from audit.head where owner = who;
        end if;
    end
    $$;
    create function aside.cut(who uuid, after bigint) returns void language plpgsql as $$
    begin
        delete from audit.event where owner = who and seq > after;
        update audit.head h set seq = e.seq, hash = e.hash from audit.event e
        where h.owner = who and e.owner = who and e.seq = after;
        update audit.sealed_head set seq = after where owner = who;
    end
    $$;
    set session_replication_role = replica";

/// All as it was, after an attack.
const UNDO: &str = "
    truncate audit.event, audit.head, audit.checkpoint, audit.anchor, audit.sealed_head;
    insert into audit.event select * from aside.event;
    insert into audit.head select * from aside.head;
    insert into audit.checkpoint select * from aside.checkpoint;
    insert into audit.anchor select * from aside.anchor;
    insert into audit.sealed_head select * from aside.sealed_head";

struct Log {
    server: TestServer,
    ana: Person,
    superuser: Client,
    last: i64,
}

/// A log of two people, sealed four times; the third time only what Ben did was new.
async fn log() -> Log {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    for (days, who) in [(1..4, &ana), (4..6, &ana), (1..3, &ben), (6..8, &ana)] {
        for day in days {
            who.eat(&format!("2026-11-0{day}"), BANANA, 100.0).await;
        }
        assert_eq!(seal(&server).await.len(), 1);
    }
    assert!(seal(&server).await.is_empty(), "nothing was new");
    let superuser = server.db.admin().await;
    superuser.batch_execute(TOOLS).await.unwrap();
    let last = superuser
        .query_one("select seq from audit.head where owner = $1", &[&ana.id])
        .await
        .unwrap()
        .get(0);
    Log { server, ana, superuser, last }
}

/// What is done to the log of Ana, whose newest event is `last`, and what must be found then.
fn attacks(ana_id: Uuid, last: i64) -> Vec<(String, What)> {
    let of_ana = format!("owner = '{ana_id}'");
    let rewrite = format!("select aside.rewrite('{ana_id}')");
    let cut = format!("select aside.cut('{ana_id}', {})", last - 1);
    let change = format!("update audit.event set subject = 'notes' where {of_ana} and seq = 3");
    let to_match = format!(
        "update audit.anchor a set head_hash = e.hash from audit.event e
        where e.owner = a.owner and e.seq = a.seq and a.{of_ana}"
    );
    vec![
        (format!("delete from audit.event where {of_ana} and seq = 3"), What::EventsRemoved),
        (format!("delete from audit.event where {of_ana} and seq < 3"), What::EventsRemoved),
        (change.clone(), What::EventChanged),
        (format!("update audit.event set at = at - interval '1 us' where {of_ana} and seq = 3"), What::EventChanged),
        (format!("update audit.event set holder = actor where {of_ana} and seq = 3"), What::EventChanged),
        (
            format!(
                "update audit.event set seq = 7 - seq + 1000 where {of_ana} and seq in (3, 4);
                update audit.event set seq = seq - 1000 where {of_ana} and seq > 1000"
            ),
            What::EventMoved,
        ),
        (
            format!("update audit.event set at = 'infinity' where {of_ana} and seq = 3"),
            What::EventChanged,
        ),
        (
            format!("update audit.event set at = '200000-01-01' where {of_ana} and seq = {last}"),
            What::EventChanged,
        ),
        (
            format!(
                "update audit.event set seq = 9223372036854775807 where {of_ana} and seq = {last}"
            ),
            What::EventsRemoved,
        ),
        ("update audit.checkpoint set at = '-infinity' where number = 4".to_owned(), What::CheckpointAltered),
        (format!("delete from audit.event where {of_ana} and seq = {last}"), What::HeadForged),
        (format!("update audit.head set hash = sha256('x') where {of_ana}"), What::HeadForged),
        (format!("update audit.head set seq = seq + 1 where {of_ana}"), What::HeadForged),
        (format!("delete from audit.head where {of_ana}"), What::HeadForged),
        (format!("{change}; {rewrite}"), What::ChainRewritten),
        (
            format!("delete from audit.event where {of_ana} and seq = 3; {rewrite}"),
            What::ChainRewritten,
        ),
        (cut.clone(), What::EndRemoved),
        (format!("delete from audit.event where {of_ana}; {rewrite}"), What::EndRemoved),
        (
            format!("{cut}; delete from audit.anchor where {of_ana} and checkpoint = 4"),
            What::AnchorMissing,
        ),
        (
            format!("delete from audit.anchor where {of_ana} and checkpoint = 2"),
            What::AnchorMissing,
        ),
        (format!("{change}; {rewrite}; {to_match}"), What::AnchorAltered),
        (
            format!("update audit.anchor set path = sha256('x') where {of_ana} and checkpoint = 1"),
            What::AnchorAltered,
        ),
        (
            format!("update audit.anchor set owner_hash = sha256('x') where {of_ana}"),
            What::AnchorAltered,
        ),
        (
            format!("{cut}; update audit.anchor set owner = null where {of_ana} and checkpoint = 4"),
            What::AnchorWithoutOwner,
        ),
        (
            "delete from audit.anchor where checkpoint = 2; delete from audit.checkpoint where number = 2"
                .to_owned(),
            What::CheckpointMissing,
        ),
        ("delete from audit.checkpoint where number = 4".to_owned(), What::CheckpointMissing),
        (
            "update audit.checkpoint set at = at + interval '1 us' where number = 4".to_owned(),
            What::CheckpointAltered,
        ),
        (
            "update audit.checkpoint set root_hash = sha256('x') where number = 2".to_owned(),
            What::CheckpointAltered,
        ),
        (
            "update audit.checkpoint set signature = sha512('x') where number = 1".to_owned(),
            What::CheckpointAltered,
        ),
    ]
}

#[tokio::test]
async fn a22_whatever_is_removed_changed_or_reordered_is_found() {
    let Log { server, ana, superuser, last } = log().await;
    let (whole, nothing) = verified(&server.db, &server.root, Wanted::default()).await;
    assert_eq!(nothing, []);
    assert_eq!((whole.chains, whole.checkpoints, whole.anchors), (2, 4, 5));
    assert!(last > 7 && whole.events > 9, "{whole:?}");

    for (attack, expected) in attacks(ana.id, last) {
        superuser
            .batch_execute(&attack)
            .await
            .unwrap_or_else(|cause| panic!("{attack}: {cause:?}"));
        let (_, found) = verified(&server.db, &server.root, Wanted::default()).await;
        assert!(found.iter().any(|one| one.what == expected), "{attack}: {found:?}");
        // Where it is, is said of whose chain or which checkpoint.
        assert!(
            found.iter().all(|one| one.owner.is_some() || one.checkpoint.is_some()),
            "{attack}: {found:?}"
        );
        // The person whose log it is finds it as well.
        let proof = ana.get("/api/v1/looks/proof").await.expect(200).json();
        assert_eq!(proof["intact"], false, "{attack}: {proof}");
        assert_ne!(proof["findings"], serde_json::json!([]), "{attack}: {proof}");
        superuser.batch_execute(UNDO).await.unwrap();
    }
    let proof = ana.get("/api/v1/looks/proof").await.expect(200).json();
    assert_eq!(
        (&proof["intact"], &proof["events"], &proof["checkpoint"]["number"]),
        (&true.into(), &last.into(), &4.into()),
        "{proof}"
    );
    assert_eq!(verified(&server.db, &server.root, Wanted::default()).await.1, []);
    // With another root key nothing of it is right.
    let (_, found) = verified(&server.db, &RootKey::generate(), Wanted::default()).await;
    assert!(found.iter().any(|one| one.what == What::CheckpointAltered));
}

#[tokio::test]
async fn a22_a_log_that_is_cut_off_at_its_end_is_found_by_a_checkpoint_that_was_noted() {
    let Log { server, superuser, .. } = log().await;
    let (whole, _) = verified(&server.db, &server.root, Wanted::default()).await;
    let newest = whole.newest.unwrap();
    let noted = Some(Noted { number: newest.number, hash: newest.hash() });
    let wanted = Wanted { noted, ..Wanted::default() };
    assert_eq!(verified(&server.db, &server.root, wanted).await.1, []);

    superuser
        .batch_execute(
            "select aside.cut(a.owner, a.seq) from audit.anchor a where a.checkpoint = 2;
            update audit.sealed_head set checkpoint = 2 where checkpoint = 4;
            delete from audit.anchor where checkpoint = 4;
            delete from audit.checkpoint where number = 4",
        )
        .await
        .unwrap();
    // In itself it is whole: nothing in the database could tell.
    assert_eq!(verified(&server.db, &server.root, Wanted::default()).await.1, []);
    let (_, found) = verified(&server.db, &server.root, wanted).await;
    assert_eq!(found.iter().map(|one| one.what).collect::<Vec<_>>(), [What::NotAsNoted]);
    // Also when the log has grown past it again.
    server.person("cleo").await;
    assert_eq!(seal(&server).await[0].number, newest.number);
    let (_, found) = verified(&server.db, &server.root, wanted).await;
    assert_eq!(found.iter().map(|one| one.what).collect::<Vec<_>>(), [What::NotAsNoted]);
}

#[tokio::test]
async fn a22_a_log_that_is_sealed_anew_with_another_key_is_found() {
    let Log { server, ana, superuser, .. } = log().await;
    let change = format!(
        "update audit.event set subject = 'notes' where owner = '{id}' and seq = 3;
        select aside.rewrite('{id}');
        truncate audit.checkpoint, audit.anchor, audit.sealed_head",
        id = ana.id
    );
    superuser.batch_execute(&change).await.unwrap();
    let worker = server.db.config("keepwell_worker");
    let own = RootKey::generate();
    assert_eq!(keepwell::seal_audit(&worker, tls(), &own).await.unwrap().len(), 1);
    // By the attacker's key all of it is right; by the operator's nothing is.
    assert_eq!(verified(&server.db, &own, Wanted::default()).await.1, []);
    let (_, found) = verified(&server.db, &server.root, Wanted::default()).await;
    assert!(found.iter().any(|one| one.what == What::CheckpointAltered), "{found:?}");
    let proof = ana.get("/api/v1/looks/proof").await.expect(200).json();
    assert_eq!(proof["intact"], false, "{proof}");
}

#[tokio::test]
async fn a22_a_chain_that_is_kept_from_being_sealed_is_found() {
    let Log { server, ana, superuser, last } = log().await;
    ana.eat("2026-11-09", BANANA, 100.0).await;
    let forge = format!(
        "update audit.sealed_head s set seq = h.seq from audit.head h
        where h.owner = s.owner and s.owner = '{id}';
        update audit.event set at = at - interval '11 minutes' where owner = '{id}' and seq > {last};
        select aside.rewrite('{id}')",
        id = ana.id
    );
    // Young events are not sealed yet, and nothing is wrong with that.
    assert_eq!(verified(&server.db, &server.root, Wanted::default()).await.1, []);
    superuser.batch_execute(&forge).await.unwrap();
    assert!(seal(&server).await.is_empty());
    let (_, found) = verified(&server.db, &server.root, Wanted::default()).await;
    let seen: Vec<_> = found.iter().map(|one| (one.what, one.seq)).collect();
    assert_eq!(seen, [(What::NotSealed, Some(last + 1))]);
    let proof = ana.get("/api/v1/looks/proof").await.expect(200).json();
    assert_eq!(proof["findings"][0]["what"], "not_sealed", "{proof}");
}

#[tokio::test]
async fn what_a_killed_server_left_unsealed_is_no_finding_while_it_is_stopped() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let superuser = server.db.admin().await;
    superuser.batch_execute(TOOLS).await.unwrap();
    let earlier = format!(
        "update audit.event set at = at - interval '11 minutes';
        select aside.rewrite('{}')",
        ana.id
    );
    superuser.batch_execute(&earlier).await.unwrap();
    let at_rest = Wanted { at_rest: true, ..Wanted::default() };
    assert_eq!(verified(&server.db, &server.root, at_rest).await.1, []);
    // While it runs, it has had the time to seal them.
    let (_, found) = verified(&server.db, &server.root, Wanted::default()).await;
    assert_eq!(found.iter().map(|one| one.what).collect::<Vec<_>>(), [What::NotSealed]);
}

#[tokio::test]
async fn a22_no_login_role_changes_or_removes_what_was_written() {
    let Log { server, ana, .. } = log().await;
    let app = server.db.connect("keepwell_app").await;
    server.db.begin_as(&app, &ana.cookie).await;
    let worker = server.db.connect("keepwell_worker").await;
    let auditor = server.db.connect("keepwell_auditor").await;
    for (client, who) in [(&app, "app"), (&worker, "worker"), (&auditor, "auditor")] {
        client.batch_execute("begin").await.unwrap_or_default();
        for table in ["event", "head", "checkpoint", "anchor", "sealed_head"] {
            let column = match table {
                "event" | "head" | "sealed_head" => "seq",
                "checkpoint" => "number",
                _ => "position",
            };
            for sql in [
                format!("update audit.{table} set {column} = 7"),
                format!("delete from audit.{table}"),
                format!("insert into audit.{table} select * from audit.{table}"),
                format!("truncate audit.{table}"),
                format!("lock table audit.{table} in exclusive mode"),
                format!("alter table audit.{table} disable row level security"),
            ] {
                client.batch_execute("savepoint attempt").await.unwrap();
                let refused = client.batch_execute(&sql).await.expect_err(&format!("{who}: {sql}"));
                assert_eq!(refused.code().unwrap().code(), "42501", "{who}: {sql}");
                client.batch_execute("rollback to attempt").await.unwrap();
            }
        }
    }
    // The worker sees no event, and adds no checkpoint but the next one.
    for (sql, code) in [
        ("select from audit.event", "42501"),
        ("select from audit.anchor", "42501"),
        (
            "select audit.keep_checkpoint(4, now(), '', '', '', '', '{}', '{}', '{}', '{}', '{}', '{}')",
            "55000",
        ),
        ("select audit.gaps(0, sha256('x'))", "42501"),
    ] {
        worker.batch_execute("savepoint attempt").await.unwrap();
        let refused = worker.batch_execute(sql).await.expect_err(sql);
        assert_eq!(refused.code().unwrap().code(), code, "{sql}");
        worker.batch_execute("rollback to attempt").await.unwrap();
    }
    // What each of them may do: a person sees the own chain, the auditor all, the worker how far.
    let count = async |client: &Client, table: &str| -> i64 {
        let sql = format!("select count(*) from audit.{table}");
        client.query_one(&sql, &[]).await.unwrap().get(0)
    };
    assert_eq!((count(&app, "anchor").await, count(&app, "head").await), (3, 1));
    assert_eq!((count(&auditor, "anchor").await, count(&auditor, "head").await), (4 + 1, 2));
    assert_eq!((count(&worker, "head").await, count(&worker, "checkpoint").await), (2, 4));
}

#[tokio::test]
async fn an_erased_account_leaves_what_was_signed_and_no_name() {
    let Log { server, ana, superuser, .. } = log().await;
    superuser.batch_execute("set session_replication_role = origin").await.unwrap();
    let gone = "delete from auth.principal where principal = $1";
    assert_eq!(superuser.execute(gone, &[&ana.id]).await.unwrap(), 1);
    let (verified, found) = verified(&server.db, &server.root, Wanted::default()).await;
    assert_eq!(found, []);
    assert_eq!((verified.chains, verified.anchors), (1, 5));
    let named: i64 =
        superuser.query_one("select count(owner) from audit.anchor", &[]).await.unwrap().get(0);
    assert_eq!(named, 2, "Ben's own");
}
