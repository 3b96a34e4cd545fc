//! Reads JSON Feed 1.0 and 1.1 (<https://www.jsonfeed.org/version/1.1/>); fields of a wrong type are read as far as
//! they make sense.

use serde_json::{Map, Value};
use url::Url;

use super::draft::Draft;
use super::flaws::Flaws;
use super::resolve::{resolve, resolve_html};
use super::{Error, date, limits};
use crate::model::{Enclosure, Feed, Format, Item, Link, Markup, Person};

type Object = Map<String, Value>;

/// Reads a feed from its JSON text.
pub fn read(text: &str, base: Option<&Url>, flaws: &mut Flaws<'_>) -> Result<Feed, Error> {
    let feed = match serde_json::from_str::<Value>(text) {
        Ok(value) => value,
        Err(error) => mended(text, &error, flaws)?,
    };
    let Value::Object(feed) = feed else { return Err(not_a_feed("it is no object with `version` and `items`")) };
    let is_feed = text_of(&feed, "version").is_some_and(|version| version.contains("jsonfeed.org"));
    let items = match feed.get("items") {
        Some(Value::Array(items)) => items.as_slice(),
        _ if is_feed => {
            flaws.note_whole("missing-items", || "The feed has no `items`: read as an empty feed.".to_owned());
            &[]
        }
        _ => return Err(not_a_feed("it has neither `items` nor the `version` of a JSON Feed")),
    };
    if !is_feed {
        flaws
            .note_whole("missing-version", || "The `version` is not that of JSON Feed: read as one anyway.".to_owned());
    }
    let page = text_of(&feed, "home_page_url").map(|page| resolve(&page, base));
    let page_url = page.as_deref().and_then(|page| Url::parse(page).ok());
    let base = base.or(page_url.as_ref().filter(|page| page.as_str().len() <= limits::BASE_BYTES));
    if items.len() > limits::ITEMS {
        flaws.note_whole("too-many-items", || {
            format!("{} items beyond the limit: left out.", items.len() - limits::ITEMS)
        });
    }
    let language = text_of(&feed, "language");
    let items = items.iter().take(limits::ITEMS).filter_map(|item| {
        let item = item.as_object();
        if item.is_none() {
            flaws.note_whole("wrong-type", || "An item is no object: left out.".to_owned());
        }
        Some(read_item(item?, base, language.as_deref(), flaws))
    });
    let items: Vec<Item> = items.collect();
    Ok(read_feed(&feed, page, base).into_feed(Format::Json, items))
}

fn not_a_feed(reason: &str) -> Error {
    Error::Json { reason: reason.to_owned() }
}

fn read_feed(feed: &Object, page: Option<String>, base: Option<&Url>) -> Draft {
    let mut draft = Draft::default();
    offer(text_of(feed, "title"), |title| draft.title.offer(1, Markup::Plain(title)));
    offer(page, |page| draft.link.offer(1, page));
    offer(text_of(feed, "description"), |text| draft.summary.offer(1, Markup::Plain(text)));
    offer(text_of(feed, "language"), |language| draft.language.offer(1, language));
    offer(text_of(feed, "icon"), |icon| draft.image.offer(2, resolve(&icon, base)));
    offer(text_of(feed, "favicon"), |icon| draft.image.offer(1, resolve(&icon, base)));
    for (key, rel) in [("feed_url", "self"), ("next_url", "next")] {
        offer(text_of(feed, key), |href| {
            draft.add_link(Link { rel: rel.into(), href: resolve(&href, base), media_type: None })
        });
    }
    for hub in list_of(feed, "hubs").iter().filter_map(Value::as_object) {
        offer(text_of(hub, "url"), |href| {
            draft.add_link(Link { rel: "hub".into(), href: resolve(&href, base), media_type: None });
        });
    }
    read_authors(feed, &mut draft, base);
    draft
}

fn read_item(item: &Object, base: Option<&Url>, language: Option<&str>, flaws: &mut Flaws<'_>) -> Item {
    let mut draft = Draft::default();
    if item.get("id").is_some_and(Value::is_number) {
        flaws.note_whole("wrong-type", || "An item's `id` is a number: read as text.".to_owned());
    }
    offer(text_of(item, "id"), |id| draft.id.offer(1, id));
    offer(text_of(item, "url"), |url| draft.link.offer(2, resolve(&url, base)));
    offer(text_of(item, "external_url"), |url| {
        let href = resolve(&url, base);
        draft.link.offer(1, href.clone());
        draft.add_link(Link { rel: "related".into(), href, media_type: None });
    });
    offer(text_of(item, "title"), |title| draft.title.offer(1, Markup::Plain(title)));
    offer(text_of(item, "summary"), |text| draft.summary.offer(1, Markup::Plain(text)));
    let html = text_of(item, "content_html").map(|html| resolve_html(&html, base).into_owned());
    offer(html, |html| draft.content.offer(2, Markup::Html(html)));
    offer(text_of(item, "content_text"), |text| draft.content.offer(1, Markup::Plain(text)));
    offer(text_of(item, "image"), |image| draft.image.offer(2, resolve(&image, base)));
    offer(text_of(item, "banner_image"), |image| draft.image.offer(1, resolve(&image, base)));
    for (key, slot) in [("date_published", &mut draft.published), ("date_modified", &mut draft.updated)] {
        let Some(text) = text_of(item, key) else { continue };
        match date::read(&text) {
            Some(date) => slot.offer(1, date),
            None => flaws.note_whole("bad-date", || {
                format!("`{}` is no date that is understood: left out.", crate::text::clip(&text, 60))
            }),
        }
    }
    for tag in list_of(item, "tags") {
        offer(text_in(tag), |tag| draft.add_category(&tag));
    }
    for file in list_of(item, "attachments").iter().filter_map(Value::as_object) {
        let size_bytes =
            file.get("size_in_bytes").and_then(|size| size.as_u64().or(size.as_f64().map(|size| size as u64)));
        let url = text_of(file, "url").map(|url| resolve(&url, base)).unwrap_or_default();
        draft.add_enclosure(1, Enclosure { url, media_type: text_of(file, "mime_type"), size_bytes });
    }
    offer(text_of(item, "language").or(language.map(str::to_owned)), |language| draft.language.offer(1, language));
    read_authors(item, &mut draft, base);
    if draft.id.get().is_none() {
        flaws.note_whole("missing-id", || "An item has no `id`.".to_owned());
    }
    draft.into_item()
}

/// 1.1's `authors`, else 1.0's `author`, which some write as a mere name.
fn read_authors(object: &Object, draft: &mut Draft, base: Option<&Url>) {
    let list = list_of(object, "authors");
    let single = object.get("author").map(std::slice::from_ref).unwrap_or_default();
    for author in if list.is_empty() { single } else { list } {
        let person = match author {
            Value::String(name) => super::draft::person(name),
            Value::Object(author) => Person {
                name: text_of(author, "name"),
                email: text_of(author, "email"),
                url: text_of(author, "url").map(|url| resolve(&url, base)),
            },
            _ => continue,
        };
        draft.add_author(1, person);
    }
}

fn offer<T>(value: Option<T>, take: impl FnOnce(T)) {
    if let Some(value) = value {
        take(value);
    }
}

fn list_of<'a>(object: &'a Object, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A text field that is not blank; numbers count as text.
fn text_of(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(text_in)
}

fn text_in(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let mut text = text.trim();
            if text.len() > limits::TEXT_BYTES {
                text = &text[..text.floor_char_boundary(limits::TEXT_BYTES)];
            }
            (!text.is_empty()).then(|| text.to_owned())
        }
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Tries again with what breaks most JSON mended: raw control characters in texts, commas before a closing bracket, and
/// a document that breaks off (kept up to its last whole value).
fn mended(text: &str, error: &serde_json::Error, flaws: &mut Flaws<'_>) -> Result<Value, Error> {
    let broken = || not_a_feed(&format!("it is broken: {error}"));
    let value = serde_json::from_str(&mend(text)).map_err(|_| broken())?;
    flaws.note_line("broken-json", u32::try_from(error.line()).unwrap_or(u32::MAX), || {
        format!("The JSON is broken ({error}): mended, and read as far as it goes.")
    });
    Ok(value)
}

fn mend(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut open: Vec<char> = Vec::new();
    // Up to where the output is whole, and what was open there.
    let mut whole = (0, Vec::new());
    let (mut in_text, mut escaped) = (false, false);
    for character in text.chars() {
        if in_text {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_text = false,
                '\u{0}'..'\u{20}' => {
                    out.push_str(&format!("\\u{:04x}", character as u32));
                    continue;
                }
                _ => {}
            }
            out.push(character);
            continue;
        }
        match character {
            '"' => in_text = true,
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => {
                let kept = out.trim_end().strip_suffix(',').map(str::len);
                out.truncate(kept.unwrap_or(out.len()));
                if open.pop() != Some(character) {
                    break;
                }
            }
            // Deeper values are dropped with what holds them, so that few states are remembered.
            ',' if open.len() <= 3 => whole = (out.len(), open.clone()),
            _ => {}
        }
        out.push(character);
        if matches!(character, '}' | ']') {
            if open.is_empty() {
                return out;
            }
            if open.len() <= 3 {
                whole = (out.len(), open.clone());
            }
        }
    }
    let (length, mut open) = whole;
    out.truncate(length);
    while let Some(closing) = open.pop() {
        out.push(closing);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_json_is_mended() {
        for (text, expected) in [
            ("{\"a\": [1, 2,], }", "{\"a\": [1, 2]}"),
            ("{\"a\": \"x\ny\"} junk", "{\"a\": \"x\\u000ay\"}"),
            ("{\"items\": [{\"id\": 1}, {\"id\": 2, \"t\": \"ab", "{\"items\": [{\"id\": 1}, {\"id\": 2}]}"),
            ("{\"items\": [{\"id\": 1}, {\"t", "{\"items\": [{\"id\": 1}]}"),
        ] {
            assert_eq!(mend(text), expected);
        }
    }
}
