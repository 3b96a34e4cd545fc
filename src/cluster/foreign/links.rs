//! Marks of what an entry points at: pages elsewhere, and its picture. Reports that point at one thing mostly tell of it.

use url::Url;

use super::scan::hashed;
use super::{Kind, Mark};
use crate::cluster::limits::TEXT_BYTES;
use crate::model::{Entry, registrable_domain};
use crate::text::{canonical_url, links};

/// Links of a text that are looked at: whoever has more is a directory.
const MAX_LINKS: usize = 8;
/// A part of a picture's path with so many letters and digits names it by itself, on any host and in any size.
const TELLING_CHARS: usize = 16;

/// The marks of an entry's links to pages that are not its publisher's, and of its picture, in any order.
pub(in crate::cluster) fn marks(entry: &Entry) -> Vec<Mark> {
    let own = entry.link.as_ref().and_then(Url::host_str).map(registrable_domain);
    let html = entry.body().as_str();
    let page = |href: String| {
        let url = Url::parse(&href).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let elsewhere = url.host_str().map(registrable_domain) != own;
        let canonical = canonical_url(&url).0;
        // A front door is no page that a report is about.
        let is_page = canonical.split_once('/').is_some_and(|(_, path)| !path.is_empty());
        (elsewhere && is_page).then_some(canonical)
    };
    let pages = links(&html[..html.floor_char_boundary(TEXT_BYTES)], MAX_LINKS).into_iter().filter_map(page);
    let names = pages.chain(entry.image.as_ref().map(picture));
    let mark = |name: String| Mark { id: hashed(name.as_bytes()), kind: Kind::Link, weight: 1.0, in_title: false };
    names.map(mark).collect()
}

/// What a picture is known by: the longest part of its path that looks like an id, else its address without the
/// query, in which its size stands.
fn picture(url: &Url) -> String {
    let looks_like_an_id = |part: &&str| {
        part.chars().filter(char::is_ascii_alphanumeric).count() >= TELLING_CHARS
            && part.contains(|c: char| c.is_ascii_digit())
    };
    let id = url.path_segments().into_iter().flatten().filter(looks_like_an_id).max_by_key(|part| part.len());
    id.map_or_else(
        || format!("picture {}{}", url.host_str().unwrap_or_default(), url.path()),
        |id| format!("picture {id}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_one_in_every_size() {
        let name = |address: &str| picture(&Url::parse(address).expect("an address"));
        let table = [
            (
                "https://i.a.example/240/c/1d5a/live/0a1b2c30-44d5-11ee-9b58.jpg",
                "https://i.b.example/1024/c/1d5a/live/0a1b2c30-44d5-11ee-9b58.jpg",
                true,
            ),
            ("https://a.example/photo.jpg?w=100", "https://a.example/photo.jpg?w=900", true),
            ("https://a.example/1/photo.jpg", "https://a.example/2/photo.jpg", false),
            ("https://a.example/photo.jpg", "https://b.example/photo.jpg", false),
        ];
        for (one, other, same) in table {
            assert_eq!(name(one) == name(other), same, "{one} {other}");
        }
    }
}
