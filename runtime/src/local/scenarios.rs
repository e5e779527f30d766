//! A program that plays scenarios instead of running: a script comes in, a report goes out.

use std::io::{Read, Write};
use std::process::ExitCode;

use crate::Program;
use crate::scenario::{self, Script};

/// Plays the script on standard input. The exit code is 0 when there is a report, whatever it says, or else 2.
#[allow(
    clippy::print_stderr,
    reason = "this is the rim: it speaks to whoever has started it"
)]
pub(super) fn play(program: &Program) -> ExitCode {
    match report(program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the scenarios can't be played: {error}");
            ExitCode::from(2)
        }
    }
}

fn report(program: &Program) -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    let _ = std::io::stdin().read_to_string(&mut text)?;
    let script: Script = serde_json::from_str(&text)?;
    let report = scenario::play(program, &script)?;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, &report)?;
    out.write_all(b"\n")?;
    Ok(())
}
