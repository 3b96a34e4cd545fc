//! Who is told when a feed of ours changes.

use rusqlite::{Connection, Row, params};

use super::error::doing;
use super::rows::{feed_url, millis, moment, optional_moment};
use super::{Error, Store};
use crate::model::{FeedUrl, Secret, Subscriber};

/// So many are kept: what comes beyond that is not written.
pub const MOST_SUBSCRIBERS: usize = 10_000;

impl Store {
    /// All of them, by feed and callback.
    ///
    /// # Errors
    /// When the database fails.
    pub fn subscribers(&self) -> Result<Vec<Subscriber>, Error> {
        let read = || -> rusqlite::Result<Vec<Subscriber>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT topic, callback, secret, lease_until, has, delivered, attempts, next_attempt, error
                 FROM subscriber ORDER BY topic, callback LIMIT ?1",
            )?;
            let rows = statement.query_map([most()], subscriber)?;
            rows.filter_map(Result::transpose).collect()
        };
        read().map_err(doing("read the subscribers of", &self.path))
    }

    /// Keeps subscribers as they are now, and forgets others, by feed and callback: in one transaction.
    ///
    /// # Errors
    /// When the database fails; nothing was written then.
    pub fn keep_subscribers(&mut self, kept: &[Subscriber], gone: &[(String, FeedUrl)]) -> Result<(), Error> {
        let Self { connection, path, .. } = self;
        let mut keep = || -> rusqlite::Result<()> {
            let transaction = connection.transaction()?;
            for (topic, callback) in gone {
                let mut statement =
                    transaction.prepare_cached("DELETE FROM subscriber WHERE topic = ?1 AND callback = ?2")?;
                statement.execute(params![topic, callback.as_url().as_str()])?;
            }
            for subscriber in kept {
                write(&transaction, subscriber)?;
            }
            transaction.commit()
        };
        keep().map_err(doing("write the subscribers of", path))
    }
}

fn most() -> i64 {
    i64::try_from(MOST_SUBSCRIBERS).unwrap_or(i64::MAX)
}

/// `None` for a row that this version would not have written.
fn subscriber(row: &Row<'_>) -> rusqlite::Result<Option<Subscriber>> {
    let Some(callback) = feed_url(row, 1)? else { return Ok(None) };
    Ok(Some(Subscriber {
        topic: row.get(0)?,
        callback,
        secret: row.get::<_, Option<String>>(2)?.map(Secret::new),
        lease_until: optional_moment(row, 3)?,
        has: row.get(4)?,
        delivered: optional_moment(row, 5)?,
        attempts: row.get(6)?,
        next_attempt: moment(row, 7)?,
        error: row.get(8)?,
    }))
}

fn write(connection: &Connection, subscriber: &Subscriber) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO subscriber (topic, callback, secret, lease_until, has, delivered, attempts, next_attempt, error)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
         WHERE EXISTS (SELECT 1 FROM subscriber WHERE topic = ?1 AND callback = ?2)
             OR (SELECT count(*) FROM subscriber) < ?10
         ON CONFLICT (topic, callback) DO UPDATE SET
             secret = excluded.secret, lease_until = excluded.lease_until, has = excluded.has,
             delivered = excluded.delivered, attempts = excluded.attempts, next_attempt = excluded.next_attempt,
             error = excluded.error",
    )?;
    statement.execute(params![
        subscriber.topic,
        subscriber.callback.as_url().as_str(),
        subscriber.secret.as_ref().map(|secret| secret.reveal()),
        millis(subscriber.lease_until),
        subscriber.has,
        millis(subscriber.delivered),
        subscriber.attempts,
        subscriber.next_attempt.timestamp_millis(),
        subscriber.error,
        most(),
    ])?;
    Ok(())
}
