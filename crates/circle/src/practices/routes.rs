//! The HTTP of practices themselves.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use platform::{Access, App, Json, Presented, ProblemJson, Result, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::organisations::{
    Kind, MadeOrganisation, Profile, Role, SentProfile, found, mine as my_organisations,
    store as organisation_store,
};

/// Routes of practices.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::Session, routes!(mine, open))
}

/// The asker's practices.
#[derive(Serialize, ToSchema)]
struct Practices {
    practices: Vec<PracticeView>,
}

#[derive(Serialize, ToSchema)]
struct PracticeView {
    id: Uuid,
    /// What the asker is in it.
    role: Role,
    /// What clients join it with.
    code: String,
    #[serde(flatten)]
    profile: Profile,
}

/// The practices that the asker is a member of.
#[utoipa::path(
    get, path = "/api/v1/practices", tag = "practices",
    responses((status = 200, body = Practices), (status = 401, body = ProblemJson)),
)]
async fn mine(State(app): State<App>, presented: Presented) -> Result<axum::Json<Practices>> {
    let mut practices = Vec::new();
    for capacity in my_organisations(&app, &presented, Kind::Practice).await? {
        let code = capacity.code().display();
        practices.push(PracticeView {
            id: capacity.id,
            role: capacity.role,
            code,
            profile: capacity.profile,
        });
    }
    Ok(axum::Json(Practices { practices }))
}

/// A practice as it is opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPractice {
    /// What it shows to whoever has its code.
    profile: SentProfile,
    /// What its first owner is called in it.
    #[schema(example = "Dr. Kim")]
    your_name: String,
}

/// Opens a practice. Needs a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/practices", tag = "practices", request_body = NewPractice,
    responses(
        (status = 201, body = MadeOrganisation),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn open(
    State(app): State<App>,
    presented: Presented,
    Json(new): Json<NewPractice>,
) -> Result<impl IntoResponse> {
    let profile = new.profile.parse()?;
    let tx = organisation_store::begin_to_found(app.db(), &presented).await?;
    let capacity = found(&app, &tx, Kind::Practice, profile, &new.your_name).await?;
    tx.finish(&[]).await?;
    let (id, code) = (capacity.id, capacity.code().display());
    Ok((StatusCode::CREATED, axum::Json(MadeOrganisation { id, code })))
}
