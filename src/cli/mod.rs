//! The command line: arguments in, exit code out.

mod demo;
mod eval;
mod parse;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Fetches feeds, finds the entries that report the same story, and republishes combined feeds.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show how wiredesk reads a feed: its normal form and the flaws found.
    Parse(parse::Args),
    /// Measure how well stories are found, on labelled entries.
    Eval(eval::Args),
    /// Watch a story gather coverage: sample wires served on loopback, and a desk that reads them.
    Demo(demo::Args),
}

/// Runs the program. Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration.
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Some(Command::Parse(args)) => parse::run(args),
        Some(Command::Eval(args)) => eval::run(args),
        Some(Command::Demo(args)) => demo::run(args),
        None => Ok(ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("wiredesk: {error:#}");
        ExitCode::FAILURE
    })
}
