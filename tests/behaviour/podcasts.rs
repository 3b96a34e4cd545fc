//! Podcasts and media pass through the desk: what a podcast program needs of an episode is in the edition.

use wiredesk::model::Size;
use wiredesk::parse::{self, Hints};

use crate::world::Place;

const PODCAST: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Harbour Talk</title><link>https://talk.example/</link><description>d</description>
<item><title>The keeper's last night</title><guid isPermaLink="false">e7</guid><link>https://talk.example/7</link>
<pubDate>Fri, 18 Oct 2024 09:30:00 GMT</pubDate><description>An hour in the lamp room.</description>
<enclosure url="https://talk.example/7.mp3" length="28000000" type="audio/mpeg"/>
<itunes:author>Jane Doe</itunes:author><itunes:duration>1:02:03</itunes:duration><itunes:season>2</itunes:season>
<itunes:episode>7</itunes:episode><itunes:episodeType>full</itunes:episodeType><itunes:explicit>true</itunes:explicit>
<itunes:image href="https://talk.example/7.jpg"/>
<podcast:transcript url="https://talk.example/7.vtt" type="text/vtt"/><podcast:chapters url="/7.json" type="application/json+chapters"/></item>
<item><title>A film of the harbour</title><guid isPermaLink="false">f1</guid><link>https://talk.example/f1</link>
<pubDate>Fri, 18 Oct 2024 08:30:00 GMT</pubDate><description>Ships.</description>
<media:content url="https://talk.example/f.jpg" type="image/jpeg" medium="image" width="1280" height="720"/>
<media:content url="https://talk.example/f.mp4" type="video/mp4" medium="video" width="640" height="360" duration="90" fileSize="9000000"/></item>
</channel></rss>"#;

fn desk() -> Place {
    let place = Place::new(
        "[site]\nname = \"Test Wire\"\nurl = \"https://wire.example/\"\nowner = \"John Roe\"\n[publish]\ndir = \"public\"\n\
         [[source]]\nname = \"talk\"\nurl = \"talk.xml\"\n[[edition]]\nname = \"front\"\n",
    );
    place.write("talk.xml", PODCAST);
    place.cycle();
    place
}

#[test]
fn an_episode_is_whole_in_the_edition() {
    let place = desk();
    let rss = place.read("public/front.rss");
    for part in [
        "<enclosure url=\"https://talk.example/7.mp3\" length=\"28000000\" type=\"audio/mpeg\"/>",
        "<itunes:author>Jane Doe</itunes:author>",
        "<itunes:duration>01:02:03</itunes:duration>",
        "<itunes:season>2</itunes:season>",
        "<itunes:episode>7</itunes:episode>",
        "<itunes:episodeType>full</itunes:episodeType>",
        "<itunes:explicit>true</itunes:explicit>",
        "<itunes:image href=\"https://talk.example/7.jpg\"",
        "<podcast:transcript type=\"text/vtt\" url=\"https://talk.example/7.vtt\">",
        "<podcast:chapters type=\"application/json+chapters\" url=\"https://talk.example/7.json\">",
        "<itunes:author>John Roe</itunes:author>",
    ] {
        assert!(rss.contains(part), "{part} in {rss}");
    }
    let json: serde_json::Value = serde_json::from_str(&place.read("public/front.json")).expect("JSON");
    let items = json["items"].as_array().expect("items");
    let episode = items.iter().find(|item| item["url"] == "https://talk.example/7").expect("the episode");
    assert_eq!(episode["attachments"][0]["duration_in_seconds"], 3723);
}

#[test]
fn our_own_reader_finds_in_the_edition_what_the_podcast_said() {
    let place = desk();
    let hints = Hints::default();
    let said = parse::parse(PODCAST.as_bytes(), &hints).expect("a feed").feed;
    let episode = |feed: &wiredesk::model::Feed| {
        feed.items.iter().find(|item| item.podcast.is_some()).cloned().expect("an episode")
    };
    let kept = parse::parse(place.read("public/front.rss").as_bytes(), &hints).expect("a feed").feed;
    let (said, told) = (episode(&said), episode(&kept));
    assert_eq!(told.podcast, said.podcast);
    assert_eq!(told.enclosures, said.enclosures);
    let tracks = |item: &wiredesk::model::Item| {
        let roles = item.links.iter().filter(|link| ["transcript", "chapters"].contains(&link.rel.as_str()));
        let roles = roles.map(|link| (link.rel.clone(), link.href.replace("https://talk.example", "")));
        roles.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(tracks(&told), tracks(&said));
    for name in ["front.rss", "front.atom"] {
        let feed = parse::parse(place.read(&format!("public/{name}")).as_bytes(), &hints).expect("a feed").feed;
        let film =
            feed.items.iter().find(|item| item.link.as_deref() == Some("https://talk.example/f1")).expect("the film");
        let media = film
            .media
            .iter()
            .find(|media| media.url.as_deref() == Some("https://talk.example/f.mp4"))
            .expect("its file");
        assert_eq!(media.size, Some(Size { width: 640, height: 360 }), "{name}");
        let text = place.read(&format!("public/{name}"));
        let picture = "<media:thumbnail height=\"720\" url=\"https://talk.example/f.jpg\" width=\"1280\">";
        assert!(text.contains(picture), "{text}");
        assert_eq!((media.duration_seconds, media.size_bytes), (Some(90), Some(9_000_000)), "{name}");
    }
}
