//! Collects the defects of a document, with their lines, and keeps their number bounded.

use chrono::{DateTime, Utc};

use super::entities::Troubles;
use super::limits;
use super::tokens::Fault;
use crate::model::Flaw;
use crate::text::{clip, fold};

/// The flaws found so far, and the place up to which lines are counted.
pub struct Flaws<'a> {
    /// The time at which the document is read, if that is known.
    pub now: Option<DateTime<Utc>>,
    /// Whether items are to say their lines.
    pub lines: bool,
    document: &'a str,
    position: usize,
    line: u32,
    list: Vec<Flaw>,
    counts: Vec<(&'static str, usize)>,
}

impl<'a> Flaws<'a> {
    /// No flaws yet in `document`.
    pub fn new(document: &'a str) -> Self {
        Self { now: None, lines: false, document, position: 0, line: 1, list: Vec::new(), counts: Vec::new() }
    }

    /// Counts positions from `start` on from now on: what comes before it is not read.
    pub fn skip_to(&mut self, start: usize) {
        self.line(start);
        self.document = self.document.get(start..).unwrap_or_default();
        self.position = 0;
    }

    /// The line of a byte position, counted from 1, on from the one asked for last. Positions rise, but for the starts of
    /// items at their ends, so this stays linear.
    fn line(&mut self, position: usize) -> u32 {
        let breaks = |between: &[u8]| memchr::memchr_iter(b'\n', between).count() as u32;
        let bytes = self.document.as_bytes();
        if let Some(between) = bytes.get(self.position..position) {
            self.line += breaks(between);
            self.position = position;
        } else if let Some(between) = bytes.get(position..self.position) {
            self.line -= breaks(between);
            self.position = position;
        }
        self.line
    }

    /// The line that an item says it starts in: 0 unless [`Flaws::lines`] are wanted.
    pub fn line_of_item(&mut self, position: usize) -> u32 {
        if self.lines { self.line(position) } else { 0 }
    }

    /// Notes a flaw at a byte position.
    pub fn note(&mut self, kind: &'static str, position: usize, message: impl FnOnce() -> String) {
        self.push(kind, Some(position), message);
    }

    /// Notes what was wrong with a tag.
    pub fn note_fault(&mut self, fault: Fault, position: usize) {
        let (kind, message) = match fault {
            Fault::BareLessThan => ("bare-less-than", "A `<` that opens no tag: taken as text."),
            Fault::UnclosedTag => ("unclosed-tag", "A tag without its `>`: ended where the next begins."),
            Fault::LostQuote => ("lost-quote", "A quote in a tag is missing: the tag ended at its first `>`."),
            Fault::UnclosedCData => ("unclosed-cdata", "A CDATA section without its end: its text was read as markup."),
            Fault::CDataCase => ("cdata-case", "`<![CDATA[` in lower case: read as CDATA."),
            Fault::UnclosedOther => {
                ("unclosed-comment", "A comment or declaration without its end: left out up to `>`.")
            }
        };
        self.note(kind, position, || message.to_owned());
    }

    /// Notes what was wrong with the references in a text.
    pub fn note_troubles(&mut self, troubles: Troubles, position: usize) {
        const MESSAGES: [(Troubles, &str, &str); 7] = [
            (Troubles::BARE_AMPERSAND, "bare-ampersand", "A `&` that begins no reference: taken as text."),
            (Troubles::HTML_NAME, "undeclared-entity", "An HTML entity that XML does not know: decoded as in HTML."),
            (Troubles::UNKNOWN_NAME, "unknown-entity", "An entity that nobody declares: kept as it stands."),
            (Troubles::NO_SEMICOLON, "missing-semicolon", "A reference without its `;`: decoded."),
            (Troubles::BAD_NUMBER, "bad-character", "A reference to no valid character: not decoded."),
            (
                Troubles::CP1252_NUMBER,
                "windows-character",
                "A character number of Windows-1252: read as that character.",
            ),
            (Troubles::TOO_MUCH, "entity-expansion", "Declared entities grow beyond the limit: left out."),
        ];
        for (trouble, kind, message) in MESSAGES {
            if troubles.has(trouble) {
                self.note(kind, position, || message.to_owned());
            }
        }
    }

    /// Notes a flaw of the document as a whole.
    pub fn note_whole(&mut self, kind: &'static str, message: impl FnOnce() -> String) {
        self.push(kind, None, message);
    }

    fn push(&mut self, kind: &'static str, position: Option<usize>, message: impl FnOnce() -> String) {
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
            let line = position.map(|position| self.line(position));
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

/// A name, label or value of the document as a message quotes it: one short line.
pub fn quoted(text: &str) -> String {
    const CHARACTERS: usize = 60;
    let head = &text[..text.floor_char_boundary(8 * CHARACTERS)];
    clip(&fold(head), CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let mut flaws = Flaws::new("a\nb\n\nc");
        let lines: Vec<u32> =
            [0, 1, 2, 4, 5, 6, 99, 3, 1, 5].into_iter().map(|position| flaws.line(position)).collect();
        assert_eq!(lines, [1, 1, 2, 3, 4, 4, 4, 2, 1, 4]);
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
