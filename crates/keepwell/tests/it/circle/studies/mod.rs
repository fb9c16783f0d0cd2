//! Studies: a protocol, consents, answers, exports, and how people stop.

mod aggregates;
mod exports;
mod taking_part;
mod withdrawal;

use serde_json::{Value, json};
use testkit::{Person, TestServer};
use uuid::Uuid;

/// The date now, as the server's clock has it.
pub(crate) fn today() -> String {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// So many days from today.
fn in_days(days: i64) -> String {
    let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    date.checked_add(jiff::Span::new().days(days)).unwrap().to_string()
}

/// A protocol that asks for foods and has a questionnaire.
fn protocol() -> Value {
    json!({
        "title": "Fibre and sleep", "sheet": "# What it is\n\nWe look at **fibre**.",
        "consent": "I agree that my days are read.", "scopes": ["food"],
        "window": {"kind": "dates", "first_day": "2026-11-01", "last_day": "2026-11-30"},
        "questionnaires": [{
            "key": "start", "title": "Before you begin", "every": "once",
            "questions": [
                {"key": "hours", "text": "How long do you sleep?", "required": true,
                    "answer": {"kind": "number", "unit": "h", "least": 0.0, "most": 24.0}},
                {"key": "words", "text": "Anything else?", "required": false,
                    "answer": {"kind": "text", "characters_max": 200}},
            ],
        }],
        "contact": "fibre@example.org", "ethics": "2026/17", "minimum_group": 5,
        "ends_on": in_days(90), "listed": true, "dates": false,
    })
}

/// A study of somebody's.
struct Study {
    id: Uuid,
    researcher: Person,
}

impl Study {
    async fn found(server: &TestServer, researcher: Person, protocol: &Value) -> Self {
        let new = json!({"protocol": protocol, "your_name": "Dr. Kim"});
        let founded = researcher.post("/api/v1/studies", &new).await.expect(201).json();
        assert!(server.origin.starts_with("https"));
        Self { id: founded["study"].as_str().unwrap().parse().unwrap(), researcher }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/studies/{}{rest}", self.id)
    }

    async fn progress(&self) -> Value {
        self.researcher.get(&self.path("/progress")).await.expect(200).json()
    }

    /// What somebody agrees to who reads the newest version.
    async fn agreement(&self, person: &Person) -> Value {
        let seen = person.get(&self.path("")).await.expect(200).json();
        json!({
            "version": seen["protocol"]["version"], "today": today(),
            "consent_hash": seen["protocol"]["consent_hash"],
        })
    }

    async fn enrol(&self, person: &Person) {
        let agreement = self.agreement(person).await;
        drop(person.post(&self.path("/enrol"), &agreement).await.expect(204));
    }

    async fn answer(&self, person: &Person, hours: f64, words: &str) {
        let participation = self.participation(person).await;
        let due = &participation["due"][0];
        let answered = json!({
            "questionnaire": due["questionnaire"], "due_on": due["due_on"], "today": today(),
            "answers": {"hours": hours, "words": words},
        });
        drop(person.post(&self.path("/answers"), &answered).await.expect(204));
    }

    async fn participation(&self, person: &Person) -> Value {
        let path = self.path(&format!("/participation?today={}", today()));
        person.get(&path).await.expect(200).json()
    }

    async fn export(&self, contents: &str, format: &str) -> String {
        let wish = json!({"contents": contents, "format": format});
        self.researcher.post(&self.path("/exports"), &wish).await.expect(200).text
    }

    async fn withdraw(&self, person: &Person, collected: &str) {
        let stop = json!({"collected": collected});
        drop(person.post(&self.path("/withdraw"), &stop).await.expect(204));
    }
}

/// Eats something on a day of the window, and says that the day is complete.
async fn eat(person: &Person, day: &str, grams: f64) {
    person.eat(day, "usda-sr28:09040", grams).await;
    let complete = json!({"complete": true});
    drop(person.patch(&format!("/api/v1/days/{day}"), &complete).await.expect(200));
}

/// Nobody has shown their credentials lately.
async fn let_proofs_lapse(server: &TestServer) {
    let lapse = "update auth.session set proved_at = now() - interval '6 minutes'";
    server.db.admin().await.batch_execute(lapse).await.unwrap();
}
