//! The HTTP of the e-mail address.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use keys::MailedCode;
use platform::{
    Access, App, Error, Json, Peer, Presented, Problem, ProblemJson, Result, Routes, Session,
    limits::Devices,
    mail::{CODE_MINUTES, Code, Template},
    notices::{Told, What},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::store;
use crate::{
    EmailAddress,
    credentials::{Credential, open_email, seal_email},
    password, proof,
    slots::NewSlot,
};

/// What the codes are hashed for, and what a pending address is sealed for.
const VERIFY: &str = "verify address";
const LEAVE: &str = "leave address";
const ENTER: &str = "enter address";
const PENDING: &str = "accounts.email_change.new_email_sealed";

const NOTHING_PENDING: &str =
    "there is nothing to confirm any more: the ten minutes or the five tries are over; begin again";
const NOT_THE_CODE: &str = "this is not the code that was mailed: compare it once more";

/// Routes of the e-mail address.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(show, change))
        .add(Access::Session, routes!(verify))
        .add(Access::Session, routes!(confirm))
}

/// The account's address, and what is known of it.
#[derive(Serialize, ToSchema)]
struct EmailState {
    /// The address.
    email: String,
    /// Since when the person is known to read mail there (RFC 3339).
    verified_at: Option<String>,
    /// Whether this Keepwell sends mail. If not, no address can be verified, and notices show in the
    /// app only.
    sends_mail: bool,
    /// Whether a change waits for its confirmation.
    changes: bool,
}

/// Shows the address.
#[utoipa::path(
    get, path = "/api/v1/account/email", tag = "account",
    responses((status = 200, body = EmailState), (status = 401, body = ProblemJson)),
)]
async fn show(State(app): State<App>, presented: Presented) -> Result<axum::Json<EmailState>> {
    let (session, row) = store::state(app.db(), &presented).await?;
    let verified_at: Option<Timestamp> = row.try_get("email_verified_at")?;
    let sealed: &[u8] = row.try_get("email_sealed")?;
    Ok(axum::Json(EmailState {
        email: open_email(session.keyring().pair(), session.principal(), sealed)?,
        verified_at: verified_at.map(|at| at.to_string()),
        sends_mail: app.outbox().sends(),
        changes: row.try_get("changes")?,
    }))
}

/// The code, once it was mailed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Verification {
    /// Eight digits. Without it, a code is mailed.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "1234 5678")]
    code: Option<SecretString>,
}

/// What must be shown to go on.
#[derive(Serialize, ToSchema)]
struct AwaitedCodes {
    /// Whether codes were mailed. A Keepwell without a mail server asks for none.
    codes_mailed: bool,
    /// For how long this can be finished.
    minutes: i32,
}

/// Mails a code to the account's own address, or takes it: five tries, ten minutes.
#[utoipa::path(
    post, path = "/api/v1/account/email/verify", tag = "account",
    request_body = Verification,
    responses(
        (status = 202, body = AwaitedCodes, description = "a code was mailed"),
        (status = 204, description = "the address is confirmed"),
        (status = 401, body = ProblemJson),
        (status = 409, body = ProblemJson),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
async fn verify(
    State(app): State<App>,
    presented: Presented,
    Json(typed): Json<Verification>,
) -> Result<Response> {
    let Some(typed) = typed.code else { return ask_to_verify(&app, &presented).await };
    let code = MailedCode::parse(typed.expose_secret());
    let Some((tx, pending)) = store::take_try(app.db(), &presented, false).await? else {
        return Err(Error::Conflict(NOTHING_PENDING));
    };
    let principal = tx.session().principal();
    let is_right = code.is_ok_and(|code| {
        pending.old_code_hash.is_some_and(|kept| code.matches(app.root(), VERIFY, principal, &kept))
    });
    if is_right {
        store::verified(tx).await?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    store::keep_try(tx).await?;
    Err(Error::invalid("code", NOT_THE_CODE))
}

async fn ask_to_verify(app: &App, presented: &Presented) -> Result<Response> {
    let principal = app.db().prove(presented).await?.principal();
    if !app.outbox().sends() {
        return Err(Error::Conflict("this Keepwell sends no mail, so no address can be confirmed"));
    }
    app.tries().mailed_codes(principal).await?;
    let (tx, email) = store::begin(app.db(), presented).await?;
    let code = MailedCode::generate();
    let template = Template::VerifyAddress(Code(code.digits().to_owned()));
    let mail =
        app.outbox().seal(app.root(), app.clock(), &email, presented.language(), template)?;
    let pending = store::Pending {
        new_email_sealed: None,
        old_code_hash: Some(code.hash(app.root(), VERIFY, principal).to_vec()),
        new_code_hash: None,
    };
    store::expect(tx, &pending, mail.as_slice(), "email_verification_asked").await?;
    Ok(awaits(true))
}

fn awaits(codes_mailed: bool) -> Response {
    let awaited = AwaitedCodes { codes_mailed, minutes: CODE_MINUTES };
    (StatusCode::ACCEPTED, axum::Json(awaited)).into_response()
}

/// Where the account should move to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEmail {
    /// The new address.
    #[schema(example = "ada@example.org")]
    new_email: String,
}

/// Begins a change of the address: mails a code to the old one and another to the new one.
#[utoipa::path(
    post, path = "/api/v1/account/email", tag = "account",
    request_body = NewEmail,
    responses(
        (status = 202, body = AwaitedCodes),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
async fn change(
    State(app): State<App>,
    presented: Presented,
    Json(typed): Json<NewEmail>,
) -> Result<Response> {
    let wrong = |problem: &'static str| Error::invalid("new_email", problem);
    let new_email = EmailAddress::parse(&typed.new_email)
        .or(Err(wrong("write an e-mail address, such as ada@example.org")))?;
    let session = app.db().prove(&presented).await?;
    session.require_fresh()?;
    let principal = session.principal();
    app.tries().mailed_codes(principal).await?;
    let (tx, old_email) = store::begin(app.db(), &presented).await?;
    if new_email.as_str() == old_email {
        return Err(wrong("this is the address that your account has"));
    }
    let session = tx.session();

    let new_email_sealed = Some(seal_pending(session, &new_email));
    let mut pending = store::Pending { new_email_sealed, old_code_hash: None, new_code_hash: None };
    let mut mails = Vec::new();
    if app.outbox().sends() {
        let (old_code, new_code) = (MailedCode::generate(), MailedCode::generate());
        let hash = |code: &MailedCode, purpose| code.hash(app.root(), purpose, principal).to_vec();
        pending.old_code_hash = Some(hash(&old_code, LEAVE));
        pending.new_code_hash = Some(hash(&new_code, ENTER));
        let text = |code: &MailedCode| Code(code.digits().to_owned());
        for (to, template) in [
            (old_email.as_str(), Template::LeaveAddress(text(&old_code))),
            (new_email.as_str(), Template::EnterAddress(text(&new_code))),
        ] {
            mails.extend(app.outbox().seal(
                app.root(),
                app.clock(),
                to,
                presented.language(),
                template,
            )?);
        }
    }
    let codes_mailed = !mails.is_empty();
    store::expect(tx, &pending, &mails, "email_change_asked").await?;
    Ok(awaits(codes_mailed))
}

/// What a change of the address takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    /// The code that was mailed to the old address.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "1234 5678")]
    old_code: Option<SecretString>,
    /// The code that was mailed to the new address.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "8765 4321")]
    new_code: Option<SecretString>,
    /// The account's password: what it yields hangs on the address and is made anew.
    #[schema(value_type = String)]
    password: SecretString,
}

/// Finishes a change of the address: both codes and the password, five tries, ten minutes. A wrong
/// password counts like one at any other place as well.
#[utoipa::path(
    post, path = "/api/v1/account/email/confirm", tag = "account",
    request_body = Confirmation,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 409, body = ProblemJson),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
async fn confirm(
    State(app): State<App>,
    from: Peer,
    devices: Devices,
    presented: Presented,
    Json(typed): Json<Confirmation>,
) -> Result<StatusCode> {
    let Some((tx, pending)) = store::take_try(app.db(), &presented, true).await? else {
        return Err(Error::Conflict(NOTHING_PENDING));
    };
    let session = tx.session();
    session.require_fresh()?;
    let new_email = open_pending(session, &pending)?;
    let principal = session.principal();
    let problems = wrong_codes(&app, session, &pending, &typed);
    store::keep_try(tx).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }

    let tries = app.tries();
    let mut admitted = tries.proof(from, principal, &devices).await?;
    let typed = &typed.password;
    let outcome =
        proof::own_password(&app, from, &presented, &mut admitted, typed, "password").await;
    drop(admitted.ended(&tries, outcome).await?);
    // Stretched outside of any transaction: it takes its time.
    let cost = app.sessions().password_cost;
    let password = password::normalize(typed);
    let by_new = Credential::of_password(&app, from, &new_email, password, cost).await?;

    let (tx, old_email) = store::begin(app.db(), &presented).await?;
    tx.session().require_fresh()?;
    let pair = tx.session().keyring().pair();
    let template = Template::Notice(What::EmailChanged);
    let mail = app.outbox().seal(
        app.root(),
        app.clock(),
        new_email.as_str(),
        presented.language(),
        template,
    )?;
    let changed = store::Changed {
        pending: &pending,
        email_sealed: &seal_email(pair, principal, &new_email),
        is_verified: pending.new_code_hash.is_some(),
        slot: &NewSlot::seal(principal, pair, &by_new, cost)?,
        told: &Told::of(&app, What::EmailChanged, &old_email, presented.language())?,
        mail: mail.as_ref(),
    };
    let done = store::change(tx, &changed).await.map_err(|error| match error.constraint() {
        // Only somebody who knows both learns this.
        Some("key_slot_by_proof") => Error::Conflict(
            "another account of yours has the new address and this password: choose another address",
        ),
        _ => error,
    })?;
    if done { Ok(StatusCode::NO_CONTENT) } else { Err(Error::Conflict(NOTHING_PENDING)) }
}

/// Which of the two codes is not right. Where mail is sent, both must be.
fn wrong_codes(
    app: &App,
    session: &Session,
    pending: &store::Pending,
    typed: &Confirmation,
) -> Vec<Problem> {
    let codes = [
        ("old_code", LEAVE, &pending.old_code_hash, &typed.old_code),
        ("new_code", ENTER, &pending.new_code_hash, &typed.new_code),
    ];
    let mut problems = Vec::new();
    for (field, purpose, kept, typed) in codes {
        let is_right = match (kept, typed) {
            (None, _) => !app.outbox().sends(),
            (Some(_), None) => false,
            (Some(kept), Some(typed)) => MailedCode::parse(typed.expose_secret())
                .is_ok_and(|code| code.matches(app.root(), purpose, session.principal(), kept)),
        };
        if !is_right {
            problems.push(Problem { field: field.into(), problem: NOT_THE_CODE.into() });
        }
    }
    problems
}

/// Not sealed like an account's address: a pending one that was moved there does not open.
fn seal_pending(session: &Session, email: &EmailAddress) -> Vec<u8> {
    let pair = session.keyring().pair();
    keys::seal_to_self(pair, session.principal(), PENDING, email.as_str().as_bytes())
}

fn open_pending(session: &Session, pending: &store::Pending) -> Result<EmailAddress> {
    let sealed = pending.new_email_sealed.as_deref().ok_or(Error::Altered)?;
    let pair = session.keyring().pair();
    let plain =
        keys::open_own(pair, session.principal(), PENDING, sealed).or(Err(Error::Altered))?;
    let text = std::str::from_utf8(&plain).or(Err(Error::Altered))?;
    EmailAddress::parse(text).or(Err(Error::Altered))
}
