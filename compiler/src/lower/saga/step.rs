//! Lowers one step: what it does, how long and how often it is tried, and what takes it back.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{self, Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;

use super::Around;
use super::flow::{ends, lose};
use crate::codes;
use crate::constructs;
use crate::lower::scope::{Holds, Scope};
use crate::lower::{Lowering, label};
use crate::model::{Action, Handler, Id, OnFault, Retry, Setting, Statement, Step, StepClass};

impl Lowering {
    /// A step, and what is known once it is done.
    pub(super) fn step(
        &mut self,
        around: &Around<'_>,
        step: &ast::Step,
        entry: &ast::Entry,
        scope: &mut Scope,
    ) -> Option<Statement> {
        let lowered = self.step_of(around, step, entry, scope);
        let Some((lowered, certain)) = lowered else {
            lose(entry, scope);
            self.names.broken(&step.name.text);
            return None;
        };
        let holds = if certain {
            self.result_of(&lowered.action)
        } else {
            Holds::Unsure("it may have failed, and something else was done in its place".to_owned())
        };
        scope.add(&step.name.text, step.name.span, holds);
        Some(Statement::Step(Box::new(lowered)))
    }

    fn step_of(
        &mut self,
        around: &Around<'_>,
        step: &ast::Step,
        entry: &ast::Entry,
        scope: &mut Scope,
    ) -> Option<(Step, bool)> {
        let Some(class) = class(&step.kind.text) else {
            self.note(&constructs::MAP, step.kind.span);
            return None;
        };
        let action = self.step_action(around, &step.clause, scope);
        let no_entries = Vec::new();
        let entries = step
            .clause
            .block
            .as_ref()
            .map_or(&no_entries, |block| &block.entries);
        let options = self.options(Owner::Step, entries);
        self.misplaced("step", &options.others);
        let undo = options.get("undo").map(|clause| {
            let mut known = scope.clone();
            let holds = action
                .as_ref()
                .map_or(Holds::Broken, |action| self.result_of(action));
            known.add(&step.name.text, step.name.span, holds);
            self.undo(around, clause, &known)
        });
        let action = action?;
        let called = action.called();
        let (on, certain) = self.on_faults(around, step, called, &options, scope);
        let usual = called.map_or(Step::TIMEOUT, |handler| {
            self.model.handlers[handler].timeout.value
        });
        let lowered = Step {
            label: label(&step.name, entry),
            class,
            timeout: self
                .time(&options, "timeout", "limit")
                .unwrap_or(Setting::default_of(usual)),
            retry: self.step_retry(called, class, &options),
            on,
            undo: match undo {
                Some(undo) => Some(undo?),
                None => None,
            },
            irreversible: options.get("irreversible").map(Matched::span),
            action,
        };
        Some((lowered, certain))
    }

    /// What stands behind the `=`, without its options.
    fn step_action(&mut self, around: &Around<'_>, clause: &ast::Clause, scope: &Scope) -> Option<Action> {
        let span = clause.span;
        if let ast::Head::Call(call) = &clause.head {
            if let Some(extra) = clause.args.first() {
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        extra.span,
                        "nothing comes between a call and its block",
                    )
                    .label("has no meaning here")
                    .help("put options into braces: `{ timeout 5s }`"),
                );
            }
            return self.call_of(around, call, call.callee.span, scope);
        }
        let bare = ast::Clause {
            block: None,
            ..clause.clone()
        };
        let matched = match clauses::matching(Owner::Statements, &bare) {
            Ok(matched) => matched,
            Err(diagnostic) => {
                self.out.push(diagnostic);
                return None;
            }
        };
        if !matched.row.carried.anywhere() {
            self.note_clause(Owner::Statements, &matched);
            return None;
        }
        if matches!(matched.row.word, "wait" | "fail" | "parallel") {
            let word = matched.row.word;
            self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, span, format!("`{word}` is no step"))
                    .label("gives nothing and can't be taken back")
                    .help(format!("write `{word} …` alone, without a name")),
            );
            return None;
        }
        self.done_by_the_engine(around, &matched, scope)
    }

    fn undo(&mut self, around: &Around<'_>, clause: &Matched<'_>, scope: &Scope) -> Option<Action> {
        let call = clause.call("action")?;
        match clause.word("verb") {
            Some(verb) => self.row_action(around, &verb.text, call, clause.span(), scope),
            None => self.call_of(around, call, clause.span(), scope),
        }
    }

    fn step_retry(&mut self, called: Option<Id<Handler>>, class: StepClass, options: &Options<'_>) -> Retry {
        let usual = match (class, called) {
            (StepClass::Retriable, _) => Retry::until_settled(),
            (_, Some(_)) => Retry::never(),
            (_, None) => Retry::without_code(),
        };
        let Some(clause) = options.get("retry") else {
            return usual;
        };
        if clause.expr("end").is_some() {
            let alarm = clause.duration("after").and_then(|after| self.some_time(after));
            return Retry {
                alarm: alarm.map(|after| after.value),
                span: clause.span(),
                ..Retry::until_settled()
            };
        }
        let found = if let Some(handler) = called {
            self.retry(handler, clause)
        } else {
            if let Some(fault) = clause.path("fault") {
                self.no_faults(fault.span);
            }
            self.tries(clause)
        };
        found.unwrap_or(usual)
    }

    /// What is done in the step's place, and whether the step is done whenever the saga goes on behind it.
    fn on_faults(
        &mut self,
        around: &Around<'_>,
        step: &ast::Step,
        called: Option<Id<Handler>>,
        options: &Options<'_>,
        scope: &mut Scope,
    ) -> (Vec<OnFault>, bool) {
        let mut found: Vec<OnFault> = Vec::new();
        let mut certain = true;
        for clause in options.all("on").filter(|clause| clause.row.carried.anywhere()) {
            for name in clause.paths("fault") {
                let fault = match (name.text.as_str(), called) {
                    ("timeout", _) => None,
                    (_, Some(handler)) => match self.declared_fault(handler, &name) {
                        Some(fault) => Some(fault),
                        None => continue,
                    },
                    (_, None) => {
                        self.no_faults(name.span);
                        continue;
                    }
                };
                if let Some(first) = found.iter().find(|other| other.fault == fault) {
                    self.out.push(
                        Diagnostic::error(
                            codes::NAME_TWICE,
                            name.span,
                            format!("`on {}` is said twice", name.text),
                        )
                        .label("again here")
                        .related(first.span, "first here")
                        .help("delete one of the two"),
                    );
                    continue;
                }
                let mut inside = scope.clone();
                let why = "it has failed".to_owned();
                inside.add(&step.name.text, step.name.span, Holds::Unsure(why));
                let start = inside.now();
                let body = self.block(around, clause.block(), &mut inside);
                certain &= ends(&body);
                let at = scope.now();
                scope.learn(inside.since(start));
                scope.doubt(at, "it runs only when another step has failed");
                found.push(OnFault {
                    fault,
                    body,
                    span: clause.span(),
                });
            }
        }
        (found, certain)
    }

    fn no_faults(&mut self, span: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                "a step without code has no faults of its own",
            )
            .label("nothing declares it here")
            .note("only a handler says no: `fails SomeFault`")
            .help("delete it, or call a handler that fails so"),
        );
    }
}

fn class(word: &str) -> Option<StepClass> {
    match word {
        "step" => Some(StepClass::Compensatable),
        "pivot" => Some(StepClass::Pivot),
        "retriable" => Some(StepClass::Retriable),
        "readonly" => Some(StepClass::ReadOnly),
        _ => None,
    }
}
