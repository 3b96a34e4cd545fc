//! Leads and editions of small hand-made stories.

mod timeline;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::voices::{Names, voices};
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
        translations: Vec::new(),
        image_size: None,
        image: None,
    }
}

/// Sources written as `id publisher priority`; `!` before the id means that it cannot lead.
fn sources(lines: &[&str]) -> Sources {
    let source = |line: &&str| {
        let [name, publisher, priority] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let id = SourceId::new(name.trim_start_matches('!')).expect("a name");
        let location = Location::Web(FeedUrl::parse(&format!("https://u:p@{id}.example/feed")).expect("a URL"));
        Source {
            name: Some(format!("The {id}")),
            tags: [Tag::new(&format!("t-{id}")).expect("a name")].into(),
            priority: priority.parse().expect("a number"),
            can_lead: !name.starts_with('!'),
            ..Source::new(id, location, Publisher::new(publisher).expect("a name"))
        }
    };
    by_id(lines.iter().map(source))
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
        archives: 0,
        readers: crate::model::Readers::Everyone,
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
    let none = edition(&spec(), &[] as &[StoryEntries], &sources);
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

const SHIPS: &str = "Four landing ships carried some 1,500 soldiers of a northern special brigade from Chongjin to \
                     Vladivostok last week, the intelligence service in Seoul said on Friday, and published pictures.";
const DRILL: &str = "Satellite images show the units at drill on a range near the harbour, where tents for a thousand \
                     men were put up within days, an institute that reads such images wrote in its weekly letter.";

/// A member of `source`, published at `minute`, that joined for a reason.
fn member(source: &str, minute: i64, text: &str, reason: Reason) -> (Entry, Reason) {
    (Entry { content: Html(format!("<p>{text}</p>")), ..entry(source, minute, 2) }, reason)
}

fn bylined(by: &str, (entry, reason): (Entry, Reason)) -> (Entry, Reason) {
    (Entry { authors: vec![Person { name: Some(by.into()), ..Person::default() }], ..entry }, reason)
}

fn of_members(members: &[(Entry, Reason)]) -> StoryEntries {
    let mut story = story(members.iter().map(|(entry, _)| entry.clone()).collect(), 0);
    let membership = |(entry, reason): &(Entry, Reason)| Membership {
        entry: entry.id,
        reason: *reason,
        score: 1.0,
        evidence: String::new(),
    };
    story.story.members = members.iter().map(membership).collect();
    story
}

#[test]
fn copies_of_an_agency_count_as_the_agency() {
    use Reason::{Event, First, Text};
    let mut sources = sources(&["wire harbour-wire 0", "a a 0", "b b 0", "c c 0", "own own 0"]);
    let wire = sources.get_mut(&SourceId::new("wire").expect("a name")).expect("configured");
    Arc::make_mut(wire).tags = [Tag::new("agency").expect("a name")].into();
    let names = Names::of(&sources);
    let check = |members: &[(Entry, Reason)], expected: &[&str]| {
        let mut members = members.to_vec();
        for _ in 0..members.len() {
            let found = voices(&of_members(&members), &sources, &names);
            let found: Vec<&str> = found.iter().map(Publisher::as_str).collect();
            assert_eq!(found, expected, "{:?}", members.iter().map(|(entry, _)| &entry.key).collect::<Vec<_>>());
            members.rotate_left(1);
        }
    };
    let cut = &SHIPS[..150];
    // Reports of their own.
    check(&[member("a", 1, SHIPS, First), member("b", 2, DRILL, Event)], &["a", "b"]);
    // Copies of the agency's report, and of nobody's.
    check(
        &[member("wire", 1, SHIPS, First), member("a", 2, SHIPS, Text), member("b", 3, cut, Text)],
        &["harbour-wire"],
    );
    check(&[member("a", 1, SHIPS, First), member("b", 2, cut, Text)], &["a"]);
    // The agency's feed was read after the papers that print it.
    check(&[member("a", 1, SHIPS, First), member("wire", 2, SHIPS, Text)], &["harbour-wire"]);
    // A copy and a report of one's own; two texts that are copied.
    let own_report = member("b", 4, "The ministry in the capital would not say where the men are now.", Event);
    check(&[member("wire", 1, SHIPS, First), member("b", 3, cut, Text), own_report], &["b", "harbour-wire"]);
    check(
        &[
            member("wire", 1, SHIPS, First),
            member("a", 2, DRILL, Event),
            member("b", 3, cut, Text),
            member("c", 4, &DRILL[..150], Text),
        ],
        &["a", "harbour-wire"],
    );
    // Credits: in the dateline by the source's name or the publisher's key, in the byline; also without the agency.
    let the_wire = format!("SEOUL, Oct 18 (The wire) - {SHIPS}");
    check(&[member("a", 1, &the_wire, First), member("b", 2, DRILL, Event)], &["b", "harbour-wire"]);
    check(&[member("a", 1, "SEOUL (Harbour Wire) — Ships left.", First)], &["harbour-wire"]);
    check(&[member("a", 1, &the_wire, First), member("b", 2, SHIPS, Text)], &["harbour-wire"]);
    for by in ["Harbour Wire", "Jane Doe (HARBOUR WIRE)", "By Jane Doe, the Wire", "Jane Doe / Harbour-Wire"] {
        check(&[bylined(by, member("a", 1, DRILL, First)), member("b", 2, SHIPS, Event)], &["b", "harbour-wire"]);
    }
    // Others' names, and the desk's own, credit nobody.
    for by in ["Jane Harbour", "Own", "Harbour Wireless", ""] {
        check(&[bylined(by, member("a", 1, "SEOUL (Tide) - Ships left.", First))], &["a"]);
    }
    // The text is gone with age: the earliest report is taken for the one that was copied.
    check(
        &[member("wire", 1, "", First), member("a", 2, "", Text), member("b", 3, DRILL, Event)],
        &["b", "harbour-wire"],
    );
}

#[test]
fn editions_count_copies_as_the_agency() {
    use Reason::{Event, First, Text};
    let sources = sources(&["wire wire 0", "a a 0", "b b 0"]);
    let copied =
        of_members(&[member("wire", 1, SHIPS, First), member("a", 2, SHIPS, Text), member("b", 3, SHIPS, Text)]);
    let reported = of_members(&[member("wire", 4, SHIPS, First), member("a", 5, DRILL, Event)]);
    let stories = [copied, reported];
    let two = edition(&EditionSpec { min_publishers: 2, ..spec() }, &stories, &sources);
    assert_eq!(leads(&two), ["wire-4"]);
    let widest = edition(&EditionSpec { order: Order::Coverage, ..spec() }, &stories, &sources);
    assert_eq!(leads(&widest), ["wire-4", "wire-1"]);
    // Who covers a story is told all the same.
    assert_eq!(widest.pieces[1].covered_by.len(), 2);
}

#[test]
fn a_source_that_sends_a_text_a_thousand_times_takes_no_time_and_no_voice() {
    let sources = sources(&["flood flood 0", "a a 0", "b b 0"]);
    let mut members: Vec<_> = (0..1_500).map(|minute| member("flood", minute, SHIPS, Reason::Text)).collect();
    members.push(member("a", 2_000, DRILL, Reason::Event));
    members.push(member("b", 10, SHIPS, Reason::Text));
    let found = voices(&of_members(&members), &sources, &Names::of(&sources));
    let found: Vec<&str> = found.iter().map(Publisher::as_str).collect();
    assert!(found.contains(&"a") && found.len() == 2, "{found:?}");
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
    assert_eq!(leads(&edition(&spec(), &stories, &Sources::new())), ["a-3", "a-2", "a-1"]);
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
        // The first member's date, whoever leads.
        assert_eq!(piece.published, at(5));
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
    let a = sources.get_mut(&SourceId::new("a").expect("a name")).expect("configured");
    Arc::make_mut(a).name = None;
    assert_eq!(publisher(&entry("a", 1, 1), &sources).1, "a");
    sources.clear();
    assert!(!publisher(&entry("own", 1, 1), &sources).0.is_own());
}

#[test]
fn a_date_from_the_future_is_not_passed_on() {
    let mut late = entry("a", 1, 1);
    late.published = at(600);
    let edition = edition(&spec(), &[story(vec![late], 0)], &Sources::new());
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
