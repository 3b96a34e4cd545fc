//! Bytes to text: finds the encoding of a document and decodes it without failing.
//!
//! The order: byte-order mark; the pattern of zero bytes of UTF-16 and UTF-32; the charset of HTTP; the XML
//! declaration. A label is overruled where the bytes prove it wrong: valid UTF-8 with characters beyond ASCII is
//! UTF-8 whatever a single-byte label says, since other text does not look like it by chance. Without a usable label
//! the bytes are guessed by `chardetng`; UTF-8 with stray bytes in between keeps its good part, and the stray
//! bytes are read as Windows-1252.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::flaws::quoted;
use super::labels::{encoding_of, guess, is_mere_default, is_no_chance, join_surrogates};

/// A decoded document and the remarks about its encoding: kind and message of a flaw each.
pub struct Decoded<'a> {
    /// The text, without byte-order marks, forbidden control characters and carriage returns.
    pub text: Cow<'a, str>,
    /// What was wrong.
    pub remarks: Vec<(&'static str, String)>,
}

/// Decodes a document; `charset` is what HTTP said.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Decoded<'a> {
    let mut remarks = Vec::new();
    let text = clean(decode_bytes(bytes, charset, &mut remarks), &mut remarks);
    Decoded { text, remarks }
}

/// The `charset` of a `Content-Type` header.
pub fn charset_of(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// The character that a byte of Windows-1252 stands for.
pub fn windows_1252(byte: u8) -> char {
    let bytes = [byte];
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn decode_bytes<'a>(bytes: &'a [u8], charset: Option<&str>, remarks: &mut Vec<(&'static str, String)>) -> Cow<'a, str> {
    let opens = |byte: u8| matches!(byte, b'<' | b'{' | b' ' | b'\n' | b'\r' | b'\t');
    match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => return utf_32(rest, u32::from_le_bytes).into(),
        [0, 0, 0xfe, 0xff, rest @ ..] => return utf_32(rest, u32::from_be_bytes).into(),
        [0xff, 0xfe, rest @ ..] => return UTF_16LE.decode_without_bom_handling(rest).0,
        [0xfe, 0xff, rest @ ..] => return UTF_16BE.decode_without_bom_handling(rest).0,
        [first, 0, 0, 0, ..] if opens(*first) => return utf_32(bytes, u32::from_le_bytes).into(),
        [0, 0, 0, first, ..] if opens(*first) => return utf_32(bytes, u32::from_be_bytes).into(),
        [first, 0, _, 0, ..] if opens(*first) => return UTF_16LE.decode_without_bom_handling(bytes).0,
        [0, first, 0, _, ..] if opens(*first) => return UTF_16BE.decode_without_bom_handling(bytes).0,
        [0xef, 0xbb, 0xbf, rest @ ..] => return utf_8_with_strays(rest, remarks),
        _ => {}
    }
    let utf_8 = simdutf8::basic::from_utf8(bytes);
    let declared = declared_label(bytes);
    let charset = charset.filter(|charset| !is_mere_default(charset, declared, utf_8.is_ok(), bytes));
    for label in [charset, declared].into_iter().flatten() {
        let (encoding, label) = (encoding_of(label), quoted(label));
        let Some(encoding) = encoding else {
            remarks
                .push(("unknown-encoding", format!("The encoding `{label}` is unknown: looked at the bytes instead.")));
            continue;
        };
        // The bytes have no pattern of UTF-16, so that label is wrong.
        if encoding == UTF_8 || encoding == UTF_16LE || encoding == UTF_16BE {
            if encoding != UTF_8 {
                remarks
                    .push(("wrong-encoding", format!("The document is not `{label}`: looked at the bytes instead.")));
            } else if utf_8.is_err() {
                continue;
            }
            if let Ok(text) = utf_8 {
                return Cow::Borrowed(text);
            }
            continue;
        }
        if let Ok(text) = utf_8
            && encoding.is_ascii_compatible()
            && text.is_ascii()
        {
            return Cow::Borrowed(text);
        }
        if let Ok(text) = utf_8
            && (encoding.is_single_byte() || is_no_chance(text) && encoding.is_ascii_compatible())
        {
            remarks.push(("wrong-encoding", format!("The document is UTF-8 and not `{label}`: read as UTF-8.")));
            return Cow::Borrowed(text);
        }
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            return text;
        }
        if let Ok(text) = utf_8 {
            remarks.push(("wrong-encoding", format!("The document is UTF-8 and not `{label}`: read as UTF-8.")));
            return Cow::Borrowed(text);
        }
        // A few broken characters do not make the label wrong: more than one in fifty bytes does.
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        let broken = text.matches(char::REPLACEMENT_CHARACTER).count();
        if broken * 50 < bytes.len() {
            remarks.push(("broken-characters", format!("{broken} characters are not valid `{label}`: replaced by �.")));
            return text;
        }
        remarks.push(("wrong-encoding", format!("The document is not `{label}`: looked at the bytes instead.")));
    }
    match utf_8 {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => utf_8_with_strays(bytes, remarks),
    }
}

/// UTF-8 where the bytes are mostly that, else what `chardetng` makes of them.
fn utf_8_with_strays<'a>(bytes: &'a [u8], remarks: &mut Vec<(&'static str, String)>) -> Cow<'a, str> {
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if let Some(joined) = join_surrogates(bytes) {
        remarks.push(("mixed-encoding", "Characters are halved as in UTF-16: read as whole ones.".to_owned()));
        return utf_8_with_strays(&joined, remarks).into_owned().into();
    }
    let (mut good, mut strays) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        strays += chunk.invalid().len();
    }
    let encoding = if strays > good { guess(bytes) } else { WINDOWS_1252 };
    // A few pairs of bytes may look like UTF-8 by chance.
    let by_chance = match encoding.is_single_byte() {
        true => encoding != WINDOWS_1252 && good < strays / 8,
        false => encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some(),
    };
    if good == 0 || by_chance {
        remarks.push(("missing-encoding", format!("No true encoding is declared: guessed {}.", encoding.name())));
        return encoding.decode_without_bom_handling(bytes).0;
    }
    remarks.push(("mixed-encoding", format!("{strays} bytes are not UTF-8: read as Windows-1252.")));
    let mut text = String::with_capacity(bytes.len() + strays * 2);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&byte| windows_1252(byte)));
    }
    text.into()
}

fn utf_32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let (units, _) = bytes.as_chunks::<4>();
    units.iter().map(|&four| char::from_u32(unit(four)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The label in `<?xml … encoding="…"?>`, which may stand behind blanks or junk.
pub(super) fn declared_label(bytes: &[u8]) -> Option<&str> {
    const LOOK_AT: usize = 4096;
    let head = &bytes[..bytes.len().min(LOOK_AT)];
    // In JSON a declaration is part of a text.
    if head.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let start = memchr::memmem::find(head, b"<?xml")?;
    let head = &head[start..];
    let declaration = &head[..memchr::memmem::find(head, b"?>").unwrap_or(head.len())];
    let value = &declaration[memchr::memmem::find(declaration, b"encoding")? + "encoding".len()..];
    let value = value.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let quote = *value.first().filter(|&&byte| byte == b'"' || byte == b'\'')?;
    let value = &value[1..];
    let label = &value[..memchr::memchr(quote, value)?];
    std::str::from_utf8(label.trim_ascii()).ok()
}

/// Drops byte-order marks at the start and control characters that XML forbids; line ends become `\n`
/// (XML 1.0 §2.2 and §2.11); U+0080 to U+009F, which nobody means, become what Windows-1252 has there.
fn clean<'a>(mut text: Cow<'a, str>, remarks: &mut Vec<(&'static str, String)>) -> Cow<'a, str> {
    let mut copied = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut control_at = control(text.as_bytes(), copied);
    if control_at.is_some_and(|at| memchr::memchr(b'\r', &text.as_bytes()[at..]).is_some()) {
        text = with_line_feeds(&text).into();
        control_at = control(text.as_bytes(), copied);
    }
    let bytes = text.as_bytes();
    let mut cleaned = String::new();
    let (mut controls, mut windows) = (0_usize, 0_usize);
    let mut windows_at = windows_control(bytes, copied);
    while let Some(at) = [control_at, windows_at].into_iter().flatten().min() {
        if cleaned.is_empty() {
            cleaned.reserve(text.len());
        }
        cleaned.push_str(&text[copied..at]);
        copied = at + 1;
        match (bytes[at], bytes.get(at + 1)) {
            (0xc2, Some(&second)) => {
                windows += 1;
                cleaned.push(windows_1252(second));
                copied += 1;
            }
            _ => controls += 1,
        }
        if control_at == Some(at) {
            control_at = control(bytes, copied);
        } else {
            windows_at = windows_control(bytes, copied);
        }
    }
    if windows > 0 {
        remarks
            .push(("windows-character", format!("{windows} control characters are meant as Windows-1252: read so.")));
    }
    if controls > 0 {
        remarks.push(("control-character", format!("{controls} control characters that XML forbids: dropped.")));
    }
    match text {
        text if copied == 0 => text,
        Cow::Borrowed(text) if cleaned.is_empty() => Cow::Borrowed(&text[copied..]),
        text => {
            cleaned.push_str(&text[copied..]);
            cleaned.into()
        }
    }
}

/// A text in which every line ends with a line feed alone.
fn with_line_feeds(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for at in memchr::memchr_iter(b'\r', bytes) {
        out.push_str(&text[copied..at]);
        if bytes.get(at + 1) != Some(&b'\n') {
            out.push('\n');
        }
        copied = at + 1;
    }
    out.push_str(&text[copied..]);
    out
}

/// A text that was encoded within the document, mended as the document itself is.
pub fn without_controls(text: String) -> String {
    clean(text.into(), &mut Vec::new()).into_owned()
}

/// The next control character other than tab and line feed.
pub(super) fn control(bytes: &[u8], from: usize) -> Option<usize> {
    let (blocks, rest) = bytes[from..].as_chunks::<512>();
    let block = blocks.iter().position(holds_control);
    let from = block.map_or(bytes.len() - rest.len(), |number| from + number * 512);
    let (blocks, rest) = bytes[from..].as_chunks::<16>();
    let block = blocks.iter().position(holds_control);
    let from = block.map_or(bytes.len() - rest.len(), |number| from + number * 16);
    let is_control = |byte: u8| byte < b' ' && byte != b'\t' && byte != b'\n';
    bytes[from..].iter().position(|&byte| is_control(byte)).map(|at| from + at)
}

/// Whether a block holds one; judged as a whole and without a way out, which the compiler turns into vector instructions.
///
/// Below tab, or between line feed and blank: the least byte, and the least distance behind line feed, tell.
fn holds_control<const N: usize>(block: &[u8; N]) -> bool {
    let (least, distance) = block.iter().fold((u8::MAX, u8::MAX), |(least, distance), &byte| {
        (least.min(byte), distance.min(byte.wrapping_sub(b'\n' + 1)))
    });
    least < b'\t' || distance < b' ' - b'\n' - 1
}

/// The next of U+0080 to U+009F, in UTF-8 `C2 80` to `C2 9F`.
fn windows_control(bytes: &[u8], from: usize) -> Option<usize> {
    let mut found = memchr::memchr_iter(0xc2, &bytes[from..]).map(|at| from + at);
    found.find(|at| bytes.get(at + 1).is_some_and(|&next| next < 0xa0))
}

#[cfg(test)]
mod tests {
    use encoding_rs::Encoding;

    use super::*;

    fn check(bytes: &[u8], charset: Option<&str>, expected: &str, kinds: &[&str]) {
        let decoded = decode(bytes, charset);
        let found: Vec<&str> = decoded.remarks.iter().map(|(kind, _)| *kind).collect();
        assert_eq!((decoded.text.as_ref(), found.as_slice()), (expected, kinds));
    }

    #[test]
    fn the_bytes_overrule_a_wrong_label() {
        check("<a>é".as_bytes(), Some("iso-8859-1"), "<a>é", &["wrong-encoding"]);
        check(b"<a>\xe9\x96", Some("iso-8859-1"), "<a>é–", &[]);
        check(b"<?xml encoding=' koi8-r '?>\xf0\xd2", None, "<?xml encoding=' koi8-r '?>Пр", &[]);
        check(
            b"<?xml encoding='x-foo'?>\xe9",
            None,
            "<?xml encoding='x-foo'?>é",
            &["unknown-encoding", "missing-encoding"],
        );
        check(b"<?xml encoding='utf-16'?>\xc3\xa9", None, "<?xml encoding='utf-16'?>é", &["wrong-encoding"]);
        check(b"<a>\xc3\xa9\x96X", Some("utf-8"), "<a>é–X", &["mixed-encoding"]);
        check(b"<?xml encoding='koi8-r'?>\xf0\xd2", Some("us-ascii"), "<?xml encoding='koi8-r'?>Пр", &[]);
        check(b"<?xml encoding='gbk'?>\xd6\xd0", Some("iso-8859-1"), "<?xml encoding='gbk'?>中", &[]);
        check(b"<?xml encoding='koi8-r'?>\xe9", Some("iso-8859-1"), "<?xml encoding='koi8-r'?>é", &[]);
        let utf_8 = "<?xml encoding='gb2312'?>日本の港";
        check(utf_8.as_bytes(), None, utf_8, &["wrong-encoding"]);
        let strays = "<a>港は静かでした。明日は雨でしょう。";
        let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(strays);
        check(&bytes, None, strays, &["missing-encoding"]);
        check(
            b"<a>\xed\xa0\xbd\xed\xb8\x80\xed\xa0",
            None,
            "<a>\u{1f600}í\u{a0}",
            &["mixed-encoding", "mixed-encoding"],
        );
        check(b"<?xml encoding='Shift_JIS'?>\x93\xfa\x96{", None, "<?xml encoding='Shift_JIS'?>日本", &[]);
    }

    #[test]
    fn a_declaration_inside_json_is_none() {
        let json = "{\"title\":\"<?xml encoding=',' é\"}";
        check(json.as_bytes(), None, json, &[]);
    }

    #[test]
    fn labels_may_be_nearly_right() {
        for (label, expected) in [
            ("utf_8", "UTF-8"),
            ("UTF-8859-1", "UTF-8"),
            ("latin-2", "ISO-8859-2"),
            ("win-1251", "windows-1251"),
            ("iso8859_15", "ISO-8859-15"),
            ("koi8u", "KOI8-U"),
            ("MacRoman", "macintosh"),
            ("dos-866", "IBM866"),
        ] {
            assert_eq!(encoding_of(label).map(Encoding::name), Some(expected), "{label}");
        }
        assert_eq!(encoding_of("x-foo"), None);
    }

    #[test]
    fn wide_encodings_show_by_their_zero_bytes() {
        check(b"\xff\xfe<\0\xe9\0", None, "<é", &[]);
        check(b"\0<\0?\0\xe9", None, "<?é", &[]);
        check(b"\xff\xfe\0\0<\0\0\0\xe9\0\0\0", None, "<é", &[]);
        check(b"\0\0\0<\0\0\0\xe9", None, "<é", &[]);
        check(b" \0\0\0<\0\0\0", None, " <", &[]);
        check(b"\0\0\0\n\0\0\0<", None, "\n<", &[]);
        check("\u{feff}\u{feff}<a>".as_bytes(), None, "<a>", &[]);
    }

    #[test]
    fn forbidden_characters_go() {
        check(b"a\x00b\x08c\td\r\ne\rf", None, "abc\td\ne\nf", &["control-character"]);
        check(b"\r\n\r", None, "\n\n", &[]);
        check("\u{feff}\u{1}\u{85}\u{a0}é".as_bytes(), None, "…\u{a0}é", &["windows-character", "control-character"]);
        check("\u{feff}\r".as_bytes(), None, "\n", &[]);
    }

    #[test]
    fn controls_are_found_wherever_they_stand() {
        for at in [0, 1, 127, 128, 255, 300] {
            for byte in 0..=255 {
                let mut bytes = [b'x'; 301];
                bytes[at] = byte;
                let expected = byte < 32 && byte != b'\t' && byte != b'\n';
                assert_eq!(control(&bytes, at / 2), expected.then_some(at), "{byte} at {at}");
            }
        }
    }

    #[test]
    fn charset_comes_from_the_header() {
        assert_eq!(charset_of("text/xml; x=y; Charset=\"utf-8\""), Some("utf-8"));
        assert_eq!(charset_of("text/xml"), None);
    }
}
