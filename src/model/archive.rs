//! Archives of editions: what an edition carried, in documents that are closed for good (RFC 5005 §4).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Utc};

/// An archive's name, also the stem of its address below its edition: `2024-10`, and `2024-10-2` for the second of the
/// same month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArchiveName {
    year: i32,
    month: u32,
    part: u32,
}

impl ArchiveName {
    /// The first archive of the month of a date.
    pub fn of(date: DateTime<Utc>) -> Self {
        Self { year: date.year().clamp(0, 9999), month: date.month(), part: 1 }
    }

    /// The next archive of the same month.
    pub fn next_part(self) -> Self {
        Self { part: self.part.saturating_add(1), ..self }
    }

    /// Whether both are of one month.
    pub fn is_of_month_of(self, other: Self) -> bool {
        (self.year, self.month) == (other.year, other.month)
    }
}

impl fmt::Display for ArchiveName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)?;
        if self.part > 1 { write!(formatter, "-{}", self.part) } else { Ok(()) }
    }
}

/// Says that a text is no archive's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an archive is called by year and month, as `2024-10` or `2024-10-2`")]
pub struct ArchiveNameError;

impl FromStr for ArchiveName {
    type Err = ArchiveNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.split('-').map(|number| number.parse::<u32>().map_err(|_| ArchiveNameError));
        let mut next = || numbers.next().transpose();
        let (year, month, part) = (next()?, next()?, next()?);
        let (Some(year), Some(month), None) = (year, month, next()?) else { return Err(ArchiveNameError) };
        let year = i32::try_from(year).map_err(|_| ArchiveNameError)?;
        let name = Self { year, month, part: part.unwrap_or(1) };
        if name.to_string() == text && (1..=12).contains(&month) { Ok(name) } else { Err(ArchiveNameError) }
    }
}

/// Where a document stands in the history of its edition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct History {
    /// The archive that it is; `None` for the edition as it is now.
    pub archive: Option<ArchiveName>,
    /// The archive before it.
    pub previous: Option<ArchiveName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_called_by_month_and_part() {
        let first = ArchiveName::of("2024-10-18T09:30:00Z".parse().expect("a date"));
        assert_eq!(first.to_string(), "2024-10");
        assert_eq!(first.next_part().to_string(), "2024-10-2");
        assert!(first < first.next_part() && first.is_of_month_of(first.next_part()));
        for name in ["2024-10", "2024-10-2", "0001-01-12"] {
            assert_eq!(name.parse().map(|name: ArchiveName| name.to_string()), Ok(name.to_owned()));
        }
        for bad in ["", "2024", "2024-13", "2024-1", "2024-10-1", "2024-10-2-3", "x-y", "2024-10/..", "-2024-10"] {
            assert_eq!(bad.parse::<ArchiveName>(), Err(ArchiveNameError), "{bad}");
        }
    }
}
