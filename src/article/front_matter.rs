//! Splits front matter from text and reads it: TOML between `+++`, YAML between `---`.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Error, dates};
use crate::model::{Flaw, Person};
use crate::text::{clip, fold};

/// The longest front matter that is read, in bytes: what a reader of YAML does with more is its own affair.
const MAX_FRONT_MATTER_BYTES: usize = 64 * 1024;
/// The most people or tags.
const MAX_LIST: usize = 20;
/// The longest name of one, in characters.
const MAX_NAME_CHARS: usize = 200;

/// Our keys, each with the names it has elsewhere, in lower case; the first that is there counts.
const KEYS: [(&str, &[&str]); 10] = [
    ("title", &["title"]),
    ("date", &["date", "publishdate", "pubdate"]),
    ("updated", &["updated", "lastmod", "last_modified_at", "modified"]),
    ("author", &["author", "authors"]),
    ("tags", &["tags", "categories", "category", "keywords"]),
    ("summary", &["summary", "description", "excerpt"]),
    ("slug", &["slug"]),
    ("draft", &["draft"]),
    ("lang", &["lang", "language", "locale"]),
    ("image", &["image"]),
];

/// Keys of the generators that are near to one of ours and are no slip.
const NO_SLIPS: [&str; 8] = ["data", "images", "page", "url", "type", "tag", "rank", "lead"];

/// What front matter says.
#[derive(Debug)]
pub(super) struct FrontMatter<'t> {
    file: &'t str,
    text: &'t str,
    /// The line that `text` starts in, counted from 1.
    first_line: u32,
    language: FrontMatterLanguage,
    /// Keys in lower case.
    values: Map<String, Value>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum FrontMatterLanguage {
    Toml,
    Yaml,
}

/// Splits a file, with line feeds only, into front matter, empty if there is none, and text.
pub(super) fn split<'t>(file: &'t str, text: &'t str) -> Result<(FrontMatter<'t>, &'t str), Error> {
    let body = text.trim_start();
    let skipped = text[..text.len() - body.len()].matches('\n').count();
    let line = u32::try_from(skipped).unwrap_or(u32::MAX - 1) + 1;
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    let (mark, language) = match first.trim_end() {
        "+++" => ("+++", FrontMatterLanguage::Toml),
        "---" => ("---", FrontMatterLanguage::Yaml),
        _ => {
            let language = FrontMatterLanguage::Yaml;
            let none = FrontMatter { file, text: "", first_line: line, language, values: Map::new() };
            return Ok((none, text));
        }
    };
    let mut at = 0;
    let end = rest.split_inclusive('\n').find_map(|line| {
        let start = at;
        at += line.len();
        let closes = line.trim_end() == mark || (language == FrontMatterLanguage::Yaml && line.trim_end() == "...");
        closes.then_some(start)
    });
    let Some(end) = end else { return Err(Error::Unclosed { file: file.to_owned(), line, mark }) };
    let mut front_matter = FrontMatter { file, text: &rest[..end], first_line: line + 1, language, values: Map::new() };
    front_matter.parse()?;
    Ok((front_matter, &rest[at..]))
}

impl FrontMatter<'_> {
    fn parse(&mut self) -> Result<(), Error> {
        if self.text.len() > MAX_FRONT_MATTER_BYTES {
            return Err(self.syntax(0, "it is longer than 64 KiB".to_owned()));
        }
        let values = match self.language {
            FrontMatterLanguage::Toml => {
                let table: toml::Table = toml::from_str(self.text).map_err(|error| {
                    let before = error.span().and_then(|span| self.text.get(..span.start)).unwrap_or_default();
                    self.syntax(before.matches('\n').count(), fold(error.message()))
                })?;
                json(toml::Value::Table(table))
            }
            FrontMatterLanguage::Yaml if self.text.trim().is_empty() => Value::Null,
            FrontMatterLanguage::Yaml => {
                serde_saphyr::from_str_with_options(self.text, yaml_options()).map_err(|error| {
                    let line = error.location().map_or(1, |location| location.line());
                    let cause = error.without_snippet().to_string();
                    // The reader counts lines from the front matter's first, and talks of its own settings: leave that out.
                    let cause = cause.split(" at line ").next().unwrap_or(&cause);
                    let cause = cause.split(", set ").next().unwrap_or(cause);
                    self.syntax(usize::try_from(line).unwrap_or(1).saturating_sub(1), fold(cause))
                })?
            }
        };
        match values {
            Value::Null => {}
            Value::Object(values) => {
                self.values = values.into_iter().map(|(key, value)| (key.to_lowercase(), value)).collect();
            }
            _ => return Err(self.syntax(0, "it has no keys".to_owned())),
        }
        Ok(())
    }

    /// A text; numbers and dates are taken as they are written.
    pub(super) fn string(&self, key: &'static str) -> Result<Option<String>, Error> {
        let Some((name, value)) = self.value(key) else { return Ok(None) };
        match scalar(value) {
            Some(text) => Ok(Some(text)),
            // Themes of the generators keep tables under `image`.
            None if key == "image" => Ok(None),
            None => Err(self.wrong(name, value, "a text", self.example(key))),
        }
    }

    /// Yes or no. Jekyll's `published: false` makes a draft.
    pub(super) fn flag(&self, key: &'static str) -> Result<Option<bool>, Error> {
        if self.values.get("published") == Some(&Value::Bool(false)) {
            return Ok(Some(true));
        }
        let Some((name, value)) = self.value(key) else { return Ok(None) };
        match scalar(value).as_deref() {
            // YAML 1.1, which Jekyll reads, has words for it too.
            Some("true" | "yes") => Ok(Some(true)),
            Some("false" | "no") => Ok(Some(false)),
            _ => Err(self.wrong(name, value, "`true` or `false`", self.example(key))),
        }
    }

    pub(super) fn date(&self, key: &'static str) -> Result<Option<DateTime<Utc>>, Error> {
        let Some((name, value)) = self.value(key) else { return Ok(None) };
        match scalar(value).and_then(|text| dates::date(&text)) {
            Some(date) => Ok(Some(date)),
            None => Err(self.wrong(name, value, "a date", self.example(key))),
        }
    }

    /// A name, several in a list, or tables with `name`, `email` and `url`.
    pub(super) fn people(&self) -> Result<Vec<Person>, Error> {
        let Some((name, value)) = self.value("author") else { return Ok(Vec::new()) };
        let person = |value: &Value| {
            let field = |key: &str| {
                let text = value.get(key).and_then(scalar).map(|text| clip(&fold(&text), MAX_NAME_CHARS));
                text.filter(|text| !text.is_empty())
            };
            let person = match scalar(value) {
                Some(name) => Person { name: Some(clip(&fold(&name), MAX_NAME_CHARS)), ..Person::default() },
                None => {
                    Person { name: field("name"), email: field("email"), url: field("url").filter(|url| is_web(url)) }
                }
            };
            (person != Person::default()).then_some(person)
        };
        let people: Option<Vec<Person>> = match value {
            Value::Array(people) => people.iter().take(MAX_LIST).map(person).collect(),
            one => person(one).map(|person| vec![person]),
        };
        let people =
            people.ok_or_else(|| self.wrong(name, value, "a name or a list of names", self.example("author")))?;
        Ok(people.into_iter().filter(|person| person.name.as_deref() != Some("")).collect())
    }

    /// A list, or a text with commas.
    pub(super) fn tags(&self) -> Result<Vec<String>, Error> {
        let Some((name, value)) = self.value("tags") else { return Ok(Vec::new()) };
        let found: Option<Vec<String>> = match value {
            Value::Array(tags) => tags.iter().map(scalar).collect(),
            one => scalar(one).map(|tags| tags.split(',').map(str::to_owned).collect()),
        };
        let found = found.ok_or_else(|| self.wrong(name, value, "a list of texts", self.example("tags")))?;
        let mut tags: Vec<String> = Vec::new();
        for tag in found.iter().map(|tag| clip(&fold(tag), MAX_NAME_CHARS)) {
            if !tag.is_empty() && tags.len() < MAX_LIST && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Ok(tags)
    }

    /// Keys that look like slips of ours.
    pub(super) fn flaws(&self) -> Vec<Flaw> {
        let slips = self.values.keys().filter(|key| !NO_SLIPS.contains(&key.as_str())).filter_map(|key| {
            if KEYS.iter().any(|(_, names)| names.contains(&key.as_str())) {
                return None;
            }
            let known = KEYS.iter().map(|(known, _)| *known).find(|known| is_slip(key, known))?;
            let message = format!("`{key}` means nothing here and was left out; `{known}` may be meant");
            Some(Flaw { kind: "unknown-key", line: Some(self.line_of(key)), message })
        });
        slips.collect()
    }

    /// How to write a date here.
    pub(super) fn date_example(&self) -> &'static str {
        self.example("date")
    }

    /// The value under the first of a key's names that has one.
    fn value(&self, key: &str) -> Option<(&'static str, &Value)> {
        let (_, names) = KEYS.iter().find(|(known, _)| *known == key)?;
        names.iter().find_map(|name| Some((*name, self.values.get(*name).filter(|value| !value.is_null())?)))
    }

    fn example(&self, key: &str) -> &'static str {
        let (toml, yaml) = match key {
            "date" => ("date = 2024-10-24", "date: 2024-10-24"),
            "updated" => ("updated = 2024-10-24T08:00:00Z", "updated: 2024-10-24 08:00"),
            "author" => ("author = \"Jane Doe\"", "author: Jane Doe"),
            "tags" => ("tags = [\"world\", \"asia\"]", "tags: [world, asia]"),
            "draft" => ("draft = true", "draft: true"),
            "slug" => ("slug = \"troops-in-kursk\"", "slug: troops-in-kursk"),
            "lang" => ("lang = \"en\"", "lang: en"),
            _ => ("title = \"Troops in Kursk\"", "title: \"Troops in Kursk\""),
        };
        if self.language == FrontMatterLanguage::Toml { toml } else { yaml }
    }

    fn syntax(&self, lines_down: usize, cause: String) -> Error {
        let language = if self.language == FrontMatterLanguage::Toml { "TOML" } else { "YAML" };
        let key = self.text.lines().nth(lines_down).and_then(|line| line.split(['=', ':']).next()).unwrap_or_default();
        let example = self.example(key.trim());
        let line = self.first_line.saturating_add(u32::try_from(lines_down).unwrap_or(u32::MAX));
        Error::Syntax { file: self.file.to_owned(), line, language, cause: clip(&cause, 200), example }
    }

    fn wrong(&self, key: &str, value: &Value, expected: &'static str, example: &'static str) -> Error {
        let found = scalar(value).unwrap_or_else(|| value.to_string());
        let found = clip(&fold(&found), 60);
        Error::Value {
            file: self.file.to_owned(),
            line: self.line_of(key),
            key: key.to_owned(),
            expected,
            found,
            example,
        }
    }

    /// The line in which a key stands.
    fn line_of(&self, key: &str) -> u32 {
        let has_key = |line: &str| {
            let line = line.trim_start().trim_start_matches(['"', '\'']);
            let found = line.get(..key.len()).is_some_and(|found| found.eq_ignore_ascii_case(key));
            found && line[key.len()..].trim_start_matches(['"', '\'', ' ', '\t']).starts_with(['=', ':'])
        };
        let down = self.text.lines().position(has_key).unwrap_or(0);
        self.first_line.saturating_add(u32::try_from(down).unwrap_or(0))
    }
}

/// Bounds for YAML, whose aliases can make much of little.
fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_nodes: 5_000, max_depth: 32 },
    }
}

fn is_web(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// TOML in the form that YAML comes in; dates are texts there.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Table(table) => Value::Object(table.into_iter().map(|(key, value)| (key, json(value))).collect()),
    }
}

/// Whether one change makes one word of the other: a letter more, less, other, or two swapped.
fn is_slip(found: &str, known: &str) -> bool {
    let (found, known): (Vec<char>, Vec<char>) = (found.chars().collect(), known.chars().collect());
    let same_start = found.iter().zip(&known).take_while(|(a, b)| a == b).count();
    let (a, b) = (&found[same_start..], &known[same_start..]);
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Equal => {
            let swapped = a.len() >= 2 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..];
            !a.is_empty() && (a[1..] == b[1..] || swapped)
        }
        std::cmp::Ordering::Less => a.len() + 1 == b.len() && *a == b[1..],
        std::cmp::Ordering::Greater => a.len() == b.len() + 1 && a[1..] == *b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_one_change_away() {
        for (found, known, slip) in [
            ("titel", "title", true),
            ("tittle", "title", true),
            ("titl", "title", true),
            ("ditle", "title", true),
            ("title", "title", false),
            ("subtitle", "title", false),
            ("weight", "date", false),
            ("", "title", false),
        ] {
            assert_eq!(is_slip(found, known), slip, "{found}");
        }
    }
}
