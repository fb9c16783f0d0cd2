//! Which columns each table has, and what each means: the data dictionary.

use nutrition::{Nutrient, body::Measure};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Contents,
    table::{Column, Kind},
};
use crate::studies::{
    questionnaire::{self, Question},
    study::Version,
};

const DIARY: &str = "the participant's diary";
const CATALOGUE: &str = "the food catalogue, as it was when the food was recorded";
const CONSENT: &str = "the consent";

/// A column as the dictionary shows it.
#[derive(Serialize, ToSchema)]
pub(in crate::studies) struct ColumnView {
    /// `days`, `foods` or `answers`.
    table: &'static str,
    name: String,
    /// `text`, `whole`, `number` or `yes_no`.
    kind: &'static str,
    /// May be empty.
    unit: String,
    meaning: String,
    source: String,
}

/// Every column of every table, and every question.
pub(in crate::studies) fn dictionary(version: &Version) -> Vec<ColumnView> {
    let mut views = Vec::new();
    for contents in Contents::ALL {
        if contents == Contents::Foods && !version.asks_for("food") {
            continue;
        }
        let table = contents.as_str();
        views.extend(columns(version, contents).into_iter().map(|column| ColumnView {
            table,
            name: column.name,
            kind: match column.kind {
                Kind::Text => "text",
                Kind::Whole => "whole",
                Kind::Number => "number",
                Kind::YesNo => "yes_no",
            },
            unit: column.unit,
            meaning: column.meaning,
            source: column.source,
        }));
    }
    for questionnaire in &version.terms.questionnaires {
        views.extend(questionnaire.questions.iter().map(|question| ColumnView {
            table: "questions",
            name: format!("{}.{}", questionnaire.key, question.key),
            kind: kind_of(question),
            unit: unit_of(question),
            meaning: question.text.clone(),
            source: questionnaire.title.clone(),
        }));
    }
    views
}

fn kind_of(question: &Question) -> &'static str {
    match question.answer {
        questionnaire::AnswerKind::Number { .. } => "number",
        questionnaire::AnswerKind::Scale { .. } => "whole",
        questionnaire::AnswerKind::Choice { .. } | questionnaire::AnswerKind::Text { .. } => "text",
    }
}

fn unit_of(question: &Question) -> String {
    match &question.answer {
        questionnaire::AnswerKind::Number { unit, least, most } => {
            format!("{unit} {least}..{most}").trim().to_owned()
        }
        questionnaire::AnswerKind::Scale { least, most, least_means, most_means } => {
            format!("{least} {least_means} .. {most} {most_means}")
        }
        questionnaire::AnswerKind::Choice { options, .. } => options.join(" | "),
        questionnaire::AnswerKind::Text { .. } => String::new(),
    }
}

/// The columns of one table.
pub(super) fn columns(version: &Version, contents: Contents) -> Vec<Column> {
    let mut columns = vec![
        column(
            "participant",
            Kind::Text,
            "",
            "The participant's pseudonym in this study.",
            CONSENT,
        ),
        column(
            "day",
            Kind::Whole,
            "",
            "Which day of the participant's window it is; the first is 1.",
            DIARY,
        ),
    ];
    if version.terms.dates {
        columns.push(column("date", Kind::Text, "YYYY-MM-DD", "The calendar date.", DIARY));
    }
    match contents {
        Contents::Days => {
            days(version, &mut columns);
            if version.asks_for("body") {
                body(&mut columns);
            }
            if version.asks_for("activity") {
                activity(&mut columns);
            }
        }
        Contents::Foods => foods(&mut columns),
        Contents::Answers => answers(&mut columns),
    }
    columns
}

fn days(version: &Version, columns: &mut Vec<Column>) {
    columns.push(column("logged", Kind::YesNo, "", "Something was recorded.", DIARY));
    columns.push(column(
        "complete",
        Kind::YesNo,
        "",
        "The participant said that nothing is missing.",
        DIARY,
    ));
    if !version.asks_for("summary") {
        return;
    }
    columns.push(column("foods", Kind::Whole, "", "How many foods were recorded.", DIARY));
    for nutrient in Nutrient::ALL {
        let (key, name, unit) = (nutrient.key(), nutrient.name(), nutrient.unit().as_str());
        columns.push(column(
            key,
            Kind::Number,
            unit,
            &format!(
                "{name}: the day's total of what is known. Empty when it is known for no food."
            ),
            CATALOGUE,
        ));
        columns.push(column(
            &format!("{key}_known"),
            Kind::Whole,
            "",
            &format!("For how many of the day's foods {name} is known."),
            CATALOGUE,
        ));
    }
}

/// The last reading of each measure on the day. Measures of a person's own are not asked for.
fn body(columns: &mut Vec<Column>) {
    for measure in Measure::ALL {
        let (key, unit) = (measure.key(), measure.unit().as_str());
        let name = key.replace('_', " ");
        let which = if measure.second_limits().is_some() { "the upper value, " } else { "" };
        let meaning = format!("{name}: {which}last reading of the day. Empty when there is none.");
        // Some nutrients have the same keys.
        let key = format!("measured_{key}");
        columns.push(column(&key, Kind::Number, unit, &meaning, DIARY));
        if measure.second_limits().is_some() {
            let meaning = format!("{name}: the lower value of the same reading.");
            columns.push(column(&format!("{key}_lower"), Kind::Number, unit, &meaning, DIARY));
        }
    }
}

fn activity(columns: &mut Vec<Column>) {
    for (name, kind, unit, meaning) in [
        ("activities", Kind::Whole, "", "How many activities were recorded."),
        ("activity_minutes", Kind::Number, "min", "How long they took together."),
        (
            "activity_kcal",
            Kind::Number,
            "kcal",
            "What they took above rest: (MET - 1) x kg x h, or as a device measured it.",
        ),
    ] {
        columns.push(column(name, kind, unit, meaning, DIARY));
    }
}

fn foods(columns: &mut Vec<Column>) {
    for (name, kind, unit, meaning, source) in [
        ("meal", Kind::Text, "", "breakfast, lunch, dinner, snacks, or own1 to own4.", DIARY),
        ("time", Kind::Text, "HH:MM", "On the participant's clock.", DIARY),
        ("food", Kind::Text, "", "The food's name in the catalogues.", CATALOGUE),
        ("name", Kind::Text, "", "What people read.", CATALOGUE),
        ("catalogue", Kind::Text, "", "Where the values come from.", CATALOGUE),
        ("release", Kind::Text, "", "The release of the catalogue.", CATALOGUE),
        ("grams", Kind::Number, "g", "How much was eaten.", DIARY),
    ] {
        columns.push(column(name, kind, unit, meaning, source));
    }
}

fn answers(columns: &mut Vec<Column>) {
    const GIVEN: &str = "the questionnaire";
    for (name, kind, meaning) in [
        ("questionnaire", Kind::Text, "The questionnaire's key."),
        ("question", Kind::Text, "The question's key."),
        ("number", Kind::Number, "The answer, where it is a number or a step of a scale."),
        ("text", Kind::Text, "The answer, where it is words or chosen; several with | between."),
        ("version", Kind::Whole, "Under which version of the protocol it was given."),
    ] {
        columns.push(column(name, kind, "", meaning, GIVEN));
    }
}

fn column(name: &str, kind: Kind, unit: &str, meaning: &str, source: &str) -> Column {
    Column {
        name: name.to_owned(),
        kind,
        unit: unit.to_owned(),
        meaning: meaning.to_owned(),
        source: source.to_owned(),
    }
}
