//! The start of a generated program on one machine: flags, store, engine, HTTP edge, signals, and a clean end.

mod externals;
mod flags;
mod run;
#[cfg(feature = "simulate")]
mod scenarios;
mod signals;
mod tokens;
mod versions;

use std::process::ExitCode;

use crate::Program;

pub use flags::{Options, TokenOptions};
pub use run::{Error, Running, start};
pub use versions::Error as Misfits;

/// Runs a program until it gets SIGINT or SIGTERM.
///
/// Prints one line when it is ready: `listening on http://127.0.0.1:8080`. What the environment says in
/// `AQUEDUCT_HINTS` follows on stderr, with the address in the place of `{address}`: whoever starts the program knows
/// what to try, the program knows when and where.
/// The exit code is 0 after a clean end, and 2 when it cannot start or the disk fails, with the reason on stderr.
/// A second signal ends it at once with 130: as after a kill, nothing that was acknowledged is lost.
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the rim: it speaks to the operator"
)]
pub fn main(program: Program) -> ExitCode {
    #[cfg(feature = "simulate")]
    if std::env::args_os()
        .nth(1)
        .is_some_and(|flag| flag == crate::scenario::FLAG)
    {
        return scenarios::play(&program);
    }
    let options = match flags::parse(std::env::args_os()) {
        Ok(flags::Asked::Run(options)) => *options,
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
        Ok(End::Clean) => ExitCode::SUCCESS,
        Ok(End::Hurried) => {
            // Handlers that still run are not waited for.
            runtime.shutdown_background();
            ExitCode::from(HURRIED)
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// What shells report for a program that was interrupted.
const HURRIED: u8 = 130;

/// How a program ends that nothing is wrong with.
enum End {
    /// Everything was finished or given back.
    Clean,
    /// Somebody could not wait.
    Hurried,
}

#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "one line for whoever waits until the program is ready, and what to try then"
)]
async fn run_to_end(program: Program, options: Options) -> Result<End, Error> {
    let mut signal = signals::listen().map_err(Error::Signals)?;
    let running = start(program, options).await?;
    let address = running.address().to_string();
    println!("listening on http://{address}");
    if let Ok(hints) = std::env::var("AQUEDUCT_HINTS") {
        eprintln!("{}", hints.replace("{address}", &address));
    }
    tokio::select! {
        () = signal.received() => tracing::info!("stopping; a second signal ends it at once"),
        () = running.ended() => {}
    }
    tokio::select! {
        stopped = running.stop() => stopped.map(|()| End::Clean),
        () = signal.received() => Ok(End::Hurried),
    }
}
