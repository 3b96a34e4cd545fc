//! Decodes the escapes of a JSON text (RFC 8259 §7), also of one that other programs refuse.

use crate::parse::decode::without_controls;

/// The text without its escapes, and what was wrong with them.
///
/// Half of a surrogate pair becomes U+FFFD, an escape that JSON does not have stays as it stands.
/// Control characters are dropped or mended as those of the document are.
pub fn unescape(raw: &str) -> (String, Option<&'static str>) {
    let mut text = String::with_capacity(raw.len());
    let mut fault = None;
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else {
            text.push('\\');
            break;
        };
        let plain = match escape {
            '"' | '\\' | '/' | '\'' => Some(escape),
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            _ => None,
        };
        if let Some(plain) = plain {
            text.push(plain);
            rest = &rest[escape.len_utf8()..];
            continue;
        }
        match (escape == 'u').then(|| unicode(rest)).flatten() {
            Some((character, length)) => {
                if character.is_none() {
                    fault = Some("Half of a surrogate pair: replaced by U+FFFD.");
                }
                text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = &rest[length..];
            }
            // A line that goes on in the next one.
            None if escape == '\n' => rest = &rest[1..],
            None => {
                fault = Some("An escape that JSON does not have: kept as it stands.");
                text.push('\\');
            }
        }
    }
    text.push_str(rest);
    (without_controls(text), fault)
}

/// The character of `uXXXX` or a pair of it, and the length; no character for half a pair.
fn unicode(rest: &str) -> Option<(Option<char>, usize)> {
    let unit = |at: usize| {
        let digits = rest.get(at..at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(1)?;
    if (0xd800..0xdc00).contains(&first)
        && rest.get(5..7) == Some("\\u")
        && let Some(second @ 0xdc00..0xe000) = unit(7)
    {
        return Some((char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)), 11));
    }
    Some((char::from_u32(first), 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded() {
        for (raw, expected, sound) in [
            (r#"a \"b\" \\ \/ \n\t\r\b\f"#, "a \"b\" \\ / \n\t\n", true),
            (r"\u00e9\u20AC\ud83d\ude00", "é€😀", true),
            (r"\ud83d", "\u{fffd}", false),
            (r"\ud83dx\ude00", "\u{fffd}x\u{fffd}", false),
            (r"\ud83d\u0041", "\u{fffd}A", false),
            (r"\ud83d\ud83d\ude00", "\u{fffd}😀", false),
            (r"C:\path \u12 \é", r"C:\path \u12 \é", false),
            (r"it\'s", "it's", true),
            ("one\\\ntwo", "onetwo", true),
            ("end\\", "end\\", true),
            (r"\u+123", r"\u+123", false),
        ] {
            let (text, fault) = unescape(raw);
            assert_eq!((text.as_str(), fault.is_none()), (expected, sound), "{raw}");
        }
    }
}
