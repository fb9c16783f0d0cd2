//! Shares put straight into the database, as an owner's request writes them: for tests that are about
//! what comes afterwards.

use keys::{
    Cover, DataKey, DayNumber, GrantIdentity, KeyPair, Keyring, Ladder, LineKey, Place, PublicKey,
    RecordId, Scope, SessionToken, seal_grant, seal_letter, seal_to_self,
};
use platform::days;
use serde_json::json;
use testkit::{Person, TestServer};
use tokio_postgres::Client;
use uuid::Uuid;

/// One part of a share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) scope: Scope,
    pub(crate) access: &'static str,
    pub(crate) first: jiff::civil::Date,
    pub(crate) last: jiff::civil::Date,
}

impl Part {
    /// These days of a scope, to see.
    pub(crate) fn see(scope: Scope, first: &str, last: &str) -> Self {
        Self { scope, access: "see", first: first.parse().unwrap(), last: last.parse().unwrap() }
    }

    /// These days of a scope, to see and write.
    pub(crate) fn write(scope: Scope, first: &str, last: &str) -> Self {
        Self { access: "write", ..Self::see(scope, first, last) }
    }
}

/// What a session's keyring holds.
pub(crate) async fn keyring(server: &TestServer, admin: &Client, person: &Person) -> Keyring {
    let token = SessionToken::parse(&person.cookie).unwrap();
    let row = "select keyring_sealed from auth.session where token_hash = $1";
    let hash = token.database_token().fingerprint().to_vec();
    let sealed: Vec<u8> = admin.query_one(row, &[&hash]).await.unwrap().get(0);
    Keyring::open(&server.root.keyring_key(&token.keyring_key()), person.id, &sealed).unwrap()
}

/// The table of undated items.
pub(crate) const ITEMS: &str = "diary.record_item";

/// Puts an undated item into a person's diary, sealed as their own request seals it.
pub(crate) async fn keep_item(
    server: &TestServer,
    admin: &Client,
    person: &Person,
    scope: Scope,
    item: Uuid,
    plain: &[u8],
) {
    let (owner, keyring) = (person.id, keyring(server, admin, person).await);
    let erasure = "select key_sealed from erasure.erasure_key where owner = $1";
    let erasure: Vec<u8> = admin.query_one(erasure, &[&owner]).await.unwrap().get(0);
    let erasure = server.root.open_erasure_key(owner, &erasure).unwrap();
    let (epoch, cover) = keyring.current(owner, scope).unwrap();
    let record = RecordId::Item(item);
    let key = DataKey::derive(&cover.items().unwrap(), &erasure, owner, scope, epoch, record);
    let place = Place { table: ITEMS, owner, scope, record, version: 1, epoch };
    let body = key.seal(&place, plain, &Ladder::SMALL).unwrap();
    let keep = "insert into diary.record_item (owner, scope, item, version, epoch, body_sealed)
        values ($1, $2::text, $3, 1, $4, $5)";
    let epoch = i32::try_from(epoch).unwrap();
    admin.execute(keep, &[&owner, &scope.as_str(), &item, &epoch, &body]).await.unwrap();
}

/// The public key of a principal, as the database has it.
pub(crate) async fn public_key(admin: &Client, principal: Uuid) -> PublicKey {
    let row = "select public_key from auth.principal where principal = $1";
    let bytes: Vec<u8> = admin.query_one(row, &[&principal]).await.unwrap().get(0);
    PublicKey::parse(&bytes).unwrap()
}

fn narrowed(whole: &Cover, first: DayNumber, last: DayNumber) -> Cover {
    if whole.window() == (first, last) { whole.clone() } else { whole.narrow(first, last).unwrap() }
}

/// Lets a holder in, in place of what it had: grants sealed to its public key, and the share.
pub(crate) async fn share(
    server: &TestServer,
    admin: &Client,
    owner: &Person,
    holder: Uuid,
    kind: &str,
    parts: &[Part],
) {
    let keyring = keyring(server, admin, owner).await;
    let to = public_key(admin, holder).await;
    let gone = "delete from auth.access_grant where owner = $1 and holder = $2";
    admin.execute(gone, &[&owner.id, &holder]).await.unwrap();
    for part in parts {
        let (epoch, whole) = keyring.current(owner.id, part.scope).unwrap();
        let first = days::number(part.first).unwrap();
        let last = days::number(part.last).unwrap();
        let identity =
            GrantIdentity { owner: owner.id, holder, scope: part.scope, epoch, first, last };
        let sealed = seal_grant(&identity, &narrowed(whole, first, last), &to);
        admin
            .execute(
                "insert into auth.access_grant
                    (owner, holder, scope, epoch, first_day, last_day, access, key_sealed, given_hash)
                values ($1, $2, $3::text, $4, $5, $6, $7, $8, $9)",
                &[
                    &owner.id,
                    &holder,
                    &part.scope.as_str(),
                    &i32::try_from(epoch).unwrap(),
                    &part.first,
                    &part.last,
                    &part.access,
                    &sealed,
                    &server.root.grant_tag(&identity, None).to_vec(),
                ],
            )
            .await
            .unwrap();
    }
    let pair: &KeyPair = keyring.pair();
    let words = |name: &str| json!({"name": name, "purpose": "together"}).to_string().into_bytes();
    let line = LineKey::generate();
    admin
        .execute(
            "insert into circle.share (owner, holder, kind, for_owner_sealed, for_holder_sealed,
                line_for_owner_sealed, line_for_holder_sealed)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            &[
                &owner.id,
                &holder,
                &kind,
                &seal_to_self(pair, owner.id, &format!("circle.share {holder}"), &words("Ben")),
                &seal_letter(&to, owner.id, holder, "circle.share", &words("Ana")),
                &line.seal_for_owner(owner.id, holder, pair),
                &line.seal_for_holder(owner.id, holder, &to),
            ],
        )
        .await
        .unwrap();
}
