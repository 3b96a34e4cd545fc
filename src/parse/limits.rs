//! What one document may cost: everything from a feed is hostile until proven otherwise.
//!
//! The size of the document itself is limited by whoever reads it (`fetch.max_body`).

/// Open elements; deeper start tags are dropped, their text is kept. Real feeds with inline XHTML stay below 40.
pub const DEPTH: usize = 256;
/// Items of one feed; the rest is left out. The longest honest archives seen have some 5,000.
pub const ITEMS: usize = 10_000;
/// Attributes looked at in one tag. MathML and SVG inside XHTML come near 30.
pub const ATTRIBUTES: usize = 64;
/// Namespace prefixes bound at one time; further declarations are ignored. WordPress feeds declare 12.
pub const NAMESPACES: usize = 128;
/// Bytes of one text (title, summary, content); the rest is cut off. A book chapter has 200 KB.
pub const TEXT_BYTES: usize = 4 << 20;
/// Bytes of a title, name, address, date or label: nobody reads a longer one.
pub const SHORT_TEXT_BYTES: usize = 64 << 10;
/// Persons, labels, enclosures and other links of one item, each.
pub const LIST: usize = 256;
/// Entities that a document type may declare.
pub const ENTITIES: usize = 256;
/// How deep entities may refer to each other.
pub const ENTITY_DEPTH: usize = 8;
/// Bytes that declared entities may add to a document in all: stops the "billion laughs".
pub const EXPANSION_BYTES: usize = 256 << 10;
/// Bytes that a gzip body may unpack to.
pub const INFLATED_BYTES: usize = 64 << 20;
/// Times the search for a tag's end may run astray (a lost quote) before quotes are no longer trusted:
/// each such search may read the rest of the document, so this bounds the work to a multiple of its size.
pub const STRAY_SEARCHES: usize = 16;
/// Names of tags whose next place is remembered.
pub const KNOWN_TAGS: usize = 64;
/// Flaws reported of one kind; the rest is counted.
pub const FLAWS_PER_KIND: usize = 20;
/// Feed links named for an HTML page.
pub const DISCOVERED: usize = 32;
/// Bytes of an element's name that count: names are compared and looked for again and again.
pub const NAME_BYTES: usize = 256;
/// Bytes of a language tag (RFC 5646 §4.4.1); a longer one is none, since every item would get a copy of it.
pub const LANGUAGE_BYTES: usize = 35;
/// Bytes of a base address, its query aside; a longer one is ignored, since every short reference would grow to its
/// length.
pub const BASE_BYTES: usize = 512;
