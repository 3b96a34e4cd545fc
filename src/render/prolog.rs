//! What stands before an XML feed's first element: for people who open it in a browser, and no reader minds.
//!
//! Browsers have no view of feeds any more. Chromium shows one that comes with its own media type as plain text, so its
//! first lines say what it is and where to read it; what opens it as XML finds a style sheet of CSS, since XSLT is
//! being dropped.

use super::page::FEED_STYLE;
use super::{View, clean};

/// The declaration, the style sheet, and a note.
pub(super) fn of(view: &View<'_>) -> String {
    let style = clean::escape(&format!("{}{FEED_STYLE}", clean::uri(&view.site.url)));
    // Two hyphens would end the note (XML 1.0 §2.5); the host of an international name has some.
    let page = match view.home.contains("--") || view.home.ends_with('-') {
        true => String::new(),
        false => format!("\n     The same as a page: {}", clean::escape(&view.home)),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <?xml-stylesheet type=\"text/css\" href=\"{style}\"?>\n\
         <!-- This is a web feed. To subscribe, give its address to your feed reader.{page} -->\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::{edition_of, site};

    #[test]
    fn the_note_leaves_out_an_address_that_would_end_it_and_stays_short() {
        let (edition, site) = (edition_of(Vec::new()), site());
        let prolog = |home: &str| of(&View { edition: &edition, site: &site, home: home.to_owned(), traits: None });
        let plain = prolog("https://wire.example/front.html");
        assert!(plain.ends_with("The same as a page: https://wire.example/front.html -->\n"), "{plain}");
        // Those who look for a feed's first element look at no more.
        assert!(plain.len() < 512);
        for home in ["https://xn--nachrichten-.example/a.html", "https://wire.example/a-->", "https://wire.example/a-"]
        {
            assert!(prolog(home).ends_with("to your feed reader. -->\n"), "{home}");
        }
        assert!(plain.contains("<?xml-stylesheet type=\"text/css\" href=\"https://wire.example.org/feed.css\"?>\n"));
    }
}
