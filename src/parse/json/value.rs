//! What is kept of a JSON document: borrowed from it as far as possible, each thing with its place.

use std::borrow::Cow;

use crate::parse::limits;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`, and what is kept for nothing: `NaN`, a text that breaks off.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number as it stands, of any size.
    Number(&'a str),
    /// A text, its escapes decoded.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Placed<'a>>),
    /// An object: of two fields with one name the last counts.
    Object(Object<'a>),
}

/// A value and the byte position at which it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<'a> {
    /// The byte position.
    pub position: usize,
    /// The value.
    pub value: Value<'a>,
}

/// The fields of an object that are looked at, in document order.
pub type Object<'a> = Vec<(Cow<'a, str>, Placed<'a>)>;

impl<'a> Placed<'a> {
    /// A short text: an id, a name, an address, a date.
    pub fn text(&self) -> Option<&str> {
        self.long_text().map(|text| &text[..text.floor_char_boundary(limits::SHORT_TEXT_BYTES)])
    }

    /// A text that is not blank; numbers and truth values count as text, of a list its first value.
    pub fn long_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => {
                let text = text.trim();
                let text = &text[..text.floor_char_boundary(limits::TEXT_BYTES)];
                (!text.is_empty()).then_some(text)
            }
            Value::Number(number) => Some(number),
            Value::Bool(value) => Some(if *value { "true" } else { "false" }),
            Value::List(list) => match &list.first()?.value {
                Value::List(_) => None,
                _ => list.first()?.long_text(),
            },
            Value::Null | Value::Object(_) => None,
        }
    }

    /// The fields, if it is an object.
    pub fn object(&self) -> Option<&Object<'a>> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Its values, if it is a list; a single value counts as a list of one, `null` as an empty one.
    pub fn list(&self) -> &[Self] {
        match &self.value {
            Value::List(list) => list,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }
}

/// The field of that name.
pub fn field<'o, 'a>(object: &'o Object<'a>, name: &str) -> Option<&'o Placed<'a>> {
    object.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The text of the field of that name.
pub fn text_of<'o>(object: &'o Object<'_>, name: &str) -> Option<&'o str> {
    field(object, name).and_then(Placed::text)
}
