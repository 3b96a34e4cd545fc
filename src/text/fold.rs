//! Folding white space, cutting at words, and names for addresses.

use unicode_normalization::UnicodeNormalization;

/// Puts text on one line: runs of white space become one blank, control characters go.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// Cuts text to at most `max_chars` characters, at a blank where one is near, and marks the cut with `…`.
pub fn clip(text: &str, max_chars: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max_chars) else { return text.to_owned() };
    let head = &text[..end];
    let cut = head.rfind(char::is_whitespace).filter(|&at| at * 2 > end).unwrap_or(end);
    format!("{}…", head[..cut].trim_end())
}

/// Makes a name for an address: lower case, accents dropped, everything but letters and digits one `-`.
///
/// Letters of other scripts stay. At most 60 characters; empty when nothing is left.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if slug.chars().count() >= 60 {
            break;
        }
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !unicode_normalization::char::is_combining_mark(c)
            && c != '\''
            && c != '’'
            && !slug.ends_with('-')
            && !slug.is_empty()
        {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_words_only() {
        assert_eq!(fold("  a\u{a0}b\n\tc\u{0}d  "), "a b c d");
        assert_eq!(fold(" \n "), "");
    }

    #[test]
    fn clipping_cuts_at_a_word() {
        assert_eq!(clip("short", 10), "short");
        assert_eq!(clip("one two three", 9), "one two…");
        assert_eq!(clip("подготовка", 4), "подг…");
    }

    #[test]
    fn slugs_are_readable() {
        for (title, expected) in [
            ("Kim's troops: what we know", "kims-troops-what-we-know"),
            ("  Über Öl  ", "uber-ol"),
            ("北朝鮮 派兵", "北朝鮮-派兵"),
            ("!!!", ""),
        ] {
            assert_eq!(slug(title), expected);
        }
    }
}
