//! What editions carried, and the archives that were closed of it: kept as they were published, byte for byte.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::error::doing;
use super::rows::{json, moment};
use super::{Error, Store};
use crate::model::{EditionName, Rendered, StoryId};

/// A document of a closed archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveDocument {
    /// The archive's number in its edition, from 1.
    pub number: u32,
    /// The archive's name.
    pub name: String,
    /// Where the document stands.
    pub path: String,
    /// The last change of what it shows.
    pub updated: DateTime<Utc>,
    /// The document.
    pub bytes: Vec<u8>,
}

/// A story that an edition carried and that no archive has as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The story.
    pub story: StoryId,
    /// Its present revision.
    pub revision: u32,
    /// When the desk last saw a change of it. What its reports say of their dates may lie years before.
    pub changed: DateTime<Utc>,
}

/// An archive that is closed now.
#[derive(Debug)]
pub struct Closing<'a> {
    /// The edition.
    pub edition: &'a EditionName,
    /// One more than that of the last.
    pub number: u32,
    /// The archive's name.
    pub name: String,
    /// Its documents.
    pub documents: &'a [Rendered],
    /// What is in it.
    pub stories: &'a [Waiting],
    /// Documents of the archive before it, as they are from now on.
    pub renewed: &'a [Rendered],
    /// Archives below this number are let go of, and what they held with them.
    pub keep_from: u32,
}

impl Store {
    /// The closed archives of an edition, the first first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn archives(&self, edition: &EditionName) -> Result<Vec<ArchiveDocument>, Error> {
        let read = || -> rusqlite::Result<Vec<ArchiveDocument>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT number, name, path, updated, bytes FROM archive WHERE edition = ?1 ORDER BY number, path",
            )?;
            let rows = statement.query_map([edition.as_str()], |row| {
                let updated = moment(row, 3)?;
                Ok(ArchiveDocument {
                    number: row.get(0)?,
                    name: row.get(1)?,
                    path: row.get(2)?,
                    updated,
                    bytes: row.get(4)?,
                })
            })?;
            rows.collect()
        };
        read().map_err(doing("read the archives of", &self.path))
    }

    /// Notes that an edition carries these stories.
    ///
    /// # Errors
    /// When the database fails; nothing was noted then.
    pub fn carry<'s>(
        &mut self,
        edition: &EditionName,
        stories: impl Iterator<Item = &'s StoryId>,
    ) -> Result<(), Error> {
        let ids: Vec<&str> = stories.map(StoryId::as_str).collect();
        let write = || -> rusqlite::Result<usize> {
            self.connection.execute(
                "INSERT OR IGNORE INTO carried (edition, story, revision, archive)
                 SELECT ?1, value, 0, NULL FROM json_each(?2)
                 WHERE NOT EXISTS (SELECT 1 FROM carried c WHERE c.edition = ?1 AND c.story = value)",
                params![edition.as_str(), json(&ids)?],
            )
        };
        write().map(drop).map_err(doing("write", &self.path))
    }

    /// What waits for an archive: stories that the edition carried and that are new or were revised since their last
    /// archive, by their last change.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(&self, edition: &EditionName) -> Result<Vec<Waiting>, Error> {
        let read = || -> rusqlite::Result<Vec<Waiting>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT s.id, s.revision, max(s.first_seen, s.updated) AS changed
                 FROM carried c JOIN story s ON s.id = c.story JOIN entry l ON l.id = s.lead
                 WHERE c.edition = ?1 AND s.revision > c.revision ORDER BY changed, l.published, s.id",
            )?;
            let rows = statement.query_map([edition.as_str()], |row| {
                let story = StoryId::stored(&row.get::<_, String>(0)?);
                Ok(Waiting { story, revision: row.get(1)?, changed: moment(row, 2)? })
            })?;
            rows.collect()
        };
        read().map_err(doing("read what waits for an archive of", &self.path))
    }

    /// Stories in archives of an edition that are no more, and not because they became part of another.
    ///
    /// # Errors
    /// When the database fails.
    pub fn taken_back(&self, edition: &EditionName) -> Result<Vec<StoryId>, Error> {
        let read = || -> rusqlite::Result<Vec<StoryId>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT c.story FROM carried c WHERE c.edition = ?1
                    AND NOT EXISTS (SELECT 1 FROM story s WHERE s.id = c.story)
                    AND NOT EXISTS (SELECT 1 FROM alias a WHERE a.id = c.story)
                 ORDER BY c.story",
            )?;
            let rows = statement.query_map([edition.as_str()], |row| Ok(StoryId::stored(&row.get::<_, String>(0)?)))?;
            rows.collect()
        };
        read().map_err(doing("read the archives of", &self.path))
    }

    /// Keeps archives without the stories that were taken back.
    ///
    /// # Errors
    /// When the database fails; nothing was written then.
    pub fn take_out(&mut self, edition: &EditionName, stories: &[StoryId], renewed: &[&Rendered]) -> Result<(), Error> {
        let Self { connection, path, .. } = self;
        let mut write = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            for story in stories {
                transaction.execute(
                    "DELETE FROM carried WHERE edition = ?1 AND story = ?2",
                    params![edition.as_str(), story.as_str()],
                )?;
            }
            for document in renewed {
                transaction.execute(
                    "UPDATE archive SET bytes = ?2 WHERE path = ?1",
                    params![document.path.as_str(), &document.bytes[..]],
                )?;
            }
            transaction.commit()
        };
        write().map_err(doing("write", path))
    }

    /// Closes an archive.
    ///
    /// # Errors
    /// When the database fails; nothing was written then.
    pub fn close_archive(&mut self, closing: &Closing<'_>) -> Result<(), Error> {
        let Self { connection, path, .. } = self;
        let edition = closing.edition.as_str();
        let mut write = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            for document in closing.documents {
                transaction.execute(
                    "INSERT OR REPLACE INTO archive (edition, number, name, path, updated, bytes)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        edition,
                        closing.number,
                        closing.name,
                        document.path.as_str(),
                        document.updated.unwrap_or_default().timestamp_millis(),
                        &document.bytes[..],
                    ],
                )?;
            }
            for document in closing.renewed {
                transaction.execute(
                    "UPDATE archive SET bytes = ?2 WHERE path = ?1",
                    params![document.path.as_str(), &document.bytes[..]],
                )?;
            }
            for Waiting { story, revision, .. } in closing.stories {
                transaction.execute(
                    "UPDATE carried SET revision = ?3, archive = ?4 WHERE edition = ?1 AND story = ?2",
                    params![edition, story.as_str(), revision, closing.number],
                )?;
            }
            let old = params![edition, closing.keep_from];
            transaction.execute("DELETE FROM archive WHERE edition = ?1 AND number < ?2", old)?;
            transaction.execute("DELETE FROM carried WHERE edition = ?1 AND archive < ?2", old)?;
            // What became part of another story before it came into an archive waits for nothing.
            transaction.execute(
                "DELETE FROM carried WHERE edition = ?1 AND archive IS NULL
                    AND EXISTS (SELECT 1 FROM alias a WHERE a.id = carried.story)",
                [edition],
            )?;
            transaction.commit()
        };
        write().map_err(doing("write", path))
    }
}
