//! The inbox: what a program leaves for the owner and cannot read again.
//!
//! A write-only token has no cover, so what it brings is sealed to the owner's public key and waits
//! until the owner comes and files it. Inside that seal is another one, under a key that comes of
//! the owner's erasure key: destroying the erasure key destroys what waits, backups included, as it
//! does records. The inner one is padded, so its size does not tell how much it says.
//!
//! Anybody who has both keys can seal here: that the token was allowed to is the database's matter,
//! and the owner files what it says as something a program brought.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, derive};
use crate::{CannotOpen, ErasureKey, KeyPair, Ladder, PublicKey, Scope, TooLarge, aead};

/// How much longer an item is than the ladder's step that it was padded to.
pub const INBOX_OVERHEAD: usize = PublicKey::OVERHEAD;

/// Seals an item for its owner, to one of the ladder's sizes and [`INBOX_OVERHEAD`].
pub fn seal_inbox(
    public: &PublicKey,
    erasure: &ErasureKey,
    owner: Uuid,
    item: Uuid,
    scope: Scope,
    plain: &[u8],
    ladder: &Ladder,
) -> Result<Vec<u8>, TooLarge> {
    let context = context("inbox", owner, item, scope);
    let size = ladder.sealed_len(plain.len())?;
    let inner = aead::seal_padded(&key(erasure, owner, item, scope), &context, plain, size)?;
    Ok(public.seal(&context, &inner))
}

/// Opens what was left for the owner as exactly this item of this scope.
pub fn open_inbox(
    pair: &KeyPair,
    erasure: &ErasureKey,
    owner: Uuid,
    item: Uuid,
    scope: Scope,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    let context = context("inbox", owner, item, scope);
    let inner = pair.open(&context, sealed)?;
    aead::open_padded(&key(erasure, owner, item, scope), &context, &inner)
}

fn key(erasure: &ErasureKey, owner: Uuid, item: Uuid, scope: Scope) -> Secret {
    derive(erasure.as_secret(), &context("inbox key", owner, item, scope))
}

fn context(label: &str, owner: Uuid, item: Uuid, scope: Scope) -> Context {
    Context::new(label).id(owner).id(item).number(scope.number())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Uuid = Uuid::from_u128(0xa1);
    const BEN: Uuid = Uuid::from_u128(0xb2);
    const ITEM: Uuid = Uuid::from_u128(0xc3);

    #[test]
    fn an_item_opens_for_its_owner_with_the_erasure_key_as_itself_only() {
        let (pair, erasure) = (KeyPair::generate(), ErasureKey::generate());
        let sealed = seal_inbox(
            &pair.public(),
            &erasure,
            ANA,
            ITEM,
            Scope::Body,
            b"71.5 kg",
            &Ladder::SMALL,
        )
        .unwrap();
        let open = |pair: &KeyPair, erasure: &ErasureKey, owner, item, scope| {
            open_inbox(pair, erasure, owner, item, scope, &sealed).ok()
        };
        let opened = open(&pair, &erasure, ANA, ITEM, Scope::Body).unwrap();
        assert_eq!(*opened, b"71.5 kg");

        assert!(open(&KeyPair::generate(), &erasure, ANA, ITEM, Scope::Body).is_none());
        assert!(open(&pair, &ErasureKey::generate(), ANA, ITEM, Scope::Body).is_none());
        assert!(open(&pair, &erasure, BEN, ITEM, Scope::Body).is_none());
        assert!(open(&pair, &erasure, ANA, ANA, Scope::Body).is_none());
        assert!(open(&pair, &erasure, ANA, ITEM, Scope::Food).is_none());
    }

    #[test]
    fn an_item_without_the_inner_seal_is_refused() {
        let (pair, erasure) = (KeyPair::generate(), ErasureKey::generate());
        let context = context("inbox", ANA, ITEM, Scope::Body);
        let planted = pair.public().seal(&context, b"71.5 kg");
        let opened = open_inbox(&pair, &erasure, ANA, ITEM, Scope::Body, &planted);
        assert_eq!(opened, Err(CannotOpen));
    }

    #[test]
    fn an_item_s_size_is_a_step_of_the_ladder_and_the_overhead() {
        let (pair, erasure) = (KeyPair::generate(), ErasureKey::generate());
        let seal = |plain_len: usize| {
            let plain = vec![7; plain_len];
            seal_inbox(&pair.public(), &erasure, ANA, ITEM, Scope::Food, &plain, &Ladder::SMALL)
        };
        assert_eq!(INBOX_OVERHEAD, 1_137);
        for (plain_len, step) in [(0, 900), (867, 900), (868, 1_900)] {
            assert_eq!(seal(plain_len).unwrap().len(), step + INBOX_OVERHEAD);
        }
        assert_eq!(seal(1_048_576), Err(TooLarge));
    }
}
