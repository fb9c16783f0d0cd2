//! The HTTP of invitations, for whoever has the link.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use jiff::Timestamp;
use keys::{GrantIdentity, InvitationHandle, InvitationSecret, Scope, seal_held_grant};
use platform::{App, Error, Json, Peer, Presented, ProblemJson, Result, days};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    offer::OFFER,
    store::{self, Accepted},
};
use crate::sharing::{PartView, give::micros, words::Words};

const PERSON: &str = "person";

/// Which offer somebody has a link to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LookAtOffer {
    /// What the link's secret derives, in the browser: it shows the offer and accepts nothing.
    handle: String,
}

/// What is offered.
#[derive(Serialize, ToSchema)]
pub(super) struct Offer {
    /// Who offers it, in their own words.
    from: String,
    /// What it is for; may be empty.
    purpose: String,
    parts: Vec<PartView>,
    /// Until when it can be accepted (RFC 3339).
    expires_at: String,
}

/// Shows what is offered, to whoever has the link, also without an account.
#[utoipa::path(
    post, path = "/api/v1/invitations/look", tag = "sharing",
    request_body = LookAtOffer,
    responses(
        (status = 200, body = Offer),
        (status = 404, body = ProblemJson, description = "there is no such offer, or no longer"),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
pub(super) async fn look(
    State(app): State<App>,
    from: Peer,
    Json(sent): Json<LookAtOffer>,
) -> Result<axum::Json<Offer>> {
    app.tries().look_at_offer(from).await?;
    let handle = InvitationHandle::parse(&sent.handle).or(Err(Error::NotFound))?;
    let rows = store::look(app.db(), handle.lookup().expose()).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let words = open_offer(&handle, row)?;
    Ok(axum::Json(Offer {
        from: words.name,
        purpose: words.purpose,
        parts: PartView::all(row)?,
        expires_at: row.try_get::<_, Timestamp>("expires_at")?.to_string(),
    }))
}

/// Who accepts, with what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Accept {
    /// What stands in the link's fragment.
    secret: String,
    /// What the owner will know the asker by.
    #[schema(example = "Ben")]
    your_name: String,
}

/// Whose diary can be visited now.
#[derive(Serialize, ToSchema)]
pub(super) struct AcceptedOffer {
    owner: Uuid,
}

/// Accepts what is offered. An offer is accepted once.
#[utoipa::path(
    post, path = "/api/v1/invitations/accept", tag = "sharing",
    request_body = Accept,
    responses(
        (status = 201, body = AcceptedOffer),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson, description = "there is no such offer, or no longer"),
        (status = 409, body = ProblemJson, description = "it is the asker's own, or they have access"),
        (status = 422, body = ProblemJson),
    ),
)]
pub(super) async fn accept(
    State(app): State<App>,
    presented: Presented,
    Json(sent): Json<Accept>,
) -> Result<impl IntoResponse> {
    let mut words = Words::parse("your_name", &sent.your_name, "")?;
    let secret = InvitationSecret::parse(&sent.secret).or(Err(Error::NotFound))?;
    let (handle, proof) = (secret.handle(), secret.proof());
    let (tx, rows) = store::open(app.db(), &presented, proof.expose()).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let (owner, invitation): (Uuid, Uuid) = (row.try_get("owner")?, row.try_get("invitation")?);
    let (me, pair) = (tx.session().principal(), tx.session().keyring().pair());
    let (mut scopes, mut keys, mut given) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        let offered = offered(row, owner, me)?;
        let GrantIdentity { scope, epoch, first, last, .. } = offered;
        let sealed = row.try_get("key_sealed")?;
        let cover = secret
            .open_cover(app.root(), invitation, owner, scope, epoch, first, last, sealed)
            .or(Err(Error::Altered))?;
        scopes.push(scope.as_str());
        keys.push(seal_held_grant(&offered, &cover, pair));
        let ends_at = micros(row.try_get("ends_at")?);
        given.push(app.root().grant_tag(&offered, ends_at).to_vec());
    }
    let tag: Option<&[u8]> = row.try_get("key_tag_hash")?;
    let tag = tag.ok_or(Error::Conflict(
        "whoever invited you has not signed in for a long time: ask them to sign in once",
    ))?;
    let to = app.root().check_public_key(owner, PERSON, row.try_get("public_key")?, tag);
    let to = to.or(Err(Error::Altered))?;
    let offer = open_offer(&handle, row)?;
    words.purpose.clone_from(&offer.purpose);
    let new = Accepted {
        scopes: &scopes,
        keys: &keys,
        given: &given,
        for_owner: &words.write_to_owner(&to, owner, me)?,
        for_holder: &offer.seal_for_holder(pair, owner, me)?,
        line_for_holder: &secret.line(app.root(), invitation, owner).take(owner, me, pair),
    };
    match store::accept(tx, proof.expose(), &new).await?.as_str() {
        "accepted" => Ok((StatusCode::CREATED, axum::Json(AcceptedOffer { owner }))),
        "own" => Err(Error::Conflict("this is your own: give the link to who it is for")),
        "held" => Err(Error::Conflict("you have access already: ask for a change of it")),
        _ => Err(Error::NotFound),
    }
}

fn open_offer(handle: &InvitationHandle, row: &Row) -> Result<Words> {
    let invitation = row.try_get("invitation")?;
    let sealed = row.try_get("offer_sealed")?;
    Words::read(&handle.open(OFFER, invitation, sealed).or(Err(Error::Altered))?)
}

/// What a part will be when it is the asker's.
fn offered(row: &Row, owner: Uuid, holder: Uuid) -> Result<GrantIdentity> {
    let epoch: i32 = row.try_get("epoch")?;
    Ok(GrantIdentity {
        owner,
        holder,
        scope: Scope::parse(row.try_get("scope")?).ok_or(Error::Altered)?,
        epoch: u32::try_from(epoch).or(Err(Error::Altered))?,
        first: days::number(row.try_get("first_day")?)?,
        last: days::number(row.try_get("last_day")?)?,
    })
}
