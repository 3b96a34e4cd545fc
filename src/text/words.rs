//! Cuts text into the words that two reports of one thing would share: lower case, folded, stemmed.

mod memo;

use std::cell::RefCell;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use crate::model::Language;
use memo::{Memo, Outcome};

/// Longer words are cut: nobody writes them, and a feed may send anything.
const MAX_WORD_CHARS: usize = 40;

/// What kind of word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordKind {
    /// A word like any other.
    Plain,
    /// Capitalised within a sentence: mostly a name (in German, any noun).
    Name,
    /// Digits: `12000`, `4.2`, `2024`.
    Number,
    /// A weekday or a month.
    Date,
}

/// A word as it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// Lower case, without accents, stemmed; digits without separators.
    pub text: &'a str,
    /// What kind of word it is.
    pub kind: WordKind,
}

/// Calls `each` with every word of a text, in order.
///
/// Words are runs of letters and digits. Scripts without blanks between words are cut into overlapping
/// pairs (Han; Hangul too, where endings grow on the words) or fours (Thai, Lao, Khmer, Burmese), Katakana
/// runs stay whole, and Hiragana, which carries the grammar, is passed over. Single letters are no words.
/// Without a language the script decides how to stem: Latin as English, Cyrillic as Russian.
pub fn words(text: &str, language: Option<&Language>, each: impl FnMut(Word<'_>)) {
    thread_local! {
        static MEMO: RefCell<Memo> = RefCell::new(Memo::new());
    }
    MEMO.with(|memo| match memo.try_borrow_mut() {
        Ok(mut memo) => cut(text, language, &mut memo, each),
        // `each` asked for the words of another text.
        Err(_) => cut(text, language, &mut Memo::new(), each),
    });
}

fn cut(text: &str, language: Option<&Language>, memo: &mut Memo, mut each: impl FnMut(Word<'_>)) {
    let mut stemmers = Stemmers::of(language);
    let mut sentence_start = true;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let script = Script::of(first);
        if script == Script::None {
            sentence_start |= matches!(first, '.' | '!' | '?' | ':' | '。' | '“' | '"' | '|' | '…');
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let run = &rest[..run_length(rest, script)];
        rest = &rest[run.len()..];
        match script {
            Script::Spaced => spaced_word(run, &mut stemmers, sentence_start, memo, &mut each),
            Script::Katakana => each(Word { text: clipped(run), kind: WordKind::Plain }),
            Script::Pairs => grams(run, 2, &mut each),
            Script::Fours => grams(run, 4, &mut each),
            Script::Hiragana | Script::None => {}
        }
        sentence_start = false;
    }
}

/// How a script is cut into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    None,
    Spaced,
    Pairs,
    Fours,
    Katakana,
    Hiragana,
}

impl Script {
    pub(super) fn of(c: char) -> Self {
        match c {
            '0'..='9' | 'a'..='z' | 'A'..='Z' => Self::Spaced,
            // The second are dashes, quotation marks and the like.
            '\0'..='\u{7f}' | '\u{2000}'..='\u{206f}' => Self::None,
            '\u{3041}'..='\u{309f}' => Self::Hiragana,
            '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => Self::Katakana,
            '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => Self::Pairs,
            '\u{20000}'..='\u{323af}' | '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' => Self::Pairs,
            '\u{0e01}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Self::Fours,
            _ if c.is_alphanumeric() || is_mark(c) => Self::Spaced,
            _ => Self::None,
        }
    }
}

pub(super) fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// The length in bytes of the word that `text` starts with: a run of one script.
///
/// A separator between two digits (`12,000`, `4.2`) and the dots of `U.S.` belong to the word.
fn run_length(text: &str, script: Script) -> usize {
    if script == Script::Spaced {
        // Most words are letters of ASCII, up to a sign that belongs to no word.
        let end = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if text.as_bytes().get(end).is_none_or(|sign| sign.is_ascii() && !matches!(sign, b'.' | b',')) {
            return end;
        }
    }
    let mut characters = text.char_indices().peekable();
    let mut previous = ' ';
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map_or(' ', |&(_, next)| next);
        let joined = match c {
            '.' | ',' if script == Script::Spaced => {
                (previous.is_ascii_digit() && next.is_ascii_digit())
                    || (c == '.' && previous.is_ascii_uppercase() && next.is_ascii_uppercase() && at % 2 == 1)
            }
            _ => Script::of(c) == script,
        };
        if !joined {
            return at;
        }
        previous = c;
    }
    text.len()
}

fn clipped(word: &str) -> &str {
    word.char_indices().nth(MAX_WORD_CHARS).map_or(word, |(end, _)| &word[..end])
}

/// Every `size` neighbouring characters of a run; the run itself when it is shorter.
fn grams(run: &str, size: usize, each: &mut impl FnMut(Word<'_>)) {
    let ends = run.char_indices().map(|(at, c)| at + c.len_utf8()).skip(size - 1);
    let mut short = true;
    for ((start, _), end) in run.char_indices().zip(ends) {
        each(Word { text: &run[start..end], kind: WordKind::Plain });
        short = false;
    }
    if short {
        each(Word { text: run, kind: WordKind::Plain });
    }
}

fn spaced_word(
    run: &str,
    stemmers: &mut Stemmers,
    sentence_start: bool,
    memo: &mut Memo,
    each: &mut impl FnMut(Word<'_>),
) {
    let run = clipped(run);
    let outcome = memo.outcome(stemmers.language, run, || stemmers.work_out(run));
    if outcome.text.is_empty() {
        return;
    }
    let plain = sentence_start && outcome.kind == WordKind::Name;
    each(Word { text: &outcome.text, kind: if plain { WordKind::Plain } else { outcome.kind } });
}

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
struct Stemmers {
    language: [u8; 2],
    latin: Option<Stemmer>,
    cyrillic: Option<Stemmer>,
    other: Option<Stemmer>,
    scratch: String,
}

impl Stemmers {
    fn of(language: Option<&Language>) -> Self {
        let code = language.map_or("", Language::as_str);
        let algorithm = algorithm(code);
        let latin = match code {
            "" => Some(Algorithm::English),
            "ar" | "el" | "ru" | "ta" => None,
            _ => algorithm,
        };
        let cyrillic = matches!(code, "" | "ru").then_some(Algorithm::Russian);
        let other = matches!(code, "ar" | "el" | "ta").then_some(algorithm).flatten();
        // A language without a stemmer is like any other such.
        let known = latin.or(cyrillic).or(other).map(|_| code.as_bytes()).unwrap_or(b"--");
        Self {
            language: match *known {
                [first, second, ..] => [first, second],
                _ => [0; 2],
            },
            latin: latin.map(Stemmer::create),
            cyrillic: cyrillic.map(Stemmer::create),
            other: other.map(Stemmer::create),
            scratch: String::new(),
        }
    }

    /// What a run of letters and digits comes to, whatever stands around it.
    fn work_out(&mut self, run: &str) -> Outcome {
        let outcome = |text: &str, kind| Outcome { text: text.into(), kind };
        let none = outcome("", WordKind::Plain);
        if run.starts_with(|c: char| c.is_numeric()) {
            return number(run, &mut self.scratch).map_or(none, |kind| outcome(&self.scratch, kind));
        }
        let capitalised = run.starts_with(char::is_uppercase);
        fold_case(run, &mut self.scratch);
        let mut letters = self.scratch.chars();
        if letters.next().is_none() || letters.next().is_none() {
            return none;
        }
        if capitalised_date(&self.scratch, capitalised) {
            return outcome(&self.scratch, WordKind::Date);
        }
        let kind = if capitalised { WordKind::Name } else { WordKind::Plain };
        let stem = self.stem(&self.scratch);
        if stem.is_ascii() { outcome(&stem, kind) } else { outcome(&without_accents(&stem), kind) }
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

    fn check(language: &str, text: &str, expected: &str) {
        let mut found = Vec::new();
        words(text, Language::new(language).as_ref(), |word| {
            let mark = match word.kind {
                WordKind::Plain => "",
                WordKind::Name => "^",
                WordKind::Number => "#",
                WordKind::Date => "@",
            };
            found.push(format!("{mark}{}", word.text));
        });
        assert_eq!(found.join(" "), expected, "{text}");
    }

    #[test]
    fn spellings_of_one_word_are_one_word() {
        check("en", "Seoul's envoys SUMMONED; envoy summons", "seoul envoy ^summon envoy summon");
        check("fr", "L'armée nord-coréenne", "arme nord coreen");
        check("de", "Die Außenministerin reiste", "die ^aussenministerin reist");
        check("ru", "Северокорейские военные", "северокореиск воен");
        check("", "The ＮＡＴＯ chief", "the ^nato chief");
        check("en", "the U.S. and U.K. agree. A deal", "the ^us and ^uk agre deal");
    }

    #[test]
    fn numbers_lose_their_separators() {
        check("en", "12,000 troops, 1.500 men, 4.2 km on the 3rd", "#12000 troop #1500 men #4.2 km on the #3");
        check("en", "10k and M4 in 2024.", "10k and ^m4 in #2024");
    }

    #[test]
    fn days_and_months_are_told_from_words() {
        check("en", "On Tuesday, May 5 he may march", "on @tuesday @may #5 he may march");
        check("ru", "во вторник, 29 октября", "во @вторник #29 @октября");
    }

    #[test]
    fn scripts_without_blanks_are_cut_into_overlapping_pieces() {
        check("zh", "朝鲜外相", "朝鲜 鲜外 外相");
        check("ja", "北朝鮮の外相がウラジオストクに到着", "北朝 朝鮮 外相 ウラジオストク 到着");
        check("ko", "북한 외무상 방러", "북한 외무 무상 방러");
        check("th", "เกาหลีเหนือ", "เกาห กาหล าหลี หลีเ ลีเห ีเหน เหนื หนือ");
    }

    #[test]
    fn names_are_capitalised_within_a_sentence() {
        check("en", "Leaders met. Kim spoke to Putin", "leader met kim spoke to ^putin");
    }

    #[test]
    fn dates_are_sorted_for_the_search() {
        assert!(DATES.is_sorted());
    }
}
