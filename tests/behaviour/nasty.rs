//! Editions such as only the worst feeds make, for the judges of what is published.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use url::Url;
use wiredesk::config::{EditionFormat, Site};
use wiredesk::model::{
    Coverage, Edition, EditionName, Enclosure, Entry, EntryId, Episode, History, Language, Person, Piece, Publisher,
    Rendered, Size, SourceId, StoryId, Text, Track,
};
use wiredesk::{render, text};

/// Parts of texts that break what is not careful.
const FRAGMENTS: &[&str] = &[
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<b>",
    "</p>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='../up?x=1&y=2'>",
    "<a href='javascript:alert(1)'>",
    "<p style='position:fixed'>",
    "<item>",
    "</entry>",
    "<iframe src='//frame.example/'>",
    "&",
    "&amp;",
    "&#0;",
    "&lt;",
    "&nosuch;",
    "%",
    "\"",
    "'",
    "\0",
    "\u{8}",
    "\u{b}",
    "\u{1f}",
    "\u{7f}",
    "\u{85}",
    "\r",
    "\r\n",
    "\n",
    "\t",
    " ",
    "\u{a0}",
    "\u{2028}",
    "\u{3000}",
    "\u{feff}",
    "\u{fffe}",
    "\u{1ffff}",
    "😀",
    "👩‍👩‍👧",
    "שלום",
    "عنوان",
    "\u{202e}",
    "e\u{301}",
    "北朝鮮",
    "a",
    "word",
];

pub fn site() -> Site {
    Site {
        name: "Harbour & <Wire> ]]>".into(),
        url: Url::parse("https://wire.example.org/desk/").expect("a URL"),
        owner: Some("Jane \"J\" Doe".into()),
        email: Some("desk@wire.example.org".into()),
        language: "en-GB".into(),
    }
}

/// Text made of the worst fragments.
pub fn nasty() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(FRAGMENTS).prop_map(str::to_owned);
    let part = prop_oneof![4 => fragment, 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    let far = any::<i64>().prop_map(|millis| DateTime::from_timestamp_millis(millis % 9_000_000_000_000_000));
    let near = (0..600_i64).prop_map(|seconds| DateTime::from_timestamp(1_729_243_800 + seconds, 250_000_000));
    prop_oneof![1 => far, 3 => near].prop_map(Option::unwrap_or_default)
}

prop_compose! {
    fn episode()(path in nasty(), media_type in prop::option::of(nasty()), kind in prop::option::of(nasty()),
        number in prop::option::of(any::<u32>()), explicit in prop::option::of(any::<bool>()),
    ) -> Episode {
        let track = Track { url: format!("https://a.example/{path}"), media_type };
        Episode { season: number, number, kind, explicit, transcripts: vec![track.clone(), track.clone()], chapters: Some(track) }
    }
}

prop_compose! {
    fn enclosure()(path in nasty(), media_type in prop::option::of(prop_oneof![nasty(), Just("audio/mpeg".to_owned())]),
        size_bytes in prop::option::of(any::<u64>()), side in prop::option::of(1..9_999_u32),
        duration_seconds in prop::option::of(any::<u32>()), episode in prop::option::of(episode()),
        scheme in prop::sample::select(vec!["https://a.example/", "/", "ftp://a.example/", "javascript:", "http://[::1]/"]),
    ) -> Enclosure {
        let size = side.map(|side| Size { width: side, height: side });
        let episode = episode.map(Box::new);
        Enclosure { url: format!("{scheme}{path}"), media_type, size_bytes, size, duration_seconds, episode }
    }
}

prop_compose! {
    fn entry()(
        title in nasty(), summary in nasty(), content in nasty(), key in nasty(),
        people in prop::collection::vec((prop::option::of(nasty()), prop::option::of(nasty()), prop::option::of(nasty())), 0..3),
        categories in prop::collection::vec(nasty(), 0..4), path in nasty(), linked in any::<bool>(),
        enclosures in prop::collection::vec(enclosure(), 0..3), published in moment(),
        language in prop::sample::select(vec![None, Some("en"), Some("ar"), Some("zh"), Some("haw")]),
    ) -> Entry {
        let source = SourceId::new("nasty").expect("a name");
        let page = Url::parse(&format!("https://a.example/{path}?{path}#{path}")).ok();
        let link = page.clone().filter(|_| linked);
        Entry {
            id: EntryId::mint(&source, &key),
            source,
            title: Text(title),
            // What is kept has been through the sanitiser.
            summary: text::sanitize(&summary, page.as_ref()),
            content: text::sanitize(&content, page.as_ref()),
            key,
            link,
            url: None,
            published,
            updated: Some(published),
            seen: published,
            language: language.and_then(Language::new),
            authors: people.into_iter().map(|(name, email, url)| Person { name, email, url }).collect(),
            categories,
            // Now and then the picture is one of the files, whose size is known.
            image: enclosures.first().and_then(|file| Url::parse(&file.url).ok()).or(page),
            image_size: enclosures.last().and_then(|file| file.size),
            enclosures,
            translations: Vec::new(),
        }
    }
}

prop_compose! {
    fn piece()(lead in entry(), others in prop::collection::vec((entry(), nasty()), 0..3), name in nasty(),
        source_title in nasty(), source_path in prop::option::of(nasty()), own in prop::bool::weighted(0.2),
        revision in 1..9_u32, updated in moment(),
    ) -> Piece {
        let house = |name: &str| Publisher::new(name).expect("a name");
        Piece {
            // The key may be the same twice; the index is put to it below.
            story: StoryId::mint("wire.example.org", &lead),
            publisher: if own { Publisher::own() } else { house("nasty") },
            publisher_name: name,
            source_title,
            source_url: source_path.map(|path| format!("https://a.example/{path}")),
            covered_by: others.into_iter().map(|(entry, publisher_name)| {
                Coverage { entry, publisher: house("other"), publisher_name }
            }).collect(),
            published: lead.published,
            updated,
            revision,
            lead,
        }
    }
}

prop_compose! {
    /// A whole edition of them.
    pub fn edition()(pieces in prop::collection::vec(piece(), 0..5), title in nasty(), description in prop::option::of(nasty()), has_hub in any::<bool>()) -> Edition {
        let story = |(at, piece): (usize, Piece)| {
            let story = StoryId::stored(&format!("tag:wire.example.org,2024-10-18:story/{at:016x}"));
            Piece { story, ..piece }
        };
        let pieces: Vec<Piece> = pieces.into_iter().enumerate().map(story).collect();
        Edition {
            name: EditionName::new("front").expect("a name"),
            title,
            description,
            updated: pieces.iter().map(|piece| piece.updated).max(),
            pieces,
            history: History::default(),
            hub: has_hub.then(|| "https://wire.example/websub/hub".to_owned()),
        }
    }
}

/// The feeds of an edition: Atom, RSS, JSON Feed.
pub fn feeds(edition: &Edition) -> Vec<Rendered> {
    let formats = [EditionFormat::Atom, EditionFormat::Rss, EditionFormat::Json];
    render::edition(edition, &formats, true, &site(), &render::Theme::default()).expect("it renders")
}

/// So many editions, the same every time; the last has an entry of a megabyte.
pub fn samples(count: usize) -> Vec<Edition> {
    let mut runner = TestRunner::deterministic();
    let strategy = edition();
    let mut draw = || strategy.new_tree(&mut runner).expect("a value").current();
    let mut editions: Vec<Edition> = (1..count).map(|_| draw()).collect();
    let mut huge = draw();
    while huge.pieces.is_empty() {
        huge = draw();
    }
    for piece in huge.pieces.iter_mut().take(1) {
        piece.lead.content = text::sanitize(&"<p>]]&gt; Ein Wort & 北朝鮮 😀</p>".repeat(40_000), None);
        assert!(piece.lead.content.as_str().len() > 1_000_000);
    }
    editions.push(huge);
    editions
}
