//! Reads the folder of a theme, and makes pages with it as far as it goes.
#![expect(clippy::disallowed_methods, reason = "the shell reads the theme's files")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::render::{self, Theme, ThemeFault, ThemeFile};

/// More files than a theme has use for.
const MAX_FILES: usize = 200;

/// A longer file is refused.
const MAX_BYTES: u64 = 1 << 20;

/// So many different faults of a theme are told.
const MOST_TOLD: usize = 100;

/// The theme that pages are made with. It was tried on sample pages; where it fails on what comes later, our own stands
/// in for that page: a template must not keep a site from going on.
#[derive(Debug)]
pub(super) struct Look {
    theme: Theme,
    told: BTreeSet<String>,
}

impl Look {
    pub(super) fn new(theme: Theme) -> Self {
        Self { theme, told: BTreeSet::new() }
    }

    /// The theme itself.
    pub(super) fn chosen(&self) -> &Theme {
        &self.theme
    }

    /// Makes a page.
    ///
    /// # Errors
    /// When that fails with our own templates too, or for another reason.
    pub(super) fn make<T>(&mut self, make: impl Fn(&Theme) -> Result<T, render::Error>) -> Result<T, render::Error> {
        let mut fault = None;
        let made = self.theme.make(make, |failed| fault = Some(failed))?;
        self.tell(fault);
        Ok(made)
    }

    /// Tells a person of faults of the theme, of each once.
    pub(super) fn tell(&mut self, faults: impl IntoIterator<Item = render::Error>) {
        for fault in faults {
            let words = fault.to_string();
            if self.told.len() < MOST_TOLD && self.told.insert(words.clone()) {
                tracing::error!("{words}; our own template stands in for it");
            }
        }
    }
}

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// The folder or a file in it cannot be read.
    #[error(
        "cannot read the theme's {path}: {source}\n  = make the folder (an empty one will do), or take `theme` out of \
         [site]",
        path = path.display()
    )]
    Unreadable {
        /// The folder, or the file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file of it is wrong.
    #[error("{}", shown(folder, faults))]
    Wrong {
        /// The folder.
        folder: PathBuf,
        /// All that is wrong; never empty.
        faults: Vec<ThemeFault>,
    },
}

fn shown(folder: &Path, faults: &[ThemeFault]) -> String {
    let faults = faults.iter().map(|fault| format!("{}/{fault}", folder.display()));
    faults.collect::<Vec<_>>().join("\n")
}

/// Reads the theme in `folder`; without one, our own. Files in its folders and hidden files are left alone.
///
/// # Errors
/// When a file cannot be read, or is no template or style sheet that can be used.
pub fn read_theme(folder: Option<&Path>) -> Result<Theme, ThemeError> {
    let Some(folder) = folder else { return Ok(Theme::default()) };
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| ThemeError::Unreadable { path, source }
    };
    let mut names = Vec::new();
    for file in fs::read_dir(folder).map_err(unreadable(folder))? {
        let file = file.map_err(unreadable(folder))?;
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && file.path().is_file() {
            names.push(name);
        }
        if names.len() > MAX_FILES {
            let cause = io::Error::other(format!("it holds more than {MAX_FILES} files"));
            return Err(unreadable(folder)(cause));
        }
    }
    names.sort();
    let mut files = Vec::with_capacity(names.len());
    for name in names {
        let path = folder.join(&name);
        // Of others nothing is used but the name.
        let is_used = name.ends_with(".html") || name.ends_with(".css");
        let text = if is_used { text_of(&path).map_err(unreadable(&path))? } else { String::new() };
        files.push(ThemeFile { name, text });
    }
    Theme::new(files).map_err(|faults| ThemeError::Wrong { folder: folder.to_owned(), faults })
}

fn text_of(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    match text.len() as u64 > MAX_BYTES {
        true => Err(io::Error::other(format!("it is larger than {MAX_BYTES} bytes"))),
        false => Ok(text),
    }
}
