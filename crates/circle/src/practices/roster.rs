//! The roster: who the clients are, what of each is let in, and on how many of the last thirty days
//! something was recorded that the practice may see. One statement for all of them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use keys::is_sealed_to_public_key;
use platform::{App, Error, Presented, Result};
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{card::Card, store};
use crate::{
    organisations::{Capacity, Kind},
    sharing::{PartView, words::Words},
};

/// The clients of a practice.
#[derive(Serialize, ToSchema)]
pub(super) struct Roster {
    clients: Vec<ClientView>,
}

/// A client as the practice knows them.
#[derive(Serialize, ToSchema)]
struct ClientView {
    id: Uuid,
    /// How the practice calls the client, or what they call themselves.
    name: String,
    /// What they call themselves.
    own_name: String,
    /// What they let the practice in for; may be empty.
    purpose: String,
    groups: Vec<String>,
    /// The practice's own note.
    note: String,
    /// Since when (RFC 3339).
    since: String,
    /// What is let in, and alive.
    parts: Vec<PartView>,
    /// On how many of the last thirty days something was recorded; absent where no part of the food
    /// is let in.
    days_logged: Option<i64>,
    /// The last day on which something was recorded.
    #[schema(value_type = Option<String>, example = "2026-11-20")]
    last_logged: Option<Date>,
    /// Messages of the client's that nobody has read.
    unread: i64,
    /// When the two last wrote to each other (RFC 3339).
    last_contact_at: Option<String>,
}

/// What a client is called, to be kept as it opens faster.
struct Taken {
    client: Uuid,
    was: Vec<u8>,
    words: Vec<u8>,
}

/// The roster of a practice of the asker's.
pub(super) async fn of(app: &App, presented: &Presented, practice: Uuid) -> Result<Roster> {
    // The day that it is already somewhere.
    let today = app.clock().now().to_zoned(TimeZone::fixed(jiff::tz::offset(14))).date();
    let (session, rows) = store::roster(app.db(), presented, practice, today).await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    let capacity = Capacity::open(app.root(), &session, first)?;
    if capacity.kind != Kind::Practice {
        return Err(Error::NotFound);
    }
    let (mut clients, mut taken) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in &rows {
        if let Some(client) = row.try_get::<_, Option<Uuid>>("client")? {
            clients.push(view(&capacity, client, row, &mut taken)?);
        }
    }
    clients.sort_by_key(|client| client.name.to_lowercase());
    take_later(app, presented, practice, taken);
    Ok(Roster { clients })
}

fn view(
    capacity: &Capacity,
    client: Uuid,
    row: &Row,
    taken: &mut Vec<Taken>,
) -> Result<ClientView> {
    let sealed: &[u8] = row.try_get("for_holder_sealed")?;
    let words = Words::open_for_holder(&capacity.pair, client, capacity.id, sealed)?;
    if is_sealed_to_public_key(sealed) {
        taken.push(Taken {
            client,
            was: sealed.to_vec(),
            words: words.seal_for_holder(&capacity.pair, client, capacity.id)?,
        });
    }
    let about: Option<&[u8]> = row.try_get("about_sealed")?;
    let card = match (row.try_get::<_, Option<Uuid>>("card")?, about) {
        (Some(card), Some(about)) => Card::open(capacity, card, about)?,
        _ => Card::default(),
    };
    let last_contact: Option<Timestamp> = row.try_get("last_contact_at")?;
    Ok(ClientView {
        id: client,
        name: if card.name.is_empty() { words.name.clone() } else { card.name },
        own_name: words.name,
        purpose: words.purpose,
        groups: card.groups,
        note: card.note,
        since: row.try_get::<_, Timestamp>("made_at")?.to_string(),
        parts: PartView::all(row)?,
        days_logged: row.try_get("days_logged")?,
        last_logged: row.try_get("last_logged")?,
        unread: row.try_get("unread")?,
        last_contact_at: last_contact.map(|at| at.to_string()),
    })
}

/// Lets the database have what opens faster, after the answer. That it could not is no harm.
fn take_later(app: &App, presented: &Presented, practice: Uuid, taken: Vec<Taken>) {
    if taken.is_empty() {
        return;
    }
    let (db, presented) = (app.db().clone(), presented.clone());
    tokio::spawn(async move {
        let clients: Vec<Uuid> = taken.iter().map(|one| one.client).collect();
        let were: Vec<&[u8]> = taken.iter().map(|one| one.was.as_slice()).collect();
        let words: Vec<&[u8]> = taken.iter().map(|one| one.words.as_slice()).collect();
        if let Err(cause) =
            store::take_words(&db, &presented, practice, &clients, &were, &words).await
        {
            tracing::warn!(%cause, "what clients are called was not sealed anew");
        }
    });
}
