//! Reads the configuration's file.
#![expect(clippy::disallowed_methods, reason = "the shell reads the file")]

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{self, Config, Faults};

/// Why there is no configuration to work by; shown as it is, with exit code 2.
#[derive(Debug)]
pub(super) enum Unusable {
    /// The file cannot be read.
    Missing { path: PathBuf, cause: std::io::Error },
    /// The file is wrong.
    Wrong(Faults),
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
            Self::Wrong(faults) => {
                let number = faults.list().len();
                let noun = if number == 1 { "fault" } else { "faults" };
                write!(formatter, "{faults}\nwiredesk: {number} {noun} in the configuration; nothing was done")
            }
        }
    }
}

/// Reads the configuration at `path`.
pub(super) fn load(path: &Path) -> Result<Config, Unusable> {
    let text = fs::read_to_string(path).map_err(|cause| Unusable::Missing { path: path.to_owned(), cause })?;
    config::read(&text, path).map_err(Unusable::Wrong)
}
