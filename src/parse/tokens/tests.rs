//! What documents are cut into, sound and broken.

use super::super::attributes::attributes;
use super::*;

fn check(document: &str, expected: &[&str], faults: &[Fault]) {
    let mut tokens = Tokens::new(document);
    let (mut found, mut found_faults) = (Vec::new(), Vec::new());
    while let Some(token) = tokens.next() {
        found_faults.extend(tokens.take_fault());
        found.push(match token {
            Token::Text(text) => format!("text {text}"),
            Token::CData(text) => format!("cdata {text}"),
            Token::Start { name, attributes: raw, empty } => {
                let list: Vec<String> = attributes(raw).map(|a| format!(" {}={}", a.name, a.value)).collect();
                format!("{} {name}{}", if empty { "empty" } else { "start" }, list.concat())
            }
            Token::End(name) => format!("end {name}"),
            Token::Doctype(inside) => format!("doctype {inside}"),
            Token::Other => "other".to_owned(),
        });
    }
    assert_eq!(found, expected, "{document}");
    assert_eq!(found_faults, faults, "{document}");
}

#[test]
fn well_formed_markup_is_cut_at_its_brackets() {
    check(
        "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x \"y\">]><a b='1' c=\"<2>\"><!-- x --><![CDATA[<d>]]>t&amp;</a >",
        &["other", "doctype a [<!ENTITY x \"y\">]", "start a b=1 c=<2>", "other", "cdata <d>", "text t&amp;", "end a"],
        &[],
    );
    check("<a/><b c=d e/>", &["empty a", "empty b c=d e="], &[]);
}

#[test]
fn faults_are_read_over() {
    use Fault::*;
    check("a < b <3 <a>", &["text a < b <3 ", "start a"], &[BareLessThan]);
    check("<a><b c='d'</a>", &["start a", "start b c=d", "end a"], &[UnclosedTag]);
    check("<a b=\"c>d</a><e f=\"g\"/>", &["start a b=c", "text d", "end a", "empty e f=g"], &[LostQuote]);
    check("<a>x</a", &["start a", "text x", "other"], &[UnclosedTag]);
    check("<title1 < 2</title>", &["start title1", "text < 2", "end title"], &[UnclosedTag, BareLessThan]);
    check("<titleNews</title>", &["start title", "text News", "end title"], &[UnclosedTag]);
    check("<a><![CDATA[x</a>", &["start a", "other", "text x", "end a"], &[UnclosedCData]);
    check("<![CDATA[a</item><![CDATA[b]]>", &["other", "text a", "end item", "cdata b"], &[UnclosedCData]);
    check("<![cdata[x]]>", &["cdata x"], &[CDataCase]);
    check("<!-- x <a>", &["other", "text  x ", "start a"], &[UnclosedOther]);
    check("<? x <a>", &["other"], &[UnclosedOther]);
    check("< item>x</ item>< / item>", &["start item", "text x", "end item", "end item"], &[]);
    check("< Title type='html'>", &["start Title type=html"], &[]);
    for text in ["a < title b > c", "a < item", "a < b> c", "a </ b> c", "if a < id && b > id"] {
        check(text, &[&format!("text {text}")], &[BareLessThan]);
    }
    check("<p>a<br/ b</p>", &["start p", "text a", "empty br", "text  b", "end p"], &[UnclosedTag]);
    check("<a>x< /a >", &["start a", "text x", "end a"], &[]);
    check(
        "<a><![CDATA[b</a><c><![CDATA[d]]>",
        &["start a", "other", "text b", "end a", "start c", "cdata d"],
        &[UnclosedCData],
    );
    check("<a><![CDATA[<![CDATA[d]]>", &["start a", "cdata <![CDATA[d"], &[]);
    check("<!not a doctype>", &["text <!not a doctype>"], &[BareLessThan]);
}

#[test]
fn endless_quotes_are_searched_a_bounded_number_of_times() {
    let document = format!("{}\">", "<a b=\"".repeat(50_000));
    let mut tokens = Tokens::new(&document);
    let mut count = 0;
    while tokens.next().is_some() {
        count += 1;
    }
    assert!(tokens.stray_searches <= limits::STRAY_SEARCHES);
    assert!(count <= 50_001);
}
