//! `wiredesk check`: reads the configuration and shows what it comes to.

use std::path::Path;
use std::process::ExitCode;

use super::load::load;

/// Runs the command.
///
/// # Errors
/// When the configuration is unusable.
pub(super) fn run(path: &Path) -> anyhow::Result<ExitCode> {
    let config = load(path)?;
    println!("{}: {} sources, {} editions", path.display(), config.sources.len(), config.editions.len());
    for source in &config.sources {
        let tags: Vec<_> = source.tags.iter().map(|tag| format!("tag:{tag}")).collect();
        println!("  source   {}  publisher:{}  {}  {}", source.id, source.publisher, tags.join(" "), source.location);
    }
    for edition in &config.editions {
        let selected: Vec<_> =
            config.sources.iter().filter(|source| edition.selects(source)).map(|source| source.id.as_str()).collect();
        println!("  edition  {}  reads {}", edition.name, selected.join(", "));
    }
    println!("  store    {}", config.store.display());
    println!("  site     {}", config.site.url);
    Ok(ExitCode::SUCCESS)
}
