//! Lowers what handlers say of other handlers, of undoing and of time: `fails`, `calls`, `undoes`, `fence`, `takes`.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::Lowering;
use super::expression::decimal;
use crate::codes;
use crate::constructs;
use crate::model::{Breaker, Call, Handler, Id, Retry, Setting, TypeDecl, Undoes};

/// What can be promised of somebody else's handler; everything else is done by its owner.
const PROMISES: [&str; 7] = [
    "takes",
    "timeout",
    "undoes",
    "fence",
    "idempotent",
    "natural",
    "irreversible",
];

impl Lowering {
    /// What a handler says of others, once all of them are declared.
    pub(super) fn links(&mut self, id: Id<Handler>, options: &Options<'_>) {
        self.model.handlers[id].calls = self.calls(id, options);
        self.model.handlers[id].undoes = self.undoes(id, options);
        self.model.handlers[id].asks = self.asks(id, options);
        self.model.handlers[id].starts = self.starts_sagas(id, options);
        self.model.handlers[id].faults_to = self.faults_to(id, options);
    }

    /// `fails F | G`: faults, each once.
    pub(super) fn fails(&mut self, fails: Option<&ast::Type>) -> Vec<(Id<TypeDecl>, SpanId)> {
        let mut found: Vec<(Id<TypeDecl>, SpanId)> = Vec::new();
        for simple in fails.into_iter().flat_map(|ty| &ty.alternatives) {
            let Some(fault) = self.find_fault(&simple.name) else {
                continue;
            };
            if let Some((_, first)) = found.iter().find(|(other, _)| *other == fault) {
                self.out.push(said_twice(&simple.name, *first));
                continue;
            }
            found.push((fault, simple.span));
        }
        found
    }

    /// `takes 200ms`, `takes 200ms..2s`
    pub(super) fn takes(&mut self, options: &Options<'_>) -> Option<Setting<(u64, u64)>> {
        let (literal, span) = options.get("takes")?.literal("time")?;
        let value = match literal {
            ast::Literal::Duration(time) => Some((*time, *time)),
            ast::Literal::Range(from, to) => match (from.as_deref(), to.as_deref()) {
                (Some(ast::Literal::Duration(from)), Some(ast::Literal::Duration(to))) if from <= to => {
                    Some((*from, *to))
                }
                (None, Some(ast::Literal::Duration(to))) => Some((0, *to)),
                _ => None,
            },
            ast::Literal::Number(_)
            | ast::Literal::Size(_)
            | ast::Literal::Rate(..)
            | ast::Literal::Share(_)
            | ast::Literal::Text(_)
            | ast::Literal::Date(_)
            | ast::Literal::Bool(_)
            | ast::Literal::None => None,
        };
        if value.is_none() {
            self.out.push(
                Diagnostic::error(
                    codes::VALUE_DOES_NOT_FIT,
                    span,
                    "a handler takes a time, or from one to another",
                )
                .label("neither")
                .help("write `takes 200ms` or `takes 200ms..2s`"),
            );
        }
        value.map(|value| Setting { value, span })
    }

    pub(super) fn fence(
        &mut self,
        input: Option<Id<TypeDecl>>,
        options: &Options<'_>,
    ) -> Option<(Vec<Vec<SmolStr>>, SpanId)> {
        let clause = options.get("fence")?;
        let by = self.key_paths(input?, &clause.key("key")?)?;
        Some((by, clause.span()))
    }

    /// Says so for each clause of an extern handler that is for its owner to keep.
    pub(super) fn only_promises(&mut self, operation: &ast::Operation, options: &Options<'_>) {
        let spoken = options
            .clauses
            .iter()
            .filter(|clause| !PROMISES.contains(&clause.row.word))
            .map(|clause| (clause.row.word, clause.span()));
        let listens = operation.listens.iter().map(|name| ("on", name.span));
        for (word, span) in spoken.chain(listens).collect::<Vec<_>>() {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    span,
                    format!("`{word}` has no meaning for a handler that somebody else runs"),
                )
                .label("its owner's to say")
                .note("of an extern handler one declares what can be asked, how long it takes, and what it promises")
                .help(format!("delete it; an extern handler may say {}", promises())),
            );
        }
    }

    fn calls(&mut self, id: Id<Handler>, options: &Options<'_>) -> Vec<Call> {
        let mut calls: Vec<Call> = Vec::new();
        for clause in options.all("calls") {
            let home = self.model.handlers[id].service;
            for name in clause.paths("handler") {
                let Some(callee) = self.find_handler(Some(home), &name) else {
                    continue;
                };
                if !self.model.is_external(callee) {
                    self.note(&constructs::CALLS_OWN, name.span);
                }
                if callee == id {
                    self.out.push(
                        Diagnostic::error(codes::OUT_OF_PLACE, name.span, "a handler can't wait for itself")
                            .label("is this handler")
                            .help("call another one"),
                    );
                    continue;
                }
                if let Some(first) = calls.iter().find(|call| call.handler == callee) {
                    self.out.push(said_twice(&name, first.span));
                    continue;
                }
                let call = self.call(callee, clause, name.span);
                calls.push(call);
            }
        }
        calls
    }

    fn call(&mut self, callee: Id<Handler>, clause: &Matched<'_>, span: SpanId) -> Call {
        let options = self.options(Owner::Calls, clause.block());
        self.misplaced("call", &options.others);
        let timeout = self.time(&options, "timeout", "limit");
        let breaker = options.get("breaker").and_then(|clause| {
            let (text, span) = clause.number("count")?;
            Some(Breaker {
                failures: self.count(&text, span, "a breaker opens after", 1..=1_000)?,
                within: self.some_time(clause.duration("time")?)?.value,
                span: clause.span(),
            })
        });
        let bulkhead = options.get("bulkhead").and_then(|clause| {
            let (text, span) = clause.number("count")?;
            let value = self.count(&text, span, "a bulkhead lets through", 1..=10_000)?;
            Some(Setting { value, span })
        });
        let retry = options.get("retry").and_then(|clause| self.retry(callee, clause));
        Call {
            handler: callee,
            timeout: timeout.unwrap_or(Setting::default_of(self.model.handlers[callee].timeout.value)),
            retry: retry.unwrap_or_else(Retry::never),
            breaker,
            bulkhead,
            span,
        }
    }

    /// `retry 3 backoff 1s x2 cap 10s on F`
    pub(super) fn retry(&mut self, of: Id<Handler>, clause: &Matched<'_>) -> Option<Retry> {
        let mut retry = self.tries(clause)?;
        let faults: Vec<ast::Name> = clause.paths("fault");
        for name in faults {
            let fault = self.declared_fault(of, &name)?;
            retry.on.push(fault);
        }
        Some(retry)
    }

    /// The same for what has no faults of its own.
    pub(super) fn tries(&mut self, clause: &Matched<'_>) -> Option<Retry> {
        let (text, span) = clause.number("count")?;
        let count = self.count(&text, span, "`retry` is", 0..=100)?;
        let mut retry = Retry {
            count: Some(count),
            span: clause.span(),
            ..Retry::never()
        };
        if let Some((wait, _)) = clause.duration("wait") {
            retry.backoff = wait;
            retry.factor = Decimal::ONE;
        }
        if let Some(factor) = clause.word("factor") {
            retry.factor = factor
                .text
                .strip_prefix('x')
                .and_then(decimal)
                .unwrap_or(Decimal::ONE);
            if retry.factor < Decimal::ONE {
                self.out.push(
                    Diagnostic::error(codes::VALUE_DOES_NOT_FIT, factor.span, "waits don't get shorter")
                        .label("less than 1")
                        .help("write `x2`, or leave it out for equal waits"),
                );
                return None;
            }
        }
        retry.cap = match clause.duration("longest") {
            Some((longest, _)) => longest,
            None => retry.cap.max(retry.backoff),
        };
        Some(retry)
    }

    /// One of the faults that a handler says it fails with.
    pub(super) fn declared_fault(&mut self, of: Id<Handler>, name: &ast::Name) -> Option<Id<TypeDecl>> {
        let fault = self.find_fault(name)?;
        let handler = &self.model.handlers[of];
        if handler.fails.iter().any(|(known, _)| *known == fault) {
            return Some(fault);
        }
        let handler_name = self.model.handler_name(of);
        let known: Vec<&str> = handler
            .fails
            .iter()
            .map(|(known, _)| self.model.types[*known].label.name.as_str())
            .collect();
        let help = if known.is_empty() {
            format!("declare it there: `fails {}`", name.text)
        } else {
            format!(
                "it fails with {}; add `| {}` there if it does so as well",
                known.join(", "),
                name.text
            )
        };
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                name.span,
                format!("`{handler_name}` never fails with `{}`", name.text),
            )
            .label("not one of its faults")
            .related(handler.label.span, "declared here")
            .help(help),
        );
        None
    }

    fn undoes(&mut self, id: Id<Handler>, options: &Options<'_>) -> Option<Undoes> {
        let clause = options.get("undoes")?;
        let service = self.model.handlers[id].service;
        let name = clause.path("handler")?;
        let undone = self.find_handler(Some(service), &name)?;
        let (mine, theirs) = (&self.model.handlers[id], &self.model.handlers[undone]);
        if theirs.service != service || undone == id {
            let problem = if undone == id {
                "a handler can't take back what it does itself".to_owned()
            } else {
                format!("`{}` belongs to another service", name.text)
            };
            self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, name.span, problem)
                    .label("not another handler of this service")
                    .related(theirs.label.span, "declared here")
                    .note("whether there is something to undo is known where it was done, in the same transaction")
                    .help("name a handler of this service"),
            );
            return None;
        }
        let (Some(mine), Some(theirs)) = (mine.input, theirs.input) else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    clause.span(),
                    "what is done and what undoes it are paired by a field, and one of the two has none",
                )
                .label("takes no input")
                .help("give both handlers the key of the saga, such as `key: uuid`"),
            );
            return None;
        };
        let names = clause.key("key")?;
        let by = self.key_paths(mine, &names)?;
        let _ = self.key_paths(theirs, &names)?;
        Some(Undoes {
            handler: undone,
            by,
            span: clause.span(),
        })
    }

    /// A duration of an option, at least a millisecond.
    pub(super) fn time(&mut self, options: &Options<'_>, word: &str, hole: &str) -> Option<Setting<u64>> {
        self.some_time(options.get(word)?.duration(hole)?)
    }

    pub(super) fn some_time(&mut self, (value, span): (u64, SpanId)) -> Option<Setting<u64>> {
        if value == 0 {
            self.out.push(
                Diagnostic::error(codes::VALUE_DOES_NOT_FIT, span, "no time at all")
                    .label("nothing can happen in it")
                    .help("write a duration of at least `1ms`"),
            );
            return None;
        }
        Some(Setting { value, span })
    }
}

fn promises() -> String {
    PROMISES.map(|word| format!("`{word}`")).join(", ")
}

fn said_twice(name: &ast::Name, first: SpanId) -> Diagnostic {
    Diagnostic::error(
        codes::NAME_TWICE,
        name.span,
        format!("`{}` is said twice", name.text),
    )
    .label("again here")
    .related(first, "first here")
    .help("delete one of the two")
}
