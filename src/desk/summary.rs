//! What a cycle came to, for people and for programs.

use std::fmt;

use serde::Serialize;

use crate::model::Diagnosis;

/// What a cycle came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Sources configured, folders of articles included.
    pub sources: usize,
    /// Sources that were asked.
    pub asked: usize,
    /// Of those, how many brought something to read.
    pub read: usize,
    /// Of those, how many had nothing new.
    pub unchanged: usize,
    /// Of those, the ones that failed.
    pub failed: Vec<Failure>,
    /// Sources that were not asked, since their host wants to be left alone.
    pub held: usize,
    /// Documents that hubs sent.
    pub pushed: usize,
    /// Sources that are asked at a new address from now on.
    pub moved: Vec<Moved>,
    /// Entries that are new.
    pub entries_new: usize,
    /// Entries whose text changed.
    pub entries_revised: usize,
    /// Stories that are new.
    pub stories_new: usize,
    /// New entries that joined a story.
    pub merged: usize,
    /// Entries that rulings moved to another story.
    pub refiled: usize,
    /// Entries in the store.
    pub entries: usize,
    /// Stories in the store.
    pub stories: usize,
    /// Whether anything that is published may have changed.
    #[serde(skip)]
    pub changed: bool,
    /// Published files that were written or removed.
    pub files_changed: usize,
    /// Objects in the bucket that were put or removed.
    pub objects_changed: usize,
    /// The addresses to subscribe to.
    pub subscribe: Vec<String>,
}

/// A source that failed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What the source is called.
    pub source: String,
    /// Why, and what to do.
    pub error: String,
    /// What kind of failure it is.
    pub diagnosis: Diagnosis,
    /// How often in a row.
    pub failures: u32,
}

/// A source that moved for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// What the source is called.
    pub source: String,
    /// Its new address.
    pub to: String,
}

impl Summary {
    /// Whether every source that was asked failed.
    pub fn is_total_failure(&self) -> bool {
        self.asked > 0 && self.failed.len() == self.asked
    }

    /// Adds what one more batch came to.
    pub(super) fn add(&mut self, batch: Summary) {
        self.asked += batch.asked;
        self.read += batch.read;
        self.unchanged += batch.unchanged;
        self.failed.extend(batch.failed);
        self.held += batch.held;
        self.pushed += batch.pushed;
        self.moved.extend(batch.moved);
        self.entries_new += batch.entries_new;
        self.entries_revised += batch.entries_revised;
        self.stories_new += batch.stories_new;
        self.merged += batch.merged;
        self.refiled += batch.refiled;
        self.changed |= batch.changed;
    }
}

/// "1 entry", "2 entries".
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

impl fmt::Display for Summary {
    /// A few lines for a terminal; the sources that failed come last, where the eye ends.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = count(self.asked, "source", "sources");
        write!(formatter, "  read     {asked}: {} with news, {} unchanged", self.read, self.unchanged)?;
        writeln!(formatter, ", {} failed", self.failed.len())?;
        write!(formatter, "  entries  {} new, {} revised", self.entries_new, self.entries_revised)?;
        writeln!(formatter, " ({} in all)", self.entries)?;
        write!(formatter, "  stories  {} new, {} merged", self.stories_new, count(self.merged, "entry", "entries"))?;
        writeln!(formatter, " ({} in all)", self.stories)?;
        if self.refiled > 0 {
            writeln!(formatter, "  rulings  {} moved to another story", count(self.refiled, "entry", "entries"))?;
        }
        if self.held > 0 {
            writeln!(
                formatter,
                "  held     {} left alone, as their hosts asked",
                count(self.held, "source", "sources")
            )?;
        }
        if self.pushed > 0 {
            writeln!(formatter, "  pushed   {} by hubs", count(self.pushed, "document", "documents"))?;
        }
        for Moved { source, to } in &self.moved {
            writeln!(formatter, "  moved    {source}: is asked at {to} from now on; make that its `url`")?;
        }
        for Failure { source, error, .. } in &self.failed {
            writeln!(formatter, "  failed   {source}: {error}")?;
        }
        Ok(())
    }
}
