//! A feed as `wiredesk parse --json` prints it: one object, whose keys are only ever added to.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::model::{Feed, Item, Markup, Parsed};
use crate::parse::resolve_html;

fn date(date: Option<DateTime<Utc>>) -> Option<String> {
    date.map(|date| date.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// An item's text with the references in its HTML made absolute.
fn absolute<'a>(item: &'a Item, markup: Option<&'a Markup>) -> Option<Cow<'a, str>> {
    markup.map(|markup| match markup {
        Markup::Plain(text) => Cow::Borrowed(text.as_str()),
        Markup::Html(html) => resolve_html(html, item.base.as_deref()),
    })
}

fn raw(markup: Option<&Markup>) -> Option<&str> {
    markup.map(Markup::raw)
}

/// One JSON object for a feed.
pub fn feed(input: &str, parsed: &Parsed) -> Value {
    let Feed { items, .. } = &parsed.feed;
    let feed = &parsed.feed;
    json!({
        "file": input,
        "ok": true,
        "feed": {
            "format": feed.format,
            "title": raw(feed.title.as_ref()),
            "link": feed.link,
            "id": feed.id,
            "description": raw(feed.description.as_ref()),
            "language": feed.language,
            "updated": date(feed.updated),
            "published": date(feed.published),
            "author": feed.authors.first(),
            "authors": feed.authors,
            "rights": raw(feed.rights.as_ref()),
            "image": feed.image,
            "generator": feed.generator,
            "links": feed.links,
            "ttl_minutes": feed.ttl_minutes,
            "version": feed.version,
            "contributors": feed.contributors,
            "image_size": feed.image_size,
            "update_minutes": feed.update_minutes,
            "skip_hours": feed.skip_hours,
            "skip_days": feed.skip_days,
        },
        "entries": items.iter().map(item).collect::<Vec<_>>(),
        "flaws": parsed.flaws,
    })
}

fn item(item: &Item) -> Value {
    json!({
        "id": item.id,
        "link": item.link,
        "title": absolute(item, item.title.as_ref()),
        "summary": absolute(item, item.summary.as_ref()),
        "content": absolute(item, item.content.as_ref()),
        "published": date(item.published),
        "updated": date(item.updated),
        "authors": item.authors,
        "enclosures": item.enclosures,
        "categories": item.categories,
        "comments": item.comments,
        "image": item.image,
        "rights": absolute(item, item.rights.as_ref()),
        "language": item.language,
        "links": item.links,
        "translations": item.translations,
        "line": item.line,
        "contributors": item.contributors,
        "comment_count": item.comment_count,
        "image_size": item.image_size,
        "media": item.media,
        "podcast": item.podcast,
        "place": item.place,
        "source": item.source,
    })
}
