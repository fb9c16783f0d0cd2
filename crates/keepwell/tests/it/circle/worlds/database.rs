//! A world in PostgreSQL: its rows, what happens to them, and what the runtime role finds.

use testkit::{
    TestDb,
    permissions::{Access, Moment, Part, Permissions, Role, Who},
};
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    expected::{Answer, document, item, key},
    steps::{
        Becomes, CALENDAR, EMPTY, ITEMS, Kind, NO_ITEM, NOBODY, PEOPLE, PRACTICE, Question, STUDY,
        Step, What,
    },
};

/// A person's or an organisation's number.
pub(super) fn id(who: Who) -> Uuid {
    Uuid::from_u128(0xc1c1e << 64 | who as u128)
}

/// An item's number is the same with everybody and in every scope.
fn item_id(number: usize) -> Uuid {
    Uuid::from_u128(0x17e3 << 64 | number as u128)
}

fn token(person: Who, kind: Kind) -> String {
    format!("{:064x}", person * 1000 + kind as usize + 1)
}

fn texts<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(" ")
}

pub(super) struct Real {
    admin: Client,
    app: Client,
}

impl Real {
    pub(super) async fn open(db: &TestDb) -> Self {
        let admin = db.admin().await;
        admin.batch_execute(include_str!("ask.sql")).await.unwrap();
        Self { admin, app: db.connect("keepwell_app").await }
    }

    /// A new world of the same people, in which nobody gave anything yet.
    pub(super) async fn begin(&self) {
        let mut rows = vec!["begin; delete from auth.principal".to_owned()];
        for who in 0..NOBODY {
            let kind = holder_kind(who).replace("friend", "person");
            rows.push(format!(
                "insert into auth.principal (principal, public_key, kind, key_tag_hash)
                values ('{}', 'key', '{kind}', sha256('tag'))",
                id(who)
            ));
        }
        for person in 0..PEOPLE {
            rows.push(format!(
                "insert into erasure.erasure_key values ('{}', 'erasure')",
                id(person)
            ));
            rows.push(format!(
                "insert into auth.access_grant
                    (owner, holder, scope, epoch, first_day, last_day, key_sealed)
                select '{0}', '{0}', s, 1, '1900-01-01', '2079-06-06', 'own'
                from unnest(array['food', 'summary', 'logged', 'activity', 'body', 'notes', 'plan',
                    'library']) as s",
                id(person)
            ));
            rows.extend(Kind::ALL.map(|kind| session(person, kind)));
            for scope in keys::Scope::ALL {
                let days = CALENDAR.into_iter().filter(|day| *day != EMPTY).map(|day| {
                    format!(
                        "('{}', '{}', '{day}', 1, 1, '{}')",
                        id(person),
                        scope.as_str(),
                        document(person, scope, day)
                    )
                });
                let days: Vec<String> = days.collect();
                rows.push(format!("insert into diary.record_day values {}", days.join(", ")));
                let items = ITEMS.into_iter().filter(|number| *number != NO_ITEM).map(|number| {
                    format!(
                        "('{}', '{}', '{}', 1, 1, '{}')",
                        id(person),
                        scope.as_str(),
                        item_id(number),
                        item(person, scope, number)
                    )
                });
                let items: Vec<String> = items.collect();
                rows.push(format!("insert into diary.record_item values {}", items.join(", ")));
            }
        }
        rows.push("commit".to_owned());
        self.admin.batch_execute(&rows.join(";\n")).await.unwrap();
    }

    /// Does in the database what the step does, as whoever does it; and in the model.
    pub(super) async fn act(&self, world: &mut Permissions, step: &Step) -> Result<(), String> {
        match step {
            Step::Give { person, kind, owner, holder, parts } => {
                let parts: Vec<Part> = parts
                    .iter()
                    .map(|part| Part { ends: part.ends.map(|ends| world.now + ends), ..*part })
                    .collect();
                let may = person == owner && world.now < kind.session(*person).ends;
                let may = may && kind.is_fresh() && is_open(*kind);
                let found = self.give(world, (*person, *kind), *owner, *holder, &parts).await;
                let expected = if may { Ok(()) } else { Err("42501".to_owned()) };
                if may {
                    world.give(*owner, *holder, &parts);
                }
                same(&found, &expected)
            }
            Step::End { person, kind, owner, holder } => {
                let alive = is_open(*kind)
                    && world.now < kind.session(*person).ends
                    && kind.session(*person).token.is_none();
                let takes_back = person == owner && kind.is_fresh();
                let goes = person == holder;
                let is_there = world.shares.contains_key(&(*owner, *holder));
                let expected = if alive {
                    Ok((takes_back || goes) && is_there)
                } else {
                    Err("28000".to_owned())
                };
                if alive && takes_back {
                    world.withdraw(*owner, *holder);
                } else if alive && goes {
                    world.leave(*owner, *holder);
                }
                let end = "select circle.end_share($1, $2)";
                let found = self.present(*person, *kind).await;
                let found = match found {
                    Ok(()) => self
                        .app
                        .query_one(end, &[&id(*owner), &id(*holder)])
                        .await
                        .map(|row| row.get::<_, bool>(0)),
                    Err(cause) => Err(cause),
                };
                let found = found.map_err(|cause| code(&cause));
                self.finish(found.is_ok()).await;
                same(&found, &expected)
            }
            Step::Member { organisation, person, role } => {
                self.role(*organisation, *person, *role).await;
                match role {
                    Some(role) => world.members.insert((*organisation, *person), *role),
                    None => world.members.remove(&(*organisation, *person)),
                };
                Ok(())
            }
            Step::Pass(minutes) => {
                self.pass(*minutes).await;
                world.pass(*minutes);
                Ok(())
            }
            Step::Ask(_) => Ok(()),
        }
    }

    /// Asks many questions in one round trip.
    pub(super) async fn ask(&self, questions: &[&Question]) -> Vec<Answer> {
        let columns = |text: fn(&Question) -> String| -> Vec<String> {
            questions.iter().map(|question| text(question)).collect()
        };
        let whats = columns(|question| {
            let what = match question.what {
                What::Look => "look",
                What::LookEntered => "look_entered",
                What::LookForChange => "look_for_change",
                What::Keep => "keep",
                What::Enter => "enter",
                What::Select => "select",
                What::Update => "update",
                What::Delete => "delete",
                What::KeepOwn(_) => "keep_own",
                What::LookItems => "look_items",
                What::LookSomeItems => "look_some_items",
                What::LookItemsForChange => "look_items_for_change",
                What::KeepItems => "keep_items",
                What::SelectItems => "select_items",
                What::UpdateItems => "update_items",
                What::DeleteItems => "delete_items",
                What::KeepOwnItems(_) => "keep_own_items",
                What::Keys => "keys",
                What::Give(_) => "give",
                What::Widen => "widen",
                What::Revoke => "revoke",
            };
            what.to_owned()
        });
        let tokens = columns(|question| match question.presents {
            Some((person, kind)) => token(person, kind),
            None => String::new(),
        });
        let named = |who: Option<Who>| who.map(|who| id(who).to_string()).unwrap_or_default();
        let owners: Vec<String> = questions.iter().map(|question| named(question.owner)).collect();
        let holders: Vec<String> =
            questions.iter().map(|question| named(question.holder)).collect();
        let scopes = columns(|question| texts(question.scopes.iter().map(|scope| scope.as_str())));
        let days = columns(|question| texts(&question.days));
        let ofs: Vec<Uuid> = questions
            .iter()
            .map(|question| match (question.what, question.owner, question.presents) {
                (What::KeepOwn(of) | What::KeepOwnItems(of) | What::Give(of), ..) => id(of),
                (What::Keep | What::KeepItems, Some(owner), _) => id(owner),
                (_, _, Some((person, _))) => id(person),
                _ => id(NOBODY),
            })
            .collect();
        let bodies = columns(|_| "changed".to_owned());
        let items =
            columns(|question| texts(question.items.iter().map(|(number, _)| item_id(*number))));
        let changes = columns(|question| {
            texts(question.items.iter().map(|(_, becomes)| match becomes {
                Becomes::Written => "write",
                Becomes::Removed => "remove",
                Becomes::StaleWritten => "stale_write",
                Becomes::StaleRemoved => "stale_remove",
            }))
        });
        let rows = self
            .app
            .query(
                "select * from worlds.ask($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                &[
                    &whats, &tokens, &owners, &holders, &scopes, &days, &ofs, &bodies, &items,
                    &changes,
                ],
            )
            .await
            .unwrap();
        let answer = |row: &tokio_postgres::Row| {
            let mut found: Vec<String> = row.get("shown");
            found.sort();
            Answer { outcome: row.get("outcome"), found, events: row.get("events") }
        };
        rows.iter().map(answer).collect()
    }

    /// As the owner's request does: what was there goes, what is given comes.
    async fn give(
        &self,
        world: &Permissions,
        by: (Who, Kind),
        owner: Who,
        holder: Who,
        parts: &[Part],
    ) -> Result<(), String> {
        let result = async {
            self.present(by.0, by.1).await?;
            let (of, to) = (id(owner), id(holder));
            let gone = "delete from auth.access_grant where owner = $1 and holder = $2";
            self.app.execute(gone, &[&of, &to]).await?;
            for part in parts {
                let access = if part.access == Access::Write { "write" } else { "see" };
                // Half a minute aside, so that it matters to nobody how long a world takes.
                let ends = part.ends.map_or("null".to_owned(), |ends| {
                    format!("now() + interval '{} seconds'", (ends - world.now) * 60 - 30)
                });
                let grant = format!(
                    "insert into auth.access_grant
                        (owner, holder, scope, epoch, first_day, last_day, access, ends_at, key_sealed)
                    values ('{of}', '{to}', '{}', 1, '{}', '{}', '{access}', {ends}, '{}')",
                    part.scope.as_str(),
                    part.first,
                    part.last,
                    key(owner, holder, part.scope)
                );
                self.app.batch_execute(&grant).await?;
            }
            let share = format!(
                "insert into circle.share (owner, holder, kind, for_owner_sealed, for_holder_sealed,
                    line_for_owner_sealed, line_for_holder_sealed)
                values ('{of}', '{to}', '{}', 'a', 'b', 'c', 'd') on conflict do nothing",
                holder_kind(holder)
            );
            self.app.batch_execute(&share).await
        }
        .await;
        self.finish(result.is_ok()).await;
        result.map_err(|cause| code(&cause))
    }

    async fn present(&self, person: Who, kind: Kind) -> Result<(), tokio_postgres::Error> {
        let token = token(person, kind);
        self.app
            .batch_execute(&format!("begin; select set_config('app.token', '{token}', true)"))
            .await
    }

    async fn finish(&self, is_done: bool) {
        self.app.batch_execute(if is_done { "commit" } else { "rollback" }).await.unwrap();
    }

    async fn role(&self, organisation: Who, member: Who, role: Option<Role>) {
        let gone = "delete from auth.membership where organisation = $1 and member = $2";
        self.admin.execute(gone, &[&id(organisation), &id(member)]).await.unwrap();
        let Some(role) = role else { return };
        let role = match role {
            Role::Owner => "owner",
            Role::Professional => "professional",
            Role::Researcher => "researcher",
            Role::Assistant => "assistant",
        };
        let joins = "insert into auth.membership (organisation, member, role, slot_sealed)
            values ($1, $2, $3, 'slot')";
        self.admin.execute(joins, &[&id(organisation), &id(member), &role]).await.unwrap();
    }

    /// Moves what ends nearer, in place of the clock.
    async fn pass(&self, minutes: Moment) {
        let nearer = format!(
            "update auth.access_grant set ends_at = ends_at - interval '{minutes} minutes';
            update auth.session set expires_at = expires_at - interval '{minutes} minutes'"
        );
        self.admin.batch_execute(&nearer).await.unwrap();
    }
}

/// Whether a session of this kind is somebody at all, as long as it has not ended.
fn is_open(kind: Kind) -> bool {
    !matches!(kind, Kind::Half | Kind::Locked | Kind::Idle)
}

fn holder_kind(who: Who) -> &'static str {
    match who {
        PRACTICE => "practice",
        STUDY => "study",
        _ => "friend",
    }
}

fn session(person: Who, kind: Kind) -> String {
    let state = match kind {
        Kind::Half => "awaits_second_step",
        Kind::Locked => "locked",
        _ => "open",
    };
    let (access, scopes, name) = match kind {
        Kind::Reads => ("'read'", texts(Kind::SCOPES.map(keys::Scope::as_str)), "'name'"),
        Kind::Writes => ("'write'", texts(Kind::SCOPES.map(keys::Scope::as_str)), "'name'"),
        Kind::WritesOnly => {
            ("'write_only'", texts(Kind::SCOPES.map(keys::Scope::as_str)), "'name'")
        }
        _ => ("null", String::new(), "null"),
    };
    let used = if kind == Kind::Idle { "2 hours" } else { "0" };
    let proved = if kind.is_fresh() { "-1 hour" } else { "1 hour" };
    format!(
        "insert into auth.session (principal, token_hash, application, last_used_at, idle_limit,
            expires_at, keyring_sealed, state, owes_second_step, proved_at, access, scopes,
            name_sealed)
        values ('{}', sha256(decode('{}', 'hex')), '{}', now() - interval '{used}',
            interval '30 minutes', now() + interval '{} seconds', 'ring', '{state}', {},
            now() - interval '{proved}', {access}, string_to_array(nullif('{scopes}', ''), ' '),
            {name})",
        id(person),
        token(person, kind),
        kind.application(),
        kind.ends() * 60 - 30,
        kind == Kind::Owes,
    )
}

fn code(cause: &tokio_postgres::Error) -> String {
    cause.code().map_or_else(|| cause.to_string(), |code| code.code().to_owned())
}

fn same<T: std::fmt::Debug + PartialEq>(found: &T, expected: &T) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("the model says {expected:?}, the database {found:?}"))
    }
}
