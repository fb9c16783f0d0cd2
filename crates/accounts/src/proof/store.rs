//! The SQL of proofs.

use platform::{
    App, Db, Presented, Result, Session, Sql, Unproved, entered, session::statements::RENEW,
};
use tokio_postgres::{Row, types::Type};

use crate::{credentials::Credential, second_steps::Shown};

pub(crate) static ALL: &[&Sql] = &[&NEEDED, &PROVE, &AUDIT, &PRESENT_PROOF, &MATCHES];

/// What a proof is checked with: the address, and each second step.
static NEEDED: Sql = Sql::new(
    entered!(
        "select a.email_sealed, f.factor, f.kind, f.body_sealed
        from accounts.account a left join accounts.second_step f on true"
    ),
    &[],
);

static PROVE: Sql = Sql::new(
    "select accounts.prove($1, $2, $3, $4, $5) as proved",
    &[Type::TEXT, Type::UUID, Type::TEXT, Type::INT8, Type::TEXT],
);

static AUDIT: Sql = Sql::new("select audit.append('proved', '')", &[]);

static PRESENT_PROOF: Sql = Sql::new("select set_config('app.proof', $1, true)", &[Type::TEXT]);

static MATCHES: Sql = Sql::new(
    "select exists (
        select from accounts.my_slot_proofs s where s.kind = $1 and s.matches
    ) as matches",
    &[Type::INT2],
);

/// What the asker's proof is checked with, a row for each second step and at least one.
pub(crate) async fn needed(db: &Db, presented: &Presented) -> Result<(Session, Vec<Row>)> {
    db.read_few(presented, &NEEDED, &[]).await
}

/// Whether the database takes the proof: then the session is fresh, and goes on under a new token.
pub(crate) async fn prove(
    app: &App,
    presented: &Presented,
    credential: &Credential,
    shown: &Shown,
    session: &Session,
) -> Result<Option<Presented>> {
    let proof = credential.proof_text();
    let (pass, code) = shown.texts();
    let tx = app.db().begin_without_session(presented).await?;
    let rows =
        tx.query(&PROVE, &[&proof.as_str(), &shown.factor, &pass, &shown.count, &code]).await?;
    let proved = rows.first().map_or(Ok(false), |row| row.try_get("proved"))?;
    if !proved {
        return Ok(None);
    }
    Ok(Some(renew(app, tx, session).await?))
}

/// Finishes a transaction that made a session fresh. The session goes on under another token: somebody
/// who had got hold of the old one has no part in the proof.
pub(crate) async fn renew(app: &App, tx: Unproved, session: &Session) -> Result<Presented> {
    let renewed = Presented::generate();
    let sealed = renewed.seal_keyring(app.root(), session.principal(), session.keyring());
    let token = renewed.database_token();
    tx.finish(&[
        (&RENEW, &[&token, &sealed.keyring, &sealed.spare_key, &sealed.epochs]),
        (&AUDIT, &[]),
    ])
    .await?;
    Ok(renewed)
}

/// Whether a credential opens one of the asker's own slots.
pub(crate) async fn is_own(
    db: &Db,
    presented: &Presented,
    credential: &Credential,
) -> Result<bool> {
    let proof = credential.proof_text();
    let kind = i16::from(credential.kind as u8);
    let tx = db.begin_without_session(presented).await?;
    let rows = tx.finish(&[(&PRESENT_PROOF, &[&proof.as_str()]), (&MATCHES, &[&kind])]).await?;
    rows.iter().flatten().last().map_or(Ok(false), |row| Ok(row.try_get("matches")?))
}
