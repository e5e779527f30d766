//! A program made ready: what every engine needs besides a place to keep things.

use std::sync::Arc;
use std::time::Duration;

use super::once::Undoing;
use crate::clock::{Clock, Ids};
use crate::contracts::{Contracts, Declared};
use crate::core::micros;
use crate::external::{Calls, Nowhere, Transport};
use crate::handler::AnyHandler;
use crate::topology::{HandlerSpec, Topology};
use crate::{Failure, Program};

/// A topology with its code, its clock and its ids.
#[derive(Debug)]
pub struct Site {
    /// What is declared.
    pub topology: Topology,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where fresh ids come from.
    pub ids: Arc<dyn Ids>,
    pub(super) declared: Declared,
    pub(super) calls: Arc<Calls>,
    pub(super) handlers: Vec<Prepared>,
}

/// A handler, ready to run.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) spec: HandlerSpec,
    /// What is written for it; nothing for what the engine brings.
    pub(super) code: Option<AnyHandler>,
    /// What it has to do with work that is taken back.
    pub(super) undoing: Vec<Undoing>,
}

impl Site {
    /// Of a program whose parts fit: [`Program::check`] said so.
    pub fn new(program: Program, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let Program {
            topology,
            handlers: mut code,
            ..
        } = program;
        let prepare = |spec: &HandlerSpec| Prepared {
            spec: spec.clone(),
            code: code.remove(&spec.name),
            undoing: Undoing::of(spec, &topology.handlers),
        };
        let handlers = topology.handlers.iter().map(prepare).collect();
        let declared = Declared::ByName(Arc::new(Contracts::new(&topology)));
        let calls = Arc::new(Calls::new(&topology.externals, Arc::new(Nowhere)));
        Self {
            topology,
            clock,
            ids,
            declared,
            calls,
            handlers,
        }
    }

    /// Gives it a way to services outside.
    pub fn calling(self, transport: Arc<dyn Transport>) -> Self {
        Self {
            calls: Arc::new(Calls::new(&self.topology.externals, transport)),
            ..self
        }
    }

    /// The index of a handler.
    pub fn handler(&self, name: &str) -> Option<usize> {
        self.topology
            .handlers
            .iter()
            .position(|handler| handler.name == name)
    }

    /// The name of a handler.
    pub fn handler_name(&self, index: usize) -> &str {
        self.topology
            .handlers
            .get(index)
            .map_or("", |handler| handler.name.as_str())
    }

    /// An instant from now, in microseconds since 1970.
    pub fn until(&self, window: Duration) -> u64 {
        micros(self.clock.now()).saturating_add(u64::try_from(window.as_micros()).unwrap_or(u64::MAX))
    }

    pub(super) fn prepared(&self, handler: usize) -> Result<&Prepared, Failure> {
        self.handlers
            .get(handler)
            .ok_or_else(|| Failure::new("there is no such handler"))
    }
}
