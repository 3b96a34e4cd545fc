//! Themes: what they replace, what is wrong with them, and what they cannot do.

use url::Url;

use super::*;
use crate::model::{Edition, Html, Piece};
use crate::render::{article, index, not_found, styles, tests};

fn file(name: &str, text: &str) -> ThemeFile {
    ThemeFile { name: name.to_owned(), text: text.to_owned() }
}

fn theme(files: &[(&str, &str)]) -> Result<Theme, Vec<ThemeFault>> {
    Theme::new(files.iter().map(|(name, text)| file(name, text)).collect())
}

/// The faults of a theme as people see them.
fn faults(files: &[(&str, &str)]) -> String {
    theme(files).expect_err("it is wrong").iter().map(ToString::to_string).collect()
}

fn said(page: &crate::model::Rendered) -> String {
    String::from_utf8(page.bytes.to_vec()).expect("UTF-8")
}

#[test]
fn a_theme_replaces_ours_file_by_file() {
    let files = [
        ("not_found.html", "{% extends \"base.html\" %}{% block content %}{% include \"sign.html\" %}{% endblock %}"),
        ("sign.html", "<h1>Nothing at {{ site.name }}</h1>"),
        ("extra.css", "body { color: teal; }"),
        ("README.txt", "How this theme came about."),
    ];
    let theme = theme(&files).expect("it is sound");
    assert_eq!(theme.replaced, ["not_found.html"]);
    assert_eq!(theme.added, ["sign.html", "extra.css"]);
    assert_eq!(theme.unused, ["README.txt"]);
    let page = said(&not_found(&tests::site(), &theme).expect("it renders"));
    assert!(page.contains("<h1>Nothing at Harbour Wire</h1>"), "{page}");
    assert!(page.contains("class=\"masthead\""), "the rest is ours: {page}");
    let ours = index(&[], &[], &[], &tests::site(), &Theme::default()).expect("it renders");
    assert_eq!(index(&[], &[], &[], &tests::site(), &theme).expect("it renders"), ours);
    let [style, feeds] = styles(&theme);
    let style = said(&style);
    assert!(style.starts_with(":root {") && style.ends_with("\nbody { color: teal; }"), "{style}");
    assert_eq!(feeds, styles(&Theme::default())[1].clone());

    let [style, _] = styles(&super::Theme::new(vec![file("style.css", "p { margin: 0 }")]).expect("it is sound"));
    assert_eq!(said(&style), "p { margin: 0 }");
    assert!(Theme::new(Vec::new()).expect("an empty theme is sound").replaced.is_empty());
}

#[test]
fn faults_name_file_line_cause_and_what_to_do() {
    insta::assert_snapshot!(
        "syntax",
        faults(&[
            ("edition.html", "{% extends \"base.html\" %}\n{% block content %}\n<p>{{ title }\n{% endblock %}"),
            ("story.html", "{% if %}"),
            ("style.css", "a { color: red; }\n}\n"),
            ("extra.css", "/* { */ a::before { content: \"}\";\n"),
        ])
    );
    insta::assert_snapshot!(
        "values",
        faults(&[
            ("edition.html", "{% for story in stories %}\n{{ story.headlines.title }}\n{% endfor %}"),
            ("story.html", "\n{% include \"card.html\" %}"),
            ("index.html", "{{ title|shout }}"),
            ("article.html", "{{ body|safe }}"),
        ])
    );
    insta::assert_snapshot!(
        "places",
        faults(&[(
            "base.html",
            "<body onload=\"x()\">\n<p title={{ title }}>{# <script> #}\n<b {{ title }} style=\"color: red\">a={{ title }} < b</b>\n\
         <SCRIPT></SCRIPT><style></style>\n{% autoescape false %}{{ title }}{% endautoescape %}",
        )])
    );
}

#[test]
fn our_own_templates_have_none_of_these_faults() {
    for (name, text) in TEMPLATES {
        assert_eq!(lint::template(name, text), [], "{name}");
    }
    let files = TEMPLATES.iter().map(|(name, text)| file(name, text)).collect();
    let theme = Theme::new(files).expect("they are sound");
    assert_eq!(theme.replaced.len(), TEMPLATES.len());
    for sheet in [theme.style(), theme.feed_style()] {
        assert_eq!(lint::style("style.css", sheet), None);
    }
}

/// A theme is refused for what it must not do. Past that, escaping holds all the same.
#[test]
fn escaping_cannot_be_turned_off() {
    let hostile = "<b onclick=\"x\">&'";
    let escaped = "&lt;b onclick=&quot;x&quot;&gt;&amp;&#39;";
    for (template, expected) in [
        ("{% autoescape false %}{{ x }}{% endautoescape %}", escaped),
        ("{% autoescape false %}{{ [x] }}{% endautoescape %}", ""),
        ("{% autoescape false %}{% set y %}{{ x }}{% endset %}{% endautoescape %}{{ y }}", ""),
        ("{% filter upper %}{{ x }}{% endfilter %}", ""),
        ("{{ x|e }}", ""),
        ("{{ x|lower }}{{ x ~ x }}{{ [x, x]|join('-') }}{{ {'a': x} }}", ""),
        ("{% macro m(y) %}{{ y }}{% endmacro %}{% autoescape false %}{{ m(x) }}{% endautoescape %}", ""),
    ] {
        for name in ["a.html", "a.txt", "a"] {
            let mut templates = environment();
            templates.add_template(name, template).expect("it is well-formed");
            let context = Serde(std::collections::BTreeMap::from([("x", hostile)]));
            let out = templates.get_template(name).and_then(|found| found.render(context)).expect("it renders");
            assert!(!out.to_lowercase().contains("<b") && !out.contains('"'), "{template}: {out}");
            assert!(out.contains(expected), "{template}: {out}");
        }
    }
    let mut templates = environment();
    let compiled = templates.add_template("a.html", "{{ x|safe }}");
    let context = Serde(std::collections::BTreeMap::from([("x", "<b>")]));
    let refused = compiled.and_then(|()| templates.get_template("a.html")?.render(context));
    assert!(refused.is_err(), "{refused:?}");
}

#[test]
fn a_template_that_goes_round_in_circles_is_stopped() {
    for endless in [
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% set n = namespace(x='ab') %}{% for a in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{{ 'ab' * 9000000000 }}",
        "{% include 'not_found.html' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ] {
        let said = faults(&[("not_found.html", endless)]);
        assert!(said.starts_with("not_found.html"), "{endless}: {said}");
    }
}

/// An edition of so many stories, each covered by so many others.
fn edition_of_many(stories: usize, coverage: usize) -> Edition {
    let told = |number: usize| {
        let title = format!("Story {number}");
        let mut lead = tests::entry("northwire", &title, Some("https://north.example/a"), "2024-10-18T09:30:00Z");
        lead.summary = Html("<p>What is known of it so far.</p>".into());
        lead.image = Some(Url::parse("https://north.example/a.jpg").expect("a URL"));
        let other = tests::entry("quiet", &title, Some("https://quiet.example/a"), "2024-10-18T10:15:00Z");
        let covered_by = vec![tests::covering(other, "quiet", "Quiet & Co"); coverage];
        Piece { covered_by, ..tests::piece(lead, "northwire") }
    };
    tests::edition_of((0..stories).map(told).collect())
}

#[test]
fn the_largest_edition_has_fuel_to_spare() {
    let files = TEMPLATES.iter().map(|(name, text)| file(name, text)).collect();
    let theme = Theme::new(files).expect("they are sound");
    let edition = edition_of_many(1_000, 20);
    let formats = [crate::config::EditionFormat::Html];
    let pages = crate::render::edition(&edition, &formats, true, &tests::site(), &theme).expect("it renders");
    assert!(said(&pages[0]).matches("<article").count() == 1_000);
}

#[test]
fn an_article_keeps_its_markup_and_nothing_else_does() {
    let files = [("article.html", "<title>{{ title }}</title>{{ body }}")];
    let theme = theme(&files).expect("it is sound");
    let mut own =
        tests::entry("articles", "<i>", Some("https://wire.example.org/articles/a.html"), "2024-10-17T08:00:00Z");
    own.content = Html("<p>Sound.</p>".into());
    let page = said(&article(&own, &tests::site(), &theme).expect("it renders"));
    assert_eq!(page, "<title>&lt;i&gt;</title><p>Sound.</p>\n");
}
