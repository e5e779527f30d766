//! A secret gets into something that is kept or that others read, or something personal names a saga's runs.

use std::collections::HashSet;

use aqueduct_dsl::diagnostic::{Code, Severity};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::check::{Context, Sink};
use crate::model::{ApiTarget, Field, Id, Model, Saga, Shape, Type, TypeDecl};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SEC001"),
    name: "tainted-sink",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    let model = cx.model;
    for store in model.stores.values() {
        let what = format!("store `{}` keeps", store.label.name);
        report(
            model,
            out,
            store.row,
            store.label.span,
            &what,
            "in its rows, its backups and its exports",
        );
    }
    for channel in model.channels.values() {
        let what = format!("{} `{}` carries", channel.kind.word(), channel.label.name);
        report(
            model,
            out,
            channel.carries,
            channel.carries_span,
            &what,
            "to every reader, and into the dead letters",
        );
    }
    for api in model.apis.values() {
        if let ApiTarget::Handler(handler) = api.target
            && let Some(reply) = model.handlers[handler].reply
        {
            let what = format!("{} answers", api.label.name);
            report(model, out, reply, api.label.span, &what, "to whoever asks");
        }
    }
    for (id, saga) in model.sagas.iter() {
        for path in &saga.by {
            personal_key(model, out, id, path);
        }
        let mut told: HashSet<Id<TypeDecl>> = HashSet::new();
        // What comes over a channel was looked at there.
        if saga.on.is_none() && told.insert(saga.input) {
            let what = format!("saga `{}` remembers", model.saga_name(id));
            report(model, out, saga.input, saga.input_span, &what, "in its log");
        }
        for (action, _) in saga.actions() {
            let Some(handler) = action.called().map(|handler| &model.handlers[handler]) else {
                continue;
            };
            for of in [handler.input, handler.reply].into_iter().flatten() {
                if told.insert(of) {
                    let what = format!("saga `{}` remembers", model.saga_name(id));
                    report(model, out, of, action.span, &what, "in its log");
                }
            }
        }
    }
}

fn report(model: &Model, out: &mut Sink<'_>, of: Id<TypeDecl>, span: SpanId, what: &str, where_to: &str) {
    let Some((path, field)) = secret(model, of, &mut Vec::new()) else {
        return;
    };
    let path = path.join(".");
    out.report(span, format!("{what} `{path}`, which is secret"), |finding| {
        finding
            .label(format!("takes it {where_to}"))
            .related(field.label.span, "said to be secret here")
            .note("a secret is given on once and never kept: what isn't written down can't be stolen")
            .help(format!("leave `{path}` out of it, and keep a token in its place"))
    });
}

/// A run is known by its key wherever people look, and names are neither masked nor forgotten with the rows.
fn personal_key(model: &Model, out: &mut Sink<'_>, id: Id<Saga>, path: &[SmolStr]) {
    let saga = &model.sagas[id];
    let on_the_way = (1..=path.len()).filter_map(|end| model.at_path(saga.input, path.get(..end)?));
    let Some(field) = on_the_way.map(|(field, _)| field).find(|field| field.tags.pii) else {
        return;
    };
    let path = path.join(".");
    out.report_at(
        Severity::Warn,
        saga.by_span,
        format!(
            "the runs of `{}` are named by `{path}`, which is personal",
            model.saga_name(id)
        ),
        |finding| {
            finding
                .label("takes it into logs, listings and alarms")
                .related(field.label.span, "said to be personal here")
                .note("who may see that something runs need not see whom it is about")
                .help("name the runs by an id that says nothing: `id: uuid = new()`")
        },
    );
}

/// The first secret field of a type, with the way to it.
fn secret<'a>(
    model: &'a Model,
    of: Id<TypeDecl>,
    open: &mut Vec<Id<TypeDecl>>,
) -> Option<(Vec<SmolStr>, &'a Field)> {
    if open.contains(&of) {
        return None;
    }
    open.push(of);
    let found = model.fields(of).iter().find_map(|field| {
        let name = field.label.name.clone();
        if field.tags.secret {
            return Some((vec![name], field));
        }
        let inner = named_in(model, &field.ty)?;
        let (mut path, field) = secret(model, inner, open)?;
        path.insert(0, name);
        Some((path, field))
    });
    let _ = open.pop();
    found
}

/// The record that a type is, or is a collection of.
fn named_in(model: &Model, ty: &Type) -> Option<Id<TypeDecl>> {
    match &model.resolve(ty).shape {
        Shape::Named(id) => Some(*id),
        Shape::List { item: inner, .. } | Shape::Map { value: inner, .. } => named_in(model, inner),
        Shape::Scalar(_) | Shape::Unresolved => None,
    }
}
