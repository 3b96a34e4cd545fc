//! Entries as a desk with many sources gets them, made here, the same every time: events that several sources report,
//! words by Zipf's law with new rare ones at every size, five languages, a title and about 300 characters each.

use chrono::{DateTime, TimeDelta, Utc};
use wiredesk::model::{CanonicalUrl, Entry, EntryId, Html, Language, Publisher, SourceId, Text};

/// Sources that the entries come from.
pub const SOURCES: u64 = 2_000;
/// The days over which a window of entries is spread.
const DAYS: i64 = 7;
/// Languages, as often as sources write in them, with some of their commonest words.
const LANGUAGES: [(&str, &str); 10] = [
    ("en", ENGLISH),
    ("en", ENGLISH),
    ("en", ENGLISH),
    ("en", ENGLISH),
    ("en", ENGLISH),
    ("en", ENGLISH),
    ("de", "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an"),
    ("es", "de la que el en y a los se del las un por con una su para es al lo como más o pero"),
    ("fr", "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se"),
    ("ru", "в и на не что с по как из за от для его но это к до у о после же бы при во"),
];
const ENGLISH: &str = "the of to in a and on for that is with as at by from it has said was an will be after who";
const SYLLABLES: [&str; 20] = [
    "ba", "cor", "del", "fin", "gar", "hel", "jun", "kov", "lam", "mer", "nor", "pes", "rin", "sol", "tav", "ulm",
    "ved", "wis", "yar", "zen",
];
const CYRILLIC: [&str; 20] = [
    "ба", "кор", "дел", "фин", "гар", "хел", "жун", "ков", "лам", "мер", "нор", "пес", "рин", "сол", "тав", "улм",
    "вед", "вис", "яр", "зен",
];
/// Words that a language has for its news, by rank; how much oftener than by Zipf's law the commonest come; the share of
/// words that come from beyond, and the rank of the rarest: a desk meets new names every day.
///
/// So chosen that the distinct words grow as they do in real news, or a little faster: 2,600 among the first 10,000
/// words of a language, 12,000 among 100,000 and 29,000 among 700,000, where 9,000 real reports in English have 2,300,
/// 9,700 and 26,000.
const USUAL: f64 = 15_000.0;
const SKEW: f64 = 1.6;
const BEYOND: f64 = 0.02;
const RAREST: f64 = 1_000_000.0;

/// Entry number `number` of a wire on which `window` entries come in seven days, and who publishes it.
pub fn entry(number: u64, window: u64) -> (Entry, Publisher) {
    let source = mix(number, 1) % SOURCES;
    let (language, common) = LANGUAGES[(source % 10) as usize];
    let mut made = Words { event: event(number, window), number, drawn: 0, common, cyrillic: language == "ru" };
    let title = made.sentence(9, 2);
    let mut summary = String::from("<p>");
    while summary.len() < if made.cyrillic { 540 } else { 300 } {
        summary.push_str(&made.sentence(14, 4));
        summary.push_str(". ");
    }
    summary.push_str("</p>");
    let id = SourceId::new(&format!("wire-{source}")).expect("a name");
    let key = format!("https://wire-{source}.example/2024/{number}");
    let published = start() + TimeDelta::milliseconds(DAYS * 86_400_000 / window.max(1) as i64 * number as i64);
    let entry = Entry {
        id: EntryId::mint(&id, &key),
        source: id,
        url: Some(CanonicalUrl(key.clone())),
        link: key.parse().ok(),
        key,
        title: Text(title),
        summary: Html(summary),
        content: Html::default(),
        published,
        updated: None,
        seen: published,
        language: Language::new(language),
        authors: Vec::new(),
        categories: Vec::new(),
        enclosures: Vec::new(),
        translations: Vec::new(),
        image_size: None,
        image: None,
    };
    (entry, Publisher::new(&format!("house-{}", source / 2)).expect("a name"))
}

/// The number of the entry that first reported what entry `number` reports: two in five open an event, the others
/// follow one of the latest.
pub fn event(mut number: u64, window: u64) -> u64 {
    while number > 0 && mix(number, 2) % 5 >= 2 {
        number -= 1 + mix(number, 3) % number.min(window / 20 + 1);
    }
    number
}

/// When the wire begins.
pub fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

struct Words {
    event: u64,
    number: u64,
    drawn: u64,
    common: &'static str,
    cyrillic: bool,
}

impl Words {
    /// One word in `own` is of the event, the others are of the language.
    fn sentence(&mut self, words: usize, own: u64) -> String {
        let mut sentence = String::new();
        for _ in 0..words {
            self.drawn += 1;
            let chance = mix(self.number, 100 + self.drawn);
            let word = if chance.is_multiple_of(own) {
                // One of ten words of the event, the names among them capitalised.
                let which = chance / own % 10;
                let word = self.word(self.rank(mix(self.event, 10_000 + which)).max(60.0) as u64);
                if which < 4 { capitalised(&word) } else { word }
            } else if chance % 97 == 1 {
                (mix(chance, 4) % 2_000).to_string()
            } else {
                self.word(self.rank(mix(chance, 5)) as u64)
            };
            if !sentence.is_empty() {
                sentence.push(' ');
            }
            sentence.push_str(&if sentence.is_empty() { capitalised(&word) } else { word });
        }
        sentence
    }

    /// By Zipf's law the logarithm of the rank is spread evenly; in running text the commonest come more often yet.
    fn rank(&self, random: u64) -> f64 {
        let share = (random >> 11) as f64 / (1_u64 << 53) as f64;
        match share - (1.0 - BEYOND) {
            beyond if beyond > 0.0 => USUAL * (RAREST / USUAL).powf(beyond / BEYOND),
            _ => USUAL.powf((share / (1.0 - BEYOND)).powf(SKEW)),
        }
    }

    fn word(&self, rank: u64) -> String {
        if let Some(word) = self.common.split(' ').nth(rank as usize - 1) {
            return word.to_owned();
        }
        let syllables = if self.cyrillic { &CYRILLIC } else { &SYLLABLES };
        let mut word = String::new();
        let mut rest = rank + 400;
        while rest > 0 {
            word.push_str(syllables[(rest % 20) as usize]);
            rest /= 20;
        }
        word
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A number that looks random (SplitMix64).
fn mix(number: u64, salt: u64) -> u64 {
    let mut mixed = (number ^ salt.wrapping_mul(0xd6e8_feb8_6659_fd93)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
