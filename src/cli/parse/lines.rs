//! Lines for a terminal: labels in a column, long text wrapped under itself.

/// Text in the making, for a terminal of a width.
pub struct Lines {
    width: usize,
    out: String,
}

impl Lines {
    /// No lines yet.
    pub fn new(width: usize) -> Self {
        Self { width, out: String::new() }
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.out
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.out.push('\n');
    }

    /// `head`, filled up to `indent` columns, then `text`, wrapped under itself to at most `rows` rows. Nothing for no
    /// text.
    pub fn put(&mut self, head: &str, indent: usize, text: &str, rows: usize) {
        let room = self.width.saturating_sub(indent).max(20);
        let rows = wrap(text, room, rows);
        for (number, row) in rows.iter().enumerate() {
            let head = if number == 0 { head } else { "" };
            self.out.push_str(head);
            self.out.extend(std::iter::repeat_n(' ', indent.saturating_sub(columns(head))));
            self.out.push_str(row);
            self.out.push('\n');
        }
    }
}

/// Rows of whole words of at most `room` columns; the last of `most` rows ends with `…` if something is left.
fn wrap(text: &str, room: usize, most: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut used = 0;
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    for word in words {
        let mut word = word;
        // Chinese has no blanks, and addresses are long: what fits no row is cut.
        while !word.is_empty() {
            let blank = usize::from(used > 0);
            let fits = used + blank + columns(word) <= room;
            let (part, rest) = if fits || used > 0 && columns(word) <= room { (word, "") } else { cut(word, room) };
            if fits && !rows.is_empty() && used > 0 {
                if let Some(row) = rows.last_mut() {
                    row.push(' ');
                    row.push_str(part);
                }
                used += blank + columns(part);
            } else {
                if rows.len() >= most {
                    shorten(rows.last_mut(), room);
                    return rows;
                }
                rows.push(part.to_owned());
                used = columns(part);
            }
            word = rest;
        }
    }
    rows
}

/// Puts `…` behind the last word that leaves room for it.
fn shorten(row: Option<&mut String>, room: usize) {
    let Some(row) = row else { return };
    while columns(row) >= room {
        row.pop();
    }
    row.truncate(row.trim_end().len());
    row.push('…');
}

/// The part of a word that fills `room` columns, and the rest.
fn cut(word: &str, room: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, character) in word.char_indices() {
        used += column(character);
        if used > room && at > 0 {
            return word.split_at(at);
        }
    }
    (word, "")
}

/// How many columns of a terminal a text takes.
pub fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

/// Two for wide characters of East Asia and pictures (Unicode Standard Annex 11), none for combining marks.
fn column(character: char) -> usize {
    match u32::from(character) {
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_at_words_and_wide_characters_count_twice() {
        for (text, room, most, rows) in [
            ("one two three", 8, 9, vec!["one two", "three"]),
            ("one two three", 8, 1, vec!["one two…"]),
            ("one  two\nthree", 99, 1, vec!["one two three"]),
            ("abcdefgh", 5, 9, vec!["abcde", "fgh"]),
            ("x abcdefgh", 5, 2, vec!["x", "abcd…"]),
            ("항구에 안개", 6, 9, vec!["항구에", "안개"]),
            ("港口大雾", 5, 9, vec!["港口", "大雾"]),
            ("", 5, 9, vec![]),
        ] {
            assert_eq!(wrap(text, room, most), rows, "{text}");
        }
    }

    #[test]
    fn columns_line_up() {
        let mut lines = Lines::new(40);
        lines.put("  label", 10, "some words that wrap at thirty columns", 5);
        lines.put("  항구", 10, "Tide", 5);
        lines.put("  none", 10, " ", 5);
        let rows = ["  label   some words that wrap at thirty", "          columns", "  항구    Tide"];
        assert_eq!(lines.finish().lines().collect::<Vec<_>>(), rows);
    }
}
