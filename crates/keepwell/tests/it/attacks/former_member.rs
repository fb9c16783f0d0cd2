//! A10: somebody who was removed from a practice, with a session that was open then, SQL of their own
//! in it, and every key they ever had.

use keys::{
    GrantIdentity, KeyPair, LineKey, Scope, open_held_grant, open_letter, open_membership, open_own,
};
use platform::days;
use serde_json::json;
use testkit::{Person, TestServer};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    circle::{
        arrange::keyring,
        practices::{BANANA, lets_in, look_as, roster, see},
    },
    organisations::{becomes_member, members_of, practice},
};

const DAY: &str = "/api/v1/days/2026-03-01";
const SETTINGS: &str = "/api/v1/settings";

/// What somebody who runs SQL in a member's request finds of the practice and of its client.
async fn found_by_sql(server: &TestServer, who: &Person, practice: Uuid, client: Uuid) -> Vec<i64> {
    let thief = server.db.connect("keepwell_app").await;
    server.db.begin_as(&thief, &who.cookie).await;
    let name = format!(
        "select set_config('app.owner', '{client}', true), set_config('app.holder', '{practice}', true),
            set_config('app.organisation', '{practice}', true)"
    );
    thief.batch_execute(&name).await.unwrap();
    let mut found = Vec::new();
    for sql in [
        "select count(*) from auth.visit_entry".to_owned(),
        "select count(*) from diary.look(array['food'], '2026-03-01', '2026-03-01')".to_owned(),
        "select count(*) from diary.look_items('plan', null)".to_owned(),
        format!("select count(*) from circle.roster('{practice}', '2026-03-01')"),
        format!("select count(*) from circle.held_parts('{practice}')"),
        format!("select count(*) from circle.held_words('{practice}')"),
        format!("select count(*) from circle.share where holder = '{practice}'"),
        format!("select count(*) from circle.letter where holder = '{practice}'"),
        format!("select count(*) from circle.card where organisation = '{practice}'"),
        format!("select count(*) from circle.my_organisation where organisation = '{practice}'"),
        format!("select count(*) from circle.my_colleague where organisation = '{practice}'"),
        format!("select count(*) from auth.membership where organisation = '{practice}'"),
    ] {
        found.push(thief.query_one(&sql, &[]).await.unwrap().get(0));
    }
    found
}

/// How many sealed things in the whole database open with one of these keys, each as what it is.
async fn opened_with(admin: &Client, practice: Uuid, pairs: &[&KeyPair], me: Uuid) -> usize {
    let mut opened = 0;
    let parts = "select owner, scope::text, epoch, first_day, last_day, key_sealed
        from auth.access_grant where holder <> owner";
    for row in admin.query(parts, &[]).await.unwrap() {
        let identity = GrantIdentity {
            owner: row.get(0),
            holder: practice,
            scope: Scope::parse(row.get(1)).unwrap(),
            epoch: u32::try_from(row.get::<_, i32>(2)).unwrap(),
            first: days::number(row.get(3)).unwrap(),
            last: days::number(row.get(4)).unwrap(),
        };
        let sealed: &[u8] = row.get(5);
        opened +=
            pairs.iter().filter(|pair| open_held_grant(&identity, sealed, pair).is_ok()).count();
    }
    let words = "select owner, for_holder_sealed, line_for_holder_sealed from circle.share";
    for row in admin.query(words, &[]).await.unwrap() {
        let (owner, words, line): (Uuid, &[u8], &[u8]) = (row.get(0), row.get(1), row.get(2));
        for pair in pairs {
            let own = format!("circle.share {owner}");
            opened +=
                usize::from(open_letter(pair, owner, practice, "circle.share", words).is_ok());
            opened += usize::from(open_own(pair, practice, &own, words).is_ok());
            opened += usize::from(LineKey::open_as_holder(owner, practice, line, pair).is_ok());
        }
    }
    for row in admin.query("select card, about_sealed from circle.card", &[]).await.unwrap() {
        let purpose = format!("circle.card.about_sealed {}", row.get::<_, Uuid>(0));
        let about: &[u8] = row.get(1);
        opened +=
            pairs.iter().filter(|pair| open_own(pair, practice, &purpose, about).is_ok()).count();
    }
    let slots = "select member, slot_sealed, name_sealed from auth.membership";
    for row in admin.query(slots, &[]).await.unwrap() {
        let (member, slot, name): (Uuid, &[u8], &[u8]) = (row.get(0), row.get(1), row.get(2));
        let purpose = format!("auth.membership.name_sealed {member}");
        for pair in pairs {
            opened += [member, me]
                .into_iter()
                .filter(|whose| open_membership(practice, *whose, slot, pair).is_ok())
                .count();
            opened += usize::from(open_own(pair, practice, &purpose, name).is_ok());
        }
    }
    opened
}

async fn slot(admin: &Client, practice: Uuid, who: &Person, own: &KeyPair) -> KeyPair {
    let row = "select slot_sealed from auth.membership where organisation = $1 and member = $2";
    let sealed: Vec<u8> = admin.query_one(row, &[&practice, &who.id]).await.unwrap().get(0);
    open_membership(practice, who.id, &sealed, own).unwrap()
}

#[tokio::test]
async fn a10_who_was_removed_from_a_practice_gets_nothing_from_that_moment() {
    let server = TestServer::start(keepwell::router).await;
    let [kim, lee, mia, ana] = [
        server.person("kim").await,
        server.person("lee").await,
        server.person("mia").await,
        server.person("ana").await,
    ];
    let (practice, code) = practice(&kim).await;
    becomes_member(&kim, practice, &lee, "professional").await;
    becomes_member(&kim, practice, &mia, "professional").await;
    ana.eat("2026-03-01", BANANA, 100.0).await;
    drop(
        lets_in(&ana, &code, "Ana", json!([see("food"), see("summary"), see("plan")]))
            .await
            .expect(201),
    );
    drop(ana.put(SETTINGS, &json!({"water_goal_ml": 1_900})).await.expect(200));
    let line = format!("/api/v1/lines/{}/{practice}/messages", ana.id);
    drop(ana.post(&line, &json!({"text": "for the practice"})).await.expect(201));
    let card = json!({"name": "Ana", "groups": [], "note": "walks"});
    let card_path = format!("/api/v1/practices/{practice}/clients/{}/card", ana.id);
    drop(kim.put(&card_path, &card).await.expect(204));
    let waiting = json!({"role": "professional", "label": "x"});
    let invitations = format!("/api/v1/organisations/{practice}/invitations");
    let invitation = kim.post(&invitations, &waiting).await.expect(201).json();

    // Before, all of it is there.
    drop(look_as(&lee, practice, ana.id, DAY).await.expect(200));
    drop(look_as(&lee, practice, ana.id, SETTINGS).await.expect(200));
    assert_eq!(roster(&lee, practice).await.len(), 1);
    drop(lee.get(&line).await.expect(200));
    let before = found_by_sql(&server, &lee, practice, ana.id).await;
    assert!(before.iter().all(|count| *count > 0), "{before:?}");
    let admin = server.db.admin().await;
    let own = keyring(&server, &admin, &lee).await;
    let old = slot(&admin, practice, &lee, own.pair()).await;
    let keys = [own.pair(), &old];
    let openable = opened_with(&admin, practice, &keys, lee.id).await;
    // Three parts, a name, a line, a card, a slot, three members' names.
    assert!(openable >= 10, "only {openable} opened before: the test is broken");

    let removed = format!("{}/{}", members_of(practice), lee.id);
    drop(mia.delete(&removed).await.expect(403));
    drop(kim.delete(&removed).await.expect(204));

    // From that moment nothing: not in the session that was open, not by SQL in it, not with any key.
    drop(look_as(&lee, practice, ana.id, DAY).await.expect(404));
    let range = "/api/v1/days?from=2026-03-01&to=2026-03-02";
    drop(look_as(&lee, practice, ana.id, range).await.expect(404));
    drop(look_as(&lee, practice, ana.id, SETTINGS).await.expect(404));
    drop(lee.get(&format!("/api/v1/practices/{practice}/roster")).await.expect(404));
    drop(lee.get(&line).await.expect(404));
    drop(lee.get(&members_of(practice)).await.expect(404));
    drop(lee.put(&card_path, &card).await.expect(404));
    assert_eq!(lee.get("/api/v1/practices").await.expect(200).json()["practices"], json!([]));
    let after = found_by_sql(&server, &lee, practice, ana.id).await;
    assert!(after.iter().all(|count| *count == 0), "{after:?}");
    assert_eq!(opened_with(&admin, practice, &keys, lee.id).await, 0);
    // Nor by a link that carried the old pair.
    let accept = json!({"secret": invitation["secret"], "your_name": "Lee"});
    drop(lee.post("/api/v1/memberships", &accept).await.expect(404));

    // Those who stay go on, under the new pair, and so does a client who comes now.
    let own = keyring(&server, &admin, &mia).await;
    let new = slot(&admin, practice, &mia, own.pair()).await;
    assert!(new.public() != old.public());
    assert!(opened_with(&admin, practice, &[&new], mia.id).await >= 7);
    for who in [&kim, &mia] {
        for _ in 0..2 {
            drop(look_as(who, practice, ana.id, DAY).await.expect(200));
            drop(look_as(who, practice, ana.id, SETTINGS).await.expect(200));
        }
        let clients = roster(who, practice).await;
        assert_eq!((&clients[0]["name"], &clients[0]["note"]), (&json!("Ana"), &json!("walks")));
        let letters = who.get(&line).await.expect(200).json();
        assert_eq!(letters["letters"][0]["text"], "for the practice");
    }
    let code =
        kim.get(&format!("/api/v1/organisations/{practice}")).await.expect(200).json()["code"]
            .as_str()
            .unwrap()
            .to_owned();
    let ben = server.person("ben").await;
    ben.eat("2026-03-01", BANANA, 100.0).await;
    drop(lets_in(&ben, &code, "Ben", json!([see("food")])).await.expect(201));
    drop(look_as(&mia, practice, ben.id, DAY).await.expect(200));
    // A re-key by the client reaches the practice's new pair.
    let narrower = json!({"parts": [see("summary")]});
    drop(ana.put(&format!("/api/v1/sharing/{practice}"), &narrower).await.expect(204));
    drop(look_as(&mia, practice, ana.id, DAY).await.expect(404));
    drop(look_as(&mia, practice, ana.id, range).await.expect(200));
}

#[tokio::test]
async fn a10_nobody_but_an_owner_parts_with_a_member_whatever_sql_they_run() {
    let server = TestServer::start(keepwell::router).await;
    let (kim, lee) = (server.person("kim").await, server.person("lee").await);
    let (practice, _) = practice(&kim).await;
    becomes_member(&kim, practice, &lee, "professional").await;
    let exchange = |leaver: Uuid| {
        format!(
            "select circle.exchange_keys('{practice}', '{leaver}', 'k', 't', sha256('c'), '{{}}', '{{}}',
                '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}')"
        )
    };
    for (who, sql) in [
        (&lee, exchange(kim.id)),
        (&lee, format!("select circle.change_role('{practice}', '{}', 'owner')", lee.id)),
        // Not by halves either: whoever would be left without a key is not.
        (&kim, exchange(lee.id)),
    ] {
        let thief = server.db.connect("keepwell_app").await;
        server.db.begin_as(&thief, &who.cookie).await;
        assert!(thief.batch_execute(&sql).await.is_err(), "{sql}");
    }
    let members = kim.get(&members_of(practice)).await.expect(200).json();
    assert_eq!(members["members"].as_array().unwrap().len(), 2);
}
