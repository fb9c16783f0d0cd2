//! Setting up an authenticator app.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use platform::{App, Error, Json, Presented, ProblemJson, Result, http::text, notices::What};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    codes::{NewCodes, ShownCodes},
    store::{self, NewStep},
    totp::TotpSecret,
};
use crate::{ceremony, credentials::open_email, notices, sign_in};

const NAME_CHARACTERS_MAX: usize = 60;
/// More than anybody keeps; a list that grows for ever serves nobody.
const STEPS_MAX: usize = 20;

/// What an authenticator app is given.
#[derive(Serialize, ToSchema)]
pub(super) struct BegunTotp {
    /// Comes back with the first code.
    ceremony: String,
    /// To be typed into the app.
    secret: String,
    /// To be scanned by the app, as a QR code.
    uri: String,
}

/// Begins to set up an authenticator app. Nothing counts until its first code is confirmed.
#[utoipa::path(
    post, path = "/api/v1/account/second-steps/totp", tag = "account",
    responses(
        (status = 200, body = BegunTotp),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
    ),
)]
pub(super) async fn begin_totp(
    State(app): State<App>,
    presented: Presented,
) -> Result<axum::Json<BegunTotp>> {
    let (session, email_sealed) = sign_in::store::email(app.db(), &presented).await?;
    session.require_fresh()?;
    let email = open_email(session.keyring().pair(), session.principal(), &email_sealed)?;
    let secret = TotpSecret::generate();
    let uri = secret.uri(&email)?;
    let tx = app.db().begin_without_session(&presented).await?;
    let ceremony = ceremony::keep(tx, &purpose(session.id()), &secret).await?;
    Ok(axum::Json(BegunTotp { ceremony, secret: secret.text().to_owned(), uri }))
}

/// The first code of an app, which shows that it works.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FirstCode {
    /// From the answer that began it.
    #[schema(value_type = String)]
    ceremony: SecretString,
    /// Six digits.
    #[schema(value_type = String, example = "123456")]
    code: SecretString,
    /// What to call it in the list.
    #[schema(example = "Phone")]
    name: String,
}

/// Answers with single-use codes where they were made with the first second step.
#[derive(Serialize, ToSchema)]
pub(crate) struct Added {
    /// The number of the second step.
    pub(crate) factor: Uuid,
    /// Whether it opens the diary without a password.
    pub(crate) opens_diary: bool,
    /// Made with the first second step, and shown once.
    pub(crate) codes: Option<ShownCodes>,
}

/// Confirms an authenticator app with its first code.
#[utoipa::path(
    post, path = "/api/v1/account/second-steps/totp/confirm", tag = "account",
    request_body = FirstCode,
    responses(
        (status = 201, body = Added),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
pub(super) async fn confirm_totp(
    State(app): State<App>,
    presented: Presented,
    Json(typed): Json<FirstCode>,
) -> Result<impl IntoResponse> {
    let name = parse_name(&typed.name)?;
    let purpose = purpose(app.db().prove(&presented).await?.id());
    let begun = app.db().begin_without_session(&presented).await?;
    let secret: TotpSecret = ceremony::look(&begun, &purpose, &typed.ceremony).await?;
    drop(begun);
    let Some(step) = secret.step_of(&typed.code, app.clock().now())? else {
        return Err(Error::invalid(
            "code",
            "this is not the code that the app shows now: check the clock of your phone and try \
            the next one",
        ));
    };
    // Only now, so that a slip costs no new set-up; and whoever comes second with it finds nothing.
    let tx = app.db().begin_without_session(&presented).await?;
    let _: TotpSecret = ceremony::take(&tx, &purpose, &typed.ceremony).await?;
    tx.finish(&[]).await?;
    let added = add(&app, &presented, "totp", &name, &secret, Some(step), |_| Ok(None)).await?;
    Ok((StatusCode::CREATED, axum::Json(added)))
}

/// What was begun in one session is finished there.
fn purpose(session: Uuid) -> String {
    format!("an authenticator app of the session {session}")
}

/// What somebody calls a second step.
pub(crate) fn parse_name(name: &str) -> Result<String> {
    text::line("name", name, NAME_CHARACTERS_MAX)
}

/// Adds a second step of the asker's, with what it is checked with; and codes with the first one.
pub(crate) async fn add(
    app: &App,
    presented: &Presented,
    kind: &'static str,
    name: &str,
    body: &impl Serialize,
    count: Option<i64>,
    slot_of: impl FnOnce(&platform::Session) -> Result<Option<crate::credentials::Credential>>,
) -> Result<Added> {
    let (tx, others) = store::begin_change(app.db(), presented).await?;
    let session = tx.session();
    session.require_fresh()?;
    if others.len() >= STEPS_MAX {
        return Err(Error::Conflict("you have twenty second steps: take one away first"));
    }
    app.tries().new_credential(&tx).await?;
    let (principal, pair) = (session.principal(), session.keyring().pair());
    let factor = Uuid::now_v7();
    let step = NewStep {
        principal,
        factor,
        kind,
        name_sealed: store::seal_name(pair, principal, factor, name),
        body_sealed: store::seal_body(pair, principal, factor, body)?,
        pass_hash: app.root().second_step_pass(principal, factor).fingerprint().to_vec(),
        last_count: count,
    };
    let mut slots = Vec::new();
    let credential = slot_of(session)?;
    let opens_diary = credential.is_some();
    if let Some(credential) = credential {
        let cost = app.sessions().password_cost;
        let slot = crate::slots::NewSlot::seal(principal, pair, &credential, cost)?;
        slots.push(crate::slots::NewSlot { slot: factor, ..slot });
    }
    let codes = if others.is_empty() {
        let made = NewCodes::make(app, principal, pair)?;
        slots.extend(made.slots);
        Some(made.shown)
    } else {
        None
    };
    let told = notices::prepare(app, presented, &tx, What::SecondStepAdded).await?;
    store::add(tx, &step, &slots, &told).await?;
    Ok(Added { factor, opens_diary, codes })
}
