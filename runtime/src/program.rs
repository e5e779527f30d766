//! A topology together with the code of its handlers.

use std::collections::BTreeMap;

use crate::Handler;
use crate::handler::AnyHandler;
use crate::topology::{self, Topology};

/// A program that can be started.
#[derive(Debug, Clone)]
pub struct Program {
    pub(crate) topology: Topology,
    pub(crate) handlers: BTreeMap<String, AnyHandler>,
    registered_twice: Vec<String>,
}

impl Program {
    /// A program without handlers yet.
    pub fn new(topology: Topology) -> Self {
        Self {
            topology,
            handlers: BTreeMap::new(),
            registered_twice: Vec::new(),
        }
    }

    /// Adds the code of a declared handler.
    pub fn handler(mut self, name: &str, handler: impl Handler) -> Self {
        if self
            .handlers
            .insert(name.to_owned(), AnyHandler::new(handler))
            .is_some()
        {
            self.registered_twice.push(name.to_owned());
        }
        self
    }

    /// The same with what sagas need in the embedded engine.
    pub(crate) fn with_engines_of_sagas(self) -> Self {
        Self {
            topology: self.topology.with_engines_of_sagas(),
            ..self
        }
    }

    /// The topology that it was made from.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Whether everything is there that is declared, and nothing else.
    ///
    /// # Errors
    /// Lists every name that does not fit.
    pub fn check(&self) -> Result<(), topology::Error> {
        let twice = self
            .registered_twice
            .iter()
            .map(|name| format!("handler {name} is implemented twice"));
        let twice: Vec<_> = twice.collect();
        match self.topology.check(self.handlers.keys().map(String::as_str)) {
            Ok(()) if twice.is_empty() => Ok(()),
            Ok(()) => Err(topology::Error {
                system: self.topology.name.clone(),
                problems: twice,
            }),
            Err(error) => Err(topology::Error {
                problems: [error.problems, twice].concat(),
                ..error
            }),
        }
    }
}
