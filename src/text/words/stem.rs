//! What a run of letters and digits comes to when it is compared: folded and stemmed, whatever stands around it.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use super::{Word, WordKind, is_mark};
use crate::model::Language;

/// Writes a number without its separators; ordinals lose their ending.
fn number(run: &str, out: &mut String) -> Option<WordKind> {
    out.clear();
    // A comma groups thousands; so does a dot before exactly three digits, as it is written in German.
    let grouping_dot = run.rsplit('.').next().is_some_and(|tail| tail.len() == 3) && !run.starts_with('0');
    out.extend(run.chars().filter(|&c| c != ',' && !(c == '.' && grouping_dot)).flat_map(char::to_lowercase));
    let digits = out.find(|c: char| !c.is_numeric() && c != '.').unwrap_or(out.len());
    if matches!(&out[digits..], "st" | "nd" | "rd" | "th") {
        out.truncate(digits);
    }
    let pure = digits >= out.len();
    (!out.is_empty()).then_some(if pure { WordKind::Number } else { WordKind::Plain })
}

fn fold_case(run: &str, out: &mut String) {
    out.clear();
    if run.is_ascii() {
        out.extend(run.bytes().filter(|&b| b != b'.').map(|b| char::from(b.to_ascii_lowercase())));
    } else {
        out.extend(run.nfkc().flat_map(char::to_lowercase).filter(|&c| c != '.'));
    }
}

/// Drops accents and vowel points where a reader may leave them out: Latin, Greek, Cyrillic, Arabic.
fn without_accents(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            '\u{64b}'..='\u{652}' | '\u{300}'..='\u{36f}' => {}
            '\u{80}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}' => {
                plain.extend(std::iter::once(c).nfkd().filter(|&c| !is_mark(c)));
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// The stemmers of a text: its language's, and what other scripts in it get.
pub(super) struct Stemmers {
    /// The code of the language; zeros for none.
    pub(super) language: [u8; 2],
    latin: Option<Stemmer>,
    cyrillic: Option<Stemmer>,
    other: Option<Stemmer>,
    scratch: String,
}

impl Stemmers {
    pub(super) fn of(language: Option<&Language>) -> Self {
        let code = language.map_or("", Language::as_str);
        let algorithm = algorithm(code);
        let latin = match code {
            "" => Some(Algorithm::English),
            "ar" | "el" | "ru" | "ta" => None,
            _ => algorithm,
        };
        let cyrillic = matches!(code, "" | "ru").then_some(Algorithm::Russian);
        let other = matches!(code, "ar" | "el" | "ta").then_some(algorithm).flatten();
        Self {
            language: match *code.as_bytes() {
                [first, second, ..] => [first, second],
                _ => [0; 2],
            },
            latin: latin.map(Stemmer::create),
            cyrillic: cyrillic.map(Stemmer::create),
            other: other.map(Stemmer::create),
            scratch: String::new(),
        }
    }

    /// What a run of letters and digits comes to, whatever stands around it: a word without text where it is none, a
    /// `Name` where it is one within a sentence.
    pub(super) fn work_out(&mut self, run: &str) -> Word<'_> {
        let none = Word { text: "", kind: WordKind::Plain };
        if run.starts_with(|c: char| c.is_numeric()) {
            return number(run, &mut self.scratch).map_or(none, |kind| Word { text: &self.scratch, kind });
        }
        let capitalised = run.starts_with(char::is_uppercase);
        fold_case(run, &mut self.scratch);
        let mut letters = self.scratch.chars();
        if letters.next().is_none() || letters.next().is_none() {
            return none;
        }
        let kind = if capitalised_date(&self.scratch, capitalised) {
            return Word { text: &self.scratch, kind: WordKind::Date };
        } else if capitalised {
            WordKind::Name
        } else {
            WordKind::Plain
        };
        let stem = self.stem(&self.scratch);
        let plain = if stem.is_ascii() { stem.into_owned() } else { without_accents(&stem) };
        self.scratch = plain;
        Word { text: &self.scratch, kind }
    }

    fn stem<'a>(&self, word: &'a str) -> std::borrow::Cow<'a, str> {
        let stemmer = match word.chars().next() {
            Some('\u{400}'..='\u{52f}') => &self.cyrillic,
            Some('a'..='z' | '\u{c0}'..='\u{24f}') => &self.latin,
            _ => &self.other,
        };
        stemmer.as_ref().map_or(word.into(), |stemmer| stemmer.stem(word))
    }
}

fn algorithm(language: &str) -> Option<Algorithm> {
    Some(match language {
        "ar" => Algorithm::Arabic,
        "da" => Algorithm::Danish,
        "nl" => Algorithm::Dutch,
        "en" => Algorithm::English,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "no" | "nb" | "nn" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "es" => Algorithm::Spanish,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        _ => return None,
    })
}

/// Whether a folded word is a weekday or a month. In English the ambiguous ones count when capitalised.
fn capitalised_date(word: &str, capitalised: bool) -> bool {
    if matches!(word, "may" | "march" | "mar" | "sun" | "sat" | "mai" | "juni" | "mars") {
        return capitalised;
    }
    DATES.binary_search(&word).is_ok()
}

/// Weekdays and months in lower case: English, German, French, Spanish, Portuguese, Italian, Dutch, Russian
/// (as they stand in dates). Sorted.
#[rustfmt::skip]
const DATES: &[&str] = &[
    "abril", "agosto", "août", "apr", "april", "aprile", "aug", "august", "augustus", "avril", "dec", "december",
    "dezember", "dezembro", "dicembre", "diciembre", "dienstag", "dimanche", "dinsdag", "domenica", "domingo",
    "donderdag", "donnerstag", "décembre", "enero", "feb", "febbraio", "febrero", "februar", "februari", "february",
    "fevereiro", "freitag", "fri", "friday", "février", "gennaio", "giovedì", "giugno", "jan", "janeiro", "januar",
    "januari", "january", "janvier", "jeudi", "jueves", "juillet", "juin", "jul", "julho", "juli", "julio", "july",
    "jun", "june", "junho", "junio", "luglio", "lundi", "lunedì", "lunes", "maandag", "maart", "maggio", "maio",
    "mardi", "martedì", "martes", "marzo", "março", "mayo", "mercoledì", "mercredi", "mittwoch", "miércoles", "mon",
    "monday", "montag", "märz", "nov", "november", "novembre", "novembro", "noviembre", "oct", "october", "octobre",
    "octubre", "oktober", "ottobre", "outubro", "sabato", "samedi", "samstag", "saturday", "sep", "sept",
    "september", "septembre", "septiembre", "setembro", "settembre", "sonnabend", "sonntag", "sunday", "sábado",
    "thu", "thur", "thurs", "thursday", "tue", "tues", "tuesday", "vendredi", "venerdì", "viernes", "vrijdag", "wed",
    "wednesday", "woensdag", "zaterdag", "zondag", "август", "августа", "апрель", "апреля", "воскресенье",
    "воскресенья", "вторник", "вторника", "декабрь", "декабря", "июль", "июля", "июнь", "июня", "марта", "мая",
    "ноябрь", "ноября", "октябрь", "октября", "понедельник", "понедельника", "пятницу", "пятницы", "сентябрь",
    "сентября", "среду", "среды", "субботу", "субботы", "февраль", "февраля", "четверг", "четверга", "январь",
    "января",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_sorted_for_the_search() {
        assert!(DATES.is_sorted());
    }
}
