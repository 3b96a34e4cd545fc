//! The ids and addresses that entries are known by, as hashes: who makes two of one hash could as well use the one twice.

use xxhash_rust::xxh3::xxh3_64;

use super::super::document::Document;
use super::super::limits::MAX_SAME_ADDRESS;
use super::super::table::Table;
use super::Index;
use crate::model::Publisher;

/// The id of an entry.
///
/// One that is a URI names one thing everywhere; any other names it within its publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cluster) struct Key {
    pub(in crate::cluster) hash: u64,
    pub(in crate::cluster) everywhere: bool,
}

impl Key {
    /// None for no key.
    pub(super) fn of(key: &str) -> Option<Self> {
        (!key.is_empty()).then(|| Self { hash: hashed(key), everywhere: is_uri(key) })
    }

    /// What it is known by when it is a publisher's.
    pub(super) fn within(self, publisher: &Publisher) -> u64 {
        if self.everywhere { self.hash } else { self.hash.rotate_left(17) ^ hashed(publisher.as_str()) }
    }
}

pub(in crate::cluster) fn hashed(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}

/// Whether a key is a URI that is meant to be unique: RFC 4151, RFC 8141, or the address of a page below a root.
fn is_uri(key: &str) -> bool {
    let lower = |prefix: &str| key.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    let rest = if lower("https://") {
        &key[8..]
    } else if lower("http://") {
        &key[7..]
    } else {
        return (lower("tag:") || lower("urn:")) && key.len() > 8 && !key.contains(' ');
    };
    !key.contains(' ') && rest.split_once('/').is_some_and(|(host, path)| host.contains('.') && !path.is_empty())
}

/// By what several entries may be known.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    /// The id, within the publisher where it must be.
    Key,
    /// The canonical URL.
    Url,
}

impl Index {
    /// The entries that have a name, the newest last.
    pub(super) fn named(&self, kind: Name, name: u64) -> Vec<u32> {
        let has = |document: &&Document| name_of(kind, document) == Some(name);
        let slots = self.table(kind).all(self.table(kind).key(&name));
        let mut met: Vec<(u64, u32)> =
            slots.filter_map(|slot| Some((self.document(slot).filter(has)?.insertion, slot))).collect();
        met.sort_unstable();
        met.into_iter().map(|(_, slot)| slot).collect()
    }

    /// Notes what an entry is known by. Of too many of one name the oldest quarter is forgotten.
    pub(super) fn remember(&mut self, kind: Name, document: &Document, slot: u32) {
        let Some(name) = name_of(kind, document) else { return };
        let met = self.named(kind, name);
        if met.len() >= MAX_SAME_ADDRESS {
            met.iter().take(MAX_SAME_ADDRESS.div_ceil(4)).for_each(|&slot| self.unname(kind, name, slot));
        }
        let table = self.table_mut(kind);
        table.add(table.key(&name), slot);
    }

    /// Forgets what an entry was known by.
    pub(super) fn forget(&mut self, kind: Name, document: &Document, slot: u32) {
        if let Some(name) = name_of(kind, document) {
            self.unname(kind, name, slot);
        }
    }

    fn unname(&mut self, kind: Name, name: u64, slot: u32) {
        let table = self.table_mut(kind);
        table.remove(table.key(&name), |held| held == slot);
    }

    fn table(&self, kind: Name) -> &Table {
        match kind {
            Name::Key => &self.keys,
            Name::Url => &self.urls,
        }
    }

    fn table_mut(&mut self, kind: Name) -> &mut Table {
        match kind {
            Name::Key => &mut self.keys,
            Name::Url => &mut self.urls,
        }
    }
}

fn name_of(kind: Name, document: &Document) -> Option<u64> {
    match kind {
        Name::Key => document.key.map(|key| key.within(&document.publisher)),
        Name::Url => document.url,
    }
}
