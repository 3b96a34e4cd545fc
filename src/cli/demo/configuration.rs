//! Writes the configuration of the demo's desk: wires and addresses in, TOML out.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use super::wire::Wire;

/// How often the demo's desk looks: a visitor has no hour.
const RHYTHM: &str = "2s";

/// The configuration of a desk that reads the wires served at `outside`.
pub(super) fn text(
    wires: &[Wire],
    outside: SocketAddr,
    listen: SocketAddr,
    folder: &Path,
    articles: Option<&Path>,
) -> anyhow::Result<String> {
    let source = |wire: &Wire| SourceTable {
        name: wire.name.clone(),
        url: format!("http://{outside}/{}", wire.path()),
        publisher: wire.publisher.clone(),
    };
    let document = Document {
        store: folder.join("wiredesk.db"),
        site: SiteTable { name: "wiredesk demo", url: format!("http://{listen}/") },
        schedule: ScheduleTable { interval: RHYTHM, min_interval: RHYTHM, max_interval: RHYTHM },
        // All outlets are this one machine, which is private.
        fetch: FetchTable { allow_private: true, per_host: wires.len() },
        server: ServerTable { listen },
        source: wires.iter().map(source).collect(),
        articles: articles.map(|dir| ArticlesTable { dir: dir.to_owned() }).into_iter().collect(),
        edition: [EditionTable { name: "front", title: "Front page" }],
    };
    toml::to_string(&document).context("Failed to write the demo's configuration as TOML")
}

/// The demo's configuration, as a person would write it.
#[derive(Serialize)]
struct Document {
    store: PathBuf,
    site: SiteTable,
    schedule: ScheduleTable,
    fetch: FetchTable,
    server: ServerTable,
    source: Vec<SourceTable>,
    articles: Vec<ArticlesTable>,
    edition: [EditionTable; 1],
}

#[derive(Serialize)]
struct SiteTable {
    name: &'static str,
    url: String,
}

#[derive(Serialize)]
struct ScheduleTable {
    interval: &'static str,
    min_interval: &'static str,
    /// Some of the wires ask to be kept for a quarter of an hour, which would be the whole demo.
    max_interval: &'static str,
}

#[derive(Serialize)]
struct FetchTable {
    allow_private: bool,
    per_host: usize,
}

#[derive(Serialize)]
struct ServerTable {
    listen: SocketAddr,
}

#[derive(Serialize)]
struct SourceTable {
    name: String,
    url: String,
    publisher: String,
}

#[derive(Serialize)]
struct ArticlesTable {
    dir: PathBuf,
}

#[derive(Serialize)]
struct EditionTable {
    name: &'static str,
    title: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_one_that_people_could_write() {
        let address = |text: &str| text.parse().expect("an address");
        let (outside, listen) = (address("127.0.0.1:1234"), address("127.0.0.1:8080"));
        let wires = [Wire::new("harbour-post", "harbour", b""), Wire::new("hill-gazette", "hill", b"")];
        let text = text(&wires, outside, listen, Path::new("/demo"), Some(Path::new("/demo/articles")));
        insta::assert_snapshot!(text.expect("TOML"), @r#"
        store = "/demo/wiredesk.db"

        [site]
        name = "wiredesk demo"
        url = "http://127.0.0.1:8080/"

        [schedule]
        interval = "2s"
        min_interval = "2s"
        max_interval = "2s"

        [fetch]
        allow_private = true
        per_host = 2

        [server]
        listen = "127.0.0.1:8080"

        [[source]]
        name = "harbour-post"
        url = "http://127.0.0.1:1234/harbour-post"
        publisher = "harbour"

        [[source]]
        name = "hill-gazette"
        url = "http://127.0.0.1:1234/hill-gazette"
        publisher = "hill"

        [[articles]]
        dir = "/demo/articles"

        [[edition]]
        name = "front"
        title = "Front page"
        "#);
    }
}
