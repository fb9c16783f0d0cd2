//! A study as somebody may know it, and in the hands of its members.

use jiff::{Timestamp, civil::Date};
use keys::{KeyPair, PublicKey, RootKey, open_membership, take_membership};
use platform::{App, Error, Presented, Result, Transaction, session::hex};
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    protocol::{Terms, Window},
    questionnaire::Questionnaire,
    store,
};
use crate::organisations::{Capacity, Kind};

/// What the tag of a study's second public key says that it is.
const DATA: &str = "study data";

/// A version of a protocol, read back.
pub(super) struct Version {
    pub(super) number: i32,
    pub(super) title: String,
    pub(super) consent_hash: Vec<u8>,
    pub(super) scopes: Vec<String>,
    pub(super) terms: Terms,
    pub(super) minimum_group: i32,
    pub(super) ends_on: Date,
    sheet: String,
    consent: String,
    published_at: Timestamp,
}

impl Version {
    pub(super) fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            number: row.try_get("version")?,
            title: row.try_get("title")?,
            sheet: row.try_get("sheet")?,
            consent: row.try_get("consent")?,
            consent_hash: row.try_get("consent_hash")?,
            scopes: row.try_get("scopes")?,
            terms: serde_json::from_str(row.try_get("terms")?).or(Err(Error::Altered))?,
            minimum_group: row.try_get("minimum_group")?,
            ends_on: row.try_get("ends_on")?,
            published_at: row.try_get("published_at")?,
        })
    }

    /// Whether it asks for this part of a diary.
    pub(super) fn asks_for(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| known == scope)
    }

    /// The questionnaire of this key.
    pub(super) fn questionnaire(&self, key: &str) -> Option<&Questionnaire> {
        self.terms.questionnaires.iter().find(|one| one.key == key)
    }

    pub(super) fn view(self) -> ProtocolView {
        ProtocolView {
            version: self.number,
            title: self.title,
            sheet: self.sheet,
            consent: self.consent,
            consent_hash: hex(&self.consent_hash).to_string(),
            scopes: self.scopes,
            window: self.terms.window,
            questionnaires: self.terms.questionnaires,
            contact: self.terms.contact,
            ethics: self.terms.ethics,
            dates: self.terms.dates,
            minimum_group: self.minimum_group,
            ends_on: self.ends_on,
            published_at: self.published_at.to_string(),
        }
    }
}

/// A version of a protocol.
#[derive(Serialize, ToSchema)]
pub(super) struct ProtocolView {
    version: i32,
    title: String,
    /// What the study is. Markdown.
    sheet: String,
    /// What is agreed to. Markdown.
    consent: String,
    /// SHA-256 of the text that is agreed to, in hex: a consent names it.
    consent_hash: String,
    scopes: Vec<String>,
    window: Window,
    questionnaires: Vec<Questionnaire>,
    contact: String,
    /// The reference of the ethics committee; may be empty.
    ethics: String,
    /// Whether exports say dates, and not only which day of a participant's window it was.
    dates: bool,
    /// Nothing is said about fewer people than this.
    minimum_group: i32,
    #[schema(value_type = String, example = "2027-03-31")]
    ends_on: Date,
    /// RFC 3339.
    published_at: String,
}

/// A study with every version of its protocol, the newest last.
pub(super) struct Study {
    pub(super) id: Uuid,
    pub(super) listed: bool,
    pub(super) public: PublicKey,
    pub(super) data: PublicKey,
    versions: Vec<Version>,
}

impl Study {
    /// What `circle.see_study` shows. Public keys that were exchanged in the database are refused.
    pub(super) fn of(root: &RootKey, rows: &[Row]) -> Result<Self> {
        let row = rows.first().ok_or(Error::NotFound)?;
        let id = row.try_get("study")?;
        let checked = |kind: &str, key: &str, tag: &str| -> Result<PublicKey> {
            let (key, tag): (&[u8], Option<&[u8]>) = (row.try_get(key)?, row.try_get(tag)?);
            root.check_public_key(id, kind, key, tag.ok_or(Error::Altered)?).or(Err(Error::Altered))
        };
        Ok(Self {
            id,
            listed: row.try_get("listed")?,
            public: checked(Kind::Study.as_str(), "public_key", "key_tag_hash")?,
            data: checked(DATA, "data_public_key", "data_key_tag_hash")?,
            versions: rows.iter().map(Version::of).collect::<Result<_>>()?,
        })
    }

    /// The version that is in force.
    pub(super) fn newest(&self) -> Result<&Version> {
        self.versions.last().ok_or(Error::NotFound)
    }

    /// The version of this number.
    pub(super) fn version(&self, number: i32) -> Result<&Version> {
        self.versions.iter().find(|version| version.number == number).ok_or(Error::NotFound)
    }

    /// Takes the version of this number out of it.
    pub(super) fn into_version(self, number: i32) -> Result<Version> {
        let mut versions = self.versions.into_iter();
        versions.find(|version| version.number == number).ok_or(Error::NotFound)
    }

    /// Takes the version that is in force out of it.
    pub(super) fn into_newest(mut self) -> Result<Version> {
        self.versions.pop().ok_or(Error::NotFound)
    }
}

/// The second pair of a new study: its public half with its tag, and the pair sealed to the first.
pub(super) struct DataPair {
    pub(super) public: PublicKey,
    pub(super) tag: [u8; 32],
    pub(super) sealed: Vec<u8>,
}

impl DataPair {
    pub(super) fn generate(root: &RootKey, study: Uuid, pair: &KeyPair) -> Self {
        let data = KeyPair::generate();
        let public = data.public();
        let tag = root.public_key_tag(study, DATA, &public);
        Self { public, tag, sealed: take_membership(study, study, &data, pair) }
    }
}

/// A study in the hands of one of its members.
pub(super) struct Research {
    pub(super) capacity: Capacity,
    pub(super) study: Study,
    /// What answers are sealed to and pseudonyms come of.
    pub(super) data: KeyPair,
}

impl Research {
    /// Begins an act of a member's who may open what participants gave.
    pub(super) async fn begin(
        app: &App,
        presented: &Presented,
        study: Uuid,
    ) -> Result<(Transaction, Self)> {
        let (tx, capacity) = Capacity::begin(app, presented, study, Kind::Study).await?;
        capacity.require_opens()?;
        let rows = store::see(&tx, Some(study), None).await?;
        let seen = Study::of(app.root(), &rows)?;
        let sealed = store::data_key(&tx, study).await?;
        let data =
            open_membership(study, study, &sealed, &capacity.pair).or(Err(Error::Altered))?;
        if data.public() != seen.data {
            return Err(Error::Altered);
        }
        Ok((tx, Self { capacity, study: seen, data }))
    }

    /// What the study calls a participant.
    pub(super) fn pseudonym(&self, participant: Uuid) -> String {
        keys::pseudonym(&self.data, self.study.id, participant)
    }
}

/// Seals the second pair of a study to the new first one, when a member leaves.
pub(crate) async fn follow_new_keys(
    tx: &Transaction,
    study: Uuid,
    old: &KeyPair,
    new: &KeyPair,
) -> Result<()> {
    let sealed = store::data_key(tx, study).await?;
    let data = open_membership(study, study, &sealed, old).or(Err(Error::Altered))?;
    store::keep_data_key(tx, study, &take_membership(study, study, &data, new)).await
}
