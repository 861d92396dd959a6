//! `jinqiao`: parse, call, print, exit code.

use std::process::ExitCode;

use clap::Parser;
use jinqiao::cli::{self, Cli};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.globals.lang;
    trace();
    match cli::run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {}", error.code(), error.sentence(lang));
            ExitCode::from(error.exit_code())
        }
    }
}

/// Log lines go to stderr, warnings and worse unless `RUST_LOG` asks for more.
fn trace() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
