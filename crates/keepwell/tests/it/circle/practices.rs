//! Practices: clients who let them in for what they choose, the roster, invitations, and what the two
//! sides write to each other.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Person, TestServer};
use uuid::Uuid;

use crate::organisations::{becomes_member, members_of, practice};

pub(crate) const BANANA: &str = "usda-sr28:09040";

/// Lets a practice in for these parts.
pub(crate) async fn lets_in(client: &Person, code: &str, name: &str, parts: Value) -> Answer {
    let join = json!({"code": code, "your_name": name, "purpose": "nutrition", "parts": parts});
    client.post("/api/v1/practices/join", &join).await
}

/// A part as it is sent.
pub(crate) fn see(scope: &str) -> Value {
    json!({"scope": scope, "access": "see", "first_day": null, "last_day": null, "ends_on": null})
}

/// A look into a client's diary as a member of the practice.
pub(crate) async fn look_as(who: &Person, practice: Uuid, client: Uuid, path: &str) -> Answer {
    let request = who
        .request(Method::GET, path)
        .header("keepwell-diary", client.to_string())
        .header("keepwell-as", practice.to_string());
    who.answer(request).await
}

pub(crate) async fn roster(who: &Person, practice: Uuid) -> Vec<Value> {
    let path = format!("/api/v1/practices/{practice}/roster");
    who.get(&path).await.expect(200).json()["clients"].as_array().unwrap().clone()
}

fn today() -> String {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

#[tokio::test]
async fn a_client_lets_a_practice_in_and_withdraws() {
    let server = TestServer::start(keepwell::router).await;
    let [kim, lee, assi, ana, ben] = [
        server.person("kim").await,
        server.person("lee").await,
        server.person("assi").await,
        server.person("ana").await,
        server.person("ben").await,
    ];
    let (practice, code) = practice(&kim).await;
    becomes_member(&kim, practice, &lee, "professional").await;
    becomes_member(&kim, practice, &assi, "assistant").await;
    let day = today();
    for person in [&ana, &ben] {
        person.eat(&day, BANANA, 100.0).await;
        person.eat("2026-03-01", BANANA, 100.0).await;
    }
    let march = json!({"scope": "summary", "access": "see", "first_day": "2026-03-01", "last_day": "2026-03-31", "ends_on": null});
    drop(lets_in(&ana, &code, "Ana", json!([see("food")])).await.expect(201));
    drop(lets_in(&ana, &code, "Ana", json!([see("food")])).await.expect(409));
    drop(lets_in(&ben, &code, "Ben", json!([march, see("notes")])).await.expect(201));

    // What each granted, and of Ben no day of the last thirty, because none was granted.
    for who in [&kim, &lee, &assi] {
        let clients = roster(who, practice).await;
        let names: Vec<&Value> = clients.iter().map(|client| &client["name"]).collect();
        assert_eq!(names, [&json!("Ana"), &json!("Ben")]);
        assert_eq!(
            (&clients[0]["days_logged"], &clients[0]["last_logged"]),
            (&json!(1), &json!(day))
        );
        assert_eq!(
            (&clients[1]["days_logged"], &clients[1]["last_logged"]),
            (&json!(0), &json!("2026-03-01"))
        );
        assert_eq!(clients[0]["parts"].as_array().unwrap().len(), 1);
    }
    for who in [&kim, &lee] {
        let seen = look_as(who, practice, ana.id, &format!("/api/v1/days/{day}")).await.expect(200);
        assert_eq!(seen.json()["foods"], 1);
        // No more than each granted.
        let seen = look_as(who, practice, ben.id, &format!("/api/v1/days/{day}")).await.expect(200);
        assert_eq!((&seen.json()["foods"], &seen.json()["only"]), (&json!(0), &json!(["notes"])));
        let range = format!("/api/v1/days?from=2026-03-01&to={day}");
        drop(look_as(who, practice, ana.id, &range).await.expect(404));
        let range = look_as(who, practice, ben.id, &range).await.expect(200).json();
        assert_eq!(range["days"].as_array().unwrap().len(), 1);
    }
    // An assistant knows who the clients are, and opens nothing.
    drop(look_as(&assi, practice, ana.id, &format!("/api/v1/days/{day}")).await.expect(404));
    // Who is no member, nothing; nor by naming the practice.
    drop(ben.get(&format!("/api/v1/practices/{practice}/roster")).await.expect(404));
    drop(look_as(&ben, practice, ana.id, &format!("/api/v1/days/{day}")).await.expect(404));

    // The owner sees who looked, and takes it back.
    let shares = ana.get("/api/v1/sharing").await.expect(200).json();
    assert_eq!(shares["shares"][0]["name"], "Practice by the lake");
    assert!(shares["shares"][0]["last_look_at"].is_string());
    drop(ana.delete(&format!("/api/v1/sharing/{practice}")).await.expect(204));
    assert_eq!(roster(&kim, practice).await.len(), 1);
    drop(look_as(&kim, practice, ana.id, &format!("/api/v1/days/{day}")).await.expect(404));
    drop(
        look_as(&kim, practice, ben.id, "/api/v1/days?from=2026-03-01&to=2026-03-02")
            .await
            .expect(200),
    );

    let admin = server.db.admin().await;
    admin
        .batch_execute("update auth.session set proved_at = now() - interval '6 minutes'")
        .await
        .unwrap();
    drop(lets_in(&ana, &code, "Ana", json!([see("food")])).await.expect(403));
}

#[tokio::test]
async fn those_who_are_invited_are_known_when_they_come() {
    let server = TestServer::start(keepwell::router).await;
    let [kim, ana, ben] =
        [server.person("kim").await, server.person("ana").await, server.person("ben").await];
    let (practice, code) = practice(&kim).await;
    let invitations = format!("/api/v1/practices/{practice}/invitations");
    let csv = "name,email,group\nAna A.,ana@example.org,lake\n=1+1,eve@example.org,\nBen,no address,\n,x@example.org,";
    let report = kim
        .post(&format!("{invitations}/list"), &json!({"csv": csv, "mail": true}))
        .await
        .expect(201)
        .json();
    let wrong: Vec<(i64, &str)> = report["wrong"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["line"].as_i64().unwrap(), one["column"].as_str().unwrap()))
        .collect();
    assert_eq!(wrong, [(3, "name"), (4, "email"), (5, "name")]);
    let invited = &report["invited"][0];
    assert_eq!(
        (&invited["name"], &invited["line"], &invited["mailed"]),
        (&json!("Ana A."), &json!(2), &json!(false))
    );

    let link = invited["link"].as_str().unwrap();
    let (_, fragment) = link.split_once("/join#").unwrap();
    let (in_link, label) = fragment.split_once('.').unwrap();
    assert_eq!(in_link, code);
    let join = json!({"code": code, "your_name": "Ana", "parts": [see("food")], "label": label});
    drop(ana.post("/api/v1/practices/join", &join).await.expect(201));
    // Somebody else with the same link is let in as who they are: the label was used.
    let join = json!({"code": code, "your_name": "Ben", "parts": [see("food")], "label": label});
    drop(ben.post("/api/v1/practices/join", &join).await.expect(201));
    let clients = roster(&kim, practice).await;
    assert_eq!((&clients[0]["name"], &clients[0]["own_name"]), (&json!("Ana A."), &json!("Ana")));
    assert_eq!((&clients[0]["groups"], &clients[1]["groups"]), (&json!(["lake"]), &json!([])));
    assert_eq!(clients[1]["name"], "Ben");
    assert_eq!(kim.get(&invitations).await.expect(200).json()["invited"], json!([]));

    // The practice's own words about a client, which the client does not see.
    let card = json!({"name": "", "groups": ["sea"], "note": "calls on Mondays"});
    let path = |client: Uuid| format!("/api/v1/practices/{practice}/clients/{client}/card");
    drop(kim.put(&path(ben.id), &card).await.expect(204));
    drop(kim.put(&path(kim.id), &card).await.expect(404));
    drop(ana.put(&path(ben.id), &card).await.expect(404));
    let clients = roster(&kim, practice).await;
    assert_eq!(
        (&clients[1]["note"], &clients[1]["groups"]),
        (&json!("calls on Mondays"), &json!(["sea"]))
    );

    let one = kim
        .post(&invitations, &json!({"name": "Cleo", "groups": ["sea"]}))
        .await
        .expect(201)
        .json();
    let waiting = kim.get(&invitations).await.expect(200).json();
    assert_eq!(waiting["invited"][0]["name"], "Cleo");
    let path = format!("{invitations}/{}", one["id"].as_str().unwrap());
    drop(ana.delete(&path).await.expect(404));
    drop(kim.delete(&path).await.expect(204));
    assert_eq!(kim.get(&invitations).await.expect(200).json()["invited"], json!([]));
}

#[tokio::test]
async fn the_two_sides_write_to_each_other_and_the_client_decides() {
    let server = TestServer::start(keepwell::router).await;
    let [kim, assi, ana, ben] = [
        server.person("kim").await,
        server.person("assi").await,
        server.person("ana").await,
        server.person("ben").await,
    ];
    let (practice, code) = practice(&kim).await;
    becomes_member(&kim, practice, &assi, "assistant").await;
    for (who, name) in [(&ana, "Ana"), (&ben, "Ben")] {
        drop(lets_in(who, &code, name, json!([see("food")])).await.expect(201));
    }
    let line =
        |client: &Person, what: &str| format!("/api/v1/lines/{}/{practice}/{what}", client.id);
    drop(ana.post(&line(&ana, "messages"), &json!({"text": "Hello"})).await.expect(201));
    assert_eq!(roster(&kim, practice).await[0]["unread"], 1);
    drop(kim.post(&line(&ana, "seen"), &json!({})).await.expect(204));
    assert_eq!(roster(&kim, practice).await[0]["unread"], 0);
    drop(kim.post(&line(&ana, "messages"), &json!({"text": "Good day"})).await.expect(201));
    let target =
        json!({"kind": "target", "nutrient": "protein", "min": 80.0, "text": "for a start"});
    drop(kim.post(&line(&ana, "proposals"), &target).await.expect(201));
    let comment = json!({"kind": "comment", "day": "2026-03-01", "text": "Well done"});
    drop(kim.post(&line(&ana, "proposals"), &comment).await.expect(201));
    for wrong in [
        json!({"kind": "target", "nutrient": "protein"}),
        json!({"kind": "target", "nutrient": "gold", "min": 1.0}),
        json!({"kind": "target", "nutrient": "protein", "min": 2.0, "max": 1.0}),
        json!({"kind": "comment", "text": ""}),
        json!({"kind": "comment", "text": "x", "min": 1.0}),
    ] {
        drop(kim.post(&line(&ana, "proposals"), &wrong).await.expect(422));
    }

    let waits = ana.get("/api/v1/lines").await.expect(200).json();
    assert_eq!(
        (&waits["lines"][0]["unread"], &waits["lines"][0]["proposals"]),
        (&json!(1), &json!(2))
    );
    let letters = ana.get(&line(&ana, "messages")).await.expect(200).json();
    let texts: Vec<(&Value, &Value)> =
        letters["letters"].as_array().unwrap().iter().map(|l| (&l["text"], &l["by"])).collect();
    assert_eq!(texts, [(&json!("Good day"), &json!("Dr. Kim")), (&json!("Hello"), &json!(""))]);

    // The client decides, and nobody else.
    let proposals = ana.get(&line(&ana, "proposals")).await.expect(200).json();
    let id = |at: usize| proposals["letters"][at]["id"].as_str().unwrap().to_owned();
    let answer = |at: usize| format!("{}/{}", line(&ana, "proposals"), id(at));
    drop(kim.put(&answer(1), &json!({"answer": "accepted"})).await.expect(403));
    assert_eq!(ana.get("/api/v1/targets").await.expect(200).json()["targets"], json!([]));
    drop(ana.put(&answer(1), &json!({"answer": "accepted"})).await.expect(204));
    drop(ana.put(&answer(0), &json!({"answer": "declined"})).await.expect(204));
    drop(ana.post(&line(&ana, "proposals"), &comment).await.expect(403));
    let targets = ana.get("/api/v1/targets").await.expect(200).json();
    assert_eq!(
        (&targets["targets"][0]["nutrient"], &targets["targets"][0]["min"]),
        (&json!("protein"), &json!(80.0))
    );
    let states = kim.get(&line(&ana, "proposals")).await.expect(200).json();
    assert_eq!(
        (&states["letters"][0]["state"], &states["letters"][1]["state"]),
        (&json!("declined"), &json!("accepted"))
    );

    // Nobody else reads along: no other client, no assistant.
    for (who, what) in
        [(&ben, "messages"), (&ben, "proposals"), (&assi, "messages"), (&assi, "proposals")]
    {
        drop(who.get(&line(&ana, what)).await.expect(404));
        let text = json!({"text": "x"});
        drop(who.post(&line(&ana, "messages"), &text).await.expect(404));
    }
    // Of the practice, no member accepts in the client's place, whatever SQL they run.
    let admin = server.db.admin().await;
    server.db.begin_as(&admin, &kim.cookie).await;
    let accept = "set local role keepwell_app; update circle.letter set state = 'declined' where state = 'accepted'";
    admin.batch_execute(accept).await.unwrap();
    admin.batch_execute("commit").await.unwrap();
    assert_eq!(
        ana.get("/api/v1/targets").await.expect(200).json()["targets"].as_array().unwrap().len(),
        1
    );

    // What was written goes with the access, and a page holds fifty.
    for count in 0..51 {
        drop(
            ben.post(&line(&ben, "messages"), &json!({"text": count.to_string()}))
                .await
                .expect(201),
        );
    }
    let page = kim.get(&line(&ben, "messages")).await.expect(200).json();
    assert_eq!((page["letters"].as_array().unwrap().len(), &page["more"]), (50, &json!(true)));
    let last = page["letters"][49]["id"].as_str().unwrap();
    let older =
        kim.get(&format!("{}?before={last}", line(&ben, "messages"))).await.expect(200).json();
    assert_eq!((&older["letters"][0]["text"], &older["more"]), (&json!("0"), &json!(false)));
    drop(ana.delete(&format!("/api/v1/sharing/{practice}")).await.expect(204));
    drop(kim.get(&line(&ana, "messages")).await.expect(404));
    let left: i64 = admin
        .query_one("select count(*) from circle.letter where owner = $1", &[&ana.id])
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_roster_is_one_statement_for_however_many_clients() {
    let server = TestServer::start(keepwell::router).await;
    let kim = server.person("kim").await;
    let (practice, code) = practice(&kim).await;
    for name in ["ana", "ben", "cleo"] {
        let client = server.person(name).await;
        drop(lets_in(&client, &code, name, json!([see("food")])).await.expect(201));
        client.eat(&today(), BANANA, 100.0).await;
    }
    assert_eq!(roster(&kim, practice).await.len(), 3);
    drop(kim.get(&members_of(practice)).await.expect(200));
    // The next one in a transaction of its own: presenting, entering, and the roster.
    let admin = server.db.admin().await;
    let taken = "select bool_and(length(for_holder_sealed) < 1000) from circle.share";
    for _ in 0..100 {
        if admin.query_one(taken, &[]).await.unwrap().get::<_, bool>(0) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(admin.query_one(taken, &[]).await.unwrap().get::<_, bool>(0), "names are taken over");
    let rosters = keepwell::statements().filter(|sql| sql.text.contains("circle.roster("));
    assert_eq!(rosters.count(), 1);
    assert_eq!(roster(&kim, practice).await.len(), 3);
}
