//! What labels and bytes tell of an encoding: near spellings, servers' defaults, likeness by chance.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The encoding of a label, also where its spelling is nearly right: `utf_8`, `latin-1`, `win-1251`, `iso8859_1`.
pub fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().to_ascii_lowercase();
    if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
        return Some(encoding);
    }
    let dashed = label.replace(['_', ' '], "-");
    let digits = dashed.trim_start_matches(|c: char| !c.is_ascii_digit());
    let windows = ["win", "cp", "ms", "windows"].iter().any(|prefix| dashed.starts_with(prefix));
    let guess = match dashed.strip_prefix("latin-") {
        Some(number) => format!("latin{number}"),
        None if dashed.starts_with("utf8") || dashed.starts_with("utf-8") => "utf-8".to_owned(),
        None if dashed.starts_with("iso") && digits.starts_with("8859") => {
            format!("iso-8859-{}", digits["8859".len()..].trim_start_matches('-'))
        }
        None if dashed.starts_with("koi8") => if dashed.ends_with('u') { "koi8-u" } else { "koi8-r" }.to_owned(),
        None if dashed.starts_with("mac") && dashed.ends_with("roman") => "macintosh".to_owned(),
        None if digits == "866" => "ibm866".to_owned(),
        None if windows => format!("windows-{digits}"),
        None => dashed,
    };
    Encoding::for_label(guess.as_bytes())
}

/// Whether UTF-8 is too long to be that by chance, where a label of several bytes a character says otherwise.
pub fn is_no_chance(text: &str) -> bool {
    let mut beyond = text.chars().filter(|c| !c.is_ascii()).take(3);
    let (first, count) = (beyond.next(), beyond.count());
    count == 2 || first.is_some_and(|c| c.len_utf8() > 2)
}

/// Whether HTTP's charset is the default of its server, and the document knows better: ASCII, which the bytes are not, or
/// Latin 1 where the bytes look like the other encoding that is declared.
pub fn is_mere_default(charset: &str, declared: Option<&str>, is_utf_8: bool, bytes: &[u8]) -> bool {
    if is_utf_8 || encoding_of(charset) != Some(WINDOWS_1252) {
        return false;
    }
    let Some(declared) = declared.and_then(encoding_of).filter(|declared| !is_of_utf(declared)) else { return false };
    if charset.trim().to_ascii_lowercase().ends_with("ascii") {
        return true;
    }
    if !declared.is_single_byte() {
        return declared.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    }
    declared != WINDOWS_1252 && guess(bytes) == declared
}

fn is_of_utf(encoding: &'static Encoding) -> bool {
    encoding == UTF_8 || encoding == UTF_16LE || encoding == UTF_16BE
}

/// What `chardetng` makes of bytes that are not UTF-8.
pub fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    // What is not ASCII tells, and a little of it is enough: the detector is slow.
    const ENOUGH: usize = 256 << 10;
    let telling = &bytes[Encoding::ascii_valid_up_to(bytes)..];
    detector.feed(&telling[..telling.len().min(ENOUGH)], telling.len() <= ENOUGH);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

/// The bytes with the halves of UTF-16 joined that stand in them as three bytes each (CESU-8), if there are any.
pub fn join_surrogates(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    let mut copied = 0;
    for at in memchr::memchr_iter(0xed, bytes) {
        let Some([_, a @ 0xa0..=0xaf, b @ 0x80..=0xbf, 0xed, c @ 0xb0..=0xbf, d @ 0x80..=0xbf]) = bytes.get(at..at + 6)
        else {
            continue;
        };
        let part = |first: u8, second: u8| u32::from(first & 0x0f) << 6 | u32::from(second & 0x3f);
        let code = 0x1_0000 + (part(*a, *b) << 10) + part(*c, *d);
        joined.extend_from_slice(&bytes[copied..at]);
        joined.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut [0; 4]).as_bytes());
        copied = at + 6;
    }
    (copied > 0).then(|| [joined, bytes[copied..].to_vec()].concat())
}
