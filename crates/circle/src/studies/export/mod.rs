//! What researchers take out: tables of what participants gave, by pseudonym.
//!
//! `table` is what a table is, `columns` which there are and what they mean, `collect` reads the diaries
//! and answers of the participants, `csv` and `columnar` write a table down.

mod collect;
mod columnar;
mod columns;
mod csv;
mod table;

use platform::{App, Error, Presented, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) use collect::{Days, read_days};
pub(super) use columns::{ColumnView, dictionary};

use super::{store, study::Research};

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Contents {
    /// A row for each participant and day: whether it was logged, and its totals.
    Days,
    /// A row for each food that was eaten.
    Foods,
    /// A row for each question that was answered.
    Answers,
}

/// How it is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// Text with commas, safe to open in a spreadsheet.
    Csv,
    /// Apache Parquet, with the type of each column.
    Parquet,
}

impl Contents {
    pub(super) const ALL: [Self; 3] = [Self::Days, Self::Foods, Self::Answers];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Foods => "foods",
            Self::Answers => "answers",
        }
    }
}

impl Format {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Makes a table of everybody whose data the study may still use. Each participant's audit and list of
/// exports say so. Needs a fresh proof.
pub(super) async fn export(
    app: &App,
    presented: &Presented,
    study: Uuid,
    contents: Contents,
    format: Format,
) -> Result<Vec<u8>> {
    let (tx, research) = Research::begin(app, presented, study).await?;
    tx.session().require_fresh()?;
    let version = research.study.newest()?;
    if contents == Contents::Foods && !version.scopes.iter().any(|scope| scope == "food") {
        return Err(Error::invalid("contents", "the protocol does not ask for foods"));
    }
    let participants = store::progress(&tx, study).await?;
    let export = Uuid::now_v7();
    store::begin_export(tx, study, export, contents.as_str(), format.as_str()).await?;
    let table = collect::table(app, presented, &research, &participants, export, contents).await?;
    match format {
        Format::Csv => Ok(csv::write(&table)),
        Format::Parquet => columnar::write(&table),
    }
}
