//! A grant is a sealed key: the cover of a scope's days, sealed to whoever may have them.

use uuid::Uuid;

use crate::derive::Context;
use crate::{CannotOpen, Cover, DayNumber, KeyPair, PublicKey, Scope};

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
        Context::new("grant")
            .id(self.owner)
            .id(self.holder)
            .number(self.scope.number())
            .number(self.epoch)
            .number(self.first.get())
            .number(self.last.get())
    }
}

/// Seals a cover to its holder. The cover's window must be the grant's, or it never opens.
pub fn seal_grant(id: &GrantIdentity, cover: &Cover, to: &PublicKey) -> Vec<u8> {
    to.seal(&id.context(), &cover.to_bytes())
}

/// Opens a grant as exactly what `id` says. A cover of other days than the grant names is refused,
/// so that what the policy allows and what the key opens are the same days.
pub fn open_grant(id: &GrantIdentity, sealed: &[u8], pair: &KeyPair) -> Result<Cover, CannotOpen> {
    let cover = Cover::from_bytes(&pair.open(&id.context(), sealed)?)?;
    if cover.window() == (id.first, id.last) { Ok(cover) } else { Err(CannotOpen) }
}
