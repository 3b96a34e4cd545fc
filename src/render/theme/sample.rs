//! Tries a theme on a page of every kind, with everything a page can show and with hardly anything.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{Theme, ThemeFault, fault};
use crate::config::{EditionFormat, Site};
use crate::model::{
    Coverage, Edition, EditionName, Enclosure, Entry, EntryId, Html, Language, Person, Piece, Publisher, Reason,
    Report, SourceId, StoryId, Text, Timeline, Version, Versions,
};
use crate::render::{self, Error, Listing};

/// What goes wrong.
pub(super) fn faults(theme: &Theme) -> Vec<ThemeFault> {
    let full = site(true);
    let bare = site(false);
    let pieces = vec![piece(&entry("a", "<Full> & \"quoted\"", true)), piece(&entry("b", "Bare", false))];
    let formats = [EditionFormat::Html, EditionFormat::Atom, EditionFormat::Rss, EditionFormat::Json];
    let (editions, stories) = ([edition(pieces), edition(Vec::new())], [timeline(true), timeline(false)]);
    let articles = [entry("articles", "Full article", true), entry("articles", "Bare article", false)];
    let mut failed = Vec::new();
    let mut note = |result: Result<(), Error>| failed.extend(result.err());
    for site in [&full, &bare] {
        for edition in &editions {
            note(render::edition(edition, &formats[..1], false, site, theme).map(drop));
            note(render::edition(edition, &formats, true, site, theme).map(drop));
            let listings = [Listing { edition, formats: &formats }, Listing { edition, formats: &[] }];
            let lists: Vec<_> = render::editions_list(&listings, site).into_iter().collect();
            note(render::index(&listings, &articles.each_ref(), &lists, site, theme).map(drop));
            note(render::index(&listings, &[], &[], site, theme).map(drop));
        }
        for story in &stories {
            note(render::story(story, site, theme).map(drop));
            note(render::alias(&story.story, &story.story, site, theme).map(drop));
        }
        for article in &articles {
            note(render::article(article, site, theme).map(drop));
        }
        note(render::not_found(site, theme).map(drop));
    }
    failed.iter().map(said).collect()
}

fn said(error: &Error) -> ThemeFault {
    match error {
        Error::Page { path, cause } => fault(path.as_str(), cause),
        other => {
            let help = "this is a fault of wiredesk itself: please report it";
            ThemeFault { file: "sample".to_owned(), line: None, cause: other.to_string(), help: help.to_owned() }
        }
    }
}

fn moment() -> DateTime<Utc> {
    DateTime::from_timestamp(1_729_243_800, 0).unwrap_or_default()
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a well-formed constant")
}

fn site(is_full: bool) -> Site {
    Site {
        name: "Sample".to_owned(),
        url: url("https://wire.example/"),
        owner: is_full.then(|| "Owner".to_owned()),
        email: is_full.then(|| "desk@wire.example".to_owned()),
        language: if is_full { "en" } else { "ar" }.to_owned(),
    }
}

fn entry(source: &str, title: &str, is_full: bool) -> Entry {
    let source = SourceId::new(source).expect("a well-formed constant");
    let own = source.as_str() == "articles";
    let link = url(&format!("https://wire.example/articles/{}.html", title.len()));
    Entry {
        id: EntryId::mint(&source, title),
        source,
        key: title.to_owned(),
        link: (is_full || own).then_some(link),
        url: None,
        title: Text(title.to_owned()),
        summary: Html(if is_full { "<p>Short.</p>".to_owned() } else { String::new() }),
        content: Html(if is_full { "<p>Words of some length.</p>".to_owned() } else { String::new() }),
        published: moment(),
        updated: is_full.then(|| moment() + TimeDelta::hours(1)),
        seen: moment(),
        language: if is_full { Language::new("he") } else { None },
        authors: match is_full {
            true => vec![
                Person { name: Some("A".to_owned()), email: None, url: Some("https://wire.example/a".to_owned()) },
                Person { name: Some("B".to_owned()), email: None, url: None },
            ],
            false => Vec::new(),
        },
        categories: if is_full { vec!["one".to_owned(), "two".to_owned()] } else { Vec::new() },
        enclosures: match is_full {
            true => vec![Enclosure { url: "https://wire.example/a.mp3".to_owned(), ..Enclosure::default() }],
            false => Vec::new(),
        },
        image: is_full.then(|| url("https://wire.example/a.jpg")),
        image_size: None,
        translations: Vec::new(),
    }
}

fn publisher() -> Publisher {
    Publisher::new("sample").expect("a well-formed constant")
}

fn piece(lead: &Entry) -> Piece {
    let full = lead.image.is_some();
    let others = [entry("c", "Other", true), entry("d", "Another", false)];
    let covered_by = others.into_iter().filter(|_| full).map(|entry| Coverage {
        entry,
        publisher: publisher(),
        publisher_name: "Sample".to_owned(),
    });
    Piece {
        story: StoryId::mint("wire.example", lead),
        lead: lead.clone(),
        publisher: publisher(),
        publisher_name: "Sample".to_owned(),
        source_title: "Sample".to_owned(),
        source_url: None,
        covered_by: covered_by.collect(),
        published: lead.published,
        updated: lead.published,
        revision: 1,
    }
}

fn edition(pieces: Vec<Piece>) -> Edition {
    Edition {
        name: EditionName::new("front").expect("a well-formed constant"),
        title: "Front page".to_owned(),
        description: (!pieces.is_empty()).then(|| "Description".to_owned()),
        updated: pieces.first().map(|piece| piece.updated),
        history: crate::model::History::default(),
        hub: None,
        pieces,
    }
}

/// A story of one report, or of several that came in in every way and said something else before.
fn timeline(is_full: bool) -> Timeline {
    let all = [Reason::First, Reason::Ruling, Reason::Id, Reason::Url, Reason::Text, Reason::Event, Reason::First];
    let reasons = all.iter().take(if is_full { all.len() } else { 1 });
    let report = |(at, reason): (usize, &Reason)| {
        let entry = entry("a", &format!("Report {at}"), is_full);
        Report {
            publisher: publisher(),
            publisher_name: "Sample".to_owned(),
            leads: at == 0,
            is_first: at == 0,
            reason: *reason,
            score: 0.9,
            evidence: if is_full { "shares many words".to_owned() } else { String::new() },
            versions: if is_full { versions(&entry) } else { Versions::new() },
            entry,
        }
    };
    let reports: Vec<Report> = reasons.enumerate().map(report).collect();
    let story = StoryId::mint("wire.example", &entry("a", "Report 0", is_full));
    Timeline { story, updated: moment() + TimeDelta::hours(2), reports }
}

fn versions(entry: &Entry) -> Versions {
    let said = [(1, "First words"), (3, "Other words"), (4, "Last words")];
    let version = |title: &str| Version {
        entry: entry.id,
        until: moment(),
        title: Text(title.to_owned()),
        summary: Text::default(),
        content: Text(format!("{title} of the text.")),
    };
    said.into_iter().map(|(number, title)| (number, version(title))).collect()
}
