//! A01, A02, A05: everything the database holds, without and with the operator's key.

use aws_lc_rs::{digest, hmac};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use keys::{
    Cover, DataKey, DayNumber, Keyring, PasswordCost, Place, RecordId, RootKey, Scope,
    SessionToken, stretch,
};
use secrecy::SecretString;
use serde_json::json;
use testkit::{Person, TestServer};
use uuid::Uuid;

use super::loot::{Loot, everything};

const DAY: &str = "2026-11-20";
const NOTE: &str = "felt dizzy after the ninth oyster";
const MEAL: &str = "Merienda at the harbour";
const CHEDDAR: &str = "usda-sr28:01009";

/// Somebody with a food, water and a note on a day, from two devices.
async fn somebody(server: &TestServer) -> Person {
    let ana = server.person("ana").await;
    ana.eat(DAY, CHEDDAR, 50.0).await;
    let path = format!("/api/v1/days/{DAY}/entries");
    for entry in [
        json!({"id": Uuid::now_v7(), "kind": "note", "time": "21:00", "zone": "Asia/Tbilisi", "text": NOTE}),
        json!({"id": Uuid::now_v7(), "kind": "water", "time": "21:00", "zone": "Asia/Tbilisi", "ml": 250}),
    ] {
        drop(ana.post(&path, &entry).await.expect(201));
    }
    let settings =
        json!({"groups": [{"group": "own1", "name": MEAL}], "highlighted": ["vitamin_k"]});
    drop(ana.put("/api/v1/settings", &settings).await.expect(200));
    ana
}

fn nothing_to_read(loot: &Loot, ana: &Person) {
    for word in [
        NOTE,
        "dizzy",
        "Cheese, cheddar",
        "cheddar",
        // Long enough not to stand in a dump by chance, as a time of day or five digits do.
        "sr28:01009",
        "USDA",
        "Tbilisi",
        "breakfast",
        MEAL,
        "Merienda",
        "vitamin_k",
        &ana.email,
        "@example.org",
        &ana.password,
        &ana.recovery_code,
        &ana.cookie,
    ] {
        assert!(!loot.has(word.as_bytes()), "the database shows {word:?}");
        let form: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(!loot.has(&form), "the database shows {word:?} in UTF-16");
    }
    // What is there are numbers of people, days and sizes.
    assert!(loot.has(ana.id.to_string().as_bytes()) && loot.has(DAY.as_bytes()));
}

#[tokio::test]
async fn a01_a_full_dump_shows_nothing_and_signs_nobody_in() {
    let server = TestServer::start(keepwell::router).await;
    let ana = somebody(&server).await;
    let loot = Loot::of(String::from_utf8(server.db.dump()).unwrap());
    nothing_to_read(&loot, &ana);

    let app = server.db.connect("keepwell_app").await;
    let mut thief = ana.clone();
    for secret in loot.secrets() {
        thief.cookie = BASE64_URL_SAFE_NO_PAD.encode(secret);
        drop(thief.get("/api/v1/session").await.expect(401));
        let token: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(people_that(&app, &token).await, 0);
    }

    // The same two doors open for the session's own token.
    thief.cookie.clone_from(&ana.cookie);
    drop(thief.get("/api/v1/session").await.expect(200));
    let token = SessionToken::parse(&ana.cookie).unwrap().database_token();
    let token: String = token.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(people_that(&app, &token).await, 1);
}

/// How many people a token proves to be, to whoever injects SQL.
async fn people_that(app: &tokio_postgres::Client, token: &str) -> i64 {
    app.batch_execute("begin").await.unwrap();
    app.query("select set_config('app.token', $1, true)", &[&token]).await.unwrap();
    let row = app.query_one("select count(*) from auth.me", &[]).await.unwrap();
    app.batch_execute("rollback").await.unwrap();
    row.get(0)
}

#[tokio::test]
async fn a02_a_dump_and_the_root_key_open_nothing() {
    let server = TestServer::start(keepwell::router).await;
    let ana = somebody(&server).await;
    let loot = Loot::of(String::from_utf8(server.db.dump()).unwrap());
    opens_nothing_with(&server.root, &loot, &ana);

    // With a live session's token the same steps lead to the plaintext: the test can fail.
    let rows = Rows::of(&server, &ana).await;
    let token = SessionToken::parse(&ana.cookie).unwrap();
    let plain = rows.open(&server.root, &token).unwrap();
    assert!(String::from_utf8_lossy(&plain).contains("Cheese, cheddar"));
    // Each of the three is needed: the token, the operator's key, the row as it is.
    assert!(rows.open(&RootKey::generate(), &token).is_none());
    assert!(rows.open(&server.root, &SessionToken::generate()).is_none());
}

#[tokio::test]
async fn a02_a_password_guess_costs_the_full_stretch() {
    let server = TestServer::start(keepwell::router).await;
    let ana = somebody(&server).await;
    let loot = Loot::of(String::from_utf8(server.db.dump()).unwrap());

    let cost = PasswordCost::WEAK_FOR_TESTS;
    let guess = |password: &str, email: &str, cost: PasswordCost, root: &RootKey| {
        let password = SecretString::from(password);
        let stretched = stretch(&password, &root.password_salt(email), cost).unwrap();
        loot.has(&stretched.proof(root).fingerprint())
    };
    assert!(guess(&ana.password, &ana.email, cost, &server.root), "the right guess, fully paid");
    for cheaper in [PasswordCost { memory_kib: 16, ..cost }, PasswordCost { passes: 2, ..cost }] {
        assert!(!guess(&ana.password, &ana.email, cheaper, &server.root), "another price");
    }
    assert!(!guess(&ana.password, &ana.email, cost, &RootKey::generate()), "no root key");
    assert!(!guess(&ana.password, "ben@example.org", cost, &server.root), "another address");

    // Nothing else in the dump confirms an address or a password more cheaply.
    let raw = raw(&server.root);
    let mac = hmac::Key::new(hmac::HMAC_SHA256, &raw);
    let words = [
        ana.email.clone(),
        ana.password.clone(),
        format!("{}{}", ana.email, ana.password),
        format!("{}:{}", ana.email, ana.password),
        ana.recovery_code.clone(),
        ana.recovery_code.replace('-', ""),
    ];
    for word in &words {
        let mut cheap: Vec<Vec<u8>> = vec![
            digest::digest(&digest::SHA256, word.as_bytes()).as_ref().to_vec(),
            hmac::sign(&mac, word.as_bytes()).as_ref().to_vec(),
            server.root.password_salt(word).to_vec(),
        ];
        for purpose in ["sign-in", "recovery", "e-mail", "email", ""] {
            cheap.push(server.root.pseudonym(purpose, word).to_vec());
        }
        for value in cheap.clone() {
            cheap.push(digest::digest(&digest::SHA256, &value).as_ref().to_vec());
        }
        assert!(
            cheap.iter().all(|value| !loot.has(value)),
            "{word:?} is confirmed without a stretch"
        );
    }

    // What operators get unless they choose otherwise, and what their rows then say.
    let usual = PasswordCost::default();
    assert!(usual.memory_kib >= 64 * 1024 && usual.passes >= 3);
}

#[tokio::test]
async fn a05_the_superuser_of_the_live_database_reads_nothing_when_nobody_is_signed_in() {
    let server = TestServer::start(keepwell::router).await;
    let ana = somebody(&server).await;
    let admin = server.db.admin().await;
    let rows = Rows::of(&server, &ana).await;
    drop(ana.delete("/api/v1/session").await.expect(204));

    let loot = Loot::of(everything(&admin).await);
    nothing_to_read(&loot, &ana);
    opens_nothing_with(&server.root, &loot, &ana);
    // Not even the old cookie helps: the keyring it opened is gone from the database.
    assert!(!loot.has(&rows.keyring));

    let mut back = ana.sign_in().await;
    let seen = back.get(&format!("/api/v1/days/{DAY}")).await.expect(200).json();
    assert_eq!(seen["entries"][0]["food"]["id"], CHEDDAR);
    back.cookie.clear();
    drop(back.get(&format!("/api/v1/days/{DAY}")).await.expect(401));
}

/// Every way that the key crate knows from what a thief holds to a record, and every value that was
/// found as the secret of each.
fn opens_nothing_with(root: &RootKey, loot: &Loot, ana: &Person) {
    let mut secrets = loot.secrets();
    secrets.insert(raw(root));
    for secret in &secrets {
        let token = SessionToken::parse(&BASE64_URL_SAFE_NO_PAD.encode(secret)).unwrap();
        let key = token.keyring_key();
        for key in [&root.keyring_key(&key), &key] {
            for value in &loot.values {
                assert!(Keyring::open(key, ana.id, value).is_err(), "a keyring opens");
            }
        }
    }
    // The operator's half opens as the operator's half, and leads no further: there is no leaf.
    let erasure: Vec<_> =
        loot.values.iter().filter_map(|value| root.open_erasure_key(ana.id, value).ok()).collect();
    assert_eq!(erasure.len(), 1, "the operator's key opens the erasure key and nothing else");
    let day = platform::days::number(DAY.parse().unwrap()).unwrap();
    for value in &loot.values {
        let Ok(cover) = Cover::from_bytes(value) else { continue };
        let Some(leaf) = cover.leaf(day) else { continue };
        for scope in Scope::ALL {
            let record = RecordId::Day(day);
            let key = DataKey::derive(&leaf, &erasure[0], ana.id, scope, 1, record);
            let place = Place {
                table: "diary.record_day",
                owner: ana.id,
                scope,
                record,
                version: 1,
                epoch: 1,
            };
            assert!(loot.values.iter().all(|body| key.open(&place, body).is_err()));
        }
    }
}

fn raw(root: &RootKey) -> [u8; 32] {
    let encoded = root.encode();
    let encoded = encoded.rsplit(':').next().unwrap();
    *BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap().first_chunk().unwrap()
}

/// The three rows that a food of a day hangs on.
struct Rows {
    owner: Uuid,
    keyring: Vec<u8>,
    erasure_key: Vec<u8>,
    body: Vec<u8>,
    version: u64,
    day: DayNumber,
}

impl Rows {
    async fn of(server: &TestServer, person: &Person) -> Self {
        let admin = server.db.admin().await;
        let day: jiff::civil::Date = DAY.parse().unwrap();
        let row = admin
            .query_one(
                "select s.keyring_sealed, e.key_sealed, r.body_sealed, r.version
                from auth.session s
                join erasure.erasure_key e on e.owner = s.principal
                join diary.record_day r on r.owner = s.principal
                where s.principal = $1 and r.day = $2 and r.scope = 'food'",
                &[&person.id, &day],
            )
            .await
            .unwrap();
        Self {
            owner: person.id,
            keyring: row.get(0),
            erasure_key: row.get(1),
            body: row.get(2),
            version: u64::try_from(row.get::<_, i64>(3)).unwrap(),
            day: platform::days::number(day).unwrap(),
        }
    }

    fn open(&self, root: &RootKey, token: &SessionToken) -> Option<Vec<u8>> {
        let keyring =
            Keyring::open(&root.keyring_key(&token.keyring_key()), self.owner, &self.keyring)
                .ok()?;
        let erasure_key = root.open_erasure_key(self.owner, &self.erasure_key).ok()?;
        let (scope, record) = (Scope::Food, RecordId::Day(self.day));
        let leaf = keyring.cover(self.owner, scope, 1)?.leaf(self.day)?;
        let key = DataKey::derive(&leaf, &erasure_key, self.owner, scope, 1, record);
        let place = Place {
            table: "diary.record_day",
            owner: self.owner,
            scope,
            record,
            version: self.version,
            epoch: 1,
        };
        Some(key.open(&place, &self.body).ok()?.to_vec())
    }
}
