//! The HTTP of a practice's clients: the roster, cards, and those who are invited.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use jiff::Timestamp;
use platform::{
    Access, App, Error, Json, Presented, ProblemJson, Result, Routes,
    http::{Path, text},
    mail::EmailAddress,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    card::{Card, SentCard, groups},
    invite::{self, InvitedClient},
    list::{self, Wanted, WrongLine},
    roster::{self, Roster},
    store,
};
use crate::{
    organisations::{Capacity, Kind},
    sharing::words::NAME_CHARACTERS_MAX,
};

/// Routes of clients.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(clients))
        .add(Access::Session, routes!(keep_card))
        .add(Access::Session, routes!(invited, invite_one))
        .add(Access::Session, routes!(invite_many))
        .add(Access::Session, routes!(withdraw))
}

/// The clients of a practice, for all its members. Of what was not granted nothing is there.
#[utoipa::path(
    get, path = "/api/v1/practices/{practice}/roster", tag = "practices",
    params(("practice" = Uuid, Path)),
    responses(
        (status = 200, body = Roster),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn clients(
    State(app): State<App>,
    presented: Presented,
    Path(practice): Path<Uuid>,
) -> Result<axum::Json<Roster>> {
    Ok(axum::Json(roster::of(&app, &presented, practice).await?))
}

/// Keeps what the practice notes about a client, for itself.
#[utoipa::path(
    put, path = "/api/v1/practices/{practice}/clients/{client}/card", tag = "practices",
    params(("practice" = Uuid, Path), ("client" = Uuid, Path)), request_body = SentCard,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn keep_card(
    State(app): State<App>,
    presented: Presented,
    Path((practice, client)): Path<(Uuid, Uuid)>,
    Json(sent): Json<SentCard>,
) -> Result<StatusCode> {
    let card = sent.parse()?;
    let (tx, capacity) = Capacity::begin(&app, &presented, practice, Kind::Practice).await?;
    let known = store::card(&tx, practice, client).await?;
    let (id, card) = match known.first() {
        Some(row) => {
            let id = row.try_get("card")?;
            let before = Card::open(&capacity, id, row.try_get("about_sealed")?)?;
            (id, Card { email: before.email, ..card })
        }
        None => (Uuid::now_v7(), card),
    };
    let about = card.seal(&capacity, id)?;
    let kept = if known.is_empty() {
        store::add_card(tx, practice, id, client, &about).await
    } else {
        store::change_card(tx, practice, id, &about).await
    };
    kept.map_err(|error| match error.constraint() {
        // Nobody who let the practice in.
        Some("card_owner_fkey") => Error::NotFound,
        _ => error,
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who was invited and has not come.
#[derive(Serialize, ToSchema)]
struct WaitingClients {
    invited: Vec<WaitingClient>,
}

#[derive(Serialize, ToSchema)]
struct WaitingClient {
    id: Uuid,
    name: String,
    /// Where the link was sent; may be empty.
    email: String,
    groups: Vec<String>,
    /// Until when (RFC 3339).
    expires_at: String,
}

/// Who was invited and has not come.
#[utoipa::path(
    get, path = "/api/v1/practices/{practice}/invitations", tag = "practices",
    params(("practice" = Uuid, Path)),
    responses(
        (status = 200, body = WaitingClients),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn invited(
    State(app): State<App>,
    presented: Presented,
    Path(practice): Path<Uuid>,
) -> Result<axum::Json<WaitingClients>> {
    let (tx, capacity) = Capacity::begin(&app, &presented, practice, Kind::Practice).await?;
    let mut invited = Vec::new();
    for row in store::waiting(&tx, practice).await? {
        let id = row.try_get("card")?;
        let card = Card::open(&capacity, id, row.try_get("about_sealed")?)?;
        let expires_at = row.try_get::<_, Timestamp>("expires_at")?.to_string();
        let Card { name, email, groups, .. } = card;
        invited.push(WaitingClient { id, name, email, groups, expires_at });
    }
    Ok(axum::Json(WaitingClients { invited }))
}

/// Somebody to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteOne {
    #[schema(example = "Ana")]
    name: String,
    /// Where the link is sent; nowhere when absent.
    email: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
}

/// Invites a client: makes a link, and mails it where mail is sent.
#[utoipa::path(
    post, path = "/api/v1/practices/{practice}/invitations", tag = "practices",
    params(("practice" = Uuid, Path)), request_body = InviteOne,
    responses(
        (status = 201, body = InvitedClient),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "too many wait"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn invite_one(
    State(app): State<App>,
    presented: Presented,
    Path(practice): Path<Uuid>,
    Json(sent): Json<InviteOne>,
) -> Result<impl IntoResponse> {
    let email = match sent.email.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(email) => Some(EmailAddress::parse(email)?),
    };
    let card = Card {
        name: text::line("name", &sent.name, NAME_CHARACTERS_MAX)?,
        email: email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        groups: groups(&sent.groups)?,
        note: String::new(),
    };
    let (tx, capacity) = Capacity::begin(&app, &presented, practice, Kind::Practice).await?;
    let wanted = [Wanted { line: 1, card, email }];
    let invited = invite::all(&app, &presented, tx, &capacity, &wanted, true).await?;
    let invited = invited.into_iter().next().ok_or(Error::NotFound)?;
    Ok((StatusCode::CREATED, axum::Json(invited)))
}

/// A list of people to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteMany {
    /// One line a person: name, email, group; 500 lines at most.
    #[schema(example = "Ana,ana@example.org,lake")]
    csv: String,
    /// Whether the links are mailed.
    mail: bool,
}

/// What came of a list.
#[derive(Serialize, ToSchema)]
struct ListReport {
    invited: Vec<InvitedClient>,
    /// What could not be used, by line.
    wrong: Vec<WrongLine>,
}

/// Invites everybody on a list, and says line by line what could not be used.
#[utoipa::path(
    post, path = "/api/v1/practices/{practice}/invitations/list", tag = "practices",
    params(("practice" = Uuid, Path)), request_body = InviteMany,
    responses(
        (status = 201, body = ListReport),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "too many wait"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn invite_many(
    State(app): State<App>,
    presented: Presented,
    Path(practice): Path<Uuid>,
    Json(sent): Json<InviteMany>,
) -> Result<impl IntoResponse> {
    let (wanted, wrong) = list::read(&sent.csv)?;
    let (tx, capacity) = Capacity::begin(&app, &presented, practice, Kind::Practice).await?;
    let invited = invite::all(&app, &presented, tx, &capacity, &wanted, sent.mail).await?;
    Ok((StatusCode::CREATED, axum::Json(ListReport { invited, wrong })))
}

/// Takes an invitation back: whoever comes by its link is not known by it any more.
#[utoipa::path(
    delete, path = "/api/v1/practices/{practice}/invitations/{invitation}", tag = "practices",
    params(("practice" = Uuid, Path), ("invitation" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn withdraw(
    State(app): State<App>,
    presented: Presented,
    Path((practice, invitation)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode> {
    if store::withdraw(app.db(), &presented, practice, invitation).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}
