//! The `wiredesk` program: everything is in the library.

use std::process::ExitCode;

/// Feeds are many small texts: this allocator reads them an eighth faster than that of glibc.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wiredesk::cli::main()
}
