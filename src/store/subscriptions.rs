//! Subscriptions at hubs.

use rusqlite::{Row, Transaction, params};
use url::Url;

use super::error::doing;
use super::polls::rhythm_bytes;
use super::rows::{feed_url, millis, moment, optional_moment, source_id};
use super::{Error, Store};
use crate::model::{Rhythm, Secret, SourceId, Subscription, SubscriptionState};

impl Store {
    /// All subscriptions, those of sources that are no longer configured included.
    ///
    /// # Errors
    /// When the database fails.
    pub fn subscriptions(&self) -> Result<Vec<Subscription>, Error> {
        let read = || -> rusqlite::Result<Vec<Subscription>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT source, token, secret, hub, topic, site, state, lease_until, next_attempt, attempts, error,
                     delivered, missed FROM subscription ORDER BY token",
            )?;
            let rows = statement.query_map((), subscription)?;
            rows.filter_map(Result::transpose).collect()
        };
        read().map_err(doing("read the subscriptions of", &self.path))
    }
}

/// `None` for a row that this version would not have written: it is as if it had never been subscribed to.
fn subscription(row: &Row<'_>) -> rusqlite::Result<Option<Subscription>> {
    let site = Url::parse(&row.get::<_, String>(5)?).ok();
    let state = SubscriptionState::named(&row.get::<_, String>(6)?);
    let (Some(hub), Some(site), Some(state)) = (feed_url(row, 3)?, site, state) else { return Ok(None) };
    Ok(Some(Subscription {
        source: source_id(row, 0)?,
        token: Secret::new(row.get::<_, String>(1)?),
        secret: row.get::<_, Option<String>>(2)?.map(Secret::new),
        hub,
        topic: row.get(4)?,
        site,
        state,
        lease_until: optional_moment(row, 7)?,
        next_attempt: moment(row, 8)?,
        attempts: row.get(9)?,
        error: row.get(10)?,
        delivered: optional_moment(row, 11)?,
        missed: row.get(12)?,
    }))
}

/// Keeps a subscription as it is now.
pub(super) fn keep(transaction: &Transaction<'_>, subscription: &Subscription) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO subscription (source, token, secret, hub, topic, site, state, lease_until, next_attempt,
             attempts, error, delivered, missed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    statement.execute(params![
        subscription.source.as_str(),
        subscription.token.reveal(),
        subscription.secret.as_ref().map(|secret| secret.reveal()),
        String::from(subscription.hub.clone()),
        subscription.topic,
        subscription.site.as_str(),
        subscription.state.as_str(),
        millis(subscription.lease_until),
        subscription.next_attempt.timestamp_millis(),
        subscription.attempts,
        subscription.error,
        millis(subscription.delivered),
        subscription.missed,
    ])?;
    Ok(())
}

/// Forgets a subscription.
pub(super) fn forget(transaction: &Transaction<'_>, token: &Secret) -> rusqlite::Result<usize> {
    transaction.execute("DELETE FROM subscription WHERE token = ?1", [token.reveal()])
}

/// Keeps a source's rhythm, and nothing else of it.
pub(super) fn keep_rhythm(transaction: &Transaction<'_>, source: &SourceId, rhythm: &Rhythm) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached("UPDATE source SET rhythm = ?2 WHERE id = ?1")?;
    statement.execute(params![source.as_str(), rhythm_bytes(rhythm)?])?;
    Ok(())
}
