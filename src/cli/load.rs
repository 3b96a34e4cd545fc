//! Reads the configuration's file.
#![expect(clippy::disallowed_methods, reason = "the shell reads the file")]

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cluster::rulings::Rulings;
use crate::config::{self, Config, Faults};
use crate::desk::{self, RulingsError, ThemeError};
use crate::fetch;
use crate::render::Theme;

/// Why there is no configuration to work by; shown as it is, with exit code 2.
#[derive(Debug)]
pub(super) enum Unusable {
    /// The file cannot be read.
    Missing { path: PathBuf, cause: std::io::Error },
    /// The file is wrong.
    Wrong(Faults),
    /// The file of rulings that it names is missing or wrong.
    Rulings(RulingsError),
    /// The theme that it names is missing or wrong.
    Theme(ThemeError),
    /// Passwords or tokens that it names cannot be read: each with its source, the cause and what to do.
    Secrets { path: PathBuf, problems: Vec<String> },
}

impl std::error::Error for Unusable {}

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path, cause } => {
                writeln!(formatter, "wiredesk: cannot read the configuration {}: {cause}", path.display())?;
                write!(
                    formatter,
                    "  = name another with `-c FILE`, or begin with these lines:\n\n      \
                     [[source]]\n      url = \"https://news.example/feed.xml\"\n\n      \
                     [[edition]]\n      name = \"front\"\n"
                )
            }
            Self::Wrong(faults) => counted(formatter, faults, "configuration"),
            Self::Rulings(RulingsError::Wrong(faults)) => counted(formatter, faults, "rulings"),
            Self::Rulings(error) => write!(formatter, "wiredesk: {error}"),
            Self::Theme(error @ ThemeError::Wrong { faults, .. }) => {
                let noun = if faults.len() == 1 { "fault" } else { "faults" };
                write!(formatter, "{error}\nwiredesk: {} {noun} in the theme; nothing was done", faults.len())
            }
            Self::Theme(error) => write!(formatter, "wiredesk: {error}"),
            Self::Secrets { path, problems } => {
                for problem in problems {
                    writeln!(formatter, "{}: {problem}", path.display())?;
                }
                let noun = if problems.len() == 1 { "secret" } else { "secrets" };
                write!(formatter, "\nwiredesk: {} {noun} cannot be read; nothing was done", problems.len())
            }
        }
    }
}

fn counted(formatter: &mut fmt::Formatter<'_>, faults: &Faults, what: &str) -> fmt::Result {
    let number = faults.list().len();
    let noun = if number == 1 { "fault" } else { "faults" };
    write!(formatter, "{faults}\nwiredesk: {number} {noun} in the {what}; nothing was done")
}

/// Reads the configuration at `path`, and tries whether the rulings and the theme that it names can be used.
pub(super) fn load(path: &Path) -> Result<Config, Unusable> {
    let text = fs::read_to_string(path).map_err(|cause| Unusable::Missing { path: path.to_owned(), cause })?;
    let config = config::read(&text, path).map_err(Unusable::Wrong)?;
    rulings(&config)?;
    theme(&config)?;
    Ok(config)
}

/// Reads the theme that a configuration names, and tries it; our own where it names none.
pub(super) fn theme(config: &Config) -> Result<Theme, Unusable> {
    desk::read_theme(config.theme.as_deref()).map_err(Unusable::Theme)
}

/// Tries whether every password, token and header that a configuration names can be read.
pub(super) fn secrets(config: &Config, path: &Path) -> Result<(), Unusable> {
    let problems = fetch::unreadable_secrets(config);
    if problems.is_empty() { Ok(()) } else { Err(Unusable::Secrets { path: path.to_owned(), problems }) }
}

/// Reads the rulings that a configuration names; none where it names none.
pub(super) fn rulings(config: &Config) -> Result<Rulings, Unusable> {
    match &config.rulings {
        Some(path) => desk::read_rulings(path).map_err(Unusable::Rulings),
        None => Ok(Rulings::default()),
    }
}
