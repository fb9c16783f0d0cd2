//! A visit: what was granted and nothing else, and new keys when it is taken back.

use keys::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Person, TestServer, day_entry};
use uuid::Uuid;

use super::arrange::{Part, keyring, share};

const BANANA: &str = "usda-sr28:09040";

/// A request about somebody else's diary.
async fn visit(
    who: &Person,
    owner: Uuid,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    let mut request = who.request(method, path).header("keepwell-diary", owner.to_string());
    if let Some(body) = body {
        request = request.json(body);
    }
    who.answer(request).await
}

async fn look(who: &Person, owner: Uuid, path: &str) -> Answer {
    visit(who, owner, Method::GET, path, None).await
}

#[tokio::test]
async fn a_visitor_sees_and_writes_what_was_granted_and_it_is_in_the_audit() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let admin = server.db.admin().await;
    for day in ["2026-03-01", "2026-03-31", "2026-04-01"] {
        ana.eat(day, BANANA, 100.0).await;
    }
    let note = json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": "private"});
    drop(ana.post("/api/v1/days/2026-03-01/entries", &note).await.expect(201));
    // Nothing before it was granted, and not by naming her.
    drop(look(&ben, ana.id, "/api/v1/days/2026-03-01").await.expect(404));

    let march = [
        Part::write(Scope::Food, "2026-03-01", "2026-03-31"),
        Part::write(Scope::Summary, "2026-03-01", "2026-03-31"),
        Part::write(Scope::Logged, "2026-03-01", "2026-03-31"),
    ];
    share(&server, &admin, &ana, ben.id, "friend", &march).await;
    // The first visit opens what was sealed to the public key, the second what was taken over.
    for _ in 0..2 {
        let day = look(&ben, ana.id, "/api/v1/days/2026-03-01").await.expect(200).json();
        assert_eq!(day["foods"], 1);
        assert_eq!(day["only"], json!(["food"]));
        assert!(!day.to_string().contains("private"));
        for _ in 0..100 {
            let taken = "select bool_and(length(key_sealed) < 1000) from auth.access_grant
                where holder <> owner";
            if admin.query_one(taken, &[]).await.unwrap().get::<_, bool>(0) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    let range = "/api/v1/days?from=2026-02-01&to=2026-04-30";
    let days = look(&ben, ana.id, range).await.expect(200).json();
    let dates: Vec<&str> =
        days["days"].as_array().unwrap().iter().map(|day| day["date"].as_str().unwrap()).collect();
    assert_eq!(dates, ["2026-03-01", "2026-03-31"]);
    drop(look(&ben, ana.id, "/api/v1/days/2026-04-01").await.expect(404));

    let entry = day_entry(Uuid::now_v7(), BANANA, 50.0);
    let add = |day: &str| format!("/api/v1/days/{day}/entries");
    let added = visit(&ben, ana.id, Method::POST, &add("2026-03-02"), Some(&entry)).await;
    assert_eq!(added.expect(201).json()["foods"], 1);
    drop(visit(&ben, ana.id, Method::POST, &add("2026-04-02"), Some(&entry)).await.expect(404));
    drop(visit(&ben, ana.id, Method::POST, &add("2026-03-02"), Some(&note)).await.expect(403));
    let hers = ana.get("/api/v1/days/2026-03-02").await.expect(200).json();
    assert_eq!(hers["entries"][0]["author"], json!(ben.id));
    // What is hers alone is not for visitors.
    drop(look(&ben, ana.id, "/api/v1/account/notices").await.expect(403));
    drop(look(&ben, ana.id, "/api/v1/sharing").await.expect(403));

    let events = admin
        .query(
            "select action, subject from audit.event where owner = $1 and holder = $2 order by seq",
            &[&ana.id, &ben.id],
        )
        .await
        .unwrap();
    let events: Vec<(String, String)> = events.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected = [
        ("looked", "food 2026-03-01"),
        ("looked", "food 2026-03-01"),
        ("looked", "summary 2026-03-01..2026-03-31"),
        ("looked", "food 2026-03-02"),
        ("entry_recorded", "food 2026-03-02"),
    ];
    assert_eq!(events.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn who_may_write_notes_and_see_food_changes_the_notes_only() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let admin = server.db.admin().await;
    let eaten = ana.eat("2026-03-01", BANANA, 100.0).await;
    let whole = ("1900-01-01", "2079-06-06");
    let parts =
        [Part::see(Scope::Food, whole.0, whole.1), Part::write(Scope::Notes, whole.0, whole.1)];
    share(&server, &admin, &ana, ben.id, "friend", &parts).await;
    let note =
        json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": "n"});
    let day = "/api/v1/days/2026-03-01";
    let entries = format!("{day}/entries");
    let written = visit(&ben, ana.id, Method::POST, &entries, Some(&note)).await.expect(201).json();
    assert_eq!(
        (written["foods"].clone(), written["entries"].as_array().unwrap().len()),
        (json!(1), 2)
    );
    let food = day_entry(Uuid::now_v7(), BANANA, 1.0);
    drop(visit(&ben, ana.id, Method::POST, &entries, Some(&food)).await.expect(403));
    let more = json!({"amount": 500.0});
    let eaten = format!("{entries}/{eaten}");
    drop(visit(&ben, ana.id, Method::PATCH, &eaten, Some(&more)).await.expect(403));
    drop(visit(&ben, ana.id, Method::DELETE, &eaten, None).await.expect(403));
    let marked = json!({"complete": true});
    drop(visit(&ben, ana.id, Method::PATCH, day, Some(&marked)).await.expect(403));
    let hers = ana.get(day).await.expect(200).json();
    assert_eq!(hers["entries"][0]["amount"], 100.0);
    assert_eq!(hers["entries"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_taken_back_gets_new_keys_and_everybody_else_goes_on() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben, eva) =
        (server.person("ana").await, server.person("ben").await, server.person("eva").await);
    let admin = server.db.admin().await;
    for day in ["2026-03-01", "2026-03-02"] {
        ana.eat(day, BANANA, 100.0).await;
    }
    let all = [Part::see(Scope::Food, "1900-01-01", "2079-06-06")];
    share(&server, &admin, &ana, ben.id, "friend", &all).await;
    share(&server, &admin, &ana, eva.id, "friend", &all).await;
    let day = "/api/v1/days/2026-03-01";
    drop(look(&ben, ana.id, day).await.expect(200));
    drop(look(&eva, ana.id, day).await.expect(200));
    let phone = ana.sign_in().await;
    let program = ana.program("read", &["food"]).await;
    let list = ana.get("/api/v1/sharing").await.expect(200).json();
    assert_eq!(list["shares"].as_array().unwrap().len(), 2);
    assert!(list["shares"][0]["last_look_at"].is_string());
    let before = keyring(&server, &admin, &ana).await;
    let version = "select version, body_sealed from diary.record_day
        where owner = $1 and scope = 'food' and day = '2026-03-01'";
    let old: Vec<u8> = admin.query_one(version, &[&ana.id]).await.unwrap().get(1);

    ana.prove().await;
    drop(ana.delete(&format!("/api/v1/sharing/{}", ben.id)).await.expect(204));
    drop(look(&ben, ana.id, day).await.expect(404));
    // Everybody else goes on: another friend, her other session, her program, and she.
    assert_eq!(look(&eva, ana.id, day).await.expect(200).json()["foods"], 1);
    assert_eq!(phone.get(day).await.expect(200).json()["foods"], 1);
    assert_eq!(program.get(day).await.expect(200).json()["foods"], 1);
    assert_eq!(ana.get(day).await.expect(200).json()["foods"], 1);
    phone.eat("2026-03-03", BANANA, 10.0).await;
    let again = ana.sign_in().await;
    assert_eq!(again.get(day).await.expect(200).json()["foods"], 1);

    // The old keys open nothing that is stored now.
    let after = keyring(&server, &admin, &ana).await;
    let epoch = |ring: &keys::Keyring, scope| ring.current(ana.id, scope).unwrap().0;
    assert_eq!((epoch(&before, Scope::Food), epoch(&after, Scope::Food)), (1, 2));
    assert_eq!(epoch(&after, Scope::Notes), 1, "what was not shared keeps its keys");
    assert!(after.cover(ana.id, Scope::Food, 1).is_none());
    let new: Vec<u8> = admin.query_one(version, &[&ana.id]).await.unwrap().get(1);
    assert_ne!(old, new);
    assert_eq!(old.len(), new.len());
    let old_epochs = "select count(*) from diary.record_day
        where owner = $1 and scope = 'food' and epoch <> 2";
    assert_eq!(admin.query_one(old_epochs, &[&ana.id]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn what_begins_while_keys_are_made_anew_has_the_new_ones_or_does_not_begin() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben) = (server.person("ana").await, server.person("ben").await);
    let admin = server.db.admin().await;
    let day = "/api/v1/days/2026-03-01";
    ana.eat("2026-03-01", BANANA, 100.0).await;
    for _ in 0..6 {
        let all = [Part::see(Scope::Food, "1900-01-01", "2079-06-06")];
        share(&server, &admin, &ana, ben.id, "friend", &all).await;
        ana.prove().await;
        let withdraw = format!("/api/v1/sharing/{}", ben.id);
        let wish = json!({"name": "p", "scopes": ["food"], "access": "read", "days": 30});
        let credentials = json!({"email": ana.email, "password": ana.password});
        // Another browser: the same one would end the session that it had.
        let browser = ana.with_cookie("");
        let (withdrawn, made, entered) = tokio::join!(
            ana.delete(&withdraw),
            ana.post("/api/v1/account/tokens", &wish),
            browser.post("/api/v1/session", &credentials),
        );
        drop(withdrawn.expect(204));
        if made.status.as_u16() == 201 {
            let token = made.json()["token"].as_str().unwrap().to_owned();
            let request = ana.with_cookie("").request(Method::GET, day);
            let answer =
                ana.answer(request.header("authorization", format!("Bearer {token}"))).await;
            assert_eq!(answer.expect(200).json()["foods"], 1);
        } else {
            drop(made.expect(409));
        }
        if entered.status.as_u16() == 201 {
            let there = ana.with_cookie(entered.cookie().unwrap());
            assert_eq!(there.get(day).await.expect(200).json()["foods"], 1);
        } else {
            drop(entered.expect(409));
        }
    }
}

#[tokio::test]
async fn a06_new_keys_are_sealed_to_nobody_whose_grant_was_planted_or_widened() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben, eva, kim) = (
        server.person("ana").await,
        server.person("ben").await,
        server.person("eva").await,
        server.person("kim").await,
    );
    let admin = server.db.admin().await;
    ana.eat("2026-02-28", BANANA, 100.0).await;
    ana.eat("2026-03-01", BANANA, 100.0).await;
    let march = [Part::see(Scope::Food, "2026-03-01", "2026-03-31")];
    for holder in [&ben, &eva, &kim] {
        share(&server, &admin, &ana, holder.id, "friend", &march).await;
    }
    // Somebody who writes to the database widens Ben's grant, and gives Mal what was never given.
    let mal = server.person("mal").await;
    let sql = format!(
        "update auth.access_grant set first_day = '1900-01-01', last_day = '2079-06-06'
            where holder = '{ben}';
        insert into auth.access_grant (owner, holder, scope, epoch, first_day, last_day, access,
            key_sealed, given_hash)
        select owner, '{mal}', scope, epoch, first_day, last_day, access, key_sealed, given_hash
        from auth.access_grant where holder = '{eva}';
        insert into circle.share (owner, holder, kind, for_owner_sealed, for_holder_sealed,
            line_for_owner_sealed, line_for_holder_sealed)
        select owner, '{mal}', kind, for_owner_sealed, for_holder_sealed, line_for_owner_sealed,
            line_for_holder_sealed
        from circle.share where holder = '{eva}'",
        ben = ben.id,
        eva = eva.id,
        mal = mal.id,
    );
    admin.batch_execute(&sql).await.unwrap();
    ana.prove().await;
    drop(ana.delete(&format!("/api/v1/sharing/{}", kim.id)).await.expect(204));
    let (before, within) = ("/api/v1/days/2026-02-28", "/api/v1/days/2026-03-01");
    for day in [before, within] {
        drop(look(&ben, ana.id, day).await.expect(404));
        drop(look(&mal, ana.id, day).await.expect(404));
    }
    drop(look(&eva, ana.id, before).await.expect(404));
    assert_eq!(look(&eva, ana.id, within).await.expect(200).json()["foods"], 1);
    // An old row with its old tag, put back, gets nothing either.
    let put_back = format!(
        "insert into auth.access_grant (owner, holder, scope, epoch, first_day, last_day, access,
            key_sealed, given_hash)
        select owner, '{kim}', scope, 1, first_day, last_day, access, key_sealed,
            decode('{tag}', 'hex')
        from auth.access_grant where holder = '{eva}'",
        kim = kim.id,
        eva = eva.id,
        tag = platform::session::hex(&server.root.grant_tag(
            &keys::GrantIdentity {
                owner: ana.id,
                holder: kim.id,
                scope: Scope::Food,
                epoch: 1,
                first: platform::days::number("2026-03-01".parse().unwrap()).unwrap(),
                last: platform::days::number("2026-03-31".parse().unwrap()).unwrap(),
            },
            None,
        ))
        .as_str(),
    );
    admin.batch_execute(&put_back).await.unwrap();
    share(&server, &admin, &ana, ben.id, "friend", &march).await;
    drop(ana.delete(&format!("/api/v1/sharing/{}", ben.id)).await.expect(204));
    drop(look(&kim, ana.id, within).await.expect(404));
    assert_eq!(look(&eva, ana.id, within).await.expect(200).json()["foods"], 1);
}
