//! Derives the site from the store: editions, story pages, article pages, the index page.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context;

use super::{Core, Desk, archives, outlets, shelf};
use crate::config::{Config, EditionFormat, Order};
use crate::edit;
use crate::model::{
    Entry, EntryId, Location, Readers, Rendered, SitePath, Source, SourceId, Sources, StoryEntries, StoryId,
};
use crate::render::{self, Listing, Press, Theme};
use crate::serve::Snapshot;
use crate::store::{self, StoryOrder};

/// Stories that an edition chooses from, for each one that it may carry: per-publisher limits and the number of
/// publishers are judged by `edit`, which must have enough to choose from.
const CANDIDATES_PER_ITEM: usize = 10;
/// And never fewer than this.
const LEAST_CANDIDATES: usize = 500;

impl Desk {
    /// Renders the site from what the store holds, serves it from now on, and writes it where it is published.
    /// Returns how many files changed.
    ///
    /// # Errors
    /// When the store cannot be read: the old site stays then. Or when the folder cannot be written, where the old site
    /// stays.
    pub async fn publish(&self) -> anyhow::Result<usize> {
        // Two at once would write the same files.
        let _turn = self.publishing.lock().await;
        let config = self.config.clone();
        let hub = self.subscribers.hub();
        let documents = self.with_core(move |core| documents(&config, hub.as_ref(), core)).await??;
        let (outlets, site) = (self.outlets.clone(), self.site.clone());
        let work = tokio::task::spawn_blocking(move || {
            outlets.renew(documents.as_slice().into());
            site.replace(Snapshot::new(documents, Some(&site.current())));
        });
        work.await.context("Publishing broke off")?;
        self.subscribers.look();
        self.write_folder().await
    }

    /// The same for the daemon, which goes on when the folder cannot be written, and writes it later.
    pub(super) async fn publish_and_go_on(&self) -> anyhow::Result<usize> {
        match self.publish().await {
            Err(error) if outlets::is_of_folder(&error) => {
                self.folder_failed(&error);
                Ok(0)
            }
            done => done,
        }
    }
}

fn documents(config: &Config, hub: Option<&String>, core: &mut Core) -> anyhow::Result<Vec<Rendered>> {
    let sources = named(core)?;
    core.shelf.open(&sources);
    let mut documents = Vec::new();
    let mut editions = Vec::with_capacity(config.editions.len());
    let mut shown = BTreeMap::new();
    for spec in &config.editions {
        let all = core.sources.values();
        let selects_all = all.clone().all(|source| spec.selects(source));
        let selected = all.filter(|source| spec.selects(source)).map(|source| source.id.clone());
        let selected: Option<Vec<SourceId>> = (!selects_all).then(|| selected.collect());
        let order = match spec.order {
            Order::FirstSeen => StoryOrder::FirstSeen,
            Order::Published => StoryOrder::Published,
            Order::Updated | Order::Coverage => StoryOrder::Updated,
        };
        let limit = (spec.items * CANDIDATES_PER_ITEM).max(LEAST_CANDIDATES);
        let mut stories = shelf::stories(core, &spec.name, selected.as_deref(), order, limit, &config.stories)?;
        let mut edition = edit::edition(spec, &stories, &sources);
        edition.hub = hub.filter(|_| spec.readers.is_everyone()).cloned();
        let archived = archives::archive(core, spec, &mut edition, &sources, config)?;
        let press = core
            .presses
            .entry(spec.name.clone())
            .or_insert_with(|| Press::new(&spec.formats, spec.covered_by, &config.site, core.theme.chosen()));
        let rendered = press.print(&edition).with_context(|| format!("Failed to render edition `{}`", spec.name))?;
        core.theme.tell(press.faults());
        documents.extend(archived.into_iter().chain(rendered).map(|document| document.only_for(&spec.readers)));
        if spec.formats.contains(&EditionFormat::Html) {
            let carried: BTreeSet<&StoryId> = edition.pieces.iter().map(|piece| &piece.story).collect();
            stories.retain(|told| carried.contains(&told.story.id));
            for told in stories {
                // What one of the editions that show it shows to everyone is for everyone.
                let readers = match shown.remove(&told.story.id) {
                    Some((_, readers)) => spec.readers.clone().and(&readers),
                    None => spec.readers.clone(),
                };
                shown.insert(told.story.id.clone(), (told, readers));
            }
        }
        if spec.readers.is_everyone() {
            editions.push((edition, spec.formats.as_slice()));
        }
    }
    documents.extend(story_pages(shown, &sources, config, core)?);
    let articles = articles(&core.sources, core)?;
    let mut open_articles = Vec::with_capacity(articles.len());
    for article in &articles {
        let readers = readers_of(sources.get(&article.source).map(Arc::as_ref), config);
        if readers.is_everyone() {
            open_articles.push(article);
        }
        documents.push(core.theme.make(|theme| render::article(article, &config.site, theme))?.only_for(&readers));
    }
    let listings: Vec<Listing<'_>> = editions.iter().map(|(edition, formats)| Listing { edition, formats }).collect();
    let open = || config.editions.iter().filter(|spec| spec.readers.is_everyone());
    let carried = sources.values().map(Arc::as_ref).filter(|source| open().any(|spec| spec.selects(source)));
    let lists: Vec<Rendered> =
        [render::editions_list(&listings, &config.site), render::sources_list(carried, &config.site)]
            .into_iter()
            .flatten()
            .collect();
    let index = |theme: &Theme| render::index(&listings, &open_articles, &lists, &config.site, theme);
    documents.push(core.theme.make(index)?);
    documents.extend(lists);
    documents.push(core.theme.make(|theme| render::not_found(&config.site, theme))?);
    documents.extend(render::styles(core.theme.chosen()));
    core.shelf.close();
    Ok(documents)
}

/// Who may read the articles of a source: who may read an edition that selects it, and everyone where none does.
fn readers_of(source: Option<&Source>, config: &Config) -> Readers {
    let selecting = config.editions.iter().filter(|spec| source.is_some_and(|source| spec.selects(source)));
    selecting.map(|spec| spec.readers.clone()).reduce(|all, readers| all.and(&readers)).unwrap_or_default()
}

/// A page for each story that a page of an edition shows, and one that leads to it for each story that became part of
/// it: people keep addresses.
fn story_pages(
    shown: BTreeMap<StoryId, (Arc<StoryEntries>, Readers)>,
    sources: &Sources,
    config: &Config,
    core: &mut Core,
) -> anyhow::Result<Vec<Rendered>> {
    let changed = shown.values().filter(|(told, _)| core.shelf.page(&told.story.id).is_none());
    let members: Vec<EntryId> = changed.flat_map(|(told, _)| &told.entries).map(|entry| entry.id).collect();
    let mut versions = core.store.versions(&members)?;
    let aliases = core.store.aliases(shown.keys())?;
    let mut pages = Vec::with_capacity(shown.len() + aliases.len());
    let mut of_stories = BTreeMap::new();
    for (id, (told, readers)) in shown {
        let page = match core.shelf.page(&id) {
            Some(page) => page,
            None => {
                let timeline = edit::timeline(Arc::unwrap_or_clone(told), &mut versions, sources);
                let page = core.theme.make(|theme| render::story(&timeline, &config.site, theme))?;
                core.shelf.keep_page(&id, &page);
                page
            }
        };
        pages.extend(page.into_iter().map(|page| page.only_for(&readers)));
        of_stories.insert(id, readers);
    }
    // An address is made of an id without the site's name, so that two ids may share one.
    let mut taken: BTreeSet<SitePath> = pages.iter().map(|page| page.path.clone()).collect();
    for (alias, story) in aliases {
        if taken.contains(&render::story_path(&story)) && taken.insert(render::story_path(&alias)) {
            let readers = of_stories.get(&story).cloned().unwrap_or_default();
            let page = core.theme.make(|theme| render::alias(&alias, &story, &config.site, theme))?;
            pages.push(page.only_for(&readers));
        }
    }
    Ok(pages)
}

/// The sources as people know them: one without a configured name has its feed's title.
fn named(core: &Core) -> Result<Arc<Sources>, store::Error> {
    let mut sources = Arc::clone(&core.sources);
    if sources.values().all(|source| source.name.is_some()) {
        return Ok(sources);
    }
    let named = Arc::make_mut(&mut sources);
    for (id, title) in core.store.titles()? {
        if let Some(source) = named.get_mut(&id)
            && source.name.is_none()
            && !title.is_empty()
        {
            Arc::make_mut(source).name = Some(title);
        }
    }
    Ok(sources)
}

fn articles(sources: &Sources, core: &Core) -> Result<Vec<Entry>, store::Error> {
    let mut articles = Vec::new();
    for source in sources.values().filter(|source| matches!(source.location, Location::Articles(_))) {
        articles.extend(core.store.published_of(&source.id)?);
    }
    articles.sort_by(|a, b| b.published.cmp(&a.published).then_with(|| a.key.cmp(&b.key)));
    // Two folders may hold the same slug; the newer article has the address.
    let mut taken = BTreeSet::new();
    articles.retain(|article| taken.insert(article.key.clone()));
    Ok(articles)
}
