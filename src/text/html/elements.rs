//! The elements and attributes that sanitised HTML may have; whatever is not in this table goes.

/// How an element nests, and what its attributes may be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// In lower case.
    pub name: &'static str,
    /// How it nests.
    pub kind: Kind,
    /// What it may carry, in the order in which it is written.
    pub attributes: &'static [(&'static str, Value)],
}

/// How an element nests: the classes that the tree construction of WHATWG HTML §13.2.6 tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Part of a line.
    Inline,
    /// A link: no link inside a link.
    Link,
    /// `rt`, `rp`: ended by the next of them.
    RubyText,
    /// Has `source` elements.
    Media,
    /// Nothing inside.
    Void,
    /// A void that stands between paragraphs.
    Rule,
    /// A `source`: void, inside media only.
    MediaSource,
    /// Ends an open paragraph.
    Block,
    /// The same, and a list item looks through it for the item that it ends.
    LooseBlock,
    /// `ol`, `ul`.
    List,
    /// Ends an open paragraph, and the text's first line breaks go.
    Preformatted,
    /// `p`.
    Paragraph,
    /// `h1` to `h6`.
    Heading,
    /// `li`.
    Item,
    /// `dt`, `dd`.
    Definition,
    /// `table`.
    Table,
    /// `caption`.
    Caption,
    /// `thead`, `tbody`, `tfoot`.
    RowGroup,
    /// `tr`.
    Row,
    /// `td`, `th`.
    Cell,
}

/// What an attribute's value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// The address of a page: http, https or mailto.
    Page,
    /// The address of a file that a reader's program loads: http or https.
    File,
    /// Candidates of a picture.
    FileSet,
    /// Digits.
    Number,
    /// One of these, without regard to case.
    OneOf(&'static [&'static str]),
    /// Anything: it is only shown.
    Text,
    /// Letters, digits and punctuation of tags, dates and media types.
    Token,
    /// A footnote's name: the only kind of id that is kept, so that pages keep theirs.
    Footnote,
    /// `language-rust` and the like.
    CodeLanguage,
    /// No value.
    Flag,
    /// Always written, whatever the source says.
    Fixed(&'static str),
}

use Kind::*;
use Value::{CodeLanguage, File, FileSet, Fixed, Flag, Footnote, Number, OneOf, Page, Token};

/// What every element may carry, after its own attributes.
pub(super) const EVERYWHERE: &[(&str, Value)] =
    &[("title", Value::Text), ("lang", Token), ("dir", OneOf(&["ltr", "rtl", "auto"])), ("id", Footnote)];

const NONE: &[(&str, Value)] = &[];
const CITED: &[(&str, Value)] = &[("cite", Page)];
const CHANGED: &[(&str, Value)] = &[("cite", Page), ("datetime", Token)];
const ALIGN: (&str, Value) = ("align", OneOf(&["left", "right", "center"]));
const SIZE: [(&str, Value); 2] = [("width", Number), ("height", Number)];

/// Sorted by name.
const ELEMENTS: &[Element] = &[
    element("a", Link, &[("href", Page), ("hreflang", Token)]),
    element("abbr", Inline, NONE),
    element("acronym", Inline, NONE),
    element("address", LooseBlock, NONE),
    element("article", Block, NONE),
    element("aside", Block, NONE),
    element("audio", Media, &[("src", File), ("controls", Fixed(""))]),
    element("b", Inline, NONE),
    element("bdi", Inline, NONE),
    element("bdo", Inline, NONE),
    element("big", Inline, NONE),
    element("blockquote", Block, CITED),
    element("br", Void, NONE),
    element("caption", Caption, NONE),
    element("center", Block, NONE),
    element("cite", Inline, NONE),
    element("code", Inline, &[("class", CodeLanguage)]),
    element("dd", Definition, NONE),
    element("del", Inline, CHANGED),
    element("details", Block, &[("open", Flag)]),
    element("dfn", Inline, NONE),
    element("div", LooseBlock, NONE),
    element("dl", Block, NONE),
    element("dt", Definition, NONE),
    element("em", Inline, NONE),
    element("figcaption", Block, NONE),
    element("figure", Block, NONE),
    element("footer", Block, NONE),
    element("h1", Heading, NONE),
    element("h2", Heading, NONE),
    element("h3", Heading, NONE),
    element("h4", Heading, NONE),
    element("h5", Heading, NONE),
    element("h6", Heading, NONE),
    element("header", Block, NONE),
    element("hgroup", Block, NONE),
    element("hr", Rule, NONE),
    element("i", Inline, NONE),
    element(
        "img",
        Void,
        &[("src", File), ("srcset", FileSet), ("sizes", Value::Text), ("alt", Value::Text), SIZE[0], SIZE[1]],
    ),
    element("ins", Inline, CHANGED),
    element("kbd", Inline, NONE),
    element("li", Item, &[("value", Number)]),
    element("main", Block, NONE),
    element("mark", Inline, NONE),
    element("nav", Block, NONE),
    element("ol", List, &[("start", Number), ("reversed", Flag), ("type", OneOf(&["1", "a", "i"]))]),
    element("p", Paragraph, NONE),
    element("picture", Media, NONE),
    element("pre", Preformatted, NONE),
    element("q", Inline, CITED),
    element("rp", RubyText, NONE),
    element("rt", RubyText, NONE),
    element("ruby", Inline, NONE),
    element("s", Inline, NONE),
    element("samp", Inline, NONE),
    element("section", Block, NONE),
    element("small", Inline, NONE),
    element(
        "source",
        MediaSource,
        &[("src", File), ("srcset", FileSet), ("sizes", Value::Text), ("media", Value::Text), ("type", Token)],
    ),
    element("span", Inline, NONE),
    element("strike", Inline, NONE),
    element("strong", Inline, NONE),
    element("sub", Inline, NONE),
    element("summary", Block, NONE),
    element("sup", Inline, NONE),
    element("table", Table, NONE),
    element("tbody", RowGroup, NONE),
    element("td", Cell, &[("colspan", Number), ("rowspan", Number), ALIGN]),
    element("tfoot", RowGroup, NONE),
    element("th", Cell, &[("colspan", Number), ("rowspan", Number), ("scope", Token), ALIGN]),
    element("thead", RowGroup, NONE),
    element("time", Inline, &[("datetime", Token)]),
    element("tr", Row, NONE),
    element("tt", Inline, NONE),
    element("u", Inline, NONE),
    element("ul", List, NONE),
    element("var", Inline, NONE),
    element("video", Media, &[("src", File), ("poster", File), SIZE[0], SIZE[1], ("controls", Fixed(""))]),
    element("wbr", Void, NONE),
];

const fn element(name: &'static str, kind: Kind, attributes: &'static [(&'static str, Value)]) -> Element {
    Element { name, kind, attributes }
}

/// The longest name in `ELEMENTS`.
const MAX_NAME: usize = 10;

/// A power of two, many times the number of elements: hardly two of them share a slot.
const SLOTS: usize = 512;

/// Where each element stands in `ELEMENTS`, plus one, in the slot of its name or the next free one; 0 is free.
const SLOT_OF: [u8; SLOTS] = {
    let mut slots = [0; SLOTS];
    let mut index = 0;
    while index < ELEMENTS.len() {
        let mut slot = slot(ELEMENTS[index].name.as_bytes());
        while slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        index += 1;
        slots[slot] = index as u8;
    }
    slots
};

/// A number below `SLOTS` for a name in lower case that is not empty.
const fn slot(name: &[u8]) -> usize {
    let last = name.len() - 1;
    (name[0] as usize * 31 + name[last] as usize * 7 + name[last / 2] as usize * 17 + name.len() * 101) % SLOTS
}

/// The element of this name, if it is allowed.
pub(super) fn element_named(name: &str) -> Option<&'static Element> {
    let mut lower = [0; MAX_NAME];
    let lower = lower.get_mut(..name.len()).filter(|lower| !lower.is_empty())?;
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    let mut slot = slot(lower);
    loop {
        let element = ELEMENTS.get(usize::from(SLOT_OF[slot]).checked_sub(1)?)?;
        if element.name.as_bytes() == lower {
            return Some(element);
        }
        slot = (slot + 1) % SLOTS;
    }
}

impl Kind {
    /// Whether it stands for nothing but a line of text or part of it, so that a block may interrupt it.
    pub(super) fn is_void(self) -> bool {
        matches!(self, Self::Void | Self::Rule | Self::MediaSource)
    }

    /// Whether an open paragraph ends where such an element starts.
    pub(super) fn ends_paragraph(self) -> bool {
        matches!(
            self,
            Self::Rule
                | Self::Block
                | Self::LooseBlock
                | Self::List
                | Self::Preformatted
                | Self::Paragraph
                | Self::Heading
                | Self::Item
                | Self::Definition
                | Self::Table
        )
    }

    /// Whether a list item does not look further out for the item that it ends ("special" in the standard).
    pub(super) fn stops_items(self) -> bool {
        !matches!(self, Self::Inline | Self::Link | Self::RubyText | Self::Media | Self::LooseBlock | Self::Paragraph)
    }

    /// Whether end tags do not reach out of it.
    pub(super) fn is_barrier(self) -> bool {
        matches!(self, Self::Cell | Self::Caption | Self::Table)
    }

    /// Whether only table parts may stand directly in it.
    pub(super) fn holds_table_parts(self) -> bool {
        matches!(self, Self::Table | Self::RowGroup | Self::Row)
    }
}

#[cfg(test)]
pub(super) fn all() -> &'static [Element] {
    ELEMENTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_found_by_its_name() {
        assert!(ELEMENTS.is_sorted_by_key(|element| element.name));
        assert_eq!(ELEMENTS.iter().map(|element| element.name.len()).max(), Some(MAX_NAME));
        for element in ELEMENTS {
            assert_eq!(element_named(&element.name.to_ascii_uppercase()), Some(element));
        }
        for name in ["", "script", "style", "form", "input", "math", "a-very-long-name", "é"] {
            assert_eq!(element_named(name), None, "{name}");
        }
    }
}
