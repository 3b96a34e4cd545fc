//! Puts entries into stories by hand, and sees which of the stories are taken for one.

use proptest::prelude::*;

use super::{Bridge, Match, bridge};
use crate::cluster::limits::BRIDGE_MEMBERS;
use crate::cluster::tests::{SHIPPED, entry, options, publisher};
use crate::cluster::{Index, find, prepare};
use crate::config::MatchLevel;
use crate::model::{CanonicalUrl, Entry, EntryId, Language, Reason, StoryId, Text};

/// Another report of what [`SHIPPED`] tells.
const DRILL: &str = "Satellite pictures of a range near Vladivostok show some 1,500 soldiers of the special brigade at \
    drill; they had come from Chongjin by sea, the intelligence service in Seoul told lawmakers on Friday.";
const BANK: &str = "The central bank lifted its key rate to 21 percent after inflation ran above the forecast again, and \
    its governor told reporters that more might follow before the end of the year.";

fn story(name: &str) -> StoryId {
    StoryId::stored(name)
}

fn filed(entries: &[(&str, Entry)]) -> Index {
    let mut index = Index::new();
    for (name, entry) in entries {
        index.insert(prepare(entry, &publisher(entry)), &story(name));
    }
    index
}

fn matched(name: &str, reason: Reason, score: f32) -> Match {
    Match { story: story(name), reason, score }
}

fn landed() -> Entry {
    entry("harbour-wire", 0, "Special brigade shipped to Vladivostok", SHIPPED)
}

fn drilling() -> Entry {
    entry("tidewater-post", 3, "Special brigade seen at drill near Vladivostok", DRILL)
}

fn lifted() -> Entry {
    entry("ledger-lane", 3, "Central bank lifts key rate", BANK)
}

/// The entry that bridges: the last of `a`.
fn bridging() -> Entry {
    entry("capital-dispatch", 5, "Brigade from Chongjin lands in Vladivostok and drills", SHIPPED)
}

fn check(what: &str, entries: &[(&str, Entry)], matches: &[Match], expected: Option<&str>) {
    let index = filed(entries);
    let id = entries.iter().rev().find(|(name, _)| *name == "a").expect("an entry that bridges").1.id;
    let found = bridge(&index, id, &story("a"), matches);
    assert_eq!(found.as_ref().map(|found| found.other.as_str()), expected, "{what}: {found:?}");
}

#[test]
fn two_stories_are_one_when_an_entry_and_their_own_words_say_so() {
    let three = [("a", landed()), ("b", drilling()), ("a", bridging())];
    for sure in [Reason::Id, Reason::Url, Reason::Text] {
        check("a sure level", &three, &[matched("b", sure, 1.0)], Some("b"));
    }
    check("probable enough", &three, &[matched("b", Reason::Event, 0.91)], Some("b"));
    check("only enough to join", &three, &[matched("b", Reason::Event, 0.89)], None);
    check("its own story", &three, &[matched("a", Reason::Id, 1.0)], None);
    check("a story that is forgotten", &three, &[matched("gone", Reason::Id, 1.0)], None);

    let unlike = [("a", landed()), ("b", lifted()), ("a", bridging())];
    check("nothing in common", &unlike, &[matched("b", Reason::Url, 1.0)], None);
    let both = [("a", landed()), ("b", lifted()), ("c", drilling()), ("a", bridging())];
    let matches = [matched("b", Reason::Id, 1.0), matched("c", Reason::Event, 0.95)];
    check("the first that stands the test", &both, &matches, Some("c"));

    // What the entry itself says does not count, unless it is all that its story has.
    let tied = entry("capital-dispatch", 5, "Central bank lifts key rate", &format!("{BANK} {SHIPPED}"));
    check(
        "tied by one entry",
        &[("a", landed()), ("b", lifted()), ("a", tied.clone())],
        &[matched("b", Reason::Id, 1.0)],
        None,
    );
    check("alone", &[("b", lifted()), ("a", tied)], &[matched("b", Reason::Id, 1.0)], Some("b"));
}

#[test]
fn what_speaks_against_keeps_stories_apart() {
    let sure = [matched("b", Reason::Id, 1.0)];
    let edition = |hours, body| entry("ticker", hours, "Ukraine says it downed 26 of 48 drones", body);
    let editions = [
        ("a", edition(0, "The air force said it had shot down 26 of 48 drones overnight over Kyiv.")),
        ("b", edition(24, "The air force said it had shot down 26 of 48 drones over Kyiv and Sumy.")),
        ("a", entry("other", 25, "Drones over Kyiv", "The air force shot down 26 of 48 drones over Kyiv.")),
    ];
    check("editions of a series", &editions, &sure, None);

    let live = Entry { title: Text("Live: brigade in Vladivostok".into()), ..drilling() };
    check("a live page", &[("a", landed()), ("b", live), ("a", bridging())], &sure, None);

    let foreign = Entry { language: Language::new("de"), ..drilling() };
    check("no language in common", &[("a", landed()), ("b", foreign), ("a", bridging())], &sure, None);

    let large = |count: usize| {
        let of = |name: &'static str, told: Entry| {
            (0..count)
                .map(move |at| (name, entry(&format!("{name}-{at}"), 0, told.title.as_str(), told.summary.as_str())))
        };
        of("a", landed()).chain(of("b", drilling())).chain([("a", bridging())]).collect::<Vec<_>>()
    };
    check("two that are not too large", &large(BRIDGE_MEMBERS), &sure, Some("b"));
    check("two large ones", &large(BRIDGE_MEMBERS + 1), &sure, None);
}

#[test]
fn an_entry_says_what_else_it_matches() {
    let at = |url: &str, entry: Entry| Entry { url: Some(CanonicalUrl(url.into())), ..entry };
    let keyed = |key: &str, entry: Entry| Entry { key: key.into(), ..entry };
    let index = filed(&[
        ("a", keyed("urn:landing", at("https://a.example/1", landed()))),
        ("b", at("https://b.example/1", drilling())),
        ("c", lifted()),
    ]);
    let others = |entry: &Entry, level| {
        let found = find(&index, &prepare(entry, &publisher(entry)), &options(level)).expect("a story");
        let others = found.others.iter().map(|other| (other.story.to_string(), other.reason));
        (found.story.to_string(), others.collect::<Vec<_>>())
    };
    let a_and_b = keyed("urn:landing", at("https://b.example/1", bridging()));
    assert_eq!(others(&a_and_b, MatchLevel::Id), ("a".into(), vec![]));
    assert_eq!(others(&a_and_b, MatchLevel::Url), ("a".into(), vec![("b".into(), Reason::Url)]));
    // The text of a third story, under the id of the first.
    let copied = |body: &str| keyed("urn:landing", entry("capital-dispatch", 5, "Central bank lifts key rate", body));
    assert_eq!(others(&copied(BANK), MatchLevel::Url), ("a".into(), vec![]));
    assert_eq!(others(&copied(BANK), MatchLevel::Text), ("a".into(), vec![("c".into(), Reason::Text)]));
    // A digest holds the texts of both and is a copy of neither.
    let digest = format!("{SHIPPED} {BANK}");
    assert_eq!(others(&copied(&digest), MatchLevel::Text), ("a".into(), vec![]));
    let digest = Entry { key: "digest".into(), ..copied(&digest) };
    assert_eq!(others(&digest, MatchLevel::Text).1, vec![]);
}

#[test]
fn the_evidence_of_a_bridge_names_the_other_story_and_what_was_asked() {
    let index = filed(&[("a", landed()), ("b", drilling()), ("a", bridging())]);
    let found = |reason, score| {
        let found = bridge(&index, bridging().id, &story("a"), &[matched("b", reason, score)]);
        let Some(Bridge { evidence, .. }) = found else { panic!("no bridge") };
        evidence
    };
    insta::assert_snapshot!(found(Reason::Url, 1.0), @"bridges to “Special brigade seen at drill near Vladivostok” (tidewater-post): same url, the stories 0.64 ≥ 0.10 alike");
    insta::assert_snapshot!(found(Reason::Event, 0.93), @"bridges to “Special brigade seen at drill near Vladivostok” (tidewater-post): 0.93 ≥ 0.90, the stories 0.64 ≥ 0.10 alike");
}

/// What an index holds of a story: members in order, and sums of words.
fn picture(index: &Index, name: &str) -> (Vec<EntryId>, Vec<Vec<(u32, u32)>>) {
    let Some(story) = index.story_named(&story(name)) else { return Default::default() };
    let members = story.members.iter().filter_map(|&slot| index.document(slot)).map(|member| member.entry);
    let sums = story.sums.iter().map(|(_, sum)| sum.iter().map(|summed| (summed.term, summed.weight_256ths)).collect());
    (members.collect(), sums.collect())
}

#[test]
fn a_merged_story_is_as_if_it_had_always_been_one() {
    let german = Entry { language: Language::new("de"), ..lifted() };
    let entries = [("b", drilling()), ("a", landed()), ("b", german), ("c", lifted()), ("a", bridging())];
    let mut merged = filed(&entries);
    merged.merge(&story("b"), &story("a"));
    let together = filed(&entries.clone().map(|(name, entry)| (if name == "c" { name } else { "a" }, entry)));
    assert_eq!(picture(&merged, "a"), picture(&together, "a"));
    assert_eq!(picture(&merged, "b"), Default::default());
    assert_eq!(picture(&merged, "c"), picture(&together, "c"));

    // The place of the loser is free for the next story, and merging what is not there changes nothing.
    merged.merge(&story("b"), &story("a"));
    merged.merge(&story("a"), &story("a"));
    let next = entry("one", 6, "Otters return to the river", "Anglers saw them at dawn.");
    merged.insert(prepare(&next, &publisher(&next)), &story("d"));
    assert_eq!((picture(&merged, "a"), picture(&merged, "d").0), (picture(&together, "a"), vec![next.id]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is merged, every entry is where its story went, and nothing is left when all are gone.
    #[test]
    fn entries_follow_their_story(
        texts in prop::collection::vec("[a-e ]{1,20}", 1..12),
        merges in prop::collection::vec((0..6usize, 0..6usize), 0..10),
    ) {
        let mut index = Index::new();
        let name = |number: usize| story(&number.to_string());
        let mut lives: Vec<usize> = (0..6).collect();
        let entries: Vec<Entry> =
            texts.iter().enumerate().map(|(at, text)| entry("one", at as i64, text, text)).collect();
        for (at, entry) in entries.iter().enumerate() {
            index.insert(prepare(entry, &publisher(entry)), &name(at % 6));
        }
        for (loser, survivor) in merges {
            let (loser, survivor) = (lives[loser], lives[survivor]);
            index.merge(&name(loser), &name(survivor));
            lives.iter_mut().filter(|lives| **lives == loser).for_each(|lives| *lives = survivor);
        }
        for (at, entry) in entries.iter().enumerate() {
            prop_assert_eq!(index.story_of(entry.id), Some(name(lives[at % 6])));
        }
        for entry in &entries {
            index.remove(entry.id);
        }
        prop_assert!(index.is_empty());
        prop_assert!((0..6).all(|number| index.story_named(&name(number)).is_none()));
    }
}
