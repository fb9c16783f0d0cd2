//! Ten codes that are each used once: a second step when the other one is lost, or with it the way
//! back when the password is.

use keys::{KeyPair, SingleUseCode};
use platform::{App, Result};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{credentials::Credential, slots::NewSlot};

/// As many as are made at a time.
const CODES: usize = 10;

/// Shown once; nobody can show them again.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShownCodes {
    /// Each is used once, instead of another second step.
    single_use_codes: Vec<String>,
}

/// Codes that were just made.
pub(super) struct NewCodes {
    pub(super) shown: ShownCodes,
    pub(super) slots: Vec<NewSlot>,
}

impl NewCodes {
    pub(super) fn make(app: &App, principal: Uuid, pair: &KeyPair) -> Result<Self> {
        let mut codes = Vec::with_capacity(CODES);
        let mut slots = Vec::with_capacity(CODES);
        for _ in 0..CODES {
            let code = SingleUseCode::generate();
            let credential = Credential::of_single_use_code(app, &code);
            slots.push(NewSlot::seal(principal, pair, &credential, app.sessions().password_cost)?);
            codes.push(code.display().expose_secret().to_owned());
        }
        Ok(Self { shown: ShownCodes { single_use_codes: codes }, slots })
    }
}
