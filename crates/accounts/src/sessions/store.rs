//! The SQL of sessions.

use platform::{
    Db, Error, Presented, Result, Session, Sql, Transaction, entered,
    session::statements::END_OTHERS,
};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

pub(crate) static ALL: &[&Sql] = &[
    &LIST,
    &CHOSEN,
    &END_ONE,
    &CHOOSE_IDLE,
    &SET_IDLE,
    &LOCK,
    &SET_PIN,
    &STANDING,
    &UNLOCK,
    &AUDIT,
];

static LIST: Sql = Sql::new(
    "select session, is_current, application, first_step, second_step, created_at, last_used_at,
        device_sealed
    from auth.my_sessions order by is_current desc, last_used_at desc",
    &[],
);

/// Begins a change of the asker's own.
static CHOSEN: Sql =
    Sql::new(entered!("select application as chosen_for from auth.my_session"), &[]);

static END_ONE: Sql = Sql::new("select auth.end_one_session($1) as ended", &[Type::UUID]);

static CHOOSE_IDLE: Sql = Sql::new("update accounts.account set idle_minutes = $1", &[Type::INT2]);

static SET_IDLE: Sql =
    Sql::new("select auth.set_idle_limit(make_interval(mins => $1))", &[Type::INT4]);

static LOCK: Sql = Sql::new("select auth.lock_session() as locked", &[]);

static SET_PIN: Sql = Sql::new(
    "select auth.set_pin($1, make_interval(hours => $2)) as kept",
    &[Type::TEXT, Type::INT4],
);

static STANDING: Sql = Sql::new("select session, state, has_pin from auth.standing", &[]);

static UNLOCK: Sql = Sql::new("select auth.unlock_with_pin($1) as unlocked", &[Type::TEXT]);

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

/// The asker's sessions, this one first.
pub(super) async fn list(db: &Db, presented: &Presented) -> Result<(Session, Vec<Row>)> {
    db.read(presented, &LIST, &[]).await
}

async fn begin(db: &Db, presented: &Presented) -> Result<Transaction> {
    let (tx, _) = db.begin(presented, &CHOSEN, &[]).await?;
    Ok(tx)
}

fn says(rows: &[Row], column: &str) -> Result<bool> {
    rows.first().map_or(Ok(false), |row| Ok(row.try_get(column)?))
}

/// Ends one of the asker's other sessions; `false` when there is none of that number.
pub(super) async fn end_one(db: &Db, presented: &Presented, session: Uuid) -> Result<bool> {
    let tx = begin(db, presented).await?;
    if !says(&tx.query(&END_ONE, &[&session]).await?, "ended")? {
        return Ok(false);
    }
    tx.finish(&[(&AUDIT, &[&"session_ended"])]).await?;
    Ok(true)
}

/// Ends every session of the asker but this one.
pub(super) async fn end_others(db: &Db, presented: &Presented) -> Result<()> {
    let tx = begin(db, presented).await?;
    tx.finish(&[(&END_OTHERS, &[]), (&AUDIT, &[&"other_sessions_ended"])]).await?;
    Ok(())
}

/// Keeps the asker's choice, for this session and every later one.
pub(super) async fn choose_idle(db: &Db, presented: &Presented, minutes: i16) -> Result<()> {
    let tx = begin(db, presented).await?;
    tx.finish(&[
        (&CHOOSE_IDLE, &[&minutes]),
        (&SET_IDLE, &[&i32::from(minutes)]),
        (&AUDIT, &[&"idle_limit_chosen"]),
    ])
    .await?;
    Ok(())
}

/// Locks the presented session; `false` when there is nothing to unlock it with.
pub(super) async fn lock(db: &Db, presented: &Presented) -> Result<bool> {
    let tx = begin(db, presented).await?;
    tx.query(&AUDIT, &[&"locked"]).await?;
    let rows = tx.query(&LOCK, &[]).await?;
    let locked = says(&rows, "locked")?;
    if locked {
        tx.finish(&[]).await?;
    }
    Ok(locked)
}

/// Gives the presented session a PIN, or takes it away; an installed app then lasts `hours`.
pub(super) async fn set_pin(
    db: &Db,
    presented: &Presented,
    proof: Option<&str>,
    hours: i32,
) -> Result<()> {
    let tx = begin(db, presented).await?;
    tx.session().require_fresh()?;
    if !says(&tx.query(&SET_PIN, &[&proof, &hours]).await?, "kept")? {
        return Err(Error::ProveFirst);
    }
    let act = if proof.is_some() { "pin_set" } else { "pin_dropped" };
    tx.finish(&[(&AUDIT, &[&act])]).await?;
    Ok(())
}

/// The number of the presented session, if it is locked and a PIN opens it.
pub(super) async fn locked(db: &Db, presented: &Presented) -> Result<Uuid> {
    let tx = db.begin_without_session(presented).await?;
    let rows = tx.finish(&[(&STANDING, &[])]).await?;
    let row = rows.iter().flatten().next().ok_or(Error::Unauthenticated)?;
    if row.try_get::<_, &str>("state")? != "locked" {
        return Err(Error::AwaitsSecondStep);
    }
    if !row.try_get::<_, bool>("has_pin")? {
        return Err(Error::Conflict("this session has no PIN: unlock it with your security key"));
    }
    Ok(row.try_get("session")?)
}

/// Opens a locked session. A wrong PIN counts, and the fifth ends it.
pub(super) async fn unlock(db: &Db, presented: &Presented, proof: &str) -> Result<bool> {
    let tx = db.begin_without_session(presented).await?;
    let unlocked = says(&tx.query(&UNLOCK, &[&proof]).await?, "unlocked")?;
    // Kept in either case: a wrong try must count.
    if unlocked {
        tx.finish(&[(&AUDIT, &[&"unlocked"])]).await?;
    } else {
        tx.finish(&[]).await?;
    }
    Ok(unlocked)
}
