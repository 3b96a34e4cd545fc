//! Writes an edition as JSON Feed 1.1.

use serde::Serialize;

use super::cuts::{self, Frame};
use super::item::{Author, Item};
use super::{Error, View, address, clean};
use crate::config::EditionFormat;
use crate::model::EditionName;
use crate::text;

/// Writes the document around its items.
pub(super) fn frame(view: &View<'_>) -> Result<Frame, Error> {
    let items = view.traits.map(|_| StandIn { id: "" });
    let mut bytes = write(&feed(view, items.into_iter().collect()), &view.edition.name)?;
    bytes.push(b'\n');
    let cuts = cuts::json(&bytes);
    Frame::of(bytes, cuts).ok_or_else(|| view.lost())
}

/// Writes one item, as it stands in the document.
pub(super) fn item(item: &Item<'_>, edition: &EditionName) -> Result<Vec<u8>, Error> {
    let bytes = write(&Items { items: [json_item(item)] }, edition)?;
    cuts::only(&bytes, cuts::json(&bytes)).ok_or_else(|| item.lost(edition))
}

fn write(value: &impl Serialize, edition: &EditionName) -> Result<Vec<u8>, Error> {
    serde_json::to_vec_pretty(value).map_err(|cause| Error::Json { edition: edition.clone(), cause })
}

/// Stands where the items are to stand.
#[derive(Serialize)]
struct StandIn {
    id: &'static str,
}

/// An item as deep as it lies in the document.
#[derive(Serialize)]
struct Items<'a> {
    items: [JsonItem<'a>; 1],
}

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    /// For people who look at the document itself.
    user_comment: String,
    title: String,
    home_page_url: &'a str,
    feed_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    authors: Vec<JsonAuthor>,
    language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hubs: Option<[JsonHub<'a>; 1]>,
    items: Vec<StandIn>,
}

#[derive(Serialize)]
struct JsonHub<'a> {
    r#type: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct JsonAuthor {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct JsonItem<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    date_published: String,
    date_modified: String,
    authors: Vec<JsonAuthor>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<JsonAttachment<'a>>,
    _wiredesk: Extension<'a>,
}

#[derive(Serialize)]
struct JsonAttachment<'a> {
    url: &'a str,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_in_seconds: Option<u32>,
}

/// What no field of JSON Feed says: the story's revision, whence its lead was taken, and who else covers it.
#[derive(Serialize)]
struct Extension<'a> {
    revision: u32,
    publisher: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<JsonSource<'a>>,
    coverage: Vec<JsonCovering<'a>>,
}

#[derive(Serialize)]
struct JsonSource<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonCovering<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    title: &'a str,
    publisher: &'a str,
    date_published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
}

fn feed<'a>(view: &'a View<'a>, items: Vec<StandIn>) -> JsonFeed<'a> {
    let site_url = Some(clean::uri(&view.site.url));
    JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        user_comment: format!(
            "This is a web feed. To subscribe, give its address to your feed reader. The same as a page: {}",
            view.home
        ),
        title: view.title(),
        home_page_url: &view.home,
        feed_url: address(&view.edition.name, EditionFormat::Json, view.site),
        description: view.description(),
        authors: vec![JsonAuthor { name: view.owner(), url: site_url }],
        language: &view.site.language,
        hubs: view.hub().map(|url| [JsonHub { r#type: "WebSub", url }]),
        items,
    }
}

fn json_item<'a>(item: &'a Item<'a>) -> JsonItem<'a> {
    let html = Some(item.content.as_str()).filter(|content| !content.is_empty());
    JsonItem {
        id: item.piece.story.as_str(),
        url: item.link.as_deref(),
        title: &item.title,
        content_html: html,
        // One of the two is required.
        content_text: html.is_none().then_some(item.title.as_str()),
        summary: Some(clean::line(text::plain(&item.summary).as_str())).filter(|summary| !summary.is_empty()),
        image: item.image.as_deref(),
        date_published: clean::rfc3339(item.published),
        date_modified: clean::rfc3339(item.updated),
        authors: item.authors.iter().map(author).collect(),
        tags: &item.categories,
        language: item.language,
        attachments: item
            .enclosures
            .iter()
            .map(|file| JsonAttachment {
                url: &file.url,
                mime_type: &file.media_type,
                size_in_bytes: file.size_bytes,
                duration_in_seconds: file.duration_seconds,
            })
            .collect(),
        _wiredesk: extension(item),
    }
}

fn extension<'a>(item: &'a Item<'a>) -> Extension<'a> {
    Extension {
        revision: item.piece.revision,
        publisher: &item.publisher_name,
        source: item.source.as_ref().map(|source| JsonSource {
            title: &source.title,
            feed_url: source.feed.as_deref(),
            home_page_url: source.home.as_deref(),
        }),
        coverage: item
            .coverage
            .iter()
            .map(|other| JsonCovering {
                url: other.link.as_deref(),
                title: &other.title,
                publisher: &other.publisher_name,
                date_published: clean::rfc3339(other.published),
                language: other.language,
            })
            .collect(),
    }
}

fn author(author: &Author) -> JsonAuthor {
    let mail = || author.email.as_ref().map(|email| format!("mailto:{email}"));
    JsonAuthor { name: author.name.clone(), url: author.url.clone().or_else(mail) }
}
