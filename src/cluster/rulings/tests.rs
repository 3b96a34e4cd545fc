//! The promises of rulings: the text of every error, where entries are seated, which moves are planned.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;

use chrono::DateTime;
use url::Url;

use super::*;
use crate::model::{Html, Text};

fn rulings(text: &str) -> Rulings {
    read(text, Path::new("desk/rulings.toml")).unwrap_or_else(|faults| panic!("{faults}"))
}

fn faults(text: &str) -> String {
    match read(text, Path::new("rulings.toml")) {
        Ok(rulings) => panic!("expected a fault in {text:?}, read {rulings:?}"),
        Err(faults) => faults.to_string(),
    }
}

/// The entry of source `wire` at `https://NAME.example/1`.
fn entry(name: &str) -> Entry {
    let source = SourceId::new("wire").expect("a name");
    let link = Url::parse(&format!("https://{name}.example/1")).expect("an address");
    let date = DateTime::UNIX_EPOCH;
    Entry {
        id: EntryId::mint(&source, name),
        source,
        key: name.into(),
        url: Some(text::canonical_url(&link)),
        link: Some(link),
        title: Text(name.into()),
        summary: Html::default(),
        content: Html::default(),
        published: date,
        updated: None,
        seen: date,
        language: None,
        authors: Vec::new(),
        categories: Vec::new(),
        enclosures: Vec::new(),
        translations: Vec::new(),
        image_size: None,
        image: None,
    }
}

fn id(name: &str) -> EntryId {
    entry(name).id
}

fn pair(kind: &str, names: &str) -> String {
    let names: Vec<String> = names.split(' ').map(|name| format!("\"https://{name}.example/1\"")).collect();
    format!("[[{kind}]]\nentries = [{}]\n", names.join(", "))
}

/// Carries out the plan for stories such as `s: a b | t: c`, of which the first are the older, and shows what comes.
fn planned(rulings: &str, stories: &str) -> String {
    let mut rulings = self::rulings(rulings);
    let mut filed: Vec<(StoryId, Vec<String>)> = Vec::new();
    for story in stories.split(" | ") {
        let (id, members) = story.split_once(": ").expect("a story");
        filed.push((StoryId::stored(id), members.split(' ').map(str::to_owned).collect()));
    }
    let named: BTreeMap<EntryId, String> =
        filed.iter().flat_map(|(_, members)| members).map(|name| (id(name), name.clone())).collect();
    for name in named.values() {
        rulings.meet(&entry(name));
    }
    let standings = |filed: &[(StoryId, Vec<String>)]| -> Vec<Standing> {
        let standing = |(number, (story, members)): (usize, &(StoryId, Vec<String>))| Standing {
            story: story.clone(),
            first_seen: DateTime::from_timestamp(number as i64, 0).expect("a time"),
            published: DateTime::UNIX_EPOCH,
            members: members.iter().map(|name| id(name)).collect(),
        };
        filed.iter().enumerate().map(standing).collect()
    };
    for step in rulings.plan(standings(&filed)) {
        let (entries, from, into) = match step {
            Move::Join { entries, from, into, .. } => (entries, from, into),
            Move::Leave { entries, from, .. } => {
                let own = StoryId::stored(&format!("of-{}", named[&entries[0]]));
                filed.push((own.clone(), Vec::new()));
                (entries, from, own)
            }
        };
        let names: Vec<String> = entries.iter().map(|entry| named[entry].clone()).collect();
        for (story, members) in &mut filed {
            if *story == from {
                members.retain(|member| !names.contains(member));
            }
            if *story == into {
                members.extend(names.clone());
            }
        }
    }
    filed.retain(|(_, members)| !members.is_empty());
    assert_eq!(rulings.plan(standings(&filed)), [], "what is in line is not moved: {filed:?}");
    filed.iter().map(|(story, members)| format!("{story}: {}", members.join(" "))).collect::<Vec<_>>().join(" | ")
}

#[test]
fn what_is_together_comes_into_the_oldest_story_with_its_companions() {
    for (rulings, before, after) in [
        (pair("together", "a b"), "s: a b", "s: a b"),
        (pair("together", "a b"), "s: a | t: b", "s: a b"),
        (pair("together", "a b"), "s: x b | t: y a z", "s: x b y a z"),
        (pair("together", "a b") + &pair("together", "b c"), "s: a | t: c", "s: a c"),
        (pair("together", "a b c"), "s: c | t: b | u: a", "s: c b a"),
    ] {
        assert_eq!(planned(&rulings, before), after, "{rulings}");
    }
}

#[test]
fn what_is_apart_leaves_the_story_that_another_joined_first() {
    for (rulings, before, after) in [
        (pair("apart", "a b"), "s: a | t: b", "s: a | t: b"),
        (pair("apart", "a b"), "s: b x a y", "s: b x y | of-a: a"),
        (pair("apart", "a b c"), "s: a b c", "s: a | of-b: b | of-c: c"),
        // Who is together leaves together.
        (pair("apart", "a b") + &pair("together", "b c"), "s: a b x c", "s: a x | of-b: b c"),
    ] {
        assert_eq!(planned(&rulings, before), after, "{rulings}");
    }
}

#[test]
fn a_companion_that_is_apart_does_not_come_along() {
    let rulings = pair("together", "a b") + &pair("apart", "b x");
    assert_eq!(planned(&rulings, "s: a c | t: b x"), "s: a c b | t: x");
    // The older story is not the one to go to when who is apart is in it.
    assert_eq!(planned(&rulings, "t: b x | s: a c"), "t: x | s: a c b");
}

#[test]
fn a_new_entry_is_seated_by_the_stories_of_the_others() {
    let mut rulings = rulings(
        "[[together]]\nentries = [\"https://www.a.example/1/?utm_source=x\", \"wire b\"]\nnote = \"the same landing\"\n\
         \n[[apart]]\nentries = [\"https://b.example/1\", \"https://c.example/1\"]\n",
    );
    for name in ["a", "b", "c"] {
        assert!(rulings.meet(&entry(name)), "{name}");
    }
    assert!(!rulings.meet(&entry("d")));
    let seat = |entry: &str, filed: &[(&str, &str)]| {
        let story_of = |other| {
            let story = filed.iter().find(|(name, _)| id(name) == other).map(|(_, story)| StoryId::stored(story));
            Ok::<_, Infallible>(story)
        };
        rulings.seat(id(entry), story_of).expect("no errors")
    };
    let joined = seat("b", &[("a", "s"), ("c", "t")]);
    assert_eq!(joined.join, Some((StoryId::stored("s"), "the same landing (together, rulings.toml:1)".into())));
    let evidence = "apart, rulings.toml:5".to_owned();
    assert_eq!(joined.avoid, BTreeMap::from([(StoryId::stored("t"), evidence.clone())]));
    // `a` is where `b` is, so what is apart from `b` is apart from `a`.
    assert_eq!(seat("c", &[("a", "s")]).avoid, BTreeMap::from([(StoryId::stored("s"), evidence)]));
    assert_eq!((seat("a", &[]), seat("d", &[("a", "s")])), (Seat::default(), Seat::default()));
    assert!(rulings.parted([id("a"), id("d")]).is_none() && rulings.parted([id("a"), id("d"), id("c")]).is_some());
}

#[test]
fn the_first_ruling_of_the_file_leads() {
    let rulings = rulings("[[lead]]\nentry = \"wire b\"\n[[lead]]\nentry = \"https://a.example/1\"\n");
    let lead = |names: &str| {
        let members: Vec<Entry> = names.split(' ').map(entry).collect();
        rulings.lead(&members).map(|(_, named)| named.iter().map(|entry| entry.key.clone()).collect::<Vec<_>>())
    };
    assert_eq!(lead("c a b"), Some(vec!["b".into()]));
    assert_eq!(lead("c a"), Some(vec!["a".into()]));
    assert_eq!(lead("c"), None);
}

#[test]
fn an_entry_that_is_named_but_not_there_is_not_met() {
    let mut rulings = rulings(&pair("together", "a b"));
    rulings.meet(&entry("b"));
    let met: Vec<bool> = rulings.names().iter().map(|name| rulings.is_met(name)).collect();
    assert_eq!(met, [false, true]);
}

#[test]
fn names_are_read_for_what_they_are() {
    let parse = |text: &str| EntryName::parse(text).map(|name| name.to_string());
    let id = id("a").to_string();
    for (written, read) in [
        ("https://a.example/1", "https://a.example/1"),
        ("  HTTP://a.example/1 ", "HTTP://a.example/1"),
        ("wire  tag:a.example,2024:1", "wire tag:a.example,2024:1"),
        (id.as_str(), id.as_str()),
    ] {
        assert_eq!(parse(written).as_deref(), Ok(read), "{written}");
    }
    for wrong in ["", "4711", "https://", "https://a.example/1 2", "ftp://a.example/1", "tag:a.example,2024:1"] {
        assert!(parse(wrong).is_err_and(|why| why.contains("names no entry")), "{wrong}");
    }
    assert!(EntryName::parse(&format!("https://a.example/{}", "x".repeat(3_000))).is_err());
}

#[test]
fn contradictions_name_both_places() {
    let text = pair("together", "a b")
        + &pair("together", "c b")
        + "[[apart]]\nentries = [\"https://a.example/1\", \"https://www.c.example/1\"]\n"
        + "[[lead]]\nentry = \"https://a.example/1\"\n[[lead]]\nentry = \"https://b.example/1\"\n";
    insta::assert_snapshot!(faults(&text));
}

#[test]
fn what_is_no_ruling_is_said_with_an_example() {
    insta::assert_snapshot!(faults(
        "[[togehter]]\nentries = []\n[[together]]\nentries = [\"https://a.example/1\"]\n[[apart]]\nentires = []\n\
         [[apart]]\nentries = [\"https://a.example/1\", \"https://a.example/1/\", \"4711\"]\n[[lead]]\nentry = 7\n"
    ));
    assert!(faults("[[together]\n").contains("not TOML"));
    assert!(rulings("").list().is_empty());
}
