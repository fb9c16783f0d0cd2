//! What a session is told of itself.

use axum::http::HeaderValue;
use platform::{App, Presented, Result, session::cookie};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Application, store};
use crate::{credentials::open_email, sessions::INSTALLED_DAYS};

/// What came of signing in.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum SignedIn {
    /// The diary is open.
    Open(SessionInfo),
    /// One step is done, and the second is awaited.
    AwaitsSecondStep(Awaited),
}

/// What a session waits for.
#[derive(Serialize, ToSchema)]
pub(crate) struct Awaited {
    /// Each of `totp`, `security_key` that is set up, and `single_use_code`.
    ways: Vec<String>,
}

/// What a session is told of itself.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of the page by itself")]
pub(crate) struct SessionInfo {
    /// The person's own address.
    email: String,
    /// The person's number.
    person_id: Uuid,
    /// Whether the person has confirmed that the recovery code is kept.
    recovery_code_kept: bool,
    /// The session ends after this long without use.
    idle_minutes: i32,
    /// The session ends at this time whatever happens (RFC 3339).
    expires_at: String,
    /// `web`, or `app` when it is installed.
    application: String,
    /// What was shown first: `password`, `passkey`, `recovery_code` or `single_use_code`.
    first_step: String,
    /// What was shown besides: `totp`, `security_key` or `single_use_code`.
    second_step: Option<String>,
    /// When the credentials were last shown (RFC 3339). What needs a fresh proof takes one of the
    /// last five minutes.
    proved_at: String,
    /// Whether there is something to unlock a locked session with.
    can_lock: bool,
    /// Whether this session has a PIN. An installed app with one locks where a page ends.
    has_pin: bool,
    /// The most that may be chosen for `idle_minutes`.
    idle_minutes_max: u32,
    /// Whether a new password is to be chosen, after coming in with a recovery code.
    recovering: bool,
    /// Whether this Keepwell asks for a second step and there is none yet: until then nothing else is
    /// answered.
    owes_second_step: bool,
    /// How many notices were not seen yet.
    unseen_notices: i64,
}

impl SessionInfo {
    /// The person's own address, in the form in which addresses are compared.
    pub(crate) fn email(&self) -> &str {
        &self.email
    }

    /// The cookie that the browser holds it by. Only an installed app that locks keeps it when it is
    /// closed.
    pub(crate) fn cookie(&self, presented: &Presented) -> Result<HeaderValue> {
        if self.has_pin && self.application == Application::Installed.as_str() {
            cookie::issue_for(presented, INSTALLED_DAYS)
        } else {
            cookie::issue(presented)
        }
    }
}

/// What the presented session is told.
pub(crate) async fn info(app: &App, presented: &Presented) -> Result<SessionInfo> {
    let (session, row) = store::account(app.db(), presented).await?;
    let proved_at: jiff::Timestamp = row.try_get("proved_at")?;
    Ok(SessionInfo {
        email: open_email(
            session.keyring().pair(),
            session.principal(),
            row.try_get("email_sealed")?,
        )?,
        person_id: session.principal(),
        recovery_code_kept: row.try_get("recovery_code_kept")?,
        idle_minutes: session.idle_minutes(),
        expires_at: session.expires_at().to_string(),
        application: row.try_get("application")?,
        first_step: row.try_get("first_step")?,
        second_step: row.try_get("second_step")?,
        proved_at: proved_at.to_string(),
        can_lock: row.try_get("can_lock")?,
        has_pin: row.try_get("has_pin")?,
        idle_minutes_max: app.sessions().idle_minutes_max,
        recovering: row.try_get("recovering")?,
        owes_second_step: session.owes_second_step(),
        unseen_notices: row.try_get("unseen_notices")?,
    })
}

/// What signing in is answered with.
pub(super) async fn signed_in(app: &App, presented: &Presented, is_open: bool) -> Result<SignedIn> {
    if is_open {
        return Ok(SignedIn::Open(info(app, presented).await?));
    }
    let mut ways = store::ways(app.db(), presented).await?;
    ways.push("single_use_code".to_owned());
    Ok(SignedIn::AwaitsSecondStep(Awaited { ways }))
}
