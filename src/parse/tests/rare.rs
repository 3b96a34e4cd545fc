//! What few feeds carry: places, podcasts, Media RSS, rhythm, origins, contributors.

use chrono::Weekday;

use super::super::*;
use crate::model::{Feed, Item, Size};

fn feed(inside: &str) -> Feed {
    let document = format!("<rss version='2.0'><channel><title>Quay</title>{inside}</channel></rss>");
    parse(document.as_bytes(), &Hints::default()).expect("a feed").feed
}

fn item(inside: &str) -> Item {
    let mut feed = feed(&format!("<item><title>Tide</title>{inside}</item>"));
    assert_eq!(feed.items.len(), 1, "{inside}");
    feed.items.remove(0)
}

fn atom_entry(inside: &str) -> Item {
    let document = format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>urn:x:1</id>{inside}</entry></feed>");
    parse(document.as_bytes(), &Hints::default()).expect("a feed").feed.items.remove(0)
}

#[test]
fn places_come_as_points_boxes_and_pairs() {
    for (inside, latitude, longitude, bounds) in [
        ("<georss:point>59.9 10.7</georss:point>", 59.9, 10.7, None),
        ("<georss:where><gml:Point><gml:pos>59.9 10.7</gml:pos></gml:Point></georss:where>", 59.9, 10.7, None),
        ("<geo:lat>-33.5</geo:lat><geo:long>151</geo:long>", -33.5, 151.0, None),
        ("<geo:Point><geo:lat>-33.5</geo:lat><geo:long>151</geo:long></geo:Point>", -33.5, 151.0, None),
        ("<georss:box>10 20 30 40</georss:box>", 20.0, 30.0, Some([10.0, 20.0, 30.0, 40.0])),
    ] {
        let place = item(inside).place.expect(inside);
        assert_eq!((place.latitude, place.longitude, place.bounds), (latitude, longitude, bounds), "{inside}");
    }
    let named = item("<georss:featurename>Old Harbour</georss:featurename><georss:point>1 2</georss:point>");
    assert_eq!(named.place.and_then(|place| place.name).as_deref(), Some("Old Harbour"));
    for nowhere in [
        "<georss:point>here</georss:point>",
        "<georss:point>95 10</georss:point>",
        "<geo:lat>10</geo:lat>",
        "<georss:box>1 2 3</georss:box>",
        "<georss:featurename>Old Harbour</georss:featurename>",
    ] {
        assert_eq!(item(nowhere).place, None, "{nowhere}");
    }
}

#[test]
fn comments_are_counted() {
    for (inside, count, page) in [
        ("<slash:comments>12</slash:comments>", Some(12), None),
        ("<thr:total>0</thr:total>", Some(0), None),
        ("<comments>7</comments>", Some(7), None),
        (
            "<slash:comments>7</slash:comments><comments>https://q.example/c</comments>",
            Some(7),
            Some("https://q.example/c"),
        ),
        ("<slash:comments>many</slash:comments>", None, None),
    ] {
        let item = item(inside);
        assert_eq!((item.comment_count, item.comments.as_deref()), (count, page), "{inside}");
    }
    let reply = atom_entry("<thr:in-reply-to ref='urn:x:0' href='https://q.example/0'/>");
    let links: Vec<_> = reply.links.iter().map(|link| (link.rel.as_str(), link.href.as_str())).collect();
    assert_eq!(links, [("in-reply-to", "https://q.example/0")]);
}

#[test]
fn a_feed_says_when_to_ask() {
    let feed = feed(
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency><ttl>30</ttl>
         <skipHours><hour>0</hour><hour>24</hour><hour>13</hour><hour>25</hour></skipHours>
         <skipDays><day>Saturday</day><day>Sunday</day><day>Someday</day></skipDays>
         <cloud domain='rpc.q.example' port='5337' path='/ask' protocol='http-post'/>",
    );
    assert_eq!((feed.update_minutes, feed.ttl_minutes), (Some(15), Some(30)));
    assert_eq!((feed.skip_hours, feed.skip_days), (vec![0, 13], vec![Weekday::Sat, Weekday::Sun]));
    let links: Vec<_> = feed.links.iter().map(|link| (link.rel.as_str(), link.href.as_str())).collect();
    assert_eq!(links, [("cloud", "http://rpc.q.example:5337/ask")]);
}

#[test]
fn a_podcast_describes_its_episode() {
    let item = item(
        "<itunes:duration>1:02:05</itunes:duration><itunes:season>2</itunes:season><itunes:episode>14</itunes:episode>
         <itunes:episodeType>Bonus</itunes:episodeType><itunes:explicit>clean</itunes:explicit>
         <itunes:image href='https://q.example/14.png'/>
         <podcast:transcript url='https://q.example/14.vtt' type='text/vtt'/>
         <podcast:chapters url='https://q.example/14.json' type='application/json+chapters'/>
         <podcast:person role='Guest' href='https://q.example/ann'>Ann Pilot</podcast:person>
         <podcast:person>Bo Keel</podcast:person>",
    );
    let podcast = item.podcast.expect("a podcast");
    assert_eq!((podcast.duration_seconds, podcast.season, podcast.episode), (Some(3725), Some(2), Some(14)));
    assert_eq!((podcast.episode_type.as_deref(), podcast.explicit), (Some("bonus"), Some(false)));
    let people: Vec<_> = podcast
        .people
        .iter()
        .map(|credit| (credit.person.name.as_deref(), credit.person.url.as_deref(), credit.role.as_deref()))
        .collect();
    assert_eq!(
        people,
        [(Some("Ann Pilot"), Some("https://q.example/ann"), Some("guest")), (Some("Bo Keel"), None, None)]
    );
    assert_eq!(item.image.as_deref(), Some("https://q.example/14.png"));
    let links: Vec<_> = item.links.iter().map(|link| (link.rel.as_str(), link.media_type.as_deref())).collect();
    assert_eq!(links, [("transcript", Some("text/vtt")), ("chapters", Some("application/json+chapters"))]);
}

#[test]
fn media_come_with_what_is_said_of_them() {
    let item = item(
        "<media:group>
           <media:content url='https://q.example/s.mp4' type='video/mp4' fileSize='900' width='640' height='360' duration='61'/>
           <media:content url='https://q.example/l.mp4' medium='Video'><media:credit>Cy Lens</media:credit></media:content>
         </media:group>
         <media:content medium='image' url='https://q.example/p.jpg' width='1200' height='800'/>
         <media:content medium='video'><media:player url='https://q.example/play'/></media:content>",
    );
    let [small, large, picture, played] = item.media.as_slice() else { panic!("{:?}", item.media) };
    assert_eq!((small.group, large.group, picture.group), (Some(1), Some(1), None));
    assert_eq!((small.size_bytes, small.duration_seconds), (Some(900), Some(61)));
    assert_eq!(small.size, Some(Size { width: 640, height: 360 }));
    assert_eq!((large.medium.as_deref(), large.credits.as_slice()), (Some("video"), &["Cy Lens".to_owned()][..]));
    assert_eq!((played.player.as_deref(), played.url.as_deref()), (Some("https://q.example/play"), None));
    assert_eq!((item.image.as_deref(), item.image_size), (Some("https://q.example/p.jpg"), picture.size));
    let enclosures: Vec<_> = item.enclosures.iter().map(|file| file.url.as_str()).collect();
    assert_eq!(enclosures, ["https://q.example/s.mp4", "https://q.example/l.mp4"]);

    let feed = feed("<image><url>https://q.example/i.png</url><width>88</width><height>31</height></image>");
    assert_eq!(feed.image_size, Some(Size { width: 88, height: 31 }));
}

#[test]
fn an_item_tells_where_it_was_taken_from() {
    for (item, title, link, address) in [
        (
            item("<source url='https://agency.example/rss'>The Agency</source>"),
            Some("The Agency"),
            None,
            Some("https://agency.example/rss"),
        ),
        (item("<source>The Agency</source>"), Some("The Agency"), None, None),
        (
            atom_entry(
                "<title>Own</title><source><title>The Agency</title><id>urn:a</id><link href='https://agency.example/'/>
                 <link rel='self' href='https://agency.example/atom'/><updated>2020-01-01T00:00:00Z</updated></source>",
            ),
            Some("The Agency"),
            Some("https://agency.example/"),
            Some("https://agency.example/atom"),
        ),
    ] {
        let source = item.source.expect("a source");
        assert_eq!(
            (source.title.as_deref(), source.link.as_deref(), source.feed.as_deref()),
            (title, link, address)
        );
        assert_eq!((item.link, item.updated), (None, None), "they are the source's own");
    }
    assert_eq!(item("<source/>").source, None);
    let unclosed = feed("<item><title>a</title><source url='https://a.example/'>A</item><item><title>b</title></item>");
    assert_eq!(unclosed.items.len(), 2);
}

#[test]
fn contributors_and_licences_are_kept_apart() {
    let entry = atom_entry(
        "<author><name>Ann</name></author><contributor><name>Bo</name></contributor>
         <dc:contributor>Cy</dc:contributor><creativeCommons:license>https://l.example/by</creativeCommons:license>",
    );
    let names = |people: &[crate::model::Person]| {
        people.iter().filter_map(|person| person.name.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!((names(&entry.authors), names(&entry.contributors)), ("Ann".to_owned(), "Bo Cy".to_owned()));
    assert_eq!(entry.links[0].rel, "license");
}

#[test]
fn the_version_is_told_where_it_is_known() {
    for (document, version) in [
        ("<rss version='0.92'><channel/></rss>", Some("0.92")),
        ("<rss><channel/></rss>", None),
        ("<rss version='two'><channel/></rss>", None),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", Some("1.0")),
        ("<feed version='0.3' xmlns='http://purl.org/atom/ns#'/>", Some("0.3")),
        ("<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel/></rdf:RDF>", Some("1.0")),
        ("<rdf:RDF xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/></rdf:RDF>", Some("0.90")),
    ] {
        let parsed = parse(document.as_bytes(), &Hints::default()).expect(document);
        assert_eq!(parsed.feed.version.as_deref(), version, "{document}");
    }
}

#[test]
fn lists_of_rare_things_are_bounded() {
    let many = |piece: &str| piece.repeat(2 * limits::LIST);
    let media = "<media:content url='https://q.example/a' type='x/y'/><media:credit>c</media:credit>";
    let item = item(&format!(
        "{}{}{}",
        many(media),
        many("<podcast:person>p</podcast:person>"),
        many("<contributor><name>n</name></contributor>")
    ));
    assert_eq!(item.media.len(), limits::LIST);
    assert_eq!(item.podcast.map(|podcast| podcast.people.len()), Some(limits::LIST));
    assert_eq!(item.contributors.len(), 1, "the same person once");
}
