//! Finds out which hubs a source names, and under what name they know it (WebSub §4): links in, a choice out.

use url::Url;

use crate::model::{FeedUrl, Link, Subscription};

/// More links of one answer are not looked at.
const MAX_LINKS: usize = 16;
/// Of more hubs than this the first ones are chosen from.
const MAX_HUBS: usize = 4;
/// A longer address is none.
const MAX_URL_BYTES: usize = 2048;
/// A hub that did not answer to so many requests gives way to the next one that the source names.
const PATIENCE: u32 = 3;

/// What a source says of its hubs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Announced {
    /// The hubs, the best first: those over https, then those that may be reached over https, then the others.
    pub hubs: Vec<FeedUrl>,
    /// What the hubs call the source; `None` where nothing can be told them.
    pub topic: Option<String>,
}

/// What is to be done about a source's hubs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// As it is.
    Keep,
    /// This hub is to be subscribed at, and none other.
    Take {
        /// The hub.
        hub: FeedUrl,
        /// What it calls the source.
        topic: String,
    },
    /// There is none.
    Leave,
}

/// Puts together what the head of an answer and its document say: the head goes before (WebSub §4). `asked` is the address
/// that the source is asked at; it stands in where no canonical one is named, unless it has a password.
pub fn announced(head: &[Link], document: &[Link], asked: &FeedUrl) -> Announced {
    let of = |rel: &'static str| {
        let [head, document] = [head, document].map(|links| links.iter().filter(move |link| link.rel == rel));
        let head: Vec<&Link> = head.take(MAX_LINKS).collect();
        if head.is_empty() { document.take(MAX_LINKS).collect() } else { head }
    };
    let is_open = |url: &Url| url.username().is_empty() && url.password().is_none();
    let topics = of("self").into_iter().map(|link| link.href.trim().to_owned());
    let mut topics =
        topics.filter(|href| is_short(href) && FeedUrl::parse(href).is_ok_and(|url| is_open(url.as_url())));
    let own = || is_open(asked.as_url()).then(|| asked.as_url().as_str().to_owned());
    let topic = topics.next().or_else(own).filter(|topic| is_short(topic));
    let named = of("hub").into_iter().filter(|link| is_short(&link.href));
    let named = named.filter_map(|link| FeedUrl::parse(&link.href).ok()).filter(|url| is_open(url.as_url()));
    let named: Vec<FeedUrl> = named.take(MAX_HUBS).collect();
    let (mut hubs, plain): (Vec<FeedUrl>, Vec<FeedUrl>) =
        named.into_iter().partition(|url| url.as_url().scheme() == "https");
    hubs.extend(plain.iter().filter_map(secured));
    hubs.extend(plain);
    let mut seen = std::collections::BTreeSet::new();
    hubs.retain(|hub| seen.insert(hub.clone()));
    Announced { hubs, topic }
}

fn is_short(url: &str) -> bool {
    url.len() <= MAX_URL_BYTES
}

/// The same hub over https, which is to be favoured even where http is named (WebSub §8.2). A port of its own tells that
/// it is no such hub.
fn secured(hub: &FeedUrl) -> Option<FeedUrl> {
    let mut url = hub.as_url().clone();
    (url.port().is_none() && url.domain().is_some() && url.set_scheme("https").is_ok())
        .then(|| FeedUrl::parse(url.as_str()).ok())?
}

/// Chooses a hub, given the present subscription of the source.
pub fn choose(announced: &Announced, present: Option<&Subscription>) -> Choice {
    let Announced { hubs, topic: Some(topic) } = announced else { return Choice::Leave };
    let Some(first) = hubs.first() else { return Choice::Leave };
    let take = |hub: &FeedUrl| Choice::Take { hub: hub.clone(), topic: topic.clone() };
    let Some(present) = present else { return take(first) };
    match hubs.iter().position(|hub| *hub == present.hub) {
        Some(at) if present.topic == *topic => {
            let is_deaf = present.lease_until.is_none() && present.attempts > PATIENCE;
            let next = hubs.get(at + 1).unwrap_or(first);
            if is_deaf && *next != present.hub { take(next) } else { Choice::Keep }
        }
        Some(_) => take(&present.hub),
        None => take(first),
    }
}

/// Reads `Link` headers (RFC 8288 §3): the hubs and the canonical address among them, resolved against the address that
/// sent them. What is not well-formed ends its value.
pub fn read_links<'a>(values: impl Iterator<Item = &'a str>, base: &Url) -> Vec<Link> {
    let mut links = Vec::new();
    for value in values {
        let mut rest = value;
        while let Some((target, after)) = next_target(rest) {
            let (parameters, after) = split_parameters(after);
            rest = after;
            // An anchor makes it a link of another document.
            let rels = parameters.iter().find(|(name, _)| name == "rel").map(|(_, rels)| rels.as_str());
            let is_ours = !parameters.iter().any(|(name, _)| name == "anchor");
            let Some(rels) = rels.filter(|_| is_ours) else { continue };
            let Ok(href) = base.join(target) else { continue };
            for rel in rels.split_ascii_whitespace().map(str::to_ascii_lowercase) {
                if matches!(rel.as_str(), "hub" | "self") && links.len() < MAX_LINKS {
                    links.push(Link { rel, href: href.to_string(), media_type: None });
                }
            }
        }
    }
    links
}

/// The next `<target>`, and what follows it.
fn next_target(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once('<')?;
    let (target, after) = rest.split_once('>')?;
    Some((target.trim(), after))
}

/// The parameters of a link, names in lower case, and what follows its comma.
fn split_parameters(text: &str) -> (Vec<(String, String)>, &str) {
    let mut parameters = Vec::new();
    let mut rest = text.trim_start();
    while let Some(parameter) = rest.strip_prefix(';') {
        let end = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
        let name = parameter[..end].trim().to_ascii_lowercase();
        let Some(value) = parameter[end..].strip_prefix('=').map(str::trim_start) else {
            rest = &parameter[end..];
            continue;
        };
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => value.split_at(value.find([';', ',']).unwrap_or(value.len())),
        };
        parameters.push((name, value.trim().to_owned()));
        rest = after.trim_start();
    }
    (parameters, rest.split_once(',').map_or("", |(_, after)| after))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::{Secret, SourceId, SubscriptionState};

    fn url(text: &str) -> FeedUrl {
        FeedUrl::parse(text).expect("a URL")
    }

    fn link(rel: &str, href: &str) -> Link {
        Link { rel: rel.into(), href: href.into(), media_type: None }
    }

    #[test]
    fn link_headers_are_read_as_the_rfc_says() {
        let base = Url::parse("https://a.example/feeds/all").expect("a URL");
        let check = |values: &[&str], expected: &[(&str, &str)]| {
            let found = read_links(values.iter().copied(), &base);
            let found: Vec<_> = found.iter().map(|link| (link.rel.as_str(), link.href.as_str())).collect();
            assert_eq!(found, expected, "{values:?}");
        };
        let hub = ("hub", "https://hub.example/");
        check(&["<https://hub.example/>; rel=hub"], &[hub]);
        check(&["<https://hub.example/>;REL=\"HUB\""], &[hub]);
        check(&["<https://hub.example/>; title=\"a, b; c\" ; rel=\"nofollow hub\""], &[hub]);
        check(
            &["<https://hub.example/>; rel=\"hub\", <all.xml>; rel=\"self\""],
            &[hub, ("self", "https://a.example/feeds/all.xml")],
        );
        check(&["</style.css>; rel=preload; as=style", "<https://hub.example/>; rel=hub; x"], &[hub]);
        check(&["<https://hub.example/>; rel=hub; rel=self"], &[hub]);
        check(&["<https://hub.example/>; rel=hub; anchor=\"/other\""], &[]);
        check(
            &["<https://hub.example/>", "hub", "<", "<x", "", "<https://hub.example/>; rel", "<http://[>; rel=hub"],
            &[],
        );
        check(&["<https://hub.example/>; rel=\"hub"], &[hub]);
        let many = ["<https://hub.example/>; rel=hub"; 99];
        assert_eq!(read_links(many.into_iter(), &base).len(), MAX_LINKS);
    }

    proptest::proptest! {
        #[test]
        fn whatever_stands_in_a_link_header_is_read(value in "[<>;,=\\\" a-zA-Z/é:]{0,60}|.{0,40}") {
            let base = Url::parse("https://a.example/").expect("a URL");
            let links = read_links([value.as_str(), "<https://hub.example/>; rel=hub"].into_iter(), &base);
            assert_eq!(links.last().map(|link| link.href.as_str()), Some("https://hub.example/"));
        }
    }

    #[test]
    fn the_head_goes_before_the_document_and_https_before_http() {
        let check = |head: &[Link], document: &[Link], hubs: &[&str], topic: Option<&str>| {
            let found = announced(head, document, &url("https://a.example/feed"));
            let found_hubs: Vec<String> = found.hubs.iter().map(ToString::to_string).collect();
            assert_eq!((found_hubs, found.topic.as_deref()), (hubs.iter().map(ToString::to_string).collect(), topic));
        };
        let own = Some("https://a.example/feed");
        let named = "http://b.example/feed?x=1";
        check(&[], &[], &[], own);
        check(&[], &[link("hub", "https://h.example/"), link("self", named)], &["https://h.example/"], Some(named));
        let document = [link("hub", "https://d.example/"), link("self", "https://d.example/feed")];
        check(&[link("hub", "https://h.example/")], &document, &["https://h.example/"], Some("https://d.example/feed"));
        check(&[link("self", named)], &document, &["https://d.example/"], Some(named));
        let hubs = ["http://p.example/", "https://h.example/", "http://p.example:8080/", "ftp://x/", "http://9.9.9.9/"];
        let expected = ["https://h.example/", "https://p.example/", "http://p.example/", "http://p.example:8080/"];
        check(&[], &hubs[..4].iter().map(|hub| link("hub", hub)).collect::<Vec<_>>(), &expected, own);
        check(&[], &[link("hub", hubs[4])], &[hubs[4]], own);
        // Passwords are nobody's business, and what is no web address is no name.
        check(&[link("hub", "https://u:p@h.example/"), link("self", "tag:x")], &[], &[], own);
        check(&[link("self", "https://u:p@a.example/feed")], &[], &[], own);
        check(&[link("self", &format!("https://a.example/{}", "x".repeat(MAX_URL_BYTES)))], &[], &[], own);
        assert_eq!(announced(&[], &[], &url("https://jane:secret@a.example/feed")).topic, None);
    }

    #[test]
    fn a_hub_is_kept_while_it_is_named_and_heard_of() {
        let named = |hubs: &[&str], topic: &str| Announced {
            hubs: hubs.iter().map(|hub| url(hub)).collect(),
            topic: Some(topic.into()),
        };
        let take = |hub: &str, topic: &str| Choice::Take { hub: url(hub), topic: topic.into() };
        let (a, b, feed) = ("https://a.example/", "https://b.example/", "https://f.example/feed");
        assert_eq!(choose(&named(&[a, b], feed), None), take(a, feed));
        assert_eq!(choose(&named(&[], feed), None), Choice::Leave);
        assert_eq!(choose(&Announced { topic: None, ..named(&[a], feed) }, None), Choice::Leave);
        let mut present = Subscription {
            source: SourceId::new("f").expect("a name"),
            token: Secret::new("t"),
            secret: None,
            hub: url(b),
            topic: feed.into(),
            site: Url::parse("https://w.example/").expect("a URL"),
            state: SubscriptionState::Requested,
            lease_until: None,
            next_attempt: DateTime::UNIX_EPOCH,
            attempts: PATIENCE,
            error: None,
            delivered: None,
            missed: 0,
        };
        assert_eq!(choose(&named(&[a, b], feed), Some(&present)), Choice::Keep);
        assert_eq!(choose(&named(&[a], feed), Some(&present)), take(a, feed), "it is not named any more");
        assert_eq!(choose(&named(&[a, b], "https://f.example/new"), Some(&present)), take(b, "https://f.example/new"));
        assert_eq!(choose(&named(&[], feed), Some(&present)), Choice::Leave);
        present.attempts += 1;
        assert_eq!(choose(&named(&[a, b], feed), Some(&present)), take(a, feed), "it was not heard of");
        assert_eq!(choose(&named(&[b], feed), Some(&present)), Choice::Keep, "there is no other");
    }
}
