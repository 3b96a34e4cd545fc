//! What is wrong with a configuration, shown as a person wants to see it: file, line, caret, cause, example.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, in bytes of the text; empty at 0 where the whole file is meant.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Everything that is wrong with a configuration, in the order of the file; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    path: PathBuf,
    text: String,
    faults: Vec<Fault>,
}

impl Faults {
    pub(super) fn new(path: &Path, text: &str, mut faults: Vec<Fault>) -> Self {
        faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
        faults.dedup();
        Self { path: path.to_owned(), text: text.to_owned(), faults }
    }

    /// The faults, in the order of the file.
    pub fn list(&self) -> &[Fault] {
        &self.faults
    }
}

impl std::error::Error for Faults {}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            show(formatter, &self.path, &self.text, fault)?;
        }
        Ok(())
    }
}

fn show(formatter: &mut fmt::Formatter<'_>, path: &Path, text: &str, fault: &Fault) -> fmt::Result {
    let Fault { span, message, help } = fault;
    if span.is_empty() && span.start == 0 {
        writeln!(formatter, "{}: {message}", path.display())?;
        return writeln!(formatter, "  = {help}");
    }
    // A span comes from the TOML parser and lies on character boundaries; `get` keeps a surprise from being a panic.
    let before = text.get(..span.start).unwrap_or(text);
    let line_number = before.matches('\n').count() + 1;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let column = text[line_start..before.len()].chars().count();
    let marked = text.get(span.clone()).and_then(|marked| marked.lines().next()).unwrap_or_default();
    let margin = " ".repeat(line_number.to_string().len());
    writeln!(formatter, "{}:{line_number}:{}: {message}", path.display(), column + 1)?;
    writeln!(formatter, "{margin} |")?;
    writeln!(formatter, "{line_number} | {}", line.replace('\t', " "))?;
    writeln!(formatter, "{margin} | {}{}", " ".repeat(column), "^".repeat(marked.chars().count().max(1)))?;
    writeln!(formatter, "{margin} = {help}")
}
