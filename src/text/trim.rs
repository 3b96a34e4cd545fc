//! Blanks around a text, which hardly any has: seen at once where the first and the last byte are of ASCII.

/// Whether a byte at an end of a text shows that no blank stands there.
fn is_no_blank(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_graphic)
}

/// The same as [`str::trim`].
#[inline]
pub fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    if is_no_blank(bytes.first()) && is_no_blank(bytes.last()) { text } else { text.trim() }
}

/// The same as [`str::trim_start`].
#[inline]
pub fn trim_start(text: &str) -> &str {
    if is_no_blank(text.as_bytes().first()) { text } else { text.trim_start() }
}

/// The same as [`str::trim_end`].
#[inline]
pub fn trim_end(text: &str) -> &str {
    if is_no_blank(text.as_bytes().last()) { text } else { text.trim_end() }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn blanks_are_those_of_the_standard_library(text in "[ \t\n\u{a0}\u{2003}\u{200b}\u{85}é\u{7f}a<]{0,5}") {
            assert_eq!((trim(&text), trim_start(&text), trim_end(&text)), (text.trim(), text.trim_start(), text.trim_end()));
        }
    }
}
