//! The sample desk merges honestly: measured against what is true of every item.

use std::path::Path;

use crate::world::Place;

fn eval(arguments: &[&str]) -> serde_json::Value {
    let truth = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/samples/truth.jsonl");
    let mut all = vec!["eval", truth.to_str().expect("UTF-8"), "--json"];
    all.extend(arguments);
    let ended = Place::new("").run(&all);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}", ended.out))
}

#[test]
fn stories_of_the_sample_desk_are_found() {
    let figures = eval(&["--lang", "en"]);
    let of = |measure: &str, part: &str| figures[measure][part].as_f64().expect("a figure");
    assert!(of("bcubed", "f1") >= 0.85, "{figures}");
    assert!(of("bcubed", "precision") >= 0.92, "a false merge hides news: {figures}");
    assert!(figures["entries"].as_u64() > Some(100), "{figures}");
}

#[test]
fn the_clusters_can_be_had() {
    let place = Place::new("");
    let truth = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/samples/truth.jsonl");
    let ended = place.run(&["eval", truth.to_str().expect("UTF-8"), "--clusters", "out.jsonl"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let lines = place.read("out.jsonl");
    assert_eq!(lines.lines().count(), std::fs::read_to_string(truth).expect("the truth").lines().count());
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert!(first["id"].is_string() && first["story"].is_string(), "{first}");
}

#[test]
fn a_wrong_line_is_named() {
    let place = Place::new("");
    place.write("in.jsonl", "{\"id\": \"a\"}\n");
    let ended = place.run(&["eval", "in.jsonl"]);
    assert_ne!(ended.code, Some(0));
    assert!(ended.err.contains("in.jsonl") && ended.err.contains('1'), "{}", ended.err);
}
