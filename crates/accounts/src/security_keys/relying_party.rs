//! Who asks an authenticator: the host of the public origin, and exactly that origin.

use std::time::Duration;

use platform::{App, Error, Result};
use serde::Serialize;
use serde_json::{Value, json};
use tracing::subscriber::{NoSubscriber, with_default};
use url::{Host, Url};
use uuid::Uuid;
use webauthn_rs_core::{
    WebauthnCore,
    error::WebauthnError,
    proto::{
        AttestationConveyancePreference, AuthenticationResult, AuthenticationState, Credential,
        PublicKeyCredential, RegisterPublicKeyCredential, RegistrationState,
        ResidentKeyRequirement, UserVerificationPolicy,
    },
};

use super::key::SecurityKey;

/// How long a browser lets its person look for the key.
const TIMEOUT: Duration = Duration::from_mins(5);

/// What the authenticator's PRF is asked for: the same for every key, so that a passkey can be asked
/// before anybody knows whose it is. Changing it would change every secret.
const PRF_INPUT: &str = "a2VlcHdlbGwgcGFzc2tleSBzZWNyZXQ";

/// Makes challenges and checks what answers them.
pub(super) struct RelyingParty(WebauthnCore);

impl RelyingParty {
    /// This Keepwell, as browsers reach it.
    pub(super) fn of(app: &App) -> Result<Self> {
        let origin = Url::parse(&app.guard().public_origin)
            .map_err(|cause| Error::Internal(cause.into()))?;
        // Browsers tie keys to a name.
        let Some(Host::Domain(host)) = origin.host() else {
            return Err(Error::Conflict(
                "security keys and passkeys need a Keepwell that is reached by a name, and this \
                 one is reached by a number",
            ));
        };
        let host = host.to_owned();
        let (subdomains, any_port) = (Some(false), Some(false));
        Ok(Self(WebauthnCore::new_unsafe_experts_only(
            "Keepwell",
            &host,
            vec![origin],
            TIMEOUT,
            subdomains,
            any_port,
        )))
    }

    /// What a new key is made from. The name is kept by the person's own authenticator.
    pub(super) fn ask_for_new(
        &self,
        handle: &[u8],
        email: &str,
        known: &[SecurityKey],
    ) -> Result<(Value, RegistrationState)> {
        let known = known.iter().map(|key| key.credential.cred_id.clone()).collect();
        let builder = self
            .0
            .new_challenge_register_builder(handle, email, email)
            .map_err(|cause| ours(&cause))?
            .attestation(AttestationConveyancePreference::None)
            .user_verification_policy(UserVerificationPolicy::Preferred)
            .exclude_credentials(Some(known));
        let (mut asked, state) =
            self.0.generate_challenge_register(builder).map_err(|cause| ours(&cause))?;
        if let Some(wanted) = &mut asked.public_key.authenticator_selection {
            wanted.resident_key = Some(ResidentKeyRequirement::Preferred);
        }
        Ok((with_prf(&asked.public_key)?, state))
    }

    /// What one of the given keys is to sign; with none, whichever passkey the person chooses.
    pub(super) fn ask(
        &self,
        keys: &[SecurityKey],
        verification: UserVerificationPolicy,
    ) -> Result<(Value, AuthenticationState)> {
        let credentials = keys.iter().map(|key| key.credential.clone()).collect();
        let builder = self
            .0
            .new_challenge_authenticate_builder(credentials, Some(verification))
            .map_err(|cause| ours(&cause))?;
        let (asked, mut state) =
            self.0.generate_challenge_authenticate(builder).map_err(|cause| ours(&cause))?;
        // Which keys count is looked up anew when the answer comes.
        state.set_allowed_credentials(Vec::new());
        Ok((with_prf(&asked.public_key)?, state))
    }

    /// Checks a new key.
    pub(super) fn register(
        &self,
        sent: &RegisterPublicKeyCredential,
        state: &RegistrationState,
    ) -> Result<Credential, WebauthnError> {
        in_silence(|| self.0.register_credential(sent, state, None))
    }

    /// Checks what a key signed.
    pub(super) fn check(
        &self,
        sent: &PublicKeyCredential,
        state: &AuthenticationState,
        credential: &Credential,
    ) -> Result<AuthenticationResult, WebauthnError> {
        in_silence(|| self.0.authenticate_single_credential(sent, state, credential))
    }
}

/// What stands for the person in an authenticator: the same for all keys of one person, and nobody
/// can tell from it who it is.
pub(super) fn handle(app: &App, principal: Uuid) -> [u8; 32] {
    app.root().pseudonym("user of a passkey", &principal.to_string())
}

/// The library writes what it reads into the log of whoever looks closely. Our log has no content.
fn in_silence<T>(run: impl FnOnce() -> T) -> T {
    with_default(NoSubscriber::default(), run)
}

fn with_prf(asked: &impl Serialize) -> Result<Value> {
    let mut asked = serde_json::to_value(asked).map_err(|cause| Error::Internal(cause.into()))?;
    if let Some(asked) = asked.as_object_mut() {
        asked.insert("extensions".to_owned(), json!({"prf": {"eval": {"first": PRF_INPUT}}}));
    }
    Ok(asked)
}

fn ours(cause: &WebauthnError) -> Error {
    Error::Internal(anyhow::anyhow!("a challenge could not be made: {cause}"))
}
