//! Practices and studies: principals with a key pair of their own, which their members hold.
//!
//! `kind` is what there is and which roles it knows, `profile` what it shows of itself, `code` how
//! people find it and know its public key for sure. `member` is what a member acts with,
//! `join` lets it in,
//! `invitation` is how members come and `leave` how they go: with new keys for those who stay.

mod code;
mod invitation;
mod join;
mod kind;
mod leave;
mod member;
mod profile;
mod routes;
pub(crate) mod store;

pub(crate) use code::{Joined, by_code};
pub(crate) use join::{finish as finish_join, give_to};
pub(crate) use kind::{Kind, Role};
pub(crate) use member::{Capacity, found, mine};
pub(crate) use profile::{Profile, SentProfile};
pub(crate) use routes::{MadeOrganisation, routes};

use uuid::Uuid;

/// What an organisation's card about somebody is sealed for, with [`Capacity::seal`].
pub(crate) fn card_purpose(card: Uuid) -> String {
    format!("circle.card.about_sealed {card}")
}
