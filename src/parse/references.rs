//! Single character and entity references: where the next one stands, how long it is, which character a number means.

use memchr::memchr;

use super::entities::Troubles;

/// The next `&`: that of escaped HTML is often some bytes away, where a call would cost more than looking at sixteen at
/// once.
pub fn next_ampersand(bytes: &[u8]) -> Option<usize> {
    if let ([first, second, ..], _) = bytes.as_chunks::<8>() {
        let (first, second) = (ampersands(first), ampersands(second));
        if first | second != 0 {
            let (zeros, before) = if first != 0 { (first, 0) } else { (second, 8) };
            return Some(before + zeros.trailing_zeros() as usize / 8);
        }
        return memchr(b'&', &bytes[16..]).map(|at| 16 + at);
    }
    memchr(b'&', bytes)
}

/// Bits of which the lowest tells the first `&`: a byte of zero, found by what borrows from it (Lamport 1975).
fn ampersands(bytes: &[u8; 8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let differing = u64::from_le_bytes(*bytes) ^ (ONES * b'&' as u64);
    differing.wrapping_sub(ONES) & !differing & (ONES << 7)
}

/// The character of a reference that XML predefines (XML 1.0 §4.6), and its length behind the `&`: nearly all there are.
pub fn predefined(behind: &[u8]) -> Option<(char, usize)> {
    Some(match behind.first_chunk::<4>()? {
        // In one, since which of both comes next is a guess.
        [first @ (b'l' | b'g'), b't', b';', _] => (if *first == b'l' { '<' } else { '>' }, 3),
        b"amp;" => ('&', 4),
        b"quot" if behind.get(4) == Some(&b';') => ('"', 5),
        b"apos" if behind.get(4) == Some(&b';') => ('\'', 5),
        _ => return None,
    })
}

/// The character of a reference by number of which nothing is wrong, and its length behind the `&`.
pub fn plainly_numbered(behind: &[u8]) -> Option<(char, usize)> {
    /// Those of the last character, in decimal digits.
    const DIGITS: usize = 7;
    let (radix, from) = match behind {
        [b'#', b'x' | b'X', ..] => (16, 2),
        [b'#', ..] => (10, 1),
        _ => return None,
    };
    let mut code = 0;
    for (length, &byte) in behind[from..].iter().enumerate().take(DIGITS + 1) {
        if byte == b';' {
            let character = char::from_u32(code).filter(|_| length > 0 && !needs_care(code))?;
            return Some((character, from + length + 1));
        }
        code = code * radix + char::from(byte).to_digit(radix)?;
    }
    None
}

/// Whether the number of a character is one that [`numbered`] does not take as it stands.
fn needs_care(code: u32) -> bool {
    matches!(code, 0..0x20 | 0x7f..=0x9f | 0xfffe | 0xffff)
}

/// The length of the reference that `text` starts with, `&` and `;` included.
///
/// The `;` may be missing behind a number, and behind the old HTML names (`&nbsp`) where no letter, digit or `=` follows,
/// so that `?a=1&copy=2` stays an address.
pub fn reference_length(text: &str) -> Option<usize> {
    /// The longest HTML name has 31 letters.
    const LONGEST: usize = 40;
    let bytes = text.as_bytes();
    let name_byte = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte);
    let run = |from: usize, belongs: &dyn Fn(&u8) -> bool| {
        from + bytes.iter().skip(from).take(LONGEST).take_while(|byte| belongs(byte)).count()
    };
    let (start, end) = match bytes.get(1)? {
        b'#' if matches!(bytes.get(2), Some(b'x' | b'X')) => (3, run(3, &u8::is_ascii_hexdigit)),
        b'#' => (2, run(2, &u8::is_ascii_digit)),
        first if first.is_ascii_alphabetic() || *first == b'_' => (1, run(1, &name_byte)),
        _ => return None,
    };
    if end == start {
        return None;
    }
    match bytes.get(end) {
        Some(b';') => Some(end + 1),
        _ if bytes[1] == b'#' => Some(end),
        Some(b'=') => None,
        _ => (end <= 8 && htmlize::unescape_attribute(&text[..end]) != text[..end]).then_some(end),
    }
}

/// What a reference by number stands for.
pub enum Numbered {
    /// This character.
    Character(char),
    /// A control character that no text holds.
    Nothing,
    /// No character at all.
    Absurd,
}

/// The number of a reference like `&#55357;` or `&#xD83D;`.
fn number_of(reference: &str) -> Option<u32> {
    let number = reference.strip_prefix("&#")?.trim_end_matches(';');
    match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    }
}

/// The character that two references to the halves of its UTF-16 form mean, and the length of the second one.
pub fn surrogates(reference: &str, behind: &str) -> Option<(char, usize)> {
    let high = number_of(reference).filter(|code| (0xd800..0xdc00).contains(code))?;
    let length = behind.starts_with("&#").then(|| reference_length(behind)).flatten()?;
    let low = number_of(&behind[..length]).filter(|code| (0xdc00..0xe000).contains(code))?;
    let character = char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?;
    Some((character, length))
}

/// The character of `8217` or `x2019`, those of Windows-1252 mended.
pub fn numbered(number: &str, troubles: &mut Troubles) -> Numbered {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    let Ok(code) = code else { return Numbered::Absurd };
    match code {
        0x80..=0x9f => {
            troubles.add(Troubles::CP1252_NUMBER);
            Numbered::Character(super::decode::windows_1252(code as u8))
        }
        0x09 | 0x0a | 0x0d => Numbered::Character(char::from(code as u8)),
        0..0x20 | 0x7f | 0xfffe | 0xffff => Numbered::Nothing,
        _ => char::from_u32(code).map_or(Numbered::Absurd, Numbered::Character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_next_ampersand_is_found_near_and_far(text in "[%&'\u{26}\u{a6}\u{126}x]{0,20}") {
            assert_eq!(next_ampersand(text.as_bytes()), text.find('&'));
        }
    }
}
