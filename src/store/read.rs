//! Reads what is remembered.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::error::doing;
use super::rows::{ENTRY, ENTRY_COLUMNS, entry, json, moment, source_id};
use super::{Error, Store};
use crate::model::{Entry, EntryId, Membership, Reason, SourceId, Story, StoryEntries, StoryId};

/// An entry as it was kept, and the story that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The entry.
    pub entry: Entry,
    /// Its story; `None` after it was withdrawn.
    pub story: Option<StoryId>,
    /// Whether its text was dropped with age.
    pub expired: bool,
}

/// How much the store holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries, withdrawn ones left out.
    pub entries: u32,
    /// Stories.
    pub stories: u32,
}

/// What a source has brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holding {
    /// Entries.
    pub entries: u32,
    /// When the desk first had the newest of them.
    pub newest: Option<DateTime<Utc>>,
}

impl Store {
    /// The titles that the feeds of configured sources have.
    ///
    /// # Errors
    /// When the database fails.
    pub fn titles(&self) -> Result<Vec<(SourceId, String)>, Error> {
        let read = || -> rusqlite::Result<_> {
            let sql = "SELECT id, title FROM source WHERE configured = 1 AND title IS NOT NULL";
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.query_map((), |row| Ok((source_id(row, 0)?, row.get(1)?)))?.collect()
        };
        read().map_err(doing("read the titles of", &self.path))
    }

    /// What each source has brought that belongs to a story.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entries_by_source(&self) -> Result<BTreeMap<SourceId, Holding>, Error> {
        let read = || -> rusqlite::Result<_> {
            let mut statement = self.connection.prepare_cached(
                "SELECT e.source, count(*), max(e.seen) FROM entry e JOIN membership m ON m.entry = e.id
                 GROUP BY e.source",
            )?;
            let rows = statement.query_map((), |row| {
                Ok((source_id(row, 0)?, Holding { entries: row.get(1)?, newest: Some(moment(row, 2)?) }))
            })?;
            rows.collect()
        };
        read().map_err(doing("count the entries of", &self.path))
    }

    /// The entry that `source` calls `key`, or calls so since it changed its ids.
    ///
    /// # Errors
    /// When the database fails.
    pub fn known(&self, source: &SourceId, key: &str) -> Result<Option<Known>, Error> {
        let read = || {
            let sql = format!(
                "SELECT {ENTRY}, e.expired, m.story FROM entry e LEFT JOIN membership m ON m.entry = e.id
                 WHERE e.id = coalesce((SELECT id FROM entry WHERE source = ?1 AND key = ?2),
                                       (SELECT entry FROM key_alias WHERE source = ?1 AND key = ?2))"
            );
            let mut statement = self.connection.prepare_cached(&sql)?;
            statement
                .query_row(params![source.as_str(), key], |row| {
                    let story: Option<String> = row.get(ENTRY_COLUMNS + 1)?;
                    let story = story.map(|id| StoryId::stored(&id));
                    Ok(Known { entry: entry(row)?, expired: row.get(ENTRY_COLUMNS)?, story })
                })
                .optional()
        };
        read().map_err(doing("read an entry of", &self.path))
    }

    /// The ids of a source's entries that belong to a story, with the story.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entries_of(&self, source: &SourceId) -> Result<Vec<(EntryId, StoryId)>, Error> {
        let read = || -> rusqlite::Result<_> {
            let mut statement = self.connection.prepare_cached(
                "SELECT e.id, m.story FROM entry e JOIN membership m ON m.entry = e.id WHERE e.source = ?1 ORDER BY e.id",
            )?;
            let rows = statement.query_map([source.as_str()], |row| {
                Ok((EntryId(row.get(0)?), StoryId::stored(&row.get::<_, String>(1)?)))
            })?;
            rows.collect()
        };
        read().map_err(doing("read the entries of", &self.path))
    }

    /// The newest entries by arrival, at most `limit`, oldest first, each with its story: what the index is built of.
    ///
    /// # Errors
    /// When the database fails.
    pub fn latest(&self, limit: usize) -> Result<Vec<(Entry, StoryId)>, Error> {
        let read = || -> rusqlite::Result<Vec<_>> {
            let sql = format!(
                "SELECT {ENTRY}, m.story FROM entry e JOIN membership m ON m.entry = e.id
                 WHERE e.expired = 0 ORDER BY e.seen DESC, e.published DESC, e.id DESC LIMIT ?1"
            );
            let mut statement = self.connection.prepare_cached(&sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement
                .query_map([limit], |row| Ok((entry(row)?, StoryId::stored(&row.get::<_, String>(ENTRY_COLUMNS)?))))?;
            rows.collect()
        };
        let mut latest = read().map_err(doing("read the entries of", &self.path))?;
        latest.reverse();
        Ok(latest)
    }

    /// A story with its members.
    ///
    /// # Errors
    /// When the database fails.
    pub fn story(&self, id: &StoryId) -> Result<Option<StoryEntries>, Error> {
        self.read_story(id).map_err(doing("read a story of", &self.path))
    }

    /// The story that an id stands for: itself, or the one that it was merged into; `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn resolve(&self, id: &StoryId) -> Result<Option<StoryId>, Error> {
        let read = || {
            let mut statement = self.connection.prepare_cached(
                "SELECT id FROM story WHERE id = ?1 UNION ALL SELECT story FROM alias WHERE id = ?1 LIMIT 1",
            )?;
            statement.query_row([id.as_str()], |row| row.get::<_, String>(0)).optional()
        };
        let found = read().map_err(doing("read an alias of", &self.path))?;
        Ok(found.map(|id| StoryId::stored(&id)))
    }

    /// The ids that lead to some stories, each with its story, in the order of the ids.
    ///
    /// # Errors
    /// When the database fails.
    pub fn aliases<'s>(&self, stories: impl Iterator<Item = &'s StoryId>) -> Result<Vec<(StoryId, StoryId)>, Error> {
        let ids: Vec<&str> = stories.map(StoryId::as_str).collect();
        let read = || -> rusqlite::Result<Vec<(StoryId, StoryId)>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT id, story FROM alias WHERE story IN (SELECT value FROM json_each(?1)) ORDER BY id",
            )?;
            let pair = |row: &Row<'_>| {
                Ok((StoryId::stored(&row.get::<_, String>(0)?), StoryId::stored(&row.get::<_, String>(1)?)))
            };
            statement.query_map([json(&ids)?], pair)?.collect()
        };
        read().map_err(doing("read the aliases of stories of", &self.path))
    }

    /// The entries of one source that belong to a story, newest first: what article pages are made of.
    ///
    /// # Errors
    /// When the database fails.
    pub fn published_of(&self, source: &SourceId) -> Result<Vec<Entry>, Error> {
        let read = || -> rusqlite::Result<_> {
            let sql = format!(
                "SELECT {ENTRY} FROM entry e JOIN membership m ON m.entry = e.id
                 WHERE e.source = ?1 AND e.expired = 0 ORDER BY e.published DESC, e.id"
            );
            let mut statement = self.connection.prepare_cached(&sql)?;
            let rows = statement.query_map([source.as_str()], entry)?;
            rows.collect()
        };
        read().map_err(doing("read the articles of", &self.path))
    }

    /// How much the store holds.
    ///
    /// # Errors
    /// When the database fails.
    pub fn counts(&self) -> Result<Counts, Error> {
        let count = || {
            // It takes a walk over all of them, and most polls bring none.
            let version = self.connection.query_row("PRAGMA data_version", (), |row| row.get(0))?;
            if let Some((_, counts)) = self.counted.get().filter(|(counted, _)| *counted == version) {
                return Ok(counts);
            }
            let sql = "SELECT (SELECT count(*) FROM membership), (SELECT count(*) FROM story)";
            let read = |row: &Row<'_>| Ok(Counts { entries: row.get(0)?, stories: row.get(1)? });
            let counts = self.connection.query_row(sql, (), read)?;
            self.counted.set(Some((version, counts)));
            Ok(counts)
        };
        count().map_err(doing("count", &self.path))
    }

    fn read_story(&self, id: &StoryId) -> rusqlite::Result<Option<StoryEntries>> {
        let mut statement =
            self.connection.prepare_cached("SELECT lead, first_seen, updated, revision FROM story WHERE id = ?1")?;
        let story = statement
            .query_row([id.as_str()], |row| {
                Ok(Story {
                    id: id.clone(),
                    lead: EntryId(row.get(0)?),
                    members: Vec::new(),
                    first_seen: moment(row, 1)?,
                    updated: moment(row, 2)?,
                    revision: row.get(3)?,
                })
            })
            .optional()?;
        let Some(mut story) = story else { return Ok(None) };
        let sql = format!(
            "SELECT {ENTRY}, m.reason, m.score, m.evidence FROM membership m JOIN entry e ON e.id = m.entry
             WHERE m.story = ?1 ORDER BY m.position, e.id"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([id.as_str()], |row| {
            let entry = entry(row)?;
            let reason = Reason::from_word(&row.get::<_, String>(ENTRY_COLUMNS)?).unwrap_or(Reason::Event);
            let membership = Membership {
                entry: entry.id,
                reason,
                score: row.get(ENTRY_COLUMNS + 1)?,
                evidence: row.get(ENTRY_COLUMNS + 2)?,
            };
            Ok((membership, entry))
        })?;
        let mut entries = Vec::new();
        for row in rows {
            let (membership, entry) = row?;
            story.members.push(membership);
            entries.push(entry);
        }
        Ok(Some(StoryEntries { story, entries }))
    }
}
