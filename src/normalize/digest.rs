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

/// What was known of a document's items, by digest.
pub(super) fn by_digest(known: &[Carried]) -> HashMap<u64, &Carried> {
    known.iter().map(|carried| (carried.digest, carried)).collect()
}
