//! The attached files of an item: addresses made absolute, and what Media RSS and podcasts say of them.

use std::collections::HashSet;

use url::Url;

use super::{MAX_LIST, MAX_URL_BYTES, web_url};
use crate::model::{Enclosure, Episode, Item, Media, Size, Track};
use crate::text::fold;

/// The files of an item, each address once. Sizes and durations are those of the media of the same address; what a
/// podcast says belongs to the first sound or film, for an episode has one.
pub(super) fn enclosures(item: &Item, base: Option<&Url>) -> Vec<Enclosure> {
    let mut seen = HashSet::new();
    let file = |enclosure: &Enclosure| {
        let url = String::from(web_url(&enclosure.url, base)?);
        let is_it =
            |media: &&Media| media.url.as_deref().and_then(|at| web_url(at, base)).is_some_and(|at| at.as_str() == url);
        let media = item.media.iter().take(MAX_LIST).find(is_it);
        let media_type = enclosure.media_type.as_deref().and_then(media_type);
        Some(Enclosure {
            media_type,
            size_bytes: enclosure.size_bytes.filter(|&size| size > 0),
            size: media.and_then(|media| media.size).filter(|size| size.width > 0 && size.height > 0),
            duration_seconds: media.and_then(|media| media.duration_seconds).filter(|&seconds| seconds > 0),
            episode: None,
            url,
        })
    };
    let files = item.enclosures.iter().filter_map(file);
    let mut files: Vec<Enclosure> = files.filter(|file| seen.insert(file.url.clone())).take(MAX_LIST).collect();
    let plays = |file: &&mut Enclosure| {
        let kind = file.media_type.as_deref().unwrap_or("audio/");
        kind.starts_with("audio/") || kind.starts_with("video/")
    };
    if let Some(file) = files.iter_mut().find(plays) {
        let duration =
            item.podcast.as_ref().and_then(|podcast| podcast.duration_seconds).filter(|&seconds| seconds > 0);
        file.duration_seconds = file.duration_seconds.or(duration);
        file.episode = episode(item, base).map(Box::new);
    }
    files
}

/// The picture of an item, else its first file that is one, and its size where that is known.
pub(super) fn picture(named: Option<Url>, item: &Item, files: &[Enclosure]) -> (Option<Url>, Option<Size>) {
    let is_picture =
        |file: &&Enclosure| file.media_type.as_deref().is_some_and(|media_type| media_type.starts_with("image/"));
    let (picture, size) = match named {
        Some(named) => {
            let file = files.iter().find(|file| file.url == named.as_str());
            (Some(named), item.image_size.or_else(|| file.and_then(|file| file.size)))
        }
        None => {
            let file = files.iter().find(is_picture);
            (file.and_then(|file| Url::parse(&file.url).ok()), file.and_then(|file| file.size))
        }
    };
    (picture, size.filter(|size| size.width > 0 && size.height > 0))
}

/// What a podcast says of an item, beside its length; `None` when it is nothing.
fn episode(item: &Item, base: Option<&Url>) -> Option<Episode> {
    let tracks = |rel: &str| {
        let links = item.links.iter().filter(|link| link.rel == rel);
        let track = |link: &crate::model::Link| {
            Some(Track {
                url: String::from(web_url(&link.href, base)?),
                media_type: link.media_type.as_deref().and_then(media_type),
            })
        };
        links.filter_map(track).take(MAX_LIST).collect::<Vec<Track>>()
    };
    let podcast = item.podcast.as_deref();
    let kind = podcast.and_then(|podcast| podcast.episode_type.clone());
    let episode = Episode {
        season: podcast.and_then(|podcast| podcast.season).filter(|&number| number > 0),
        number: podcast.and_then(|podcast| podcast.episode).filter(|&number| number > 0),
        kind: kind.filter(|kind| ["full", "trailer", "bonus"].contains(&kind.as_str())),
        explicit: podcast.and_then(|podcast| podcast.explicit),
        transcripts: tracks("transcript"),
        chapters: tracks("chapters").into_iter().next(),
    };
    (episode != Episode::default()).then_some(episode)
}

fn media_type(declared: &str) -> Option<String> {
    let media_type = fold(declared).to_ascii_lowercase();
    (media_type.len() <= 100 && media_type.contains('/')).then_some(media_type)
}

const _: () = assert!(MAX_LIST * MAX_URL_BYTES < 1 << 20, "what an item says of its files is bounded");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Link, Podcast};

    #[test]
    fn files_have_what_their_media_and_the_podcast_say() {
        let size = Size { width: 640, height: 360 };
        let link =
            |rel: &str, href: &str| Link { rel: rel.into(), href: href.into(), media_type: Some("Text/VTT".into()) };
        let item = Item {
            enclosures: vec![
                Enclosure { url: "/a.jpg".into(), media_type: Some("image/jpeg".into()), ..Enclosure::default() },
                Enclosure { url: "https://p.example/1.mp3".into(), ..Enclosure::default() },
            ],
            media: vec![Media { url: Some("/a.jpg".into()), size: Some(size), ..Media::default() }],
            podcast: Some(Box::new(Podcast {
                duration_seconds: Some(61),
                season: Some(0),
                episode: Some(7),
                episode_type: Some("other".into()),
                explicit: Some(false),
                ..Podcast::default()
            })),
            links: vec![
                link("transcript", "/1.vtt"),
                link("chapters", "https://p.example/1.json"),
                link("transcript", "javascript:x"),
            ],
            ..Item::default()
        };
        let base = Url::parse("https://p.example/").expect("a URL");
        let files = enclosures(&item, Some(&base));
        assert_eq!((files[0].size, files[0].duration_seconds, &files[0].episode), (Some(size), None, &None));
        assert_eq!(files[1].duration_seconds, Some(61));
        let track = |url: &str| Track { url: url.into(), media_type: Some("text/vtt".into()) };
        let picture = |named: Option<&str>| picture(named.and_then(|url| Url::parse(url).ok()), &item, &files);
        let named = |url: &str, size| (Url::parse(url).ok(), size);
        assert_eq!(picture(None), named("https://p.example/a.jpg", Some(size)));
        assert_eq!(picture(Some("https://p.example/a.jpg")), named("https://p.example/a.jpg", Some(size)));
        assert_eq!(picture(Some("https://p.example/b.jpg")), named("https://p.example/b.jpg", None));
        let expected = Episode {
            season: None,
            number: Some(7),
            kind: None,
            explicit: Some(false),
            transcripts: vec![track("https://p.example/1.vtt")],
            chapters: Some(track("https://p.example/1.json")),
        };
        assert_eq!(files[1].episode.as_deref(), Some(&expected));
        // What the store keeps says the same, and what it kept before is read.
        let kept = serde_json::to_string(&files).expect("JSON");
        assert_eq!(serde_json::from_str::<Vec<Enclosure>>(&kept).expect("read"), files);
        let old: Enclosure = serde_json::from_str(r#"{"url":"https://p.example/1.mp3","length":7}"#).expect("read");
        assert_eq!((old.size_bytes, old.episode), (Some(7), None));
    }
}
