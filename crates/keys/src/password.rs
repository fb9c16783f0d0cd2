//! From a password to a proof and a slot key, at a price that makes guessing dear.
//!
//! Argon2id (RFC 9106) does the stretching, HKDF parts the outcome in two: the *proof* shows that
//! the password is right, the *slot key* opens the private key, and neither tells anything of the
//! other. Both depend on the same stretched secret, so each guess costs the full price.
//!
//! What is the same password is decided by the caller: bring it to Unicode's NFC before it comes
//! here, or the same word typed on another keyboard is another password. Likewise the e-mail
//! address that the salt is made of.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, blank_debug, derive};
use crate::{CannotOpen, Proof, RootKey, SlotKey};

/// What stretching one password costs. Kept beside the slot that it was made with, so that the
/// default can rise while old slots still open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes of memory. They are worked through one after the other here.
    pub lanes: u32,
}

impl PasswordCost {
    /// Next to nothing, so that tests can sign in a thousand times.
    pub const WEAK_FOR_TESTS: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// Costs come back from the database, and whoever can write there must not be able to make a
    /// sign-in take all memory or an hour.
    const MOST: Self = Self { memory_kib: 1 << 20, passes: 32, lanes: 16 };

    fn params(self) -> Result<Params, CannotOpen> {
        let most = Self::MOST;
        if most.memory_kib < self.memory_kib || most.passes < self.passes || most.lanes < self.lanes
        {
            return Err(CannotOpen);
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_params| CannotOpen)
    }
}

impl Default for PasswordCost {
    /// 64 MiB and three passes, the second choice of RFC 9106, with one lane.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

/// Stretches a password, already in NFC. Takes a good part of a second and all of one core by
/// design: never call it on a thread that serves others.
///
/// Refuses costs out of bounds, and when there is no memory to pay them with.
pub fn stretch(
    password: &SecretString,
    salt: &[u8; 32],
    cost: PasswordCost,
) -> Result<Stretched, CannotOpen> {
    argon2id(password.expose_secret().as_bytes(), salt, cost).map(Stretched)
}

fn argon2id(password: &[u8], salt: &[u8], cost: PasswordCost) -> Result<Secret, CannotOpen> {
    let params = cost.params()?;
    // Our own memory, because it must be wiped and because running out must not end the program.
    let mut memory = Zeroizing::new(Vec::new());
    memory.try_reserve_exact(params.block_count()).map_err(|_memory| CannotOpen)?;
    memory.resize(params.block_count(), Block::default());

    let mut out = Secret::default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, out.as_mut_slice(), memory.as_mut_slice())
        .map_err(|_argon2| CannotOpen)?;
    Ok(out)
}

/// A stretched password.
pub struct Stretched(Secret);

impl Stretched {
    /// What shows that the password was right.
    pub fn proof(&self, root: &RootKey) -> Proof {
        Proof::new(root, &derive(&self.0, &Context::new("password verifier")))
    }

    /// What opens the private key.
    pub fn slot_key(&self) -> SlotKey {
        SlotKey::new(derive(&self.0, &Context::new("password slot key")))
    }
}

blank_debug!(Stretched);
