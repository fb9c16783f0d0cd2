//! A world of real people at the real server: what they do to each other's access, and what the server
//! answers them.

use jiff::{Span, civil::Date};
use keys::Scope;
use platform::days;
use serde_json::{Value, json};
use testkit::{
    Answer, Person, TestServer, day_entry,
    permissions::{Access, Asker, Part, Permissions, Role, Session, State, Who},
};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::organisations::{becomes_member, members_of, practice};

const BANANA: &str = "usda-sr28:09040";

/// The days that everybody has recorded something on, and from where to where that is.
pub(super) const DAYS: [Date; 5] = [
    jiff::civil::date(2026, 2, 28),
    jiff::civil::date(2026, 3, 1),
    jiff::civil::date(2026, 3, 2),
    jiff::civil::date(2026, 3, 31),
    jiff::civil::date(2026, 4, 1),
];
const RANGE: &str = "from=2026-02-01&to=2026-04-30";

/// What people do.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// An owner gives a holder these parts in place of what there was.
    Give {
        owner: Who,
        holder: Who,
        parts: Vec<Part>,
    },
    Withdraw {
        owner: Who,
        holder: Who,
    },
    Leave {
        owner: Who,
        holder: Who,
    },
    Settle(Who),
    /// What was to end once has ended.
    Lapse {
        owner: Who,
        holder: Who,
    },
    /// Somebody's role in the practice; none is none any more.
    Role(Who, Option<Role>),
}

/// Some people, the last of whom founded a practice.
pub(super) struct Society {
    pub(super) people: Vec<Person>,
    pub(super) practice: Option<Uuid>,
    admin: Client,
    seen: i64,
}

impl Society {
    /// People who have recorded the same days.
    pub(super) async fn new(server: &TestServer, names: &[&str], with_practice: bool) -> Self {
        let mut people = Vec::new();
        for name in names {
            let person = server.person(name).await;
            for day in DAYS {
                person.eat(&day.to_string(), BANANA, 100.0).await;
                let path = format!("/api/v1/days/{day}/entries");
                drop(person.post(&path, &note()).await.expect(201));
            }
            people.push(person);
        }
        let founder = people.last().unwrap();
        let practice = if with_practice { Some(practice(founder).await.0) } else { None };
        Self { people, practice, admin: server.db.admin().await, seen: 0 }
    }

    /// Who founded the practice.
    pub(super) fn founder(&self) -> Who {
        self.people.len() - 1
    }

    /// How many there are who can hold something.
    pub(super) fn holders(&self) -> usize {
        self.people.len() + usize::from(self.practice.is_some())
    }

    pub(super) fn id(&self, who: Who) -> Uuid {
        self.people.get(who).map_or_else(|| self.practice.unwrap(), |person| person.id)
    }

    pub(super) fn who(&self, id: Uuid) -> Who {
        (0..self.holders()).find(|who| self.id(*who) == id).unwrap()
    }

    /// Does it, in the world and in the model; what makes no sense in this world is left.
    pub(super) async fn act(&mut self, world: &mut Permissions, act: &Act) {
        match act {
            Act::Give { owner, holder, parts } => {
                self.give(world, *owner, *holder, parts).await;
                world.give(*owner, *holder, parts);
            }
            Act::Withdraw { owner, holder } => {
                if world.shares.contains_key(&(*owner, *holder)) {
                    let path = format!("/api/v1/sharing/{}", self.id(*holder));
                    drop(self.people[*owner].delete(&path).await.expect(204));
                    world.withdraw(*owner, *holder);
                }
            }
            Act::Leave { owner, holder } => {
                if *holder < self.people.len() && world.shares.contains_key(&(*owner, *holder)) {
                    let path = format!("/api/v1/visits/{}", self.id(*owner));
                    drop(self.people[*holder].delete(&path).await.expect(204));
                    world.leave(*owner, *holder);
                }
            }
            Act::Settle(owner) => {
                let settled = self.people[*owner].post("/api/v1/sharing/settle", &json!({})).await;
                assert_eq!(settled.expect(200).json()["waiting"], 0);
                world.settle(*owner);
            }
            Act::Lapse { owner, holder } => {
                let over = "update auth.access_grant set ends_at = now() - interval '1 minute'
                    where owner = $1 and holder = $2 and ends_at is not null";
                self.admin.execute(over, &[&self.id(*owner), &self.id(*holder)]).await.unwrap();
                let now = world.now;
                for part in world.shares.get_mut(&(*owner, *holder)).into_iter().flatten() {
                    part.ends = part.ends.map(|_| now);
                }
            }
            Act::Role(person, role) => self.role(world, *person, *role).await,
        }
    }

    async fn give(&mut self, world: &Permissions, owner: Who, holder: Who, parts: &[Part]) {
        let parts: Vec<Value> = parts.iter().map(sent).collect();
        let parts = Value::from(parts);
        let (of, to) = (self.people[owner].clone(), self.id(holder));
        if world.shares.contains_key(&(owner, holder)) {
            let path = format!("/api/v1/sharing/{to}");
            drop(of.put(&path, &json!({ "parts": parts })).await.expect(204));
        } else if let Some(friend) = self.people.get(holder).cloned() {
            drop(self.people[owner].befriend(&friend, &parts).await);
        } else {
            let practice = format!("/api/v1/organisations/{to}");
            let shown = self.people[self.founder()].get(&practice).await.expect(200).json();
            let join = json!({
                "code": shown["code"], "your_name": "Ana", "purpose": "advice", "parts": parts,
            });
            drop(of.post("/api/v1/practices/join", &join).await.expect(201));
        }
    }

    async fn role(&self, world: &mut Permissions, person: Who, role: Option<Role>) {
        let Some(practice) = self.practice else { return };
        let (founder, whose) = (&self.people[self.founder()], &self.people[person]);
        let member = format!("{}/{}", members_of(practice), whose.id);
        let name = match role {
            Some(Role::Owner) => "owner",
            Some(Role::Assistant) => "assistant",
            _ => "professional",
        };
        let place = (self.people.len(), person);
        match (world.members.contains_key(&place), role) {
            (true, Some(_)) => {
                drop(founder.put(&member, &json!({ "role": name })).await.expect(204));
            }
            (true, None) => drop(founder.delete(&member).await.expect(204)),
            (false, Some(_)) => becomes_member(founder, practice, whose, name).await,
            (false, None) => {}
        }
        match role {
            Some(role) => world.members.insert(place, role),
            None => world.members.remove(&place),
        };
    }

    /// What was written into the audits about visits since it was asked last.
    pub(super) async fn events(&mut self) -> Vec<(Uuid, Uuid, Uuid, String)> {
        let events = "select owner, actor, holder, action from audit.event
            where holder is not null order by at offset $1";
        let rows = self.admin.query(events, &[&self.seen]).await.unwrap();
        self.seen += i64::try_from(rows.len()).unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
    }

    /// Everything that one visitor may ask about one day and the ranges around it, compared with the
    /// model; how many questions that were.
    pub(super) async fn visit(
        &mut self,
        world: &Permissions,
        (person, owner, holder): (Who, Who, Option<Who>),
        day: Date,
    ) -> Result<usize, String> {
        let session = Session { person, state: State::Open, ends: 1_000_000, token: None };
        let asker = Asker { session: Some(&session), owner: Some(owner), holder };
        let may = |access, scope, day| world.may(asker, access, scope, day);
        let visitor = self.people[person].visit(self.id(owner), holder.map(|who| self.id(who)));
        let has = |scope| world.visited(asker).iter().any(|part| part.scope == scope);
        let event = |action: &str| {
            let capacity = self.id(holder.unwrap_or(person));
            (self.id(owner), self.id(person), capacity, action.to_owned())
        };
        let (looked, recorded) = (event("looked"), event("entry_recorded"));
        let dates = |scope| -> Vec<String> {
            DAYS.iter().filter(|day| may(Access::See, scope, **day)).map(Date::to_string).collect()
        };

        let mut questions = 0;
        let readable: Vec<&str> = [Scope::Food, Scope::Notes, Scope::Activity, Scope::Body]
            .into_iter()
            .filter(|scope| may(Access::See, *scope, day))
            .map(Scope::as_str)
            .collect();
        let found = visitor.get(&format!("/api/v1/days/{day}")).await;
        let shown = found.json();
        let expected = match readable.as_slice() {
            [] => found.status == 404,
            parts => {
                found.status == 200
                    && (shown["foods"] != json!(0)) == parts.contains(&"food")
                    && found.text.contains(NOTE) == parts.contains(&"notes")
                    && (parts.len() == 4 || shown["only"] == json!(parts))
            }
        };
        let mut check = async |what: &str, is_right: bool, events: &[_], answer: &Answer| {
            questions += 1;
            let found = self.events().await;
            if is_right && found == events {
                return Ok(());
            }
            let (status, text) = (answer.status, &answer.text);
            Err(format!("{what}: {status} {text}, in the audit {found:?}, expected {events:?}"))
        };
        let seen = |is_seen: bool| if is_seen { vec![looked.clone()] } else { Vec::new() };
        check("a day", expected, &seen(!readable.is_empty()), &found).await?;

        for (path, scope) in [("days", Scope::Summary), ("logged", Scope::Logged)] {
            let found = visitor.get(&format!("/api/v1/{path}?{RANGE}")).await;
            let shown = found.json();
            let listed = shown["days"].as_array().cloned().unwrap_or_default();
            let listed: Vec<&str> = listed.iter().filter_map(|day| day["date"].as_str()).collect();
            let is_right = if has(scope) {
                found.status == 200 && listed == dates(scope)
            } else {
                found.status == 404
            };
            check(path, is_right, &seen(has(scope)), &found).await?;
        }

        for (entry, scope) in
            [(day_entry(Uuid::now_v7(), BANANA, 10.0), Scope::Food), (note(), Scope::Notes)]
        {
            let path = format!("/api/v1/days/{day}/entries");
            let found = visitor.post(&path, &entry).await;
            let writes = may(Access::Write, scope, day);
            let is_right = if writes {
                found.status == 201
            } else {
                found.status == 403 || found.status == 404
            };
            let events = if writes { vec![looked.clone(), recorded.clone()] } else { Vec::new() };
            check("an entry", is_right, &events, &found).await?;
        }
        Ok(questions)
    }

    /// Everybody's own is theirs, whatever happened to its keys.
    pub(super) async fn everybody_reads_their_own(&self) {
        for person in &self.people {
            for day in DAYS {
                let own = person.get(&format!("/api/v1/days/{day}")).await.expect(200);
                assert!(own.json()["foods"] != json!(0) && own.text.contains(NOTE), "{}", own.text);
            }
            let sums = person.get(&format!("/api/v1/days?{RANGE}")).await.expect(200).json();
            assert_eq!(sums["days"].as_array().unwrap().len(), DAYS.len());
        }
    }
}

const NOTE: &str = "slept by the sea";

fn note() -> Value {
    let id = Uuid::now_v7();
    json!({"id": id, "kind": "note", "time": "08:00", "zone": "UTC", "text": NOTE})
}

/// A part as the API takes it. What ends, ends in a month.
fn sent(part: &Part) -> Value {
    let access = if part.access == Access::Write { "write" } else { "see" };
    // The server adds the sums to food that may be written, and takes them by themselves to see.
    let is_sum = matches!(part.scope, Scope::Summary | Scope::Logged);
    let today = jiff::Zoned::now().date();
    json!({
        "scope": part.scope.as_str(),
        "access": if is_sum { "see" } else { access },
        "first_day": (part.first != days::FIRST).then(|| part.first.to_string()),
        "last_day": (part.last != days::LAST).then(|| part.last.to_string()),
        "ends_on": part.ends.map(|_| (today + Span::new().days(30)).to_string()),
    })
}
