//! Reads a long configuration in parts: of its many sources only some are held as tables at a time.

use std::collections::BTreeSet;
use std::path::Path;

use toml::de::DeTable;

use super::Config;
use super::read::{source, walk};
use super::section::{At, Notes, Section};
use crate::model::Source;

/// A shorter text is read as a whole.
pub(super) const LONG_BYTES: usize = 1 << 20;
/// Sources are read by so many bytes of text, which take some twenty times as much as tables.
pub(super) const PART_BYTES: usize = 64 << 10;

/// Reads a text whose sources can be told from the rest by their lines. `None` when they cannot, or when anything at all
/// is wrong: then the text has to be read as a whole, which says what and where.
///
/// A line that only looks like the head of a table stands in a value that begins before it: then the part before it
/// ends within that value, and is no TOML by itself.
pub(super) fn read_parts(text: &str, folder: &Path, part_bytes: usize) -> Option<Config> {
    let Parts { tables, sources, rest } = split(text, part_bytes);
    if sources.is_empty() || !rest.iter().all(|part| table(part).is_some()) {
        return None;
    }
    let notes = Notes::default();
    let mut known = BTreeSet::new();
    let mut ahead: Vec<At<Source>> = Vec::with_capacity(tables);
    for part in sources {
        let document = table(part)?;
        if document.len() != 1 {
            return None;
        }
        for section in Section::top(&document, &notes).tables("source", "[[source]]") {
            ahead.push(source(section, folder, &mut known, &notes)?);
        }
    }
    let rest = rest.concat();
    let rest = table(&rest).filter(|rest| !rest.contains_key("source"))?;
    walk(&rest, ahead, folder, &notes).filter(|_| notes.is_empty())
}

fn table(text: &str) -> Option<DeTable<'_>> {
    let (document, syntax) = DeTable::parse_recoverable(text);
    syntax.is_empty().then(|| document.into_inner())
}

struct Parts<'t> {
    /// How many tables of sources there are.
    tables: usize,
    /// Whole tables of sources, with the tables below them.
    sources: Vec<&'t str>,
    /// Everything else.
    rest: Vec<&'t str>,
}

fn split(text: &str, part_bytes: usize) -> Parts<'_> {
    let mut parts = Parts { tables: 0, sources: Vec::new(), rest: Vec::new() };
    let (mut start, mut end) = (0, 0);
    let mut in_source = false;
    for line in text.split_inclusive('\n') {
        let is_source = line.starts_with("[[source]]");
        let is_below = line.starts_with("[source.") || line.starts_with("[[source.");
        let is_other = line.starts_with('[') && !is_source && !is_below;
        let ends = if in_source { is_other || (is_source && end - start >= part_bytes) } else { is_source };
        if ends {
            parts.add(&text[start..end], in_source);
            start = end;
            in_source = is_source;
        }
        parts.tables += usize::from(is_source);
        end += line.len();
    }
    parts.add(&text[start..end], in_source);
    parts
}

impl<'t> Parts<'t> {
    fn add(&mut self, part: &'t str, of_sources: bool) {
        match of_sources {
            true => self.sources.push(part),
            false => self.rest.push(part),
        }
    }
}
