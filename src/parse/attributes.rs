//! The attributes of a tag, however they are written.

use memchr::memchr;

use super::limits;

/// An attribute as it stands: its value with references not yet decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The name with its prefix.
    pub name: &'a str,
    /// The value without quotes; empty where there is none.
    pub value: &'a str,
}

/// The attributes of a tag, at most [`limits::ATTRIBUTES`]; values may lack their quotes.
pub fn attributes(raw: &str) -> impl Iterator<Item = Attribute<'_>> {
    let bytes = raw.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let from = at + bytes[at..].iter().position(|&byte| !separates(byte))?;
        let end = stop(bytes, from, |byte| byte.is_ascii_whitespace() || byte == b'=');
        let name = &raw[from..end];
        let equals = stop(bytes, end, |byte| !byte.is_ascii_whitespace());
        if bytes.get(equals) != Some(&b'=') {
            at = end;
            return Some(Attribute { name, value: "" });
        }
        let from = stop(bytes, equals + 1, |byte| !byte.is_ascii_whitespace());
        let blank = |byte: u8| byte.is_ascii_whitespace();
        let Some(&quote @ (b'"' | b'\'')) = bytes.get(from) else {
            at = stop(bytes, from, blank);
            // `href=/x"`: only the first quote is missing; `href=\"/x\"` and `href=“/x”` have quotes of other kinds.
            let value = raw[from..at].trim_start_matches(['\\', '"', '“', '”', '„']);
            return Some(Attribute { name, value: value.trim_end_matches(['"', '\'', '\\', '“', '”']) });
        };
        let from = from + 1;
        let mut end = memchr(quote, &bytes[from..]).map_or(bytes.len(), |length| from + length);
        // `href="/x rel="y"`: what ends with `name=` runs over its own end into the next attribute.
        if bytes[from..end].ends_with(b"=") && bytes[from..end].iter().any(u8::is_ascii_whitespace) {
            end = stop(bytes, from, blank);
        }
        at = end;
        Some(Attribute { name, value: &raw[from..end] })
    })
    .take(limits::ATTRIBUTES)
}

/// Whether a byte between attributes belongs to none.
fn separates(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'' | b'=')
}

/// The first place from `from` on where `ends` holds, or the length.
fn stop(bytes: &[u8], from: usize, ends: impl Fn(u8) -> bool) -> usize {
    bytes[from..].iter().position(|&byte| ends(byte)).map_or(bytes.len(), |length| from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_may_lack_quotes_blanks_and_values() {
        for (raw, expected) in [
            (" a=\"1\" b='2'", "a=1 b=2"),
            (" a = 1 b=2/", "a=1 b=2/"),
            (" a='x'b=\"y\" c", "a=x b=y c="),
            (" a=\"x b='y'", "a=x b='y'"),
            (" a=\"/x b=\"y\" c='z'", "a=/x b=y c=z"),
            (" a=/x\" b=\"y\"", "a=/x b=y"),
            (" a=\\\"/x\\\" b=“y” c=„z“", "a=/x b=y c=z"),
            (" = / ", ""),
        ] {
            let found: Vec<String> = attributes(raw).map(|found| format!("{}={}", found.name, found.value)).collect();
            assert_eq!(found.join(" "), expected, "{raw}");
        }
        assert_eq!(attributes(&" a=1".repeat(1000)).count(), limits::ATTRIBUTES);
    }
}
