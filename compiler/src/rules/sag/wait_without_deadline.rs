//! A saga may wait for ever.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::time;
use crate::model::duration_text;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG008"),
    name: "wait-without-deadline",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for (id, saga) in cx.model.sagas.iter() {
        if saga.deadline.is_some() {
            continue;
        }
        let name = cx.model.saga_name(id);
        let worst = duration_text(time::forward(saga).max(1_000));
        out.report(
            saga.label.span,
            format!("nothing says when `{name}` has to have ended"),
            |finding| {
                finding
                    .label("has no `deadline`")
                    .note("what is held by a saga that hangs is held for ever, and nobody is told")
                    .help(format!(
                        "write `deadline …`; it may need {worst} with all its tries"
                    ))
            },
        );
    }
}
