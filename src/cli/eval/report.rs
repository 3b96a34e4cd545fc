//! The measures for people and for programs: rows of entries with their found stories in, text out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::curve::{Point, at_recall};
use super::errors::Errors;
use super::labelled::Labelled;
use super::metrics::{Mean, Measure, Measures, mean, measures};
use super::order::Difference;
use crate::cli::parse::lines::columns;
use crate::model::StoryId;
use crate::text::fold;

/// An entry and the story that was found for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) entry: &'a Labelled,
    pub(super) story: &'a StoryId,
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    /// All entries together.
    #[serde(flatten)]
    pub(super) all: Measures,
    pub(super) entries_per_second: f64,
    /// By set. A set is measured on its own entries alone: what is filed together with another set's does not count.
    pub(super) sets: BTreeMap<&'a str, Measures>,
    pub(super) mean_of_sets: Option<Mean>,
    /// By language, in the same way.
    pub(super) languages: BTreeMap<&'a str, Measures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order: Option<Difference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) curve: Option<Curve>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) errors: Option<Errors>,
}

/// What every threshold gives.
#[derive(Debug, Serialize)]
pub(super) struct Curve {
    pub(super) points: Vec<Point>,
    /// The recall that is asked for.
    pub(super) recall: f64,
}

impl<'a> Report<'a> {
    /// The measures of all entries, of every set and of every language.
    pub(super) fn new(rows: &'a [Row<'a>], entries_per_second: f64) -> Self {
        let each = |groups: BTreeMap<&'a str, Vec<&'a Row<'a>>>| -> BTreeMap<&'a str, Measures> {
            groups.into_iter().map(|(name, rows)| (name, of(rows.into_iter()))).collect()
        };
        let sets = each(grouped(rows, |labelled| &labelled.set));
        let mean_of_sets = mean(&sets.values().copied().collect::<Vec<_>>());
        let languages = each(grouped(rows, |labelled| &labelled.lang));
        Self {
            all: of(rows.iter()),
            entries_per_second: entries_per_second.round(),
            sets,
            mean_of_sets,
            languages,
            order: None,
            curve: None,
            errors: None,
        }
    }

    /// One JSON object.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Tables of at most 80 columns: all entries, then every set and every language where there are several.
    pub(super) fn tables(&self) -> String {
        let head = |out: &mut String, words: [&str; 8]| {
            let [name, entries, truth, found, bcubed, pairwise, filed, mixed] = words;
            let row = format!(
                "{name:<14}{entries:>7}{truth:>6}{found:>6}   {bcubed:<14}  {pairwise:<14} {filed:>6}{mixed:>7}"
            );
            let _ = writeln!(out, "{}", row.trim_end());
        };
        let mut out = String::new();
        head(&mut out, ["", "", "", "", "BCubed", "pairwise", "filed", "mixed"]);
        head(&mut out, ["", "entries", "true", "found", "P    R    F1", "P    R    F1", "wrong", ""]);
        line(&mut out, "all", &self.all);
        if self.sets.len() > 1 {
            for (set, measured) in &self.sets {
                line(&mut out, if set.is_empty() { "(no set)" } else { set }, measured);
            }
            if let Some(mean) = self.mean_of_sets {
                let (name, blank) = ("mean of sets", "");
                figures(
                    &mut out,
                    &format!("{name:<14}{blank:>19}"),
                    mean.bcubed,
                    mean.pairwise,
                    mean.misfiled,
                    mean.mixed,
                );
            }
        }
        if self.languages.len() > 1 {
            for (language, measured) in &self.languages {
                line(&mut out, if language.is_empty() { "(no language)" } else { language }, measured);
            }
        }
        let _ = writeln!(out, "{:.0} entries a second", self.entries_per_second);
        if let Some(order) = &self.order {
            self.order_lines(&mut out, order);
        }
        if let Some(curve) = &self.curve {
            curve.table(&mut out);
        }
        out
    }

    fn order_lines(&self, out: &mut String, order: &Difference) {
        let (now, before) = (self.all.bcubed, order.in_order);
        let _ = writeln!(out, "\nAgainst the order of time");
        let _ = writeln!(out, "  BCubed in order of time   {}", three(before));
        let _ = writeln!(
            out,
            "  difference of this order  {:+.3} {:+.3} {:+.3}",
            now.precision - before.precision,
            now.recall - before.recall,
            now.f1 - before.f1
        );
        let _ = writeln!(out, "  both orders agree         {} (BCubed)", three(order.agreement));
        let _ = writeln!(out, "  with other companions     {:.1} % of the entries", order.moved * 100.0);
    }
}

impl Curve {
    fn table(&self, out: &mut String) {
        let row = |out: &mut String, words: [&str; 7]| {
            let [threshold, bcubed, mean, misfiled, mixed, stories, levels] = words;
            let row =
                format!("{threshold:>9}   {bcubed:<14} {mean:>11} {misfiled:>12} {mixed:>6} {stories:>8}   {levels}");
            let _ = writeln!(out, "{}", row.trim_end());
        };
        out.push('\n');
        row(out, ["threshold", "BCubed P R F1", "F1, of sets", "filed wrong", "mixed", "stories", "level"]);
        for point in &self.points {
            let all = &point.all;
            let (threshold, mean) = (short(f64::from(point.threshold)), short(point.mean_f1));
            let (misfiled, mixed, stories) = (short(all.misfiled), short(all.mixed), all.stories_found.to_string());
            let levels = point.levels.join(" ");
            row(out, [&threshold, &three(all.bcubed), &mean, &misfiled, &mixed, &stories, &levels]);
        }
        let recall = short(self.recall);
        let _ = match at_recall(&self.points, self.recall) {
            Some(point) => writeln!(
                out,
                "Precision at a recall of {recall} and more: {} (threshold {}, recall {})",
                short(point.all.bcubed.precision),
                short(f64::from(point.threshold)),
                short(point.all.bcubed.recall)
            ),
            None => writeln!(out, "No threshold gives a recall of {recall}."),
        };
    }
}

/// The measures of some rows.
pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row<'a>>) -> Measures {
    measures(rows.map(|row| (row.entry.story.as_str(), row.story.as_str())))
}

/// The rows by what their entries have in common.
pub(super) fn grouped<'a>(
    rows: &'a [Row<'a>],
    by: impl Fn(&'a Labelled) -> &'a str,
) -> BTreeMap<&'a str, Vec<&'a Row<'a>>> {
    let mut groups: BTreeMap<&str, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        groups.entry(by(row.entry)).or_default().push(row);
    }
    groups
}

fn line(out: &mut String, name: &str, measured: &Measures) {
    let mut name = fold(name);
    while columns(&name) > 13 {
        name.pop();
    }
    let filled = " ".repeat(14 - columns(&name));
    let head =
        format!("{name}{filled}{:>7}{:>6}{:>6}", measured.entries, measured.stories_true, measured.stories_found);
    figures(out, &head, measured.bcubed, measured.pairwise, measured.misfiled, measured.mixed);
}

fn figures(out: &mut String, head: &str, bcubed: Measure, pairwise: Measure, misfiled: f64, mixed: f64) {
    let _ = writeln!(out, "{head}   {}  {} {:>6}{:>7}", three(bcubed), three(pairwise), short(misfiled), short(mixed));
}

fn three(measure: Measure) -> String {
    format!("{} {} {}", short(measure.precision), short(measure.recall), short(measure.f1))
}

/// A share in four columns: `.932`, `1.00`.
fn short(share: f64) -> String {
    let three = format!("{share:.3}");
    match three.strip_prefix('0') {
        Some(rest) => rest.to_owned(),
        None => three.chars().take(4).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_take_four_columns() {
        for (share, shown) in [(0.0, ".000"), (0.9324, ".932"), (0.9996, "1.00"), (1.0, "1.00")] {
            assert_eq!(short(share), shown);
        }
    }
}
