//! Keeps everything between runs in SQLite: changes in, what is remembered out.
