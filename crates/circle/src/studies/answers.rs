//! What participants answer: sealed to the study and to themselves, each also under their erasure key,
//! so that an erased person's answers are gone with everything else of theirs.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use keys::{ErasureKey, KeyPair, Ladder, PublicKey, RootKey, Scope, open_inbox, seal_inbox};
use platform::{App, Error, PresentedCaller, Result, days};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    questionnaire::{Answers, Questionnaire},
    store::{self, Consent},
    study::{Study, Version},
};

/// A seal of this kind names a part; answers are of none that programs leave anything of.
const PLACE: Scope = Scope::Plan;

/// What somebody answers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Answered {
    /// The questionnaire.
    questionnaire: String,
    /// The day it was due on.
    #[schema(example = "2026-11-23")]
    due_on: String,
    /// The participant's own date.
    #[schema(example = "2026-11-23")]
    today: String,
    /// By the questions' keys.
    answers: Answers,
}

/// When one questionnaire is to be answered.
#[derive(Serialize, ToSchema)]
pub(super) struct Asked {
    pub(super) questionnaire: String,
    #[schema(value_type = String, example = "2026-11-23")]
    pub(super) due_on: Date,
    #[schema(value_type = String, example = "2026-11-23")]
    pub(super) open_until: Date,
    pub(super) answered: bool,
}

/// The days a questionnaire is due on for whoever agreed then to this window.
pub(super) fn due_days(
    questionnaire: &Questionnaire,
    given_at: Timestamp,
    (first, last): (Date, Date),
) -> Vec<Date> {
    questionnaire.due(first.max(given_at.to_zoned(TimeZone::UTC).date()), last)
}

fn due_for(questionnaire: &Questionnaire, consent: &Consent) -> Vec<Date> {
    due_days(questionnaire, consent.given_at, (consent.first, consent.last))
}

/// What can be answered today.
pub(super) fn due(
    version: &Version,
    consent: &Consent,
    answered: &[(String, Date)],
    today: Date,
) -> Vec<Asked> {
    let mut due = Vec::new();
    for questionnaire in &version.terms.questionnaires {
        for day in due_for(questionnaire, consent) {
            let open_until = questionnaire.open_until(day, version.ends_on);
            if day <= today && today <= open_until {
                let is_this = |(key, on): &(String, Date)| *key == questionnaire.key && *on == day;
                due.push(Asked {
                    questionnaire: questionnaire.key.clone(),
                    due_on: day,
                    open_until,
                    answered: answered.iter().any(is_this),
                });
            }
        }
    }
    due
}

/// Keeps an answer that is due, in place of an earlier one to the same.
pub(super) async fn answer(
    app: &App,
    presented: &PresentedCaller,
    study: Uuid,
    given: Answered,
) -> Result<()> {
    let today = super::enrol::today(app, &given.today)?;
    let (tx, rows) = store::begin(app.db(), presented, Some(study), None).await?;
    let pair = tx.session().pair()?;
    let seen = Study::of(app.root(), &rows)?;
    let consents = store::consents(&tx, study).await?;
    let consent = consents.into_iter().find(Consent::holds).ok_or(Error::NotFound)?;
    let version = seen.version(consent.version)?;
    let questionnaire = version.questionnaire(&given.questionnaire).ok_or(Error::NotFound)?;
    let due_on = days::parse("due_on", &given.due_on, today)?;
    let open_until = questionnaire.open_until(due_on, version.ends_on);
    // A day of grace on either side of midnight.
    let late = open_until.checked_add(1.days()).unwrap_or(open_until);
    if !due_for(questionnaire, &consent).contains(&due_on) || today < due_on || late < today {
        return Err(Error::invalid("due_on", "this cannot be answered on this day"));
    }
    let answers = questionnaire.answered(given.answers)?;
    let plain = serde_json::to_vec(&answers).map_err(|cause| Error::Internal(cause.into()))?;
    let (owner, id) = (tx.session().owner(), Uuid::now_v7());
    let erasure = tx.session().erasure_key();
    let for_study = seal(&seen.data, erasure, owner, id, &plain)?;
    let for_owner = seal(&pair.public(), erasure, owner, id, &plain)?;
    let new = store::NewAnswer {
        owner,
        study,
        questionnaire: &questionnaire.key,
        due: due_on,
        id,
        version: version.number,
        for_study: &for_study,
        for_owner: &for_owner,
    };
    store::answer(tx, &new).await
}

fn seal(
    to: &PublicKey,
    erasure: &ErasureKey,
    owner: Uuid,
    id: Uuid,
    plain: &[u8],
) -> Result<Vec<u8>> {
    seal_inbox(to, erasure, owner, id, PLACE, plain, &Ladder::SMALL)
        .or(Err(Error::invalid("answers", "write less")))
}

/// An answer that was opened.
pub(super) struct Opened {
    pub(super) questionnaire: String,
    pub(super) due_on: Date,
    pub(super) version: i32,
    pub(super) answers: Answers,
}

/// Opens what a participant answered, as the study.
pub(super) fn open_as_study(
    root: &RootKey,
    data: &KeyPair,
    participant: Uuid,
    row: &Row,
) -> Result<Opened> {
    let erasure = root
        .open_erasure_key(participant, row.try_get("erasure_key_sealed")?)
        .or(Err(Error::Altered))?;
    open(data, &erasure, participant, row, row.try_get("for_study_sealed")?)
}

/// Opens what somebody answered themselves.
pub(super) fn open_own(
    pair: &KeyPair,
    erasure: &ErasureKey,
    owner: Uuid,
    row: &Row,
) -> Result<Opened> {
    open(pair, erasure, owner, row, row.try_get("for_owner_sealed")?)
}

fn open(
    pair: &KeyPair,
    erasure: &ErasureKey,
    owner: Uuid,
    row: &Row,
    sealed: &[u8],
) -> Result<Opened> {
    let plain = open_inbox(pair, erasure, owner, row.try_get("answer")?, PLACE, sealed)
        .or(Err(Error::Altered))?;
    Ok(Opened {
        questionnaire: row.try_get("questionnaire")?,
        due_on: row.try_get("due_on")?,
        version: row.try_get("version")?,
        answers: serde_json::from_slice(&plain).or(Err(Error::Altered))?,
    })
}
