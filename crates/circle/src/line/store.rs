//! The SQL of lines. The policies say whose they are.

use platform::{Db, Presented, Result, Session, Sql, Transaction, entered};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

pub(crate) static ALL: &[&Sql] =
    &[&LINE, &LETTERS, &WRITE, &ANSWER, &SEEN_BY_OWNER, &SEEN_BY_HOLDER, &LINES, &TARGETS, &AUDIT];

/// How many letters are shown at once.
pub(super) const PAGE: i64 = 50;

static LINE: Sql = Sql::new(
    "select s.line_for_owner_sealed, s.line_for_holder_sealed, o.organisation, o.role,
        o.slot_sealed, o.kind, o.public_key, o.key_tag_hash, o.profile_sealed
    from circle.share s
    left join circle.my_organisation o on o.organisation = s.holder
    where s.owner = $1 and s.holder = $2",
    &[Type::UUID, Type::UUID],
);

static LETTERS: Sql = Sql::new(
    "select l.letter, l.kind, l.author, l.by_owner, l.state, l.body_sealed, l.made_at, l.seen_at,
        l.answered_at
    from circle.letter l
    where l.owner = $1 and l.holder = $2 and (l.kind = 'message') = $3
        and l.letter < coalesce($4, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
    order by l.letter desc limit $5",
    &[Type::UUID, Type::UUID, Type::BOOL, Type::UUID, Type::INT8],
);

static WRITE: Sql = Sql::new(
    "insert into circle.letter (owner, holder, letter, kind, author, by_owner, state, body_sealed)
    values ($1, $2, $3, $4, $5, $6, $7, $8)",
    &[
        Type::UUID,
        Type::UUID,
        Type::UUID,
        Type::TEXT,
        Type::UUID,
        Type::BOOL,
        Type::TEXT,
        Type::BYTEA,
    ],
);

/// The owner's word on a proposal, which may change.
static ANSWER: Sql = Sql::new(
    "update circle.letter l set state = $4, answered_at = now(), seen_at = coalesce(seen_at, now())
    where l.owner = $1 and l.holder = $2 and l.letter = $3 and l.kind <> 'message'
    returning l.letter",
    &[Type::UUID, Type::UUID, Type::UUID, Type::TEXT],
);

static SEEN_BY_OWNER: Sql = Sql::new(
    "update circle.letter l set seen_at = now()
    where l.owner = $1 and l.holder = $2 and not l.by_owner and l.seen_at is null",
    &[Type::UUID, Type::UUID],
);

static SEEN_BY_HOLDER: Sql = Sql::new("select circle.mark_seen($1, $2)", &[Type::UUID, Type::UUID]);

/// What waits for the asker on each of their own lines.
static LINES: Sql = Sql::new(
    entered!(
        "select l.holder, count(*) filter (where l.kind = 'message' and not l.by_owner
                and l.seen_at is null) as unread,
            count(*) filter (where l.state = 'proposed') as proposals
        from circle.letter l
        where l.owner = (select m.principal from auth.me m)
        group by l.holder"
    ),
    &[],
);

/// Every target that the asker accepted, with what opens it.
static TARGETS: Sql = Sql::new(
    entered!(
        "select l.holder, l.letter, l.kind, l.author, l.body_sealed, l.answered_at,
            s.line_for_owner_sealed, s.for_owner_sealed
        from circle.letter l
        join circle.share s on s.owner = l.owner and s.holder = l.holder
        where l.owner = (select m.principal from auth.me m)
            and s.owner = (select m.principal from auth.me m)
            and l.kind = 'target' and l.state = 'accepted'
        order by l.answered_at desc limit 200"
    ),
    &[],
);

static AUDIT: Sql = Sql::new("select audit.append($1, $2)", &[Type::TEXT, Type::TEXT]);

/// Begins an act on a line.
pub(super) async fn begin(
    db: &Db,
    presented: &Presented,
    owner: Uuid,
    holder: Uuid,
) -> Result<(Transaction, Vec<Row>)> {
    db.begin(presented, &LINE, &[&owner, &holder]).await
}

/// The newest messages or proposals before one of them.
pub(super) async fn letters(
    tx: &Transaction,
    owner: Uuid,
    holder: Uuid,
    messages: bool,
    before: Option<Uuid>,
) -> Result<Vec<Row>> {
    tx.query(&LETTERS, &[&owner, &holder, &messages, &before, &(PAGE + 1)]).await
}

/// A letter on its way into the table.
pub(super) struct NewLetter<'a> {
    pub(super) owner: Uuid,
    pub(super) holder: Uuid,
    pub(super) letter: Uuid,
    pub(super) kind: &'a str,
    pub(super) author: Uuid,
    pub(super) state: Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl NewLetter<'_> {
    pub(super) async fn insert(self, tx: Transaction) -> Result<()> {
        let Self { owner, holder, letter, kind, author, state, body } = self;
        let by_owner = owner == author;
        tx.finish(&[(
            &WRITE,
            &[&owner, &holder, &letter, &kind, &author, &by_owner, &state, &body],
        )])
        .await?;
        Ok(())
    }
}

/// Keeps the owner's word on a proposal; false when there is none.
pub(super) async fn answer(
    tx: Transaction,
    owner: Uuid,
    holder: Uuid,
    letter: Uuid,
    state: &str,
) -> Result<bool> {
    let answered = tx.query(&ANSWER, &[&owner, &holder, &letter, &state]).await?;
    if answered.is_empty() {
        return Ok(false);
    }
    let (act, about) = (format!("proposal_{state}"), holder.to_string());
    tx.finish(&[(&AUDIT, &[&act, &about])]).await?;
    Ok(true)
}

/// Notes that the asker's side has read what the other wrote.
pub(super) async fn seen(tx: Transaction, owner: Uuid, holder: Uuid, is_owner: bool) -> Result<()> {
    let sql = if is_owner { &SEEN_BY_OWNER } else { &SEEN_BY_HOLDER };
    tx.finish(&[(sql, &[&owner, &holder])]).await?;
    Ok(())
}

/// What waits on the asker's lines.
pub(super) async fn lines(db: &Db, presented: &Presented) -> Result<Vec<Row>> {
    Ok(db.read_few(presented, &LINES, &[]).await?.1)
}

/// The targets that the asker accepted.
pub(super) async fn targets(db: &Db, presented: &Presented) -> Result<(Session, Vec<Row>)> {
    db.read_few(presented, &TARGETS, &[]).await
}
