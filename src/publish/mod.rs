//! Writes the site into a folder: finished documents in, changed files out.
