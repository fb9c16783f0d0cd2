//! Keepwell's cryptography: bytes in, bytes out. No clock, no file, no network, no SQL.
//!
//! Every personal record is sealed under a key that only its owner, and those the owner let in,
//! can reach. The chain starts at a credential that somebody holds now:
//!
//! ```text
//!  password ── Argon2id ───┐                   session token ── HKDF ──┬─ database token
//!  a code, a passkey ─ HKDF┴┬─ proof           (what the cookie says)  │  (the database sees it)
//!                           │  (peppered with                          └─ keyring key
//!                           │   the root key)                             (it never sees this)
//!                           └─ slot key                                     │ opens
//!                                │ opens                                    ▼
//!                                ▼                                       keyring
//!                             key pair ◄───────────── holds ──────────────┤
//!                                │ opens                                  │ holds
//!                                ▼                                        ▼
//!                             grant (owner, scope, epoch, days) ───────► cover
//!                                                                         │ HMAC tree
//!   root key (the operator's, outside the database)                       ▼
//!      │ opens                                                     leaf of a day or
//!      ▼                                                           of the undated items
//!   erasure key (one a person) ───────── HKDF ──────────────────────┤
//!                                                                   ▼
//!                                                                data key ── opens ── record
//! ```
//!
//! An API token parts in two as a session's does; its keyring holds covers and the owner's public
//! key, never the key pair.
//!
//! So to open a record takes the row, the operator's root key and a live credential. To destroy
//! one erasure key makes every copy of that person's records unreadable, backups included.
//!
//! - [`RootKey`]: the operator's key; salts, pseudonyms, the sealing of erasure keys and of mails
//!   that wait, the passes of second steps, the marks of known devices ([`DeviceMark`]).
//! - [`stretch`], [`RecoveryCode`], [`SingleUseCode`], [`PasskeySecret`]: from what a person knows or
//!   holds to a [`Proof`] and a [`SlotKey`].
//! - [`CeremonyHandle`]: what is begun in one request and ended in another waits sealed under it.
//! - [`KeyPair`]: what others seal to. [`SlotKey`] keeps its private half.
//! - [`Scope`], [`ScopeRoot`], [`Cover`]: the parts of a diary, and exactly these days of one.
//! - [`DataKey`], [`Place`], [`Ladder`]: one sealed record, bound to its place, padded.
//! - [`seal_grant`], [`open_grant`]: a cover for somebody else; [`seal_own_grant`],
//!   [`open_own_grant`]: for its owner.
//! - [`SessionToken`], [`Keyring`]: what a session carries from request to request.
//! - [`ApiToken`], [`ApiKeyring`]: what a program of the owner's carries: covers, no private key.
//! - [`seal_inbox`], [`open_inbox`]: what a program leaves for the owner and cannot read again.
//! - [`seal_to_self`], [`open_own`]: small things of one's own, like the e-mail address.
//! - [`PublicKey`]s are read from the database with their tag, [`RootKey::check_public_key`].
//! - [`InvitationSecret`], [`InvitationHandle`]: an offer that waits, and what accepting it gives.
//! - [`seal_held_grant`], [`open_held_grant`]: what somebody has of another's diary.
//! - [`seal_membership`], [`take_membership`], [`open_membership`]: the organisation's key pair for
//!   its members.
//! - [`OrganisationCode`]: what people join an organisation with, which vouches for its public key.
//! - [`KeyringKey::spare`], [`reseal`]: what it takes to give a scope new keys.
//! - [`seal_letter`], [`open_letter`]: something short that one leaves for another.
//! - [`LineKey`]: what an owner and a holder write to each other under.
//! - [`pseudonym()`]: what a study calls a participant.
//! - [`CheckpointSigner`], [`verify_checkpoint`], [`merkle`]: that the audit was not rewritten.
//!
//! Rules that hold in every module:
//!
//! - Primitives come from aws-lc-rs, `argon2` and `hpke`. None is made here.
//! - Whatever is sealed begins with one byte, the number of its algorithm. An unknown number is
//!   refused, so a later algorithm can stand beside this one.
//! - What a thing is and whose it is goes into the associated data, each field with its length:
//!   moved, swapped or altered, it does not open. Why it does not is never said: [`CannotOpen`].
//! - Secrets are wiped when dropped and their `Debug` is blank. A move may leave a copy on the
//!   stack; that the process leaves no core dump is the program's care, not this crate's.

mod account;
mod aead;
mod api_keyring;
mod api_token;
mod ceremony;
mod checkpoint;
mod covers;
mod derive;
mod device;
mod error;
mod grant;
mod inbox;
mod invitation;
mod key_tag;
mod keyring;
mod letter;
mod line;
mod mailed_code;
mod membership;
pub mod merkle;
mod organisation;
mod pair;
mod participant;
mod passkey;
mod password;
mod proof;
mod reader;
mod record;
mod recovery;
mod root;
mod scope;
mod single_use;
mod slot;
mod spare;
mod text;
mod token;
mod tree;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use account::{open_own, seal_to_self};
pub use api_keyring::ApiKeyring;
pub use api_token::ApiToken;
pub use ceremony::CeremonyHandle;
pub use checkpoint::{CheckpointSigner, verify_checkpoint};
pub use derive::random_bytes;
pub use device::DeviceMark;
pub use error::{CannotOpen, TooLarge};
pub use grant::{
    GrantIdentity, is_sealed_to_public_key, open_grant, open_held_grant, open_own_grant,
    seal_grant, seal_held_grant, seal_own_grant,
};
pub use inbox::{INBOX_OVERHEAD, open_inbox, seal_inbox};
pub use invitation::{InvitationHandle, InvitationSecret};
pub use keyring::Keyring;
pub use letter::{open_letter, seal_letter};
pub use line::LineKey;
pub use mailed_code::MailedCode;
pub use membership::{open_membership, seal_membership, take_membership};
pub use organisation::OrganisationCode;
pub use pair::{KeyPair, PublicKey};
pub use participant::pseudonym;
pub use passkey::PasskeySecret;
pub use password::{PasswordCost, Stretched, stretch};
pub use proof::Proof;
pub use record::{DataKey, ErasureKey, Ladder, Place, RecordId, reseal};
pub use recovery::RecoveryCode;
pub use root::RootKey;
pub use scope::Scope;
pub use single_use::SingleUseCode;
pub use slot::{SlotKey, SlotKind};
pub use token::{DatabaseToken, KeyringKey, SessionToken};
pub use tree::{Cover, DayNumber, Leaf, ScopeRoot, Walk};
