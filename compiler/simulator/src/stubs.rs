//! Handlers made from their types: they answer, keep and send whatever their input is enough for.

use aqueduct::Call;
use aqueduct::scenario::{Make, Record, Stub};
use aqueduct_compiler::facts::subtype::value_mismatches;
use aqueduct_compiler::model::{self, DefaultValue, Field, Handler, Id, Model, TypeDecl};
use aqueduct_targets::saga::{constant, percent};
use aqueduct_targets::samples;

use crate::topology::milliseconds;

/// What a handler does without code.
///
/// It calls whom it may call, and answers with samples; a field that its input or an answer has by the same name and
/// type is that one. It writes and sends only what can be made whole from what is known then.
pub(crate) fn stub(model: &Model, id: Id<Handler>) -> Stub {
    let handler = &model.handlers[id];
    let mut known = Vec::new();
    know(model, &mut known, handler.input);
    let mut calls = Vec::new();
    for call in &handler.calls {
        let called = &model.handlers[call.handler];
        let question = called.input.map(|input| sampled(model, &known, input));
        calls.push((how(model, call), question.unwrap_or_default()));
        know(model, &mut known, called.reply);
    }
    let reply = handler.reply.map(|reply| sampled(model, &known, reply));
    know(model, &mut known, handler.reply);
    let rows = handler.writes.iter().filter_map(|writes| {
        let store = &model.stores[writes.store];
        let (key, _) = store.key.first()?;
        let row = whole(model, &known, store.row)?;
        Some((model.store_name(writes.store), key.to_string(), row))
    });
    let messages = handler.emits.iter().filter_map(|emit| {
        let channel = model.channels[emit.channel].label.name.to_string();
        let kind = model.types[emit.message].label.name.to_string();
        Some((channel, kind, whole(model, &known, emit.message)?))
    });
    Stub {
        rows: rows.collect(),
        messages: messages.collect(),
        calls,
        reply,
    }
}

/// What a handler of an extern service answers, if it does.
pub(crate) fn answer(model: &Model, id: Id<Handler>) -> Option<Record> {
    let handler = &model.handlers[id];
    let reply = handler.reply?;
    let mut known = Vec::new();
    know(model, &mut known, handler.input);
    let mut record = sampled(model, &known, reply);
    for (name, make) in &mut record.0 {
        // Nobody there has this program's ids and time.
        if matches!(make, Make::Id | Make::Now)
            && let Some(field) = model.field(reply, name)
        {
            *make = Make::Constant(samples::field(model, field));
        }
    }
    Some(record)
}

fn know<'a>(model: &'a Model, known: &mut Vec<&'a Field>, of: Option<Id<TypeDecl>>) {
    let new = of.map(|of| model.fields(of)).unwrap_or_default();
    known.retain(|old| new.iter().all(|field| field.label.name != old.label.name));
    known.extend(new);
}

fn knows(model: &Model, known: &[&Field], wanted: &Field) -> bool {
    known.iter().any(|field| {
        field.label.name == wanted.label.name && value_mismatches(model, &field.ty, wanted, "").is_empty()
    })
}

/// A record with samples where nothing is known.
fn sampled(model: &Model, known: &[&Field], of: Id<TypeDecl>) -> Record {
    let fields = model.fields(of).iter().filter_map(|field| {
        let make = match made(model, known, field) {
            Some(make) => make,
            None if field.ty.optional => return None,
            None => Make::Constant(samples::field(model, field)),
        };
        Some((field.label.name.to_string(), make))
    });
    Record(fields.collect())
}

/// A record without samples; nothing, when a field that must be there can't be made.
fn whole(model: &Model, known: &[&Field], of: Id<TypeDecl>) -> Option<Record> {
    let mut fields = Vec::new();
    for field in model.fields(of) {
        match made(model, known, field) {
            Some(make) => fields.push((field.label.name.to_string(), make)),
            None if field.ty.optional => {}
            None => return None,
        }
    }
    Some(Record(fields))
}

fn made(model: &Model, known: &[&Field], field: &Field) -> Option<Make> {
    if knows(model, known, field) {
        return Some(Make::Known);
    }
    field.default.as_ref().map(|default| match default {
        DefaultValue::Minted => Make::Id,
        DefaultValue::Now => Make::Now,
        DefaultValue::Value(value) => Make::Constant(constant(value)),
    })
}

/// How a call is made, as declared.
fn how(model: &Model, call: &model::Call) -> Call {
    let called = &model.handlers[call.handler];
    let service = &model.services[called.service].label.name;
    let mut made = Call::new(
        crate::constant(service),
        crate::constant(&called.label.name),
        milliseconds(call.timeout.value),
    );
    if let Some(count) = call.retry.count.filter(|count| *count > 0) {
        let (backoff, cap) = (milliseconds(call.retry.backoff), milliseconds(call.retry.cap));
        made = made.retry(count, backoff, percent(&call.retry), cap);
        if !call.retry.on.is_empty() {
            let names = call.retry.on.iter();
            let names: Vec<&'static str> = names
                .map(|fault| crate::constant(&model.types[*fault].label.name))
                .collect();
            made = made.on(names.leak());
        }
    }
    if let Some(breaker) = call.breaker {
        made = made.breaker(breaker.failures, milliseconds(breaker.within));
    }
    match call.bulkhead {
        Some(most) => made.bulkhead(most.value),
        None => made,
    }
}
