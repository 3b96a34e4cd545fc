//! The rules of the W3C's feed validator, its recommendations included, over what is published. Each fault bears the
//! name of the validator's message.

use std::collections::BTreeSet;

use chrono::DateTime;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use url::Url;

use crate::judges::hostile_desk;
use crate::main_job::sample_desk;
use crate::nasty;

/// An element of XML, names as written.
#[derive(Debug, Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
    text: String,
}

impl Node {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn text(&self, name: &str) -> &str {
        self.children.iter().find(|child| child.name == name).map_or("", |node| node.text.as_str())
    }

    fn links<'a>(&'a self, rel: &'a str) -> impl Iterator<Item = &'a Node> {
        let links = self.children.iter().filter(|child| child.name == "link" || child.name == "atom:link");
        links.filter(move |link| link.attribute("rel") == Some(rel))
    }
}

/// Reads a document into its root.
fn tree(text: &str) -> Node {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(tag) => open.push(node(&tag)),
            Event::Empty(tag) => open.last_mut().expect("a root").children.push(node(&tag)),
            Event::End(_) => {
                let done = open.pop().expect("balanced");
                open.last_mut().expect("balanced").children.push(done);
            }
            Event::Text(text) => {
                open.last_mut().expect("a root").text.push_str(&text.decode().expect("UTF-8"));
            }
            Event::GeneralRef(name) => {
                let name = name.decode().expect("UTF-8").into_owned();
                let c = match name.as_str() {
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "amp" => "&".to_owned(),
                    "quot" => "\"".to_owned(),
                    "apos" => "'".to_owned(),
                    _ => {
                        let code = name.strip_prefix('#').expect("a predefined or numeric reference");
                        let code = match code.strip_prefix('x') {
                            Some(hex) => u32::from_str_radix(hex, 16),
                            None => code.parse(),
                        };
                        char::from_u32(code.expect("a number")).expect("a character").to_string()
                    }
                };
                open.last_mut().expect("a root").text.push_str(&c);
            }
            Event::CData(text) => {
                open.last_mut().expect("a root").text.push_str(&text.decode().expect("UTF-8"));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    open.remove(0).children.remove(0)
}

fn node(tag: &quick_xml::events::BytesStart<'_>) -> Node {
    let attribute = |attribute: Result<quick_xml::events::attributes::Attribute<'_>, _>| {
        let attribute = attribute.expect("well-formed, and each once");
        let name = String::from_utf8(attribute.key.as_ref().to_vec()).expect("UTF-8");
        (
            name,
            attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .expect("references that are known")
                .into_owned(),
        )
    };
    Node {
        name: String::from_utf8(tag.name().as_ref().to_vec()).expect("UTF-8"),
        attributes: tag.attributes().map(attribute).collect(),
        ..Node::default()
    }
}

/// What is wrong with a feed; `address` is where it stands.
pub fn faults(text: &str, address: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if text.chars().any(|c| c.is_control() && !"\n\t".contains(c)) {
        faults.push("BadCharacters".to_owned());
    }
    match address.rsplit('.').next() {
        Some("json") => json_faults(text, address, &mut faults),
        Some("atom") => atom_faults(&tree(text), address, &mut faults),
        _ => rss_faults(&tree(text), address, &mut faults),
    }
    faults
}

fn atom_faults(feed: &Node, address: &str, faults: &mut Vec<String>) {
    let mut fault = |found: bool, name: &str| {
        if found {
            faults.push(name.to_owned());
        }
    };
    fault(feed.attribute("xmlns") != Some("http://www.w3.org/2005/Atom"), "UndeterminableVocabulary");
    for (name, times) in [("title", 1), ("id", 1), ("updated", 1), ("subtitle", 0), ("generator", 0)] {
        let found = feed.all(name).count();
        fault(found < times || found > 1, "MissingElement or DuplicateElement");
        fault(feed.all(name).any(|node| node.text.trim().is_empty()), "NotBlank");
    }
    let own: Vec<_> = feed.links("self").filter_map(|link| link.attribute("href")).collect();
    fault(own.is_empty(), "MissingSelf");
    fault(own != [address], "SelfDoesntMatchLocation");
    fault(feed.links("alternate").count() != 1, "MissingAlternateLink");
    fault(feed.all("author").all(|author| author.text("name").trim().is_empty()), "MissingElement: author");
    let (mut ids, mut updates) = (BTreeSet::new(), BTreeSet::new());
    for entry in feed.all("entry") {
        fault(!ids.insert(entry.text("id").to_owned()), "DuplicateIds");
        fault(!updates.insert(moment(entry.text("updated"))), "DuplicateUpdated");
        fault(moment(entry.text("updated")) > moment(feed.text("updated")), "an entry is newer than its feed");
        fault(!is_uri(entry.text("id")), "InvalidURI: id");
        fault(entry.text("title").trim().is_empty(), "MissingTitle");
        let has_content = entry.all("content").any(|content| !content.text.trim().is_empty());
        let alternates = entry.links("alternate").count();
        fault(alternates == 0 && !has_content, "MissingContentOrAlternate");
        fault(alternates > 1, "DuplicateAlternate");
        fault(entry.all("author").any(|author| author.text("name").trim().is_empty()), "NotBlank: name");
        fault(entry.all("author").count() == 0, "MissingElement: author");
        fault(
            entry.all("category").any(|one| one.attribute("term").is_none_or(|term| term.trim().is_empty())),
            "NotBlank: term",
        );
        for link in entry.children.iter().filter(|child| child.name == "link") {
            fault(!link.attribute("href").is_some_and(is_web), "InvalidFullLink");
            fault(link.attribute("length").is_some_and(|length| length.parse::<i64>().is_err()), "InvalidInteger");
        }
        // RFC 4287 §4.2.11: what came from another feed says from which.
        for source in entry.all("source") {
            fault(!is_uri(source.text("id")), "MissingElement: source id");
            fault(source.text("title").trim().is_empty(), "MissingElement: source title");
            fault(source.all("updated").count() != 1, "MissingElement: source updated");
            fault(source.text("id") == feed.text("id"), "a source that is the feed itself");
        }
        for html in entry.children.iter().filter(|child| child.attribute("type") == Some("html")) {
            fault(html.text.trim().is_empty(), "NotBlank: content");
            html_faults(&html.text, &mut fault);
        }
    }
}

fn rss_faults(rss: &Node, address: &str, faults: &mut Vec<String>) {
    let mut fault = |found: bool, name: &str| {
        if found {
            faults.push(name.to_owned());
        }
    };
    fault(rss.attribute("version") != Some("2.0"), "InvalidRSSVersion");
    let Some(channel) = rss.all("channel").next() else { return faults.push("MissingChannel".to_owned()) };
    for name in ["title", "link", "description"] {
        fault(channel.all(name).count() != 1 || channel.text(name).trim().is_empty(), "MissingElement or NotBlank");
    }
    fault(!is_web(channel.text("link")), "InvalidFullLink");
    for name in ["textInput", "cloud", "rating", "image", "pubDate", "webMaster"] {
        fault(channel.all(name).count() > 0, "AvoidTextInput and what we do not say");
    }
    let own: Vec<_> = channel.links("self").filter_map(|link| link.attribute("href")).collect();
    fault(own.is_empty(), "MissingAtomSelfLink");
    fault(own != [address], "SelfDoesntMatchLocation");
    fault(channel.all("managingEditor").any(|one| !is_mail_with_name(&one.text)), "InvalidContact");
    fault(channel.all("lastBuildDate").any(|date| !is_rfc822(&date.text)), "InvalidRFC2822Date");
    let mut ids = BTreeSet::new();
    for item in channel.all("item") {
        fault(
            item.text("title").trim().is_empty() && item.text("description").trim().is_empty(),
            "ItemMustContainTitleOrDescription",
        );
        fault(item.all("guid").count() != 1, "MissingGuid");
        for guid in item.all("guid") {
            fault(guid.attribute("isPermaLink") != Some("false") && !is_web(&guid.text), "InvalidPermalink");
            fault(!ids.insert(guid.text.clone()), "DuplicateIds");
        }
        fault(item.all("link").any(|link| !is_web(&link.text)), "InvalidFullLink");
        fault(item.all("pubDate").count() != 1 || !is_rfc822(item.text("pubDate")), "InvalidRFC2822Date");
        fault(item.all("author").count() > 0, "InvalidContact: a name is no address");
        fault(item.all("enclosure").count() > 1, "DuplicateEnclosure");
        for file in item.all("enclosure") {
            fault(!file.attribute("url").is_some_and(is_web), "InvalidURLAttribute");
            fault(file.attribute("length").is_none_or(|length| length.parse::<u64>().is_err()), "UseZeroForUnknown");
            fault(!file.attribute("type").is_some_and(is_media_type), "InvalidMIMEAttribute");
        }
        for source in item.all("source") {
            fault(!source.attribute("url").is_some_and(is_web), "InvalidURLAttribute");
            fault(source.text.trim().is_empty(), "NotBlank: source");
        }
        for description in item.all("description") {
            fault(description.text.trim().is_empty(), "NotBlank: description");
            html_faults(&description.text, &mut fault);
        }
        for link in item.links("related") {
            fault(!link.attribute("href").is_some_and(is_web), "InvalidFullLink");
        }
        for creator in item.all("dc:creator") {
            fault(creator.text.trim().is_empty(), "NotBlank: creator");
        }
    }
}

fn json_faults(text: &str, address: &str, faults: &mut Vec<String>) {
    let feed: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let mut fault = |found: bool, name: &str| {
        if found {
            faults.push(name.to_owned());
        }
    };
    fault(feed["feed_url"] != address, "SelfDoesntMatchLocation");
    let mut ids = BTreeSet::new();
    for item in feed["items"].as_array().expect("items") {
        fault(!ids.insert(item["id"].as_str().expect("an id")), "DuplicateIds");
        if let Some(html) = item["content_html"].as_str() {
            html_faults(html, &mut fault);
        }
    }
}

/// What a feed's HTML must not have.
fn html_faults(html: &str, fault: &mut impl FnMut(bool, &str)) {
    const RISKS: &[&str] = &[
        "applet",
        "base",
        "body",
        "button",
        "embed",
        "form",
        "frame",
        "frameset",
        "head",
        "html",
        "iframe",
        "input",
        "link",
        "math",
        "meta",
        "noscript",
        "object",
        "param",
        "plaintext",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "xml",
        "xmp",
    ];
    fault(html.contains("<!") || html.contains("<?"), "ContainsUndefined: comments and declarations");
    for tag in html.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else {
            fault(true, "NotHtml: an open tag");
            continue;
        };
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        fault(name.is_empty() || name.chars().any(|c| c.is_ascii_uppercase()), "NotHtml: no tag");
        fault(RISKS.contains(&name.as_str()), "SecurityRisk");
        // The sanitiser writes every value in double quotes, with those inside escaped.
        let mut pairs = tag[name.len()..].split('"');
        while let (Some(before), Some(value)) = (pairs.next(), pairs.next()) {
            let attribute = before.trim().trim_end_matches('=').rsplit(' ').next().unwrap_or_default();
            fault(attribute.starts_with("on") || attribute == "style", "SecurityRiskAttr or DangerousStyleAttr");
            if ["href", "src", "cite", "poster", "longdesc", "data"].contains(&attribute) {
                let value = value.replace("&amp;", "&");
                fault(!(is_absolute(&value) || value.starts_with("mailto:")), "ContainsRelRef");
            }
            if attribute == "srcset" {
                let candidates = value.split(", ").filter_map(|one| one.split_whitespace().next());
                candidates.for_each(|one| fault(!is_absolute(&one.replace("&amp;", "&")), "ContainsRelRef"));
            }
        }
    }
}

fn moment(text: &str) -> Option<DateTime<chrono::FixedOffset>> {
    let moment = DateTime::parse_from_rfc3339(text).ok();
    assert!(moment.is_some(), "InvalidRFC3339Date: {text}");
    moment
}

/// RFC 822 with the four digits of RFC 1123, and the weekday that the date has.
fn is_rfc822(text: &str) -> bool {
    let format = "%a, %d %b %Y %H:%M:%S GMT";
    let read = chrono::NaiveDateTime::parse_from_str(text, format);
    text.len() == "Fri, 18 Oct 2024 09:30:00 GMT".len()
        && read.is_ok_and(|read| read.format(format).to_string() == text)
}

/// The characters of RFC 3986.
fn is_uri(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    text.split_once(':')
        .is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)))
        && text.chars().all(legal)
}

fn is_web(text: &str) -> bool {
    is_uri(text) && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// As HTML wants it, which allows a few characters more than RFC 3986.
fn is_absolute(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        && text.starts_with("http")
}

fn is_media_type(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty() && !text.contains(' '))
}

fn is_mail_with_name(text: &str) -> bool {
    text.split_once(" (").is_some_and(|(mail, name)| mail.contains('@') && name.ends_with(')') && name.len() > 1)
}

fn check(name: &str, text: &str, address: &str) {
    let faults: BTreeSet<String> = faults(text, address).into_iter().collect();
    assert!(faults.is_empty(), "{name}: {faults:?}\n{}", text.chars().take(5_000).collect::<String>());
}

#[test]
fn the_sample_desks_feeds_give_the_validator_nothing_to_say() {
    let place = sample_desk();
    let text = place.read("config.toml").replace("# url = ", "url = ");
    place.write("config.toml", text);
    place.cycle();
    for edition in ["front", "shared", "asia"] {
        for ending in ["atom", "rss", "json"] {
            let name = format!("{edition}.{ending}");
            check(&name, &place.read(&format!("data/public/{name}")), &format!("https://wire.example.org/{name}"));
        }
    }
}

#[test]
fn a_hostile_feed_makes_no_feed_that_the_validator_minds() {
    let place = hostile_desk();
    let archives = std::fs::read_dir(place.path().join("public/small")).expect("archives");
    let archives: Vec<_> = archives.map(|file| file.expect("a file").file_name()).collect();
    assert!(archives.len() >= 4, "{archives:?}");
    for name in archives {
        let name = format!("small/{}", name.to_string_lossy());
        check(&name, &place.read(&format!("public/{name}")), &format!("https://wire.example/{name}"));
    }
    for edition in ["front", "none", "small"] {
        for ending in ["atom", "rss", "json"] {
            let name = format!("{edition}.{ending}");
            check(&name, &place.read(&format!("public/{name}")), &format!("https://wire.example/{name}"));
        }
    }
}

#[test]
fn the_rules_find_what_they_are_for() {
    let atom = |entry: &str| {
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title><id>a:b</id><updated>2024-10-18T09:30:00Z</updated>\
             <author><name>x</name></author><link rel=\"self\" href=\"https://a.example/f.atom\"/>\
             <link rel=\"alternate\" href=\"https://a.example/\"/>{entry}</feed>"
        )
    };
    let entry = |content: &str| {
        format!(
            "<entry><title>x</title><id>a:c</id><updated>2024-10-18T09:30:00Z</updated><author><name>x</name></author>\
             <content type=\"html\">{content}</content></entry>"
        )
    };
    for (content, expected) in [
        ("&lt;p&gt;fine &lt;a href=\"https://a.example/?a&amp;amp;b\"&gt;x&lt;/a&gt;", None),
        ("&lt;script&gt;", Some("SecurityRisk")),
        ("&lt;p onclick=\"x\"&gt;", Some("SecurityRiskAttr or DangerousStyleAttr")),
        ("&lt;a href=\"/x\"&gt;", Some("ContainsRelRef")),
        ("&lt;img src=\"javascript:x\"&gt;", Some("ContainsRelRef")),
        ("&lt;!-- x --&gt;", Some("ContainsUndefined: comments and declarations")),
    ] {
        let found = faults(&atom(&entry(content)), "https://a.example/f.atom");
        assert_eq!(
            found.iter().find(|found| Some(found.as_str()) == expected).map(String::as_str),
            expected,
            "{content}: {found:?}"
        );
        assert_eq!(found.is_empty(), expected.is_none(), "{content}: {found:?}");
    }
    let twice = faults(&atom(&entry("x").repeat(2)), "https://a.example/g.atom");
    for name in ["DuplicateIds", "DuplicateUpdated", "SelfDoesntMatchLocation"] {
        assert!(twice.iter().any(|found| found == name), "{name}: {twice:?}");
    }
    assert!(is_rfc822("Fri, 18 Oct 2024 09:30:00 GMT"));
    for bad in ["Thu, 18 Oct 2024 09:30:00 GMT", "Fri, 18 Oct 24 09:30:00 GMT", "18 Oct 2024 09:30:00 GMT"] {
        assert!(!is_rfc822(bad), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_edition_gives_the_validator_anything_to_say(edition in nasty::edition()) {
        for document in nasty::feeds(&edition) {
            let text = String::from_utf8(document.bytes.to_vec()).expect("UTF-8");
            let address = format!("https://wire.example.org/desk/{}", document.path);
            let faults: BTreeSet<String> = faults(&text, &address).into_iter().collect();
            prop_assert!(faults.is_empty(), "{}: {faults:?}\n{text}", document.path);
        }
    }
}
