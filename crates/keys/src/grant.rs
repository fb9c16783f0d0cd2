//! A grant is a sealed key: the cover of a scope's days, sealed to whoever may have them.
//!
//! A seal to a public key does not say who made it. For what others share that does no harm: a
//! forged grant opens nothing that was recorded before. An owner's own grant is different, because
//! what is recorded next is sealed with it: whoever planted one of their own making there would
//! know tomorrow's keys. So an owner's own grants are sealed with a secret that only the owner's
//! private key leads to, which nobody can forge, and which opens 200 times as fast.
//!
//! What another holder has is either of the two: sealed to their public key by the owner, or, when
//! they *took* it from an invitation, with a secret of their own. The first byte says which.

use uuid::Uuid;

use crate::derive::{Context, derive};
use crate::{CannotOpen, Cover, DayNumber, KeyPair, PublicKey, Scope, aead, pair};

/// What a grant is, exactly as its row says. A grant opens only as that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantIdentity {
    /// Whose data it is.
    pub owner: Uuid,
    /// Who may have it; the owner holds their own scopes by grants as well.
    pub holder: Uuid,
    /// Which part of it.
    pub scope: Scope,
    /// Which epoch of that part's keys.
    pub epoch: u32,
    /// The first day.
    pub first: DayNumber,
    /// The last day.
    pub last: DayNumber,
}

impl GrantIdentity {
    pub(crate) fn context(&self) -> Context {
        self.write(Context::new("grant"))
    }

    pub(crate) fn given_context(&self) -> Context {
        self.write(Context::new("given grant"))
    }

    fn own_context(&self) -> Context {
        self.write(Context::new("own grant"))
    }

    fn held_context(&self) -> Context {
        self.write(Context::new("held grant"))
    }

    fn write(&self, context: Context) -> Context {
        context
            .id(self.owner)
            .id(self.holder)
            .number(self.scope.number())
            .number(self.epoch)
            .number(self.first.get())
            .number(self.last.get())
    }
}

/// Whether this was sealed to a public key, by whoever gave it, and not yet taken over by its holder
/// under a secret of their own, which opens 200 times as fast.
pub fn is_sealed_to_public_key(sealed: &[u8]) -> bool {
    sealed.first() == Some(&pair::NUMBER)
}

/// Seals a cover to its holder. The cover's window must be the grant's, or it never opens.
pub fn seal_grant(id: &GrantIdentity, cover: &Cover, to: &PublicKey) -> Vec<u8> {
    to.seal(&id.context(), &cover.to_bytes())
}

/// Opens a grant as exactly what `id` says. A cover of other days than the grant names is refused,
/// so that what the policy allows and what the key opens are the same days. An owner's own grant is
/// never opened this way: anybody could have made it.
pub fn open_grant(id: &GrantIdentity, sealed: &[u8], pair: &KeyPair) -> Result<Cover, CannotOpen> {
    if id.owner == id.holder {
        return Err(CannotOpen);
    }
    read(id, &pair.open(&id.context(), sealed)?)
}

/// Seals a cover of the owner's own for the owner alone.
pub fn seal_own_grant(id: &GrantIdentity, cover: &Cover, pair: &KeyPair) -> Vec<u8> {
    let context = id.own_context();
    aead::seal(&derive(pair.seed(), &context), &context, &cover.to_bytes())
}

/// Opens what [`seal_own_grant`] sealed: nobody but the owner can have made it.
pub fn open_own_grant(
    id: &GrantIdentity,
    sealed: &[u8],
    pair: &KeyPair,
) -> Result<Cover, CannotOpen> {
    let context = id.own_context();
    read(id, &aead::open(&derive(pair.seed(), &context), &context, sealed)?)
}

/// Seals a cover of somebody else's that its holder took, for the holder alone.
pub fn seal_held_grant(id: &GrantIdentity, cover: &Cover, pair: &KeyPair) -> Vec<u8> {
    let context = id.held_context();
    aead::seal(&derive(pair.seed(), &context), &context, &cover.to_bytes())
}

/// Opens what another than the owner holds, whether the owner sealed it with [`seal_grant`] or the
/// holder took it with [`seal_held_grant`]. An owner's own grant is never opened this way.
pub fn open_held_grant(
    id: &GrantIdentity,
    sealed: &[u8],
    pair: &KeyPair,
) -> Result<Cover, CannotOpen> {
    if id.owner == id.holder {
        return Err(CannotOpen);
    }
    match sealed.first() {
        Some(&pair::NUMBER) => open_grant(id, sealed, pair),
        Some(&aead::NUMBER) => {
            let context = id.held_context();
            read(id, &aead::open(&derive(pair.seed(), &context), &context, sealed)?)
        }
        _ => Err(CannotOpen),
    }
}

fn read(id: &GrantIdentity, bytes: &[u8]) -> Result<Cover, CannotOpen> {
    let cover = Cover::from_bytes(bytes)?;
    if cover.window() == (id.first, id.last) { Ok(cover) } else { Err(CannotOpen) }
}
