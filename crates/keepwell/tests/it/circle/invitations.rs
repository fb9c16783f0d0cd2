//! A09, and the good way of an invitation: what waits shows and gives nothing, what is accepted gives
//! exactly what was offered, once.

use keys::InvitationSecret;
use platform::mail::SmtpTls;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use testkit::{Answer, MailServer, Person, ServerOptions, TestServer};

const BANANA: &str = "usda-sr28:09040";
const DAY: &str = "2026-03-01";

fn march(access: &str) -> Value {
    json!([{"scope": "food", "access": access, "first_day": "2026-03-01", "last_day": "2026-03-31"}])
}

fn handle(secret: &str) -> String {
    InvitationSecret::parse(secret).unwrap().handle().encode().expose_secret().to_owned()
}

/// What somebody without an account is shown.
async fn look(anybody: &Person, handle: &str) -> Answer {
    let nobody = anybody.with_cookie("");
    nobody.post("/api/v1/invitations/look", &json!({ "handle": handle })).await
}

async fn ana_and_ben() -> (TestServer, Person, Person) {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    ana.eat(DAY, BANANA, 100.0).await;
    (server, ana, ben)
}

#[tokio::test]
async fn what_is_offered_is_seen_before_and_had_after_accepting_also_by_who_signs_up_then() {
    let server = TestServer::start(keepwell::router).await;
    let mut ana = server.person("ana").await;
    ana.eat(DAY, BANANA, 100.0).await;
    let secret = ana.invite(&march("write")).await;
    let waiting = ana.get("/api/v1/sharing/invitations").await.expect(200).json();
    assert_eq!(waiting["invitations"][0]["for"], "Ben");
    assert!(!waiting.to_string().contains(&secret));

    let offer = look(&ana, &handle(&secret)).await.expect(200).json();
    assert_eq!((&offer["from"], &offer["purpose"]), (&json!("Ana"), &json!("together")));
    let scopes: Vec<&str> =
        offer["parts"].as_array().unwrap().iter().map(|p| p["scope"].as_str().unwrap()).collect();
    assert_eq!(
        scopes,
        ["food", "logged", "summary"],
        "who writes food writes what stands beside it"
    );
    assert_eq!(offer["parts"][0]["first_day"], "2026-03-01");
    assert!(!offer.to_string().contains(&ana.id.to_string()));

    let ben = server.person("ben").await;
    assert_eq!(ben.get("/api/v1/visits").await.expect(200).json()["visits"], json!([]));
    let accepted = ben.accept(&secret).await.expect(201).json();
    assert_eq!(accepted["owner"], json!(ana.id));
    let visits = ben.get("/api/v1/visits").await.expect(200).json();
    assert_eq!(visits["visits"][0]["name"], "Ana");
    let visitor = ben.visit(ana.id, None);
    assert_eq!(visitor.get("/api/v1/days/2026-03-01").await.expect(200).json()["foods"], 1);

    // Ana knows who it is, by a notice and the audit too; nothing waits any more.
    let shares = ana.get("/api/v1/sharing").await.expect(200).json();
    assert_eq!(shares["shares"][0]["name"], "Ben");
    assert_eq!(shares["shares"][0]["purpose"], "together");
    let waiting = ana.get("/api/v1/sharing/invitations").await.expect(200).json();
    assert_eq!(waiting["invitations"], json!([]));
    let notices = ana.get("/api/v1/account/notices").await.expect(200).text;
    assert_eq!(notices.matches("access_given").count(), 2, "offered, and accepted: {notices}");
    let admin = server.db.admin().await;
    let audit = "select count(*) from audit.event
        where owner = $1 and actor = $2 and holder = $2 and action = 'invitation_accepted'";
    assert_eq!(admin.query_one(audit, &[&ana.id, &ben.id]).await.unwrap().get::<_, i64>(0), 1);

    let again = ana.invite(&march("see")).await;
    assert!(ben.accept(&again).await.expect(409).text.contains("ask for a change"));
    assert!(ana.accept(&again).await.expect(409).text.contains("your own"));
}

#[tokio::test]
async fn an_invitation_takes_a_fresh_proof_and_what_can_be_given() {
    let (server, mut ana, _) = ana_and_ben().await;
    let admin = server.db.admin().await;
    admin
        .batch_execute("update auth.session set proved_at = now() - interval '6 minutes'")
        .await
        .unwrap();
    let wish = |field: &str, value: Value| {
        let mut wish =
            json!({"your_name": "Ana", "for": "Ben", "purpose": "", "parts": march("see")});
        wish[field] = value;
        wish
    };
    let path = "/api/v1/sharing/invitations";
    drop(ana.post(path, &wish("purpose", json!("x"))).await.expect(403));
    ana.prove().await;
    for (field, value) in [
        ("your_name", json!(" ")),
        ("for", json!("x".repeat(81))),
        ("purpose", json!("x".repeat(201))),
        ("parts", json!([])),
        ("email", json!("nobody")),
    ] {
        assert_eq!(ana.post(path, &wish(field, value)).await.expect(422).field(), field);
    }
    drop(ana.post(path, &wish("purpose", json!(""))).await.expect(201));
    // The policy says the same as the words.
    admin
        .batch_execute("update auth.session set proved_at = now() - interval '6 minutes'")
        .await
        .unwrap();
    let thief = server.db.connect("keepwell_app").await;
    server.db.begin_as(&thief, &ana.cookie).await;
    let insert = "insert into circle.invitation (owner, invitation, handle_hash, proof_hash,
            offer_sealed, for_owner_sealed, secret_sealed, line_for_owner_sealed, expires_at)
        select principal, gen_random_uuid(), sha256('h'), sha256('p'), 'o', 'f', 's', 'l', now()
        from auth.me";
    let refused = thief.batch_execute(insert).await.unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "42501");
}

#[tokio::test]
async fn a09_an_invitation_that_waits_shows_nothing_of_the_diary() {
    let (server, mut ana, ben) = ana_and_ben().await;
    let secret = ana.invite(&march("see")).await;
    drop(ben.visit(ana.id, None).get("/api/v1/days/2026-03-01").await.expect(404));
    // The handle shows what is offered, and accepts nothing.
    drop(ben.accept(&handle(&secret)).await.expect(404));
    let accepts = "select count(*) from circle.open_offer($1)";
    let looks = "select count(*) from circle.look_at_offer($1)";
    let sql = server.db.connect("keepwell_app").await;
    server.db.begin_as(&sql, &ben.cookie).await;
    let count = async |statement: &str, what: &[u8]| -> i64 {
        sql.query_one(statement, &[&what]).await.unwrap().get(0)
    };
    let secret = InvitationSecret::parse(&secret).unwrap();
    let lookup = secret.handle().lookup();
    assert_eq!(count(accepts, lookup.expose()).await, 0);
    assert_eq!(count(looks, lookup.expose()).await, 1);
    assert_eq!(count(accepts, secret.proof().expose()).await, 1);
    // In the invited person's session neither table shows a row, and no setting changes that.
    let claims = format!(
        "select set_config('app.owner', '{}', true), set_config('app.offer', '{}', true)",
        ana.id,
        platform::session::hex(secret.proof().expose()).as_str()
    );
    sql.batch_execute(&claims).await.unwrap();
    for table in ["circle.invitation", "circle.offered_part"] {
        let rows = sql.query_one(&format!("select count(*) from {table}"), &[]).await.unwrap();
        assert_eq!(rows.get::<_, i64>(0), 0, "{table}");
    }
    sql.batch_execute("rollback").await.unwrap();
    // Without a session the keys are not shown even for the proof.
    let nobody = sql.query_one(accepts, &[&secret.proof().expose().as_slice()]).await.unwrap_err();
    assert_eq!(nobody.code().unwrap().code(), "28000");
}

#[tokio::test]
async fn a09_an_invitation_that_expired_was_used_or_was_taken_back_gives_nothing() {
    let (server, mut ana, ben) = ana_and_ben().await;
    let admin = server.db.admin().await;
    let expired = ana.invite(&march("see")).await;
    drop(look(&ana, &handle(&expired)).await.expect(200));
    let over = "update circle.invitation set made_at = now() - interval '7 days',
        expires_at = now() - interval '1 second'";
    admin.batch_execute(over).await.unwrap();
    let used = ana.invite(&march("see")).await;
    drop(server.person("eva").await.accept(&used).await.expect(201));
    let taken_back = ana.invite(&march("see")).await;
    let list = ana.get("/api/v1/sharing/invitations").await.expect(200).json();
    let waiting = list["invitations"].as_array().unwrap();
    assert_eq!(waiting.len(), 1, "the expired one is not shown: {list}");
    let path =
        format!("/api/v1/sharing/invitations/{}", waiting[0]["invitation"].as_str().unwrap());
    drop(ben.delete(&path).await.expect(404));
    drop(ana.delete(&path).await.expect(204));
    drop(ana.delete(&path).await.expect(404));

    let sql = server.db.connect("keepwell_app").await;
    let never = InvitationSecret::generate().encode().expose_secret().to_owned();
    let mut answers = Vec::new();
    for secret in [&expired, &used, &taken_back, &never] {
        let parsed = InvitationSecret::parse(secret).unwrap();
        answers.push(look(&ana, &handle(secret)).await.expect(404).text);
        answers.push(ben.accept(secret).await.expect(404).text);
        server.db.begin_as(&sql, &ben.cookie).await;
        for (function, what) in [
            ("circle.look_at_offer", parsed.handle().lookup()),
            ("circle.open_offer", parsed.proof()),
        ] {
            let count = format!("select count(*) from {function}($1)");
            let rows = sql.query_one(&count, &[&what.expose().as_slice()]).await.unwrap();
            assert_eq!(rows.get::<_, i64>(0), 0, "{function}");
        }
        let accept = "select circle.accept_offer($1, '{food}', '{x}', '{x}', 'o', 'h', 'l', gen_random_uuid())";
        let outcome = sql.query_one(accept, &[&parsed.proof().expose().as_slice()]).await.unwrap();
        assert_eq!(outcome.get::<_, &str>(0), "gone");
        sql.batch_execute("rollback").await.unwrap();
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "one answer for all: {answers:?}");
    let grants = "select count(*) from auth.access_grant where holder = $1 and owner <> holder";
    assert_eq!(admin.query_one(grants, &[&ben.id]).await.unwrap().get::<_, i64>(0), 0);
    // What expired goes with the next clean-up.
    keepwell::remove_what_ended(&server.db.config("keepwell_worker"), testkit::tls())
        .await
        .unwrap();
    let left = "select count(*) from circle.invitation";
    assert_eq!(admin.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0);
    let left = "select count(*) from circle.offered_part";
    assert_eq!(admin.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a09_of_many_who_accept_at_once_one_gets_it() {
    let (server, mut ana, ben) = ana_and_ben().await;
    let eva = server.person("eva").await;
    for _ in 0..4 {
        let secret = ana.invite(&march("see")).await;
        let (one, other) = tokio::join!(ben.accept(&secret), eva.accept(&secret));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 404]);
        for person in [&ben, &eva] {
            drop(person.delete(&format!("/api/v1/visits/{}", ana.id)).await);
        }
    }
}

#[tokio::test]
async fn what_is_offered_gets_the_new_keys_of_its_scope() {
    let (server, mut ana, ben) = ana_and_ben().await;
    let secret = ana.invite(&march("see")).await;
    let eva = server.person("eva").await;
    let visitor = ana.befriend(&eva, &march("see")).await;
    drop(visitor.get("/api/v1/days/2026-03-01").await.expect(200));
    drop(ana.delete(&format!("/api/v1/sharing/{}", eva.id)).await.expect(204));
    let admin = server.db.admin().await;
    let epoch = "select epoch from circle.offered_part where scope = 'food'";
    assert_eq!(admin.query_one(epoch, &[]).await.unwrap().get::<_, i32>(0), 2);
    drop(ben.accept(&secret).await.expect(201));
    let day = ben.visit(ana.id, None).get("/api/v1/days/2026-03-01").await;
    assert_eq!(day.expect(200).json()["foods"], 1);

    // Under keys that are no longer alive an offer is worth nothing.
    let stale = ana.invite(&march("see")).await;
    admin.batch_execute("update circle.offered_part set epoch = 1").await.unwrap();
    drop(eva.accept(&stale).await.expect(404));
}

#[tokio::test]
async fn a06_an_offer_that_was_altered_in_the_database_is_refused() {
    let (server, mut ana, ben) = ana_and_ben().await;
    let admin = server.db.admin().await;
    for change in [
        "last_day = '2026-04-30'",
        "scope = 'notes'",
        "first_day = '1900-01-01', last_day = '2079-06-06'",
    ] {
        let secret = ana.invite(&march("see")).await;
        admin.batch_execute(&format!("update circle.offered_part set {change}")).await.unwrap();
        drop(ben.accept(&secret).await.expect(500));
        let grants = "select count(*) from auth.access_grant where holder = $1 and owner <> holder";
        assert_eq!(
            admin.query_one(grants, &[&ben.id]).await.unwrap().get::<_, i64>(0),
            0,
            "{change}"
        );
        admin.batch_execute("delete from circle.invitation").await.unwrap();
    }
    // What cannot be made without the secret and the root key: more access, the database alone can.
    let secret = ana.invite(&march("see")).await;
    drop(ben.accept(&secret).await.expect(201));
}

#[tokio::test]
async fn an_invitation_is_mailed_in_words_that_name_nobody() {
    let mail = MailServer::start(SmtpTls::FromTheStart).await;
    let options = ServerOptions { smtp: Some(mail.config()), ..ServerOptions::default() };
    let server = TestServer::start_with(options, keepwell::router).await;
    let mut ana = server.person("ana").await;
    ana.prove().await;
    let wish = json!({"your_name": "Ana", "for": "Ben", "purpose": "together",
        "parts": march("see"), "email": "ben@example.org"});
    let made = ana.post("/api/v1/sharing/invitations", &wish).await.expect(201).json();
    assert_eq!(made["mailed"], true);
    server.send_mail().await;
    let arrived = mail.arrived();
    let invitation = arrived.iter().find(|one| one.body().contains("/invitation#")).unwrap();
    assert!(invitation.body().contains(made["link"].as_str().unwrap()));
    for word in ["Ana", "Ben,", "together"] {
        assert!(!invitation.body().contains(word), "{word}");
    }
}
