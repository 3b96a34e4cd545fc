//! What each element gives: which field it fills, from its text or its attributes, and how strongly.

use super::extras::{self, Extra};
use super::names::{Element, Space};
use super::reader::{Reader, Scope};
use super::resolve::resolve;
pub use super::tags::item_attributes;
use super::tags::{
    add_enclosure, attribute, attribute_of_any_space, cdf_attributes, markup, start_category, start_content,
    start_link, start_picture, version,
};
use super::text::Mode;
use crate::model::{Format, Origin, Person};

/// A field that takes an element's text. The number is its rank (see `draft`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The title.
    Title(u8),
    /// The page.
    Link(u8),
    /// An id; whether it may serve as link.
    Id(u8, Permalink),
    /// Description or summary.
    Summary(u8),
    /// The full text.
    Content(u8),
    /// First publication.
    Published(u8),
    /// Last change.
    Updated(u8),
    /// Language.
    Language(u8),
    /// Rights.
    Rights(u8),
    /// A picture's address.
    Image(u8),
    /// The program.
    Generator,
    /// A label; whether commas separate several.
    Category(bool),
    /// A page with comments.
    Comments,
    /// A feed of comments.
    CommentFeed,
    /// The page behind a redirecting link.
    OriginalLink,
    /// Minutes.
    Ttl,
    /// A person on one line.
    Author(u8),
    /// A person's name.
    Name,
    /// A person's mail address.
    Email,
    /// A person's page, or a picture's address.
    Url,
    /// A person who took part.
    Contributor,
    /// An attached file.
    Enclosure,
    /// A part of where an item was taken over from.
    Origin(OriginPart),
    /// What few feeds carry.
    Extra(Extra),
}

/// Whether an id says that it is the item's page (RSS 2.0, `guid`: so by default).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permalink {
    /// It says that it is.
    Yes,
    /// It does not say.
    Unsaid,
    /// It says that it is not.
    No,
}

/// What is read of where an item was taken over from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginPart {
    /// Its title.
    Title,
    /// Its page.
    Link,
    /// Its id.
    Id,
}

/// The rank of a person who took part, but did not write it.
pub const CONTRIBUTOR: u8 = u8::MAX;

/// What a start tag leads to.
pub enum Start {
    /// Its children count as its parent's.
    Through,
    /// Its children belong to something of their own.
    Scope(Scope),
    /// Its text fills a field.
    Collect(Field, Mode),
}

/// Whether the start of an element shows that the end tag of a field is missing. `bare` says that it has no attributes.
///
/// One line of text holds no element but stray HTML, so every other one ends it. A longer text may hold HTML: it is ended
/// by names that HTML does not have. XHTML and other XML may hold anything.
pub fn ends_field(
    element: Option<Element>,
    (space, local): (Space, &str),
    bare: bool,
    mode: Mode,
    field: Field,
) -> bool {
    use Element::*;
    if mode == Mode::Inline {
        return false;
    }
    if matches!(space, Space::Dc | Space::Content | Space::Media | Space::Podcast | Space::Small) {
        return true;
    }
    const STRAY_HTML: [&str; 14] =
        ["a", "b", "body", "br", "div", "em", "font", "i", "img", "p", "small", "span", "strong", "u"];
    if mode == Mode::Line {
        return element.is_some() && !STRAY_HTML.iter().any(|name| name.eq_ignore_ascii_case(local));
    }
    let short = !matches!(field, Field::Summary(_) | Field::Content(_) | Field::Rights(_));
    match element {
        Some(
            Item | Entry | Guid | PubDate | Published | Updated | LastBuildDate | Enclosure | Channel | Issued
            | Modified,
        ) => true,
        // HTML's `link` says all in its attributes.
        Some(Link) => short || bare,
        Some(Title | Description | Category | Comments | Author | Summary | Abstract | Content | Id) => short,
        _ => false,
    }
}

/// Whether a text that has its end tag may hold an element that it would end without one.
pub fn may_hold(field: Field, element: Option<Element>) -> bool {
    use Element::*;
    matches!(field, Field::Summary(_) | Field::Content(_)) && matches!(element, Some(Link | Content | Updated))
}

/// Whether the start of an element ends a field that has no end tag: what no text would hold.
pub fn ends_open_field(element: Option<Element>, space: Space) -> bool {
    use Element::*;
    let text = matches!(element, None | Some(Anchor | Body | Source | Image | Name | Url));
    space != Space::Xhtml && !text
}

/// Whether an element is one that items begin with.
pub fn begins_item(element: Element) -> bool {
    use Element::*;
    matches!(
        element,
        Title | Link | Guid | Id | Description | Summary | Content | PubDate | Published | Updated | Creator
    )
}

/// Whether an element is one that feeds begin with.
pub fn begins_feed(element: Element) -> bool {
    use Element::*;
    begins_item(element) || matches!(element, Subtitle | LastBuildDate | Modified | Generator | Language | Author)
}

/// Whether the start of an element shows that the end tag of a person, a picture or a source is missing.
pub fn ends_scope(element: Option<Element>, scope: &Scope) -> bool {
    use Element::*;
    let Some(element) = element else { return false };
    match scope {
        Scope::Origin(_) => matches!(element, Item | Entry),
        Scope::Person(..) | Scope::Image => {
            let text = matches!(element, Category | Content | Encoded | Summary | Enclosure | Comments);
            let date = matches!(element, PubDate | Published | Updated | Issued | Modified | LastBuildDate);
            let frame = matches!(element, Item | Entry | Author | Contributor | Guid | Language | Generator | Ttl);
            text || date || frame
        }
        Scope::Feed | Scope::Item | Scope::Ignored => false,
    }
}

/// Decides what a start tag leads to; reads what stands in its attributes.
pub fn start(reader: &mut Reader<'_>, element: Option<Element>, space: Space, local: &str) -> Start {
    let in_person = matches!(reader.scope(), Scope::Person(..));
    let Some(element) = element else {
        let group = space == Space::Media && local.eq_ignore_ascii_case("group");
        if group && matches!(reader.scope(), Scope::Feed | Scope::Item) {
            extras::start_group(reader.draft());
        }
        // A name may stand in HTML.
        if in_person {
            reader.part_words();
        }
        let transparent = group || in_person || is_transparent(space, local);
        return if transparent { Start::Through } else { Start::Scope(Scope::Ignored) };
    };
    match reader.scope() {
        Scope::Person(..) => start_in_person(element),
        Scope::Origin(_) => start_in_origin(reader, element),
        Scope::Image => match element {
            Element::Url => Start::Collect(Field::Url, Mode::Line),
            Element::Extra(extra @ (Extra::Width | Extra::Height)) => Start::Collect(Field::Extra(extra), Mode::Line),
            _ => Start::Scope(Scope::Ignored),
        },
        Scope::Feed | Scope::Item => start_in_draft(reader, element),
        Scope::Ignored => Start::Through,
    }
}

/// Whether an element of no meaning of its own holds what counts for what is around it: lists of things, places.
fn is_transparent(space: Space, local: &str) -> bool {
    const LISTS: [&str; 8] =
        ["items", "entries", "categories", "authors", "links", "enclosures", "skiphours", "skipdays"];
    match space {
        Space::Core => LISTS.iter().any(|name| name.eq_ignore_ascii_case(local)),
        Space::Small => local.eq_ignore_ascii_case("where"),
        Space::Gml => local.eq_ignore_ascii_case("point"),
        _ => false,
    }
}

/// What an item was taken over from, in Atom's way.
fn start_in_origin(reader: &mut Reader<'_>, element: Element) -> Start {
    let part = match element {
        Element::Title => OriginPart::Title,
        Element::Id => OriginPart::Id,
        Element::Link => match attribute(reader, "href") {
            Some(href) => {
                let href = resolve(&href, reader.base());
                let rel = attribute(reader, "rel").unwrap_or_else(|| "alternate".into());
                if let Scope::Origin(origin) = reader.scope() {
                    match rel.to_ascii_lowercase().as_str() {
                        "self" => origin.feed = Some(href),
                        "alternate" if origin.link.is_none() => origin.link = Some(href),
                        _ => {}
                    }
                }
                return Start::Scope(Scope::Ignored);
            }
            None => OriginPart::Link,
        },
        // They are the item's where it has none of its own (RFC 4287 §4.1.2).
        Element::Author => return Start::Scope(Scope::Person(0, Person::default())),
        _ => return Start::Scope(Scope::Ignored),
    };
    Start::Collect(Field::Origin(part), Mode::Line)
}

fn start_in_person(element: Element) -> Start {
    match element {
        Element::Anchor => Start::Through,
        Element::Name => Start::Collect(Field::Name, Mode::Line),
        Element::Email => Start::Collect(Field::Email, Mode::Line),
        Element::Url => Start::Collect(Field::Url, Mode::Line),
        _ => Start::Scope(Scope::Ignored),
    }
}

fn start_in_draft(reader: &mut Reader<'_>, element: Element) -> Start {
    use Element::*;
    let line = |field: Field| Start::Collect(field, Mode::Line);
    let person = |rank: u8| Start::Scope(Scope::Person(rank, Person::default()));
    let atom = reader.format == Some(Format::Atom);
    let in_item = reader.item.is_some();
    match element {
        Rss | Rdf | Feed => {
            if !in_item {
                version(reader, element);
            }
            Start::Through
        }
        Channel => {
            if !in_item && !reader.tag.is_empty() {
                cdf_attributes(reader);
            }
            Start::Through
        }
        Item | Entry => Start::Scope(Scope::Ignored),
        Title => markup(reader, Field::Title(3), atom),
        DcTitle => markup(reader, Field::Title(2), false),
        MediaTitle => markup(reader, Field::Title(1), false),
        Description => markup(reader, Field::Summary(4), false),
        Summary => markup(reader, Field::Summary(3), atom),
        Abstract => markup(reader, Field::Summary(3), false),
        Subtitle => markup(reader, Field::Summary(4), atom),
        DcDescription => markup(reader, Field::Summary(2), false),
        PodcastSummary | MediaDescription => markup(reader, Field::Summary(1), false),
        PodcastSubtitle => markup(reader, Field::Summary(0), false),
        Content => start_content(reader, atom),
        Encoded => Start::Collect(Field::Content(4), Mode::Html),
        Body => Start::Collect(Field::Content(2), Mode::Inline),
        FullItem => markup(reader, Field::Content(2), false),
        Rights => markup(reader, Field::Rights(3), atom),
        DcRights => markup(reader, Field::Rights(2), false),
        Link | Anchor => start_link(reader),
        Guid => {
            let said = attribute(reader, "isPermaLink");
            line(Field::Id(
                3,
                match said.map(|said| said.to_ascii_lowercase()).as_deref() {
                    None => Permalink::Unsaid,
                    Some("false" | "no" | "0") => Permalink::No,
                    Some(_) => Permalink::Yes,
                },
            ))
        }
        Id => line(Field::Id(3, Permalink::No)),
        Identifier => line(Field::Id(0, Permalink::No)),
        Author => person(5),
        Creator => line(Field::Author(4)),
        Editor => line(Field::Author(3)),
        PodcastAuthor => line(Field::Author(2)),
        Owner => person(1),
        Publisher => line(Field::Author(0)),
        Contributor => person(CONTRIBUTOR),
        DcContributor => line(Field::Contributor),
        TextInput => Start::Scope(Scope::Ignored),
        PubDate => line(Field::Published(4)),
        Published => line(Field::Published(3)),
        Issued => line(Field::Published(2)),
        Created => line(Field::Published(1)),
        DcDate => line(Field::Published(0)),
        Updated => line(Field::Updated(3)),
        Modified => line(Field::Updated(2)),
        LastBuildDate => line(Field::Updated(1)),
        Category => start_category(reader),
        MediaCategory => {
            if let Some(label) = attribute(reader, "label") {
                reader.draft().add_category(&label);
                return Start::Scope(Scope::Ignored);
            }
            line(Field::Category(false))
        }
        PodcastCategory => {
            if let Some(text) = attribute(reader, "text") {
                reader.draft().add_category(&text);
            }
            Start::Through
        }
        Keywords => line(Field::Category(true)),
        Enclosure => match add_enclosure(reader, 2) {
            true => Start::Scope(Scope::Ignored),
            false => line(Field::Enclosure),
        },
        MediaContent => {
            let is = |name: &str, wanted: &str| attribute(reader, name).is_some_and(|kind| kind.starts_with(wanted));
            if is("medium", "image") || is("type", "image/") {
                start_picture(reader, 1);
            } else {
                add_enclosure(reader, 1);
            }
            extras::add_media(reader);
            Start::Through
        }
        MediaThumbnail => start_picture(reader, 1),
        PodcastImage => start_picture(reader, 2),
        PodcastLink => match attribute(reader, "rel").as_deref() {
            Some("image") => start_picture(reader, 1),
            _ => Start::Scope(Scope::Ignored),
        },
        Image => {
            let address = ["href", "resource", "url"].into_iter();
            let address = address.filter_map(|name| attribute_of_any_space(reader, name)).next();
            if let Some(address) = address {
                let address = resolve(&address, reader.base());
                reader.draft().image.offer(2, address);
            }
            Start::Scope(Scope::Image)
        }
        Logo => {
            // CDF keeps the address in an attribute.
            if let Some(address) = attribute(reader, "href") {
                let address = resolve(&address, reader.base());
                reader.draft().image.offer(2, address);
            }
            line(Field::Image(2))
        }
        Icon => line(Field::Image(1)),
        Generator => line(Field::Generator),
        Language => line(Field::Language(3)),
        DcLanguage => line(Field::Language(2)),
        Comments => line(Field::Comments),
        CommentRss => line(Field::CommentFeed),
        OrigLink => line(Field::OriginalLink),
        Ttl => line(Field::Ttl),
        Source if in_item => {
            let feed = attribute(reader, "url").map(|url| resolve(&url, reader.base()));
            Start::Scope(Scope::Origin(Box::new(Origin { feed, ..Origin::default() })))
        }
        Source | Name | Email | Url => Start::Scope(Scope::Ignored),
        Extra(extra) => extras::start(reader, extra),
    }
}
