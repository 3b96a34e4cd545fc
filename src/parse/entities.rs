//! Character and entity references: what they stand for, what a document type declares, and what is wrong with them.
//!
//! The HTML names come from `htmlize`; `quick-xml`'s own table is wrong for 444 of them.

use std::borrow::Cow;
use std::cell::Cell;

use memchr::memchr;

use super::limits;
use super::references::{
    Numbered, next_ampersand, numbered, plainly_numbered, predefined, reference_length, surrogates,
};

/// The entities that the document's own type declares, and how much they may still add.
#[derive(Debug)]
pub struct Entities {
    declared: Vec<(String, String)>,
    budget: Cell<usize>,
}

impl Default for Entities {
    fn default() -> Self {
        Self { declared: Vec::new(), budget: Cell::new(limits::EXPANSION_BYTES) }
    }
}

/// Which troubles a text had, as a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Troubles(u8);

impl Troubles {
    /// `&` that begins no reference: kept as it is.
    pub const BARE_AMPERSAND: Self = Self(1);
    /// An HTML name that XML does not know: decoded.
    pub const HTML_NAME: Self = Self(2);
    /// A name that nobody knows: kept as it stands.
    pub const UNKNOWN_NAME: Self = Self(4);
    /// A number that is no character: dropped, or kept as it stands when out of range.
    pub const BAD_NUMBER: Self = Self(8);
    /// A number of Windows-1252: read as the character meant.
    pub const CP1252_NUMBER: Self = Self(16);
    /// Entities that grew beyond the limit: left out.
    pub const TOO_MUCH: Self = Self(32);

    /// A reference without its `;`: decoded.
    pub const NO_SEMICOLON: Self = Self(64);

    /// Whether there is none.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether `other` is among them.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Adds what is in `other`.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl Entities {
    /// Reads the internal subset of a document type: `<!ENTITY name "value">`. External entities are never fetched.
    pub fn declare(&mut self, doctype: &str) {
        let mut rest = doctype;
        while let Some(at) = rest.find("<!ENTITY") {
            rest = rest[at + "<!ENTITY".len()..].trim_start();
            let Some((name, tail)) = rest.split_once(|c: char| c.is_whitespace()) else { return };
            let tail = tail.trim_start();
            let Some(quote) = tail.chars().next().filter(|&c| c == '"' || c == '\'') else { continue };
            let Some((value, tail)) = tail[1..].split_once(quote) else { return };
            rest = tail;
            // The first declaration is binding (XML 1.0 §4.2).
            if self.declared.len() < limits::ENTITIES && !self.declared.iter().any(|(known, _)| known == name) {
                self.declared.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// Appends `raw` to `out` with its references decoded once.
    pub fn decode_into(&self, raw: &str, out: &mut String) -> Troubles {
        let mut troubles = Troubles::default();
        out.reserve(raw.len());
        self.decode_level(raw, out, 0, &mut troubles);
        troubles
    }

    /// `raw` with its references decoded once; borrowed where it has none.
    pub fn decode<'a>(&self, raw: &'a str) -> Cow<'a, str> {
        if memchr(b'&', raw.as_bytes()).is_none() {
            return Cow::Borrowed(raw);
        }
        let mut out = String::with_capacity(raw.len());
        self.decode_into(raw, &mut out);
        Cow::Owned(out)
    }

    /// Where each kind of trouble of a text stands first: asked only of texts that may have some. What declared entities
    /// add counts here too, or looking would be work without a bound.
    pub fn places(&self, raw: &str) -> Vec<(usize, Troubles)> {
        let (mut places, mut seen, mut decoded) = (Vec::new(), Troubles::default(), String::new());
        let mut from = 0;
        while let Some(found) = memchr(b'&', &raw.as_bytes()[from..]) {
            let at = from + found;
            if let Some((_, length)) = predefined(&raw.as_bytes()[at + 1..]) {
                from = at + 1 + length;
                continue;
            }
            from = at + reference_length(&raw[at..]).unwrap_or(1);
            let mut troubles = Troubles::default();
            decoded.clear();
            self.decode_level(&raw[at..from], &mut decoded, 0, &mut troubles);
            let new = Troubles(troubles.0 & !seen.0);
            if !new.is_none() {
                places.push((at, new));
            }
            seen.add(troubles);
        }
        places
    }

    fn decode_level(&self, raw: &str, out: &mut String, depth: usize, troubles: &mut Troubles) {
        let (mut copied, mut from) = (0, 0);
        while let Some(found) = next_ampersand(&raw.as_bytes()[from..]) {
            let at = from + found;
            let behind = &raw.as_bytes()[at + 1..];
            if let Some((character, length)) = predefined(behind).or_else(|| plainly_numbered(behind)) {
                push_part(raw, copied, at, out);
                out.push(character);
                from = at + 1 + length;
                copied = from;
            } else if let Some(length) = reference_length(&raw[at..]) {
                out.push_str(&raw[copied..at]);
                from = at + length;
                if let Some((character, length)) = surrogates(&raw[at..from], &raw[from..]) {
                    troubles.add(Troubles::BAD_NUMBER);
                    out.push(character);
                    from += length;
                } else {
                    self.decode_reference(&raw[at..from], out, depth, troubles);
                }
                copied = from;
            } else {
                troubles.add(Troubles::BARE_AMPERSAND);
                from = at + 1;
            }
        }
        out.push_str(&raw[copied..]);
    }

    fn declares(&self, name: &str) -> bool {
        self.declared.iter().any(|(known, _)| known == name)
    }

    fn push_html(&self, character: char, out: &mut String, troubles: &mut Troubles) {
        troubles.add(Troubles::HTML_NAME);
        out.push(character);
    }

    fn decode_reference(&self, reference: &str, out: &mut String, depth: usize, troubles: &mut Troubles) {
        let name = reference[1..].trim_end_matches(';');
        if !reference.ends_with(';') {
            troubles.add(Troubles::NO_SEMICOLON);
        }
        if let Some(number) = name.strip_prefix('#') {
            return match numbered(number, troubles) {
                Numbered::Character(character) => out.push(character),
                Numbered::Nothing => troubles.add(Troubles::BAD_NUMBER),
                Numbered::Absurd => {
                    troubles.add(Troubles::BAD_NUMBER);
                    out.push_str(reference);
                }
            };
        }
        match name {
            "amp" => return out.push('&'),
            "lt" => return out.push('<'),
            "gt" => return out.push('>'),
            "quot" => return out.push('"'),
            "apos" => return out.push('\''),
            // XHTML 1.0's own value, from which XML had its names, where HTML 5 has another.
            "lang" if !self.declares(name) => return self.push_html('\u{2329}', out, troubles),
            "rang" if !self.declares(name) => return self.push_html('\u{232a}', out, troubles),
            _ => {}
        }
        if let Some((_, value)) = self.declared.iter().find(|(known, _)| known == name) {
            let left = self.budget.get().checked_sub(value.len() + 1).filter(|_| depth < limits::ENTITY_DEPTH);
            let Some(left) = left else { return troubles.add(Troubles::TOO_MUCH) };
            self.budget.set(left);
            return self.decode_level(value, out, depth + 1, troubles);
        }
        let decoded = htmlize::unescape_attribute(reference);
        troubles.add(if decoded == reference { Troubles::UNKNOWN_NAME } else { Troubles::HTML_NAME });
        out.push_str(&decoded);
    }
}

/// Appends a part of a text. A short one is copied as a block of fixed size, of which the end is dropped again: that takes a
/// few instructions, where the copy of so many bytes as there are is a call.
fn push_part(text: &str, start: usize, end: usize, out: &mut String) {
    const BLOCK: usize = 32;
    match text.get(start..start + BLOCK) {
        Some(block) if end - start <= BLOCK => {
            out.push_str(block);
            out.truncate(out.len() - (BLOCK - (end - start)));
        }
        _ => out.push_str(&text[start..end]),
    }
}

/// Makes text safe to stand in HTML source.
pub fn escape_into(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr::memchr3(b'&', b'<', b'>', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &str, troubles: u8) {
        let mut out = String::new();
        let found = Entities::default().decode_into(raw, &mut out);
        assert_eq!((out.as_str(), found.0), (expected, troubles), "{raw}");
    }

    #[test]
    fn references_are_decoded_once() {
        check("a &lt;b&gt; &amp;amp; &quot;&apos;", "a <b> &amp; \"'", 0);
        check("&#65;&#x42;&#X43;", "ABC", 0);
        check("A&nbsp;B &pi; &rarr; &alpha;", "A\u{a0}B π → α", Troubles::HTML_NAME.0);
        check("AT&T & co &", "AT&T & co &", Troubles::BARE_AMPERSAND.0);
        check("?a=1&copy=2", "?a=1&copy=2", Troubles::BARE_AMPERSAND.0);
        check("A&foo;B", "A&foo;B", Troubles::UNKNOWN_NAME.0);
        check("A&#146;B", "A\u{2019}B", Troubles::CP1252_NUMBER.0);
        check("a &nbsp b &amp c &#39s &T", "a \u{a0} b & c 's &T", 1 + 2 + Troubles::NO_SEMICOLON.0);
        check("&lang;", "\u{2329}", Troubles::HTML_NAME.0);
        check("A&#8;B", "AB", Troubles::BAD_NUMBER.0);
        check("A&#xD83D;&#xDE00;B &#55357;&#56832;", "A\u{1f600}B \u{1f600}", Troubles::BAD_NUMBER.0);
        check("&#xD83D; &#xDE00;", "&#xD83D; &#xDE00;", Troubles::BAD_NUMBER.0);
        check("A&#99999999999;B", "A&#99999999999;B", Troubles::BAD_NUMBER.0);
    }

    #[test]
    fn each_kind_of_trouble_has_its_place() {
        let entities = Entities::default();
        let places = |raw: &str| entities.places(raw).into_iter().map(|(at, found)| (at, found.0)).collect::<Vec<_>>();
        assert_eq!(places("a &amp; b &lt;"), []);
        let raw = "a & b\n&nbsp;&#150; & &eacute;\n&foo;";
        let at = |part: &str| raw.find(part).expect("a part");
        assert_eq!(
            places(raw),
            [
                (at("& b"), Troubles::BARE_AMPERSAND.0),
                (at("&nbsp;"), Troubles::HTML_NAME.0),
                (at("&#150;"), Troubles::CP1252_NUMBER.0),
                (at("&foo;"), Troubles::UNKNOWN_NAME.0),
            ]
        );
    }

    #[test]
    fn declared_entities_are_bounded() {
        let mut entities = Entities::default();
        let mut doctype = String::from("rss [<!ENTITY e0 \"ha\">");
        for level in 1..60 {
            let reference = format!("&e{};", level - 1).repeat(10);
            doctype.push_str(&format!("<!ENTITY e{level} '{reference}'>"));
        }
        entities.declare(&doctype);
        assert_eq!(entities.decode("&e0;&e1;"), "ha".repeat(11));
        let mut out = String::new();
        let troubles = entities.decode_into("&e59;", &mut out);
        assert!(troubles.has(Troubles::TOO_MUCH));
        for _ in 0..1000 {
            entities.decode_into("&e7;", &mut out);
        }
        assert!(out.len() <= limits::EXPANSION_BYTES);
        let before = Entities { declared: entities.declared, ..Entities::default() };
        before.places("&e3;");
        assert!(before.budget.get() < limits::EXPANSION_BYTES, "looking for troubles is paid for");
    }
}
