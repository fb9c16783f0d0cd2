//! The SQL of second steps.

use keys::KeyPair;
use platform::{
    Db, Error, Params, Presented, Result, SealedKeyring, Sql, Transaction, Unproved, entered,
    notices::{TELL, Told},
    session::statements::RENEW,
};
use serde::{Serialize, de::DeserializeOwned};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Shown;
use crate::slots::{self, NewSlot};

pub(crate) static ALL: &[&Sql] = &[
    &LIST,
    &LOCK,
    &MINE,
    &ADD,
    &RENAME,
    &REMOVE,
    &REMOVE_SLOT,
    &DROP_CODES,
    &DROP_CODES_OF_NOBODY,
    &OWE_NOTHING,
    &AUDIT,
    &TAKE_TRY,
    &STANDING,
    &STANDING_STEPS,
    &PASS,
];

static LIST: Sql = Sql::new(
    entered!(
        "select f.factor, f.kind, f.name_sealed, f.created_at as made_at,
            f.last_used_at as factor_last_used_at,
            k.slot is not null as opens_diary,
            (select count(*) from accounts.key_slot c where c.kind = 4) as codes_left
        from accounts.second_step f
        left join accounts.key_slot k on k.principal = f.principal and k.slot = f.factor
        order by f.created_at"
    ),
    &[],
);

/// One change of this account's second steps at a time.
static LOCK: Sql = Sql::new("select principal from accounts.account for update", &[]);

/// The asker's own steps, to check one with.
static MINE: Sql =
    Sql::new("select factor, kind, name_sealed, body_sealed from accounts.second_step", &[]);

static ADD: Sql = Sql::new(
    "insert into accounts.second_step (principal, factor, kind, name_sealed, body_sealed, pass_hash,
        last_count)
    values ($1, $2, $3, $4, $5, $6, $7)",
    &[Type::UUID, Type::UUID, Type::TEXT, Type::BYTEA, Type::BYTEA, Type::BYTEA, Type::INT8],
);

static RENAME: Sql = Sql::new(
    "update accounts.second_step set name_sealed = $2 where factor = $1 returning factor",
    &[Type::UUID, Type::BYTEA],
);

static REMOVE: Sql = Sql::new("delete from accounts.second_step where factor = $1", &[Type::UUID]);

static REMOVE_SLOT: Sql =
    Sql::new("delete from accounts.key_slot where kind = 3 and slot = $1", &[Type::UUID]);

static DROP_CODES: Sql = Sql::new("delete from accounts.key_slot where kind = 4", &[]);

/// With the last second step its codes go as well.
static DROP_CODES_OF_NOBODY: Sql = Sql::new(
    "delete from accounts.key_slot
    where kind = 4 and not exists (select from accounts.second_step)",
    &[],
);

static OWE_NOTHING: Sql = Sql::new("select auth.owe_nothing()", &[]);

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

static TAKE_TRY: Sql = Sql::new("select auth.take_try() as taken", &[]);

static STANDING: Sql = Sql::new(
    "select principal, session, state, application = 'app' and has_pin as stays, keyring_sealed
    from auth.standing",
    &[],
);

static STANDING_STEPS: Sql =
    Sql::new("select factor, kind, body_sealed from accounts.standing_second_step", &[]);

static PASS: Sql = Sql::new(
    "select accounts.pass_second_step($1, $2, $3, $4) as passed",
    &[Type::UUID, Type::TEXT, Type::INT8, Type::TEXT],
);

/// A second step on its way into the table.
pub(crate) struct NewStep {
    pub(crate) principal: Uuid,
    pub(crate) factor: Uuid,
    pub(crate) kind: &'static str,
    pub(crate) name_sealed: Vec<u8>,
    pub(crate) body_sealed: Vec<u8>,
    pub(crate) pass_hash: Vec<u8>,
    /// What was already used while it was set up.
    pub(crate) last_count: Option<i64>,
}

/// Seals what a second step is checked with.
pub(crate) fn seal_body(
    pair: &KeyPair,
    principal: Uuid,
    factor: Uuid,
    body: &impl Serialize,
) -> Result<Vec<u8>> {
    let plain =
        Zeroizing::new(serde_json::to_vec(body).map_err(|cause| Error::Internal(cause.into()))?);
    Ok(keys::seal_to_self(pair, principal, &sealed_for("body", factor), &plain))
}

/// Opens what [`seal_body`] sealed for the same person and factor.
pub(crate) fn open_body<T: DeserializeOwned>(
    pair: &KeyPair,
    principal: Uuid,
    factor: Uuid,
    sealed: &[u8],
) -> Result<T> {
    let plain = keys::open_own(pair, principal, &sealed_for("body", factor), sealed)
        .map_err(|_cause| Error::Altered)?;
    serde_json::from_slice(&plain).map_err(|_cause| Error::Altered)
}

/// Seals what its person calls a second step.
pub(crate) fn seal_name(pair: &KeyPair, principal: Uuid, factor: Uuid, name: &str) -> Vec<u8> {
    keys::seal_to_self(pair, principal, &sealed_for("name", factor), name.as_bytes())
}

/// Opens what [`seal_name`] sealed.
pub(crate) fn open_name(
    pair: &KeyPair,
    principal: Uuid,
    factor: Uuid,
    sealed: &[u8],
) -> Result<String> {
    let plain = keys::open_own(pair, principal, &sealed_for("name", factor), sealed)
        .map_err(|_cause| Error::Altered)?;
    String::from_utf8(plain.to_vec()).or(Err(Error::Altered))
}

fn sealed_for(column: &str, factor: Uuid) -> String {
    format!("accounts.second_step.{column}_sealed {factor}")
}

/// The asker's second steps with how many single-use codes are left. Where there is no step one row
/// still says who asks, and its `factor` is null.
pub(super) async fn list(db: &Db, presented: &Presented) -> Result<(platform::Session, Vec<Row>)> {
    db.read_few(presented, &LIST, &[]).await
}

/// A transaction that changes the asker's second steps, one at a time, with those that there are.
pub(crate) async fn begin_change(
    db: &Db,
    presented: &Presented,
) -> Result<(Transaction, Vec<Row>)> {
    let (tx, _) = db.begin(presented, &LOCK, &[]).await?;
    let steps = tx.query(&MINE, &[]).await?;
    Ok((tx, steps))
}

/// A transaction with the asker's second steps.
pub(crate) async fn begin(db: &Db, presented: &Presented) -> Result<(Transaction, Vec<Row>)> {
    db.begin(presented, &MINE, &[]).await
}

/// Adds a second step, with a slot of its own where it opens the diary, and codes with the first one.
pub(crate) async fn add(
    tx: Transaction,
    step: &NewStep,
    slots: &[NewSlot],
    told: &Told,
) -> Result<()> {
    tx.query(
        &ADD,
        &[
            &step.principal,
            &step.factor,
            &step.kind,
            &step.name_sealed,
            &step.body_sealed,
            &step.pass_hash,
            &step.last_count,
        ],
    )
    .await?;
    for slot in slots {
        tx.query(&slots::ADD, &slot.params()).await?;
    }
    tx.finish(&[(&OWE_NOTHING, &[]), (&TELL, &told.params()), (&AUDIT, &[&"second_step_added"])])
        .await?;
    Ok(())
}

/// Puts new single-use codes in the place of all old ones.
pub(super) async fn replace_codes(tx: Transaction, slots: &[NewSlot], told: &Told) -> Result<()> {
    tx.query(&DROP_CODES, &[]).await?;
    for slot in slots {
        tx.query(&slots::ADD, &slot.params()).await?;
    }
    tx.finish(&[(&TELL, &told.params()), (&AUDIT, &[&"single_use_codes_made"])]).await?;
    Ok(())
}

/// Gives a second step another name; `false` when there is none of that number.
pub(super) async fn rename(tx: Transaction, factor: Uuid, name_sealed: &[u8]) -> Result<bool> {
    let rows = tx.finish(&[(&RENAME, &[&factor, &name_sealed])]).await?;
    Ok(rows.iter().flatten().next().is_some())
}

/// Takes a second step away, with the slot it opens, and with the last one the codes.
pub(super) async fn remove(tx: Transaction, factor: Uuid, told: &Told) -> Result<()> {
    tx.finish(&[
        (&REMOVE, &[&factor]),
        (&REMOVE_SLOT, &[&factor]),
        (&DROP_CODES_OF_NOBODY, &[]),
        (&TELL, &told.params()),
        (&AUDIT, &[&"second_step_removed"]),
    ])
    .await?;
    Ok(())
}

/// A session that is alive and not open, and what it can be opened with.
pub(crate) struct Standing {
    pub(crate) principal: Uuid,
    pub(crate) session: Uuid,
    pub(crate) is_locked: bool,
    /// Whether it is of an installed app that locks itself, and so stays when that is closed.
    pub(crate) stays: bool,
    pub(crate) keyring_sealed: Vec<u8>,
    /// Its person's second steps.
    pub(crate) steps: Vec<Row>,
}

/// What the presented session waits for. One try of five is taken: whatever comes of it, it counts.
pub(crate) async fn take_try(db: &Db, presented: &Presented) -> Result<Standing> {
    let tx = db.begin_without_session(presented).await?;
    let rows = tx.finish(&[(&STANDING, &[]), (&STANDING_STEPS, &[]), (&TAKE_TRY, &[])]).await?;
    let mut rows = rows.into_iter();
    let (standing, steps, taken) = (rows.next(), rows.next(), rows.next());
    let taken = taken.as_ref().and_then(|rows| rows.first());
    if !taken.map_or(Ok(false), |row| row.try_get("taken"))? {
        return Err(Error::Unauthenticated);
    }
    Standing::of(standing, steps)
}

/// What the presented session waits for, before anything is tried.
pub(crate) async fn standing(db: &Db, presented: &Presented) -> Result<Standing> {
    let tx = db.begin_without_session(presented).await?;
    let rows = tx.finish(&[(&STANDING, &[]), (&STANDING_STEPS, &[])]).await?;
    let mut rows = rows.into_iter();
    Standing::of(rows.next(), rows.next())
}

impl Standing {
    fn of(standing: Option<Vec<Row>>, steps: Option<Vec<Row>>) -> Result<Self> {
        let standing = standing.unwrap_or_default();
        let standing = standing.first().ok_or(Error::Unauthenticated)?;
        Ok(Self {
            principal: standing.try_get("principal")?,
            session: standing.try_get("session")?,
            is_locked: standing.try_get::<_, &str>("state")? == "locked",
            stays: standing.try_get("stays")?,
            keyring_sealed: standing
                .try_get::<_, Option<Vec<u8>>>("keyring_sealed")?
                .ok_or(Error::Unauthenticated)?,
            steps: steps.unwrap_or_default(),
        })
    }
}

/// Whether the database takes what was shown: then the transaction's session is open.
pub(super) async fn pass(tx: &Unproved, shown: &Shown) -> Result<bool> {
    let (pass, code) = shown.texts();
    let rows = tx.query(&PASS, &[&shown.factor, &pass, &shown.count, &code]).await?;
    rows.first().map_or(Ok(false), |row| Ok(row.try_get("passed")?))
}

/// Gives the transaction's session another token, with its keyring sealed for that, and records how the
/// session came about.
pub(super) async fn renew(
    tx: Unproved,
    presented: &Presented,
    sealed: &SealedKeyring,
    act: &str,
) -> Result<()> {
    let renew: Params<'_> =
        &[&presented.database_token(), &sealed.keyring, &sealed.spare_key, &sealed.epochs];
    tx.finish(&[(&RENEW, renew), (&AUDIT, &[&act])]).await?;
    Ok(())
}
