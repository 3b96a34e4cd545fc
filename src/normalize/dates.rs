//! Settles when an item was published and updated, as far as it can be believed.

use chrono::{DateTime, Utc};

use crate::model::doubt;

/// When an item was published and, if later, updated.
///
/// Published is the date that says so, else the other one, else `now`; a date that is doubted
/// ([`doubt`]) is no date.
pub(super) fn settle(
    published: Option<DateTime<Utc>>,
    updated: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> (DateTime<Utc>, Option<DateTime<Utc>>) {
    let plausible = |date: &DateTime<Utc>| doubt(*date, Some(now)).is_none();
    let updated = updated.filter(plausible);
    let first = match published {
        // A published date that cannot be is worth less than the moment at which we saw the item.
        Some(published) if !plausible(&published) => now,
        Some(published) => published,
        None => updated.unwrap_or(now),
    };
    (first, updated.filter(|updated| *updated > first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_believed_within_reason() {
        let date = |text: &str| DateTime::parse_from_rfc3339(text).expect("a date").to_utc();
        let now = date("2024-10-25T12:00:00Z");
        for (published, updated, expected, expected_updated) in [
            (Some("2024-10-24T08:00:00Z"), None, "2024-10-24T08:00:00Z", None),
            (None, Some("2024-10-24T08:00:00Z"), "2024-10-24T08:00:00Z", None),
            (None, None, "2024-10-25T12:00:00Z", None),
            (
                Some("2024-10-24T08:00:00Z"),
                Some("2024-10-24T09:00:00Z"),
                "2024-10-24T08:00:00Z",
                Some("2024-10-24T09:00:00Z"),
            ),
            (Some("2024-10-24T08:00:00Z"), Some("2024-10-23T09:00:00Z"), "2024-10-24T08:00:00Z", None),
            (Some("2024-10-26T11:00:00Z"), None, "2024-10-26T11:00:00Z", None),
            (Some("2024-10-26T13:00:00Z"), None, "2024-10-25T12:00:00Z", None),
            (Some("2034-10-26T13:00:00Z"), Some("2034-10-26T13:00:00Z"), "2024-10-25T12:00:00Z", None),
            (Some("1970-01-01T00:00:00Z"), Some("2024-10-24T09:00:00Z"), "2024-10-25T12:00:00Z", None),
            (Some("1990-01-01T00:00:00Z"), None, "1990-01-01T00:00:00Z", None),
        ] {
            let settled = settle(published.map(date), updated.map(date), now);
            assert_eq!(settled, (date(expected), expected_updated.map(date)), "{published:?} {updated:?}");
        }
        let extreme = settle(Some(DateTime::<Utc>::MAX_UTC), Some(DateTime::<Utc>::MIN_UTC), now);
        assert_eq!(extreme, (now, None));
    }
}
