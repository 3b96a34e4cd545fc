//! Decides when an archive of an edition is closed: the dates of what waits for one in, how many of them go into it out.

use chrono::{DateTime, Datelike, Utc};

/// How many of the stories that wait for an archive go into the next one, from the first; 0 while it stays open.
///
/// `changed` are their last changes, the earliest first. An archive is closed when its month is over, which a later
/// change says and no clock, so that the same stories always make the same archives; and before that when more wait than
/// the edition has places (`items`): what is in no archive yet must have room in the edition itself.
pub fn closing(changed: &[DateTime<Utc>], items: usize) -> usize {
    let Some(first) = changed.first() else { return 0 };
    let month = |date: &DateTime<Utc>| (date.year(), date.month());
    let of_month = changed.iter().take_while(|date| month(date) == month(first)).count();
    let is_over = of_month < changed.len();
    match (of_month > items, is_over) {
        (true, _) => items,
        (false, true) => of_month,
        (false, false) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_closes_when_its_month_is_over_or_the_edition_is_full() {
        let check = |days: &[&str], items: usize, expected: usize| {
            let dates: Vec<DateTime<Utc>> =
                days.iter().map(|day| format!("2024-{day}T12:00:00Z").parse().expect("a date")).collect();
            assert_eq!(closing(&dates, items), expected, "{days:?} {items}");
        };
        check(&[], 3, 0);
        check(&["10-01", "10-02", "10-31"], 3, 0);
        check(&["10-01", "10-02", "10-31", "10-31"], 3, 3);
        check(&["10-01", "10-31", "11-01"], 3, 2);
        check(&["10-01", "10-02", "10-03", "10-04", "11-01"], 3, 3);
        check(&["10-04", "11-01"], 3, 1);
        check(&["11-01"], 3, 0);
        check(&["10-01", "12-01", "12-02"], 3, 1);
    }
}
