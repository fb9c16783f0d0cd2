//! Who you are: opening an account, signing in and out, recovering.
//!
//! An address and `password` are what people type, `credentials` what comes of it; `sign_up`,
//! `sign_in`, `second_steps`, `security_keys`, `proof` (step-up), `sessions`, `password_change`,
//! `recovery`, `email`, `notices` and `api_tokens` are the capabilities. No slot is found by an e-mail
//! address: the address only salts the password, and what the two yield together finds the slot. So
//! a known and an unknown address take the same path at the same price, and the database holds no address.

mod api_tokens;
mod ceremony;
mod credentials;
mod device;
mod email;
mod notices;
pub mod password;
mod password_change;
mod proof;
mod recovery;
mod second_steps;
mod security_keys;
mod sessions;
mod sign_in;
mod sign_up;
mod slots;

use platform::{Routes, Sql};

pub use platform::mail::EmailAddress;

/// Every route of accounts.
pub fn routes() -> Routes {
    sign_up::routes()
        .merge(sign_in::routes())
        .merge(second_steps::routes())
        .merge(security_keys::routes())
        .merge(proof::routes())
        .merge(sessions::routes())
        .merge(password_change::routes())
        .merge(recovery::routes())
        .merge(email::routes())
        .merge(notices::routes())
        .merge(api_tokens::routes())
}

/// Every statement of accounts, so that a test can prepare and explain each.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    [
        slots::ALL,
        ceremony::ALL,
        sign_up::store::ALL,
        sign_in::store::ALL,
        second_steps::store::ALL,
        security_keys::store::ALL,
        proof::store::ALL,
        sessions::store::ALL,
        password_change::store::ALL,
        recovery::store::ALL,
        email::store::ALL,
        notices::store::ALL,
        api_tokens::store::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
