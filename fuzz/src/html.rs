//! A strict second look at sanitised HTML, which shares no code with the sanitiser: what is not surely harmless is told.

/// What is wrong with sanitised HTML, if anything.
///
/// In it `<` opens nothing but tags of lower-case names with quoted attributes, and no text does anything.
pub fn fault(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').map(|end| &rest[..end]);
        let Some(tag) = end else { return Some(format!("a tag without an end: {}", head(rest))) };
        if let Some(fault) = tag_fault(tag) {
            return Some(format!("{fault}: <{}", head(rest)));
        }
        rest = &rest[tag.len() + 1..];
    }
    None
}

fn tag_fault(tag: &str) -> Option<&'static str> {
    const FORBIDDEN: [&str; 18] = [
        "script", "style", "iframe", "object", "embed", "form", "input", "button", "svg", "math", "base", "meta",
        "link", "template", "noscript", "textarea", "select", "frame",
    ];
    let name = tag.strip_prefix('/').unwrap_or(tag);
    let length = name.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit()).unwrap_or(name.len());
    let (name, mut rest) = name.split_at(length);
    if name.is_empty() || FORBIDDEN.contains(&name) {
        return Some("a tag that must not be");
    }
    if tag.starts_with('/') {
        return (!rest.is_empty()).then_some("an end tag with more than a name");
    }
    while !rest.is_empty() {
        let attribute = rest.strip_prefix(' ').and_then(|rest| rest.split_once("=\""));
        let Some((name, (value, tail))) = attribute.and_then(|(name, tail)| Some((name, tail.split_once('"')?))) else {
            return Some("an attribute that is not written as ` name=\"value\"`");
        };
        if name.is_empty() || name.contains(|c: char| !c.is_ascii_lowercase() && c != '-') {
            return Some("a strange attribute");
        }
        if name.starts_with("on") || matches!(name, "style" | "srcdoc" | "action" | "formaction" | "background") {
            return Some("an attribute that must not be");
        }
        let web = |address: &str| address.starts_with("http://") || address.starts_with("https://");
        let fits = match name {
            "href" => web(value) || value.starts_with("mailto:"),
            "src" | "cite" | "poster" => web(value),
            "srcset" => value.split(", ").all(web),
            _ => true,
        };
        if !fits {
            return Some("an address that is not of the web");
        }
        rest = tail;
    }
    None
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(80)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_harmless_passes_and_what_is_not_is_found() {
        for good in [
            "",
            "a &lt; b &amp; javascript:alert(1)",
            "<p>a<br>b</p>",
            "<a href=\"https://a.example/?a=1&amp;b\" rel=\"noopener noreferrer\">x</a>",
            "<img src=\"http://a.example/\" srcset=\"http://a.example/1 1x, https://a.example/2 2x\" alt=\"on x\">",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "<script>",
            "<p onclick=\"x\">",
            "<p style=\"x\">",
            "<a href=\"javascript:x\">",
            "<a href=\"/x\">",
            "<a href=https://a.example/>",
            "<img src=\"data:x\">",
            "<img srcset=\"https://a.example/ 1x, javascript:y\">",
            "<P>",
            "a < b",
            "<!-- x -->",
            "<p",
            "</p x>",
            "<svg>",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
