//! `keepwell demo`: a throw-away diary with 90 days in it, to look around.
//!
//! Everything is real, the database and the sealing included; only the folder is gone at the end.
//! The entries go in through the program's own API, so the demonstration cannot drift from it.

mod meals;

use std::fs::Permissions;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use jiff::Span;
use jiff::civil::Date;
use platform::clock::Clock;
use platform::config::ServeOptions;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tracing::Level;

use super::serve::{self, Ready};

const EMAIL: &str = "demo@example.org";
const DAYS: i32 = 90;

/// Serves a diary of nobody until told to stop.
pub(super) fn run(options: &ServeOptions) -> anyhow::Result<()> {
    // Under /var/tmp: a socket's path must be short, and the database's own user must get there.
    let folder = tempfile::Builder::new().prefix("keepwell-demo-").tempdir_in("/var/tmp")?;
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
    let mut options = options.clone();
    options.data.data_dir = Some(folder.path().join("data"));
    options.data.root_key_file = None;
    options.database.database_url = None;
    options.database.database_url_file = None;
    // Whoever lives in it is nobody: there is no one to write to.
    options.mail.smtp_url = None;
    // A line for each of 1,500 entries would push the address and the password out of sight.
    // Whoever wants more than the usual log still gets it.
    if options.log.log_level == Level::INFO {
        options.log.log_level = Level::WARN;
    }
    let outcome = serve::run_with(&options, async |router| {
        let password = fill(router).await?;
        Ok(move |ready: &Ready<'_>| welcome(ready, &password))
    });
    folder.close().context("the demonstration's folder stays behind")?;
    outcome
}

/// Opens an account, records 90 days, and answers with the password.
async fn fill(router: Router) -> anyhow::Result<String> {
    if let Err(error) = writeln!(io::stdout(), "Writing a diary of {DAYS} days.") {
        tracing::warn!(%error, "nobody reads the standard output");
    }
    let random = keys::RecoveryCode::generate().display();
    let random = random.expose_secret().split('-').next().unwrap_or_default();
    let password = format!("just looking {random}");
    let visitor = Visitor::sign_up(router, &password).await?;
    let today = Clock::real().now().to_zoned(jiff::tz::TimeZone::system()).date();
    for back in (0..DAYS).rev() {
        let day = today.checked_sub(Span::new().days(back))?;
        if meals::is_skipped(day) && back != 0 {
            continue;
        }
        for entry in meals::of(day, back == 0) {
            visitor.send(Method::POST, &format!("/api/v1/days/{day}/entries"), &entry).await?;
        }
        if back != 0 {
            let mark = json!({"complete": true});
            visitor.send(Method::PATCH, &format!("/api/v1/days/{day}"), &mark).await?;
        }
    }
    Ok(password)
}

/// Tells the person who started it how to get in. Nothing here is worth keeping, so there is no
/// word about keys and copies.
fn welcome(ready: &Ready<'_>, password: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "\n  Keepwell is ready:  {}\n", ready.origin)?;
    writeln!(out, "  A diary to look around in, gone when you stop it. Sign in with")?;
    writeln!(out, "    E-mail    {EMAIL}")?;
    writeln!(out, "    Password  {password}")?;
    if let Some(trust) = ready.trust {
        writeln!(
            out,
            "\n  The browser warns of the certificate, which was made for this demonstration \
             alone.\n  Compare its authority's fingerprint and go on:\n\
             \x20   {}\n    SHA-256  {}",
            trust.certificate.display(),
            trust.fingerprint
        )?;
    }
    writeln!(out, "\n  Stop with Ctrl-C.\n")?;
    out.flush()
}

/// Somebody who uses the API without a network.
struct Visitor {
    router: Router,
    cookie: String,
}

impl Visitor {
    async fn sign_up(router: Router, password: &str) -> anyhow::Result<Self> {
        let mut visitor = Self { router, cookie: String::new() };
        let account = json!({"email": EMAIL, "password": password});
        let answer = visitor.send(Method::POST, "/api/v1/account", &account).await?;
        let set = answer.headers().get(header::SET_COOKIE).context("no session was opened")?;
        let cookie = set.to_str()?.split(';').next().unwrap_or_default();
        visitor.cookie.push_str(cookie);
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await?;
        let shown: Value = serde_json::from_slice(&body)?;
        let code = shown.get("recovery_code").context("no recovery code was shown")?;
        let kept = json!({"code": code});
        visitor.send(Method::PUT, "/api/v1/account/recovery-code/kept", &kept).await?;
        Ok(visitor)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<Response<Body>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, &self.cookie)
            .body(Body::from(body.to_string()))?;
        let answer = self.router.clone().oneshot(request).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT => Ok(answer),
            status => bail!("the demonstration's own request was answered with {status}"),
        }
    }
}

/// A plausible entry's time zone: the machine's.
fn zone() -> String {
    jiff::tz::TimeZone::system().iana_name().unwrap_or("Etc/UTC").to_owned()
}

/// How many days lie between a fixed day and this one: what varies the meals.
fn number(day: Date) -> i32 {
    platform::days::number(day).map_or(0, |number| i32::from(number.get()))
}
