//! The SQL of practices.

use jiff::civil::Date;
use platform::{Db, Presented, Result, Session, Sql, Transaction};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

pub(crate) static ALL: &[&Sql] = &[
    &SELF,
    &SHARED,
    &TAKE_CARD,
    &ROSTER,
    &TAKE_WORDS,
    &CARD,
    &ADD_CARD,
    &CHANGE_CARD,
    &WAITING,
    &COUNT_WAITING,
    &KEEP_CARDS,
    &NOTE,
    &WITHDRAW,
];

static SELF: Sql = Sql::new("select principal from auth.me", &[]);

static SHARED: Sql = Sql::new(
    "select s.kind from circle.share s
    where s.owner = (select m.principal from auth.me m) and s.holder = $1",
    &[Type::UUID],
);

static TAKE_CARD: Sql =
    Sql::new("select circle.take_card($1, $2) as taken", &[Type::UUID, Type::BYTEA]);

/// The practice in the hands of the asker, and all its clients. Where there is none, one row still says
/// what the practice is.
static ROSTER: Sql = Sql::new(
    "select o.organisation, o.role, o.slot_sealed, o.kind, o.public_key, o.key_tag_hash,
        o.profile_sealed, r.client, r.made_at, r.for_holder_sealed, r.card, r.about_sealed, r.scopes,
        r.accesses, r.first_days, r.last_days, r.ends, r.days_logged, r.last_logged, r.unread,
        r.last_contact_at
    from circle.my_organisation o
    left join lateral circle.roster(o.organisation, $2) r on true
    where o.organisation = $1",
    &[Type::UUID, Type::DATE],
);

static TAKE_WORDS: Sql = Sql::new(
    "select circle.take_words($1, $2, $3, $4)",
    &[Type::UUID, Type::UUID_ARRAY, Type::BYTEA_ARRAY, Type::BYTEA_ARRAY],
);

static CARD: Sql = Sql::new(
    "select c.card, c.about_sealed from circle.card c
    where c.organisation = $1 and c.owner = $2 for update",
    &[Type::UUID, Type::UUID],
);

static ADD_CARD: Sql = Sql::new(
    "insert into circle.card (organisation, card, owner, about_sealed) values ($1, $2, $3, $4)",
    &[Type::UUID, Type::UUID, Type::UUID, Type::BYTEA],
);

static CHANGE_CARD: Sql = Sql::new(
    "update circle.card set about_sealed = $3 where organisation = $1 and card = $2",
    &[Type::UUID, Type::UUID, Type::BYTEA],
);

/// The cards of those who have not come.
static WAITING: Sql = Sql::new(
    "select c.card, c.about_sealed, c.expires_at from circle.card c
    where c.organisation = $1 and c.owner is null and c.expires_at > now()
    order by c.made_at, c.card",
    &[Type::UUID],
);

static COUNT_WAITING: Sql = Sql::new(
    "select count(*) as waiting from circle.card c
    where c.organisation = $1 and c.owner is null and c.expires_at > now()",
    &[Type::UUID],
);

static KEEP_CARDS: Sql = Sql::new(
    "insert into circle.card (organisation, card, label_hash, about_sealed, expires_at)
    select $1, n.card, n.label, n.about, now() + make_interval(days => $5)
    from unnest($2::uuid[], $3::bytea[], $4::bytea[]) as n (card, label, about)",
    &[Type::UUID, Type::UUID_ARRAY, Type::BYTEA_ARRAY, Type::BYTEA_ARRAY, Type::INT4],
);

static NOTE: Sql =
    Sql::new("select circle.note($1, $2, $3)", &[Type::UUID, Type::TEXT, Type::TEXT]);

static WITHDRAW: Sql = Sql::new(
    "delete from circle.card where organisation = $1 and card = $2 and owner is null
    returning card",
    &[Type::UUID, Type::UUID],
);

/// The practice, if the asker is a member, with its clients.
pub(super) async fn roster(
    db: &Db,
    presented: &Presented,
    practice: Uuid,
    today: Date,
) -> Result<(Session, Vec<Row>)> {
    db.read(presented, &ROSTER, &[&practice, &today]).await
}

/// Keeps what clients are called under the practice's own secret.
pub(super) async fn take_words(
    db: &Db,
    presented: &Presented,
    practice: Uuid,
    clients: &[Uuid],
    were: &[&[u8]],
    words: &[&[u8]],
) -> Result<()> {
    let tx = begin(db, presented).await?;
    tx.finish(&[(&TAKE_WORDS, &[&practice, &clients, &were, &words])]).await?;
    Ok(())
}

/// The practice's card about a client.
pub(super) async fn card(tx: &Transaction, practice: Uuid, client: Uuid) -> Result<Vec<Row>> {
    tx.query(&CARD, &[&practice, &client]).await
}

/// Begins a card about a client.
pub(super) async fn add_card(
    tx: Transaction,
    practice: Uuid,
    card: Uuid,
    client: Uuid,
    about: &[u8],
) -> Result<()> {
    tx.finish(&[(&ADD_CARD, &[&practice, &card, &client, &about])]).await?;
    Ok(())
}

/// Changes a card.
pub(super) async fn change_card(
    tx: Transaction,
    practice: Uuid,
    card: Uuid,
    about: &[u8],
) -> Result<()> {
    tx.finish(&[(&CHANGE_CARD, &[&practice, &card, &about])]).await?;
    Ok(())
}

/// The cards of those who were invited and have not come.
pub(super) async fn waiting(tx: &Transaction, practice: Uuid) -> Result<Vec<Row>> {
    tx.query(&WAITING, &[&practice]).await
}

/// How many these are.
pub(super) async fn count_waiting(tx: &Transaction, practice: Uuid) -> Result<i64> {
    let rows = tx.query(&COUNT_WAITING, &[&practice]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get("waiting"))?)
}

/// Cards of people to invite, column by column.
#[derive(Default)]
pub(super) struct NewCards {
    pub(super) ids: Vec<Uuid>,
    pub(super) label_hashes: Vec<Vec<u8>>,
    pub(super) abouts: Vec<Vec<u8>>,
}

/// Keeps them, for so many days.
pub(super) async fn keep_cards(
    tx: Transaction,
    practice: Uuid,
    cards: &NewCards,
    days: i32,
) -> Result<()> {
    let NewCards { ids, label_hashes, abouts } = cards;
    let count = ids.len().to_string();
    tx.finish(&[
        (&KEEP_CARDS, &[&practice, ids, label_hashes, abouts, &days]),
        (&NOTE, &[&practice, &"clients_invited", &count]),
    ])
    .await?;
    Ok(())
}

/// Takes an invitation back; false when there is none.
pub(super) async fn withdraw(
    db: &Db,
    presented: &Presented,
    practice: Uuid,
    card: Uuid,
) -> Result<bool> {
    let tx = begin(db, presented).await?;
    let rows = tx.finish(&[(&WITHDRAW, &[&practice, &card])]).await?;
    Ok(rows.iter().flatten().next().is_some())
}

/// Begins an act of a client's.
pub(super) async fn begin(db: &Db, presented: &Presented) -> Result<Transaction> {
    let (tx, _) = db.begin(presented, &SELF, &[]).await?;
    Ok(tx)
}

/// Whether the asker has let this practice in.
pub(super) async fn is_shared(tx: &Transaction, practice: Uuid) -> Result<bool> {
    Ok(!tx.query(&SHARED, &[&practice]).await?.is_empty())
}

/// Says which of the practice's own cards the asker is. Where there is none, the practice does not
/// know whom it invited, and that is all.
pub(super) async fn take_card(tx: &Transaction, practice: Uuid, label_hash: &[u8]) -> Result<()> {
    tx.query(&TAKE_CARD, &[&practice, &label_hash]).await?;
    Ok(())
}
