//! The `wiredesk` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    wiredesk::cli::main()
}
