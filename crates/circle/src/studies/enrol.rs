//! Taking part and stopping. Whoever takes part gives the study exactly what its protocol asks for, and
//! their consent to that version stands beside it; whoever stops takes it back at once.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use keys::{LineKey, OrganisationCode, Scope};
use platform::{
    App, Error, Presented, Result, Transaction,
    notices::{TELL, What, to_asker},
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    store,
    study::{Study, Version},
};
use crate::{
    organisations::Kind,
    rekey,
    sharing::{
        self, give,
        parts::{Access, NewPart, end_of},
        words::Words,
    },
};

const NOT_AS_READ: Error =
    Error::Conflict("the study's protocol was changed meanwhile: read it again before you agree");

/// What somebody agrees to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Agreement {
    /// The code that the study was found with; not needed for a listed one.
    code: Option<String>,
    /// The version that was read.
    version: i32,
    /// The hash of its consent, as it was shown.
    consent_hash: String,
    /// The participant's own date.
    #[schema(example = "2026-11-23")]
    today: String,
}

/// What becomes of the answers of somebody who stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Collected {
    /// The study keeps them.
    Keep,
    /// They are removed.
    Erase,
}

/// The date now, as far as a participant's can be from it.
pub(super) fn today(app: &App, said: &str) -> Result<Date> {
    let here = app.clock().now().to_zoned(TimeZone::UTC).date();
    let said: Date =
        said.parse().map_err(|_cause| Error::invalid("today", "write a day as YYYY-MM-DD"))?;
    let near = said.since(here).is_ok_and(|span| span.get_days().abs() <= 1);
    if near { Ok(said) } else { Err(Error::invalid("today", "send the date of today")) }
}

/// What the database finds an organisation by.
pub(super) fn parse_code(typed: &str) -> Result<OrganisationCode> {
    OrganisationCode::parse(typed)
        .or(Err(Error::invalid("code", "type the code as it was given: five groups of five")))
}

/// Refuses a study whose public key is not the one that the code vouches for.
pub(super) fn check_code(study: &Study, code: Option<&OrganisationCode>) -> Result<()> {
    let expected = OrganisationCode::of(Kind::Study.as_str(), study.id, &study.public);
    match code {
        Some(code) if *code != expected => Err(Error::Altered),
        _ => Ok(()),
    }
}

/// Records a consent and gives what it is about: also to a new version, by somebody who takes part.
pub(super) async fn enrol(
    app: &App,
    presented: &Presented,
    study: Uuid,
    agreement: &Agreement,
) -> Result<()> {
    let today = today(app, &agreement.today)?;
    let code = agreement.code.as_deref().map(parse_code).transpose()?;
    let code_hash = code.as_ref().map(OrganisationCode::fingerprint);
    let code_hash = code_hash.as_ref().map(<[u8; 32]>::as_slice);
    rekey::repeat(|| async {
        let (tx, rows) = store::begin(app.db(), presented, Some(study), code_hash).await?;
        tx.session().require_fresh()?;
        let seen = Study::of(app.root(), &rows)?;
        check_code(&seen, code.as_ref())?;
        let version = seen.newest()?;
        let hash = platform::session::hex(&version.consent_hash);
        if version.number != agreement.version || *hash != agreement.consent_hash {
            return Err(NOT_AS_READ);
        }
        let (first, last) = window(&store::consents(&tx, study).await?, version, today)?;
        rekey::hold(&tx).await?;
        let parts = give_to(app, &tx, &seen, version, (first, last)).await?;
        let new = store::NewConsent {
            study,
            version: version.number,
            consent_hash: &version.consent_hash,
            code_hash,
            first,
            last,
        };
        if !store::give_consent(&tx, &new).await? {
            return Err(NOT_AS_READ);
        }
        let told = to_asker(app, presented, &tx, What::AccessGiven).await?;
        let about = sharing::in_short(study, &parts);
        tx.finish(&[(&sharing::store::AUDIT, &[&"study_joined", &about]), (&TELL, &told.params())])
            .await?;
        Ok(())
    })
    .await
}

/// The days of somebody who agrees today; who took part already keeps the first day of theirs.
fn window(consents: &[store::Consent], version: &Version, today: Date) -> Result<(Date, Date)> {
    let before = consents.iter().find(|consent| consent.holds());
    let begun = before.map_or(today, |consent| consent.first.min(today));
    version.terms.window.days(begun)
}

/// Gives the study what its protocol asks for and takes back what it asks for no longer.
async fn give_to(
    app: &App,
    tx: &Transaction,
    study: &Study,
    version: &Version,
    (first, last): (Date, Date),
) -> Result<Vec<NewPart>> {
    let (owner, pair) = (tx.session().principal(), tx.session().keyring().pair());
    let ends_at = end_of(version.ends_on)?;
    let parts = parts(&version.scopes, first, last, ends_at)?;
    let taken = sharing::taken(tx, study.id, &parts).await?;
    sharing::store::end_parts(tx, study.id).await?;
    let own = rekey::own_keys(tx).await?;
    let grants = give::seal(app.root(), &own, owner, study.id, &study.public, &parts)?;
    sharing::store::add_parts(tx, owner, study.id, &grants).await?;

    let line = LineKey::generate();
    let name = |name: &str| Words { name: name.to_owned(), purpose: String::new() };
    let new = store::NewShare {
        owner,
        study: study.id,
        for_owner: &name(&version.title).seal_for_owner(pair, owner, study.id)?,
        // A study knows its participants by pseudonyms only.
        for_study: &name("").write_to_holder(&study.public, owner, study.id)?,
        line_for_owner: &line.seal_for_owner(owner, study.id, pair),
        line_for_study: &line.seal_for_holder(owner, study.id, &study.public),
    };
    store::add_share(tx, &new).await?;
    rekey::rekey(app, tx, &taken).await?;
    Ok(parts)
}

fn parts(scopes: &[String], first: Date, last: Date, ends_at: Timestamp) -> Result<Vec<NewPart>> {
    let part = |scope: &String| {
        let scope = Scope::parse(scope).ok_or(Error::Altered)?;
        Ok(NewPart { scope, access: Access::See, first, last, ends_at: Some(ends_at) })
    };
    scopes.iter().map(part).collect()
}

/// Stops at once, and has what was answered kept or removed. Also removes later what was kept first.
pub(super) async fn withdraw(
    app: &App,
    presented: &Presented,
    study: Uuid,
    collected: Collected,
) -> Result<()> {
    rekey::repeat(|| async {
        let (tx, shares) = sharing::store::begin(app.db(), presented, study).await?;
        tx.session().require_fresh()?;
        if !store::withdraw(&tx, study, collected == Collected::Erase).await? {
            return Err(Error::NotFound);
        }
        if shares {
            sharing::end(app, &tx, study).await?;
        }
        let about = match collected {
            Collected::Keep => format!("{study} answers kept"),
            Collected::Erase => format!("{study} answers erased"),
        };
        tx.finish(&[(&sharing::store::AUDIT, &[&"study_left", &about])]).await?;
        Ok(())
    })
    .await
}
