//! Reads the file of rulings: a TOML text in, `Rulings` out, or everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::path::Path;

use toml::de::DeValue;

use super::{EntryName, Group, Kind, Names, Ruling, Rulings};
use crate::config::{self, At, Faults, Notes, Section, read_document};

/// More names than this in one file are refused.
const MAX_NAMES: usize = 10_000;

/// What stands behind `entries = `.
const EXAMPLE: &str = r#"["https://a.example/1", "https://b.example/2"]"#;

/// A ruling with the places of the names in it.
struct Written {
    ruling: Ruling,
    spans: Vec<Range<usize>>,
}

/// Reads the text of the file at `path`.
///
/// # Errors
/// Everything that is wrong with it, with line, caret, cause and an example: what is no ruling, and rulings that
/// contradict each other, through however many others.
pub fn read(text: &str, path: &Path) -> Result<Rulings, Faults> {
    read_document(text, path, |document, notes| {
        let mut top = Section::top(document, notes);
        let mut names = Names::default();
        let mut written: Vec<Written> = Vec::new();
        let line = |span: &Range<usize>| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
        for (kind, key, title) in [
            (Kind::Together, "together", "[[together]]"),
            (Kind::Apart, "apart", "[[apart]]"),
            (Kind::Lead, "lead", "[[lead]]"),
        ] {
            for section in top.tables(key, title) {
                let line = line(&section.span);
                written.extend(ruling(section, kind, line, &mut names, notes));
            }
        }
        top.finish();
        // In the order of the file, whatever kind.
        written.sort_by_key(|written| written.ruling.line);
        if names.all.len() > MAX_NAMES {
            let message = format!("there are {} entries named, more than {MAX_NAMES}", names.all.len());
            notes.add(0..0, message, "take out what is long past");
            return None;
        }
        contradictions(&written, &names, notes);
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Some(assemble(file, written.into_iter().map(|written| written.ruling).collect(), names))
    })
}

fn ruling(mut section: Section<'_, '_>, kind: Kind, line: usize, names: &mut Names, notes: &Notes) -> Option<Written> {
    let span = section.span.clone();
    let read_name = |value: &DeValue<'_>| config::text(value).and_then(|text| EntryName::parse(&text));
    let entries: Option<Vec<At<EntryName>>> = if kind == Kind::Lead {
        section.required("entry", r#""https://a.example/1""#, read_name).map(|name| vec![name])
    } else {
        section.required_list("entries", EXAMPLE, read_name)
    };
    let note = section.value("note", r#""the same landing""#, config::text);
    section.finish();
    let mut numbers = Vec::new();
    let mut spans = Vec::new();
    let entries = entries?;
    let is_short = kind != Kind::Lead && entries.len() < 2;
    for At { value, span } in entries {
        let number = names.number(value.clone());
        if numbers.contains(&number) {
            notes.add(span, format!("`{value}` is named twice here"), "name each entry once");
            continue;
        }
        numbers.push(number);
        spans.push(span);
    }
    if is_short {
        let message = format!("[[{}]] must name two entries or more", kind.as_str());
        notes.add(span, message, format!("for example: entries = {EXAMPLE}"));
    }
    let ruling = Ruling { kind, names: numbers, note: note.map(|at| at.value), line };
    (!ruling.names.is_empty()).then_some(Written { ruling, spans })
}

/// Groups of names that are together, and what each is apart from.
fn assemble(file: String, list: Vec<Ruling>, names: Names) -> Rulings {
    let count = names.all.len();
    let mut rulings = Rulings {
        file,
        names,
        parents: (0..count).collect(),
        groups: vec![Group::default(); count],
        list: Vec::new(),
        known: BTreeMap::new(),
    };
    for ruling in list.iter().filter(|ruling| ruling.kind == Kind::Together) {
        for pair in ruling.names.windows(2) {
            rulings.unite(pair[0], pair[1]);
        }
    }
    for (number, ruling) in list.iter().enumerate().filter(|(_, ruling)| ruling.kind == Kind::Apart) {
        for &name in &ruling.names {
            let root = rulings.root(name);
            rulings.groups[root].apart.insert(number);
        }
    }
    rulings.list = list;
    rulings
}

/// Notes who is apart from one whom he is together with, and who leads beside another.
fn contradictions(written: &[Written], names: &Names, notes: &Notes) {
    let name = |number: usize| names.all.get(number).map(ToString::to_string).unwrap_or_default();
    let together: Vec<&Ruling> =
        written.iter().map(|written| &written.ruling).filter(|ruling| ruling.kind == Kind::Together).collect();
    let mut by_name: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, ruling) in together.iter().enumerate() {
        for &name in &ruling.names {
            by_name.entry(name).or_default().push(at);
        }
    }
    let group = |start: usize| reached(&together, &by_name, start);
    for Written { ruling, spans } in written.iter().filter(|written| written.ruling.kind == Kind::Apart) {
        let mut groups: Vec<(usize, BTreeMap<usize, Vec<usize>>)> = Vec::new();
        for (&one, span) in ruling.names.iter().zip(spans) {
            let other = groups.iter().find_map(|(other, reached)| Some((*other, reached.get(&one)?)));
            let Some((other, lines)) = other else {
                groups.push((one, group(one)));
                continue;
            };
            let message = format!(
                "`{}` is apart from `{}` here, but together with it by {}",
                name(one),
                name(other),
                lines_of(lines)
            );
            notes.add(span.clone(), message, "take one of the two rulings out");
        }
    }
    let mut leads: Vec<(usize, usize, BTreeMap<usize, Vec<usize>>)> = Vec::new();
    for Written { ruling, spans } in written.iter().filter(|written| written.ruling.kind == Kind::Lead) {
        for (&one, span) in ruling.names.iter().zip(spans) {
            let other = leads.iter().find_map(|(other, line, reached)| Some((*other, *line, reached.get(&one)?)));
            let Some((other, line, lines)) = other else {
                leads.push((one, ruling.line, group(one)));
                continue;
            };
            if other == one {
                continue;
            }
            let message = format!(
                "`{}` leads its story here, but by line {line} `{}` does, and the two are together by {}",
                name(one),
                name(other),
                lines_of(lines)
            );
            notes.add(span.clone(), message, "keep one of the two [[lead]]");
        }
    }
}

/// Every name that is together with `start`, each with the lines of the rulings that lead to it.
fn reached(together: &[&Ruling], by_name: &BTreeMap<usize, Vec<usize>>, start: usize) -> BTreeMap<usize, Vec<usize>> {
    let mut reached = BTreeMap::from([(start, Vec::new())]);
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(name) = waiting.pop_front() {
        let lines: Vec<usize> = reached.get(&name).cloned().unwrap_or_default();
        for &at in by_name.get(&name).into_iter().flatten() {
            let Some(ruling) = together.get(at).filter(|_| used.insert(at)) else { continue };
            for &next in &ruling.names {
                reached.entry(next).or_insert_with(|| {
                    waiting.push_back(next);
                    lines.iter().copied().chain([ruling.line]).collect()
                });
            }
        }
    }
    reached
}

/// `line 3`, `lines 3 and 8`, `lines 3, 8 and 12`.
fn lines_of(lines: &[usize]) -> String {
    let numbers: Vec<String> = lines.iter().map(usize::to_string).collect();
    match numbers.split_last() {
        Some((last, [])) => format!("line {last}"),
        Some((last, others)) => format!("lines {} and {last}", others.join(", ")),
        None => "itself".into(),
    }
}
