//! The HTTP of researchers. No answer here names a participant otherwise than by pseudonym.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use platform::{Access, App, Error, Json, Presented, ProblemJson, Result, Routes, http::Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    aggregates::{self, Aggregates},
    answers::due_days,
    export::{self, ColumnView, Contents, Format, dictionary},
    protocol::SentProtocol,
    store::{self, Participant},
    study::{DataPair, Research},
};
use crate::organisations::{self, Capacity, Kind, Profile};

/// Routes of whoever belongs to a study.
pub(super) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(found))
        .add(Access::Session, routes!(publish))
        .add(Access::Session, routes!(progress))
        .add(Access::Session, routes!(describe))
        .add(Access::Session, routes!(exports, take_out))
        .add(Access::Session, routes!(shown, release))
}

/// A new study.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStudy {
    protocol: SentProtocol,
    /// What the asker is called among the members.
    #[schema(example = "Dr. Kim")]
    your_name: String,
}

/// A study that was founded.
#[derive(Serialize, ToSchema)]
struct Founded {
    study: Uuid,
}

/// Founds a study with the first version of its protocol. Needs a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/studies", tag = "research", request_body = NewStudy,
    responses(
        (status = 201, body = Founded),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn found(
    State(app): State<App>,
    presented: Presented,
    Json(new): Json<NewStudy>,
) -> Result<(StatusCode, axum::Json<Founded>)> {
    let protocol = new.protocol.parse(today(&app))?;
    let tx = organisations::store::begin_to_found(app.db(), &presented).await?;
    let profile =
        Profile { name: protocol.title.clone(), address: String::new(), what: String::new() };
    let capacity = organisations::found(&app, &tx, Kind::Study, profile, &new.your_name).await?;
    let data = DataPair::generate(app.root(), capacity.id, &capacity.pair);
    if !store::publish(&tx, capacity.id, 1, Some(&data), &protocol).await? {
        return Err(Error::Internal(anyhow::anyhow!("a new study has a protocol already")));
    }
    tx.finish(&[]).await?;
    Ok((StatusCode::CREATED, axum::Json(Founded { study: capacity.id })))
}

/// The next version of a protocol.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NextVersion {
    protocol: SentProtocol,
    /// Its number: one more than that in force.
    version: i32,
}

/// Publishes another version of a protocol. Whoever takes part is asked again. Needs an owner with a
/// fresh proof.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/protocol", tag = "research",
    params(("study" = Uuid, Path)), request_body = NextVersion,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof, or no owner"),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "another version came before"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn publish(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
    Json(next): Json<NextVersion>,
) -> Result<StatusCode> {
    let protocol = next.protocol.parse(today(&app))?;
    let (tx, capacity) = Capacity::begin(&app, &presented, study, Kind::Study).await?;
    capacity.require_owner()?;
    tx.session().require_fresh()?;
    if next.version < 2 || !store::publish(&tx, study, next.version, None, &protocol).await? {
        return Err(Error::Conflict("another version came before: look at it first"));
    }
    tx.finish(&[]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a study goes.
#[derive(Serialize, ToSchema)]
struct Progress {
    /// What people find the study with.
    code: String,
    /// `owner` or `researcher`.
    role: &'static str,
    /// The version that is in force.
    version: i32,
    /// How many take part now.
    taking_part: usize,
    /// How many of them have not agreed to the version in force yet.
    on_earlier_versions: usize,
    /// How many stopped and let the study keep their answers.
    stopped: usize,
    /// By pseudonym.
    participants: Vec<ParticipantView>,
}

#[derive(Serialize, ToSchema)]
struct ParticipantView {
    /// The pseudonym; another one in every study.
    #[schema(example = "P-7K3QX-9M2TD")]
    participant: String,
    /// Which version they agreed to.
    version: i32,
    /// How many days of the window are over or begun.
    days_so_far: i32,
    /// On how many something was recorded; absent where that was not given.
    days_logged: Option<i32>,
    /// How many answers were due so far.
    answers_due: i32,
    /// How many there are.
    answers_given: i32,
    has_stopped: bool,
}

/// Enrolment and completeness. Reads no diary and no answer.
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/progress", tag = "research",
    params(("study" = Uuid, Path)),
    responses(
        (status = 200, body = Progress),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn progress(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
) -> Result<axum::Json<Progress>> {
    let (tx, research) = Research::begin(&app, &presented, study).await?;
    let today = today(&app);
    let version = research.study.newest()?.number;
    let people = store::progress(&tx, study).await?;
    drop(tx);
    let mut participants = Vec::with_capacity(people.len());
    for person in &people {
        participants.push(participant_view(&research, person, today)?);
    }
    // Their order says nothing of when they came, or of who they are.
    participants.sort_by(|one, other| one.participant.cmp(&other.participant));
    let active = people.iter().filter(|person| person.withdrawn_at.is_none());
    let taking_part = active.clone().count();
    Ok(axum::Json(Progress {
        code: research.capacity.code().display(),
        role: research.capacity.role.as_str(),
        version,
        taking_part,
        on_earlier_versions: active.filter(|person| person.version != version).count(),
        stopped: people.len() - taking_part,
        participants,
    }))
}

fn participant_view(
    research: &Research,
    person: &Participant,
    today: Date,
) -> Result<ParticipantView> {
    let version = research.study.version(person.version)?;
    let until = person.last.min(today);
    let days_so_far = until.since(person.first).map_or(0, |span| span.get_days() + 1).max(0);
    let due = version
        .terms
        .questionnaires
        .iter()
        .flat_map(|questionnaire| {
            due_days(questionnaire, person.given_at, (person.first, person.last))
        })
        .filter(|due| *due <= today)
        .count();
    let logged = person.scopes.iter().any(|scope| scope == "logged");
    Ok(ParticipantView {
        participant: research.pseudonym(person.owner),
        version: person.version,
        days_so_far,
        days_logged: (logged && person.withdrawn_at.is_none()).then_some(person.days),
        answers_due: i32::try_from(due).unwrap_or(i32::MAX),
        answers_given: person.answers,
        has_stopped: person.withdrawn_at.is_some(),
    })
}

/// Every column that exports have.
#[derive(Serialize, ToSchema)]
struct Dictionary {
    columns: Vec<ColumnView>,
}

/// The data dictionary.
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/dictionary", tag = "research",
    params(("study" = Uuid, Path)),
    responses(
        (status = 200, body = Dictionary),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn describe(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
) -> Result<axum::Json<Dictionary>> {
    let (tx, research) = Research::begin(&app, &presented, study).await?;
    drop(tx);
    Ok(axum::Json(Dictionary { columns: dictionary(research.study.newest()?) }))
}

/// What was taken out.
#[derive(Serialize, ToSchema)]
struct Exports {
    /// The newest first.
    exports: Vec<ExportView>,
}

#[derive(Serialize, ToSchema)]
struct ExportView {
    /// `days`, `foods`, `answers` or `aggregates`.
    contents: String,
    /// `csv`, `parquet` or `page`.
    format: String,
    /// Of how many.
    participants: i32,
    made_at: String,
}

/// What the study took out so far.
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/exports", tag = "research",
    params(("study" = Uuid, Path)),
    responses(
        (status = 200, body = Exports),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn exports(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
) -> Result<axum::Json<Exports>> {
    let (tx, _) = Research::begin(&app, &presented, study).await?;
    let mut exports = Vec::new();
    for row in store::exports(&tx, study).await? {
        exports.push(ExportView {
            contents: row.try_get("contents")?,
            format: row.try_get("format")?,
            participants: row.try_get("participants")?,
            made_at: row.try_get::<_, Timestamp>("made_at")?.to_string(),
        });
    }
    Ok(axum::Json(Exports { exports }))
}

/// Which table, and how it is written down.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExportWish {
    contents: Contents,
    format: Format,
}

/// Takes a table out: a file. Every participant in it is told in their list of exports and in their
/// audit. Needs a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/exports", tag = "research",
    params(("study" = Uuid, Path)), request_body = ExportWish,
    responses(
        (status = 200, description = "the file", content_type = "text/csv", body = String),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn take_out(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
    Json(wish): Json<ExportWish>,
) -> Result<Response> {
    let ExportWish { contents, format } = wish;
    let file = Box::pin(export::export(&app, &presented, study, contents, format)).await?;
    let name = format!("attachment; filename=\"{}.{}\"", contents.as_str(), format.as_str());
    let name = HeaderValue::from_str(&name).map_err(|cause| Error::Internal(cause.into()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, file).into_response())
}

/// What was released of the participants together.
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/aggregates", tag = "research",
    params(("study" = Uuid, Path)),
    responses(
        (status = 200, body = Aggregates),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn shown(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
) -> Result<axum::Json<Aggregates>> {
    aggregates::show(&app, &presented, study).await.map(axum::Json)
}

/// Reads the participants' totals and releases what may be said of them now. Needs a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/aggregates", tag = "research",
    params(("study" = Uuid, Path)),
    responses(
        (status = 200, body = Aggregates),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "somebody else did at this moment"),
    ),
)]
async fn release(
    State(app): State<App>,
    presented: Presented,
    Path(study): Path<Uuid>,
) -> Result<axum::Json<Aggregates>> {
    Box::pin(aggregates::renew(&app, &presented, study)).await.map(axum::Json)
}

fn today(app: &App) -> Date {
    app.clock().now().to_zoned(TimeZone::UTC).date()
}
