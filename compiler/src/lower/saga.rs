//! Lowers sagas: the signature first, so that others can speak of it; then the whole.

mod action;
pub(super) mod condition;
mod flow;
mod map;
mod signature;
mod step;
#[cfg(test)]
mod tests;
mod verb;
mod whole;

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use super::scope::{GIVEN, Holds, Scope};
use crate::codes;
use crate::model::{Ending, Id, Saga, Service, Setting, TypeDecl};

/// A saga between the two passes.
pub(super) struct DeclaredSaga<'a> {
    pub(super) id: Id<Saga>,
    operation: &'a ast::Operation,
    options: Options<'a>,
}

/// What is the same everywhere in one saga.
struct Around<'a> {
    service: Id<Service>,
    saga: Id<Saga>,
    /// All steps, wherever they stand, in the order of the text.
    steps: Vec<&'a ast::Name>,
    /// Faults with a way of their own wherever they happen, and whether the saga ends on it; nothing is `timeout`.
    caught: Vec<(Option<Id<TypeDecl>>, bool)>,
    /// Its message chooses which steps are taken.
    slip: bool,
}

/// A line of a block in which the order counts.
enum Entry<'a, 'm> {
    Clause(&'m Matched<'a>),
    Other(&'a ast::Entry),
    /// It has an error.
    Lost(&'a ast::Entry),
}

impl Lowering {
    /// The signature, by which others know it.
    pub(super) fn declare_saga<'a>(
        &mut self,
        service: Id<Service>,
        operation: &'a ast::Operation,
        entry: &ast::Entry,
    ) -> Option<DeclaredSaga<'a>> {
        let Some((saga, options)) = self.signature(service, operation, entry) else {
            self.names.broken(&operation.name.text);
            return None;
        };
        let id = self.model.sagas.push(saga);
        if let Some(members) = self.names.members.get_mut(&service) {
            members.sagas.add(&operation.name, id);
        }
        self.model.services[service].sagas.push(id);
        Some(DeclaredSaga {
            id,
            operation,
            options,
        })
    }

    /// What a declared saga does.
    pub(super) fn saga(&mut self, declared: &DeclaredSaga<'_>) {
        let (id, operation) = (declared.id, declared.operation);
        let (input, service) = (self.model.sagas[id].input, self.model.sagas[id].service);
        let (input_name, input_span) = {
            let saga = &self.model.sagas[id];
            (saga.input_name.clone(), saga.input_span)
        };
        let mut steps = Vec::new();
        names_of_steps(&operation.block.entries, &mut steps);
        self.same_step_twice(&steps, &input_name, input_span);
        let mut around = Around {
            service,
            saga: id,
            steps,
            caught: Vec::new(),
            slip: declared.options.get("style").is_some(),
        };
        let mut scope = Scope::default();
        scope.add(&"meta".into(), operation.name.span, Holds::Meta);
        // Fields that stand in the signature are spoken of by their names, as in a handler.
        if matches!(operation.params, ast::Params::Fields(_)) {
            scope = scope.on_ground(input, input_span);
        } else {
            scope.add(&input_name, input_span, Holds::Record(input));
        }
        for step in &around.steps {
            scope.announce(&step.text, step.span);
        }
        let at_start = scope.clone();
        let options = &declared.options;
        let (on_fault, again) = self.caught_anywhere(&mut around, options, &at_start);
        let lines = in_order(&operation.block.entries, options);
        let body = lines
            .into_iter()
            .filter(|line| !is_about_the_whole(line))
            .collect();
        let body = self.statements(&around, body, &mut scope);
        let done = options
            .get("done")
            .map(|clause| self.ending(&around, clause, &scope));
        let failed = options.get("failed").map(|clause| {
            let mut scope = anywhere(&around, &at_start, "the saga may have failed before it");
            scope.add(&"error".into(), clause.span(), Holds::Failure);
            self.ending(&around, clause, &scope)
        });
        let style = self.style(&around, options, &at_start);
        let saga = &mut self.model.sagas[id];
        saga.body = body;
        saga.on_fault = on_fault;
        saga.again = again;
        let read = |ending: &Option<(Ending, bool)>| ending.as_ref().is_none_or(|(_, whole)| *whole);
        let (done_read, failed_read) = (read(&done), read(&failed));
        saga.done = done.map(|(ending, _)| ending);
        saga.failed = failed.map(|(ending, _)| ending);
        saga.style = style;
        if done_read {
            self.answers(id, &scope);
        }
        if failed_read {
            self.tells_every_fault(id);
        }
        let lowered = self.model.sagas[id].steps().len() + self.model.sagas[id].maps().len();
        if lowered == around.steps.len() {
            self.caught_in_vain(id);
        }
    }

    /// `concurrency 5`
    fn many_at_once(&mut self, options: &Options<'_>) -> Option<Setting<u32>> {
        let (text, span) = options.get("concurrency")?.number("count")?;
        let value = self.count(&text, span, "`concurrency` is", 1..=10_000)?;
        Some(Setting { value, span })
    }

    fn same_step_twice(&mut self, steps: &[&ast::Name], input_name: &SmolStr, input_span: SpanId) {
        for (index, step) in steps.iter().enumerate() {
            let earlier = steps.iter().take(index).find(|other| other.text == step.text);
            let first = match earlier {
                Some(earlier) => Some((earlier.span, "first declared here")),
                None if step.text == *input_name => {
                    Some((input_span, "what the saga begins with is called so"))
                }
                None => None,
            };
            if let Some((first, there)) = first {
                self.out.push(
                    Diagnostic::error(
                        codes::NAME_TWICE,
                        step.span,
                        format!("step `{}` is declared twice", step.text),
                    )
                    .label("declared again here")
                    .related(first, there)
                    .note("the log of a running saga knows its steps by name")
                    .help("rename one of the two"),
                );
            } else if GIVEN.contains(&step.text.as_str()) {
                self.out.push(
                    Diagnostic::error(
                        codes::NAME_TWICE,
                        step.span,
                        format!("`{}` is a name of the language", step.text),
                    )
                    .label("stands for something else already")
                    .help("give the step a name of its own"),
                );
            }
        }
    }

    /// `done { }` and `failed { }`: rows and messages, one after the other.
    ///
    /// With whether all of it could be read.
    fn ending(&mut self, around: &Around<'_>, clause: &Matched<'_>, scope: &Scope) -> (Ending, bool) {
        let options = self.options(Owner::Statements, clause.block());
        let lines = in_order(clause.block(), &options);
        let count = lines.len();
        let mut actions = Vec::new();
        for line in lines {
            match line {
                Entry::Clause(matched) if matched.row.word == "start" => {
                    actions.extend(self.beginning(around, matched, scope));
                }
                Entry::Clause(matched) if action::changes_something(matched) => {
                    actions.extend(self.done_by_the_engine(around, matched, scope));
                }
                Entry::Clause(matched) => {
                    self.not_in_an_ending(&format!("`{}`", matched.row.word), matched.span());
                }
                Entry::Other(entry) => self.not_in_an_ending(&super::shape_name(&entry.shape), entry.span),
                Entry::Lost(_) => {}
            }
        }
        let whole = actions.len() == count;
        let message = clause.path("message").and_then(|name| {
            let message = self.find_type(&name)?;
            if whole {
                self.is_emitted(message, name.span, &actions, clause.row.word)?;
            }
            Some((message, name.span))
        });
        let ending = Ending {
            message,
            actions,
            span: clause.span(),
        };
        (ending, whole)
    }

    fn not_in_an_ending(&mut self, what: &str, span: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                format!("{what} can't follow the end of a saga"),
            )
            .label("neither a row nor a message")
            .note("what follows the end is tried until it is done: rows of the service, and messages")
            .help("make it a step, or write `insert`, `put`, `update`, `delete`, `emit` or `start`"),
        );
    }
}

/// What is known where any step may have been the last.
fn anywhere(around: &Around<'_>, at_start: &Scope, why: &str) -> Scope {
    let mut scope = at_start.clone();
    for step in &around.steps {
        scope.add(&step.text, step.span, Holds::Unsure(why.to_owned()));
    }
    scope
}

/// The lines of a block in the order of the text.
fn in_order<'a, 'm>(entries: &'a [ast::Entry], options: &'m Options<'a>) -> Vec<Entry<'a, 'm>> {
    let mut lines = Vec::new();
    for entry in entries {
        let matched = options.clauses.iter().find(|matched| {
            matches!(&entry.shape, ast::Shape::Flow(flow) if flow.clauses.iter().any(|clause| std::ptr::eq(clause, matched.clause)))
        });
        if let Some(matched) = matched {
            lines.push(Entry::Clause(matched));
        } else if options.others.iter().any(|other| std::ptr::eq(*other, entry)) {
            lines.push(Entry::Other(entry));
        } else {
            lines.push(Entry::Lost(entry));
        }
    }
    lines
}

fn is_about_the_whole(line: &Entry<'_, '_>) -> bool {
    matches!(
        line,
        Entry::Clause(matched)
            if matches!(
                matched.row.word,
                "deadline" | "done" | "failed" | "concurrency" | "style" | "route" | "on"
            )
    )
}

/// Every step below some entries, at any depth.
fn names_of_steps<'a>(entries: &'a [ast::Entry], found: &mut Vec<&'a ast::Name>) {
    for entry in entries {
        match &entry.shape {
            ast::Shape::Step(step) => {
                found.push(&step.name);
                if let Some(block) = &step.clause.block {
                    names_of_steps(&block.entries, found);
                }
            }
            ast::Shape::Branching(branching) => {
                for (_, block) in &branching.arms {
                    names_of_steps(&block.entries, found);
                }
                if let Some(block) = &branching.otherwise {
                    names_of_steps(&block.entries, found);
                }
            }
            ast::Shape::Flow(flow) => {
                for block in flow.clauses.iter().filter_map(|clause| clause.block.as_ref()) {
                    names_of_steps(&block.entries, found);
                }
            }
            ast::Shape::Spread(_)
            | ast::Shape::Field(_)
            | ast::Shape::Operation(_)
            | ast::Shape::Sample(_)
            | ast::Shape::Store(_)
            | ast::Shape::Channel(_)
            | ast::Shape::Message(_)
            | ast::Shape::TypeDef(_)
            | ast::Shape::Service(_)
            | ast::Shape::Scenario(_)
            | ast::Shape::Named(_) => {}
        }
    }
}
