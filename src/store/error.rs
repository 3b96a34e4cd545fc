//! What can go wrong with a store.

use std::path::{Path, PathBuf};

/// Why a store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or the lock file cannot be made.
    #[error("cannot make {path}: {source}; give `store` a path that this user may write", path = path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// Another process has it.
    #[error(
        "the store {path} is in use by another wiredesk; stop that one, or give this one another `store`",
        path = path.display()
    )]
    InUse {
        /// The store.
        path: PathBuf,
    },
    /// A newer version wrote it.
    #[error(
        "the store {path} was written by a newer wiredesk (layout {found}, this one knows up to {known}); \
         nothing was changed: use the newer program, or give `store` another path",
        path = path.display()
    )]
    Newer {
        /// The store.
        path: PathBuf,
        /// Its layout.
        found: u32,
        /// The newest layout this program knows.
        known: u32,
    },
    /// An older version wrote it, and it was to be read only.
    #[error(
        "the store {path} was written by an older wiredesk (layout {found}, this one has {known}); \
         `wiredesk run --once` brings it up to date",
        path = path.display()
    )]
    Older {
        /// The store.
        path: PathBuf,
        /// Its layout.
        found: u32,
        /// The layout that this program reads.
        known: u32,
    },
    /// There is none.
    #[error("there is no store at {path} yet; `wiredesk run --once` makes it", path = path.display())]
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
    /// It is a file, but no store.
    #[error("{path} is not a wiredesk store; give `store` another path, or move that file away", path = path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// There is no room for it.
    #[error(
        "cannot {what} the store {path}: its disk is full; make room there: what is in the store is whole, and what \
         could not be kept is asked for again",
        path = path.display()
    )]
    Full {
        /// What was being done.
        what: &'static str,
        /// The store.
        path: PathBuf,
    },
    /// SQLite failed.
    #[error("cannot {what} the store {path}: {source}", path = path.display())]
    Database {
        /// What was being done.
        what: &'static str,
        /// The store.
        path: PathBuf,
        /// The cause.
        source: rusqlite::Error,
    },
}

/// Says what was being done when SQLite failed.
pub(super) fn doing(what: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> Error {
    move |source| said(what, path.to_owned(), source)
}

fn said(what: &'static str, path: PathBuf, source: rusqlite::Error) -> Error {
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => Error::Foreign { path },
        Some(rusqlite::ErrorCode::DiskFull) => Error::Full { what, path },
        // The index of the log beside it could not grow.
        _ if source.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => {
            Error::Full { what, path }
        }
        _ => Error::Database { what, path, source },
    }
}
