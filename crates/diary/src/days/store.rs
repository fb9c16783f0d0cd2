//! The SQL of days, and the sealing of their documents. Whose rows they are is the policies'
//! business, not repeated here.

use std::fmt::Display;

use jiff::civil::Date;
use keys::{Ladder, Place, RecordId, Scope};
use platform::{
    App, Caller, Error, PresentedCaller, Result, Sql, Transaction, days, entered_by_caller,
    entered_by_visitor,
};
use tokio_postgres::{Row, types::Type};

use super::{
    TRIES,
    change::Documents,
    document::{self, Document},
};

/// What the seal of every day's document is bound to.
pub(crate) const TABLE: &str = "diary.record_day";

pub(crate) static ALL: &[&Sql] = &[
    &READ,
    &LOOK,
    &READ_FOR_CHANGE,
    &LOOK_FOR_CHANGE,
    &LOGGED_VERSION,
    &KEEP,
    &KEEP_OF_VISIT,
    &AUDIT,
    &AUDIT_OF_VISIT,
];

static READ: Sql = Sql::new(
    entered_by_caller!(
        "select scope::text as scope, day, version, epoch, body_sealed
        from diary.record_day
        where scope in ('food', 'notes', 'activity', 'body') and day = $1"
    ),
    &[Type::DATE],
);

/// What a visitor sees of a day: through a function that writes it into the audit.
static LOOK: Sql = Sql::new(
    entered_by_visitor!("diary.look_entered(array['food', 'notes', 'activity', 'body'], $1, $1)"),
    &[Type::DATE],
);

/// In the order of days, so that two changes of the same two days wait for each other and never
/// both.
static READ_FOR_CHANGE: Sql = Sql::new(
    "select scope::text as scope, day, version, epoch, body_sealed
    from diary.record_day
    where scope in ('food', 'notes', 'activity', 'body') and day = any ($1)
    order by day, scope
    for update",
    &[Type::DATE_ARRAY],
);

/// With the mark, which a visitor cannot ask for by itself.
static LOOK_FOR_CHANGE: Sql = Sql::new(
    "select scope, day, version, epoch, body_sealed
    from diary.look_for_change(array['food', 'notes', 'activity', 'body', 'logged'], $1)",
    &[Type::DATE_ARRAY],
);

/// The mark beside a day's food changes rarely, so its version is looked at only then.
static LOGGED_VERSION: Sql = Sql::new(
    "select version from diary.record_day where scope = 'logged' and day = $1 for update",
    &[Type::DATE],
);

static KEEP: Sql = Sql::new(
    "select diary.keep_days($1, $2, $3, $4, $5, $6, $7)",
    &[
        Type::UUID,
        Type::TEXT_ARRAY,
        Type::DATE_ARRAY,
        Type::INT8_ARRAY,
        Type::INT4_ARRAY,
        Type::BYTEA_ARRAY,
        Type::TEXT,
    ],
);

static KEEP_OF_VISIT: Sql = Sql::new(
    "select diary.keep_days_of_visit($1, $2, $3, $4, $5, $6)",
    &[
        Type::TEXT_ARRAY,
        Type::DATE_ARRAY,
        Type::INT8_ARRAY,
        Type::INT4_ARRAY,
        Type::BYTEA_ARRAY,
        Type::TEXT,
    ],
);

static AUDIT: Sql = Sql::new("select audit.append($1, $2)", &[Type::TEXT, Type::TEXT]);

static AUDIT_OF_VISIT: Sql =
    Sql::new("select audit.append_visit($1, $2)", &[Type::TEXT, Type::TEXT]);

/// A row as it stands in the table: still sealed.
pub(crate) struct SealedDay<'a> {
    pub(crate) scope: Scope,
    pub(crate) day: Date,
    pub(crate) version: u64,
    pub(crate) epoch: u32,
    body: &'a [u8],
}

impl<'a> SealedDay<'a> {
    pub(crate) fn of(row: &'a Row) -> Result<Self> {
        Ok(Self {
            scope: Scope::parse(row.try_get("scope")?).ok_or(Error::Altered)?,
            day: row.try_get("day")?,
            version: u64::try_from(row.try_get::<_, i64>("version")?).or(Err(Error::Altered))?,
            epoch: u32::try_from(row.try_get::<_, i32>("epoch")?).or(Err(Error::Altered))?,
            body: row.try_get("body_sealed")?,
        })
    }

    /// Opens the document with the key of its day.
    pub(crate) fn open<T: Document>(&self, caller: &Caller, key: &keys::DataKey) -> Result<T> {
        let record = RecordId::Day(days::number(self.day)?);
        let place = Place {
            table: TABLE,
            owner: caller.owner(),
            scope: self.scope,
            record,
            version: self.version,
            epoch: self.epoch,
        };
        document::read(&key.open(&place, self.body).or(Err(Error::Altered))?)
    }
}

/// How often each document of a day was written; zero where there is none.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Versions {
    food: u64,
    notes: u64,
    activity: u64,
    body: u64,
}

/// A day's documents with the versions they had when they were read.
#[derive(Default)]
pub(crate) struct ReadDay {
    pub(crate) documents: Documents,
    versions: Versions,
    /// As a visitor was told it.
    logged_version: Option<u64>,
}

impl ReadDay {
    /// What changes when another device was faster.
    pub(crate) fn versions(&self) -> Versions {
        self.versions
    }
}

/// Reads what the caller may read of a day. It must be one of the scopes that are needed.
pub(super) async fn read(
    app: &App,
    presented: &PresentedCaller,
    day: Date,
    needed: &[Scope],
) -> Result<(Caller, Documents)> {
    let sql = if presented.is_visit() { &LOOK } else { &READ };
    let mut tried = 0;
    loop {
        let (caller, rows) = app.db().read_few(presented, sql, &[&day]).await?;
        caller.require_read(needed)?;
        match open(&caller, &rows, day) {
            Ok(read) => return Ok((caller, read.documents)),
            // Sealed anew at this moment: the next look has the new keys.
            Err(error) if error.is_race() && tried < TRIES => tried += 1,
            Err(error) => return Err(refused(app, presented, day, error).await),
        }
    }
}

/// Begins a change of some days, which are locked until it ends, for who may change one of the scopes
/// that are needed.
pub(crate) async fn begin(
    app: &App,
    presented: &PresentedCaller,
    days: &[Date],
    needed: &[Scope],
) -> Result<(Transaction<Caller>, Vec<ReadDay>)> {
    let sql = if presented.is_visit() { &LOOK_FOR_CHANGE } else { &READ_FOR_CHANGE };
    let mut tried = 0;
    loop {
        let (tx, rows) = app.db().begin(presented, sql, &[&days]).await?;
        tx.session().require_write(needed)?;
        let opened = days.iter().map(|day| {
            tx.session().require_write_on(needed, days::number(*day)?)?;
            open(tx.session(), &rows, *day).map_err(|error| Fault::of(*day, error))
        });
        match opened.collect::<Result<Vec<_>, Fault>>() {
            Ok(read) => return Ok((tx, read)),
            Err(Fault { error, .. }) if error.is_race() && tried < TRIES => tried += 1,
            Err(Fault { day, error }) => {
                drop(tx);
                return Err(match day {
                    Some(day) => refused(app, presented, day, error).await,
                    None => error,
                });
            }
        }
    }
}

/// What is wrong, and with which day's documents if it is about one's.
struct Fault {
    day: Option<Date>,
    error: Error,
}

impl Fault {
    fn of(day: Date, error: Error) -> Self {
        Self { day: Some(day), error }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { day: None, error }
    }
}

fn open(caller: &Caller, rows: &[Row], day: Date) -> Result<ReadDay> {
    let mut read = ReadDay::default();
    for row in rows {
        // A day that has nothing yet still says who asks.
        if row.try_get::<_, Option<&str>>("scope")?.is_none() {
            continue;
        }
        let sealed = SealedDay::of(row)?;
        if sealed.day != day {
            continue;
        }
        if sealed.scope == Scope::Logged {
            read.logged_version = Some(sealed.version);
            continue;
        }
        let key = caller.day_key(sealed.scope, sealed.epoch, days::number(day)?)?;
        let (documents, versions) = (&mut read.documents, &mut read.versions);
        match sealed.scope {
            Scope::Food => {
                documents.food = sealed.open(caller, &key)?;
                versions.food = sealed.version;
            }
            Scope::Notes => {
                documents.notes = sealed.open(caller, &key)?;
                versions.notes = sealed.version;
            }
            Scope::Activity => {
                documents.activity = sealed.open(caller, &key)?;
                versions.activity = sealed.version;
            }
            Scope::Body => {
                documents.body = sealed.open(caller, &key)?;
                versions.body = sealed.version;
            }
            Scope::Summary | Scope::Logged | Scope::Plan | Scope::Library => {}
        }
    }
    Ok(read)
}

/// Records that a document was refused, in a transaction of its own. The refusal stands even when it
/// cannot be recorded.
pub(crate) async fn refused(
    app: &App,
    presented: &PresentedCaller,
    about: impl Display,
    error: Error,
) -> Error {
    // Keys that stay older than the row are not a matter of the moment.
    let error = if matches!(error, Error::NewKeys) { Error::Altered } else { error };
    if !matches!(error, Error::Altered) {
        return error;
    }
    let noted = async {
        let tx = app.db().begin_without_session(presented).await?;
        let audit = if presented.is_visit() { &AUDIT_OF_VISIT } else { &AUDIT };
        tx.finish(&[(audit, &[&"record_refused", &about.to_string()])]).await
    };
    if let Err(cause) = noted.await {
        tracing::error!(%cause, "a refused record could not be put into the audit");
    }
    tracing::error!("a record does not match its seal and was refused");
    error
}

/// A change of one day: how it was read, and what it becomes.
pub(crate) struct Change<'a> {
    pub(crate) day: Date,
    pub(crate) before: &'a ReadDay,
    pub(crate) after: &'a Documents,
}

/// Seals and writes what has changed, with its audit entry, and ends the transaction. The totals and
/// the mark of completeness are written beside the entries they come from.
pub(crate) async fn keep(tx: Transaction<Caller>, changes: &[Change<'_>], act: &str) -> Result<()> {
    let mut sealing = Sealing::new(tx.session());
    for change in changes {
        let before = &change.before.documents;
        if change.after.food != before.food {
            let version = change.before.versions.food + 1;
            let food = &change.after.food;
            sealing.add(Scope::Food, change.day, version, &document::write(food)?)?;
            sealing.add(
                Scope::Summary,
                change.day,
                version,
                &document::write(&food.summary()?)?,
            )?;
            if change.before.versions.food == 0 || food.logged() != before.food.logged() {
                let version = logged_version(&tx, change).await? + 1;
                sealing.add(
                    Scope::Logged,
                    change.day,
                    version,
                    &document::write(&food.logged())?,
                )?;
            }
        }
        let versions = change.before.versions;
        if change.after.notes != before.notes {
            let notes = document::write(&change.after.notes)?;
            sealing.add(Scope::Notes, change.day, versions.notes + 1, &notes)?;
        }
        if change.after.activity != before.activity {
            let activity = document::write(&change.after.activity)?;
            sealing.add(Scope::Activity, change.day, versions.activity + 1, &activity)?;
        }
        if change.after.body != before.body {
            let body = document::write(&change.after.body)?;
            sealing.add(Scope::Body, change.day, versions.body + 1, &body)?;
        }
    }
    let Sealing { scopes, days, versions, epochs, bodies, caller } = sealing;
    if days.is_empty() {
        // What else was done in the transaction stands.
        tx.finish(&[]).await?;
        return Ok(());
    }
    if caller.visits_as().is_some() {
        tx.finish(&[(&KEEP_OF_VISIT, &[&scopes, &days, &versions, &epochs, &bodies, &act])])
            .await?;
        return Ok(());
    }
    let owner = caller.owner();
    tx.finish(&[(&KEEP, &[&owner, &scopes, &days, &versions, &epochs, &bodies, &act])]).await?;
    Ok(())
}

/// The version of the mark beside a day's food, zero where there is none.
async fn logged_version(tx: &Transaction<Caller>, change: &Change<'_>) -> Result<u64> {
    if tx.session().visits_as().is_some() {
        return Ok(change.before.logged_version.unwrap_or(0));
    }
    let rows = tx.query(&LOGGED_VERSION, &[&change.day]).await?;
    let version = rows.first().map_or(Ok(0_i64), |row| row.try_get("version"))?;
    u64::try_from(version).or(Err(Error::Altered))
}

/// Documents on their way into the table, as columns.
struct Sealing<'a> {
    caller: &'a Caller,
    scopes: Vec<&'static str>,
    days: Vec<Date>,
    versions: Vec<i64>,
    epochs: Vec<i32>,
    bodies: Vec<Vec<u8>>,
}

impl<'a> Sealing<'a> {
    fn new(caller: &'a Caller) -> Self {
        Self {
            caller,
            scopes: Vec::new(),
            days: Vec::new(),
            versions: Vec::new(),
            epochs: Vec::new(),
            bodies: Vec::new(),
        }
    }

    fn add(&mut self, scope: Scope, day: Date, version: u64, plain: &[u8]) -> Result<()> {
        let number = days::number(day)?;
        // A visitor may have seen what may not be changed.
        self.caller.require_write_on(&[scope], number)?;
        let epoch = self.caller.current_epoch(scope)?;
        let place = Place {
            table: TABLE,
            owner: self.caller.owner(),
            scope,
            record: RecordId::Day(number),
            version,
            epoch,
        };
        let ladder = if scope == Scope::Food { Ladder::DAY } else { Ladder::SMALL };
        let body =
            self.caller.day_key(scope, epoch, number)?.seal(&place, plain, &ladder).map_err(
                |_cause| Error::invalid("day", "this day is full: remove something first"),
            )?;
        self.scopes.push(scope.as_str());
        self.days.push(day);
        self.versions.push(i64::try_from(version).map_err(|cause| Error::Internal(cause.into()))?);
        self.epochs.push(i32::try_from(epoch).map_err(|cause| Error::Internal(cause.into()))?);
        self.bodies.push(body);
        Ok(())
    }
}
