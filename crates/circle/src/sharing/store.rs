//! The SQL of what an owner gave.

use keys::Scope;
use platform::{Db, Presented, Result, Session, Sql, Transaction, entered};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use super::give::NewGrant;

pub(crate) static ALL: &[&Sql] = &[
    &LIST,
    &UNSETTLED,
    &SHARE,
    &PARTS,
    &KEYS,
    &END_SHARE,
    &END_PARTS,
    &ADD_PARTS,
    &LAPSED,
    &END_LAPSED,
    &SETTLED,
    &RENAME,
    &AUDIT,
];

/// Every share of the asker's with its parts that are alive and the last look.
static LIST: Sql = Sql::new(
    entered!(
        "select s.holder, s.kind, s.for_owner_sealed, s.made_at, g.scopes, g.accesses, g.first_days,
            g.last_days, g.ends, l.at as last_look_at
        from circle.share s
        left join (
            select a.holder, array_agg(a.scope::text order by a.scope) as scopes,
                array_agg(a.access order by a.scope) as accesses,
                array_agg(a.first_day order by a.scope) as first_days,
                array_agg(a.last_day order by a.scope) as last_days,
                array_agg(a.ends_at order by a.scope) as ends
            from auth.access_grant a
            where a.owner = (select m.principal from auth.me m)
                and (a.ends_at is null or a.ends_at > now())
            group by a.holder
        ) g on g.holder = s.holder
        left join (
            select v.holder, max(v.at) as at from audit.event v
            where v.owner = (select m.principal from auth.me m) and v.holder is not null
            group by v.holder
        ) l on l.holder = s.holder
        where s.owner = (select m.principal from auth.me m)
        order by s.made_at, s.holder"
    ),
    &[],
);

/// What ended by itself, or because its holder went, and has its old keys still.
static UNSETTLED: Sql = Sql::new(
    "select (select count(*) from auth.access_grant a
            where a.owner = (select m.principal from auth.me m) and a.ends_at <= now())
        + (select count(*) from circle.former_holder f
            where f.owner = (select m.principal from auth.me m) and f.scopes is not null)
        as unsettled",
    &[],
);

/// Whether the asker has a share with this holder.
static SHARE: Sql = Sql::new(
    "select s.kind from circle.share s
    where s.owner = (select m.principal from auth.me m) and s.holder = $1",
    &[Type::UUID],
);

/// The grants of one share.
static PARTS: Sql = Sql::new(
    "select a.scope::text as scope, a.first_day, a.last_day from auth.access_grant a
    where a.owner = (select m.principal from auth.me m) and a.holder = $1 and a.holder <> a.owner
    for update",
    &[Type::UUID],
);

/// The public keys of everybody who holds something of the asker's.
static KEYS: Sql =
    Sql::new("select holder, kind, public_key, key_tag_hash from auth.my_holder", &[]);

static END_SHARE: Sql =
    Sql::new("select circle.end_share($1, $2) as ended", &[Type::UUID, Type::UUID]);

static END_PARTS: Sql = Sql::new(
    "delete from auth.access_grant a
    where a.owner = (select m.principal from auth.me m) and a.holder = $1 and a.holder <> a.owner",
    &[Type::UUID],
);

static ADD_PARTS: Sql = Sql::new(
    "insert into auth.access_grant
        (owner, holder, scope, epoch, first_day, last_day, access, ends_at, key_sealed, given_hash)
    select $1, $2, p.scope, p.epoch, p.first_day, p.last_day, p.access, p.ends_at, p.key, p.given
    from unnest($3::text[], $4::integer[], $5::date[], $6::date[], $7::text[], $8::timestamptz[],
        $9::bytea[], $10::bytea[])
        as p (scope, epoch, first_day, last_day, access, ends_at, key, given)",
    &[
        Type::UUID,
        Type::UUID,
        Type::TEXT_ARRAY,
        Type::INT4_ARRAY,
        Type::DATE_ARRAY,
        Type::DATE_ARRAY,
        Type::TEXT_ARRAY,
        Type::TIMESTAMPTZ_ARRAY,
        Type::BYTEA_ARRAY,
        Type::BYTEA_ARRAY,
    ],
);

static LAPSED: Sql = Sql::new(
    "select a.scope::text as scope from auth.access_grant a
    where a.owner = (select m.principal from auth.me m) and a.ends_at <= now()
    union
    select unnest(f.scopes) from circle.former_holder f
    where f.owner = (select m.principal from auth.me m) and f.scopes is not null",
    &[],
);

static END_LAPSED: Sql = Sql::new(
    "delete from auth.access_grant a
    where a.owner = (select m.principal from auth.me m) and a.holder <> a.owner
        and a.ends_at <= now()",
    &[],
);

static SETTLED: Sql = Sql::new(
    "update circle.former_holder f set scopes = null
    where f.owner = (select m.principal from auth.me m) and f.scopes is not null",
    &[],
);

pub(super) static RENAME: Sql = Sql::new(
    "update circle.share s set for_owner_sealed = $2
    where s.owner = (select m.principal from auth.me m) and s.holder = $1",
    &[Type::UUID, Type::BYTEA],
);

/// An act of the owner's.
pub(crate) static AUDIT: Sql = Sql::new("select audit.append($1, $2)", &[Type::TEXT, Type::TEXT]);

/// The asker's shares. Where there is none one row still says who asks, and its `holder` is null.
pub(super) async fn list(db: &Db, presented: &Presented) -> Result<(Session, Vec<Row>)> {
    db.read_few(presented, &LIST, &[]).await
}

/// How much waits for new keys.
pub(super) async fn unsettled(db: &Db, presented: &Presented) -> Result<i64> {
    let (_, rows) = db.read(presented, &UNSETTLED, &[]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get("unsettled"))?)
}

/// Begins an act on the share with a holder; whether there is one.
pub(crate) async fn begin(
    db: &Db,
    presented: &Presented,
    holder: Uuid,
) -> Result<(Transaction, bool)> {
    let (tx, rows) = db.begin(presented, &SHARE, &[&holder]).await?;
    Ok((tx, !rows.is_empty()))
}

/// The scopes and days that a holder has.
pub(super) async fn parts(tx: &Transaction, holder: Uuid) -> Result<Vec<Row>> {
    tx.query(&PARTS, &[&holder]).await
}

/// The public keys of the asker's holders, not checked yet.
pub(crate) async fn holders(tx: &Transaction) -> Result<Vec<Row>> {
    tx.query(&KEYS, &[]).await
}

/// Ends a share of the asker's.
pub(crate) async fn end_share(tx: &Transaction, owner: Uuid, holder: Uuid) -> Result<bool> {
    let rows = tx.query(&END_SHARE, &[&owner, &holder]).await?;
    Ok(rows.first().map_or(Ok(false), |row| row.try_get("ended"))?)
}

/// Takes all parts from a holder.
pub(crate) async fn end_parts(tx: &Transaction, holder: Uuid) -> Result<()> {
    tx.query(&END_PARTS, &[&holder]).await?;
    Ok(())
}

/// Gives parts to a holder.
pub(crate) async fn add_parts(
    tx: &Transaction,
    owner: Uuid,
    holder: Uuid,
    grants: &[NewGrant],
) -> Result<()> {
    let scopes: Vec<&str> = grants.iter().map(|grant| grant.part.scope.as_str()).collect();
    let epochs: Vec<i32> = grants.iter().map(|grant| grant.epoch).collect();
    let first_days: Vec<_> = grants.iter().map(|grant| grant.part.first).collect();
    let last_days: Vec<_> = grants.iter().map(|grant| grant.part.last).collect();
    let accesses: Vec<&str> = grants.iter().map(|grant| grant.part.access.as_str()).collect();
    let ends: Vec<_> = grants.iter().map(|grant| grant.part.ends_at).collect();
    let keys: Vec<&[u8]> = grants.iter().map(|grant| grant.key_sealed.as_slice()).collect();
    let given: Vec<&[u8]> = grants.iter().map(|grant| grant.given_hash.as_slice()).collect();
    tx.query(
        &ADD_PARTS,
        &[
            &owner,
            &holder,
            &scopes,
            &epochs,
            &first_days,
            &last_days,
            &accesses,
            &ends,
            &keys,
            &given,
        ],
    )
    .await?;
    Ok(())
}

/// Ends what is over by its time; the scopes that are to get new keys by that.
pub(super) async fn end_lapsed(tx: &Transaction) -> Result<Vec<Scope>> {
    let rows = tx.query(&LAPSED, &[]).await?;
    let scopes = rows.iter().map(super::give::scope_of).collect::<Result<Vec<_>>>()?;
    tx.query(&END_LAPSED, &[]).await?;
    tx.query(&SETTLED, &[]).await?;
    Ok(scopes)
}

/// Begins to settle what ended by itself.
pub(super) async fn begin_to_settle(
    db: &Db,
    presented: &Presented,
) -> Result<(Transaction, Vec<Row>)> {
    db.begin(presented, &LAPSED, &[]).await
}
