//! Every key that anybody was ever given, and what it opens for a thief who has the whole database and
//! the operator's key besides.

use std::collections::BTreeMap;

use keys::{
    Cover, DataKey, ErasureKey, GrantIdentity, KeyPair, Keyring, Leaf, Place, RecordId, Scope,
    open_held_grant, open_membership,
};
use platform::days;
use testkit::{
    TestServer,
    permissions::{Permissions, Who},
};
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::server::Society;
use crate::circle::arrange::{ITEMS, keep_item, keyring};

/// A cover that a holder opened once.
struct Held {
    holder: Who,
    identity: GrantIdentity,
    cover: Cover,
}

/// A stored document, of a day or of an undated item.
struct Stored {
    table: &'static str,
    owner: Uuid,
    scope: Scope,
    record: RecordId,
    version: u64,
    epoch: u32,
    body: Vec<u8>,
}

pub(super) struct Rings {
    people: Vec<Keyring>,
    /// The pairs that the practice had, the newest last.
    practice: Vec<KeyPair>,
    held: Vec<Held>,
}

impl Rings {
    pub(super) async fn new(server: &TestServer, admin: &Client, society: &Society) -> Self {
        let mut people = Vec::new();
        for person in &society.people {
            let keyring = keyring(server, admin, person).await;
            for scope in [Scope::Food, Scope::Plan, Scope::Library] {
                let plain = b"\x01{}";
                keep_item(server, admin, person, scope, Uuid::now_v7(), plain).await;
            }
            people.push(keyring);
        }
        Self { people, practice: Vec::new(), held: Vec::new() }
    }

    /// Opens every grant as its holder can now, and keeps what was in it.
    pub(super) async fn collect(&mut self, admin: &Client, society: &Society) {
        if let Some(practice) = society.practice {
            let founder = society.people[society.founder()].id;
            let slot = "select slot_sealed from auth.membership
                where organisation = $1 and member = $2";
            let slot = admin.query_one(slot, &[&practice, &founder]).await.unwrap();
            let own = self.people[society.founder()].pair();
            let pair = open_membership(practice, founder, slot.get(0), own).unwrap();
            if self.practice.last().is_none_or(|known| known.public() != pair.public()) {
                self.practice.push(pair);
            }
        }
        for row in grants(admin).await {
            let (identity, sealed) = grant(&row);
            let holder = society.who(identity.holder);
            if self.held.iter().any(|held| held.identity == identity) {
                continue;
            }
            let cover = open_held_grant(&identity, sealed, self.newest_pair(holder));
            self.held.push(Held { holder, identity, cover: cover.unwrap() });
        }
    }

    fn newest_pair(&self, holder: Who) -> &KeyPair {
        match self.people.get(holder) {
            Some(person) => person.pair(),
            None => self.practice.last().unwrap(),
        }
    }

    /// Tries every key on everything: what opens is what the model says, and nothing else. Returns
    /// how many tries that were.
    pub(super) async fn try_all(
        &self,
        server: &TestServer,
        admin: &Client,
        society: &Society,
        world: &Permissions,
    ) -> Result<usize, String> {
        let erasure = erasure_keys(server, admin).await;
        let mut tries = 0;
        for stored in stored(admin).await {
            let owner = society.who(stored.owner);
            for holder in (0..society.holders()).filter(|holder| *holder != owner) {
                let mut opens = false;
                for held in self.held.iter().filter(|held| held.holder == holder) {
                    tries += 1;
                    opens |= opens_with(held, &stored, &erasure[&stored.owner]);
                }
                let expected = match stored.record {
                    RecordId::Day(day) => world.opens(owner, holder, stored.scope, days::date(day)),
                    RecordId::Item(_) => world.opens_items(owner, holder, stored.scope),
                };
                if opens != expected {
                    let (scope, record) = (stored.scope, stored.record);
                    return Err(format!(
                        "{holder} opens {record:?} in {scope:?} of {owner}: {opens}, the model says \
                        {expected}"
                    ));
                }
            }
        }
        // Nor does a pair open what is another's, or what it was before its organisation got a new one.
        for row in grants(admin).await {
            let (identity, sealed) = grant(&row);
            let newest = self.newest_pair(society.who(identity.holder)).public();
            let pairs = self.people.iter().map(Keyring::pair).chain(&self.practice);
            for pair in pairs {
                tries += 1;
                let opens = open_held_grant(&identity, sealed, pair).is_ok();
                if opens != (pair.public() == newest) {
                    return Err(format!("a pair opens {identity:?}: {opens}"));
                }
            }
        }
        Ok(tries)
    }

    /// In which epochs an owner's scope is stored.
    pub(super) async fn epochs(admin: &Client, owner: Uuid, scope: Scope) -> Vec<i32> {
        let epochs = "select epoch from diary.record_day where owner = $1 and scope = $2::text
            union select epoch from diary.record_item where owner = $1 and scope = $2::text
            order by epoch";
        let rows = admin.query(epochs, &[&owner, &scope.as_str()]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// Whether a key opens a document: with its own day's leaf, with that of the items, or with any other
/// that is at hand.
fn opens_with(held: &Held, stored: &Stored, erasure: &ErasureKey) -> bool {
    let own = if let RecordId::Day(day) = stored.record { Some(day) } else { None };
    let (first, last) = held.cover.window();
    let leaves = [own, Some(first), Some(last)].map(|day| held.cover.leaf(day?));
    let mut leaves = leaves.into_iter().chain([held.cover.items()]).flatten();
    leaves.any(|leaf: Leaf| {
        [stored.epoch, held.identity.epoch].into_iter().any(|epoch| {
            let Stored { table, owner, scope, record, version, .. } = *stored;
            let key = DataKey::derive(&leaf, erasure, owner, scope, epoch, record);
            let place = Place { table, owner, scope, record, version, epoch: stored.epoch };
            key.open(&place, &stored.body).is_ok()
        })
    })
}

async fn grants(admin: &Client) -> Vec<Row> {
    let rows = "select owner, holder, scope::text, epoch, first_day, last_day, key_sealed
        from auth.access_grant where owner <> holder";
    admin.query(rows, &[]).await.unwrap()
}

fn grant(row: &Row) -> (GrantIdentity, &[u8]) {
    let number = |column: &str| days::number(row.get(column)).unwrap();
    let identity = GrantIdentity {
        owner: row.get("owner"),
        holder: row.get("holder"),
        scope: Scope::parse(row.get("scope")).unwrap(),
        epoch: u32::try_from(row.get::<_, i32>("epoch")).unwrap(),
        first: number("first_day"),
        last: number("last_day"),
    };
    (identity, row.get("key_sealed"))
}

async fn stored(admin: &Client) -> Vec<Stored> {
    let rows = "select owner, scope::text, day, null::uuid as item, version, epoch, body_sealed
        from diary.record_day
        union all
        select owner, scope::text, null, item, version, epoch, body_sealed from diary.record_item";
    let rows = admin.query(rows, &[]).await.unwrap();
    let one = |row: &Row| {
        let day = row.get::<_, Option<_>>("day").map(|day| days::number(day).unwrap());
        Stored {
            table: if day.is_some() { "diary.record_day" } else { ITEMS },
            owner: row.get("owner"),
            scope: Scope::parse(row.get("scope")).unwrap(),
            record: day.map_or_else(|| RecordId::Item(row.get("item")), RecordId::Day),
            version: u64::try_from(row.get::<_, i64>("version")).unwrap(),
            epoch: u32::try_from(row.get::<_, i32>("epoch")).unwrap(),
            body: row.get("body_sealed"),
        }
    };
    rows.iter().map(one).collect()
}

async fn erasure_keys(server: &TestServer, admin: &Client) -> BTreeMap<Uuid, ErasureKey> {
    let rows = admin.query("select owner, key_sealed from erasure.erasure_key", &[]).await.unwrap();
    let one = |row: &Row| {
        let owner = row.get(0);
        (owner, server.root.open_erasure_key(owner, row.get(1)).unwrap())
    };
    rows.iter().map(one).collect()
}
