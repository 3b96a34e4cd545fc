//! The site as HTTP itself wants it, judged from outside: redbot asks every route, and again with conditions.
//!
//! Where it is not installed the test is skipped, and says so; in CI that is a failure.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::main_job::sample_desk;

/// A Python that has redbot: what `WIREDESK_REDBOT` names, else the one of this machine. In CI there must be one.
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("WIREDESK_REDBOT").map_or_else(|| "python3".into(), PathBuf::from);
    let is_there =
        Command::new(&python).args(["-c", "import redbot.resource"]).output().is_ok_and(|ran| ran.status.success());
    if !is_there {
        assert!(std::env::var_os("CI").is_none(), "not installed: redbot");
        eprintln!("SKIPPED: not installed: redbot");
    }
    is_there.then_some(python)
}

fn judge(python: &Path, addresses: &[String]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/redbot_judge.py");
    Command::new(python).arg(script).args(addresses).output().expect("it runs")
}

#[test]
fn redbot_finds_no_fault_on_any_route() {
    let Some(python) = python() else { return };
    let place = sample_desk();
    // So that feeds have all the headers that they can have, and one of them archives.
    let config = place.read("config.toml").replace("[server]", "[server]\nwebsub = \"self\"");
    place.write("config.toml", &config);
    place.cycle();
    place.write("config.toml", config.replacen("items = 60", "items = 5", 1));
    let daemon = place.daemon();
    let site = place.path().join("data/public");
    let mut routes: Vec<String> = ["", "front", "nowhere", "articles/nowhere.html", "healthz"].map(String::from).into();
    // Every document of the site itself, and a few of each folder, which are alike.
    for (folder, most) in [("", usize::MAX), ("articles/", 3), ("stories/", 3), ("front/", 4)] {
        let mut names: Vec<String> = std::fs::read_dir(site.join(folder))
            .expect("a folder")
            .map(|entry| entry.expect("an entry"))
            .filter(|entry| entry.path().is_file())
            .map(|entry| entry.file_name().into_string().expect("UTF-8"))
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        routes.extend(names.into_iter().take(most).map(|name| format!("{folder}{name}")));
    }
    assert!(routes.len() > 20 && routes.iter().any(|route| route == "front.atom"), "{routes:?}");
    assert_eq!(routes.iter().filter(|route| route.starts_with("front/")).count(), 4, "{routes:?}");
    let addresses: Vec<String> = routes.iter().map(|route| format!("{}{route}", daemon.url)).collect();
    let output = judge(&python, &addresses);
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn redbot_finds_the_faults_of_a_server_that_has_some() {
    let Some(python) = python() else { return };
    let server = crate::world::Server::start();
    let page = crate::world::Page::feed("<rss/>").with("Cache-Control", "public, max-age=60").with("ETag", "unquoted");
    server.put("/a", page);
    let output = judge(&python, &[server.url("/a")]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("STORE_PUBLIC_UNNECESSARY"), "{said}");
}
