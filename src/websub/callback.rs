//! Reads what a hub says when it calls back (WebSub §5.2, §5.3): a query in, a call out.

use std::time::Duration;

use url::form_urlencoded;

/// A longer challenge is not repeated.
const MAX_CHALLENGE_BYTES: usize = 1024;
/// So much of a reason is kept.
const MAX_REASON_CHARS: usize = 200;

/// What is to be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// That the subscription is wanted.
    Subscribe,
    /// That it is not wanted any more.
    Unsubscribe,
}

impl Mode {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

/// What a hub says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// It wants to hear whether this is meant.
    Verify {
        /// What.
        mode: Mode,
        /// The feed.
        topic: String,
        /// What it wants to hear.
        challenge: String,
        /// How long the subscription is to last.
        lease: Option<Duration>,
    },
    /// It refuses the subscription, or ends it.
    Denied {
        /// The feed.
        topic: String,
        /// Why, in its words.
        reason: Option<String>,
    },
}

/// Reads the query of a call. `None` when it is no call that this standard knows, or one whose answer could do harm: a
/// challenge is repeated only when it is short and visible ASCII (WebSub §8.2).
pub fn read(query: &str) -> Option<Call> {
    let parameter = |name: &str| {
        form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    let topic = parameter("hub.topic")?;
    let mode = match parameter("hub.mode")?.as_str() {
        "subscribe" => Mode::Subscribe,
        "unsubscribe" => Mode::Unsubscribe,
        "denied" => {
            let reason = parameter("hub.reason").map(|reason| {
                let visible = reason.chars().map(|c| if c.is_control() { ' ' } else { c });
                visible.take(MAX_REASON_CHARS).collect::<String>().trim().to_owned()
            });
            return Some(Call::Denied { topic, reason: reason.filter(|reason| !reason.is_empty()) });
        }
        _ => return None,
    };
    let challenge = parameter("hub.challenge")?;
    let is_harmless = (1..=MAX_CHALLENGE_BYTES).contains(&challenge.len())
        && challenge.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let lease = parameter("hub.lease_seconds").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    is_harmless.then_some(Call::Verify { mode, topic, challenge, lease })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_and_what_could_do_harm_is_none() {
        let verify = |mode, topic: &str, challenge: &str, lease: Option<u64>| {
            let lease = lease.map(Duration::from_secs);
            Some(Call::Verify { mode, topic: topic.into(), challenge: challenge.into(), lease })
        };
        let denied =
            |reason: Option<&str>| Some(Call::Denied { topic: "t".into(), reason: reason.map(ToOwned::to_owned) });
        let long = "x".repeat(MAX_CHALLENGE_BYTES);
        for (query, expected) in [
            (
                "hub.mode=subscribe&hub.topic=https%3A%2F%2Fa.example%2Ff%3Fx%3D1%26y&hub.challenge=abc&hub.lease_seconds=864000",
                verify(Mode::Subscribe, "https://a.example/f?x=1&y", "abc", Some(864_000)),
            ),
            ("a=b&hub.mode=unsubscribe&hub.topic=t&hub.challenge=a+b", verify(Mode::Unsubscribe, "t", "a b", None)),
            (
                "hub.mode=subscribe&hub.mode=denied&hub.topic=t&hub.topic=u&hub.challenge=1",
                verify(Mode::Subscribe, "t", "1", None),
            ),
            (
                "hub.mode=subscribe&hub.topic=t&hub.challenge=1&hub.lease_seconds=-1",
                verify(Mode::Subscribe, "t", "1", None),
            ),
            (
                &format!("hub.mode=subscribe&hub.topic=t&hub.challenge={long}"),
                verify(Mode::Subscribe, "t", &long, None),
            ),
            (&format!("hub.mode=subscribe&hub.topic=t&hub.challenge={long}x"), None),
            ("hub.mode=subscribe&hub.topic=t&hub.challenge=%00", None),
            ("hub.mode=subscribe&hub.topic=t&hub.challenge=%0D%0AX:1", None),
            ("hub.mode=subscribe&hub.topic=t&hub.challenge=%C3%A9", None),
            ("hub.mode=subscribe&hub.topic=t&hub.challenge=", None),
            ("hub.mode=subscribe&hub.topic=t", None),
            ("hub.mode=subscribe&hub.challenge=1", None),
            ("hub.mode=publish&hub.topic=t&hub.challenge=1", None),
            ("hub.topic=t&hub.challenge=1", None),
            ("", None),
            ("hub.mode=denied&hub.topic=t", denied(None)),
            ("hub.mode=denied&hub.topic=t&hub.reason=no%0Athanks", denied(Some("no thanks"))),
            ("hub.mode=denied", None),
        ] {
            assert_eq!(read(query), expected, "{query}");
        }
    }
}
