//! The HTTP of invitations, for their owner.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use jiff::Timestamp;
use platform::{
    Access, App, Error, Json, Presented, ProblemJson, Result, Routes,
    http::Path,
    mail::{self, EmailAddress, Link, Template},
    notices::{What, to_asker},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{offer, store};
use crate::{
    rekey,
    sharing::{
        PartView,
        parts::{self, SentPart},
        words::Words,
    },
};

/// More than anybody waits for.
const INVITATIONS_MAX: i64 = 50;

/// Routes of invitations, for their owner.
pub(super) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(list, invite))
        .add(Access::Session, routes!(take_back))
}

/// What is offered, and to whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invite {
    /// What the invited person knows the owner by.
    #[schema(example = "Ana")]
    your_name: String,
    /// What the owner calls the invited person.
    #[schema(example = "Ben")]
    r#for: String,
    /// What it is for; both read it. May be empty.
    #[schema(example = "To cook together")]
    purpose: String,
    parts: Vec<SentPart>,
    /// Where to mail the link to.
    #[schema(example = "ben@example.org")]
    email: Option<String>,
}

/// An invitation that was made.
#[derive(Serialize, ToSchema)]
struct MadeInvitation {
    /// Its number in the list.
    invitation: Uuid,
    /// Shown this once. Who has it may accept.
    link: String,
    /// When it ends by itself (RFC 3339).
    expires_at: String,
    /// Whether the link is on its way by mail.
    mailed: bool,
}

/// Offers parts of the asker's diary to whoever has the link. Needs a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/sharing/invitations", tag = "sharing",
    request_body = Invite,
    responses(
        (status = 201, body = MadeInvitation),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 409, body = ProblemJson, description = "too many wait"),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
async fn invite(
    State(app): State<App>,
    presented: Presented,
    Json(sent): Json<Invite>,
) -> Result<impl IntoResponse> {
    let from = Words::parse("your_name", &sent.your_name, &sent.purpose)?;
    let to = Words::parse("for", &sent.r#for, &sent.purpose)?;
    let parts = parts::parse(&app, &sent.parts)?;
    let email = sent.email.as_deref().map(EmailAddress::parse).transpose()?;
    let (tx, waiting) = store::begin(app.db(), &presented).await?;
    let session = tx.session();
    session.require_fresh()?;
    if waiting >= INVITATIONS_MAX {
        return Err(Error::Conflict("fifty invitations wait: take one back first"));
    }
    app.tries().new_credential(&tx).await?;
    rekey::hold(&tx).await?;
    let own = rekey::own_keys(&tx).await?;
    let (secret, row) = offer::make(app.root(), session, &own, &from, &to, &parts)?;
    let link = offer::link(&app.guard().public_origin, &secret);
    let mut mailed = false;
    if let Some(email) = &email {
        let template = Template::Invitation(Link(link.clone()));
        let language = presented.language();
        let outbox = app.outbox();
        let mail = outbox.seal(app.root(), app.clock(), email.as_str(), language, template)?;
        if let Some(mail) = mail {
            mail.queued(&tx.query(&mail::QUEUE, &mail.params()).await?)?;
            mailed = true;
        }
    }
    let told = to_asker(&app, &presented, &tx, What::AccessGiven).await?;
    let expires_at = store::keep(tx, &row, &told).await?;
    let made = MadeInvitation {
        invitation: row.invitation,
        link,
        expires_at: expires_at.map(|at| at.to_string()).unwrap_or_default(),
        mailed,
    };
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// What waits.
#[derive(Serialize, ToSchema)]
struct Invitations {
    /// Oldest first.
    invitations: Vec<InvitationView>,
}

/// An invitation, without what accepts it.
#[derive(Serialize, ToSchema)]
struct InvitationView {
    /// Its number in the list.
    invitation: Uuid,
    /// What the owner calls the invited person.
    r#for: String,
    /// What it is for; may be empty.
    purpose: String,
    parts: Vec<PartView>,
    /// When it was made (RFC 3339).
    made_at: String,
    /// When it ends by itself (RFC 3339).
    expires_at: String,
}

/// The asker's invitations that nobody has accepted.
#[utoipa::path(
    get, path = "/api/v1/sharing/invitations", tag = "sharing",
    responses((status = 200, body = Invitations), (status = 401, body = ProblemJson)),
)]
async fn list(State(app): State<App>, presented: Presented) -> Result<axum::Json<Invitations>> {
    let (session, rows) = store::list(app.db(), &presented).await?;
    let (owner, pair) = (session.principal(), session.keyring().pair());
    let mut invitations = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(invitation) = row.try_get::<_, Option<Uuid>>("invitation")? else { continue };
        let sealed = row.try_get("for_owner_sealed")?;
        let words = Words::open_for_owner(pair, owner, invitation, sealed)?;
        invitations.push(InvitationView {
            invitation,
            r#for: words.name,
            purpose: words.purpose,
            parts: PartView::all(row)?,
            made_at: row.try_get::<_, Timestamp>("made_at")?.to_string(),
            expires_at: row.try_get::<_, Timestamp>("ends_at")?.to_string(),
        });
    }
    Ok(axum::Json(Invitations { invitations }))
}

/// Takes an offer back: from this moment its link is worth nothing.
#[utoipa::path(
    delete, path = "/api/v1/sharing/invitations/{invitation}", tag = "sharing",
    params(("invitation" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn take_back(
    State(app): State<App>,
    presented: Presented,
    Path(invitation): Path<Uuid>,
) -> Result<StatusCode> {
    if store::take_back(app.db(), &presented, invitation).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}
