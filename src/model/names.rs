//! Short names that people write in the configuration and see in addresses.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Says why a name cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` must be 1 to 64 lower-case letters, digits, `-`, `_` or `.`, and start with a letter or digit")]
pub struct NameError {
    /// The name as it was given.
    pub name: String,
}

fn check(name: &str) -> Result<(), NameError> {
    let well_formed = (1..=64).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c));
    if well_formed { Ok(()) } else { Err(NameError { name: name.to_owned() }) }
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $type(Arc<str>);

        impl $type {
            /// Takes a well-formed name.
            ///
            /// # Errors
            /// When it is empty, longer than 64 bytes, or has a character that an address would escape.
            pub fn new(name: &str) -> Result<Self, NameError> {
                check(name)?;
                Ok(Self(name.into()))
            }

            /// The name itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $type {
            type Error = NameError;
            fn try_from(name: String) -> Result<Self, NameError> {
                Self::new(&name)
            }
        }
    };
}

name! {
    /// A source's key: survives a restart, a new title and a new address.
    SourceId
}
name! {
    /// Who speaks: several sources of one house share it, and count once in a story.
    Publisher
}
name! {
    /// A label that sources carry and editions select by.
    Tag
}
name! {
    /// An edition's name, also the stem of its addresses (`/front.atom`).
    EditionName
}

impl Publisher {
    /// The publisher of local articles.
    pub fn own() -> Self {
        Self("own".into())
    }

    /// Whether this is the desk's own house.
    pub fn is_own(&self) -> bool {
        self.as_str() == "own"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_in_an_address() {
        for good in ["bbc", "bbc-world", "a", "7news", "x_y.z"] {
            assert!(SourceId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", ".x", "BBC", "a b", "a/b", "é", &"x".repeat(65)] {
            assert!(SourceId::new(bad).is_err(), "{bad}");
        }
    }
}
