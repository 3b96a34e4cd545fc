//! The file of rulings: reads it, and looks whether it has changed.
#![expect(clippy::disallowed_methods, reason = "the shell reads the file of rulings")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cluster::rulings::{self, Rulings};
use crate::config::Faults;
use crate::model::{Entry, EntryId};

/// A longer file is refused.
const MAX_BYTES: u64 = 1 << 20;

/// Why the rulings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulingsError {
    /// The file cannot be read.
    #[error(
        "cannot read the rulings {path}: {source}\n  = make the file (an empty one will do), or take `rulings` out of \
         [stories]",
        path = path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is wrong.
    #[error("{0}")]
    Wrong(Faults),
}

/// Reads the file of rulings at `path`.
///
/// # Errors
/// When it cannot be read, is no TOML, holds what is no ruling, or contradicts itself.
pub fn read_rulings(path: &Path) -> Result<Rulings, RulingsError> {
    rulings::read(&text_of(path)?, path).map_err(RulingsError::Wrong)
}

fn text_of(path: &Path) -> Result<String, RulingsError> {
    let read = || {
        let mut text = String::new();
        fs::File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(io::Error::other(format!("it is larger than {MAX_BYTES} bytes")));
        }
        Ok(text)
    };
    read().map_err(|source| RulingsError::Unreadable { path: path.to_owned(), source })
}

/// The rulings in force, and how far they are carried out.
#[derive(Debug, Default)]
pub(super) struct Docket {
    path: Option<PathBuf>,
    /// What the file said when it was last read.
    text: String,
    pub(super) rulings: Rulings,
    /// Whether the stories in the store are in line with them.
    pub(super) is_done: bool,
    /// Entries of the present batch that a ruling is about.
    pub(super) called: BTreeSet<EntryId>,
    /// What was wrong with the file when it was last looked at: it is said once.
    trouble: Option<String>,
}

impl Docket {
    /// Reads the file, if there is one.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, RulingsError> {
        let Some(path) = path else { return Ok(Self { is_done: true, ..Self::default() }) };
        let text = text_of(path)?;
        let rulings = rulings::read(&text, path).map_err(RulingsError::Wrong)?;
        Ok(Self { path: Some(path.to_owned()), text, rulings, ..Self::default() })
    }

    /// Looks at the file again. While it cannot be used the rulings that were read before stay in force.
    pub(super) fn look(&mut self) {
        let Some(path) = &self.path else { return };
        // A file of some lines is read as soon as its times are asked for, and these can miss a change.
        let read = text_of(path).and_then(|text| {
            let rulings = match text == self.text {
                true => None,
                false => Some(rulings::read(&text, path).map_err(RulingsError::Wrong)?),
            };
            Ok((text, rulings))
        });
        match read {
            Ok((text, rulings)) => {
                self.trouble = None;
                if let Some(rulings) = rulings {
                    tracing::info!(rulings = rulings.list().len(), "the rulings {} have changed", path.display());
                    *self = Self { path: self.path.take(), text, rulings, ..Self::default() };
                }
            }
            Err(error) => {
                let trouble = error.to_string();
                if self.trouble.as_ref() != Some(&trouble) {
                    tracing::error!("{trouble}\nthe rulings that were read before stay in force");
                    self.trouble = Some(trouble);
                }
            }
        }
    }

    /// Makes an entry known to the rulings; what they say of it is carried out at the end of the batch.
    pub(super) fn meet(&mut self, entry: &Entry) -> bool {
        let is_named = self.rulings.meet(entry);
        if is_named {
            self.called.insert(entry.id);
        }
        is_named
    }

    /// Has the stories in the store looked at again.
    pub(super) fn reopen(&mut self) {
        self.is_done = self.path.is_none();
        self.called.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_file_leaves_the_rulings_in_force_that_were_read_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rulings.toml");
        let write = |text: &str| fs::write(&path, text).expect("written");
        let lead = |number: u32| format!("[[lead]]\nentry = \"https://a.example/{number}\"\n");
        write(&lead(1));
        let mut docket = Docket::open(Some(&path)).expect("good rulings");
        let named = |docket: &Docket| docket.rulings.names().first().map(ToString::to_string).unwrap_or_default();
        docket.is_done = true;
        docket.look();
        assert!(docket.is_done, "the same file is nothing new");
        for wrong in ["[[lead]]\nentry = 7\n", "not TOML"] {
            write(wrong);
            docket.look();
            assert!(docket.is_done && docket.trouble.is_some(), "{wrong}");
            assert_eq!(named(&docket), "https://a.example/1");
        }
        fs::remove_file(&path).expect("removed");
        docket.look();
        assert!(docket.trouble.as_ref().is_some_and(|trouble| trouble.contains("cannot read the rulings")));
        assert_eq!(named(&docket), "https://a.example/1");
        write(&lead(2));
        docket.look();
        assert_eq!((named(&docket).as_str(), docket.is_done, docket.trouble), ("https://a.example/2", false, None));
    }

    #[test]
    fn a_file_without_end_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rulings.toml");
        fs::write(&path, " ".repeat(MAX_BYTES as usize + 1)).expect("written");
        assert!(read_rulings(&path).is_err_and(|error| error.to_string().contains("larger than 1048576 bytes")));
    }
}
