//! The SQL of counting tries.

use tokio_postgres::{Row, types::Type};

use crate::{Db, Error, Result, Sql, Transaction};

/// Every statement of counting tries.
pub static ALL: &[&Sql] = &[&ADMIT, &TAKE_BACK];

static ADMIT: Sql = Sql::new(
    "select wait_seconds, is_shut, open_doors from platform.admit_try($1, $2, $3, $4)",
    &[Type::BYTEA_ARRAY, Type::INT4_ARRAY, Type::INT4_ARRAY, Type::BYTEA_ARRAY],
);

static TAKE_BACK: Sql =
    Sql::new("select platform.take_back_try($1, $2)", &[Type::BYTEA_ARRAY, Type::INT4_ARRAY]);

/// What a count is found by: a pseudonym.
pub(super) type Key = [u8; 32];

/// What the database takes for the largest count.
const BURST_MAX: u32 = 10_000_000;

/// So many in so long, for one key.
pub(super) struct Rate {
    pub(super) key: Key,
    pub(super) burst: u32,
    pub(super) period_seconds: i32,
}

/// What the database says of a try.
pub(super) enum Admission {
    /// It was counted; under which of the doors.
    Admitted(Vec<bool>),
    /// It was not.
    Wait {
        seconds: u64,
        /// The doors are shut for a day, because so many tries were wrong.
        is_shut: bool,
    },
}

/// Asks and counts in one round trip.
pub(super) async fn admit(db: &Db, rates: &[Rate], doors: &[Key]) -> Result<Admission> {
    let Asked { keys, periods, bursts } = Asked::of(rates);
    let doors: Vec<&[u8]> = doors.iter().map(Key::as_slice).collect();
    admission(&db.query_alone(&ADMIT, &[&keys, &periods, &bursts, &doors]).await?)
}

/// Asks, and counts when the transaction commits.
pub(super) async fn admit_within(tx: &Transaction, rates: &[Rate]) -> Result<Admission> {
    let Asked { keys, periods, bursts } = Asked::of(rates);
    let doors: Vec<&[u8]> = Vec::new();
    admission(&tx.query(&ADMIT, &[&keys, &periods, &bursts, &doors]).await?)
}

/// Rates as the database takes them.
struct Asked<'a> {
    keys: Vec<&'a [u8]>,
    periods: Vec<i32>,
    bursts: Vec<i32>,
}

impl<'a> Asked<'a> {
    fn of(rates: &'a [Rate]) -> Self {
        let burst = |rate: &Rate| i32::try_from(rate.burst.clamp(1, BURST_MAX)).unwrap_or(i32::MAX);
        Self {
            keys: rates.iter().map(|rate| rate.key.as_slice()).collect(),
            periods: rates.iter().map(|rate| rate.period_seconds).collect(),
            bursts: rates.iter().map(burst).collect(),
        }
    }
}

fn admission(rows: &[Row]) -> Result<Admission> {
    let row = rows.first().ok_or(Error::Unavailable)?;
    let seconds = u64::try_from(row.try_get::<_, i32>("wait_seconds")?).unwrap_or_default();
    if seconds > 0 {
        return Ok(Admission::Wait { seconds, is_shut: row.try_get("is_shut")? });
    }
    Ok(Admission::Admitted(row.try_get("open_doors")?))
}

/// Takes a try back under each key; with seconds, the wrong ones before it are forgotten too, once
/// in so long.
pub(super) async fn take_back(db: &Db, doors: &[(Key, Option<i32>)]) -> Result<()> {
    let keys: Vec<&[u8]> = doors.iter().map(|(key, _)| key.as_slice()).collect();
    let clear: Vec<Option<i32>> = doors.iter().map(|(_, seconds)| *seconds).collect();
    db.query_alone(&TAKE_BACK, &[&keys, &clear]).await?;
    Ok(())
}
