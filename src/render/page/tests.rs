//! What holds for the words of a page.

use super::*;
use crate::model::Html;
use crate::render::tests::{entry, site, text};

#[test]
fn an_articles_text_is_fitted_into_its_page() {
    let mut own = entry("articles", "Title", Some("https://wire.example.org/articles/a.html"), "2024-10-17T08:00:00Z");
    own.content = Html(
        "<h1>A &lt;h1&gt;</h1><h2 id=\"fn1\">B</h2><h6>C</h6><pre>x</pre><table><tr><td>1</td></tr></table>".into(),
    );
    let page = text(&article(&own, &site(), &Theme::default()).expect("it renders"));
    for part in [
        "<h2>A &lt;h1&gt;</h2><h3 id=\"fn1\">B</h3><h6>C</h6><pre tabindex=\"0\">x</pre>",
        "<div class=\"wide\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"><table><tr><td>1</td></tr></table></div>",
    ] {
        assert!(page.contains(part), "{page}");
    }
    own.content = Html("<h2>B</h2>".into());
    let page = text(&article(&own, &site(), &Theme::default()).expect("it renders"));
    assert!(page.contains("<h2>B</h2>"), "{page}");
}

#[test]
fn a_foreign_text_goes_the_way_of_its_letters() {
    for (language, words, expected) in [
        (Some("ar"), "NATO تقول", "rtl"),
        (Some("he"), "שלום", "rtl"),
        (Some("fa-IR"), "۲۴ سلام", "rtl"),
        // A feed that is wrong about its language.
        (Some("ar"), "In English", "auto"),
        (Some("ja"), "港町", "auto"),
        (None, "NATO تقول", "auto"),
    ] {
        assert_eq!(dir(language, words), expected, "{language:?} {words}");
    }
}
