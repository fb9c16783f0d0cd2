//! The SQL of ranges: one query, one opening a day, the key tree walked once.

use jiff::civil::Date;
use keys::{RecordId, Scope};
use platform::{App, Caller, Error, PresentedCaller, Result, Sql, days};
use tokio_postgres::{Row, types::Type};

use crate::days::{
    TRIES,
    document::{Document, Logged, Summary},
    store::{SealedDay, refused},
};

pub(crate) static ALL: &[&Sql] = &[&READ, &LOOK];

static READ: Sql = Sql::new(
    "select scope::text as scope, day, version, epoch, body_sealed
    from diary.record_day
    where scope = $1 and day between $2 and $3
    order by day",
    &[Type::TEXT, Type::DATE, Type::DATE],
);

/// What a visitor sees of them: through a function that writes it into the audit.
static LOOK: Sql = Sql::new(
    "select scope, day, version, epoch, body_sealed from diary.look(array[$1], $2, $3)",
    &[Type::TEXT, Type::DATE, Type::DATE],
);

/// The summaries of the days that have one.
pub(crate) async fn summaries(
    app: &App,
    presented: &PresentedCaller,
    from: Date,
    to: Date,
) -> Result<Vec<(Date, Summary)>> {
    read(app, presented, Scope::Summary, from, to).await
}

/// The marks of the days that have one.
pub(super) async fn marks(
    app: &App,
    presented: &PresentedCaller,
    from: Date,
    to: Date,
) -> Result<Vec<(Date, Logged)>> {
    read(app, presented, Scope::Logged, from, to).await
}

/// The documents of a scope, of the days that have one.
pub(crate) async fn read<T: Document>(
    app: &App,
    presented: &PresentedCaller,
    scope: Scope,
    from: Date,
    to: Date,
) -> Result<Vec<(Date, T)>> {
    let sql = if presented.is_visit() { &LOOK } else { &READ };
    let mut tried = 0;
    loop {
        let (caller, rows) = app.db().read(presented, sql, &[&scope.as_str(), &from, &to]).await?;
        caller.require_read(&[scope])?;
        match open(&caller, &rows, scope, from, to) {
            Ok(documents) => return Ok(documents),
            Err((_, error)) if error.is_race() && tried < TRIES => tried += 1,
            Err((day, error)) => return Err(refused(app, presented, day, error).await),
        }
    }
}

fn open<T: Document>(
    caller: &Caller,
    rows: &[Row],
    scope: Scope,
    from: Date,
    to: Date,
) -> Result<Vec<(Date, T)>, (Date, Error)> {
    let mut documents = Vec::with_capacity(rows.len());
    let mut walk: Option<(u32, keys::Walk<'_>)> = None;
    for row in rows {
        let sealed = SealedDay::of(row).map_err(|error| (from, error))?;
        let at = |error| (sealed.day, error);
        let number = days::number(sealed.day).map_err(at)?;
        // Neighbouring days share most of the way from the root; a new epoch has a root of its own.
        if walk.as_ref().is_none_or(|(epoch, _)| *epoch != sealed.epoch) {
            let cover = caller.cover_of_row(scope, sealed.epoch).map_err(at)?;
            let last = days::number(to).map_err(at)?;
            walk = Some((sealed.epoch, cover.walk(number, last)));
        }
        let leaf = walk
            .as_mut()
            .and_then(|(_, walk)| walk.find(|(day, _)| *day == number))
            .ok_or_else(|| at(Error::Altered))?
            .1;
        let key = caller.data_key(&leaf, scope, sealed.epoch, RecordId::Day(number));
        documents.push((sealed.day, sealed.open(caller, &key).map_err(at)?));
    }
    Ok(documents)
}
