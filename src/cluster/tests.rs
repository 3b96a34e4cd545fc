//! Tells the stage small pieces of news and sees where it files them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::config::{MatchLevel, Stories};
use crate::model::{CanonicalUrl, Entry, EntryId, Html, Language, Publisher, SourceId, Text};

pub(super) fn start() -> DateTime<Utc> {
    "2024-10-18T08:00:00Z".parse().expect("a time")
}

/// An entry of `source` so many hours after the start, under a key made of its title and time.
pub(super) fn entry(source: &str, hours: i64, title: &str, body: &str) -> Entry {
    let source = SourceId::new(source).expect("a name");
    let key = format!("{title} {hours}");
    let published = start() + TimeDelta::hours(hours);
    Entry {
        id: EntryId::mint(&source, &key),
        source,
        key,
        link: None,
        url: None,
        title: Text(title.to_owned()),
        summary: Html(body.to_owned()),
        content: Html::default(),
        published,
        updated: None,
        seen: published,
        language: Language::new("en"),
        authors: Vec::new(),
        categories: Vec::new(),
        enclosures: Vec::new(),
        translations: Vec::new(),
        image_size: None,
        image: None,
    }
}

pub(super) fn options(match_level: MatchLevel) -> Stories {
    Stories { match_level, window: Duration::from_secs(72 * 3600), lead: Vec::new() }
}

pub(super) fn publisher(entry: &Entry) -> Publisher {
    Publisher::new(entry.source.as_str()).expect("a name")
}

/// Files entries one after the other, and says for each which entry opened its story, and why.
fn file(level: MatchLevel, entries: &[Entry]) -> Vec<(usize, Reason)> {
    let mut index = Index::new();
    let mut openers: Vec<StoryId> = Vec::new();
    let mut filed = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let prepared = prepare(entry, &publisher(entry));
        let found = find(&index, &prepared, &options(level));
        let (story, reason) = match found {
            Some(found) => (found.story, found.reason),
            None => (StoryId::stored(&format!("story {at}")), Reason::First),
        };
        openers.push(StoryId::stored(&format!("story {at}")));
        filed.push((openers.iter().position(|opener| *opener == story).expect("a story that was opened"), reason));
        index.insert(prepared, &story);
    }
    filed
}

fn check(level: MatchLevel, entries: &[Entry], expected: &[(usize, Reason)]) {
    assert_eq!(file(level, entries), expected, "{:?}", entries.iter().map(|e| &e.title.0).collect::<Vec<_>>());
}

pub(super) const SHIPPED: &str = "Four landing ships carried some 1,500 soldiers of a northern special brigade from Chongjin to \
    Vladivostok last week, the intelligence service in Seoul said on Friday, and published satellite pictures of them.";

fn shipped() -> Entry {
    entry("harbour-wire", 0, "Seoul: 1,500 northern soldiers shipped to Vladivostok", SHIPPED)
}

#[test]
fn the_same_event_from_two_outlets_is_one_story() {
    let rewrite = entry(
        "tidewater-post",
        5,
        "Special brigade landed in Vladivostok, Seoul spies say",
        "Satellite pictures show northern soldiers at drill after a crossing from Chongjin, according to South \
         Korean intelligence. It puts their number at 1,500.",
    );
    check(MatchLevel::Normal, &[shipped(), rewrite.clone()], &[(0, Reason::First), (0, Reason::Event)]);
    check(MatchLevel::Text, &[shipped(), rewrite.clone()], &[(0, Reason::First), (1, Reason::First)]);
    let late = Entry { published: start() + TimeDelta::hours(80), ..rewrite };
    check(MatchLevel::Normal, &[shipped(), late], &[(0, Reason::First), (1, Reason::First)]);
}

#[test]
fn neighbouring_events_stay_apart() {
    let confirmed = entry(
        "harbour-wire",
        60,
        "Alliance confirms northern soldiers are in Kursk",
        "The secretary general told reporters in Brussels that units had reached the border region.",
    );
    let minister = entry(
        "northgate-news",
        70,
        "Foreign minister flies to Vladivostok on her way to Moscow",
        "Choe Son Hui was met at the airport by the governor of the territory and will travel on by train.",
    );
    let unrelated =
        entry("ticker", 1, "Central bank lifts key rate to 21 percent", "Inflation runs above the forecast.");
    check(
        MatchLevel::Normal,
        &[shipped(), unrelated, confirmed, minister],
        &[(0, Reason::First), (1, Reason::First), (2, Reason::First), (3, Reason::First)],
    );
}

#[test]
fn a_syndicated_copy_survives_headline_byline_and_cut() {
    let copy = entry(
        "capital-dispatch",
        3,
        "Troops on the way, intelligence agency in Seoul believes",
        &format!("By STAFF REPORTERS. SEOUL (Harbour Wire) — {}", &SHIPPED[..150]),
    );
    check(MatchLevel::Text, &[shipped(), copy.clone()], &[(0, Reason::First), (0, Reason::Text)]);
    check(MatchLevel::Url, &[shipped(), copy], &[(0, Reason::First), (1, Reason::First)]);
}

#[test]
fn a_page_of_boilerplate_is_no_copy() {
    let boilerplate = "You have read your last free article of this month. Subscribe today for full access to our \
        local news, sports and obituaries, or log in if you already have an account with the paper.";
    let entries = [
        entry("echo-one", 0, "Bakery wins pie contest", boilerplate),
        entry("echo-two", 2, "Council rejects harbour tunnel", boilerplate),
    ];
    check(MatchLevel::Text, &entries, &[(0, Reason::First), (1, Reason::First)]);
}

#[test]
fn an_id_counts_across_sources_only_when_it_is_a_uri() {
    let keyed = |source, key: &str, title| Entry { key: key.into(), ..entry(source, 0, title, "") };
    let two = |key| [keyed("one", key, "Alpha bravo"), keyed("two", key, "Charlie delta")];
    let together = [(0, Reason::First), (0, Reason::Id)];
    let apart = [(0, Reason::First), (1, Reason::First)];
    for uri in ["https://a.example/?p=7", "tag:a.example,2024:7", "urn:uuid:7b1f3a9e"] {
        check(MatchLevel::Id, &two(uri), &together);
        check(MatchLevel::Off, &two(uri), &apart);
    }
    for own in ["7", "https://a.example/", "post-7", ""] {
        check(MatchLevel::Id, &two(own), &apart);
    }
}

#[test]
fn an_id_counts_within_a_publisher() {
    let one = Entry { key: "7".into(), ..entry("house-world", 0, "Alpha bravo", "") };
    let two = Entry { key: "7".into(), ..entry("house-asia", 0, "Charlie delta", "") };
    let house = Publisher::new("house").expect("a name");
    let mut index = Index::new();
    index.insert(prepare(&one, &house), &StoryId::stored("story"));
    let found = find(&index, &prepare(&two, &house), &options(MatchLevel::Id)).expect("a match");
    assert_eq!((found.story.as_str(), found.reason), ("story", Reason::Id));
}

#[test]
fn an_address_is_one_story_unless_a_publisher_sends_everything_there() {
    let at = |source, hours, url: &str, title| {
        let url = Some(CanonicalUrl(url.into()));
        Entry { url, ..entry(source, hours, title, "") }
    };
    let page = "https://a.example/page";
    check(
        MatchLevel::Url,
        &[at("one", 0, page, "Live: storm nears the coast"), at("two", 300, page, "A picture worth seeing")],
        &[(0, Reason::First), (0, Reason::Url)],
    );
    check(
        MatchLevel::Url,
        &[at("one", 0, page, "Live: storm nears the coast"), at("one", 30, page, "Live: storm reaches the coast")],
        &[(0, Reason::First), (0, Reason::Url)],
    );
    for (url, title) in [(page, "Episode nine, on bees"), ("https://a.example/", "A picture worth seeing")] {
        check(
            MatchLevel::Url,
            &[at("one", 0, url, "Live: storm nears the coast"), at("one", 30, url, title)],
            &[(0, Reason::First), (1, Reason::First)],
        );
    }
}

#[test]
fn editions_of_a_series_stay_apart() {
    let day = |day: i64, title: &str, body: &str| entry("ticker", day * 24, title, body);
    let series = [
        day(
            0,
            "Ukraine says it downed 26 of 48 drones",
            "The air force said it had shot down 26 of 48 drones overnight.",
        ),
        day(
            1,
            "Ukraine says it downed 33 of 62 drones",
            "The air force said it had shot down 33 of 62 drones overnight.",
        ),
        day(
            1,
            "Markets close: Nikkei up as yen stays soft",
            "Tokyo shares rose, Seoul's Kospi edged up, Hong Kong fell.",
        ),
        day(2, "Markets close: Seoul slips before results", "Tokyo shares rose, Seoul's Kospi fell, Hong Kong fell."),
        day(2, "Morning briefing", "Drones over Kyiv, floods in Spain, and a budget."),
        day(3, "Morning briefing", "Floods in Spain, a missile, and a budget."),
    ];
    let apart: Vec<_> = (0..series.len()).map(|at| (at, Reason::First)).collect();
    check(MatchLevel::Loose, &series, &apart);
}

#[test]
fn words_meet_in_scripts_without_blanks() {
    let written =
        |source, hours, title: &str| Entry { language: Language::new("ja"), ..entry(source, hours, title, "") };
    check(
        MatchLevel::Normal,
        &[
            written("one", 0, "北朝鮮の崔善姫外相がウラジオストク到着、モスクワ訪問へ"),
            written("two", 2, "崔善姫外相、ウラジオストクに到着 モスクワ訪問前に"),
            written("three", 3, "日銀が金融政策の維持を決定"),
        ],
        &[(0, Reason::First), (0, Reason::Event), (2, Reason::First)],
    );
}

#[test]
fn the_evidence_is_one_readable_line() {
    let mut index = Index::new();
    index.insert(prepare(&shipped(), &Publisher::own()), &StoryId::stored("story"));
    let rewrite =
        entry("tidewater-post", 5, "Special brigade landed in Vladivostok, Seoul spies say", "From Chongjin.");
    let found = find(&index, &prepare(&rewrite, &Publisher::own()), &options(MatchLevel::Normal)).expect("a match");
    insta::assert_snapshot!(found.evidence, @"0.98 ≥ 0.60: like “Seoul: 1,500 northern soldiers shipped to Vladivostok” (harbour-wire), sharing brigad 6.5, vladivostok 6.5, chongjin 6.5, land 5.1, seoul 4.9, special 4.6");
}

#[test]
fn a_revised_text_replaces_the_old_one() {
    let mut index = Index::new();
    let first = entry("one", 0, "Alpha bravo charlie", "");
    let revised = Entry { title: Text("Delta echo foxtrot".into()), ..first.clone() };
    let (old, new) = (StoryId::stored("old"), StoryId::stored("new"));
    index.insert(prepare(&first, &Publisher::own()), &old);
    index.insert(prepare(&revised, &Publisher::own()), &new);
    assert_eq!((index.len(), index.story_of(first.id)), (1, Some(new.clone())));
    let like = |title| {
        let entry = entry("two", 1, title, "");
        find(&index, &prepare(&entry, &publisher(&entry)), &options(MatchLevel::Loose)).map(|found| found.story)
    };
    assert_eq!(like("Alpha bravo charlie"), None);
    assert_eq!(like("Delta echo foxtrot"), Some(new));
    index.remove(first.id);
    assert!(index.is_empty() && index.story_of(first.id).is_none());
}

proptest! {
    /// Whatever goes in and out, nothing is left behind and nothing panics.
    #[test]
    fn an_emptied_index_finds_nothing(
        texts in prop::collection::vec(("[a-e ]{0,12}", "\\PC{0,60}", 0..4usize), 1..12),
    ) {
        let mut index = Index::new();
        let mut ids = Vec::new();
        for (at, (title, body, story)) in texts.iter().enumerate() {
            let entry = entry("one", at as i64, title, body);
            let prepared = prepare(&entry, &Publisher::own());
            find(&index, &prepared, &options(MatchLevel::Loose));
            index.insert(prepared, &StoryId::stored(&story.to_string()));
            ids.push(entry.id);
        }
        for id in ids {
            index.remove(id);
        }
        prop_assert!(index.is_empty());
        let again = entry("two", 0, &texts[0].0, &texts[0].1);
        prop_assert_eq!(find(&index, &prepare(&again, &Publisher::own()), &options(MatchLevel::Loose)), None);
    }
}

#[test]
fn a_name_does_not_grow_common_because_everybody_reports_the_one_event() {
    let rarity = |stories: &[&str]| {
        let mut index = Index::new();
        for (at, story) in stories.iter().enumerate() {
            let told = entry(&format!("outlet-{at}"), 0, "Cormorant ferry aground", "");
            index.insert(prepare(&told, &publisher(&told)), &StoryId::stored(story));
        }
        let word = prepare(&entry("outlet", 0, "Cormorant", ""), &publisher(&entry("outlet", 0, "", ""))).terms[0];
        let id = index.vocabulary.id(word.hash).expect("a known word");
        index.log_total() - index.vocabulary.log_commonness(id)
    };
    let one_event = rarity(&["a"; 8]);
    let eight_events = rarity(&["a", "b", "c", "d", "e", "f", "g", "h"]);
    assert!(one_event > eight_events + 1.0, "{one_event} and {eight_events}");
}

/// The Korean and the English page of one publisher, which share no word, name or number.
fn translated(link: impl Fn(&mut Entry, &mut Entry)) -> [Entry; 2] {
    let mut english = entry("harbour-wire", 0, "Quiet hopes on the eve of it", "Nobody slept much.");
    let mut korean = entry("harbour-wire", 2, "전날 밤의 조용한 바람", "아무도 깊이 잠들지 못했다.");
    korean.language = Language::new("ko");
    english.url = Some(CanonicalUrl("harbour.example/en/eve".to_owned()));
    korean.url = Some(CanonicalUrl("harbour.example/ko/eve".to_owned()));
    link(&mut english, &mut korean);
    [english, korean]
}

#[test]
fn a_publisher_says_which_pages_are_translations() {
    let page = |page: &str| vec![CanonicalUrl(page.to_owned())];
    let joined = [(0, Reason::First), (0, Reason::Url)];
    let apart = [(0, Reason::First), (1, Reason::First)];
    check(MatchLevel::Url, &translated(|_, _| {}), &apart);
    check(MatchLevel::Url, &translated(|_, korean| korean.translations = page("harbour.example/en/eve")), &joined);
    check(MatchLevel::Url, &translated(|english, _| english.translations = page("harbour.example/ko/eve")), &joined);
    let third = |english: &mut Entry, korean: &mut Entry| {
        english.translations = page("harbour.example/ja/eve");
        korean.translations = page("harbour.example/ja/eve");
    };
    check(MatchLevel::Url, &translated(third), &joined);
    check(MatchLevel::Id, &translated(third), &apart);
    let of_another = |_: &mut Entry, korean: &mut Entry| {
        korean.source = SourceId::new("stranger").expect("a name");
        korean.translations = page("harbour.example/en/eve");
    };
    check(MatchLevel::Url, &translated(of_another), &apart);
    let in_one_language = |_: &mut Entry, korean: &mut Entry| {
        korean.language = Language::new("en");
        korean.translations = page("harbour.example/en/eve");
    };
    check(MatchLevel::Url, &translated(in_one_language), &apart);
}

#[test]
fn a_shared_link_or_picture_speaks_for_one_event_across_languages() {
    let report = |source: &str, hours, language: &str, title: &str, body: &str| {
        let mut entry = entry(source, hours, title, body);
        entry.language = Language::new(language);
        entry
    };
    let told = |with: &dyn Fn(&mut Entry, &mut Entry)| {
        let mut english = report("harbour-wire", 0, "en", "Ferry sinks off Chile", "Crew blamed by inquiry.");
        let mut german = report("nordlandbote", 3, "de", "Chile: Mannschaft in der Kritik", "Bericht liegt vor.");
        with(&mut english, &mut german);
        let mut index = Index::new();
        index.insert(prepare(&english, &publisher(&english)), &StoryId::stored("ferry"));
        let prepared = prepare(&german, &publisher(&german));
        let found = foreign::candidates(&index, &prepared, 72 * 3600);
        found.first().map_or(0.0, |candidate| candidate.score)
    };
    let alone = told(&|_, _| {});
    let link = |entry: &mut Entry, href: &str| entry.summary.0.push_str(&format!(" <a href=\"{href}\">more</a>"));
    let linked = told(&|english, german| {
        link(english, "https://inquiry.example/report-31?utm_source=hw");
        link(german, "https://inquiry.example/report-31");
    });
    assert!(linked > alone + 0.1, "{alone} {linked}");
    let front_door = told(&|english, german| {
        link(english, "https://inquiry.example/");
        link(german, "https://inquiry.example/");
    });
    assert_eq!(front_door, alone);
    let pictured = told(&|english, german| {
        let picture = |width: u32| url::Url::parse(&format!("https://pictures.example/ferry.jpg?w={width}")).ok();
        (english.image, german.image) = (picture(240), picture(1024));
    });
    assert!(pictured > alone + 0.1, "{alone} {pictured}");
}
