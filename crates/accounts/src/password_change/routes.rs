//! The HTTP of changing the password.

use axum::{extract::State, http::StatusCode};
use platform::{
    Access, App, Error, Json, Peer, Presented, ProblemJson, Result, Routes, limits::Devices,
    notices::What,
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::store;
use crate::{
    EmailAddress,
    credentials::{Credential, open_email},
    notices,
    password::{self, Stands},
    proof,
    slots::NewSlot,
};

/// Routes of changing the password.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::Session, routes!(change_password))
}

/// The old one and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Passwords {
    /// Not asked for in a session that a passkey opened.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    current_password: Option<SecretString>,
    /// 15 characters or more, or 8 where there is a second step.
    #[schema(value_type = String)]
    new_password: SecretString,
}

/// Changes the password. Every other session and every API token ends.
#[utoipa::path(
    put, path = "/api/v1/account/password", tag = "account",
    request_body = Passwords,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 422, body = ProblemJson),
        (status = 503, body = ProblemJson),
    ),
)]
async fn change_password(
    State(app): State<App>,
    peer: Peer,
    devices: Devices,
    presented: Presented,
    Json(typed): Json<Passwords>,
) -> Result<StatusCode> {
    let now = store::circumstances(app.db(), &presented).await?;
    now.session.require_fresh()?;
    let (principal, pair) = (now.session.principal(), now.session.keyring().pair());
    let email = EmailAddress::parse(&open_email(pair, principal, &now.email_sealed)?)?;
    let stands = if now.has_second_step { Stands::WithSecondStep } else { Stands::Alone };
    let password = password::parse_new("new_password", &typed.new_password, &email, stands)?;
    match &typed.current_password {
        Some(current) => {
            let tries = app.tries();
            let mut admitted = tries.proof(peer, principal, &devices).await?;
            let field = "current_password";
            let outcome =
                proof::own_password(&app, peer, &presented, &mut admitted, current, field).await;
            drop(admitted.ended(&tries, outcome).await?);
        }
        None if now.first_step == "passkey" => {}
        None => return Err(Error::invalid("current_password", "type your present password")),
    }
    let cost = app.sessions().password_cost;
    let credential = Credential::of_password(&app, peer, &email, password, cost).await?;
    let slot = NewSlot::seal(principal, pair, &credential, cost)?;
    let tx = store::begin_as(app.db(), &presented, &now).await?;
    tx.session().require_fresh()?;
    let told = notices::prepare(&app, &presented, &tx, What::PasswordChanged).await?;
    store::change(tx, &slot, &told).await.map_err(|error| match error.constraint() {
        // Only somebody who knows both learns this.
        Some("key_slot_by_proof") => Error::invalid(
            "new_password",
            "another account of yours has this address and password: choose another password",
        ),
        _ => error,
    })?;
    Ok(StatusCode::NO_CONTENT)
}
