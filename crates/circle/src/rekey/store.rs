//! The SQL of new keys. All of it in one transaction of the owner's.

use platform::Sql;
use tokio_postgres::types::Type;

pub(crate) static ALL: &[&Sql] = &[
    &HOLD,
    &OWN,
    &END_LAPSED,
    &HELD,
    &KEEP_GRANTS,
    &END_PLANTED,
    &DAYS,
    &KEEP_DAYS,
    &ITEMS,
    &KEEP_ITEMS,
    &KEYRINGS,
    &KEEP_KEYRINGS,
];

/// Alone with the asker's keys: no change of the diary (`auth.hold_epochs`), and no session that is on
/// its way (`auth.hold_still`).
pub(super) static HOLD: Sql = Sql::new(
    "select pg_advisory_xact_lock(hashtextextended('epochs ' || m.principal, 0)),
        pg_advisory_xact_lock(hashtextextended(m.principal::text, 0))
    from auth.me m",
    &[],
);

pub(super) static OWN: Sql = Sql::new(
    "select a.scope::text as scope, a.epoch, a.key_sealed from auth.access_grant a
    where a.owner = (select m.principal from auth.me m) and a.holder = a.owner",
    &[],
);

/// What is over by its time gets no new keys, and with that it is settled.
pub(super) static END_LAPSED: Sql = Sql::new(
    "delete from auth.access_grant a
    where a.owner = (select m.principal from auth.me m) and a.holder <> a.owner
        and a.scope = any ($1) and a.ends_at <= now()",
    &[Type::TEXT_ARRAY],
);

/// Everybody who holds something of these scopes, the owner too.
pub(super) static HELD: Sql = Sql::new(
    "select a.holder, a.scope::text as scope, a.epoch, a.first_day, a.last_day, a.ends_at,
        a.given_hash
    from auth.access_grant a
    where a.owner = (select m.principal from auth.me m) and a.scope = any ($1)",
    &[Type::TEXT_ARRAY],
);

pub(super) static KEEP_GRANTS: Sql = Sql::new(
    "update auth.access_grant a set epoch = n.epoch, key_sealed = n.key, given_hash = n.given
    from unnest($1::uuid[], $2::text[], $3::integer[], $4::bytea[], $5::bytea[])
        as n (holder, scope, epoch, key, given)
    where a.owner = (select m.principal from auth.me m)
        and a.holder = n.holder and a.scope = n.scope",
    &[Type::UUID_ARRAY, Type::TEXT_ARRAY, Type::INT4_ARRAY, Type::BYTEA_ARRAY, Type::BYTEA_ARRAY],
);

/// Takes away what is not as it was given.
pub(super) static END_PLANTED: Sql = Sql::new(
    "delete from auth.access_grant a
    where a.owner = (select m.principal from auth.me m) and a.holder = $1 and a.holder <> a.owner
        and a.scope = $2",
    &[Type::UUID, Type::TEXT],
);

/// The next days of a scope, in order.
pub(super) static DAYS: Sql = Sql::new(
    "select r.day, r.version, r.epoch, r.body_sealed from diary.record_day r
    where r.owner = (select m.principal from auth.me m)
        and r.scope = $1 and r.day > coalesce($2, date '1899-12-31')
    order by r.day
    limit 400",
    &[Type::TEXT, Type::DATE],
);

pub(super) static KEEP_DAYS: Sql = Sql::new(
    "update diary.record_day r set epoch = $3, body_sealed = n.body
    from unnest($4::date[], $5::bytea[]) as n (day, body)
    where r.owner = $1 and r.scope = $2 and r.day = n.day",
    &[Type::UUID, Type::TEXT, Type::INT4, Type::DATE_ARRAY, Type::BYTEA_ARRAY],
);

/// The next items of a scope, in order.
pub(super) static ITEMS: Sql = Sql::new(
    "select r.item, r.version, r.epoch, r.body_sealed from diary.record_item r
    where r.owner = (select m.principal from auth.me m)
        and r.scope = $1 and ($2::uuid is null or r.item > $2)
    order by r.item
    limit 400",
    &[Type::TEXT, Type::UUID],
);

pub(super) static KEEP_ITEMS: Sql = Sql::new(
    "update diary.record_item r set epoch = $3, body_sealed = n.body
    from unnest($4::uuid[], $5::bytea[]) as n (item, body)
    where r.owner = $1 and r.scope = $2 and r.item = n.item",
    &[Type::UUID, Type::TEXT, Type::INT4, Type::UUID_ARRAY, Type::BYTEA_ARRAY],
);

/// The keyrings of the asker's sessions and tokens.
pub(super) static KEYRINGS: Sql = Sql::new(
    "select session, application, keyring_sealed, spare_key_sealed from auth.my_keyring
    where access is distinct from 'write_only'",
    &[],
);

pub(super) static KEEP_KEYRINGS: Sql =
    Sql::new("select auth.keep_my_keyrings($1, $2)", &[Type::UUID_ARRAY, Type::BYTEA_ARRAY]);
