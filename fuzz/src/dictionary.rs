//! What breaks readers: tokens of markup, encodings, numbers and dates that are put into documents.

use crate::random::Random;

/// Pieces that are put in as they stand.
#[rustfmt::skip]
pub const TOKENS: &[&[u8]] = &[
    // markup declarations, whole and in parts
    b"<![CDATA[", b"<![cdata[", b"]]>", b"]]", b"]>", b"<!--", b"-->", b"--!>", b"--", b"<?", b"?>", b"<!",
    b"<!DOCTYPE [", b"<!DOCTYPE html>", b"<!DOCTYPE rss SYSTEM \"x.dtd\" [<!ENTITY a \"b\">]>", b"<!ENTITY",
    b"<!ENTITY a \"&a;&a;\">", b"<!ENTITY % p '<!ENTITY q \"r\">'>", b"<?xml version=\"1.0\"?>",
    b"<?xml version='1.0' encoding='", b"encoding=\"utf-16\"", b"encoding='shift_jis'", b"encoding='iso-2022-jp'",
    b"encoding='x-none'", b"<?xml-stylesheet href='x'?>",
    // single characters that mean something
    b"<", b">", b"</", b"/>", b"&", b";", b"\"", b"'", b"=", b"=\"", b"='", b"\"=", b"\n", b"\r", b"\r\n", b"\t",
    b" ", b"\0", b"\x0c", b"\x1b", b"\x1b$B", b"\x7f", b"\x1a", b":", b"#", b"%", b"\\", b"`", b"@", b"//", b"../",
    b"?", b"|",
    // references
    b"&amp", b"&amp;", b"&amp;amp;", b"&lt;", b"&lt", b"&gt;", b"&quot;", b"&apos;", b"&nbsp;", b"&nbsp", b"&hellip;",
    b"&#x", b"&#x;", b"&#", b"&#;", b"&#0;", b"&#8;", b"&#146;", b"&#x1F600;", b"&#xD800;", b"&#x110000;",
    b"&#99999999999999999999;", b"&none;", b"&a;", b"&a;&a;&a;", b"&lang;", b"&CounterClockwiseContourIntegral;",
    b"&#65279;", b"&#x26;#x3c;", b"&ThickSpace",
    // text beyond ASCII, valid and not
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0r\0", b"\0<\0r", b"\xc0\xaf",
    b"\xc3", b"\xa9", b"\xe2\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\xc2\x85", b"\xc2\xa0", b"\x93",
    b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xef\xbf\xbe", b"\xf0\x9f\x98\x80", b"\xcc\x88", b"\xe3\x81\x82", b"\xd0\xb6",
    b"\xed\x95\x9c", b"\xb0\xa1", b"\x81\x30\x81\x30", b"\x1f\x8b\x08\0",
    // namespaces
    b" xmlns=\"http://www.w3.org/2005/Atom\"", b" xmlns=\"\"", b" xmlns='http://www.w3.org/1999/xhtml'",
    b" xmlns:dc='x'", b" xmlns:a=\"http://www.w3.org/1999/xhtml\"",
    b" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"", b" xmlns:", b" xmlns:=''", b" xml:base=\"/a/\"",
    b" xml:base='http://b.example/x/'", b" xml:base='http://[::'", b" xml:lang='de'", b" xml:lang=\"\"",
    b" xml:space='preserve'",
    // attributes
    b" type=\"xhtml\"", b" type=\"html\"", b" type='text'", b" type='base64'", b" mode=\"base64\"",
    b" mode='escaped'", b" mode='xml'", b" type=\"application/octet-stream\"", b" type='image/svg+xml'", b" src='/x'",
    b" href=\"/y\"", b" href=z", b" rel='enclosure'", b" rel=self", b" isPermaLink=\"false\"",
    b" length='99999999999999999999'", b" length=-1", b" term='t'", b" rdf:about=\"u\"", b" onclick=x", b" a", b" =",
    // tags of feeds, open and closed
    b"<rss version=\"2.0\">", b"<rss>", b"</rss>", b"<channel>", b"</channel>", b"<item>", b"</item>", b"<item/>",
    b"<entry>", b"</entry>", b"<feed>", b"</feed>", b"<rdf:RDF>", b"</rdf:RDF>", b"<title>", b"</title>", b"<title/>",
    b"<title type='xhtml'>", b"<link>", b"</link>", b"<link href='a'/>", b"<link/>", b"<description>",
    b"</description>", b"<summary>", b"</summary>", b"<content>", b"</content>", b"<content:encoded>",
    b"</content:encoded>", b"<guid>", b"</guid>", b"<id>", b"</id>", b"<pubDate>", b"</pubDate>", b"<updated>",
    b"</updated>", b"<dc:date>", b"</dc:date>", b"<author>", b"</author>", b"<name>", b"</name>", b"<image>",
    b"</image>", b"<url>", b"</url>", b"<category>", b"</category>", b"<media:group>", b"</media:group>",
    b"<media:content url='m' medium='image'>", b"<enclosure url='e' type='audio/mpeg' length='1'/>",
    b"<itunes:category text='c'>", b"<source>", b"</source>", b"<ttl>", b"</ttl>", b"<xhtml:div>", b"</xhtml:div>",
    b"<language>", b"</language>", b"<body>", b"</body>", b"<html>", b"</html>",
    // HTML
    b"<p>", b"</p>", b"<div>", b"</div>", b"<br>", b"<br/>", b"<b>", b"</b>", b"<a href='x'>", b"</a>", b"<script>",
    b"</script>", b"<style>", b"</style>", b"<svg>", b"</svg>", b"<math>", b"<table>", b"<tr>", b"<td>", b"</table>",
    b"<ul><li>", b"</li>", b"<select>", b"<option>", b"<iframe src=//i.example/>", b"<img src=x onerror=alert(1)>",
    b"<img srcset='a 1x, b 2x'>", b"<pre>\n", b"<ruby><rt>", b"<textarea>", b"<template>", b"<plaintext>",
    b"<noscript>", b"javascript:alert(1)", b"java\tscript:", b"data:text/html,x", b"vbscript:x", b"&#106;avascript:",
    b"<base href='//b.example/'>", b"<h1>", b"</h2>", b"<link rel=alternate type=application/rss+xml href=/f>",
    b"<a title='", b"<p style=\"", b"srcset=\"", b"<![endif]-->", b"<!--[if IE]>",
    // JSON
    b"{", b"}", b"[", b"]", b",", b"\":", b"{\"a\":", b"[[", b"null", b"true", b"1e999", b"-0", b"\\u0000",
    b"\\ud800", b"\\udc00", b"\\u", b"\\\"", b"\\/", b"\"items\":[",
    b"\"version\":\"https://jsonfeed.org/version/1\"", b"\"content_html\":\"", b"\"authors\":[{}]",
    b"\"tags\":[1,null,\"t\"]", b"\"id\":7",
    // Base64
    b"PGI+aGk8L2I+", b"PGI-aGk8L2I_", b"====", b"/////w==", b"QQ", b"Q Q = =",
    // dates and zones
    b"2024-02-30T25:61:61Z", b"2024-10-25T12:00:00+99:99", b"Fri, 25 Oct 2024 11:00:00 GMT",
    b"Fri, 31 Feb 0000 24:00:60 -2400", b"0000-00-00", b"9999-12-31T23:59:59.999999999Z", b"-0001-01-01",
    b"+262143-12-31", b"1970-01-01T00:00:00Z", b"2024-W53-7", b"2024-366", b"10/25/24", b"25.10.24 11h", b"12:60 PM",
    b"00:00:61", b" EST", b" CEST", b" UT", b" Z", b" +0000", b" -99999", b" GMT+25", b" America/New_York", b" PM",
    b" AM", b"Oct", b"Mai", b"\xec\x98\xa4\xed\x9b\x84 3:00", b"2024\xeb\x85\x84 10\xec\x9b\x94 25\xec\x9d\xbc",
    b"\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa4", b"1729857600", b"1729857600000",
    // numbers
    b"0", b"-1", b"99999999999999999999999999999999", b"4294967296", b"18446744073709551616", b"2147483648", b"1e400",
    b"NaN", b"0x7fffffff", b"00000000000000000",
];

/// Pieces that are repeated: depth, floods, long texts.
#[rustfmt::skip]
const REPEATED: &[&[u8]] = &[
    b"<", b">", b"&", b"\"", b"'", b"=", b"/", b"-", b"]", b"[", b"{", b"{\"a\":", b"(", b"\\", b"\n", b" ", b"0",
    b"9", b":", b",", b"\0", b"\xff", b"\xe9", b"<a>", b"</a>", b"<div>", b"<item>", b"</item>", b"<b><i>",
    b"<table><td>", b"<p>", b"<![CDATA[", b"]]>", b"<!--", b"<!DOCTYPE [", b"<?", b"&a;", b"&lt;", b" a=1", b" a=\"",
    b" xmlns:a='b'", b"<x xml:base='a/'>", b"<category>", b"<link href='a'/>", b"\xd0\xb6", b"A", b"<media:group>",
    b"1:", b"1-", b"Oct ",
];

/// One piece; seldom a flood of one.
pub fn piece(random: &mut Random) -> Vec<u8> {
    if random.one_in(12) {
        let unit = random.pick(REPEATED);
        return unit.repeat(random.small(600));
    }
    random.pick(TOKENS).to_vec()
}
