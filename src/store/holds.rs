//! Hosts that asked to be left alone, and until when.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

use super::error::doing;
use super::rows::moment;
use super::{Error, Store};
use crate::model::Hold;

impl Store {
    /// The hosts that are to be left alone after `now`, in the order of their names.
    ///
    /// # Errors
    /// When the database fails.
    pub fn holds(&self, now: DateTime<Utc>) -> Result<Vec<Hold>, Error> {
        let read = || -> rusqlite::Result<Vec<Hold>> {
            let mut statement =
                self.connection.prepare_cached("SELECT host, until FROM hold WHERE until > ?1 ORDER BY host")?;
            let rows = statement
                .query_map([now.timestamp_millis()], |row| Ok(Hold { host: row.get(0)?, until: moment(row, 1)? }))?;
            rows.collect()
        };
        read().map_err(doing("read the hosts of", &self.path))
    }
}

/// Forgets hosts whose time was over before a moment: redirects may lead to any number of them.
pub(super) fn drop_old(transaction: &Transaction<'_>, before: DateTime<Utc>) -> rusqlite::Result<usize> {
    transaction.execute("DELETE FROM hold WHERE until < ?1", [before.timestamp_millis()])
}

/// Keeps that a host is to be left alone.
pub(super) fn keep(transaction: &Transaction<'_>, hold: &Hold) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO hold (host, until) VALUES (?1, ?2) ON CONFLICT (host) DO UPDATE SET until = excluded.until",
    )?;
    statement.execute(params![hold.host, hold.until.timestamp_millis()])?;
    Ok(())
}
