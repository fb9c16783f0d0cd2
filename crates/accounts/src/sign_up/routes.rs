//! The HTTP of opening an account.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};
use keys::{ErasureKey, KeyPair, Keyring, RecoveryCode, Scope, ScopeRoot, seal_own_grant};
use platform::{Access, App, Error, Json, Presented, ProblemJson, Result, Routes, session::cookie};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::store;
use crate::{
    EmailAddress,
    credentials::{Credential, PERSON, own_grant, seal_email},
    device::Arrival,
    password::{self, Stands},
    sign_in::store::end_replaced,
    slots::{CostColumns, NewSlot},
};

/// Routes of opening an account.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::Public, routes!(sign_up))
}

/// What a new person says of themselves: no more than this.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    /// Kept sealed; only its owner's sessions can read it.
    #[schema(value_type = String, example = "ada@example.org")]
    email: String,
    /// 15 characters or more.
    #[schema(value_type = String)]
    password: SecretString,
}

/// Shown once; nobody can show it again.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShownOnce {
    /// The only way back in without the password.
    pub(crate) recovery_code: String,
}

impl ShownOnce {
    pub(crate) fn of(code: &RecoveryCode) -> Self {
        Self { recovery_code: code.display().expose_secret().to_owned() }
    }
}

/// Opens an account and signs in.
#[utoipa::path(
    post, path = "/api/v1/account", tag = "account",
    request_body = NewAccount,
    responses(
        (status = 201, body = ShownOnce),
        (status = 409, body = ProblemJson, description = "this address and password are an account: sign in"),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
async fn sign_up(
    State(app): State<App>,
    arrival: Arrival,
    replaced: Option<Presented>,
    Json(new): Json<NewAccount>,
) -> Result<impl IntoResponse> {
    let email = EmailAddress::parse(&new.email)?;
    let password = password::parse_new("password", &new.password, &email, Stands::Alone)?;
    app.tries().sign_up(arrival.peer).await?;

    let cost = app.sessions().password_cost;
    let by_password = Credential::of_password(&app, arrival.peer, &email, password, cost).await?;
    let code = RecoveryCode::generate();
    let by_code = Credential::of_recovery_code(&app, &code);

    let principal = Uuid::now_v7();
    let pair = KeyPair::generate();
    let public_key = pair.public();
    let email_sealed = seal_email(&pair, principal, &email);
    let erasure_key_sealed = app.root().seal_erasure_key(principal, &ErasureKey::generate());
    let slots = [
        NewSlot::seal(principal, &pair, &by_password, cost)?,
        NewSlot::seal(principal, &pair, &by_code, cost)?,
    ];
    let mut grants = Vec::with_capacity(Scope::ALL.len());
    let mut keyring = Keyring::new(pair);
    for scope in Scope::ALL {
        let cover = ScopeRoot::generate().cover_all();
        grants
            .push((scope, seal_own_grant(&own_grant(principal, scope, 1), &cover, keyring.pair())));
        keyring.add(principal, scope, 1, cover);
    }
    let presented = Presented::generate();
    let device_sealed = arrival.device.seal(keyring.pair(), principal);
    let sealed = presented.seal_keyring(app.root(), principal, &keyring);
    let key_tag = app.root().public_key_tag(principal, PERSON, &public_key);

    store::NewPerson {
        principal,
        public_key: public_key.bytes(),
        key_tag: &key_tag,
        email_sealed: &email_sealed,
        erasure_key_sealed: &erasure_key_sealed,
        slots: &slots,
        cost: CostColumns::of(cost)?,
        grants: &grants,
        keyring: &sealed,
        device_sealed: &device_sealed,
    }
    .insert(app.db(), &presented, app.sessions())
    .await
    .map_err(|error| match error.constraint() {
        // Only somebody who knows the password learns this.
        Some("key_slot_by_proof") => {
            Error::Conflict("you have an account with this address and password: sign in")
        }
        _ => error,
    })?;

    end_replaced(app.db(), replaced).await;
    let cookies = AppendHeaders([
        (header::SET_COOKIE, cookie::issue(&presented)?),
        (header::SET_COOKIE, app.tries().recognize(&arrival.devices, email.as_str(), principal)?),
    ]);
    Ok((StatusCode::CREATED, cookies, axum::Json(ShownOnce::of(&code))))
}
