//! The names of a source's entries: what tells that it changed its ids, and the new names that were found so.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};

use super::error::doing;
use super::rows::json;
use super::{Error, Store};
use crate::model::{CanonicalUrl, EntryId, KeyAlias, SourceId, Text};

/// So many new names of an entry are kept: a source that makes up its ids at every poll has no use for the old ones.
const MOST: i64 = 4;

/// What an entry is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The entry.
    pub id: EntryId,
    /// The key under which it was first kept.
    pub key: String,
    /// Its page, for comparing.
    pub url: Option<CanonicalUrl>,
    /// Its title.
    pub title: Text,
}

impl Store {
    /// Those of `keys` by which the source's entries are known, each with the key under which its entry was first kept.
    ///
    /// # Errors
    /// When the database fails.
    pub fn first_keys(&self, source: &SourceId, keys: &[&str]) -> Result<BTreeMap<String, String>, Error> {
        let read = || -> rusqlite::Result<BTreeMap<String, String>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT e.key, e.key FROM json_each(?2) k JOIN entry e ON e.source = ?1 AND e.key = k.value
                 UNION ALL
                 SELECT a.key, e.key FROM json_each(?2) k JOIN key_alias a ON a.source = ?1 AND a.key = k.value
                                                          JOIN entry e ON e.id = a.entry",
            )?;
            let rows =
                statement.query_map(params![source.as_str(), json(keys)?], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        read().map_err(doing("read the keys of entries of", &self.path))
    }

    /// What the newest entries of a source are known by, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn names_of(&self, source: &SourceId, limit: usize) -> Result<Vec<Named>, Error> {
        let read = || -> rusqlite::Result<Vec<Named>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT id, key, url, title FROM entry WHERE source = ?1 ORDER BY seen DESC, key DESC LIMIT ?2",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![source.as_str(), limit], |row| {
                let url = row.get::<_, Option<String>>(2)?.map(CanonicalUrl);
                Ok(Named { id: EntryId(row.get(0)?), key: row.get(1)?, url, title: Text(row.get(3)?) })
            })?;
            rows.collect()
        };
        read().map_err(doing("read the names of entries of", &self.path))
    }
}

/// Keeps a new name of an entry, and lets go of its oldest ones.
pub(super) fn keep(transaction: &Transaction<'_>, renamed: &KeyAlias) -> rusqlite::Result<()> {
    let mut insert =
        transaction.prepare_cached("INSERT OR REPLACE INTO key_alias (source, key, entry) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![renamed.source.as_str(), renamed.key, renamed.entry.0])?;
    let mut prune = transaction.prepare_cached(
        "DELETE FROM key_alias WHERE entry = ?1 AND number <=
             (SELECT number FROM key_alias WHERE entry = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
    )?;
    prune.execute(params![renamed.entry.0, MOST])?;
    Ok(())
}
