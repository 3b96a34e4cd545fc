//! Tells a story from its reports: members and their versions in, the timeline out.

use std::collections::BTreeMap;

use super::publisher;
use super::version::version;
use crate::model::{EntryId, Report, Sources, StoryEntries, Timeline, Versions};

/// The timeline of a story: its members in the order of their publication, each with what it said before.
///
/// Takes each member's kept versions out of `kept`.
pub fn timeline(told: StoryEntries, kept: &mut BTreeMap<EntryId, Versions>, sources: &Sources) -> Timeline {
    let StoryEntries { story, entries } = told;
    let members = story.members.into_iter().zip(entries).enumerate();
    let mut reports: Vec<Report> = members
        .map(|(at, (member, entry))| {
            let (publisher, publisher_name) = publisher(&entry, sources);
            let mut versions = kept.remove(&entry.id).unwrap_or_default();
            if let Some((number, _)) = versions.last_key_value() {
                versions.insert(number.saturating_add(1), version(&entry, story.updated));
            }
            Report {
                publisher,
                publisher_name,
                leads: entry.id == story.lead,
                is_first: at == 0,
                reason: member.reason,
                score: member.score,
                evidence: member.evidence,
                versions,
                entry,
            }
        })
        .collect();
    reports.sort_by_key(|report| (report.entry.published, report.entry.id));
    Timeline { story: story.id, updated: story.updated, reports }
}
