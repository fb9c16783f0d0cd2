//! What it costs to let others in: a granted read, and a withdrawal that seals everything anew.

use std::time::Instant;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::client::Client;
use crate::fill::{self, ENTRIES_A_DAY, Person};
use crate::load::{self, Outcome};
use crate::measure::Bench;
use crate::report::{Ratio, median};
use crate::say;

/// How many people let the holder in.
const OWNERS: i32 = 400;
/// Days with entries in each of the diaries that are visited.
const VISITED_DAYS: i32 = 5;
/// Ten years.
const DECADE_DAYS: i32 = 3_650;
/// As many own foods as a library takes.
const LIBRARY_HUNDREDS: usize = 20;
/// What is withdrawn.
const EVERYTHING: [&str; 6] = ["food", "summary", "logged", "activity", "body", "library"];

/// Other accounts that let the holder in as well: rows as the product writes them.
const CROWD: &str = "
insert into auth.access_grant
    (owner, holder, scope, epoch, first_day, last_day, access, key_sealed)
select p.principal, 'HOLDER', scope, 1, '2026-01-01', '2026-12-31', 'see', sha512('x')
from (select principal from auth.principal where principal <> 'HOLDER' and kind = 'person'
        and not exists (select from circle.share s where s.owner = principal)
        and not exists (select from accounts.account a where a.principal = auth.principal.principal)
    limit OWNERS) p
cross join unnest(array['food', 'summary', 'logged']) scope;
analyze auth.access_grant";

impl Bench<'_> {
    /// Reading a day of somebody else's against one's own, and a withdrawal.
    pub(crate) fn circle(&self) -> Result<Vec<Ratio>> {
        let mut client = self.connect()?;
        let holder = fill::sign_up(&mut client, "holder")?;
        let visits = self.visits(&mut client, &holder)?;
        // The first connection has been idle for too long by now.
        Ok(vec![visits, self.withdrawal(&mut self.connect()?, &holder)?])
    }

    fn visits(&self, client: &mut Client, holder: &Person) -> Result<Ratio> {
        say("letting a holder into 400 diaries")?;
        let mut owners = Vec::with_capacity(self.writers.len());
        for owner in &self.writers {
            for at in 0..VISITED_DAYS {
                let path = format!("/api/v1/days/{}/entries", fill::day(at));
                for number in 0..ENTRIES_A_DAY {
                    let entry = fill::entry(number, &self.foods);
                    client.post(&path, Some(&owner.cookie), &entry)?.expect(201)?;
                }
            }
            let owner = Person { cookie: prove(client, &owner.cookie)?, id: owner.id };
            let everything = [("food", "see"), ("notes", "see"), ("summary", "see")];
            befriend(client, &owner, holder, &everything)?;
            owners.push(owner);
        }
        let crowd = CROWD
            .replace("HOLDER", &holder.id.to_string())
            .replace("OWNERS", &(OWNERS - i32::try_from(owners.len())?).to_string());
        self.superuser(&crowd)?;
        say("reading days of others")?;
        let mut clients = (0..crate::measure::CONNECTIONS)
            .zip(&owners)
            .map(|(_, owner)| {
                let owner = (owner.cookie.clone(), owner.id.to_string());
                Ok((self.connect()?, (owner, 0)))
            })
            .collect::<Result<Vec<_>>>()?;
        let mut rounds = Vec::new();
        for round in 0..=self.options.rounds {
            let own = load::run(&self.server, &mut clients, self.length(), |client, state| {
                let ((cookie, _), number) = state;
                *number += 1;
                let day = fill::day(*number % VISITED_DAYS);
                client.get(&format!("/api/v1/days/{day}"), Some(cookie))?.expect(200)?;
                Ok(())
            })?;
            let granted = load::run(&self.server, &mut clients, self.length(), |client, state| {
                let ((_, owner), number) = state;
                *number += 1;
                let path = format!("/api/v1/days/{}", fill::day(*number % VISITED_DAYS));
                client.get_of(&path, &holder.cookie, owner)?.expect(200)?;
                Ok(())
            })?;
            // The first round only warms up: what was sealed to the public key is taken over.
            if round > 0 {
                rounds.push((granted, own));
            }
        }
        let cpu = |one: &Outcome| one.server_cpu_us + one.database_cpu_us;
        let ratios: Vec<f64> = rounds.iter().map(|(a, b)| cpu(a) / cpu(b)).collect();
        let value = median(ratios.iter().copied());
        let granted = |of: fn(&Outcome) -> f64| median(rounds.iter().map(|(one, _)| of(one)));
        let own = |of: fn(&Outcome) -> f64| median(rounds.iter().map(|(_, one)| of(one)));
        Ok(Ratio {
            name: "CPU of server and database for a day of somebody else's, audited and durable, \
                   by a holder of 400, against a day of one's own (8 connections)",
            goal: "<= 1.3",
            reached: Some(value <= 1.3),
            value,
            rounds: ratios,
            parts: vec![
                ("granted: server's CPU, us".into(), granted(|one| one.server_cpu_us)),
                ("granted: database's CPU, us".into(), granted(|one| one.database_cpu_us)),
                ("granted: days a second".into(), granted(|one| one.per_second)),
                ("granted: p50, ms".into(), granted(|one| one.p50.as_secs_f64() * 1e3)),
                ("own: server's CPU, us".into(), own(|one| one.server_cpu_us)),
                ("own: database's CPU, us".into(), own(|one| one.database_cpu_us)),
                ("own: days a second".into(), own(|one| one.per_second)),
                ("own: p50, ms".into(), own(|one| one.p50.as_secs_f64() * 1e3)),
            ],
        })
    }

    fn withdrawal(&self, client: &mut Client, holder: &Person) -> Result<Ratio> {
        say("filling ten years")?;
        let mut owner = fill::sign_up(client, "decade")?;
        fill::decade(client, &owner, &self.foods, DECADE_DAYS)?;
        fill::moved(client, &owner, DECADE_DAYS)?;
        fill::library(client, &owner, LIBRARY_HUNDREDS)?;
        say("withdrawing access to ten years")?;
        let mut times = Vec::new();
        for _ in 0..self.options.rounds {
            owner.cookie = prove(client, &owner.cookie)?;
            befriend(client, &owner, holder, &EVERYTHING.map(|scope| (scope, "see")))?;
            let began = Instant::now();
            let path = format!("/api/v1/sharing/{}", holder.id);
            client.delete(&path, &owner.cookie)?.expect(204)?;
            times.push(began.elapsed().as_secs_f64());
        }
        let value = median(times.iter().copied());
        Ok(Ratio {
            name: "seconds to withdraw food, sums, marks, measurements and activities of ten years and \
                   2,000 own foods, everything sealed anew",
            goal: "<= 5",
            reached: Some(value <= 5.0),
            value,
            rounds: times,
            parts: vec![
                ("days with entries".into(), f64::from(DECADE_DAYS)),
                ("own foods".into(), 100.0 * f64::from(u32::try_from(LIBRARY_HUNDREDS)?)),
            ],
        })
    }
}

/// Shows once more who it is, and goes on under the new cookie.
fn prove(client: &mut Client, cookie: &str) -> Result<String> {
    let proof = json!({"password": fill::PASSWORD});
    client.post("/api/v1/session/proof", Some(cookie), &proof)?.expect(204)?.cookie()
}

/// An invitation, and its acceptance.
fn befriend(
    client: &mut Client,
    owner: &Person,
    holder: &Person,
    parts: &[(&str, &str)],
) -> Result<()> {
    let parts: Vec<Value> =
        parts.iter().map(|(scope, access)| json!({"scope": scope, "access": access})).collect();
    let invite = json!({"your_name": "Ana", "for": "Ben", "purpose": "", "parts": parts});
    let path = "/api/v1/sharing/invitations";
    let made = client.post(path, Some(&owner.cookie), &invite)?.expect(201)?.json()?;
    let link = made.get("link").and_then(Value::as_str).context("a link")?;
    let secret = link.rsplit(['/', '#', '=']).next().context("a secret")?;
    let accept = json!({"secret": secret, "your_name": "Ben"});
    client.post("/api/v1/invitations/accept", Some(&holder.cookie), &accept)?.expect(201)?;
    Ok(())
}
