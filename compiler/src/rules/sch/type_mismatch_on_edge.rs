//! What is sent on an edge can't be read as what is expected at its end.

use aqueduct_dsl::diagnostic::{Code, Severity};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::check::{Context, Sink};
use crate::facts::mapping::{self, Wanted};
use crate::facts::subtype::{Mismatch, mismatches};
use crate::facts::values::Names;
use crate::model::{
    Action, Channel, ChannelKind, Id, Mapping, Model, Role, Route, Saga, StageKind, TypeDecl, TypeKind,
};
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
        for (channel, span) in handler.on.iter().chain(&handler.also_on).copied() {
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
    for (id, saga) in model.sagas.iter() {
        let name = model.saga_name(id);
        if let Some((channel, span)) = saga.on {
            let wanted = End {
                ty: saga.input,
                span: saga.input_span,
                role: format!("`{name}` begins with"),
            };
            compare(cx, out, &carried(channel), &wanted, span);
        }
        for (action, role) in saga.actions() {
            mapped(cx, out, saga, action, role);
            // Of several that a channel carries it takes the one that it waits for.
            let among = |channel| model.members(model.channels[channel].carries);
            let awaited = action.awaited();
            let awaited = awaited.filter(|(message, channel)| !among(*channel).contains(message));
            if let Some((message, channel)) = awaited {
                let wanted = End {
                    ty: message,
                    span: action.span,
                    role: format!("`{name}` waits for"),
                };
                compare(cx, out, &carried(channel), &wanted, action.span);
            }
            if let Some((message, channel)) = action.emitted() {
                let given = End {
                    ty: message,
                    span: action.span,
                    role: format!("`{name}` emits"),
                };
                compare(cx, out, &given, &carried(channel), action.span);
            }
        }
        // What `done` emits was looked at there.
        let inline = |of: Id<TypeDecl>| matches!(model.types[of].kind, TypeKind::Record { inline: true, .. });
        if let (Some((reply, span)), Some(answer)) = (saga.reply, &saga.answer)
            && inline(reply)
        {
            let names = |path: &[SmolStr]| mapping::type_at(model, saga, path);
            let found = mapping::mismatches(model, &names, reply, answer, Wanted::Part);
            report(out, &format!("`{name}` can't answer with this"), span, found);
        }
        for fail in saga.fails() {
            let found = mapping::mismatches(
                model,
                &|path| mapping::type_at(model, saga, path),
                fail.fault,
                &fail.fields,
                Wanted::Whole,
            );
            let fault = &model.types[fail.fault].label;
            report(
                out,
                &format!("`{}` can't be made of this", fault.name),
                fault.span,
                found,
            );
        }
    }
    for route in model.routes.values() {
        route_fits(cx, out, route);
    }
    for (id, handler) in model.handlers.iter() {
        for ask in &handler.asks {
            let given = End {
                ty: ask.message,
                span: ask.span,
                role: format!("`{}` asks", model.handler_name(id)),
            };
            compare(cx, out, &given, &carried(ask.channel), ask.span);
        }
    }
    for scatter in model.scatters.values() {
        let name = &scatter.label.name;
        for (message, channel, span) in &scatter.asks {
            let given = End {
                ty: *message,
                span: *span,
                role: format!("`{name}` asks"),
            };
            compare(cx, out, &given, &carried(*channel), *span);
        }
        for gather in &scatter.gathers {
            let wanted = End {
                ty: gather.message,
                span: gather.span,
                role: format!("`{name}` gathers"),
            };
            compare(cx, out, &carried(gather.channel), &wanted, gather.span);
        }
    }
    for converter in model.converters.values() {
        let names = |path: &[SmolStr]| mapping::type_in(model, converter.from, path);
        written(model, out, &names, converter.to, &converter.fields);
    }
    for (id, channel) in model.channels.iter() {
        if let ChannelKind::Queue { dead_letter, .. } = &channel.kind
            && let Some((to, span)) = dead_letter.to
        {
            compare(cx, out, &carried(id), &carried(to), span);
        }
    }
}

/// What arrives at the end of a route, and what goes elsewhere on the way. From a channel of several types to one of
/// fewer only those go that fit there.
fn route_fits(cx: &Context<'_>, out: &mut Sink<'_>, route: &Route) {
    let model = cx.model;
    let channel = |id: Id<Channel>| {
        let channel = &model.channels[id];
        End {
            ty: channel.carries,
            span: channel.carries_span,
            role: format!("`{}` carries", channel.label.name),
        }
    };
    let last = route.stages.iter().rev().find(|stage| stage.takes != route.gives);
    let given = End {
        ty: route.gives,
        span: last.map_or(model.channels[route.from].carries_span, |stage| stage.span),
        role: if route.gives == model.channels[route.from].carries {
            format!("`{}` carries", model.channels[route.from].label.name)
        } else {
            "what comes out of this stage is".to_owned()
        },
    };
    some_fit(cx, out, &given, &channel(route.to), route.span);
    for stage in &route.stages {
        let names = |path: &[SmolStr]| mapping::type_at_stage(model, stage, path);
        if let StageKind::Translate { message, fields } = &stage.kind {
            written(model, out, &names, *message, fields);
        }
        if let StageKind::Enrich { handler, input, .. } = &stage.kind
            && let Some(of) = model.handlers[*handler].input
        {
            written(model, out, &names, of, input);
        }
        if let StageKind::Tap(to) = stage.kind {
            let given = End {
                ty: stage.takes,
                span: stage.span,
                role: "what flows here is".to_owned(),
            };
            some_fit(cx, out, &given, &channel(to), stage.span);
        }
    }
}

/// What is made on the way; that all of it is there is seen where it is read.
fn written(model: &Model, out: &mut Sink<'_>, names: &Names<'_>, of: Id<TypeDecl>, given: &Mapping) {
    let found = mapping::mismatches(model, names, of, given, Wanted::Part);
    let made = &model.types[of].label;
    report(
        out,
        &format!("{} can't be made of this", made.name),
        made.span,
        found,
    );
}

/// One of several types is enough: the others go elsewhere.
fn some_fit(cx: &Context<'_>, out: &mut Sink<'_>, given: &End, wanted: &End, edge: SpanId) {
    let members = cx.model.members(given.ty);
    let fits = |member: &Id<TypeDecl>| mismatches(cx.model, *member, wanted.ty).is_empty();
    if members.len() < 2 || !members.iter().any(fits) {
        compare(cx, out, given, wanted, edge);
    }
}

/// What an action is given, held against what it takes.
fn mapped(cx: &Context<'_>, out: &mut Sink<'_>, saga: &Saga, action: &Action, role: Role<'_>) {
    let model = cx.model;
    let Some((of, wanted)) = mapping::made_by(model, action) else {
        return;
    };
    let begun = action
        .begun()
        .map(|saga| (model.saga_name(saga), model.sagas[saga].label.span));
    let (taker, there) = match (action.called(), action.store(), begun) {
        (None, None, Some(begun)) => begun,
        (Some(handler), ..) => (model.handler_name(handler), model.handlers[handler].label.span),
        (None, Some(store), _) => (model.store_name(store), model.stores[store].label.span),
        (None, None, None) => (model.types[of].label.name.to_string(), model.types[of].label.span),
    };
    let giver = match role {
        Role::Forward(step) => format!("step `{}`", step.label.name),
        Role::Undo(step) => format!("the undo of `{}`", step.label.name),
        Role::Alone => "`start`".to_owned(),
        Role::Done => "`done`".to_owned(),
        Role::Failed => "`failed`".to_owned(),
    };
    let names = |path: &[SmolStr]| mapping::type_at(model, saga, path);
    let found = action
        .mapping()
        .map(|given| mapping::mismatches(model, &names, of, given, wanted));
    let found = found.unwrap_or_default();
    report(
        out,
        &format!("{giver} doesn't give `{taker}` what it takes"),
        there,
        found,
    );
}

fn report(out: &mut Sink<'_>, what: &str, there: SpanId, found: Vec<(Mismatch, SpanId)>) {
    let mut found = found.into_iter();
    let Some((first, span)) = found.next() else { return };
    out.report(span, format!("{what}: {}", first.why), |finding| {
        let finding = finding.label("made here").related(there, "taken here");
        found
            .fold(finding, |finding, (other, _)| {
                finding.note(format!("also: {}", other.why))
            })
            .help("give every required field a value of its type")
    });
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
