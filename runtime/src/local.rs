//! The start of a generated program on one machine: flags, store, engine, HTTP edge, signals, and a clean end.

mod flags;
mod run;
mod signals;
mod tokens;

use std::process::ExitCode;

use crate::Program;

pub use flags::{Options, TokenOptions};
pub use run::{Error, Running, start};

/// Runs a program until it gets SIGINT or SIGTERM.
///
/// Prints one line when it is ready: `listening on http://127.0.0.1:8080`.
/// The exit code is 0 after a clean end, and 2 when it cannot start or the disk fails, with the reason on stderr.
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the rim: it speaks to the operator"
)]
pub fn main(program: Program) -> ExitCode {
    let options = match flags::parse(std::env::args_os()) {
        Ok(flags::Asked::Run(options)) => options,
        Ok(flags::Asked::Help) => {
            println!("{}", flags::HELP);
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("error: {message}\n\n{}", flags::HELP);
            return ExitCode::from(2);
        }
    };
    flags::log(options.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the threads of the program cannot be started: {error}");
            return ExitCode::from(2);
        }
    };
    match runtime.block_on(run_to_end(program, options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

#[allow(
    clippy::print_stdout,
    reason = "one line for whoever waits until the program is ready"
)]
async fn run_to_end(program: Program, options: Options) -> Result<(), Error> {
    let mut signal = signals::listen().map_err(Error::Signals)?;
    let running = start(program, options).await?;
    println!("listening on http://{}", running.address());
    tokio::select! {
        () = signal.received() => tracing::info!("stopping"),
        () = running.ended() => {}
    }
    running.stop().await
}
