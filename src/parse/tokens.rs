//! Cuts a document into tags and text without ever failing: the only place that knows the tokeniser.
//!
//! Text, comments, instructions and CDATA sections are found with `memchr`, text handed on raw in one span; a tag of a
//! mere name or regular attributes is cut by its bytes, and `quick-xml` finds the ends of other tags and of document
//! types. Where it gives up, the rules below go on behind the fault. Every search that may fail after reading the rest of
//! the document is remembered as failed or counted, so the work stays linear.

mod tag;

use memchr::{memchr, memchr_iter, memchr2, memmem};
use quick_xml::Reader;
use quick_xml::events::Event;

use self::tag::{
    bare_tag, ended_name, glued_name, leading_blanks, opens_markup, quotes_are_paired, regular_tag, split_tag,
};
use super::attributes::{Attribute, attributes};
use super::{limits, names};

/// A piece of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// Text with its references as they stand.
    Text(&'a str),
    /// The inside of a CDATA section.
    CData(&'a str),
    /// A start tag; `attributes` is all behind the name.
    Start {
        /// The name with its prefix.
        name: &'a str,
        /// For [`super::attributes::attributes`].
        attributes: &'a str,
        /// Whether it ends itself (`<a/>`).
        empty: bool,
    },
    /// An end tag's name.
    End(&'a str),
    /// The inside of `<!DOCTYPE …>`.
    Doctype(&'a str),
    /// A comment or a processing instruction.
    Other,
}

const CDATA_OPENING: &str = "<![CDATA[";

/// What was wrong at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `<` that opens no tag: taken as text.
    BareLessThan,
    /// A tag that the document's end, or the next tag, cuts off.
    UnclosedTag,
    /// A quote in a tag that is never closed.
    LostQuote,
    /// A CDATA section without its end.
    UnclosedCData,
    /// `<![cdata[` in the wrong case.
    CDataCase,
    /// A comment, instruction or document type without its end.
    UnclosedOther,
}

/// The tokens of a document, one after the other.
pub struct Tokens<'a> {
    document: &'a str,
    reader: Reader<&'a [u8]>,
    position: usize,
    start: usize,
    /// The name of the last start tag.
    last_name: &'a str,
    /// The attributes of the last tag, and whether it was regular, so that they are all of them.
    attributes: Vec<Attribute<'a>>,
    regular: bool,
    fault: Option<Fault>,
    stray_searches: usize,
    examined: usize,
    no_comment_end: bool,
    cdata_end: Option<usize>,
    no_instruction_end: bool,
}

impl<'a> Tokens<'a> {
    /// Starts at the document's first byte.
    pub fn new(document: &'a str) -> Self {
        Self {
            document,
            reader: reader(),
            position: 0,
            start: 0,
            last_name: "",
            attributes: Vec::new(),
            regular: false,
            fault: None,
            stray_searches: 0,
            examined: 0,
            no_comment_end: false,
            cdata_end: None,
            no_instruction_end: false,
        }
    }

    /// Where the last token starts.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Puts the attributes of the start tag that came last into `list`; `raw` is what the tag says they are.
    pub fn attributes(&mut self, raw: &'a str, list: &mut Vec<Attribute<'a>>) {
        list.clear();
        match (raw.is_empty(), self.regular) {
            (true, _) => {}
            (false, true) => std::mem::swap(list, &mut self.attributes),
            (false, false) => list.extend(attributes(raw)),
        }
    }

    /// What was wrong at the last token; asking clears it.
    pub fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    /// How many bytes all searches together looked at, for tests of the bound.
    #[cfg(test)]
    pub fn examined(&self) -> usize {
        self.examined
    }

    /// Passes over blanks in front of markup: for who takes no text here.
    pub fn skip_blanks(&mut self) {
        let bytes = self.rest().as_bytes();
        let blanks = leading_blanks(bytes);
        self.examined += blanks;
        if bytes.get(blanks) == Some(&b'<') {
            self.position += blanks;
        }
    }

    /// The next token, `None` at the end.
    pub fn next(&mut self) -> Option<Token<'a>> {
        self.start = self.position;
        let rest = self.rest();
        if let Some((token, length)) = bare_tag(rest) {
            self.examined += length;
            self.position += length;
            if let Token::Start { name, .. } = token {
                self.last_name = name;
            }
            return Some(token);
        }
        if rest.is_empty() {
            return None;
        }
        let start = self.markup_start(rest);
        self.examined += start;
        match start {
            0 => {
                let token = self.markup(rest);
                if let Token::Start { name, .. } = token {
                    self.last_name = name;
                }
                Some(token)
            }
            end => {
                self.position += end;
                Some(Token::Text(&rest[..end]))
            }
        }
    }

    fn rest(&self) -> &'a str {
        &self.document[self.position..]
    }

    /// The position of the first `<` that opens markup, or the length.
    fn markup_start(&mut self, rest: &str) -> usize {
        let bytes = rest.as_bytes();
        let mut from = 0;
        while let Some(found) = bytes.get(from..).and_then(|tail| memchr(b'<', tail)) {
            let at = from + found;
            if opens_markup(&bytes[at + 1..]) {
                return at;
            }
            self.fault = Some(Fault::BareLessThan);
            from = at + 1;
        }
        bytes.len()
    }

    fn markup(&mut self, rest: &'a str) -> Token<'a> {
        let bytes = rest.as_bytes();
        match bytes.get(1) {
            Some(b'!') if bytes.starts_with(b"<!--") => self.comment(rest),
            Some(b'!') if bytes.get(2) == Some(&b'[') => self.cdata(rest),
            Some(b'!') => self.doctype(rest),
            Some(b'?') => self.instruction(rest),
            _ => self.tag(rest),
        }
    }

    /// Where `quick-xml` ends the markup that `rest` starts with.
    fn markup_end(&mut self, rest: &'a str) -> Option<usize> {
        *self.reader.get_mut() = rest.as_bytes();
        let before = self.reader.buffer_position();
        let end = match self.reader.read_event() {
            Ok(Event::Eof) => None,
            Ok(_) => usize::try_from(self.reader.buffer_position() - before).ok(),
            // An error may end the reader for good.
            Err(_) => {
                self.reader = reader();
                None
            }
        };
        let end = end.filter(|&end| end > 1 && rest.is_char_boundary(end));
        self.examined += end.unwrap_or(rest.len());
        end
    }

    fn tag(&mut self, rest: &'a str) -> Token<'a> {
        let bytes = rest.as_bytes();
        let regular = regular_tag(rest, &mut self.attributes);
        self.regular = regular.is_some();
        if let Some((token, length)) = regular {
            self.examined += length;
            self.position += length;
            return token;
        }
        if self.stray_searches < limits::STRAY_SEARCHES {
            let end = self.markup_end(rest);
            if let Some(end) = end
                && (memchr(b'<', &bytes[1..end]).is_none() || quotes_are_paired(&rest[1..end - 1]))
            {
                self.position += end;
                return split_tag(&rest[1..end - 1]);
            }
            self.stray_searches += 1;
        }
        // Without trust in quotes a tag ends at the next bracket of either kind.
        self.fault = Some(Fault::LostQuote);
        let end = memchr2(b'<', b'>', &bytes[1..]).map(|at| at + 1);
        self.examined += end.unwrap_or(rest.len());
        match end {
            Some(end) if bytes[end] == b'>' => {
                self.position += end + 1;
                split_tag(&rest[1..end])
            }
            Some(end) => {
                self.fault = Some(Fault::UnclosedTag);
                if let Some(name) = glued_name(&rest[1..end], &rest[end..]) {
                    self.position += 1 + name.len();
                    return Token::Start { name, attributes: "", empty: false };
                }
                if let Some(length) = ended_name(&rest[1..end]) {
                    self.position += 2 + length;
                    return Token::Start { name: &rest[1..1 + length], attributes: "", empty: true };
                }
                self.position += end;
                split_tag(&rest[1..end])
            }
            None => {
                self.fault = Some(Fault::UnclosedTag);
                self.position = self.document.len();
                Token::Other
            }
        }
    }

    fn comment(&mut self, rest: &'a str) -> Token<'a> {
        let end = if self.no_comment_end { None } else { self.find(rest, 4, "-->") };
        self.no_comment_end |= end.is_none();
        if end.is_none() {
            // Only the opening is dropped: the rest of the feed may stand behind it.
            self.fault = Some(Fault::UnclosedOther);
            self.position += "<!--".len();
            return Token::Other;
        }
        self.skip(rest, end)
    }

    fn instruction(&mut self, rest: &'a str) -> Token<'a> {
        let end = if self.no_instruction_end { None } else { self.find(rest, 2, "?>") };
        self.no_instruction_end |= end.is_none();
        self.skip(rest, end)
    }

    /// Where `mark` ends, looked for from `from` by its first byte, which is rare in what it ends.
    fn find(&mut self, rest: &str, from: usize, mark: &str) -> Option<usize> {
        let (bytes, mark) = (rest.as_bytes(), mark.as_bytes());
        let mut starts = memchr_iter(mark[0], &bytes[from..]).map(|at| from + at);
        let end = starts.find(|&at| bytes[at..].starts_with(mark)).map(|at| at + mark.len());
        self.examined += end.unwrap_or(rest.len());
        end
    }

    fn doctype(&mut self, rest: &'a str) -> Token<'a> {
        let end = if self.stray_searches < limits::STRAY_SEARCHES { self.markup_end(rest) } else { None };
        let Some(end) = end.filter(|&end| end > 10) else {
            self.stray_searches += 1;
            return self.skip(rest, None);
        };
        self.position += end;
        Token::Doctype(rest[9..end - 1].trim_start())
    }

    /// Leaves out `end` bytes; without an end, all up to the next `>`, or the document's rest.
    fn skip(&mut self, rest: &'a str, end: Option<usize>) -> Token<'a> {
        let end = end.unwrap_or_else(|| {
            self.fault = Some(Fault::UnclosedOther);
            memchr(b'>', rest.as_bytes()).map_or(rest.len(), |at| at + 1)
        });
        self.examined += end;
        self.position += end;
        Token::Other
    }

    /// A CDATA section in any case. Without its end only the opening is dropped, so that the tags behind it count.
    fn cdata(&mut self, rest: &'a str) -> Token<'a> {
        const OPENING: usize = CDATA_OPENING.len();
        if !rest.starts_with(CDATA_OPENING) {
            self.fault = Some(Fault::CDataCase);
        }
        let start = self.position + OPENING;
        // The end found last may lie beyond this opening too: each byte is searched once.
        let end = self
            .cdata_end
            .filter(|&end| end >= start)
            .unwrap_or_else(|| self.find(rest, OPENING, "]]>").map_or(usize::MAX, |end| self.position + end - 3));
        self.cdata_end = Some(end);
        let inside = self.document.get(start..end).filter(|inside| !self.swallows_its_end(inside));
        let Some(inside) = inside else {
            self.fault = Some(Fault::UnclosedCData);
            self.position = start;
            return Token::Other;
        };
        self.position = end + 3;
        Token::CData(inside)
    }

    /// Whether a CDATA section runs over the end of its element, or of an item, into another section: its own end is
    /// missing.
    fn swallows_its_end(&self, inside: &str) -> bool {
        // Its second bracket is the rarest byte of an opening.
        let bytes = inside.as_bytes();
        let mut ends = memchr_iter(b'[', bytes).filter(|&at| bytes[..=at].ends_with(CDATA_OPENING.as_bytes()));
        let Some(nested) = ends.next().map(|at| at + 1 - CDATA_OPENING.len()) else { return false };
        let head = &inside[..nested];
        let ends = |name: &str| name == "item" || name == "entry" || name == self.last_name;
        memmem::find_iter(head.as_bytes(), "</").any(|at| {
            let name = names::bounded(&head[at + 2..]);
            name.find('>').is_some_and(|end| ends(&name[..end]))
        })
    }
}

fn reader<'a>() -> Reader<&'a [u8]> {
    let mut reader = Reader::from_reader(&b""[..]);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    reader
}

#[cfg(test)]
mod tests;
