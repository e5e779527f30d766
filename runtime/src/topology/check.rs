//! Finds what is wrong with a topology before anything runs.

use std::collections::BTreeSet;

use aqueduct_saga::definition::Action;

use super::Topology;

/// Why a program cannot start: its parts do not fit each other.
///
/// The compiler emits parts that fit, so this speaks to somebody who changed generated code by hand.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the parts of system {system} do not fit: {}; run `aqueduct build` again", problems.join("; "))]
pub struct Error {
    /// The name of the system.
    pub system: String,
    /// Each thing that is wrong.
    pub problems: Vec<String>,
}

impl Topology {
    /// Checks names and references, and that the registered handlers are the declared ones.
    pub(crate) fn check<'a>(&self, registered: impl Iterator<Item = &'a str>) -> Result<(), Error> {
        let mut problems = Vec::new();
        let topics: BTreeSet<_> = self.topics.iter().map(|topic| topic.name.as_str()).collect();
        let queues: BTreeSet<_> = self.queues.iter().map(|queue| queue.name.as_str()).collect();
        let handlers: BTreeSet<_> = self
            .handlers
            .iter()
            .map(|handler| handler.name.as_str())
            .collect();
        let tables: BTreeSet<_> = self.tables.iter().map(|table| table.name.as_str()).collect();
        if topics.len() + queues.len() != self.topics.len() + self.queues.len()
            || !topics.is_disjoint(&queues)
        {
            problems.push("two channels have the same name".to_owned());
        }
        let names = self
            .topics
            .iter()
            .map(|topic| &topic.name)
            .chain(self.queues.iter().map(|queue| &queue.name));
        let names = names.chain(self.tables.iter().map(|table| &table.name));
        for name in names.chain(self.handlers.iter().map(|handler| &handler.name)) {
            if name.is_empty() || name.contains('\0') {
                problems.push(format!("{name:?} is no name"));
            }
        }
        for route in &self.routes {
            if !topics.contains(route.from.as_str()) {
                problems.push(format!("a route starts at {}, which is no topic", route.from));
            }
            if !topics.contains(route.to.as_str()) && !queues.contains(route.to.as_str()) {
                problems.push(format!("a route ends at {}, which is no channel", route.to));
            }
        }
        for queue in &self.queues {
            if queue.attempts == 0 {
                problems.push(format!("queue {} allows no attempt", queue.name));
            }
            match queue.dead_letter_to.as_deref() {
                Some(to) if !queues.contains(to) || to == queue.name => {
                    problems.push(format!(
                        "queue {} sends dead letters to {to}, which is no other queue",
                        queue.name
                    ));
                }
                _ => {}
            }
        }
        for handler in &self.handlers {
            match handler.queue.as_deref() {
                Some(queue) if !queues.contains(queue) => {
                    problems.push(format!(
                        "handler {} listens on {queue}, which is no queue",
                        handler.name
                    ));
                }
                _ => {}
            }
            if handler.concurrency == 0 {
                problems.push(format!(
                    "handler {} may never run: its concurrency is 0",
                    handler.name
                ));
            }
        }
        for api in &self.apis {
            match (api.handler.as_deref(), &api.row) {
                (Some(handler), None) if handlers.contains(handler) => {}
                (None, Some(row)) if tables.contains(row.table) => {}
                _ => problems.push(format!(
                    "{} {} names no one handler or table",
                    api.method, api.path
                )),
            }
        }
        self.check_undoing(&handlers, &mut problems);
        self.check_sagas(&mut problems);
        let registered: BTreeSet<_> = registered.collect();
        for missing in handlers.difference(&registered) {
            problems.push(format!("handler {missing} has no implementation"));
        }
        for extra in registered.difference(&handlers) {
            problems.push(format!("handler {extra} is implemented but not declared"));
        }
        if let Some(cycle) = self.cycle() {
            problems.push(format!("topic {cycle} routes to itself"));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Error {
                system: self.name.clone(),
                problems,
            })
        }
    }

    fn check_undoing(&self, handlers: &BTreeSet<&str>, problems: &mut Vec<String>) {
        for handler in &self.handlers {
            let Some(undoes) = &handler.undoes else { continue };
            if !handlers.contains(undoes.handler.as_str()) || undoes.handler == handler.name {
                problems.push(format!(
                    "handler {} undoes {}, which is no other handler",
                    handler.name, undoes.handler
                ));
            }
            if undoes.by.is_empty() {
                problems.push(format!("handler {} undoes without a key", handler.name));
            }
        }
    }

    /// Checks that everything is there that sagas speak of.
    fn check_sagas(&self, problems: &mut Vec<String>) {
        for saga in self.sagas.iter().map(|saga| saga.definition.as_ref()) {
            let name = &saga.name;
            if let Some(queue) = &saga.queue
                && !self.queues.iter().any(|known| known.name == *queue)
            {
                problems.push(format!("saga {name} starts on {queue}, which is no queue"));
            }
            if !name.contains('.') {
                problems.push(format!("saga {name} is of no service"));
            }
            saga.actions(&mut |step, action| {
                if let Some(missing) = self.missing(action) {
                    problems.push(format!(
                        "{step} of saga {name} speaks of {missing}, which isn't there"
                    ));
                }
            });
        }
    }

    /// The handler, table or channel of an action, when it isn't there.
    fn missing<'a>(&self, action: &'a Action) -> Option<&'a str> {
        let (name, is_there) = match action {
            Action::Call { handler, .. } => {
                (handler, self.handlers.iter().any(|known| known.name == *handler))
            }
            Action::Emit { channel, .. } => {
                let topic = self.topics.iter().any(|known| known.name == *channel);
                (
                    channel,
                    topic || self.queues.iter().any(|known| known.name == *channel),
                )
            }
            Action::Insert { table, .. }
            | Action::Put { table, .. }
            | Action::Update { table, .. }
            | Action::Get { table }
            | Action::Delete { table } => {
                let name = &table.name;
                (name, self.tables.iter().any(|known| known.name == *name))
            }
        };
        (!is_there).then_some(name.as_str())
    }

    /// A topic that its own messages come back to.
    fn cycle(&self) -> Option<&str> {
        self.topics.iter().map(|topic| topic.name.as_str()).find(|start| {
            let (mut reached, mut open) = (BTreeSet::new(), vec![*start]);
            while let Some(from) = open.pop() {
                for route in self.routes.iter().filter(|route| route.from == from) {
                    if route.to == *start {
                        return true;
                    }
                    if reached.insert(route.to.as_str()) {
                        open.push(&route.to);
                    }
                }
            }
            false
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HandlerSpec, Queue, Route, Topic};

    #[test]
    fn every_problem_is_listed() {
        let topology = Topology::new("Broken")
            .topic(Topic::new("a"))
            .topic(Topic::new("b"))
            .queue(Queue::new("q").dead_letter_after(0))
            .route(Route::new("a", "b"))
            .route(Route::new("b", "a"))
            .route(Route::new("q", "nowhere"))
            .handler(HandlerSpec::new("S.one").on("missing"));
        let error = topology.check(["S.two"].into_iter()).unwrap_err();
        assert_eq!(
            error.problems,
            [
                "a route starts at q, which is no topic",
                "a route ends at nowhere, which is no channel",
                "queue q allows no attempt",
                "handler S.one listens on missing, which is no queue",
                "handler S.one has no implementation",
                "handler S.two is implemented but not declared",
                "topic a routes to itself",
            ]
        );
    }
}
