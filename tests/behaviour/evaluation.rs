//! `wiredesk eval` shows where stories are found well and where not, by set and language, with the worst cases.

use serde_json::{Value, json};

use crate::world::Place;

/// Six entries: two reports of a fire, two of a vote filed a week apart, and two editions of a column.
fn entries() -> String {
    let fire = "Fire crews from four districts fought the blaze at the Marlow paper mill through the night, \
                and police closed the bridge road until the morning.";
    let vote = "The council of Eastport voted to build the tunnel under the harbour, by nine votes to six, \
                after a debate of five hours.";
    let line = |id: &str, day: u32, set: &str, lang: &str, source: &str, title: &str, text: &str, story: &str| {
        json!({ "id": id, "time": format!("2024-10-{day:02}T08:00:00Z"), "set": set, "lang": lang, "source": source,
                "title": title, "text": text, "story": story })
        .to_string()
    };
    [
        line("f1", 1, "fires", "en", "Harbour Wire", "Blaze at Marlow paper mill closes bridge", fire, "fire"),
        line("f2", 1, "fires", "en", "Tidewater Post", "Marlow paper mill burns through the night", fire, "fire"),
        line("v1", 2, "votes", "en", "Harbour Wire", "Eastport council votes for harbour tunnel", vote, "vote"),
        line("v2", 12, "votes", "ja", "Inlet Journal", "港のトンネル建設を市議会が可決、九対六の採決", "", "vote"),
        line("c1", 3, "fires", "en", "Harbour Wire", "Mill fire: what we know of the Marlow blaze", fire, "column"),
        line("c2", 4, "fires", "en", "Echo", "Nothing in common with anything", "", "column"),
    ]
    .join("\n")
}

fn eval(arguments: &[&str]) -> String {
    let place = Place::new("");
    place.write("in.jsonl", entries());
    let ended = place.run(&[&["eval", "in.jsonl"], arguments].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    ended.out
}

fn json_of(arguments: &[&str]) -> Value {
    let out = eval(&[arguments, &["--json"]].concat());
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
}

#[test]
fn every_set_and_language_is_measured() {
    let figures = json_of(&[]);
    assert_eq!(figures["entries"], 6);
    assert_eq!((&figures["sets"]["fires"]["entries"], &figures["sets"]["votes"]["entries"]), (&json!(4), &json!(2)));
    assert_eq!(figures["languages"]["ja"]["entries"], 1);
    let f1 = |set: &str| figures["sets"][set]["bcubed"]["f1"].as_f64().expect("a figure");
    let mean = figures["mean_of_sets"]["bcubed"]["f1"].as_f64().expect("a figure");
    assert!((mean - (f1("fires") + f1("votes")) / 2.0).abs() < 1e-9, "{figures}");
    // The column repeats the report of the fire word for word, and is filed under it.
    assert_eq!(figures["mixed"], 1.0, "{figures}");
    assert!((figures["misfiled"].as_f64().expect("a figure") - 1.0 / 6.0).abs() < 1e-9, "{figures}");
    let table = eval(&[]);
    for row in ["all ", "fires ", "votes ", "mean of sets ", "en ", "ja "] {
        assert!(table.lines().any(|line| line.starts_with(row)), "{row}: {table}");
    }
}

#[test]
fn the_worst_merges_and_splits_are_shown_with_their_reasons() {
    let figures = json_of(&["--errors", "5"]);
    let (merges, splits) = (&figures["errors"]["merges"], &figures["errors"]["splits"]);
    let merge = &merges[0];
    assert_eq!((&merge["entry"]["id"], &merge["pairs"]), (&json!("c1"), &json!(2)), "{merges}");
    assert!(merge["member"]["story"] == "fire" && !merge["evidence"].as_str().unwrap_or_default().is_empty());
    let split = |id: &str| {
        let of = splits.as_array().expect("a list").iter().find(|split| split["entry"]["id"] == id);
        of.unwrap_or_else(|| panic!("{id}: {splits}")).clone()
    };
    assert_eq!(split("v2")["mate"]["id"], "v1");
    assert!(split("c2")["refused"].as_str().is_some_and(|why| !why.is_empty()));

    let shown = eval(&["--errors", "5", "--curve", "--shuffle", "1"]);
    assert!(shown.contains("Worst merges, 1 of 1") && shown.contains("[fire] harbour-wire"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "plain when it is not a terminal: {shown}");
    let wide = |c: char| ('\u{2e80}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ff60}').contains(&c);
    for line in shown.lines() {
        let columns: usize = line.chars().map(|c| if wide(c) { 2 } else { 1 }).sum();
        assert!(columns <= 80, "{columns} columns: {line}");
    }
}

#[test]
fn the_curve_tells_what_another_threshold_would_give() {
    let table = eval(&["--curve", "0.5"]);
    assert!(table.contains("strict") && table.contains("normal") && table.contains("loose"), "{table}");
    assert!(table.contains("Precision at a recall of .500 and more: "), "{table}");
    let figures = json_of(&["--curve", "--threshold", "0.35"]);
    let points = figures["curve"]["points"].as_array().expect("a list");
    let at = |threshold: f64| {
        let near = |point: &&Value| (point["threshold"].as_f64().unwrap_or_default() - threshold).abs() < 0.001;
        points.iter().find(near).unwrap_or_else(|| panic!("{points:?}"))
    };
    assert_eq!(at(0.35)["all"]["bcubed"], figures["bcubed"], "the same path");
    let found = |point: &Value| point["all"]["stories_found"].as_u64();
    assert!(found(at(0.2)) <= found(at(0.95)), "{points:?}");
}

#[test]
fn another_order_of_arrival_is_compared_with_that_of_time() {
    let figures = json_of(&["--shuffle", "3", "--within", "48h", "--batch", "2"]);
    let agreement = figures["order"]["agreement"]["f1"].as_f64().expect("a figure");
    assert!((0.0..=1.0).contains(&agreement) && figures["order"]["in_order"]["f1"].is_number(), "{figures}");
    assert_eq!(json_of(&["--batch", "6"])["order"]["moved"], 0.0, "one batch is in order");
    assert!(eval(&["--batch", "6"]).contains("Against the order of time"));
}

#[test]
fn wrong_arguments_are_named() {
    let place = Place::new("");
    place.write("in.jsonl", entries());
    for arguments in [&["--threshold", "7"][..], &["--match", "perhaps"], &["--batch", "0"], &["--within", "1h"]] {
        let ended = place.run(&[&["eval", "in.jsonl"], arguments].concat());
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.out);
        assert!(ended.err.contains(arguments[0]), "{}", ended.err);
    }
}
