//! Somebody waits shorter than what is waited for may take.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::time;
use crate::model::{Handler, duration_text};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("FLO006"),
    name: "timeout-inversion",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for (id, handler) in cx.model.handlers.iter() {
        let name = cx.model.handler_name(id);
        own_time(out, &name, handler);
        own_calls(cx, out, &name, handler);
        let worst = time::calls(handler);
        if !handler.calls.is_empty() && handler.timeout.value < worst {
            let (limit, worst) = (duration_text(handler.timeout.value), duration_text(worst));
            out.report(
                handler.label.span,
                format!("`{name}` gives up after {limit}, while its own calls may take {worst}"),
                |finding| {
                    let finding = handler.calls.iter().fold(finding, |finding, call| {
                        finding.related(call.span, format!("up to {}", duration_text(time::call(call))))
                    });
                    finding
                        .label("waits too short")
                        .note("whoever asked tries again, while the work of the first try is still going on")
                        .help(format!(
                            "write `timeout {worst}`, or shorten the calls and their tries"
                        ))
                },
            );
        }
    }
    for step in cx.model.sagas.values().flat_map(|saga| saga.steps()) {
        let Some(called) = step.action.called() else {
            continue;
        };
        let worst = time::calls(&cx.model.handlers[called]);
        if step.timeout.value < worst {
            let name = cx.model.handler_name(called);
            let (limit, worst) = (duration_text(step.timeout.value), duration_text(worst));
            out.report(
                step.label.span,
                format!(
                    "`{}` waits {limit} for `{name}`, whose calls may take {worst}",
                    step.label.name
                ),
                |finding| {
                    finding
                        .label("waits too short")
                        .related(
                            cx.model.handlers[called].label.span,
                            "asks others and waits for them",
                        )
                        .note("the step is tried again, or taken back, while the work is still going on")
                        .help(format!(
                            "write `timeout {worst}`, or shorten the calls and their tries"
                        ))
                },
            );
        }
    }
}

/// What usually takes longer than it may.
fn own_time(out: &mut Sink<'_>, name: &str, handler: &Handler) {
    let Some(takes) = handler
        .takes
        .filter(|takes| handler.timeout.value < takes.value.1)
    else {
        return;
    };
    let (limit, usual) = (duration_text(handler.timeout.value), duration_text(takes.value.1));
    out.report(
        takes.span,
        format!("`{name}` takes {usual}, and is given up on after {limit}"),
        |finding| {
            finding
                .label("longer than it may take")
                .related(handler.label.span, format!("may take {limit}"))
                .note("it would be tried again and again, and never be done")
                .help(format!("write a `timeout` of more than {usual}"))
        },
    );
}

fn own_calls(cx: &Context<'_>, out: &mut Sink<'_>, name: &str, handler: &Handler) {
    for call in &handler.calls {
        let Some(worst) = time::known_worst(cx.model, call).filter(|worst| call.timeout.value < *worst)
        else {
            continue;
        };
        let callee = cx.model.handler_name(call.handler);
        let (limit, worst) = (duration_text(call.timeout.value), duration_text(worst));
        // What isn't written is the callee's own limit.
        let said = call.timeout.span.is_somewhere();
        out.report(
            if said { call.timeout.span } else { call.span },
            format!("`{name}` waits {limit} for `{callee}`, which may take {worst}"),
            |finding| {
                finding
                    .label("waits too short")
                    .related(
                        cx.model.handlers[call.handler].label.span,
                        "says here how long it takes",
                    )
                    .note("the call is made again while the first is still going on")
                    .help(format!("write `timeout {worst}`"))
            },
        );
    }
}
