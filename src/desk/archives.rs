//! Keeps the history of editions: notes what they carry, closes archives, and takes out what its owner took back.

use std::collections::BTreeMap;

use anyhow::Context;

use super::{Core, lead};
use crate::config::{Config, EditionSpec, Order};
use crate::edit;
use crate::model::{ArchiveName, Edition, EditionName, History, Rendered, Sources};
use crate::render;
use crate::store::{self, Closing, Waiting};

/// So many archives are closed at one publication; the next one goes on.
const MOST_CLOSED: usize = 4;

/// So many stories are kept in the archives of an edition, or one archive: they are served from memory, and the store is
/// asked at each publication what became of them.
const MOST_STORIES: usize = 5_000;

/// A document of a closed archive, as it is published.
#[derive(Debug, Clone)]
pub(super) struct Archived {
    number: u32,
    name: ArchiveName,
    document: Rendered,
}

/// The archives of editions that were read from the store: closed ones do not change, so they are read once.
pub(super) type Archives = BTreeMap<EditionName, Vec<Archived>>;

/// Brings the archives of an edition up to date with what it carries now. Returns all of their documents; the edition
/// learns which archive is the last.
pub(super) fn archive(
    core: &mut Core,
    spec: &EditionSpec,
    edition: &mut Edition,
    sources: &Sources,
    config: &Config,
) -> anyhow::Result<Vec<Rendered>> {
    if spec.archives == 0 || !render::ARCHIVE_FORMATS.iter().any(|format| spec.formats.contains(format)) {
        return Ok(Vec::new());
    }
    let mut kept = match core.archives.remove(&spec.name) {
        Some(kept) => kept,
        None => read(&core.store, &spec.name)?,
    };
    let updated = update(core, spec, edition, &mut kept, sources, config);
    let documents = kept.iter().map(|archived| archived.document.clone()).collect();
    edition.history.previous = kept.last().map(|archived| archived.name);
    if updated.is_ok() {
        core.archives.insert(spec.name.clone(), kept);
    }
    updated.with_context(|| format!("Failed to keep the archives of edition `{}`", spec.name))?;
    Ok(documents)
}

fn read(store: &store::Store, edition: &EditionName) -> Result<Vec<Archived>, store::Error> {
    let documents = store.archives(edition)?.into_iter();
    let archived = documents.filter_map(|kept| {
        let document = render::kept_archive(&kept.path, kept.bytes, Some(kept.updated))?;
        Some(Archived { number: kept.number, name: kept.name.parse().ok()?, document })
    });
    Ok(archived.collect())
}

fn update(
    core: &mut Core,
    spec: &EditionSpec,
    edition: &Edition,
    kept: &mut Vec<Archived>,
    sources: &Sources,
    config: &Config,
) -> anyhow::Result<()> {
    core.store.carry(&spec.name, edition.pieces.iter().map(|piece| &piece.story))?;
    take_out(core, &spec.name, kept)?;
    for _ in 0..MOST_CLOSED {
        let mut waiting = core.store.waiting(&spec.name)?;
        let changed: Vec<_> = waiting.iter().map(|one| one.changed).collect();
        waiting.truncate(edit::closing(&changed, spec.items));
        if waiting.is_empty() {
            break;
        }
        close(core, spec, &waiting, kept, sources, config)?;
    }
    Ok(())
}

/// Takes stories out of the archives that lost their last report: it is not for an archive to keep what an editor deleted.
fn take_out(core: &mut Core, edition: &EditionName, kept: &mut [Archived]) -> anyhow::Result<()> {
    let gone = core.store.taken_back(edition)?;
    if gone.is_empty() {
        return Ok(());
    }
    let mut renewed = Vec::new();
    for (at, archived) in kept.iter_mut().enumerate() {
        for story in &gone {
            if let Some(document) = render::without(&archived.document, story) {
                archived.document = document;
                renewed.push(at);
            }
        }
    }
    let renewed: Vec<&Rendered> = renewed.into_iter().filter_map(|at| Some(&kept.get(at)?.document)).collect();
    Ok(core.store.take_out(edition, &gone, &renewed)?)
}

fn close(
    core: &mut Core,
    spec: &EditionSpec,
    waiting: &[Waiting],
    kept: &mut Vec<Archived>,
    sources: &Sources,
    config: &Config,
) -> anyhow::Result<()> {
    let mut stories = Vec::with_capacity(waiting.len());
    for one in waiting {
        stories.extend(core.store.story(&one.story)?);
    }
    for told in &mut stories {
        if let Some(lead) = lead(&told.entries, &core.docket.rulings, sources, &config.stories) {
            told.story.lead = lead;
        }
    }
    // The edition has chosen them already.
    let all = EditionSpec {
        include: Vec::new(),
        items: stories.len(),
        per_publisher: None,
        min_publishers: 1,
        order: Order::Updated,
        ..spec.clone()
    };
    let first = waiting.first().map(|one| ArchiveName::of(one.changed)).context("There is nothing to archive")?;
    let of_month = kept.iter().map(|archived| archived.name).filter(|name| name.is_of_month_of(first));
    let name = of_month.max().map_or(first, ArchiveName::next_part);
    let last = kept.last().map(|archived| (archived.number, archived.name));
    let mut edition = edit::edition(&all, &stories, sources);
    edition.history = History { archive: Some(name), previous: last.map(|(_, name)| name) };
    let documents = render::archive(&edition, &spec.formats, spec.covered_by, &config.site)?;
    let number = last.map_or(1, |(number, _)| number.saturating_add(1));
    let keep = spec.archives.min(MOST_STORIES / spec.items.max(1)).max(1);
    let keep_from = number.saturating_sub(u32::try_from(keep).unwrap_or(u32::MAX).saturating_sub(1));
    let mut renewed = Vec::new();
    for archived in kept.iter().filter(|archived| Some(archived.number) == last.map(|(number, _)| number)) {
        renewed.extend(render::with_next(&archived.document, &spec.name, name, &config.site));
    }
    core.store.close_archive(&Closing {
        edition: &spec.name,
        number,
        name: name.to_string(),
        documents: &documents,
        stories: waiting,
        renewed: &renewed,
        keep_from,
    })?;
    for document in renewed {
        if let Some(archived) = kept.iter_mut().find(|archived| archived.document.path == document.path) {
            archived.document = document;
        }
    }
    kept.extend(documents.into_iter().map(|document| Archived { number, name, document }));
    kept.retain(|archived| archived.number >= keep_from);
    Ok(())
}
