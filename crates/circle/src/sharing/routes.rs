//! The HTTP of what an owner gave.

use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use keys::Scope;
use platform::{
    Access, App, Error, Json, Presented, ProblemJson, Result, Routes, Transaction, days,
    http::Path,
    notices::{TELL, What, to_asker},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    give,
    parts::{self, NewPart, SentPart},
    store,
    view::{PartView, ShareView, Shares},
    words::Words,
};
use crate::{rekey, studies};

/// Routes of what an owner gave.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(list))
        .add(Access::Session, routes!(change, withdraw))
        .add(Access::Session, routes!(rename))
        .add(Access::Session, routes!(settle))
}

/// Everybody whom the asker let in, with what exactly.
#[utoipa::path(
    get, path = "/api/v1/sharing", tag = "sharing",
    responses((status = 200, body = Shares), (status = 401, body = ProblemJson)),
)]
async fn list(State(app): State<App>, presented: Presented) -> Result<axum::Json<Shares>> {
    let (session, rows) = store::list(app.db(), &presented).await?;
    let (owner, pair) = (session.principal(), session.keyring().pair());
    let mut shares = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(holder) = row.try_get::<_, Option<Uuid>>("holder")? else { continue };
        // The holder may have written it: what does not open hides nobody from who can end it.
        let words = Words::open_for_owner(pair, owner, holder, row.try_get("for_owner_sealed")?);
        let words = words.unwrap_or_else(|_altered| {
            tracing::warn!("a holder's name was altered in the database");
            Words::default()
        });
        let last_look: Option<Timestamp> = row.try_get("last_look_at")?;
        shares.push(ShareView {
            holder,
            kind: row.try_get("kind")?,
            name: words.name,
            purpose: words.purpose,
            since: row.try_get::<_, Timestamp>("made_at")?.to_string(),
            parts: PartView::all(row)?,
            last_look_at: last_look.map(|at| at.to_string()),
        });
    }
    let unsettled = store::unsettled(app.db(), &presented).await?;
    Ok(axum::Json(Shares { shares, unsettled }))
}

/// What a holder is to reach from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    parts: Vec<SentPart>,
}

/// Changes what a holder may reach. What is taken away gets new keys. Needs a fresh proof.
#[utoipa::path(
    put, path = "/api/v1/sharing/{holder}", tag = "sharing",
    params(("holder" = Uuid, Path)), request_body = Change,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn change(
    State(app): State<App>,
    presented: Presented,
    Path(holder): Path<Uuid>,
    Json(change): Json<Change>,
) -> Result<StatusCode> {
    let parts = parts::parse(&app, &change.parts)?;
    rekey::repeat(|| async {
        let (tx, is_there) = store::begin(app.db(), &presented, holder).await?;
        tx.session().require_fresh()?;
        if !is_there {
            return Err(Error::NotFound);
        }
        rekey::hold(&tx).await?;
        let to = key_of(&app, &tx, holder).await?;
        let taken = taken(&tx, holder, &parts).await?;
        store::end_parts(&tx, holder).await?;
        // Sealed under the keys that are alive; what was taken gets new ones right after.
        let own = rekey::own_keys(&tx).await?;
        let owner = tx.session().principal();
        let grants = give::seal(app.root(), &own, owner, holder, &to, &parts)?;
        store::add_parts(&tx, owner, holder, &grants).await?;
        rekey::rekey(&app, &tx, &taken).await?;
        finish(&app, &presented, tx, "access_changed", holder, &parts).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the asker calls a holder, and what it is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWords {
    name: String,
    /// May be empty.
    purpose: String,
}

/// Calls a holder something else. Only the asker sees it. Needs a fresh proof.
#[utoipa::path(
    put, path = "/api/v1/sharing/{holder}/words", tag = "sharing",
    params(("holder" = Uuid, Path)), request_body = NewWords,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn rename(
    State(app): State<App>,
    presented: Presented,
    Path(holder): Path<Uuid>,
    Json(new): Json<NewWords>,
) -> Result<StatusCode> {
    let words = Words::parse("name", &new.name, &new.purpose)?;
    let (tx, is_there) = store::begin(app.db(), &presented, holder).await?;
    tx.session().require_fresh()?;
    if !is_there {
        return Err(Error::NotFound);
    }
    let (owner, pair) = (tx.session().principal(), tx.session().keyring().pair());
    let sealed = words.seal_for_owner(pair, owner, holder)?;
    tx.finish(&[(&store::RENAME, &[&holder, &sealed])]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes everything back from a holder, at once: what is stored gets new keys. Needs a fresh proof.
#[utoipa::path(
    delete, path = "/api/v1/sharing/{holder}", tag = "sharing",
    params(("holder" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "without a fresh proof"),
        (status = 404, body = ProblemJson),
    ),
)]
async fn withdraw(
    State(app): State<App>,
    presented: Presented,
    Path(holder): Path<Uuid>,
) -> Result<StatusCode> {
    withdraw_from(&app, &presented, holder).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes everything back from a holder.
pub(crate) async fn withdraw_from(app: &App, presented: &Presented, holder: Uuid) -> Result<()> {
    rekey::repeat(|| async {
        let (tx, is_there) = store::begin(app.db(), presented, holder).await?;
        tx.session().require_fresh()?;
        if !is_there {
            return Err(Error::NotFound);
        }
        end(app, &tx, holder).await?;
        // Whoever takes everything back from a study takes part no longer.
        studies::store::withdraw(&tx, holder, false).await?;
        let about = holder.to_string();
        tx.finish(&[(&store::AUDIT, &[&"access_withdrawn", &about])]).await?;
        Ok(())
    })
    .await
}

/// Ends a share in a transaction of its owner's, who has a fresh proof.
pub(crate) async fn end(app: &App, tx: &Transaction, holder: Uuid) -> Result<()> {
    rekey::hold(tx).await?;
    let taken = taken(tx, holder, &[]).await?;
    store::end_share(tx, tx.session().principal(), holder).await?;
    rekey::rekey(app, tx, &taken).await
}

/// What came of settling.
#[derive(serde::Serialize, ToSchema)]
struct Settled {
    /// How many scopes got new keys.
    scopes: usize,
    /// How many wait until a fresh proof is there.
    waiting: usize,
}

/// Gives new keys to what ended by itself: its time was over, or its holder went. Does nothing
/// without a fresh proof, such as signing in; sending it again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/sharing/settle", tag = "sharing",
    responses((status = 200, body = Settled), (status = 401, body = ProblemJson)),
)]
async fn settle(State(app): State<App>, presented: Presented) -> Result<axum::Json<Settled>> {
    let settled = rekey::repeat(|| async {
        let (tx, rows) = store::begin_to_settle(app.db(), &presented).await?;
        if rows.is_empty() || !tx.session().is_fresh() {
            return Ok(Settled { scopes: 0, waiting: rows.len() });
        }
        rekey::hold(&tx).await?;
        // Somebody may have gone while this waited.
        let scopes = store::end_lapsed(&tx).await?;
        rekey::rekey(&app, &tx, &scopes).await?;
        let about = scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
        tx.finish(&[(&store::AUDIT, &[&"access_ended", &about])]).await?;
        Ok(Settled { scopes: scopes.len(), waiting: 0 })
    })
    .await?;
    Ok(axum::Json(settled))
}

/// The scopes of which a holder loses something that was held.
pub(crate) async fn taken(tx: &Transaction, holder: Uuid, kept: &[NewPart]) -> Result<Vec<Scope>> {
    let mut taken = Vec::new();
    for row in store::parts(tx, holder).await? {
        let scope = give::scope_of(&row)?;
        let (first, last) = (row.try_get("first_day")?, row.try_get("last_day")?);
        let still = kept.iter().find(|part| part.scope == scope);
        if still.is_none_or(|part| part.first > first || part.last < last) {
            taken.push(scope);
        }
    }
    Ok(taken)
}

/// A holder's public key, checked.
async fn key_of(app: &App, tx: &Transaction, holder: Uuid) -> Result<keys::PublicKey> {
    for row in store::holders(tx).await? {
        if row.try_get::<_, Uuid>("holder")? == holder {
            return Ok(give::checked_key(app.root(), &row)?.1);
        }
    }
    Err(Error::NotFound)
}

/// Ends the transaction of an act that let somebody in further, and tells the owner.
async fn finish(
    app: &App,
    presented: &Presented,
    tx: Transaction,
    act: &str,
    holder: Uuid,
    parts: &[NewPart],
) -> Result<()> {
    let told = to_asker(app, presented, &tx, What::AccessGiven).await?;
    let about = in_short(holder, parts);
    tx.finish(&[(&store::AUDIT, &[&act, &about]), (&TELL, &told.params())]).await?;
    Ok(())
}

/// What was given, as the audit says it.
pub(crate) fn in_short(holder: Uuid, parts: &[NewPart]) -> String {
    let words = parts.iter().map(|part| {
        let (scope, access) = (part.scope.as_str(), part.access.as_str());
        if (part.first, part.last) == (days::FIRST, days::LAST) {
            format!("{scope}:{access}")
        } else {
            format!("{scope}:{access}:{}..{}", part.first, part.last)
        }
    });
    let short: Vec<String> = std::iter::once(holder.to_string()).chain(words).collect();
    short.join(" ").chars().take(200).collect()
}
