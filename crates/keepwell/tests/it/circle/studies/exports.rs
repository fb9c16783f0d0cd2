//! Exports: what is in them, and what is not.

use std::collections::BTreeMap;

use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use serde_json::{Value, json};
use testkit::{Person, TestServer};
use uuid::Uuid;

use super::{Study, eat, protocol};

#[tokio::test]
async fn an_export_says_what_the_diary_says_in_both_formats() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, kim) = (server.person("ana").await, server.person("kim").await);
    let study = Study::found(&server, kim, &protocol()).await;
    study.enrol(&ana).await;
    eat(&ana, "2026-11-20", 118.0).await;
    eat(&ana, "2026-11-22", 40.0).await;
    // Not in the window.
    eat(&ana, "2026-10-31", 500.0).await;
    study.answer(&ana, 7.5, "=cmd()").await;

    let days = table(&study.export("days", "csv").await);
    assert_eq!(days.len(), 2);
    assert_eq!(days[0]["day"], "20");
    assert_eq!((days[0]["complete"].as_str(), days[0]["foods"].as_str()), ("true", "1"));
    assert!(!days[0].contains_key("date"), "the protocol keeps dates to itself");
    for (row, date) in days.iter().zip(["2026-11-20", "2026-11-22"]) {
        let path = format!("/api/v1/days?from={date}&to={date}&nutrients=energy,fiber,vitamin_c");
        let totals = &ana.get(&path).await.expect(200).json()["days"][0]["totals"];
        for nutrient in ["energy", "fiber", "vitamin_c"] {
            let exported: f64 = row[nutrient].parse().unwrap();
            let own = totals[nutrient]["amount"].as_f64().unwrap();
            assert!((exported - own).abs() < 1e-9, "{nutrient}: {exported} and {own}");
            assert_eq!(row[&format!("{nutrient}_known")], "1");
        }
    }
    let foods = table(&study.export("foods", "csv").await);
    assert_eq!(foods.len(), 2);
    assert_eq!(foods[0]["grams"], "118");
    assert_eq!((foods[0]["time"].as_str(), foods[0]["meal"].as_str()), ("08:15", "breakfast"));
    let answers = table(&study.export("answers", "csv").await);
    let numbers: Vec<&str> = answers.iter().map(|row| row["number"].as_str()).collect();
    assert_eq!(numbers, ["7.5", ""]);
    assert_eq!(answers[1]["text"], "'=cmd()", "no cell is a formula");

    // The columnar form holds the same; and each export is in the participant's list.
    let wish = json!({"contents": "days", "format": "parquet"});
    let request = study.researcher.request(reqwest::Method::POST, &study.path("/exports"));
    let file = request.json(&wish).send().await.unwrap().bytes().await.unwrap();
    assert!(columnar(file) == days, "both formats hold the same");
    let exports = study.participation(&ana).await["exports"].clone();
    let listed: Vec<(&str, &str, i64, i64)> = exports
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap();
            let number = |key: &str| one[key].as_i64().unwrap();
            (text("contents"), text("format"), number("days"), number("answers"))
        })
        .collect();
    assert_eq!(
        listed,
        [
            ("days", "csv", 2, 0),
            ("foods", "csv", 2, 0),
            ("answers", "csv", 0, 1),
            ("days", "parquet", 2, 0)
        ]
    );
    let own = study.researcher.get(&study.path("/exports")).await.expect(200).json();
    assert_eq!(own["exports"][0]["participants"], 1);
    let columns = study.researcher.get(&study.path("/dictionary")).await.expect(200).json();
    let energy = columns["columns"]
        .as_array()
        .unwrap()
        .iter()
        .find(|column| column["name"] == "energy")
        .unwrap();
    assert_eq!((&energy["unit"], &energy["table"]), (&json!("kcal"), &json!("days")));
}

#[tokio::test]
async fn no_answer_to_a_researcher_says_who_a_participant_is() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, kim) = (server.person("ana").await, server.person("kim").await);
    let one = Study::found(&server, kim.clone(), &protocol()).await;
    let other = Study::found(&server, kim, &protocol()).await;
    let mut names = Vec::new();
    for study in [&one, &other] {
        study.enrol(&ana).await;
        eat(&ana, "2026-11-20", 100.0).await;
        study.answer(&ana, 7.0, "well").await;
        let mut said = Vec::new();
        for path in ["", "/progress", "/dictionary", "/exports", "/aggregates"] {
            said.push(study.researcher.get(&study.path(path)).await.expect(200).text);
        }
        for contents in ["days", "foods", "answers"] {
            said.push(study.export(contents, "csv").await);
            said.push(study.export(contents, "parquet").await);
        }
        said.push(study.researcher.get("/api/v1/visits").await.expect(200).text);
        for text in &said {
            assert!(!knows(text, &ana), "{text}");
        }
        let progress = study.progress().await;
        let name = progress["participants"][0]["participant"].as_str().unwrap().to_owned();
        assert!(said.iter().filter(|text| text.contains(&name)).count() >= 4);
        names.push(name);
    }
    assert_ne!(names[0], names[1], "another pseudonym in each study");
}

#[tokio::test]
async fn who_joins_or_leaves_the_members_changes_no_pseudonym_and_loses_no_answer() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, kim) = (server.person("ana").await, server.person("kim").await);
    let lee = server.person("lee").await;
    let study = Study::found(&server, kim, &protocol()).await;
    study.enrol(&ana).await;
    eat(&ana, "2026-11-20", 100.0).await;
    study.answer(&ana, 7.0, "well").await;
    let before = (study.export("answers", "csv").await, study.export("days", "csv").await);

    let base = format!("/api/v1/organisations/{}", study.id);
    let wish = json!({"role": "researcher", "label": "Lee"});
    let made =
        study.researcher.post(&format!("{base}/invitations"), &wish).await.expect(201).json();
    let accept = json!({"secret": made["secret"], "your_name": "Lee"});
    drop(lee.post("/api/v1/memberships", &accept).await.expect(201));
    drop(lee.get(&study.path("/progress")).await.expect(200));
    let gone = study.researcher.delete(&format!("{base}/members/{}", lee.id)).await;
    drop(gone.expect(204));
    drop(lee.get(&study.path("/progress")).await.expect(404));

    let after = (study.export("answers", "csv").await, study.export("days", "csv").await);
    assert_eq!(before, after);
    study.answer(&ana, 6.0, "less well").await;
    assert!(study.export("answers", "csv").await.contains("less well"));
}

fn knows(text: &str, person: &Person) -> bool {
    let id = person.id;
    [id.to_string(), id.simple().to_string(), person.email.clone()]
        .iter()
        .any(|one| text.contains(one.as_str()))
}

#[tokio::test]
async fn a_study_of_weights_and_activities_gets_these_and_no_food() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben, kim) =
        (server.person("ana").await, server.person("ben").await, server.person("kim").await);
    let mut asks = protocol();
    asks["scopes"] = json!(["body", "activity"]);
    asks["questionnaires"] = json!([]);
    let study = Study::found(&server, kim, &asks).await;
    for person in [&ana, &ben] {
        person.eat("2026-11-20", "usda-sr28:09040", 100.0).await;
        study.enrol(person).await;
    }
    let at = |kind: &str, time: &str, fields: &Value| {
        let mut entry = json!({"id": Uuid::now_v7(), "kind": kind, "time": time, "zone": "UTC"});
        entry.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        entry
    };
    for entry in [
        at("measurement", "20:00", &json!({"measure": "weight", "value": 71, "unit": "kg"})),
        at("measurement", "07:00", &json!({"measure": "weight", "value": 70, "unit": "kg"})),
        at(
            "measurement",
            "07:00",
            &json!({"measure": "blood_pressure", "value": 120, "second": 80, "unit": "mmHg"}),
        ),
        at("activity", "08:00", &json!({"activity": "17190", "minutes": 60, "weight_kg": 70})),
        at("activity", "09:00", &json!({"name": "rowing", "minutes": 30, "kcal": 200})),
    ] {
        drop(ana.post("/api/v1/days/2026-11-20/entries", &entry).await.expect(201));
    }
    let rows = table(&study.export("days", "csv").await);
    assert_eq!(rows.len(), 1, "of Ben there is nothing");
    for (column, expected) in [
        ("measured_weight", "71"),
        ("measured_blood_pressure", "120"),
        ("measured_blood_pressure_lower", "80"),
        ("measured_glucose", ""),
        ("activities", "2"),
        ("activity_minutes", "90"),
        ("logged", ""),
    ] {
        assert_eq!(rows[0][column], expected, "{column}");
    }
    assert!((rows[0]["activity_kcal"].parse::<f64>().unwrap() - 396.0).abs() < 1e-9);
    assert!(!rows[0].contains_key("energy"), "no sums were asked for");
    let dictionary = study.researcher.get(&study.path("/dictionary")).await.expect(200).json();
    let names: Vec<&str> = dictionary["columns"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|column| column["table"] == "days")
        .map(|column| column["name"].as_str().unwrap())
        .collect();
    assert!(names.iter().all(|name| rows[0].contains_key(*name)));
    assert_eq!(names.len(), rows[0].len());
}

/// The rows of a CSV file, by column.
fn table(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = csv.lines().map(cells);
    let header = lines.next().unwrap();
    lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
}

/// What stands between quotes may have commas.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    for (place, part) in line.split('"').enumerate() {
        let mut parts = if place % 2 == 0 { part.split(',').collect() } else { vec![part] };
        cells.last_mut().unwrap().push_str(parts.remove(0));
        cells.extend(parts.into_iter().map(str::to_owned));
    }
    cells
}

/// The rows of a Parquet file, with each value as CSV shows it.
fn columnar(file: bytes::Bytes) -> Vec<BTreeMap<String, String>> {
    let reader = SerializedFileReader::new(file).unwrap();
    let shown = |field: &Field| {
        if let Field::Str(text) = field {
            text.clone()
        } else if let Field::Double(number) = field {
            number.to_string()
        } else if *field == Field::Null {
            String::new()
        } else {
            field.to_string()
        }
    };
    let row = |row: parquet::record::Row| {
        row.get_column_iter().map(|(name, field)| (name.clone(), shown(field))).collect()
    };
    reader.get_row_iter(None).unwrap().map(|read| row(read.unwrap())).collect()
}
