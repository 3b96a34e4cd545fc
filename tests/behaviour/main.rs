//! The promises to the user, one module each, against a loopback server and a temporary folder.
#![expect(clippy::disallowed_methods, reason = "tests stand outside the floors")]
#![expect(clippy::panic, reason = "a test that cannot go on ends")]

mod architecture;
mod articles;
mod buckets;
mod configuration;
mod documents;
mod editions;
mod evaluation;
mod feed_rules;
mod fetching;
mod full_disks;
mod hostile_servers;
mod http;
mod hub;
mod judges;
mod main_job;
mod merging;
mod nasty;
mod pages;
mod parse;
mod podcasts;
mod power_cuts;
mod publications;
mod readers;
mod reading_back;
mod rulings;
mod samples;
mod scheduling;
mod serving;
mod store;
mod stories;
mod tokens;
mod transport;
mod transport_security;
mod websub;
mod world;
