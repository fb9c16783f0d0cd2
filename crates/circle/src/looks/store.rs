//! The SQL of who looked. The policies show the asker's own chain. Moments that no clock tells are
//! brought into what can be read; they fit no hash.

use jiff::Timestamp;
use platform::{App, Presented, Result, Sql, Transaction};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use super::{look::Look, names::Names};

pub(crate) static ALL: &[&Sql] = &[&LOOKS, &NAMES, &HEAD, &EVENTS, &ANCHORS, &GAPS, &NEWEST];

/// The newest first, older than a place in the chain.
static LOOKS: Sql = Sql::new(
    "select e.seq, least(greatest(e.at, '1000-01-01 Z'), '9000-01-01 Z') as at, e.actor, e.holder, e.action, e.subject
    from audit.event e
    where e.holder is not null
        and e.seq < $1 and e.at >= $2 and e.at < $3
        and ($4::uuid is null or e.holder = $4)
    order by e.seq desc limit $5",
    &[Type::INT8, Type::TIMESTAMPTZ, Type::TIMESTAMPTZ, Type::UUID, Type::INT8],
);

/// Who has access, and who had. What somebody else gave to the asker is not asked for.
static NAMES: Sql = Sql::new(
    "select s.holder, s.kind, s.for_owner_sealed, false as is_former
    from circle.share s where s.owner = (select m.principal from auth.me m)
    union all
    select f.holder, f.kind, f.for_owner_sealed, true
    from circle.former_holder f where f.owner = (select m.principal from auth.me m)",
    &[],
);

/// The own head, and the time by the clock that events have.
static HEAD: Sql = Sql::new("select h.seq, h.hash, now() as at from audit.head h", &[]);

/// The next events, each with the head as it was when they were read.
static EVENTS: Sql = Sql::new(
    "select e.seq, least(greatest(e.at, '1000-01-01 Z'), '9000-01-01 Z') as at, e.actor, e.application, e.action, e.subject, e.holder, e.hash,
        h.seq as head_seq, h.hash as head_hash
    from audit.event e left join audit.head h on h.owner = e.owner
    where e.seq > $1 order by e.seq limit $2",
    &[Type::INT8, Type::INT8],
);

/// The next anchors, each with its event and its checkpoint.
static ANCHORS: Sql = Sql::new(
    "select a.checkpoint, a.position, a.owner_hash, a.seq, a.head_hash, a.earlier, a.path,
        e.hash as event_hash,
        least(greatest(e.at, '1000-01-01 Z'), '9000-01-01 Z') as event_at,
        c.number, least(greatest(c.at, '1000-01-01 Z'), '9000-01-01 Z') as at, c.leaves, c.root_hash, c.previous_hash, c.key_hash, c.signature
    from audit.anchor a
    left join audit.event e on e.owner = a.owner and e.seq = a.seq
    left join audit.checkpoint c on c.number = a.checkpoint
    where a.checkpoint > $1 order by a.checkpoint limit $2",
    &[Type::INT8, Type::INT8],
);

static GAPS: Sql =
    Sql::new("select missing, nameless from audit.gaps($1, $2)", &[Type::INT8, Type::BYTEA]);

static NEWEST: Sql = Sql::new(
    "select c.number, least(greatest(c.at, '1000-01-01 Z'), '9000-01-01 Z') as at, c.leaves, c.root_hash, c.previous_hash, c.key_hash, c.signature
    from audit.checkpoint c where c.number = $1",
    &[Type::INT8],
);

/// Which looks are wanted.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) who: Option<Uuid>,
}

/// Looks older than a place in the chain, newest first, with everybody's names.
pub(super) async fn looks(
    app: &App,
    presented: &Presented,
    wanted: Wanted,
    before: i64,
    limit: i64,
) -> Result<(Vec<Look>, Names)> {
    let Wanted { from, to, who } = wanted;
    let (tx, rows) =
        app.db().begin(presented, &LOOKS, &[&before, &from, &to, &who, &limit]).await?;
    let looks = rows.iter().map(Look::of).collect::<Result<Vec<_>>>()?;
    let names = tx.query(&NAMES, &[]).await?;
    let session = tx.session();
    let names = Names::open(&names, session.principal(), session.keyring().pair())?;
    tx.finish(&[]).await?;
    Ok((looks, names))
}

/// A transaction of the asker, with the head of the own chain.
pub(super) async fn begin(app: &App, presented: &Presented) -> Result<(Transaction, Vec<Row>)> {
    app.db().begin(presented, &HEAD, &[]).await
}

/// The events after one.
pub(super) async fn events(tx: &Transaction, after: i64, limit: i64) -> Result<Vec<Row>> {
    tx.query(&EVENTS, &[&after, &limit]).await
}

/// The anchors after a checkpoint.
pub(super) async fn anchors(tx: &Transaction, after: i64, limit: i64) -> Result<Vec<Row>> {
    tx.query(&ANCHORS, &[&after, &limit]).await
}

/// The first checkpoint after one that lost something, and the first with a leaf of this owner that
/// names nobody.
pub(super) async fn gaps(
    tx: &Transaction,
    after: i64,
    owner_hash: &[u8],
) -> Result<(Option<i64>, Option<i64>)> {
    let rows = tx.query(&GAPS, &[&after, &owner_hash]).await?;
    let Some(row) = rows.first() else { return Ok((None, None)) };
    Ok((row.try_get("missing")?, row.try_get("nameless")?))
}

/// A checkpoint.
pub(super) async fn checkpoint(tx: &Transaction, number: i64) -> Result<Vec<Row>> {
    tx.query(&NEWEST, &[&number]).await
}
