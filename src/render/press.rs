//! Prints an edition again and again: what was written of a story is kept until the story says something else.
//!
//! What comes out depends on the edition alone, whatever was printed before.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use bytes::Bytes;
use foldhash::quality::RandomState;
use minijinja::value::Value;

use super::item::{self, Traits};
use super::{Error, Theme, View, address, feed_frame, feed_item, home, media_type, page, path};
use crate::config::{EditionFormat, Site};
use crate::model::{Edition, Piece, Rendered, StoryId};

/// Prints one edition: its formats, its site and its theme stay the same.
#[derive(Debug)]
pub struct Press {
    formats: Vec<EditionFormat>,
    covered_by: bool,
    site: Site,
    theme: Theme,
    /// What was written of the stories of the last edition.
    stories: HashMap<StoryId, Printed>,
    /// Makes one number of all that a story says, another one each time the program runs: nobody can aim at it. The
    /// story itself would take as much room as what was written of it.
    hasher: RandomState,
    last: Option<Last>,
    /// What the theme failed at.
    faults: Vec<Error>,
}

/// So many of them are told.
const MOST_FAULTS: usize = 8;

/// What was written of a story.
#[derive(Debug)]
struct Printed {
    /// The number of all that it said.
    said: u64,
    traits: Traits,
    /// In each of the formats: a part of the last document, so that it takes no room of its own. Empty for HTML.
    items: Vec<Bytes>,
    /// For the page.
    listed: Option<Value>,
}

/// What was printed last.
#[derive(Debug)]
struct Last {
    /// The edition without its stories.
    head: Edition,
    order: Vec<StoryId>,
    documents: Vec<Rendered>,
}

impl Press {
    /// One for an edition in these formats; who else covers a story is listed where `covered_by` is set.
    pub fn new(formats: &[EditionFormat], covered_by: bool, site: &Site, theme: &Theme) -> Self {
        let mut once: Vec<EditionFormat> = Vec::with_capacity(formats.len());
        for format in formats {
            if !once.contains(format) {
                once.push(*format);
            }
        }
        let (site, theme) = (site.clone(), theme.clone());
        Self {
            formats: once,
            covered_by,
            site,
            theme,
            stories: HashMap::new(),
            hasher: RandomState::default(),
            last: None,
            faults: Vec::new(),
        }
    }

    /// Renders the edition in each of its formats: `NAME.atom`, `NAME.rss`, `NAME.json`, `NAME.html`.
    ///
    /// A story is one item whose id is the story's, for good; its text is the lead's, followed (where `covered_by` is
    /// set) by who else covers it.
    ///
    /// Where the theme fails, our own templates stand in; [`Self::faults`] tells of it.
    ///
    /// # Errors
    /// When a writer or a template of ours fails, which no text in an entry should be able to bring about.
    pub fn print(&mut self, edition: &Edition) -> Result<Vec<Rendered>, Error> {
        for piece in &edition.pieces {
            let said = self.hasher.hash_one(piece);
            if self.stories.get(&piece.story).is_none_or(|known| known.said != said) {
                // Whatever comes of it, the last documents are not the edition any more.
                self.last = None;
                let printed = self.write(piece, said, edition)?;
                self.stories.insert(piece.story.clone(), printed);
            }
        }
        if let Some(last) = self.last.as_ref().filter(|last| last.is(edition)) {
            return Ok(last.documents.clone());
        }
        let documents = self.put_together(edition)?;
        self.keep(edition, &documents);
        Ok(documents)
    }

    /// What the theme failed at since this was last asked for.
    pub fn faults(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.faults)
    }

    fn write(&mut self, piece: &Piece, said: u64, edition: &Edition) -> Result<Printed, Error> {
        let item = item::of(piece, self.covered_by, &self.site);
        let write = |format: &EditionFormat| Ok(feed_item(*format, &item, &edition.name)?.unwrap_or_default().into());
        let items = self.formats.iter().map(write).collect::<Result<_, Error>>()?;
        let listed = match self.formats.contains(&EditionFormat::Html) {
            true => {
                let list = |theme: &Theme| page::listed(&item, &edition.name, &self.site, theme);
                Some(self.theme.make(list, |fault| note(&mut self.faults, fault))?)
            }
            false => None,
        };
        Ok(Printed { said, traits: Traits::of(&item), items, listed })
    }

    fn put_together(&mut self, edition: &Edition) -> Result<Vec<Rendered>, Error> {
        let stories: Vec<&Printed> = edition.pieces.iter().filter_map(|piece| self.stories.get(&piece.story)).collect();
        let traits = stories.iter().map(|printed| printed.traits).reduce(Traits::and);
        let view = View { edition, site: &self.site, home: home(edition, &self.formats, &self.site), traits };
        let mut documents = Vec::with_capacity(self.formats.len());
        for (at, format) in self.formats.iter().enumerate() {
            let (bytes, cuts) = match feed_frame(*format, &view)? {
                Some(frame) => {
                    let items = stories.iter().filter_map(|printed| printed.items.get(at));
                    let (bytes, cuts) = frame.fill(items.map(|item| &item[..]));
                    (bytes, Some(cuts))
                }
                None => {
                    let listed = stories.iter().filter_map(|printed| printed.listed.clone());
                    let listed: Vec<Value> = listed.collect();
                    let fill = |theme: &Theme| page::edition(&view, &self.formats, listed.clone(), theme);
                    (self.theme.make(fill, |fault| note(&mut self.faults, fault))?, None)
                }
            };
            let document = Rendered::new(path(&edition.name, *format), media_type(*format), bytes, edition.updated);
            // A page is no topic: it changes with every theme.
            let hub = view.hub().filter(|_| *format != EditionFormat::Html);
            let own = || address(&edition.name, *format, &self.site);
            let link = hub.map(|hub| format!("<{hub}>; rel=\"hub\", <{}>; rel=\"self\"", own()));
            documents.push(Rendered { cuts, link, ..document });
        }
        Ok(documents)
    }

    /// Remembers what was printed, and forgets the stories that the edition has not.
    fn keep(&mut self, edition: &Edition, documents: &[Rendered]) {
        let mut stories = HashMap::with_capacity(edition.pieces.len());
        for (place, piece) in edition.pieces.iter().enumerate() {
            let Some((id, mut printed)) = self.stories.remove_entry(&piece.story) else { continue };
            for (item, document) in printed.items.iter_mut().zip(documents) {
                let range = document.cuts.as_ref().and_then(|cuts| cuts.items.get(place));
                if let Some(range) = range {
                    *item = document.bytes.slice(range.clone());
                }
            }
            stories.insert(id, printed);
        }
        self.stories = stories;
        let order = edition.pieces.iter().map(|piece| piece.story.clone()).collect();
        self.last = Some(Last { head: head(edition), order, documents: documents.to_vec() });
    }
}

impl Last {
    /// Whether that is what the edition says, where its stories say what they said.
    fn is(&self, edition: &Edition) -> bool {
        self.order.iter().eq(edition.pieces.iter().map(|piece| &piece.story)) && self.head == head(edition)
    }
}

fn note(faults: &mut Vec<Error>, fault: Error) {
    if faults.len() < MOST_FAULTS {
        faults.push(fault);
    }
}

/// An edition without its stories.
fn head(edition: &Edition) -> Edition {
    Edition {
        name: edition.name.clone(),
        title: edition.title.clone(),
        description: edition.description.clone(),
        updated: edition.updated,
        pieces: Vec::new(),
        history: edition.history,
        hub: edition.hub.clone(),
    }
}
