//! wiredesk fetches feeds, finds the entries that report the same story, and republishes combined feeds.
//!
//! The flow goes one way: fetch, parse, normalize, cluster, edit, render, publish, serve.
//! A module uses modules of lower floors only; `docs/ARCHITECTURE.md` has the map and
//! `tests/behaviour/architecture.rs` holds it.

// floor 0
pub mod model;
// floor 1
pub mod config;
pub mod text;
// floor 2: pure, `now` is a parameter
pub mod article;
pub mod cluster;
pub mod edit;
pub mod normalize;
pub mod parse;
pub mod render;
pub mod schedule;
pub mod websub;
// floor 3: threads for the shell
pub mod work;
// floor 4: the shell
pub mod fetch;
pub mod publish;
pub mod serve;
pub mod store;
// floor 5
pub mod desk;
// floor 6
pub mod cli;
