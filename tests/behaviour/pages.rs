//! The pages in a real browser, and what a theme makes of them.
//!
//! Where Chromium, Node.js or the packages of `tests/browser` are not installed the browser's tests are skipped, and
//! say so; in CI that is a failure.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::main_job::sample_desk;
use crate::world::{Place, get, installed};

const ARABIC: &str = "BookFest تستقبل آلاف الزوار في المكتبة القديمة";
const ARABIC_BEFORE: &str = "BookFest تستقبل مئات الزوار في المكتبة القديمة";
const ARABIC_HOUSE: &str = "وكالة المنارة 24";
const JAPANESE: &str = "港町の図書館が百年ぶりに見つかった航海日誌を公開し、市民が列を作る";
const PICTURE: &str = "https://pictures.example/odd.jpg";

/// Chromium, where all is there that judges pages. In CI it must be.
fn browser() -> Option<PathBuf> {
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let chromium = installed("chromium");
    let packages = ["playwright-core", "axe-core"].iter().all(|name| judge.join("node_modules").join(name).is_dir());
    if let (Some(chromium), true, Some(_)) = (&chromium, packages, installed("node")) {
        return Some(chromium.clone());
    }
    assert!(std::env::var_os("CI").is_none(), "chromium, node or the packages of tests/browser (npm ci) are missing");
    eprintln!("SKIPPED: chromium, node or the packages of tests/browser (npm ci) are missing");
    None
}

/// Opens pages and feeds of a desk in the browser: how heavy the heaviest is, and what is wrong with them.
fn judge(chromium: &Path, plan: &Value) -> (u64, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let mut child = Command::new("node")
        .arg("pages.mjs")
        .arg(chromium)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    child.stdin.take().expect("a pipe").write_all(plan.to_string().as_bytes()).expect("written");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", output.status);
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(said["pages"].as_u64(), plan["pages"].as_array().map(|pages| pages.len() as u64));
    let problems = said["problems"].as_array().expect("a list");
    (said["heaviest"].as_u64().expect("a number"), problems.iter().map(|problem| problem.to_string()).collect())
}

/// A feed of one item with a picture and a text in another language.
fn foreign(language: &str, title: &str, host: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>{host}</title>\
         <link>https://{host}/</link><language>{language}</language><item><guid>1</guid><title>{title}</title>\
         <link>https://{host}/1</link><pubDate>Fri, 18 Oct 2024 09:30:00 GMT</pubDate>\
         <media:thumbnail url=\"{PICTURE}\"/><description>{title}. {title}. {title}.</description></item></channel></rss>"
    )
}

/// The sample desk with stories and an article that are hard on a page.
fn hard_desk() -> Place {
    let place = sample_desk();
    let long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(2);
    let sources = [("arabic", ARABIC_HOUSE, "ar", ARABIC_BEFORE), ("second", "الصدى", "ar", ARABIC_BEFORE)];
    let sources = sources.into_iter().chain([("japanese", "北海新聞", "ja", JAPANESE), ("long", "Lang", "de", &long)]);
    // One address for all runs: those of articles are made of it.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a free port");
    let mut config = place.read("config.toml").replace("127.0.0.1:0", &free.to_string());
    for (name, house, language, title) in sources {
        place.write(&format!("feeds/wires/{name}.xml"), foreign(language, title, &format!("{name}.example")));
        config.push_str(&format!(
            "\n[[source]]\nname = \"{house}\"\nurl = \"feeds/wires/{name}.xml\"\npublisher = \"{name}\"\ntags = [\"hard\"]\n"
        ));
    }
    config.push_str("\n[[edition]]\nname = \"hard\"\ntitle = \"Hard to show\"\ninclude = [\"tag:hard\"]\n");
    place.write("config.toml", config);
    place.write(
        "feeds/articles/wide.md",
        format!(
            "+++\ntitle = \"A wide article\"\ndate = 2024-10-18T09:30:00Z\n+++\n\n# A first heading\n\n![A chart]({PICTURE})\n\n\
             {long}\n\n```\n{long} {long}\n```\n\n## A second\n\n| a | b | c | d |\n|---|---|---|---|\n\
             | {long} | {long} | {long} | {long} |\n"
        ),
    );
    place.cycle();
    // What it says from now on: the story shows what changed.
    place.write("feeds/wires/arabic.xml", foreign("ar", ARABIC, "arabic.example"));
    place.cycle();
    place
}

/// The page of the story of this title, by the edition's page.
fn story_page(place: &Place, edition: &str, title: &str) -> String {
    let page = place.read(&format!("data/public/{edition}.html"));
    let (_, rest) = page.split_once(&format!("{title}</a></h2>")).unwrap_or_else(|| panic!("{title}: {page}"));
    let (_, rest) = rest.split_once("href=\"stories/").expect("a story's page");
    format!("stories/{}", rest.split('"').next().expect("an end"))
}

#[test]
fn every_page_is_sound_in_a_real_browser() {
    let Some(chromium) = browser() else { return };
    let place = hard_desk();
    let daemon = place.daemon();
    let arabic = json!([{ "text": ARABIC, "lang": "ar", "dir": "rtl" }]);
    let japanese = json!([{ "text": JAPANESE, "lang": "ja", "dir": "ltr" }]);
    let houses = json!([
        { "text": ARABIC, "lang": "ar", "dir": "rtl" }, { "text": JAPANESE, "lang": "ja", "dir": "ltr" },
        { "text": ARABIC_HOUSE, "lang": "en", "dir": "rtl" },
    ]);
    let widest = story_page(
        &place,
        "shared",
        "North Korea sends 1,500 special forces soldiers to Russia, Seoul says: what is known",
    );
    let plan = json!({
        "base": daemon.url,
        "pages": [
            { "path": "" },
            { "path": "front.html" },
            { "path": "hard.html", "foreign": houses },
            { "path": widest },
            { "path": story_page(&place, "hard", ARABIC), "foreign": arabic },
            { "path": story_page(&place, "hard", JAPANESE), "foreign": japanese },
            { "path": "articles/fifteen-hundred-men.html" },
            { "path": "articles/wide.html" },
            { "path": "nothing/here", "status": 404 },
        ],
        "feeds": ["front.atom", "front.rss", "front.json", "hard.rss"],
        "shots": std::env::var("WIREDESK_SHOTS").ok(),
    });
    let (heaviest, problems) = judge(&chromium, &plan);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(heaviest > 10_000, "{heaviest}");
}

#[test]
fn a_desk_in_arabic_is_laid_out_from_right_to_left() {
    let Some(chromium) = browser() else { return };
    let place = hard_desk();
    let config = place.read("config.toml").replace("language = \"en\"", "language = \"ar\"");
    place.write("config.toml", config);
    let daemon = place.daemon();
    let foreign = json!([{ "text": JAPANESE, "lang": "ja", "dir": "ltr" }]);
    let plan = json!({
        "base": daemon.url,
        "pages": [{ "path": "hard.html", "foreign": foreign }, { "path": story_page(&place, "hard", ARABIC) }],
        "shots": std::env::var("WIREDESK_SHOTS").ok().map(|folder| folder + "/rtl"),
    });
    let (_, problems) = judge(&chromium, &plan);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The judge sees what it looks for.
#[test]
fn a_look_that_is_hard_to_read_does_not_pass() {
    let Some(chromium) = browser() else { return };
    let place = hard_desk();
    place.write("config.toml", place.read("config.toml").replace("[site]\n", "[site]\ntheme = \"look\"\n"));
    place.write(
        "look/extra.css",
        "body { min-width: 90rem; background: white; color: black; }\n.byline { color: #bbb; }\n\
         .stories > li:first-child .pictured { display: block; }\n.stories > li img { aspect-ratio: auto; }\n\
         .skip:focus { outline: none; }\n@media print { .subscribe { display: block; } }\n",
    );
    place.write(
        "look/base.html",
        include_str!("../../src/render/templates/base.html").replace(
            "<main id=",
            "<link rel=\"stylesheet\" href=\"https://fonts.example/a.css\">\n<h4>Out of order</h4><main id=",
        ),
    );
    let daemon = place.daemon();
    let plan = json!({
        "base": daemon.url,
        "pages": [{ "path": "hard.html", "foreign": [{ "text": ARABIC, "lang": "fa", "dir": "ltr" }] }],
        "feeds": ["hard.html"],
    });
    let (_, problems) = judge(&chromium, &plan);
    for seen in [
        "(light, 390 px): it scrolls sideways",
        "at 320 px",
        "axe: color-contrast",
        "axe: region",
        "layout shift",
        "the security policy forbids style-src",
        "the console says",
        "(dark, 1280 px): its paper is",
        "Tab comes first to",
        "printed: subscribe is of no use",
        "is ar rtl, not fa ltr",
        "hard.html: it begins with",
    ] {
        assert!(problems.iter().any(|problem| problem.contains(seen)), "{seen}: {}", problems.join("\n"));
    }
}

#[test]
fn every_feed_and_its_page_name_each_other() {
    let place = sample_desk();
    place.cycle();
    let site = "http://127.0.0.1:0/";
    for edition in ["front", "shared", "asia"] {
        let page = place.read(&format!("data/public/{edition}.html"));
        for (form, media_type) in
            [("atom", "application/atom+xml"), ("rss", "application/rss+xml"), ("json", "application/feed+json")]
        {
            let head = format!("<link rel=\"alternate\" type=\"{media_type}\" title=");
            let link = page
                .lines()
                .find(|line| line.starts_with(&head) && line.contains(&format!("href=\"{edition}.{form}\"")));
            assert!(link.is_some(), "{edition}.{form}: {page}");
            let feed = place.read(&format!("data/public/{edition}.{form}"));
            let home = match form {
                "atom" => format!("<link href=\"{site}{edition}.html\" rel=\"alternate\" type=\"text/html\"/>"),
                "rss" => format!("<link>{site}{edition}.html</link>"),
                _ => format!("\"home_page_url\": \"{site}{edition}.html\""),
            };
            assert!(feed.contains(&home), "{edition}.{form}: {}", &feed[..1000]);
            assert!(feed[..512].contains(if form == "atom" {
                "<feed"
            } else if form == "rss" {
                "<rss"
            } else {
                "version"
            }));
        }
    }
    assert!(place.read("data/public/feed.css").contains("feed, rss {"));
}

/// The sample desk with a theme of these files.
fn themed(files: &[(&str, &str)]) -> Place {
    let place = sample_desk();
    place.write("config.toml", place.read("config.toml").replace("[site]\n", "[site]\ntheme = \"look\"\n"));
    place.write("look/.keep", "");
    for (name, text) in files {
        place.write(&format!("look/{name}"), text);
    }
    place
}

#[test]
fn a_theme_replaces_pages_and_styles_file_by_file() {
    let files = [
        (
            "not_found.html",
            "{% extends \"base.html\" %}\n{% block content %}<h1>Lost at {{ site.name }}</h1>{% endblock %}\n",
        ),
        ("extra.css", ".masthead { display: none; }\n"),
        ("notes.txt", "mine"),
    ];
    let place = themed(&files);
    let checked = place.run(&["check"]);
    assert_eq!(checked.code, Some(0), "{}", checked.err);
    for line in [
        "  theme    look  replaces not_found.html; adds extra.css\n",
        "           notes.txt is no file of a theme, and not used",
    ] {
        assert!(checked.out.contains(line), "{line}: {}", checked.out);
    }
    let daemon = place.daemon();
    assert!(get(&format!("{}nowhere", daemon.url), &[]).text().contains("<h1>Lost at The Sample Desk</h1>"));
    let style = get(&format!("{}style.css", daemon.url), &[]).text();
    assert!(style.starts_with(":root") && style.ends_with(".masthead { display: none; }\n"), "{style}");
    assert!(get(&format!("{}front.html", daemon.url), &[]).text().contains("class=\"subscribe\""));
}

#[test]
fn a_wrong_theme_is_said_with_file_and_line_and_nothing_is_done() {
    let files = [
        ("edition.html", "{% extends \"base.html\" %}\n{% block content %}\n<p>{{ heading }}</p>\n{% endblock %}\n"),
        ("index.html", "{% autoescape false %}\n<p title={{ title }}>{{ title|safe }}\n{% endautoescape %}\n"),
        ("style.css", "p { color: red;\n"),
    ];
    let place = themed(&files);
    for command in [&["check"][..], &["run", "--once"]] {
        let ended = place.run(command);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        for line in [
            "look/edition.html:3: undefined value: `heading` is undefined\n  = docs/PAGES.md lists",
            "look/index.html:1: escaping cannot be turned off or on\n  = leave `autoescape`",
            "look/index.html:2: in a tag, a value must stand in quotes\n  = for example:",
            "look/index.html:2: nothing can be marked as safe\n",
            "look/style.css:1: this `{` is not closed\n",
            " faults in the theme; nothing was done",
        ] {
            assert!(ended.err.contains(line), "{line}: {}", ended.err);
        }
    }
    assert!(!place.path().join("data").exists(), "nothing was done");

    let place = sample_desk();
    place.write("config.toml", place.read("config.toml").replace("[site]\n", "[site]\ntheme = \"nowhere\"\n"));
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("cannot read the theme's") && ended.err.contains("nowhere"), "{}", ended.err);
}

/// What feeds say reaches a theme's pages escaped, whatever its templates are called.
#[test]
fn a_theme_shows_hostile_headlines_as_text() {
    let files = [
        (
            "edition.html",
            "{% extends \"base.html\" %}\n{% block content %}\n{% include \"card.html\" %}\n{% endblock %}\n",
        ),
        (
            "card.html",
            "{% for story in stories %}\n{% set line %}{{ story.headline.title }}{% endset %}\n<p title=\"{{ line }}\">{{ line }}</p>\n{% endfor %}\n",
        ),
    ];
    let place = themed(&files);
    let title = "&lt;img src=x onerror=alert(1)&gt; &quot;quoted&quot;";
    place.write("feeds/wires/meridian.xml", foreign("en", &format!("<![CDATA[{title}]]>"), "meridian.example"));
    place.cycle();
    let page = place.read("data/public/front.html");
    assert!(!page.contains("<img src=x") && !page.contains("\"quoted\""), "{page}");
    assert!(page.contains("onerror=alert(1)"), "it is shown as text: {page}");
}

/// A theme was tried on sample pages; what it meets later must not end the publishing.
#[test]
fn where_a_theme_fails_on_what_comes_our_own_template_stands_in() {
    let files = [
        (
            "listed.html",
            "{% if 'Harbour' in story.headline.title %}{{ story.nothing }}{% endif %}\n<li class=\"mine\">{{ story.headline.title }}</li>\n",
        ),
        (
            "story.html",
            "{% if 'Harbour' in title %}{{ nothing }}{% endif %}\n<!doctype html><title>Mine: {{ title }}</title>\n",
        ),
    ];
    let place = themed(&files);
    place.write("feeds/wires/meridian.xml", foreign("en", "Harbour closes", "meridian.example"));
    let ended = place.run(&["run", "--once", "--force"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let page = place.read("data/public/front.html");
    let [ours, mine] = ["<article", "<li class=\"mine\">"].map(|part| page.matches(part).count());
    assert!(ours == 1 && mine > 3, "{page}");
    let story = page.split("<article").nth(1).and_then(|part| part.split("href=\"stories/").nth(1)).expect("a story");
    let story = place.read(&format!("data/public/stories/{}", story.split('"').next().expect("a path")));
    assert!(story.contains("Harbour closes") && !story.contains("Mine:"), "{story}");
    for words in ["could not make the page `front.html`", "could not make the page `stories/"] {
        assert_eq!(ended.err.matches(words).count(), 1, "{}", ended.err);
    }
    assert!(ended.err.contains("our own template stands in for it"), "{}", ended.err);
}
