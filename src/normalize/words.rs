//! Turns what an item says, plain or HTML, into our two forms: a line of text and sanitised HTML.

use htmlize::{escape_text, unescape};
use url::Url;

use super::MAX_NAMING_CHARS;
use super::language::SAMPLE_CHARS;
use crate::model::{Html, Markup};
use crate::text::{fold, plain, plain_head, sanitize};

/// How much HTML is read for an opening, in bytes.
const OPENING_BYTES: usize = 3_000;

/// How much text is enough of an opening, in characters.
const OPENING_CHARS: usize = if SAMPLE_CHARS > MAX_NAMING_CHARS { SAMPLE_CHARS } else { MAX_NAMING_CHARS + 1 };

/// How much text is compared before the whole is, in characters.
const GLANCE_CHARS: usize = 50;

/// HTML that is longer shows something: nobody writes so many empty tags.
const MAX_BLANK_BYTES: usize = 1_000;

/// A line of text, such as a title. Empty where there is nothing to read.
pub(super) fn line(markup: &Markup) -> String {
    let once = match markup {
        Markup::Plain(text) => fold(text),
        Markup::Html(html) => plain(html).0,
    };
    if once.contains('&') { fold(&decoded(&once)) } else { once }
}

/// Sanitised HTML; empty where there is nothing to see.
pub(super) fn html(markup: Option<&Markup>, base: Option<&Url>) -> Html {
    let html = match markup {
        None => return Html::default(),
        Some(Markup::Html(html)) => sanitize(html, base),
        Some(Markup::Plain(text)) => sanitize(&paragraphs(&decoded(text)), base),
    };
    if is_blank(&html) { Html::default() } else { html }
}

/// The first words of sanitised HTML.
pub(super) fn opening(html: &Html) -> String {
    let all = html.as_str();
    let mut head = &all[..all.floor_char_boundary(OPENING_BYTES)];
    if head.len() < all.len() {
        // The cut may be inside a tag or an entity. In sanitised HTML `<` and `&` stand for nothing else.
        if let Some(tag) = head.rfind('<').filter(|&tag| !head[tag..].contains('>')) {
            head = &head[..tag];
        }
        if let Some(entity) = head.rfind('&').filter(|&entity| !head[entity..].contains(';')) {
            head = &head[..entity];
        }
    }
    plain_head(head, OPENING_CHARS).0
}

/// Whether a reader would read the same in both.
pub(super) fn same(one: &Html, other: &Html) -> bool {
    let glance = |html: &Html| -> String {
        plain_head(html.as_str(), GLANCE_CHARS).as_str().chars().take(GLANCE_CHARS).collect()
    };
    glance(one) == glance(other) && plain(one.as_str()) == plain(other.as_str())
}

/// Decodes what is surely an entity that was escaped once too often: known or numeric, and ended by `;`.
///
/// Many servers escape a title that already is: readers would see `Kim&#8217;s`.
pub(super) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let name_length = rest[1..].bytes().take(32).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
        let end = 1 + name_length.count();
        if rest.as_bytes().get(end) == Some(&b';') {
            out.push_str(&unescape(&rest[..=end]));
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out + rest
}

/// Plain text as HTML: an empty line ends a paragraph, a line break stays one.
fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            html.push_str(if open { "</p>" } else { "" });
            open = false;
            continue;
        }
        html.push_str(if open { "<br>" } else { "<p>" });
        html.push_str(&escape_text(line));
        open = true;
    }
    html.push_str(if open { "</p>" } else { "" });
    html
}

/// Whether sanitised HTML shows nothing: no text, no picture, no sound.
fn is_blank(html: &Html) -> bool {
    html.as_str().len() < MAX_BLANK_BYTES
        && !["<img", "<video", "<audio", "<hr"].iter().any(|tag| html.as_str().contains(tag))
        && plain_head(html.as_str(), 1).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_lines_without_markup() {
        let plain = |text: &str| line(&Markup::Plain(text.into()));
        let html = |text: &str| line(&Markup::Html(text.into()));
        for (found, expected) in [
            (plain(" Kim&#8217;s\n troops "), "Kim’s troops"),
            (plain("AT&amp;T &lt;3 R&D; AT&T &copy"), "AT&T <3 R&D; AT&T &copy"),
            (plain("a <b> c"), "a <b> c"),
            (html("<b>Kim&amp;#8217;s</b> &amp;quot;guard&amp;quot;"), "Kim’s \"guard\""),
            (html("&nbsp;<br>"), ""),
            (plain("&&&; &#; &#x;&"), "&&&; &#; &#x;&"),
        ] {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn plain_text_becomes_paragraphs() {
        for (text, expected) in [
            ("one", "<p>one</p>"),
            ("one\ntwo\r\n\r\n \nthree <b> & co", "<p>one<br>two</p><p>three &lt;b&gt; &amp; co</p>"),
            ("\n \n", ""),
        ] {
            assert_eq!(html(Some(&Markup::Plain(text.into())), None).as_str(), expected);
        }
    }

    #[test]
    fn what_shows_nothing_is_nothing() {
        for (source, blank) in [("<p>&nbsp;</p><br>", true), ("<p><img src=//a.example/x></p>", false), ("x", false)] {
            assert_eq!(html(Some(&Markup::Html(source.into())), None).is_empty(), blank, "{source}");
        }
    }

    #[test]
    fn an_opening_is_cut_between_tags() {
        let html = |filler: usize, tail: &str| Html("x".repeat(filler) + tail + &"y".repeat(4_000));
        assert_eq!(opening(&html(2_990, "<a href=\"https://a.example/\">")), "x".repeat(2_990));
        assert_eq!(opening(&html(2_998, "&nbsp;")), "x".repeat(2_998));
        assert_eq!(opening(&Html("<p>short</p>".into())), "short");
    }
}
