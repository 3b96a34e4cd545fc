//! Rows to values and back.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::model::{
    CanonicalUrl, Diagnosis, Entry, EntryId, FeedUrl, Html, Language, Moving, PollHints, Polling, Rhythm, Size,
    SourceId, Text, Validators,
};

/// The columns that `entry` reads, in its order.
pub(super) const ENTRY: &str = "e.id, e.source, e.key, e.link, e.url, e.title, e.summary, e.content, e.published, \
                                e.updated, e.seen, e.language, e.authors, e.categories, e.enclosures, e.image, e.translations, e.image_size";

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let address = |at| -> rusqlite::Result<Option<Url>> {
        Ok(row.get::<_, Option<String>>(at)?.and_then(|text| Url::parse(&text).ok()))
    };
    Ok(Entry {
        id: EntryId(row.get(0)?),
        source: source_id(row, 1)?,
        key: row.get(2)?,
        link: address(3)?,
        url: row.get::<_, Option<String>>(4)?.map(CanonicalUrl),
        title: Text(row.get(5)?),
        summary: Html(row.get(6)?),
        content: Html(row.get(7)?),
        published: moment(row, 8)?,
        updated: optional_moment(row, 9)?,
        seen: moment(row, 10)?,
        language: row.get::<_, Option<String>>(11)?.and_then(|tag| Language::new(&tag)),
        authors: list(row, 12)?,
        categories: list(row, 13)?,
        enclosures: list(row, 14)?,
        image: address(15)?,
        translations: list::<String>(row, 16)?.into_iter().map(CanonicalUrl).collect(),
        image_size: row.get::<_, Option<String>>(17)?.as_deref().and_then(size),
    })
}

/// How many columns these are.
pub(super) const ENTRY_COLUMNS: usize = 18;

/// A size as it is kept: `640x360`.
fn size(text: &str) -> Option<Size> {
    let (width, height) = text.split_once('x')?;
    Some(Size { width: width.parse().ok()?, height: height.parse().ok()? })
}

/// The columns that `polling` reads, in its order.
pub(super) const POLLING: &str = "id, etag, last_modified, body_hash, next_check, last_attempt, last_success, \
                                  failures, error, title, answered_by, rhythm, keep_for, skip_hours, \
                                  skip_days, diagnosis, fresh_for, gone, adopted, moving_to, moving_since, \
                                  moving_polls";

pub(super) fn polling(row: &Row<'_>) -> rusqlite::Result<Polling> {
    Ok(Polling {
        source: source_id(row, 0)?,
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
            .get::<_, Option<Vec<u8>>>(11)?
            .and_then(|bytes| postcard::from_bytes::<Rhythm>(&bytes).ok())
            .unwrap_or_default(),
        hints: PollHints {
            keep_for: row.get::<_, Option<i64>>(12)?.map(|seconds| Duration::from_secs(seconds.unsigned_abs())),
            skip_hours: row.get(13)?,
            skip_days: row.get(14)?,
        },
        diagnosis: row.get::<_, Option<String>>(15)?.and_then(|name| Diagnosis::named(&name)),
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

/// An address; one that this version would not take is none.
pub(super) fn feed_url(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<FeedUrl>> {
    Ok(row.get::<_, Option<String>>(at)?.and_then(|text| FeedUrl::parse(&text).ok()))
}

/// A rhythm takes a little less.
const RHYTHM_BYTES: usize = 160;

/// A rhythm as a column; `None` where nothing is known.
pub(super) fn rhythm_bytes(rhythm: &Rhythm) -> rusqlite::Result<Option<Vec<u8>>> {
    let bytes = rhythm.at.map(|_| postcard::to_extend(rhythm, Vec::with_capacity(RHYTHM_BYTES))).transpose();
    bytes.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

pub(super) fn moment(row: &Row<'_>, at: usize) -> rusqlite::Result<DateTime<Utc>> {
    let millis: i64 = row.get(at)?;
    DateTime::from_timestamp_millis(millis).ok_or(rusqlite::Error::IntegralValueOutOfRange(at, millis))
}

pub(super) fn optional_moment(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<DateTime<Utc>>> {
    match row.get_ref(at)?.data_type() {
        Type::Null => Ok(None),
        _ => moment(row, at).map(Some),
    }
}

pub(super) fn source_id(row: &Row<'_>, at: usize) -> rusqlite::Result<SourceId> {
    let name: String = row.get(at)?;
    SourceId::new(&name).map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error)))
}

fn list<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> rusqlite::Result<Vec<T>> {
    let json: String = row.get(at)?;
    serde_json::from_str(&json)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error)))
}

/// A list as one column.
pub(super) fn json<T: Serialize>(list: &[T]) -> rusqlite::Result<String> {
    serde_json::to_string(list).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
