//! A checkpoint and its leaves: what is signed, and how a leaf is shown to be under it.

use std::fmt::Write as _;

use jiff::Timestamp;
use keys::{RootKey, merkle, verify_checkpoint};
use tokio_postgres::Row;
use uuid::Uuid;

use super::event::{Hash, sha256};

/// What stands before the first checkpoint.
pub(super) const NOTHING_BEFORE: Hash = [0; 32];

/// Who verifies and seals: what the root key gives for both.
#[derive(Clone, Copy, Debug)]
pub struct Seal {
    public_key: Hash,
}

impl Seal {
    /// Of an operator's key.
    pub fn of(root: &RootKey) -> Self {
        Self { public_key: root.checkpoint_signer().public_key() }
    }

    /// What signatures are verified with: to be given to everybody.
    pub fn public_key(&self) -> &Hash {
        &self.public_key
    }

    /// Names the key in checkpoints.
    pub fn key_hash(&self) -> Hash {
        sha256(&[&self.public_key])
    }
}

/// Stands for an owner in leaves, also when the account is gone. Without the root key it is noise.
pub fn owner_hash(root: &RootKey, owner: Uuid) -> Hash {
    root.pseudonym("audit owner", &owner.to_string())
}

/// One checkpoint, as the table has it.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// Its place; the first is 1.
    pub number: i64,
    /// When it was made.
    pub at: Timestamp,
    /// How many leaves it has.
    pub leaves: i32,
    /// The root of the tree over them.
    pub root: Vec<u8>,
    /// The hash of the checkpoint before.
    pub previous: Vec<u8>,
    /// Names the key that signed.
    pub key: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

impl Checkpoint {
    /// Reads a row with the columns of the table.
    pub fn of(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            number: row.try_get("number")?,
            at: row.try_get("at")?,
            leaves: row.try_get("leaves")?,
            root: row.try_get("root_hash")?,
            previous: row.try_get("previous_hash")?,
            key: row.try_get("key_hash")?,
            signature: row.try_get("signature")?,
        })
    }

    /// What is signed: a few lines of text, so that anybody can check it with other tools.
    pub fn statement(&self) -> String {
        format!(
            "keepwell audit checkpoint\nnumber {}\nmicroseconds {}\nleaves {}\nroot {}\n\
             previous {}\nkey {}\n",
            self.number,
            self.at.as_microsecond(),
            self.leaves,
            hex(&self.root),
            hex(&self.previous),
            hex(&self.key),
        )
    }

    /// What the next one carries on, and what is noted elsewhere.
    pub fn hash(&self) -> Hash {
        sha256(&[self.statement().as_bytes()])
    }

    /// Whether the operator's key signed exactly this.
    pub fn is_signed(&self, seal: &Seal) -> bool {
        self.key == seal.key_hash()
            && verify_checkpoint(&seal.public_key, self.statement().as_bytes(), &self.signature)
                .is_ok()
    }
}

/// A leaf of a checkpoint: how far a chain was, and with which hash.
#[derive(Clone, Debug)]
pub struct Anchor {
    /// Of which checkpoint.
    pub checkpoint: i64,
    /// Its place among the leaves.
    pub position: i32,
    /// Stands for its owner.
    pub owner_hash: Vec<u8>,
    /// The newest event of then.
    pub seq: i64,
    /// Its hash.
    pub head: Vec<u8>,
    /// The checkpoint that has its owner's anchor before this one; 0 where there is none.
    pub earlier: i64,
    /// What leads from the leaf to the root: hashes, one after the other.
    pub path: Vec<u8>,
}

impl Anchor {
    /// Reads a row with the columns of the table.
    pub fn of(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            checkpoint: row.try_get("checkpoint")?,
            position: row.try_get("position")?,
            owner_hash: row.try_get("owner_hash")?,
            seq: row.try_get("seq")?,
            head: row.try_get("head_hash")?,
            earlier: row.try_get("earlier")?,
            path: row.try_get("path")?,
        })
    }

    /// What goes into the tree. Two different anchors never make the same bytes: all but the two
    /// hashes have one length, and a hash of another length is none.
    pub(super) fn leaf(&self) -> Option<Hash> {
        let (owner, head) =
            (Hash::try_from(self.owner_hash.as_slice()).ok()?, self.head.as_slice());
        let head = Hash::try_from(head).ok()?;
        let data = [&owner, self.seq.to_be_bytes().as_slice(), &head, &self.earlier.to_be_bytes()]
            .concat();
        Some(merkle::leaf_hash(&data))
    }

    /// Whether it is the leaf at its place under this checkpoint.
    pub fn is_under(&self, checkpoint: &Checkpoint) -> bool {
        let (path, rest) = self.path.as_chunks::<32>();
        let root = || {
            let leaf = self.leaf()?;
            let (position, leaves) =
                (usize::try_from(self.position).ok()?, usize::try_from(checkpoint.leaves).ok()?);
            merkle::root_from_path(&leaf, position, leaves, path)
        };
        self.checkpoint == checkpoint.number
            && rest.is_empty()
            && root().is_some_and(|root| root.as_slice() == checkpoint.root.as_slice())
    }
}

/// Bytes as people compare them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a string cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}
