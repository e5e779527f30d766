//! What is not as usual: armed by the lines of a scenario, used up by the runs of handlers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value as Json;
use uuid::Uuid;

use crate::handler::AnyHandler;
use crate::{Activation, Body, Failure, Handler, Program, Reply};

/// What is armed, and what was done to the end.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    armed: BTreeMap<String, Vec<Armed>>,
    /// How often each handler did its work to the end where no event tells it.
    applied: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    /// `None` is always.
    left: Option<u32>,
}

/// What a run of a handler can be told to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fault {
    /// Takes so much longer.
    Delay(Duration),
    /// Says no.
    Fail(String, Json),
    /// Never answers.
    Silent,
    /// Does its work, and its answer is lost.
    Crash,
    /// Does its work, and answers this.
    Answer(Json),
}

impl Faults {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn arm(&self, handler: &str, fault: Fault, times: Option<u32>) {
        let armed = Armed { fault, left: times };
        self.state()
            .armed
            .entry(handler.to_owned())
            .or_default()
            .push(armed);
    }

    /// What the next run of a handler does: everything that always holds, and the first of what is counted.
    pub(super) fn take(&self, handler: &str) -> Vec<Fault> {
        let mut state = self.state();
        let mut taken = Vec::new();
        let mut counted = false;
        for armed in state.armed.get_mut(handler).into_iter().flatten() {
            match &mut armed.left {
                None => taken.push(armed.fault.clone()),
                Some(left) if *left > 0 && !counted => {
                    *left -= 1;
                    counted = true;
                    taken.push(armed.fault.clone());
                }
                Some(_) => {}
            }
        }
        taken
    }

    pub(super) fn count(&self, handler: &str) {
        *self.state().applied.entry(handler.to_owned()).or_default() += 1;
    }

    /// How often a handler did its work for somebody who waits, a saga or a caller of an extern service.
    pub(super) fn applied(&self, handler: &str) -> usize {
        self.state().applied.get(handler).copied().unwrap_or_default()
    }
}

/// A handler that does what it is told.
struct Faulty {
    name: String,
    inner: AnyHandler,
    faults: Arc<Faults>,
}

/// Puts every handler of a program under these faults.
pub(super) fn under(faults: &Arc<Faults>, mut program: Program) -> Program {
    program.handlers = std::mem::take(&mut program.handlers)
        .into_iter()
        .map(|(name, inner)| {
            let told = Faulty {
                name: name.clone(),
                inner,
                faults: Arc::clone(faults),
            };
            (name, AnyHandler::new(told))
        })
        .collect();
    program
}

impl Handler for Faulty {
    async fn handle(&self, input: Body, activation: &mut Activation) -> Result<Reply, Failure> {
        let mut answer = None;
        let mut lost = false;
        for told in self.faults.take(&self.name) {
            match told {
                Fault::Delay(time) => tokio::time::sleep(time).await,
                Fault::Fail(name, fields) => return Err(Failure::fault(name, &fields)),
                Fault::Silent => std::future::pending().await,
                Fault::Crash => lost = true,
                Fault::Answer(instead) => answer = Some(instead),
            }
        }
        let reply = self.inner.call(input, activation).await?;
        if lost {
            return Err(Failure::named(
                aqueduct_saga::CRASHED,
                "it died before its answer came",
            ));
        }
        // Requests and deliveries have events of their own; the tasks of a saga have ids made from its log.
        let id = Uuid::parse_str(&activation.delivery().message_id);
        if id.is_ok_and(|id| id.get_version_num() == 5) {
            self.faults.count(&self.name);
        }
        answer.map_or(Ok(reply), |answer| Reply::with(&answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_always_holds_adds_up_and_what_is_counted_is_used_up_in_order() {
        let (faults, second) = (Faults::default(), Fault::Delay(Duration::from_secs(1)));
        faults.arm("S.h", second.clone(), Some(2));
        faults.arm("S.h", Fault::Silent, Some(1));
        faults.arm("S.h", Fault::Crash, None);
        let taken: Vec<Vec<Fault>> = (0..4).map(|_| faults.take("S.h")).collect();
        let expected = [
            vec![second.clone(), Fault::Crash],
            vec![second, Fault::Crash],
            vec![Fault::Silent, Fault::Crash],
            vec![Fault::Crash],
        ];
        assert_eq!(taken, expected);
        assert_eq!(faults.take("S.other"), []);
    }
}
