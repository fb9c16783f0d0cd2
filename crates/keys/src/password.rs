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

    /// What shows that the PIN of a locked session was right. It is never a password's proof, not
    /// even of the same digits with the same salt.
    pub fn pin_proof(&self, root: &RootKey) -> Proof {
        Proof::new(root, &derive(&self.0, &Context::new("pin verifier")))
    }

    /// What opens the private key.
    pub fn slot_key(&self) -> SlotKey {
        SlotKey::new(derive(&self.0, &Context::new("password slot key")))
    }
}

blank_debug!(Stretched);

#[cfg(test)]
mod tests {
    use argon2::{AssociatedData, ParamsBuilder};

    use super::*;
    use crate::vectors::hex;

    /// Section 5.3. It takes a secret and associated data, which we do not use, so this is the
    /// crate's answer and not our wrapper's.
    #[test]
    fn argon2id_gives_the_answer_of_rfc_9106() {
        let params = ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .data(AssociatedData::new(&[4; 12]).unwrap())
            .build()
            .unwrap();
        let mut tag = [0; 32];
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
            .unwrap()
            .hash_password_into(&[1; 32], &[2; 16], &mut tag)
            .unwrap();
        assert_eq!(
            tag.as_slice(),
            hex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659")
        );
    }

    /// From `test.c` of the reference implementation, version 0x13, 2 passes over 256 KiB.
    #[test]
    fn our_stretching_gives_the_answers_of_the_reference_implementation() {
        for (lanes, expected) in [
            (1, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
            (2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
        ] {
            let cost = PasswordCost { memory_kib: 256, passes: 2, lanes };
            let stretched = argon2id(b"password", b"somesalt", cost).unwrap();
            assert_eq!(stretched.as_slice(), hex(expected));
        }
    }

    #[test]
    fn a_password_costs_64_mib_and_three_passes_unless_said_otherwise() {
        let expected = PasswordCost { memory_kib: 65_536, passes: 3, lanes: 1 };
        assert_eq!(PasswordCost::default(), expected);
        assert!(expected.params().is_ok());
    }

    #[test]
    fn a_cost_out_of_bounds_is_refused_before_it_is_paid() {
        let weak = PasswordCost::WEAK_FOR_TESTS;
        for cost in [
            PasswordCost { memory_kib: u32::MAX, ..weak },
            PasswordCost { memory_kib: (1 << 20) + 1, ..weak },
            PasswordCost { memory_kib: 0, ..weak },
            PasswordCost { passes: 0, ..weak },
            PasswordCost { passes: 33, ..weak },
            PasswordCost { lanes: 0, ..weak },
            PasswordCost { memory_kib: 1024, lanes: 17, ..weak },
            PasswordCost { lanes: 2, ..weak },
        ] {
            assert_eq!(stretch(&"x".into(), &[0; 32], cost).err(), Some(CannotOpen), "{cost:?}");
        }
    }

    #[test]
    fn password_salt_cost_and_root_key_all_change_the_proof() {
        let root = RootKey::generate();
        let weak = PasswordCost::WEAK_FOR_TESTS;
        let proof = |password: &str, salt: u8, cost, root: &RootKey| {
            *stretch(&password.into(), &[salt; 32], cost).unwrap().proof(root).expose()
        };
        let proofs = [
            proof("apple", 1, weak, &root),
            proof("Apple", 1, weak, &root),
            proof("apple", 2, weak, &root),
            proof("apple", 1, PasswordCost { passes: 2, ..weak }, &root),
            proof("apple", 1, PasswordCost { memory_kib: 16, ..weak }, &root),
            proof("apple", 1, weak, &RootKey::generate()),
        ];
        assert_eq!(proofs[0], proof("apple", 1, weak, &root));
        assert!(proofs[1..].iter().all(|other| *other != proofs[0]));
    }

    #[test]
    fn a_pin_s_proof_is_never_a_password_s() {
        let root = RootKey::generate();
        let stretched =
            |salt: u8| stretch(&"2580".into(), &[salt; 32], PasswordCost::WEAK_FOR_TESTS).unwrap();
        let pin = stretched(1).pin_proof(&root);
        assert_eq!(pin.expose(), stretched(1).pin_proof(&root).expose());
        assert_ne!(pin.expose(), stretched(1).proof(&root).expose());
        assert_ne!(pin.expose(), stretched(2).pin_proof(&root).expose());
        assert_ne!(pin.expose(), stretched(1).pin_proof(&RootKey::generate()).expose());
    }
}
