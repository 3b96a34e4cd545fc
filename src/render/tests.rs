//! Whole documents of a small hand-made edition, and what holds for any text in any edition.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use url::Url;

use super::*;
use crate::model::*;

pub(super) fn when(text: &str) -> DateTime<Utc> {
    text.parse().expect("a date")
}

pub(super) fn site() -> Site {
    Site {
        name: "Harbour Wire".into(),
        url: Url::parse("https://wire.example.org/").expect("a URL"),
        owner: Some("Jane Doe".into()),
        email: Some("desk@wire.example.org".into()),
        language: "en-GB".into(),
    }
}

pub(super) fn entry(source: &str, title: &str, link: Option<&str>, published: &str) -> Entry {
    let source = SourceId::new(source).expect("a name");
    Entry {
        id: EntryId::mint(&source, title),
        source,
        key: title.to_owned(),
        link: link.map(|link| Url::parse(link).expect("a URL")),
        url: None,
        title: Text(title.to_owned()),
        summary: Html::default(),
        content: Html::default(),
        published: when(published),
        updated: None,
        seen: when(published),
        language: Language::new("en"),
        authors: vec![],
        categories: vec![],
        enclosures: vec![],
        translations: Vec::new(),
        image_size: None,
        image: None,
    }
}

pub(super) fn piece(lead: Entry, publisher: &str) -> Piece {
    Piece {
        story: StoryId::mint("wire.example.org", &lead),
        publisher: Publisher::new(publisher).expect("a name"),
        publisher_name: publisher.to_owned(),
        source_title: format!("{} feed", lead.source),
        source_url: Some(format!("https://{}.example/feed.xml", lead.source)),
        covered_by: vec![],
        published: lead.published,
        updated: lead.published,
        revision: 1,
        lead,
    }
}

pub(super) fn covering(entry: Entry, publisher: &str, name: &str) -> Coverage {
    Coverage { entry, publisher: Publisher::new(publisher).expect("a name"), publisher_name: name.to_owned() }
}

pub(super) fn edition_of(pieces: Vec<Piece>) -> Edition {
    Edition {
        name: EditionName::new("front").expect("a name"),
        title: "Front page".into(),
        description: Some("What the wires carry".into()),
        updated: pieces.iter().map(|piece| piece.updated).max(),
        pieces,
        history: History::default(),
        hub: None,
    }
}

/// A story with everything, a local article, and an entry that has hardly anything.
fn sample() -> Edition {
    let mut lead = entry(
        "northwire",
        "Troops <en route> & under way",
        Some("https://north.example/a?x=1&y=[2]"),
        "2024-10-18T09:30:00Z",
    );
    lead.content = Html("<p>Intelligence says &lt;12,000&gt; go.</p>\n<p>]]&gt; More.</p>".into());
    lead.updated = Some(when("2024-10-18T10:00:00Z"));
    lead.authors = vec![
        Person { name: Some("A. Reporter".into()), email: Some("a@north.example".into()), url: None },
        Person { email: Some("not an address".into()), ..Person::default() },
    ];
    lead.categories = vec!["World".into(), " Korea\n".into(), "World".into(), "\u{1}".into()];
    lead.enclosures = vec![
        Enclosure {
            url: "https://north.example/a.mp3".into(),
            media_type: None,
            size_bytes: None,
            ..Enclosure::default()
        },
        Enclosure {
            url: "https://north.example/b.mp4".into(),
            media_type: Some("video/mp4".into()),
            size_bytes: Some(7),
            ..Enclosure::default()
        },
        Enclosure { url: "/relative.mp3".into(), media_type: None, size_bytes: None, ..Enclosure::default() },
    ];
    lead.image = Some(Url::parse("https://north.example/a.jpg").expect("a URL"));
    let mut korean = entry("hanguk", "북한군 파병", Some("https://hanguk.example/1"), "2024-10-18T09:45:00Z");
    korean.language = Language::new("ko");
    let quiet = entry("quiet", "A \"quiet\" report", None, "2024-10-18T10:15:00Z");
    let story = Piece {
        publisher_name: "North Wire".into(),
        covered_by: vec![covering(korean, "hanguk", "한국통신"), covering(quiet, "quiet", "Quiet & Co")],
        updated: when("2024-10-18T10:20:00Z"),
        revision: 3,
        ..piece(lead, "northwire")
    };

    let link = "https://wire.example.org/articles/harbour.html";
    let mut own = entry("articles", "What the harbour hears", Some(link), "2024-10-17T08:00:00Z");
    own.content = Html("<p>Our own piece.</p>".into());
    own.authors = vec![Person { name: Some("Jane Doe".into()), ..Person::default() }];
    let own = Piece { publisher_name: "own".into(), source_url: None, ..piece(own, "own") };

    let mut bare = entry("gone", "عنوان", None, "2024-10-16T08:00:00.25Z");
    bare.language = Language::new("ar");
    let bare = Piece { source_url: None, ..piece(bare, "gone") };
    edition_of(vec![story, own, bare])
}

const ALL: [EditionFormat; 4] = [EditionFormat::Atom, EditionFormat::Rss, EditionFormat::Json, EditionFormat::Html];

pub(super) fn text(document: &Rendered) -> String {
    String::from_utf8(document.bytes.to_vec()).expect("UTF-8")
}

/// A page without the first words of its texts, which are the work of `text::plain`.
fn without_teasers(html: &str) -> String {
    let teaser =
        |line: &&str| line.starts_with("<p class=\"teaser\"") || line.starts_with("<meta name=\"description\"");
    html.lines().filter(|line| !teaser(line)).map(|line| format!("{line}\n")).collect()
}

/// Renders an edition in all formats: Atom, RSS, JSON, HTML.
fn documents(edition: &Edition) -> [String; 4] {
    let documents = super::edition(edition, &ALL, true, &site(), &Theme::default()).expect("it renders");
    let texts: Vec<String> = documents.iter().map(text).collect();
    texts.try_into().expect("four formats")
}

/// Reads every feed of an edition back through the strict readers and compares with what was written.
fn check_read_back(edition: &Edition) {
    let site = site();
    let [atom, rss, json, html] = documents(edition);
    let items: Vec<item::Item<'_>> = edition.pieces.iter().map(|piece| item::of(piece, true, &site)).collect();
    let traits = items.iter().map(item::Traits::of).reduce(item::Traits::and);
    let home = "https://wire.example.org/front.html".to_owned();
    let view = View { edition, site: &site, home, traits };

    let read = atom_syndication::Feed::read_from(atom.as_bytes()).expect("strict Atom");
    assert_eq!(read, atom::feed(&view, items.iter().map(atom::entry).collect()));

    let mut read = ::rss::Channel::read_from(rss.as_bytes()).expect("strict RSS");
    let written = rss::channel(&view, items.iter().map(rss::written).collect());
    // The writer declares the namespaces that it uses by itself.
    read.namespaces.clone_from(&written.namespaces);
    assert_eq!(read, written);

    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let read = read["items"].as_array().expect("items");
    assert_eq!(read.len(), items.len());
    for (read, written) in read.iter().zip(&items) {
        assert_eq!(read["id"], written.piece.story.as_str());
        assert_eq!(read["title"], written.title.as_str());
        assert_eq!(read["url"].as_str(), written.link.as_deref());
        let content = read["content_html"].as_str().or(read["content_text"].as_str());
        assert_eq!(content, Some(if written.content.is_empty() { &*written.title } else { &*written.content }));
        assert_eq!(read["_wiredesk"]["coverage"].as_array().map(Vec::len), Some(written.coverage.len()));
    }
    for item in &items {
        assert!(html.contains(&clean::escape(&item.title)), "{html}");
    }
    for document in [atom, rss, json, html] {
        assert_eq!(document, clean::characters(&document), "only characters that XML 1.0 allows");
    }
}

#[test]
fn documents_of_an_edition() {
    let [atom, rss, json, html] = documents(&sample());
    insta::assert_snapshot!("atom", atom);
    insta::assert_snapshot!("rss", rss);
    insta::assert_snapshot!("json", json);
    insta::assert_snapshot!("html", without_teasers(&html));
}

#[test]
fn documents_of_an_empty_edition() {
    let [atom, rss, json, html] = documents(&edition_of(vec![]));
    insta::assert_snapshot!("empty_atom", atom);
    insta::assert_snapshot!("empty_rss", rss);
    insta::assert_snapshot!("empty_json", json);
    assert!(html.contains("No stories yet"));
    check_read_back(&edition_of(vec![]));
}

#[test]
fn feeds_read_back_unchanged() {
    check_read_back(&sample());
}

#[test]
fn the_same_edition_gives_the_same_bytes_under_fixed_names() {
    let render = || super::edition(&sample(), &ALL, true, &site(), &Theme::default()).expect("it renders");
    assert_eq!(render(), render());
    let paths: Vec<_> = render().iter().map(|document| document.path.to_string()).collect();
    assert_eq!(paths, ["front.atom", "front.rss", "front.json", "front.html"]);
    assert!(render().iter().all(|document| document.updated == Some(when("2024-10-18T10:20:00Z"))));
    let twice = super::edition(&sample(), &[EditionFormat::Rss, EditionFormat::Rss], true, &site(), &Theme::default())
        .expect("it renders");
    assert_eq!(twice.len(), 1);
    // Without a page of its own, an edition belongs to the site.
    assert!(text(&twice[0]).contains("<link>https://wire.example.org/</link>"));
}

#[test]
fn coverage_is_listed_only_where_it_is_wanted() {
    let documents = super::edition(&sample(), &ALL, false, &site(), &Theme::default()).expect("it renders");
    for document in &documents {
        assert!(!text(document).contains("hanguk.example"), "{}", document.path);
    }
}

#[test]
fn a_summary_stands_beside_the_full_text() {
    let mut lead = entry("a", "Title", Some("https://a.example/1"), "2024-10-18T09:30:00Z");
    lead.summary = Html("<p>In <b>short</b>.</p>".into());
    lead.content = Html("<p>At length.</p>".into());
    let edition = edition_of(vec![piece(lead.clone(), "a")]);
    let [atom, rss, json, html] = documents(&edition);
    let atom = atom_syndication::Feed::read_from(atom.as_bytes()).expect("strict Atom");
    assert_eq!(atom.entries[0].summary.as_ref().map(|summary| summary.as_str()), Some("<p>In <b>short</b>.</p>"));
    assert!(rss.contains("<![CDATA[<p>At length.</p>]]>"), "{rss}");
    let plain = crate::text::plain(lead.summary.as_str());
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["items"][0]["summary"].as_str().unwrap_or_default(), plain.as_str());
    assert!(html.contains(plain.as_str()));
    check_read_back(&edition);
}

#[test]
fn an_article_has_a_page_at_its_own_address() {
    let mut own = sample().pieces.swap_remove(1).lead;
    own.updated = Some(when("2024-10-17T12:00:00Z"));
    own.categories = vec!["Harbour".into()];
    let page = article(&own, &site(), &Theme::default()).expect("it renders");
    assert_eq!((page.path.as_str(), page.updated), ("articles/harbour.html", own.updated));
    insta::assert_snapshot!("article", without_teasers(&text(&page)));

    let mut check = |link: &str, site_url: &str, expected: Option<&str>| {
        own.link = Url::parse(link).ok();
        let site = Site { url: Url::parse(site_url).expect("a URL"), ..site() };
        let path = article(&own, &site, &Theme::default()).ok().map(|page| page.path.to_string());
        assert_eq!(path.as_deref(), expected, "{link} on {site_url}");
    };
    check("https://a.example/articles/обзор.html", "https://a.example/", Some("articles/обзор.html"));
    check("https://a.example/wire/articles/x.html", "https://a.example/wire/", Some("articles/x.html"));
    check("https://b.example/articles/x.html", "https://a.example/", None);
    check("https://a.example/articles/%2e%2e%2fx", "https://a.example/", None);
    check("https://a.example/x.html?y", "https://a.example/", None);
    check("https://a.example/", "https://a.example/", None);
    check("", "https://a.example/", None);
    let error = article(&own, &site(), &Theme::default()).expect_err("it has no address");
    insta::assert_snapshot!(error.to_string(), @"the article `What the harbour hears` has no page: its address `` is not below `https://wire.example.org/`; give it a slug of letters, digits and `-`");
}

#[test]
fn the_index_lists_every_feed_of_every_edition() {
    let (front, empty) = (sample(), Edition { name: EditionName::new("quiet").expect("a name"), ..edition_of(vec![]) });
    let listings =
        [Listing { edition: &front, formats: &ALL }, Listing { edition: &empty, formats: &[EditionFormat::Atom] }];
    let lists: Vec<Rendered> = editions_list(&listings, &site()).into_iter().collect();
    insta::assert_snapshot!("editions_opml", text(&lists[0]));
    let page = index(&listings, &[&front.pieces[1].lead], &lists, &site(), &Theme::default()).expect("it renders");
    insta::assert_snapshot!("index", without_teasers(&text(&page)));
    assert_eq!((page.path.as_str(), page.updated), ("index.html", front.updated));
}

#[test]
fn the_page_for_wrong_addresses_links_from_the_root() {
    let site = Site { url: Url::parse("https://a.example/wire/").expect("a URL"), language: "ar".into(), ..site() };
    let page = text(&not_found(&site, &Theme::default()).expect("it renders"));
    for part in ["href=\"/wire/style.css\"", "href=\"/wire/\"", "lang=\"ar\" dir=\"rtl\""] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(styles(&Theme::default()).map(|sheet| sheet.path.to_string()), ["style.css", "feed.css"]);
}

/// Text such as only the worst feeds carry.
pub(super) fn nasty() -> impl Strategy<Value = String> {
    let fragments = prop::sample::select(vec![
        "]]>",
        "<![CDATA[",
        "<!--",
        "-->",
        "<b>",
        "</p>",
        "&",
        "&amp;",
        "&#0;",
        "&lt;",
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
        "{{ x }}",
        "{% x %}",
    ]);
    let part = prop_oneof![4 => fragments.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

prop_compose! {
    fn nasty_entry()(
        title in nasty(), summary in nasty(), content in nasty(), key in nasty(), author in nasty(), email in nasty(),
        category in nasty(), path in nasty(), file in nasty(), media_type in nasty(), seconds in any::<i64>(),
        linked in any::<bool>(),
    ) -> Entry {
        let link = linked.then(|| format!("https://a.example/{path}?{path}#{path}"));
        let mut entry = entry("nasty", "x", None, "2024-10-18T09:30:00Z");
        entry.link = link.and_then(|link| Url::parse(&link).ok());
        entry.image = Url::parse(&format!("https://a.example/{file}")).ok();
        entry.key = key;
        entry.title = Text(title);
        entry.summary = Html(summary);
        entry.content = Html(content);
        entry.published = DateTime::from_timestamp_millis(seconds % 9_000_000_000_000_000).unwrap_or_default();
        entry.authors = vec![Person { name: Some(author.clone()), email: Some(email), url: Some(author) }];
        entry.categories = vec![category.clone(), category];
        entry.enclosures = vec![Enclosure { url: format!("https://a.example/{file}"), media_type: Some(media_type), size_bytes: None, ..Enclosure::default() }];
        entry
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_a_feed(lead in nasty_entry(), other in nasty_entry(), name in nasty(), url in nasty()) {
        let story = Piece {
            covered_by: vec![covering(other, "other", &name)],
            publisher_name: name.clone(),
            source_title: name,
            source_url: Some(format!("https://a.example/{url}")),
            ..piece(lead, "nasty")
        };
        check_read_back(&edition_of(vec![story]));
    }
}

#[test]
fn a_hub_is_named_by_what_changes_and_not_by_archives() {
    let hub = Some("https://wire.example/websub/hub".to_owned());
    let edition = Edition { hub, ..sample() };
    let documents = super::edition(&edition, &ALL, true, &site(), &Theme::default()).expect("it renders");
    let links: Vec<usize> =
        documents.iter().map(|one| String::from_utf8_lossy(&one.bytes).matches("websub/hub\"").count()).collect();
    assert_eq!((links, documents.iter().filter(|one| one.link.is_some()).count()), (vec![1, 1, 1, 0], 3));
    let history = History { archive: "2024-10".parse().ok(), previous: None };
    let archive = Edition { history, ..edition };
    let documents = super::archive(&archive, &ALL, true, &site()).expect("it renders");
    assert!(documents.len() == 2 && documents.iter().all(|one| one.link.is_none()));
    assert!(documents.iter().all(|one| !String::from_utf8_lossy(&one.bytes).contains("websub")));
}
