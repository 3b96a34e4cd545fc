//! Finds the newest stories, in the orders that editions ask for.

use std::cmp::Ordering;

use rusqlite::params;

use super::error::doing;
use super::rows::json;
use super::{Error, Store};
use crate::model::{SourceId, StoryEntries, StoryId};

/// By what the newest stories are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoryOrder {
    /// When the desk first had them, then when their lead was published.
    FirstSeen,
    /// When their lead was published.
    Published,
    /// Their last real change.
    Updated,
}

/// A story in the order of others: the higher ranks first, then by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The story.
    pub story: StoryId,
    /// What the order goes by: milliseconds since 1970.
    pub rank: [i64; 2],
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        other.rank.cmp(&self.rank).then_with(|| self.story.as_str().cmp(other.story.as_str()))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Store {
    /// The newest stories that have a member from one of `sources`, or from any that is configured, at most `limit`,
    /// newest first.
    ///
    /// Stories all of whose members have expired are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stories(
        &self,
        sources: Option<&[SourceId]>,
        order: StoryOrder,
        limit: usize,
    ) -> Result<Vec<StoryEntries>, Error> {
        let stories = self.ranked(sources, order, limit, None)?.into_iter().map(|ranked| self.story(&ranked.story));
        stories.filter_map(Result::transpose).collect()
    }

    /// The ids of [`Self::stories`] with what their order goes by; of no others than `only`, where that is given.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ranked(
        &self,
        sources: Option<&[SourceId]>,
        order: StoryOrder,
        limit: usize,
        only: Option<&[&StoryId]>,
    ) -> Result<Vec<Ranked>, Error> {
        let [first, second] = match order {
            StoryOrder::FirstSeen => ["s.first_seen", "l.published"],
            StoryOrder::Published => ["l.published", "0"],
            StoryOrder::Updated => ["s.updated", "0"],
        };
        let carries = |entry| match sources {
            Some(_) => format!("{entry}.expired = 0 AND {entry}.source IN (SELECT value FROM json_each(?1))"),
            // Without naming them all, which may be many.
            None => format!(
                "{entry}.expired = 0 AND ?1 IS NULL
                 AND EXISTS (SELECT 1 FROM source WHERE id = {entry}.source AND configured = 1)"
            ),
        };
        let asked = match only {
            Some(_) => "s.id IN (SELECT value FROM json_each(?3))",
            None => "?3 IS NULL",
        };
        let read = || -> rusqlite::Result<Vec<Ranked>> {
            // The lead is read for the order already, and is most often one of them.
            let sql = format!(
                "SELECT s.id, {first}, {second} FROM story s JOIN entry l ON l.id = s.lead
                 WHERE {asked} AND (({}) OR EXISTS (SELECT 1 FROM membership m JOIN entry e ON e.id = m.entry
                                                    WHERE m.story = s.id AND {}))
                 ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?2",
                carries("l"),
                carries("e"),
            );
            let mut statement = self.connection.prepare_cached(&sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let names = sources.map(|sources| sources.iter().map(SourceId::as_str).collect::<Vec<&str>>());
            let names = names.map(|names| json(&names)).transpose()?;
            let only = only.map(|only| only.iter().map(|story| story.as_str()).collect::<Vec<&str>>());
            let only = only.map(|only| json(&only)).transpose()?;
            let ranked = statement.query_map(params![names, limit, only], |row| {
                let story = StoryId::stored(&row.get::<_, String>(0)?);
                Ok(Ranked { rank: [row.get(1)?, row.get(2)?], story })
            })?;
            ranked.collect()
        };
        read().map_err(doing("read the stories of", &self.path))
    }
}
