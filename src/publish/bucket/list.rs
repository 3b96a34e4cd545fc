//! The list of what the desk put into a bucket: a tag and a path a line.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::{ETag, Rendered, SitePath};

/// The list's own name. No document can have it.
pub(super) const NAME: &str = ".wiredesk";

/// A longer list is none of ours: a site of 100,000 documents has one of some 8 MB.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// The first line. The number changes when documents are put in another way, so that all of them are put again.
const HEAD: &str = "# Written by wiredesk: the site's objects below this one, a tag and a path a line. Do not edit. 1";

/// The tag of an object that may be there or not.
const UNKNOWN: &str = "-";

/// What is in the bucket, as far as it is ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List(BTreeMap<SitePath, String>);

impl List {
    pub(super) fn of(documents: &[&Rendered]) -> Self {
        Self(documents.iter().map(|document| (document.path.clone(), tag(&document.etag).to_owned())).collect())
    }

    /// Reads a list; `None` when it is none. A line that is no path of ours is skipped, so an edited list can do no harm.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut lines = text.lines();
        if lines.next() != Some(HEAD) {
            return None;
        }
        let entries = lines.filter_map(|line| {
            let (tag, path) = line.split_once(' ')?;
            Some((SitePath::new(path)?, tag.to_owned()))
        });
        Some(Self(entries.collect()))
    }

    /// The same, and documents that are about to be put.
    pub(super) fn with_unknown<'a>(&self, paths: impl IntoIterator<Item = &'a SitePath>) -> Self {
        let mut all = self.clone();
        for path in paths {
            all.0.entry(path.clone()).or_insert_with(|| UNKNOWN.to_owned());
        }
        all
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &SitePath> {
        self.0.keys()
    }

    pub(super) fn knows(&self, path: &SitePath) -> bool {
        self.0.contains_key(path)
    }

    pub(super) fn has(&self, path: &SitePath, etag: &ETag) -> bool {
        self.0.get(path).is_some_and(|known| known == tag(etag))
    }
}

fn tag(etag: &ETag) -> &str {
    etag.as_str().trim_matches('"')
}

impl fmt::Display for List {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{HEAD}")?;
        self.0.iter().try_for_each(|(path, tag)| writeln!(formatter, "{tag} {path}"))
    }
}
