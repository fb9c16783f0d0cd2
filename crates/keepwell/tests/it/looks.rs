//! Who looked: what others did in one's diary, and the proof that nothing of it is missing.

use keys::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Person, TestServer, day_entry};
use uuid::Uuid;

use crate::{
    attacks::{TOOLS, seal},
    circle::arrange::{Part, share},
};

/// Lines of the audit that a holder left in a person's diary at a given hour of 1 November, each with
/// the hash that it has then.
async fn left(server: &TestServer, owner: &Person, holder: Uuid, lines: &[(u32, &str, &str)]) {
    let superuser = server.db.admin().await;
    superuser.batch_execute("drop schema if exists aside cascade").await.unwrap();
    superuser.batch_execute(TOOLS).await.unwrap();
    for (hour, act, about) in lines {
        superuser
            .execute(
                "insert into audit.event
                    (owner, seq, at, actor, application, action, subject, holder, hash)
                select $1, max(seq) + 1, timestamptz '2026-11-01 00:00Z' + $3 * interval '1 hour',
                    $2, 'web', $4, $5, $2, ''
                from audit.event where owner = $1",
                &[&owner.id, &holder, &f64::from(*hour), act, about],
            )
            .await
            .unwrap();
    }
    superuser.execute("select aside.rewrite($1)", &[&owner.id]).await.unwrap();
}

fn acts(answer: &Value) -> Vec<(&str, &str)> {
    answer["looks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|look| (look["act"].as_str().unwrap(), look["at"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn what_others_did_is_listed_by_who_and_when_and_to_nobody_else() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let nobody = ana.get("/api/v1/looks").await.expect(200).json();
    assert_eq!(nobody, json!({"looks": [], "holders": []}), "own acts are no looks");

    let practice = Uuid::now_v7();
    let both = "food notes 2026-03-01";
    left(
        &server,
        &ana,
        ben.id,
        &[(1, "looked", both), (2, "looked", "summary 2026-03-01..2026-03-31")],
    )
    .await;
    left(&server, &ana, practice, &[(3, "entry_recorded", "food 2026-03-03")]).await;
    let all = ana.get("/api/v1/looks").await.expect(200).json();
    let (first, second, third) =
        ("2026-11-01T01:00:00Z", "2026-11-01T02:00:00Z", "2026-11-01T03:00:00Z");
    assert_eq!(acts(&all), [("entry_recorded", third), ("looked", second), ("looked", first)]);
    let (range, day) = (&all["looks"][1], &all["looks"][2]);
    assert_eq!(
        (&range["first_day"], &range["last_day"]),
        (&json!("2026-03-01"), &json!("2026-03-31"))
    );
    assert_eq!((&day["parts"], &day["who"]), (&json!(["food", "notes"]), &json!(ben.id)));
    assert_eq!(day["name"], Value::Null, "nobody ever gave a name");

    for (query, expected) in [
        (format!("who={}", ben.id), vec![("looked", second), ("looked", first)]),
        (format!("from={second}"), vec![("entry_recorded", third), ("looked", second)]),
        (format!("to={second}"), vec![("looked", first)]),
        (format!("who={practice}&to={third}"), vec![]),
        (format!("before={}", range["seq"]), vec![("looked", first)]),
    ] {
        let found = ana.get(&format!("/api/v1/looks?{query}")).await.expect(200).json();
        assert_eq!(acts(&found), expected, "{query}");
    }
    for bad in ["from=yesterday", "who=ben", "before=x", "about=1"] {
        drop(ana.get(&format!("/api/v1/looks?{bad}")).await.expect(422));
    }
    // Nobody else sees them: not even who left them.
    let his = ben.get(&format!("/api/v1/looks?who={}", ben.id)).await.expect(200).json();
    assert_eq!(his["looks"], json!([]));

    let csv = ana.get(&format!("/api/v1/looks/export?who={practice}")).await.expect(200);
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    let lines: Vec<_> = csv.text.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 2, "{}", csv.text);
    assert!(lines[1].contains(&format!("\"{third}\",\"{practice}\",\"\"")), "{}", lines[1]);
}

#[tokio::test]
async fn long_lists_come_in_pages_and_whole_in_an_export() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, Uuid::now_v7());
    let lines: Vec<_> = (0..450).map(|hour| (hour, "looked", "food 2026-03-01")).collect();
    left(&server, &ana, ben, &lines).await;
    let (mut seen, mut path) = (Vec::new(), "/api/v1/looks".to_owned());
    loop {
        let page = ana.get(&path).await.expect(200).json();
        seen.extend(
            page["looks"].as_array().unwrap().iter().map(|look| look["seq"].as_i64().unwrap()),
        );
        let Some(next) = page["next"].as_i64() else { break };
        assert_eq!(seen.len() % 200, 0);
        path = format!("/api/v1/looks?before={next}");
    }
    assert_eq!(seen.len(), 450);
    assert!(seen.is_sorted_by(|a, b| a > b), "each once, the newest first");
    let csv = ana.get("/api/v1/looks/export").await.expect(200).text;
    assert_eq!(csv.split_terminator("\r\n").count(), 451);
}

#[tokio::test]
async fn the_proof_says_how_many_events_there_are_and_which_checkpoint_covers_them() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let proof = ana.get("/api/v1/looks/proof").await.expect(200).json();
    assert_eq!((&proof["intact"], &proof["anchored_events"]), (&json!(true), &json!(0)), "{proof}");
    assert_eq!(proof["checkpoint"], Value::Null);

    ana.eat("2026-11-01", "usda-sr28:09040", 100.0).await;
    let sealed = seal(&server).await.remove(0);
    ana.eat("2026-11-02", "usda-sr28:09040", 100.0).await;
    let proof = ana.get("/api/v1/looks/proof").await.expect(200).json();
    let events = proof["events"].as_i64().unwrap();
    assert_eq!(
        (&proof["intact"], &proof["findings"], &proof["anchored_events"]),
        (&json!(true), &json!([]), &json!(events - 1)),
        "{proof}"
    );
    let checkpoint = json!({
        "number": 1, "at": sealed.at.to_string(), "hash": platform::audit::hex(&sealed.hash()),
    });
    assert_eq!(proof["checkpoint"], checkpoint);

    // Nobody without a session, and no program, is told anything.
    drop(ana.with_cookie("").get("/api/v1/looks/proof").await.expect(401));
}

#[tokio::test]
async fn a_chain_of_several_pages_is_proved_whole_and_broken() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, Uuid::now_v7());
    let superuser = server.db.admin().await;
    superuser.batch_execute(TOOLS).await.unwrap();
    let many = "insert into audit.event
            (owner, seq, at, actor, application, action, subject, holder, hash)
        select $1, n, now(), $2, 'web', 'looked', 'food 2026-03-01', $2, ''
        from generate_series(1000, 4999 - $3::bigint) n";
    let first: i64 = superuser
        .query_one("select max(seq) from audit.event where owner = $1", &[&ana.id])
        .await
        .unwrap()
        .get(0);
    // Exactly whole pages of the events, then one more.
    superuser.execute(many, &[&ana.id, &ben, &first]).await.unwrap();
    superuser.execute("select aside.rewrite($1)", &[&ana.id]).await.unwrap();
    for events in [4000, 4001] {
        let proof = ana.get("/api/v1/looks/proof").await.expect(200).json();
        assert_eq!((&proof["events"], &proof["intact"]), (&json!(events), &json!(true)), "{proof}");
        ana.eat("2026-11-02", "usda-sr28:09040", 100.0).await;
    }
    let change = "update audit.event set subject = 'food 2026-03-02' where seq = 3500";
    superuser.batch_execute(change).await.unwrap();
    let proof = ana.get("/api/v1/looks/proof").await.expect(200).json();
    assert_eq!(proof["findings"][0]["what"], "event_changed", "{proof}");
    assert_eq!(proof["findings"][0]["seq"], 3500);
}

#[tokio::test]
async fn a_friend_s_look_appears_with_the_name_also_when_access_has_ended() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben) = (server.person("ana").await, server.person("ben").await);
    let admin = server.db.admin().await;
    ana.eat("2026-03-03", "usda-sr28:09040", 100.0).await;
    let visit = async |method, path: &str, body: Option<Value>| {
        let request = ben.request(method, path).header("keepwell-diary", ana.id.to_string());
        let request = if let Some(body) = body { request.json(&body) } else { request };
        ben.answer(request).await.status.as_u16()
    };
    let (day, entries) = ("/api/v1/days/2026-03-03", "/api/v1/days/2026-03-03/entries");
    // Before anything is given nothing is seen, and so nobody looked.
    assert_eq!(visit(Method::GET, day, None).await, 404);
    let before = ana.get("/api/v1/looks").await.expect(200).json();
    assert_eq!(before, json!({"looks": [], "holders": []}));

    let march = [Scope::Food, Scope::Summary, Scope::Logged]
        .map(|scope| Part::write(scope, "2026-03-01", "2026-03-31"));
    share(&server, &admin, &ana, ben.id, "friend", &march).await;
    assert_eq!(visit(Method::GET, day, None).await, 200);
    let entry = day_entry(Uuid::now_v7(), "usda-sr28:09040", 50.0);
    assert_eq!(visit(Method::POST, entries, Some(entry)).await, 201);
    let looks = ana.get("/api/v1/looks").await.expect(200).json();
    let told: Vec<_> = looks["looks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|look| {
            [&look["name"], &look["kind"], &look["act"], &look["first_day"]]
                .map(|one| one.as_str().unwrap())
        })
        .collect();
    assert_eq!(told[0], ["Ben", "friend", "entry_recorded", "2026-03-03"]);
    assert_eq!(told.last(), Some(&["Ben", "friend", "looked", "2026-03-03"]));
    assert_eq!(looks["looks"][0]["who"], json!(ben.id));
    let holder =
        |former: bool| json!([{"who": ben.id, "name": "Ben", "kind": "friend", "former": former}]);
    assert_eq!(looks["holders"], holder(false));

    // Ended, it stays in the list under the same name, and the proof covers it.
    ana.prove().await;
    drop(ana.delete(&format!("/api/v1/sharing/{}", ben.id)).await.expect(204));
    seal(&server).await;
    let after = ana.get("/api/v1/looks").await.expect(200).json();
    assert_eq!((&after["looks"], &after["holders"]), (&looks["looks"], &holder(true)));
    let proof = ana.get("/api/v1/looks/proof").await.expect(200).json();
    assert_eq!((&proof["intact"], &proof["anchored_events"]), (&json!(true), &proof["events"]));
    let csv = ana.get("/api/v1/looks/export").await.expect(200).text;
    assert!(csv.contains("\"Ben\",\"friend\""), "{csv}");

    // A name that was altered hides no look.
    let blur = "update circle.former_holder set for_owner_sealed = sha256('x')";
    admin.batch_execute(blur).await.unwrap();
    let nameless = ana.get("/api/v1/looks").await.expect(200).json();
    assert_eq!(nameless["looks"].as_array().unwrap().len(), told.len());
    assert_eq!(nameless["looks"][0]["name"], Value::Null);
}
