//! Sagas without an engine: what one is, and the pure function that says what comes next.
//!
//! Pure: no clock, no IO. The engine of the runtime, the simulator and the tests' explorer all ask it.
//!
//! Where to start reading: [`definition::Saga`] for what a saga is, [`Log`] for what is kept of a run, [`advance`] for
//! what comes next. Whoever runs it does the [`Task`]s of a [`State`], says how each ended with [`Log::succeeded`] and
//! [`Log::failed`], and asks [`Log::settle`] again.
//!
//! - What a log gives depends on the log alone; the time is only written down.
//! - A failing step is taken back too, unless it says that it did nothing.
//! - After a pivot there is no way back: what can't go on is stuck, and visible.

pub mod definition;
mod fit;
mod log;
mod outcome;
mod record;
mod standing;
mod task;
mod value;
pub mod visit;
mod walk;

pub use fit::{Misfit, misfits};
pub use jiff::Timestamp;
pub use log::{CRASHED, DEADLINE, Ended, Entry, Error, Event, FENCED, Kind, Log, Outcome, TIMEOUT};
pub use standing::Standing;
pub use task::{Deed, Place, Task, text};
pub use value::Data;
pub use walk::{Next, State, advance};

#[cfg(test)]
mod tests {
    //! Sagas played against answers that tests make up.

    mod behavior;
    mod player;
    mod properties;
    mod versions;
}
