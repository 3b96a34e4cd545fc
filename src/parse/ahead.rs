//! Looks ahead in the document: whether an element ends before the item around it does.

use memchr::memmem;

use super::limits;

/// The document, and where the tags stand that were looked for.
#[derive(Debug)]
pub struct Ahead<'a> {
    document: &'a str,
    /// Beginnings of tags with the place of the next one from where it was looked for last.
    known: Vec<(String, usize)>,
    /// Bytes that may still be looked at.
    budget: usize,
}

/// The place of what stands nowhere.
const NOWHERE: usize = usize::MAX;

impl<'a> Ahead<'a> {
    /// Nothing looked for yet.
    pub fn new(document: &'a str) -> Self {
        let budget = document.len().saturating_mul(limits::STRAY_SEARCHES);
        Self { document, known: Vec::new(), budget }
    }

    /// Whether the element of that name has an end tag behind `position`, before an item begins or ends.
    ///
    /// Places are remembered and the bytes looked at are bounded; when they are used up, every element is trusted.
    pub fn ends(&mut self, name: &str, position: usize) -> bool {
        // Mostly its end is the next tag.
        let rest = self.document.as_bytes().get(position..).unwrap_or_default();
        let next = memchr::memchr(b'<', rest).and_then(|at| rest.get(at + 1..));
        let end = next.and_then(|tag| tag.strip_prefix(b"/")?.strip_prefix(name.as_bytes()));
        if end.is_some_and(|behind| behind.first() == Some(&b'>')) {
            return true;
        }
        let boundaries = ["</item", "<item", "</entry", "<entry"];
        let Some(end) = self.next(&format!("</{name}"), position) else { return true };
        if end == NOWHERE {
            return false;
        }
        boundaries.iter().all(|boundary| self.next(boundary, position).is_none_or(|boundary| end <= boundary))
    }

    /// Whether it has an end tag anywhere behind `position`.
    pub fn ends_anywhere(&mut self, name: &str, position: usize) -> bool {
        self.next(&format!("</{name}"), position) != Some(NOWHERE)
    }

    /// Whether it ends inside its item, and before another one of its name begins.
    pub fn ends_next(&mut self, name: &str, position: usize) -> bool {
        let end = self.next(&format!("</{name}"), position);
        let next = self.next(&format!("<{name}"), position);
        self.ends(name, position) && end.zip(next).is_some_and(|(end, next)| end < next)
    }

    /// Whether one of that name ends behind `position` before the next one begins: then its start tag is missing.
    pub fn ends_unbegun(&mut self, name: &str, position: usize) -> bool {
        let end = self.next(&format!("</{name}"), position).filter(|end| *end != NOWHERE);
        let next = self.next(&format!("<{name}"), position);
        end.zip(next).is_some_and(|(end, next)| end < next)
    }

    /// Whether items come behind `position`, but nothing that could be the root of their feed: then it is lost. `entry` is
    /// Atom's name for them.
    pub fn items_without_root(&mut self, position: usize) -> Option<&'static str> {
        const ROOTS: [&str; 4] = ["<rss", "<feed", "<channel", "<rdf:RDF"];
        if ROOTS.iter().any(|root| self.next(root, position) != Some(NOWHERE)) {
            return None;
        }
        ["item", "entry"]
            .into_iter()
            .find(|name| self.next(&format!("<{name}"), position).is_some_and(|place| place != NOWHERE))
    }

    /// The next place of a tag's beginning; `None` when nothing may be looked at any more.
    fn next(&mut self, tag: &str, position: usize) -> Option<usize> {
        let at = self.known.iter().position(|(known, _)| known == tag);
        if let Some((_, place)) = at.and_then(|at| self.known.get(at)).filter(|(_, place)| *place >= position) {
            return Some(*place);
        }
        let rest = self.document.as_bytes().get(position..)?;
        // The budget is spent before the search, so that no search is without cost.
        self.budget = self.budget.checked_sub(1)?;
        let ends_name = |at: &usize| {
            rest.get(at + tag.len()).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
        };
        let window = rest.get(..self.budget).unwrap_or(rest);
        let found = memmem::find_iter(window, tag).find(ends_name);
        self.budget -= found.unwrap_or(window.len()).min(self.budget);
        if found.is_none() && window.len() < rest.len() {
            return None;
        }
        let place = found.map_or(NOWHERE, |found| position + found);
        match at {
            Some(at) => self.known[at].1 = place,
            None if self.known.len() < limits::KNOWN_TAGS => self.known.push((tag.to_owned(), place)),
            None => {}
        }
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_ends_inside_its_item_or_not_at_all() {
        let document = "<item><a>1</a><b>2</item><item></b><ab></ab></item>";
        let mut ahead = Ahead::new(document);
        let at = |part: &str| document.find(part).expect("a part");
        assert!(ahead.ends("a", at("<a>") + 1));
        assert!(!ahead.ends("b", at("<b>") + 1), "its end belongs to the next item");
        assert!(!ahead.ends("a", at("<ab>")), "`ab` is not `a`");
        assert!(ahead.ends("ab", at("<ab>") + 1));
        assert!(!ahead.ends("c", 1));
        assert!(ahead.ends_anywhere("b", at("<b>") + 1) && !ahead.ends_anywhere("c", 1));
        assert_eq!(Ahead::new("<title>a</title><entry>").items_without_root(0), Some("entry"));
        for rooted in ["<title>a</title><rss><item>", "<title>a</title><p>", "<item-list>"] {
            assert_eq!(Ahead::new(rooted).items_without_root(0), None, "{rooted}");
        }
        let twice = "<a>1<a>2</a>";
        assert!(!Ahead::new(twice).ends_next("a", 1) && Ahead::new(twice).ends_next("a", 5));
        let mut ahead = Ahead::new("<b></b></a><a></a>");
        assert!(ahead.ends_unbegun("a", 1) && !ahead.ends_unbegun("a", 11) && !ahead.ends_unbegun("c", 1));
    }

    #[test]
    fn looking_ahead_has_an_end() {
        let document = "x".repeat(10_000);
        let mut ahead = Ahead::new(&document);
        let doubted = (0..10_000).filter(|number| !ahead.ends(&format!("n{number}"), 0)).count();
        assert!(doubted <= limits::STRAY_SEARCHES, "{doubted}");
        assert!(ahead.known.len() <= limits::KNOWN_TAGS);
    }
}
