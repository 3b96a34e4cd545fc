//! Shows how a story's reports changed: their versions in, differences word by word out, newest first.

use std::cmp::Reverse;

use serde::Serialize;

use super::{Moment, dir, item, moment};
use crate::config::Site;
use crate::model::{Report, Timeline, Version};
use crate::render::clean;
use crate::text::{Change, Difference, diff};

/// So many changes of one report are shown, and one more from its first version to these: a feed that changes at
/// every poll must not fill the page.
const MAX_CHANGES_EACH: usize = 8;

/// So many changes of a story are shown.
const MAX_CHANGES: usize = 30;

/// A change of a report.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    publisher: String,
    language: Option<&'a str>,
    dir: &'static str,
    when: Moment,
    /// What changed: `headline`, `text`.
    what: String,
    parts: Vec<Part>,
    /// So many versions between the two are not shown.
    between: u32,
}

/// What changed in the headline, or in the text.
#[derive(Serialize)]
struct Part {
    name: &'static str,
    stretches: Vec<Stretch>,
    cut_short: bool,
}

/// A piece of text: unchanged, removed, added, or left out.
#[derive(Serialize)]
struct Stretch {
    change: &'static str,
    /// Whether a blank parts it from what is before it.
    blank: bool,
    text: String,
}

/// Two versions of a report, one after the other.
struct Pair<'a> {
    report: &'a Report,
    before: &'a Version,
    after: &'a Version,
    between: u32,
}

/// The newest changes of a story, and how many older ones there are.
pub(super) fn of<'a>(timeline: &'a Timeline, site: &Site) -> (Vec<Shown<'a>>, usize) {
    let mut pairs: Vec<Pair<'_>> = timeline.reports.iter().flat_map(pairs).collect();
    // A stable sort: of changes at one moment each report's stay in their order.
    pairs.reverse();
    pairs.sort_by_key(|pair| Reverse(pair.before.until));
    let older = pairs.len().saturating_sub(MAX_CHANGES);
    pairs.truncate(MAX_CHANGES);
    (pairs.iter().filter_map(|pair| shown(pair, site)).collect(), older)
}

/// What a report said, and what it said next: the first version and the newest ones.
fn pairs<'a>(report: &'a Report) -> Vec<Pair<'a>> {
    let newest = report.versions.len().saturating_sub(MAX_CHANGES_EACH + 1);
    let chosen = report.versions.iter().enumerate().filter(|(at, _)| *at == 0 || *at >= newest);
    let chosen: Vec<(u32, &'a Version)> = chosen.map(|(_, (number, version))| (*number, version)).collect();
    let next = |two: &[(u32, &'a Version)]| match *two {
        [(first, before), (second, after)] => {
            Some(Pair { report, before, after, between: second.saturating_sub(first).saturating_sub(1) })
        }
        _ => None,
    };
    chosen.windows(2).filter_map(next).collect()
}

/// `None` when nobody would see a difference.
fn shown<'a>(pair: &Pair<'a>, site: &Site) -> Option<Shown<'a>> {
    let Pair { report, before, after, between } = pair;
    let text = match before.body() == after.body() {
        false => part("Text", before.body().as_str(), after.body().as_str()),
        true => part("Summary", before.summary.as_str(), after.summary.as_str()),
    };
    let headline = part("Headline", before.title.as_str(), after.title.as_str());
    let parts: Vec<Part> = [headline, text].into_iter().flatten().collect();
    let names: Vec<String> = parts.iter().map(|part| part.name.to_lowercase()).collect();
    (!parts.is_empty()).then(|| Shown {
        publisher: item::publisher_name(&report.publisher, &report.publisher_name, site),
        language: item::language(&report.entry, site),
        dir: dir(item::language(&report.entry, site), report.entry.title.as_str()),
        when: moment(before.until),
        what: names.join(" and "),
        parts,
        between: *between,
    })
}

fn part(name: &'static str, before: &str, after: &str) -> Option<Part> {
    if before == after {
        return None;
    }
    let Difference { stretches, cut_short } = diff(&clean::line(before), &clean::line(after));
    let stretches: Vec<Stretch> = stretches.into_iter().map(stretch).collect();
    (cut_short || !stretches.is_empty()).then_some(Part { name, stretches, cut_short })
}

fn stretch((change, text): (Change, String)) -> Stretch {
    let change = match change {
        Change::Same => "same",
        Change::Removed => "removed",
        Change::Added => "added",
        Change::Omitted => "omitted",
    };
    Stretch { change, blank: text.starts_with(' '), text: text.trim_start_matches(' ').to_owned() }
}
