//! A06: somebody with write access to the database moves keys between people, or plants their own.

use keys::{DayNumber, GrantIdentity, PublicKey, Scope, ScopeRoot, seal_grant};
use serde_json::json;
use testkit::{Answer, Person, TestServer};
use tokio_postgres::Client;
use uuid::Uuid;

const DAY: &str = "/api/v1/days/2026-11-20";
const BANANA: &str = "usda-sr28:09040";
const ALTERED: &str = "urn:keepwell:problem:altered-record";

async fn two_people() -> (TestServer, Client, Person, Person) {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    for person in [&ana, &ben] {
        person.eat("2026-11-20", BANANA, 100.0).await;
    }
    let admin = server.db.admin().await;
    (server, admin, ana, ben)
}

async fn alter(admin: &Client, sql: &str, ana: &Person, ben: &Person) {
    let sql = sql.replace("ANA", &format!("'{}'", ana.id)).replace("BEN", &format!("'{}'", ben.id));
    admin.batch_execute("set session_replication_role = replica").await.unwrap();
    assert!(admin.execute(&sql, &[]).await.unwrap() > 0, "{sql} has altered nothing");
}

async fn try_to_sign_in(person: &Person) -> Answer {
    let body = json!({"email": person.email, "password": person.password});
    person.post("/api/v1/session", &body).await
}

fn is_altered(answer: Answer, sql: &str) {
    let answer = answer.expect(500);
    assert_eq!(answer.json()["type"], ALTERED, "{sql}");
    assert!(answer.cookie().is_none(), "{sql}");
}

#[tokio::test]
async fn a06_a_session_with_another_s_keys_opens_nothing_and_is_in_the_audit() {
    for sql in [
        // Ana's session with Ben's keyring, as Ben, with a keyring that was edited, with Ben's
        // erasure key.
        "update auth.session set keyring_sealed =
            (select keyring_sealed from auth.session where principal = BEN) where principal = ANA",
        "update auth.session set principal = BEN where principal = ANA",
        "update auth.session set keyring_sealed = set_byte(keyring_sealed, 40, get_byte(keyring_sealed, 40) # 1)
            where principal = ANA",
        "update erasure.erasure_key set key_sealed =
            (select key_sealed from erasure.erasure_key where owner = BEN) where owner = ANA",
        "update erasure.erasure_key set key_sealed = set_byte(key_sealed, 20, get_byte(key_sealed, 20) # 1) where owner = ANA",
    ] {
        let (_server, admin, ana, ben) = two_people().await;
        drop(ana.get(DAY).await.expect(200));
        alter(&admin, sql, &ana, &ben).await;
        let mut entry = testkit::day_entry(Uuid::now_v7(), BANANA, 10.0);
        entry["amount"] = json!(11);
        for answer in [
            ana.get(DAY).await,
            ana.get("/api/v1/session").await,
            ana.get("/api/v1/days?from=2026-11-01&to=2026-11-30").await,
            ana.post(&format!("{DAY}/entries"), &entry).await,
        ] {
            is_altered(answer, sql);
        }
        let refused = "select count(*) from audit.event where action = 'record_refused'";
        let refused: i64 = admin.query_one(refused, &[]).await.unwrap().get(0);
        assert_eq!(refused, 4, "{sql}");
        drop(ben.get(DAY).await.expect(200));
    }
}

#[tokio::test]
async fn a06_moved_slots_and_grants_let_nobody_in() {
    for sql in [
        // Ana's way in leads to Ben; Ben's sealed key behind Ana's proof; a slot of another kind.
        "update accounts.key_slot set principal = BEN where principal = ANA and kind = 1",
        "update accounts.key_slot a set private_key_sealed = b.private_key_sealed
            from accounts.key_slot b
            where a.principal = ANA and a.kind = 1 and b.principal = BEN and b.kind = 1",
        "update accounts.key_slot a set private_key_sealed = b.private_key_sealed
            from accounts.key_slot b
            where a.principal = ANA and a.kind = 1 and b.principal = ANA and b.kind = 2",
        "update accounts.key_slot set private_key_sealed = set_byte(private_key_sealed, 30, get_byte(private_key_sealed, 30) # 1)
            where principal = ANA and kind = 1",
        // Grants: another scope's, another person's, another epoch, edited.
        "update auth.access_grant a set key_sealed = b.key_sealed from auth.access_grant b
            where a.owner = ANA and a.scope = 'food' and b.owner = ANA and b.scope = 'notes'",
        "update auth.access_grant a set key_sealed = b.key_sealed from auth.access_grant b
            where a.owner = ANA and a.scope = 'food' and b.owner = BEN and b.scope = 'food'",
        "update auth.access_grant set epoch = 2 where owner = ANA and scope = 'food'",
        "update auth.access_grant set key_sealed = set_byte(key_sealed, 30, get_byte(key_sealed, 30) # 1)
            where owner = ANA and scope = 'food'",
        // The address, which only its owner reads.
        "update accounts.account a set email_sealed = b.email_sealed from accounts.account b
            where a.principal = ANA and b.principal = BEN",
    ] {
        let (_server, admin, ana, ben) = two_people().await;
        drop(try_to_sign_in(&ana).await.expect(201));
        alter(&admin, sql, &ana, &ben).await;
        is_altered(try_to_sign_in(&ana).await, sql);
    }
    // An account that is gone from under its slot, and a proof that is nobody's, are 401.
    let (_server, admin, ana, ben) = two_people().await;
    alter(
        &admin,
        "update accounts.key_slot set proof_hash = sha256('x') where principal = ANA and kind = 1",
        &ana,
        &ben,
    )
    .await;
    drop(try_to_sign_in(&ana).await.expect(401));
}

#[tokio::test]
async fn a06_a_planted_grant_of_one_s_own_is_refused() {
    let (_server, admin, ana, _ben) = two_people().await;
    let row = "select public_key from auth.principal where principal = $1";
    let public_key: Vec<u8> = admin.query_one(row, &[&ana.id]).await.unwrap().get(0);
    let public_key = PublicKey::parse(&public_key).unwrap();
    // The attacker makes the scope's next keys, and seals them to Ana as a friend would.
    let identity = GrantIdentity {
        owner: ana.id,
        holder: ana.id,
        scope: Scope::Food,
        epoch: 2,
        first: DayNumber::FIRST,
        last: DayNumber::LAST,
    };
    let sealed = seal_grant(&identity, &ScopeRoot::generate().cover_all(), &public_key);
    let own = "select key_sealed from auth.access_grant where owner = $1 and scope = 'food'";
    let own: Vec<u8> = admin.query_one(own, &[&ana.id]).await.unwrap().get(0);
    // In the place of her own: two epochs of a scope are never alive.
    let plant = "update auth.access_grant set epoch = $2, key_sealed = $3
        where owner = $1 and holder = $1 and scope = 'food'";
    admin.execute(plant, &[&ana.id, &2_i32, &sealed]).await.unwrap();
    is_altered(try_to_sign_in(&ana).await, "a planted grant");
    // Without it she signs in as before.
    admin.execute(plant, &[&ana.id, &1_i32, &own]).await.unwrap();
    let body = json!({"email": ana.email, "password": ana.password});
    drop(ana.post("/api/v1/session", &body).await.expect(201));
}
