//! The attributes that a tag came with, and what of them may stay.

use std::borrow::Cow;

use htmlize::unescape_attribute;

use super::super::elements::Value;
use super::super::references::Base;
use super::super::{references, tokens};

/// More attributes than any tag needs; the rest is not looked at.
const MAX_ATTRIBUTES: usize = 64;

/// The longest text of an attribute, in characters.
const MAX_TEXT_CHARS: usize = 1_000;

/// The attributes of a tag, values not yet decoded.
#[derive(Default)]
pub(super) struct Given<'h>(Vec<(&'h str, &'h str)>);

impl<'h> Given<'h> {
    /// Splits the inside of a start tag, into the room of the one before.
    pub(super) fn read(&mut self, inside: &'h str) {
        self.0.clear();
        self.0.extend(tokens::attributes(inside).take(MAX_ATTRIBUTES));
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One attribute, escaped.
    pub(super) fn one(name: &'h str, value: &'h str) -> Self {
        Self(vec![(name, value)])
    }

    /// The first attribute of this name, decoded.
    pub(super) fn get(&self, name: &str) -> Option<Cow<'h, str>> {
        let (_, value) = self.0.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(unescape_attribute(*value))
    }

    /// The value with which an attribute is written, if it is; not yet escaped.
    pub(super) fn value(&self, name: &str, value: Value, base: &Base<'_>) -> Option<Cow<'h, str>> {
        if let Value::Fixed(fixed) = value {
            return Some(fixed.into());
        }
        if self.0.is_empty() {
            return None;
        }
        let text = self.get(name).or_else(|| if name == "srcset" { self.get("data-srcset") } else { None })?;
        match value {
            Value::Page => references::page(text, base),
            Value::File => references::file(text, base),
            Value::FileSet => references::file_set(&text, base).map(|(set, _)| set.into()),
            Value::Number => number(&text).map(|number| number.to_owned().into()),
            Value::OneOf(words) => {
                let word = words.iter().find(|word| text.trim().eq_ignore_ascii_case(word))?;
                Some((*word).into())
            }
            Value::Text if text.len() <= MAX_TEXT_CHARS && !text.contains(char::is_control) => Some(text),
            Value::Text => Some(text.chars().filter(|c| !c.is_control()).take(MAX_TEXT_CHARS).collect()),
            Value::Token => is_token(&text, "-_.:+/;= ").then_some(text),
            Value::Footnote => {
                let footnote = ["fn", "footnote", "_ft", "cite_"].iter().any(|prefix| text.starts_with(prefix));
                (footnote && is_token(&text, "-_.:")).then_some(text)
            }
            Value::CodeLanguage => {
                let language = text.split_ascii_whitespace().find(|class| class.starts_with("language-"))?;
                is_token(language, "-_+#.").then(|| language.to_owned().into())
            }
            Value::Flag => Some("".into()),
            Value::Fixed(_) => None,
        }
    }

    /// Where a picture is: `src`, or what a script would have put there, or the first candidate.
    pub(super) fn picture(&self, base: &Base<'_>) -> Option<Cow<'h, str>> {
        let named = |name| references::file(self.get(name)?, base);
        let candidate = |name| references::file_set(&self.get(name)?, base).map(|(_, first)| first.into());
        ["src", "data-src", "data-original", "data-lazy-src"]
            .into_iter()
            .find_map(named)
            .or_else(|| ["srcset", "data-srcset"].into_iter().find_map(candidate))
    }

    /// Whether a picture or a frame is not meant to be seen: at most one pixel, or hidden.
    pub(super) fn is_invisible(&self) -> bool {
        let tiny = |name| self.get(name).and_then(|size| number(&size).map(|size| matches!(size, "0" | "1")));
        match (tiny("width"), tiny("height")) {
            (Some(true), Some(true) | None) | (None, Some(true)) => true,
            _ => self.get("style").is_some_and(|style| {
                let style = style.to_ascii_lowercase().replace(' ', "");
                style.contains("display:none") || style.contains("visibility:hidden")
            }),
        }
    }
}

/// Up to five digits, as pixels or alone.
fn number(text: &str) -> Option<&str> {
    let number = text.trim().trim_end_matches("px");
    ((1..=5).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

fn is_token(text: &str, punctuation: &str) -> bool {
    (1..=100).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || punctuation.contains(c))
}
