//! What a visit reads of many days and parts at once, for those who work with it elsewhere: a study's
//! export. The rows come through the function that writes the owner's audit, and open with the keys of
//! the visit alone.

use jiff::civil::Date;
use keys::Scope;
use platform::{Caller, Error, Result, Sql, days};
use tokio_postgres::{Row, types::Type};

use crate::days::{
    activity::ActivityDay,
    body::BodyDay,
    document::{FoodDay, Logged, Summary},
    store::SealedDay,
};

/// Looks at some scopes from one day to another; within a visit.
pub static LOOK: Sql = Sql::new(
    "select scope, day, version, epoch, body_sealed from diary.look($1, $2, $3)",
    &[Type::TEXT_ARRAY, Type::DATE, Type::DATE],
);

pub(crate) static ALL: &[&Sql] = &[&LOOK];

/// The document of one day and scope.
#[derive(Clone, Debug)]
pub enum Seen {
    /// What was eaten and drunk.
    Food(FoodDay),
    /// The day's totals.
    Summary(Summary),
    /// That something was recorded.
    Logged(Logged),
    /// What was measured.
    Body(BodyDay),
    /// What was done.
    Activity(ActivityDay),
}

/// Opens what [`LOOK`] gave, in the order of days.
pub fn open(caller: &Caller, rows: &[Row]) -> Result<Vec<(Date, Seen)>> {
    rows.iter().map(|row| open_one(caller, row)).collect()
}

fn open_one(caller: &Caller, row: &Row) -> Result<(Date, Seen)> {
    let sealed = SealedDay::of(row)?;
    let key = caller.day_key(sealed.scope, sealed.epoch, days::number(sealed.day)?)?;
    let seen = match sealed.scope {
        Scope::Food => Seen::Food(sealed.open(caller, &key)?),
        Scope::Summary => Seen::Summary(sealed.open(caller, &key)?),
        Scope::Logged => Seen::Logged(sealed.open(caller, &key)?),
        Scope::Body => Seen::Body(sealed.open(caller, &key)?),
        Scope::Activity => Seen::Activity(sealed.open(caller, &key)?),
        Scope::Notes | Scope::Plan | Scope::Library => {
            return Err(Error::NotFound);
        }
    };
    Ok((sealed.day, seen))
}
