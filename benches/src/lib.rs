//! Feeds to measure on: those of a folder named by `WIREDESK_FEEDS`, or else ones that are made here, the same every time.
#![allow(clippy::disallowed_methods, reason = "reads documents and measures time")]

pub mod desk;
pub mod hostile;
pub mod server;
pub mod wire;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The environment variable that names a folder of feed documents.
pub const FOLDER: &str = "WIREDESK_FEEDS";

/// The documents to measure on, in order of their names.
pub fn documents() -> Vec<Vec<u8>> {
    match std::env::var_os(FOLDER) {
        Some(folder) => read_folder(PathBuf::from(folder)),
        None => made(),
    }
}

fn read_folder(folder: PathBuf) -> Vec<Vec<u8>> {
    let listed = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{FOLDER}={}: {error}", folder.display()));
    let mut files: Vec<PathBuf> =
        listed.filter_map(|file| Some(file.ok()?.path())).filter(|path| path.is_file()).collect();
    files.sort();
    assert!(!files.is_empty(), "{FOLDER}={} holds no files", folder.display());
    files.iter().map(|file| std::fs::read(file).expect("the file is there")).collect()
}

/// Forty documents in the proportions of real ones: headlines only, escaped HTML, CDATA, XHTML; Latin and other scripts.
fn made() -> Vec<Vec<u8>> {
    const WORDS: [&str; 32] = [
        "harbour",
        "council",
        "vote",
        "the",
        "of",
        "ferry",
        "strike",
        "on",
        "minister",
        "said",
        "a",
        "new",
        "budget",
        "and",
        "police",
        "storm",
        "for",
        "river",
        "market",
        "in",
        "école",
        "Brücke",
        "with",
        "after",
        "talks",
        "port",
        "to",
        "by",
        "café",
        "война",
        "港口",
        "election",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % below
    };
    let mut documents = Vec::new();
    for number in 0..40 {
        let mut words = |count: usize| {
            let words: Vec<&str> = (0..count).map(|_| WORDS[random(WORDS.len())]).collect();
            words.join(" ")
        };
        let atom = number % 4 == 3;
        let long = number % 2 == 1;
        let mut feed = String::from(if atom {
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>Wire</title>\n<id>urn:x:wire</id>\n<updated>2024-10-25T12:00:00Z</updated>\n"
        } else {
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel>\n<title>Wire</title>\n<link>https://wire.example/</link>\n<description>News</description>\n"
        });
        for item in 0..60 {
            let (title, teaser) = (words(9), words(30));
            let address = format!("https://wire.example/{number}/{item}");
            let paragraphs: String = (0..if long { 12 } else { 1 })
                .map(|_| {
                    format!("<p>{} <a href=\"{address}?from=feed&amp;n={item}\">{}</a></p>\n", words(60), words(3))
                })
                .collect();
            let escaped = paragraphs.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let written = match (atom, number % 8) {
                (true, 3) => write!(
                    feed,
                    "<entry>\n<title type=\"html\">{title} &amp;amp; more</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"{address}\"/>\n<id>{address}</id>\n<updated>2024-10-25T11:{item:02}:00+02:00</updated>\n<author><name>Jane Doe</name></author>\n<summary>{teaser}</summary>\n<content type=\"html\">{escaped}</content>\n</entry>\n"
                ),
                (true, _) => write!(
                    feed,
                    "<entry>\n<title>{title}</title>\n<link href=\"{address}\"/>\n<id>{address}</id>\n<published>2024-10-25T11:{item:02}:00Z</published>\n<updated>2024-10-25T11:{item:02}:00Z</updated>\n<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">{paragraphs}</div></content>\n</entry>\n"
                ),
                (false, 1) => write!(
                    feed,
                    "<item>\n<title>{title}</title>\n<link>{address}</link>\n<dc:creator><![CDATA[Jane Doe]]></dc:creator>\n<pubDate>Fri, 25 Oct 2024 11:{item:02}:00 +0000</pubDate>\n<category><![CDATA[World]]></category>\n<guid isPermaLink=\"false\">{address}</guid>\n<description><![CDATA[<p>{teaser}</p>]]></description>\n<content:encoded><![CDATA[{paragraphs}]]></content:encoded>\n</item>\n"
                ),
                _ => write!(
                    feed,
                    "<item>\n<title>{title} &amp; more</title>\n<link>{address}</link>\n<guid>{address}</guid>\n<pubDate>Fri, 25 Oct 2024 11:{item:02}:00 GMT</pubDate>\n<description>{escaped}</description>\n<media:thumbnail width=\"240\" height=\"135\" url=\"{address}.jpg\"/>\n</item>\n"
                ),
            };
            written.expect("a String takes all");
        }
        feed.push_str(if atom { "</feed>\n" } else { "</channel>\n</rss>\n" });
        documents.push(feed.into_bytes());
    }
    documents
}

/// A thing to measure: its name and a run of it.
pub type Contender<'a> = (&'a str, &'a dyn Fn());

/// The median time of one run of each contender, taken in turns so that a disturbance meets all alike.
pub fn in_turns(contenders: &[Contender<'_>], time: Duration) -> Vec<Duration> {
    let mut times = vec![Vec::new(); contenders.len()];
    let start = Instant::now();
    while times[0].len() < 5 || start.elapsed() < time {
        for ((_, run), times) in contenders.iter().zip(&mut times) {
            let start = Instant::now();
            run();
            times.push(start.elapsed());
        }
    }
    for times in &mut times {
        times.sort();
    }
    times.iter().map(|times| times[times.len() / 2]).collect()
}

/// Prints what `in_turns` measures, each contender also as a multiple of the first one's speed.
pub fn compare(title: &str, bytes: usize, contenders: &[Contender<'_>]) {
    let medians = in_turns(contenders, Duration::from_secs(6));
    println!("\n{title}: {:.1} MB, medians taken in turns", bytes as f64 / 1e6);
    for ((name, _), median) in contenders.iter().zip(&medians) {
        let speed = bytes as f64 / median.as_secs_f64() / 1e6;
        let ratio = medians[0].as_secs_f64() / median.as_secs_f64();
        println!("{name:<28}{speed:>8.0} MB/s   first one is {:>5.2} times as fast", 1.0 / ratio);
    }
}
