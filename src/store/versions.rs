//! What entries said before they were revised: kept within bounds, read in one query.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};

use super::error::doing;
use super::rows::{json, moment};
use super::{Error, Store};
use crate::model::{EntryId, Text, Version, Versions};

/// So many versions of an entry are kept. A live report is revised some dozen times; a feed that puts the hour into
/// its texts is revised for ever, and nobody reads that.
const MAX_VERSIONS: usize = 20;

/// And so many bytes of them, or the first and the newest: a feed may send long texts at every poll.
const MAX_VERSION_BYTES: u64 = 256 << 10;

impl Store {
    /// The kept versions of entries, by entry and number; entries without any are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn versions(&self, entries: &[EntryId]) -> Result<BTreeMap<EntryId, Versions>, Error> {
        let read = || -> rusqlite::Result<_> {
            let mut statement = self.connection.prepare_cached(
                "SELECT entry, number, title, summary, content, until FROM version
                 WHERE entry IN (SELECT unhex(value) FROM json_each(?1))",
            )?;
            let ids: Vec<String> = entries.iter().map(EntryId::to_string).collect();
            let rows = statement.query_map([json(&ids)?], |row| {
                let version = Version {
                    entry: EntryId(row.get(0)?),
                    title: Text(row.get(2)?),
                    summary: Text(row.get(3)?),
                    content: Text(row.get(4)?),
                    until: moment(row, 5)?,
                };
                Ok((row.get(1)?, version))
            })?;
            let mut found: BTreeMap<EntryId, Versions> = BTreeMap::new();
            for row in rows {
                let (number, version): (u32, Version) = row?;
                found.entry(version.entry).or_default().insert(number, version);
            }
            Ok(found)
        };
        read().map_err(doing("read the versions of entries of", &self.path))
    }
}

/// Keeps a version as the entry's newest, and lets go of what is too much.
///
/// Words that were kept before are kept once, at their last place: a feed that flips between two texts has two
/// versions, whose times are those of the last two flips. The numbers go on, so that a gap says that something lay
/// between.
pub(super) fn keep(transaction: &Transaction<'_>, version: &Version) -> rusqlite::Result<()> {
    let entry = version.entry.0;
    let (title, summary, content) = (version.title.as_str(), version.summary.as_str(), version.content.as_str());
    let mut newest = transaction.prepare_cached("SELECT coalesce(max(number), 0) FROM version WHERE entry = ?1")?;
    let newest: u32 = newest.query_row([entry], |row| row.get(0))?;
    let mut drop_same = transaction
        .prepare_cached("DELETE FROM version WHERE entry = ?1 AND title = ?2 AND summary = ?3 AND content = ?4")?;
    drop_same.execute(params![entry, title, summary, content])?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO version (entry, number, title, summary, content, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let number = newest.saturating_add(1);
    insert.execute(params![entry, number, title, summary, content, version.until.timestamp_millis()])?;
    prune(transaction, version.entry)
}

/// Lets go of the oldest versions but the first, as long as there are too many or they are too long.
fn prune(transaction: &Transaction<'_>, entry: EntryId) -> rusqlite::Result<()> {
    let mut sizes = transaction.prepare_cached(
        "SELECT number, octet_length(title) + octet_length(summary) + octet_length(content) FROM version
         WHERE entry = ?1 ORDER BY number",
    )?;
    let sizes = sizes.query_map([entry.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let sizes: Vec<(u32, u32)> = sizes.collect::<Result<_, _>>()?;
    let mut count = sizes.len();
    let mut bytes: u64 = sizes.iter().map(|(_, size)| u64::from(*size)).sum();
    let middle = sizes.iter().take(sizes.len().saturating_sub(1)).skip(1);
    for (number, size) in middle {
        if count <= MAX_VERSIONS && bytes <= MAX_VERSION_BYTES {
            break;
        }
        let mut drop_one = transaction.prepare_cached("DELETE FROM version WHERE entry = ?1 AND number = ?2")?;
        drop_one.execute(params![entry.0, number])?;
        count -= 1;
        bytes -= u64::from(*size);
    }
    Ok(())
}

/// An entry that lost its text to age loses what it said before, too.
pub(super) fn drop_expired(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    transaction.execute(
        "DELETE FROM version WHERE EXISTS (SELECT 1 FROM entry e WHERE e.id = version.entry AND e.expired = 1)",
        (),
    )
}
