//! Writes the site into a folder: finished documents in, changed files out.
//!
//! Every changed file is first written in full beside its place, and only when all of them are on disk are they
//! renamed into place. A full disk, a missing permission or a crash thus leaves the old site as it was; the worst
//! that a crash between two renames can do is to leave some files of the new site among those of the old.
//!
//! The file `.wiredesk` in the folder lists what the desk wrote. What is not on it is never overwritten or removed. A
//! file is put on the list before it is written, so that the next call knows what a crash left behind.

#![expect(clippy::disallowed_methods, reason = "publishing writes files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::model::{Rendered, SitePath};

pub mod bucket;
#[cfg(test)]
mod tests;

/// The list of what the desk wrote, in the folder itself. No document can have this name.
const MANIFEST: &str = ".wiredesk";

/// The first line of the list.
const MANIFEST_HEAD: &str = "# Written by wiredesk: the files of the site in this folder, one a line. Do not edit.";

/// What was done to the folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or have a new content.
    pub changed: usize,
    /// Files of the previous publication that are gone.
    pub removed: usize,
    /// Files that had the right content already, and were not touched.
    pub unchanged: usize,
}

/// Says why the site could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk, or the permissions, said no.
    #[error(
        "failed to {action} `{path}`, so the site in the folder stays as it was: {cause}{}", advice(cause),
        path = path.display()
    )]
    Disk {
        /// What was being done.
        action: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A file of somebody else is in the way.
    #[error(
        "will not overwrite `{path}`, which is not ours: move it away, or publish into another folder",
        path = .0.display()
    )]
    Foreign(PathBuf),
}

impl Error {
    /// Whether it may pass by itself, as a full disk does when somebody makes room.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Disk { cause, .. } => is_full(cause),
            Self::Foreign(_) => false,
        }
    }
}

fn is_full(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// What to do about it, as the end of the sentence.
fn advice(cause: &io::Error) -> &'static str {
    match cause.kind() {
        _ if is_full(cause) => "; make room on that disk, or set `dir` under [publish] to a folder on another",
        ErrorKind::PermissionDenied => "; let this user write there, or set `dir` under [publish] to another folder",
        ErrorKind::ReadOnlyFilesystem => "; set `dir` under [publish] to a folder that can be written",
        _ => "",
    }
}

/// Writes the documents into `dir`, which is made when missing, and removes what the previous call wrote and this one
/// does not. What not everyone may read is left out. Calls for one folder must not overlap.
///
/// # Errors
/// When the disk fails, or a file that the desk did not write is in the way. The old site is intact then.
pub fn write(dir: &Path, documents: &[Rendered]) -> Result<Written, Error> {
    make_folder(dir)?;
    let ours = read_manifest(dir)?;
    // Of two documents for one place the last counts, as it does where they are served.
    let documents: BTreeMap<&SitePath, &Rendered> =
        documents.iter().map(|document| (&document.path, document)).collect();
    // A folder asks nobody for a token.
    let documents: BTreeMap<_, _> =
        documents.into_iter().filter(|(_, document)| document.readers.is_everyone()).collect();
    let wanted: BTreeSet<SitePath> = documents.keys().copied().cloned().collect();
    let gone: Vec<&SitePath> = ours.difference(&wanted).collect();
    clear_away(dir, ours.union(&wanted));
    let mut changed = Vec::new();
    for document in documents.values().copied() {
        if differs(dir, document, &ours)? {
            changed.push(document);
        }
    }
    let written = Written { changed: changed.len(), removed: gone.len(), unchanged: documents.len() - changed.len() };
    if changed.is_empty() && wanted == ours {
        return Ok(written);
    }

    let all: BTreeSet<SitePath> = ours.union(&wanted).cloned().collect();
    let placed = write_manifest(dir, &all).and_then(|()| stage(dir, &changed)).and_then(|()| place(dir, &changed));
    let mut folders = match placed {
        Ok(folders) => folders,
        Err(error) => {
            clear_away(dir, &all);
            // There is room for it again, and if there is not, a list that is too long does no harm.
            let _ = write_manifest(dir, &all.into_iter().filter(|path| is_there(dir, path)).collect());
            return Err(error);
        }
    };
    // Removed last, so that no page of the old site pointed at nothing before the new one stood.
    for path in gone {
        let place = dir.join(path.as_str());
        match fs::remove_file(&place) {
            Ok(()) => drop(folders.insert(parent(&place))),
            Err(cause) if cause.kind() == ErrorKind::NotFound => {}
            Err(cause) => return Err(disk("remove", &place)(cause)),
        }
        remove_empty_folders(dir, &place, &mut folders);
    }
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        sync_folder(folder)?;
    }
    write_manifest(dir, &wanted)?;
    Ok(written)
}

/// Removes what a call that was cut short has left beside the places of documents.
fn clear_away<'a>(dir: &Path, paths: impl IntoIterator<Item = &'a SitePath>) {
    let places = paths.into_iter().map(|path| dir.join(path.as_str())).chain([dir.join(MANIFEST)]);
    for temporary in places.map(|place| temporary(&place)) {
        // Mostly there is none. What cannot be removed is found out when it is to be written.
        let _ = fs::remove_file(temporary);
    }
}

/// Writes every changed document beside its place.
fn stage(dir: &Path, changed: &[&Rendered]) -> Result<(), Error> {
    for document in changed {
        let place = dir.join(document.path.as_str());
        make_folder(&parent(&place))?;
        write_synced(&temporary(&place), &document.bytes)?;
    }
    Ok(())
}

/// Renames every staged document into its place. Returns the folders that are to be synced.
fn place(dir: &Path, changed: &[&Rendered]) -> Result<BTreeSet<PathBuf>, Error> {
    let mut folders = BTreeSet::new();
    for document in changed {
        let place = dir.join(document.path.as_str());
        fs::rename(temporary(&place), &place).map_err(disk("rename into place", &place))?;
        folders.insert(parent(&place));
    }
    Ok(folders)
}

fn is_there(dir: &Path, path: &SitePath) -> bool {
    fs::symlink_metadata(dir.join(path.as_str())).is_ok()
}

/// Makes a folder and those above it that are missing, each so that it survives a power cut.
fn make_folder(folder: &Path) -> Result<(), Error> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    make_folder(&parent(folder))?;
    match fs::create_dir(folder) {
        Err(cause) if cause.kind() != ErrorKind::AlreadyExists => Err(disk("make the folder", folder)(cause)),
        _ => sync_folder(&parent(folder)),
    }
}

/// Whether a document's file must be written. A file that we did not write may only stay as it is.
fn differs(dir: &Path, document: &Rendered, ours: &BTreeSet<SitePath>) -> Result<bool, Error> {
    let place = dir.join(document.path.as_str());
    let same = match fs::symlink_metadata(&place) {
        Ok(metadata) if metadata.is_file() && metadata.len() == document.bytes.len() as u64 => {
            fs::read(&place).map_err(disk("read", &place))? == document.bytes
        }
        // A rename could not replace it, and would fail when half the site is in place.
        Ok(metadata) if metadata.is_dir() => return Err(Error::Foreign(place)),
        Ok(_) => false,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(true),
        Err(cause) => return Err(disk("look at", &place)(cause)),
    };
    match same || ours.contains(&document.path) {
        true => Ok(!same),
        false => Err(Error::Foreign(place)),
    }
}

/// What the desk wrote before. A line that is no path of ours is skipped, so an edited list can do no harm.
fn read_manifest(dir: &Path) -> Result<BTreeSet<SitePath>, Error> {
    let place = dir.join(MANIFEST);
    match fs::read(&place) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).lines().filter_map(SitePath::new).collect()),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(cause) => Err(disk("read the list of our files", &place)(cause)),
    }
}

fn write_manifest(dir: &Path, paths: &BTreeSet<SitePath>) -> Result<(), Error> {
    let place = dir.join(MANIFEST);
    let lines: String = paths.iter().map(|path| format!("{path}\n")).collect();
    let temporary = temporary(&place);
    write_synced(&temporary, format!("{MANIFEST_HEAD}\n{lines}").as_bytes())?;
    fs::rename(&temporary, &place).map_err(disk("rename into place", &place))?;
    sync_folder(dir)
}

/// Writes a file to the disk itself, not only to its cache.
fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|cause| {
        // Half a file is of no use, and takes room on a disk that may be full.
        let _ = fs::remove_file(path);
        disk("write", path)(cause)
    })
}

/// Makes renames and removals in a folder survive a power cut.
fn sync_folder(folder: &Path) -> Result<(), Error> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(here).and_then(|folder| folder.sync_all()).map_err(disk("write to disk the folder", folder))
}

/// Removes the folders above a removed file that are empty now, up to `dir`.
fn remove_empty_folders(dir: &Path, place: &Path, folders: &mut BTreeSet<PathBuf>) {
    let mut folder = parent(place);
    // `remove_dir` refuses a folder with anything in it.
    while folder != dir && folder.starts_with(dir) && fs::remove_dir(&folder).is_ok() {
        folder = parent(&folder);
        folders.insert(folder.clone());
    }
}

/// Where a file is written before it is renamed: in the same folder, under a name that no document can have.
fn temporary(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{}.new", name.trim_start_matches('.')))
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

fn disk(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |cause| Error::Disk { action, path, cause }
}
