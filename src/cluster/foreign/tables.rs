//! The words that carry their meaning from language to language: names of places, people and things, and events.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Kind;
use super::trie::{Case, Meaning, Trie};

/// CLDR's names of territories and cities; see `gazetteer.py`.
const GAZETTEER: &str = include_str!("gazetteer.tsv");
/// Peoples, adjectives and short forms of the most reported countries, and cities that CLDR does not name.
const PLACES: &str = include_str!("places.txt");
/// Persons and organisations that change their form between languages.
const NAMES: &str = include_str!("names.txt");
/// What happens, to whom and with what.
const EVENTS: &str = include_str!("events.txt");
/// The share of news items in which a mark stands.
const COMMONNESS: &str = include_str!("commonness.txt");

/// All of them, in which the numbers of marks stand.
pub(super) const TEXTS: [&str; 5] = [GAZETTEER, PLACES, NAMES, EVENTS, COMMONNESS];

/// The columns of the tables that are written by hand.
const COLUMNS: [&str; 15] = ["en", "ru", "ko", "ja", "de", "fr", "es", "zh", "ar", "pt", "it", "pl", "uk", "nl", "tr"];

/// Languages that have a bit, the columns first.
const LANGUAGES: [&str; 33] = [
    "en", "ru", "ko", "ja", "de", "fr", "es", "zh", "ar", "pt", "it", "pl", "uk", "nl", "tr", "sv", "fi", "cs", "el",
    "he", "fa", "hi", "id", "vi", "th", "da", "nb", "hu", "ro", "sk", "bg", "sr", "hr",
];

/// Of languages that have no tables, the one whose words are nearest.
const COUSINS: [(&str, &str); 12] = [
    ("no", "nb"),
    ("nn", "nb"),
    ("sl", "hr"),
    ("bs", "hr"),
    ("mk", "bg"),
    ("be", "ru"),
    ("kk", "ru"),
    ("ca", "es"),
    ("gl", "pt"),
    ("ms", "id"),
    ("iw", "he"),
    ("yue", "zh"),
];

/// A mark that the tables know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Its name in the tables: `RU`, `Vladivostok`, `missile`.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The territory of a city.
    pub(super) within: Option<u32>,
    /// The share of news items that have it.
    pub(super) share: f32,
}

/// All words with what they stand for.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) trie: Trie,
    pub(super) known: Vec<Known>,
    numbers: FxHashMap<&'static str, u32>,
}

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::read);

/// The bit of a language; none for one that has no tables.
pub(super) fn bit(language: &str) -> u64 {
    let language = COUSINS.iter().find(|(name, _)| *name == language).map_or(language, |(_, cousin)| cousin);
    LANGUAGES.iter().position(|name| *name == language).map_or(0, |at| 1 << at)
}

impl Tables {
    fn read() -> Self {
        let mut tables = Self { trie: Trie::new(), known: Vec::new(), numbers: FxHashMap::default() };
        tables.gazetteer();
        tables.columns(PLACES, Kind::Place);
        tables.columns(NAMES, Kind::Name);
        tables.columns(EVENTS, Kind::Event);
        tables.trie.pack();
        for (name, share) in COMMONNESS.lines().filter_map(|line| line.split_once('\t')) {
            if let (Some(&number), Ok(share)) = (tables.numbers.get(name), share.parse())
                && let Some(known) = tables.known.get_mut(number as usize)
            {
                known.share = share;
            }
        }
        tables
    }

    fn mark(&mut self, name: &'static str, kind: Kind) -> u32 {
        let new = self.known.len() as u32;
        let number = *self.numbers.entry(name).or_insert(new);
        if number == new {
            self.known.push(Known { name, kind, within: None, share: 0.0 });
        }
        number
    }

    fn gazetteer(&mut self) {
        for line in GAZETTEER.lines() {
            let mut fields = line.split('\t');
            let Some(code) = fields.next() else { continue };
            let (name, territory) = code.split_once(' ').map_or((code, None), |(city, code)| (city, Some(code)));
            let mark = self.mark(name, Kind::Place);
            if let Some(territory) = territory {
                let within = Some(self.mark(territory, Kind::Place));
                if let Some(known) = self.known.get_mut(mark as usize) {
                    known.within = within;
                }
            }
            while let (Some(name), Some(languages)) = (fields.next(), fields.next()) {
                for language in languages.split(',') {
                    let (trim, ending) = inflection(language, name);
                    let meaning = Meaning { mark, languages: bit(language), ending, case: case(name) };
                    self.trie.add(name, trim, meaning);
                }
            }
        }
    }

    /// Reads a table with a column a language: stems parted by blanks; `_` stands for a blank, `.` ends a word that
    /// has no endings, capitals ask for capitals.
    fn columns(&mut self, table: &'static str, kind: Kind) {
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut fields = line.split('|');
            let Some(names) = fields.next().filter(|names| !names.is_empty()) else { continue };
            let marks: Vec<u32> = names.split('+').map(|name| self.city(name, kind)).collect();
            for (language, words) in COLUMNS.iter().zip(fields) {
                for word in words.split(' ').filter(|word| !word.is_empty()) {
                    let (word, ending) = word.strip_suffix('.').map_or((word, u8::MAX), |word| (word, 0));
                    for &mark in &marks {
                        let meaning = Meaning { mark, languages: bit(language), ending, case: case(word) };
                        self.trie.add(&word.replace('_', " "), 0, meaning);
                    }
                }
            }
        }
    }

    /// A mark by its name; `Busan@KR` lies in a territory.
    fn city(&mut self, name: &'static str, kind: Kind) -> u32 {
        let Some((name, territory)) = name.split_once('@') else { return self.mark(name, kind) };
        let mark = self.mark(name, kind);
        let within = Some(self.mark(territory, Kind::Place));
        if let Some(known) = self.known.get_mut(mark as usize) {
            known.within = within;
        }
        mark
    }
}

/// How a name must be written, by how the table writes it.
fn case(word: &str) -> Case {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let first = letters.next().is_some_and(char::is_uppercase);
    let rest: Vec<bool> = letters.map(char::is_uppercase).collect();
    match first {
        false => Case::Any,
        true if !rest.is_empty() && rest.iter().all(|upper| *upper) => Case::Capitals,
        true => Case::Capital,
    }
}

/// How many letters of a name vary with the grammar, and how many may follow.
fn inflection(language: &str, name: &str) -> (usize, u8) {
    let letters = name.chars().count();
    let vowel = name.chars().next_back().is_some_and(|c| "aeiouyаеиоуыэюяйьіїαειουηςهةا".contains(c));
    match language {
        "en" | "vi" | "id" if letters < 4 => (0, 0),
        "en" => (0, 2),
        "vi" | "id" => (0, 0),
        "fr" | "es" | "pt" | "it" | "ca" => (0, 1),
        _ if letters < 4 => (0, 1),
        "ru" | "uk" | "bg" | "sr" | "hr" | "sl" | "pl" | "cs" | "sk" | "el" if vowel => (1, 4),
        "ru" | "uk" | "bg" | "sr" | "hr" | "sl" | "pl" | "cs" | "sk" | "el" => (0, 3),
        "fi" | "hu" | "tr" => (0, 6),
        _ => (0, 3),
    }
}
