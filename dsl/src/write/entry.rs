//! The fourteen shapes as text, without layout.

use super::expression::{call, expr, field, joined, r#type};
use super::literal::quoted;
use super::{lines, order};
use crate::ast::{
    Block, Branching, Channel, Clause, Entry, Expr, Head, Message, Name, Named, Operation, Params, Service,
    Shape, Step, Store, TypeBody, TypeDef,
};

pub(super) fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Spread(name) => format!("...{}", name.text),
        Shape::Field(inner) => field(inner),
        Shape::Operation(inner) => operation(inner),
        Shape::Step(inner) => step(inner),
        Shape::Sample(sample) => format!("sample {} = {}", sample.name.text, expr(&sample.value)),
        Shape::Store(inner) => store(inner),
        Shape::Channel(inner) => channel(inner),
        Shape::Message(inner) => message(inner),
        Shape::TypeDef(inner) => type_def(inner),
        Shape::Service(inner) => service(inner),
        Shape::Scenario(inner) => {
            format!("scenario {} {}", quoted(&inner.title.text), braces(&inner.block))
        }
        Shape::Branching(inner) => branching(inner),
        Shape::Named(inner) => named(inner),
        Shape::Flow(flow) => joined(&flow.clauses, " -> ", clause),
    }
}

fn operation(operation: &Operation) -> String {
    let mut text = format!("{} {}", operation.kind.text, operation.name.text);
    text.push_str(&format!("({})", params(&operation.params)));
    if !operation.listens.is_empty() {
        text.push_str(&format!(" on {}", alternatives(&operation.listens)));
    }
    text.push_str(&keyed("by", operation.by.as_ref()));
    match &operation.yields {
        Some(Params::Fields(fields)) => text.push_str(&format!(" -> ({})", joined(fields, ", ", field))),
        Some(reply @ Params::Message { .. }) => text.push_str(&format!(" -> {}", params(reply))),
        Some(Params::None) | None => {}
    }
    if let Some(faults) = &operation.fails {
        text.push_str(&format!(" fails {}", r#type(faults)));
    }
    let block = &operation.block;
    text + &if operation.kind.text == "saga" {
        optional(block, || order::of_saga(&block.entries))
    } else {
        optional(block, || as_they_are(&block.entries))
    }
}

fn params(params: &Params) -> String {
    match params {
        Params::None => String::new(),
        Params::Message { ty, alias } => {
            let alias = alias.as_ref().map(|name| format!(" as {}", name.text));
            r#type(ty) + &alias.unwrap_or_default()
        }
        Params::Fields(fields) => joined(fields, ", ", field),
    }
}

fn step(step: &Step) -> String {
    format!("{} {} = {}", step.kind.text, step.name.text, clause(&step.clause))
}

fn store(store: &Store) -> String {
    format!(
        "store {}: {} by {}{}{}",
        store.name.text,
        r#type(&store.ty),
        expr(&store.by),
        keyed("sort", store.sort.as_ref()),
        plain(&store.block)
    )
}

fn channel(channel: &Channel) -> String {
    let ty = channel.ty.as_ref().map(|ty| format!(": {}", r#type(ty)));
    format!(
        "{}{} {}{}{}",
        before(channel.external.as_ref()),
        channel.kind.text,
        channel.name.text,
        ty.unwrap_or_default(),
        plain(&channel.block)
    )
}

fn message(message: &Message) -> String {
    format!(
        "{}{}{} {}{}",
        before(message.visibility.as_ref()),
        before(message.nature.as_ref()),
        message.kind.text,
        message.name.text,
        plain(&message.block)
    )
}

fn type_def(definition: &TypeDef) -> String {
    let body = match &definition.body {
        TypeBody::Alias(ty) => format!("= {}", r#type(ty)),
        TypeBody::Block(block) => braces(block),
    };
    format!("{} {} {body}", definition.kind.text, definition.name.text)
}

fn service(service: &Service) -> String {
    format!(
        "{}service {}{} {{\n{}}}",
        before(service.external.as_ref()),
        service.name.text,
        keyed("each", service.each.as_ref()),
        lines(&order::of_service(&service.block.entries))
    )
}

fn branching(branching: &Branching) -> String {
    let arm = |(condition, block): &(Expr, Block)| format!("if {} {}", expr(condition), braces(block));
    let otherwise = branching.otherwise.as_ref().map(braces);
    let arms = branching.arms.iter().map(arm).chain(otherwise);
    arms.collect::<Vec<_>>().join(" else ")
}

fn named(named: &Named) -> String {
    format!(
        "{} {}{}{}",
        named.kind.text,
        named.name.text,
        keyed("by", named.by.as_ref()),
        plain(&named.block)
    )
}

fn clause(clause: &Clause) -> String {
    let mut text = match &clause.head {
        Head::Word(name) => name.text.to_string(),
        Head::Words(names) => alternatives(names),
        Head::Call(inner) => call(inner),
    };
    for arg in &clause.args {
        text.push_str(&format!(" {}", expr(arg)));
    }
    if let Some(block) = &clause.block {
        text.push_str(&format!(" {}", braces(block)));
    }
    text
}

fn alternatives(names: &[Name]) -> String {
    joined(names, " | ", |name| name.text.to_string())
}

/// A word of the language that may stand before another.
fn before(word: Option<&Name>) -> String {
    word.map(|word| format!("{} ", word.text)).unwrap_or_default()
}

fn keyed(word: &str, value: Option<&Expr>) -> String {
    value
        .map(|value| format!(" {word} {}", expr(value)))
        .unwrap_or_default()
}

/// A block that has to be there.
fn braces(block: &Block) -> String {
    format!("{{\n{}}}", lines(&as_they_are(&block.entries)))
}

/// A block that may be left out, its entries in order.
fn plain(block: &Block) -> String {
    optional(block, || as_they_are(&block.entries))
}

/// Nothing for a block that nobody wrote; one that is there and empty is written.
fn optional<'a>(block: &Block, paragraphs: impl FnOnce() -> Vec<Vec<&'a Entry>>) -> String {
    if block.span.is_none() && block.entries.is_empty() {
        return String::new();
    }
    format!(" {{\n{}}}", lines(&paragraphs()))
}

fn as_they_are(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    vec![entries.iter().collect()]
}
