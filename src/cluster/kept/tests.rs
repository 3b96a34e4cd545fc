//! A restored index is the one that was kept.

use super::*;
use crate::cluster::tests::{SHIPPED, entry, options, publisher};
use crate::cluster::{find, prepare};
use crate::config::MatchLevel;
use crate::model::{CanonicalUrl, Entry, Language};

fn entries() -> Vec<Entry> {
    let mut entries = vec![
        entry("harbour-wire", 0, "Seoul: 1,500 northern soldiers shipped to Vladivostok", SHIPPED),
        entry("capital-dispatch", 2, "Northern brigade is in Russia, says Seoul", SHIPPED),
        entry("markets", 3, "Markets briefing: shares rise", "Shares rose 2.5% on Friday in Frankfurt."),
        entry("tageblatt", 4, "1500 nordkoreanische Soldaten in Wladiwostok", "Das meldet der Geheimdienst in Seoul."),
        entry("ticker", 5, "", ""),
    ];
    entries[3].language = Language::new("de");
    entries[1].url = Some(CanonicalUrl("https://capital.example/2024/brigade".to_owned()));
    entries[3].translations = vec![CanonicalUrl("capital.example/2024/brigade".to_owned())];
    entries[0].image = url::Url::parse("https://pictures.example/brigade.jpg").ok();
    entries[2].key = "markets-7".to_owned();
    entries
}

/// Files entries as the desk does.
fn filed(entries: &[Entry]) -> Index {
    let mut index = Index::new();
    for (at, entry) in entries.iter().enumerate() {
        let prepared = prepare(entry, &publisher(entry));
        let found = find(&index, &prepared, &options(MatchLevel::Normal)).map(|found| found.story);
        index.insert(prepared, &found.unwrap_or_else(|| StoryId::stored(&format!("story {at}"))));
    }
    index
}

fn restored(index: &Index, entries: &[Entry]) -> Index {
    let mut again = Index::new();
    for entry in entries {
        let bytes = index.keep(entry.id).expect("held");
        let story = index.story_of(entry.id).expect("in a story");
        let who = |name: &str| (name == entry.source.as_str()).then(|| (entry.source.clone(), publisher(entry)));
        again.restore(entry.id, &bytes, &story, who).expect("restored");
    }
    again
}

#[test]
fn nothing_is_lost() {
    let entries = entries();
    let index = filed(&entries);
    assert_eq!(index.story_of(entries[1].id), index.story_of(entries[0].id), "a copy");
    let again = restored(&index, &entries);
    for entry in &entries {
        assert_eq!(again.keep(entry.id), index.keep(entry.id), "{}", entry.title);
        let prepared = prepare(entry, &publisher(entry));
        let options = options(MatchLevel::Loose);
        assert_eq!(find(&again, &prepared, &options), find(&index, &prepared, &options), "{}", entry.title);
    }
    assert_eq!(again.log_total(), index.log_total());
}

#[test]
fn what_is_damaged_adds_nothing() {
    let entries = entries();
    let index = filed(&entries);
    let bytes = index.keep(entries[0].id).expect("held");
    let mut again = Index::new();
    let story = StoryId::stored("story");
    let who = |_: &str| Some((entries[0].source.clone(), publisher(&entries[0])));
    for end in 0..bytes.len() {
        assert_eq!(again.restore(entries[0].id, &bytes[..end], &story, who), Err(Stale));
    }
    let mut other = bytes.clone();
    other[0] ^= 1;
    assert_eq!(again.restore(entries[0].id, &other, &story, who), Err(Stale), "another version's");
    assert_eq!(again.restore(entries[0].id, &bytes, &story, |_| None), Err(Stale), "of nobody");
    for (fingerprints, masked) in [(70_000, 0), (0, 70_000), (40_000, 40_000)] {
        let kept: Kept<'_> = postcard::from_bytes(&bytes).expect("what was kept");
        let kept = Kept { fingerprints: vec![1; fingerprints], masked: vec![1; masked], ..kept };
        let long = postcard::to_allocvec(&kept).expect("bytes");
        assert_eq!(again.restore(entries[0].id, &long, &story, who), Err(Stale), "longer than any that was kept");
    }
    assert!(again.is_empty());
}

#[test]
fn whoever_changes_what_is_read_out_of_a_text_raises_the_layout() {
    let entries = entries();
    let index = filed(&entries);
    let kept: Vec<u8> =
        entries.iter().filter_map(|entry| index.keep(entry.id)).flat_map(|kept| kept[4..].to_vec()).collect();
    // With another sum here goes another LAYOUT.
    assert_eq!((LAYOUT, xxhash_rust::xxh3::xxh3_64(&kept)), (2, 12_914_597_133_870_567_744));
}
