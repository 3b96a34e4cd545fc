//! Reads JSON as it comes, in one pass: what is broken is mended where its meaning is sure, and told.
//!
//! Only the fields of JSON Feed are kept, all else is passed over without being built, at any depth. So the tree is
//! small whatever the document is, and most of its texts are slices of it.

use std::borrow::Cow;

use super::lex::{Lexer, Trouble};
use super::value::{Object, Placed, Value};
use crate::parse::limits;

/// Kept values are nested at most so deep: feed, items, item, authors, author, field.
const DEPTH: usize = 12;
/// The fields of JSON Feed 1.0 and 1.1 that are looked at.
const NAMES: [&str; 33] = [
    "version",
    "title",
    "home_page_url",
    "feed_url",
    "description",
    "next_url",
    "icon",
    "favicon",
    "author",
    "authors",
    "language",
    "hubs",
    "items",
    "id",
    "url",
    "external_url",
    "content_html",
    "content_text",
    "summary",
    "image",
    "banner_image",
    "date_published",
    "date_modified",
    "tags",
    "attachments",
    "mime_type",
    "size_in_bytes",
    "name",
    "email",
    "avatar",
    "type",
    "expired",
    "user_comment",
];

/// A document that was scanned.
pub struct Scanned<'a> {
    /// What it holds.
    pub root: Placed<'a>,
    /// Its defects.
    pub troubles: Vec<Trouble>,
    /// Items beyond [`limits::ITEMS`].
    pub left_out: usize,
    /// Bytes looked at, some of them more than once.
    #[cfg(test)]
    pub examined: usize,
}

/// Scans the JSON that starts at a byte position.
pub fn scan(text: &str, start: usize) -> Scanned<'_> {
    let mut scanner = Scanner { lex: Lexer::new(text, start), lists: 0, objects: 0, left_out: 0 };
    scanner.lex.space();
    let root = scanner.value("", false);
    let Scanner { mut lex, left_out, .. } = scanner;
    lex.space();
    if lex.peek().is_some() {
        lex.trouble("After the end there is more: left out.");
    }
    Scanned {
        root,
        troubles: lex.troubles,
        left_out,
        #[cfg(test)]
        examined: lex.examined,
    }
}

/// Gives back the room that a small list was given for four: where there are millions, that is most of the memory.
fn shrink<T>(list: &mut Vec<T>) {
    if list.len() < 4 {
        list.shrink_to_fit();
    }
}

struct Scanner<'a> {
    lex: Lexer<'a>,
    /// Open lists and objects, kept or not.
    lists: usize,
    objects: usize,
    left_out: usize,
}

impl<'a> Scanner<'a> {
    /// The value here, which belongs to the field `name`.
    fn value(&mut self, name: &str, in_object: bool) -> Placed<'a> {
        let position = self.lex.at;
        let deep = self.lists + self.objects >= DEPTH;
        let value = match self.lex.peek() {
            None => {
                self.lex.truncated();
                Value::Null
            }
            Some(b'{' | b'[') if deep => {
                self.pass_over();
                Value::Null
            }
            Some(b'{') => Value::Object(self.object(name == "items" && self.lists == 0)),
            Some(b'[') => Value::List(self.list(name == "items")),
            Some(quote @ (b'"' | b'\'')) => self.lex.string(quote, in_object).map_or(Value::Null, Value::Text),
            Some(_) => self.literal(),
        };
        Placed { position, value }
    }

    /// An object from its `{` on. `all` keeps every field: items may come as a map.
    fn object(&mut self, all: bool) -> Object<'a> {
        let mut fields = Object::new();
        self.lex.at += 1;
        self.objects += 1;
        let mut comma = false;
        loop {
            self.lex.space();
            match self.lex.peek() {
                None => {
                    self.lex.truncated();
                    break;
                }
                Some(b'}') => {
                    if comma {
                        self.lex.trouble("A comma before a closing bracket: left out.");
                    }
                    self.lex.at += 1;
                    break;
                }
                Some(b',') => {
                    self.lex.at += 1;
                    comma = true;
                    continue;
                }
                Some(b']') if self.lists > 0 => {
                    self.lex.trouble("An object without its `}`: ended with its list.");
                    break;
                }
                Some(b'{') if self.lists > 0 && comma => {
                    self.lex.trouble("An object without its `}`: ended where the next begins.");
                    break;
                }
                Some(b'{' | b'[') => {
                    self.lex.trouble("A value without a name: left out.");
                    self.pass_over();
                }
                Some(b']' | b':') => {
                    self.lex.trouble("A bracket or colon too many: left out.");
                    self.lex.at += 1;
                }
                Some(first) => {
                    if !comma && !fields.is_empty() && first == b'"' {
                        self.lex.trouble("A missing comma: supplied.");
                    }
                    let Some(name) = self.name(first) else { continue };
                    self.field(name, all, &mut fields);
                    comma = false;
                    // What follows an unknown field needs its comma too, but is not worth a word.
                    self.lex.space();
                    if self.lex.peek() == Some(b',') {
                        self.lex.at += 1;
                        comma = true;
                    }
                    continue;
                }
            }
            comma = false;
        }
        self.objects -= 1;
        shrink(&mut fields);
        fields
    }

    fn name(&mut self, first: u8) -> Option<Cow<'a, str>> {
        if matches!(first, b'"' | b'\'') {
            return self.lex.string(first, true);
        }
        let word = self.lex.word();
        self.lex.trouble_at("broken-json", self.lex.at - word.len(), "A name without quotes: read as a name.");
        Some(Cow::Borrowed(word))
    }

    fn field(&mut self, name: Cow<'a, str>, all: bool, fields: &mut Object<'a>) {
        self.lex.space();
        match self.lex.peek() {
            Some(b':' | b'=') => self.lex.at += 1,
            None => return self.lex.truncated(),
            _ => self.lex.trouble("A missing colon: supplied."),
        }
        self.lex.space();
        if !all && !NAMES.contains(&name.as_ref()) {
            return self.pass_over();
        }
        let value = self.value(&name, true);
        if all && fields.len() >= limits::ITEMS {
            self.left_out += 1;
        } else if all {
            fields.push((name, value));
        } else if let Some((_, known)) = fields.iter_mut().find(|(known, _)| *known == name) {
            self.lex.trouble_at("duplicate-name", value.position, "A name twice in one object: the last value counts.");
            if value.value != Value::Null {
                *known = value;
            }
        } else {
            fields.push((name, value));
        }
    }

    /// A list from its `[` on. Of any but that of the items only so many are ever read.
    fn list(&mut self, of_items: bool) -> Vec<Placed<'a>> {
        let most = if of_items { limits::ITEMS } else { limits::LIST };
        let mut values = Vec::new();
        self.lex.at += 1;
        self.lists += 1;
        let mut comma = true;
        loop {
            self.lex.space();
            match self.lex.peek() {
                None => {
                    self.lex.truncated();
                    break;
                }
                Some(b']') => {
                    if comma && !values.is_empty() {
                        self.lex.trouble("A comma before a closing bracket: left out.");
                    }
                    self.lex.at += 1;
                    break;
                }
                Some(b',') => {
                    self.lex.at += 1;
                    comma = true;
                }
                Some(b'}') if self.objects > 0 => {
                    self.lex.trouble("A list without its `]`: ended with its object.");
                    break;
                }
                Some(b'}' | b':' | b'=') => {
                    self.lex.trouble("A bracket or colon too many: left out.");
                    self.lex.at += 1;
                }
                Some(_) => {
                    if !comma {
                        self.lex.trouble("A missing comma: supplied.");
                    }
                    comma = false;
                    if values.len() < most {
                        let value = self.value("", false);
                        values.push(value);
                    } else {
                        self.pass_over();
                        self.left_out += usize::from(of_items);
                    }
                }
            }
        }
        self.lists -= 1;
        shrink(&mut values);
        values
    }

    /// Passes over a value of any depth without building it.
    fn pass_over(&mut self) {
        let mut open = 0_usize;
        loop {
            match self.lex.peek() {
                None => return self.lex.truncated(),
                Some(b'{' | b'[') => {
                    open += 1;
                    self.lex.at += 1;
                }
                Some(b'}' | b']') => {
                    if open == 0 {
                        return;
                    }
                    open -= 1;
                    self.lex.at += 1;
                }
                Some(quote @ (b'"' | b'\'')) => {
                    let end = self.lex.string_end(quote, true);
                    self.lex.at = end.map_or(self.lex.text.len(), |(end, _)| end + 1);
                    if end.is_none() {
                        return self.lex.truncated();
                    }
                }
                Some(b',' | b':') if open == 0 => return,
                Some(b',' | b':') => self.lex.at += 1,
                Some(b'/')
                    if self.lex.text[self.lex.at..].starts_with("//")
                        || self.lex.text[self.lex.at..].starts_with("/*") => {}
                Some(_) => {
                    self.lex.word();
                }
            }
            if open == 0 {
                return;
            }
            self.lex.space();
        }
    }

    fn literal(&mut self) -> Value<'a> {
        let position = self.lex.at;
        if matches!(self.lex.peek(), Some(b',' | b'}' | b']' | b':')) {
            self.lex.trouble("A missing value: read as `null`.");
            return Value::Null;
        }
        let word = self.lex.word();
        match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ if word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
                && word.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) =>
            {
                Value::Number(word)
            }
            _ => {
                self.lex.trouble_at("broken-json", position, "A word that is no value: read as `null`.");
                Value::Null
            }
        }
    }
}
