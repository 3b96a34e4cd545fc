//! Folding white space, and cutting at words.

/// Puts text on one line: runs of white space become one blank, control characters go.
pub fn fold(text: &str) -> String {
    let mut line = Line::with_capacity(text.len());
    line.push(text);
    line.into_string()
}

/// A line that is folded while it is written, piece by piece: a word may begin in one piece and end in the next.
pub(super) struct Line {
    text: String,
    /// Blanks were read that no word has followed yet.
    blank: bool,
}

impl Line {
    /// An empty line with room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), blank: false }
    }

    /// Adds a piece of text. Runs of words that one blank parts are copied as they stand.
    pub(super) fn push(&mut self, piece: &str) {
        let mut rest = piece;
        while !rest.is_empty() {
            let run = run_length(rest.as_bytes());
            let (words, after) = rest.split_at(run);
            if !words.is_empty() {
                if self.blank && !self.text.is_empty() {
                    self.text.push(' ');
                }
                self.blank = false;
                self.text.push_str(words);
            }
            let Some(next) = after.chars().next() else { return };
            rest = &after[next.len_utf8()..];
            if is_dropped(next) {
                self.blank = true;
            } else {
                self.push_char(next);
            }
        }
    }

    /// Ends a word.
    pub(super) fn part(&mut self) {
        self.blank = true;
    }

    /// Whether so many characters are written.
    pub(super) fn has(&self, characters: usize) -> bool {
        self.text.len() >= characters && self.text.chars().count() >= characters
    }

    /// The line, without blanks at its ends.
    pub(super) fn into_string(self) -> String {
        self.text
    }

    fn push_char(&mut self, c: char) {
        if self.blank && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.blank = false;
        self.text.push(c);
    }
}

fn is_dropped(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// How many bytes are judged at once.
const BLOCK: usize = 16;

/// Whether a byte must be looked at: white space and controls, and what such characters outside ASCII start with
/// (U+0080 to U+00A0, U+1680, U+2000 to U+205F, U+3000).
const fn must_look(byte: u8) -> bool {
    (byte <= 0x20) | (byte == 0x7f) | (byte == 0xc2) | (byte == 0xe1) | (byte == 0xe2) | (byte == 0xe3)
}

/// The same, one byte at a time.
const LOOK: [bool; 256] = {
    let mut look = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        look[byte] = must_look(byte as u8);
        byte += 1;
    }
    look
};

/// The length of the words that text starts with and that single blanks part.
fn run_length(bytes: &[u8]) -> usize {
    if bytes.first().is_none_or(|first| LOOK[usize::from(*first)]) {
        return 0;
    }
    let mut at = 0;
    // Whole blocks first, without branches, which the compiler turns into vector code.
    while let Some(block) = bytes.get(at..at + BLOCK + 1) {
        let ends =
            |(byte, next): (&u8, &u8)| (must_look(*byte) & (*byte != b' ')) | ((*byte == b' ') & must_look(*next));
        if block.iter().zip(&block[1..]).fold(false, |found, pair| found | ends(pair)) {
            break;
        }
        at += BLOCK;
    }
    loop {
        let look = |byte: &u8| LOOK[usize::from(*byte)];
        at += bytes[at..].iter().position(look).unwrap_or(bytes.len() - at);
        let single = bytes.get(at) == Some(&b' ') && bytes.get(at + 1).is_some_and(|next| !look(next));
        if !single {
            return at;
        }
        at += 1;
    }
}

/// Cuts text to at most `max_chars` characters, at a blank where one is near, and marks the cut with `…`.
pub fn clip(text: &str, max_chars: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max_chars) else { return text.to_owned() };
    let head = &text[..end];
    let cut = head.rfind(char::is_whitespace).filter(|&at| at * 2 > end).unwrap_or(end);
    format!("{}…", head[..cut].trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_keeps_words_only() {
        assert_eq!(fold("  a\u{a0}b\n\tc\u{0}d  "), "a b c d");
        assert_eq!(fold(" \n "), "");
        assert_eq!(fold("a  b c – 日本\u{3000}語 \u{2009}é\u{85}\u{1680}ü·"), "a b c – 日本 語 é ü·");
    }

    /// The rule as it is said, without the runs.
    fn folded_word_by_word(text: &str) -> String {
        text.split(is_dropped).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_line_in_pieces_is_the_same_line(pieces in prop::collection::vec("[a ]{0,4}|[ab \\n\\t\u{7f}\u{85}\u{a0}é–\u{2009}\u{3000}日\u{1680}ก]{0,8}|[ab]{0,3}( {1,2}[a-e–]{1,12}){0,5}|\\PC{0,4}", 0..6)) {
            let mut line = Line::with_capacity(0);
            pieces.iter().for_each(|piece| line.push(piece));
            let whole = pieces.concat();
            prop_assert_eq!(line.into_string(), folded_word_by_word(&whole));
            prop_assert_eq!(fold(&whole), folded_word_by_word(&whole));
        }
    }

    #[test]
    fn clipping_cuts_at_a_word() {
        assert_eq!(clip("short", 10), "short");
        assert_eq!(clip("one two three", 9), "one two…");
        assert_eq!(clip("подготовка", 4), "подг…");
    }
}
