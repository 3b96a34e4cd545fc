//! Makes the page of a story: who reported it when and why it is one story, and how the reports changed.

mod changes;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::Serialize;

use super::{HTML, Headline, Moment, dir, frame, item, moment, teaser};
use crate::config::Site;
use crate::model::{Reason, Rendered, Report, SitePath, StoryId, Timeline};
use crate::render::{Error, Theme, clean, languages};
use crate::text;

/// So many reports are listed from the beginning of a story, and as many from its end: no reader goes through more,
/// and a page must not grow with a feed that sends ever more of the same.
const MAX_REPORTS_EACH_END: usize = 100;

/// So many characters of the evidence are shown.
const MAX_EVIDENCE_CHARS: usize = 800;

/// Leads from a story's page to the site's root.
const ROOT: &str = "../";

/// Where a story's page stands: made of its id, so that headlines and leads may change.
pub fn story_path(story: &StoryId) -> SitePath {
    SitePath::new(&format!("stories/{}.html", story.slug())).expect("a story's slug is safe in an address")
}

/// The page of a story; `None` when it has no report.
///
/// # Errors
/// When the template fails.
pub fn story(timeline: &Timeline, site: &Site, theme: &Theme) -> Result<Option<Rendered>, Error> {
    #[derive(Serialize)]
    struct StoryPage<'a> {
        lead: Headline,
        updated: Option<Moment>,
        image: Option<String>,
        teaser: String,
        publishers: usize,
        count: usize,
        reports: Vec<Listed<'a>>,
        changes: Vec<changes::Shown<'a>>,
        older_changes: usize,
    }
    let Some(lead) = timeline.lead().or(timeline.reports.first()) else { return Ok(None) };
    let publishers: BTreeSet<_> = timeline.reports.iter().map(|report| &report.publisher).collect();
    let (changes, older_changes) = changes::of(timeline, site);
    let image = lead.entry.image.as_ref();
    let rest = StoryPage {
        lead: headline(lead, site),
        updated: (timeline.updated > lead.entry.published).then(|| moment(timeline.updated)),
        image: image.and_then(|image| clean::web_address(image.as_str())),
        teaser: teaser(&lead.entry),
        publishers: publishers.len(),
        count: timeline.reports.len(),
        reports: listed(&timeline.reports, site),
        changes,
        older_changes,
    };
    let path = story_path(&timeline.story);
    let mut page = frame(item::title(&lead.entry), site, ROOT, rest);
    page.description = Some(teaser(&lead.entry)).filter(|teaser| !teaser.is_empty());
    page.canonical = Some(address(&timeline.story, site));
    let bytes = theme.fill("story.html", &path, page)?;
    Ok(Some(Rendered::new(path, HTML, bytes, Some(timeline.updated))))
}

/// The page that stands at the address of a story that became part of another: it leads on to `to`.
///
/// # Errors
/// When the template fails.
pub fn alias(from: &StoryId, to: &StoryId, site: &Site, theme: &Theme) -> Result<Rendered, Error> {
    #[derive(Serialize)]
    struct AliasPage {
        /// The other story's page, from this one.
        target: String,
    }
    let target = format!("{ROOT}{}", story_path(to));
    let path = story_path(from);
    let mut page = frame("Part of another story".to_owned(), site, ROOT, AliasPage { target });
    page.canonical = Some(address(to, site));
    let bytes = theme.fill("alias.html", &path, page)?;
    Ok(Rendered::new(path, HTML, bytes, None))
}

/// The absolute address of a story's page.
fn address(story: &StoryId, site: &Site) -> String {
    clean::uri(&site.url) + story_path(story).as_str()
}

/// A report in the timeline.
#[derive(Serialize)]
struct Listed<'a> {
    headline: Headline,
    language_name: Option<&'a str>,
    leads: bool,
    /// Why it is in the story, in words.
    why: String,
    evidence: Option<String>,
    /// So many reports before it are not shown.
    left_out: usize,
}

fn listed<'a>(reports: &'a [Report], site: &Site) -> Vec<Listed<'a>> {
    let left_out = reports.len().saturating_sub(MAX_REPORTS_EACH_END * 2);
    let ends = reports
        .iter()
        .enumerate()
        .filter(|(at, _)| *at < MAX_REPORTS_EACH_END || *at >= reports.len().saturating_sub(MAX_REPORTS_EACH_END));
    ends.map(|(at, report)| {
        let evidence = clean::line(&text::clip(&report.evidence, MAX_EVIDENCE_CHARS));
        Listed {
            headline: headline(report, site),
            language_name: item::language(&report.entry, site).map(languages::name),
            leads: report.leads,
            why: why(report),
            // Of the report that opened the story there is nothing to prove.
            evidence: Some(evidence).filter(|evidence| !evidence.is_empty() && !opened(report)),
            left_out: if left_out > 0 && at == MAX_REPORTS_EACH_END + left_out { left_out } else { 0 },
        }
    })
    .collect()
}

/// Whether a report opened the story itself, not one that became part of it.
fn opened(report: &Report) -> bool {
    report.is_first && report.reason == Reason::First
}

/// Why a report is in its story: the words of `wiredesk explain`, as a sentence begins.
fn why(report: &Report) -> String {
    let words = report.reason.in_words(report.score, opened(report));
    let first = words.chars().next().map_or(0, char::len_utf8);
    words[..first].to_uppercase() + &words[first..]
}

fn headline(report: &Report, site: &Site) -> Headline {
    Headline {
        title: item::title(&report.entry),
        link: report.entry.link.as_ref().map(clean::uri),
        language: item::language(&report.entry, site).map(str::to_owned),
        dir: dir(item::language(&report.entry, site), report.entry.title.as_str()),
        publisher: item::publisher_name(&report.publisher, &report.publisher_name, site),
        published: moment(report.entry.published),
    }
}
