//! Who may read a document: everyone, or who has a token.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// What stands before the digits of a hash in the configuration.
const SCHEME: &str = "sha256:";

/// Who may read a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Readers {
    /// Whoever asks.
    #[default]
    Everyone,
    /// Who has one of the tokens with these hashes.
    Holders(BTreeSet<TokenHash>),
}

impl Readers {
    /// Whether anybody may read it.
    pub fn is_everyone(&self) -> bool {
        matches!(self, Self::Everyone)
    }

    /// Whether who shows this token, if any, may read it. Takes the same time whatever of the token is right.
    pub fn admits(&self, token: Option<&str>) -> bool {
        let Self::Holders(hashes) = self else { return true };
        let Some(token) = token else { return false };
        let shown = TokenHash::of(token);
        let found = hashes.iter().fold(Choice::from(0), |found, hash| found | hash.0.ct_eq(&shown.0));
        found.into()
    }

    /// The readers of what stands in both.
    #[must_use]
    pub fn and(self, others: &Self) -> Self {
        match (self, others) {
            (Self::Holders(mut hashes), Self::Holders(more)) => {
                hashes.extend(more.iter().copied());
                Self::Holders(hashes)
            }
            _ => Self::Everyone,
        }
    }
}

/// The SHA-256 of a token. Tokens are long and random, so that nobody finds one by its hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Reads `sha256:` and 64 hexadecimal digits; `None` when it is something else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(SCHEME)?;
        if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut hash = [0; 32];
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(SCHEME)?;
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{SCHEME}…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_has_a_token_is_let_in() {
        let of = |tokens: &[&str]| Readers::Holders(tokens.iter().map(|token| TokenHash::of(token)).collect());
        let both = of(&["one", "two"]);
        for (readers, token, expected) in [
            (&Readers::Everyone, None, true),
            (&Readers::Everyone, Some("x"), true),
            (&both, None, false),
            (&both, Some(""), false),
            (&both, Some("one"), true),
            (&both, Some("two"), true),
            (&both, Some("One"), false),
            (&of(&[]), Some("one"), false),
        ] {
            assert_eq!(readers.admits(token), expected, "{readers:?} {token:?}");
        }
        assert_eq!(of(&["one"]).and(&of(&["two"])), both);
        assert_eq!(of(&["one"]).and(&Readers::Everyone), Readers::Everyone);
        assert_eq!(Readers::Everyone.and(&both), Readers::Everyone);
    }

    #[test]
    fn hashes_are_read_as_they_are_written() {
        // FIPS 180-2, appendix B.1.
        let written = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(TokenHash::of("abc").to_string(), written);
        assert_eq!(TokenHash::parse(written), Some(TokenHash::of("abc")));
        assert_eq!(TokenHash::parse(&written.to_uppercase().replace("SHA", "sha")), Some(TokenHash::of("abc")));
        for wrong in
            ["", "abc", "sha256:", "sha256:ba78", &written[7..], &format!("{written}0"), &written.replace("ba", "é")]
        {
            assert_eq!(TokenHash::parse(wrong), None, "{wrong}");
        }
    }
}
