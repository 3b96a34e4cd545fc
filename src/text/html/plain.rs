//! The words of an HTML fragment, without the markup.

use super::tokens::{Token, tokens};
use crate::model::Text;
use crate::text::fold;

/// Elements that do not part words: `un<b>believ</b>able` is one word.
const INLINE: [&str; 41] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "math", "mi", "mn", "mo", "nobr", "q", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tt", "u", "var", "wbr", "ruby", "rb", "output",
];

/// The text of an HTML fragment on one line: tags dropped, `script` and `style` with their contents, entities decoded.
///
/// Elements that break the line leave a blank. Takes time linear in the length, whatever the input.
pub fn plain(html: &str) -> Text {
    if !html.contains(['<', '&']) {
        return Text(fold(html));
    }
    let mut text = String::with_capacity(html.len());
    for token in tokens(html) {
        match token {
            Token::Text(piece) => text.push_str(&htmlize::unescape(piece)),
            Token::Start { name, .. } | Token::End { name } => {
                if !INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline)) {
                    text.push(' ');
                }
            }
        }
    }
    Text(fold(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_and_markup_is_not() {
        for (html, expected) in [
            ("", ""),
            ("two  words\n", "two words"),
            ("<p>One</p><p>Two</p>", "One Two"),
            ("un<b>believ</b>able", "unbelievable"),
            ("a<br>b<br/>c", "a b c"),
            ("AT&amp;T &lt;b&gt; &#8217;&copy &nosuch;", "AT&T <b> ’© &nosuch;"),
            ("&amp;lt;", "&lt;"),
            ("1 < 2 <3 a<", "1 < 2 <3 a<"),
            ("x <y and no end", "x <y and no end"),
            ("x <y> z", "x z"),
            ("a<!-- <b>hidden</b> -->b<!-->c<!--->d<!-- x --->e<!-- y --!>f", "abcdef"),
            ("a<!-- never closed", "a"),
            ("a<!doctype html><?xml x?>b", "ab"),
            ("a<script>var x = '<p>';</script>b<STYLE>p{}</style >c", "abc"),
            ("a<script>never closed", "a"),
            ("a<script>x</scripty></script>b", "ab"),
            ("a<title>not closed", "anot closed"),
            ("a<script src=x />b<svg/>c<svg></svg>", "abc"),
            ("<a title=\"1 > 0\">b</a>", "b"),
            ("<a title='x' title=\"y\"/>b", "b"),
            ("<a href=\"open>b</a>c", "bc"),
            ("</>a</3>b", "a</3>b"),
            ("e\u{301}\u{a0}x\u{0}y&#0;", "e\u{301} x y\u{fffd}"),
            ("日本<ruby>語<rt>ご</rt></ruby>", "日本語 ご"),
        ] {
            assert_eq!(plain(html).as_str(), expected, "{html:?}");
        }
    }
}
