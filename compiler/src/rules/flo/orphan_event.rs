//! An event or a command is declared and nothing ever makes one.

use std::collections::HashSet;

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::model::{ApiTarget, Id, MessageKind, Shape, TypeDecl, TypeKind};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("FLO002"),
    name: "orphan-event",
    level: Severity::Warn,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    let made = made(cx);
    for (id, declared) in cx.model.types.iter() {
        let TypeKind::Message {
            kind: kind @ (MessageKind::Event | MessageKind::Command),
            ..
        } = &declared.kind
        else {
            continue;
        };
        if made.contains(&id) {
            continue;
        }
        let name = &declared.label.name;
        let carrying = cx.model.channels.values().find(|channel| channel.carries == id);
        out.report(
            declared.label.span,
            format!("{} `{name}` is declared and never published", kind.word()),
            |finding| {
                let finding = finding
                    .label("nothing makes one")
                    .note("whoever waits for it waits for ever");
                let finding = match carrying {
                    Some(channel) => finding.related(channel.label.span, "this channel is ready to carry it"),
                    None => finding,
                };
                finding.help(format!("let a handler say `emits {name} to …`, or delete it"))
            },
        );
    }
}

/// Types that something brings into being: an emission, a request, a row, or a part of one of these.
fn made(cx: &Context<'_>) -> HashSet<Id<TypeDecl>> {
    let model = cx.model;
    let mut made: HashSet<Id<TypeDecl>> = HashSet::new();
    for handler in model.handlers.values() {
        made.extend(handler.emits.iter().map(|emit| emit.message));
        made.extend(handler.asks.iter().map(|ask| ask.message));
        made.extend(handler.reply);
    }
    for scatter in model.scatters.values() {
        made.extend(scatter.asks.iter().map(|(message, ..)| *message));
    }
    for route in model.routes.values() {
        made.extend(route.stages.iter().map(|stage| stage.takes));
        let _ = made.insert(route.gives);
    }
    for converter in model.converters.values() {
        let _ = made.insert(converter.to);
    }
    for channel in model
        .channels
        .values()
        .filter(|channel| channel.external.is_some())
    {
        made.extend(model.members(channel.carries));
    }
    for saga in model.sagas.values() {
        for (action, _) in saga.actions() {
            made.extend(action.emitted().map(|(message, _)| message));
            made.extend(action.begun().map(|begun| model.sagas[begun].input));
        }
    }
    for api in model.apis.values() {
        match api.target {
            ApiTarget::Handler(handler) => made.extend(model.handlers[handler].input),
            ApiTarget::Channel(channel) => made.extend(model.members(model.channels[channel].carries)),
            ApiTarget::Scatter(scatter, _) => made.extend([model.scatters[scatter].input]),
            ApiTarget::Saga(saga, _) | ApiTarget::Complete(saga, _) => made.extend([model.sagas[saga].input]),
            ApiTarget::Row(_) | ApiTarget::Rows(_) => {}
        }
    }
    made.extend(model.stores.values().map(|store| store.row));
    for id in model.types.ids() {
        for field in model.fields(id) {
            made.extend(field.spread.map(|(source, _)| source));
            if let Shape::Named(inner) = model.resolve(&field.ty).shape {
                let _ = made.insert(inner);
            }
        }
    }
    made
}
