//! The command line of Aqueduct: parses arguments, calls a command, maps its outcome to an exit code.

mod arguments;
mod carried;
mod commands;
mod difference;
mod explained;
mod find;
mod issuer;
mod load;
mod output;
mod package;
mod project;
mod stubs;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

/// What a command ends with when nothing went wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing to complain about.
    Clean,
    /// The system has errors, or what was asked for isn't there.
    Findings,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.color.apply();
    match run(&arguments) {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        Command::New(args) => commands::new::run(args),
        Command::Check(args) => commands::check::run(args),
        Command::Fmt(args) => commands::fmt::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Build(args) => commands::build::run(args),
        Command::Run(args) => commands::run::run(args),
        Command::Test(args) => commands::test::run(args),
        Command::Diagram(args) => commands::diagram::run(args),
        Command::Dlq(args) => commands::dlq::run(args),
        Command::Sagas(args) => commands::sagas::run(args),
        Command::Send(args) => commands::send::run(args),
        Command::Tail(args) => commands::tail::run(args),
        Command::Stats(args) => commands::stats::run(args),
        Command::Token(args) => commands::token::run(args),
        Command::Completions(args) => commands::completions::run(args),
    }
}

/// `aqueduct … | head` ends when `head` has seen enough; that is no failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
