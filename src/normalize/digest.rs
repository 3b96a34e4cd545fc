//! Knows an item again that comes as it came the last time, without making an entry of it.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use url::Url;
use xxhash_rust::xxh3::Xxh3Default;

use crate::model::{Carried, Feed, Item};

/// What a program of another version made of an item may be something else.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Over all that an entry is made of, and what it takes from its feed.
///
/// Numbers of comments and lines are left out: they make no other entry.
pub(super) fn digest(item: &Item, feed: &Feed, home: Option<&Url>) -> u64 {
    // Named one by one, so that a new field asks where it belongs.
    let Item {
        id,
        link,
        title,
        summary,
        content,
        published,
        updated,
        authors,
        contributors,
        enclosures,
        categories,
        comments: _,
        comment_count: _,
        image,
        image_size,
        rights,
        language,
        translations,
        links,
        media,
        podcast,
        place: _,
        source,
        base,
        line: _,
    } = item;
    let mut hasher = Xxh3Default::new();
    (VERSION, home, &feed.language).hash(&mut hasher);
    (id, link, title, summary, content, published, updated, authors, contributors).hash(&mut hasher);
    (enclosures, categories, image, image_size, rights, language, translations).hash(&mut hasher);
    (links, media, podcast, source, base).hash(&mut hasher);
    hasher.finish()
}

/// So many are looked for one by one: to make a map takes longer.
const FEW: usize = 4;

/// What was known of a document's items, by digest; of two with the same the later one.
pub(super) struct Known<'a> {
    items: &'a [Carried],
    by_digest: Option<HashMap<u64, &'a Carried>>,
}

impl<'a> Known<'a> {
    /// For so many items that will be looked for.
    pub(super) fn new(items: &'a [Carried], sought: usize) -> Self {
        let map = || items.iter().map(|carried| (carried.digest, carried)).collect();
        Self { items, by_digest: (sought > FEW).then(map) }
    }

    pub(super) fn get(&self, digest: u64) -> Option<&'a Carried> {
        match &self.by_digest {
            Some(map) => map.get(&digest).copied(),
            None => self.items.iter().rev().find(|carried| carried.digest == digest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EntryId;

    #[test]
    fn few_and_many_are_found_alike() {
        let item = |digest: u64, entry: u8| Carried {
            digest,
            entry: EntryId([entry; 16]),
            page: None,
            language: None,
            mark: None,
        };
        let items = [item(1, 1), item(2, 2), item(1, 3)];
        for sought in [1, FEW, FEW + 1] {
            let known = Known::new(&items, sought);
            let found = [1, 2, 3].map(|digest| known.get(digest).map(|carried| carried.entry.0[0]));
            assert_eq!(found, [Some(3), Some(2), None], "{sought}");
        }
    }
}
