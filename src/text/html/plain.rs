//! The words of an HTML fragment, without the markup.

use super::tokens::{Token, tokens};
use crate::model::Text;
use crate::text::fold::{Line, fold};

/// The text of an HTML fragment on one line: tags dropped, `script` and `style` with their contents, entities decoded.
///
/// Elements that break the line leave a blank. Takes time linear in the length, whatever the input.
pub fn plain(html: &str) -> Text {
    if !html.contains(['<', '&']) {
        return Text(fold(html));
    }
    Text(line(html, html.len(), usize::MAX).into_string())
}

/// The start of what [`plain`] gives: `enough` characters or more, if there are so many. Reads no further than it must.
pub fn plain_head(html: &str, enough: usize) -> Text {
    Text(line(html, enough.min(html.len()), enough).into_string())
}

fn line(html: &str, capacity: usize, enough: usize) -> Line {
    let mut line = Line::with_capacity(capacity);
    for token in tokens(html) {
        match token {
            Token::Text(piece) => line.push(&htmlize::unescape(piece)),
            Token::Start { name, .. } | Token::End { name } => {
                if !is_inline(name) {
                    line.part();
                }
            }
        }
        if line.has(enough) {
            break;
        }
    }
    line
}

/// Whether an element does not part words: `un<b>believ</b>able` is one word.
fn is_inline(name: &str) -> bool {
    let mut lower = [0; 8];
    let Some(lower) = lower.get_mut(..name.len()) else { return false };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    #[rustfmt::skip]
    let inline = matches!(
        &*lower,
        b"a" | b"b" | b"i" | b"q" | b"s" | b"u" | b"em" | b"tt" | b"rb" | b"mi" | b"mn" | b"mo"
        | b"abbr" | b"acronym" | b"bdi" | b"bdo" | b"big" | b"cite" | b"code" | b"data" | b"del" | b"dfn"
        | b"font" | b"ins" | b"kbd" | b"label" | b"mark" | b"math" | b"nobr" | b"output" | b"ruby" | b"samp"
        | b"small" | b"span" | b"strike" | b"strong" | b"sub" | b"sup" | b"time" | b"var" | b"wbr"
    );
    inline
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

    #[test]
    fn a_head_is_the_start_of_the_whole() {
        let html = "<p>Öne &amp; two</p>\n<p>th<b>re</b>e</p><script>x</script> four";
        let whole = plain(html);
        for enough in 0..40 {
            let head = plain_head(html, enough);
            assert!(whole.as_str().starts_with(head.as_str()), "{head:?}");
            assert!(head.as_str().chars().count() >= enough.min(whole.as_str().chars().count()), "{head:?}");
        }
    }
}
