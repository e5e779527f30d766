//! `system/src/messages.rs`: every declared type as a Rust type that knows its own limits.

use std::collections::BTreeSet;

use aqueduct_compiler::model::{Field, Id, Label, MessageKind, Model, TypeDecl, TypeKind};
use askama::Template;

use super::docs;
use crate::Origin;
use crate::rust::layout::{Code, call, text};
use crate::rust::names::{ident, literal, snake, type_name, variant};
use crate::rust::types::{field_code, imports, rust_type, serde_attribute};

#[derive(Template)]
#[template(path = "project/system/src/messages.rs", escape = "none")]
pub(super) struct Messages {
    header: String,
    uses: Vec<String>,
    types: Vec<TypeView>,
}

enum TypeView {
    Alias {
        docs: String,
        name: String,
        target: String,
    },
    Choice {
        docs: String,
        name: String,
        type_name: String,
        values: Vec<ValueView>,
        shape: String,
    },
    Record {
        docs: String,
        name: String,
        type_name: String,
        fields: Vec<FieldView>,
        from: Option<FromView>,
        shape: String,
        /// Whether a handler fails with it.
        fault: bool,
    },
}

struct ValueView {
    docs: String,
    name: String,
    wire: String,
    renamed: bool,
}

struct FieldView {
    docs: String,
    attribute: Option<String>,
    name: String,
    ty: String,
}

/// `RideCompleted::from_submit_ride(ride_id, other)`
struct FromView {
    docs: String,
    signature: String,
    assignments: Vec<String>,
}

impl Messages {
    pub(super) fn of(model: &Model, origin: &Origin) -> Self {
        let types: Vec<TypeView> = model.types.ids().map(|id| type_view(model, id)).collect();
        Self {
            header: origin.header(),
            uses: uses(model),
            types,
        }
    }
}

fn uses(model: &Model) -> Vec<String> {
    let mut aqueduct = BTreeSet::new();
    let mut maps = false;
    let mut any = false;
    for (id, declared) in model.types.iter() {
        match &declared.kind {
            TypeKind::Alias(target) => imports(target, &mut aqueduct, &mut maps),
            TypeKind::Choice(_) => any = true,
            TypeKind::Union(_) => {
                let _ = aqueduct.insert("Value");
            }
            TypeKind::Message { .. } | TypeKind::Record { .. } => {
                any = true;
                for field in model.fields(id) {
                    imports(&field.ty, &mut aqueduct, &mut maps);
                    let _ = aqueduct.insert("Field");
                    if matches!(
                        &field.default,
                        Some(aqueduct_compiler::model::DefaultValue::Value(_))
                    ) {
                        let _ = aqueduct.insert("json");
                    }
                }
            }
        }
    }
    if any {
        aqueduct.extend(["Message", "Shape"]);
    }
    if model.types.values().any(|declared| is_fault(&declared.kind)) {
        let _ = aqueduct.insert("Failure");
    }
    // In ASCII order capitals come first, as rustfmt wants them.
    let names: Vec<&str> = aqueduct.into_iter().collect();
    let mut lines = Vec::new();
    let choices = model
        .types
        .values()
        .any(|declared| matches!(declared.kind, TypeKind::Choice(_)));
    if maps {
        lines.push("use std::collections::BTreeMap;".to_owned());
    }
    if choices {
        lines.push("use std::fmt;".to_owned());
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    match names.as_slice() {
        [] => {}
        [one] => lines.push(format!("use aqueduct::{one};")),
        names => lines.push(format!("use aqueduct::{{{}}};", names.join(", "))),
    }
    if any {
        lines.push("use serde::{Deserialize, Serialize};".to_owned());
    }
    lines
}

fn type_view(model: &Model, id: Id<TypeDecl>) -> TypeView {
    let declared = &model.types[id];
    let name = type_name(model, id);
    let wire = declared.label.name.to_string();
    match &declared.kind {
        TypeKind::Alias(target) => {
            let text = documented(&declared.label, &format!("`{wire}` of the system."));
            TypeView::Alias {
                docs: text,
                name,
                target: rust_type(model, target),
            }
        }
        // Refused by TAR011 until a wire form is made for it; beside errors it is whatever there is.
        TypeKind::Union(_) => TypeView::Alias {
            docs: documented(&declared.label, &format!("`{wire}` of the system.")),
            name,
            target: "Value".to_owned(),
        },
        TypeKind::Choice(values) => TypeView::Choice {
            docs: documented(&declared.label, &format!("One of the values of `{wire}`.")),
            shape: choice_shape(&wire, values),
            values: values.iter().map(value_view).collect(),
            type_name: literal(&wire),
            name,
        },
        TypeKind::Message { kind, fields, .. } => record(
            model,
            id,
            fields,
            &documented(&declared.label, &format!("The {} `{wire}`.", kind_word(*kind))),
        ),
        TypeKind::Record { fields, inline } => {
            let what = if *inline {
                "Input or reply of a handler."
            } else {
                "A record of the system."
            };
            record(model, id, fields, &documented(&declared.label, what))
        }
    }
}

fn kind_word(kind: MessageKind) -> &'static str {
    kind.word()
}

fn documented(label: &Label, otherwise: &str) -> String {
    if label.docs.is_empty() {
        docs(&[otherwise], 0)
    } else {
        docs(&label.docs, 0)
    }
}

fn value_view(value: &Label) -> ValueView {
    let name = variant(&value.name);
    let text = if value.docs.is_empty() {
        docs(&[format!("`{}`", value.name)], 4)
    } else {
        docs(&value.docs, 4)
    };
    ValueView {
        docs: text,
        renamed: name != value.name,
        name,
        wire: literal(&value.name),
    }
}

fn choice_shape(wire: &str, values: &[Label]) -> String {
    let values = values.iter().map(|value| text(literal(&value.name))).collect();
    call("Shape::choice", [text(literal(wire)), Code::Array(values)]).lay(8, 0)
}

fn record(model: &Model, id: Id<TypeDecl>, fields: &[Field], docs: &str) -> TypeView {
    let wire = literal(&model.types[id].label.name);
    let items = fields.iter().map(|field| field_code(model, field)).collect();
    TypeView::Record {
        docs: docs.to_owned(),
        name: type_name(model, id),
        shape: call("Shape::record", [text(wire.clone()), Code::Array(items)]).lay(8, 0),
        type_name: wire,
        fields: fields.iter().map(|field| field_view(model, field)).collect(),
        from: from_view(model, fields),
        fault: is_fault(&model.types[id].kind),
    }
}

fn is_fault(kind: &TypeKind) -> bool {
    matches!(
        kind,
        TypeKind::Message {
            kind: MessageKind::Fault,
            ..
        }
    )
}

fn field_view(model: &Model, field: &Field) -> FieldView {
    let mut lines: Vec<String> = field.label.docs.iter().map(ToString::to_string).collect();
    let notes = [
        (field.tags.key, "What the message is about."),
        (field.tags.pii, "Personal data."),
        (field.tags.secret, "A secret: neither kept nor sent nor logged."),
    ];
    for (_, note) in notes.into_iter().filter(|(holds, _)| *holds) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(note.to_owned());
    }
    FieldView {
        docs: docs(&lines, 4),
        attribute: serde_attribute(model, field),
        name: ident(&field.label.name),
        ty: rust_type(model, &field.ty),
    }
}

/// A constructor from the one type that was spread into this one; without it every handler would copy field by field.
fn from_view(model: &Model, fields: &[Field]) -> Option<FromView> {
    let sources: BTreeSet<Id<TypeDecl>> = fields.iter().filter_map(|field| Some(field.spread?.0)).collect();
    let [source] = sources.into_iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    let own: Vec<&Field> = fields.iter().filter(|field| field.spread.is_none()).collect();
    if own.len() > 5 {
        return None;
    }
    let source_name = type_name(model, source);
    let mut params: Vec<String> = own
        .iter()
        .map(|field| format!("{}: {}", ident(&field.label.name), rust_type(model, &field.ty)))
        .collect();
    params.push(format!("other: {source_name}"));
    let name = format!("from_{}", snake(&source_name).trim_start_matches("r#"));
    let flat = format!("    pub fn {name}({}) -> Self {{", params.join(", "));
    let signature = if flat.len() <= 100 {
        flat
    } else {
        format!(
            "    pub fn {name}(\n        {},\n    ) -> Self {{",
            params.join(",\n        ")
        )
    };
    let assignments = fields.iter().map(|field| {
        let name = ident(&field.label.name);
        if field.spread.is_some() {
            format!("{name}: other.{name},")
        } else {
            format!("{name},")
        }
    });
    Some(FromView {
        docs: docs(
            &[format!("From a [`{source_name}`] and what it doesn't have.")],
            4,
        ),
        signature,
        assignments: assignments.collect(),
    })
}
