//! Reads labelled entries.

use anyhow::Context;
use chrono::DateTime;
use wiredesk::model::{Entry, Feed, Item, Location, Markup, Parsed, Publisher, Source, SourceId, slug};
use wiredesk::normalize;

/// An entry, and the story that it belongs to.
pub struct Labelled {
    /// Where it comes from: what its line says, else the file's name.
    pub set: String,
    pub story: String,
    pub entry: Entry,
    pub publisher: Publisher,
}

#[expect(clippy::disallowed_methods, reason = "a program of its own, outside the core")]
pub fn read(path: &str) -> anyhow::Result<Vec<Labelled>> {
    let mut entries = Vec::new();
    for (at, line) in std::fs::read_to_string(path)?.lines().enumerate() {
        entries.push(labelled(line, at + 1, path).with_context(|| format!("line {}", at + 1))?);
    }
    entries.sort_by_key(|labelled| labelled.entry.published);
    Ok(entries)
}

fn labelled(line: &str, number: usize, path: &str) -> anyhow::Result<Labelled> {
    let value: serde_json::Value = serde_json::from_str(line)?;
    let field = |name: &str| value[name].as_str().map(str::to_owned);
    let time = DateTime::parse_from_rfc3339(&field("time").context("no `time`")?)?.to_utc();
    let name = field("source").unwrap_or_else(|| format!("unknown {number}"));
    let slug: String = slug(&name).chars().filter(char::is_ascii).collect();
    let id = SourceId::new(slug.trim_start_matches('-')).or_else(|_| SourceId::new("unnamed"))?;
    let publisher = Publisher::new(id.as_str())?;
    let source = Source::new(id, Location::File(std::path::PathBuf::new()), publisher.clone());
    let item = Item {
        id: field("id"),
        link: field("url"),
        title: field("title").map(Markup::Html),
        summary: field("text").map(Markup::Html),
        published: Some(time),
        language: field("lang"),
        ..Item::default()
    };
    let parsed = Parsed { feed: Feed { items: vec![item], ..Feed::default() }, flaws: Vec::new() };
    let entry = normalize::entries(&parsed, &source, time).pop().context("the line makes no entry")?;
    let story = field("story").context("no `story`")?;
    Ok(Labelled { set: field("set").unwrap_or_else(|| path.to_owned()), story, entry, publisher })
}
