//! What ails a source, as one of a few kinds: for lists, colours and programs; the words stand beside it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What ails a source that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Diagnosis {
    /// Its host's name has no address.
    UnknownHost,
    /// No connection comes about.
    Unreachable,
    /// The secure connection fails: a certificate that ran out, another's name.
    Insecure,
    /// It is too slow.
    Slow,
    /// Its answer breaks off, or is no HTTP.
    Broken,
    /// Its answer, or its head, is larger than allowed.
    TooLarge,
    /// It stands at an address that is not public.
    Private,
    /// It redirects in a circle, too often, or to where nobody may follow.
    Redirects,
    /// A wall against bots stands before it.
    BotWall,
    /// It wants a user and password (401).
    Locked,
    /// Its own credentials cannot be read here.
    Credentials,
    /// The proxy on the way to it does not let it through.
    Proxy,
    /// It refuses this reader (403).
    Forbidden,
    /// There is no such page (404), or no such file.
    Missing,
    /// It is gone for good (410), and is not asked any more.
    Gone,
    /// It, or its host, asks to be left alone for a while (429, 503).
    Busy,
    /// The fault is the server's (5xx).
    ServerFault,
    /// Another status that brings no feed.
    Status,
    /// It is a web page, not a feed.
    Page,
    /// It is no feed at all.
    NoFeed,
    /// A local file or folder that cannot be read, or has mistakes.
    Local,
    /// Reading it is a fault of wiredesk.
    Fault,
}

/// Every diagnosis, with its stable name and what it means in a few words.
const ALL: &[(Diagnosis, &str, &str)] = &[
    (Diagnosis::UnknownHost, "unknown-host", "its host is not known"),
    (Diagnosis::Unreachable, "unreachable", "it cannot be connected to"),
    (Diagnosis::Insecure, "insecure", "its secure connection fails"),
    (Diagnosis::Slow, "slow", "it is too slow"),
    (Diagnosis::Broken, "broken", "its answers break off"),
    (Diagnosis::TooLarge, "too-large", "its answer is too large"),
    (Diagnosis::Private, "private", "it stands at a private address"),
    (Diagnosis::Redirects, "redirects", "it redirects to nowhere"),
    (Diagnosis::BotWall, "bot-wall", "a wall against bots stands before it"),
    (Diagnosis::Locked, "locked", "it wants a password"),
    (Diagnosis::Credentials, "credentials", "its credentials cannot be read"),
    (Diagnosis::Proxy, "proxy", "the proxy on the way to it fails"),
    (Diagnosis::Forbidden, "forbidden", "it refuses feed readers"),
    (Diagnosis::Missing, "missing", "there is nothing at its address"),
    (Diagnosis::Gone, "gone", "it is gone for good"),
    (Diagnosis::Busy, "busy", "it asks to be left alone for a while"),
    (Diagnosis::ServerFault, "server-fault", "its server has a fault"),
    (Diagnosis::Status, "status", "it answers with a status that brings no feed"),
    (Diagnosis::Page, "page", "it is a web page, not a feed"),
    (Diagnosis::NoFeed, "no-feed", "it is no feed"),
    (Diagnosis::Local, "local", "it cannot be read from the disk"),
    (Diagnosis::Fault, "fault", "wiredesk itself fails to read it"),
];

impl Diagnosis {
    /// The stable name, as it is kept and shown to programs: `bot-wall`.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The diagnosis of that name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|(_, known, _)| *known == name).map(|(diagnosis, _, _)| *diagnosis)
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        const OTHER: (Diagnosis, &str, &str) = (Diagnosis::Fault, "fault", "wiredesk itself fails to read it");
        ALL.iter().find(|(diagnosis, _, _)| *diagnosis == self).unwrap_or(&OTHER)
    }
}

impl fmt::Display for Diagnosis {
    /// A few words, as the end of a sentence about the source.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.row().2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_programs_see_and_lead_back() {
        for (diagnosis, name, words) in ALL {
            assert_eq!(Diagnosis::named(name), Some(*diagnosis));
            assert_eq!((diagnosis.as_str(), diagnosis.to_string().as_str()), (*name, *words));
            assert_eq!(serde_json::to_string(diagnosis).expect("JSON"), format!("\"{name}\""));
        }
        assert_eq!(Diagnosis::named("tired"), None);
        // One row for each variant: the last one is the highest.
        assert_eq!(ALL.len(), Diagnosis::Fault as usize + 1);
    }
}
