//! A long configuration is read in parts: what comes of it is the same.

use super::super::parts::{LONG_BYTES, read_parts};
use super::*;

const EDITION: &str = "[[edition]]\nname = \"front\"\n";

/// Reads a text in parts, whose size must not matter, and as a whole; `None` when it cannot be read in parts.
fn both(text: &str) -> Option<Config> {
    let [one, other] = [1, 1 << 20].map(|part_bytes| read_parts(text, Path::new("desk"), part_bytes));
    assert_eq!(one, other, "whatever the size of a part: {text}");
    if one.is_some() {
        assert_eq!(one, read(text, Path::new("desk/config.toml")).ok(), "as when it is read as a whole: {text}");
    }
    one
}

#[test]
fn sources_are_the_same_wherever_they_stand() {
    let source = |number: u8| format!("[[source]]\nname = \"s{number}\"\nurl = \"https://a.example/{number}\"\n");
    let auth = "[source.auth]\nbearer_env = \"T\"\n[source.headers]\nX = { env = \"E\" }\n";
    let articles = "[[articles]]\ndir = \"own\"\n";
    let [one, two, three] = [1, 2, 3].map(source);
    for text in [
        format!("{one}{two}{three}{EDITION}"),
        format!("store = \"a.db\"\n[site]\nname = \"x\"\n{one}\n# a note\n{EDITION}{two}{auth}{articles}{three}"),
        format!("{one}  tags = [\n  \"a\",\n  \"b\",\n]\r\n{two}{EDITION}{three}"),
    ] {
        let read = both(&text).expect("it is read in parts");
        assert_eq!(read.sources.iter().filter(|source| source.id.as_str().starts_with('s')).count(), 3, "{text}");
    }
}

#[test]
fn what_is_not_plain_or_not_right_is_left_to_reading_it_as_a_whole() {
    let source = "[[source]]\nurl = \"https://a.example/f\"\n";
    for text in [
        // Nothing to read in parts.
        format!("{EDITION}[[articles]]\ndir = \"own\"\n"),
        // Lines within a value.
        format!("{EDITION}title = \"\"\"\n[[source]]\nurl = \"https://b.example/f\"\n[end]\n\"\"\"\n{source}"),
        format!("{source}name = '''\n[[edition]]\nname = \"x\"\n'''\n{EDITION}"),
        format!("{source}tags = [\n[\"a\"],\n]\n{EDITION}"),
        // Sources that are written in another way, too.
        format!("{source}{EDITION}[[ source ]]\nurl = \"https://b.example/f\"\n"),
        format!("{source}{EDITION}[source.auth]\nbearer_env = \"T\"\n"),
        format!("source = []\n{source}{EDITION}"),
        format!("{source}  [[edition]]\nname = \"front\"\n"),
        format!("\u{feff}{source}{EDITION}"),
        // Faults, of one table and of several.
        format!("{source}{source}{EDITION}"),
        format!("{source}urll = 1\n{EDITION}"),
        format!("{source}[[source]]\n{EDITION}"),
        format!("{source}{EDITION}include = [\"tag:none\"]\n"),
        format!("{source}{EDITION}items = \"many\"\n"),
        format!("{source}{EDITION}= 5\n"),
        source.to_owned(),
    ] {
        assert_eq!(both(&text), None, "{text}");
    }
}

#[test]
fn a_fault_in_a_long_configuration_is_shown_where_it_stands() {
    let many: String = (0..20_000)
        .map(|number| format!("[[source]]\nname = \"s{number}\"\nurl = \"https://a.example/{number}\"\n"))
        .collect();
    assert!(many.len() > LONG_BYTES);
    let good = read(&format!("{many}{EDITION}"), Path::new("config.toml")).expect("a good configuration");
    assert_eq!(good.sources.len(), 20_000);
    let wrong = faults(&format!("{many}pirority = 3\n{EDITION}"));
    assert!(wrong.starts_with("config.toml:60001:1: unknown key `pirority` in [[source]]"), "{wrong}");
}
