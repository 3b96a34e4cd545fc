//! Leads and editions of small hand-made stories.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::config::{EditionSpec, LeadRule, Order, Selector};
use crate::model::*;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minute)
}

/// An entry of `source`, published at `minute`; its completeness is 2 (full text) to 0 (bare title).
fn entry(source: &str, minute: i64, completeness: u8) -> Entry {
    let source = SourceId::new(source).expect("a name");
    let key = format!("{source}-{minute}");
    Entry {
        id: EntryId::mint(&source, &key),
        source,
        key,
        link: None,
        url: None,
        title: Text(format!("at {minute}")),
        summary: Html(if completeness == 1 { "<p>s</p>".into() } else { String::new() }),
        content: Html(if completeness == 2 { "<p>c</p>".into() } else { String::new() }),
        published: at(minute),
        updated: None,
        seen: at(minute),
        language: None,
        authors: vec![],
        categories: vec![],
        enclosures: vec![],
        image: None,
    }
}

/// Sources written as `id publisher priority`; `!` before the id means that it cannot lead.
fn sources(lines: &[&str]) -> BTreeMap<SourceId, Source> {
    let source = |line: &&str| {
        let [name, publisher, priority] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let id = SourceId::new(name.trim_start_matches('!')).expect("a name");
        let source = Source {
            id: id.clone(),
            name: Some(format!("The {id}")),
            location: Location::Web(FeedUrl::parse(&format!("https://u:p@{id}.example/feed")).expect("a URL")),
            publisher: Publisher::new(publisher).expect("a name"),
            tags: vec![Tag::new(&format!("t-{id}")).expect("a name")],
            priority: priority.parse().expect("a number"),
            can_lead: !name.starts_with('!'),
        };
        (id, source)
    };
    lines.iter().map(source).collect()
}

fn story(entries: Vec<Entry>, lead: usize) -> StoryEntries {
    let first_seen = entries[0].seen;
    let story = Story {
        id: StoryId::mint("wire.example", &entries[0]),
        lead: entries[lead].id,
        members: vec![],
        first_seen,
        updated: entries.iter().map(|entry| entry.seen).max().expect("members"),
        revision: 1,
    };
    StoryEntries { story, entries }
}

fn spec() -> EditionSpec {
    EditionSpec {
        name: EditionName::new("front").expect("a name"),
        title: "Front".into(),
        description: None,
        include: vec![],
        items: 50,
        per_publisher: None,
        min_publishers: 1,
        order: Order::FirstSeen,
        formats: vec![],
        covered_by: true,
    }
}

fn leads(edition: &Edition) -> Vec<&str> {
    edition.pieces.iter().map(|piece| piece.lead.key.as_str()).collect()
}

#[test]
fn the_first_rule_that_tells_members_apart_decides() {
    use LeadRule::{Complete, Earliest, Own, Priority};
    let sources = sources(&["own own 0", "a a 5", "b b 5", "c c 9", "!d d 99"]);
    let check = |members: &[(&str, i64, u8)], rules: &[LeadRule], expected: Option<&str>| {
        let mut entries: Vec<Entry> = members.iter().map(|(s, m, c)| entry(s, *m, *c)).collect();
        let middle = usize::from(entries.len() > 1);
        for _ in 0..=entries.len() {
            let found = lead(&entries, &sources, rules);
            let key = found.and_then(|id| entries.iter().find(|entry| entry.id == id)).map(|entry| entry.key.as_str());
            assert_eq!(key, expected, "{members:?} by {rules:?}");
            entries.rotate_left(middle);
        }
    };
    check(&[], &[Own], None);
    check(&[("c", 1, 2), ("own", 9, 0)], &[Own, Priority], Some("own-9"));
    check(&[("a", 1, 2), ("c", 2, 0)], &[Own, Priority, Complete], Some("c-2"));
    check(&[("a", 1, 0), ("b", 2, 1)], &[Priority, Complete], Some("b-2"));
    check(&[("a", 1, 1), ("b", 2, 2)], &[Earliest, Complete], Some("a-1"));
    check(&[("a", 3, 2), ("b", 2, 2)], &[], Some("b-2"));
    check(&[("d", 1, 2), ("a", 2, 0)], &[Priority, Earliest], Some("a-2"));
    check(&[("d", 1, 2), ("d", 2, 2)], &[Earliest], Some("d-1"));
    // A source that is no longer configured: priority 0, not own, may lead.
    check(&[("gone", 1, 2), ("a", 2, 0)], &[Own, Priority], Some("a-2"));
    check(&[("gone", 1, 2), ("d", 2, 0)], &[Priority], Some("gone-1"));
}

#[test]
fn an_edition_selects_by_any_member() {
    let sources = sources(&["a a 0", "b b 0"]);
    let stories = [
        story(vec![entry("a", 1, 1), entry("b", 2, 1)], 0),
        story(vec![entry("a", 3, 1)], 0),
        story(vec![entry("gone", 4, 1)], 0),
    ];
    let tag = Selector::Tag(Tag::new("t-b").expect("a name"));
    let selected = edition(&EditionSpec { include: vec![tag], ..spec() }, &stories, &sources);
    assert_eq!(leads(&selected), ["a-1"]);
    assert_eq!(selected.updated, Some(at(2)));
    let all = edition(&spec(), &stories, &sources);
    assert_eq!(leads(&all), ["gone-4", "a-3", "a-1"]);
    let none = edition(&spec(), &[], &sources);
    assert_eq!((none.updated, none.pieces.len()), (None, 0));
}

#[test]
fn publishers_count_once() {
    let sources = sources(&["a1 a 0", "a2 a 0", "b b 0"]);
    let stories = [
        story(vec![entry("a1", 1, 1), entry("a2", 2, 1)], 0),
        story(vec![entry("a1", 3, 1), entry("b", 4, 1)], 0),
        story(vec![entry("a1", 5, 1)], 0),
    ];
    let two = edition(&EditionSpec { min_publishers: 2, ..spec() }, &stories, &sources);
    assert_eq!(leads(&two), ["a1-3"]);
    let widest = edition(&EditionSpec { order: Order::Coverage, ..spec() }, &stories, &sources);
    assert_eq!(leads(&widest), ["a1-3", "a1-5", "a1-1"]);
}

#[test]
fn orders_are_newest_first_and_limits_hold() {
    let sources = sources(&["a a 0", "b b 0", "own own 0"]);
    let stories = [
        story(vec![entry("a", 1, 1), entry("b", 9, 1)], 0),
        story(vec![entry("a", 2, 1), entry("b", 8, 1)], 1),
        story(vec![entry("a", 3, 1)], 0),
        story(vec![entry("own", 4, 1)], 0),
        story(vec![entry("own", 5, 1)], 0),
    ];
    let check = |spec: EditionSpec, expected: &[&str]| {
        assert_eq!(leads(&edition(&spec, &stories, &sources)), expected, "{spec:?}");
        let mut reversed = stories.to_vec();
        reversed.reverse();
        assert_eq!(leads(&edition(&spec, &reversed, &sources)), expected, "{spec:?}, reversed");
    };
    check(spec(), &["own-5", "own-4", "a-3", "b-8", "a-1"]);
    check(EditionSpec { order: Order::Published, ..spec() }, &["b-8", "own-5", "own-4", "a-3", "a-1"]);
    check(EditionSpec { order: Order::Updated, ..spec() }, &["a-1", "b-8", "own-5", "own-4", "a-3"]);
    check(EditionSpec { items: 2, ..spec() }, &["own-5", "own-4"]);
    check(EditionSpec { per_publisher: Some(1), ..spec() }, &["own-5", "own-4", "a-3", "b-8"]);
    check(EditionSpec { per_publisher: Some(0), items: 1, ..spec() }, &["own-5"]);
    check(EditionSpec { items: 0, ..spec() }, &[]);
}

#[test]
fn stories_that_came_at_once_stand_newest_first() {
    let mut stories: Vec<_> = [3, 1, 2].into_iter().map(|minute| story(vec![entry("a", minute, 1)], 0)).collect();
    for story in &mut stories {
        story.story.first_seen = at(9);
    }
    assert_eq!(leads(&edition(&spec(), &stories, &BTreeMap::new())), ["a-3", "a-2", "a-1"]);
}

#[test]
fn coverage_lists_each_other_publisher_once_by_its_earliest() {
    let sources = sources(&["a1 a 0", "a2 a 0", "b1 b 0", "b2 b 0", "c c 0", "own own 0"]);
    let members = vec![
        entry("b1", 5, 1),
        entry("a1", 2, 1),
        entry("a2", 1, 1),
        entry("c", 4, 1),
        entry("b2", 3, 1),
        entry("own", 7, 1),
        entry("own", 8, 1),
        entry("gone", 6, 1),
    ];
    let check = |lead: usize, expected: &[&str]| {
        let edition = edition(&spec(), &[story(members.clone(), lead)], &sources);
        let piece = &edition.pieces[0];
        let listed: Vec<_> = piece.covered_by.iter().map(|c| format!("{} {}", c.entry.key, c.publisher_name)).collect();
        assert_eq!(listed, expected);
        assert_eq!(piece.published, at(5).min(piece.lead.published));
        assert_eq!(piece.updated, at(8));
    };
    check(1, &["b2-3 The b2", "c-4 The c", "gone-6 gone", "own-7 The own", "own-8 The own"]);
    check(5, &["a2-1 The a2", "b2-3 The b2", "c-4 The c", "gone-6 gone", "own-8 The own"]);
}

#[test]
fn a_piece_says_where_its_lead_comes_from() {
    let mut sources = sources(&["a a 0", "own own 0"]);
    let edition = edition(&spec(), &[story(vec![entry("a", 1, 1)], 0), story(vec![entry("own", 2, 1)], 0)], &sources);
    assert_eq!(edition.pieces[1].source_url.as_deref(), Some("https://a.example/feed"));
    assert_eq!(edition.pieces[1].source_title, "The a");
    assert!(edition.pieces[0].publisher.is_own());

    // Without a name, the publisher's key; and a source named `own` that is gone is not the desk.
    sources.get_mut(&SourceId::new("a").expect("a name")).expect("configured").name = None;
    assert_eq!(publisher(&entry("a", 1, 1), &sources).1, "a");
    sources.clear();
    assert!(!publisher(&entry("own", 1, 1), &sources).0.is_own());
}

#[test]
fn a_date_from_the_future_is_not_passed_on() {
    let mut late = entry("a", 1, 1);
    late.published = at(600);
    let edition = edition(&spec(), &[story(vec![late], 0)], &BTreeMap::new());
    assert_eq!(edition.pieces[0].published, at(1));
}

#[test]
fn a_choice_names_the_rule_that_decided_against_the_next_best() {
    use LeadRule::{Earliest, Own, Priority};
    let sources = sources(&["own own 0", "a a 5", "b b 5", "!d d 99"]);
    let check = |members: &[(&str, i64)], rules: &[LeadRule], expected: Option<(&str, Decided)>| {
        let entries: Vec<Entry> = members.iter().map(|(source, minute)| entry(source, *minute, 1)).collect();
        let choice = choice(&entries, &sources, rules).expect("members");
        assert_eq!(Some(choice.lead), lead(&entries, &sources, rules), "{members:?}");
        let key = |id| entries.iter().find(|entry| entry.id == id).map(|entry| entry.key.as_str()).expect("a member");
        assert_eq!(choice.next.map(|(id, decided)| (key(id), decided)), expected, "{members:?} by {rules:?}");
    };
    check(&[("a", 1)], &[Own], None);
    check(&[("a", 1), ("own", 9), ("b", 2)], &[Own, Priority, Earliest], Some(("a-1", Decided::Rule(Own))));
    check(&[("a", 1), ("b", 2)], &[Own, Priority, Earliest], Some(("b-2", Decided::Rule(Earliest))));
    check(&[("a", 1), ("b", 2)], &[Own], Some(("b-2", Decided::Published)));
    check(&[("d", 1), ("b", 2)], &[Earliest], Some(("d-1", Decided::CanLead)));
    assert_eq!(choice(&[], &sources, &[Own]), None);
}
