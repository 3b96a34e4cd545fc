//! Folding white space, and cutting at words.

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
}
