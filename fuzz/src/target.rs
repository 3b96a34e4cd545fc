//! One case: a mutated document, how it is read, and what is checked of what comes of it.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;
use wiredesk::config::{EditionFormat, Site};
use wiredesk::model::{
    Edition, EditionName, Entry, FeedUrl, History, Location, Piece, Publisher, Source, SourceId, StoryId,
};
use wiredesk::parse::{Hints, Parts, essence, parse};
use wiredesk::text::{plain, sanitize};
use wiredesk::{normalize, render};

use crate::checks::{self, Checked};
use crate::random::Random;
use crate::seeds::Seeds;
use crate::{html, mutate};

/// What is exercised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// XML feeds and pages through `parse`; every sixteenth goes on as with `normalize`.
    Parse,
    /// Feeds of all kinds through `parse` and `normalize`, every sixteenth through `render` and `parse` again.
    Normalize,
    /// Fragments of HTML through `sanitize` and `plain`.
    Html,
    /// Dates, in a small feed.
    Dates,
    /// JSON Feeds through `parse`, as above.
    Json,
    /// All of these in turns.
    All,
}

/// How far a case goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Parse,
    Normalize,
    Render,
    Html,
}

/// A document and how it is read.
#[derive(Debug, Clone)]
pub struct Case {
    /// The document.
    pub document: Vec<u8>,
    way: Way,
    content_type: Option<&'static str>,
    based: bool,
}

/// What HTTP says, mostly nothing.
const CONTENT_TYPES: [Option<&str>; 8] = [
    None,
    None,
    None,
    Some("application/xml"),
    Some("text/xml; charset=utf-8"),
    Some("text/xml; charset=\"windows-1251\""),
    Some("text/html; charset=utf-16"),
    Some("application/json; charset=;x"),
];

impl Case {
    /// The case of this number.
    pub fn new(target: Target, seeds: &Seeds, seed: u64, number: u64) -> Self {
        let mut random = Random::new(seed, number);
        let target = match target {
            Target::All => *random.pick(&[
                Target::Parse,
                Target::Parse,
                Target::Parse,
                Target::Normalize,
                Target::Html,
                Target::Html,
                Target::Dates,
                Target::Json,
            ]),
            one => one,
        };
        let sampled = random.one_in(16);
        let way = match target {
            Target::Html => Way::Html,
            Target::Normalize if sampled => Way::Render,
            Target::Normalize => Way::Normalize,
            _ if sampled => Way::Normalize,
            _ => Way::Parse,
        };
        let pool = match target {
            Target::Html => &seeds.html,
            Target::Dates => &seeds.dates,
            Target::Json => &seeds.json,
            Target::Normalize if random.one_in(3) => &seeds.json,
            _ => &seeds.documents,
        };
        let mut document = mutate::mutated(pool, &mut random);
        if target == Target::Dates {
            document = dated(&document);
        }
        Self { document, way, content_type: *random.pick(&CONTENT_TYPES), based: random.one_in(2) }
    }

    /// Reads the document and checks all that came of it.
    ///
    /// # Errors
    /// When something does not hold that should.
    pub fn check(&self) -> Checked {
        let base = Url::parse("https://wire.example/feeds/rss.xml").ok().filter(|_| self.based);
        if self.way == Way::Html {
            return check_html(&String::from_utf8_lossy(&self.document), base.as_ref());
        }
        let hints = Hints { content_type: self.content_type, base: base.as_ref(), lines: true, ..Hints::default() };
        let read = parse(&self.document, &hints);
        if let Ok(parsed) = &read {
            checks::parsed(&self.document, parsed)?;
        }
        if let Some(parts) = Parts::of(&self.document, self.content_type, 0, &[]) {
            let hints = Hints { lines: false, ..hints };
            let without = |is_left_out: fn(usize) -> bool| parse(&parts.without(is_left_out), &hints).ok();
            let [whole, some] = [without(|_| false), without(|place| place % 2 == 0)];
            checks::read_in_part(parts.marks().len(), whole.as_ref(), some.as_ref())?;
        }
        let made =
            ["<!-- 0.2 s -->", "<!-- </item><item> -->"].map(|made| [&self.document[..], made.as_bytes()].concat());
        let [one, other] = made.each_ref().map(|document| essence(document));
        if one.is_some() && one == other {
            let [one, other] = made.each_ref().map(|document| parse(document, &hints).ok());
            checks::known_again(one.as_ref(), other.as_ref())?;
        }
        if self.way == Way::Parse {
            return Ok(());
        }
        if parse(&self.document, &hints) != read {
            return Err("the same document is read differently the second time".to_owned());
        }
        let Ok(parsed) = read else { return Ok(()) };
        let entries = normalize::entries(&parsed, &source(self.based), now());
        checks::entries(&entries, now())?;
        if self.way == Way::Render { check_rendered(entries) } else { Ok(()) }
    }
}

/// A feed with a date.
fn dated(date: &[u8]) -> Vec<u8> {
    let date = String::from_utf8_lossy(date).replace('&', "&amp;").replace('<', "&lt;");
    format!("<rss><channel><item><title>t</title><pubDate>{date}</pubDate></item></channel></rss>").into_bytes()
}

fn check_html(source: &str, base: Option<&Url>) -> Checked {
    let clean = sanitize(source, base);
    if let Some(fault) = html::fault(clean.as_str()) {
        return Err(format!("unsafe HTML: {fault}"));
    }
    let again = sanitize(clean.as_str(), base);
    if again != clean {
        return Err(format!(
            "sanitising again changes it: {clean} becomes {again}",
            clean = clean.as_str(),
            again = again.as_str()
        ));
    }
    let text = plain(source);
    if text.as_str().contains(char::is_control) {
        return Err(format!("a control character is left: {text:?}"));
    }
    Ok(())
}

/// Renders entries in every format, and reads the feeds again: without flaws, and all items are there.
fn check_rendered(entries: Vec<Entry>) -> Checked {
    let count = entries.len();
    let edition = edition(entries)?;
    let formats = [EditionFormat::Atom, EditionFormat::Rss, EditionFormat::Json, EditionFormat::Html];
    let documents = render::edition(&edition, &formats, true, &site()?, &render::Theme::default())
        .map_err(|error| format!("render: {error}"))?;
    for document in documents.iter().take(3) {
        let read = parse(&document.bytes, &Hints::default());
        let read = read.map_err(|error| format!("what is rendered cannot be read: {} {error}", document.path))?;
        if let Some(flaw) = read.flaws.first() {
            return Err(format!("what is rendered has flaws: {} {flaw:?}", document.path));
        }
        if read.feed.items.len() != count {
            let found = read.feed.items.len();
            return Err(format!("what is rendered lost items: {} has {found} of {count}", document.path));
        }
    }
    Ok(())
}

fn edition(entries: Vec<Entry>) -> Result<Edition, String> {
    let publisher = Publisher::new("wire.example").map_err(|error| error.to_string())?;
    let piece = |lead: Entry| Piece {
        story: StoryId::mint("desk.example", &lead),
        publisher: publisher.clone(),
        publisher_name: "Wire".to_owned(),
        source_title: "Wire".to_owned(),
        source_url: Some("https://wire.example/feeds/rss.xml".to_owned()),
        covered_by: Vec::new(),
        published: lead.published,
        updated: lead.updated.unwrap_or(lead.published),
        revision: 1,
        lead,
    };
    Ok(Edition {
        name: EditionName::new("front").map_err(|error| error.to_string())?,
        title: "Front".to_owned(),
        description: None,
        updated: Some(now()),
        pieces: entries.into_iter().map(piece).collect(),
        history: History::default(),
        hub: Some("https://desk.example/websub/hub".to_owned()),
    })
}

fn site() -> Result<Site, String> {
    Ok(Site {
        name: "Desk".to_owned(),
        url: Url::parse("https://desk.example/").map_err(|error| error.to_string())?,
        owner: None,
        email: None,
        language: "en".to_owned(),
    })
}

/// A fixed moment: no case depends on when it is run.
fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_729_857_600)
}

fn source(on_the_web: bool) -> Source {
    let address = FeedUrl::parse("https://wire.example/feeds/rss.xml").expect("an address");
    let location = if on_the_web { Location::Web(address) } else { Location::File("feed.xml".into()) };
    Source::new(SourceId::new("wire").expect("a name"), location, Publisher::new("wire.example").expect("a name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_as_they_are_pass_every_check() {
        let seeds = Seeds::own();
        for document in seeds.documents.into_iter().chain(seeds.json) {
            let case = Case { document, way: Way::Render, content_type: None, based: true };
            assert_eq!(case.check(), Ok(()), "{}", String::from_utf8_lossy(&case.document));
        }
        for document in seeds.html {
            assert_eq!(Case { document, way: Way::Html, content_type: None, based: false }.check(), Ok(()));
        }
        for date in seeds.dates {
            let read = parse(&dated(&date), &Hints::default()).expect("a feed");
            let text = String::from_utf8_lossy(&date);
            assert_eq!(
                read.feed.items[0].published.is_some(),
                !text.starts_with("--") && !text.starts_with("0001"),
                "{text}"
            );
        }
    }
}
