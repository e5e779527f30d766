//! Lowers what others do for a saga: handlers that answer at once or later, messages that are awaited, other sagas.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::Matched;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;

use super::Around;
use crate::codes;
use crate::constructs;
use crate::lower::Lowering;
use crate::lower::scope::Scope;
use crate::model::{Action, ActionKind, Handler, Id, Manner, Mapping, Saga};

impl Lowering {
    /// `Payments.capture(key: …)`, `Insurance(trip_id: …)`
    pub(super) fn call_of(
        &mut self,
        around: &Around<'_>,
        call: &ast::Call,
        manner: Manner,
        span: SpanId,
        scope: &Scope,
    ) -> Option<Action> {
        if manner == Manner::Answer && self.is_saga(Some(around.service), &call.callee.text) {
            self.note(&constructs::CHILD_SAGA, call.callee.span);
            let saga = self.find_saga(Some(around.service), &call.callee)?;
            let input = self.saga_input_of(saga, call, span, scope)?;
            return Some(Action {
                kind: ActionKind::Child { saga, input },
                span,
            });
        }
        let handler = self.find_handler(Some(around.service), &call.callee)?;
        let name = self.model.handler_name(handler);
        let declared = &self.model.handlers[handler];
        let there = declared.label.span;
        if self.model.is_external(handler) {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    call.callee.span,
                    format!("`{name}` belongs to somebody else, and a step calls handlers of the system"),
                )
                .label("a handler of an extern service")
                .related(there, "declared here")
                .note("what was asked of the other side, and what of it is taken back, is remembered by a handler")
                .help(format!("give one of your services a handler that `calls {name}`, and call that")),
            );
            return None;
        }
        if declared.on.is_some() {
            self.note(&constructs::STEP_LISTENS, call.callee.span);
        }
        let input = self.handler_input(handler, call, span, scope)?;
        Some(Action {
            kind: ActionKind::Call {
                handler,
                manner,
                input,
            },
            span,
        })
    }

    fn handler_input(
        &mut self,
        handler: Id<Handler>,
        call: &ast::Call,
        span: SpanId,
        scope: &Scope,
    ) -> Option<Mapping> {
        match self.model.handlers[handler].input {
            Some(input) => self.mapping(input, &call.args, span, scope),
            None if call.args.is_empty() => Some(Mapping {
                fields: Vec::new(),
                span,
            }),
            None => {
                let name = self.model.handler_name(handler);
                let there = self.model.handlers[handler].label.span;
                self.out.push(
                    Diagnostic::error(codes::OUT_OF_PLACE, span, format!("`{name}` takes no input"))
                        .label("has nowhere to go")
                        .related(there, "declared here")
                        .help("delete what stands in the parentheses, or give the handler these fields"),
                );
                None
            }
        }
    }

    fn saga_input_of(
        &mut self,
        saga: Id<Saga>,
        call: &ast::Call,
        span: SpanId,
        scope: &Scope,
    ) -> Option<Mapping> {
        let input = self.model.sagas[saga].input;
        self.mapping(input, &call.args, span, scope)
    }

    /// `await Managers.ask(…)`, `await Paid on payments where …`, `run Reports.make(…)`, `reserve courier(…)`
    pub(super) fn awaited(
        &mut self,
        around: &Around<'_>,
        matched: &Matched<'_>,
        scope: &Scope,
    ) -> Option<Action> {
        let span = matched.span();
        let (hole, manner) = match matched.row.word {
            "await" if matched.path("channel").is_some() => return self.receive(matched, scope),
            "await" => ("handler", Manner::Callback),
            "run" => ("job", Manner::Job),
            _ => ("hold", Manner::Hold),
        };
        let call = matched.call(hole)?;
        if self.is_saga(Some(around.service), &call.callee.text) {
            let (word, name) = (matched.row.word, &call.callee.text);
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    span,
                    format!("`{name}` is a saga, and needs no `{word}`"),
                )
                .label("is waited for as it is")
                .help(format!(
                    "write `{name}(…)` to wait for its end, or `start {name}(…)` not to wait"
                )),
            );
            return None;
        }
        if manner == Manner::Hold
            && let Some(handler) = self.held_by(around, &call.callee.text)
        {
            let input = self.handler_input(handler, call, span, scope)?;
            let kind = ActionKind::Call {
                handler,
                manner,
                input,
            };
            return Some(Action { kind, span });
        }
        self.call_of(around, call, manner, span, scope)
    }

    /// What a tentative holds with: its name stands for all three of its handlers.
    fn held_by(&self, around: &Around<'_>, path: &str) -> Option<Id<Handler>> {
        let owner = self.names.owner_of(Some(around.service), path)?;
        let last = path.rsplit('.').next()?;
        let mut tentatives = self.model.tentatives.values();
        let found = tentatives.find(|held| held.service == owner && held.label.name == last)?;
        Some(found.reserve)
    }

    /// `await Paid on payments where order_id == trip.trip_id`
    fn receive(&mut self, matched: &Matched<'_>, scope: &Scope) -> Option<Action> {
        let name = matched.path("message")?;
        let message = self.find_type(&name);
        let channel = self.find_channel(&matched.path("channel")?);
        let (message, channel) = (message?, channel?);
        let only_if = match matched.expr("predicate") {
            Some(predicate) => {
                let scope = scope.clone().on_ground(message, name.span);
                Some(self.condition(predicate, &scope)?)
            }
            None => None,
        };
        Some(Action {
            kind: ActionKind::Receive {
                message,
                channel,
                only_if,
            },
            span: matched.span(),
        })
    }

    /// `start Insurance(…)`
    pub(super) fn beginning(
        &mut self,
        around: &Around<'_>,
        matched: &Matched<'_>,
        scope: &Scope,
    ) -> Option<Action> {
        let (call, span) = (matched.call("saga")?, matched.span());
        let saga = self.find_saga(Some(around.service), &call.callee)?;
        let input = self.saga_input_of(saga, call, span, scope)?;
        Some(Action {
            kind: ActionKind::Start { saga, input },
            span,
        })
    }
}
