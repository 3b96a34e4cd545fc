//! Rows to values and back.

use chrono::{DateTime, Utc};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::model::{CanonicalUrl, Entry, EntryId, FeedUrl, Html, Language, Size, SourceId, Text};

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

/// An address; one that this version would not take is none.
pub(super) fn feed_url(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<FeedUrl>> {
    Ok(row.get::<_, Option<String>>(at)?.and_then(|text| FeedUrl::parse(&text).ok()))
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

/// A moment that may be none, as a column.
pub(super) fn millis(moment: Option<DateTime<Utc>>) -> Option<i64> {
    moment.map(|moment| moment.timestamp_millis())
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
