//! Permanent redirects: when a source's new address is believed, and when the old one is gone back to.
//!
//! One 301 proves nothing: servers send them by mistake, and a thief of a domain sends them on purpose. So a source is
//! asked at its new address only after several polls in a row over some time have led there, by permanent redirects
//! alone and to a feed that could be read. The configured address is never forgotten: the source goes back to it when
//! the new one fails.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::Moves;
use crate::model::{FeedUrl, Location, Moving, Polling, Source};

/// Where a source is asked.
pub(super) fn location<'a>(source: &'a Source, polling: &Polling) -> Cow<'a, Location> {
    match &polling.adopted {
        Some(adopted) => Cow::Owned(Location::Web(adopted.clone())),
        None => Cow::Borrowed(&source.location),
    }
}

/// Notes where an answer that could be read came from: `led_to` is the end of permanent redirects, if there were any
/// and no others. Returns the address at which the source is asked from now on, when that is a new one.
pub(super) fn observe(
    polling: &mut Polling,
    source: &Source,
    led_to: Option<FeedUrl>,
    rule: Moves,
    now: DateTime<Utc>,
) -> Option<FeedUrl> {
    let Some(target) = led_to.filter(|_| rule.polls > 0) else {
        polling.moving = None;
        return None;
    };
    let moving = match polling.moving.take() {
        Some(known) if known.target == target => Moving { polls: known.polls.saturating_add(1), ..known },
        _ => Moving { target, since: now, polls: 1 },
    };
    let long_enough = TimeDelta::from_std(rule.after).is_ok_and(|after| now - moving.since >= after);
    if moving.polls < rule.polls || !long_enough {
        polling.moving = Some(moving);
        return None;
    }
    let target = moving.target;
    let is_home = source.location == Location::Web(target.clone());
    polling.adopted = (!is_home).then(|| target.clone());
    Some(target)
}

/// Goes back to the configured address when the new one has failed too often. Returns the address that is given up.
pub(super) fn go_back(polling: &mut Polling, rule: Moves, is_gone: bool) -> Option<FeedUrl> {
    if !is_gone && polling.failures < rule.polls {
        return None;
    }
    polling.moving = None;
    polling.adopted.take()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Publisher, SourceId};

    const RULE: Moves = Moves { polls: 3, after: Duration::from_secs(24 * 3600) };

    fn url(text: &str) -> FeedUrl {
        FeedUrl::parse(text).expect("a URL")
    }

    fn source() -> Source {
        Source::new(SourceId::new("a").expect("a name"), Location::Web(url("https://old.example/f")), Publisher::own())
    }

    /// Observes redirects at these hours; what was adopted, and when.
    fn after(rule: Moves, seen: &[(i64, Option<&str>)]) -> (Option<i64>, Polling) {
        let source = source();
        let mut polling = Polling::never(source.id.clone());
        for (hour, target) in seen {
            let now = DateTime::UNIX_EPOCH + TimeDelta::hours(*hour);
            if observe(&mut polling, &source, target.map(url), rule, now).is_some() {
                return (Some(*hour), polling);
            }
        }
        (None, polling)
    }

    #[test]
    fn a_permanent_redirect_is_believed_after_enough_polls_and_enough_time() {
        const NEW: Option<&str> = Some("https://new.example/f");
        const OTHER: Option<&str> = Some("https://other.example/f");
        for (seen, expected) in [
            (&[(0, NEW), (12, NEW), (24, NEW)][..], Some(24)),
            (&[(0, NEW), (1, NEW), (2, NEW), (23, NEW)], None),
            (&[(0, NEW), (1, NEW), (2, NEW), (25, NEW)], Some(25)),
            (&[(0, NEW), (48, NEW)], None),
            (&[(0, NEW), (12, None), (24, NEW), (36, NEW)], None),
            (&[(0, NEW), (12, OTHER), (24, NEW), (36, NEW)], None),
            (&[(0, None), (24, None), (48, None)], None),
        ] {
            let (hour, polling) = after(RULE, seen);
            assert_eq!(hour, expected, "{seen:?}");
            assert_eq!(polling.adopted.map(String::from).as_deref(), expected.and(NEW), "{seen:?}");
        }
        let never = Moves { polls: 0, after: Duration::ZERO };
        assert_eq!(after(never, &[(0, NEW), (24, NEW), (48, NEW), (72, NEW)]).0, None, "0 is never");
    }

    #[test]
    fn a_source_that_moves_home_is_asked_there() {
        let mut polling = Polling { adopted: Some(url("https://new.example/f")), ..Polling::never(source().id) };
        let home = url("https://old.example/f");
        let rule = Moves { polls: 1, after: Duration::ZERO };
        assert_eq!(observe(&mut polling, &source(), Some(home.clone()), rule, DateTime::UNIX_EPOCH), Some(home));
        assert_eq!(polling.adopted, None);
    }

    #[test]
    fn an_address_that_fails_is_given_up_and_the_configured_one_is_there() {
        let mut polling =
            Polling { adopted: Some(url("https://new.example/f")), failures: 2, ..Polling::never(source().id) };
        assert_eq!(go_back(&mut polling, RULE, false), None);
        assert_eq!(*location(&source(), &polling), Location::Web(url("https://new.example/f")));
        polling.failures = 3;
        assert_eq!(go_back(&mut polling, RULE, false), Some(url("https://new.example/f")));
        assert_eq!(*location(&source(), &polling), source().location);
        assert_eq!(go_back(&mut polling, RULE, false), None, "once");
        polling = Polling { adopted: Some(url("https://new.example/f")), ..polling };
        assert!(go_back(&mut polling, RULE, true).is_some(), "what is gone for good is not asked thrice");
    }
}
