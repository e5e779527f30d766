//! Plays scenarios: the same engine in memory and in virtual time, with faults as they are asked for.
//!
//! In go a [`Program`] and a [`Script`]; out comes a [`Report`]. Each scenario begins with nothing, and one seed decides
//! everything that is left to chance, so that a failure can be looked at again. The handlers are those of the program:
//! generated code's, or [`Stub`]s where a model is run without any.
//!
//! Time stands still but where it has to pass: a line that says how long, and a line that isn't true yet, which is
//! given an hour, or the time that it names. What takes longer than that is as good as never.

mod fault;
mod judge;
mod log;
mod outside;
mod play;
mod report;
mod script;
mod stub;
mod value;
mod witness;
mod world;

pub use report::{Miss, Played, Report};
pub use script::{Given, Line, Scenario, Script, Then, What, When};
pub use stub::{Make, Record, Stub};
pub(crate) use witness::{Sent, Witness};

use crate::Program;
pub use crate::simulate::Error;

/// What a program is called with that is to play a script from its standard input.
pub const FLAG: &str = "--scenarios";

/// Plays all scenarios of a script.
///
/// # Errors
/// When the parts of the program do not fit.
pub fn play(program: &Program, script: &Script) -> Result<Report, Error> {
    let scenarios = script.scenarios.iter();
    let played = scenarios.map(|scenario| play::play(program, script, scenario));
    Ok(Report {
        scenarios: played.collect::<Result<_, _>>()?,
    })
}
