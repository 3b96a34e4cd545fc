//! What is mutated: a small feed of every dialect, an HTML page, fragments of HTML, dates; and files of one's own.

use std::path::Path;

/// The environment variable that names a folder of further documents.
pub const FOLDER: &str = "WIREDESK_FEEDS";

/// A larger file of that folder is left out: mutations of it say little more, at a higher price.
pub const LARGEST_FILE: usize = 64 << 10;

/// The seeds by what they are.
#[derive(Debug, Clone, Default)]
pub struct Seeds {
    /// XML feeds, an HTML page, and what the folder holds.
    pub documents: Vec<Vec<u8>>,
    /// JSON Feeds.
    pub json: Vec<Vec<u8>>,
    /// Fragments of HTML.
    pub html: Vec<Vec<u8>>,
    /// Dates.
    pub dates: Vec<Vec<u8>>,
}

impl Seeds {
    /// The seeds that are written here.
    pub fn own() -> Self {
        let bytes = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        Self { documents: bytes(DOCUMENTS), json: bytes(JSON), html: bytes(HTML), dates: bytes(DATES) }
    }

    /// The same with the files of a folder, in order of their names.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn with_folder(folder: &Path) -> std::io::Result<Self> {
        let mut seeds = Self::own();
        let mut files: Vec<_> = std::fs::read_dir(folder)?.filter_map(|file| Some(file.ok()?.path())).collect();
        files.sort();
        for file in files.into_iter().filter(|file| file.is_file()) {
            let document = std::fs::read(&file)?;
            if document.len() <= LARGEST_FILE {
                let json = document.trim_ascii_start().starts_with(b"{");
                if json { &mut seeds.json } else { &mut seeds.documents }.push(document);
            }
        }
        Ok(seeds)
    }
}

const DOCUMENTS: &[&str] = &[
    // RSS 0.90
    r#"<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>Quay Notes</title><link>http://quay.example/</link><description>From the docks</description></channel>
<image><title>Crane</title><url>http://quay.example/crane.gif</url><link>http://quay.example/</link></image>
<item><title>Crane three is back</title><link>http://quay.example/crane-3</link></item>
<item><title>Night shift paid</title><link>http://quay.example/shift</link></item>
</rdf:RDF>"#,
    // RSS 0.91 with a document type
    r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE rss SYSTEM "rss-0.91.dtd" [<!ENTITY quay "the &old; quay"><!ENTITY old "old">]>
<rss version="0.91"><channel><title>Quay &amp; Co</title><link>http://quay.example/</link><language>en-gb</language>
<description>News of &quay;</description><pubDate>Tue, 4 Jun 2002 08:00 GMT</pubDate><managingEditor>ed@quay.example (Ed Mole)</managingEditor>
<item><title>Tide tables</title><link>/tides</link><description>High water at &lt;b&gt;six&lt;/b&gt; on &quay;</description></item>
</channel></rss>"#,
    // RSS 0.92
    r#"<rss version="0.92"><channel><title>Mole End</title><link>http://mole.example</link><description>x</description>
<item><description>A &lt;a href="/walk"&gt;walk&lt;/a&gt; round the mole.</description><source url="http://o.example/rss">Other</source>
<enclosure url="http://mole.example/walk.mp3" length="1200" type="audio/mpeg"/><category domain="http://d.example">Walks/Short</category></item>
</channel></rss>"#,
    // RSS 2.0 with what people add to it
    r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Ferry Log</title><link>https://ferry.example/</link><atom:link href="https://ferry.example/rss" rel="self" type="application/rss+xml"/>
<description>Crossings</description><ttl>60</ttl><lastBuildDate>Fri, 25 Oct 2024 11:00:00 +0000</lastBuildDate>
<item><title><![CDATA[Fog stops the <i>early</i> boat]]></title><link>https://ferry.example/1?a=1&amp;b=2</link><guid isPermaLink="false">f-1</guid>
<dc:creator>Ada Pike</dc:creator><category><![CDATA[Weather]]></category><pubDate>Fri, 25 Oct 2024 10:59:00 +0200</pubDate>
<description>No boat before ten&#8230; &lt;img src="fog.jpg"&gt;</description>
<content:encoded><![CDATA[<p>The pier stayed <a href="/pier">shut</a>.</p><script>x()</script>]]></content:encoded>
<media:group><media:content url="https://ferry.example/fog.jpg" medium="image" type="image/jpeg"/><media:thumbnail url="/t.jpg"/></media:group></item>
<item><title>Caf&eacute; reopens</title><guid>https://ferry.example/2</guid><pubDate>25 oct. 2024 09h15</pubDate><comments>https://ferry.example/2#c</comments></item>
</channel></rss>"#,
    // a podcast
    r#"<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Harbour Talk</title><itunes:image href="cover.png"/>
<itunes:category text="Society"><itunes:category text="Ships"/></itunes:category><itunes:owner><itunes:name>Jo</itunes:name><itunes:email>jo@h.example</itunes:email></itunes:owner>
<item><title>One</title><itunes:author>Jo Reed</itunes:author><itunes:summary>Ropes.</itunes:summary><itunes:keywords>rope, knot</itunes:keywords>
<enclosure url="http://h.example/1.mp3" type="audio/mpeg" length="99"/><guid>1</guid><pubDate>2024-10-25</pubDate></item></channel></rss>"#,
    // RSS 1.0
    r#"<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="de">
<channel rdf:about="http://l.example/"><title>Lotse</title><link>http://l.example/</link><description>Hafen</description>
<items><rdf:Seq><rdf:li rdf:resource="http://l.example/a"/></rdf:Seq></items></channel>
<item rdf:about="http://l.example/a"><title>Schlepper fährt</title><link>http://l.example/a</link><dc:date>2024-10-25T09:00:00+02:00</dc:date>
<dc:subject>Schiffe</dc:subject><dc:creator>Uwe</dc:creator><description>Am Kai &amp; weiter</description></item></rdf:RDF>"#,
    // Atom 0.3
    r#"<?xml version="1.0"?><feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en"><title mode="escaped" type="text/html">Buoy &amp;amp; Bell</title>
<link rel="alternate" type="text/html" href="http://buoy.example/"/><modified>2003-12-31T10:14:55Z</modified><tagline>Low water</tagline>
<entry><title>Bell rings</title><link rel="alternate" type="text/html" href="/bell"/><id>tag:buoy.example,2003:1</id><issued>2003-12-31T10:14:55-08:00</issued>
<content type="text/html" mode="base64">PHA+UmluZyE8L3A+</content><author><name>Sal</name><email>sal@buoy.example</email></author></entry></feed>"#,
    // Atom 1.0
    r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://lock.example/news/" xml:lang="en-GB"><title type="text">Lock Keeper</title><id>urn:x:lock</id>
<link href="." /><link rel="self" href="feed.atom"/><link rel="hub" href="http://hub.example/"/><updated>2024-10-25T12:00:00Z</updated><generator uri="http://g.example">Gen</generator>
<entry><title type="html">Gate &lt;em&gt;two&lt;/em&gt;</title><id>urn:x:1</id><link href="gate-two"/><updated>2024-10-25T11:00:00.5+01:00</updated>
<summary>Shut.</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The <a href="gate">gate</a> &amp; its <br/>keeper</p></div></content>
<category term="locks" label="Locks"/><link rel="enclosure" href="g.ogg" type="audio/ogg" length="5"/><author><name>Kit</name><uri>/kit</uri></author></entry>
<entry xml:base="old/"><title type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml">Old <x:b>gate</x:b></x:div></title><id>urn:x:2</id><content src="2.html" type="text/html"/><updated>2024-10-24T11:00:00Z</updated></entry></feed>"#,
    // CDF
    r#"<?xml version="1.0"?><CHANNEL HREF="http://tide.example/" BASE="http://tide.example/" LASTMOD="1998-11-05T22:12"><TITLE>Tide Desk</TITLE><ABSTRACT>Tides</ABSTRACT><LOGO HREF="t.gif" STYLE="ICON"/>
<ITEM HREF="one.html" LASTMOD="1998-11-05T22:12"><TITLE>Spring tide</TITLE><ABSTRACT>High.</ABSTRACT></ITEM></CHANNEL>"#,
    // an HTML page that names feeds
    r#"<!DOCTYPE html><html><head><title>Front</title><base href="/x/"><link rel="alternate" type="application/rss+xml" href="feed.xml"><LINK REL=feed HREF='/a?b=1&amp;c=2'></head><body><p>Hello</body></html>"#,
    // broken in the usual ways
    "\u{feff}\n<rss><channel><title>Bad & Sons<link>http://bad.example<item><title>No end <b>here<description><![CDATA[open <p>text</description><pubDate>yesterday</pubDate><item><title>Two</titel></item></channel>",
];

const JSON: &[&str] = &[
    r#"{"version":"https://jsonfeed.org/version/1.1","title":"Pilot Boat","home_page_url":"https://pilot.example/","feed_url":"https://pilot.example/f.json","language":"en",
"authors":[{"name":"Bea","url":"https://pilot.example/bea"}],"items":[{"id":"1","url":"/one","title":"Swell \u2014 \"big\"","content_html":"<p>Sea <a href=\"/s\">state</a> six</p>","summary":"Six",
"date_published":"2024-10-25T10:00:00+01:00","date_modified":"2024-10-25T11:00:00Z","tags":["sea",7],"attachments":[{"url":"/a.mp3","mime_type":"audio/mpeg","size_in_bytes":12.5}],"image":"i.png"},
{"id":2,"content_text":"Plain\ntext","external_url":"https://o.example/","author":{"name":"Bo"},"banner_image":"b.png"}]}"#,
    "{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [ {\"id\": \"a\", \"title\": \"T\u{1F6A2}\", \"content_text\": \"x\ty\", },\n {\"id\": \"b\", \"content_html\": null, \"author\": \"Cy\"} ],",
];

const HTML: &[&str] = &[
    "<p>The <b>ferry</b> is <a href=\"/late?a=1&amp;b=2\" title='see'>late</a>.<br>Wait &mdash; or walk.</p>",
    "<div class=x><h2>Tides</h2><ul><li>low<li>high<ol><li>one</ol></ul><table><tr><th>a<td colspan=2>b</table></div>",
    "<figure><img src=\"p.jpg\" srcset=\"p.jpg 1x, q.jpg 2x\" width=640 height='480px' alt=\"A &quot;pier&quot;\"><figcaption>Pier</figcaption></figure>",
    "<script>var a = '</p>';</script><style>p{}</style><p onclick=\"x()\" style='color:red'>text</p><iframe src=\"//v.example/1\" title=Film></iframe>",
    "<pre>\n  code &lt;b&gt;\n</pre><blockquote cite=/q>said<p>more</blockquote><video poster=p.jpg><source src=v.mp4 type=video/mp4></video>",
    "a < b && c > d <!-- note --> &notanentity; &copy 2024 <ruby>漢<rp>(</rp><rt>kan</rt></ruby><sup id=fn1><a href=#fn1>1</a></sup>",
    "<dl><dt>t<dd>d<dt>u</dl><details open><summary>s</summary>body</details><svg><a xlink:href=javascript:x>y</a></svg><math><mi>x</mi></math>",
];

const DATES: &[&str] = &[
    "Fri, 25 Oct 2024 11:05:09 +0200",
    "25 Oct 24 11:05 EST",
    "2024-10-25T11:05:09.123456789Z",
    "2024-10-25 11:05",
    "20241025T110509Z",
    "2024-W43-5",
    "2024-299",
    "Fri Oct 25 11:05:09 CEST 2024",
    "10/25/2024 11:05:09 PM",
    "25.10.2024, 11:05 Uhr",
    "1729854309",
    "1729854309000",
    "October 25th, 2024 at 11:05 a.m.",
    "ven., 25 oct. 2024 11h05",
    "2024年10月25日 11時05分",
    "2024-10-25 오후 11:05:09",
    "Παρ, 25 Οκτ 2024 11:05:09",
    "25 октября 2024 г., 11:05",
    "2024-10-25T24:00:00-24:00",
    "Thursday, 31-Dec-99 23:59:60 GMT",
    "--10-25",
    "٢٠٢٤-١٠-٢٥",
    "0001-01-01T00:00:00",
    "2024-10-25T11:05:09+0530 (IST)",
    "12/31/1999",
    "1999.12.31 23.59",
];

#[cfg(test)]
mod tests {
    use super::*;
    use wiredesk::parse::{Error, Hints, parse};

    #[test]
    fn every_seed_is_read_before_it_is_mutated() {
        let seeds = Seeds::own();
        let mut formats = std::collections::BTreeSet::new();
        for document in seeds.documents.iter().chain(&seeds.json) {
            match parse(document, &Hints::default()) {
                Ok(parsed) => {
                    assert!(!parsed.feed.items.is_empty(), "{}", String::from_utf8_lossy(document));
                    formats.insert(format!("{:?}", parsed.feed.format));
                }
                Err(error) => assert!(matches!(&error, Error::Html { feeds } if feeds.len() == 2), "{error}"),
            }
        }
        assert_eq!(formats.into_iter().collect::<Vec<_>>(), ["Atom", "Cdf", "Json", "Rdf", "Rss"]);
    }

    #[test]
    fn a_folder_adds_to_the_seeds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/parse");
        let (own, all) = (Seeds::own(), Seeds::with_folder(&folder).expect("the folder"));
        assert!(all.documents.len() > own.documents.len() && all.json.len() > own.json.len());
        assert!(Seeds::with_folder(Path::new("/no/such/folder")).is_err());
    }
}
