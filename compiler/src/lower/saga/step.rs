//! Lowers one step: what it does, how long and how often it is tried, and what takes it back.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{self, Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;

use super::Around;
use super::flow::{ends, lose};
use crate::codes;
use crate::facts::saga::faults;
use crate::lower::scope::{Holds, Scope};
use crate::lower::{Lowering, label};
use crate::model::{
    Action, ActionKind, Again, Id, Manner, OnFault, Retry, Setting, Statement, Step, StepClass, TypeDecl,
};

impl Lowering {
    /// A step, and what is known once it is done.
    pub(super) fn step(
        &mut self,
        around: &Around<'_>,
        step: &ast::Step,
        entry: &ast::Entry,
        scope: &mut Scope,
    ) -> Option<Statement> {
        if step.kind.text == "map" {
            let map = self.map(around, step, entry, scope);
            if map.is_none() {
                lose(entry, scope);
                self.names.broken(&step.name.text);
            }
            return map;
        }
        let lowered = self.step_of(around, step, entry, scope);
        let Some((lowered, certain)) = lowered else {
            lose(entry, scope);
            self.names.broken(&step.name.text);
            return None;
        };
        let holds = if around.slip {
            Holds::Unsure("a message may leave it out of its route".to_owned())
        } else if certain {
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
        let class = class(&step.kind.text)?;
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
        let (on, again, certain) = self.on_faults(around, step, &action, &options, scope);
        let heartbeat = self.heartbeat(&action, &options);
        let usual = self.usual_time(&action);
        let lowered = Step {
            label: label(&step.name, entry),
            class,
            timeout: self
                .time(&options, "timeout", "limit")
                .unwrap_or(Setting::default_of(usual)),
            retry: self.step_retry(&action, class, &options),
            heartbeat,
            on,
            again,
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
            return self.call_of(around, call, Manner::Answer, call.callee.span, scope);
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
        self.note_clause(Owner::Statements, &matched);
        if matches!(matched.row.word, "wait" | "fail" | "parallel") {
            let word = matched.row.word;
            self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, span, format!("`{word}` is no step"))
                    .label("gives nothing and can't be taken back")
                    .help(format!("write `{word} …` alone, without a name")),
            );
            return None;
        }
        match matched.row.word {
            "await" | "run" | "reserve" => self.awaited(around, &matched, scope),
            "start" => self.beginning(around, &matched, scope),
            _ => self.done_by_the_engine(around, &matched, scope),
        }
    }

    /// How long one try may take when nothing is said: as long as what it calls.
    fn usual_time(&self, action: &Action) -> u64 {
        match &action.kind {
            ActionKind::Call { handler, .. } => self.model.handlers[*handler].timeout.value,
            ActionKind::Child { saga, .. } => {
                let deadline = self.model.sagas[*saga].deadline;
                deadline.map_or(Step::TIMEOUT, |deadline| deadline.value)
            }
            ActionKind::Receive { .. }
            | ActionKind::Start { .. }
            | ActionKind::Insert { .. }
            | ActionKind::Put { .. }
            | ActionKind::Update { .. }
            | ActionKind::Get { .. }
            | ActionKind::Delete { .. }
            | ActionKind::Emit { .. } => Step::TIMEOUT,
        }
    }

    fn heartbeat(&mut self, action: &Action, options: &Options<'_>) -> Option<Setting<u64>> {
        let clause = options.get("heartbeat")?;
        let limit = self.time(options, "heartbeat", "limit")?;
        let later = |manner| matches!(manner, Manner::Callback | Manner::Job);
        if matches!(action.kind, ActionKind::Call { manner, .. } if later(manner)) {
            return Some(limit);
        }
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                clause.span(),
                "only somebody who answers later can say in between that he is still there",
            )
            .label("answers at once, or never")
            .help("delete it, or call with `await` or `run`"),
        );
        None
    }

    fn undo(&mut self, around: &Around<'_>, clause: &Matched<'_>, scope: &Scope) -> Option<Action> {
        let call = clause.call("action")?;
        match clause.word("verb") {
            Some(verb) => self.row_action(around, &verb.text, call, clause.span(), scope),
            None => self.call_of(around, call, Manner::Answer, clause.span(), scope),
        }
    }

    fn step_retry(&mut self, action: &Action, class: StepClass, options: &Options<'_>) -> Retry {
        let by_the_engine = action.store().is_some() || action.emitted().is_some();
        let usual = match class {
            StepClass::Retriable => Retry::until_settled(),
            StepClass::Compensatable | StepClass::Pivot | StepClass::ReadOnly if by_the_engine => {
                Retry::without_code()
            }
            StepClass::Compensatable | StepClass::Pivot | StepClass::ReadOnly => Retry::never(),
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
        let Some(mut found) = self.tries(clause) else {
            return usual;
        };
        for name in clause.paths("fault") {
            let Some(fault) = self.fault_of(action, &name) else {
                return usual;
            };
            found.on.push(fault);
        }
        found
    }

    /// One of the faults that an action may raise.
    fn fault_of(&mut self, action: &Action, name: &ast::Name) -> Option<Id<TypeDecl>> {
        if let Some(handler) = action.called() {
            return self.declared_fault(handler, name);
        }
        let ActionKind::Child { saga, .. } = action.kind else {
            self.no_faults(name.span);
            return None;
        };
        let fault = self.find_fault(name)?;
        if faults::declared(&self.model, action).contains(&fault) {
            return Some(fault);
        }
        let declared = &self.model.sagas[saga].label;
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                name.span,
                format!("`{}` never fails with `{}`", declared.name, name.text),
            )
            .label("not one of its faults")
            .related(declared.span, "declared here")
            .help(format!("declare it there: `fails {}`", name.text)),
        );
        None
    }

    /// What is done in the step's place, and whether the step is done whenever the saga goes on behind it.
    fn on_faults(
        &mut self,
        around: &Around<'_>,
        step: &ast::Step,
        action: &Action,
        options: &Options<'_>,
        scope: &mut Scope,
    ) -> (Vec<OnFault>, Vec<Again>, bool) {
        let (mut found, mut again): (Vec<OnFault>, Vec<Again>) = (Vec::new(), Vec::new());
        let mut certain = true;
        for clause in options.all("on") {
            for name in clause.paths("fault") {
                let fault = if name.text == "timeout" {
                    None
                } else {
                    let Some(fault) = self.fault_of(action, &name) else {
                        continue;
                    };
                    Some(fault)
                };
                let earlier = found
                    .iter()
                    .find(|other| other.fault == fault)
                    .map(|other| other.span);
                let retried = again
                    .iter()
                    .find(|other| Some(other.fault) == fault)
                    .map(|other| other.span);
                if let Some(first) = earlier.or(retried) {
                    self.said_twice(&name, first);
                    continue;
                }
                if clause.number("count").is_some() {
                    again.extend(self.tried_again(clause, fault, &name));
                    if clause.block().is_empty() {
                        continue;
                    }
                }
                let mut inside = scope.clone();
                let why = "it has failed".to_owned();
                inside.add(&step.name.text, step.name.span, Holds::Unsure(why));
                inside.add(&"error".into(), clause.span(), Holds::Caught);
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
        let raised = faults::declared(&self.model, action).into_iter().map(Some);
        let silent = action.called().is_some() || action.begun().is_some();
        for fault in raised.chain(silent.then_some(None)) {
            let of_its_own = found.iter().any(|on| on.fault == fault);
            let goes_on = around
                .caught
                .iter()
                .any(|(caught, ends)| *caught == fault && !ends);
            certain &= of_its_own || !goes_on;
        }
        (found, again, certain)
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
