//! The SQL of organisations.

use platform::{Db, Error, Presented, Result, Session, Sql, Transaction, entered};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

pub(crate) static ALL: &[&Sql] = &[
    &COUNT_MINE,
    &MINE,
    &ONE_OF_MINE,
    &MY_NAME,
    &FOUND,
    &KEEP_PROFILE,
    &CHANGE_PROFILE,
    &KEEP_MY_NAME,
    &NOTE,
    &LOOK_UP,
    &MEMBERS,
    &INVITATIONS,
    &COUNT_INVITATIONS,
    &INVITE,
    &WITHDRAW,
    &OFFER,
    &BECOME,
    &CHANGE_ROLE,
    &HOLD,
    &HELD_PARTS,
    &HELD_WORDS,
    &CARDS,
    &EXCHANGE,
    &GIVE,
    &LOG,
];

/// More than anybody looks through.
pub(super) const INVITATIONS_MAX: i64 = 100;
const MEMBERSHIPS_MAX: i64 = 50;

static MINE: Sql = Sql::new(
    entered!(
        "select o.organisation, o.role, o.slot_sealed, o.kind, o.public_key, o.key_tag_hash,
            o.profile_sealed, o.joined_at
        from circle.my_organisation o where o.kind = $1
        order by o.joined_at, o.organisation"
    ),
    &[Type::TEXT],
);

static ONE_OF_MINE: Sql = Sql::new(
    "select o.organisation, o.role, o.slot_sealed, o.kind, o.public_key, o.key_tag_hash,
        o.profile_sealed
    from circle.my_organisation o where o.organisation = $1",
    &[Type::UUID],
);

static COUNT_MINE: Sql = Sql::new("select count(*) as mine from auth.my_membership", &[]);

static MY_NAME: Sql = Sql::new(
    "select m.name_sealed from auth.membership m
    where m.organisation = $1 and m.member = (select me.principal from auth.me me)",
    &[Type::UUID],
);

static FOUND: Sql = Sql::new(
    "select circle.found($1, $2, $3, $4, $5)",
    &[Type::UUID, Type::TEXT, Type::BYTEA, Type::BYTEA, Type::BYTEA],
);

static KEEP_PROFILE: Sql = Sql::new(
    "insert into circle.organisation (organisation, profile_sealed, code_hash)
    values ($1, $2, $3)",
    &[Type::UUID, Type::BYTEA, Type::BYTEA],
);

static CHANGE_PROFILE: Sql = Sql::new(
    "update circle.organisation set profile_sealed = $2 where organisation = $1",
    &[Type::UUID, Type::BYTEA],
);

static KEEP_MY_NAME: Sql = Sql::new(
    "update auth.membership m set name_sealed = $2
    where m.organisation = $1 and m.member = (select me.principal from auth.me me)",
    &[Type::UUID, Type::BYTEA],
);

/// An act of a member's, in the organisation's own log.
static NOTE: Sql =
    Sql::new("select circle.note($1, $2, $3)", &[Type::UUID, Type::TEXT, Type::TEXT]);

static LOOK_UP: Sql = Sql::new(
    "select holder, kind, public_key, key_tag_hash, profile_sealed from circle.look_up($1)",
    &[Type::BYTEA],
);

static MEMBERS: Sql = Sql::new(
    "select c.member, c.role, c.joined_at, c.name_sealed, c.public_key, c.key_tag_hash
    from circle.my_colleague c where c.organisation = $1
    order by c.joined_at, c.member",
    &[Type::UUID],
);

static INVITATIONS: Sql = Sql::new(
    "select i.invitation, i.role, i.label_sealed, i.expires_at from circle.member_invitation i
    where i.organisation = $1 and i.expires_at > now()
    order by i.made_at, i.invitation",
    &[Type::UUID],
);

static COUNT_INVITATIONS: Sql = Sql::new(
    "select count(*) as waiting from circle.member_invitation i
    where i.organisation = $1 and i.expires_at > now()",
    &[Type::UUID],
);

static INVITE: Sql = Sql::new(
    "insert into circle.member_invitation (organisation, invitation, handle_hash, proof_hash, role,
        offer_sealed, pair_sealed, label_sealed, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(days => $9))",
    &[
        Type::UUID,
        Type::UUID,
        Type::BYTEA,
        Type::BYTEA,
        Type::TEXT,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
        Type::INT4,
    ],
);

static WITHDRAW: Sql = Sql::new(
    "delete from circle.member_invitation i where i.organisation = $1 and i.invitation = $2
    returning i.invitation",
    &[Type::UUID, Type::UUID],
);

static OFFER: Sql = Sql::new(
    "select organisation, organisation as holder, invitation, kind, role, offer_sealed, pair_sealed,
        public_key, key_tag_hash, profile_sealed
    from circle.member_offer($1, $2)",
    &[Type::BYTEA, Type::BYTEA],
);

static BECOME: Sql = Sql::new(
    "select circle.become_member($1, $2, $3, $4) as became",
    &[Type::BYTEA, Type::BYTEA, Type::BYTEA, Type::BYTEA],
);

static CHANGE_ROLE: Sql = Sql::new(
    "select circle.change_role($1, $2, $3) as changed",
    &[Type::UUID, Type::UUID, Type::TEXT],
);

static HOLD: Sql =
    Sql::new("select circle.hold_for_new_keys($1, $2) as held", &[Type::UUID, Type::UUID]);

static HELD_PARTS: Sql = Sql::new(
    "select owner, scope, epoch, first_day, last_day, key_sealed from circle.held_parts($1)",
    &[Type::UUID],
);

static HELD_WORDS: Sql = Sql::new(
    "select owner, for_holder_sealed, line_for_holder_sealed from circle.held_words($1)",
    &[Type::UUID],
);

static CARDS: Sql = Sql::new(
    "select c.card, c.about_sealed from circle.card c where c.organisation = $1",
    &[Type::UUID],
);

static EXCHANGE: Sql = Sql::new(
    "select circle.exchange_keys($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
        $16) as left_it",
    &[
        Type::UUID,
        Type::UUID,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
        Type::UUID_ARRAY,
        Type::BYTEA_ARRAY,
        Type::BYTEA_ARRAY,
        Type::UUID_ARRAY,
        Type::TEXT_ARRAY,
        Type::BYTEA_ARRAY,
        Type::UUID_ARRAY,
        Type::BYTEA_ARRAY,
        Type::BYTEA_ARRAY,
        Type::UUID_ARRAY,
        Type::BYTEA_ARRAY,
    ],
);

/// Lets somebody in.
static GIVE: Sql = Sql::new(
    "insert into circle.share (owner, holder, kind, for_owner_sealed, for_holder_sealed,
        line_for_owner_sealed, line_for_holder_sealed)
    values ($1, $2, $3, $4, $5, $6, $7)",
    &[Type::UUID, Type::UUID, Type::TEXT, Type::BYTEA, Type::BYTEA, Type::BYTEA, Type::BYTEA],
);

/// The organisation's own log, newest first, for its owners.
static LOG: Sql =
    Sql::new("select seq, at, actor, action, subject from circle.log_of($1)", &[Type::UUID]);

/// The asker's organisations of one kind.
pub(super) async fn mine(
    db: &Db,
    presented: &Presented,
    kind: &str,
) -> Result<(Session, Vec<Row>)> {
    let (session, mut rows) = db.read_few(presented, &MINE, &[&kind]).await?;
    // Where there is none, one row still says who asks.
    let mut there = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        if row.try_get::<_, Option<Uuid>>("organisation")?.is_some() {
            there.push(row);
        }
    }
    Ok((session, there))
}

/// Begins to found one.
pub(crate) async fn begin_to_found(db: &Db, presented: &Presented) -> Result<Transaction> {
    let (tx, rows) = db.begin(presented, &COUNT_MINE, &[]).await?;
    let mine: i64 = rows.first().map_or(Ok(0), |row| row.try_get("mine"))?;
    if mine >= MEMBERSHIPS_MAX {
        return Err(Error::Conflict("you belong to as many practices and studies as there can be"));
    }
    Ok(tx)
}

/// Begins an act in one of them.
pub(super) async fn begin(
    db: &Db,
    presented: &Presented,
    organisation: Uuid,
) -> Result<(Transaction, Vec<Row>)> {
    db.begin(presented, &ONE_OF_MINE, &[&organisation]).await
}

/// The same row once more.
pub(super) async fn mine_now(tx: &Transaction, organisation: Uuid) -> Result<Vec<Row>> {
    tx.query(&ONE_OF_MINE, &[&organisation]).await
}

pub(super) async fn my_name(tx: &Transaction, organisation: Uuid) -> Result<Vec<Row>> {
    tx.query(&MY_NAME, &[&organisation]).await
}

/// An organisation on its way into the tables.
pub(super) struct NewOrganisation<'a> {
    pub(super) id: Uuid,
    pub(super) kind: &'a str,
    pub(super) public_key: &'a [u8],
    pub(super) key_tag: &'a [u8],
    pub(super) slot: &'a [u8],
    pub(super) profile: &'a [u8],
    pub(super) code_hash: &'a [u8],
    pub(super) name: &'a [u8],
}

impl NewOrganisation<'_> {
    pub(super) async fn insert(&self, tx: &Transaction) -> Result<()> {
        let Self { id, kind, public_key, key_tag, slot, profile, code_hash, name } = self;
        tx.query(&FOUND, &[id, kind, public_key, key_tag, slot]).await?;
        tx.query(&KEEP_PROFILE, &[id, profile, code_hash]).await?;
        tx.query(&KEEP_MY_NAME, &[id, name]).await?;
        note(tx, *id, "organisation_founded", kind).await
    }
}

/// Notes an act of a member's in the organisation's own log.
pub(crate) async fn note(
    tx: &Transaction,
    organisation: Uuid,
    act: &str,
    about: &str,
) -> Result<()> {
    tx.query(&NOTE, &[&organisation, &act, &about]).await?;
    Ok(())
}

/// Changes what an organisation shows of itself.
pub(super) async fn change_profile(
    tx: Transaction,
    organisation: Uuid,
    profile: &[u8],
) -> Result<()> {
    let nothing = "";
    tx.finish(&[
        (&CHANGE_PROFILE, &[&organisation, &profile]),
        (&NOTE, &[&organisation, &"profile_changed", &nothing]),
    ])
    .await?;
    Ok(())
}

/// The organisation with this hash of a code; its keys stay as they are until the transaction ends.
pub(super) async fn look_up(tx: &Transaction, code_hash: &[u8]) -> Result<Vec<Row>> {
    tx.query(&LOOK_UP, &[&code_hash]).await
}

pub(super) async fn members(tx: &Transaction, organisation: Uuid) -> Result<Vec<Row>> {
    tx.query(&MEMBERS, &[&organisation]).await
}

pub(super) async fn invitations(tx: &Transaction, organisation: Uuid) -> Result<Vec<Row>> {
    tx.query(&INVITATIONS, &[&organisation]).await
}

pub(super) async fn log(tx: &Transaction, organisation: Uuid) -> Result<Vec<Row>> {
    tx.query(&LOG, &[&organisation]).await
}

pub(super) async fn count_invitations(tx: &Transaction, organisation: Uuid) -> Result<i64> {
    let rows = tx.query(&COUNT_INVITATIONS, &[&organisation]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get("waiting"))?)
}

/// An invitation on its way into the table.
pub(super) struct NewInvitation<'a> {
    pub(super) organisation: Uuid,
    pub(super) id: Uuid,
    pub(super) handle_hash: &'a [u8],
    pub(super) proof_hash: &'a [u8],
    pub(super) role: &'a str,
    pub(super) offer: &'a [u8],
    pub(super) pair: &'a [u8],
    pub(super) label: &'a [u8],
    pub(super) days: i32,
}

impl NewInvitation<'_> {
    pub(super) async fn insert(self, tx: Transaction) -> Result<()> {
        let Self { organisation, id, handle_hash, proof_hash, role, offer, pair, label, days } =
            self;
        tx.finish(&[
            (
                &INVITE,
                &[
                    &organisation,
                    &id,
                    &handle_hash,
                    &proof_hash,
                    &role,
                    &offer,
                    &pair,
                    &label,
                    &days,
                ],
            ),
            (&NOTE, &[&organisation, &"member_invited", &role]),
        ])
        .await?;
        Ok(())
    }
}

/// Ends an invitation that nobody has accepted.
pub(super) async fn withdraw(
    tx: Transaction,
    organisation: Uuid,
    invitation: Uuid,
) -> Result<bool> {
    let withdrawn = tx.query(&WITHDRAW, &[&organisation, &invitation]).await?;
    let nothing = "";
    tx.finish(&[(&NOTE, &[&organisation, &"member_invitation_ended", &nothing])]).await?;
    Ok(!withdrawn.is_empty())
}

/// What an invitation offers.
pub(super) async fn offer(
    db: &Db,
    presented: &Presented,
    lookup: &[u8],
    proof: &[u8],
) -> Result<(Session, Vec<Row>)> {
    db.read(presented, &OFFER, &[&lookup, &proof]).await
}

/// The same to accept it.
pub(super) async fn begin_to_accept(
    db: &Db,
    presented: &Presented,
    lookup: &[u8],
    proof: &[u8],
) -> Result<(Transaction, Vec<Row>)> {
    db.begin(presented, &OFFER, &[&lookup, &proof]).await
}

/// Takes the place; false when somebody else was faster.
pub(super) async fn become_member(
    tx: Transaction,
    lookup: &[u8],
    proof: &[u8],
    slot: &[u8],
    name: &[u8],
) -> Result<bool> {
    let rows = tx.finish(&[(&BECOME, &[&lookup, &proof, &slot, &name])]).await?;
    Ok(rows.iter().flatten().next().map_or(Ok(false), |row| row.try_get("became"))?)
}

/// Gives a member another role; false when there is no such member.
pub(super) async fn change_role(
    tx: Transaction,
    organisation: Uuid,
    member: Uuid,
    role: &str,
) -> Result<bool> {
    let rows = tx.finish(&[(&CHANGE_ROLE, &[&organisation, &member, &role])]).await?;
    Ok(rows.iter().flatten().next().map_or(Ok(false), |row| row.try_get("changed"))?)
}

/// Holds everything still until the end of the transaction; false for who may not part with this
/// member.
pub(super) async fn hold_for_new_keys(
    tx: &Transaction,
    organisation: Uuid,
    leaver: Uuid,
) -> Result<bool> {
    let rows = tx.query(&HOLD, &[&organisation, &leaver]).await?;
    Ok(rows.first().map_or(Ok(false), |row| row.try_get("held"))?)
}

pub(super) async fn held_parts(tx: &Transaction, organisation: Uuid) -> Result<Vec<Row>> {
    tx.query(&HELD_PARTS, &[&organisation]).await
}

pub(super) async fn held_words(tx: &Transaction, organisation: Uuid) -> Result<Vec<Row>> {
    tx.query(&HELD_WORDS, &[&organisation]).await
}

pub(super) async fn cards(tx: &Transaction, organisation: Uuid) -> Result<Vec<Row>> {
    tx.query(&CARDS, &[&organisation]).await
}

/// A share on its way into the table.
pub(super) struct NewShare<'a> {
    pub(super) owner: Uuid,
    pub(super) holder: Uuid,
    pub(super) kind: &'a str,
    pub(super) for_owner: &'a [u8],
    pub(super) for_holder: &'a [u8],
    pub(super) line_for_owner: &'a [u8],
    pub(super) line_for_holder: &'a [u8],
}

impl NewShare<'_> {
    pub(super) async fn insert(&self, tx: &Transaction) -> Result<()> {
        let Self { owner, holder, kind, for_owner, for_holder, line_for_owner, line_for_holder } =
            self;
        tx.query(
            &GIVE,
            &[owner, holder, kind, for_owner, for_holder, line_for_owner, line_for_holder],
        )
        .await?;
        Ok(())
    }
}

/// Somebody who stays, with what is theirs under the new pair.
pub(super) struct StayingMember {
    pub(super) member: Uuid,
    pub(super) slot: Vec<u8>,
    pub(super) name: Vec<u8>,
}

/// A part of a client's, under the new pair.
pub(super) struct HeldPart {
    pub(super) owner: Uuid,
    pub(super) scope: &'static str,
    pub(super) key: Vec<u8>,
}

/// What a client is called and the key of their line, under the new pair.
pub(super) struct HeldWords {
    pub(super) owner: Uuid,
    pub(super) words: Vec<u8>,
    pub(super) line: Vec<u8>,
}

/// A card of the organisation's own, under the new pair.
pub(super) struct HeldCard {
    pub(super) card: Uuid,
    pub(super) about: Vec<u8>,
}

/// The exchange of an organisation's keys.
pub(super) struct Exchange<'a> {
    pub(super) organisation: Uuid,
    pub(super) leaver: Uuid,
    pub(super) public_key: &'a [u8],
    pub(super) key_tag: &'a [u8],
    pub(super) code_hash: &'a [u8],
    pub(super) members: Vec<StayingMember>,
    pub(super) parts: Vec<HeldPart>,
    pub(super) clients: Vec<HeldWords>,
    pub(super) cards: Vec<HeldCard>,
}

impl Exchange<'_> {
    /// Keeps all of it; false when the leaver is no member.
    pub(super) async fn keep(&self, tx: Transaction) -> Result<bool> {
        let members: Vec<Uuid> = self.members.iter().map(|staying| staying.member).collect();
        let slots: Vec<&[u8]> = self.members.iter().map(|staying| &*staying.slot).collect();
        let names: Vec<&[u8]> = self.members.iter().map(|staying| &*staying.name).collect();
        let owners: Vec<Uuid> = self.parts.iter().map(|part| part.owner).collect();
        let scopes: Vec<&str> = self.parts.iter().map(|part| part.scope).collect();
        let keys: Vec<&[u8]> = self.parts.iter().map(|part| &*part.key).collect();
        let clients: Vec<Uuid> = self.clients.iter().map(|client| client.owner).collect();
        let words: Vec<&[u8]> = self.clients.iter().map(|client| &*client.words).collect();
        let lines: Vec<&[u8]> = self.clients.iter().map(|client| &*client.line).collect();
        let cards: Vec<Uuid> = self.cards.iter().map(|card| card.card).collect();
        let abouts: Vec<&[u8]> = self.cards.iter().map(|card| &*card.about).collect();
        let rows = tx
            .finish(&[(
                &EXCHANGE,
                &[
                    &self.organisation,
                    &self.leaver,
                    &self.public_key,
                    &self.key_tag,
                    &self.code_hash,
                    &members,
                    &slots,
                    &names,
                    &owners,
                    &scopes,
                    &keys,
                    &clients,
                    &words,
                    &lines,
                    &cards,
                    &abouts,
                ],
            )])
            .await?;
        Ok(rows.iter().flatten().next().map_or(Ok(false), |row| row.try_get("left_it"))?)
    }
}
