//! Writes text so that a browser reads it as text.

/// How many bytes are judged at once.
const BLOCK: usize = 16;

/// Whether a byte may not be copied as it is: markup, control characters, and what U+0080 to U+00BF start with.
const fn is_special(byte: u8) -> bool {
    ((byte < 0x20) & (byte != b'\t') & (byte != b'\n'))
        | (byte == b'&')
        | (byte == b'<')
        | (byte == b'>')
        | (byte == 0x7f)
        | (byte == 0xc2)
}

/// Where the first special byte is. Whole blocks first, without branches, which the compiler turns into vector code.
fn first_special(bytes: &[u8]) -> Option<usize> {
    let blocks = bytes.chunks_exact(BLOCK);
    let clean = blocks.take_while(|block| !block.iter().fold(false, |found, byte| found | is_special(*byte)));
    let start = clean.count() * BLOCK;
    bytes[start..].iter().position(|&byte| is_special(byte)).map(|at| start + at)
}

/// Writes text into `out`, at most `room` bytes, line breaks as line feeds and without other control characters; says
/// whether all of it found room.
pub(super) fn escape(out: &mut String, text: &str, room: usize) -> bool {
    let limit = out.len() + room;
    let mut rest = text;
    while let Some(at) = first_special(rest.as_bytes()) {
        if !copy(out, &rest[..at], limit) {
            return false;
        }
        let special = &rest[at..];
        let Some(c) = special.chars().next() else { break };
        rest = &special[c.len_utf8()..];
        let mut buffer = [0; 4];
        let escaped = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '\u{a0}' => "&nbsp;",
            '\r' if rest.starts_with('\n') => "",
            '\r' => "\n",
            '\u{c}' => " ",
            c if c.is_control() => "",
            c => c.encode_utf8(&mut buffer),
        };
        if out.len() + escaped.len() > limit {
            return false;
        }
        out.push_str(escaped);
    }
    copy(out, rest, limit)
}

fn copy(out: &mut String, text: &str, limit: usize) -> bool {
    let room = text.floor_char_boundary(limit - out.len());
    out.push_str(&text[..room]);
    room == text.len()
}

/// Writes an attribute's value, to stand between double quotes.
pub(super) fn escape_attribute(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | 0xc2)) {
        out.push_str(&rest[..at]);
        let Some(c) = rest[at..].chars().next() else { break };
        rest = &rest[at + c.len_utf8()..];
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_special_is_found_wherever_it_stands() {
        for special in ["&", "<", ">", "\r", "\u{1}", "\u{7f}", "\u{85}", "\u{a0}"] {
            for before in 0..2 * BLOCK + 2 {
                let text = "x".repeat(before) + special + &"é\ty\n".repeat(5);
                assert_eq!(first_special(text.as_bytes()), Some(before), "{special:?}");
            }
        }
        assert_eq!(first_special("é\ty\n".repeat(20).as_bytes()), None);
    }

    #[test]
    fn attributes_are_escaped_for_double_quotes() {
        let mut out = String::new();
        escape_attribute(&mut out, "a&b<c>\"d'\u{a0}é\u{b0}&");
        assert_eq!(out, "a&amp;b&lt;c&gt;&quot;d'&nbsp;é\u{b0}&amp;");
    }
}
