//! `jinqiao`: parse, call, print, exit code.

use std::process::ExitCode;

use clap::Parser;
use jinqiao::cli::{self, Cli};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.globals.lang;
    match cli::run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {}", error.code(), error.sentence(lang));
            ExitCode::from(error.exit_code())
        }
    }
}
