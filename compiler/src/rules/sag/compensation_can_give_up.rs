//! An undo may say no, and then the saga can go neither on nor back.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::model::ActionKind;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG007"),
    name: "compensation-can-give-up",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for step in cx.model.sagas.values().flat_map(|saga| saga.steps()) {
        let Some(undo) = &step.undo else { continue };
        let name = &step.label.name;
        if let ActionKind::Insert { store, .. } = undo.kind {
            let store = &cx.model.stores[store].label.name;
            out.report(
                undo.span,
                format!("the undo of `{name}` says no when the row is there already"),
                |finding| {
                    finding
                        .label("may have been done by an earlier try whose answer was lost")
                        .note("an undo is tried until it is done; one that says no leaves the saga stuck")
                        .help(format!("write `undo put {store}(…)`, which may be repeated"))
                },
            );
        }
        let Some(handler) = undo.called() else { continue };
        let back = cx.model.handler_name(handler);
        if let Some((fault, span)) = cx.model.handlers[handler].fails.first() {
            let fault = &cx.model.types[*fault].label.name;
            out.report(
                undo.span,
                format!("`{back}` takes `{name}` back, and may say {fault}"),
                |finding| {
                    finding
                        .label("can't say no")
                        .related(*span, "says no here")
                        .note("the saga would end half taken back, and wait for a person")
                        .help("let it succeed in every case: what it can't do at once it can note down for later")
                },
            );
        }
    }
}
