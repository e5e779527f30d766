//! A saga may run out of time although every step keeps to its own.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::time;
use crate::model::duration_text;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("FLO007"),
    name: "deadline-unreachable",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for (id, saga) in cx.model.sagas.iter() {
        let worst = time::forward(saga);
        let Some(deadline) = saga.deadline.filter(|deadline| deadline.value < worst) else {
            continue;
        };
        let name = cx.model.saga_name(id);
        let (limit, worst) = (duration_text(deadline.value), duration_text(worst));
        out.report(
            deadline.span,
            format!("`{name}` has {limit}, and may need {worst}"),
            |finding| {
                let steps = saga.steps();
                let mut slow: Vec<_> = steps.iter().map(|step| (time::step(step), *step)).collect();
                slow.sort_by_key(|(takes, _)| std::cmp::Reverse(*takes));
                let finding = slow.iter().take(3).fold(finding, |finding, (takes, step)| {
                    finding.related(
                        step.label.span,
                        format!("up to {}, all tries and waits together", duration_text(*takes)),
                    )
                });
                finding
                    .label("may be over while a step still has tries before it")
                    .note("what every step would have done within its own time is taken back")
                    .help(format!(
                        "write `deadline {worst}`, or give the steps less time or fewer tries"
                    ))
            },
        );
    }
}
