//! What is left of CDATA sections in a text: ends that end none, beginnings that begin none.

use memchr::memchr;

use super::trim::trim_end;

/// Drops the end of a CDATA section that never began from the end of a text, and such beginnings inside it.
pub fn drop_section_marks(text: &mut String) {
    if let Some(length) = before_section_end(text) {
        text.truncate(length);
        drop_section_starts(text);
    }
}

/// Where the mark begins that ends a CDATA section at the end of a text: `]]>`, `]] >`, or `]>` that closes no bracket.
fn before_section_end(text: &str) -> Option<usize> {
    let rest = trim_end(text).strip_suffix('>')?.trim_end().strip_suffix(']')?;
    match rest.strip_suffix(']') {
        Some(rest) => Some(rest.len()),
        None => memchr(b'[', rest.as_bytes()).is_none().then_some(rest.len()),
    }
}

/// Drops the beginnings of CDATA sections that stand in a text: nested ones, escaped ones, those with blanks inside.
fn drop_section_starts(text: &mut String) {
    let mut kept = String::new();
    let mut copied = 0;
    for (at, word) in text.match_indices("CDATA") {
        let before = text[copied..at].trim_end().strip_suffix('[').and_then(|rest| rest.trim_end().strip_suffix("<!"));
        let behind = text[at + word.len()..].trim_start();
        let (Some(before), Some(behind)) = (before, behind.strip_prefix('[')) else { continue };
        kept.push_str(before);
        copied = text.len() - behind.len();
    }
    if copied > 0 {
        kept.push_str(&text[copied..]);
        *text = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remnants_of_sections_go() {
        for (text, left) in [
            (" Low tide]]> ", "Low tide"),
            ("Low tide]] >", "Low tide"),
            ("Low tide]>", "Low tide"),
            ("Low [tide]>", "Low [tide]>"),
            ("Low <![CDATA[tide]]>", "Low tide"),
            ("<! [CDATA[Low <![ CDATA [tide]]>", "Low tide"),
            ("CDATA]]>", "CDATA"),
            ("a > b", "a > b"),
            ("<![CDATA[ says how", "<![CDATA[ says how"),
            (">", ">"),
        ] {
            let mut found = text.to_owned();
            drop_section_marks(&mut found);
            assert_eq!(found.trim(), left, "{text}");
        }
    }
}
