//! Lets an organisation in: what the asker grants it is sealed to its public key, which the code
//! vouched for.

use keys::{LineKey, RootKey};
use platform::{
    App, Error, Presented, Result, Transaction,
    notices::{TELL, What, to_asker},
};

use super::{Joined, Kind, store};
use crate::{
    rekey,
    sharing::{give, parts::NewPart, store as sharing_store, words::Words},
};

/// Gives parts of the asker's diary to an organisation, in the transaction it was found in. Needs a
/// fresh proof.
pub(crate) async fn give_to(
    root: &RootKey,
    tx: &Transaction,
    to: &Joined,
    my_words: &Words,
    parts: &[NewPart],
) -> Result<()> {
    let session = tx.session();
    session.require_fresh()?;
    let (owner, pair) = (session.principal(), session.keyring().pair());
    rekey::hold(tx).await?;
    let own = rekey::own_keys(tx).await?;
    let grants = give::seal(root, &own, owner, to.id, &to.public, parts)?;
    let their_words = Words { name: to.profile.name.clone(), purpose: my_words.purpose.clone() };
    let line = LineKey::generate();
    let share = store::NewShare {
        owner,
        holder: to.id,
        kind: to.kind.as_str(),
        for_owner: &their_words.seal_for_owner(pair, owner, to.id)?,
        for_holder: &my_words.write_to_holder(&to.public, owner, to.id)?,
        line_for_owner: &line.seal_for_owner(owner, to.id, pair),
        line_for_holder: &line.seal_for_holder(owner, to.id, &to.public),
    };
    share.insert(tx).await.map_err(|error| match error.constraint() {
        Some("share_pkey") => Error::Conflict(match to.kind {
            Kind::Practice => "this practice is let in already: change what it may see instead",
            Kind::Study => "you take part in this study already",
        }),
        _ => error,
    })?;
    sharing_store::add_parts(tx, owner, to.id, &grants).await
}

/// Ends the transaction that let an organisation in: with the audit of it, and word to the asker.
pub(crate) async fn finish(
    app: &App,
    presented: &Presented,
    tx: Transaction,
    to: &Joined,
    parts: &[NewPart],
) -> Result<()> {
    let told = to_asker(app, presented, &tx, What::AccessGiven).await?;
    let about = crate::sharing::in_short(to.id, parts);
    tx.finish(&[(&sharing_store::AUDIT, &[&"access_given", &about]), (&TELL, &told.params())])
        .await?;
    Ok(())
}
