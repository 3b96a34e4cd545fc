//! What the index holds of entries, as bytes that only the index reads: kept so that a restart is quick.

use rusqlite::{Transaction, params};

use super::error::doing;
use super::{Error, Store};
use crate::model::{EntryId, StoryId};

/// So many are kept, more than an index holds.
const MOST: i64 = 120_000;

impl Store {
    /// Calls `each` with what the index held of the entries that it took last, at most `limit`, the oldest first, each
    /// with the story that it belongs to now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn held(&self, limit: usize, mut each: impl FnMut(EntryId, StoryId, &[u8])) -> Result<(), Error> {
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare_cached(
                "SELECT h.entry, m.story, h.bytes FROM held h CROSS JOIN membership m ON m.entry = h.entry
                 WHERE h.number > ?1 ORDER BY h.number",
            )?;
            let mut rows = statement.query([self.held_after(limit)?])?;
            while let Some(row) = rows.next()? {
                let story = StoryId::stored(row.get_ref(1)?.as_str()?);
                each(EntryId(row.get(0)?), story, row.get_ref(2)?.as_blob()?);
            }
            Ok(())
        };
        read().map_err(doing("read what the index held of", &self.path))
    }

    /// How many entries [`Store::held`] would find at most.
    ///
    /// # Errors
    /// When the database fails.
    pub fn held_count(&self) -> Result<usize, Error> {
        self.count_held().map_err(doing("read what the index held of", &self.path))
    }

    fn count_held(&self) -> rusqlite::Result<usize> {
        self.connection
            .query_row("SELECT count(*) FROM held", (), |row| row.get::<_, u32>(0).map(|count| count as usize))
    }

    /// The number of the newest entry of those before the last `limit`; 0 where there are none.
    fn held_after(&self, limit: usize) -> rusqlite::Result<i64> {
        if self.count_held()? <= limit {
            return Ok(0);
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let oldest = "SELECT number FROM held ORDER BY number DESC LIMIT 1 OFFSET ?1";
        self.connection.query_row(oldest, [limit], |row| row.get(0))
    }

    /// Replaces all that the index held.
    ///
    /// # Errors
    /// When the database fails; nothing was replaced then.
    pub fn replace_held(&mut self, held: impl IntoIterator<Item = (EntryId, Vec<u8>)>) -> Result<(), Error> {
        let Self { connection, path, .. } = self;
        let replace = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            transaction.execute("DELETE FROM held", ())?;
            for (entry, bytes) in held {
                keep(&transaction, entry, &bytes)?;
            }
            transaction.commit()
        };
        replace().map_err(doing("write what the index holds to", path))
    }
}

/// Keeps what the index holds of an entry, as that of the entry that it took last.
pub(super) fn keep(transaction: &Transaction<'_>, entry: EntryId, bytes: &[u8]) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached("INSERT OR REPLACE INTO held (entry, bytes) VALUES (?1, ?2)")?;
    statement.execute(params![entry.0, bytes])?;
    Ok(())
}

/// Lets go of the oldest, and of entries that lost their text.
pub(super) fn drop_old(transaction: &Transaction<'_>, expired: &[EntryId]) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached("DELETE FROM held WHERE entry = ?1")?;
    for entry in expired {
        statement.execute([entry.0])?;
    }
    transaction.execute(
        "DELETE FROM held WHERE number <= (SELECT number FROM held ORDER BY number DESC LIMIT 1 OFFSET ?1)",
        [MOST],
    )?;
    Ok(())
}
