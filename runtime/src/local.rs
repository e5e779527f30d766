//! The start of a generated program on one machine.

use std::process::ExitCode;

use crate::Program;

/// Runs a program until it is told to stop.
pub fn main(program: Program) -> ExitCode {
    match program.check() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}
