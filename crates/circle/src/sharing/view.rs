//! What the owner is shown of a share.

use jiff::{Timestamp, civil::Date};
use platform::{Result, days};
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;

use super::parts::ends_on;

/// Everybody who was let in.
#[derive(Serialize, ToSchema)]
pub(super) struct Shares {
    pub(super) shares: Vec<ShareView>,
    /// How many parts ended by themselves and wait for new keys: send `settle` once.
    pub(super) unsettled: i64,
}

/// What one holder was given.
#[derive(Serialize, ToSchema)]
pub(super) struct ShareView {
    pub(super) holder: Uuid,
    /// `friend`, `practice` or `study`.
    pub(super) kind: String,
    /// What the owner calls the holder; empty where it was altered in the database.
    pub(super) name: String,
    /// What it is for; may be empty.
    pub(super) purpose: String,
    /// Since when (RFC 3339).
    pub(super) since: String,
    pub(super) parts: Vec<PartView>,
    /// When the holder looked last (RFC 3339).
    pub(super) last_look_at: Option<String>,
}

/// One part of a share.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct PartView {
    #[schema(example = "food")]
    pub(crate) scope: String,
    /// `see` or `write`.
    pub(crate) access: String,
    /// From the beginning when absent.
    #[schema(value_type = Option<String>, example = "2026-03-01")]
    pub(crate) first_day: Option<Date>,
    /// Without end when absent.
    #[schema(value_type = Option<String>, example = "2026-03-31")]
    pub(crate) last_day: Option<Date>,
    /// The last day on which it may be looked at; until it is withdrawn when absent.
    #[schema(value_type = Option<String>, example = "2026-12-31")]
    pub(crate) ends_on: Option<Date>,
}

impl PartView {
    /// The parts in a row with `scopes`, `accesses`, `first_days`, `last_days` and `ends`.
    pub(crate) fn all(row: &Row) -> Result<Vec<Self>> {
        let scopes: Option<Vec<String>> = row.try_get("scopes")?;
        let accesses: Option<Vec<String>> = row.try_get("accesses")?;
        let first_days: Option<Vec<Date>> = row.try_get("first_days")?;
        let last_days: Option<Vec<Date>> = row.try_get("last_days")?;
        let ends: Option<Vec<Option<Timestamp>>> = row.try_get("ends")?;
        let windows = first_days.unwrap_or_default().into_iter().zip(last_days.unwrap_or_default());
        Ok(scopes
            .unwrap_or_default()
            .into_iter()
            .zip(accesses.unwrap_or_default())
            .zip(windows.zip(ends.unwrap_or_default()))
            .map(|((scope, access), ((first, last), ends_at))| Self {
                scope,
                access,
                first_day: (first != days::FIRST).then_some(first),
                last_day: (last != days::LAST).then_some(last),
                ends_on: ends_at.map(ends_on),
            })
            .collect())
    }
}
