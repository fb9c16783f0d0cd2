//! The HTTP of taking part.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use jiff::{Timestamp, civil::Date};
use keys::OrganisationCode;
use platform::{
    Access, App, Error, Json, Presented, PresentedCaller, ProblemJson, Result, Routes, http::Path,
    session::hex,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    answers::{self, Answered, Asked},
    enrol::{self, Agreement, Collected},
    questionnaire::Answers,
    store::{self, Consent},
    study::{ProtocolView, Study},
};

/// Routes of whoever takes part.
pub(super) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(list))
        .add(Access::Session, routes!(look))
        .add(Access::Session, routes!(show))
        .add(Access::Session, routes!(agree))
        .add(Access::Session, routes!(participation))
        .add(Access::Session, routes!(give_answers))
        .add(Access::Session, routes!(stop))
}

/// The studies that the asker may know of.
#[derive(Serialize, ToSchema)]
struct Studies {
    studies: Vec<StudyInList>,
}

#[derive(Serialize, ToSchema)]
struct StudyInList {
    study: Uuid,
    title: String,
    /// The version of its protocol that is in force.
    version: i32,
    listed: bool,
    #[schema(value_type = String, example = "2027-03-31")]
    ends_on: Date,
    /// `owner` or `researcher` when the asker belongs to it.
    role: Option<String>,
    /// The version that the asker agreed to, when they take or took part.
    my_version: Option<i32>,
    /// When the asker agreed (RFC 3339).
    given_at: Option<String>,
    /// When the asker stopped (RFC 3339).
    withdrawn_at: Option<String>,
    /// When what the asker had answered was removed (RFC 3339).
    erased_at: Option<String>,
}

/// Studies that list themselves, those the asker takes or took part in, and those they belong to.
#[utoipa::path(
    get, path = "/api/v1/studies", tag = "studies",
    responses((status = 200, body = Studies), (status = 401, body = ProblemJson)),
)]
async fn list(State(app): State<App>, presented: Presented) -> Result<axum::Json<Studies>> {
    let (_, rows) = store::list(app.db(), &presented).await?;
    let mut studies = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(study) = row.try_get::<_, Option<Uuid>>("study")? else { continue };
        let at = |column: &str| -> Result<Option<String>> {
            Ok(row.try_get::<_, Option<Timestamp>>(column)?.map(|at| at.to_string()))
        };
        studies.push(StudyInList {
            study,
            title: row.try_get("title")?,
            version: row.try_get("version")?,
            listed: row.try_get("listed")?,
            ends_on: row.try_get("ends_on")?,
            role: row.try_get("role")?,
            my_version: row.try_get("my_version")?,
            given_at: at("given_at")?,
            withdrawn_at: at("withdrawn_at")?,
            erased_at: at("erased_at")?,
        });
    }
    Ok(axum::Json(Studies { studies }))
}

/// A study's code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StudyCode {
    code: String,
}

/// A study as it asks for participants.
#[derive(Serialize, ToSchema)]
struct StudyView {
    study: Uuid,
    listed: bool,
    protocol: ProtocolView,
}

/// The study of a code.
#[utoipa::path(
    post, path = "/api/v1/studies/look", tag = "studies", request_body = StudyCode,
    responses(
        (status = 200, body = StudyView),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn look(
    State(app): State<App>,
    presented: Presented,
    Json(sent): Json<StudyCode>,
) -> Result<axum::Json<StudyView>> {
    let code = enrol::parse_code(&sent.code)?;
    view(&app, &presented, None, Some(&code)).await
}

/// A study that the asker may know of.
#[utoipa::path(
    get, path = "/api/v1/studies/{study}", tag = "studies", params(("study" = Uuid, Path)),
    responses(
        (status = 200, body = StudyView),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn show(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
) -> Result<axum::Json<StudyView>> {
    view(&app, &presented, Some(study), None).await
}

async fn view(
    app: &App,
    presented: &Presented,
    study: Option<Uuid>,
    code: Option<&OrganisationCode>,
) -> Result<axum::Json<StudyView>> {
    let code_hash = code.map(OrganisationCode::fingerprint);
    let code_hash = code_hash.as_ref().map(<[u8; 32]>::as_slice);
    let (tx, rows) = store::begin(app.db(), presented, study, code_hash).await?;
    drop(tx);
    let study = Study::of(app.root(), &rows)?;
    enrol::check_code(&study, code)?;
    Ok(axum::Json(StudyView {
        study: study.id,
        listed: study.listed,
        protocol: study.into_newest()?.view(),
    }))
}

/// Agrees to the newest version of a protocol, and gives what it asks for. Needs a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/enrol", tag = "studies",
    params(("study" = Uuid, Path)), request_body = Agreement,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "another version is in force by now"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn agree(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
    Json(agreement): Json<Agreement>,
) -> Result<StatusCode> {
    enrol::enrol(&app, &presented, study, &agreement).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Today {
    /// The participant's own date.
    #[param(example = "2026-11-23")]
    today: String,
}

/// What the asker has with a study.
#[derive(Serialize, ToSchema)]
struct ParticipationView {
    study: Uuid,
    /// The version that was agreed to last.
    protocol: ProtocolView,
    /// The version that is in force: agree to it when it is another one, or stop.
    newest_version: i32,
    /// The newest first.
    consents: Vec<ConsentView>,
    /// What can be answered today.
    due: Vec<Asked>,
    /// What was answered, the newest last.
    answers: Vec<AnswerView>,
    /// What the study took out, the newest first.
    exports: Vec<ExportedView>,
}

#[derive(Serialize, ToSchema)]
struct ConsentView {
    version: i32,
    consent_hash: String,
    scopes: Vec<String>,
    #[schema(value_type = String, example = "2026-11-01")]
    first_day: Date,
    #[schema(value_type = String, example = "2026-11-30")]
    last_day: Date,
    application: String,
    given_at: String,
    /// When a consent to a newer version took its place.
    replaced_at: Option<String>,
    withdrawn_at: Option<String>,
    erased_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct AnswerView {
    questionnaire: String,
    #[schema(value_type = String, example = "2026-11-23")]
    due_on: Date,
    answered_at: String,
    #[schema(value_type = std::collections::HashMap<String, super::questionnaire::Given>)]
    answers: Answers,
}

#[derive(Serialize, ToSchema)]
struct ExportedView {
    /// `days`, `foods`, `answers` or `aggregates`.
    contents: String,
    /// `csv` or `parquet`; `page` for what was shown.
    format: String,
    /// Under which version of the protocol.
    version: i32,
    scopes: Vec<String>,
    /// How many days of the asker's.
    days: i32,
    /// How many answers of the asker's.
    answers: i32,
    made_at: String,
}

/// What the asker agreed to, is asked and answered, and what was exported of them.
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/participation", tag = "studies",
    params(("study" = Uuid, Path), Today),
    responses(
        (status = 200, body = ParticipationView),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson, description = "the asker never took part"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn participation(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(study): Path<Uuid>,
    query: Result<Query<Today>, QueryRejection>,
) -> Result<axum::Json<ParticipationView>> {
    let Query(Today { today }) =
        query.map_err(|_cause| Error::invalid("today", "send the date of today"))?;
    let today = enrol::today(&app, &today)?;
    let (tx, rows) = store::begin(app.db(), &presented, Some(study), None).await?;
    let caller = tx.session();
    let pair = caller.pair()?;
    let seen = Study::of(app.root(), &rows)?;
    let consents = store::consents(&tx, study).await?;
    let last = consents.first().ok_or(Error::NotFound)?;
    let mut given = Vec::new();
    for row in store::my_answers(&tx, study).await? {
        let at: Timestamp = row.try_get("answered_at")?;
        let opened = answers::open_own(pair, caller.erasure_key(), caller.owner(), &row)?;
        given.push(AnswerView {
            questionnaire: opened.questionnaire,
            due_on: opened.due_on,
            answered_at: at.to_string(),
            answers: opened.answers,
        });
    }
    let mut exports = Vec::new();
    for row in store::my_exports(&tx, study).await? {
        exports.push(ExportedView {
            contents: row.try_get("contents")?,
            format: row.try_get("format")?,
            version: row.try_get("version")?,
            scopes: row.try_get("scopes")?,
            days: row.try_get("days")?,
            answers: row.try_get("answers")?,
            made_at: row.try_get::<_, Timestamp>("made_at")?.to_string(),
        });
    }
    let newest_version = seen.newest()?.number;
    let version = seen.version(last.version)?;
    let answered: Vec<(String, Date)> =
        given.iter().map(|one| (one.questionnaire.clone(), one.due_on)).collect();
    let due = if last.holds() { answers::due(version, last, &answered, today) } else { Vec::new() };
    let number = version.number;
    let protocol = seen.into_version(number)?.view();
    let consents = consents.into_iter().map(consent_view).collect();
    Ok(axum::Json(ParticipationView {
        study,
        protocol,
        newest_version,
        consents,
        due,
        answers: given,
        exports,
    }))
}

fn consent_view(consent: Consent) -> ConsentView {
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string());
    ConsentView {
        version: consent.version,
        consent_hash: hex(&consent.hash).to_string(),
        scopes: consent.scopes,
        first_day: consent.first,
        last_day: consent.last,
        application: consent.application,
        given_at: consent.given_at.to_string(),
        replaced_at: at(consent.replaced_at),
        withdrawn_at: at(consent.withdrawn_at),
        erased_at: at(consent.erased_at),
    }
}

/// Answers a questionnaire that is due; another answer on the same day takes its place.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/answers", tag = "studies",
    params(("study" = Uuid, Path)), request_body = Answered,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn give_answers(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(study): Path<Uuid>,
    Json(given): Json<Answered>,
) -> Result<StatusCode> {
    answers::answer(&app, &presented, study, given).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What becomes of the answers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Stop {
    collected: Collected,
}

/// Stops at once: the study sees nothing of the diary any more. Needs a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/withdraw", tag = "studies",
    params(("study" = Uuid, Path)), request_body = Stop,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn stop(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
    Json(stop): Json<Stop>,
) -> Result<StatusCode> {
    enrol::withdraw(&app, &presented, study, stop.collected).await?;
    Ok(StatusCode::NO_CONTENT)
}
