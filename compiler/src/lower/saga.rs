//! Lowers sagas: the signature, what follows the end, and the way through the steps.

mod action;
mod condition;
mod flow;
mod step;

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use super::label;
use super::scope::{Holds, Scope};
use super::service::key_paths;
use crate::codes;
use crate::constructs;
use crate::model::{Ending, Id, Saga, Service, TypeDecl};

/// What `it` and `error` stand for is not a step's to take.
const GIVEN: [&str; 3] = ["it", "error", "meta"];

/// What is the same everywhere in one saga.
struct Around<'a> {
    service: Id<Service>,
    /// All steps, wherever they stand, in the order of the text.
    steps: Vec<&'a ast::Name>,
}

/// A line of a block in which the order counts.
enum Entry<'a, 'm> {
    Clause(&'m Matched<'a>),
    Other(&'a ast::Entry),
    /// It has an error, or nothing carries it.
    Lost(&'a ast::Entry),
}

impl Lowering {
    pub(super) fn saga(&mut self, service: Id<Service>, operation: &ast::Operation, entry: &ast::Entry) {
        let lowered = self.saga_of(service, operation, entry);
        let Some(saga) = lowered else {
            self.names.broken(&operation.name.text);
            return;
        };
        let id = self.model.sagas.push(saga);
        if let Some(members) = self.names.members.get_mut(&service) {
            members.sagas.add(&operation.name, id);
        }
        self.model.services[service].sagas.push(id);
    }

    fn saga_of(
        &mut self,
        service: Id<Service>,
        operation: &ast::Operation,
        entry: &ast::Entry,
    ) -> Option<Saga> {
        if self.is_taken(service, |members| &members.sagas, &operation.name) {
            return None;
        }
        if let Some(fails) = &operation.fails {
            self.note(&constructs::SAGA_FAILS, fails.span);
        }
        if operation.yields.is_some() {
            self.note(&constructs::SAGA_REPLY, operation.name.span);
        }
        let (input, input_name, input_span) = self.saga_input(operation)?;
        let on = self.listens(&operation.listens);
        if operation.listens.is_empty() {
            self.note(&constructs::SAGA_UNHEARD, operation.name.span);
        }
        let (by, by_span) = self.saga_key(operation, input, &input_name)?;
        let mut steps = Vec::new();
        names_of_steps(&operation.block.entries, &mut steps);
        self.same_step_twice(&steps, &input_name, input_span);
        let around = Around { service, steps };
        let mut scope = Scope::default();
        scope.add(&input_name, input_span, Holds::Record(input));
        for step in &around.steps {
            scope.announce(&step.text, step.span);
        }

        let options = self.options(Owner::Saga, &operation.block.entries);
        let deadline = self.time(&options, "deadline", "limit");
        let lines = in_order(&operation.block.entries, &options);
        let body = lines
            .into_iter()
            .filter(|line| !is_about_the_whole(line))
            .collect();
        let at_start = scope.clone();
        let body = self.statements(&around, body, &mut scope);
        let done = options
            .get("done")
            .map(|clause| self.ending(&around, clause, &scope));
        let failed = options.get("failed").map(|clause| {
            let mut scope = at_start;
            for step in &around.steps {
                let why = "the saga may have failed before it";
                scope.add(&step.text, step.span, Holds::Unsure(why.to_owned()));
            }
            scope.add(&"error".into(), clause.span(), Holds::Failure);
            self.ending(&around, clause, &scope)
        });
        Some(Saga {
            label: label(&operation.name, entry),
            service,
            input,
            input_name,
            input_span,
            on,
            by,
            by_span,
            deadline,
            body,
            done,
            failed,
        })
    }

    fn saga_input(&mut self, operation: &ast::Operation) -> Option<(Id<TypeDecl>, SmolStr, SpanId)> {
        if let ast::Params::Message { ty, alias } = &operation.params {
            let input = self.message_type(ty, "a saga begins with a message")?;
            let name = alias.as_ref().map_or("it".into(), |name| name.text.clone());
            return Some((input, name, ty.span));
        }
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                operation.name.span,
                format!(
                    "saga `{}` doesn't say with which message it begins",
                    operation.name.text
                ),
            )
            .label("no message in its parentheses")
            .help(format!(
                "write `saga {}(SomeEvent as it) on a_queue by it.id`",
                operation.name.text
            )),
        );
        None
    }

    /// `by ride.ride_id`: what comes after the input's name.
    fn saga_key(
        &mut self,
        operation: &ast::Operation,
        input: Id<TypeDecl>,
        input_name: &SmolStr,
    ) -> Option<(Vec<Vec<SmolStr>>, SpanId)> {
        let Some(by) = &operation.by else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    operation.name.span,
                    format!("nothing tells two runs of saga `{}` apart", operation.name.text),
                )
                .label("no `by`")
                .note("the same message twice would be two runs: whatever it pays would be paid twice")
                .help(format!(
                    "say by which field: `saga {}(…) on … by {input_name}.id`",
                    operation.name.text
                )),
            );
            return None;
        };
        let mut names = Vec::new();
        for path in key_paths(by) {
            let Some(rest) = path.text.strip_prefix(&format!("{input_name}.")) else {
                let whole = format!("{input_name}.{}", path.text);
                self.out.push(
                    Diagnostic::error(
                        codes::UNRESOLVED_NAME,
                        path.span,
                        format!("the key of a saga is a field of `{input_name}`"),
                    )
                    .label(format!("did you mean `{whole}`?"))
                    .replace(format!("use `{whole}`"), path.span, whole),
                );
                return None;
            };
            names.push(ast::Name {
                text: rest.into(),
                span: path.span,
            });
        }
        if names.is_empty() {
            self.out.push(
                Diagnostic::error(
                    codes::ILL_FORMED_TYPE,
                    by.span,
                    "the key of a saga is a field, or several in parentheses",
                )
                .label("not a field")
                .help(format!("write `by {input_name}.id`")),
            );
            return None;
        }
        Some((self.key_paths(input, &names)?, by.span))
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
    fn ending(&mut self, around: &Around<'_>, clause: &Matched<'_>, scope: &Scope) -> Ending {
        let options = self.options(Owner::Statements, clause.block());
        let mut actions = Vec::new();
        for line in in_order(clause.block(), &options) {
            match line {
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
        Ending {
            actions,
            span: clause.span(),
        }
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
            .help("make it a step, or write `insert`, `put`, `update`, `delete` or `emit`"),
        );
    }
}

/// The lines of a block in the order of the text.
fn in_order<'a, 'm>(entries: &'a [ast::Entry], options: &'m Options<'a>) -> Vec<Entry<'a, 'm>> {
    let mut lines = Vec::new();
    for entry in entries {
        let matched = options.clauses.iter().find(|matched| {
            matches!(&entry.shape, ast::Shape::Flow(flow) if flow.clauses.iter().any(|clause| std::ptr::eq(clause, matched.clause)))
        });
        if let Some(matched) = matched.filter(|matched| matched.row.carried.anywhere()) {
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
    matches!(line, Entry::Clause(matched) if matches!(matched.row.word, "deadline" | "done" | "failed"))
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
