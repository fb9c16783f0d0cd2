//! The SQL of invitations.

use keys::Scope;
use platform::{
    Db, Presented, Result, Session, Sql, Transaction, entered,
    notices::{TELL, Told},
};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use super::offer;

pub(crate) static ALL: &[&Sql] =
    &[&COUNT, &MAKE, &OFFER, &LIST, &TAKE_BACK, &AUDIT, &OFFERED, &RENEW, &LOOK, &OPEN, &ACCEPT];

static COUNT: Sql = Sql::new(
    "select count(*) as invitations from circle.invitation
    where owner = (select m.principal from auth.me m)",
    &[],
);

static MAKE: Sql = Sql::new(
    "insert into circle.invitation (owner, invitation, handle_hash, proof_hash, offer_sealed,
        for_owner_sealed, secret_sealed, line_for_owner_sealed, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, now() + interval '7 days')
    returning expires_at",
    &[
        Type::UUID,
        Type::UUID,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
    ],
);

static OFFER: Sql = Sql::new(
    "insert into circle.offered_part (owner, invitation, scope, epoch, first_day, last_day, access,
        ends_at, key_sealed)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    &[
        Type::UUID,
        Type::UUID,
        Type::TEXT,
        Type::INT4,
        Type::DATE,
        Type::DATE,
        Type::TEXT,
        Type::TIMESTAMPTZ,
        Type::BYTEA,
    ],
);

/// The asker's invitations that have not expired, oldest first.
static LIST: Sql = Sql::new(
    entered!(
        "select i.invitation, i.for_owner_sealed, i.made_at, i.expires_at as ends_at, p.scopes,
            p.accesses, p.first_days, p.last_days, p.ends
        from circle.invitation i
        cross join lateral (
            select array_agg(o.scope::text order by o.scope) as scopes,
                array_agg(o.access order by o.scope) as accesses,
                array_agg(o.first_day order by o.scope) as first_days,
                array_agg(o.last_day order by o.scope) as last_days,
                array_agg(o.ends_at order by o.scope) as ends
            from circle.offered_part o
            where o.owner = i.owner and o.invitation = i.invitation
        ) p
        where i.owner = (select m.principal from auth.me m) and i.expires_at > now()
        order by i.made_at, i.invitation"
    ),
    &[],
);

static TAKE_BACK: Sql = Sql::new(
    "delete from circle.invitation
    where owner = (select m.principal from auth.me m) and invitation = $1
    returning invitation",
    &[Type::UUID],
);

static AUDIT: Sql = Sql::new("select audit.append($1, $2)", &[Type::TEXT, Type::TEXT]);

static OFFERED: Sql = Sql::new(
    "select i.invitation, i.secret_sealed, p.epoch, p.first_day, p.last_day, p.key_sealed
    from circle.invitation i
    join circle.offered_part p on p.owner = i.owner and p.invitation = i.invitation
    where i.owner = (select m.principal from auth.me m) and p.scope = $1",
    &[Type::TEXT],
);

static RENEW: Sql = Sql::new(
    "update circle.offered_part p set epoch = $2, key_sealed = k.key
    from unnest($3, $4) as k (invitation, key)
    where p.owner = (select m.principal from auth.me m) and p.invitation = k.invitation
        and p.scope = $1",
    &[Type::TEXT, Type::INT4, Type::UUID_ARRAY, Type::BYTEA_ARRAY],
);

static LOOK: Sql = Sql::new(
    "select invitation, offer_sealed, expires_at, scopes, accesses, first_days, last_days, ends
    from circle.look_at_offer($1)",
    &[Type::BYTEA],
);

static OPEN: Sql = Sql::new(
    "select invitation, owner, public_key, key_tag_hash, offer_sealed, scope, epoch, first_day,
        last_day, ends_at, key_sealed
    from circle.open_offer($1)",
    &[Type::BYTEA],
);

static ACCEPT: Sql = Sql::new(
    "select circle.accept_offer($1, $2, $3, $4, $5, $6, $7, $8) as outcome",
    &[
        Type::BYTEA,
        Type::TEXT_ARRAY,
        Type::BYTEA_ARRAY,
        Type::BYTEA_ARRAY,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
        Type::UUID,
    ],
);

/// A transaction of the asker's, with how many invitations wait.
pub(super) async fn begin(db: &Db, presented: &Presented) -> Result<(Transaction, i64)> {
    let (tx, rows) = db.begin(presented, &COUNT, &[]).await?;
    let count = rows.first().map_or(Ok(0), |row| row.try_get("invitations"))?;
    Ok((tx, count))
}

/// Keeps an invitation that was made; returns when it expires.
pub(super) async fn keep(
    tx: Transaction,
    row: &offer::Row,
    told: &Told,
) -> Result<Option<jiff::Timestamp>> {
    let owner = tx.session().principal();
    let made = tx
        .query(
            &MAKE,
            &[
                &owner,
                &row.invitation,
                &row.handle_hash,
                &row.proof_hash,
                &row.offer_sealed,
                &row.for_owner_sealed,
                &row.secret_sealed,
                &row.line_for_owner_sealed,
            ],
        )
        .await?;
    let mut scopes = Vec::with_capacity(row.parts.len());
    for offered in &row.parts {
        let part = offered.part;
        scopes.push(part.scope.as_str());
        tx.query(
            &OFFER,
            &[
                &owner,
                &row.invitation,
                &part.scope.as_str(),
                &offered.epoch,
                &part.first,
                &part.last,
                &part.access.as_str(),
                &part.ends_at,
                &offered.key_sealed,
            ],
        )
        .await?;
    }
    let about = scopes.join(" ");
    tx.finish(&[(&TELL, &told.params()), (&AUDIT, &[&"invitation_made", &about])]).await?;
    Ok(made.first().map(|row| row.try_get("expires_at")).transpose()?)
}

/// The asker's invitations. Where there is none one row still says who asks.
pub(super) async fn list(db: &Db, presented: &Presented) -> Result<(Session, Vec<Row>)> {
    db.read_few(presented, &LIST, &[]).await
}

/// Takes an offer back; false when there is none.
pub(super) async fn take_back(db: &Db, presented: &Presented, invitation: Uuid) -> Result<bool> {
    let (tx, gone) = db.begin(presented, &TAKE_BACK, &[&invitation]).await?;
    if gone.is_empty() {
        return Ok(false);
    }
    tx.finish(&[(&AUDIT, &[&"invitation_taken_back", &""])]).await?;
    Ok(true)
}

/// What the asker offers of a scope, with the sealed secrets.
pub(super) async fn offered(tx: &Transaction, scope: Scope) -> Result<Vec<Row>> {
    tx.query(&OFFERED, &[&scope.as_str()]).await
}

/// Keeps what is offered of a scope under its new keys.
pub(super) async fn renew(
    tx: &Transaction,
    scope: Scope,
    epoch: i32,
    invitations: &[Uuid],
    keys: &[Vec<u8>],
) -> Result<()> {
    if !invitations.is_empty() {
        tx.query(&RENEW, &[&scope.as_str(), &epoch, &invitations, &keys]).await?;
    }
    Ok(())
}

/// What is offered under a handle.
pub(super) async fn look(db: &Db, handle: &[u8]) -> Result<Vec<Row>> {
    db.query_alone(&LOOK, &[&handle]).await
}

/// A transaction of the asker's, with what a proof of the secret opens: a row for each part.
pub(super) async fn open(
    db: &Db,
    presented: &Presented,
    proof: &[u8],
) -> Result<(Transaction, Vec<Row>)> {
    db.begin(presented, &OPEN, &[&proof]).await
}

/// What is kept of an offer that somebody accepts.
pub(super) struct Accepted<'a> {
    pub(super) scopes: &'a [&'static str],
    pub(super) keys: &'a [Vec<u8>],
    pub(super) given: &'a [Vec<u8>],
    pub(super) for_owner: &'a [u8],
    pub(super) for_holder: &'a [u8],
    pub(super) line_for_holder: &'a [u8],
}

/// Accepts; returns the database's word for what came of it.
pub(super) async fn accept(tx: Transaction, proof: &[u8], new: &Accepted<'_>) -> Result<String> {
    let Accepted { scopes, keys, given, for_owner, for_holder, line_for_holder } = new;
    let notice = Uuid::now_v7();
    let rows = tx
        .finish(&[(
            &ACCEPT,
            &[&proof, scopes, keys, given, for_owner, for_holder, line_for_holder, &notice],
        )])
        .await?;
    let outcome = rows.iter().flatten().next().map(|row| row.try_get("outcome")).transpose()?;
    Ok(outcome.unwrap_or_default())
}
