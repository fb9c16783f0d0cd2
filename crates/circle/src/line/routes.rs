//! The HTTP of lines.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::IntoResponse,
};
use jiff::{Timestamp, civil::Date};
use keys::LineKey;
use platform::{Access, App, Error, Json, Presented, ProblemJson, Result, Routes, http::Path};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    body::{Body, SentMessage, SentProposal},
    side::Side,
    store::{self, NewLetter, PAGE},
};
use crate::sharing::words::Words;

/// Routes of lines.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(lines))
        .add(Access::Session, routes!(messages, write))
        .add(Access::Session, routes!(proposals, propose))
        .add(Access::Session, routes!(answer))
        .add(Access::Session, routes!(seen))
        .add(Access::Session, routes!(targets))
}

/// What waits for the asker.
#[derive(Serialize, ToSchema)]
struct Lines {
    lines: Vec<LineView>,
}

#[derive(Serialize, ToSchema)]
struct LineView {
    holder: Uuid,
    /// Messages that the asker has not seen.
    unread: i64,
    /// Proposals that wait for the asker's word.
    proposals: i64,
}

/// On which lines something waits for the asker, as the owner.
#[utoipa::path(
    get, path = "/api/v1/lines", tag = "lines",
    responses((status = 200, body = Lines), (status = 401, body = ProblemJson)),
)]
async fn lines(State(app): State<App>, presented: Presented) -> Result<axum::Json<Lines>> {
    let mut lines = Vec::new();
    for row in store::lines(app.db(), &presented).await? {
        let Some(holder) = row.try_get::<_, Option<Uuid>>("holder")? else { continue };
        let (unread, proposals) = (row.try_get("unread")?, row.try_get("proposals")?);
        lines.push(LineView { holder, unread, proposals });
    }
    Ok(axum::Json(Lines { lines }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Page {
    /// The oldest one that is known; the newest when absent.
    before: Option<Uuid>,
}

/// What was written, newest first.
#[derive(Serialize, ToSchema)]
struct Letters {
    letters: Vec<LetterView>,
    /// Whether there are older ones.
    more: bool,
}

/// A message or a proposal.
#[derive(Serialize, ToSchema)]
struct LetterView {
    id: Uuid,
    /// `message`, `target` or `comment`.
    kind: String,
    /// When (RFC 3339).
    at: String,
    /// Whether the asker wrote it.
    mine: bool,
    /// Whether the owner of the diary wrote it.
    by_owner: bool,
    /// Who wrote it, where it was a member.
    by: String,
    text: String,
    /// A recipe to take over, as a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipe: Option<String>,
    /// Of a comment: on which day.
    #[schema(value_type = Option<String>)]
    day: Option<Date>,
    nutrient: Option<String>,
    min: Option<f64>,
    max: Option<f64>,
    /// Of a proposal: `proposed`, `accepted` or `declined`.
    state: Option<String>,
    /// Whether the other side has read it.
    seen: bool,
}

impl LetterView {
    fn of(row: &Row, side: &Side) -> Result<Self> {
        let (id, author): (Uuid, Uuid) = (row.try_get("letter")?, row.try_get("author")?);
        let kind: String = row.try_get("kind")?;
        let Body { by, text, day, nutrient, min, max, recipe } =
            side.open(&kind, id, author, row.try_get("body_sealed")?)?;
        Ok(Self {
            id,
            kind,
            at: row.try_get::<_, Timestamp>("made_at")?.to_string(),
            mine: author == side.me,
            by_owner: row.try_get("by_owner")?,
            by,
            text,
            recipe,
            day,
            nutrient,
            min,
            max,
            state: row.try_get("state")?,
            seen: row.try_get::<_, Option<Timestamp>>("seen_at")?.is_some(),
        })
    }
}

/// The messages of an owner and a holder, for either of them and for the holder's members.
#[utoipa::path(
    get, path = "/api/v1/lines/{owner}/{holder}/messages", tag = "lines",
    params(("owner" = Uuid, Path), ("holder" = Uuid, Path), Page),
    responses(
        (status = 200, body = Letters),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn messages(
    State(app): State<App>,
    presented: Presented,
    Path((owner, holder)): Path<(Uuid, Uuid)>,
    query: Result<Query<Page>, QueryRejection>,
) -> Result<axum::Json<Letters>> {
    page(&app, &presented, owner, holder, true, query).await
}

/// The proposals of a holder to an owner.
#[utoipa::path(
    get, path = "/api/v1/lines/{owner}/{holder}/proposals", tag = "lines",
    params(("owner" = Uuid, Path), ("holder" = Uuid, Path), Page),
    responses(
        (status = 200, body = Letters),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn proposals(
    State(app): State<App>,
    presented: Presented,
    Path((owner, holder)): Path<(Uuid, Uuid)>,
    query: Result<Query<Page>, QueryRejection>,
) -> Result<axum::Json<Letters>> {
    page(&app, &presented, owner, holder, false, query).await
}

async fn page(
    app: &App,
    presented: &Presented,
    owner: Uuid,
    holder: Uuid,
    messages: bool,
    query: Result<Query<Page>, QueryRejection>,
) -> Result<axum::Json<Letters>> {
    let Query(Page { before }) =
        query.map_err(|_cause| Error::invalid("before", "send the number of a letter"))?;
    let (tx, side) = Side::begin(app, presented, owner, holder).await?;
    let rows = store::letters(&tx, owner, holder, messages, before).await?;
    let shown = usize::try_from(PAGE).unwrap_or_default();
    let letters =
        rows.iter().take(shown).map(|row| LetterView::of(row, &side)).collect::<Result<_>>()?;
    Ok(axum::Json(Letters { letters, more: rows.len() > shown }))
}

/// Something that was written.
#[derive(Serialize, ToSchema)]
struct Written {
    id: Uuid,
}

/// Writes a message to the other side.
#[utoipa::path(
    post, path = "/api/v1/lines/{owner}/{holder}/messages", tag = "lines",
    params(("owner" = Uuid, Path), ("holder" = Uuid, Path)), request_body = SentMessage,
    responses(
        (status = 201, body = Written),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn write(
    State(app): State<App>,
    presented: Presented,
    Path((owner, holder)): Path<(Uuid, Uuid)>,
    Json(sent): Json<SentMessage>,
) -> Result<impl IntoResponse> {
    let body = sent.parse()?;
    let (tx, side) = Side::begin(&app, &presented, owner, holder).await?;
    let letter = Uuid::now_v7();
    let body = side.seal("message", letter, body)?;
    let (author, kind) = (side.me, "message");
    NewLetter { owner, holder, letter, kind, author, state: None, body: &body }.insert(tx).await?;
    Ok((StatusCode::CREATED, axum::Json(Written { id: letter })))
}

/// Proposes a target or a comment to the owner of a diary.
#[utoipa::path(
    post, path = "/api/v1/lines/{owner}/{holder}/proposals", tag = "lines",
    params(("owner" = Uuid, Path), ("holder" = Uuid, Path)), request_body = SentProposal,
    responses(
        (status = 201, body = Written),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "owners accept proposals and make none"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn propose(
    State(app): State<App>,
    presented: Presented,
    Path((owner, holder)): Path<(Uuid, Uuid)>,
    Json(sent): Json<SentProposal>,
) -> Result<impl IntoResponse> {
    let body = sent.parse(&app)?;
    let (tx, side) = Side::begin(&app, &presented, owner, holder).await?;
    if side.is_owner() {
        return Err(Error::MayNotChange(
            "this is your own diary: nobody else decides on it".into(),
        ));
    }
    let (letter, kind) = (Uuid::now_v7(), sent.kind.as_str());
    let body = side.seal(kind, letter, body)?;
    let (author, state) = (side.me, Some("proposed"));
    NewLetter { owner, holder, letter, kind, author, state, body: &body }.insert(tx).await?;
    Ok((StatusCode::CREATED, axum::Json(Written { id: letter })))
}

/// The owner's word.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Word {
    /// Yes.
    Accepted,
    /// No.
    Declined,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Answer {
    answer: Word,
}

/// Accepts or declines a proposal, as the owner of the diary.
#[utoipa::path(
    put, path = "/api/v1/lines/{owner}/{holder}/proposals/{proposal}", tag = "lines",
    params(("owner" = Uuid, Path), ("holder" = Uuid, Path), ("proposal" = Uuid, Path)),
    request_body = Answer,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "only the owner of the diary"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn answer(
    State(app): State<App>,
    presented: Presented,
    Path((owner, holder, proposal)): Path<(Uuid, Uuid, Uuid)>,
    Json(sent): Json<Answer>,
) -> Result<StatusCode> {
    let (tx, side) = Side::begin(&app, &presented, owner, holder).await?;
    if !side.is_owner() {
        return Err(Error::MayNotChange("only the owner of the diary decides on this".into()));
    }
    let state = match sent.answer {
        Word::Accepted => "accepted",
        Word::Declined => "declined",
    };
    if store::answer(tx, owner, holder, proposal, state).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}

/// Notes that the asker's side has read what the other side wrote.
#[utoipa::path(
    post, path = "/api/v1/lines/{owner}/{holder}/seen", tag = "lines",
    params(("owner" = Uuid, Path), ("holder" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn seen(
    State(app): State<App>,
    presented: Presented,
    Path((owner, holder)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode> {
    let (tx, side) = Side::begin(&app, &presented, owner, holder).await?;
    store::seen(tx, owner, holder, side.is_owner()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the asker accepted.
#[derive(Serialize, ToSchema)]
struct Targets {
    /// Newest first.
    targets: Vec<TargetView>,
}

#[derive(Serialize, ToSchema)]
struct TargetView {
    id: Uuid,
    /// Who proposed it.
    holder: Uuid,
    /// What the asker calls them.
    name: String,
    nutrient: Option<String>,
    min: Option<f64>,
    max: Option<f64>,
    text: String,
}

/// The targets that the asker accepted from those whom they let in.
#[utoipa::path(
    get, path = "/api/v1/targets", tag = "lines",
    responses((status = 200, body = Targets), (status = 401, body = ProblemJson)),
)]
async fn targets(State(app): State<App>, presented: Presented) -> Result<axum::Json<Targets>> {
    let (session, rows) = store::targets(app.db(), &presented).await?;
    let (owner, pair) = (session.principal(), session.keyring().pair());
    let mut targets = Vec::new();
    for row in &rows {
        let Some(holder) = row.try_get::<_, Option<Uuid>>("holder")? else { continue };
        let (id, author) = (row.try_get("letter")?, row.try_get("author")?);
        let key =
            LineKey::open_as_owner(owner, holder, row.try_get("line_for_owner_sealed")?, pair)
                .or(Err(Error::Altered))?;
        let plain = key
            .open(owner, holder, "target", id, author, row.try_get("body_sealed")?)
            .or(Err(Error::Altered))?;
        let body: Body = serde_json::from_slice(&plain).or(Err(Error::Altered))?;
        let words = Words::open_for_owner(pair, owner, holder, row.try_get("for_owner_sealed")?)?;
        let Body { text, nutrient, min, max, .. } = body;
        targets.push(TargetView { id, holder, name: words.name, nutrient, min, max, text });
    }
    Ok(axum::Json(Targets { targets }))
}
