//! Walks one table of the configuration: hands out its values, notes what is wrong, and misses no key.

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mask::mask;
use super::{Fault, Faults};

/// Reads the TOML text of the file at `path` by a walk that notes what is wrong, and returns `None` only when it
/// noted something.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn read_document<'i, T>(
    text: &'i str,
    path: &Path,
    walk: impl FnOnce(&DeTable<'i>, &Notes) -> Option<T>,
) -> Result<T, Faults> {
    let notes = Notes::default();
    let (document, syntax) = DeTable::parse_recoverable(text);
    if !syntax.is_empty() {
        for error in syntax {
            let span = error.span().unwrap_or(0..0);
            notes.add(span, format!("not TOML: {}", error.message()), "see https://toml.io for how to write it");
        }
        // What could be recovered would only add faults that follow from these.
        return Err(notes.into_faults(path, text));
    }
    match walk(document.get_ref(), &notes) {
        Some(read) if notes.is_empty() => Ok(read),
        _ => Err(notes.into_faults(path, text)),
    }
}

/// Collects faults while the walk goes on.
#[derive(Default)]
pub(crate) struct Notes {
    faults: RefCell<Vec<Fault>>,
    /// What must not be shown with them.
    hidden: RefCell<Vec<Range<usize>>>,
}

impl Notes {
    pub(crate) fn add(&self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.faults.borrow_mut().push(Fault { span, message: message.into(), help: help.into() });
    }

    /// Keeps what stands there from being shown with a fault of its line.
    pub(crate) fn hide(&self, span: Range<usize>) {
        self.hidden.borrow_mut().push(span);
    }

    /// Whether nothing was noted.
    pub(super) fn is_empty(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    fn into_faults(self, path: &Path, text: &str) -> Faults {
        Faults::new(path, &mask(text, &self.hidden.into_inner()), self.faults.into_inner())
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// One table, and the keys that were asked of it so far.
pub(crate) struct Section<'a, 'i> {
    /// As it stands in the file: `[site]`, `[[source]]`, `the top level`.
    title: &'static str,
    pub(crate) span: Range<usize>,
    table: Option<&'a DeTable<'i>>,
    asked: Vec<&'static str>,
    /// Keys that were there and must not be.
    refused: Vec<&'static str>,
    notes: &'a Notes,
}

impl<'a, 'i> Section<'a, 'i> {
    pub(crate) fn top(table: &'a DeTable<'i>, notes: &'a Notes) -> Self {
        Self::new("the top level", 0..0, Some(table), notes)
    }

    /// A value that is a table; `None` when it is none.
    pub(crate) fn of(value: &'a Spanned<DeValue<'i>>, title: &'static str, notes: &'a Notes) -> Option<Self> {
        let table = value.get_ref().as_table()?;
        Some(Self::new(title, value.span(), Some(table), notes))
    }

    fn new(title: &'static str, span: Range<usize>, table: Option<&'a DeTable<'i>>, notes: &'a Notes) -> Self {
        Self { title, span, table, asked: Vec::new(), refused: Vec::new(), notes }
    }

    /// The value of a key that can be written in several ways, as it stands.
    pub(crate) fn raw(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.get(key)
    }

    /// Every key of a table whose keys are names, where it stands, and its value.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'a str, Range<usize>, &'a Spanned<DeValue<'i>>)> {
        let entries = self.table.into_iter().flat_map(DeTable::iter);
        entries.map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
    }

    /// Notes a key that must not be there, and hides its value. Returns whether it is there.
    pub(crate) fn refuse(&mut self, key: &'static str, message: &str, help: &str) -> bool {
        let Some(found) = self.table.and_then(|table| table.get(key)) else { return false };
        self.refused.push(key);
        self.notes.hide(found.span());
        self.notes.add(found.span(), message, help);
        true
    }

    /// The value of a key, as `read` makes it. `example` is what stands behind `key = ` in the help.
    pub(crate) fn value<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl FnOnce(&DeValue<'i>) -> Result<T, String>,
    ) -> Option<At<T>> {
        let found = self.get(key)?;
        match read(found.get_ref()) {
            Ok(value) => Some(At { value, span: found.span() }),
            Err(cause) => {
                self.notes.add(found.span(), format!("`{key}` {cause}"), format!("for example: {key} = {example}"));
                None
            }
        }
    }

    /// Like `value`, for a key that must be there.
    pub(crate) fn required<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl FnOnce(&DeValue<'i>) -> Result<T, String>,
    ) -> Option<At<T>> {
        self.demand(key, example);
        self.value(key, example, read)
    }

    /// Notes that a key is not there.
    fn demand(&self, key: &'static str, example: &str) {
        if self.table.is_some_and(|table| !table.contains_key(key)) {
            let message = format!("{} has no `{key}`", self.title);
            self.notes.add(self.span.clone(), message, format!("add a line: {key} = {example}"));
        }
    }

    /// The elements of an array, each read for itself; a faulty element is noted and left out.
    pub(crate) fn list<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl Fn(&DeValue<'i>) -> Result<T, String>,
    ) -> Option<Vec<At<T>>> {
        let found = self.get(key)?;
        let help = || format!("for example: {key} = {example}");
        let Some(array) = found.get_ref().as_array() else {
            self.notes.add(found.span(), format!("`{key}` must be an array"), help());
            return None;
        };
        let mut elements = Vec::with_capacity(array.len());
        for element in array.iter() {
            match read(element.get_ref()) {
                Ok(value) => elements.push(At { value, span: element.span() }),
                Err(cause) => self.notes.add(element.span(), format!("`{key}`: an element {cause}"), help()),
            }
        }
        Some(elements)
    }

    /// Like `list`, for a key that must be there.
    pub(crate) fn required_list<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl Fn(&DeValue<'_>) -> Result<T, String>,
    ) -> Option<Vec<At<T>>> {
        self.demand(key, example);
        self.list(key, example, read)
    }

    /// A table below this one; absent is as good as empty.
    pub(crate) fn table(&mut self, key: &'static str, title: &'static str) -> Section<'a, 'i> {
        let found = self.get(key);
        let table = found.and_then(|value| value.get_ref().as_table());
        if let Some(value) = found
            && table.is_none()
        {
            self.notes.add(value.span(), format!("`{key}` must be a table"), format!("write it as {title}"));
        }
        let span = found.map_or(0..0, Spanned::span);
        Section::new(title, span, table, self.notes)
    }

    /// The tables of an array of tables.
    pub(crate) fn tables(&mut self, key: &'static str, title: &'static str) -> Vec<Section<'a, 'i>> {
        let Some(found) = self.get(key) else { return Vec::new() };
        let notes = self.notes;
        let wrong = |span| notes.add(span, format!("`{key}` must be an array of tables"), format!("write {title}"));
        let Some(array) = found.get_ref().as_array() else {
            wrong(found.span());
            return Vec::new();
        };
        let mut sections = Vec::with_capacity(array.len());
        for element in array.iter() {
            match element.get_ref().as_table() {
                Some(table) => sections.push(Section::new(title, element.span(), Some(table), notes)),
                None => wrong(element.span()),
            }
        }
        sections
    }

    /// Notes every key that nobody asked for, with the nearest one that is known.
    pub(crate) fn finish(self) {
        for key in self.table.into_iter().flat_map(DeTable::keys) {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) || self.refused.contains(&name) {
                continue;
            }
            let nearest = self.asked.iter().max_by(|a, b| {
                strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)).then_with(|| b.cmp(a))
            });
            let help = match nearest {
                Some(nearest) if strsim::jaro_winkler(name, nearest) > 0.75 => format!("did you mean `{nearest}`?"),
                _ => format!("known here: {}", self.asked.join(", ")),
            };
            self.notes.add(key.span(), format!("unknown key `{name}` in {}", self.title), help);
        }
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.asked.push(key);
        self.table?.get(key)
    }
}
