//! Says why a file is no article, in words that its author can act on.

/// Why a file is no article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No text of one author is so long.
    #[error("Failed to read article `{file}`: it is longer than 4 MiB; split it, or move it out of the folder")]
    TooLong {
        /// The file.
        file: String,
    },
    /// The front matter opens and does not close.
    #[error(
        "Failed to read article `{file}`: line {line}: the front matter opened with `{mark}` is not closed; \
         end it with a line `{mark}`"
    )]
    Unclosed {
        /// The file.
        file: String,
        /// The line of the opening mark.
        line: u32,
        /// `+++` or `---`.
        mark: &'static str,
    },
    /// The front matter is not TOML or YAML.
    #[error(
        "Failed to read article `{file}`: line {line}: this is not {language}: {cause}; write, for example, `{example}`"
    )]
    Syntax {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// `TOML` or `YAML`.
        language: &'static str,
        /// The reader's own words.
        cause: String,
        /// A line that would be right.
        example: &'static str,
    },
    /// A key has a value that cannot be.
    #[error(
        "Failed to read article `{file}`: line {line}: `{key}` must be {expected}, not `{found}`; write, for example, `{example}`"
    )]
    Value {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// The key.
        key: String,
        /// What it may be.
        expected: &'static str,
        /// What it is, clipped.
        found: String,
        /// A line that would be right.
        example: &'static str,
    },
    /// Nothing says when the article was written.
    #[error(
        "Failed to read article `{file}`: it has no date; put a line like `{example}` into its front matter, \
         or start the file's name with it: `2024-10-24-…`"
    )]
    NoDate {
        /// The file.
        file: String,
        /// A line that would be right.
        example: &'static str,
    },
}
