//! Collects the defects of a document, with their lines, and keeps their number bounded.

use super::limits;
use crate::model::Flaw;

/// The flaws found so far, and the place up to which lines are counted.
pub struct Flaws<'a> {
    document: &'a str,
    position: usize,
    line: u32,
    list: Vec<Flaw>,
    counts: Vec<(&'static str, usize)>,
}

impl<'a> Flaws<'a> {
    /// No flaws yet in `document`.
    pub fn new(document: &'a str) -> Self {
        Self { document, position: 0, line: 1, list: Vec::new(), counts: Vec::new() }
    }

    /// The line of a byte position, counted from 1. Positions are asked for in rising order, so this stays linear;
    /// an earlier one gets the line of the last.
    pub fn line(&mut self, position: usize) -> u32 {
        if let Some(between) = self.document.as_bytes().get(self.position..position) {
            self.line += memchr::memchr_iter(b'\n', between).count() as u32;
            self.position = position;
        }
        self.line
    }

    /// Notes a flaw at a byte position.
    pub fn note(&mut self, kind: &'static str, position: usize, message: impl FnOnce() -> String) {
        let line = self.line(position);
        self.push(kind, Some(line), message);
    }

    /// Notes a flaw at a line that is already known.
    pub fn note_line(&mut self, kind: &'static str, line: u32, message: impl FnOnce() -> String) {
        self.push(kind, Some(line), message);
    }

    /// Notes a flaw of the document as a whole.
    pub fn note_whole(&mut self, kind: &'static str, message: impl FnOnce() -> String) {
        self.push(kind, None, message);
    }

    fn push(&mut self, kind: &'static str, line: Option<u32>, message: impl FnOnce() -> String) {
        let count = match self.counts.iter().position(|(known, _)| *known == kind) {
            Some(at) => &mut self.counts[at].1,
            None => {
                self.counts.push((kind, 0));
                let last = self.counts.len() - 1;
                &mut self.counts[last].1
            }
        };
        *count += 1;
        if *count <= limits::FLAWS_PER_KIND {
            self.list.push(Flaw { kind, line, message: message() });
        }
    }

    /// The flaws, with one line for each kind of which not all are listed.
    pub fn finish(mut self) -> Vec<Flaw> {
        for (kind, count) in self.counts {
            if let Some(more @ 1..) = count.checked_sub(limits::FLAWS_PER_KIND) {
                self.list.push(Flaw { kind, line: None, message: format!("{more} more of this kind.") });
            }
        }
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let mut flaws = Flaws::new("a\nb\n\nc");
        let lines: Vec<u32> = [0, 1, 2, 4, 5, 6, 99].into_iter().map(|position| flaws.line(position)).collect();
        assert_eq!(lines, [1, 1, 2, 3, 4, 4, 4]);
    }

    #[test]
    fn a_flood_of_flaws_is_counted_not_kept() {
        let mut flaws = Flaws::new("");
        for _ in 0..1000 {
            flaws.note("bare-ampersand", 0, || "A bare `&`.".into());
        }
        let list = flaws.finish();
        assert_eq!(list.len(), limits::FLAWS_PER_KIND + 1);
        assert_eq!(list.last().map(|flaw| flaw.message.as_str()), Some("980 more of this kind."));
    }
}
