//! `wiredesk explain`: why an entry is in its story, what else came into question, and why who leads it leads.

mod account;
mod find;
mod show;

pub(in crate::cli) use account::refused;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use super::load;
use crate::cluster::rulings::EntryName;
use crate::desk;
use crate::model::{StoryId, by_id};
use crate::store;

/// Arguments of `wiredesk explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// An entry, by its page's address, its id, or its source and guid ("bbc 4711"); or a story, by its id (tag:…).
    #[arg(value_name = "URL|ENTRY|STORY", value_parser = asked)]
    what: Asked,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// What is to be explained.
#[derive(Debug, Clone)]
enum Asked {
    Story(StoryId),
    Entry(EntryName),
}

fn asked(words: &str) -> Result<Asked, String> {
    match words.trim() {
        id if id.starts_with("tag:") => Ok(Asked::Story(StoryId::stored(id))),
        name => EntryName::parse(name)
            .map(Asked::Entry)
            .map_err(|why| format!("it {why}; or it is a story's id, which begins with `tag:`")),
    }
}

/// Runs the command: exit code 1 when the store does not have what is asked for.
///
/// # Errors
/// When the configuration is unusable, the store cannot be read, or does not have it.
pub(super) fn run(path: &Path, args: &Args) -> anyhow::Result<ExitCode> {
    let config = load::load(path)?;
    let mut rulings = load::rulings(&config)?;
    let store = store::open_read_only(&config.store)?;
    desk::meet_stored(&store, &mut rulings)?;
    let sources = by_id(config.sources.iter().cloned());
    let found = match &args.what {
        Asked::Story(id) => find::story(&store, id)?,
        Asked::Entry(name) => find::entry(&store, name, &rulings)?,
    };
    let mut index = desk::rebuild(&store, &sources)?;
    let desk = account::Desk { rulings: &rulings, sources: &sources, stories: &config.stories, store: &store };
    let accounts = account::accounts(&desk, &mut index, &found)?;
    let mut out = std::io::stdout().lock();
    let printed = if args.json {
        writeln!(out, "{}", serde_json::to_string(&accounts)?)
    } else {
        out.write_all(show::accounts(&accounts, super::terminal_width(), out.is_terminal()).as_bytes())
    };
    match printed {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        printed => printed.context("Failed to print the account").map(|()| ExitCode::SUCCESS),
    }
}
