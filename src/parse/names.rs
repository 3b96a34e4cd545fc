//! What an element means: namespaces by URI, else by well-known prefix, and the names that feeds use in them.

pub use super::elements::{Element, element};
use super::limits;

/// The vocabularies that feeds are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// RSS, RDF's RSS, Atom, CDF, and no namespace at all: the feed's own elements.
    Core,
    /// Dublin Core elements and terms.
    Dc,
    /// RSS content module.
    Content,
    /// Media RSS.
    Media,
    /// iTunes, Google Play and Podcast 2.0.
    Podcast,
    /// XHTML.
    Xhtml,
    /// RDF syntax.
    Rdf,
    /// `xml:`.
    Xml,
    /// wfw, FeedBurner, slash, thr, GeoRSS and other small ones, of which single elements are read at most.
    Small,
    /// Geography Markup Language, inside GeoRSS.
    Gml,
    /// Everything else: its elements mean nothing to us.
    Other,
}

/// The vocabulary of a namespace URI (compared without case and trailing slashes), if it is known.
fn space_of_uri(uri: &str) -> Option<Space> {
    let uri = uri.trim().to_ascii_lowercase();
    let uri = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://")).unwrap_or(&uri);
    let uri = uri.strip_prefix("www.").unwrap_or(uri).trim_end_matches(['/', '#']);
    Some(match uri {
        "" | "w3.org/2005/atom" | "purl.org/atom/ns" | "example.com/newformat" | "example.com/necho" => Space::Core,
        "purl.org/rss/1.0" | "my.netscape.com/rdf/simple/0.9" | "channel.netscape.com/rdf/simple/0.9" => Space::Core,
        "purl.org/net/rss1.1" | "my.netscape.com/publish/formats/rss-0.91.dtd" | "purl.org/rss/2.0" => Space::Core,
        "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" | "purl.org/dc/terms" => Space::Dc,
        "purl.org/rss/1.0/modules/content" => Space::Content,
        "search.yahoo.com/mrss" | "video.search.yahoo.com/mrss" => Space::Media,
        "itunes.com/dtds/podcast-1.0.dtd"
        | "google.com/schemas/play-podcasts/1.0"
        | "podcastindex.org/namespace/1.0" => Space::Podcast,
        "w3.org/1999/xhtml" => Space::Xhtml,
        "w3.org/1999/02/22-rdf-syntax-ns" => Space::Rdf,
        "w3.org/xml/1998/namespace" => Space::Xml,
        "wellformedweb.org/commentapi"
        | "rssnamespace.org/feedburner/ext/1.0"
        | "purl.org/syndication/thread/1.0"
        | "w3.org/2003/01/geo/wgs84_pos"
        | "web.resource.org/cc"
        | "creativecommons.org/ns"
        | "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html"
        | "backend.userland.com/creativecommonsrssmodule" => Space::Small,
        "news.yandex.ru" => Space::Small,
        "opengis.net/gml" => Space::Gml,
        "purl.oclc.org/net/rss_2.0/enc" => Space::Core,
        _ if uri.starts_with("prismstandard.org/namespaces") => Space::Small,
        _ if uri.starts_with("purl.org/rss/1.0/modules/") || uri.ends_with("georss") => Space::Small,
        _ if uri.starts_with("backend.userland.com/rss") || uri.starts_with("blogs.law.harvard.edu/tech/rss") => {
            Space::Core
        }
        _ if uri.starts_with("purl.org/net/rss") || uri.starts_with("purl.org/atom/") => Space::Core,
        _ if uri.starts_with("search.yahoo.com/mrss") => Space::Media,
        _ if uri.contains("podcast-1.0.dtd") || uri.contains("podcastindex.org") => Space::Podcast,
        _ => return None,
    })
}

/// The vocabulary that a prefix stands for where it is not declared.
fn space_of_prefix(prefix: &str) -> Space {
    const KNOWN: [(&str, Space); 31] = [
        ("rss", Space::Core),
        ("atom", Space::Core),
        ("atom10", Space::Core),
        ("a10", Space::Core),
        ("atom03", Space::Core),
        ("dc", Space::Dc),
        ("dcterms", Space::Dc),
        ("dct", Space::Dc),
        ("content", Space::Content),
        ("media", Space::Media),
        ("itunes", Space::Podcast),
        ("googleplay", Space::Podcast),
        ("podcast", Space::Podcast),
        ("xhtml", Space::Xhtml),
        ("html", Space::Xhtml),
        ("rdf", Space::Rdf),
        ("xml", Space::Xml),
        ("wfw", Space::Small),
        ("slash", Space::Small),
        ("sy", Space::Small),
        ("thr", Space::Small),
        ("georss", Space::Small),
        ("feedburner", Space::Small),
        ("geo", Space::Small),
        ("gml", Space::Gml),
        ("cc", Space::Small),
        ("creativecommons", Space::Small),
        ("prism", Space::Small),
        ("enc", Space::Core),
        ("mrss", Space::Media),
        ("yandex", Space::Small),
    ];
    KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix)).map_or(Space::Other, |(_, space)| *space)
}

/// What a name with its prefix means at a place in the document.
#[derive(Debug, Clone, Copy)]
pub struct Meaning<'a> {
    /// The prefix; empty where there is none.
    pub prefix: &'a str,
    /// The name without its prefix.
    pub local: &'a str,
    /// The vocabulary.
    pub space: Space,
    /// The element, if it is one that feeds use.
    pub element: Option<Element>,
    /// Whether the prefix is declared, or needs not be.
    pub declared: bool,
}

/// The prefixes bound at a place in the document, innermost last.
#[derive(Debug, Default)]
pub struct Bindings<'a> {
    bound: Vec<(&'a str, Space, usize)>,
    /// How many were ever bound: each gets its number, so that the last one's tells which are in force.
    count: usize,
    /// Names looked up lately, at places that their bytes give, each with the number in force: feeds repeat a few names.
    known: Vec<Option<(&'a str, usize, Meaning<'a>)>>,
}

impl<'a> Bindings<'a> {
    /// A mark to return to when the element ends.
    pub fn mark(&self) -> usize {
        self.bound.len()
    }

    /// Forgets what was bound after the mark.
    pub fn release(&mut self, mark: usize) {
        self.bound.truncate(mark);
    }

    /// Binds a prefix (empty for the default namespace). `own` says that the element is the feed's own whatever
    /// its namespace, and that the prefix is the element's: so what nobody knows is the feed's too.
    pub fn bind(&mut self, prefix: &'a str, uri: &str, own: bool) {
        let space = match space_of_uri(uri) {
            _ if prefix.is_empty() && own => Space::Core,
            None if own && space_of_prefix(prefix) == Space::Other => Space::Core,
            space => space.unwrap_or(Space::Other),
        };
        if self.bound.len() < limits::NAMESPACES {
            self.count += 1;
            self.bound.push((prefix, space, self.count));
        }
    }

    /// The vocabulary of an element name.
    fn space(&self, prefix: &str) -> Space {
        match self.bound.iter().rev().find(|(bound, ..)| *bound == prefix) {
            // A well-known prefix with an unknown URI means what it always means.
            Some((_, Space::Other, _)) if !prefix.is_empty() => space_of_prefix(prefix),
            Some((_, space, _)) => *space,
            None if prefix.is_empty() => Space::Core,
            None => space_of_prefix(prefix),
        }
    }

    /// What an element's name means.
    pub fn meaning(&mut self, name: &'a str) -> Meaning<'a> {
        const PLACES: usize = 128;
        if self.known.is_empty() {
            self.known.resize(PLACES, None);
        }
        let in_force = self.bound.last().map_or(0, |(.., number)| *number);
        let place = match name.as_bytes() {
            [first, .., last] => (name.len() + 3 * usize::from(*first) + 7 * usize::from(*last)) % PLACES,
            _ => 0,
        };
        if let Some((known, number, meaning)) = &self.known[place]
            && *number == in_force
            && same(known, name)
        {
            return *meaning;
        }
        let (prefix, local) = split(name);
        let space = self.space(prefix);
        let declared = prefix.is_empty() || prefix == "xml" || self.bound.iter().any(|(bound, ..)| *bound == prefix);
        let meaning = Meaning { prefix, local, space, element: element(space, local), declared };
        self.known[place] = Some((name, in_force, meaning));
        meaning
    }
}

/// What counts of an element's name (see [`limits::NAME_BYTES`]).
pub fn bounded(name: &str) -> &str {
    if name.len() <= limits::NAME_BYTES { name } else { &name[..name.floor_char_boundary(limits::NAME_BYTES)] }
}

/// Whether two names are the same, for names of usual length without a call.
#[inline]
pub fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        4..=8 => one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk(),
        9..=16 => one.first_chunk::<8>() == other.first_chunk() && one.last_chunk::<8>() == other.last_chunk(),
        _ => one == other,
    }
}

/// Splits `dc:creator`.
pub fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// Whether a local name is one of those that make up the frame of every feed.
pub fn is_frame(local: &str) -> bool {
    ["rss", "rdf", "feed", "channel", "item", "entry"].iter().any(|name| name.eq_ignore_ascii_case(local))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bindings: &[(&'static str, &str)], name: &'static str, expected: Option<Element>) {
        let mut bound = Bindings::default();
        for (prefix, uri) in bindings {
            bound.bind(prefix, uri, true);
        }
        for _ in 0..2 {
            assert_eq!(bound.meaning(name).element, expected, "{name} with {bindings:?}");
        }
    }

    #[test]
    fn a_name_means_what_it_is_bound_to_here() {
        let mut bound = Bindings::default();
        let mark = bound.mark();
        for _ in 0..2 {
            assert_eq!(bound.meaning("x:title").element, None);
            bound.bind("x", "http://purl.org/dc/elements/1.1/", false);
            assert_eq!(bound.meaning("x:title").element, Some(Element::DcTitle));
            bound.bind("x", "http://search.yahoo.com/mrss/", false);
            assert_eq!(bound.meaning("x:title").element, Some(Element::MediaTitle));
            bound.release(mark + 1);
            assert_eq!(bound.meaning("x:title").element, Some(Element::DcTitle));
            bound.release(mark);
        }
        assert!(!bound.meaning("x:title").declared && bound.meaning("title").declared);
    }

    #[test]
    fn names_of_every_length_are_compared_to_the_end() {
        for length in 0..40 {
            let name = "n".repeat(length);
            assert!(same(&name, &name.clone()) && !same(&name, &format!("{name}n")));
            for at in 0..length {
                let mut other = name.clone();
                other.replace_range(at..=at, "m");
                assert!(!same(&name, &other), "{other}");
            }
        }
    }

    #[test]
    fn names_go_by_uri_then_by_prefix() {
        check(&[("x", "http://purl.org/dc/elements/1.1/")], "x:creator", Some(Element::Creator));
        check(&[], "dc:creator", Some(Element::Creator));
        check(&[], "DC:Creator", Some(Element::Creator));
        check(&[("dc", "http://typo.example/")], "dc:creator", Some(Element::Creator));
        check(&[("dc", "http://search.yahoo.com/mrss")], "dc:title", Some(Element::MediaTitle));
        check(&[("", "http://unknown.example/")], "Title", Some(Element::Title));
        check(&[("q", "http://unknown.example/")], "q:Title", Some(Element::Title));
        check(&[], "x:title", None);
        check(&[("atom", "HTTP://www.w3.org/2005/Atom")], "atom:Link", Some(Element::Link));
        check(&[], "averyveryverylongname", None);
    }
}
