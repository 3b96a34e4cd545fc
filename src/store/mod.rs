//! Keeps everything between runs in SQLite: changes in, what is remembered out.
//!
//! One transaction carries whole answers: a source's entries, their memberships, its validators and its next
//! check are kept together or not at all. What is published is derived from here and can be made again.

mod archives;
mod commit;
mod documents;
mod error;
mod find;
mod held;
mod holds;
mod keys;
mod migrations;
mod polls;
mod ranked;
mod read;
mod rows;
mod subscribers;
mod subscriptions;
#[cfg(test)]
mod tests;
mod versions;

use std::cell::Cell;
use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction};

pub use archives::{ArchiveDocument, Closing, Waiting};
pub use error::Error;
pub use find::Outline;
pub use keys::Named;
pub use ranked::{Ranked, StoryOrder};
pub use read::{Counts, Holding, Known};
pub use subscribers::MOST_SUBSCRIBERS;

use crate::model::{Location, Source};
use error::doing;

/// Memory for pages of the database.
const CACHE_KIB: i64 = 8 << 10;
/// And for those of a connection that looks up a row here and there.
const CACHE_BESIDE_KIB: i64 = 1 << 10;

/// An open store. Only one process at a time may write to it.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// What was counted last, and the version of the file that other connections had left then; commits of this one
    /// that could change it take it away.
    counted: Cell<Option<(i64, Counts)>>,
    numbers: polls::Numbers,
    /// Held as long as the store is open; the operating system lets go of it when the process ends, however it ends.
    _lock: Option<File>,
}

/// Opens the store at `path`, makes it when there is none, and brings an older one up to date.
///
/// # Errors
/// When its folder cannot be made, another process has it, a newer version wrote it, or it is no SQLite file.
pub fn open(path: &Path) -> Result<Store, Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    }
    let lock = lock(path)?;
    let mut connection = Connection::open(path).map_err(doing("open", path))?;
    let set_up = |connection: &Connection| -> rusqlite::Result<()> {
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // In WAL mode a crash of the machine can lose the last commit, never the integrity of the file.
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // A store that someone else made must not be able to run code of theirs.
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.set_prepared_statement_cache_capacity(64);
        // In KiB, below zero: what a batch of answers touches is read and written once.
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        Ok(())
    };
    set_up(&connection).map_err(doing("open", path))?;
    migrations::apply(&mut connection, path)?;
    Ok(Store::of(connection, path, Some(lock)))
}

/// Opens the store at `path` to read it as it is at this moment; a process that works with it is not disturbed.
///
/// # Errors
/// When there is none, it is no SQLite file, or its layout is not this version's: nothing is brought up to date here.
pub fn open_read_only(path: &Path) -> Result<Store, Error> {
    if !path.exists() {
        return Err(Error::Missing { path: path.to_owned() });
    }
    let connection = read_only(path).map_err(doing("open", path))?;
    // Everything that is read from here on is of one moment.
    connection.execute_batch("BEGIN").map_err(doing("open", path))?;
    migrations::expect_current(&connection, path)?;
    Ok(Store::of(connection, path, None))
}

fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn lock(path: &Path) -> Result<File, Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let lock_path = path.with_file_name(name);
    let failed = |source| Error::Folder { path: lock_path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&lock_path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(Error::Folder { path: lock_path, source }),
    }
}

impl Store {
    fn of(connection: Connection, path: &Path, lock: Option<File>) -> Self {
        let (counted, numbers) = Default::default();
        Self { connection, path: path.to_owned(), counted, numbers, _lock: lock }
    }

    /// Opens this store once more, to read what is committed to it on another thread.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn beside(&self) -> Result<Self, Error> {
        let connection = read_only(&self.path).map_err(doing("open", &self.path))?;
        connection.pragma_update(None, "cache_size", -CACHE_BESIDE_KIB).map_err(doing("open", &self.path))?;
        Ok(Self::of(connection, &self.path, None))
    }

    /// Makes the store know the configured sources. Entries of a source that is no longer configured stay.
    ///
    /// A source is known by its key. When a key is new but its address belonged to a key that is no longer
    /// configured, the source was renamed: its entries and validators move with it.
    /// When a key is known but has a new address, its validators are dropped: they speak of another document. So is
    /// what its old address said of itself: that it is gone, or has moved.
    ///
    /// # Errors
    /// When the database fails.
    pub fn adopt(&mut self, sources: &[Source]) -> Result<(), Error> {
        let Self { connection, path, .. } = self;
        let mut adopt = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            let configured: HashSet<&str> = sources.iter().map(|source| source.id.as_str()).collect();
            let settled = settle_known(&transaction, sources, &configured)?;
            let mut has_new = false;
            // A desk may have many: what is as it was is not written again.
            for (source, _) in sources.iter().zip(settled).filter(|(_, settled)| !settled) {
                let location = location_key(source);
                let id = source.id.as_str();
                let mut statement = transaction.prepare_cached("SELECT EXISTS(SELECT 1 FROM source WHERE id = ?1)")?;
                let known: bool = statement.query_row([id], |row| row.get(0))?;
                has_new |= !known;
                let former: Option<String> = if known {
                    None
                } else {
                    let mut statement = transaction.prepare_cached("SELECT id FROM source WHERE location = ?1")?;
                    let ids = statement.query_map([&location], |row| row.get::<_, String>(0))?;
                    ids.collect::<Result<Vec<_>, _>>()?.into_iter().find(|id| !configured.contains(id.as_str()))
                };
                if let Some(former) = former {
                    transaction.execute("UPDATE source SET id = ?1 WHERE id = ?2", [id, &former])?;
                }
                let mut statement = transaction.prepare_cached(
                    "DELETE FROM document WHERE source IN (SELECT id FROM source WHERE id = ?1 AND location <> ?2)",
                )?;
                statement.execute([id, &location])?;
                let mut statement = transaction.prepare_cached(
                    "UPDATE poll SET next_check = 0, last_attempt = NULL
                     WHERE source IN (SELECT number FROM source WHERE id = ?1 AND location <> ?2)",
                )?;
                statement.execute([id, &location])?;
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO source (id, location, configured, failures) VALUES (?1, ?2, 1, 0)
                     ON CONFLICT (id) DO UPDATE SET
                         configured = 1, location = excluded.location,
                         etag = iif(location = excluded.location, etag, NULL),
                         last_modified = iif(location = excluded.location, last_modified, NULL),
                         answered_by = iif(location = excluded.location, answered_by, NULL),
                         body_hash = iif(location = excluded.location, body_hash, NULL),
                         rhythm = iif(location = excluded.location, rhythm, NULL),
                         keep_for = iif(location = excluded.location, keep_for, NULL),
                         skip_hours = iif(location = excluded.location, skip_hours, 0),
                         skip_days = iif(location = excluded.location, skip_days, 0),
                         failures = iif(location = excluded.location, failures, 0),
                         fresh_for = iif(location = excluded.location, fresh_for, NULL),
                         gone = iif(location = excluded.location, gone, NULL),
                         adopted = iif(location = excluded.location, adopted, NULL),
                         moving_to = iif(location = excluded.location, moving_to, NULL)",
                )?;
                statement.execute([id, &location])?;
            }
            if has_new {
                transaction.execute(
                    "INSERT INTO poll (source, next_check)
                     SELECT number, 0 FROM source WHERE number NOT IN (SELECT source FROM poll)",
                    (),
                )?;
            }
            transaction.commit()
        };
        adopt().map_err(doing("adopt the configured sources in", path))
    }
}

/// Lets the store forget that sources are configured which are not; says of each that is whether it is known as it is.
fn settle_known(
    transaction: &Transaction<'_>,
    sources: &[Source],
    configured: &HashSet<&str>,
) -> rusqlite::Result<Vec<bool>> {
    let mut known = transaction.prepare("SELECT location FROM source WHERE id = ?1 AND configured = 1")?;
    let mut settled = Vec::with_capacity(sources.len());
    for source in sources {
        let location: Option<String> = known.query_row([source.id.as_str()], |row| row.get(0)).optional()?;
        settled.push(location.is_some_and(|location| location == location_key(source)));
    }
    let mut dropped = transaction.prepare("SELECT id FROM source WHERE configured = 1")?;
    let dropped = dropped.query_map((), |row| row.get::<_, String>(0))?;
    let dropped: Vec<String> = dropped
        .filter(|id| id.as_ref().map_or(true, |id| !configured.contains(id.as_str())))
        .collect::<Result<_, _>>()?;
    for id in dropped {
        transaction.execute("UPDATE source SET configured = 0 WHERE id = ?1", [id])?;
    }
    Ok(settled)
}

fn location_key(source: &Source) -> String {
    match &source.location {
        Location::Web(url) => url.as_url().as_str().to_owned(),
        Location::File(path) | Location::Articles(path) => path.display().to_string(),
    }
}
