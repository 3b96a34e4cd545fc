//! Labelled entries: lines of JSON in, entries as the desk would have them and their true stories out.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::model::{Entry, Feed, Item, Location, Markup, Parsed, Publisher, Source, SourceId, slug};
use crate::normalize;

/// An entry whose story is known.
#[derive(Debug)]
pub(super) struct Labelled {
    pub(super) id: String,
    pub(super) time: DateTime<Utc>,
    /// Empty where unknown.
    pub(super) lang: String,
    /// The set that it comes from; empty where unknown.
    pub(super) set: String,
    /// The true story.
    pub(super) story: String,
    pub(super) entry: Entry,
    pub(super) publisher: Publisher,
}

/// A line as it is written.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    time: String,
    title: String,
    story: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    set: Option<String>,
}

/// Reads labelled entries and puts them in order of time; entries of one time keep the order of the file.
///
/// # Errors
/// When a line cannot be read or is wrong; the words name the file and the line.
pub(super) fn read(lines: impl BufRead, path: &Path) -> anyhow::Result<Vec<Labelled>> {
    let mut entries = Vec::new();
    for (at, line) in lines.lines().enumerate() {
        let number = at + 1;
        let place = || format!("{}, line {number}", path.display());
        let line = line.with_context(place)?;
        let line = line.trim_start_matches('\u{feff}');
        if !line.trim().is_empty() {
            entries.push(parse(line, number).with_context(place)?);
        }
    }
    entries.sort_by_key(|labelled| labelled.time);
    Ok(entries)
}

/// Reads one line. An entry without a source is taken to have one of its own.
///
/// # Errors
/// When it is no JSON object with the fields, or the time is none.
fn parse(line: &str, number: usize) -> anyhow::Result<Labelled> {
    // The file's own line is named by the caller; serde's is always 1.
    let line: Line = serde_json::from_str(line)
        .map_err(|error| anyhow::anyhow!("{}", error.to_string().replace("at line 1 column", "at column")))?;
    let time = DateTime::parse_from_rfc3339(&line.time)
        .map_err(|_| {
            anyhow::anyhow!("`time` is {:?}, which is no RFC 3339 time such as 2024-10-18T08:00:00Z", line.time)
        })?
        .to_utc();
    let name = line.source.unwrap_or_else(|| format!("unknown {number}"));
    let id = source_id(&name)?;
    let publisher = Publisher::new(id.as_str())?;
    let source = Source { name: Some(name), ..Source::new(id, Location::File(PathBuf::new()), publisher.clone()) };
    let item = Item {
        id: Some(line.id.clone()),
        link: line.url,
        title: Some(Markup::Html(line.title)),
        summary: line.text.filter(|text| !text.is_empty()).map(Markup::Html),
        published: Some(time),
        language: line.lang.clone(),
        ..Item::default()
    };
    let parsed = Parsed { feed: Feed { items: vec![item], ..Feed::default() }, flaws: Vec::new() };
    let entry = normalize::entries(&parsed, &source, time).pop().context("the line makes no entry")?;
    let (lang, set) = (line.lang.unwrap_or_default(), line.set.unwrap_or_default());
    Ok(Labelled { id: line.id, time, lang, set, story: line.story, entry, publisher })
}

/// A source's id from its name; a name in another script gets one from its hash.
fn source_id(name: &str) -> anyhow::Result<SourceId> {
    let slug = slug(name);
    let id = if slug.is_ascii() && !slug.is_empty() {
        slug
    } else {
        let digest = Sha256::digest(name);
        digest.iter().take(8).fold("source-".to_owned(), |id, byte| format!("{id}{byte:02x}"))
    };
    Ok(SourceId::new(&id)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_error(lines: &str, expected: &str) {
        let error = read(lines.as_bytes(), Path::new("some.jsonl")).expect_err("a wrong line");
        assert_eq!(format!("{error:#}"), expected);
    }

    #[test]
    fn a_wrong_line_is_named_with_its_cause() {
        let good = r#"{"id":"a","time":"2024-10-18T08:00:00Z","title":"A","story":"s"}"#;
        check_error(&format!("{good}\n\nno"), "some.jsonl, line 3: expected ident at column 2");
        check_error(
            r#"{"id":"a","time":"2024-10-18","title":"A","story":"s"}"#,
            "some.jsonl, line 1: `time` is \"2024-10-18\", which is no RFC 3339 time such as 2024-10-18T08:00:00Z",
        );
        check_error(
            r#"{"id":"a","time":"2024-10-18T08:00:00Z","story":"s"}"#,
            "some.jsonl, line 1: missing field `title` at column 52",
        );
    }

    #[test]
    fn what_is_unknown_may_be_missing() {
        let line =
            r#"{"id":"a","time":"2024-10-18T17:00:00+09:00","title":"Kim &amp; Putin","story":"s","source":null}"#;
        let labelled = parse(line, 7).expect("an entry");
        assert_eq!(labelled.entry.title.as_str(), "Kim & Putin");
        assert_eq!(labelled.entry.published.to_rfc3339(), "2024-10-18T08:00:00+00:00");
        assert_eq!(labelled.entry.source.as_str(), "unknown-7");
        assert_eq!((labelled.lang.as_str(), labelled.set.as_str(), labelled.entry.url), ("", "", None));
    }

    #[test]
    fn every_source_name_makes_an_id() {
        for (name, id) in [("Ticker & Tape", "ticker-tape"), ("労働新聞", "source-"), ("", "source-"), ("…", "source-")]
        {
            assert!(source_id(name).expect("an id").as_str().starts_with(id), "{name}");
        }
    }
}
