//! Names of the model as Rust identifiers.

use aqueduct_compiler::model::{Id, Model, Service, Store, TypeDecl};
use heck::{ToSnakeCase, ToUpperCamelCase};

/// Words that Rust keeps for itself; written with `r#`.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Words that can't even be written with `r#`.
const UNUSABLE: [&str; 5] = ["self", "Self", "super", "crate", "_"];

/// Names that generated code uses without a path: those of Rust's prelude, of serde, and of the runtime.
const TAKEN: [&str; 62] = [
    "Self",
    "Activation",
    "Api",
    "Arc",
    "AsRef",
    "BTreeMap",
    "Body",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Decimal",
    "Default",
    "Delivery",
    "Deserialize",
    "Display",
    "Drop",
    "Duration",
    "Eq",
    "Err",
    "Failure",
    "Field",
    "Fn",
    "From",
    "Function",
    "Future",
    "Handler",
    "HandlerSpec",
    "Hash",
    "Into",
    "Iterator",
    "Message",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Program",
    "Queue",
    "ReadOnly",
    "Reply",
    "Result",
    "Route",
    "Send",
    "Serialize",
    "Services",
    "Shape",
    "SignedDuration",
    "Some",
    "Store",
    "String",
    "Sync",
    "Table",
    "TableSpec",
    "Timestamp",
    "Topic",
    "Topology",
    "Uuid",
    "Value",
    "Vec",
    "ToString",
];

/// A name as an identifier in the form it has: a field, a parameter.
pub fn ident(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else if UNUSABLE.contains(&name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

/// Whether the identifier of a field differs from its name on the wire.
pub(crate) fn renamed(name: &str) -> bool {
    UNUSABLE.contains(&name)
}

/// `BasketChanged.v2` is `BasketChangedV2`, `pending` is `Pending`.
pub(crate) fn camel(name: &str) -> String {
    name.to_upper_camel_case()
}

/// `RideManagement` is `ride_management`; what Cargo or Rust expect under a fixed name gets a longer one.
pub fn snake(name: &str) -> String {
    let name = name.to_snake_case();
    let fixed = [
        "alloc", "aqueduct", "core", "lib", "main", "mod", "serde", "services", "std", "system",
    ];
    if fixed.contains(&name.as_str()) {
        return format!("{name}_service");
    }
    ident(&name)
}

/// The Rust name of a declared type. `Route` is `RouteRecord`: the generated code needs the short name itself.
pub fn type_name(model: &Model, id: Id<TypeDecl>) -> String {
    let mut name = camel(&model.types[id].label.name);
    while TAKEN.contains(&name.as_str()) || is_context(model, &name) {
        name += "Record";
        // The longer name may be another type's.
        while model.types.values().any(|declared| declared.label.name == name) {
            name += "Record";
        }
    }
    name
}

/// Whether a handler's context has this name.
fn is_context(model: &Model, name: &str) -> bool {
    let Some(handler) = name.strip_suffix("Context") else {
        return false;
    };
    model
        .handlers
        .values()
        .any(|other| camel(&other.label.name) == handler)
}

/// The trait of a service, and the stub that implements it.
pub fn service_name(model: &Model, id: Id<Service>) -> String {
    let name = camel(&model.services[id].label.name);
    if TAKEN.contains(&name.as_str()) || is_type(model, &name) {
        name + "Service"
    } else {
        name
    }
}

/// The marker of a store.
pub fn store_name(model: &Model, id: Id<Store>) -> String {
    let store = &model.stores[id];
    let name = camel(&store.label.name);
    let taken =
        TAKEN.contains(&name.as_str()) || is_type(model, &name) || name == service_name(model, store.service);
    if taken { name + "Store" } else { name }
}

/// The method of a context that leads to a store.
pub(crate) fn accessor(store: &str) -> String {
    if ["new", "delivery", "new_id", "now"].contains(&store) {
        format!("{store}_store")
    } else {
        ident(store)
    }
}

/// A value of an enum.
pub fn variant(value: &str) -> String {
    let name = camel(value);
    if name == "Self" { "Self_".to_owned() } else { name }
}

fn is_type(model: &Model, name: &str) -> bool {
    model.types.iter().any(|(id, declared)| {
        // Most names are in their final form; only the others are worth making one.
        let changed = declared.label.name.contains(['_', '.']) || name.ends_with("Record");
        declared.label.name == name || changed && type_name(model, id) == name
    })
}

/// The name of a system's Cargo package: `WildRydes` is `wild-rydes`.
pub fn package(name: &str) -> String {
    let package = name.to_snake_case().replace('_', "-");
    // A package can't be called like one that it depends on, nor a program like a folder of cargo's.
    if ["aqueduct", "serde", "build", "deps", "examples", "incremental"].contains(&package.as_str()) {
        package + "-system"
    } else {
        package
    }
}

/// A text as a Rust literal.
pub(crate) fn literal(text: &str) -> String {
    format!("{text:?}")
}
