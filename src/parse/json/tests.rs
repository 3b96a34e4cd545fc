//! Broken and odd JSON feeds, one table for each kind.

use proptest::prelude::*;

use super::scan::{Scanned, scan};
use super::value::{Placed, Value};
use crate::model::{Markup, Parsed};
use crate::parse::{Error, Hints, limits, parse};

const VERSION: &str = r#""version": "https://jsonfeed.org/version/1.1""#;

fn read(document: &str) -> Result<Parsed, Error> {
    parse(document.as_bytes(), &Hints { lines: true, ..Hints::default() })
}

/// Each item as `id=title`, and each flaw as `kind@line`.
fn shown(document: &str) -> (String, String) {
    let parsed = read(document).expect(document);
    let items = parsed.feed.items.iter().map(|item| {
        let title = item.title.as_ref().map(Markup::raw).unwrap_or_default();
        format!("{}={title}", item.id.as_deref().unwrap_or_default())
    });
    let flaws = parsed.flaws.iter().map(|flaw| format!("{}@{}", flaw.kind, flaw.line.unwrap_or(0)));
    (items.collect::<Vec<_>>().join(" "), flaws.collect::<Vec<_>>().join(" "))
}

fn check_items(cases: &[(&str, &str, &str)]) {
    for (items, expected, flaws) in cases {
        let document = format!("{{{VERSION},\n\"items\": {items}}}");
        assert_eq!(shown(&document), (expected.to_string(), flaws.to_string()), "{items}");
    }
}

#[test]
fn broken_syntax_is_mended() {
    check_items(&[
        (r#"[{"id": "1", "title": "a"}]"#, "1=a", ""),
        (r#"[{"id": "1", "title": "a",},]"#, "1=a", "broken-json@2 broken-json@2"),
        ("[{\"id\": \"1\",\n\"title\": \"a\nb\"}]", "1=a\nb", "broken-json@3"),
        (r#"[{"id": "1" /* one */, "title": "a"} // end"#.trim(), "1=a", "broken-json@2 broken-json@2 truncated@2"),
        (r#"[{'id': '1', "title": 'a'}]"#, "1=a", "broken-json@2 broken-json@2 broken-json@2"),
        (r#"[{id: "1", title: "a"}]"#, "1=a", "broken-json@2 broken-json@2"),
        ("[{\"id\": \"1\"\n\"title\": \"a\"}]", "1=a", "broken-json@3"),
        (r#"[{"id": "1", "title": "a"} {"id": "2"}]"#, "1=a 2=", "broken-json@2"),
        (r#"[{"id": "1", "title": "say "hi", please"}]"#, "1=say \"hi\", please", "broken-json@2 broken-json@2"),
        (r#"[{"id": "1", "title": NaN}, {"id": "2", "title": undefined}]"#, "1= 2=", "broken-json@2 broken-json@2"),
        (r#"[{"id": "1", "title": }, {"id": "2"}]"#, "1= 2=", "broken-json@2"),
        (r#"[{"id": "1", "title": "a", {"id": "2"}]"#, "1=a 2=", "broken-json@2 broken-json@2"),
        (r#"[{"id": "1", "title": "a"], "icon": "x""#, "1=a", "broken-json@2"),
        (r#"[{"id": "1", "title": "\ud83d!"}]"#, "1=\u{fffd}!", "bad-escape@2"),
        (r#"[{"id": "1", "title": "C:\dir"}]"#, "1=C:\\dir", "bad-escape@2"),
        (r#"[{"id": "1", "title": "a", "title": "b"}]"#, "1=b", "duplicate-name@2"),
    ]);
}

#[test]
fn a_document_that_breaks_off_is_read_up_to_there() {
    let whole = format!(
        "{{{VERSION},\n\"items\": [\n{{\"id\": \"1\", \"title\": \"a\"}},\n{{\"id\": \"2\", \"title\": \"b\"}}]}}"
    );
    for (cut, items) in [("", "1=a 2=b"), ("\"b", "1=a 2="), (" \"title\": \"b", "1=a 2="), ("{\"id\": \"2\"", "1=a")] {
        let end = if cut.is_empty() { whole.len() - 1 } else { whole.rfind(cut).expect(cut) };
        let (found, flaws) = shown(&whole[..end]);
        assert_eq!(found, items, "{cut}");
        assert!(flaws.ends_with("truncated@4"), "{flaws}");
    }
    let (items, flaws) = shown(&format!("{whole}\n{whole}"));
    assert_eq!((items.as_str(), flaws.as_str()), ("1=a 2=b", "broken-json@5"), "two documents in one");
    assert_eq!(shown(&format!("\u{feff}{whole}")).0, "1=a 2=b");
    assert_eq!(shown(&format!("[{whole}]")).0, "1=a 2=b");
}

#[test]
fn fields_of_a_wrong_type_are_read_as_far_as_they_make_sense() {
    check_items(&[
        (r#"[{"id": 7, "title": 8.5}]"#, "7=8.5", "wrong-type@2"),
        (r#"[{"id": 12345678901234567890123, "title": true}]"#, "12345678901234567890123=true", "wrong-type@2"),
        (r#"[{"id": "1", "title": null}]"#, "1=", ""),
        ("[{\"id\": \"1\",\n\"title\": [\"a\", \"b\"]}]", "1=a", "wrong-type@3"),
        ("[{\"id\": \"1\",\n\"title\": {}}]", "1=", "wrong-type@3"),
        ("[null, 3,\n{\"id\": \"1\"}]", "1=", "wrong-type@2 wrong-type@2"),
        (r#"{"id": "1", "title": "a"}"#, "1=a", ""),
        (r#"{"x": {"id": "1", "title": "a"}, "y": {"id": "2"}}"#, "1=a 2=", ""),
        ("[{\"title\": \"a\"},\n{\"id\": \" \"}]", "=a =", "missing-id@2 missing-id@3"),
        ("[{\"id\": \"1\",\n\"date_published\": \"soon\"}]", "1=", "bad-date@3"),
        ("[{\"id\": \"1\",\n\"date_modified\": \"0001-01-01T00:00:00Z\"}]", "1=", "zero-date@3"),
        ("[{\"id\": \"1\",\n\"date_published\": 1730881800}]", "1=", ""),
        ("null", "", ""),
        ("{}", "", ""),
        ("[]", "", ""),
    ]);
    let (_, flaws) = shown(r#"{"items": []}"#);
    assert_eq!(flaws, "missing-version@1");
    let (_, flaws) = shown(&format!("\n{{{VERSION}}}"));
    assert_eq!(flaws, "missing-items@2");
}

#[test]
fn lists_and_single_values_are_one() {
    for (fields, authors, categories) in [
        (r#""author": {"name": "A"}"#, "A", ""),
        (r#""author": "A""#, "A", ""),
        (r#""authors": [{"name": "A"}, {"name": "B"}], "author": {"name": "C"}"#, "A B", ""),
        (r#""authors": {"name": "A"}"#, "A", ""),
        (r#""authors": ["A", 5, null]"#, "A 5", ""),
        (r#""authors": [], "author": {"name": "C"}"#, "C", ""),
        (r#""tags": ["x", "y, z", null, 5]"#, "", "x|y, z|5"),
        (r#""tags": "x, y""#, "", "x|y"),
        (r#""tags": [{"name": "x"}]"#, "", "x"),
        (r#""_extension": {"author": "X", "tags": [[[1]]]}, "tags": ["x"]"#, "", "x"),
    ] {
        let parsed = read(&format!("{{{VERSION}, \"items\": [{{\"id\": \"1\", {fields}}}]}}")).expect(fields);
        assert_eq!(parsed.flaws, [], "{fields}");
        let item = &parsed.feed.items[0];
        let names: Vec<&str> = item.authors.iter().filter_map(|author| author.name.as_deref()).collect();
        assert_eq!((names.join(" ").as_str(), item.categories.join("|").as_str()), (authors, categories), "{fields}");
    }
}

#[test]
fn attachments_have_sizes_of_any_form() {
    for (size, expected) in
        [("5", Some(5)), ("\"5\"", Some(5)), ("5.5", Some(5)), ("5e3", Some(5000)), ("-1", None), ("null", None)]
    {
        let file =
            format!("{{\"url\": \"https://a.example/f\", \"mime_type\": \"audio/mpeg\", \"size_in_bytes\": {size}}}");
        for files in [format!("[{file}]"), file] {
            let parsed = read(&format!("{{{VERSION}, \"items\": [{{\"id\": \"1\", \"attachments\": {files}}}]}}"));
            let enclosures = parsed.expect(size).feed.items[0].enclosures.clone();
            assert_eq!((enclosures.len(), enclosures[0].size_bytes), (1, expected), "{size}");
        }
    }
}

#[test]
fn items_know_their_lines() {
    let parsed =
        read(&format!("\n{{{VERSION},\n\"items\": [{{\"id\": \"1\"}}, {{\"id\": \"2\"}},\n\n{{\"id\": \"3\"}}]}}"));
    let lines: Vec<u32> = parsed.expect("a feed").feed.items.iter().map(|item| item.line).collect();
    assert_eq!(lines, [3, 3, 5]);
}

#[test]
fn depth_and_numbers_of_things_are_bounded() {
    const DEEP: usize = 200_000;
    for deep in [
        format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP)),
        format!("{}1{}", "{\"tags\":".repeat(DEEP), "}".repeat(DEEP)),
    ] {
        for name in ["_x", "tags", "title"] {
            let document =
                format!("{{{VERSION}, \"items\": [{{\"id\": \"1\", \"{name}\": {deep}}}, {{\"id\": \"2\"}}]}}");
            assert_eq!(shown(&document).0, "1= 2=", "{name}");
        }
        let _ = read(&deep);
    }
    let items = "{\"id\":\"x\"},".repeat(limits::ITEMS + 5);
    let parsed = read(&format!("{{{VERSION}, \"items\": [{}]}}", items.trim_end_matches(','))).expect("a feed");
    assert_eq!(parsed.feed.items.len(), limits::ITEMS);
    assert!(parsed.flaws.iter().any(|flaw| flaw.message == "5 items beyond the limit: left out."));
}

/// What one defect costs must not grow with the document.
#[test]
fn hostile_shapes_are_scanned_in_linear_time() {
    const TIMES: usize = 40_000;
    for shape in [
        "\"",
        "'",
        "\"a",
        "\"a\" ",
        "{",
        "[",
        "{\"items\":",
        "[{",
        "}",
        "]",
        ",",
        ":",
        "/*",
        "//",
        "\\",
        "\"\\",
        "{a",
        "\" ,",
    ] {
        for start in ["{", "[", "{\"items\":[", "{\"items\":{\"id\":\""] {
            let document = format!("{start}{}", shape.repeat(TIMES));
            let examined = scan(&document, 0).examined;
            assert!(examined <= 4 * document.len(), "{start}{shape}: {examined} of {} bytes", document.len());
        }
    }
}

fn same(ours: &Value<'_>, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(a), serde_json::Value::Bool(b)) => a == b,
        (Value::Number(a), serde_json::Value::Number(b)) => a.parse::<f64>().ok() == b.as_f64(),
        (Value::Text(a), serde_json::Value::String(b)) => a == b,
        (Value::List(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(&a.value, b))
        }
        (Value::Object(a), serde_json::Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, Placed { value, .. })| b.get(&**name).is_some_and(|b| same(value, b)))
        }
        _ => false,
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        (-1e9..1e9_f64).prop_map(serde_json::Value::from),
        "(\\PC|[\"\\\\\n,:{}\\[\\]']){0,12}".prop_map(serde_json::Value::from),
    ];
    let names = proptest::sample::select(vec!["id", "title", "items", "tags", "url", "authors"]);
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            proptest::collection::hash_map(names.clone().prop_map(str::to_owned), inner, 0..5)
                .prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn sound_json_is_read_as_others_read_it(json in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) }.expect("JSON");
        let scanned = scan(&text, 0);
        prop_assert!(scanned.troubles.is_empty(), "{:?} in {text}", scanned.troubles);
        prop_assert!(same(&scanned.root.value, &json), "{:?} is not {text}", scanned.root);
    }

    #[test]
    fn no_json_panics(text in "[{}\\[\\],:\"'\\\\a1 \n/*-]{0,60}") {
        scan(&text, 0);
        scan(&format!("{{\"items\":[{text}"), 0);
    }
}

#[test]
fn small_lists_and_objects_take_small_room() {
    let Scanned { root, .. } = scan(r#"{"items":[{"id":1,"tags":[[1],[2]]}]}"#, 0);
    let Value::Object(feed) = root.value else { panic!("an object") };
    let Value::List(items) = &feed[0].1.value else { panic!("a list") };
    let Value::Object(item) = &items[0].value else { panic!("an object") };
    let Value::List(tags) = &item[1].1.value else { panic!("a list") };
    assert_eq!((feed.capacity(), items.capacity(), item.capacity(), tags.capacity()), (1, 1, 2, 2));
}

#[test]
fn of_lists_other_than_the_items_only_what_is_read_is_kept() {
    let document = format!("{{{VERSION},\"items\":[{{\"id\":1,\"tags\":[{}1]}}]}}", "1,".repeat(20_000));
    let Scanned { root, left_out, .. } = scan(&document, 0);
    let Value::Object(feed) = root.value else { panic!("an object") };
    let Value::Object(item) = &feed[1].1.list()[0].value else { panic!("an object") };
    assert_eq!((item[1].1.list().len(), left_out), (limits::LIST, 0));
}
