//! The status of an invented desk.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{diagnosis, show};
use crate::cli::parse::lines::columns;
use crate::config::{self, Config};
use crate::model::{Diagnosis, FeedUrl, PollHints, Polling, Rhythm, SourceId};
use crate::store::Holding;

fn now() -> DateTime<Utc> {
    "2024-10-24T12:00:00Z".parse().expect("a time")
}

fn desk(names: &[&str]) -> Config {
    let sources: String = names
        .iter()
        .enumerate()
        .map(|(n, name)| format!("[[source]]\nname = \"{name}\"\nurl = \"https://n{n}.example/feed\"\n"))
        .collect();
    let text =
        format!("{sources}[[source]]\nname = \"A file\"\nurl = \"feeds/a.xml\"\n[[edition]]\nname = \"front\"\n");
    config::read(&text, Path::new("config.toml")).expect("a good configuration")
}

/// A source that answered five minutes ago and publishes twelve times a day.
fn answered(name: &str) -> Polling {
    let id = SourceId::new(name).expect("a name");
    Polling {
        next_check: now() + TimeDelta::minutes(55),
        last_attempt: Some(now() - TimeDelta::minutes(5)),
        last_success: Some(now() - TimeDelta::minutes(5)),
        rhythm: Rhythm { at: Some(now().timestamp()), watched: 864_000.0, entries: 120.0, ..Rhythm::default() },
        ..Polling::never(id)
    }
}

fn status(width: usize) -> (String, serde_json::Value) {
    let names = ["Harbour Wire", "Brückenblatt am Fluss, Ausgabe Nord", "항구신문", "Old Post", "Nightly", "New One"];
    let config = desk(&names);
    let ids: Vec<String> = config.sources.iter().map(|source| source.id.to_string()).collect();
    let error = "https://n1.example/feed answered 503 Service Unavailable; it is asked again later";
    let pollings = [
        answered(&ids[0]),
        Polling {
            failures: 4,
            error: Some(error.into()),
            last_success: Some(now() - TimeDelta::days(3)),
            next_check: now() + TimeDelta::hours(2),
            ..answered(&ids[1])
        },
        Polling {
            failures: 1,
            error: Some("the name n2.example\nis \u{1b}[31mnot known".into()),
            last_success: None,
            rhythm: Rhythm::default(),
            ..answered(&ids[2])
        },
        Polling { next_check: now() - TimeDelta::hours(30), ..answered(&ids[3]) },
        Polling {
            hints: PollHints { keep_for: Some(Duration::from_secs(6 * 3600)), skip_hours: 0b1111, skip_days: 1 },
            ..answered(&ids[4])
        },
        answered(&ids[6]),
    ];
    let pollings: BTreeMap<_, _> = pollings.into_iter().map(|polling| (polling.source.clone(), polling)).collect();
    let holding = |entries, days| Holding { entries, newest: Some(now() - TimeDelta::days(days)) };
    let holdings = [(0, holding(12_345, 0)), (1, holding(80, 3)), (3, holding(7, 92)), (4, holding(300, 1))];
    let holdings = holdings.map(|(n, holding)| (SourceId::new(&ids[n]).expect("a name"), holding)).into();
    let status = diagnosis::status(&config, pollings, &holdings, &[], now());
    (show::status(&status, width), serde_json::to_value(&status).expect("JSON"))
}

#[test]
fn broken_sources_come_first_and_every_diagnosis_is_in_words() {
    let (text, json) = status(80);
    insta::assert_snapshot!(text);
    assert_eq!(json["sources"][0]["state"], "failing");
    assert_eq!(json["sources"][0]["next_check"], "2024-10-24T14:00:00Z");
    assert_eq!(json["sources"][0]["entries_per_day"], 12.05);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [60, 80, 120] {
        for line in status(width).0.lines() {
            assert!(columns(line) <= width, "{line}");
        }
    }
}

#[test]
fn a_source_that_is_gone_is_never_asked_and_one_that_moved_says_where_to() {
    let config = desk(&["Old Post", "Nightly"]);
    let ids: Vec<String> = config.sources.iter().map(|source| source.id.to_string()).collect();
    let gone = Polling {
        failures: 1,
        error: Some("it is gone (410)".into()),
        diagnosis: Some(Diagnosis::Gone),
        gone: Some(now() - TimeDelta::days(9)),
        next_check: now() - TimeDelta::days(8),
        ..answered(&ids[0])
    };
    let moved = Polling { adopted: FeedUrl::parse("https://new.example/feed").ok(), ..answered(&ids[1]) };
    let pollings = [gone, moved].map(|polling| (polling.source.clone(), polling)).into();
    let status = diagnosis::status(&config, pollings, &BTreeMap::new(), &[], now());
    let text = show::status(&status, 80);
    assert!(text.contains("never") && !text.contains("overdue"), "{text}");
    assert!(text.contains("asked at https://new.example/feed, where it has moved for good"), "{text}");
    let json = serde_json::to_value(&status).expect("JSON");
    assert_eq!((&json["sources"][0]["cause"], &json["sources"][0]["next_check"]), (&"gone".into(), &().into()));
    assert!(json.to_string().contains("\"moved_to\":\"https://new.example/feed\""), "{json}");
}
