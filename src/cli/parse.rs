//! `wiredesk parse`: shows how a feed is read, for people and as JSON.
#![expect(clippy::disallowed_methods, reason = "reads the files that it is given")]

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use url::Url;

use super::run::runtime;
use crate::config;
use crate::fetch;
use crate::model::{Answer, Feed, FeedUrl, Item, Location, Markup, Parsed, Validators};
use crate::parse::{Hints, parse};
use crate::text::{clip, fold};

/// Arguments of `wiredesk parse`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Feeds to read: files, addresses, or `-` for standard input.
    #[arg(required = true, value_name = "FILE|URL")]
    inputs: Vec<String>,
    /// Print one JSON object a feed, on a line of its own.
    #[arg(long)]
    json: bool,
    /// The address that relative references are resolved against.
    #[arg(long, value_name = "URL")]
    base: Option<Url>,
    /// What the server said in `Content-Type`; its charset counts.
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
}

/// Runs the command: exit code 1 when anything could not be read as a feed.
///
/// # Errors
/// When standard output is closed.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut all_read = true;
    for input in &args.inputs {
        let outcome = read_feed(input, &args);
        if let Err(error) = &outcome {
            all_read = false;
            eprintln!("wiredesk: {input}: {error:#}");
        }
        let shown = match outcome {
            Ok(parsed) if args.json => format!("{}\n", as_json(input, &parsed)),
            Ok(parsed) => as_text(input, &parsed),
            Err(error) if args.json => {
                format!("{}\n", json!({"file": input, "ok": false, "error": format!("{error:#}")}))
            }
            Err(_) => continue,
        };
        if !print(&shown)? {
            break;
        }
    }
    Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints; whether anyone still listens (`| head` stops).
fn print(text: &str) -> anyhow::Result<bool> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("Failed to write to standard output"),
    }
}

/// A document and what HTTP said of it.
struct Document {
    bytes: Vec<u8>,
    content_type: Option<String>,
    base: Option<Url>,
}

fn read_feed(input: &str, args: &Args) -> anyhow::Result<Parsed> {
    let document = read(input)?;
    let hints = Hints {
        content_type: args.content_type.as_deref().or(document.content_type.as_deref()),
        base: args.base.as_ref().or(document.base.as_ref()),
    };
    Ok(parse(&document.bytes, &hints)?)
}

/// Reads a file, standard input (`-`) or an address.
fn read(input: &str) -> anyhow::Result<Document> {
    /// A longer document is refused; twice what is fetched by default.
    const LONGEST: u64 = 64 << 20;
    let limited = |reader: &mut dyn Read| -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        reader.take(LONGEST + 1).read_to_end(&mut bytes).context("Failed to read")?;
        if bytes.len() as u64 > LONGEST {
            bail!("The document is larger than {} MiB; cut it first", LONGEST >> 20);
        }
        Ok(bytes)
    };
    if input.starts_with("http://") || input.starts_with("https://") {
        return fetch_document(input, LONGEST);
    }
    let bytes = if input == "-" {
        limited(&mut std::io::stdin().lock())?
    } else {
        let mut file = std::fs::File::open(input).context("Failed to open the file; is the path right?")?;
        limited(&mut file)?
    };
    Ok(Document { bytes, content_type: None, base: None })
}

/// Fetches an address that the person who runs the command named: their own network is theirs to ask.
fn fetch_document(input: &str, limit: u64) -> anyhow::Result<Document> {
    let options = config::Fetch {
        timeout: Duration::from_secs(30),
        concurrency: 1,
        per_host: 1,
        max_body_bytes: usize::try_from(limit)?,
        allow_private: true,
    };
    let url = FeedUrl::parse(input)?;
    let answer = runtime()?.block_on(async {
        let client = fetch::client(&options, url.as_url())?;
        fetch::fetch(&client, &Location::Web(url.clone()), &Validators::default()).await
    })?;
    match answer {
        Answer::New { body, content_type, base, .. } => Ok(Document { bytes: body.to_vec(), content_type, base }),
        Answer::NotModified { .. } => bail!("The server answered 304 to a request without conditions"),
        Answer::Gone => bail!("It is gone (410): its server says that it will not come back"),
    }
}

fn date(date: Option<DateTime<Utc>>) -> Option<String> {
    date.map(|date| date.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

fn raw(markup: Option<&Markup>) -> Option<&str> {
    markup.map(Markup::raw)
}

fn as_json(input: &str, parsed: &Parsed) -> Value {
    let Feed { items, .. } = &parsed.feed;
    let feed = &parsed.feed;
    json!({
        "file": input,
        "ok": true,
        "feed": {
            "format": feed.format,
            "title": raw(feed.title.as_ref()),
            "link": feed.link,
            "id": feed.id,
            "description": raw(feed.description.as_ref()),
            "language": feed.language,
            "updated": date(feed.updated),
            "published": date(feed.published),
            "author": feed.authors.first(),
            "authors": feed.authors,
            "rights": raw(feed.rights.as_ref()),
            "image": feed.image,
            "generator": feed.generator,
            "links": feed.links,
            "ttl_minutes": feed.ttl_minutes,
            "version": feed.version,
            "contributors": feed.contributors,
            "image_size": feed.image_size,
            "update_minutes": feed.update_minutes,
            "skip_hours": feed.skip_hours,
            "skip_days": feed.skip_days,
        },
        "entries": items.iter().map(item_as_json).collect::<Vec<_>>(),
        "flaws": parsed.flaws,
    })
}

fn item_as_json(item: &Item) -> Value {
    json!({
        "id": item.id,
        "link": item.link,
        "title": raw(item.title.as_ref()),
        "summary": raw(item.summary.as_ref()),
        "content": raw(item.content.as_ref()),
        "published": date(item.published),
        "updated": date(item.updated),
        "authors": item.authors,
        "enclosures": item.enclosures,
        "categories": item.categories,
        "comments": item.comments,
        "image": item.image,
        "rights": raw(item.rights.as_ref()),
        "language": item.language,
        "links": item.links,
        "line": item.line,
        "contributors": item.contributors,
        "comment_count": item.comment_count,
        "image_size": item.image_size,
        "media": item.media,
        "podcast": item.podcast,
        "place": item.place,
        "source": item.source,
    })
}

/// An account for people: the feed, its entries, its flaws.
fn as_text(input: &str, parsed: &Parsed) -> String {
    let feed = &parsed.feed;
    let mut out = String::new();
    let mut line = |indent: &str, label: &str, value: Option<String>| {
        let shown = value.map(|value| clip(&fold(&value), 160)).filter(|value| !value.is_empty());
        if let Some(value) = shown {
            out.push_str(&format!("{indent}{label:<12}{value}\n"));
        }
    };
    let markup = |markup: &Option<Markup>| raw(markup.as_ref()).map(str::to_owned);
    let people = |authors: &[crate::model::Person]| {
        let names = authors.iter().filter_map(|author| author.name.clone().or_else(|| author.email.clone()));
        Some(names.collect::<Vec<_>>().join(", "))
    };
    line("", "file", Some(input.to_owned()));
    line("", "format", Some(format!("{:?}", feed.format)));
    line("", "title", markup(&feed.title));
    line("", "link", feed.link.clone());
    line("", "id", feed.id.clone());
    line("", "about", markup(&feed.description));
    line("", "language", feed.language.clone());
    line("", "updated", date(feed.updated.or(feed.published)));
    line("", "authors", people(&feed.authors));
    line("", "generator", feed.generator.clone());
    line("", "entries", Some(feed.items.len().to_string()));
    for (number, item) in (1..).zip(&feed.items) {
        let place = if item.line > 0 { format!(" (line {})", item.line) } else { String::new() };
        line(
            "\n",
            &format!("{number}."),
            Some(format!("{}{place}", markup(&item.title).unwrap_or("(no title)".into()))),
        );
        line("  ", "id", item.id.clone());
        line("  ", "link", item.link.clone());
        line("  ", "published", date(item.published));
        line("  ", "updated", date(item.updated));
        line("  ", "authors", people(&item.authors));
        line("  ", "summary", markup(&item.summary));
        line("  ", "content", markup(&item.content));
        line("  ", "categories", Some(item.categories.join(", ")));
        for enclosure in &item.enclosures {
            line("  ", "enclosure", Some(enclosure.url.clone()));
        }
    }
    let flaws = if parsed.flaws.is_empty() { "none".to_owned() } else { String::new() };
    out.push_str(&format!("\nflaws       {flaws}\n"));
    for flaw in &parsed.flaws {
        let place = flaw.line.map_or("document".to_owned(), |line| format!("line {line}"));
        out.push_str(&format!("  {place:<12}{}: {}\n", flaw.kind, flaw.message));
    }
    out
}
