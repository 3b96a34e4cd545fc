//! The floors: a module uses modules of lower floors only, and every module is on one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The table of docs/ARCHITECTURE.md.
const FLOORS: &[&[&str]] = &[
    &["model"],
    &["config", "text"],
    &["article", "cluster", "edit", "normalize", "parse", "render", "schedule", "websub"],
    &["work"],
    &["fetch", "publish", "serve", "store"],
    &["desk"],
    &["cli"],
];

/// What has no place in a pure stage.
const IMPURE: &[&str] =
    &["async fn", ".await", "tokio::", "std::fs", "std::net::Tcp", "reqwest", "rusqlite", "Utc::now"];

fn floors() -> BTreeMap<&'static str, usize> {
    FLOORS.iter().enumerate().flat_map(|(floor, modules)| modules.iter().map(move |module| (*module, floor))).collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Each source file below `src`, with the module that it belongs to and its text without comments.
fn sources() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let read = |path: PathBuf| {
        let relative = path.strip_prefix(&root).expect("below src").to_owned();
        let first = relative.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a source file");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        (relative, first.trim_end_matches(".rs").to_owned(), code)
    };
    found.into_iter().map(read).collect()
}

/// The modules that a text names behind `crate::`, in one path or in a group.
fn used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            // A group: its first words, at the depth of the group itself.
            Some(group) => {
                let mut depth = 0;
                let mut names = Vec::new();
                let mut start = 0;
                for (index, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => {
                            names.push(&group[start..index]);
                            break;
                        }
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            names.push(&group[start..index]);
                            start = index + 1;
                        }
                        _ => {}
                    }
                }
                names
            }
            None => vec![rest],
        };
        let first_word = |name: &str| name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        used.extend(names.into_iter().map(first_word).filter(|name: &String| !name.is_empty()));
    }
    used
}

#[test]
fn every_module_stands_on_a_floor() {
    let floors = floors();
    for (path, module, _) in sources() {
        let known = floors.contains_key(module.as_str()) || module == "lib" || module == "main";
        assert!(known, "{} belongs to no floor: put `{module}` into the table", path.display());
    }
}

#[test]
fn a_module_uses_lower_floors_only() {
    let floors = floors();
    for (path, module, code) in sources() {
        let Some(floor) = floors.get(module.as_str()) else { continue };
        for name in used(&code).into_iter().filter(|name| *name != module) {
            let Some(below) = floors.get(name.as_str()) else { continue };
            assert!(below < floor, "{} (`{module}`, floor {floor}) uses `{name}` (floor {below})", path.display());
        }
    }
}

#[test]
fn the_core_is_pure() {
    let core: BTreeSet<&str> = FLOORS[..3].iter().copied().flatten().copied().collect();
    for (path, module, code) in sources() {
        if !core.contains(module.as_str()) || path.components().any(|part| part.as_os_str() == "tests.rs") {
            continue;
        }
        let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for word in IMPURE {
            assert!(!code.contains(word), "{} is on a pure floor, but has `{word}`", path.display());
        }
    }
}

#[test]
fn files_say_what_they_are_for_and_stay_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, _, _) in sources() {
        let text = fs::read_to_string(root.join(&path)).expect("a source file");
        assert!(text.starts_with("//! "), "{} does not begin with what it is for", path.display());
        let lines = text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines: split it", path.display());
    }
}

#[test]
fn a_group_of_uses_is_seen_through() {
    let code = "use crate::{model::{A, B}, text};\nuse crate::config::C;";
    assert_eq!(used(code).into_iter().collect::<Vec<_>>(), ["config", "model", "text"]);
}
