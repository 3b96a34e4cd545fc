//! Says once what goes wrong again and again, and once that it is over.

use std::time::Duration;

/// What was said of something that is tried again until it works.
#[derive(Debug, Default)]
pub(super) struct Complaint {
    said: Option<String>,
}

impl Complaint {
    /// Tells a person, if it is not what was said the last time.
    pub(super) fn raise(&mut self, error: &anyhow::Error, again: Duration) {
        let words = format!("{error:#}");
        let again = humantime::format_duration(again);
        if self.said.as_ref() == Some(&words) {
            tracing::debug!("{words}; it will be tried again in {again}");
        } else {
            tracing::error!("{words}; it will be tried again in {again}, and you are told when it works");
            self.said = Some(words);
        }
    }

    /// Tells that `what` works again, if it had not.
    pub(super) fn settle(&mut self, what: &str) {
        if self.said.take().is_some() {
            tracing::warn!("{what} works again");
        }
    }

    /// Whether something is wrong.
    pub(super) fn is_open(&self) -> bool {
        self.said.is_some()
    }
}
