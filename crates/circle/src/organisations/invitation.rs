//! How members come: a link with a secret, found by its handle, good once and for seven days.

use keys::{InvitationHandle, InvitationSecret, take_membership};
use platform::{App, Error, Presented, Result, http::text};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Capacity, Kind, Profile, Role,
    member::{name_purpose, parse_name},
    store,
};
use crate::sharing::{give::checked_key, words::NAME_CHARACTERS_MAX};

/// After how many days nobody can come any more.
const DAYS: i32 = 7;
const OFFER: &str = "circle.member_invitation.offer_sealed";

/// What the link shows before it is accepted.
#[derive(Serialize, Deserialize)]
struct Offer {
    from: String,
}

/// A place for a new member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberWish {
    role: Role,
    /// For whom it is, in the list of what waits.
    #[schema(example = "Dr. Kim")]
    label: String,
}

/// An invitation that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeMemberInvitation {
    pub(super) id: Uuid,
    /// For the link's fragment; shown this once.
    pub(super) secret: String,
}

pub(super) fn label_purpose(invitation: Uuid) -> String {
    format!("circle.member_invitation.label_sealed {invitation}")
}

/// Makes a place for a new member. Needs an owner with a fresh proof.
pub(super) async fn make(
    app: &App,
    presented: &Presented,
    organisation: Uuid,
    wish: &MemberWish,
) -> Result<MadeMemberInvitation> {
    let label = text::line("label", &wish.label, NAME_CHARACTERS_MAX)?;
    let (tx, capacity) = Capacity::begin_any(app, presented, organisation).await?;
    capacity.require_owner()?;
    capacity.kind.require(wish.role)?;
    tx.session().require_fresh()?;
    if store::count_invitations(&tx, organisation).await? >= store::INVITATIONS_MAX {
        return Err(Error::Conflict("a hundred invitations wait: withdraw one first"));
    }
    let (id, secret) = (Uuid::now_v7(), InvitationSecret::generate());
    let handle = secret.handle();
    let offer = Offer { from: capacity.my_name(&tx).await? };
    let offer = serde_json::to_vec(&offer).map_err(|cause| Error::Internal(cause.into()))?;
    let new = store::NewInvitation {
        organisation,
        id,
        handle_hash: &handle.fingerprint(),
        proof_hash: &secret.proof().fingerprint(),
        role: wish.role.as_str(),
        offer: &handle.seal(OFFER, id, &offer),
        pair: &secret.seal_pair(app.root(), id, organisation, &capacity.pair),
        label: &capacity.seal(&label_purpose(id), label.as_bytes()),
        days: DAYS,
    };
    new.insert(tx).await?;
    Ok(MadeMemberInvitation { id, secret: secret.encode().expose_secret().to_owned() })
}

/// What an invitation offers.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberOffer {
    organisation: Uuid,
    kind: Kind,
    role: Role,
    /// Who invites.
    from: String,
    #[serde(flatten)]
    profile: Profile,
}

/// What the handle of a link shows.
pub(super) async fn look(app: &App, presented: &Presented, handle: &str) -> Result<MemberOffer> {
    let handle = InvitationHandle::parse(handle).or(Err(Error::NotFound))?;
    let (_, rows) = store::offer(app.db(), presented, handle.lookup().expose(), &[]).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let (organisation, profile) = described(app, row)?;
    let plain = handle
        .open(OFFER, row.try_get("invitation")?, row.try_get("offer_sealed")?)
        .or(Err(Error::Altered))?;
    let offer: Offer = serde_json::from_slice(&plain).or(Err(Error::Altered))?;
    Ok(MemberOffer {
        organisation,
        kind: Kind::read(row.try_get("kind")?)?,
        role: Role::read(row.try_get("role")?)?,
        from: offer.from,
        profile,
    })
}

fn described(app: &App, row: &Row) -> Result<(Uuid, Profile)> {
    let organisation = row.try_get("organisation")?;
    Ok((organisation, Profile::open(app.root(), organisation, row.try_get("profile_sealed")?)?))
}

/// The secret of a link, and how the new member is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptMembership {
    #[schema(value_type = String)]
    secret: secrecy::SecretString,
    #[schema(example = "Dr. Kim")]
    your_name: String,
}

/// What somebody became a member of.
#[derive(Serialize, ToSchema)]
pub(super) struct NewMembership {
    organisation: Uuid,
    kind: Kind,
}

/// Accepts an invitation, once.
pub(super) async fn accept(
    app: &App,
    presented: &Presented,
    sent: &AcceptMembership,
) -> Result<NewMembership> {
    let name = parse_name(&sent.your_name)?;
    let secret = InvitationSecret::parse(sent.secret.expose_secret()).or(Err(Error::NotFound))?;
    let (lookup, proof) = (secret.handle().lookup(), secret.proof());
    let (tx, rows) =
        store::begin_to_accept(app.db(), presented, lookup.expose(), proof.expose()).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let pair_sealed: Option<&[u8]> = row.try_get("pair_sealed")?;
    let pair_sealed = pair_sealed.ok_or(Error::NotFound)?;
    let (organisation, public) = checked_key(app.root(), row)?;
    let pair = secret
        .open_pair(app.root(), row.try_get("invitation")?, organisation, pair_sealed)
        .or(Err(Error::Altered))?;
    // What is sealed to it from here on must reach the organisation and nobody else.
    if pair.public() != public {
        return Err(Error::Altered);
    }
    let kind = Kind::read(row.try_get("kind")?)?;
    let me = tx.session().principal();
    let slot = take_membership(organisation, me, &pair, tx.session().keyring().pair());
    let name = keys::seal_to_self(&pair, organisation, &name_purpose(me), name.as_bytes());
    let became = store::become_member(tx, lookup.expose(), proof.expose(), &slot, &name)
        .await
        .map_err(|error| match error.constraint() {
            Some("membership_pkey") => Error::Conflict("you are a member already"),
            _ => error,
        })?;
    if became { Ok(NewMembership { organisation, kind }) } else { Err(Error::NotFound) }
}
