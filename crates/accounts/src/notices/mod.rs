//! What a person is told about their account: the list in the app. How a notice is left is
//! `platform::notices`.

mod routes;
pub(crate) mod store;

use keys::KeyPair;
use platform::{
    App, Error, Presented, Result, Unproved,
    limits::Devices,
    mail::Language,
    notices::{TELL, TELL_SECOND_STEP_FAILED, Told, What},
};
use uuid::Uuid;

use crate::credentials::open_email;

pub(crate) use platform::notices::to_asker as prepare;
pub(crate) use routes::routes;

/// Leaves word of a sign-in in its transaction, whose session is open by now; unless its person has
/// come in with this browser before.
pub(crate) async fn signed_in(
    app: &App,
    tx: &Unproved,
    devices: &Devices,
    language: Language,
    principal: Uuid,
    pair: &KeyPair,
) -> Result<()> {
    if app.tries().knows(devices, principal) {
        return Ok(());
    }
    let email = open_email(pair, principal, &store::sealed_address(tx).await?)?;
    let told = Told::of(app, What::SignedIn, &email, language)?;
    tx.query(&TELL, &told.params()).await?;
    Ok(())
}

/// Leaves word that a second step was not right, from a session that waits for it. That it could not
/// be left changes nothing for who asks.
pub(crate) async fn second_step_failed(
    app: &App,
    presented: &Presented,
    principal: Uuid,
    pair: &KeyPair,
) {
    let left = async {
        let tx = app.db().begin_without_session(presented).await?;
        let Some(sealed) = store::standing_address(&tx).await? else { return Ok(()) };
        let email = open_email(pair, principal, &sealed)?;
        let told = Told::of(app, What::SecondStepFailed, &email, presented.language())?;
        tx.finish(&[(&TELL_SECOND_STEP_FAILED, &told.params_of_failure())]).await?;
        Ok::<_, Error>(())
    };
    if let Err(cause) = left.await {
        tracing::warn!(%cause, "a notice of a second step that failed was not left");
    }
}
