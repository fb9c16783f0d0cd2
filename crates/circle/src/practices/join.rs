//! How a client lets a practice in, by its code.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use keys::InvitationHandle;
use platform::{Access, App, Error, Json, Presented, ProblemJson, Result, Routes, Transaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::store;
use crate::{
    organisations::{Joined, Kind, Profile, by_code, finish_join, give_to},
    rekey,
    sharing::{
        parts::{self, SentPart},
        words::Words,
    },
};

/// Routes of letting a practice in.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::Session, routes!(look)).add(Access::Session, routes!(join))
}

/// What a client was given by the practice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PracticeCode {
    #[schema(example = "ABCDE-FGHJK-MNPQR-STVWX-YZ012")]
    code: String,
}

/// The practice of a code.
#[derive(Serialize, ToSchema)]
struct PracticeOfCode {
    practice: Uuid,
    #[serde(flatten)]
    profile: Profile,
    /// Whether the asker has let it in already.
    joined: bool,
}

/// Shows which practice a code is of.
#[utoipa::path(
    post, path = "/api/v1/practices/look", tag = "practices", request_body = PracticeCode,
    responses(
        (status = 200, body = PracticeOfCode),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson, description = "the code is of no practice, or no longer"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn look(
    State(app): State<App>,
    presented: Presented,
    Json(sent): Json<PracticeCode>,
) -> Result<axum::Json<PracticeOfCode>> {
    let tx = store::begin(app.db(), &presented).await?;
    let found = practice(&app, &tx, &sent.code).await?;
    let joined = store::is_shared(&tx, found.id).await?;
    Ok(axum::Json(PracticeOfCode { practice: found.id, profile: found.profile, joined }))
}

/// A practice that is let in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JoinPractice {
    code: String,
    /// What the practice calls the asker.
    #[schema(example = "Ana")]
    your_name: String,
    /// What it is for; may be absent.
    #[serde(default)]
    purpose: String,
    /// What the practice may see or write, and nothing else.
    parts: Vec<SentPart>,
    /// The label of the practice's own invitation, if it came with one.
    label: Option<String>,
}

/// Whom the asker let in.
#[derive(Serialize, ToSchema)]
struct LetIn {
    practice: Uuid,
}

/// Lets a practice in, for exactly these parts. Needs a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/practices/join", tag = "practices", request_body = JoinPractice,
    responses(
        (status = 201, body = LetIn),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 404, body = ProblemJson, description = "the code is of no practice, or no longer"),
        (status = 409, body = ProblemJson, description = "it is let in already"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn join(
    State(app): State<App>,
    presented: Presented,
    Json(sent): Json<JoinPractice>,
) -> Result<impl IntoResponse> {
    let parts = parts::parse(&app, &sent.parts)?;
    let words = Words::parse("your_name", &sent.your_name, &sent.purpose)?;
    let label =
        match &sent.label {
            None => None,
            Some(label) => Some(InvitationHandle::parse(label).or(Err(Error::invalid(
                "label",
                "open the link as it was sent, or type the code",
            )))?),
        };
    let practice = rekey::repeat(|| async {
        let tx = store::begin(app.db(), &presented).await?;
        tx.session().require_fresh()?;
        let to = practice(&app, &tx, &sent.code).await?;
        give_to(app.root(), &tx, &to, &words, &parts).await?;
        if let Some(label) = &label {
            store::take_card(&tx, to.id, &label.fingerprint()).await?;
        }
        let id = to.id;
        finish_join(&app, &presented, tx, &to, &parts).await?;
        Ok(id)
    })
    .await?;
    Ok((StatusCode::CREATED, axum::Json(LetIn { practice })))
}

async fn practice(app: &App, tx: &Transaction, code: &str) -> Result<Joined> {
    let found = by_code(app, tx, code).await?;
    if found.kind == Kind::Practice { Ok(found) } else { Err(Error::NotFound) }
}
