//! Serves the site over HTTP: a snapshot of finished documents in, answers out.
