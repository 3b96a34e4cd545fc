//! Finds single entries and the outlines of stories: what rulings and `wiredesk explain` ask for.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::error::doing;
use super::rows::{ENTRY, entry, json, moment};
use super::{Error, Store};
use crate::model::{Entry, EntryId, StoryId};

/// A story without its texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// When the desk first had it.
    pub first_seen: DateTime<Utc>,
    /// When its earliest member was published.
    pub published: DateTime<Utc>,
    /// Its members, in the order in which they joined.
    pub members: Vec<EntryId>,
}

impl Store {
    /// The story of an entry; `None` when the store has neither, or its owner took it back.
    ///
    /// # Errors
    /// When the database fails.
    pub fn story_of(&self, entry: EntryId) -> Result<Option<StoryId>, Error> {
        let read = || {
            let mut statement = self.connection.prepare_cached("SELECT story FROM membership WHERE entry = ?1")?;
            statement.query_row([entry.0], |row| row.get::<_, String>(0)).optional()
        };
        let story = read().map_err(doing("read an entry of", &self.path))?;
        Ok(story.map(|id| StoryId::stored(&id)))
    }

    /// A story without its texts; `None` when there is none of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outline(&self, id: &StoryId) -> Result<Option<Outline>, Error> {
        let read = || -> rusqlite::Result<Option<Outline>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT m.entry, s.first_seen, e.published
                 FROM membership m JOIN story s ON s.id = m.story JOIN entry e ON e.id = m.entry
                 WHERE m.story = ?1 ORDER BY m.position, e.id",
            )?;
            let rows = statement.query_map([id.as_str()], |row| {
                Ok(Outline {
                    members: vec![EntryId(row.get(0)?)],
                    first_seen: moment(row, 1)?,
                    published: moment(row, 2)?,
                })
            })?;
            let mut whole: Option<Outline> = None;
            for row in rows {
                let row = row?;
                match &mut whole {
                    None => whole = Some(row),
                    Some(outline) => {
                        outline.published = outline.published.min(row.published);
                        outline.members.extend(row.members);
                    }
                }
            }
            Ok(whole)
        };
        read().map_err(doing("read a story of", &self.path))
    }

    /// The entries, withdrawn ones left out, whose canonical URL is one of `urls`, which their source calls one of
    /// `keys`, or that have one of `ids`. One pass over all entries.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entries_like(&self, urls: &[&str], keys: &[&str], ids: &[EntryId]) -> Result<Vec<Entry>, Error> {
        let read = || -> rusqlite::Result<Vec<Entry>> {
            let sql = format!(
                "SELECT {ENTRY} FROM entry e
                 WHERE withdrawn = 0 AND (e.url IN (SELECT value FROM json_each(?1))
                    OR e.key IN (SELECT value FROM json_each(?2))
                    OR lower(hex(e.id)) IN (SELECT value FROM json_each(?3)))
                 ORDER BY e.seen, e.published, e.id"
            );
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let mut statement = self.connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params![json(urls)?, json(keys)?, json(&ids)?], entry)?;
            rows.collect()
        };
        read().map_err(doing("look for entries in", &self.path))
    }

    /// The canonical URLs on one host, those of the newest entries first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn urls_on(&self, host: &str, limit: usize) -> Result<Vec<String>, Error> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT url FROM entry WHERE withdrawn = 0 AND substr(url, 1, length(?1)) = ?1
                 ORDER BY seen DESC, published DESC, id LIMIT ?2",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![format!("{host}/"), limit], |row| row.get(0))?;
            rows.collect()
        };
        read().map_err(doing("look for entries in", &self.path))
    }
}
