//! What sanitising must and must not let through.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::super::elements::all;
use super::*;
use crate::text::html::tokens::attributes;

fn check(cases: &[(&str, &str)]) {
    let base = Url::parse("https://a.example/news/1.html").expect("a URL");
    for (html, expected) in cases {
        let clean = sanitize(html, Some(&base));
        assert_eq!(clean.as_str(), *expected, "{html}");
        assert_second_reader_agrees(&clean);
    }
}

/// `html5ever` builds the tree of a browser and `ammonia` cleans it: had either something to mend, we were wrong.
fn assert_second_reader_agrees(clean: &Html) {
    let mut judge = ammonia::Builder::empty();
    judge
        .tags(all().iter().map(|element| element.name).collect())
        .tag_attributes(
            all()
                .iter()
                .map(|element| {
                    let own = element.attributes.iter().chain(EVERYWHERE).map(|(name, _)| *name);
                    (element.name, own.collect::<HashSet<_>>())
                })
                .collect::<HashMap<_, _>>(),
        )
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some(REL));
    assert_eq!(judge.clean(clean.as_str()).to_string().trim_ascii(), clean.as_str());
}

#[test]
fn text_and_structure_stay() {
    check(&[
        ("", ""),
        ("  plain & simple  ", "plain &amp; simple"),
        ("<p>One<p>Two", "<p>One</p><p>Two</p>"),
        ("<P CLASS=x style='color:red'>a<BR/>b</P>", "<p>a<br>b</p>"),
        ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
        ("<p>a<div>b</div>c", "<p>a</p><div>b</div>c"),
        ("<p><b>a<p>b</b>c", "<p><b>a</b></p><p>bc</p>"),
        ("<h1>a<h2>b</h1>c", "<h1>a</h1><h2>b</h2>c"),
        ("<i>a<b>b</i>c</b>", "<i>a<b>b</b></i>c"),
        ("a</div></p></li>b<br>c</br>d", "ab<br>c<br>d"),
        ("<pre>\n\n a\n  b</pre>", "<pre> a\n  b</pre>"),
        ("<font color=red>a</font><custom-x>b</custom-x><center>c</center>", "ab<center>c</center>"),
        ("<ruby>語<rt>ご<rp>)</ruby>", "<ruby>語<rt>ご</rt><rp>)</rp></ruby>"),
        ("a\u{a0}b&nbsp;c &lt;b&gt; &copy; 1 < 2\r\nd\re\u{8}f", "a&nbsp;b&nbsp;c &lt;b&gt; © 1 &lt; 2\nd\nef"),
        (
            "<p lang=ko dir=RTL title='a \"q\" <b>' id=top>x",
            "<p title=\"a &quot;q&quot; &lt;b&gt;\" lang=\"ko\" dir=\"rtl\">x</p>",
        ),
        (
            "<code class='x language-rust y'>a</code><ol start=3 type=I reversed><li value=7px>b",
            "<code class=\"language-rust\">a</code><ol start=\"3\" reversed=\"\" type=\"i\"><li value=\"7\">b</li></ol>",
        ),
        ("<details open><summary>a</summary>b</details>", "<details open=\"\"><summary>a</summary>b</details>"),
    ]);
}

#[test]
fn tables_get_the_parts_that_they_lack() {
    check(&[
        (
            "<table><tr><td>a<td>b<tr><th>c</table>d",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></tbody></table>d",
        ),
        ("<table><td>a</table>", "<table><tbody><tr><td>a</td></tr></tbody></table>"),
        (
            "<table>\n<thead><tr><th colspan=2 align=Center>a</thead>\n<tbody><tr><td>b",
            "<table><thead><tr><th colspan=\"2\" align=\"center\">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
        ),
        ("<table>loose<tr><td>a</table>", "<table><tbody><tr><td>loose</td></tr><tr><td>a</td></tr></tbody></table>"),
        (
            "<table><p>x</p><caption>c</caption></table>",
            "<table><tbody><tr><td><p>x</p></td></tr></tbody><caption>c</caption></table>",
        ),
        (
            "<table><td><table><td>in</table>out</table>",
            "<table><tbody><tr><td><table><tbody><tr><td>in</td></tr></tbody></table>out</td></tr></tbody></table>",
        ),
        ("<td>a</td></table><tr>b", "ab"),
        ("<p>x<table><td></p>y</table>", "<p>x</p><table><tbody><tr><td>y</td></tr></tbody></table>"),
        ("<b><table><td>a</b>c</table></b>d", "<b><table><tbody><tr><td>ac</td></tr></tbody></table></b>d"),
    ]);
}

#[test]
fn references_are_absolute_or_gone() {
    check(&[
        ("<a href=/x>a</a>", "<a href=\"https://a.example/x\" rel=\"noopener noreferrer\">a</a>"),
        (
            "<a href='mailto:j@a.example' target=_top rel=me>a</a>",
            "<a href=\"mailto:j@a.example\" rel=\"noopener noreferrer\">a</a>",
        ),
        ("<a>a</a><a href=''>b</a>", "ab"),
        (
            "<a href=/1>a<a href=/2>b</a>c</a>",
            "<a href=\"https://a.example/1\" rel=\"noopener noreferrer\">a</a><a href=\"https://a.example/2\" rel=\"noopener noreferrer\">b</a>c",
        ),
        (
            "<a href='?a=1&copy=2&amp;b'>x</a>",
            "<a href=\"https://a.example/news/1.html?a=1&amp;copy=2&amp;b\" rel=\"noopener noreferrer\">x</a>",
        ),
        (
            "<sup id=fnref-1><a href=#fn-1>1</a></sup>",
            "<sup id=\"fnref-1\"><a href=\"https://a.example/news/1.html#fn-1\" rel=\"noopener noreferrer\">1</a></sup>",
        ),
        (
            "<img src=p.png alt='A \"b\"' width=640px height=50% onerror=x>",
            "<img src=\"https://a.example/news/p.png\" alt=\"A &quot;b&quot;\" width=\"640\">",
        ),
        ("<img src='data:image/gif;base64,R0' data-src=/lazy.jpg>", "<img src=\"https://a.example/lazy.jpg\">"),
        (
            "<img srcset='/s.jpg 1x, javascript:x 2x'>",
            "<img src=\"https://a.example/s.jpg\" srcset=\"https://a.example/s.jpg 1x\">",
        ),
        ("<img alt=none><img src=javascript:x>", ""),
        (
            "<video poster=p.jpg autoplay><source src=v.mp4 type='video/mp4; codecs=\"x\"'></video><source src=x>",
            "<video poster=\"https://a.example/news/p.jpg\" controls=\"\"><source src=\"https://a.example/news/v.mp4\"></video>",
        ),
        ("<audio src=a.mp3></audio>", "<audio src=\"https://a.example/news/a.mp3\" controls=\"\"></audio>"),
        (
            "<iframe src=//v.example/1 title='A film'>no</iframe>",
            "<p><a href=\"https://v.example/1\" rel=\"noopener noreferrer\">A film</a></p>",
        ),
        (
            "<p><iframe src=https://v.example/e/1?x></iframe>",
            "<p><a href=\"https://v.example/e/1?x\" rel=\"noopener noreferrer\">v.example/e/1</a></p>",
        ),
        (
            "<blockquote cite=/q>a</blockquote><q cite=javascript:x>b</q>",
            "<blockquote cite=\"https://a.example/q\">a</blockquote><q>b</q>",
        ),
    ]);
    assert_eq!(sanitize("<a href=/x>a</a><img src=p.png>", None).as_str(), "a");
}

#[test]
fn pictures_that_count_readers_go() {
    check(&[
        ("a<img src=/t.gif width=1 height=1>", "a"),
        ("a<img src=/t.gif width='1px'>", "a"),
        ("a<img src=/t.gif height=0>", "a"),
        ("a<img src=/t.gif height=x width=1>", "a"),
        ("a<img src=/t.gif style='Display: none'>", "a"),
        ("a<img src=http://feeds.feedburner.com/~r/X/~4/y>", "a"),
        ("a<iframe src=https://t.example/ width=0 height=0></iframe>", "a"),
        (
            "<img src=/rule.gif width=600 height=1>",
            "<img src=\"https://a.example/rule.gif\" width=\"600\" height=\"1\">",
        ),
    ]);
}

#[test]
fn nothing_that_runs_stays() {
    check(&[
        ("<script>alert(1)</script>a", "a"),
        ("<SCRIPT SRC=//x/x.js></SCRIPT >a", "a"),
        ("<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)"),
        ("<<script>alert(1)//<</script>a", "&lt;a"),
        ("<script/x>alert(1)</script>a", "a"),
        ("<img src=x onerror=alert(1)//", "&lt;img src=x onerror=alert(1)//"),
        ("<img \"\"\"><script>alert(1)</script>\">", "\"&gt;"),
        ("<script/>a<script src='x'/>b", "ab"),
        ("<svg onload=alert(1)><script>1</script></svg>a", "a"),
        ("<svg><a xlink:href=javascript:alert(1)>b", "b"),
        ("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<table></table>"),
        (
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">a",
            "<p title=\"&lt;/noscript&gt;&lt;img src=x onerror=alert(1)&gt;\">a</p>",
        ),
        (
            "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\">",
            "<img src=\"https://a.example/news/x\">\"&gt;",
        ),
        ("<template><script>x</script></template>a", "a"),
        ("<body onload=alert(1)>a<form action=x><input value=y><button>go</button></form>", "a"),
        ("<a href=\"jav&#x09;ascript:alert(1)\">a</a><a href=&#106avascript:alert(1)>b</a>", "ab"),
        ("<a href=' &#1; javascript:alert(1)'>a</a><a href=data:text/html,x>b</a>", "ab"),
        ("<div style=\"background:url(javascript:x)\" onclick=x ONMOUSEOVER=y>a</div>", "<div>a</div>"),
        ("<meta http-equiv=refresh content=0><link rel=stylesheet href=x><base href=//evil.example/><p>a", "<p>a</p>"),
        ("<object data=x><embed src=y>fallback</object>", "fallback"),
        ("<!--[if gte IE 4]><script>x</script><![endif]-->a", "a"),
        ("<p/onclick=x>a", "<p>a</p>"),
        (
            "<a title=`x` onclick=y href=/>a</a>",
            "<a href=\"https://a.example/\" title=\"`x`\" rel=\"noopener noreferrer\">a</a>",
        ),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<![CDATA[<b>a</b>", "<b>a</b>"),
        ("<plaintext>a<b>c", "a<b>c</b>"),
    ]);
}

#[test]
fn depth_and_size_are_bounded() {
    for html in [
        "<div>".repeat(200_000),
        "<b id=fn1>".repeat(100_000),
        "<table><td>".repeat(100_000),
        "<p><b title=x>".repeat(100_000),
        "<a href=/>".repeat(100_000),
        "<ul><li>".repeat(100_000) + "x",
        "<div><p>".repeat(60_000) + &"</div>".repeat(60_000),
        "&".repeat(3_000_000),
        "x".repeat(5_000_000),
        "<pre>\n".repeat(100_000),
        "é".repeat(800_000),
    ] {
        let clean = sanitize(&html, None);
        assert!(clean.as_str().len() <= MAX_OUTPUT_BYTES);
        assert_eq!(sanitize(clean.as_str(), None), clean, "{}", &html[..10]);
        let (mut depth, mut deepest) = (0_usize, 0);
        for token in tokens(clean.as_str()) {
            match token {
                Token::Start { name, .. } if !element_named(name).expect("allowed").kind.is_void() => depth += 1,
                Token::End { .. } => depth -= 1,
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        assert!(depth == 0 && deepest <= MAX_DEPTH);
    }
}

/// Text made of what matters: tags that nest in difficult ways, attributes with addresses, quotes, entities.
fn markup() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(
        all().iter().map(|element| element.name).chain(["script", "style", "svg", "iframe", "x"]).collect::<Vec<_>>(),
    );
    let attribute = prop::sample::select(vec![
        "",
        " href=/a",
        " href='javascript:alert(1)'",
        " src=\"p,q.png\"",
        " srcset='a.png, b,c 2x'",
        " onclick=x",
        " title='<b \"",
        " id=fn1",
        " width=1",
        " style=x",
        " src='//h/x y'",
        " title=&quot;>",
        " /",
        "=",
        " href",
    ]);
    let piece = prop_oneof![
        6 => (tag.clone(), attribute).prop_map(|(name, attribute)| format!("<{name}{attribute}>")),
        5 => tag.prop_map(|name| format!("</{name}>")),
        3 => "[ a\\n<>&\"'=/\\-!\u{0}\u{a0}é]{0,6}",
        1 => prop::sample::select(vec!["<!--", "-->", "&lt;", "&#13;", "&#0;", "<![CDATA[", "]]>", "javascript:", "\r\n"]).prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_markup_comes_out_clean_and_stays_as_it_is(html in markup(), based: bool) {
        let base = Url::parse("https://a.example/n/").expect("a URL");
        let base = based.then_some(&base);
        let clean = sanitize(&html, base);
        prop_assert_eq!(sanitize(clean.as_str(), base), clean.clone(), "{}", html);
        assert_second_reader_agrees(&clean);
        for token in tokens(clean.as_str()) {
            let Token::Start { name, attributes: inside } = token else { continue };
            prop_assert!(element_named(name).is_some());
            for (name, value) in attributes(inside) {
                prop_assert!(!name.starts_with("on") && name != "style", "{}", clean.as_str());
                prop_assert!(!matches!(name, "href" | "src" | "srcset") || value.starts_with("http"), "{}", clean.as_str());
            }
        }
    }

    #[test]
    fn any_text_at_all_is_taken(html in "\\PC{0,200}") {
        let clean = sanitize(&html, None);
        prop_assert_eq!(sanitize(clean.as_str(), None), clean.clone());
        assert_second_reader_agrees(&clean);
    }
}

#[test]
fn a_long_base_does_not_make_much_of_little() {
    let base = Url::parse(&format!("https://a.example/{}/", "b".repeat(2_000))).expect("a URL");
    for unit in ["<a href=c>d", "<img src=c>", "<img srcset='c 1x, d 2x'>", "<iframe src=c></iframe>"] {
        for count in [1, 10, 1_000, 20_000] {
            let html = unit.repeat(count);
            let clean = sanitize(&html, Some(&base));
            assert!(clean.as_str().len() <= 20 * html.len() + 1_100, "{} of {count} {unit}", clean.as_str().len());
            assert_eq!(sanitize(clean.as_str(), None), clean);
        }
    }
    let near = Url::parse("https://a.example/2024/10/24/a-day-at-the-quay/").expect("a URL");
    let gallery = "<a href=l.html><img src=l.png></a>".repeat(1_000);
    assert_eq!(sanitize(&gallery, Some(&near)).as_str().matches("day-at-the-quay").count(), 2_000);
}

#[test]
fn an_address_that_escaping_makes_too_long_goes_at_once() {
    let html = format!("<img src='https://a.example/p.{}'>b", "<td><table>".repeat(400));
    let clean = sanitize(&html, None);
    assert_eq!(sanitize(clean.as_str(), None), clean);
}
