//! The HTTP of who looked.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::IntoResponse,
};
use jiff::Timestamp;
use platform::{
    Access, App, Error, Presented, ProblemJson, Result, Routes,
    audit::{Checkpoint, Finding, What, hex},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    export,
    list::WhoLooked,
    proof::{self, Proof},
    store::{self, Wanted},
};

/// Looks on a page.
const PAGE: usize = 200;
/// Looks in an export, which are those of many years.
const EXPORTED_MAX: usize = 100_000;
/// Rows of an export that are read at a time.
const EXPORT_ROWS: i64 = 5_000;

/// Routes of who looked.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(list))
        .add(Access::Session, routes!(export))
        .add(Access::Session, routes!(prove))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// From this moment on (RFC 3339).
    #[param(example = "2026-11-01T00:00:00Z")]
    from: Option<String>,
    /// Until before this moment.
    #[param(example = "2026-12-01T00:00:00Z")]
    to: Option<String>,
    /// Only what this holder did.
    who: Option<Uuid>,
    /// Only what stands before this place in the audit: the `next` of the page before.
    before: Option<i64>,
}

impl Filter {
    fn parse(query: Result<Query<Self>, QueryRejection>) -> Result<(Wanted, i64)> {
        let Query(filter) = query.map_err(|_cause| {
            Error::invalid("from", "send from and to as moments, who and before as numbers")
        })?;
        let moment = |field, text: Option<String>, otherwise| match text {
            None => Ok(otherwise),
            Some(text) => text.parse::<Timestamp>().map_err(|_cause| {
                Error::invalid(field, "write a moment such as 2026-11-01T00:00:00Z")
            }),
        };
        let wanted = Wanted {
            from: moment("from", filter.from, Timestamp::UNIX_EPOCH)?,
            // As late as the database knows without effort.
            to: moment("to", filter.to, Timestamp::MAX)?.min(LATE),
            who: filter.who,
        };
        Ok((wanted, filter.before.unwrap_or(i64::MAX)))
    }
}

/// The year 4000: later than anything that was done.
const LATE: Timestamp = Timestamp::constant(64_060_588_800, 0);

/// Lists what others read and wrote in the asker's diary, newest first.
#[utoipa::path(
    get, path = "/api/v1/looks", tag = "circle", params(Filter),
    responses(
        (status = 200, body = WhoLooked),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn list(
    State(app): State<App>,
    presented: Presented,
    query: Result<Query<Filter>, QueryRejection>,
) -> Result<axum::Json<WhoLooked>> {
    let (wanted, before) = Filter::parse(query)?;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let (looks, names) = store::looks(&app, &presented, wanted, before, limit).await?;
    Ok(axum::Json(WhoLooked::of(looks, &names, PAGE)))
}

/// The same as a table (CSV), newest first, 100,000 lines at most. No cell is a formula.
#[utoipa::path(
    get, path = "/api/v1/looks/export", tag = "circle", params(Filter),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn export(
    State(app): State<App>,
    presented: Presented,
    query: Result<Query<Filter>, QueryRejection>,
) -> Result<impl IntoResponse> {
    let (wanted, mut before) = Filter::parse(query)?;
    let mut csv = export::HEAD.to_owned();
    let mut written = 0;
    loop {
        let (looks, names) = store::looks(&app, &presented, wanted, before, EXPORT_ROWS).await?;
        for look in &looks {
            export::line(&mut csv, look, &names);
        }
        written += looks.len();
        match looks.last() {
            Some(last) if written < EXPORTED_MAX => before = last.seq,
            Some(_) | None => break,
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"keepwell-looks.csv\""),
    ];
    Ok((headers, csv))
}

/// One thing that is wrong with the asker's audit.
#[derive(Serialize, ToSchema)]
struct AuditFinding {
    what: What,
    /// At which event of the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
    /// At which checkpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<i64>,
    /// The time of what is wrong, or of what stands nearest to it (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

/// The newest signed checkpoint over the asker's audit.
#[derive(Serialize, ToSchema)]
struct AuditCheckpoint {
    number: i64,
    /// When it was made (RFC 3339).
    at: String,
    /// What to note, to find later whether the end was cut off.
    hash: String,
}

/// What the proof says.
#[derive(Serialize, ToSchema)]
struct AuditProof {
    /// How many events the asker's audit has.
    events: u64,
    /// Whether all of it is as it was written.
    intact: bool,
    findings: Vec<AuditFinding>,
    /// Absent until the first checkpoint, a minute after the account was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<AuditCheckpoint>,
    /// How many of the events are under signed checkpoints. The newest follow within a minute.
    anchored_events: i64,
}

impl From<Proof> for AuditProof {
    fn from(proof: Proof) -> Self {
        let Proof { events, anchored_events, findings, checkpoint } = proof;
        let view = |finding: Finding| AuditFinding {
            what: finding.what,
            seq: finding.seq,
            checkpoint: finding.checkpoint,
            at: finding.at.map(|at| at.to_string()),
        };
        let sealed = |checkpoint: Checkpoint| AuditCheckpoint {
            number: checkpoint.number,
            at: checkpoint.at.to_string(),
            hash: hex(&checkpoint.hash()),
        };
        Self {
            events,
            intact: findings.is_empty(),
            findings: findings.into_iter().map(view).collect(),
            checkpoint: checkpoint.map(sealed),
            anchored_events,
        }
    }
}

/// Verifies the asker's own audit: every event, the head, and the signed checkpoints over them.
#[utoipa::path(
    get, path = "/api/v1/looks/proof", tag = "circle",
    responses((status = 200, body = AuditProof), (status = 401, body = ProblemJson)),
)]
async fn prove(State(app): State<App>, presented: Presented) -> Result<axum::Json<AuditProof>> {
    Ok(axum::Json(proof::prove(&app, &presented).await?.into()))
}
