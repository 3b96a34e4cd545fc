//! The measures for people and for programs: rows of entries with their found stories in, text out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::labelled::Labelled;
use super::metrics::{Measure, Measures, measures};
use crate::model::StoryId;

/// An entry and the story that was found for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) entry: &'a Labelled,
    pub(super) story: &'a StoryId,
}

#[derive(Serialize)]
struct Summary {
    entries: usize,
    stories_true: usize,
    stories_found: usize,
    entries_per_second: f64,
    bcubed: Measure,
    pairwise: Measure,
}

/// One JSON object with the measures of all entries.
pub(super) fn json(rows: &[Row<'_>], entries_per_second: f64) -> String {
    let all = of(rows.iter());
    let summary = Summary {
        entries: all.entries,
        stories_true: all.stories_true,
        stories_found: all.stories_found,
        entries_per_second: entries_per_second.round(),
        bcubed: all.bcubed,
        pairwise: all.pairwise,
    };
    serde_json::to_string(&summary).unwrap_or_default()
}

/// A table: all entries, then every set and every language where there are several.
pub(super) fn table(rows: &[Row<'_>], entries_per_second: f64) -> String {
    let mut table = format!(
        "{:<16}{:>8}{:>8}{:>8}   {:<22}{:<22}\n{:<16}{:>8}{:>8}{:>8}   {:<22}{:<22}\n",
        "",
        "entries",
        "true",
        "found",
        "BCubed",
        "pairwise",
        "",
        "",
        "stories",
        "stories",
        "P     R     F1",
        "P     R     F1"
    );
    line(&mut table, "all", &of(rows.iter()));
    let sets = grouped(rows, |labelled| &labelled.set);
    if sets.len() > 1 {
        let mut sum = 0.0;
        for (set, rows) in &sets {
            let measured = of(rows.iter().copied());
            sum += measured.bcubed.f1;
            line(&mut table, set, &measured);
        }
        let _ = writeln!(table, "{:<16}BCubed F1, mean over the sets: {:.3}", "", sum / sets.len() as f64);
    }
    let languages = grouped(rows, |labelled| &labelled.lang);
    if languages.len() > 1 {
        for (language, rows) in &languages {
            line(&mut table, if language.is_empty() { "(no language)" } else { language }, &of(rows.iter().copied()));
        }
    }
    let _ = write!(table, "{entries_per_second:.0} entries a second");
    table
}

fn of<'a>(rows: impl Iterator<Item = &'a Row<'a>>) -> Measures {
    measures(rows.map(|row| (row.entry.story.as_str(), row.story.as_str())))
}

fn grouped<'a>(rows: &'a [Row<'a>], by: impl Fn(&'a Labelled) -> &'a str) -> BTreeMap<&'a str, Vec<&'a Row<'a>>> {
    let mut groups: BTreeMap<&str, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        groups.entry(by(row.entry)).or_default().push(row);
    }
    groups
}

fn line(table: &mut String, name: &str, measured: &Measures) {
    let three = |measure: Measure| format!("{:.3} {:.3} {:.3}", measure.precision, measure.recall, measure.f1);
    let _ = writeln!(
        table,
        "{:<16}{:>8}{:>8}{:>8}   {:<22}{}",
        name,
        measured.entries,
        measured.stories_true,
        measured.stories_found,
        three(measured.bcubed),
        three(measured.pairwise),
    );
}
