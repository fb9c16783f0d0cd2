//! What a member acts with: the organisation's key pair, from the member's own sealed copy.

use keys::{
    KeyPair, OrganisationCode, PublicKey, RootKey, open_membership, open_own, seal_to_self,
    take_membership,
};
use platform::{App, Error, Presented, Result, Session, Transaction, http::text};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Kind, Profile, Role, store};
use crate::sharing::words::NAME_CHARACTERS_MAX;

/// An organisation in the hands of one of its members.
pub(crate) struct Capacity {
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
    pub(crate) role: Role,
    pub(crate) pair: KeyPair,
    pub(crate) public: PublicKey,
    pub(crate) profile: Profile,
}

impl Capacity {
    /// Begins an act of a member's in an organisation of this kind.
    pub(crate) async fn begin(
        app: &App,
        presented: &Presented,
        organisation: Uuid,
        kind: Kind,
    ) -> Result<(Transaction, Self)> {
        let (tx, capacity) = Self::begin_any(app, presented, organisation).await?;
        if capacity.kind != kind {
            return Err(Error::NotFound);
        }
        Ok((tx, capacity))
    }

    /// The same whatever it is.
    pub(crate) async fn begin_any(
        app: &App,
        presented: &Presented,
        organisation: Uuid,
    ) -> Result<(Transaction, Self)> {
        let (tx, rows) = store::begin(app.db(), presented, organisation).await?;
        let row = rows.first().ok_or(Error::NotFound)?;
        let capacity = Self::open(app.root(), tx.session(), row)?;
        Ok((tx, capacity))
    }

    /// Opens a row of `circle.my_organisation`. A copy of another pair than the organisation's own is
    /// refused, so that nothing is ever sealed to it.
    pub(crate) fn open(root: &RootKey, session: &Session, row: &Row) -> Result<Self> {
        let id = row.try_get("organisation")?;
        let kind: &str = row.try_get("kind")?;
        let tag: Option<&[u8]> = row.try_get("key_tag_hash")?;
        let public = root
            .check_public_key(id, kind, row.try_get("public_key")?, tag.ok_or(Error::Altered)?)
            .or(Err(Error::Altered))?;
        let slot: &[u8] = row.try_get("slot_sealed")?;
        let pair = open_membership(id, session.principal(), slot, session.keyring().pair())
            .or(Err(Error::Altered))?;
        if pair.public() != public {
            return Err(Error::Altered);
        }
        let profile = Profile::open(root, id, row.try_get("profile_sealed")?)?;
        Ok(Self {
            id,
            kind: Kind::read(kind)?,
            role: Role::read(row.try_get("role")?)?,
            pair,
            public,
            profile,
        })
    }

    /// Refuses who is no owner of it.
    pub(crate) fn require_owner(&self) -> Result<()> {
        match self.role {
            Role::Owner => Ok(()),
            Role::Professional | Role::Assistant | Role::Researcher => {
                Err(Error::MayNotChange("only its owners do this".into()))
            }
        }
    }

    /// Refuses who may not open what was granted.
    pub(crate) fn require_opens(&self) -> Result<()> {
        if self.role.opens() { Ok(()) } else { Err(Error::NotFound) }
    }

    /// What people join it with.
    pub(crate) fn code(&self) -> OrganisationCode {
        OrganisationCode::of(self.kind.as_str(), self.id, &self.public)
    }

    /// Seals something of the organisation's own, for all its members.
    pub(crate) fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        seal_to_self(&self.pair, self.id, purpose, plain)
    }

    /// Opens what [`Capacity::seal`] sealed for the same purpose.
    pub(crate) fn open_own(
        &self,
        purpose: &str,
        sealed: &[u8],
    ) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        open_own(&self.pair, self.id, purpose, sealed).or(Err(Error::Altered))
    }

    /// What a member is called.
    pub(crate) fn name_of(&self, member: Uuid, sealed: Option<&[u8]>) -> Result<String> {
        let Some(sealed) = sealed else { return Ok(String::new()) };
        let plain = self.open_own(&name_purpose(member), sealed)?;
        String::from_utf8(plain.to_vec()).or(Err(Error::Altered))
    }

    /// What the asker is called here.
    pub(crate) async fn my_name(&self, tx: &Transaction) -> Result<String> {
        let rows = store::my_name(tx, self.id).await?;
        let row = rows.first().ok_or(Error::NotFound)?;
        self.name_of(tx.session().principal(), row.try_get("name_sealed")?)
    }
}

/// What a member's name is sealed for.
pub(super) fn name_purpose(member: Uuid) -> String {
    format!("auth.membership.name_sealed {member}")
}

/// Checks the name that a member goes by.
pub(super) fn parse_name(name: &str) -> Result<String> {
    text::line("your_name", name, NAME_CHARACTERS_MAX)
}

/// Founds an organisation in a transaction of its first owner's, who needs a fresh proof.
pub(crate) async fn found(
    app: &App,
    tx: &Transaction,
    kind: Kind,
    profile: Profile,
    your_name: &str,
) -> Result<Capacity> {
    let session = tx.session();
    session.require_fresh()?;
    let name = parse_name(your_name)?;
    let (id, pair, me) = (Uuid::now_v7(), KeyPair::generate(), session.principal());
    let public = pair.public();
    let capacity = Capacity { id, kind, role: Role::Owner, pair, public, profile };
    let new = store::NewOrganisation {
        id,
        kind: kind.as_str(),
        public_key: capacity.public.bytes(),
        key_tag: &app.root().public_key_tag(id, kind.as_str(), &capacity.public),
        slot: &take_membership(id, me, &capacity.pair, session.keyring().pair()),
        profile: &capacity.profile.seal(app.root(), id)?,
        code_hash: &capacity.code().fingerprint(),
        name: &capacity.seal(&name_purpose(me), name.as_bytes()),
    };
    new.insert(tx).await?;
    Ok(capacity)
}

/// Every organisation of one kind that the asker is a member of.
pub(crate) async fn mine(app: &App, presented: &Presented, kind: Kind) -> Result<Vec<Capacity>> {
    let (session, rows) = store::mine(app.db(), presented, kind.as_str()).await?;
    rows.iter().map(|row| Capacity::open(app.root(), &session, row)).collect()
}
