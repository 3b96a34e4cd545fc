//! Secrets, and where they are kept: never in the configuration, and never shown.

use std::fmt;
use std::path::PathBuf;

/// A text that only its receiver may see. It has no `Display`, and its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(String);

impl Secret {
    /// Takes a text out of sight.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to be sent and not to be shown.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretPlace {
    /// An environment variable.
    Environment(String),
    /// A file.
    File(PathBuf),
    /// A file of this name in the folder that `$CREDENTIALS_DIRECTORY` names (systemd.exec, "Credentials").
    Credential(String),
    /// The address of the source: `https://jane:password@…`.
    Address(Secret),
}

impl SecretPlace {
    /// The key of the configuration that names the place; `what` is what is kept there: `password_env`.
    pub fn key(&self, what: &str) -> String {
        match self {
            Self::Environment(_) => format!("{what}_env"),
            Self::File(_) | Self::Credential(_) => format!("{what}_file"),
            Self::Address(_) => "url".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        let secret = Secret::new("s3cret");
        assert_eq!(format!("{secret:?} {:?}", SecretPlace::Address(secret.clone())), "… Address(…)");
        assert_eq!(secret.reveal(), "s3cret");
    }
}
