//! Calendars other than the Gregorian one: the Persian is converted, and the eras of Japan and Taiwan.

use chrono::NaiveDate;

/// The months of the Persian (solar Hijri) calendar, folded.
const PERSIAN: [&str; 12] =
    ["فروردين", "ارديبهشت", "خرداد", "تير", "مرداد", "شهريور", "مهر", "ابان", "اذر", "دي", "بهمن", "اسفند"];

/// The Persian month, 1 to 12, that a folded word names.
pub fn persian_month(folded: &str) -> Option<u32> {
    (1..).zip(PERSIAN).find(|(_, name)| *name == folded).map(|(month, _)| month)
}

/// The day of a Persian date, by the cycle of 33 years with 8 leap years, which is right from 1799 to 2256.
pub fn persian(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let longest = if month <= 6 { 31 } else { 30 };
    if !(1..=12).contains(&month) || !(1..=longest).contains(&day) {
        return None;
    }
    let years = year + 1595;
    let before = if month <= 7 { (month - 1) * 31 } else { (month - 7) * 30 + 186 };
    let days = 365 * years + years / 33 * 8 + (years % 33).div_ceil(4) + before + day;
    // 1 Farvardin 1403 was 20 March 2024.
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(days).ok()? - 356_033)
}

/// The year before the first one of an era: `令和6年` is 2024.
pub fn era(word: &str) -> Option<i32> {
    match word {
        "令和" => Some(2018),
        "平成" => Some(1988),
        "民國" | "民国" => Some(1911),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of the new year that were announced.
    #[test]
    fn persian_dates_are_converted() {
        for (date, expected) in [
            ((1399, 1, 1), "2020-03-20"),
            ((1399, 12, 30), "2021-03-20"),
            ((1400, 1, 1), "2021-03-21"),
            ((1402, 1, 1), "2023-03-21"),
            ((1403, 1, 1), "2024-03-20"),
            ((1403, 8, 16), "2024-11-06"),
            ((1404, 1, 1), "2025-03-21"),
            ((1375, 1, 1), "1996-03-20"),
        ] {
            let found = persian(date.0, date.1, date.2).map(|date| date.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{date:?}");
        }
        assert_eq!(persian(1403, 7, 31), None);
        assert_eq!(persian(1403, 13, 1), None);
    }
}
