//! How members go. Whoever goes had the organisation's key in their reach, so those who stay get
//! another pair in the same transaction, and everything that was sealed to the old one is sealed anew:
//! what every client granted, what each is called, the keys of the lines. Old codes and invitations
//! end with the pair they stood for.

use keys::{
    GrantIdentity, KeyPair, LineKey, OrganisationCode, RootKey, open_held_grant, seal_held_grant,
    seal_membership, seal_to_self, take_membership,
};
use platform::{App, Error, Presented, Result, Transaction, days};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Capacity, Kind, card_purpose, member::name_purpose, store};
use crate::{
    sharing::{give::scope_of, words::Words},
    studies,
};

/// Ends a membership, one's own or, as an owner, another's. Needs a fresh proof.
pub(super) async fn part_with(
    app: &App,
    presented: &Presented,
    organisation: Uuid,
    leaver: Uuid,
) -> Result<()> {
    let (tx, capacity) = Capacity::begin_any(app, presented, organisation).await?;
    if leaver != tx.session().principal() {
        capacity.require_owner()?;
    }
    tx.session().require_fresh()?;
    if !store::hold_for_new_keys(&tx, organisation, leaver).await? {
        return Err(Error::NotFound);
    }
    // What was read before everything stood still may be old by now.
    let rows = store::mine_now(&tx, organisation).await?;
    let capacity = Capacity::open(app.root(), tx.session(), rows.first().ok_or(Error::NotFound)?)?;
    let new = KeyPair::generate();
    let members = members(app.root(), &tx, &capacity, &new, leaver).await?;
    let parts = parts(&tx, &capacity, &new).await?;
    let clients = clients(&tx, &capacity, &new).await?;
    let cards = cards(&tx, &capacity, &new).await?;
    if capacity.kind == Kind::Study {
        studies::follow_new_keys(&tx, organisation, &capacity.pair, &new).await?;
    }
    let public = new.public();
    let kind = capacity.kind.as_str();
    let exchange = store::Exchange {
        organisation,
        leaver,
        public_key: public.bytes(),
        key_tag: &app.root().public_key_tag(organisation, kind, &public),
        code_hash: &OrganisationCode::of(kind, organisation, &public).fingerprint(),
        members,
        parts,
        clients,
        cards,
    };
    let left = exchange.keep(tx).await.map_err(|error| match error.constraint() {
        Some("membership_keeps_an_owner") => {
            Error::Conflict("one owner stays: make somebody else an owner first")
        }
        _ => error,
    })?;
    if left { Ok(()) } else { Err(Error::NotFound) }
}

/// The new pair and the names for those who stay. Nobody's public key is believed without its tag.
async fn members(
    root: &RootKey,
    tx: &Transaction,
    old: &Capacity,
    new: &KeyPair,
    leaver: Uuid,
) -> Result<Vec<store::StayingMember>> {
    let session = tx.session();
    let mut staying = Vec::new();
    for row in store::members(tx, old.id).await? {
        let member: Uuid = row.try_get("member")?;
        if member == leaver {
            continue;
        }
        let slot = if member == session.principal() {
            take_membership(old.id, member, new, session.keyring().pair())
        } else {
            let tag: Option<&[u8]> = row.try_get("key_tag_hash")?;
            let tag = tag.ok_or(Error::Altered)?;
            let public = root
                .check_public_key(member, "person", row.try_get("public_key")?, tag)
                .or(Err(Error::Altered))?;
            seal_membership(old.id, member, new, &public)
        };
        // Members write their own names.
        let name = old.name_of(member, row.try_get("name_sealed")?).unwrap_or_default();
        let name = seal_to_self(new, old.id, &name_purpose(member), name.as_bytes());
        staying.push(store::StayingMember { member, slot, name });
    }
    Ok(staying)
}

async fn parts(tx: &Transaction, old: &Capacity, new: &KeyPair) -> Result<Vec<store::HeldPart>> {
    let rows = store::held_parts(tx, old.id).await?;
    rows.iter().map(|row| part(row, old, new)).collect()
}

fn part(row: &Row, old: &Capacity, new: &KeyPair) -> Result<store::HeldPart> {
    let epoch: i32 = row.try_get("epoch")?;
    let identity = GrantIdentity {
        owner: row.try_get("owner")?,
        holder: old.id,
        scope: scope_of(row)?,
        epoch: u32::try_from(epoch).or(Err(Error::Altered))?,
        first: days::number(row.try_get("first_day")?).or(Err(Error::Altered))?,
        last: days::number(row.try_get("last_day")?).or(Err(Error::Altered))?,
    };
    let sealed: &[u8] = row.try_get("key_sealed")?;
    let key = open_held_grant(&identity, sealed, &old.pair)
        .map_or_else(|_altered| as_it_is(sealed), |cover| seal_held_grant(&identity, &cover, new));
    Ok(store::HeldPart { owner: identity.owner, scope: identity.scope.as_str(), key })
}

async fn clients(tx: &Transaction, old: &Capacity, new: &KeyPair) -> Result<Vec<store::HeldWords>> {
    let rows = store::held_words(tx, old.id).await?;
    let client = |row: &Row| {
        let owner = row.try_get("owner")?;
        let words: &[u8] = row.try_get("for_holder_sealed")?;
        let words = match Words::open_for_holder(&old.pair, owner, old.id, words) {
            Ok(opened) => opened.seal_for_holder(new, owner, old.id)?,
            Err(_altered) => as_it_is(words),
        };
        let line: &[u8] = row.try_get("line_for_holder_sealed")?;
        let line = LineKey::open_as_holder(owner, old.id, line, &old.pair)
            .map_or_else(|_altered| as_it_is(line), |opened| opened.take(owner, old.id, new));
        Ok(store::HeldWords { owner, words, line })
    };
    rows.iter().map(client).collect()
}

/// What does not open, because somebody wrote something else into the database: it goes on being nothing.
/// Whoever is to go cannot stay by breaking it.
fn as_it_is(sealed: &[u8]) -> Vec<u8> {
    tracing::warn!("something of an organisation's was altered in the database");
    sealed.to_vec()
}

async fn cards(tx: &Transaction, old: &Capacity, new: &KeyPair) -> Result<Vec<store::HeldCard>> {
    let rows = store::cards(tx, old.id).await?;
    let card = |row: &Row| {
        let card = row.try_get("card")?;
        let about: &[u8] = row.try_get("about_sealed")?;
        let about = old.open_own(&card_purpose(card), about).map_or_else(
            |_altered| as_it_is(about),
            |plain| seal_to_self(new, old.id, &card_purpose(card), &plain),
        );
        Ok(store::HeldCard { card, about })
    };
    rows.iter().map(card).collect()
}
