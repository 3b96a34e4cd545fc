//! A story as its own page shows it: every report, and what each said before.

use chrono::{DateTime, Utc};

use super::{Entry, Publisher, Reason, StoryId, Versions};

/// A story and its reports in the order of their publication.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The story's id.
    pub story: StoryId,
    /// The story's last real change.
    pub updated: DateTime<Utc>,
    /// Its reports; one of them leads.
    pub reports: Vec<Report>,
}

impl Timeline {
    /// The report that speaks for the story.
    pub fn lead(&self) -> Option<&Report> {
        self.reports.iter().find(|report| report.leads)
    }
}

/// A member of a story: what it says and said, and why it is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The entry.
    pub entry: Entry,
    /// Its publisher.
    pub publisher: Publisher,
    /// Its publisher's name, for people.
    pub publisher_name: String,
    /// Whether it speaks for the story.
    pub leads: bool,
    /// Whether it joined first. Another that opened a story opened one that became part of this one.
    pub is_first: bool,
    /// The level that put it into the story.
    pub reason: Reason,
    /// How sure that was, 0 to 1.
    pub score: f32,
    /// What it was decided on, for people.
    pub evidence: String,
    /// What it said and says: the kept versions, then its present words. Empty when it always said the same.
    pub versions: Versions,
}
