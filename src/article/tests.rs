//! Articles as people write them, and what is read of them.

use std::path::PathBuf;

use super::*;
use crate::model::{Location, Publisher, SourceId};

fn site_url() -> Url {
    Url::parse("https://wire.example.org/").expect("a URL")
}

fn site() -> Site {
    Site { name: "Harbour Wire".into(), url: site_url(), owner: None, email: None, language: "en".into() }
}

fn source() -> Source {
    Source::new(
        SourceId::new("articles").expect("a name"),
        Location::Articles(PathBuf::from("feeds/articles")),
        Publisher::own(),
    )
}

fn date(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a date").to_utc()
}

fn article(file_name: &str, text: &str) -> Article {
    read(file_name, text, &site_url()).expect("an article")
}

const WHOLE: &str = "\u{feff}+++\r
title = \"Seoul: the troops are *there*\"\r
date = 2024-10-24T17:00:00+09:00\r
lastmod = 2024-10-25\r
authors = [\"Jane  Doe\", { name = \"Kim Min-ji\", email = \"kim@wire.example.org\" }]\r
tags = [\"world\", \"asia\", \"world\"]\r
description = \"What [we](/about) know.\"\r
slug = \"Troops: in Kursk!\"\r
lang = \"en-GB\"\r
image = \"kursk.jpg\"\r
titel = \"x\"\r
[extra]\r
deep = [[1]]\r
+++\r
\r
# Seoul: the troops are *there*\r
\r
Some **3,000**, says https://nis.example/ today.[^1] ~~Not 300.~~\r
\r
| where | how many |\r
|---|---:|\r
| Kursk | 3,000 |\r
\r
<div onclick=\"x\">raw <script>alert(1)</script></div>\r
\r
```rust\r
let x = 1 < 2;\r
```\r
\r
[^1]: A note.\r
";

#[test]
fn a_whole_article_is_read() {
    let article = article("2024/kursk.md", WHOLE);
    insta::assert_debug_snapshot!(article);
}

#[test]
fn an_article_is_an_entry() {
    let article = article("kursk.md", WHOLE);
    let now = date("2024-10-26T00:00:00Z");
    let entry = entry(&article, &source(), &site(), now);
    assert_eq!(entry.key, "troops-in-kursk");
    assert_eq!(entry.id, EntryId::mint(&source().id, "troops-in-kursk"));
    let page = "https://wire.example.org/articles/troops-in-kursk.html";
    assert_eq!(entry.link.as_ref().map(Url::as_str), Some(page));
    assert_eq!(entry.url.as_ref().map(|url| url.0.as_str()), Some("wire.example.org/articles/troops-in-kursk.html"));
    assert_eq!((entry.published, entry.seen), (date("2024-10-24T08:00:00Z"), now));
    assert_eq!(entry.language.as_ref().map(Language::as_str), Some("en"));
    assert_eq!(entry.content, article.content);
    let plain = read("2024-10-24-x.md", "Ein Satz.", &site_url()).expect("an article");
    let german = Site { language: "de".into(), ..site() };
    assert_eq!(super::entry(&plain, &source(), &german, now).language.as_ref().map(Language::as_str), Some("de"));
}

#[test]
fn yaml_and_toml_say_the_same() {
    let yaml = "---\ntitle: A title\ndate: 2024-10-24 08:00:00 +0900\nauthor: Jane\ntags: a, b\n---\nText";
    let toml =
        "+++\ntitle = 'A title'\ndate = 2024-10-24T08:00:00+09:00\nauthor = 'Jane'\ntags = ['a', 'b']\n+++\nText";
    let yaml = article("x.md", yaml);
    assert_eq!(yaml, article("x.md", toml));
    assert_eq!(yaml.published, date("2024-10-23T23:00:00Z"));
    assert_eq!(yaml.authors.len(), 1);
    assert_eq!(yaml.tags, ["a", "b"]);
}

#[test]
fn what_is_missing_is_taken_from_the_nearest_place() {
    for (file_name, text, slug, title, published) in [
        ("2024-10-24-a-slug.md", "Text", "a-slug", "a slug", "2024-10-24"),
        ("2024-10-24-a.md", "# A *heading*\n\nText", "a", "A heading", "2024-10-24"),
        ("2024-10-24-a.md", "---\ndate: 2024-10-25\n---\n# H", "a", "H", "2024-10-25"),
        ("x.md", "---\ntitle: 2024\ndate: 2024-10-25\n---\n# H", "x", "2024", "2024-10-25"),
        ("x.md", "---\ntitle: ''\npublishDate: 2024-10-25\n...\n", "x", "x", "2024-10-25"),
        ("kursk/index.md", "---\ndate: 2024-10-25\n---\n", "kursk", "kursk", "2024-10-25"),
        ("!!!.md", "---\ndate: 2024-10-25\ntitle: t\n---\n", "article-e84c538e", "t", "2024-10-25"),
        ("Обзор дня.md", "---\ndate: 2024-10-25\n---\n", "обзор-дня", "Обзор дня", "2024-10-25"),
        ("2024-10-24-x.md", "\n\n---\ndate: 2024-10-25\n---\n", "x", "x", "2024-10-25"),
        ("2024-10-24-x.md", "Text\n\n---\n\nmore", "x", "x", "2024-10-24"),
        ("2024-10-24-x.md", "", "x", "x", "2024-10-24"),
    ] {
        let article = article(file_name, text);
        assert_eq!(article.title.as_str(), title, "{file_name}: {text}");
        assert_eq!(article.published, date(&format!("{published}T00:00:00Z")), "{file_name}: {text}");
        assert_eq!(article.slug, slug, "{file_name}");
        assert!(article.flaws.is_empty(), "{:?}", article.flaws);
    }
}

#[test]
fn summaries_come_from_the_front_matter_or_the_mark() {
    for (text, summary) in [
        ("---\nsummary: In *short*\n---\nText", "<p>In <em>short</em></p>"),
        ("One.\n\nTwo.\n\n<!--more-->\n\nThree.", "<p>One.</p>\n<p>Two.</p>"),
        ("One.", ""),
    ] {
        let article = article("2024-10-24-x.md", text);
        assert_eq!(article.summary.as_str(), summary);
        assert!(!article.content.as_str().contains("more"));
    }
}

#[test]
fn drafts_and_the_future_are_not_public() {
    let now = date("2024-10-25T12:00:00Z");
    for (text, public) in [
        ("---\ndate: 2024-10-25\n---\n", true),
        ("---\ndate: 2024-10-25\ndraft: true\n---\n", false),
        ("---\ndate: 2024-10-25\ndraft: yes\n---\n", false),
        ("---\ndate: 2024-10-25\ndraft: 'false'\n---\n", true),
        ("---\ndate: 2024-10-25\npublished: false\n---\n", false),
        ("+++\ndraft = true\n+++\n", false),
        ("---\ndate: 2024-10-26\n---\n", false),
    ] {
        assert_eq!(article("x.md", text).is_public(now), public, "{text}");
    }
}

#[test]
fn a_key_that_looks_like_a_slip_is_pointed_out() {
    let article = article("x.md", "---\ndate: 2024-10-25\nlayout: post\nTitel: x\nweight: 3\nparams: {a: [1]}\n---\n");
    let flaws: Vec<_> = article.flaws.iter().map(|flaw| (flaw.line, flaw.message.as_str())).collect();
    assert_eq!(flaws, [(Some(4), "`titel` means nothing here and was left out; `title` may be meant")]);
}

#[test]
fn errors_name_file_line_cause_and_example() {
    let errors: Vec<String> = [
        "No front matter, no date.",
        "+++\ntitle = 'x'\n",
        "---\ntitle: x\n",
        "+++\ntitle = 'x'\ndate = tomorrow\n+++\n",
        "---\ntitle: x\ndate: next week\n---\n",
        "\n---\ntitle: \"open\ndate: 2024-10-24\n---\n",
        "---\ntitle: [a, b]\ndate: 2024-10-24\n---\n",
        "---\ntitle: x\ntitle: y\ndate: 2024-10-24\n---\n",
        "---\n- a\n---\n",
        "+++\ndate = 2024-10-24\ndraft = 'perhaps'\n+++\n",
        "+++\ndate = 08:00:00\n+++\n",
        "---\ndate: 2024-10-24\ntags: {a: b}\n---\n",
        "---\ndate: 2024-10-24\nauthor: [[a]]\n---\n",
        "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n---\n",
    ]
    .iter()
    .map(|text| read("x.md", text, &site_url()).expect_err(text).to_string())
    .collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn size_and_depth_are_bounded() {
    let error = read("x.md", &"x".repeat(MAX_ARTICLE_BYTES + 1), &site_url());
    assert!(matches!(error, Err(Error::TooLong { .. })));
    let long = format!("---\ntitle: {}\n---\n", "x".repeat(70_000));
    assert!(matches!(read("x.md", &long, &site_url()), Err(Error::Syntax { .. })));
    for deep in ["[", "{a: "] {
        let text = format!("---\na: {}\n---\n", deep.repeat(15_000));
        assert!(matches!(read("x.md", &text, &site_url()), Err(Error::Syntax { .. })));
    }
    let text = format!("+++\na = {}\n+++\n", "[".repeat(15_000));
    assert!(matches!(read("x.md", &text, &site_url()), Err(Error::Syntax { .. })));
    let nested = article("2024-10-24-x.md", &"> ".repeat(20_000));
    assert!(nested.content.as_str().len() < 100_000);
}

#[test]
fn an_article_that_moves_with_its_site_is_as_if_it_had_been_read_there() {
    let text = "+++\ntitle = \"A\"\ndate = 2024-10-24\nslug = \"a\"\nimage = \"a.jpg\"\n+++\n\
        [one](b.html) [two](../front.html) [three](/about) [far](https://far.example/articles/a.html) ![m](m.png \"a > b\")\n\n\
        <img src=\"s.png\" srcset=\"s.png 1x, l.png 2x\" alt=\"\">\n\n\
        `href=\"https://old.example/desk/\"` is code\n";
    let at = |root: &str| {
        let site = Site { url: Url::parse(root).expect("a URL"), ..site() };
        entry(&read("a.md", text, &site.url).expect("an article"), &source(), &site, DateTime::UNIX_EPOCH)
    };
    for (from, to) in [
        ("https://old.example/desk/", "https://new.example/"),
        ("https://old.example/", "http://127.0.0.1:8080/"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8081/"),
        ("https://old.example/desk/", "https://old.example/articles/"),
        ("https://old.example/articles/", "https://new.example/desk/"),
    ] {
        let to_url = Url::parse(to).expect("a URL");
        assert_eq!(moved(&at(from), &to_url), Some(at(to)), "from {from} to {to}");
        assert_eq!(moved(&at(to), &to_url), None);
    }
    assert_eq!(moved(&Entry { link: None, ..at("https://old.example/") }, &site_url()), None);
}
