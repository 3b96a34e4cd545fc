//! Whole documents: what is read of them, which flaws are told, and that nothing makes the reader fail or dawdle.

use proptest::prelude::*;
use serde_json::Value;

use super::tokens::Tokens;
use super::*;

mod classes;
mod cousins;
mod hostile;
mod rare;

const FIXTURES: [(&str, &[u8]); 6] = [
    ("rss", include_bytes!("../../tests/fixtures/parse/rss.xml")),
    ("atom", include_bytes!("../../tests/fixtures/parse/atom.xml")),
    ("rdf", include_bytes!("../../tests/fixtures/parse/rdf.xml")),
    ("cdf", include_bytes!("../../tests/fixtures/parse/cdf.xml")),
    ("json", include_bytes!("../../tests/fixtures/parse/feed.json")),
    ("broken", include_bytes!("../../tests/fixtures/parse/broken.xml")),
];

/// Drops what is absent, so that a snapshot shows what was read.
fn compact(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let absent = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            fields.into_iter().map(|(key, value)| (key, compact(value))).filter(|(_, value)| !absent(value)).collect()
        }
        Value::Array(values) => values.into_iter().map(compact).collect(),
        other => other,
    }
}

#[test]
fn every_dialect_comes_to_one_form() {
    let base = Url::parse("https://wire.example/feeds/rss.xml").expect("a URL");
    for (name, bytes) in FIXTURES {
        let parsed = parse(bytes, &Hints { content_type: None, base: Some(&base), lines: true, ..Hints::default() })
            .expect(name);
        let shown = compact(serde_json::to_value(&parsed).expect("a feed is JSON"));
        insta::assert_snapshot!(name, serde_json::to_string_pretty(&shown).expect("JSON prints"));
    }
}

fn error_of(document: &[u8]) -> String {
    parse(document, &Hints::default()).expect_err("no feed").to_string()
}

#[test]
fn what_is_no_feed_is_said_to_be_what_it_is() {
    let gzip_bomb_head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff];
    let cases: [(&[u8], &str); 12] = [
        (b"", "the document is empty"),
        (b" \n\t", "the document is empty"),
        (b"<!-- nothing -->", "the document is empty"),
        (b"Not Found", "this is plain text"),
        (b"<!DOCTYPE html><p>", "this is an HTML page and not a feed: it names no feed either"),
        (b"<?xml version='1.0'?><html/>", "this is an HTML page"),
        (b"<opml><head/></opml>", "its root element is `opml`"),
        (b"<div>x</div>", "a piece of a web page"),
        (b"{\"error\": 1}", "this is JSON, but no JSON Feed"),
        (b"{", "this is JSON, but no JSON Feed: it is broken"),
        (b"\x89PNG\r\n", "a PNG picture"),
        (&gzip_bomb_head, "could not be unpacked"),
    ];
    for (document, expected) in cases {
        let message = error_of(document);
        assert!(message.contains(expected), "{message} should say {expected}");
    }
    let page = b"<html><link rel=alternate type=application/atom+xml href=/feed.xml></html>";
    let base = Url::parse("https://wire.example/").expect("a URL");
    let error = parse(page, &Hints { content_type: None, base: Some(&base), lines: true, ..Hints::default() })
        .expect_err("a page");
    assert_eq!(error, Error::Html { feeds: vec!["https://wire.example/feed.xml".into()] });
}

#[test]
fn gzip_bytes_are_unpacked_within_a_limit() {
    use std::io::Write;
    let pack = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).and_then(|()| packer.finish()).expect("memory takes all")
    };
    let parsed = parse(&pack(FIXTURES[2].1), &Hints::default()).expect("a feed");
    assert_eq!((parsed.feed.items.len(), parsed.flaws[0].kind), (1, "compressed"));
    let twice = pack(&pack(FIXTURES[2].1));
    let late = [b"\r\n".as_slice(), &pack(FIXTURES[2].1)].concat();
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let zlib = packer.write_all(FIXTURES[2].1).and_then(|()| packer.finish()).expect("memory takes all");
    for bytes in [twice, late, zlib] {
        let parsed = parse(&bytes, &Hints::default()).expect("a feed");
        assert_eq!((parsed.feed.items.len(), parsed.flaws[0].kind), (1, "compressed"));
    }
    let bomb = pack(&vec![b' '; limits::INFLATED_BYTES + 1]);
    assert!(matches!(parse(&bomb, &Hints::default()), Err(Error::Compressed { .. })));
    // Whoever reads it may want less, at either layer.
    for bytes in [pack(&vec![b' '; 4097]), pack(&pack(&vec![b' '; 4097]))] {
        assert!(is_packed(&bytes));
        let hints = Hints { max_unpacked_bytes: Some(4096), ..Hints::default() };
        let error = parse(&bytes, &hints).expect_err("too much");
        assert!(error.to_string().contains("more than 4096 bytes"), "{error}");
    }
}

/// What reads a document's markup may look at each byte a bounded number of times, whatever its shape.
#[test]
fn hostile_shapes_are_read_in_linear_time() {
    const TIMES: usize = 20_000;
    let shapes = [
        "<",
        "<a",
        "<a>",
        "</b>",
        "<a b=\"",
        "<a b='",
        "<a b=\"<",
        "<![CDATA[",
        "<![CDATA[</item>",
        "<!--",
        "<?",
        "<!DOCTYPE",
        "<!DOCTYPE [",
        "&",
        "&a",
        "&#",
        "&amp",
        "<a><b></a>",
        "\"",
        "]]>",
        "<item>",
        "<a xmlns:b='c'>",
        "<a xml:base='b/'>",
    ];
    for shape in shapes {
        for (before, after) in [("<rss><item><description>", ""), ("<rss>", "]]>\">"), ("", "'-->")] {
            let document = format!("{before}{}{after}", shape.repeat(TIMES));
            let mut tokens = Tokens::new(&document);
            let mut count = 0_usize;
            while tokens.next().is_some() {
                count += 1;
            }
            let bound = (limits::STRAY_SEARCHES + 4) * document.len();
            assert!(tokens.examined() <= bound, "{shape}: {} bytes examined of {}", tokens.examined(), document.len());
            assert!(count <= document.len());
            let _ = parse(document.as_bytes(), &Hints::default());
        }
    }
}

#[test]
fn limits_hold() {
    let items = format!("<rss>{}", "<item><title>x</title></item>".repeat(limits::ITEMS + 5));
    let parsed = parse(items.as_bytes(), &Hints::default()).expect("a feed");
    assert_eq!(parsed.feed.items.len(), limits::ITEMS);
    assert!(parsed.flaws.iter().any(|flaw| flaw.message == "5 items beyond the limit: left out."));
    assert!(parsed.flaws.len() < 100);

    let deep = format!("<rss><item><description>{}deep", "<b>".repeat(5000));
    let parsed = parse(deep.as_bytes(), &Hints::default()).expect("a feed");
    let text = parsed.feed.items[0].summary.as_ref().map(|text| text.raw().matches("<b>").count());
    assert!(text.is_some_and(|count| count < limits::DEPTH));

    let long = format!("<rss><item><title>{}</title>", "é".repeat(limits::TEXT_BYTES));
    let parsed = parse(long.as_bytes(), &Hints::default()).expect("a feed");
    let length = parsed.feed.items[0].title.as_ref().map_or(0, |title| title.raw().len());
    assert_eq!(length, limits::TEXT_BYTES);

    let references = "<a href='x'>".repeat(50_000);
    let base = format!("https://a.example/{}/", "long".repeat(400));
    let based = format!("<rss xml:base='{base}'><item><description><![CDATA[{references}]]></description>");
    let parsed = parse(based.as_bytes(), &Hints::default()).expect("a feed");
    let length = parsed.feed.items[0].summary.as_ref().map_or(0, |text| text.raw().len());
    assert!(length < references.len() * 6, "{length}");
}

#[derive(Debug, Clone)]
enum Mutation {
    Cut(usize),
    Delete(usize, usize),
    Repeat(usize, usize),
    Write(usize, Vec<u8>),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = 0..4000_usize;
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..6),
        proptest::sample::select(vec![
            "<",
            ">",
            "&",
            "\"",
            "'",
            "]]>",
            "<![CDATA[",
            "<!--",
            "-->",
            "</item>",
            "<item>",
            "<title>",
            "</",
            "&#x",
            ";",
            "<entry>",
            "</channel>",
            "<?xml",
            "<!DOCTYPE x [<!ENTITY a '&a;&b;'>",
            "{",
            "[",
            "\\",
            "\u{feff}",
            "xmlns=''",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        place.clone().prop_map(Mutation::Cut),
        (place.clone(), 1..200_usize).prop_map(|(at, length)| Mutation::Delete(at, length)),
        (place.clone(), 1..200_usize).prop_map(|(at, length)| Mutation::Repeat(at, length)),
        (place, piece).prop_map(|(at, bytes)| Mutation::Write(at, bytes)),
    ]
}

fn mutate(mut document: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        let length = document.len();
        let range = |at: usize, count: usize| {
            let at = at % (length + 1);
            at..(at + count).min(length)
        };
        match mutation {
            Mutation::Cut(at) => document.truncate(length - at % (length / 4 + 1)),
            Mutation::Delete(at, count) => drop(document.drain(range(*at, *count))),
            Mutation::Repeat(at, count) => {
                let piece = document[range(*at, *count)].to_vec();
                let end = range(*at, *count).end;
                document.splice(end..end, piece);
            }
            Mutation::Write(at, bytes) => {
                let at = range(*at, 0).start;
                document.splice(at..at, bytes.iter().copied());
            }
        }
    }
    document
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_mutation_of_a_feed_panics(
        fixture in 0..FIXTURES.len(),
        mutations in proptest::collection::vec(mutation(), 1..8),
    ) {
        let document = mutate(FIXTURES[fixture].1.to_vec(), &mutations);
        if let Ok(parsed) = parse(&document, &Hints { lines: true, ..Hints::default() }) {
            let lines = document.iter().filter(|&&byte| byte == b'\n' || byte == b'\r').count() as u32 + 1;
            for item in &parsed.feed.items {
                prop_assert!(item.line <= lines);
            }
            for flaw in &parsed.flaws {
                prop_assert!(flaw.line.is_none_or(|line| (1..=lines).contains(&line)), "{flaw:?} of {lines}");
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes, &Hints::default());
    }
}
