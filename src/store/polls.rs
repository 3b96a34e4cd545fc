//! What is remembered of polling each source.
//!
//! A poll reads it and writes it back, so it is found by its row: the way there by the source's name takes twice as long.
//! A row is a guess, since it may be another's after the file was packed by other hands; the name is looked at too.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::error::doing;
use super::rows::{feed_url, moment, optional_moment, source_id};
use super::{Error, Store};
use crate::model::{Carried, Diagnosis, Moving, PollHints, Polling, Rhythm, Source, SourceId, Validators};

/// The rows in which sources were found, by their numbers; 0 where that is not known.
#[derive(Debug, Default)]
pub(super) struct Rows(RefCell<Vec<u32>>);

impl Rows {
    fn of(&self, source: &Source) -> Option<u32> {
        self.0.borrow().get(source.number as usize).copied().filter(|row| *row != 0)
    }

    fn learn(&self, source: &Source, row: Option<i64>) {
        let (mut rows, at) = (self.0.borrow_mut(), source.number as usize);
        if rows.len() <= at {
            rows.resize(at + 1, 0);
        }
        rows[at] = row.and_then(|row| u32::try_from(row).ok()).unwrap_or(0);
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
            let sql = format!("SELECT {POLLING}, id FROM source WHERE configured = 1");
            let mut statement = self.connection.prepare_cached(&sql)?;
            let mut rows = statement.query(())?;
            while let Some(row) = rows.next()? {
                visit(polling(row, source_id(row, POLLING_COLUMNS)?)?);
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
        self.polling_by_name(source).map_err(doing("read a source of", &self.path))
    }

    fn polling_by_name(&self, source: &SourceId) -> rusqlite::Result<Option<Polling>> {
        let sql = format!("SELECT {POLLING} FROM source WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement.query_row([source.as_str()], |row| polling(row, source.clone())).optional()
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
            let mut by_row = self
                .connection
                .prepare_cached(&format!("SELECT {POLLING} FROM source WHERE rowid = ?1 AND id = ?2"))?;
            let mut recalled = Vec::with_capacity(sources.len());
            for source in sources {
                let read = |row: &Row<'_>| polling(row, source.id.clone());
                let found = match self.rows.of(source) {
                    Some(row) => by_row.query_row(params![row, source.id.as_str()], read).optional()?,
                    None => None,
                };
                let polling = match found {
                    Some(polling) => Some(polling),
                    None => self.polling_by_name(&source.id)?,
                };
                self.rows.learn(source, polling.as_ref().and_then(|polling| polling.row));
                let carried = if expected(source) { self.carried_within(&source.id, bytes)? } else { None };
                recalled.push((polling, carried));
            }
            Ok(recalled)
        };
        read().map_err(doing("read some sources of", &self.path))
    }
}

/// Keeps what is to be remembered of polls. A source that is not known is left out.
pub(super) fn keep(transaction: &Transaction<'_>, pollings: &[Polling]) -> rusqlite::Result<()> {
    let mut update = transaction.prepare_cached(
        "UPDATE source SET etag = ?3, last_modified = ?4, body_hash = ?5, next_check = ?6, last_attempt = ?7,
             last_success = ?8, failures = ?9, error = ?10, title = ?11, answered_by = ?12, rhythm = ?13, keep_for = ?14,
             skip_hours = ?15, skip_days = ?16, diagnosis = ?17, fresh_for = ?18, gone = ?19, adopted = ?20,
             moving_to = ?21, moving_since = ?22, moving_polls = ?23
         WHERE rowid = ?1 AND id = ?2",
    )?;
    let mut write = |row: i64, polling: &Polling| {
        update.execute(params![
            row,
            polling.source.as_str(),
            polling.validators.etag,
            polling.validators.last_modified,
            polling.validators.body_hash.map(u64::cast_signed),
            polling.next_check.timestamp_millis(),
            polling.last_attempt.map(|moment| moment.timestamp_millis()),
            polling.last_success.map(|moment| moment.timestamp_millis()),
            polling.failures,
            polling.error,
            polling.title,
            polling.validators.url,
            rhythm_bytes(&polling.rhythm)?,
            polling.hints.keep_for.map(|keep_for| i64::try_from(keep_for.as_secs()).unwrap_or(i64::MAX)),
            polling.hints.skip_hours,
            polling.hints.skip_days,
            polling.diagnosis.map(Diagnosis::as_str),
            polling.fresh_for.map(|fresh| i64::try_from(fresh.as_millis()).unwrap_or(i64::MAX)),
            polling.gone.map(|moment| moment.timestamp_millis()),
            polling.adopted.clone().map(String::from),
            polling.moving.as_ref().map(|moving| String::from(moving.target.clone())),
            polling.moving.as_ref().map(|moving| moving.since.timestamp_millis()),
            polling.moving.as_ref().map(|moving| moving.polls),
        ])
    };
    for polling in pollings {
        let is_there = match polling.row {
            Some(row) => write(row, polling)? > 0,
            None => false,
        };
        if !is_there {
            let mut named = transaction.prepare_cached("SELECT rowid FROM source WHERE id = ?1")?;
            if let Some(row) = named.query_row([polling.source.as_str()], |row| row.get(0)).optional()? {
                write(row, polling)?;
            }
        }
    }
    Ok(())
}

/// The columns that `polling` reads, in its order; and how many they are.
const POLLING: &str = "rowid, etag, last_modified, body_hash, next_check, last_attempt, last_success, \
                                  failures, error, title, answered_by, rhythm, keep_for, skip_hours, \
                                  skip_days, diagnosis, fresh_for, gone, adopted, moving_to, moving_since, \
                                  moving_polls";
const POLLING_COLUMNS: usize = 22;

fn polling(row: &Row<'_>, source: SourceId) -> rusqlite::Result<Polling> {
    Ok(Polling {
        source,
        row: row.get(0)?,
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
    })
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
