//! The SQL of what somebody was given.

use platform::{Db, Presented, Result, Session, Sql, Transaction, entered};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

pub(crate) static ALL: &[&Sql] = &[&LIST, &LEAVE, &SELF];

/// What the asker holds of others, with the parts that are alive.
static LIST: Sql = Sql::new(
    entered!(
        "select s.owner as visited, s.kind, s.for_holder_sealed, g.scopes, g.accesses, g.first_days,
            g.last_days, g.ends
        from circle.share s
        join (
            select a.owner, array_agg(a.scope::text order by a.scope) as scopes,
                array_agg(a.access order by a.scope) as accesses,
                array_agg(a.first_day order by a.scope) as first_days,
                array_agg(a.last_day order by a.scope) as last_days,
                array_agg(a.ends_at order by a.scope) as ends
            from auth.access_grant a
            where a.holder = (select m.principal from auth.me m) and a.owner <> a.holder
                and (a.ends_at is null or a.ends_at > now())
            group by a.owner
        ) g on g.owner = s.owner
        where s.holder = (select m.principal from auth.me m)
        order by s.made_at, s.owner"
    ),
    &[],
);

static SELF: Sql = Sql::new("select m.principal from auth.me m", &[]);

static LEAVE: Sql = Sql::new("select circle.end_share($1, $2) as ended", &[Type::UUID, Type::UUID]);

/// What the asker holds. Where there is nothing one row still says who asks, and its `visited` is null.
pub(super) async fn list(db: &Db, presented: &Presented) -> Result<(Session, Vec<Row>)> {
    db.read_few(presented, &LIST, &[]).await
}

/// Ends what the asker holds of somebody.
pub(super) async fn leave(db: &Db, presented: &Presented, owner: Uuid) -> Result<bool> {
    let (tx, _): (Transaction, _) = db.begin(presented, &SELF, &[]).await?;
    let me = tx.session().principal();
    let rows = tx.query(&LEAVE, &[&owner, &me]).await?;
    let ended = rows.first().map_or(Ok(false), |row| row.try_get("ended"))?;
    tx.finish(&[]).await?;
    Ok(ended)
}
