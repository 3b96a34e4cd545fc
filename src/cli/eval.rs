//! `wiredesk eval`.

use std::process::ExitCode;

/// Arguments of `wiredesk eval`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
///
/// # Errors
/// When it cannot do what was asked.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args {} = args;
    Ok(ExitCode::SUCCESS)
}
