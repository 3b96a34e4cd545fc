//! The ids and addresses that entries are known by, as hashes: who makes two of one hash could as well use the one twice.

use xxhash_rust::xxh3::xxh3_64;

use super::super::limits::MAX_SAME_ADDRESS;
use super::super::map::Map;
use super::super::newest::Newest;
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

/// Notes that an entry has an id or an address.
pub(super) fn remember(map: &mut Map<u64, Newest>, name: Option<u64>, slot: u32) {
    if let Some(name) = name {
        map.entry(name).or_default().push(slot, MAX_SAME_ADDRESS);
    }
}

pub(super) fn forget(map: &mut Map<u64, Newest>, name: Option<u64>, slot: u32) {
    let Some(name) = name else { return };
    if let Some(slots) = map.get_mut(&name) {
        slots.remove(slot);
        if slots.as_slice().is_empty() {
            map.remove(&name);
        }
    }
}
