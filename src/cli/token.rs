//! `wiredesk token`: makes a token, and the lines by which the configuration knows it.

use std::process::ExitCode;

use anyhow::Context;
use ring::rand::{SecureRandom, SystemRandom};

use crate::model::TokenHash;

/// Nobody guesses one of so many random bytes, nor finds it by its hash.
const TOKEN_BYTES: usize = 24;

/// Runs the command.
///
/// # Errors
/// When the system has no randomness.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    let mut bytes = [0; TOKEN_BYTES];
    SystemRandom::new().fill(&mut bytes).ok().context("The system has no randomness to make a token of")?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{token}");
    println!("  is the token, for one reader: it is kept nowhere and shown this once.");
    println!("  Subscribe to /t/{token}/NAME.atom, or send `Authorization: Bearer {token}`.");
    println!("  Under [[edition]]:");
    println!("access = \"token\"");
    println!("tokens = [\"{}\"]", TokenHash::of(&token));
    Ok(ExitCode::SUCCESS)
}
