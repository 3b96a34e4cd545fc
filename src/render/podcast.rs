//! What podcast programs and Media RSS readers want to know of attached files, as extensions of RSS and Atom.

use std::collections::BTreeMap;

use rss::extension::itunes::{ITunesChannelExtension, ITunesItemExtension};

use super::View;
use super::item::{File, Item};
use crate::model::Size;

/// The namespace of Podcast 2.0.
pub(super) const PODCAST: &str = "https://podcastindex.org/namespace/1.0";

/// An element of another namespace: local name and attributes.
pub(super) type Element = (&'static str, BTreeMap<String, String>);

/// The Media RSS elements of an item: its picture, and the files of which more is known than their address.
pub(super) fn media(item: &Item<'_>) -> Vec<Element> {
    let picture = item.image.iter().map(|image| {
        let [width, height] = sides(item.image_size);
        ("thumbnail", attributes([("url", Some(image.clone())), ("width", width), ("height", height)]))
    });
    let known = item.enclosures.iter().filter(|file| file.size.is_some() || file.duration_seconds.is_some());
    picture.chain(known.map(|file| ("content", content(file)))).collect()
}

fn content(file: &File) -> BTreeMap<String, String> {
    let kind = file.media_type.split('/').next().filter(|kind| ["image", "audio", "video"].contains(kind));
    let [width, height] = sides(file.size);
    attributes([
        ("url", Some(file.url.clone())),
        ("type", Some(file.media_type.clone())),
        ("medium", kind.map(str::to_owned)),
        ("fileSize", file.size_bytes.map(|size| size.to_string())),
        ("duration", file.duration_seconds.map(|seconds| seconds.to_string())),
        ("width", width),
        ("height", height),
    ])
}

fn sides(size: Option<Size>) -> [Option<String>; 2] {
    [size.map(|size| size.width.to_string()), size.map(|size| size.height.to_string())]
}

/// The Podcast 2.0 elements of an item: transcripts and chapters.
pub(super) fn podcast(item: &Item<'_>) -> Vec<Element> {
    let Some(episode) = item.enclosures.first().and_then(|file| file.episode.as_ref()) else { return Vec::new() };
    let element = |name, track: &super::item::Track| {
        (name, attributes([("url", Some(track.url.clone())), ("type", Some(track.media_type.clone()))]))
    };
    let transcripts = episode.transcripts.iter().map(|track| element("transcript", track));
    transcripts.chain(episode.chapters.iter().map(|track| element("chapters", track))).collect()
}

/// What iTunes and its like show of an episode; nothing for what is none.
pub(super) fn itunes(item: &Item<'_>) -> Option<ITunesItemExtension> {
    let file = item.enclosures.first().filter(|file| is_episode(file))?;
    let episode = file.episode.as_ref();
    Some(ITunesItemExtension {
        author: item.authors.first().map(|author| author.name.clone()),
        image: item.image.clone(),
        duration: file.duration_seconds.map(clock),
        explicit: episode.and_then(|episode| episode.explicit).map(|explicit| explicit.to_string()),
        season: episode.and_then(|episode| episode.season).map(|number| number.to_string()),
        episode: episode.and_then(|episode| episode.number).map(|number| number.to_string()),
        episode_type: episode.and_then(|episode| episode.kind.clone()),
        ..ITunesItemExtension::default()
    })
}

/// What they show of an edition that has episodes: whose it is, and whether any of it is not for children.
pub(super) fn itunes_channel(view: &View<'_>) -> Option<ITunesChannelExtension> {
    let explicit = view.traits?.explicit?;
    Some(ITunesChannelExtension {
        author: Some(view.owner()),
        explicit: Some(explicit.to_string()),
        ..ITunesChannelExtension::default()
    })
}

/// Whether an item that is an episode is not for children; `None` for what is none.
pub(super) fn explicit(item: &Item<'_>) -> Option<bool> {
    let file = item.enclosures.first().filter(|file| is_episode(file))?;
    Some(file.episode.as_ref().is_some_and(|episode| episode.explicit == Some(true)))
}

fn is_episode(file: &File) -> bool {
    (file.episode.is_some() || file.duration_seconds.is_some())
        && (file.media_type.starts_with("audio/") || file.media_type.starts_with("video/"))
}

/// A length as `1:02:03`. More than a hundred hours are no episode's.
fn clock(seconds: u32) -> String {
    let seconds = seconds.min(100 * 3600 - 1);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn attributes<const N: usize>(pairs: [(&str, Option<String>); N]) -> BTreeMap<String, String> {
    pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
