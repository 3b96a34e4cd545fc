//! Polls sources over HTTP and from files: a location and validators in, an answer out.
