//! A message that is private to its domain is used by another one.

use aqueduct_dsl::diagnostic::{Code, Severity};
use aqueduct_dsl::source::SpanId;

use crate::check::{Context, Sink};
use crate::model::{Domain, Id, TypeDecl, TypeKind};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("COU010"),
    name: "private-event-crosses-domain",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    let model = cx.model;
    if model.domains.is_empty() {
        return;
    }
    for channel in model.channels.values() {
        judge(
            cx,
            out,
            channel.carries,
            channel.domain,
            channel.carries_span,
            "is carried",
        );
    }
    for handler in model.handlers.values() {
        let home = model.services[handler.service].domain;
        if let Some(input) = handler.input {
            judge(cx, out, input, home, handler.input_span, "is taken");
        }
        for emit in &handler.emits {
            judge(cx, out, emit.message, home, emit.span, "is sent");
        }
    }
    for saga in model.sagas.values() {
        judge(
            cx,
            out,
            saga.input,
            model.services[saga.service].domain,
            saga.input_span,
            "begins a saga",
        );
    }
}

fn judge(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    message: Id<TypeDecl>,
    home: Option<Id<Domain>>,
    span: SpanId,
    how: &str,
) {
    for id in cx.model.members(message) {
        let declared = &cx.model.types[id];
        let TypeKind::Message { contract, .. } = &declared.kind else {
            continue;
        };
        // What belongs to no domain is common to all.
        let Some(owner) = declared
            .domain
            .filter(|owner| Some(*owner) != home && !contract.public)
        else {
            continue;
        };
        let (name, owner) = (&declared.label.name, &cx.model.domains[owner].label.name);
        let here = home.map_or("outside of every domain".to_owned(), |home| {
            format!("in domain `{}`", cx.model.domains[home].label.name)
        });
        out.report(
            span,
            format!("`{name}` is private to domain `{owner}`, and {how} {here}"),
            |finding| {
                finding
                    .label("another domain depends on it")
                    .related(declared.label.span, "not `public`")
                    .note("whoever owns a private message may change it without a word to anybody")
                    .help(format!(
                        "make it `public` in `{owner}`, or send a public message made from it"
                    ))
            },
        );
    }
}
