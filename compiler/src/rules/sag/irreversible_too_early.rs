//! What nobody can take back is done while the saga may still go back.

use aqueduct_dsl::diagnostic::{Code, Severity};

use super::missing_compensation::is_irreversible;
use crate::check::{Context, Sink};
use crate::facts::saga::way::Way;
use crate::model::StepClass;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG014"),
    name: "irreversible-too-early",
    level: Severity::Warn,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for saga in cx.model.sagas.values() {
        let way = Way::of(saga);
        for step in saga.steps() {
            let Some(turn) = way.place(step).turn else {
                continue;
            };
            if step.class == StepClass::Pivot || !is_irreversible(cx.model, step) {
                continue;
            }
            let name = &step.label.name;
            out.report(
                step.label.span,
                format!("nobody can take `{name}` back, and {} after it", turn.what),
                |finding| {
                    finding
                        .label("is done too early")
                        .related(
                            turn.span,
                            if turn.beside {
                                "runs at the same time"
                            } else {
                                "comes after it"
                            },
                        )
                        .note("whoever was told of it would have to be told the contrary")
                        .help(format!(
                            "move `{name}` to the end and make it a `retriable`, or make it the `pivot`"
                        ))
                },
            );
        }
    }
}
