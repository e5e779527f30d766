//! An HTTP operation that says nothing about who may call it.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SEC003"),
    name: "open-entry",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for api in cx.model.apis.values().filter(|api| api.auth.is_none()) {
        let service = &cx.model.services[api.service].label;
        out.report(
            api.label.span,
            format!("nothing says who may call {}", api.label.name),
            |finding| {
                finding
                    .label("open to everyone on the internet")
                    .related(service.span, "the service says nothing either")
                    .note("whoever finds the address puts messages into the system, or reads what is in it")
                    .help(format!(
                        "say `auth jwt` in `{}`, or `auth none because \"…\"` where it is meant to be open",
                        service.name
                    ))
                    .holds_for("aws")
            },
        );
    }
}
