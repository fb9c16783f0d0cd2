//! Practices and studies as such: opened, found by their code, with members who come by invitation.

use serde_json::{Value, json};
use testkit::{Person, TestServer};
use uuid::Uuid;

/// Opens a practice; its number and code.
pub(crate) async fn practice(owner: &Person) -> (Uuid, String) {
    let new = json!({
        "profile": {"name": "Practice by the lake", "address": "Seestr. 1", "what": "Nutrition"},
        "your_name": "Dr. Kim",
    });
    let made = owner.post("/api/v1/practices", &new).await.expect(201).json();
    (made["id"].as_str().unwrap().parse().unwrap(), made["code"].as_str().unwrap().to_owned())
}

/// Invites somebody to a place and lets them take it.
pub(crate) async fn becomes_member(owner: &Person, practice: Uuid, who: &Person, role: &str) {
    let wish = json!({"role": role, "label": "for somebody"});
    let path = format!("/api/v1/organisations/{practice}/invitations");
    let made = owner.post(&path, &wish).await.expect(201).json();
    let accept = json!({"secret": made["secret"], "your_name": format!("{role} here")});
    drop(who.post("/api/v1/memberships", &accept).await.expect(201));
}

pub(crate) fn members_of(practice: Uuid) -> String {
    format!("/api/v1/organisations/{practice}/members")
}

fn handle_of(secret: &Value) -> String {
    use secrecy::ExposeSecret;

    let secret = keys::InvitationSecret::parse(secret.as_str().unwrap()).unwrap();
    secret.handle().encode().expose_secret().to_owned()
}

#[tokio::test]
async fn a_practice_is_opened_with_a_fresh_proof_and_found_by_its_code_only() {
    let server = TestServer::start(keepwell::router).await;
    let (kim, ana) = (server.person("kim").await, server.person("ana").await);
    let (practice, code) = practice(&kim).await;
    let mine = kim.get("/api/v1/practices").await.expect(200).json();
    assert_eq!(mine["practices"][0]["id"], json!(practice));
    assert_eq!(
        (&mine["practices"][0]["role"], &mine["practices"][0]["code"]),
        (&json!("owner"), &json!(code))
    );
    assert_eq!(ana.get("/api/v1/practices").await.expect(200).json()["practices"], json!([]));

    // Typed as people type.
    let typed = json!({"code": code.to_lowercase().replace('-', " ")});
    let found = ana.post("/api/v1/practices/look", &typed).await.expect(200).json();
    assert_eq!(
        (&found["practice"], &found["name"]),
        (&json!(practice), &json!("Practice by the lake"))
    );
    let other = json!({"code": keys::OrganisationCode::of("practice", practice, &keys::KeyPair::generate().public()).display()});
    drop(ana.post("/api/v1/practices/look", &other).await.expect(404));
    assert_eq!(
        ana.post("/api/v1/practices/look", &json!({"code": "ABC"})).await.expect(422).field(),
        "code"
    );

    // Who is no member sees nothing of it.
    for path in ["", "/members", "/log"] {
        let path = format!("/api/v1/organisations/{practice}{path}");
        drop(ana.get(&path).await.expect(404));
        drop(kim.get(&path).await.expect(200));
    }

    let admin = server.db.admin().await;
    admin
        .batch_execute("update auth.session set proved_at = now() - interval '6 minutes'")
        .await
        .unwrap();
    let new = json!({"profile": {"name": "Another"}, "your_name": "Kim"});
    drop(kim.post("/api/v1/practices", &new).await.expect(403));
}

#[tokio::test]
async fn a_public_key_that_was_exchanged_is_refused_by_its_tag_and_by_its_code() {
    let server = TestServer::start(keepwell::router).await;
    let (kim, ana) = (server.person("kim").await, server.person("ana").await);
    let (practice, code) = practice(&kim).await;
    let look = json!({"code": code});
    drop(ana.post("/api/v1/practices/look", &look).await.expect(200));
    let admin = server.db.admin().await;
    let planted = keys::KeyPair::generate().public();
    let exchange = "update auth.principal set public_key = $1 where principal = $2";
    admin.execute(exchange, &[&planted.bytes(), &practice]).await.unwrap();
    drop(ana.post("/api/v1/practices/look", &look).await.expect(500));
    // Also with the tag of another, and where the root key itself is in the wrong hands: the code that
    // was handed out is of the key that was there then.
    let tag = server.root.public_key_tag(practice, "practice", &planted);
    let forge = "update auth.principal set key_tag_hash = $1 where principal = $2";
    admin.execute(forge, &[&tag.as_slice(), &practice]).await.unwrap();
    drop(ana.post("/api/v1/practices/look", &look).await.expect(500));
    drop(kim.get(&members_of(practice)).await.expect(500));
}

#[tokio::test]
async fn a_member_comes_by_an_invitation_once_and_not_from_its_handle() {
    let server = TestServer::start(keepwell::router).await;
    let [kim, lee, ana] =
        [server.person("kim").await, server.person("lee").await, server.person("ana").await];
    let (practice, _) = practice(&kim).await;
    let invitations = format!("/api/v1/organisations/{practice}/invitations");
    drop(kim.post(&invitations, &json!({"role": "researcher", "label": "x"})).await.expect(422));
    let wish = json!({"role": "professional", "label": "for Lee"});
    let made = kim.post(&invitations, &wish).await.expect(201).json();
    let waiting = kim.get(&members_of(practice)).await.expect(200).json();
    assert_eq!(waiting["invitations"][0]["label"], "for Lee");

    let handle = handle_of(&made["secret"]);
    let offer =
        lee.post("/api/v1/memberships/look", &json!({"handle": handle})).await.expect(200).json();
    assert_eq!(
        (&offer["from"], &offer["name"], &offer["role"]),
        (&json!("Dr. Kim"), &json!("Practice by the lake"), &json!("professional"))
    );
    drop(
        ana.post("/api/v1/memberships", &json!({"secret": handle, "your_name": "A"}))
            .await
            .expect(404),
    );
    let accept = json!({"secret": made["secret"], "your_name": "Lee"});
    drop(lee.post("/api/v1/memberships", &accept).await.expect(201));
    drop(ana.post("/api/v1/memberships", &accept).await.expect(404));
    drop(ana.post("/api/v1/memberships/look", &json!({"handle": handle})).await.expect(404));

    let members = lee.get(&members_of(practice)).await.expect(200).json();
    let names: Vec<&Value> =
        members["members"].as_array().unwrap().iter().map(|m| &m["name"]).collect();
    assert_eq!(names, [&json!("Dr. Kim"), &json!("Lee")]);
    assert_eq!(members["invitations"], json!([]));
    // A professional says nothing about who is a member.
    drop(lee.post(&invitations, &wish).await.expect(403));
    drop(lee.get(&format!("/api/v1/organisations/{practice}/log")).await.expect(403));
    let path = format!("{}/{}", members_of(practice), kim.id);
    drop(lee.delete(&path).await.expect(403));
    drop(lee.put(&path, &json!({"role": "assistant"})).await.expect(403));

    // It ends after seven days, and when it is withdrawn.
    let late = kim.post(&invitations, &wish).await.expect(201).json();
    let admin = server.db.admin().await;
    admin.batch_execute("update circle.member_invitation set made_at = now() - interval '7 days', expires_at = now()").await.unwrap();
    drop(
        ana.post("/api/v1/memberships", &json!({"secret": late["secret"], "your_name": "A"}))
            .await
            .expect(404),
    );
    let gone = kim.post(&invitations, &wish).await.expect(201).json();
    drop(kim.delete(&format!("{invitations}/{}", gone["id"].as_str().unwrap())).await.expect(204));
    drop(
        ana.post("/api/v1/memberships", &json!({"secret": gone["secret"], "your_name": "A"}))
            .await
            .expect(404),
    );
}

#[tokio::test]
async fn roles_change_and_one_owner_stays() {
    let server = TestServer::start(keepwell::router).await;
    let (kim, lee) = (server.person("kim").await, server.person("lee").await);
    let (practice, code) = practice(&kim).await;
    becomes_member(&kim, practice, &lee, "professional").await;
    let member = |who: &Person| format!("{}/{}", members_of(practice), who.id);
    drop(kim.put(&member(&kim), &json!({"role": "professional"})).await.expect(409));
    drop(kim.delete(&member(&kim)).await.expect(409));
    drop(kim.put(&member(&lee), &json!({"role": "owner"})).await.expect(204));
    drop(kim.put(&member(&kim), &json!({"role": "assistant"})).await.expect(204));
    drop(kim.delete(&member(&kim)).await.expect(204));
    drop(kim.get(&members_of(practice)).await.expect(404));
    let log = lee.get(&format!("/api/v1/organisations/{practice}/log")).await.expect(200).json();
    let acts: Vec<&Value> =
        log["events"].as_array().unwrap().iter().map(|e| &e["action"]).collect();
    assert_eq!(
        acts,
        [
            "member_left",
            "member_role_changed",
            "member_role_changed",
            "member_joined",
            "member_invited",
            "organisation_founded"
        ]
    );
    // Who left had the pair: the code is another one now, and the old one is nobody's.
    let now = lee.get(&format!("/api/v1/organisations/{practice}")).await.expect(200).json();
    assert_ne!(now["code"], json!(code));
    drop(lee.post("/api/v1/practices/look", &json!({"code": code})).await.expect(404));
    drop(lee.post("/api/v1/practices/look", &json!({"code": now["code"]})).await.expect(200));
    let left = lee.get(&members_of(practice)).await.expect(200).json();
    assert_eq!(left["members"].as_array().unwrap().len(), 1);
    assert_eq!(left["members"][0]["name"], "professional here");
}
