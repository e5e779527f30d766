//! Plays scenarios: the same engine in memory and in virtual time, with faults as they are asked for.
//!
//! In go a [`Program`] and a [`Script`]; out comes a [`Report`]. Each scenario begins with nothing, and one seed decides
//! everything that is left to chance, so that a failure can be looked at again. The handlers are those of the program:
//! generated code's, or [`Stub`]s where a model is run without any.
//!
//! Time stands still but where it has to pass: a line that says how long, and a line that isn't true yet, which is
//! given an hour, or the time that it names. What takes longer than that is as good as never.

mod chance;
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

use crate::{Program, topology};

/// Plays all scenarios of a script.
///
/// # Errors
/// When the parts of the program do not fit.
///
/// # Panics
/// When this machine gives no memory for a runtime.
pub fn play(program: &Program, script: &Script) -> Result<Report, topology::Error> {
    program.check()?;
    let scenarios = script.scenarios.iter().map(|scenario| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without IO needs nothing but memory");
        runtime.block_on(play::play(program.clone(), script, scenario))
    });
    Ok(Report {
        scenarios: scenarios.collect(),
    })
}
