//! Outside judges read everything that is published: jing, Ruby's RSS reader, feedparser, a JSON schema.
//!
//! Where a judge is not installed the test is skipped, and says so; in CI that is a failure.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::main_job::sample_desk;
use crate::nasty;
use crate::world::{Place, installed, rss};

/// A judge: its program, what it needs, and the endings of the documents that it reads.
struct Judge {
    command: &'static [&'static str],
    /// A command that succeeds where the judge can work.
    ready: &'static [&'static str],
    endings: &'static [&'static str],
}

const JUDGES: &[Judge] = &[
    Judge { command: &["jing", "-c", "atom.rnc"], ready: &["which", "jing"], endings: &["atom"] },
    Judge { command: &["jing", "-c", "opml.rnc"], ready: &["which", "jing"], endings: &["opml"] },
    Judge { command: &["ruby", "rss.rb"], ready: &["ruby", "-rrss", "-e", ""], endings: &["rss"] },
    Judge {
        command: &["python3", "feedparser_judge.py"],
        ready: &["python3", "-c", "import feedparser"],
        endings: &["atom", "rss"],
    },
    Judge {
        command: &["python3", "jsonfeed_judge.py"],
        ready: &["python3", "-c", "import jsonschema"],
        endings: &["json"],
    },
];

/// All files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Has every document below a folder judged, and returns how many were.
fn judge(folder: &Path) -> usize {
    let mut documents = Vec::new();
    files(folder, &mut documents);
    documents.sort();
    let mut judged = 0;
    for Judge { command, ready, endings } in JUDGES {
        let ending = |path: &&PathBuf| path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one));
        let documents: Vec<&PathBuf> = documents.iter().filter(ending).collect();
        if documents.is_empty() {
            continue;
        }
        let is_ready = installed(ready[0]).is_some()
            && Command::new(ready[0]).args(&ready[1..]).output().is_ok_and(|output| output.status.success());
        if !is_ready {
            assert!(std::env::var_os("CI").is_none(), "not installed: {ready:?}");
            eprintln!("SKIPPED: not installed: {ready:?}");
            continue;
        }
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges");
        let output =
            Command::new(command[0]).args(&command[1..]).args(&documents).current_dir(home).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {said}");
        judged += documents.len();
    }
    judged
}

#[test]
fn the_judges_find_no_fault_in_the_sample_desk() {
    let place = sample_desk();
    place.cycle();
    judge(&place.path().join("data/public"));
}

#[test]
fn the_judges_find_no_fault_in_what_a_hostile_feed_makes_of_a_desk() {
    let place = hostile_desk();
    let front = place.read("public/front.json");
    assert!(front.contains("😀") && front.len() > 1_000_000, "{}", front.len());
    assert!(place.path().join("public/small").is_dir(), "it has archives");
    judge(&place.path().join("public"));
}

#[test]
fn the_judges_find_no_fault_in_the_worst_editions() {
    let folder = tempfile::tempdir().expect("a folder");
    for (at, edition) in nasty::samples(60).iter().enumerate() {
        for document in nasty::feeds(edition) {
            let ending = document.path.as_str().rsplit('.').next().expect("an ending");
            std::fs::write(folder.path().join(format!("{at}.{ending}")), &document.bytes).expect("written");
        }
    }
    judge(folder.path());
}

#[test]
fn a_judge_that_finds_faults_says_so() {
    for (judge, name, broken) in [
        (0, "a.atom", "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title></feed>"),
        (1, "a.opml", "<opml version='2.0'><head><title>x</title></head><body/></opml>"),
        (2, "a.rss", "<rss version='2.0'><channel><title>x</title></channel></rss>"),
        (3, "a.atom", "<feed xmlns='http://www.w3.org/2005/Atom'><title>x &nosuch; </title>"),
        (4, "a.json", "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"x\", \"items\": []}"),
    ] {
        let Judge { command, ready, .. } = &JUDGES[judge];
        let is_ready = installed(ready[0]).is_some()
            && Command::new(ready[0]).args(&ready[1..]).output().is_ok_and(|output| output.status.success());
        if !is_ready {
            assert!(std::env::var_os("CI").is_none(), "not installed: {ready:?}");
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, broken).expect("written");
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges");
        let output =
            Command::new(command[0]).args(&command[1..]).arg(path).current_dir(home).output().expect("it runs");
        assert!(!output.status.success(), "{command:?} passes {broken}");
    }
}

/// A desk that has read a feed in which everything is odd, and one of its editions has archives of it.
pub fn hostile_desk() -> Place {
    let place = Place::new(
        "[site]\nname = \"A & <b>Wire</b> ]]>\"\nurl = \"https://wire.example/\"\nemail = \"desk@wire.example\"\n\
         [publish]\ndir = \"public\"\n\
         [[source]]\nname = \"Hostile & Sons <x>\"\nurl = \"hostile.json\"\npublisher = \"hostile\"\n\
         [[source]]\nname = \"Odd\"\nurl = \"odd.xml\"\npublisher = \"odd\"\n\
         [[source]]\nname = \"Quiet\"\nurl = \"quiet.xml\"\ntags = [\"quiet\"]\n\
         [[edition]]\nname = \"front\"\ntitle = \"All & <sundry> ]]> 😀\"\ndescription = \"\\u0001 \\u202e שלום\"\n\
         [[edition]]\nname = \"small\"\nitems = 2\n\
         [[edition]]\nname = \"none\"\ninclude = [\"tag:quiet\"]\n",
    );
    place.write("quiet.xml", rss("Quiet", &[]));
    place.write("odd.xml", ODD);
    let whole = hostile_json();
    let mut part = whole.clone();
    for items in [3, 6] {
        let items = whole["items"].as_array().expect("items").iter().take(items).cloned().collect();
        part["items"] = serde_json::Value::Array(items);
        place.write("hostile.json", part.to_string());
        place.cycle();
    }
    place.write("hostile.json", whole.to_string());
    place.cycle();
    place
}

fn hostile_json() -> serde_json::Value {
    use serde_json::json;
    let huge = "<p>]]&gt; Ein Wort &amp; 北朝鮮 😀</p>".repeat(40_000);
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Hostile \u{0} \u{8} \u{ffff}",
        "items": [
            {"id": "1", "content_html": huge, "date_published": "2024-10-18T09:30:00Z", "url": "https://h.example/1"},
            {"id": "2", "title": "]]> <![CDATA[ <script>alert(1)</script> \u{0}\u{1}\u{b}\u{fffe}",
             "content_html": "]]> <script>alert(1)</script><a href='../x'>x</a><img src='y.png' onerror='z()'>",
             "url": "https://h.example/a|b{c}[d] e?f=<g>&h=\"i\"#j#k"},
            {"id": "3", "content_text": "no title, no date, and no link"},
            {"id": "4", "title": "\u{202e}שלום\u{202c} عنوان", "language": "he", "content_text": " ", "date_published": "never"},
            {"id": "5", "title": " \n ", "url": "mailto:x@y.example"},
            {"id": "6", "title": "Odd attachments", "date_published": "0001-01-01T00:00:00Z", "attachments": [
                {"url": "relative.mp3", "mime_type": "audio/mpeg"},
                {"url": "https://h.example/a.mp3", "mime_type": "no type", "size_in_bytes": -1},
                {"url": "https://h.example/b", "mime_type": "", "size_in_bytes": 0},
                {"url": "javascript:alert(1)", "mime_type": "text/html"},
                {"url": "https://h.example/c.mp4", "mime_type": "video/mp4; codecs=\"x\"", "size_in_bytes": 18446744073709551615_u64}]},
            {"id": "7", "title": "Odd people", "authors": [{"name": "\u{1}"}, {"name": "x@y@z <b>"}, {"url": "not a url"}],
             "tags": ["", "a", "a", "\u{1}", "<b>"], "image": "https://h.example/ü.jpg?a=[1]"},
            {"id": "https://h.example/8", "title": "👩‍👩‍👧 e\u{301} \u{2028} \u{feff}", "date_published": "9999-12-31T23:59:59Z"}
        ]
    })
}

/// RSS with enclosures, dates and ids as they should not be.
const ODD: &str = r#"<rss version="2.0"><channel><title>Odd</title><link>relative</link><language>not a language</language>
<item><title>Two enclosures &amp;lt;b&amp;gt;</title><enclosure url="https://o.example/1.mp3"/>
<enclosure url="https://o.example/2.mp3" length="-5" type="audio"/><guid>o1</guid></item>
<item><description>&lt;p&gt;Only a description ]]&amp;gt;&lt;/p&gt;</description><pubDate>Yesterday</pubDate></item>
<item><title></title><link>https://o.example/only-a-link</link></item>
<item><title>A year of two digits</title><pubDate>Fri, 18 Oct 24 09:30 EST</pubDate><guid isPermaLink="true">no link</guid></item>
<item><guid>twice</guid><title>First</title></item><item><guid>twice</guid><title>Second</title></item>
</channel></rss>"#;
