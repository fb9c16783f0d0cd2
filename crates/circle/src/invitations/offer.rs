//! An invitation on its way into the table.

use keys::{InvitationSecret, KeyPair, RootKey};
use platform::{Error, Result, Session};
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::{
    rekey::OwnKeys,
    sharing::{
        give::{self, NewGrant},
        parts::NewPart,
        words::Words,
    },
};

/// What the text that may be read before accepting is sealed for.
pub(super) const OFFER: &str = "offer";

/// An invitation that was made, without what only the link has.
pub(super) struct Row {
    pub(super) invitation: Uuid,
    pub(super) handle_hash: Vec<u8>,
    pub(super) proof_hash: Vec<u8>,
    pub(super) offer_sealed: Vec<u8>,
    pub(super) for_owner_sealed: Vec<u8>,
    pub(super) secret_sealed: Vec<u8>,
    pub(super) line_for_owner_sealed: Vec<u8>,
    pub(super) parts: Vec<NewGrant>,
}

/// Makes an invitation of the asker's: `from` is what the invited person reads, `to` what the owner
/// reads in the list.
pub(super) fn make(
    root: &RootKey,
    session: &Session,
    own: &OwnKeys,
    from: &Words,
    to: &Words,
    parts: &[NewPart],
) -> Result<(InvitationSecret, Row)> {
    let (secret, invitation, owner) =
        (InvitationSecret::generate(), Uuid::now_v7(), session.principal());
    let (pair, handle) = (session.keyring().pair(), secret.handle());
    let parts = parts.iter().map(|part| {
        let (epoch, whole) = own.current(part.scope)?;
        let cover = give::cover(whole, part)?;
        let key_sealed = secret.seal_cover(root, invitation, owner, part.scope, epoch, &cover);
        Ok(NewGrant {
            part: *part,
            epoch: give::number(epoch)?,
            key_sealed,
            given_hash: Vec::new(),
        })
    });
    let parts = parts.collect::<Result<_>>()?;
    let line = secret.line(root, invitation, owner);
    let row = Row {
        invitation,
        handle_hash: handle.fingerprint().to_vec(),
        proof_hash: secret.proof().fingerprint().to_vec(),
        offer_sealed: handle.seal(OFFER, invitation, &from.to_bytes()?),
        for_owner_sealed: to.seal_for_owner(pair, owner, invitation)?,
        secret_sealed: seal_secret(pair, owner, invitation, &secret),
        line_for_owner_sealed: line.seal_offered(owner, invitation, pair),
        parts,
    };
    Ok((secret, row))
}

fn seal_secret(
    pair: &KeyPair,
    owner: Uuid,
    invitation: Uuid,
    secret: &InvitationSecret,
) -> Vec<u8> {
    let text = secret.encode();
    keys::seal_to_self(pair, owner, &sealed_for(invitation), text.expose_secret().as_bytes())
}

/// Opens the owner's own copy of a secret.
pub(super) fn open_secret(
    pair: &KeyPair,
    owner: Uuid,
    invitation: Uuid,
    sealed: &[u8],
) -> Result<InvitationSecret> {
    let plain = keys::open_own(pair, owner, &sealed_for(invitation), sealed);
    let plain = plain.or(Err(Error::Altered))?;
    let text = std::str::from_utf8(&plain).or(Err(Error::Altered))?;
    InvitationSecret::parse(text).or(Err(Error::Altered))
}

fn sealed_for(invitation: Uuid) -> String {
    format!("circle.invitation.secret_sealed {invitation}")
}

/// The link to an invitation. The secret stands in its fragment, which no browser sends.
pub(super) fn link(origin: &str, secret: &InvitationSecret) -> String {
    format!("{origin}/invitation#{}", secret.encode().expose_secret())
}
