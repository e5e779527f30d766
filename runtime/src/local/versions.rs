//! Sagas that run when a new version of their program starts: they can go on, or it doesn't start.

use crate::admin::visit_sagas;
use crate::saga::misfits;
use crate::store::{self, Storage};
use crate::topology::Topology;

/// How many runs are named; the others are counted.
const NAMED: usize = 20;

/// Why sagas keep a program from starting.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Runs that this version can't carry on with.
    #[error(
        "these runs of sagas can't go on under this version of the program:\n{list}\nput back what is missing until \
         they have ended (`aqueduct sagas` lists them), or start the version before to let them end"
    )]
    Misfits {
        /// Saga, key and what doesn't fit, a line for each of the first.
        list: String,
    },
    /// They can't be read.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Holds every run that hasn't ended against the sagas that are declared now.
pub(super) fn check(storage: &impl Storage, topology: &Topology) -> Result<(), Error> {
    let snapshot = storage.snapshot()?;
    let mut lines = Vec::new();
    visit_sagas(snapshot.as_ref(), &mut |log| {
        if log.ended.is_some() {
            return;
        }
        let declared = topology
            .sagas
            .iter()
            .find(|saga| saga.definition.name == log.saga);
        let problem = match declared {
            Some(saga) => {
                let all = misfits(&saga.definition, &log);
                all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            }
            None => "the saga is gone".to_owned(),
        };
        if !problem.is_empty() {
            lines.push(format!("  {} {}: {problem}", log.saga, log.key));
        }
    })?;
    if lines.is_empty() {
        return Ok(());
    }
    if lines.len() > NAMED {
        let more = lines.len() - NAMED;
        lines.truncate(NAMED);
        lines.push(format!("  and {more} more"));
    }
    Err(Error::Misfits {
        list: lines.join("\n"),
    })
}
