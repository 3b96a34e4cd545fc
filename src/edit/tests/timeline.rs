//! What is kept of revised entries, and the timelines that show it.

use super::*;

#[test]
fn an_entry_whose_words_changed_is_kept_as_it_was_and_one_whose_markup_changed_is_not() {
    let before = Entry { summary: Html("<p>In <b>short</b></p>".into()), ..entry("a", 0, 2) };
    let mut after = before.clone();
    after.summary = Html("<p class=\"x\">In short<img src=\"https://a.example/?2\"></p>".into());
    assert_eq!(replaced(&before, &after, at(9)), None);
    for change in [
        |entry: &mut Entry| entry.title = Text("another".into()),
        |entry: &mut Entry| entry.summary = Html("<p>In brief</p>".into()),
        |entry: &mut Entry| entry.content = Html::default(),
    ] {
        let mut after = before.clone();
        change(&mut after);
        let kept = replaced(&before, &after, at(9)).expect("a version");
        assert_eq!((kept.entry, kept.until, &kept.title), (before.id, at(9), &before.title));
        assert_eq!((kept.summary.as_str(), kept.content.as_str()), ("In short", "c"));
    }
}

#[test]
fn of_a_long_text_the_beginning_is_kept() {
    let before = Entry { content: Html("<p>wörd</p>".repeat(1 << 16)), ..entry("a", 0, 2) };
    let after = Entry { title: Text("another".into()), ..before.clone() };
    let kept = replaced(&before, &after, at(9)).expect("a version");
    let length = kept.content.as_str().chars().count();
    assert!((11_000..=12_001).contains(&length), "{length}");
    // What is beyond has no say: a version that looks like the present one tells nobody anything.
    let after = Entry { content: Html(format!("{}<p>more</p>", before.content.as_str())), ..before.clone() };
    assert_eq!(replaced(&before, &after, at(9)), None);
}

#[test]
fn a_timeline_has_the_reports_in_order_of_publication_with_what_they_said_and_say() {
    let sources = sources(&["a alpha 0", "b beta 0"]);
    let mut told = story(vec![entry("b", 5, 2), entry("a", 1, 2), entry("gone", 3, 0)], 1);
    let member = |entry: &Entry| Membership {
        entry: entry.id,
        reason: Reason::Text,
        score: 1.0,
        evidence: format!("evidence of {}", entry.title),
    };
    told.story.members = told.entries.iter().map(member).collect();
    let revised = told.entries[0].clone();
    let earlier = Entry { title: Text("earlier".into()), ..revised.clone() };
    let version = replaced(&earlier, &revised, at(9)).expect("a version");
    let mut kept = std::collections::BTreeMap::from([(revised.id, Versions::from([(3, version.clone())]))]);

    let timeline = timeline(told.clone(), &mut kept, &sources);
    assert!(kept.is_empty());
    assert_eq!((timeline.story, timeline.updated), (told.story.id, told.story.updated));
    let lines: Vec<String> = timeline
        .reports
        .iter()
        .map(|report| {
            format!("{} {} {} {}", report.publisher_name, report.leads, report.evidence, report.versions.len())
        })
        .collect();
    assert_eq!(
        lines,
        ["The a true evidence of at 1 0", "gone false evidence of at 3 0", "The b false evidence of at 5 2"]
    );
    let said: Vec<_> =
        timeline.reports[2].versions.iter().map(|(number, version)| (*number, version.title.as_str())).collect();
    assert_eq!(said, [(3, "earlier"), (4, "at 5")]);
}
