//! The command line: arguments in, exit code out.

mod check;
mod demo;
mod eval;
mod explain;
mod load;
mod memory;
mod parse;
mod progress;
mod run;
mod status;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

pub use memory::use_small_pages;

/// Fetches feeds, finds the entries that report the same story, and republishes combined feeds.
///
/// Without a command it runs the desk.
#[derive(Debug, Parser)]
#[command(
    version,
    propagate_version = true,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration."
)]
struct Cli {
    /// The configuration.
    #[arg(short, long, global = true, value_name = "FILE", default_value = "config.toml")]
    config: PathBuf,
    /// Say more about what is being done; twice, everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fetch on schedule, find stories, publish and serve the editions.
    Run(run::Args),
    /// Check the configuration, and show what it comes to.
    Check,
    /// Show what came of asking each source, when it is asked next, and what is wrong with it.
    Status(status::Args),
    /// Show how wiredesk reads a feed: its normal form and the flaws found.
    Parse(parse::Args),
    /// Tell why an entry is in its story, what else came into question, and why who leads it leads.
    Explain(explain::Args),
    /// Measure how well stories are found, on labelled entries.
    Eval(eval::Args),
    /// Watch a story gather coverage: sample wires served on loopback, and a desk that reads them.
    Demo(demo::Args),
    /// Make a token that lets one reader at an edition with `access = "token"`.
    Token,
}

/// Runs the program. Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration.
pub fn main() -> ExitCode {
    let Cli { config, verbose, command } = Cli::parse();
    log(verbose);
    let outcome = match command {
        Some(Command::Run(args)) => run::run(&config, &args),
        None => run::run(&config, &run::Args::default()),
        Some(Command::Check) => check::run(&config),
        Some(Command::Status(args)) => status::run(&config, &args),
        Some(Command::Parse(args)) => parse::run(args),
        Some(Command::Explain(args)) => explain::run(&config, &args),
        Some(Command::Eval(args)) => eval::run(&config, args),
        Some(Command::Demo(args)) => demo::run(args),
        Some(Command::Token) => token::run(),
    };
    outcome.unwrap_or_else(|error| {
        // Faults of a configuration are sentences with a place of their own.
        if let Some(unusable) = error.downcast_ref::<load::Unusable>() {
            eprintln!("{unusable}");
            return ExitCode::from(2);
        }
        eprintln!("wiredesk: {error:#}");
        ExitCode::FAILURE
    })
}

/// How many columns output for people may take: what `COLUMNS` says, else 80.
#[expect(clippy::disallowed_methods, reason = "the width of the terminal stands in the environment")]
fn terminal_width() -> usize {
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    width.unwrap_or(80_usize).clamp(60, 120)
}

/// Logs to standard error; `RUST_LOG` has the last word.
fn log(verbose: u8) {
    let default = match verbose {
        0 => "wiredesk=warn",
        1 => "wiredesk=info",
        _ => "wiredesk=debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(ansi)
        .with_target(false)
        .init();
}
