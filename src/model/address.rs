//! Addresses: where a feed is, what an entry's address comes down to, where a document stands on our site.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

/// The address of a feed on the web: http or https, with a host and without a fragment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FeedUrl(Url);

/// Says why a text is not the address of a feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedUrlError {
    /// It does not parse as a URL.
    #[error("not a URL: {0}")]
    Malformed(#[from] url::ParseError),
    /// It is a URL of another kind.
    #[error("the scheme `{0}` is not http or https")]
    Scheme(String),
}

/// The part of a host that somebody registered, by the Public Suffix List: of `feeds.bbci.co.uk` it is `bbci.co.uk`.
/// A host without one, as an address is, stands for itself.
pub fn registrable_domain(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}

/// The address without user and password: whoever is shown it, or follows it, is to have neither.
pub fn without_credentials(mut url: Url) -> Url {
    // Both fail only where there is no host, and then there are no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

impl FeedUrl {
    /// Parses an address, dropping a fragment.
    ///
    /// # Errors
    /// When it is no URL, or not http(s). (An http URL without a host does not parse.)
    pub fn parse(text: &str) -> Result<Self, FeedUrlError> {
        let mut url = Url::parse(text.trim())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FeedUrlError::Scheme(url.scheme().to_owned()));
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// Takes user and password out of the address: `user:password`, as they were meant; neither may be missing from the
    /// pair, but both may be empty.
    pub fn split_credentials(self) -> (Self, Option<(String, String)>) {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = (decoded(self.0.username()), self.0.password().map(decoded));
        if user.is_empty() && password.is_none() {
            return (self, None);
        }
        (Self(without_credentials(self.0)), Some((user, password.unwrap_or_default())))
    }

    /// The URL itself.
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for FeedUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FeedUrl({self})")
    }
}

impl fmt::Display for FeedUrl {
    /// Without the password, so that it can be logged.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.password().is_none() && self.0.username().is_empty() {
            return formatter.write_str(self.0.as_str());
        }
        formatter.write_str(without_credentials(self.0.clone()).as_str())
    }
}

impl TryFrom<String> for FeedUrl {
    type Error = FeedUrlError;
    fn try_from(text: String) -> Result<Self, FeedUrlError> {
        Self::parse(&text)
    }
}

impl From<FeedUrl> for String {
    fn from(url: FeedUrl) -> Self {
        url.0.into()
    }
}

/// What an entry's address comes down to, for comparing: two spellings of one page have one canonical URL.
///
/// Made by `normalize::canonical_url` only; it is a comparison key, not a link to follow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CanonicalUrl(pub String);

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A document's place on our site, relative to its root: `front.atom`, `articles/slug.html`.
///
/// Never empty, never absolute, no `..`, no empty segment: safe as a file name below a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SitePath(String);

impl SitePath {
    /// Takes a path whose segments are letters, digits, `-`, `_` and `.`.
    pub fn new(path: &str) -> Option<Self> {
        let safe = path.split('/').all(|segment| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && segment.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
        });
        safe.then(|| Self(path.to_owned()))
    }

    /// The path, without a leading slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SitePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feed_urls_are_http_with_a_host() {
        assert_eq!(FeedUrl::parse(" https://a.example/f#x ").map(String::from), Ok("https://a.example/f".into()));
        assert_eq!(FeedUrl::parse("ftp://a.example/"), Err(FeedUrlError::Scheme("ftp".into())));
        assert!(FeedUrl::parse("https://").is_err());
        assert!(FeedUrl::parse("feed.xml").is_err());
    }

    #[test]
    fn credentials_are_never_shown() {
        let url = FeedUrl::parse("https://jane:secret@a.example/f").expect("a URL");
        assert_eq!(url.to_string(), "https://a.example/f");
        assert_eq!(format!("{url:?}"), "FeedUrl(https://a.example/f)");
    }

    #[test]
    fn credentials_are_taken_out_as_they_were_meant() {
        for (address, expected) in [
            ("https://a.example/f", None),
            ("https://jane:s%3Acret@a.example/f", Some(("jane", "s:cret"))),
            ("https://t0ken@a.example/f", Some(("t0ken", ""))),
            ("https://:x@a.example/f", Some(("", "x"))),
        ] {
            let (url, credentials) = FeedUrl::parse(address).expect("a URL").split_credentials();
            assert_eq!(String::from(url), "https://a.example/f");
            assert_eq!(credentials.as_ref().map(|(user, password)| (user.as_str(), password.as_str())), expected);
        }
    }

    #[test]
    fn site_paths_stay_below_the_root() {
        for good in ["front.atom", "articles/a-b.html", "articles/обзор.html"] {
            assert!(SitePath::new(good).is_some(), "{good}");
        }
        for bad in ["", "/x", "a//b", "../x", "a/../b", ".hidden", "a\\b", "a b"] {
            assert!(SitePath::new(bad).is_none(), "{bad}");
        }
    }
}
