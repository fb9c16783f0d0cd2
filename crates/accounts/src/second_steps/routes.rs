//! The HTTP of second steps.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use platform::{
    Access, App, Error, Json, Peer, Presented, ProblemJson, Result, Routes, http::Path,
    limits::Devices, notices::What,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    codes::{NewCodes, ShownCodes},
    enrol::{self, parse_name},
    pass, store,
};
use crate::{notices, password, proof};

/// Routes of second steps.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionThatOwes, routes!(list))
        .add(Access::SessionThatOwes, routes!(enrol::begin_totp))
        .add(Access::SessionThatOwes, routes!(enrol::confirm_totp))
        .add(Access::Session, routes!(rename, remove))
        .add(Access::Session, routes!(make_codes))
        .add(Access::Session, routes!(pass::pass_second_step))
}

/// What is set up.
#[derive(Serialize, ToSchema)]
struct SecondSteps {
    /// Whether this Keepwell asks everybody for one.
    required: bool,
    /// Oldest first.
    steps: Vec<SecondStep>,
    /// How many single-use codes are left.
    single_use_codes_left: i64,
}

/// One second step.
#[derive(Serialize, ToSchema)]
struct SecondStep {
    factor: Uuid,
    /// `totp` or `security_key`.
    kind: String,
    /// What its person calls it.
    name: String,
    /// Whether it opens the diary without a password.
    opens_diary: bool,
    /// When it was set up (RFC 3339).
    made_at: String,
    /// When it was last used (RFC 3339).
    last_used_at: Option<String>,
}

/// The asker's second steps.
#[utoipa::path(
    get, path = "/api/v1/account/second-steps", tag = "account",
    responses((status = 200, body = SecondSteps), (status = 401, body = ProblemJson)),
)]
async fn list(State(app): State<App>, presented: Presented) -> Result<axum::Json<SecondSteps>> {
    let (session, rows) = store::list(app.db(), &presented).await?;
    let moment = |row: &Row, column| -> Result<Option<String>> {
        Ok(row.try_get::<_, Option<jiff::Timestamp>>(column)?.map(|at| at.to_string()))
    };
    let mut steps = Vec::with_capacity(rows.len());
    let mut single_use_codes_left = 0;
    for row in &rows {
        let Some(factor) = row.try_get::<_, Option<Uuid>>("factor")? else { continue };
        single_use_codes_left = row.try_get("codes_left")?;
        steps.push(SecondStep {
            factor,
            kind: row.try_get("kind")?,
            name: store::open_name(
                session.keyring().pair(),
                session.principal(),
                factor,
                row.try_get("name_sealed")?,
            )?,
            opens_diary: row.try_get("opens_diary")?,
            made_at: moment(row, "made_at")?.unwrap_or_default(),
            last_used_at: moment(row, "factor_last_used_at")?,
        });
    }
    let required = app.sessions().second_step_required;
    Ok(axum::Json(SecondSteps { required, steps, single_use_codes_left }))
}

/// What to call it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

/// Gives a second step another name.
#[utoipa::path(
    patch, path = "/api/v1/account/second-steps/{factor}", tag = "account",
    params(("factor" = Uuid, Path)),
    request_body = Name,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn rename(
    State(app): State<App>,
    presented: Presented,
    Path(factor): Path<Uuid>,
    Json(typed): Json<Name>,
) -> Result<StatusCode> {
    let name = parse_name(&typed.name)?;
    let (tx, _) = store::begin_change(app.db(), &presented).await?;
    let session = tx.session();
    session.require_fresh()?;
    let sealed = store::seal_name(session.keyring().pair(), session.principal(), factor, &name);
    if store::rename(tx, factor, &sealed).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}

/// What is needed to take the last second step away.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Removal {
    /// With the last second step, the password: it stands alone from then on and must be long
    /// enough for that.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
}

/// Takes a second step away. With the last one go the single-use codes, and the password must have 15
/// characters or more.
#[utoipa::path(
    delete, path = "/api/v1/account/second-steps/{factor}", tag = "account",
    params(("factor" = Uuid, Path)),
    request_body = Removal,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "this Keepwell asks everybody for a second step, and this is the last"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn remove(
    State(app): State<App>,
    peer: Peer,
    devices: Devices,
    presented: Presented,
    Path(factor): Path<Uuid>,
    Json(removal): Json<Removal>,
) -> Result<StatusCode> {
    let (tx, steps) = store::begin_change(app.db(), &presented).await?;
    tx.session().require_fresh()?;
    let principal = tx.session().principal();
    let is_this = |row: &Row| row.try_get("factor").is_ok_and(|one: Uuid| one == factor);
    if !steps.iter().any(is_this) {
        return Err(Error::NotFound);
    }
    if steps.len() > 1 {
        let told = notices::prepare(&app, &presented, &tx, What::SecondStepRemoved).await?;
        store::remove(tx, factor, &told).await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    if app.sessions().second_step_required {
        return Err(Error::Conflict(
            "this Keepwell asks everybody for a second step: set up another one first",
        ));
    }
    // The transaction must not stay open while a password is stretched.
    drop(tx);
    let password = removal.password.ok_or_else(|| {
        Error::invalid("password", "your password stands alone from then on: type it once more")
    })?;
    if !password::is_long_enough_alone(&password) {
        return Err(Error::invalid(
            "password",
            "without a second step a password needs 15 characters or more: choose a longer one first",
        ));
    }
    let tries = app.tries();
    let mut admitted = tries.proof(peer, principal, &devices).await?;
    let outcome =
        proof::own_password(&app, peer, &presented, &mut admitted, &password, "password").await;
    drop(admitted.ended(&tries, outcome).await?);
    let (tx, _) = store::begin_change(app.db(), &presented).await?;
    tx.session().require_fresh()?;
    let told = notices::prepare(&app, &presented, &tx, What::SecondStepRemoved).await?;
    store::remove(tx, factor, &told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes ten single-use codes in the place of all earlier ones.
#[utoipa::path(
    post, path = "/api/v1/account/single-use-codes", tag = "account",
    responses(
        (status = 201, body = ShownCodes),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "there is no second step that they could stand in for"),
        (status = 429, body = ProblemJson),
    ),
)]
async fn make_codes(State(app): State<App>, presented: Presented) -> Result<impl IntoResponse> {
    let (tx, steps) = store::begin_change(app.db(), &presented).await?;
    let session = tx.session();
    session.require_fresh()?;
    if steps.is_empty() {
        return Err(Error::Conflict("set up a second step first: the codes stand in for it"));
    }
    app.tries().new_credential(&tx).await?;
    let made = NewCodes::make(&app, session.principal(), session.keyring().pair())?;
    let told = notices::prepare(&app, &presented, &tx, What::SingleUseCodesMade).await?;
    store::replace_codes(tx, &made.slots, &told).await?;
    Ok((StatusCode::CREATED, axum::Json(made.shown)))
}
