//! Reads what participants gave, one after the other: each in a transaction of its own, as a visit, so
//! that every look is in that participant's audit. What an export took is noted in the same
//! transaction.

use std::collections::BTreeMap;

use diary::{
    days::{
        activity::ActivityDay,
        body::BodyDay,
        document::{FoodDay, Logged, Summary},
    },
    visited::{self, LOOK, Seen},
};
use jiff::civil::Date;
use nutrition::{Nutrient, body::Measure};
use platform::{App, Error, Presented, PresentedCaller, Result, Visit};
use uuid::Uuid;

use super::{
    Contents,
    columns::columns,
    table::{Cell, Table},
};
use crate::{
    rekey,
    studies::{
        answers::{self, Opened},
        questionnaire::{AnswerKind, Given, Question},
        store::{self, NOTE_EXPORT, Participant},
        study::{Research, Version},
    },
};

/// What one day of a diary says, as far as it was given.
#[derive(Default)]
pub(in crate::studies) struct Day {
    food: Option<FoodDay>,
    pub(in crate::studies) summary: Option<Summary>,
    logged: Option<Logged>,
    body: Option<BodyDay>,
    activity: Option<ActivityDay>,
}

/// The days of one participant.
pub(in crate::studies) type Days = BTreeMap<Date, Day>;

/// The table of everybody.
pub(super) async fn table(
    app: &App,
    presented: &Presented,
    research: &Research,
    participants: &[Participant],
    export: Uuid,
    contents: Contents,
) -> Result<Table> {
    let version = research.study.newest()?;
    let mut rows = Vec::new();
    for participant in participants {
        let name = research.pseudonym(participant.owner);
        // Whoever agreed to a version without dates keeps that.
        let agreed = research.study.version(participant.version)?.terms.dates;
        let dates = version.terms.dates.then_some(agreed);
        let row = Row { name: &name, participant, dates };
        match contents {
            Contents::Days => {
                let days = read_days(
                    app,
                    presented,
                    research,
                    participant,
                    export,
                    &["logged", "summary", "body", "activity"],
                );
                row.days(&days.await?, version, &mut rows);
            }
            Contents::Foods => {
                let days = read_days(app, presented, research, participant, export, &["food"]);
                row.foods(&days.await?, &mut rows)?;
            }
            Contents::Answers => {
                let given = read_answers(app, presented, research, participant, export).await?;
                for one in &given {
                    row.answers(research.study.version(one.version)?, one, &mut rows);
                }
            }
        }
    }
    Ok(Table { columns: columns(version, contents), rows })
}

/// The days of one participant's window that were given, in these scopes. Nothing of somebody who
/// stopped, or whose access is over.
pub(in crate::studies) async fn read_days(
    app: &App,
    presented: &Presented,
    research: &Research,
    participant: &Participant,
    export: Uuid,
    scopes: &[&str],
) -> Result<Days> {
    let given: Vec<&str> = scopes
        .iter()
        .copied()
        .filter(|scope| participant.scopes.iter().any(|known| known == scope))
        .collect();
    if participant.withdrawn_at.is_some() || given.is_empty() {
        return Ok(Days::new());
    }
    let study = research.study.id;
    let visit = Visit::new(participant.owner, Some(study));
    let visiting = PresentedCaller::visiting(presented, visit);
    let read = rekey::repeat(|| async {
        let wanted: platform::Params<'_> = &[&given, &participant.first, &participant.last];
        let (tx, rows) = app.db().begin(&visiting, &LOOK, wanted).await?;
        let mut days = Days::new();
        for (date, seen) in visited::open(tx.session(), &rows)? {
            let day = days.entry(date).or_default();
            match seen {
                Seen::Food(food) => day.food = Some(food),
                Seen::Summary(summary) => day.summary = Some(summary),
                Seen::Logged(logged) => day.logged = Some(logged),
                Seen::Body(body) => day.body = Some(body),
                Seen::Activity(activity) => day.activity = Some(activity),
            }
        }
        let count = i32::try_from(days.len()).unwrap_or(i32::MAX);
        let noted: platform::Params<'_> = &[&study, &export, &participant.owner, &count, &0];
        tx.finish(&[(&NOTE_EXPORT, noted)]).await?;
        Ok(days)
    });
    match read.await {
        // What was taken back is not there.
        Err(Error::NotFound) => Ok(Days::new()),
        read => read,
    }
}

/// What one participant answered, as long as the study may use it.
async fn read_answers(
    app: &App,
    presented: &Presented,
    research: &Research,
    participant: &Participant,
    export: Uuid,
) -> Result<Vec<Opened>> {
    if participant.answers == 0 {
        return Ok(Vec::new());
    }
    let study = research.study.id;
    let (tx, _) = store::begin(app.db(), presented, Some(study), None).await?;
    let rows = store::look_at_answers(&tx, study, participant.owner).await?;
    let mut given = Vec::with_capacity(rows.len());
    for row in &rows {
        given.push(answers::open_as_study(app.root(), &research.data, participant.owner, row)?);
    }
    if !given.is_empty() {
        let count = i32::try_from(given.len()).unwrap_or(i32::MAX);
        let noted: platform::Params<'_> = &[&study, &export, &participant.owner, &0, &count];
        tx.finish(&[(&NOTE_EXPORT, noted)]).await?;
    }
    Ok(given)
}

/// What begins each row of a participant's.
struct Row<'a> {
    name: &'a str,
    participant: &'a Participant,
    /// Whether there is a column for the date, and whether this participant's are said.
    dates: Option<bool>,
}

impl Row<'_> {
    fn begin(&self, date: Date) -> Vec<Cell> {
        let day = date.since(self.participant.first).map_or(0, |span| span.get_days()) + 1;
        let mut row = vec![Cell::from(self.name), Cell::from(day)];
        if let Some(said) = self.dates {
            row.push(said.then(|| date.to_string()).into());
        }
        row
    }

    fn days(&self, days: &Days, version: &Version, rows: &mut Vec<Vec<Cell>>) {
        for (date, day) in days {
            let mut row = self.begin(*date);
            let logged = day.logged.as_ref();
            row.push(logged.map(|logged| logged.logged).into());
            let complete = logged.map(|logged| logged.complete);
            row.push(complete.or(day.summary.as_ref().map(|summary| summary.complete)).into());
            if version.asks_for("summary") {
                let totals = day.summary.as_ref().map(|summary| &summary.totals);
                row.push(totals.map(nutrition::Totals::foods).into());
                for nutrient in Nutrient::ALL {
                    let total = totals.map(|totals| totals.get(nutrient));
                    let known = total.filter(|total| 0 < total.known);
                    row.push(known.map(|total| total.amount).into());
                    row.push(total.map(|total| total.known).into());
                }
            }
            if version.asks_for("body") {
                measured(day.body.as_ref(), &mut row);
            }
            if version.asks_for("activity") {
                done(day.activity.as_ref(), &mut row);
            }
            rows.push(row);
        }
    }

    fn foods(&self, days: &Days, rows: &mut Vec<Vec<Cell>>) -> Result<()> {
        for (date, day) in days {
            let Some(food_day) = &day.food else { continue };
            for eaten in &food_day.eaten {
                let food = food_day.food_of(eaten)?;
                let minutes = eaten.moment.minutes;
                let mut row = self.begin(*date);
                row.push(Cell::from(eaten.group.as_str()));
                row.push(format!("{:02}:{:02}", minutes / 60, minutes % 60).into());
                row.push(food.id.as_str().into());
                row.push(food.name.as_str().into());
                row.push(food.source.as_str().into());
                row.push(food.release.as_str().into());
                row.push(eaten.grams.get().into());
                rows.push(row);
            }
        }
        Ok(())
    }

    fn answers(&self, version: &Version, given: &Opened, rows: &mut Vec<Vec<Cell>>) {
        let Some(questionnaire) = version.questionnaire(&given.questionnaire) else { return };
        for question in &questionnaire.questions {
            let Some(answer) = given.answers.get(&question.key) else { continue };
            let mut row = self.begin(given.due_on);
            row.push(questionnaire.key.as_str().into());
            row.push(question.key.as_str().into());
            let (number, text) = in_cells(question, answer);
            row.push(number);
            row.push(text);
            row.push(Cell::from(given.version));
            rows.push(row);
        }
    }
}

/// The last reading of each measure, in its canonical unit.
fn measured(day: Option<&BodyDay>, row: &mut Vec<Cell>) {
    for measure in Measure::ALL {
        let reading = day.and_then(|day| day.last(measure));
        row.push(reading.map(nutrition::body::Reading::canonical).into());
        if measure.second_limits().is_some() {
            row.push(reading.and_then(nutrition::body::Reading::canonical_second).into());
        }
    }
}

/// What all activities came to. A day without any is one without, where activities were given.
fn done(day: Option<&ActivityDay>, row: &mut Vec<Cell>) {
    let count = day.map(|day| u32::try_from(day.done.len()).unwrap_or(u32::MAX));
    row.push(count.into());
    row.push(
        day.map(|day| day.done.iter().map(|done| done.minutes).fold(0.0, |a, b| a + b)).into(),
    );
    row.push(day.map(ActivityDay::net_kcal).into());
}

fn in_cells(question: &Question, answer: &Given) -> (Cell, Cell) {
    match (answer, &question.answer) {
        (Given::Number(number), _) => (Cell::from(*number), Cell::Empty),
        (Given::Text(words), _) => (Cell::Empty, words.as_str().into()),
        (Given::Chosen(chosen), AnswerKind::Choice { options, .. }) => {
            let names: Vec<&str> = chosen
                .iter()
                .filter_map(|one| options.get(usize::try_from(*one).ok()?).map(String::as_str))
                .collect();
            (Cell::Empty, names.join(" | ").into())
        }
        (
            Given::Chosen(_),
            AnswerKind::Number { .. } | AnswerKind::Scale { .. } | AnswerKind::Text { .. },
        ) => (Cell::Empty, Cell::Empty),
    }
}
