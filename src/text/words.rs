//! Cuts text into the words that two reports of one thing would share: lower case, folded, stemmed.

mod memo;
mod stem;

use std::cell::RefCell;

use crate::model::Language;
use memo::{Memo, Noted};
use stem::Stemmers;

/// Longer words are cut: nobody writes them, and a feed may send anything.
const MAX_WORD_CHARS: usize = 40;
/// Words remembered where few texts are cut.
const FEW: usize = 1 << 14;

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
pub fn words(text: &str, language: Option<&Language>, mut each: impl FnMut(Word<'_>)) {
    thread_local! {
        static CUTTER: RefCell<Cutter<()>> = RefCell::new(Cutter::new(FEW, |_, _, _| ()));
    }
    let each = |piece: Piece<'_, ()>| {
        if !piece.word.text.is_empty() {
            each(piece.word);
        }
    };
    CUTTER.with(|cutter| match cutter.try_borrow_mut() {
        Ok(mut cutter) => cutter.cut(text, language, each),
        // `each` asked for the words of another text.
        Err(_) => Cutter::new(FEW, |_, _, _| ()).cut(text, language, each),
    });
}

/// Cuts texts into words, and keeps a note on each of those met last: text repeats its words.
#[derive(Debug)]
pub struct Cutter<N> {
    memo: Memo<N>,
    note: Noted<N>,
}

/// A word in its text.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a, N> {
    /// The word; its text is empty where the letters are none that is compared.
    pub word: Word<'a>,
    /// Where its letters begin in the text, in bytes.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// What is noted of it.
    pub note: N,
}

impl<N: Copy + Default> Cutter<N> {
    /// A cutter that remembers so many words and has met none.
    ///
    /// `note` is asked for what is to be kept of a word, by its letters, what it comes to, and the code of the language
    /// (zeros for none). A word within a sentence and the same at its beginning share their note.
    pub fn new(words: usize, note: fn(&str, Word<'_>, [u8; 2]) -> N) -> Self {
        Self { memo: Memo::new(words), note }
    }

    /// Calls `each` with every word of a text, in order, as [`words`] does.
    pub fn cut(&mut self, text: &str, language: Option<&Language>, mut each: impl FnMut(Piece<'_, N>)) {
        let mut stemmers = Stemmers::of(language);
        let mut sentence_start = true;
        let mut at = 0;
        while let Some(&byte) = text.as_bytes().get(at) {
            let script = match KINDS[usize::from(byte)] {
                Kind::Sign => Script::None,
                Kind::End => {
                    sentence_start = true;
                    Script::None
                }
                Kind::Letter => Script::Spaced,
                Kind::Other => match text[at..].chars().next() {
                    Some(c) => {
                        let script = Script::of(c);
                        if script == Script::None {
                            sentence_start |= matches!(c, '。' | '“' | '…');
                            at += c.len_utf8() - 1;
                        }
                        script
                    }
                    None => Script::None,
                },
            };
            if script == Script::None {
                at += 1;
                continue;
            }
            let end = at + run_length(&text[at..], script);
            if script == Script::Spaced {
                let end_of_word = at + clipped(&text[at..end]).len();
                let (note, memo) = (self.note, &mut self.memo);
                let (mut word, note) = memo.outcome(text, at..end_of_word, &mut stemmers, note);
                if sentence_start && word.kind == WordKind::Name {
                    word.kind = WordKind::Plain;
                }
                each(Piece { word, start: at, end, note });
            } else {
                let run = &text[at..end];
                let (run, size) = match script {
                    Script::Pairs => (run, 2),
                    Script::Fours => (run, 4),
                    _ => (clipped(run), MAX_WORD_CHARS),
                };
                if script != Script::Hiragana {
                    grams(run, size, |start, gram| {
                        let word = Word { text: gram, kind: WordKind::Plain };
                        let note = (self.note)(gram, word, stemmers.language);
                        each(Piece { word, start: at + start, end: at + start + gram.len(), note });
                    });
                }
            }
            sentence_start = false;
            at = end;
        }
    }
}

/// What a byte is that a word may begin with.
#[derive(Clone, Copy)]
enum Kind {
    /// A letter or digit of ASCII.
    Letter,
    /// A sign of ASCII, or a blank.
    Sign,
    /// A sign of ASCII that a sentence may begin behind.
    End,
    /// The first byte of another character.
    Other,
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        kinds[at] = match byte {
            b'.' | b'!' | b'?' | b':' | b'"' | b'|' => Kind::End,
            _ if byte.is_ascii_alphanumeric() => Kind::Letter,
            _ => Kind::Sign,
        };
        at += 1;
    }
    kinds
};

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
        let letter = |at: usize| text.as_bytes().get(at).is_some_and(|byte| byte.is_ascii_alphanumeric());
        let ends = match text.as_bytes().get(end) {
            Some(b'.' | b',') => end > 0 && !letter(end + 1),
            Some(sign) if !sign.is_ascii() => {
                end > 0 && text[end..].chars().next().is_some_and(|sign| Script::of(sign) != script)
            }
            _ => true,
        };
        if ends {
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
    // No word has more characters than bytes.
    if word.len() <= MAX_WORD_CHARS {
        return word;
    }
    word.char_indices().nth(MAX_WORD_CHARS).map_or(word, |(end, _)| &word[..end])
}

/// Every `size` neighbouring characters of a run, with where they begin; the run itself when it is shorter.
fn grams(run: &str, size: usize, mut each: impl FnMut(usize, &str)) {
    let ends = run.char_indices().map(|(at, c)| at + c.len_utf8()).skip(size - 1);
    let mut short = true;
    for ((start, _), end) in run.char_indices().zip(ends) {
        each(start, &run[start..end]);
        short = false;
    }
    if short {
        each(0, run);
    }
}

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
}
