//! An undo may run for something that never happened, or for the second time, and would take back too much.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::contract::Promise;
use crate::facts::saga::promises::{Pairing, missing_on, pairing};
use crate::facts::saga::way::Way;
use crate::model::{Model, Step};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG004"),
    name: "compensation-not-null-safe",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for saga in cx.model.sagas.values() {
        let way = Way::of(saga);
        for step in saga.steps() {
            let missing = missing_on(cx.model, &way, step);
            let guard = missing.iter().find(|(promise, _)| *promise == Promise::Guard);
            let (Some((_, targets)), Some(undo)) = (guard, &step.undo) else {
                continue;
            };
            let name = &step.label.name;
            let (why, help) = advice(cx.model, step);
            out.report(
                undo.span,
                format!("`{name}` may never have happened when this takes it back"),
                |finding| {
                    let finding = finding
                        .label(why)
                        .related(step.label.span, "its answer may be lost, and then nobody knows")
                        .note("an undo that doesn't look first would give back what was never taken")
                        .help(help);
                    targets
                        .iter()
                        .fold(finding, |finding, target| finding.holds_for(target.word()))
                },
            );
        }
    }
}

fn advice(model: &Model, step: &Step) -> (String, String) {
    let (Some(undo), forward) = (&step.undo, step.action.called()) else {
        return (String::new(), String::new());
    };
    let name = |id| model.handler_name(id);
    let (back, there) = (undo.called().map(name), forward.map(name));
    let back = back.unwrap_or_else(|| "the undo".to_owned());
    match (pairing(model, forward, undo), forward, there) {
        (Pairing::NotPromised { asked }, ..) => {
            let asked_name = name(asked);
            (
                format!("asks somebody who doesn't promise to look first whether `{asked_name}` was done"),
                format!(
                    "if the other side does, say so where it is declared: `undoes {} by …` at what `{back}` calls",
                    model.handlers[asked].label.name
                ),
            )
        }
        (Pairing::NoKey, Some(forward), Some(there)) => (
            format!("`{there}` doesn't remember by that key that it was done"),
            format!(
                "say `idempotent by {}` at `{there}`",
                key(model, undo.called(), forward)
            ),
        ),
        (_, Some(forward), Some(there)) => (
            format!("`{back}` doesn't say what it takes back"),
            format!(
                "say `undoes {} by …` at `{back}`, and `idempotent by …` with the same key at `{there}`",
                model.handlers[forward].label.name
            ),
        ),
        _ => (
            format!("`{back}` doesn't look whether there is anything to take back"),
            "take it back with `update` or `delete`".to_owned(),
        ),
    }
}

/// The fields by which an undo is tied to what it takes back.
fn key(
    model: &Model,
    back: Option<crate::model::Id<crate::model::Handler>>,
    forward: crate::model::Id<crate::model::Handler>,
) -> String {
    let undoes = back.and_then(|back| model.handlers[back].undoes.as_ref());
    let undoes = undoes.filter(|undoes| undoes.handler == forward);
    let paths = undoes.map(|undoes| undoes.by.iter().map(|path| path.join(".")).collect::<Vec<_>>());
    match paths.as_deref() {
        Some([one]) => one.clone(),
        Some(several) => format!("({})", several.join(", ")),
        None => "…".to_owned(),
    }
}
