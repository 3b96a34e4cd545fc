//! Reads what subscribers ask for (WebSub §5.1), and writes what they are asked back (§5.2, §5.3).

use std::time::Duration;

use url::{Url, form_urlencoded};

use crate::model::{FeedUrl, Secret};
use crate::websub::Mode;

/// A longer form is none.
pub const MAX_FORM_BYTES: usize = 8 << 10;
/// A callback's address may have so many bytes.
const MAX_CALLBACK_BYTES: usize = 2048;
/// A secret must have fewer bytes (WebSub §5.1).
const SECRET_BYTES: usize = 200;
/// No lease is shorter: what ends sooner is no subscription.
pub const SHORTEST_LEASE: Duration = Duration::from_secs(5 * 60);
/// Where no lease is asked for: ten days, as WebSub §8.2 advises.
pub const LEASE: Duration = Duration::from_secs(10 * 86_400);
/// No lease is longer: who is gone is forgotten by then.
pub const LONGEST_LEASE: Duration = Duration::from_secs(30 * 86_400);

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// To be subscribed, or not any more.
    pub mode: Mode,
    /// The feed.
    pub topic: String,
    /// Where what is new is to be sent.
    pub callback: FeedUrl,
    /// How long it is to last, within bounds.
    pub lease: Duration,
    /// What deliveries are to be signed with.
    pub secret: Option<Secret>,
}

/// Why a form is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The status to answer with.
    pub status: u16,
    /// The reason, a line for people.
    pub reason: &'static str,
}

const fn refuse(status: u16, reason: &'static str) -> Refusal {
    Refusal { status, reason }
}

const NO_MODE: Refusal = refuse(400, "hub.mode must be `subscribe` or `unsubscribe`.\n");
const PUBLISH: Refusal = refuse(
    400,
    "Nothing is published through this hub but the feeds of this site, and it sees itself when they change.\n",
);
const NO_TOPIC: Refusal = refuse(400, "There is no hub.topic.\n");
const OTHER_TOPIC: Refusal = refuse(
    404,
    "hub.topic is no feed of this site: it must be the address that the feed names as its own (rel=\"self\").\n",
);
const NO_CALLBACK: Refusal = refuse(400, "There is no hub.callback.\n");
const BAD_CALLBACK: Refusal =
    refuse(400, "hub.callback must be an http or https address of at most 2048 bytes, without user and password.\n");
const BAD_LEASE: Refusal = refuse(400, "hub.lease_seconds must be a whole number of seconds.\n");
const LONG_SECRET: Refusal = refuse(400, "hub.secret must have fewer than 200 bytes.\n");

/// Reads a form. `is_topic` knows the feeds that may be subscribed to, by the addresses that they name as their own. Of
/// a parameter that stands there twice the first one counts; an empty one is as good as none.
///
/// # Errors
/// What is wrong with it, the first fault alone.
pub fn read(form: &[u8], is_topic: impl Fn(&str) -> bool) -> Result<Request, Refusal> {
    let parameter = |name: &str| {
        let mut pairs = form_urlencoded::parse(form);
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    let mode = match parameter("hub.mode").as_deref() {
        Some("subscribe") => Mode::Subscribe,
        Some("unsubscribe") => Mode::Unsubscribe,
        Some("publish") => return Err(PUBLISH),
        _ => return Err(NO_MODE),
    };
    let topic = parameter("hub.topic").ok_or(NO_TOPIC)?;
    if !is_topic(&topic) {
        return Err(OTHER_TOPIC);
    }
    let callback = parameter("hub.callback").ok_or(NO_CALLBACK)?;
    if callback.len() > MAX_CALLBACK_BYTES {
        return Err(BAD_CALLBACK);
    }
    let Ok((callback, None)) = FeedUrl::parse(&callback).map(FeedUrl::split_credentials) else {
        return Err(BAD_CALLBACK);
    };
    let lease = match parameter("hub.lease_seconds") {
        None => LEASE,
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            let seconds = digits.parse().unwrap_or(u64::MAX);
            Duration::from_secs(seconds).clamp(SHORTEST_LEASE, LONGEST_LEASE)
        }
        Some(_) => return Err(BAD_LEASE),
    };
    let secret = parameter("hub.secret");
    if secret.as_ref().is_some_and(|secret| secret.len() >= SECRET_BYTES) {
        return Err(LONG_SECRET);
    }
    Ok(Request { mode, topic, callback, lease, secret: secret.map(Secret::new) })
}

/// Where a subscriber is asked whether it meant what it asked for (WebSub §5.3). The callback's own query is kept.
pub fn verification(request: &Request, challenge: &str) -> Url {
    let mut url = request.callback.as_url().clone();
    let mut query = url.query_pairs_mut();
    query.append_pair("hub.mode", request.mode.as_str());
    query.append_pair("hub.topic", &request.topic);
    query.append_pair("hub.challenge", challenge);
    if request.mode == Mode::Subscribe {
        query.append_pair("hub.lease_seconds", &request.lease.as_secs().to_string());
    }
    drop(query);
    url
}

/// Where a subscriber is told that there is no subscription, or not any more (WebSub §5.2).
pub fn denial(callback: &FeedUrl, topic: &str, reason: &str) -> Url {
    let mut url = callback.as_url().clone();
    let pairs = [("hub.mode", "denied"), ("hub.topic", topic), ("hub.reason", reason)];
    url.query_pairs_mut().extend_pairs(pairs);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "https://w.example/front.atom";

    fn form(pairs: &[(&str, &str)]) -> Result<Request, Refusal> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        read(form.as_bytes(), |topic| topic == TOPIC)
    }

    fn with<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let whole =
            [("hub.mode", "subscribe"), ("hub.topic", TOPIC), ("hub.callback", "https://r.example/cb?id=1&x=%2F")];
        let kept = whole.into_iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
        kept.chain(changed.iter().copied()).collect()
    }

    #[test]
    fn a_form_is_read_whole_and_its_lease_is_kept_within_bounds() {
        let request = form(&with(&[("hub.secret", "s"), ("a", "b")])).expect("taken");
        assert_eq!(request.mode, Mode::Subscribe);
        assert_eq!(request.topic, TOPIC);
        assert_eq!(request.callback.as_url().as_str(), "https://r.example/cb?id=1&x=%2F");
        assert_eq!(request.secret, Some(Secret::new("s")));
        for (asked, granted) in [
            ("", 864_000),
            ("0", 300),
            ("60", 300),
            ("3600", 3_600),
            ("2592001", 2_592_000),
            ("99999999999999999999999", 2_592_000),
        ] {
            let request = form(&with(&[("hub.lease_seconds", asked)])).expect("taken");
            assert_eq!(request.lease.as_secs(), granted, "{asked}");
        }
        assert_eq!(form(&with(&[("hub.secret", &"s".repeat(199))])).map(|request| request.mode), Ok(Mode::Subscribe));
        let twice = with(&[("hub.mode", "unsubscribe"), ("hub.mode", "subscribe")]);
        assert_eq!(form(&twice).map(|request| request.mode), Ok(Mode::Unsubscribe));
    }

    #[test]
    fn what_is_wrong_with_a_form_is_said() {
        let long = format!("https://r.example/{}", "x".repeat(MAX_CALLBACK_BYTES));
        for (changed, status, words) in [
            (("hub.mode", ""), 400, "hub.mode must be"),
            (("hub.mode", "denied"), 400, "hub.mode must be"),
            (("hub.mode", "publish"), 400, "sees itself when they change"),
            (("hub.topic", ""), 400, "no hub.topic"),
            (("hub.topic", "https://w.example/front.html"), 404, "no feed of this site"),
            (("hub.topic", "https://w.example/front.atom#x"), 404, "no feed of this site"),
            (("hub.callback", ""), 400, "no hub.callback"),
            (("hub.callback", "r.example/cb"), 400, "hub.callback must be"),
            (("hub.callback", "ftp://r.example/cb"), 400, "hub.callback must be"),
            (("hub.callback", "https://jane:pw@r.example/cb"), 400, "without user and password"),
            (("hub.callback", &long), 400, "at most 2048 bytes"),
            (("hub.lease_seconds", "-1"), 400, "whole number"),
            (("hub.lease_seconds", "1e3"), 400, "whole number"),
            (("hub.secret", &"s".repeat(200)), 400, "fewer than 200 bytes"),
        ] {
            let refusal = form(&with(&[changed])).expect_err(words);
            assert_eq!(refusal.status, status, "{changed:?}");
            assert!(
                refusal.reason.contains(words) && refusal.reason.ends_with(".\n"),
                "{changed:?}: {}",
                refusal.reason
            );
        }
        for garbage in [&b""[..], b"\xff\xfe&=&%", b"hub.mode"] {
            assert_eq!(read(garbage, |_| true), Err(NO_MODE));
        }
    }

    #[test]
    fn what_is_asked_back_keeps_the_query_of_the_callback() {
        let request = form(&with(&[("hub.lease_seconds", "3600")])).expect("taken");
        let topic = "https%3A%2F%2Fw.example%2Ffront.atom";
        let expected = format!(
            "https://r.example/cb?id=1&x=%2F&hub.mode=subscribe&hub.topic={topic}&hub.challenge=c7&hub.lease_seconds=3600"
        );
        assert_eq!(verification(&request, "c7").as_str(), expected);
        let request = Request { mode: Mode::Unsubscribe, ..request };
        assert!(verification(&request, "c7").as_str().ends_with("&hub.challenge=c7"), "no lease is given back");
        let callback = FeedUrl::parse("https://r.example/cb").expect("a URL");
        let expected = format!("https://r.example/cb?hub.mode=denied&hub.topic={topic}&hub.reason=no+room");
        assert_eq!(denial(&callback, TOPIC, "no room").as_str(), expected);
    }
}
