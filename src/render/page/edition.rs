//! The page of an edition. What it shows of a story is filled in by itself, so that it can be kept.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{
    FeedLink, Headline, Imprint, Moment, dir, feed_links, frame, headline, imprint, moment, story_path, teaser,
};
use crate::config::{EditionFormat, Site};
use crate::model::EditionName;
use crate::render::item::Item;
use crate::render::{Error, Theme, View, path};

/// A story in an edition's list.
#[derive(Serialize)]
struct Story {
    headline: Headline,
    image: Option<String>,
    teaser: String,
    coverage: Vec<Headline>,
    /// The story's own page.
    page: String,
    /// All of that, filled in.
    html: Option<Value>,
}

/// The page of an edition, with what [`listed`] made of its stories.
pub(in crate::render) fn edition(
    view: &View<'_>,
    formats: &[EditionFormat],
    stories: Vec<Value>,
    theme: &Theme,
) -> Result<Vec<u8>, Error> {
    #[derive(Serialize)]
    struct EditionPage {
        feeds: Vec<FeedLink>,
        stories: Vec<Value>,
        updated: Option<Moment>,
    }
    let feeds = feed_links(view.edition, formats, view.site);
    let rest = EditionPage { feeds, stories, updated: view.edition.updated.map(moment) };
    let mut page = frame(view.title(), view.site, "", rest);
    page.description = view.description();
    page.canonical = Some(view.home.clone());
    theme.fill("edition.html", &path(&view.edition.name, EditionFormat::Html), page)
}

/// A story as the page of an edition lists it.
pub(in crate::render) fn listed(
    item: &Item<'_>,
    edition: &EditionName,
    site: &Site,
    theme: &Theme,
) -> Result<Value, Error> {
    #[derive(Serialize)]
    struct Listed<'a> {
        story: &'a Story,
        root: &'static str,
        home: &'static str,
        site: Imprint<'a>,
    }
    let coverage = item
        .coverage
        .iter()
        .map(|other| Headline {
            title: other.title.clone(),
            link: other.link.clone(),
            language: other.language.map(str::to_owned),
            dir: dir(other.language, &other.title),
            publisher: other.publisher_name.clone(),
            published: moment(other.published),
        })
        .collect();
    let mut story = Story {
        headline: headline(item),
        image: item.image.clone(),
        teaser: teaser(&item.piece.lead),
        coverage,
        page: story_path(&item.piece.story).to_string(),
        html: None,
    };
    let path = path(edition, EditionFormat::Html);
    let html = theme.part("listed.html", &path, Listed { story: &story, root: "", home: "./", site: imprint(site) })?;
    story.html = Some(Value::from_safe_string(html));
    Ok(Value::from(Serde(story)))
}
