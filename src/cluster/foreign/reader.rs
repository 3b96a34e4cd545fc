//! Reads the marks of an entry, beside whoever cuts its texts into words.
//!
//! Words that say nothing by themselves (`hint`) are passed over; the others are read letter by letter, with what
//! stands behind them (`scan`). A text in scripts that do not part words by blanks is read letter by letter as a whole.

use super::hint::Hint;
use super::letters::{Letter, fold};
use super::scan::Scan;
use super::{Languages, Mark, Tongue};
use crate::text::Piece;

/// Letters that are read of a text: whoever cuts it into words cuts it shorter.
const MAX_LETTERS: usize = 4_096;

/// The marks of an entry, as they are met.
#[derive(Debug)]
pub(in crate::cluster) struct Reader {
    scan: Scan,
    /// Those of the text that is read.
    letters: Vec<Letter>,
    /// Up to where the text was read, in bytes.
    read: usize,
}

impl Reader {
    /// A reader for an entry that is taken to be in a language.
    pub(in crate::cluster) fn new(tongue: Tongue) -> Self {
        let Languages { bits, compounds } = Languages::of(tongue.0);
        Self { scan: Scan::new(bits, compounds), letters: Vec::with_capacity(512), read: 0 }
    }

    /// Begins a text: its title, then its body.
    pub(in crate::cluster) fn begin(&mut self, text: &str, in_title: bool) {
        self.scan.in_title = in_title;
        self.read = 0;
        self.letters.clear();
        fold(text, MAX_LETTERS, &mut self.letters);
        if self.letters.iter().any(|letter| letter.script.is_joined()) {
            self.scan.read(&self.letters);
            self.read = usize::MAX;
        }
    }

    /// Takes a word of the text; they come in order.
    pub(in crate::cluster) fn word<N>(&mut self, text: &str, piece: &Piece<'_, N>, hint: Hint) {
        if piece.end <= self.read {
            return;
        }
        // A number may end within the letters: 7-5th.
        let start = piece.start.max(self.read);
        let look = start > piece.start
            || hint.has(Hint::LOOK)
            || (hint.has(Hint::LOOK_WITHIN) && self.scan.compounds)
            || (hint.has(Hint::MAY_JOIN) && a_name_may_follow(&text[piece.end..]));
        if look {
            // In ASCII a letter stands where its byte does.
            let begins = |letter: &Letter| usize::from(letter.at) == start;
            let start = match self.letters.get(start) {
                Some(letter) if begins(letter) => start,
                _ => self.letters.partition_point(|letter| usize::from(letter.at) < start),
            };
            let end = start + self.scan.read_from(&self.letters[start..], piece.end);
            self.read = self.letters.get(end).map_or(text.len(), |letter| usize::from(letter.at));
        } else if let Some((id, weight)) = hint.name() {
            self.scan.add_name(id, weight);
        }
    }

    /// The marks, sorted by id.
    pub(in crate::cluster) fn into_marks(self) -> Vec<Mark> {
        let mut marks = self.scan.marks;
        marks.sort_unstable_by_key(|mark| mark.id);
        marks
    }
}

/// Whether a capitalised word may follow, or one behind a hyphen.
fn a_name_may_follow(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    let Some(sign) = bytes.next() else { return false };
    let letter = bytes.next().unwrap_or(b' ');
    match sign {
        b'-' => letter.is_ascii_alphabetic() || !letter.is_ascii(),
        b' ' | b'\t' | b'\n' => letter.is_ascii_uppercase() || !letter.is_ascii(),
        _ => !sign.is_ascii(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cluster::reading::marks_of;

    fn by_letters(tongue: Tongue, title: &str, body: &str) -> Vec<(u32, bool)> {
        let mut reader = Reader::new(tongue);
        for (text, in_title) in [(title, true), (body, false)] {
            let mut letters = Vec::new();
            fold(text, usize::MAX, &mut letters);
            reader.scan.in_title = in_title;
            reader.scan.read(&letters);
        }
        names(&reader.into_marks())
    }

    fn names(marks: &[Mark]) -> Vec<(u32, bool)> {
        marks.iter().map(|mark| (mark.id, mark.in_title)).collect()
    }

    const PIECES: &[&str] = &[
        "Kim",
        "Min",
        "ji",
        "-",
        " ",
        " ",
        " ",
        " ",
        "New",
        "York",
        "new",
        "Turkey",
        "turkey",
        "US",
        "U.S.",
        "us",
        "12,000",
        "troops",
        "1.2",
        "million",
        "7-5",
        "%",
        "Raketentest",
        "Nordkorea",
        "nordkoreanische",
        "Путин",
        "путина",
        "в",
        "и",
        "Пхеньян",
        "القوات",
        "والصين",
        "روسيا",
        "’",
        "é",
        "e\u{301}",
        "Zürich",
        "San",
        "Francisco",
        "B52",
        "x",
        "3rd",
        "United",
        "Nations",
        "South",
        "Korea",
        "missile",
        "test",
        ".",
        ",",
        "“",
        "北朝鮮",
        "ミサイル",
        "북한",
        "of",
        "the",
    ];

    proptest! {
        #[test]
        fn what_is_passed_over_says_nothing(
            language in prop::sample::select(vec!["en", "de", "ru", "ar", "ko", "fr"]),
            title in prop::collection::vec(prop::sample::select(PIECES), 0..12),
            body in prop::collection::vec(prop::sample::select(PIECES), 0..24),
        ) {
            let (title, body) = (title.concat(), body.concat());
            let language = crate::model::Language::new(language);
            let tongue = Tongue::of(language.as_ref(), &title);
            let found = names(&marks_of(language.as_ref(), &title, &body));
            prop_assert_eq!(found, by_letters(tongue, &title, &body));
        }
    }
}
