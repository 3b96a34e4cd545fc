//! Reads a folder of local articles.
#![expect(clippy::disallowed_methods, reason = "the shell reads the articles' files")]

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use xxhash_rust::xxh3::Xxh3;

use super::{Core, publisher_of};
use crate::article;
use crate::cluster;
use crate::config::Site;
use crate::model::{Changes, Entry, Flaw, Location, Source};
use crate::store;
use crate::text;

/// No more of a file is read.
const MAX_FILE_BYTES: u64 = article::MAX_ARTICLE_BYTES as u64;
/// Deeper folders are not looked into: a link may lead in a circle.
const MAX_DEPTH: usize = 8;
/// More files than this in one folder are refused.
const MAX_FILES: usize = 20_000;

/// What a folder holds.
#[derive(Debug)]
pub(super) struct Folder {
    /// The articles that are to be published, drafts left out.
    pub(super) entries: Vec<Entry>,
    /// One line for each file that could not be read, and for each doubt about one that could.
    pub(super) problems: Vec<String>,
    /// Whether every file was read: only then is an article that is missing one that was taken back.
    pub(super) complete: bool,
    /// Changes when any file does, when an article's date comes, and with the site.
    pub(super) hash: u64,
}

/// Gives articles that are kept from a time when the site had another address their new one. Their files need not be
/// read for that: they are published before any is. Nothing else of them changes, so it is no news.
///
/// # Errors
/// When the store fails.
pub(super) fn move_to(site: &Site, core: &mut Core) -> Result<(), store::Error> {
    let mut changes = Changes::default();
    for source in core.sources.values().filter(|source| matches!(source.location, Location::Articles(_))) {
        for article in core.store.published_of(&source.id)? {
            let Some(moved) = article::moved(&article, &site.url) else { continue };
            if let Some(story) = core.store.known(&moved.source, &moved.key)?.and_then(|known| known.story) {
                core.index.insert(cluster::prepare(&moved, &publisher_of(&moved.source, &core.sources)), &story);
            }
            changes.held.extend(core.index.keep(moved.id).map(|bytes| (moved.id, bytes)));
            changes.entries.push(moved);
        }
    }
    if changes.entries.is_empty() {
        return Ok(());
    }
    tracing::info!("the site has a new address: {} articles get theirs", changes.entries.len());
    core.store.commit(&changes)
}

/// Reads all Markdown files below `dir`, in the order of their names.
///
/// # Errors
/// When the folder itself cannot be read. A file that cannot is a problem of its own and disturbs no other.
pub(super) fn read(dir: &Path, source: &Source, site: &Site, now: DateTime<Utc>) -> Result<Folder, String> {
    let mut paths = Vec::new();
    list(dir, 0, &mut paths).map_err(|error| {
        format!("Failed to read the folder of articles {}: {error}; make it, or correct `dir`", dir.display())
    })?;
    paths.sort();
    let mut folder = Folder { entries: Vec::new(), problems: Vec::new(), complete: true, hash: 0 };
    let mut hash = Xxh3::new();
    hash.update(site.url.as_str().as_bytes());
    hash.update(site.language.as_bytes());
    for path in paths {
        let name = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().into_owned();
        hash.update(name.as_bytes());
        let text = match read_file(&path) {
            Ok(text) => text,
            Err(error) => {
                hash.update(error.to_string().as_bytes());
                folder.problems.push(format!("{}: cannot be read: {error}", path.display()));
                folder.complete = false;
                continue;
            }
        };
        hash.update(text.as_bytes());
        match article::read(&name, &text, &site.url) {
            Ok(article) => {
                for Flaw { line, message, .. } in &article.flaws {
                    let line = line.map_or_else(String::new, |line| format!(":{line}"));
                    folder.problems.push(format!("{}{line}: {message}", path.display()));
                }
                hash.update(&[article.is_public(now).into()]);
                if !article.is_public(now) {
                    continue;
                }
                let entry = article::entry(&article, source, site, now);
                match folder.entries.iter().find(|other: &&Entry| other.key == entry.key) {
                    None => folder.entries.push(entry),
                    Some(other) => {
                        let title = text::clip(other.title.as_str(), 60);
                        folder.problems.push(format!(
                            "{}: its slug `{}` is taken by \"{title}\"; give one of the two another `slug`",
                            path.display(),
                            entry.key
                        ));
                    }
                }
            }
            Err(error) => {
                folder.problems.push(format!("{}: {error}", path.display()));
                folder.complete = false;
            }
        }
    }
    folder.hash = hash.digest();
    Ok(folder)
}

fn read_file(path: &Path) -> io::Result<String> {
    let file = fs::File::open(path)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::other(format!("it is larger than {MAX_FILE_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
        io::Error::other(format!("line {} is not UTF-8; save the file as UTF-8", line + 1))
    })
}

fn list(dir: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        let markdown = path.extension().is_some_and(|extension| extension == "md" || extension == "markdown");
        if hidden {
            continue;
        }
        if path.is_dir() && depth < MAX_DEPTH {
            list(&path, depth + 1, paths)?;
        } else if markdown {
            if paths.len() >= MAX_FILES {
                return Err(io::Error::other(format!("it holds more than {MAX_FILES} articles")));
            }
            paths.push(path);
        }
    }
    Ok(())
}
