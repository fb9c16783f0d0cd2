//! Questionnaires: what is asked, when, and whether an answer fits.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const QUESTIONNAIRES_MAX: usize = 20;
const QUESTIONS_MAX: usize = 50;
const OPTIONS_MAX: usize = 30;
const TEXT_MAX: u32 = 2000;

/// A few questions that are asked together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Questionnaire {
    /// Its name in exports: small letters, digits and underscores.
    #[schema(example = "sleep")]
    pub(super) key: String,
    pub(super) title: String,
    pub(super) every: Every,
    pub(super) questions: Vec<Question>,
}

/// How often it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Every {
    /// Once.
    Once,
    /// On each day of the window.
    Day,
    /// On each seventh day of the window.
    Week,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// Its name in exports.
    #[schema(example = "hours")]
    pub(super) key: String,
    pub(super) text: String,
    /// Whether it must be answered.
    pub(super) required: bool,
    pub(super) answer: AnswerKind,
}

/// What kind of answer there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum AnswerKind {
    /// A number.
    Number {
        /// What it is counted in.
        unit: String,
        /// The least it may be.
        least: f64,
        /// The most it may be.
        most: f64,
    },
    /// One of some, or several.
    Choice {
        /// What there is to choose from.
        options: Vec<String>,
        /// Whether more than one may be chosen.
        several: bool,
    },
    /// A step of a scale.
    Scale {
        /// The lowest step.
        least: i32,
        /// The highest step.
        most: i32,
        /// What the lowest step means.
        least_means: String,
        /// What the highest step means.
        most_means: String,
    },
    /// Words.
    Text {
        /// How many characters at most.
        characters_max: u32,
    },
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Given {
    /// A number or a step of a scale.
    Number(f64),
    /// Places of the options that were chosen, from 0.
    Chosen(Vec<u32>),
    /// Words.
    Text(String),
}

/// Answers by the questions' keys.
pub(super) type Answers = BTreeMap<String, Given>;

/// Checks what a researcher wrote.
pub(super) fn check(questionnaires: Vec<Questionnaire>) -> Result<Vec<Questionnaire>> {
    if QUESTIONNAIRES_MAX < questionnaires.len() {
        return Err(refused(format!("use at most {QUESTIONNAIRES_MAX} questionnaires")));
    }
    let mut keys = Vec::new();
    let mut checked = Vec::with_capacity(questionnaires.len());
    for questionnaire in questionnaires {
        unique(&mut keys, &questionnaire.key)?;
        checked.push(questionnaire.checked()?);
    }
    Ok(checked)
}

impl Questionnaire {
    fn checked(self) -> Result<Self> {
        if self.questions.is_empty() || QUESTIONS_MAX < self.questions.len() {
            return Err(refused(format!("ask from 1 to {QUESTIONS_MAX} questions")));
        }
        let mut keys = Vec::new();
        let mut questions = Vec::with_capacity(self.questions.len());
        for question in self.questions {
            unique(&mut keys, &question.key)?;
            questions.push(Question {
                text: text::line("questionnaires", &question.text, 300)?,
                answer: question.answer.checked()?,
                ..question
            });
        }
        let title = text::line("questionnaires", &self.title, 120)?;
        Ok(Self { title, questions, ..self })
    }

    /// Checks what somebody answered: every question that must be is answered, and each fits.
    pub(super) fn answered(&self, given: Answers) -> Result<Answers> {
        if let Some(stranger) =
            given.keys().find(|key| !self.questions.iter().any(|question| question.key == **key))
        {
            let known = stranger.chars().filter(|c| !c.is_control()).take(40).collect::<String>();
            return Err(Error::invalid(field(&known), "is not asked here: leave it out"));
        }
        let mut given = given;
        let mut answers = Answers::new();
        for question in &self.questions {
            match given.remove(&question.key) {
                Some(answer) => {
                    answers.insert(question.key.clone(), question.fit(answer)?);
                }
                None if question.required => {
                    return Err(Error::invalid(field(&question.key), "answer this question"));
                }
                None => {}
            }
        }
        if answers.is_empty() {
            return Err(Error::invalid("answers", "answer a question"));
        }
        Ok(answers)
    }

    /// The days on which it is due for somebody who takes part from one day to another.
    pub(super) fn due(&self, first: Date, last: Date) -> Vec<Date> {
        let step = match self.every {
            Every::Once => return vec![first],
            Every::Day => 1.days(),
            Every::Week => 7.days(),
        };
        let mut due = Vec::new();
        let mut day = first;
        while day <= last {
            due.push(day);
            match day.checked_add(step) {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        due
    }

    /// The last day on which it can be answered: until it is asked again, or the study ends.
    pub(super) fn open_until(&self, due: Date, ends_on: Date) -> Date {
        match self.every {
            Every::Once => ends_on,
            Every::Day => due,
            Every::Week => due.checked_add(6.days()).unwrap_or(due),
        }
    }
}

impl Question {
    fn fit(&self, given: Given) -> Result<Given> {
        let refuse = |problem: String| Err(Error::invalid(field(&self.key), problem));
        match (&self.answer, given) {
            (AnswerKind::Number { least, most, .. }, Given::Number(number)) => {
                if *least <= number && number <= *most {
                    Ok(Given::Number(number))
                } else {
                    refuse(format!("enter a number from {least} to {most}"))
                }
            }
            (AnswerKind::Scale { least, most, .. }, Given::Number(number)) => {
                let whole = number.fract() == 0.0;
                if whole && f64::from(*least) <= number && number <= f64::from(*most) {
                    Ok(Given::Number(number))
                } else {
                    refuse(format!("choose a whole step from {least} to {most}"))
                }
            }
            (AnswerKind::Choice { options, several }, Given::Chosen(mut chosen)) => {
                chosen.sort_unstable();
                chosen.dedup();
                let there = chosen
                    .iter()
                    .all(|one| usize::try_from(*one).is_ok_and(|place| place < options.len()));
                if there && !chosen.is_empty() && (*several || chosen.len() == 1) {
                    Ok(Given::Chosen(chosen))
                } else {
                    refuse("choose from what is there".to_owned())
                }
            }
            (AnswerKind::Text { characters_max }, Given::Text(words)) => {
                let most = usize::try_from(*characters_max).unwrap_or(0);
                match text::paragraphs("answers", &words, most) {
                    Ok(words) => Ok(Given::Text(words)),
                    Err(Error::Invalid(problems)) => Err(Error::Invalid(
                        problems
                            .into_iter()
                            .map(|problem| platform::Problem {
                                field: field(&self.key).into(),
                                ..problem
                            })
                            .collect(),
                    )),
                    Err(error) => Err(error),
                }
            }
            (AnswerKind::Number { .. } | AnswerKind::Scale { .. }, _) => {
                refuse("enter a number".to_owned())
            }
            (AnswerKind::Choice { .. }, _) => refuse("choose from what is there".to_owned()),
            (AnswerKind::Text { .. }, _) => refuse("write something".to_owned()),
        }
    }
}

impl AnswerKind {
    fn checked(self) -> Result<Self> {
        match self {
            Self::Number { unit, least, most } => {
                if !(least.is_finite() && most.is_finite() && least < most) {
                    return Err(refused("say from which to which number".to_owned()));
                }
                let unit = if unit.trim().is_empty() {
                    String::new()
                } else {
                    text::line("questionnaires", &unit, 30)?
                };
                Ok(Self::Number { unit, least, most })
            }
            Self::Choice { options, several } => {
                if !(2..=OPTIONS_MAX).contains(&options.len()) {
                    return Err(refused(format!("give from 2 to {OPTIONS_MAX} options")));
                }
                let options: Result<Vec<String>> = options
                    .iter()
                    .map(|option| text::line("questionnaires", option, 120))
                    .collect();
                Ok(Self::Choice { options: options?, several })
            }
            Self::Scale { least, most, least_means, most_means } => {
                if !(1..=100).contains(&most.saturating_sub(least)) {
                    return Err(refused("give a scale from 2 to 101 steps".to_owned()));
                }
                let means = |text: String| {
                    if text.trim().is_empty() {
                        Ok(String::new())
                    } else {
                        text::line("questionnaires", &text, 60)
                    }
                };
                Ok(Self::Scale {
                    least,
                    most,
                    least_means: means(least_means)?,
                    most_means: means(most_means)?,
                })
            }
            Self::Text { characters_max } => {
                if !(1..=TEXT_MAX).contains(&characters_max) {
                    return Err(refused(format!("allow from 1 to {TEXT_MAX} characters")));
                }
                Ok(Self::Text { characters_max })
            }
        }
    }
}

fn unique(keys: &mut Vec<String>, key: &str) -> Result<()> {
    let begins = key.starts_with(|c: char| c.is_ascii_lowercase());
    let fits = key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !begins || !fits || 32 < key.len() || keys.iter().any(|known| known == key) {
        return Err(refused(
            "name each by a word of small letters, digits and underscores, once".to_owned(),
        ));
    }
    keys.push(key.to_owned());
    Ok(())
}

fn field(key: &str) -> String {
    format!("answers.{key}")
}

fn refused(problem: String) -> Error {
    Error::invalid("questionnaires", problem)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    fn sleep() -> Questionnaire {
        let read = json!({
            "key": "sleep", "title": "Your night", "every": "day",
            "questions": [
                {"key": "hours", "text": "How long?", "required": true,
                    "answer": {"kind": "number", "unit": "h", "least": 0.0, "most": 24.0}},
                {"key": "how", "text": "How well?", "required": false,
                    "answer": {"kind": "scale", "least": 1, "most": 5, "least_means": "badly", "most_means": "well"}},
                {"key": "woke", "text": "Woken by?", "required": false,
                    "answer": {"kind": "choice", "options": ["noise", "light", "nothing"], "several": true}},
                {"key": "words", "text": "Anything else?", "required": false,
                    "answer": {"kind": "text", "characters_max": 20}},
            ],
        });
        check(vec![serde_json::from_value(read).unwrap()]).unwrap().remove(0)
    }

    fn answer(value: serde_json::Value) -> Result<Answers, String> {
        let given: Answers = serde_json::from_value(value).unwrap();
        sleep().answered(given).map_err(|error| {
            let Error::Invalid(problems) = error else { panic!("{error}") };
            problems[0].field.to_string()
        })
    }

    #[test]
    fn answers_fit_their_questions_or_are_refused_by_name() {
        let whole = json!({"hours": 7.5, "how": 4, "woke": [1, 0, 1], "words": " =fine "});
        let answers = answer(whole).unwrap();
        assert_eq!(answers["woke"], Given::Chosen(vec![0, 1]));
        assert_eq!(answers["words"], Given::Text("=fine".to_owned()));
        for (value, named) in [
            (json!({}), "answers.hours"),
            (json!({"hours": 24.5}), "answers.hours"),
            (json!({"hours": "long"}), "answers.hours"),
            (json!({"hours": 7, "how": 2.5}), "answers.how"),
            (json!({"hours": 7, "how": 6}), "answers.how"),
            (json!({"hours": 7, "woke": [3]}), "answers.woke"),
            (json!({"hours": 7, "woke": []}), "answers.woke"),
            (json!({"hours": 7, "words": "x".repeat(21)}), "answers.words"),
            (json!({"hours": 7, "dreams": "many"}), "answers.dreams"),
        ] {
            assert_eq!(answer(value), Err(named.to_owned()));
        }
    }

    #[test]
    fn a_daily_one_is_due_on_each_day_and_a_weekly_one_on_each_seventh() {
        let (first, last) = (date(2026, 11, 1), date(2026, 11, 15));
        assert_eq!(sleep().due(first, last).len(), 15);
        let weekly = Questionnaire { every: Every::Week, ..sleep() };
        assert_eq!(weekly.due(first, last), [first, date(2026, 11, 8), last]);
        assert_eq!(weekly.open_until(first, last), date(2026, 11, 7));
        let once = Questionnaire { every: Every::Once, ..sleep() };
        assert_eq!(once.due(first, last), [first]);
        assert_eq!(once.open_until(first, last), last);
    }

    #[test]
    fn two_of_one_name_and_bounds_that_hold_nothing_are_refused() {
        assert!(check(vec![sleep(), sleep()]).is_err());
        for kind in [
            json!({"kind": "number", "unit": "", "least": 2.0, "most": 1.0}),
            json!({"kind": "choice", "options": ["one"], "several": false}),
            json!({"kind": "scale", "least": 1, "most": 1, "least_means": "", "most_means": ""}),
            json!({"kind": "text", "characters_max": 0}),
        ] {
            let kind: AnswerKind = serde_json::from_value(kind).unwrap();
            assert!(kind.checked().is_err());
        }
    }
}
