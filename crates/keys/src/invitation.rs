//! An invitation: an offer that waits in the database until somebody comes with its secret.
//!
//! The secret is only in the fragment of the link, which browsers keep to themselves. Three things
//! come of it, and none leads to another or back:
//!
//! - the *handle*: the server finds the offer by it and opens the text that may be read before
//!   accepting. The database sees only a lookup derived from the handle.
//! - the *proof*: what the database compares the hash of when the offer is accepted.
//! - with the operator's root key, the key to what is given: covers of a diary, or the key pair of
//!   an organisation.
//!
//! The web app derives the handle in the browser, and sends the secret only to accept. The handle is
//! HKDF-SHA-256 (RFC 5869) of the secret's 32 bytes, with an empty salt and these bytes as info, to
//! 32 bytes:
//!
//! ```text
//! 00000000000000086b65657077656c6c0000000000000011696e7669746174696f6e2068616e646c65
//! ```
//!
//! That is `keepwell` and `invitation handle`, each after its length in eight bytes.

use secrecy::SecretString;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, blank_debug, derive, random_secret};
use crate::{
    CannotOpen, Cover, DatabaseToken, DayNumber, KeyPair, LineKey, RootKey, Scope, aead, text,
};

/// What is sealed takes a multiple of this many bytes, so a name does not show its length.
const STEP: usize = 256;

/// The secret of an invitation: who has it may accept.
pub struct InvitationSecret(Secret);

impl InvitationSecret {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        Self(random_secret())
    }

    /// Reads what [`encode`](Self::encode) wrote, and nothing else that would decode to the same.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        text::decode(text).map(Self)
    }

    /// For the link's fragment: 43 characters of base64url.
    pub fn encode(&self) -> SecretString {
        text::encode(self.0.as_slice())
    }

    /// What the offer is found and read with before it is accepted.
    pub fn handle(&self) -> InvitationHandle {
        InvitationHandle(derive(&self.0, &handle_context()))
    }

    /// What shows the database, which keeps its hash, that this secret is here.
    pub fn proof(&self) -> DatabaseToken {
        DatabaseToken::new(derive(&self.0, &Context::new("invitation proof")))
    }

    /// Seals a cover for whoever accepts.
    pub fn seal_cover(
        &self,
        root: &RootKey,
        invitation: Uuid,
        owner: Uuid,
        scope: Scope,
        epoch: u32,
        cover: &Cover,
    ) -> Vec<u8> {
        let context = cover_context(invitation, owner, scope, epoch, cover.window());
        aead::seal(&self.key(root, &context), &context, &cover.to_bytes())
    }

    /// Opens what [`seal_cover`](Self::seal_cover) sealed as exactly this offer's, of these days.
    #[expect(clippy::too_many_arguments, reason = "each says what the cover must be")]
    pub fn open_cover(
        &self,
        root: &RootKey,
        invitation: Uuid,
        owner: Uuid,
        scope: Scope,
        epoch: u32,
        first: DayNumber,
        last: DayNumber,
        sealed: &[u8],
    ) -> Result<Cover, CannotOpen> {
        let context = cover_context(invitation, owner, scope, epoch, (first, last));
        let cover = Cover::from_bytes(&aead::open(&self.key(root, &context), &context, sealed)?)?;
        if cover.window() == (first, last) { Ok(cover) } else { Err(CannotOpen) }
    }

    /// Seals an organisation's key pair for whoever accepts to become a member.
    pub fn seal_pair(
        &self,
        root: &RootKey,
        invitation: Uuid,
        organisation: Uuid,
        pair: &KeyPair,
    ) -> Vec<u8> {
        let context = pair_context(invitation, organisation);
        aead::seal(&self.key(root, &context), &context, pair.private_bytes().as_slice())
    }

    /// Opens what [`seal_pair`](Self::seal_pair) sealed for this organisation.
    pub fn open_pair(
        &self,
        root: &RootKey,
        invitation: Uuid,
        organisation: Uuid,
        sealed: &[u8],
    ) -> Result<KeyPair, CannotOpen> {
        let context = pair_context(invitation, organisation);
        KeyPair::from_private_slice(&aead::open(&self.key(root, &context), &context, sealed)?)
    }

    /// The key of the line between the owner and whoever accepts.
    pub fn line(&self, root: &RootKey, invitation: Uuid, owner: Uuid) -> LineKey {
        let context = Context::new("invitation line").id(invitation).id(owner);
        LineKey::of(self.key(root, &context))
    }

    fn key(&self, root: &RootKey, context: &Context) -> Secret {
        let of_the_secret = derive(&self.0, &Context::new("invitation key"));
        derive(&root.invitation_key(&of_the_secret), context)
    }
}

/// The handle of an invitation: who has it may read what is offered, and not accept it.
pub struct InvitationHandle(Secret);

impl InvitationHandle {
    /// Reads what [`encode`](Self::encode) wrote, and nothing else that would decode to the same.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        text::decode(text).map(Self)
    }

    /// For who asks what is offered: 43 characters of base64url.
    pub fn encode(&self) -> SecretString {
        text::encode(self.0.as_slice())
    }

    /// What the database sees, to find the invitation by.
    pub fn lookup(&self) -> DatabaseToken {
        DatabaseToken::new(derive(&self.0, &Context::new("invitation lookup")))
    }

    /// SHA-256 of the [`lookup`](Self::lookup): what the database stores.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.lookup().fingerprint()
    }

    /// Seals a text that may be read before accepting.
    pub fn seal(&self, purpose: &str, invitation: Uuid, plain: &[u8]) -> Vec<u8> {
        aead::seal_in_steps(&self.key(), &text_context(purpose, invitation), plain, STEP)
    }

    /// Opens what was sealed with this handle for the same purpose and invitation.
    pub fn open(
        &self,
        purpose: &str,
        invitation: Uuid,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        aead::open_padded(&self.key(), &text_context(purpose, invitation), sealed)
    }

    fn key(&self) -> Secret {
        derive(&self.0, &Context::new("invitation text key"))
    }
}

fn handle_context() -> Context {
    Context::new("invitation handle")
}

fn text_context(purpose: &str, invitation: Uuid) -> Context {
    Context::new("invitation text").text(purpose).id(invitation)
}

fn cover_context(
    invitation: Uuid,
    owner: Uuid,
    scope: Scope,
    epoch: u32,
    (first, last): (DayNumber, DayNumber),
) -> Context {
    Context::new("invitation cover")
        .id(invitation)
        .id(owner)
        .number(scope.number())
        .number(epoch)
        .number(first.get())
        .number(last.get())
}

fn pair_context(invitation: Uuid, organisation: Uuid) -> Context {
    Context::new("invitation pair").id(invitation).id(organisation)
}

blank_debug!(InvitationSecret, InvitationHandle);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScopeRoot;

    #[test]
    fn an_offered_cover_of_other_days_than_it_says_is_refused() {
        let (root, secret) = (RootKey::generate(), InvitationSecret::generate());
        let (offer, ana) = (Uuid::from_u128(0xd4), Uuid::from_u128(0xa1));
        let (first, last) = (DayNumber::new(100), DayNumber::new(130));
        let scope_root = ScopeRoot::generate();
        let whole = scope_root.cover_all();
        for (cover, opens) in [(scope_root.cover(first, last), true), (whole, false)] {
            let context = cover_context(offer, ana, Scope::Food, 3, (first, last));
            let sealed = aead::seal(&secret.key(&root, &context), &context, &cover.to_bytes());
            let opened = secret.open_cover(&root, offer, ana, Scope::Food, 3, first, last, &sealed);
            assert_eq!(opened.is_ok(), opens);
        }
    }
}
