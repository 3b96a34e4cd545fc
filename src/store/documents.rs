//! What the last document of each source carried, as bytes.

use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::error::doing;
use super::{Error, Store};
use crate::model::{Carried, EntryId, Mark, SourceId};

impl Store {
    /// What the last document of a source carried, in its order; nothing where that is not known.
    ///
    /// # Errors
    /// When the database fails.
    pub fn carried(&self, source: &SourceId) -> Result<Vec<Carried>, Error> {
        let carried = self.carried_within(source, usize::MAX).map(Option::unwrap_or_default);
        carried.map_err(doing("read what a source carried from", &self.path))
    }

    /// As [`Store::carried`], unless that takes more bytes.
    pub(super) fn carried_within(&self, source: &SourceId, bytes: usize) -> rusqlite::Result<Option<Vec<Carried>>> {
        let mut statement =
            self.connection.prepare_cached("SELECT items FROM document WHERE source = ?1 AND length(items) <= ?2")?;
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        statement.query_row(params![source.as_str(), bytes], |row| Ok(items(row.get_ref(0)?.as_blob()?))).optional()
    }
}

pub(super) fn keep(transaction: &Transaction<'_>, source: &SourceId, carried: &[Carried]) -> rusqlite::Result<()> {
    let bytes = postcard::to_allocvec(carried).and_then(|bytes| postcard::to_extend(&Marks::of(carried), bytes));
    let bytes = bytes.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let mut statement = transaction.prepare_cached(
        "INSERT INTO document (source, items) VALUES (?1, ?2) ON CONFLICT (source) DO UPDATE SET items = excluded.items",
    )?;
    statement.execute(params![source.as_str(), bytes])?;
    Ok(())
}

/// The entries of one source that the desk first had before `before`, have their text, and are carried no longer, for
/// each source of which that is known.
pub(super) fn left_out(transaction: &Transaction<'_>, before: i64) -> rusqlite::Result<Vec<EntryId>> {
    let mut left_out = Vec::new();
    let mut documents = transaction.prepare(
        "SELECT source, items FROM document
         WHERE source IN (SELECT source FROM entry WHERE seen < ?1 AND expired = 0)",
    )?;
    let mut old = transaction.prepare("SELECT id FROM entry WHERE source = ?1 AND seen < ?2 AND expired = 0")?;
    let mut rows = documents.query([before])?;
    while let Some(row) = rows.next()? {
        let source = row.get_ref(0)?.as_str()?;
        let carried: std::collections::HashSet<EntryId> =
            items(row.get_ref(1)?.as_blob()?).into_iter().map(|carried| carried.entry).collect();
        for id in old.query_map(params![source, before], |row| Ok(EntryId(row.get(0)?)))? {
            left_out.extend(Some(id?).filter(|id| !carried.contains(id)));
        }
    }
    Ok(left_out)
}

/// Bytes of another version are a document of which nothing is known.
fn items(bytes: &[u8]) -> Vec<Carried> {
    let Ok((mut items, rest)) = postcard::take_from_bytes::<Vec<Carried>>(bytes) else { return Vec::new() };
    // Those of before have none, or others.
    let marks: Marks = postcard::from_bytes(rest).unwrap_or_default();
    items.iter_mut().zip(marks.all()).for_each(|(carried, mark)| carried.mark = mark);
    items
}

/// The marks of a document's items, in its order.
#[derive(Default, Serialize, Deserialize)]
struct Marks {
    /// What stood around nearly all of them. A mark with something else around it is not kept: the item is read again.
    around: u64,
    /// Hash and length of each; 0 and 0 where there is none.
    items: Vec<(u64, u32)>,
}

impl Marks {
    fn of(carried: &[Carried]) -> Self {
        let marks = || carried.iter().map(|carried| carried.mark);
        let around = marks().flatten().next().map(|mark| mark.around).unwrap_or_default();
        let kept = |mark: Option<Mark>| mark.filter(|mark| mark.around == around);
        let items = marks().map(|mark| kept(mark).map(|mark| (mark.item, mark.length)).unwrap_or_default());
        Self { around, items: items.collect() }
    }

    fn all(&self) -> impl Iterator<Item = Option<Mark>> {
        let mark = |&(item, length): &(u64, u32)| (length > 0).then_some(Mark { item, length, around: self.around });
        self.items.iter().map(mark)
    }
}
