//! What is sent on an edge can't be read as what is expected at its end.

use aqueduct_dsl::diagnostic::{Code, Severity};
use aqueduct_dsl::source::SpanId;

use crate::check::{Context, Sink};
use crate::facts::subtype::mismatches;
use crate::model::{ChannelKind, Id, TypeDecl};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SCH001"),
    name: "type-mismatch-on-edge",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

/// One end of an edge: the type, where it is said, and in what words.
struct End {
    ty: Id<TypeDecl>,
    span: SpanId,
    role: String,
}

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    let model = cx.model;
    let carried = |id| {
        let channel = &model.channels[id];
        End {
            ty: channel.carries,
            span: channel.carries_span,
            role: format!("`{}` carries", channel.label.name),
        }
    };
    for (id, handler) in model.handlers.iter() {
        let name = model.handler_name(id);
        for emit in &handler.emits {
            let given = End {
                ty: emit.message,
                span: emit.span,
                role: format!("`{name}` emits"),
            };
            compare(cx, out, &given, &carried(emit.channel), emit.span);
        }
        if let Some((channel, span)) = handler.on {
            match handler.input {
                Some(input) => {
                    let wanted = End {
                        ty: input,
                        span: handler.input_span,
                        role: format!("`{name}` takes"),
                    };
                    compare(cx, out, &carried(channel), &wanted, span);
                }
                None => out.report(
                    span,
                    format!(
                        "`{name}` listens on `{}` and takes no message",
                        model.channels[channel].label.name
                    ),
                    |finding| {
                        let carries = &model.types[model.channels[channel].carries].label.name;
                        finding.label(format!("{carries} arrives here")).help(format!(
                            "give it the message: `handler {}({carries}) on …`",
                            handler.label.name
                        ))
                    },
                ),
            }
        }
    }
    for route in model.routes.values() {
        compare(cx, out, &carried(route.from), &carried(route.to), route.span);
    }
    for (id, channel) in model.channels.iter() {
        if let ChannelKind::Queue { dead_letter, .. } = &channel.kind
            && let Some((to, span)) = dead_letter.to
        {
            compare(cx, out, &carried(id), &carried(to), span);
        }
    }
}

fn compare(cx: &Context<'_>, out: &mut Sink<'_>, given: &End, wanted: &End, edge: SpanId) {
    let found = mismatches(cx.model, given.ty, wanted.ty);
    let Some(first) = found.first() else { return };
    let name = |end: &End| cx.model.types[end.ty].label.name.clone();
    let (here, there) = (name(given), name(wanted));
    out.report(
        edge,
        format!(
            "{} {here}, and {} {there}: {}",
            given.role, wanted.role, first.why
        ),
        |finding| {
            let mut finding = finding
                .label(format!("{here} can't be read as {there}"))
                .related(given.span, format!("{here} is said here"))
                .related(wanted.span, format!("{there} is said here"));
            for other in found.iter().skip(1) {
                finding = finding.note(format!("also: {}", other.why));
            }
            finding.help(format!(
                "use {here} at both ends, or give {there} the fields of {here}"
            ))
        },
    );
}
