//! Renders Markdown. What comes out may hold raw HTML and must be sanitised.

use comrak::{Options, markdown_to_html};

use super::words;
use crate::model::Text;

/// What Hugo and Jekyll users put after the part that stands for the whole.
const MORE: &str = "<!--more-->";

/// HTML of Markdown with tables, strikethrough, bare addresses and footnotes; not yet safe.
pub(super) fn render(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    // Authors may write HTML; `text::sanitize` judges it.
    options.render.r#unsafe = true;
    markdown_to_html(markdown, &options)
}

/// What stands before `<!--more-->`.
pub(super) fn before_more(markdown: &str) -> Option<&str> {
    let (before, _) = markdown.split_once(MORE).or_else(|| markdown.split_once("<!-- more -->"))?;
    Some(before)
}

/// The text of the first heading.
pub(super) fn first_heading(html: &str) -> Option<String> {
    let start = html.match_indices("<h").find(|(at, _)| heading_level(&html[*at..]).is_some())?.0;
    let (_, text, _) = split_heading(&html[start..])?;
    Some(words(text)).filter(|text| !text.is_empty())
}

/// The HTML without a first heading that only repeats the title: pages and feeds show the title themselves.
pub(super) fn without_title<'h>(html: &'h str, title: &Text) -> &'h str {
    let trimmed = html.trim_start();
    match split_heading(trimmed) {
        Some(('1', text, rest)) => {
            let heading = words(text);
            // The title may be written with the heading's own emphasis.
            let repeats = heading == title.as_str() || heading == words(&render(title.as_str()));
            if repeats { rest } else { html }
        }
        _ => html,
    }
}

fn heading_level(html: &str) -> Option<char> {
    let level = html.strip_prefix("<h")?.chars().next().filter(|level| ('1'..='6').contains(level))?;
    html.get(3..)?.starts_with(['>', ' ']).then_some(level)
}

/// The level, the inside and what follows the heading that `html` starts with.
fn split_heading(html: &str) -> Option<(char, &str, &str)> {
    let level = heading_level(html)?;
    let inside = &html[html.find('>')? + 1..];
    let (text, rest) = inside.split_once(&format!("</h{level}>"))?;
    Some((level, text, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found() {
        for (markdown, expected) in [
            ("# One *two*\n\n## Three", Some("One two")),
            ("text\n\n## Three", Some("Three")),
            ("Setext\n===", Some("Setext")),
            ("***\n\ntext", None),
            ("#", None),
            ("<header>x</header>", None),
        ] {
            assert_eq!(first_heading(&render(markdown)).as_deref(), expected, "{markdown}");
        }
    }

    #[test]
    fn only_a_heading_that_repeats_the_title_goes() {
        for (html, rest) in [
            ("<h1>A <b>title</b></h1>\n<p>x</p>", "\n<p>x</p>"),
            ("<h1>Another</h1>", "<h1>Another</h1>"),
            ("<h2>A title</h2>", "<h2>A title</h2>"),
            ("<p>x</p><h1>A title</h1>", "<p>x</p><h1>A title</h1>"),
            ("<h1>A title", "<h1>A title"),
        ] {
            assert_eq!(without_title(html, &Text("A title".into())), rest);
        }
    }
}
