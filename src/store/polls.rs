//! What is remembered of polling each source.
//!
//! Each poll changes when a source was asked and is due, and most change nothing else: that lies in a table of its own,
//! `poll`, and the rest is written when it is not as it was. Both are found by the store's number of the source, since the
//! way to a row by a name takes twice as long.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use foldhash::fast::FixedState;
use rusqlite::{OptionalExtension, Row, Statement, Transaction, params};

use super::error::doing;
use super::rows::{feed_url, millis, moment, optional_moment, source_id};
use super::{Error, Store};
use crate::model::{Carried, Diagnosis, Kept, Moving, PollHints, Polling, Rhythm, Source, SourceId, Validators};

/// The store's numbers of sources, by those of the desk; 0 where that is not known.
#[derive(Debug, Default)]
pub(super) struct Numbers(RefCell<Vec<u32>>);

impl Numbers {
    fn of(&self, source: &Source) -> Option<u32> {
        self.0.borrow().get(source.number as usize).copied().filter(|number| *number != 0)
    }

    fn learn(&self, source: &Source, number: i64) {
        let (mut numbers, at) = (self.0.borrow_mut(), source.number as usize);
        if numbers.len() <= at {
            numbers.resize(at + 1, 0);
        }
        numbers[at] = u32::try_from(number).unwrap_or(0);
    }
}

/// What is remembered of a source, if it is known, and what its last document carried, if that was asked for and is little.
pub type Recalled = (Option<Polling>, Option<Vec<Carried>>);

impl Store {
    /// What is remembered of every configured source.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pollings(&self) -> Result<BTreeMap<SourceId, Polling>, Error> {
        let mut pollings = BTreeMap::new();
        self.for_each_polling(|polling| drop(pollings.insert(polling.source.clone(), polling)))?;
        Ok(pollings)
    }

    /// Calls `visit` with what is remembered of each configured source.
    ///
    /// # Errors
    /// When the database fails.
    pub fn for_each_polling(&self, mut visit: impl FnMut(Polling)) -> Result<(), Error> {
        let mut read = || -> rusqlite::Result<_> {
            let mut statement = self.connection.prepare_cached(&select("s.configured = 1"))?;
            let mut rows = statement.query(())?;
            while let Some(row) = rows.next()? {
                visit(polling(row, source_id(row, ID)?)?);
            }
            Ok(())
        };
        read().map_err(doing("read the sources of", &self.path))
    }

    /// What is remembered of one source; `None` when the store does not know it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn polling(&self, source: &SourceId) -> Result<Option<Polling>, Error> {
        let read = || {
            let mut by_name = self.connection.prepare_cached(&select(NAMED))?;
            named(&mut by_name, source)
        };
        read().map_err(doing("read a source of", &self.path))
    }

    /// What is remembered of some sources, in their order; of those that are `expected` to bring a document, what the
    /// last one carried too, if that takes no more than so many bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recall(
        &self,
        sources: &[Arc<Source>],
        expected: impl Fn(&Source) -> bool,
        bytes: usize,
    ) -> Result<Vec<Recalled>, Error> {
        let read = || -> rusqlite::Result<_> {
            // One for all of them: each by itself would look at the log anew. It writes nothing, and ends when it is dropped.
            let _transaction = self.connection.unchecked_transaction()?;
            let mut by_number = self.connection.prepare_cached(&select("s.number = ?1"))?;
            let mut by_name = self.connection.prepare_cached(&select(NAMED))?;
            let mut recalled = Vec::with_capacity(sources.len());
            for source in sources {
                let found = match self.numbers.of(source) {
                    Some(number) => by_number.query_row([number], |row| polling(row, source.id.clone())).optional()?,
                    None => {
                        let found = named(&mut by_name, &source.id)?;
                        if let Some(kept) = found.as_ref().and_then(|polling| polling.kept) {
                            self.numbers.learn(source, kept.number);
                        }
                        found
                    }
                };
                let carried = if expected(source) { self.carried_within(&source.id, bytes)? } else { None };
                recalled.push((found, carried));
            }
            Ok(recalled)
        };
        read().map_err(doing("read some sources of", &self.path))
    }
}

/// Keeps what is to be remembered of polls. A source that is not known is left out.
pub(super) fn keep(transaction: &Transaction<'_>, pollings: &[Polling]) -> rusqlite::Result<()> {
    let mut poll = transaction
        .prepare_cached("UPDATE poll SET next_check = ?2, last_attempt = ?3, last_success = ?4 WHERE source = ?1")?;
    for polling in pollings {
        let (number, hash) = match polling.kept {
            Some(Kept { number, hash }) => (number, Some(hash)),
            None => {
                let mut named = transaction.prepare_cached("SELECT number FROM source WHERE id = ?1")?;
                let found = named.query_row([polling.source.as_str()], |row| row.get(0)).optional()?;
                let Some(number) = found else { continue };
                (number, None)
            }
        };
        if hash != Some(hash_of(polling)) {
            keep_rest(transaction, number, polling)?;
        }
        poll.execute(params![
            number,
            polling.next_check.timestamp_millis(),
            millis(polling.last_attempt),
            millis(polling.last_success)
        ])?;
    }
    Ok(())
}

/// Keeps all that most polls leave as it is.
fn keep_rest(transaction: &Transaction<'_>, number: i64, polling: &Polling) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "UPDATE source SET etag = ?2, last_modified = ?3, body_hash = ?4, answered_by = ?5, failures = ?6, error = ?7,
             diagnosis = ?8, title = ?9, rhythm = ?10, keep_for = ?11, skip_hours = ?12, skip_days = ?13, fresh_for = ?14,
             gone = ?15, adopted = ?16, moving_to = ?17, moving_since = ?18, moving_polls = ?19
         WHERE number = ?1",
    )?;
    let moving = polling.moving.as_ref();
    statement.execute(params![
        number,
        polling.validators.etag,
        polling.validators.last_modified,
        polling.validators.body_hash.map(u64::cast_signed),
        polling.validators.url,
        polling.failures,
        polling.error,
        polling.diagnosis.map(Diagnosis::as_str),
        polling.title,
        rhythm_bytes(&polling.rhythm)?,
        polling.hints.keep_for.map(|keep_for| i64::try_from(keep_for.as_secs()).unwrap_or(i64::MAX)),
        polling.hints.skip_hours,
        polling.hints.skip_days,
        polling.fresh_for.map(|fresh| i64::try_from(fresh.as_millis()).unwrap_or(i64::MAX)),
        millis(polling.gone),
        polling.adopted.as_ref().map(|url| url.as_url().as_str()),
        moving.map(|moving| moving.target.as_url().as_str()),
        millis(moving.map(|moving| moving.since)),
        moving.map(|moving| moving.polls),
    ])?;
    Ok(())
}

/// Tells whether something else than the times of a poll is to be kept. What is not named here is not noticed, so all is.
fn hash_of(polling: &Polling) -> u64 {
    let Polling {
        source: _,
        kept: _,
        next_check: _,
        last_attempt: _,
        last_success: _,
        validators,
        failures,
        error,
        diagnosis,
        fresh_for,
        gone,
        adopted,
        moving,
        title,
        rhythm: Rhythm { at, watched, entries, recent, hours, days },
        hints,
    } = polling;
    let mut hasher = FixedState::default().build_hasher();
    (validators, failures, error, diagnosis, fresh_for, gone, adopted, moving, title, hints).hash(&mut hasher);
    (at, [watched, entries, recent].map(|count| count.to_bits())).hash(&mut hasher);
    (hours.map(f32::to_bits), days.map(f32::to_bits)).hash(&mut hasher);
    hasher.finish()
}

/// The place of the source's id among the columns of `select`.
const ID: usize = 22;

/// Holds for the source of that id.
const NAMED: &str = "s.id = ?1";

/// What is remembered of the source of that id, by the statement that reads it.
fn named(statement: &mut Statement<'_>, source: &SourceId) -> rusqlite::Result<Option<Polling>> {
    statement.query_row([source.as_str()], |row| polling(row, source.clone())).optional()
}

/// Reads what is remembered of the sources for which this holds.
fn select(which: &str) -> String {
    format!(
        "SELECT s.number, s.etag, s.last_modified, s.body_hash, p.next_check, p.last_attempt, p.last_success, s.failures,
                s.error, s.title, s.answered_by, s.rhythm, s.keep_for, s.skip_hours, s.skip_days, s.diagnosis, s.fresh_for,
                s.gone, s.adopted, s.moving_to, s.moving_since, s.moving_polls, s.id
         FROM source s JOIN poll p ON p.source = s.number WHERE {which}"
    )
}

fn polling(row: &Row<'_>, source: SourceId) -> rusqlite::Result<Polling> {
    let mut polling = Polling {
        source,
        kept: None,
        validators: Validators {
            etag: row.get(1)?,
            last_modified: row.get(2)?,
            body_hash: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
            url: row.get(10)?,
        },
        next_check: moment(row, 4)?,
        last_attempt: optional_moment(row, 5)?,
        last_success: optional_moment(row, 6)?,
        failures: row.get(7)?,
        error: row.get(8)?,
        title: row.get(9)?,
        // Bytes of another version are a rhythm that is not known yet.
        rhythm: row
            .get_ref(11)?
            .as_blob_or_null()?
            .and_then(|bytes| postcard::from_bytes::<Rhythm>(bytes).ok())
            .unwrap_or_default(),
        hints: PollHints {
            keep_for: row.get::<_, Option<i64>>(12)?.map(|seconds| Duration::from_secs(seconds.unsigned_abs())),
            skip_hours: row.get(13)?,
            skip_days: row.get(14)?,
        },
        diagnosis: row.get_ref(15)?.as_str_or_null()?.and_then(Diagnosis::named),
        fresh_for: row
            .get::<_, Option<i64>>(16)?
            .and_then(|millis| u64::try_from(millis).ok())
            .map(Duration::from_millis),
        gone: optional_moment(row, 17)?,
        adopted: feed_url(row, 18)?,
        moving: moving(row)?,
    };
    polling.kept = Some(Kept { number: row.get(0)?, hash: hash_of(&polling) });
    Ok(polling)
}

fn moving(row: &Row<'_>) -> rusqlite::Result<Option<Moving>> {
    let Some(target) = feed_url(row, 19)? else { return Ok(None) };
    Ok(Some(Moving { target, since: moment(row, 20)?, polls: row.get(21)? }))
}

/// A rhythm takes a little less.
const RHYTHM_BYTES: usize = 160;

/// A rhythm as a column; `None` where nothing is known.
pub(super) fn rhythm_bytes(rhythm: &Rhythm) -> rusqlite::Result<Option<Vec<u8>>> {
    let bytes = rhythm.at.map(|_| postcard::to_extend(rhythm, Vec::with_capacity(RHYTHM_BYTES))).transpose();
    bytes.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
