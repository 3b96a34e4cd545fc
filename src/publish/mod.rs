//! Writes the site into a folder: finished documents in, changed files out.
//!
//! Every changed file is first written in full beside its place, and only when all of them are on disk are they
//! renamed into place. A full disk, a missing permission or a crash thus leaves the old site as it was; the worst
//! that a crash between two renames can do is to leave some files of the new site among those of the old.
//!
//! The file `.wiredesk` in the folder lists what the desk wrote. What is not on it is never overwritten or removed.

#![expect(clippy::disallowed_methods, reason = "publishing writes files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::model::{Rendered, SitePath};

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
    #[error("failed to {action} `{path}`, so the site in the folder stays as it was: {cause}", path = path.display())]
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

/// Writes the documents into `dir`, which is made when missing, and removes what the previous call wrote and this one
/// does not. What not everyone may read is left out. Calls for one folder must not overlap.
///
/// # Errors
/// When the disk fails, or a file that the desk did not write is in the way. The old site is intact then.
pub fn write(dir: &Path, documents: &[Rendered]) -> Result<Written, Error> {
    fs::create_dir_all(dir).map_err(disk("make the folder", dir))?;
    let ours = read_manifest(dir)?;
    // Of two documents for one place the last counts, as it does where they are served.
    let documents: BTreeMap<&SitePath, &Rendered> =
        documents.iter().map(|document| (&document.path, document)).collect();
    // A folder asks nobody for a token.
    let documents: BTreeMap<_, _> =
        documents.into_iter().filter(|(_, document)| document.readers.is_everyone()).collect();
    let wanted: BTreeSet<SitePath> = documents.keys().copied().cloned().collect();
    let gone: Vec<&SitePath> = ours.difference(&wanted).collect();
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

    let mut staged = Vec::with_capacity(changed.len());
    let outcome = stage_all(dir, &changed, &ours, &wanted, &mut staged);
    if let Err(error) = outcome {
        for (temporary, _) in &staged {
            // Already failing, and a temporary file does no harm: the next call overwrites it.
            let _ = fs::remove_file(temporary);
        }
        return Err(error);
    }
    let mut folders = BTreeSet::new();
    for (temporary, place) in &staged {
        fs::rename(temporary, place).map_err(disk("rename into place", place))?;
        folders.insert(parent(place));
    }
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

/// Writes every changed document beside its place, and the list before: a crash after this leaves no file in the
/// folder that the next call would take for somebody else's.
fn stage_all(
    dir: &Path,
    changed: &[&Rendered],
    ours: &BTreeSet<SitePath>,
    wanted: &BTreeSet<SitePath>,
    staged: &mut Vec<(PathBuf, PathBuf)>,
) -> Result<(), Error> {
    for document in changed {
        let place = dir.join(document.path.as_str());
        let folder = parent(&place);
        if !folder.is_dir() {
            fs::create_dir_all(&folder).map_err(disk("make the folder", &folder))?;
            sync_folder(&parent(&folder))?;
        }
        let temporary = temporary(&place);
        staged.push((temporary.clone(), place));
        write_synced(&temporary, &document.bytes)?;
    }
    write_manifest(dir, &ours.union(wanted).cloned().collect())
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
    write().map_err(disk("write", path))
}

/// Makes renames and removals in a folder survive a power cut.
fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk("write to disk the folder", folder))
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
