//! How a practice invites clients: by a link with its code and a label, so that it knows whom of those
//! it invited has come. The link lets nobody in: what is shared is the client's to say.

use keys::InvitationSecret;
use platform::{
    App, Error, Presented, Result, Transaction,
    mail::{self, EmailAddress, Link, Template},
};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{list::Wanted, store};
use crate::organisations::Capacity;

/// After how many days a label is worth nothing.
const DAYS: i32 = 30;
/// More than any practice waits for.
const WAITING_MAX: i64 = 2000;

/// Somebody who was invited.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitedClient {
    id: Uuid,
    /// The line they stand on, from one.
    line: u64,
    name: String,
    /// What to send them where no mail was sent.
    link: String,
    /// Whether the link is on its way by mail.
    mailed: bool,
}

/// Makes a card and a link for each, in one transaction.
pub(super) async fn all(
    app: &App,
    presented: &Presented,
    tx: Transaction,
    capacity: &Capacity,
    wanted: &[Wanted],
    by_mail: bool,
) -> Result<Vec<InvitedClient>> {
    let waiting = store::count_waiting(&tx, capacity.id).await?;
    if waiting + i64::try_from(wanted.len()).unwrap_or(i64::MAX) > WAITING_MAX {
        return Err(Error::Conflict("too many invitations wait: withdraw some first"));
    }
    let code = capacity.code().display();
    let mut cards = store::NewCards::default();
    let mut invited = Vec::with_capacity(wanted.len());
    // Whoever gets enough mail gets no more of it here; the link is shown instead.
    let mut sends = by_mail;
    for person in wanted {
        let (id, label) = (Uuid::now_v7(), InvitationSecret::generate().handle());
        cards.ids.push(id);
        cards.label_hashes.push(label.fingerprint().to_vec());
        cards.abouts.push(person.card.seal(capacity, id)?);
        let origin = &app.guard().public_origin;
        let link = format!("{origin}/join#{code}.{}", label.encode().expose_secret());
        let mut mailed = false;
        if let Some(email) = person.email.as_ref().filter(|_| sends) {
            match mail_to(app, presented, &tx, email, &link).await? {
                Mailed::Yes => mailed = true,
                Mailed::NoRoom => {}
                Mailed::NoServer => sends = false,
            }
        }
        let name = person.card.name.clone();
        invited.push(InvitedClient { id, line: person.line, name, link, mailed });
    }
    store::keep_cards(tx, capacity.id, &cards, DAYS).await?;
    Ok(invited)
}

enum Mailed {
    Yes,
    NoRoom,
    NoServer,
}

async fn mail_to(
    app: &App,
    presented: &Presented,
    tx: &Transaction,
    email: &EmailAddress,
    link: &str,
) -> Result<Mailed> {
    let template = Template::Invitation(Link(link.to_owned()));
    let language = presented.language();
    let outbox = app.outbox();
    let mail = outbox.seal(app.root(), app.clock(), email.as_str(), language, template)?;
    let Some(mail) = mail else { return Ok(Mailed::NoServer) };
    match mail.queued(&tx.query(&mail::QUEUE, &mail.params()).await?) {
        Ok(()) => Ok(Mailed::Yes),
        Err(Error::TooMany { .. }) => Ok(Mailed::NoRoom),
        Err(error) => Err(error),
    }
}
