//! Why a document is no feed, in words that say what to do.

/// Why nothing could be read. Everything that is a feed at all is read, with flaws.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing, or nothing but white space.
    #[error("the document is empty: ask the publisher, or try again later")]
    Empty,
    /// A web page, with the addresses of the feeds that it names.
    #[error("this is an HTML page and not a feed: {}", advice(.feeds))]
    Html {
        /// The feeds that the page names, absolute where a base was known.
        feeds: Vec<String>,
    },
    /// XML of another kind.
    #[error("this is XML, but no feed (its root element is `{root}`): {advice}")]
    UnknownRoot {
        /// The name of the root element.
        root: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// Text without any tags.
    #[error("this is plain text and not a feed: check the address in a browser")]
    NotMarkup,
    /// Bytes that are no text.
    #[error("this is no text ({what}) and not a feed: check the address")]
    Binary {
        /// What it looks like.
        what: &'static str,
    },
    /// A compressed body that does not unpack, or unpacks to too much.
    #[error("the compressed document could not be unpacked: {reason}")]
    Compressed {
        /// Why.
        reason: String,
    },
    /// JSON of another kind, or broken JSON.
    #[error("this is JSON, but no JSON Feed: {reason}")]
    Json {
        /// Why.
        reason: String,
    },
}

impl Error {
    pub(super) fn html() -> Self {
        Self::Html { feeds: Vec::new() }
    }

    pub(super) fn unknown_root(root: &str) -> Self {
        let advice = match root.to_ascii_lowercase().as_str() {
            "opml" => "it is a list of feeds; take the feeds' own addresses from its `xmlUrl` attributes",
            "urlset" | "sitemapindex" => "it is a sitemap; look for a feed on the site's front page",
            "head" | "body" | "div" | "p" | "br" | "script" => "it is a piece of a web page; check the address",
            "error" => "the server reports an error; open the address in a browser",
            _ => "RSS, RDF, Atom and CDF begin with `rss`, `RDF`, `feed` or `channel`",
        };
        Self::UnknownRoot { root: crate::text::clip(root, 60), advice }
    }
}

fn advice(feeds: &[String]) -> String {
    match feeds {
        [] => "it names no feed either; look for the feed's address on the site".to_owned(),
        [only] => format!("the page names this feed: {only}"),
        many => format!("the page names these feeds: {}", many.join(", ")),
    }
}
