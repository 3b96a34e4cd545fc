//! Documents that want to take more time or memory than their size: families of them, of any size.

/// A family: its name, and its document of about so many bytes.
pub type Family = (&'static str, Box<dyn Fn(usize) -> Vec<u8>>);

/// `unit` again and again between `head` and `tail`.
fn again(name: &'static str, head: &'static str, unit: &'static str, tail: &'static str) -> Family {
    (name, Box::new(move |bytes| [head, &unit.repeat(bytes / unit.len()), tail].concat().into_bytes()))
}

/// Two units, half the document each.
fn halves(name: &'static str, head: &'static str, first: &'static str, second: &'static str) -> Family {
    let make = move |bytes: usize| {
        let count = bytes / (first.len() + second.len());
        [head, &first.repeat(count), &second.repeat(count)].concat().into_bytes()
    };
    (name, Box::new(make))
}

/// A part that grows with the document, and units that grow in number.
fn long(name: &'static str, make: impl Fn(usize) -> String + 'static) -> Family {
    (name, Box::new(move |bytes| make(bytes).into_bytes()))
}

const CHANNEL: &str = "<rss version='2.0'><channel><title>a</title>";
const ITEM: &str = "<rss version='2.0'><channel><item><title>a</title>";
const TEXT: &str = "<rss version='2.0'><channel><item><description>";
const CDATA: &str = "<rss version='2.0'><channel><item><description><![CDATA[";
const CDATA_END: &str = "]]></description></item></channel></rss>";
const XHTML: &str = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>";
const JSON: &str = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[";

/// All families.
pub fn families() -> Vec<Family> {
    let mut all = markup();
    all.extend(elements());
    all.extend(addresses());
    all.extend(text());
    all.extend(json());
    all.extend(html());
    all
}

/// What tokenisers stumble over.
fn markup() -> Vec<Family> {
    vec![
        again("CDATA sections without end", TEXT, "<![CDATA[", ""),
        again("CDATA sections in each other", TEXT, "<![CDATA[</item>", "]]>"),
        again("CDATA sections and text in turns", TEXT, "a<![CDATA[b]]>", ""),
        again("quotes in CDATA", CDATA, "\"'", CDATA_END),
        again("CDATA ends without start", TEXT, "]]>", ""),
        again("quotes without end in tags", CHANNEL, "<a b=\"c>", ""),
        again("quotes without end, both kinds", CHANNEL, "<a b='c\"><d e=\"f'>", ""),
        again("comments without end", CHANNEL, "<!--", ""),
        again("document types without end", "", "<!DOCTYPE a [", "<rss/>"),
        again("declarations of unknown kinds", CHANNEL, "<!a", ""),
        again("instructions without end", CHANNEL, "<?a", ""),
        again("`<` alone", TEXT, "<", ""),
        again("`<!` alone", TEXT, "<!", ""),
        again("`<?` alone", TEXT, "<?", ""),
        again("`</` alone", TEXT, "</", ""),
        again("`</a` without `>`", TEXT, "</a", ""),
        again("tags without `>`", CHANNEL, "<item<title", ""),
        again("attributes in one tag", "<rss><channel><item a='b'", " c='d'", "></item>"),
        again("attributes without values", "<rss><channel><item", " c", "></item>"),
        again("namespaces in one tag", "<rss", " xmlns:a='b'", "><channel/></rss>"),
        again("namespaces in many tags", CHANNEL, "<a xmlns:a='b' xmlns='c'>", ""),
    ]
}

/// What the stack of open elements stumbles over.
fn elements() -> Vec<Family> {
    vec![
        halves("elements in each other", CHANNEL, "<a>", "</a>"),
        halves("end tags of other names", CHANNEL, "<a>", "</b>"),
        again("end tags without start", CHANNEL, "</b>", ""),
        again("crossed tags", CHANNEL, "<a><b></a></b>", ""),
        again("items without end", CHANNEL, "<item><title>a", ""),
        again("items of nothing", CHANNEL, "<item/>", ""),
        again("fields without end", ITEM, "<title>a<link>b<guid>c", ""),
        halves("div in div in XHTML", XHTML, "<div>", "</div>"),
        again("div in div in XHTML, never closed", XHTML, "<div>", ""),
        again("different end tags in XHTML", XHTML, "<i><b></i>", ""),
        again("persons in one item", ITEM, "<author>a <b@c.example></author>", ""),
        again("creators in one item", ITEM, "<dc:creator>a</dc:creator>", ""),
        long("categories in one item", |bytes| numbered(ITEM, bytes, |n| format!("<category>{n}</category>"))),
        long("links in one item", |bytes| numbered(ITEM, bytes, |n| format!("<atom:link rel='via' href='{n}'/>"))),
        long("enclosures in one item", |bytes| numbered(ITEM, bytes, |n| format!("<enclosure url='{n}'/>"))),
        long("prefixes that nobody declares", |bytes| numbered(CHANNEL, bytes, |n| format!("<p{n}:a/>"))),
        long("stray end tags in a long name", |bytes| {
            format!("<rss><channel><{}>{}", "a".repeat(bytes / 2), "</b>".repeat(bytes / 8))
        }),
        long("CDATA sections in a long name", |bytes| {
            format!("<rss><channel><{}>{}]]>", "a".repeat(bytes / 2), "<![CDATA[</item>".repeat(bytes / 32))
        }),
        long("a long prefix, many tags", |bytes| {
            format!("<rss xmlns:{}='b'><channel>{}", "a".repeat(bytes / 2), "<c:d/>".repeat(bytes / 12))
        }),
        long("a long language, many items", |bytes| {
            let language = "a".repeat(bytes / 2);
            format!("<rss xml:lang='{language}'><channel>{}", "<item><title>a</title></item>".repeat(bytes / 58))
        }),
        long("names of one length in each other", |bytes| {
            let open: String = (0..250).map(|n| format!("<{}{n:03}>", "a".repeat(1000))).collect();
            format!("<rss><channel>{open}{}", format!("</{}x>", "a".repeat(1002)).repeat(bytes / 1006))
        }),
    ]
}

fn numbered(head: &str, bytes: usize, unit: impl Fn(usize) -> String) -> String {
    let mut document = head.to_owned();
    let mut number = 0;
    while document.len() < bytes {
        document += &unit(number);
        number += 1;
    }
    document
}

/// Short references and long bases.
fn addresses() -> Vec<Family> {
    fn based(bytes: usize, unit: &str) -> String {
        let base = format!("http://a.example/{}/", "b".repeat(480));
        format!("<feed xml:base='{base}'><entry>{}", unit.repeat(bytes / unit.len()))
    }
    vec![
        long("a long base, short links", |bytes| based(bytes, "<link rel='via' href='c'/>")),
        long("a long base, short ids", |bytes| based(bytes, "<id>/</id>")),
        long("a long base, short bases", |bytes| based(bytes, "<a xml:base='c'/>")),
        long("a long base, links in HTML", |bytes| {
            based(bytes, "</entry><entry><content type='html'>&lt;a href=c>&lt;img src=d>e</content>")
        }),
        long("a long page, links in HTML", |bytes| {
            let page = format!("http://a.example/{}/", "b".repeat(7900));
            let item = format!("<item><description>{}</description></item>", "&lt;a href=c>d".repeat(80));
            let items: String = (0..bytes / item.len())
                .map(|n| item.replacen("<item>", &format!("<item><guid>{n}</guid>"), 1))
                .collect();
            format!("<rss><channel><link>{page}</link>{items}")
        }),
        again("bases in a page", "<html><base href='http://a.example/'>", "<base href='a/'>", ""),
        again("feeds in a page", "<html>", "<link rel=feed href=a>", ""),
    ]
}

/// References, control characters, lines, encodings, dates.
fn text() -> Vec<Family> {
    let entities: String = (1..256).map(|n| format!("<!ENTITY e{n} '&e{};&e{};'>", n - 1, n - 1)).collect();
    vec![
        again("`&` alone", TEXT, "&", ""),
        again("entities that nobody declares", TEXT, "&b;", ""),
        again("references without `;`", TEXT, "&amp&#65", ""),
        again("declarations of entities", "<!DOCTYPE rss [", "<!ENTITY a \"&a;\">", "]><rss/>"),
        again("declarations of entities without end", "<!DOCTYPE rss [", "<!ENTITY a \"", "]><rss/>"),
        long("entities in attributes", {
            let entities = entities.clone();
            move |bytes| {
                let head = format!("<!DOCTYPE rss [<!ENTITY e0 'a'>{entities}]><rss><channel>");
                format!("{head}{}", "<x y='&e7;'/>".repeat(bytes / 13))
            }
        }),
        long("entities in entities", move |bytes| {
            let head = format!("<!DOCTYPE rss [<!ENTITY e0 'a'>{entities}]><rss><channel><item><title>a</title>");
            format!("{head}<description>{}", "&e255;&e7;".repeat(bytes / 10))
        }),
        again("one long line", TEXT, "word ", ""),
        again("one long word", TEXT, "a", ""),
        again("nothing but lines", CHANNEL, "\n", ""),
        again("carriage returns", TEXT, "\r", ""),
        again("control characters", TEXT, "\u{1}a", ""),
        again("Windows controls in UTF-8", TEXT, "\u{93}a", ""),
        ("bytes of no encoding", Box::new(|bytes| [TEXT.as_bytes(), &b"\xe9a\xff".repeat(bytes / 3)].concat())),
        ("bytes of two encodings", Box::new(|bytes| [TEXT.as_bytes(), &b"\xc3\xa9\xe9 ".repeat(bytes / 4)].concat())),
        (
            "UTF-16 of broken pairs",
            Box::new(|bytes| [b"\xff\xfe<\0".as_slice(), &b"\0\xd8a\0".repeat(bytes / 4)].concat()),
        ),
        again("dates of digits", CHANNEL, "<item><pubDate>11111111111111111111111111111:1:1:1</pubDate></item>", ""),
        again("dates of words", ITEM, "<pubDate>Oct Oct 1 1 Oct - / : Mai PM PM +1 (((</pubDate>", ""),
        again("a date without end", "<rss><channel><item><pubDate>", "1:", ""),
    ]
}

fn json() -> Vec<Family> {
    vec![
        again("JSON of `[`", "", "[", ""),
        again("JSON of `{\"a\":`", "", "{\"a\":", ""),
        again("JSON of commas", "{\"items\":[", "{},", ""),
        again("JSON of escapes", "{\"items\":[{\"content_html\":\"", "\\u003c\\n", "\"}]}"),
        again("JSON items", JSON, "{\"id\":1},", "{}]}"),
        again("JSON items, cut off", JSON, "{\"id\":1,\"tags\":[\"a\"]},", ""),
        again("JSON of blanks before brackets", JSON, "[ ,  ],", ""),
        again("JSON tags", "{\"items\":[{\"tags\":[", "\"a\",", "1]}]}"),
        again("JSON keys", "{\"items\":[],", "\"a\":1,", "\"b\":1}"),
        long("JSON with a long language", |bytes| {
            let language = "a".repeat(bytes / 2);
            format!("{},{{}}],\"language\":\"{language}\"}}", [JSON, &"{\"id\":1},".repeat(bytes / 18)].concat() + "{}")
        }),
    ]
}

/// HTML in a text, for the sanitiser.
fn html() -> Vec<Family> {
    let of = |name, unit| again(name, CDATA, unit, CDATA_END);
    vec![
        of("HTML of <b>", "<b>"),
        of("HTML of <table>", "<table>"),
        of("HTML of <p>", "<p>"),
        of("HTML of <li>", "<ul><li>"),
        of("HTML of crossed tags", "<b><p></b></p>"),
        of("HTML of `<a `", "<a "),
        of("HTML of `<a href='`", "<a href='"),
        of("HTML of attributes", "<a b=c d='e' f>"),
        of("HTML of `<!--`", "<!--"),
        of("HTML of `<!-- --`", "<!-- --"),
        of("HTML of <script>", "<script>"),
        of("HTML of <select>", "<select></selec>"),
        of("HTML of `</`", "</"),
        of("HTML of &lt;", "&lt;"),
        of("HTML of `&`", "&"),
        of("HTML of srcset", "<img srcset='a,b,c 1x,,,d'>"),
        of("HTML of <iframe>", "<iframe src=//a.example/>"),
        again("HTML of one tag", "<rss><channel><item><description><![CDATA[<a", " b='c'", "]]></description>"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_the_size_that_is_asked_for() {
        for (name, make) in families() {
            let [small, large] = [1 << 19, 1 << 20].map(|bytes| make(bytes).len() as f64);
            assert!((0.7..1.3).contains(&(large / (1 << 20) as f64)) && large / small > 1.5, "{name}: {small} {large}");
        }
    }
}
