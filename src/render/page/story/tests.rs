//! Whole pages of small hand-made stories, and what holds for any text in them.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::model::*;
use crate::render::tests::{entry, nasty, site, text, when};

fn report(entry: Entry, name: &str, reason: Reason, evidence: &str) -> Report {
    Report {
        publisher: Publisher::new(entry.source.as_str()).expect("a name"),
        publisher_name: name.to_owned(),
        leads: false,
        is_first: reason == Reason::First,
        reason,
        score: 0.874,
        evidence: evidence.to_owned(),
        versions: Versions::new(),
        entry,
    }
}

fn version(entry: &Entry, until: &str, title: &str, body: &str) -> Version {
    Version {
        entry: entry.id,
        until: when(until),
        title: Text(title.to_owned()),
        summary: Text::default(),
        content: Text(body.to_owned()),
    }
}

fn timeline(reports: Vec<Report>) -> Timeline {
    Timeline {
        story: StoryId::stored("tag:wire.example.org,2024-10-18:story/0123456789abcdef"),
        updated: when("2024-10-18T12:00:00Z"),
        reports,
    }
}

/// Three reports in three scripts, of which two were revised.
fn sample() -> Timeline {
    let link = |path: &str| Some(format!("https://{path}"));
    let of = |source: &str, title: &str, path: &str, published: &str, language: &str| {
        let mut entry = entry(source, title, link(path).as_deref(), published);
        entry.language = Language::new(language);
        entry
    };
    let mut lead =
        of("northwire", "3,000 troops <en route> & under way", "north.example/a?x=1&y=2", "2024-10-18T09:30:00Z", "en");
    lead.content = Html("<p>Intelligence says 3,000 go.</p>".into());
    lead.image = url::Url::parse("https://north.example/a.jpg").ok();
    let korean = of("hanguk", "북한군 파병", "hanguk.example/1", "2024-10-18T09:45:00Z", "ko");
    let arabic = of("quiet", "وصل 3000 جندي", "quiet.example/1", "2024-10-18T10:15:00Z", "ar");
    let padding = |from: usize| (from..from + 30).map(|at| format!("w{at}")).collect::<Vec<_>>().join(" ");
    let long = |word: &str| format!("{} {word} soldiers {}", padding(0), padding(30));

    let mut first = report(lead.clone(), "North Wire", Reason::First, "no earlier story is near enough");
    first.leads = true;
    first.versions = Versions::from([
        (1, version(&lead, "2024-10-18T09:40:00Z", "Troops <en route>", &long("some"))),
        (4, version(&lead, "2024-10-18T11:00:00Z", "1,500 troops <en route>", &long("1,500"))),
        (5, version(&lead, "2024-10-18T12:00:00Z", lead.title.as_str(), &long("3,000"))),
    ]);
    let second = report(
        korean,
        "한국통신",
        Reason::Event,
        "0.87 ≥ 0.60: like “Troops <en route>” (northwire), sharing 1500 6.5",
    );
    let mut third = report(arabic.clone(), "Quiet & Co", Reason::Url, "https://quiet.example/1");
    third.versions = Versions::from([
        (1, version(&arabic, "2024-10-18T11:30:00Z", "وصل 1500 جندي", "")),
        (2, version(&arabic, "2024-10-18T12:00:00Z", "وصل 3000 جندي", "")),
    ]);
    timeline(vec![first, second, third])
}

fn page(timeline: &Timeline) -> String {
    text(&story(timeline, &site(), &Theme::default()).expect("it renders").expect("it has reports"))
}

#[test]
fn the_page_of_a_story() {
    let page = story(&sample(), &site(), &Theme::default()).expect("it renders").expect("it has reports");
    assert_eq!(page.path.as_str(), "stories/2024-10-18-0123456789abcdef.html");
    assert_eq!(page.updated, Some(when("2024-10-18T12:00:00Z")));
    assert_eq!(story(&sample(), &site(), &Theme::default()).expect("it renders").as_ref(), Some(&page));
    insta::assert_snapshot!("story", text(&page));
}

#[test]
fn the_page_of_a_story_with_hardly_anything() {
    let bare = entry("gone", "\u{1}", None, "2024-10-18T12:00:00Z");
    insta::assert_snapshot!("bare_story", page(&timeline(vec![report(bare, "gone", Reason::First, "")])));
    assert_eq!(story(&timeline(vec![]), &site(), &Theme::default()).expect("it renders"), None);
}

#[test]
fn every_level_that_joins_a_report_is_said_in_words() {
    for (reason, expected) in [
        (Reason::Id, "<summary>Same id as an earlier report</summary>"),
        (Reason::Url, "<summary>Same address as an earlier report</summary>"),
        (Reason::Text, "<summary>Same text as an earlier report</summary>"),
        (Reason::Event, "<summary>Same event as earlier reports, score 0.87</summary>"),
        (Reason::Ruling, "<summary>Put here by an editor</summary>"),
        (Reason::First, "<p class=\"why\">Opened the story</p>"),
    ] {
        let report = report(entry("a", "Title", None, "2024-10-18T09:30:00Z"), "A", reason, "evidence");
        let page = page(&timeline(vec![report]));
        assert!(page.contains(expected), "{expected}: {page}");
        assert_eq!(page.contains("evidence"), reason != Reason::First, "{page}");
    }
    let opener = report(entry("a", "Title", None, "2024-10-18T09:30:00Z"), "A", Reason::First, "it came with another");
    let page = page(&timeline(vec![Report { is_first: false, ..opener }]));
    assert!(page.contains("<summary>Opened a story that became part of this one</summary>"), "{page}");
    assert!(page.contains("it came with another"), "{page}");
}

#[test]
fn a_story_without_end_has_a_page_with_an_end() {
    let reports = (0..1_000).map(|at| {
        let mut entry = entry("a", &format!("Report {at}."), None, "2024-10-18T09:30:00Z");
        entry.published += TimeDelta::minutes(at);
        let mut report = report(entry, "A", Reason::Event, &"evidence ".repeat(1_000));
        let version =
            |number: u32| (number, version(&report.entry, "2024-10-18T09:40:00Z", &format!("Version {number}."), ""));
        report.versions = (1..=20).map(version).collect();
        report
    });
    let page = page(&timeline(reports.collect()));
    for part in
        ["1000 reports by 1 publisher", "Report 99.", "800 more reports", "Report 900.", "8970 older changes are not"]
    {
        assert!(page.contains(part), "{part}");
    }
    for part in ["Report 100.", "Report 899."] {
        assert!(!page.contains(part), "{part}");
    }
    assert_eq!(page.matches(" changed the headline").count(), 30);
    assert!(page.len() < 1 << 19, "{}", page.len());
}

#[test]
fn of_many_versions_the_first_and_the_newest_are_compared() {
    let mut report = report(entry("a", "Title", None, "2024-10-18T09:30:00Z"), "A", Reason::First, "");
    let until = |number: u32| when("2024-10-18T00:00:00Z") + TimeDelta::minutes(number.into());
    let version = |number: u32| {
        let version = version(&report.entry, "2024-10-18T00:00:00Z", &format!("Version {number}."), "");
        (number, Version { until: until(number), ..version })
    };
    report.versions = (1..=20).map(version).collect();
    let page = page(&timeline(vec![report]));
    let changes: Vec<&str> =
        page.split("Version<del> ").skip(1).map(|rest| rest.split('<').next().unwrap_or_default()).collect();
    assert_eq!(changes, [] as [&str; 0], "blanks stand outside of the marks");
    let changes = page.split("Version <del>").skip(1).filter_map(|rest| rest.split('<').next()).collect::<Vec<_>>();
    assert_eq!(changes, ["19", "18", "17", "16", "15", "14", "13", "12", "1"]);
    assert_eq!(page.matches("10 versions in between are not shown").count(), 1);
}

#[test]
fn a_summary_is_compared_where_the_full_text_stayed() {
    let mut report = report(entry("a", "Title", None, "2024-10-18T09:30:00Z"), "A", Reason::First, "");
    let said = |summary: &str| Version {
        summary: Text(summary.to_owned()),
        ..version(&report.entry, "2024-10-18T09:40:00Z", "Title", "Full text")
    };
    report.versions = Versions::from([(1, said("In short")), (2, said("In brief"))]);
    let page = page(&timeline(vec![report]));
    assert!(page.contains("changed the summary") && page.contains("In <del>short</del> <ins>brief</ins>"), "{page}");
}

#[test]
fn a_story_that_became_part_of_another_leads_on_to_it() {
    let from = StoryId::stored("tag:wire.example.org,2024-10-18:story/0123456789abcdef");
    let to = StoryId::stored("tag:wire.example.org,2024-10-17:story/fedcba9876543210");
    let page = alias(&from, &to, &site(), &Theme::default()).expect("it renders");
    assert_eq!((page.path.as_str(), page.updated), ("stories/2024-10-18-0123456789abcdef.html", None));
    let html = text(&page);
    for part in [
        "<link rel=\"canonical\" href=\"https://wire.example.org/stories/2024-10-17-fedcba9876543210.html\">",
        "<meta http-equiv=\"refresh\" content=\"0; url=../stories/2024-10-17-fedcba9876543210.html\">",
        "<a href=\"../stories/2024-10-17-fedcba9876543210.html\">the page of that story</a>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

/// What is not text in a page: its tags, with the values of their attributes.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag).collect()
}

/// The name of a tag and those of its attributes.
fn shape(tag: &str) -> String {
    tag.split('"').step_by(2).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_a_page(title in nasty(), before in nasty(), body in nasty(), name in nasty(), evidence in nasty()) {
        let mut entry = entry("nasty", "x", Some("https://a.example/"), "2024-10-18T09:30:00Z");
        entry.title = Text(title.clone());
        let mut report = report(entry, &name, Reason::Event, &evidence);
        report.versions = Versions::from([
            (1, version(&report.entry, "2024-10-18T09:40:00Z", &before, &body)),
            (2, version(&report.entry, "2024-10-18T12:00:00Z", &title, "")),
        ]);
        let page = page(&timeline(vec![report]));
        prop_assert_eq!(&page, &clean::characters(&page), "only characters that XML 1.0 allows");
        let known: Vec<String> = tags(&super::tests::page(&sample())).into_iter().map(shape).collect();
        for tag in tags(&page) {
            prop_assert!(known.contains(&shape(tag)), "{}", tag);
        }
    }
}
