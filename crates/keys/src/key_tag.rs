//! Says that a public key in the database is the principal's, and not one that somebody put there.
//!
//! A tag is keyed with the operator's root key. Whoever can write to the database alone can exchange
//! a public key, but cannot make the tag that goes with it; nobody seals to a key without it.

use aws_lc_rs::constant_time;
use uuid::Uuid;

use crate::derive::Context;
use crate::{CannotOpen, GrantIdentity, PublicKey, RootKey};

impl RootKey {
    /// The tag of a principal's public key; `kind` is the principal's kind.
    pub fn public_key_tag(&self, principal: Uuid, kind: &str, public: &PublicKey) -> [u8; 32] {
        self.tag(principal, kind, public.bytes())
    }

    /// Reads a public key from the database, if the tag beside it says that it is this principal's.
    pub fn check_public_key(
        &self,
        principal: Uuid,
        kind: &str,
        public_bytes: &[u8],
        tag: &[u8],
    ) -> Result<PublicKey, CannotOpen> {
        constant_time::verify_slices_are_equal(&self.tag(principal, kind, public_bytes), tag)
            .map_err(|_unequal| CannotOpen)?;
        PublicKey::parse(public_bytes)
    }

    /// The tag of a grant: that exactly this was given, under these keys, until then (microseconds of
    /// Unix time). The next keys of its scope are sealed only to whoever's row has its tag.
    pub fn grant_tag(&self, id: &GrantIdentity, ends_at_us: Option<i64>) -> [u8; 32] {
        let ends_at = ends_at_us.map_or_else(Vec::new, |at| at.to_be_bytes().to_vec());
        self.keyed_hash(&id.given_context(), &ends_at)
    }

    /// Whether a grant's row is as it was given.
    pub fn is_as_given(&self, id: &GrantIdentity, ends_at_us: Option<i64>, tag: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.grant_tag(id, ends_at_us), tag).is_ok()
    }

    fn tag(&self, principal: Uuid, kind: &str, public_bytes: &[u8]) -> [u8; 32] {
        self.keyed_hash(&Context::new("public key tag").id(principal).text(kind), public_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyPair;

    const ANA: Uuid = Uuid::from_u128(0xa1);
    const BEN: Uuid = Uuid::from_u128(0xb2);

    #[test]
    fn a_grant_s_tag_is_of_all_that_was_given() {
        use crate::{DayNumber, Scope};

        let root = RootKey::generate();
        let id = GrantIdentity {
            owner: ANA,
            holder: BEN,
            scope: Scope::Food,
            epoch: 3,
            first: DayNumber::new(10),
            last: DayNumber::new(20),
        };
        let tag = root.grant_tag(&id, Some(5));
        assert!(root.is_as_given(&id, Some(5), &tag));
        for other in [
            GrantIdentity { owner: BEN, ..id },
            GrantIdentity { holder: ANA, ..id },
            GrantIdentity { scope: Scope::Notes, ..id },
            GrantIdentity { epoch: 4, ..id },
            GrantIdentity { first: DayNumber::new(9), ..id },
            GrantIdentity { last: DayNumber::new(21), ..id },
        ] {
            assert!(!root.is_as_given(&other, Some(5), &tag), "{other:?}");
        }
        for ends in [None, Some(0), Some(6)] {
            assert!(!root.is_as_given(&id, ends, &tag));
        }
        assert!(!RootKey::generate().is_as_given(&id, Some(5), &tag));
        assert!(!root.is_as_given(&id, Some(5), &[]));
    }

    #[test]
    fn a_public_key_is_read_with_its_tag_as_its_principal_s_only() {
        let (root, public) = (RootKey::generate(), KeyPair::generate().public());
        let tag = root.public_key_tag(ANA, "person", &public);
        let check = |root: &RootKey, principal, kind, public: &PublicKey, tag: &[u8]| {
            root.check_public_key(principal, kind, public.bytes(), tag)
        };
        assert_eq!(check(&root, ANA, "person", &public, &tag), Ok(public.clone()));

        let planted = KeyPair::generate().public();
        assert_eq!(check(&root, ANA, "person", &planted, &tag), Err(CannotOpen));
        assert_eq!(check(&root, BEN, "person", &public, &tag), Err(CannotOpen));
        assert_eq!(check(&root, ANA, "practice", &public, &tag), Err(CannotOpen));
        assert_eq!(check(&RootKey::generate(), ANA, "person", &public, &tag), Err(CannotOpen));
        for other in [&[] as &[u8], &tag[..31], &[tag.as_slice(), &[0]].concat(), &[0; 32]] {
            assert_eq!(check(&root, ANA, "person", &public, other), Err(CannotOpen));
        }
    }

    #[test]
    fn bytes_that_are_no_key_are_refused_even_with_their_tag() {
        let root = RootKey::generate();
        for bytes in [&[] as &[u8], &[2], &[0; 1217], &KeyPair::generate().public().bytes()[1..]] {
            let tag = root.tag(ANA, "person", bytes);
            assert_eq!(root.check_public_key(ANA, "person", bytes, &tag), Err(CannotOpen));
        }
    }
}
