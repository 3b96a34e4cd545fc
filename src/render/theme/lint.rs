//! Looks a theme's files over for what would fail only in a browser, or let outside text out of its place.

use super::ThemeFault;

/// What to do instead of marking a value as safe.
pub(super) const SAFE: &str = "print the value as it is: what may hold markup comes sanitised";

/// Where the reading of a template stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Text,
    /// Between `<` and `>`.
    Tag,
    /// In an attribute's value, up to this character.
    Quoted(char),
}

/// The faults of a template: values at places where escaping does not hold them, and what the pages' security policy
/// keeps browsers from doing.
pub(super) fn template(file: &str, text: &str) -> Vec<ThemeFault> {
    let mut faults = Vec::new();
    let mut place = Place::Text;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let mut note = |cause: &str, help: &str| {
            let line = Some(text.get(..at).unwrap_or_default().matches('\n').count() + 1);
            faults.push(ThemeFault { file: file.to_owned(), line, cause: cause.to_owned(), help: help.to_owned() });
        };
        if let Some((opening, closing)) =
            [("{#", "#}"), ("{%", "%}"), ("{{", "}}")].into_iter().find(|(opening, _)| rest.starts_with(opening))
        {
            let inside = rest.split_once(closing).map_or(rest, |(inside, _)| inside);
            let words = inside.trim_start_matches(['{', '%', '-', '+']).trim_start();
            if opening == "{%" && words.starts_with("autoescape") {
                note("escaping cannot be turned off or on", "leave `autoescape` and `endautoescape` out");
            }
            let is_safe =
                |filter: &str| filter.split(|c: char| !c.is_alphanumeric() && c != '_').next() == Some("safe");
            if opening != "{#" && inside.split('|').skip(1).any(|filter| is_safe(filter.trim_start())) {
                note("nothing can be marked as safe", SAFE);
            }
            if opening == "{{" && place == Place::Tag {
                note("in a tag, a value must stand in quotes", "for example: <a href=\"{{ headline.link }}\">");
            }
            at += (inside.len() + closing.len()).min(rest.len());
            continue;
        }
        let c = rest.chars().next().expect("it is not empty");
        let next = rest.chars().nth(1).unwrap_or(' ');
        match (place, c) {
            (Place::Text, '<') if next.is_ascii_alphabetic() || next == '/' => {
                let name: String = rest.chars().skip(1).take_while(char::is_ascii_alphanumeric).collect();
                match name.to_ascii_lowercase().as_str() {
                    "script" => note("the pages' security policy lets no script run", "leave the script out"),
                    "style" => note("the pages' security policy allows no style in a page", "put it into `extra.css`"),
                    _ => {}
                }
                place = Place::Tag;
            }
            (Place::Tag, '>') => place = Place::Text,
            (Place::Tag, '"' | '\'') => place = Place::Quoted(c),
            (Place::Tag, '=') => {
                let before = text.get(..at).unwrap_or_default().trim_end();
                let name = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
                match name.to_ascii_lowercase().as_str() {
                    "style" => note("the pages' security policy allows no `style=`", "put it into `extra.css`"),
                    handler if handler.starts_with("on") && handler.len() > 4 => {
                        note("the pages' security policy lets no script run", "leave the attribute out");
                    }
                    _ => {}
                }
            }
            (Place::Quoted(quote), c) if c == quote => place = Place::Tag,
            _ => {}
        }
        at += c.len_utf8();
    }
    faults
}

/// The faults of a style sheet: braces that do not pair. A browser would leave out what follows, and say nothing.
pub(super) fn style(file: &str, text: &str) -> Option<ThemeFault> {
    let mut open = Vec::new();
    let mut at = 0;
    let line_of = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let fault = |at: usize, cause: &str, help: &str| ThemeFault {
        file: file.to_owned(),
        line: Some(line_of(at)),
        cause: cause.to_owned(),
        help: help.to_owned(),
    };
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        at += match c {
            '/' if rest.starts_with("/*") => match rest.find("*/") {
                Some(end) => end + 2,
                None => return Some(fault(at, "this comment does not end", "end it with `*/`")),
            },
            '"' | '\'' => string(rest, c),
            '\\' => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            '{' => {
                open.push(at);
                1
            }
            '}' if open.pop().is_none() => {
                return Some(fault(at, "this `}` closes nothing", "leave it out, or open a rule before it"));
            }
            c => c.len_utf8(),
        };
    }
    open.last().map(|at| fault(*at, "this `{` is not closed", "close it with `}`"))
}

/// The bytes of a string in quotes at the beginning of `rest`: it ends with its line at the latest.
fn string(rest: &str, quote: char) -> usize {
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => {
                characters.next();
            }
            c if c == quote || c == '\n' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}
