//! Finds what is to be explained: a name in, the stories out, or a sentence that helps to find it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use anyhow::bail;

use crate::cluster::rulings::{EntryName, Rulings};
use crate::desk;
use crate::model::{EntryId, StoryEntries, StoryId};
use crate::store::Store;

/// Addresses of a host that are compared with the one that is not there, and how many of them are named.
const LOOKED_AT: usize = 500;
const NAMED: usize = 3;

/// Stories, and the entries in them that were asked for; none where a whole story was.
#[derive(Debug)]
pub(super) struct FoundStories {
    pub(super) stories: Vec<StoryEntries>,
    pub(super) asked: BTreeSet<EntryId>,
}

/// The story of an id, or the one that it was merged into.
pub(super) fn story(store: &Store, id: &StoryId) -> anyhow::Result<FoundStories> {
    let standing = store.resolve(id)?.map(|standing| store.story(&standing)).transpose()?.flatten();
    match standing {
        Some(story) => Ok(FoundStories { stories: vec![story], asked: BTreeSet::new() }),
        None => bail!(
            "the desk has no story {id}\n  = its reports may have been taken back; \
             `wiredesk explain URL` with the address of one of them tells where that is now"
        ),
    }
}

/// The stories of the entries that bear a name: one page may be in several feeds.
pub(super) fn entry(store: &Store, name: &EntryName, rulings: &Rulings) -> anyhow::Result<FoundStories> {
    let mut found = FoundStories { stories: Vec::new(), asked: BTreeSet::new() };
    for entry in desk::find_named(store, std::slice::from_ref(name))? {
        let Some(story) = store.story_of(entry.id)? else { continue };
        found.asked.insert(entry.id);
        if !found.stories.iter().any(|told| told.story.id == story) {
            found.stories.extend(store.story(&story)?);
        }
    }
    if found.stories.is_empty() {
        bail!("{}", unknown(store, name, rulings)?);
    }
    Ok(found)
}

/// What is said of a name that no entry bears.
fn unknown(store: &Store, name: &EntryName, rulings: &Rulings) -> anyhow::Result<String> {
    let mut said = match name {
        EntryName::Page { written, .. } => format!("the desk has no entry at {written}"),
        EntryName::Key { source, key } => format!("the desk has no entry that `{source}` calls `{key}`"),
        EntryName::Id(id) => format!("the desk has no entry with the id {id}"),
    };
    let ruling = rulings.list().iter().find(|ruling| rulings.named(ruling).any(|named| named == name));
    if let Some(ruling) = ruling {
        said += &format!(", though {} is about it: it holds as soon as the entry comes", rulings.place(ruling));
    }
    if let EntryName::Page { url, .. } = name {
        let host = url.0.split(['/', '?', '#']).next().unwrap_or_default();
        let mut others = store.urls_on(host, LOOKED_AT)?;
        others.sort_by_key(|other| Reverse((strsim::normalized_levenshtein(other, &url.0) * 1e6) as u64));
        others.dedup();
        said += &match others.as_slice() {
            [] => format!("\n  = it has none of {host}"),
            others => {
                let nearest: Vec<String> =
                    others.iter().take(NAMED).map(|other| format!("\n      https://{other}")).collect();
                format!("\n  = the nearest that it has of {host}:{}", nearest.concat())
            }
        };
    }
    let forms = "the address of a page, an entry's id, \"SOURCE GUID\", or a story's id (tag:…)";
    Ok(format!("{said}\n  = what can be asked for: {forms}"))
}
