//! `wiredesk parse`: shows how a feed is read, for people and as JSON.
#![expect(clippy::disallowed_methods, reason = "reads the files that it is given")]

mod json;
pub(super) mod lines;
mod show;

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;
use url::Url;

use super::run::runtime;
use crate::config;
use crate::fetch;
use crate::model::{Answer, FeedUrl, Location, Parsed, Validators};
use crate::parse::{Hints, parse};

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
    let width = super::terminal_width();
    for (number, input) in args.inputs.iter().enumerate() {
        if number > 0 && !args.json && !print("\n")? {
            break;
        }
        let outcome = read_feed(input, &args);
        if let Err(error) = &outcome {
            all_read = false;
            eprintln!("wiredesk: {input}: {error:#}");
        }
        let shown = match outcome {
            Ok(parsed) if args.json => format!("{}\n", json::feed(input, &parsed)),
            Ok(parsed) => show::feed(input, &parsed, width),
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
        now: Some(chrono::Utc::now()),
        lines: true,
        max_unpacked_bytes: None,
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
        host_gap: Duration::ZERO,
        max_body_bytes: usize::try_from(limit)?,
        allow_private: true,
        proxy: None,
        moves: config::Moves::default(),
        websub: false,
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
