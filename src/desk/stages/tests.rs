//! Documents of which only a part is read come to what they come to when they are read whole.

use proptest::prelude::*;

use super::*;
use crate::model::{FeedUrl, Location, Publisher, SourceId};

const HEADS: [&str; 6] = [
    "<rss version=\"2.0\"><channel><title>A</title><link>https://a.example/</link><pubDate>@</pubDate>",
    "<rss><channel><title>A</title><language>de</language><link>/home/</link><!--@-->",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<rss xml:base=\"https://b.example/x/\"><channel><ttl>@</ttl>",
    "<rss><channel><title>A<!--@--></title><link>https://a.example/@</link>",
    "<!DOCTYPE rss><rss><channel><title>@</title>",
    "<rss><channel><title>A",
];
const TAILS: [&str; 4] =
    ["</channel></rss>", "</channel></rss>\n<!-- @ -->\n", "<language>fr</language></channel></rss>", "</channel>"];
const ITEMS: [&str; 16] = [
    "<item><guid>1</guid><title>Der Hafen bleibt zu</title><link>/1</link><pubDate>Thu, 24 Oct 2024 09:00:00 GMT</pubDate></item>",
    "<item><guid>1</guid><title>The same key once more</title></item>",
    "<item><guid>2</guid><title>Sturm über der Nordsee</title><description>Die Fähren bleiben im Hafen, und das Wasser steigt.</description></item>",
    "<item><guid>3</guid><title>Otters</title><link>https://a.example/page</link></item>",
    "<item><guid>4</guid><title>Keeper</title><link>https://a.example/page</link></item>",
    "<item><guid>5</guid><title>Comments</title><slash:comments>@</slash:comments></item>",
    "<item><guid>6</guid><title>At @ it rose</title></item>",
    "<item>\n  <title>No key</title>\n</item>\n",
    "<item/>",
    "<item><guid>7</guid><description><![CDATA[<p>one<item></item>]]></description><!-- </item> --></item>",
    "<item xml:base='https://c.example/' xml:lang='ru'><guid>8</guid><title>Война</title><link>x</link></item>",
    "<item><guid>9</guid><title>Unclosed <b>bold</title></item>",
    "<item><guid>10</guid><title>Never ends</title>",
    "<item><guid>11</guid><a b=c/><title>Slash</title></item>",
    "<item><guid>12</guid><title>&lt;i&gt;Escaped&lt;/i&gt; &amp; more</title><enclosure url='/a.mp3' type='audio/mpeg' length='1'/></item>",
    "text between",
];

fn source() -> Source {
    Source::new(
        SourceId::new("a").expect("a name"),
        Location::Web(FeedUrl::parse("https://a.example/feed").expect("a URL")),
        Publisher::new("a").expect("a name"),
    )
}

fn raw(document: &str) -> Raw {
    let base = Url::parse("https://a.example/feed").ok();
    Raw { body: Bytes::from(document.to_owned()), content_type: Some("application/rss+xml".to_owned()), base }
}

fn now() -> DateTime<Utc> {
    "2024-10-24T12:00:00Z".parse().expect("a time")
}

fn read_with(document: &str, known: &[Carried]) -> Document {
    read(&raw(document), &source(), known, 1 << 20, now()).expect("a feed")
}

/// As if no item had a mark: it is read whole, and known again by its digest alone.
fn without_marks(carried: &[Carried]) -> Vec<Carried> {
    carried.iter().map(|carried| Carried { mark: None, ..carried.clone() }).collect()
}

fn document() -> impl Strategy<Value = String> {
    let items = prop::collection::vec((0..ITEMS.len(), 0..3_u32), 0..8);
    (0..HEADS.len(), items, 0..TAILS.len(), 0..3_u32, any::<bool>()).prop_map(|(head, items, tail, made, blanks)| {
        let filled = |piece: &str, value: u32| piece.replace('@', &value.to_string());
        let items: Vec<String> = items.into_iter().map(|(item, value)| filled(ITEMS[item], value)).collect();
        format!(
            "{}{}{}",
            filled(HEADS[head], made),
            items.join(if blanks { "\n" } else { "" }),
            filled(TAILS[tail], made)
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_is_read_in_part_is_read_as_the_whole(documents in prop::collection::vec(document(), 2..5)) {
        let mut known = Vec::new();
        for document in documents {
            let (part, whole) = (read_with(&document, &known), read_with(&document, &without_marks(&known)));
            prop_assert_eq!(&part.entries, &whole.entries, "{}", document);
            prop_assert_eq!(without_marks(&part.carried), without_marks(&whole.carried), "{}", document);
            let told = |document: &Document| (document.title.clone(), document.hints, document.links.clone(), document.is_cut);
            prop_assert_eq!(told(&part), told(&whole));
            if let Some(little) = read_little(&raw(&document), &source(), &known, 2, now()) {
                let little = little.expect("a feed");
                prop_assert!(little.entries.len() <= 2, "{}", document);
                prop_assert_eq!((&little.entries, &little.carried), (&part.entries, &part.carried), "{}", document);
                prop_assert_eq!(told(&little), told(&part));
            }
            known = part.carried;
        }
    }
}

#[test]
fn an_item_that_came_before_is_not_read() {
    let document = |items: &[usize], made: &str| {
        let items: String = items.iter().map(|item| ITEMS[*item]).collect();
        format!("{}{items}{}", HEADS[0], TAILS[1]).replace('@', made)
    };
    let first = read_with(&document(&[0, 2, 5], "1"), &[]);
    assert_eq!((first.entries.len(), first.carried.iter().filter(|carried| carried.mark.is_some()).count()), (3, 3));
    // What is said of it is what is remembered, whatever the document would say now.
    let known: Vec<Carried> = first.carried.iter().map(|carried| Carried { digest: 1, ..carried.clone() }).collect();
    let next = read_with(&document(&[2, 6, 0], "2"), &known);
    assert_eq!(next.entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["6"]);
    assert_eq!([next.carried[0].digest, next.carried[2].digest], [1, 1]);
    assert_eq!(
        read_with(&document(&[0, 2], "3"), &without_marks(&known)).entries.len(),
        2,
        "it is the mark that tells"
    );
    // Where little is new, that is all that is read; where more is, nothing.
    let little = |items: &[usize], few| {
        let read = read_little(&raw(&document(items, "2")), &source(), &known, few, now());
        read.map(|document| document.expect("a feed").entries.len())
    };
    assert_eq!([little(&[2, 6, 0], 1), little(&[2, 6, 0], 0), little(&[2, 0], 0)], [Some(1), None, Some(0)]);
    assert_eq!(little(&[3, 6], 2), None, "nothing of it is known");
    // A feed that says something else of itself is read whole.
    let other = document(&[0, 2], "3").replace("<title>A", "<title>B");
    assert_eq!(read_with(&other, &known).entries.len(), 2);
}
