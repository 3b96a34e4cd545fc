//! Names for addresses, made of words.

use unicode_normalization::UnicodeNormalization;

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
