//! Recognises a document whose publisher changed the ids of its items: the entries are the ones that are known.
//!
//! A site that moves to other software, another domain or https often gives every item a new guid. Without this, all of
//! them would be new, and every reader would get them again.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::model::{CanonicalUrl, Text};

/// Fewer items that come under new ids are taken as new.
const LEAST: usize = 5;
/// And so are those that are a smaller part of the document, in hundredths.
const LEAST_PERCENT: usize = 60;

/// Whether so many new ids among so many items are worth a look.
pub fn is_suspicious(new: usize, items: usize) -> bool {
    new >= LEAST && new * 100 >= items * LEAST_PERCENT
}

/// What an item or an entry is known by besides its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face<'a> {
    /// Its page, for comparing.
    pub url: Option<&'a CanonicalUrl>,
    /// Its title.
    pub title: &'a Text,
}

/// Pairs the new items of a document of `items` items with known entries that it no longer carries under their ids:
/// by their pages, else by their titles, where these tell one from all others. The pairs are (new, known).
///
/// Empty when they are too few to be an id change: a publisher who takes up a page again has one new item.
pub fn renamed(new: &[Face<'_>], known: &[Face<'_>], items: usize) -> Vec<(usize, usize)> {
    if !is_suspicious(new.len(), items) {
        return Vec::new();
    }
    let mut pairs = Vec::new();
    let mut taken = HashSet::new();
    pair(new, known, &mut pairs, &mut taken, |face| face.url);
    pair(new, known, &mut pairs, &mut taken, |face| Some(face.title).filter(|title| !title.is_empty()));
    if !is_suspicious(pairs.len(), items) {
        return Vec::new();
    }
    pairs.sort_unstable();
    pairs
}

/// Pairs what is left on both sides by a mark that one item and one entry have.
fn pair<'a, M: Eq + Hash + 'a>(
    new: &[Face<'a>],
    known: &[Face<'a>],
    pairs: &mut Vec<(usize, usize)>,
    taken: &mut HashSet<usize>,
    mark: impl Fn(&Face<'a>) -> Option<M>,
) {
    let paired: HashSet<usize> = pairs.iter().map(|(new, _)| *new).collect();
    let only = |faces: &[Face<'a>], left_out: &HashSet<usize>| {
        let mut places: HashMap<M, Option<usize>> = HashMap::new();
        for (place, face) in faces.iter().enumerate().filter(|(place, _)| !left_out.contains(place)) {
            if let Some(mark) = mark(face) {
                places.entry(mark).and_modify(|place| *place = None).or_insert(Some(place));
            }
        }
        places
    };
    let entries = only(known, taken);
    for (mark, item) in only(new, &paired) {
        if let (Some(item), Some(Some(entry))) = (item, entries.get(&mark)) {
            pairs.push((item, *entry));
            taken.insert(*entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (url, title) of each.
    fn check(new: &[(&str, &str)], known: &[(&str, &str)], items: usize, expected: &[(usize, usize)]) {
        let own = |faces: &[(&str, &str)]| -> Vec<(Option<CanonicalUrl>, Text)> {
            let url = |url: &str| (!url.is_empty()).then(|| CanonicalUrl(url.into()));
            faces.iter().map(|(page, title)| (url(page), Text((*title).into()))).collect()
        };
        let (new, known) = (own(new), own(known));
        fn faces(owned: &[(Option<CanonicalUrl>, Text)]) -> Vec<Face<'_>> {
            owned.iter().map(|(url, title)| Face { url: url.as_ref(), title }).collect()
        }
        assert_eq!(renamed(&faces(&new), &faces(&known), items), expected, "{new:?}, {known:?}");
    }

    const FIVE: [(&str, &str); 5] =
        [("e/1", "One"), ("e/2", "Two"), ("e/3", "Three"), ("e/4", "Four"), ("e/5", "Five")];

    #[test]
    fn items_under_new_ids_are_the_entries_with_their_pages_or_titles() {
        let same = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)];
        check(&FIVE, &FIVE, 5, &same);
        check(&FIVE.map(|(page, _)| (page, "Renamed")), &FIVE, 5, &same);
        check(&FIVE.map(|(_, title)| ("", title)), &FIVE, 5, &same);
        let elsewhere: Vec<String> = FIVE.iter().map(|(page, _)| format!("new.{page}")).collect();
        let moved: Vec<_> = elsewhere.iter().zip(FIVE).map(|(page, (_, title))| (page.as_str(), title)).collect();
        check(&moved, &FIVE, 5, &same);
        // Some of a larger document, with an item that is new.
        let mut more = FIVE.to_vec();
        more.push(("e/6", "Six"));
        check(&more, &FIVE, 8, &same);
    }

    #[test]
    fn what_is_no_id_change_is_none() {
        check(&FIVE[..4], &FIVE, 4, &[]);
        check(&FIVE, &FIVE, 9, &[]);
        check(&FIVE, &FIVE[..4], 5, &[]);
        check(&FIVE.map(|_| ("", "Daily briefing")), &FIVE.map(|_| ("", "Daily briefing")), 5, &[]);
        check(&FIVE.map(|_| ("", "")), &FIVE.map(|_| ("", "")), 5, &[]);
        check(&FIVE, &[], 5, &[]);
        check(&[], &FIVE, 0, &[]);
    }
}
