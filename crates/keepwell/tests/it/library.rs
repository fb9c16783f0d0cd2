//! Own foods, recipes and meals: kept, cooked, recorded, and shared.

use serde_json::{Value, json};
use testkit::{Answer, Person, TestServer, day_entry};
use uuid::Uuid;

const DAY: &str = "/api/v1/days/2026-11-20";
const BANANA: &str = "usda-sr28:09040";
const MILK: &str = "usda-sr28:01077";

fn oats() -> Value {
    json!({
        "kind": "food", "name": "Oat flakes", "maker": "Mill",
        "label": {"shape": "eu", "amount": 100, "unit": "g", "lines": [
            {"key": "energy", "amount": 1567, "unit": "kJ"},
            {"key": "carbohydrate", "amount": 58.7, "unit": "g"},
            {"key": "fiber", "amount": 10, "unit": "g"},
            {"key": "protein", "amount": 13.5, "unit": "g"},
            {"key": "salt", "amount": 0.02, "unit": "g"},
        ]},
        "portions": [{"seq": 1, "name": "1 bowl", "grams": 40}],
    })
}

fn porridge(oats: Uuid) -> Value {
    json!({
        "kind": "recipe", "name": "Porridge", "portions": 2, "portion_name": "1 bowl",
        "cooked_grams": 450,
        "parts": [
            {"food": own(oats), "amount": 2, "portion": 1},
            {"food": MILK, "amount": 400},
        ],
    })
}

fn own(id: Uuid) -> String {
    format!("own:{id}")
}

fn eat(food: &str, amount: f64, portion: Option<u16>) -> Value {
    let mut entry = day_entry(Uuid::now_v7(), food, amount);
    if let Some(seq) = portion {
        entry["portion"] = json!(seq);
    }
    entry
}

async fn keep(person: &Person, item: &Value) -> Uuid {
    let id = Uuid::now_v7();
    drop(put(person, id, item).await.expect(200));
    id
}

async fn put(person: &Person, id: Uuid, item: &Value) -> Answer {
    person.put(&format!("/api/v1/library/{id}"), item).await
}

fn nearly(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap_or(f64::NAN);
    assert!((value - expected).abs() < 0.01, "{value} is not {expected}");
}

#[tokio::test]
async fn an_own_food_is_recorded_with_its_portions_and_says_where_its_values_come_from() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let id = keep(&ana, &oats()).await;
    let food = own(id);

    let detail = ana.get(&format!("/api/v1/foods/{food}")).await.expect(200).json();
    assert_eq!(
        (&detail["name"], &detail["source"]["name"]),
        (&json!("Oat flakes"), &json!("Own food"))
    );
    nearly(&detail["nutrients"]["energy"]["amount"], 1567.0 / 4.184);
    nearly(&detail["nutrients"]["sodium"]["amount"], 8.0);
    nearly(&detail["nutrients"]["carbohydrate"]["amount"], 68.7);

    let entry = eat(&food, 1.5, Some(1));
    let day = ana.post(&format!("{DAY}/entries"), &entry).await.expect(201).json();
    nearly(&day["entries"][0]["grams"], 60.0);
    nearly(&day["totals"]["protein"]["amount"], 8.1);
    let behind = ana.get(&format!("{DAY}/nutrients/protein")).await.expect(200).json();
    let part = &behind["contributions"][0];
    assert_eq!((&part["source"], &part["release"]), (&json!("Own food"), &json!("1")));
    assert_eq!(part["method"], "label");

    // Another portion, and back to grams.
    let path = format!("{DAY}/entries/{}", entry["id"].as_str().unwrap());
    let grams = ana.patch(&path, &json!({"amount": 33, "portion": null})).await.expect(200).json();
    nearly(&grams["entries"][0]["grams"], 33.0);
    let bowl = ana.patch(&path, &json!({"amount": 2, "portion": 1})).await.expect(200).json();
    nearly(&bowl["entries"][0]["grams"], 80.0);
    let none = ana.patch(&path, &json!({"amount": 2, "portion": 9})).await.expect(422);
    assert_eq!(none.field(), "portion");

    // A day keeps what was recorded, also when the food changes or goes.
    let mut changed = oats();
    changed["label"]["lines"][3]["amount"] = json!(20);
    drop(put(&ana, id, &changed).await.expect(200));
    drop(ana.delete(&format!("/api/v1/library/{id}")).await.expect(204));
    let day = ana.get(DAY).await.expect(200).json();
    nearly(&day["totals"]["protein"]["amount"], 10.8);
    assert_eq!(
        ana.post(&format!("{DAY}/entries"), &eat(&food, 1.0, None)).await.expect(422).field(),
        "food"
    );

    // And an undo brings it back as it was.
    let recorded = day["entries"][0].clone();
    drop(ana.delete(&path).await.expect(200));
    let back = json!({
        "id": recorded["id"], "kind": "food", "group": "breakfast", "time": "08:00", "zone": "UTC",
        "amount": 2, "as_recorded": recorded["as_recorded"],
    });
    let day = ana.post(&format!("{DAY}/entries"), &back).await.expect(201).json();
    assert_eq!(day["entries"][0]["portion"], recorded["portion"]);
    nearly(&day["totals"]["protein"]["amount"], 10.8);
}

#[tokio::test]
async fn a_supplement_says_so_where_it_is_recorded() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let capsule = json!({
        "kind": "food", "name": "Vitamin D", "supplement": true,
        "label": {"shape": "us", "amount": 1, "unit": "g",
            "lines": [{"key": "vitamin_d", "amount": 1000, "unit": "IU"}]},
        "portions": [{"seq": 1, "name": "1 capsule", "grams": 1}],
    });
    let id = keep(&ana, &capsule).await;
    let day = ana.post(&format!("{DAY}/entries"), &eat(&own(id), 1.0, Some(1))).await.expect(201);
    let day = day.json();
    nearly(&day["totals"]["vitamin_d"]["amount"], 25.0);
    assert_eq!(day["entries"][0]["food"]["source"], "Own supplement");
}

#[tokio::test]
async fn a_recipe_follows_what_it_is_made_of_and_days_keep_what_they_had() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let oat = keep(&ana, &oats()).await;
    let bowl = keep(&ana, &porridge(oat)).await;
    let shown = ana.get(&format!("/api/v1/library/{bowl}")).await.expect(200).json();
    nearly(&shown["holds"]["grams"], 450.0);
    nearly(&shown["holds"]["portions"][0]["grams"], 225.0);
    // Iron is known for the milk, and 17 percent of the weight do not state it.
    assert!(shown["holds"]["nutrients"]["iron"]["amount"].is_null());
    assert_eq!(shown["holds"]["nutrients"]["iron"]["known"], 1);
    assert_eq!(shown["holds"]["nutrients"]["protein"]["method"], "calculated");

    // Nested: two bowls with a banana.
    let with_banana = json!({
        "kind": "recipe", "name": "Porridge with banana", "portions": 1, "portion_name": "1 bowl",
        "parts": [{"food": own(bowl), "amount": 1, "portion": 1}, {"food": BANANA, "amount": 100}],
    });
    let nested = keep(&ana, &with_banana).await;
    let day = ana.post(&format!("{DAY}/entries"), &eat(&own(nested), 1.0, Some(1))).await;
    let day = day.expect(201).json();
    nearly(&day["entries"][0]["grams"], 325.0);
    let protein = 80.0 * 0.135 / 2.0 + 200.0 * 0.0315 + 1.09;
    nearly(&day["totals"]["protein"]["amount"], protein);
    assert_eq!(day["entries"][0]["food"]["source"], "Recipe");

    // What a part becomes, all above it becomes; the day stays.
    let mut changed = oats();
    changed["label"]["lines"][3]["amount"] = json!(20);
    drop(put(&ana, oat, &changed).await.expect(200));
    let later = ana.post("/api/v1/days/2026-11-21/entries", &eat(&own(nested), 1.0, Some(1))).await;
    let later = later.expect(201).json();
    nearly(&later["totals"]["protein"]["amount"], protein + 80.0 * 0.065 / 2.0);
    nearly(&ana.get(DAY).await.expect(200).json()["totals"]["protein"]["amount"], protein);

    let gone = ana.delete(&format!("/api/v1/library/{oat}")).await.expect(409);
    assert!(gone.text.contains("archive"), "{}", gone.text);
    drop(
        ana.patch(&format!("/api/v1/library/{oat}"), &json!({"archived": true})).await.expect(204),
    );
    let library = ana.get("/api/v1/library").await.expect(200).json();
    let archived: Vec<bool> =
        library["foods"].as_array().unwrap().iter().map(|f| f["archived"] == true).collect();
    assert_eq!(archived, [true, false, false], "{library}");
}

#[tokio::test]
async fn a_recipe_that_is_part_of_itself_or_of_nothing_is_refused() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let oat = keep(&ana, &oats()).await;
    let one = keep(&ana, &porridge(oat)).await;
    let two = json!({
        "kind": "recipe", "name": "Two", "portions": 1, "portion_name": "1 piece",
        "parts": [{"food": own(one), "amount": 100}],
    });
    let two = keep(&ana, &two).await;
    let mut around = porridge(oat);
    around["parts"][0] = json!({"food": own(two), "amount": 100});
    assert_eq!(put(&ana, one, &around).await.expect(422).field(), "parts");
    around["parts"][0] = json!({"food": own(one), "amount": 100});
    assert_eq!(put(&ana, one, &around).await.expect(422).field(), "parts");

    let mut missing = porridge(oat);
    missing["parts"][1]["food"] = json!(own(Uuid::now_v7()));
    assert_eq!(put(&ana, Uuid::now_v7(), &missing).await.expect(422).field(), "parts.1.food");
    let mut light = porridge(oat);
    light["cooked_grams"] = json!(20);
    assert_eq!(put(&ana, Uuid::now_v7(), &light).await.expect(422).field(), "cooked_grams");
    // A food of this number does not become a recipe.
    drop(put(&ana, oat, &porridge(one)).await.expect(409));
    let mut bad = oats();
    bad["label"]["lines"][3]["amount"] = json!(120);
    assert_eq!(put(&ana, Uuid::now_v7(), &bad).await.expect(422).field(), "lines.protein");
}

#[tokio::test]
async fn a_preview_says_what_it_would_be_and_keeps_nothing() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let preview = |item: Value| {
        let ana = ana.clone();
        async move { ana.post("/api/v1/library/preview", &item).await.expect(200).json() }
    };
    let food = preview(oats()).await;
    nearly(&food["holds"]["nutrients"]["net_carbs"]["amount"], 58.7);
    let oat = keep(&ana, &oats()).await;
    let recipe = preview(porridge(oat)).await;
    nearly(&recipe["holds"]["portions"][0]["grams"], 225.0);
    assert_eq!(recipe["holds"]["parts"], 2);
    let library = ana.get("/api/v1/library").await.expect(200).json();
    assert_eq!(library["foods"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn numbers_alone_are_an_entry_that_can_be_changed() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let id = Uuid::now_v7();
    let mut quick = json!({
        "id": id, "kind": "food", "group": "lunch", "time": "12:30", "zone": "UTC",
        "quick": {"name": "Canteen", "energy_kcal": 650, "protein_g": 30},
    });
    let day = ana.post(&format!("{DAY}/entries"), &quick).await.expect(201).json();
    nearly(&day["totals"]["energy"]["amount"], 650.0);
    // What was not said is unknown.
    assert!(day["totals"]["fat"].is_null());
    assert_eq!(day["entries"][0]["food"]["source"], "Quick add");

    let path = format!("{DAY}/entries/{id}");
    let change = json!({"quick": {"name": "Canteen", "energy_kcal": 700}});
    let day = ana.patch(&path, &change).await.expect(200).json();
    nearly(&day["totals"]["energy"]["amount"], 700.0);
    assert!(day["totals"]["protein"].is_null());
    let cheese = ana.eat("2026-11-20", BANANA, 50.0).await;
    let banana = ana.patch(&format!("{DAY}/entries/{cheese}"), &change).await.expect(422);
    assert_eq!(banana.field(), "quick");

    quick["id"] = json!(Uuid::now_v7());
    quick["quick"] = json!({"name": "Nothing"});
    assert_eq!(
        ana.post(&format!("{DAY}/entries"), &quick).await.expect(422).field(),
        "energy_kcal"
    );
    quick["quick"] = json!({"name": "Much", "fat_g": -1});
    assert_eq!(ana.post(&format!("{DAY}/entries"), &quick).await.expect(422).field(), "fat_g");
}

#[tokio::test]
async fn a_meal_comes_whole_or_not_at_all_and_a_selection_goes_and_moves() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let oat = keep(&ana, &oats()).await;
    let entries = [eat(&own(oat), 1.0, Some(1)), eat(MILK, 200.0, None), eat(BANANA, 118.0, None)];
    let mut with_a_ghost = entries.to_vec();
    with_a_ghost.push(eat(&own(Uuid::now_v7()), 1.0, None));
    let meal = |entries: &[Value]| json!({ "entries": entries });
    let refused = ana.post(&format!("{DAY}/meals"), &meal(&with_a_ghost)).await.expect(422);
    assert_eq!(refused.field(), "food");
    assert_eq!(ana.get(DAY).await.expect(200).json()["foods"], 0);
    for _ in 0..2 {
        let day = ana.post(&format!("{DAY}/meals"), &meal(&entries)).await.expect(201).json();
        assert_eq!(day["foods"], 3);
    }
    let ids: Vec<&Value> = entries.iter().map(|entry| &entry["id"]).collect();
    let moves = json!({"entries": ids[..2], "to": "2026-11-21", "group": "dinner"});
    for _ in 0..2 {
        let day = ana.post(&format!("{DAY}/moves"), &moves).await.expect(200).json();
        assert_eq!(day["foods"], 1);
    }
    let there = ana.get("/api/v1/days/2026-11-21").await.expect(200).json();
    let groups: Vec<&str> =
        there["entries"].as_array().unwrap().iter().map(|e| e["group"].as_str().unwrap()).collect();
    assert_eq!(groups, ["dinner", "dinner"]);
    let same = json!({"entries": [ids[2]], "to": "2026-11-20", "group": "own2"});
    let day = ana.post(&format!("{DAY}/moves"), &same).await.expect(200).json();
    assert_eq!(day["entries"][0]["group"], "own2");

    let gone = json!({"entries": ids[..2]});
    let day = ana.post("/api/v1/days/2026-11-21/removals", &gone).await.expect(200).json();
    assert_eq!(day["foods"], 0);
    let none = json!({"entries": []});
    assert_eq!(ana.post(&format!("{DAY}/removals"), &none).await.expect(422).field(), "entries");
}

#[tokio::test]
async fn what_was_eaten_lately_and_favourites_are_at_hand() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    ana.eat("2026-11-18", BANANA, 100.0).await;
    ana.eat("2026-11-19", BANANA, 118.0).await;
    ana.eat("2026-11-20", MILK, 200.0).await;
    ana.eat("2026-08-01", "usda-sr28:01009", 30.0).await;
    let eaten = ana.get("/api/v1/eaten?to=2026-11-20").await.expect(200).json();
    let foods: Vec<_> = eaten["foods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["id"].as_str().unwrap(), f["times"].as_u64().unwrap()))
        .collect();
    assert_eq!(foods, [(MILK, 1), (BANANA, 2)]);
    nearly(&eaten["foods"][1]["amount"], 118.0);

    let oat = keep(&ana, &oats()).await;
    for food in [BANANA.to_owned(), own(oat), BANANA.to_owned()] {
        drop(ana.put(&format!("/api/v1/library/favourites/{food}"), &json!({})).await.expect(204));
    }
    drop(ana.put("/api/v1/library/favourites/usda-sr28:99999", &json!({})).await.expect(404));
    let favourites = ana.get("/api/v1/library").await.expect(200).json()["favourites"].clone();
    let named: Vec<&str> =
        favourites.as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    assert_eq!(named, ["Bananas, raw", "Oat flakes"]);
    drop(ana.delete(&format!("/api/v1/library/favourites/{BANANA}")).await.expect(204));
    let favourites = ana.get("/api/v1/library").await.expect(200).json()["favourites"].clone();
    assert_eq!(favourites.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_repeats_comes_into_today_once_and_not_again_when_it_was_removed() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let weekday = usize::try_from(today.weekday().to_monday_zero_offset()).unwrap();
    let mut weekdays = [false; 7];
    weekdays[weekday] = true;
    let oat = keep(&ana, &oats()).await;
    let repeat = json!({
        "kind": "repeat", "group": "breakfast", "time": "07:30", "weekdays": weekdays,
        "parts": [{"food": own(oat), "amount": 1, "portion": 1}, {"food": MILK, "amount": 150}],
    });
    keep(&ana, &repeat).await;
    let mut never = repeat.clone();
    never["weekdays"] = json!([false, false, false, false, false, false, false]);
    assert_eq!(put(&ana, Uuid::now_v7(), &never).await.expect(422).field(), "weekdays");
    let mut other = repeat.clone();
    weekdays = [true; 7];
    weekdays[weekday] = false;
    other["weekdays"] = json!(weekdays);
    keep(&ana, &other).await;

    let day = format!("/api/v1/days/{today}");
    let open = || async {
        let opening = json!({"time": "09:00", "zone": "UTC"});
        ana.post(&format!("{day}/repeats"), &opening).await.expect(200).json()
    };
    let laid = open().await["entries"].as_array().unwrap().clone();
    assert_eq!(laid.len(), 2);
    let shown = ana.get(&day).await.expect(200).json();
    assert_eq!((&shown["foods"], &shown["entries"][0]["time"]), (&json!(2), &json!("07:30")));
    drop(ana.post(&format!("{day}/removals"), &json!({"entries": [laid[0]]})).await.expect(200));
    assert_eq!(open().await["entries"], json!([]));
    assert_eq!(ana.get(&day).await.expect(200).json()["foods"], 1);

    let before = today.checked_sub(jiff::ToSpan::days(7)).unwrap();
    let (path, opening) =
        (format!("/api/v1/days/{before}/repeats"), json!({"time": "09:00", "zone": "UTC"}));
    let late = ana.post(&path, &opening);
    assert_eq!(late.await.expect(422).field(), "date");
}

#[tokio::test]
async fn a_friend_sees_and_writes_the_library_as_it_was_given_and_it_is_in_the_audit() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben) = (server.person("ana").await, server.person("ben").await);
    let oat = keep(&ana, &oats()).await;
    let whole = |scope: &str, access: &str| json!({"scope": scope, "access": access});
    let ben_at_ana = ana.befriend(&ben, &json!([whole("library", "see")])).await;
    let library = ben_at_ana.get("/api/v1/library").await.expect(200).json();
    assert_eq!(library["foods"][0]["name"], "Oat flakes");
    drop(ben_at_ana.get(&format!("/api/v1/foods/{}", own(oat))).await.expect(200));
    let item = format!("/api/v1/library/{oat}");
    drop(ben_at_ana.put(&item, &oats()).await.expect(403));
    drop(ben_at_ana.delete(&item).await.expect(403));
    // Nothing else is there.
    drop(ben_at_ana.get(DAY).await.expect(404));
    drop(ben_at_ana.get("/api/v1/eaten?to=2026-11-20").await.expect(404));

    let carla = server.person("carla").await;
    let parts = json!([whole("food", "write")]);
    let carla_at_ana = ana.befriend(&carla, &parts).await;
    drop(carla_at_ana.get("/api/v1/library").await.expect(404));
    drop(carla_at_ana.get(&format!("/api/v1/foods/{}", own(oat))).await.expect(404));
    let entry = eat(&own(oat), 1.0, Some(1));
    let entries = format!("{DAY}/entries");
    drop(carla_at_ana.post(&entries, &entry).await.expect(404));
    assert_eq!(ana.get(DAY).await.expect(200).json()["foods"], 0);

    let dora = server.person("dora").await;
    let parts = json!([whole("food", "write"), whole("library", "write")]);
    let dora_at_ana = ana.befriend(&dora, &parts).await;
    let day = dora_at_ana.post(&entries, &entry).await.expect(201).json();
    nearly(&day["entries"][0]["grams"], 40.0);
    drop(dora_at_ana.put(&item, &oats()).await.expect(200));
    let admin = server.db.admin().await;
    let rows = admin
        .query(
            "select action, subject from audit.event where owner = $1 and holder = $2
                and action <> 'invitation_accepted' order by seq",
            &[&ana.id, &dora.id],
        )
        .await
        .unwrap();
    let acts: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let acts: Vec<_> = acts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        acts,
        [
            ("looked", "food 2026-11-20"),
            ("looked", "library"),
            ("entry_recorded", "food 2026-11-20"),
            ("looked", "library"),
        ]
    );
}

#[tokio::test]
async fn several_things_are_put_together_or_not_at_all() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let (oat, bowl) = (Uuid::now_v7(), Uuid::now_v7());
    let both = json!({"items": [
        {"id": oat, "item": oats()}, {"id": bowl, "item": porridge(oat)},
    ]});
    let mut torn = both.clone();
    torn["items"][1]["item"]["parts"][0]["food"] = json!(own(Uuid::now_v7()));
    drop(ana.post("/api/v1/library", &torn).await.expect(422));
    assert_eq!(ana.get("/api/v1/library").await.expect(200).json()["foods"], json!([]));
    for _ in 0..2 {
        let library = ana.post("/api/v1/library", &both).await.expect(200).json();
        assert_eq!(library["foods"].as_array().unwrap().len(), 2);
        assert_eq!(library["foods"][1]["version"], 1, "sending it again changes nothing");
    }
}

#[tokio::test]
async fn some_entries_of_a_day_are_summed_alone() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let milk = ana.eat("2026-11-20", MILK, 200.0).await;
    ana.eat("2026-11-20", BANANA, 118.0).await;
    let sums = ana.get(&format!("{DAY}/selection?entries={milk}")).await.expect(200).json();
    assert_eq!(sums["foods"], 1);
    nearly(&sums["totals"]["protein"]["amount"], 6.3);
    assert_eq!(ana.get(&format!("{DAY}/selection?entries=a")).await.expect(422).field(), "entries");
}

#[tokio::test]
async fn a_recipe_is_sent_to_a_friend_as_a_copy_that_nobody_else_reads() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben) = (server.person("ana").await, server.person("ben").await);
    let carla = server.person("carla").await;
    ana.befriend(&ben, &json!([{"scope": "logged", "access": "see"}])).await;
    let line = format!("/api/v1/lines/{}/{}/messages", ana.id, ben.id);
    let file = json!({"@context": "https://schema.org", "@type": "Recipe", "name": "Secret soup"});
    let message = json!({"recipe": file.to_string()});
    // The line goes both ways, and is theirs alone.
    drop(ana.post(&line, &message).await.expect(201));
    drop(ben.post(&line, &message).await.expect(201));
    drop(carla.post(&line, &message).await.expect(404));
    drop(carla.get(&line).await.expect(404));
    let letters = ben.get(&line).await.expect(200).json();
    assert_eq!(letters["letters"][1]["recipe"], json!(file.to_string()));
    assert_eq!(letters["letters"][1]["mine"], false);
    let no_recipe = json!({"recipe": "{\"@type\": \"Person\"}"});
    assert_eq!(ana.post(&line, &no_recipe).await.expect(422).field(), "recipe");
    let long = json!({"@type": "Recipe", "name": "x".repeat(18_501)});
    let long = json!({"recipe": long.to_string()});
    assert_eq!(ana.post(&line, &long).await.expect(422).field(), "recipe");
    let most = json!({"@type": "Recipe", "name": "x".repeat(18_300)});
    let answer = ana.post(&line, &json!({"recipe": most.to_string()})).await;
    drop(answer.expect(201));
}
