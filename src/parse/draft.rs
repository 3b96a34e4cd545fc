//! A feed or item while it is read: for each field the best value so far, by rank.
//!
//! The same thing has many names (`title`, `dc:title`, `media:title`). The dialect's own name has the highest rank;
//! of equal ranks the first one counts.

use chrono::{DateTime, Utc};

use super::extras::Extras;
use super::{limits, resolve};
use crate::model::{Enclosure, Feed, Format, Item, Link, Markup, Origin, Person};
use crate::text::trim;

/// A field with the rank of its value.
#[derive(Debug, Clone)]
pub struct Slot<T> {
    value: Option<T>,
    rank: u8,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { value: None, rank: 0 }
    }
}

impl<T> Slot<T> {
    /// Takes the value if it is better than what is there.
    pub fn offer(&mut self, rank: u8, value: T) {
        if self.wants(rank) {
            *self = Self { value: Some(value), rank };
        }
    }

    /// Takes the value unless a better one is there: of equal ranks the last one counts.
    pub fn renew(&mut self, rank: u8, value: T) {
        if self.value.is_none() || rank >= self.rank {
            *self = Self { value: Some(value), rank };
        }
    }

    /// Whether a value of that rank would be taken.
    pub fn wants(&self, rank: u8) -> bool {
        self.value.is_none() || rank > self.rank
    }

    /// The rank of the value so far, 0 without one.
    pub fn rank(&self) -> u8 {
        self.rank
    }

    /// The value so far.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }
}

/// A feed or an item in the making.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub title: Slot<Markup>,
    pub link: Slot<String>,
    pub id: Slot<String>,
    pub summary: Slot<Markup>,
    pub content: Slot<Markup>,
    pub published: Slot<DateTime<Utc>>,
    pub updated: Slot<DateTime<Utc>>,
    pub language: Slot<String>,
    pub rights: Slot<Markup>,
    pub image: Slot<String>,
    pub generator: Slot<String>,
    pub comments: Slot<String>,
    pub ttl_minutes: Slot<u32>,
    pub authors: Vec<(u8, Person)>,
    pub categories: Vec<String>,
    pub enclosures: Vec<(u8, Enclosure)>,
    pub links: Vec<Link>,
    pub extras: Option<Box<Extras>>,
    pub line: u32,
    /// The byte position at which it starts.
    pub position: usize,
}

impl Draft {
    /// Whether it has nothing that a reader would see.
    pub fn is_blank(&self) -> bool {
        let text = self.title.get().or(self.summary.get()).or(self.content.get());
        let id = self.link.get().or(self.id.get());
        text.is_none() && id.is_none() && self.enclosures.is_empty() && self.published.get().is_none()
    }

    /// Adds a person under a rank.
    pub fn add_author(&mut self, rank: u8, person: Person) {
        let known = self.authors.iter().any(|(_, author)| *author == person);
        if person != Person::default() && !known && self.authors.len() < limits::LIST {
            if self.authors.is_empty() {
                // Hardly any item has a second one.
                self.authors.reserve_exact(1);
            }
            self.authors.push((rank, person));
        }
    }

    /// Adds a person who took part.
    pub fn add_contributor(&mut self, person: Person) {
        let contributors = &mut self.extras().contributors;
        if person != Person::default() && !contributors.contains(&person) && contributors.len() < limits::LIST {
            contributors.push(person);
        }
    }

    /// What few feeds carry.
    pub fn extras(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    /// Adds a label.
    pub fn add_category(&mut self, label: &str) {
        let label = trim(label);
        let known = self.categories.iter().any(|category| category == label);
        if !label.is_empty() && !known && self.categories.len() < limits::LIST {
            self.categories.push(label.to_owned());
        }
    }

    /// Adds an attached file; one of the same address is completed.
    pub fn add_enclosure(&mut self, rank: u8, enclosure: Enclosure) {
        if enclosure.url.is_empty() {
            return;
        }
        if let Some((_, known)) = self.enclosures.iter_mut().find(|(_, known)| known.url == enclosure.url) {
            known.media_type = known.media_type.take().or(enclosure.media_type);
            known.size_bytes = known.size_bytes.or(enclosure.size_bytes);
        } else if self.enclosures.len() < limits::LIST {
            self.enclosures.push((rank, enclosure));
        }
    }

    /// Adds a link with a role.
    pub fn add_link(&mut self, link: Link) {
        if !link.href.is_empty() && self.links.len() < limits::LIST && !self.links.contains(&link) {
            self.links.push(link);
        }
    }

    /// The finished feed.
    pub fn into_feed(mut self, format: Format, items: Vec<Item>) -> Feed {
        let authors = self.best_authors();
        let extras = self.extras.take().map(|extras| *extras).unwrap_or_default();
        Feed {
            format,
            update_minutes: extras.update_minutes(),
            image_size: extras.size_of(self.image.get()),
            version: extras.version,
            contributors: extras.contributors,
            skip_hours: extras.skip_hours,
            skip_days: extras.skip_days,
            title: self.title.value,
            link: self.link.value,
            id: self.id.value,
            description: self.summary.value.or(self.content.value),
            language: self.language.value,
            updated: self.updated.value,
            published: self.published.value,
            authors,
            rights: self.rights.value,
            image: self.image.value,
            generator: self.generator.value,
            links: self.links,
            ttl_minutes: self.ttl_minutes.value,
            items,
        }
    }

    /// The finished item.
    pub fn into_item(mut self) -> Item {
        let authors = self.best_authors();
        // A permanent link without a scheme is no link, but an id.
        let guid_link = self.id.value.as_ref().filter(|id| resolve::has_scheme(id) && id.starts_with("http"));
        let link = self.link.value.or_else(|| guid_link.cloned());
        let mut extras = self.extras.take().map(|extras| *extras).unwrap_or_default();
        Item {
            image_size: extras.size_of(self.image.get()),
            media: extras.media(),
            podcast: extras.podcast(),
            place: extras.place(),
            comment_count: extras.comment_count.value,
            contributors: extras.contributors,
            translations: extras.translations,
            source: extras.source.filter(|source| *source != Origin::default()).map(Box::new),
            id: self.id.value,
            link,
            title: self.title.value,
            summary: self.summary.value,
            content: self.content.value,
            published: self.published.value,
            updated: self.updated.value,
            authors,
            enclosures: self.enclosures.into_iter().map(|(_, enclosure)| enclosure).collect(),
            categories: self.categories,
            comments: self.comments.value,
            image: self.image.value,
            rights: self.rights.value,
            language: self.language.value,
            links: self.links,
            base: None,
            line: self.line,
        }
    }

    /// The persons of the highest rank: `webMaster` is no author where there is one. Where they are mere addresses,
    /// those with a name come first.
    fn best_authors(&mut self) -> Vec<Person> {
        const WRITER: u8 = 2;
        let mut authors = std::mem::take(&mut self.authors);
        let highest = |named: bool| {
            let ranks = authors.iter().filter(|(_, person)| !named || person.name.is_some()).map(|(rank, _)| *rank);
            ranks.max()
        };
        let best = highest(false).unwrap_or_default();
        let named = highest(true).filter(|named| *named >= WRITER).unwrap_or(best);
        authors.retain(|(rank, _)| *rank == best || *rank == named);
        authors.sort_by_key(|(rank, _)| *rank != named);
        authors.into_iter().map(|(_, person)| person).collect()
    }
}

/// Reads a person from one line: `a@b.example (Name)`, `Name <a@b.example>`, `Name (a@b.example)`, a name, an address.
pub fn person(text: &str) -> Person {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'-');
    if !text.is_empty() && text.bytes().all(in_name) && text.split(' ').all(|word| !word.is_empty()) {
        return Person { name: Some(text.to_owned()), ..Person::default() };
    }
    // A name may be HTML itself.
    let plain = if text.contains("</") { crate::text::plain(text).to_string() } else { text.to_owned() };
    let text = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let split = |open: char, close: char| {
        let (before, rest) = text.split_once(open)?;
        let (inside, after) = rest.split_once(close).unwrap_or((rest, ""));
        Some((format!("{} {}", before.trim(), after.trim()).trim().to_owned(), inside.trim().to_owned()))
    };
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let mail = |text: String| filled(text.strip_prefix("mailto:").unwrap_or(&text).to_owned());
    if let Some((outside, inside)) = split('<', '>').or_else(|| split('(', ')')) {
        let unquoted = |name: String| filled(name.trim_matches('"').trim().to_owned());
        if is_mail(&inside) {
            return Person { name: unquoted(outside), email: mail(inside), url: None };
        }
        if is_mail(&outside) {
            return Person { name: unquoted(inside), email: mail(outside), url: None };
        }
        return Person { name: filled(text), ..Person::default() };
    }
    if is_mail(&text) {
        return Person { email: mail(text), ..Person::default() };
    }
    // `jane@a.example Jane Doe`, `Jane Doe jane@a.example`.
    const AROUND: [char; 9] = [' ', ',', ';', ':', '|', '[', ']', '-', '"'];
    if let Some(address) = text.split(|c| c != '-' && AROUND.contains(&c)).find(|word| is_mail(word)) {
        let name = text.replacen(address, "", 1);
        let name = name.strip_prefix("mailto:").unwrap_or(&name).trim_matches(AROUND).to_owned();
        return Person { name: filled(name), email: mail(address.to_owned()), url: None };
    }
    Person { name: filled(text), ..Person::default() }
}

fn is_mail(text: &str) -> bool {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && !host.is_empty()
            && !text.contains(|c: char| c.is_whitespace() || "[]|,;\"".contains(c))
            && !host.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_read_from_a_line() {
        for (text, name, email) in [
            ("jane@a.example (Jane Doe)", Some("Jane Doe"), Some("jane@a.example")),
            ("Jane Doe <jane@a.example>", Some("Jane Doe"), Some("jane@a.example")),
            ("Jane Doe (jane@a.example)", Some("Jane Doe"), Some("jane@a.example")),
            ("Jane Doe jane@a.example", Some("Jane Doe"), Some("jane@a.example")),
            ("mailto:jane@a.example", None, Some("jane@a.example")),
            ("Jane Doe [jane@a.example]", Some("Jane Doe"), Some("jane@a.example")),
            ("Jane Doe | jane@a.example", Some("Jane Doe"), Some("jane@a.example")),
            ("\"Jane Doe\" jane-d@a.example", Some("Jane Doe"), Some("jane-d@a.example")),
            ("<a href=\"/j\">Jane <b>Doe</b></a>", Some("Jane Doe"), None),
            ("Jane Doe (Harbour Wire)", Some("Jane Doe (Harbour Wire)"), None),
            ("Jane\n Doe", Some("Jane Doe"), None),
            ("", None, None),
        ] {
            let found = person(text);
            assert_eq!((found.name.as_deref(), found.email.as_deref()), (name, email), "{text}");
        }
    }

    #[test]
    fn the_better_name_wins() {
        let mut slot = Slot::default();
        for (rank, value) in [(1, "media"), (3, "own"), (3, "second"), (2, "dc")] {
            slot.offer(rank, value);
        }
        assert_eq!(slot.get(), Some(&"own"));
    }
}
