//! `system/src/services/<service>.rs`: the trait to implement, a context for each handler, a marker for each store.

use std::collections::BTreeSet;

use aqueduct_compiler::model::{
    Emit, Handler, Id, Model, Repetition, Service, Shape, Store, Type, TypeDecl, TypeKind, duration_text,
};
use askama::Template;

use super::calls::{self, CallView};
use super::{Inputs, docs};
use crate::Origin;
use crate::rust::names::{accessor, camel, ident, literal, service_name, snake, store_name, type_name};
use crate::rust::types::{imports, rust_type};

#[derive(Template)]
#[template(path = "project/system/src/services/service.rs", escape = "none")]
pub(super) struct ServiceView {
    header: String,
    about: String,
    trait_docs: String,
    trait_name: String,
    uses: Vec<String>,
    stores: Vec<StoreView>,
    calls: Vec<CallView>,
    handlers: Vec<HandlerView>,
}

struct StoreView {
    docs: String,
    marker: String,
    name: String,
    row: String,
    key_type: String,
    key: String,
}

struct HandlerView {
    docs: String,
    signature: String,
    context: String,
    context_docs: String,
    methods: Vec<MethodView>,
}

pub(super) struct MethodView {
    pub(super) docs: String,
    pub(super) signature: String,
    pub(super) body: String,
}

impl ServiceView {
    pub(super) fn of(model: &Model, id: Id<Service>, inputs: Inputs, origin: &Origin) -> Self {
        let service = &model.services[id];
        let name = &service.label.name;
        let mut trait_lines: Vec<String> = service.label.docs.iter().map(ToString::to_string).collect();
        if trait_lines.is_empty() {
            trait_lines.push(format!("What `{name}` does."));
        }
        if let Some(owner) = model.owner_of(service.owner.as_ref()) {
            trait_lines.extend([String::new(), format!("Owned by {owner}.")]);
        }
        Self {
            header: origin.header(),
            about: format!("What `{name}` does, and what each of its handlers may touch."),
            trait_docs: docs(&trait_lines, 0),
            trait_name: service_name(model, id),
            uses: uses(model, service, inputs),
            stores: service
                .stores
                .iter()
                .map(|store| store_view(model, *store))
                .collect(),
            calls: calls::constants(model, service),
            handlers: service
                .handlers
                .iter()
                .map(|handler| handler_view(model, *handler, inputs))
                .collect(),
        }
    }
}

fn uses(model: &Model, service: &Service, inputs: Inputs) -> Vec<String> {
    let mut runtime: BTreeSet<&'static str> = BTreeSet::new();
    let mut messages: BTreeSet<String> = BTreeSet::new();
    for id in &service.stores {
        let store = &model.stores[*id];
        let _ = runtime.insert("Store");
        let _ = messages.insert(type_name(model, store.row));
        if let Some(field) = key_field(model, store) {
            type_uses(model, &field.ty, &mut runtime, &mut messages);
        }
    }
    for id in &service.handlers {
        let handler = &model.handlers[*id];
        runtime.extend(["Activation", "Delivery", "Failure", "Timestamp", "Uuid"]);
        if !handler.writes.is_empty() {
            let _ = runtime.insert("Table");
        }
        if only_reads(handler).next().is_some() {
            let _ = runtime.insert("ReadOnly");
        }
        match handler.input {
            Some(input) if is_spread(model, input, inputs) => {
                for field in model.fields(input) {
                    type_uses(model, &field.ty, &mut runtime, &mut messages);
                }
            }
            input => messages.extend(input.map(|id| type_name(model, id))),
        }
        messages.extend(handler.reply.map(|id| type_name(model, id)));
        for called in &handler.calls {
            let _ = runtime.insert("Call");
            let other = &model.handlers[called.handler];
            let types = [other.input, other.reply].into_iter().flatten();
            messages.extend(types.map(|id| type_name(model, id)));
        }
        messages.extend(handler.emits.iter().map(|emit| type_name(model, emit.message)));
    }
    let mut lines = Vec::new();
    if runtime.contains("Call") {
        lines.extend(["use std::time::Duration;".to_owned(), String::new()]);
    }
    if !runtime.is_empty() {
        lines.push(use_line(
            "aqueduct",
            &runtime.into_iter().map(str::to_owned).collect::<Vec<_>>(),
        ));
    }
    if !messages.is_empty() {
        lines.push(String::new());
        lines.push(use_line(
            "crate::messages",
            &messages.into_iter().collect::<Vec<_>>(),
        ));
    }
    lines
}

fn type_uses(
    model: &Model,
    ty: &Type,
    runtime: &mut BTreeSet<&'static str>,
    messages: &mut BTreeSet<String>,
) {
    imports(ty, runtime, &mut false);
    if let Shape::Named(id) = ty.shape {
        let _ = messages.insert(type_name(model, id));
    }
}

/// `use a::{b, c};`, broken over lines as rustfmt does.
pub(super) fn use_line(from: &str, names: &[String]) -> String {
    if let [one] = names {
        return format!("use {from}::{one};");
    }
    let flat = format!("use {from}::{{{}}};", names.join(", "));
    // rustfmt keeps two columns for what it doesn't write here.
    if flat.len() <= 98 {
        return flat;
    }
    let mut lines = vec![String::from("   ")];
    for name in names {
        let last = lines.last_mut().filter(|line| line.len() + name.len() + 2 <= 100);
        match last {
            Some(line) => line.push_str(&format!(" {name},")),
            None => lines.push(format!("    {name},")),
        }
    }
    format!("use {from}::{{\n{}\n}};", lines.join("\n"))
}

fn key_field<'a>(model: &'a Model, store: &Store) -> Option<&'a aqueduct_compiler::model::Field> {
    let (name, _) = store.key.first()?;
    model.field(store.row, name)
}

fn store_view(model: &Model, id: Id<Store>) -> StoreView {
    let store = &model.stores[id];
    let row = type_name(model, store.row);
    let key = store.key.first().map(|(name, _)| ident(name)).unwrap_or_default();
    let field = key_field(model, store);
    let key_type = field.map_or_else(|| "String".to_owned(), |field| rust_type(model, &field.ty));
    let copies = field.is_some_and(|field| is_copy(model, &field.ty));
    let mut lines: Vec<String> = store.label.docs.iter().map(ToString::to_string).collect();
    if lines.is_empty() {
        lines.push(format!("Rows of `{row}` by `{key}`."));
    }
    StoreView {
        docs: docs(&lines, 0),
        marker: store_name(model, id),
        name: literal(&model.store_name(id)),
        key: if copies {
            format!("row.{key}")
        } else {
            format!("row.{key}.clone()")
        },
        row,
        key_type,
    }
}

fn is_copy(model: &Model, ty: &Type) -> bool {
    match &model.resolve(ty).shape {
        Shape::Scalar(scalar) => !matches!(scalar.word(), "string" | "bytes" | "json"),
        // An enum; records can't be keys.
        Shape::Named(_) => true,
        Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => false,
    }
}

fn only_reads(handler: &Handler) -> impl Iterator<Item = &aqueduct_compiler::model::StoreUse> {
    handler
        .reads
        .iter()
        .filter(|read| handler.writes.iter().all(|write| write.store != read.store))
}

fn handler_view(model: &Model, id: Id<Handler>, inputs: Inputs) -> HandlerView {
    let handler = &model.handlers[id];
    let context = format!("{}Context", camel(&handler.label.name));
    HandlerView {
        docs: docs(&handler_docs(model, handler), 4),
        signature: signature(model, handler, &context, Role::Trait(inputs)),
        context_docs: docs(&[format!("What the handler `{}` may do.", handler.label.name)], 0),
        methods: methods(model, handler),
        context,
    }
}

fn handler_docs(model: &Model, handler: &Handler) -> Vec<String> {
    let mut lines: Vec<String> = handler.label.docs.iter().map(ToString::to_string).collect();
    let mut facts = Vec::new();
    if let Some((channel, _)) = handler.on {
        facts.push(format!("Listens on `{}`.", model.channels[channel].label.name));
    }
    match &handler.repetition {
        Some(Repetition::Idempotent { by, window, .. }) => {
            let keys: Vec<String> = by.iter().map(|path| format!("`{}`", path.join("."))).collect();
            let window = window
                .map(|window| format!(" within {}", duration_text(window)))
                .unwrap_or_default();
            facts.push(format!(
                "A second input with the same {}{window} is skipped.",
                keys.join(" and ")
            ));
        }
        Some(Repetition::Natural { because, .. }) => {
            facts.push(format!("May run twice for one input: {because}."));
        }
        None => {}
    }
    if let Some(undoes) = &handler.undoes {
        let by: Vec<String> = undoes
            .by
            .iter()
            .map(|path| format!("`{}`", path.join(".")))
            .collect();
        facts.push(format!(
            "Takes back what `{}` did for the same {}.",
            model.handlers[undoes.handler].label.name,
            by.join(" and ")
        ));
    }
    if !handler.fails.is_empty() {
        let faults = handler.fails.iter();
        let faults = faults.map(|(fault, _)| format!("`{}`", model.types[*fault].label.name));
        facts.push(format!(
            "Says no with {}.",
            faults.collect::<Vec<_>>().join(" or ")
        ));
    }
    if !lines.is_empty() && !facts.is_empty() {
        lines.push(String::new());
    }
    lines.extend(facts);
    if lines.is_empty() {
        lines.push(format!("Handles `{}`.", handler.label.name));
    }
    lines
}

/// Where a signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// In the trait of the service.
    Trait(Inputs),
    /// In the method that a user fills in: nothing is used yet.
    Stub,
    /// The same, to be pasted where nothing is imported.
    Pasted,
}

/// The method of the trait, or of the stub that a user fills in.
pub(super) fn signature(model: &Model, handler: &Handler, context: &str, role: Role) -> String {
    let indent = "    ";
    let mut params = vec!["&self".to_owned()];
    let unused = if matches!(role, Role::Trait(_)) { "" } else { "_" };
    let (messages, failure) = match role {
        Role::Trait(_) | Role::Stub => ("", "Failure"),
        Role::Pasted => ("system::messages::", "aqueduct::Failure"),
    };
    if let (Some(input), Role::Trait(inputs)) = (handler.input, role)
        && is_spread(model, input, inputs)
    {
        let fields = model.fields(input).iter();
        params.extend(
            fields.map(|field| format!("{}: {}", ident(&field.label.name), rust_type(model, &field.ty))),
        );
    } else if let Some(input) = handler.input {
        let name = input_name(model, handler, input);
        let name = if unused.is_empty() {
            name.as_str()
        } else {
            name.trim_start_matches("r#")
        };
        params.push(format!("{unused}{name}: {messages}{}", type_name(model, input)));
    }
    params.push(format!("{unused}cx: &mut {context}<'_>"));
    let output = handler.reply.map_or_else(
        || "()".to_owned(),
        |reply| format!("{messages}{}", type_name(model, reply)),
    );
    let result = format!("Result<{output}, {failure}>");
    let (start, end) = match role {
        Role::Trait(_) => ("fn", format!(" -> impl Future<Output = {result}> + Send;")),
        Role::Stub | Role::Pasted => ("async fn", format!(" -> {result} {{")),
    };
    let name = ident(&handler.label.name);
    let flat = format!("{indent}{start} {name}({}){end}", params.join(", "));
    if flat.len() <= 100 {
        return flat;
    }
    let separator = format!(",\n{indent}    ");
    format!(
        "{indent}{start} {name}(\n{indent}    {},\n{indent}){end}",
        params.join(&separator)
    )
}

/// Whether a handler takes an input field by field.
pub(super) fn is_spread(model: &Model, input: Id<TypeDecl>, inputs: Inputs) -> bool {
    inputs == Inputs::Spread && is_inline(model, input)
}

/// Whether a type is declared by its fields, in the handler that takes it.
fn is_inline(model: &Model, id: Id<TypeDecl>) -> bool {
    matches!(model.types[id].kind, TypeKind::Record { inline: true, .. })
}

/// What the author calls the input, or a short word for its type.
fn input_name(model: &Model, handler: &Handler, input: Id<TypeDecl>) -> String {
    match &handler.input_name {
        Some(name) if name == "cx" => "input".to_owned(),
        Some(name) => ident(name),
        None if is_inline(model, input) => "input".to_owned(),
        None => snake(&model.types[input].label.name),
    }
}

fn methods(model: &Model, handler: &Handler) -> Vec<MethodView> {
    let mut methods = Vec::new();
    for write in &handler.writes {
        methods.push(store_method(model, write.store, "Table", "table", "The rows of"));
    }
    for read in only_reads(handler) {
        methods.push(store_method(
            model,
            read.store,
            "ReadOnly",
            "read_only",
            "The rows, to be read only, of",
        ));
    }
    for emit in &handler.emits {
        methods.push(emit_method(model, handler, *emit));
    }
    let calls = handler.calls.iter();
    methods.extend(calls.map(|called| calls::method(model, handler, called)));
    methods
}

fn store_method(model: &Model, id: Id<Store>, ty: &str, call: &str, what: &str) -> MethodView {
    let store = &model.stores[id];
    let marker = store_name(model, id);
    MethodView {
        docs: docs(&[format!("{what} `{}`.", store.label.name)], 4),
        signature: format!(
            "    pub fn {}(&mut self) -> {ty}<'_, {marker}> {{",
            accessor(&store.label.name)
        ),
        body: format!("self.activation.{call}()"),
    }
}

fn emit_method(model: &Model, handler: &Handler, emit: Emit) -> MethodView {
    let message = &model.types[emit.message].label.name;
    let channel = &model.channels[emit.channel].label.name;
    let several = handler
        .emits
        .iter()
        .filter(|other| other.message == emit.message)
        .count()
        > 1;
    let base = format!("emit_{}", snake(message).trim_start_matches("r#"));
    let name = if several {
        format!("{base}_to_{channel}")
    } else {
        base
    };
    let ty = type_name(model, emit.message);
    let flat = format!("    pub fn {name}(&mut self, message: &{ty}) -> Result<(), Failure> {{");
    MethodView {
        docs: docs(
            &[format!(
                "Sends `{message}` to `{channel}` when the handler has succeeded."
            )],
            4,
        ),
        signature: if flat.len() <= 100 {
            flat
        } else {
            format!(
                "    pub fn {name}(\n        &mut self,\n        message: &{ty},\n    ) -> Result<(), Failure> {{"
            )
        },
        body: format!("self.activation.emit({}, message)", literal(channel)),
    }
}
