//! The SQL of studies. What a study and its participants see of each other goes through functions that
//! prove who asks.

use jiff::{Timestamp, civil::Date};
use platform::{
    Db, Error, Presented, Result, Session, Sql, Transaction, entered, session::Presents,
};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use super::{protocol::Protocol, study::DataPair};

pub(crate) static ALL: &[&Sql] = &[
    &LIST,
    &SEE,
    &DATA_KEY,
    &KEEP_DATA_KEY,
    &PUBLISH,
    &CONSENT,
    &CONSENTS,
    &ADD_SHARE,
    &WITHDRAW,
    &MY_ANSWERS,
    &MY_EXPORTS,
    &ANSWER,
    &PROGRESS,
    &LOOK_AT_ANSWERS,
    &BEGIN_EXPORT,
    &NOTE_EXPORT,
    &EXPORTS,
    &RELEASES,
    &RELEASE,
];

static LIST: Sql = Sql::new(
    entered!(
        "select s.study, s.version, s.title, s.listed, s.ends_on, s.role, s.my_version, s.given_at,
            s.withdrawn_at, s.erased_at
        from circle.see_studies() s"
    ),
    &[],
);

static SEE: Sql = Sql::new(
    "select study, version, title, sheet, consent, consent_hash, terms, scopes, minimum_group, ends_on,
        published_at, listed, role, public_key, key_tag_hash, data_public_key, data_key_tag_hash
    from circle.see_study($1, $2)",
    &[Type::UUID, Type::BYTEA],
);

static DATA_KEY: Sql =
    Sql::new("select data_key_sealed from circle.study where organisation = $1", &[Type::UUID]);

static KEEP_DATA_KEY: Sql = Sql::new(
    "update circle.study set data_key_sealed = $2 where organisation = $1 returning organisation",
    &[Type::UUID, Type::BYTEA],
);

static PUBLISH: Sql = Sql::new(
    "select circle.publish_protocol($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        as published",
    &[
        Type::UUID,
        Type::INT4,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
        Type::BOOL,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT_ARRAY,
        Type::INT4,
        Type::DATE,
    ],
);

static CONSENT: Sql = Sql::new(
    "select circle.give_consent($1, $2, $3, $4, $5, $6, $7) as given",
    &[Type::UUID, Type::UUID, Type::INT4, Type::BYTEA, Type::BYTEA, Type::DATE, Type::DATE],
);

/// The asker's consents to a study, the newest first.
static CONSENTS: Sql = Sql::new(
    "select c.version, c.consent_hash, c.scopes, c.first_on, c.last_on, c.application, c.given_at,
        c.replaced_at, c.withdrawn_at, c.erased_at
    from circle.consent c
    where c.owner = (select m.principal from auth.me m) and c.study = $1
    order by c.given_at desc",
    &[Type::UUID],
);

/// What stands around the grants; a new consent of the same participant keeps it.
static ADD_SHARE: Sql = Sql::new(
    "insert into circle.share (owner, holder, kind, for_owner_sealed, for_holder_sealed,
        line_for_owner_sealed, line_for_holder_sealed)
    values ($1, $2, 'study', $3, $4, $5, $6)
    on conflict on constraint share_pkey do nothing",
    &[Type::UUID, Type::UUID, Type::BYTEA, Type::BYTEA, Type::BYTEA, Type::BYTEA],
);

static WITHDRAW: Sql =
    Sql::new("select circle.withdraw_consent($1, $2) as ended", &[Type::UUID, Type::BOOL]);

static MY_ANSWERS: Sql = Sql::new(
    "select a.questionnaire, a.due_on, a.answer, a.version, a.answered_at, a.for_owner_sealed
    from circle.answer a
    where a.owner = (select m.principal from auth.me m) and a.study = $1
    order by a.due_on, a.questionnaire",
    &[Type::UUID],
);

static MY_EXPORTS: Sql = Sql::new(
    "select x.export, x.contents, x.format, x.version, x.scopes, x.days, x.answers, x.made_at
    from circle.export_part x
    where x.owner = (select m.principal from auth.me m) and x.study = $1
    order by x.made_at desc
    limit 500",
    &[Type::UUID],
);

static ANSWER: Sql = Sql::new(
    "insert into circle.answer as a (owner, study, questionnaire, due_on, answer, version,
        for_study_sealed, for_owner_sealed)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict on constraint answer_pkey do update
    set answer = excluded.answer, version = excluded.version,
        for_study_sealed = excluded.for_study_sealed, for_owner_sealed = excluded.for_owner_sealed,
        answered_at = now()",
    &[
        Type::UUID,
        Type::UUID,
        Type::TEXT,
        Type::DATE,
        Type::UUID,
        Type::INT4,
        Type::BYTEA,
        Type::BYTEA,
    ],
);

static PROGRESS: Sql = Sql::new(
    "select owner, version, scopes, first_on, last_on, given_at, withdrawn_at, days, answers
    from circle.study_progress($1)",
    &[Type::UUID],
);

static LOOK_AT_ANSWERS: Sql = Sql::new(
    "select questionnaire, due_on, answer, version, for_study_sealed, erasure_key_sealed
    from circle.look_at_answers($1, $2)",
    &[Type::UUID, Type::UUID],
);

static BEGIN_EXPORT: Sql = Sql::new(
    "select circle.begin_export($1, $2, $3, $4)",
    &[Type::UUID, Type::UUID, Type::TEXT, Type::TEXT],
);

/// What of a participant went into an export.
pub(super) static NOTE_EXPORT: Sql = Sql::new(
    "select circle.note_export($1, $2, $3, $4, $5)",
    &[Type::UUID, Type::UUID, Type::UUID, Type::INT4, Type::INT4],
);

static EXPORTS: Sql = Sql::new(
    "select contents, format, participants, made_at from circle.export
    where organisation = $1
    order by made_at desc
    limit 500",
    &[Type::UUID],
);

static RELEASES: Sql = Sql::new(
    "select release, body_sealed, made_at from circle.aggregate
    where organisation = $1
    order by release",
    &[Type::UUID],
);

static RELEASE: Sql = Sql::new(
    "insert into circle.aggregate (organisation, release, body_sealed) values ($1, $2, $3)
    returning made_at",
    &[Type::UUID, Type::INT4, Type::BYTEA],
);

/// The studies that the asker may know of. Where there is none one row still says who asks, and its
/// `study` is null.
pub(super) async fn list(db: &Db, presented: &Presented) -> Result<(Session, Vec<Row>)> {
    db.read_few(presented, &LIST, &[]).await
}

/// Begins an act on a study that the asker may see, by its number or its code.
pub(super) async fn begin<P: Presents>(
    db: &Db,
    presented: &P,
    study: Option<Uuid>,
    code_hash: Option<&[u8]>,
) -> Result<(Transaction<P::Proved>, Vec<Row>)> {
    db.begin(presented, &SEE, &[&study, &code_hash]).await
}

/// A study that the asker may see.
pub(super) async fn see(
    tx: &Transaction,
    study: Option<Uuid>,
    code_hash: Option<&[u8]>,
) -> Result<Vec<Row>> {
    tx.query(&SEE, &[&study, &code_hash]).await
}

/// The second pair of the asker's study, sealed to the first.
pub(super) async fn data_key(tx: &Transaction, study: Uuid) -> Result<Vec<u8>> {
    let rows = tx.query(&DATA_KEY, &[&study]).await?;
    Ok(rows.first().ok_or(Error::NotFound)?.try_get("data_key_sealed")?)
}

/// Keeps it sealed to another one.
pub(super) async fn keep_data_key(tx: &Transaction, study: Uuid, sealed: &[u8]) -> Result<()> {
    let kept = tx.query(&KEEP_DATA_KEY, &[&study, &sealed]).await?;
    if kept.is_empty() { Err(Error::NotFound) } else { Ok(()) }
}

/// Publishes a version; `false` when another one came before. The first brings the second pair.
pub(super) async fn publish(
    tx: &Transaction,
    study: Uuid,
    version: i32,
    data: Option<&DataPair>,
    protocol: &Protocol,
) -> Result<bool> {
    let terms =
        serde_json::to_string(&protocol.terms).map_err(|cause| Error::Internal(cause.into()))?;
    let public = data.map(|data| data.public.bytes());
    let tag = data.map(|data| data.tag.as_slice());
    let sealed = data.map(|data| data.sealed.as_slice());
    let rows = tx
        .query(
            &PUBLISH,
            &[
                &study,
                &version,
                &public,
                &tag,
                &sealed,
                &protocol.listed,
                &protocol.title,
                &protocol.sheet,
                &protocol.consent,
                &terms,
                &protocol.scopes,
                &protocol.minimum_group,
                &protocol.ends_on,
            ],
        )
        .await?;
    Ok(rows.first().map_or(Ok(false), |row| row.try_get("published"))?)
}

/// A consent on its way.
pub(super) struct NewConsent<'a> {
    pub(super) study: Uuid,
    pub(super) version: i32,
    pub(super) consent_hash: &'a [u8],
    pub(super) code_hash: Option<&'a [u8]>,
    pub(super) first: Date,
    pub(super) last: Date,
}

/// Records a consent; `false` where the protocol is not what was agreed to any more.
pub(super) async fn give_consent(tx: &Transaction, new: &NewConsent<'_>) -> Result<bool> {
    let id = Uuid::now_v7();
    let NewConsent { study, version, consent_hash, code_hash, first, last } = new;
    let rows =
        tx.query(&CONSENT, &[&id, study, version, consent_hash, code_hash, first, last]).await?;
    Ok(rows.first().map_or(Ok(false), |row| row.try_get("given"))?)
}

/// The asker's consents to a study, the newest first.
pub(super) async fn consents<P>(tx: &Transaction<P>, study: Uuid) -> Result<Vec<Consent>> {
    tx.query(&CONSENTS, &[&study]).await?.iter().map(Consent::of).collect()
}

/// What somebody agreed to.
pub(super) struct Consent {
    pub(super) version: i32,
    pub(super) hash: Vec<u8>,
    pub(super) scopes: Vec<String>,
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) application: String,
    pub(super) given_at: Timestamp,
    pub(super) replaced_at: Option<Timestamp>,
    pub(super) withdrawn_at: Option<Timestamp>,
    pub(super) erased_at: Option<Timestamp>,
}

impl Consent {
    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            version: row.try_get("version")?,
            hash: row.try_get("consent_hash")?,
            scopes: row.try_get("scopes")?,
            first: row.try_get("first_on")?,
            last: row.try_get("last_on")?,
            application: row.try_get("application")?,
            given_at: row.try_get("given_at")?,
            replaced_at: row.try_get("replaced_at")?,
            withdrawn_at: row.try_get("withdrawn_at")?,
            erased_at: row.try_get("erased_at")?,
        })
    }

    /// Whether it is in force.
    pub(super) fn holds(&self) -> bool {
        self.withdrawn_at.is_none() && self.replaced_at.is_none()
    }
}

/// What stands around what is given to a study.
pub(super) struct NewShare<'a> {
    pub(super) owner: Uuid,
    pub(super) study: Uuid,
    pub(super) for_owner: &'a [u8],
    pub(super) for_study: &'a [u8],
    pub(super) line_for_owner: &'a [u8],
    pub(super) line_for_study: &'a [u8],
}

/// Adds a share with a study, unless there is one.
pub(super) async fn add_share(tx: &Transaction, new: &NewShare<'_>) -> Result<()> {
    let NewShare { owner, study, for_owner, for_study, line_for_owner, line_for_study } = new;
    let params: platform::Params<'_> =
        &[owner, study, for_owner, for_study, line_for_owner, line_for_study];
    tx.query(&ADD_SHARE, params).await?;
    Ok(())
}

/// Ends every consent to a study; `false` where there never was one.
pub(crate) async fn withdraw(tx: &Transaction, study: Uuid, erase: bool) -> Result<bool> {
    let rows = tx.query(&WITHDRAW, &[&study, &erase]).await?;
    Ok(rows.first().map_or(Ok(false), |row| row.try_get("ended"))?)
}

/// What the asker answered.
pub(super) async fn my_answers<P>(tx: &Transaction<P>, study: Uuid) -> Result<Vec<Row>> {
    tx.query(&MY_ANSWERS, &[&study]).await
}

/// What was exported of the asker.
pub(super) async fn my_exports<P>(tx: &Transaction<P>, study: Uuid) -> Result<Vec<Row>> {
    tx.query(&MY_EXPORTS, &[&study]).await
}

/// An answer on its way.
pub(super) struct NewAnswer<'a> {
    pub(super) owner: Uuid,
    pub(super) study: Uuid,
    pub(super) questionnaire: &'a str,
    pub(super) due: Date,
    pub(super) id: Uuid,
    pub(super) version: i32,
    pub(super) for_study: &'a [u8],
    pub(super) for_owner: &'a [u8],
}

/// Keeps what somebody answered, in place of what they answered to the same before.
pub(super) async fn answer<P>(tx: Transaction<P>, new: &NewAnswer<'_>) -> Result<()> {
    let NewAnswer { owner, study, questionnaire, due, id, version, for_study, for_owner } = new;
    let params: platform::Params<'_> =
        &[owner, study, questionnaire, due, id, version, for_study, for_owner];
    tx.finish(&[(&ANSWER, params)]).await?;
    Ok(())
}

/// The participants of the asker's study.
pub(super) async fn progress(tx: &Transaction, study: Uuid) -> Result<Vec<Participant>> {
    tx.query(&PROGRESS, &[&study]).await?.iter().map(Participant::of).collect()
}

/// A participant, as the server knows them. The number never leaves it.
pub(super) struct Participant {
    pub(super) owner: Uuid,
    pub(super) version: i32,
    pub(super) scopes: Vec<String>,
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) given_at: Timestamp,
    pub(super) withdrawn_at: Option<Timestamp>,
    pub(super) days: i32,
    pub(super) answers: i32,
}

impl Participant {
    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            owner: row.try_get("owner")?,
            version: row.try_get("version")?,
            scopes: row.try_get("scopes")?,
            first: row.try_get("first_on")?,
            last: row.try_get("last_on")?,
            given_at: row.try_get("given_at")?,
            withdrawn_at: row.try_get("withdrawn_at")?,
            days: row.try_get("days")?,
            answers: row.try_get("answers")?,
        })
    }
}

/// What a participant answered, and the look in their audit.
pub(super) async fn look_at_answers(
    tx: &Transaction,
    study: Uuid,
    participant: Uuid,
) -> Result<Vec<Row>> {
    tx.query(&LOOK_AT_ANSWERS, &[&study, &participant]).await
}

/// Notes that something is taken out of the asker's study.
pub(super) async fn begin_export(
    tx: Transaction,
    study: Uuid,
    export: Uuid,
    contents: &str,
    format: &str,
) -> Result<()> {
    tx.finish(&[(&BEGIN_EXPORT, &[&study, &export, &contents, &format])]).await?;
    Ok(())
}

/// What was taken out of the asker's study.
pub(super) async fn exports(tx: &Transaction, study: Uuid) -> Result<Vec<Row>> {
    tx.query(&EXPORTS, &[&study]).await
}

/// The aggregates that were released, from the first on.
pub(super) async fn releases(tx: &Transaction, study: Uuid) -> Result<Vec<Row>> {
    tx.query(&RELEASES, &[&study]).await
}

/// Releases aggregates, and says when.
pub(super) async fn release(
    tx: Transaction,
    study: Uuid,
    number: i32,
    sealed: &[u8],
) -> Result<Timestamp> {
    let rows = tx.finish(&[(&RELEASE, &[&study, &number, &sealed])]).await?;
    Ok(rows.iter().flatten().next().ok_or(Error::NotFound)?.try_get("made_at")?)
}
