//! A page of who looked.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{look::Look, names::Names};

/// One thing that somebody else read or wrote in the diary.
#[derive(Serialize, ToSchema)]
pub(super) struct LookOfOther {
    /// Its place in the audit.
    seq: i64,
    /// When (RFC 3339).
    #[schema(example = "2026-11-22T14:05:00Z")]
    at: String,
    /// Who has or had access: a person, a practice or a study.
    who: Uuid,
    /// What they are called; absent where that is not known any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// friend, practice or study; absent with the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Which person it was: of a practice or study, one of its members.
    actor: Uuid,
    /// A word for what was done: `looked`, or what was changed.
    #[schema(example = "looked")]
    act: String,
    /// Which parts of the diary.
    #[schema(example = json!(["food", "notes"]))]
    parts: Vec<&'static str>,
    /// The first of the days it was about.
    #[schema(value_type = Option<String>, example = "2026-03-03")]
    #[serde(skip_serializing_if = "Option::is_none")]
    first_day: Option<Date>,
    /// The last of them.
    #[schema(value_type = Option<String>, example = "2026-03-03")]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<Date>,
}

/// Somebody who has or had access.
#[derive(Serialize, ToSchema)]
struct LookingHolder {
    who: Uuid,
    name: String,
    /// friend, practice or study.
    #[schema(example = "friend")]
    kind: String,
    /// Whether access has ended.
    former: bool,
}

/// Who looked.
#[derive(Serialize, ToSchema)]
pub(super) struct WhoLooked {
    /// Newest first.
    looks: Vec<LookOfOther>,
    /// Everybody who has or had access, to choose from.
    holders: Vec<LookingHolder>,
    /// What `before` takes for the page after this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
}

impl WhoLooked {
    /// A page of `looks`, of which one more than a page was asked for.
    pub(super) fn of(mut looks: Vec<Look>, names: &Names, page: usize) -> Self {
        let has_more = looks.len() > page;
        looks.truncate(page);
        let next = looks.last().map(|look| look.seq).filter(|_| has_more);
        let mut holders: Vec<_> = names
            .all()
            .map(|(who, known)| LookingHolder {
                who,
                name: known.name.clone(),
                kind: known.kind.clone(),
                former: known.is_former,
            })
            .collect();
        holders.sort_by(|a, b| (a.former, &a.name).cmp(&(b.former, &b.name)));
        let looks = looks.into_iter().map(|look| LookOfOther::of(look, names)).collect();
        Self { looks, holders, next }
    }
}

impl LookOfOther {
    fn of(look: Look, names: &Names) -> Self {
        let known = names.of(look.holder);
        Self {
            seq: look.seq,
            at: look.at.to_string(),
            who: look.holder,
            name: known.map(|known| known.name.clone()),
            kind: known.map(|known| known.kind.clone()),
            actor: look.actor,
            act: look.act,
            parts: look.about.parts.iter().map(|scope| scope.as_str()).collect(),
            first_day: look.about.days.map(|(first, _)| first),
            last_day: look.about.days.map(|(_, last)| last),
        }
    }
}
