//! The HTTP of what practices and studies have in common: their members and what they show of
//! themselves.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use jiff::Timestamp;
use platform::{Access, App, Error, Json, Presented, ProblemJson, Result, Routes, http::Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    Capacity, Kind, Profile, Role, SentProfile,
    invitation::{
        self, AcceptMembership, MadeMemberInvitation, MemberOffer, MemberWish, NewMembership,
        label_purpose,
    },
    leave, store,
};

/// Routes of organisations.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(show, change_profile))
        .add(Access::Session, routes!(members))
        .add(Access::Session, routes!(change_role, remove))
        .add(Access::Session, routes!(invite))
        .add(Access::Session, routes!(withdraw))
        .add(Access::Session, routes!(log))
        .add(Access::Session, routes!(look))
        .add(Access::Session, routes!(accept))
}

/// An organisation that was founded.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeOrganisation {
    pub(crate) id: Uuid,
    /// What people join it with.
    #[schema(example = "ABCDE-FGHJK-MNPQR-STVWX-YZ012")]
    pub(crate) code: String,
}

/// An organisation that the asker is a member of.
#[derive(Serialize, ToSchema)]
struct OrganisationView {
    id: Uuid,
    kind: Kind,
    /// What the asker is in it.
    role: Role,
    /// What people join it with.
    code: String,
    #[serde(flatten)]
    profile: Profile,
}

/// One organisation of the asker's.
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}", tag = "organisations",
    params(("organisation" = Uuid, Path)),
    responses(
        (status = 200, body = OrganisationView),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn show(
    State(app): State<App>,
    presented: Presented,
    Path(organisation): Path<Uuid>,
) -> Result<axum::Json<OrganisationView>> {
    let (_tx, capacity) = Capacity::begin_any(&app, &presented, organisation).await?;
    let code = capacity.code().display();
    let Capacity { id, kind, role, profile, .. } = capacity;
    Ok(axum::Json(OrganisationView { id, kind, role, code, profile }))
}

/// Changes what an organisation shows of itself.
#[utoipa::path(
    put, path = "/api/v1/organisations/{organisation}", tag = "organisations",
    params(("organisation" = Uuid, Path)), request_body = SentProfile,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "only its owners"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn change_profile(
    State(app): State<App>,
    presented: Presented,
    Path(organisation): Path<Uuid>,
    Json(profile): Json<SentProfile>,
) -> Result<StatusCode> {
    let profile = profile.parse()?;
    let (tx, capacity) = Capacity::begin_any(&app, &presented, organisation).await?;
    capacity.require_owner()?;
    store::change_profile(tx, organisation, &profile.seal(app.root(), organisation)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who belongs to an organisation, and who may.
#[derive(Serialize, ToSchema)]
struct Members {
    members: Vec<MemberView>,
    /// What waits; for owners.
    invitations: Vec<MemberInvitation>,
}

#[derive(Serialize, ToSchema)]
struct MemberView {
    id: Uuid,
    name: String,
    role: Role,
    /// Since when (RFC 3339).
    since: String,
}

#[derive(Serialize, ToSchema)]
struct MemberInvitation {
    id: Uuid,
    /// For whom it is.
    label: String,
    role: Role,
    /// Until when (RFC 3339).
    expires_at: String,
}

/// The members of an organisation of the asker's.
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/members", tag = "organisations",
    params(("organisation" = Uuid, Path)),
    responses(
        (status = 200, body = Members),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn members(
    State(app): State<App>,
    presented: Presented,
    Path(organisation): Path<Uuid>,
) -> Result<axum::Json<Members>> {
    let (tx, capacity) = Capacity::begin_any(&app, &presented, organisation).await?;
    let mut members = Vec::new();
    for row in store::members(&tx, organisation).await? {
        let id = row.try_get("member")?;
        members.push(MemberView {
            id,
            name: capacity.name_of(id, row.try_get("name_sealed")?)?,
            role: Role::read(row.try_get("role")?)?,
            since: row.try_get::<_, Timestamp>("joined_at")?.to_string(),
        });
    }
    let mut invitations = Vec::new();
    for row in store::invitations(&tx, organisation).await? {
        let id = row.try_get("invitation")?;
        let label = capacity.open_own(&label_purpose(id), row.try_get("label_sealed")?)?;
        invitations.push(MemberInvitation {
            id,
            label: String::from_utf8(label.to_vec()).or(Err(Error::Altered))?,
            role: Role::read(row.try_get("role")?)?,
            expires_at: row.try_get::<_, Timestamp>("expires_at")?.to_string(),
        });
    }
    Ok(axum::Json(Members { members, invitations }))
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRole {
    role: Role,
}

/// Gives a member another role. Needs an owner with a fresh proof; one owner stays.
#[utoipa::path(
    put, path = "/api/v1/organisations/{organisation}/members/{member}", tag = "organisations",
    params(("organisation" = Uuid, Path), ("member" = Uuid, Path)), request_body = NewRole,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "only owners, with a fresh proof"),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "one owner stays"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn change_role(
    State(app): State<App>,
    presented: Presented,
    Path((organisation, member)): Path<(Uuid, Uuid)>,
    Json(new): Json<NewRole>,
) -> Result<StatusCode> {
    let (tx, capacity) = Capacity::begin_any(&app, &presented, organisation).await?;
    capacity.require_owner()?;
    capacity.kind.require(new.role)?;
    tx.session().require_fresh()?;
    let changed =
        store::change_role(tx, organisation, member, new.role.as_str()).await.map_err(|error| {
            match error.constraint() {
                Some("membership_keeps_an_owner") => {
                    Error::Conflict("one owner stays: make somebody else an owner first")
                }
                _ => error,
            }
        })?;
    if changed { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

/// Removes a member, or leaves: at once, and with new keys for those who stay. The code becomes another
/// one, and invitations of members end. Needs a fresh proof; one owner stays.
#[utoipa::path(
    delete, path = "/api/v1/organisations/{organisation}/members/{member}", tag = "organisations",
    params(("organisation" = Uuid, Path), ("member" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "only owners, with a fresh proof"),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "one owner stays"),
    ),
)]
async fn remove(
    State(app): State<App>,
    presented: Presented,
    Path((organisation, member)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode> {
    Box::pin(leave::part_with(&app, &presented, organisation, member)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a link for a new member, good once and for seven days. Needs an owner with a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/organisations/{organisation}/invitations", tag = "organisations",
    params(("organisation" = Uuid, Path)), request_body = MemberWish,
    responses(
        (status = 201, body = MadeMemberInvitation),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "only owners, with a fresh proof"),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "there are as many as anybody looks through"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn invite(
    State(app): State<App>,
    presented: Presented,
    Path(organisation): Path<Uuid>,
    Json(wish): Json<MemberWish>,
) -> Result<impl IntoResponse> {
    let made = invitation::make(&app, &presented, organisation, &wish).await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// Ends an invitation that nobody has accepted.
#[utoipa::path(
    delete, path = "/api/v1/organisations/{organisation}/invitations/{invitation}",
    tag = "organisations",
    params(("organisation" = Uuid, Path), ("invitation" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn withdraw(
    State(app): State<App>,
    presented: Presented,
    Path((organisation, invitation)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode> {
    let (tx, capacity) = Capacity::begin_any(&app, &presented, organisation).await?;
    capacity.require_owner()?;
    if store::withdraw(tx, organisation, invitation).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}

/// The organisation's own log.
#[derive(Serialize, ToSchema)]
struct OrganisationLog {
    /// Newest first, 200 at most.
    events: Vec<OrganisationEvent>,
}

#[derive(Serialize, ToSchema)]
struct OrganisationEvent {
    /// When (RFC 3339).
    at: String,
    /// Which member.
    actor: Uuid,
    /// Their name, while they are a member.
    name: Option<String>,
    /// What: `member_invited`, `member_joined`, `member_removed`, …
    action: String,
    /// Whom or what it was about.
    subject: String,
}

/// What happened in an organisation, for its owners.
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/log", tag = "organisations",
    params(("organisation" = Uuid, Path)),
    responses(
        (status = 200, body = OrganisationLog),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "only its owners"),
        (status = 404, body = ProblemJson),
    ),
)]
async fn log(
    State(app): State<App>,
    presented: Presented,
    Path(organisation): Path<Uuid>,
) -> Result<axum::Json<OrganisationLog>> {
    let (tx, capacity) = Capacity::begin_any(&app, &presented, organisation).await?;
    capacity.require_owner()?;
    let mut names = Vec::new();
    for row in store::members(&tx, organisation).await? {
        let member: Uuid = row.try_get("member")?;
        names.push((member, capacity.name_of(member, row.try_get("name_sealed")?)?));
    }
    let mut events = Vec::new();
    for row in store::log(&tx, organisation).await? {
        let actor: Uuid = row.try_get("actor")?;
        events.push(OrganisationEvent {
            at: row.try_get::<_, Timestamp>("at")?.to_string(),
            actor,
            name: names.iter().find(|(member, _)| *member == actor).map(|(_, name)| name.clone()),
            action: row.try_get("action")?,
            subject: row.try_get("subject")?,
        });
    }
    Ok(axum::Json(OrganisationLog { events }))
}

/// What a link's handle is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MembershipHandle {
    /// Derived from the link's secret, which stays in the browser until it is accepted.
    handle: String,
}

/// What an invitation to become a member offers.
#[utoipa::path(
    post, path = "/api/v1/memberships/look", tag = "organisations", request_body = MembershipHandle,
    responses(
        (status = 200, body = MemberOffer),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson, description = "it is over, or never was"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn look(
    State(app): State<App>,
    presented: Presented,
    Json(sent): Json<MembershipHandle>,
) -> Result<axum::Json<MemberOffer>> {
    Ok(axum::Json(invitation::look(&app, &presented, &sent.handle).await?))
}

/// Becomes a member, with the secret of a link.
#[utoipa::path(
    post, path = "/api/v1/memberships", tag = "organisations", request_body = AcceptMembership,
    responses(
        (status = 201, body = NewMembership),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson, description = "it is over, or never was"),
        (status = 409, body = ProblemJson, description = "a member already"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn accept(
    State(app): State<App>,
    presented: Presented,
    Json(sent): Json<AcceptMembership>,
) -> Result<impl IntoResponse> {
    let accepted = invitation::accept(&app, &presented, &sent).await?;
    Ok((StatusCode::CREATED, axum::Json(accepted)))
}
