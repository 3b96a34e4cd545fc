//! Finds stories across languages: what two languages write differently and mean alike.
//!
//! An entry's *marks* are the places, persons, things and events that tables know by their names in many languages
//! (`tables`, `trie`), the consonants of names that no table knows (`skeleton`), and its numbers (`number`). They
//! are read from title and text at once (`letters`, `scan`), with the pages that it links to and its picture
//! (`links`). They are counted and weighed by rarity like words (`counts`), and are compared only between entries in
//! different languages (`candidates`, `weights`): reports in one language are compared by their words, and by what
//! their titles name (`apart`).

mod apart;
mod candidates;
mod counts;
mod hint;
mod letters;
mod links;
mod number;
mod reader;
mod scan;
mod skeleton;
mod tables;
#[cfg(test)]
mod tests;
mod trie;
mod weights;

pub(super) use apart::NamesApart;
pub use candidates::{ForeignCandidate, candidates};
pub(super) use counts::{Counts, Held};
pub(super) use hint::Hint;
pub(super) use links::marks as link_marks;
pub(super) use reader::Reader;
pub use weights::{FEATURES, feature_names};

use crate::model::Language;

/// What kind of thing a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Place,
    /// A person or an organisation that the tables know.
    Name,
    Event,
    /// A name that no table knows.
    Skeleton,
    Number,
    /// A page elsewhere that it links to, or its picture.
    Link,
}

impl Kind {
    const ALL: [Self; 6] = [Self::Place, Self::Name, Self::Event, Self::Skeleton, Self::Number, Self::Link];
}

/// Something in an entry that other languages have, too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    id: u32,
    kind: Kind,
    weight: f32,
    in_title: bool,
}

impl Mark {
    /// One that was kept by its id, the number of its kind, its weight and whether it is in the title.
    pub(super) fn kept(id: u32, kind: u8, weight: f32, in_title: bool) -> Self {
        let kind = Kind::ALL.get(usize::from(kind)).copied().unwrap_or(Kind::Name);
        Self { id, kind, weight, in_title }
    }

    /// What it is known by.
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// What of it is kept, but for its weight.
    pub(super) fn keep(&self) -> (u32, u8, bool) {
        (self.id, self.kind as u8, self.in_title)
    }
}

/// The language that an entry is taken to be in: two entries with the same are compared by words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Tongue([u8; 2]);

impl Tongue {
    /// The entry's language; where it is unknown, the most usual one of its title's script.
    pub(super) fn of(language: Option<&Language>, title: &str) -> Self {
        let name = language.map_or_else(|| by_script(title), Language::as_str);
        match *name.as_bytes() {
            [first, second, ..] => Self([first, second]),
            _ => Self(*b"en"),
        }
    }

    /// One that was kept.
    pub(super) fn kept(code: [u8; 2]) -> Self {
        Self(code)
    }

    /// What is kept of it.
    pub(super) fn keep(self) -> [u8; 2] {
        self.0
    }
}

/// The tables that marks are known by.
pub(super) fn texts() -> [&'static str; 5] {
    tables::TEXTS
}

/// Which words of the tables count in a text, and how.
#[derive(Debug, Clone, Copy)]
struct Languages {
    /// A bit for each language whose words do.
    bits: u64,
    /// Whether words grow together.
    compounds: bool,
}

impl Languages {
    /// Those of a text whose language has this code; all for zeros, which stand for none.
    fn of(code: [u8; 2]) -> Self {
        if code == [0; 2] {
            return Self { bits: u64::MAX, compounds: true };
        }
        let own = tables::bit(std::str::from_utf8(&code).unwrap_or_default());
        // Elsewhere English names stand among the letters of another script.
        let other_script = matches!(
            &code,
            b"ru" | b"uk" | b"bg" | b"ko" | b"ja" | b"zh" | b"ar" | b"he" | b"fa" | b"el" | b"hi" | b"th"
        );
        let compounds = matches!(&code, b"de" | b"nl" | b"sv" | b"da" | b"nb" | b"no" | b"fi");
        Self { bits: if other_script { own | tables::bit("en") } else { own }, compounds }
    }
}

fn by_script(text: &str) -> &'static str {
    let mut han = false;
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' => return "en",
            '\u{400}'..='\u{52f}' => return "ru",
            '\u{ac00}'..='\u{d7a3}' => return "ko",
            '\u{3041}'..='\u{30fa}' => return "ja",
            '\u{600}'..='\u{6ff}' => return "ar",
            '\u{590}'..='\u{5ff}' => return "he",
            '\u{370}'..='\u{3ff}' => return "el",
            '\u{900}'..='\u{97f}' => return "hi",
            '\u{e01}'..='\u{e7f}' => return "th",
            '\u{3400}'..='\u{9fff}' => han = true,
            _ => {}
        }
    }
    if han { "zh" } else { "en" }
}

impl super::Prepared {
    /// For learning: takes the entry for one in another language, which loses a third of what both could share.
    ///
    /// The tongue and what is lost follow from the entry's id, so that the same comes of it every time.
    pub fn as_if_translated(&mut self) {
        let [first, second, ..] = self.id().0;
        self.tongue = Tongue([b'-', b'a' + first % 3]);
        let salt = u32::from(second);
        let lost = |mark: &Mark| {
            let dice = (mark.id ^ salt.wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b) >> 24;
            dice < match mark.kind {
                Kind::Place | Kind::Name => 40,
                Kind::Event => 110,
                Kind::Skeleton => 170,
                Kind::Number | Kind::Link => 50,
            }
        };
        self.marks.retain(|mark| !lost(mark));
    }

    /// For counting: the names of the marks that the tables know.
    pub fn known_marks(&self) -> Vec<&'static str> {
        self.marks.iter().filter_map(|mark| Some(tables::TABLES.known.get(mark.id as usize)?.name)).collect()
    }
}
