//! Decides when a source is polled next: an outcome and its hints in, a time out.
