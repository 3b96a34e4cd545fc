//! The promises of the configuration: defaults, paths, and the text of every error.

mod access;
mod parts;
mod serving;

use std::path::Path;

use super::*;
use crate::model::Location;

const MINIMAL: &str = "[[source]]\nurl = \"https://feeds.news.example/world.xml\"\n\n[[edition]]\nname = \"front\"\n";

fn faults(text: &str) -> String {
    match read(text, Path::new("config.toml")) {
        Ok(config) => panic!("expected a fault in {text:?}, read {config:?}"),
        Err(faults) => faults.to_string(),
    }
}

#[test]
fn two_tables_are_enough() {
    let config = read(MINIMAL, Path::new("/etc/wiredesk/config.toml")).expect("a good configuration");
    assert_eq!(config.store, Path::new("/etc/wiredesk/data/wiredesk.db"));
    assert_eq!(config.site.url.as_str(), "http://127.0.0.1:8080/");
    let source = &config.sources[0];
    assert_eq!(source.id.as_str(), "feeds-news-example-world-xml");
    assert_eq!(source.publisher.as_str(), "news.example");
    assert!(config.editions[0].selects(source));
    assert_eq!(config.schedule.interval.as_secs(), 3600);
    assert!(config.schedule.adaptive);
    assert_eq!(config.fetch.host_gap.as_secs(), 1);
    assert_eq!(config.publish, None);
}

#[test]
fn paths_are_taken_from_the_files_folder() {
    let text =
        "store = \"a.db\"\n[[source]]\nurl = \"w/x.xml\"\n[[articles]]\ndir = \"own\"\n[[edition]]\nname = \"e\"";
    let config = read(text, Path::new("desk/config.toml")).expect("a good configuration");
    assert_eq!(config.store, Path::new("desk/a.db"));
    assert_eq!(config.sources[0].location, Location::File("desk/w/x.xml".into()));
    assert_eq!(config.sources[1].location, Location::Articles("desk/own".into()));
    assert!(config.sources[1].publisher.is_own());
}

#[test]
fn a_schedule_can_be_fixed_and_a_house_needs_no_rest() {
    let text = format!("[schedule]\nadaptive = false\n[fetch]\nhost_gap = \"0s\"\n{MINIMAL}");
    let config = read(&text, Path::new("config.toml")).expect("a good configuration");
    assert!(!config.schedule.adaptive);
    assert!(config.fetch.host_gap.is_zero());
    let wrong = faults(&format!("[schedule]\nadaptive = \"often\"\n[fetch]\nhost_gap = \"2m\"\n{MINIMAL}"));
    assert!(wrong.contains("`adaptive` must be true or false") && wrong.contains("`host_gap` must be from"), "{wrong}");
}

#[test]
fn an_unknown_key_names_the_nearest_known_one() {
    insta::assert_snapshot!(faults(&format!("{MINIMAL}itmes = 5\n[schedule]\nintervall = \"1h\"\n[zzz]\n")), @r#"
    config.toml:6:1: unknown key `itmes` in [[edition]]
      |
    6 | itmes = 5
      | ^^^^^
      = did you mean `items`?

    config.toml:8:1: unknown key `intervall` in [schedule]
      |
    8 | intervall = "1h"
      | ^^^^^^^^^
      = did you mean `interval`?

    config.toml:9:2: unknown key `zzz` in the top level
      |
    9 | [zzz]
      |  ^^^
      = known here: store, schedule, fetch, stories, server, site, publish, source, articles, edition
    "#);
}

#[test]
fn wrong_values_show_an_example() {
    let text = r#"
[site]
url = "wire.example.org"
[schedule]
interval = "soon"
[fetch]
max_body = "10 lorries"
concurrency = "many"
allow_private = 1
[stories]
match = "fuzzy"
[server]
listen = "everywhere"
[[source]]
url = "ftp://news.example/feed"
[[source]]
name = "Nowhere"
[[edition]]
name = "Front Page"
include = ["world"]
"#;
    insta::assert_snapshot!(faults(text), @r#"
    config.toml:3:7: `url` is not a web address: not a URL: relative URL without a base
      |
    3 | url = "wire.example.org"
      |       ^^^^^^^^^^^^^^^^^^
      = for example: url = "https://wire.example.org/"

    config.toml:5:12: `interval` is not a duration: `soon` is not a number with a unit (s, m, h, d), or several of them
      |
    5 | interval = "soon"
      |            ^^^^^^
      = for example: interval = "1h"

    config.toml:7:12: `max_body` is not a size: `10 lorries` is not a whole number with a unit (KiB, MiB, KB, MB)
      |
    7 | max_body = "10 lorries"
      |            ^^^^^^^^^^^^
      = for example: max_body = "10MiB"

    config.toml:8:15: `concurrency` must be a whole number, not a text
      |
    8 | concurrency = "many"
      |               ^^^^^^
      = for example: concurrency = 64

    config.toml:9:17: `allow_private` must be true or false, not a number
      |
    9 | allow_private = 1
      |                 ^
      = for example: allow_private = false

    config.toml:11:9: `match` is `fuzzy`, but must be one of `off`, `id`, `url`, `text`, `strict`, `normal`, `loose`
       |
    11 | match = "fuzzy"
       |         ^^^^^^^
       = for example: match = "normal"

    config.toml:13:10: `listen` is `everywhere`, which is not an IP address and a port
       |
    13 | listen = "everywhere"
       |          ^^^^^^^^^^^^
       = for example: listen = "127.0.0.1:8080"

    config.toml:15:7: `url` is not the address of a feed: the scheme `ftp` is not http or https
       |
    15 | url = "ftp://news.example/feed"
       |       ^^^^^^^^^^^^^^^^^^^^^^^^^
       = for example: url = "https://news.example/feed.xml"

    config.toml:16:1: [[source]] has no `url`
       |
    16 | [[source]]
       | ^^^^^^^^^^
       = add a line: url = "https://news.example/feed.xml"

    config.toml:19:8: `name` is no edition's name: `Front Page` must be 1 to 64 lower-case letters, digits, `-`, `_` or `.`, and start with a letter or digit
       |
    19 | name = "Front Page"
       |        ^^^^^^^^^^^^
       = for example: name = "front"

    config.toml:20:12: `include`: an element is `world`, but must begin with `tag:`, `source:` or `publisher:`
       |
    20 | include = ["world"]
       |            ^^^^^^^
       = for example: include = ["tag:world", "tag:own"]
    "#);
}

#[test]
fn faults_between_fields_come_all_at_once() {
    let text = r#"
[schedule]
interval = "10m"
min_interval = "1h"
max_interval = "5m"
[fetch]
concurrency = 2
per_host = 3
[[source]]
url = "https://a.example/f"
tags = ["world"]
[[source]]
url = "https://a.example/f"
[[source]]
name = "a.example f"
url = "https://b.example/f"
[[edition]]
name = "front"
include = ["tag:wrold"]
[[edition]]
name = "front"
formats = []
"#;
    insta::assert_snapshot!(faults(text), @r#"
    config.toml:4:16: `min_interval` is longer than `interval` (10m)
      |
    4 | min_interval = "1h"
      |                ^^^^
      = for example: min_interval = "10m"

    config.toml:5:16: `max_interval` is shorter than `interval` (10m)
      |
    5 | max_interval = "5m"
      |                ^^^^
      = for example: max_interval = "1day"

    config.toml:8:12: `per_host` is more than `concurrency` (2)
      |
    8 | per_host = 3
      |            ^
      = for example: per_host = 1

    config.toml:12:1: https://a.example/f is configured twice; it is already source `a-example-f`
       |
    12 | [[source]]
       | ^^^^^^^^^^
       = keep one of the two; tags and editions can share it

    config.toml:14:1: two sources are called `a-example-f`; the other one is https://a.example/f
       |
    14 | [[source]]
       | ^^^^^^^^^^
       = give this one another `name`

    config.toml:19:11: edition `front` selects no source
       |
    19 | include = ["tag:wrold"]
       |           ^^^^^^^^^^^^^
       = the sources have: tag:world

    config.toml:21:8: two editions are called `front`
       |
    21 | name = "front"
       |        ^^^^^^^
       = give each edition a name of its own

    config.toml:21:8: edition `front` is published in no format
       |
    21 | name = "front"
       |        ^^^^^^^
       = for example: formats = ["atom", "rss"]
    "#);
}

#[test]
fn an_empty_file_says_what_to_add() {
    insta::assert_snapshot!(faults(""), @r#"
    config.toml: there is nothing to read: no [[source]] and no [[articles]]
      = add one:
          [[source]]
          url = "https://news.example/feed.xml"

    config.toml: there is nothing to publish: no [[edition]]
      = add one:
          [[edition]]
          name = "front"
          title = "Front page"
    "#);
}

#[test]
fn broken_toml_is_shown_where_it_breaks() {
    insta::assert_snapshot!(faults("[[source]\nurl = \"x\"\nname = \"unclosed\n"), @"
    config.toml:1:10: not TOML: unclosed array table, expected `]`
      |
    1 | [[source]
      |          ^
      = see https://toml.io for how to write it
    ");
}

#[test]
fn a_database_that_is_not_supported_is_named() {
    insta::assert_snapshot!(faults(&format!("store = \"postgres://db/wire\"\n{MINIMAL}")), @r#"
    config.toml:1:9: `store` names a `postgres` database, but must be the path of an SQLite file
      |
    1 | store = "postgres://db/wire"
      |         ^^^^^^^^^^^^^^^^^^^^
      = for example: store = "data/wiredesk.db"
    "#);
}

#[test]
fn the_span_of_a_fault_may_stand_after_wide_characters() {
    insta::assert_snapshot!(faults(&format!("{MINIMAL}title = \"日本\"\nformats = [\"atom\", \"pdf\"]\n")), @r#"
    config.toml:7:20: `formats`: an element is `pdf`, but must be one of `atom`, `rss`, `json`, `html`
      |
    7 | formats = ["atom", "pdf"]
      |                    ^^^^^
      = for example: formats = ["atom", "rss", "json", "html"]
    "#);
}

#[test]
fn when_permanent_redirects_are_believed_can_be_said() {
    let moves = |keys: &str| {
        let text = format!("{MINIMAL}[fetch]\n{keys}\n");
        read(&text, Path::new("config.toml")).expect("a good configuration").fetch.moves
    };
    assert_eq!(moves(""), Moves { polls: 3, after: std::time::Duration::from_secs(86_400) });
    assert_eq!(moves(""), Moves::default());
    let soon = moves("moved_after_polls = 0\nmoved_after = \"0s\"");
    assert_eq!(soon, Moves { polls: 0, after: std::time::Duration::ZERO });
    let wrong = faults(&format!("{MINIMAL}[fetch]\nmoved_after_polls = -1\nmoved_after = \"soon\"\n"));
    assert!(wrong.contains("must be from 0 to 1000") && wrong.contains("is not a duration"), "{wrong}");
}

#[test]
fn a_single_source_may_be_allowed_to_be_private() {
    let private = "[[source]]\nname = \"inside\"\nurl = \"http://10.0.0.7/f\"\nallow_private = true\n";
    let config = read(&format!("{MINIMAL}{private}"), Path::new("config.toml")).expect("a good configuration");
    let allowed: Vec<bool> = config.sources.iter().map(|source| source.allow_private).collect();
    assert_eq!((allowed, config.fetch.allow_private), (vec![false, true], false));
}
