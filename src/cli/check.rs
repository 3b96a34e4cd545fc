//! `wiredesk check`: reads the configuration and shows what it comes to.

use std::path::Path;
use std::process::ExitCode;

use super::load::{self, load};
use crate::config::Config;
use crate::desk::{self, Announced};
use crate::fetch;
use crate::model::{Access, Readers, Route};
use crate::render::Theme;
use crate::serve;
use crate::store;

/// Runs the command.
///
/// # Errors
/// When the configuration is unusable.
pub(super) fn run(path: &Path) -> anyhow::Result<ExitCode> {
    let config = load(path)?;
    load::secrets(&config, path)?;
    println!("{}: {} sources, {} editions", path.display(), config.sources.len(), config.editions.len());
    if let Some(proxy) = &config.fetch.proxy {
        println!("  proxy    {proxy}");
    }
    for source in &config.sources {
        let tags: Vec<_> = source.tags.iter().map(|tag| format!("tag:{tag}")).collect();
        let access = source.access.as_deref().map(way).unwrap_or_default();
        let (id, publisher, tags) = (&source.id, &source.publisher, tags.join(" "));
        println!("  source   {id}  publisher:{publisher}  {tags}  {}{access}", source.location);
    }
    for edition in &config.editions {
        let selected: Vec<_> =
            config.sources.iter().filter(|source| edition.selects(source)).map(|source| source.id.as_str()).collect();
        let readers = match &edition.readers {
            Readers::Everyone => String::new(),
            Readers::Holders(hashes) => format!("  tokens: {}", hashes.len()),
        };
        println!("  edition  {}  reads {}{readers}", edition.name, selected.join(", "));
    }
    if let Some(path) = &config.rulings {
        rulings(path, &config)?;
    }
    for source in &config.sources {
        for warning in fetch::credential_warnings(source) {
            println!("  warning  {warning}");
        }
    }
    if let Some(path) = &config.theme {
        theme(path, &load::theme(&config)?);
    }
    println!("  store    {}", config.store.display());
    println!("  site     {}", config.site.url);
    if let Some(bucket) = &config.bucket {
        println!("  bucket   {bucket}");
    }
    match desk::unreachable_for_hubs(&config) {
        None => println!("  hubs     call at {}{}", config.site.url, serve::callback::FOLDER),
        Some(why) => println!("  hubs     are not subscribed at: {why}"),
    }
    match desk::announced(&config) {
        Announced::Own(hub) => println!("  websub   feeds name {hub}, the hub of this server"),
        Announced::Outside(hub) => println!("  websub   feeds name {hub}, which is told when they change"),
        Announced::Nothing(why) => println!("  websub   feeds name no hub: {why}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// How a source is reached, in a few words.
fn way(access: &Access) -> String {
    let mut words = String::new();
    if access.has_credentials() {
        words.push_str("  with credentials");
    }
    match &access.route {
        Route::Default => {}
        Route::Direct => words.push_str("  through no proxy"),
        Route::Through(proxy) => words.push_str(&format!("  through {proxy}")),
    }
    words
}

/// What a theme's files are to ours.
fn theme(path: &Path, theme: &Theme) {
    let listed = |what: &str, names: &[String]| match names {
        [] => None,
        names => Some(format!("{what} {}", names.join(", "))),
    };
    let said = [listed("replaces", &theme.replaced), listed("adds", &theme.added)];
    let said: Vec<String> = said.into_iter().flatten().collect();
    let said = if said.is_empty() { "replaces nothing".to_owned() } else { said.join("; ") };
    println!("  theme    {}  {said}", path.display());
    for name in &theme.unused {
        println!("           {name} is no file of a theme, and not used: docs/PAGES.md lists what is");
    }
}

/// How many rulings there are, and what they name and the store does not have.
fn rulings(path: &Path, config: &Config) -> anyhow::Result<()> {
    let mut rulings = load::rulings(config)?;
    println!("  rulings  {}  {} of them", path.display(), rulings.list().len());
    let store = match store::open_read_only(&config.store) {
        Ok(store) => store,
        // Nothing was fetched yet, so nothing is there.
        Err(store::Error::Missing { .. }) => return Ok(()),
        Err(error) => {
            println!("           what they name cannot be looked up: {error}");
            return Ok(());
        }
    };
    desk::meet_stored(&store, &mut rulings)?;
    for ruling in rulings.list() {
        for name in rulings.named(ruling).filter(|name| !rulings.is_met(name)) {
            println!("           {}: the desk has no entry {name} (yet)", rulings.place(ruling));
        }
    }
    Ok(())
}
