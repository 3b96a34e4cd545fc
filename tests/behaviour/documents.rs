//! docs/READING.md says what the reader does: every kind of flaw and every limit of the sources is in it, and no other.
//! docs/STORIES.md has the weights by which stories are found.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}

/// The sources of the parser without their tests, one after the other.
fn parser() -> String {
    fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let is_tests = path.file_stem().is_some_and(|stem| stem == "tests");
            if path.is_dir() && !is_tests {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_tests {
                found.push(path);
            }
        }
    }
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/parse"), &mut files);
    files.sort();
    let source = |path: &std::path::PathBuf| {
        let text = fs::read_to_string(path).expect("a source file");
        text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
    };
    files.iter().map(source).collect()
}

/// The first cells of the rows of a table whose heading starts with `heading`, with the rest of the row.
fn rows<'a>(document: &'a str, heading: &str) -> Vec<(&'a str, &'a str)> {
    let tables = document.split("\n\n").filter(|block| block.trim_start().starts_with(&format!("| {heading} ")));
    let rows = tables.flat_map(|table| table.trim().lines().skip(2));
    rows.map(|row| row.trim_start_matches("| ").split_once(" | ").expect("a row of two cells")).collect()
}

/// The texts that the parser gives as kinds of flaws: first argument of a note, or before a message in a table.
fn kinds(source: &str) -> BTreeSet<&str> {
    let mut kinds = BTreeSet::new();
    let mut rest = source;
    let mut before = "";
    while let Some(at) = rest.find('"') {
        let head = [before, &rest[..at]].concat();
        let head = head.trim_end();
        let inside = &rest[at + 1..];
        let word = &inside[..inside.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(inside.len())];
        before = &rest[..at];
        rest = inside;
        let Some(after) = inside[word.len()..].strip_prefix('"') else { continue };
        let noted = ["note(", "note_whole(", "note_line(", "trouble_at("].iter().any(|call| head.ends_with(call));
        let message = after.strip_prefix(',').map(str::trim_start).is_some_and(|after| {
            let text = after.strip_prefix("format!(").unwrap_or(after).trim_start();
            text.strip_prefix('"').is_some_and(|text| {
                text.starts_with(|c: char| c.is_ascii_uppercase() || "`{<".contains(c) || word.ends_with("-date"))
            })
        });
        if !word.is_empty() && (noted || message) {
            kinds.insert(word);
        }
    }
    kinds
}

#[test]
fn every_kind_of_flaw_is_explained_and_no_other() {
    let (source, document) = (parser(), file("docs/READING.md"));
    let given = kinds(&source);
    assert!(given.len() > 35 && given.contains("zero-date") && given.contains("windows-character"), "{given:?}");
    let rows = rows(&document, "kind");
    let explained: BTreeSet<&str> = rows.iter().map(|(kind, _)| kind.trim_matches('`')).collect();
    let missing: Vec<_> = given.difference(&explained).collect();
    assert!(missing.is_empty(), "docs/READING.md does not explain {missing:?}");
    for kind in explained {
        assert!(source.contains(&format!("\"{kind}\"")), "docs/READING.md explains `{kind}`, which nothing gives");
    }
}

/// The value of a constant as the document writes it: `256`, `10,000`, `64 KiB`, `4 MiB`.
fn written(name: &str, expression: &str) -> String {
    let number = |text: &str| text.trim().replace('_', "").parse::<usize>().expect("a number");
    let value = match (expression.split_once("<<"), expression.split_once('*')) {
        (Some((left, right)), _) => number(left) << number(right),
        (None, Some((left, right))) => number(left) * number(right),
        (None, None) => number(expression),
    };
    match value {
        _ if name.ends_with("_BYTES") && value % (1 << 20) == 0 => format!("{} MiB", value >> 20),
        _ if name.ends_with("_BYTES") && value % (1 << 10) == 0 => format!("{} KiB", value >> 10),
        1_000.. => format!("{},{:03}", value / 1_000, value % 1_000),
        _ => value.to_string(),
    }
}

#[test]
fn every_limit_is_in_the_table_with_its_value() {
    let document = file("docs/READING.md");
    let rows = rows(&document, "limit");
    let mut count = 0;
    for path in ["src/parse/limits.rs", "src/normalize/mod.rs", "src/text/html/sanitize.rs"] {
        let source = file(path);
        for line in source.lines() {
            let line = line.trim_start_matches("pub ");
            let Some((name, rest)) = line.strip_prefix("const ").and_then(|line| line.split_once(": usize = ")) else {
                continue;
            };
            let value = written(name, rest.trim_end_matches(';'));
            let row = rows.iter().find(|(limit, _)| limit.contains(&format!("`{name}`")));
            let (_, row) = row.unwrap_or_else(|| panic!("docs/READING.md lacks the limit `{name}` of {path}: {value}"));
            assert_eq!(row.split(" | ").next(), Some(value.as_str()), "`{name}` of {path}");
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn the_weights_in_the_document_are_those_that_decide() {
    let document = file("docs/STORIES.md");
    let cells: Vec<&str> = document.split('|').map(str::trim).collect();
    for source in ["src/cluster/weights.rs", "src/cluster/foreign/weights.rs"] {
        let source = file(source);
        let rows: Vec<(&str, &str)> = source
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("(\"")?.split_once("\", "))
            .filter_map(|(name, rest)| Some((name, rest.split_once(')')?.0)))
            .collect();
        assert!(rows.len() > 10, "{rows:?}");
        for (name, weight) in rows {
            assert!(cells.windows(2).any(|pair| pair == [name, weight]), "docs/STORIES.md lacks {name} | {weight}");
        }
    }
}

/// The code of the program and of these tests.
fn code() -> String {
    fn sources(folder: &Path, found: &mut String) {
        for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push_str(&fs::read_to_string(&path).expect("a source file"));
            }
        }
    }
    let mut code = String::new();
    for folder in ["src", "tests/behaviour"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut code);
    }
    code
}

#[test]
fn every_promise_of_the_publisher_names_tests_that_exist() {
    let (code, document) = (code(), file("docs/PUBLISHING.md"));
    let both = format!("{document}\n{}", file("docs/SERVING.md"));
    let is_test = |name: &&str| {
        name.matches('_').count() > 2
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
    };
    let names: BTreeSet<&str> = both.split('`').filter(is_test).collect();
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        assert!(code.contains(&format!("fn {name}(")), "no test is called `{name}`");
    }
    let table = document.split("| judge |").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a table");
    for judge in ["jing", "Ruby", "feedparser", "jsonschema"] {
        assert!(table.contains(judge), "{judge}");
    }
}

#[test]
fn every_promise_of_the_fetcher_names_tests_that_exist() {
    let code = code();
    let document = file("docs/FETCHING.md");
    let promises: Vec<&str> = document.lines().filter(|line| line.starts_with("| ") && line.ends_with("` |")).collect();
    let numbered = (1..=20).filter(|n| promises.iter().any(|row| row.starts_with(&format!("| {n} |")))).count();
    assert!(numbered == 20 && promises.len() > 30, "{numbered} of 20, {} in all", promises.len());
    let hubs = file("docs/WEBSUB.md");
    let of_hubs: Vec<&str> = hubs.lines().filter(|line| line.starts_with("| ") && line.ends_with("` |")).collect();
    assert!(of_hubs.len() > 20, "{}", of_hubs.len());
    let own_hub = file("docs/HUB.md");
    let of_own: Vec<&str> = own_hub.lines().filter(|line| line.starts_with("| ") && line.ends_with("` |")).collect();
    assert!(of_own.len() > 18, "{}", of_own.len());
    for row in promises.into_iter().chain(of_hubs).chain(of_own) {
        let cell = row.trim_end_matches(" |").rsplit(" | ").next().expect("a last cell");
        for name in cell.split(", ").map(|name| name.trim_matches('`')) {
            assert!(code.contains(&format!("fn {name}()")), "no test is called `{name}`: {row}");
        }
    }
}

#[test]
fn every_diagnosis_is_explained_and_no_other() {
    let document = file("docs/FETCHING.md");
    let table = document.split("## Diagnoses").nth(1).expect("a chapter");
    let source = file("src/model/diagnosis.rs");
    for (name, words) in rows(table, "diagnosis") {
        let row = format!(
            "\"{}\", \"{}",
            name.trim_matches('`'),
            words.trim_end_matches(" |").split(": ").next().expect("words")
        );
        assert!(source.contains(&row), "{row}");
    }
    let rows = rows(table, "diagnosis").len();
    let known = source.lines().filter(|line| line.starts_with("    (Diagnosis::")).count();
    assert_eq!(rows, known, "one row for each");
}
