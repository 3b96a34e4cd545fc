//! Where an HTML fragment links to.

use htmlize::unescape_attribute;

use super::tokens::{Token, attributes as each, tokens};

/// The addresses of the first `most` links of a fragment, as they stand in it, entities decoded.
pub fn links(html: &str, most: usize) -> Vec<String> {
    if !html.contains("<a") && !html.contains("<A") {
        return Vec::new();
    }
    let address = |token| match token {
        Token::Start { name, attributes } if name.eq_ignore_ascii_case("a") => {
            let (_, href) = each(attributes).find(|(name, _)| name.eq_ignore_ascii_case("href"))?;
            Some(unescape_attribute(href).trim().to_owned())
        }
        _ => None,
    };
    tokens(html).filter_map(address).filter(|href| !href.is_empty()).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_decoded_and_no_more_than_asked_for() {
        let html =
            "<p>a <A HREF='https://a.example/?x=1&amp;y=2'>b</a> <a name=c>c</a> <a href=\" /d \">d</a><a href=e>";
        assert_eq!(links(html, 9), ["https://a.example/?x=1&y=2", "/d", "e"]);
        assert_eq!(links(html, 1), ["https://a.example/?x=1&y=2"]);
        assert!(links("no links, just <abbr>text</abbr>", 9).is_empty());
    }
}
