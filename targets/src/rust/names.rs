//! Names of the model as Rust identifiers.

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

/// A name as an identifier in the form it has: a field, a parameter.
pub(crate) fn ident(name: &str) -> String {
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

/// `RideManagement` is `ride_management`.
pub(crate) fn snake(name: &str) -> String {
    ident(&name.to_snake_case())
}

/// The name of a system's Cargo package: `WildRydes` is `wild-rydes`.
pub fn package(name: &str) -> String {
    name.to_snake_case().replace('_', "-")
}

/// A text as a Rust literal.
pub(crate) fn literal(text: &str) -> String {
    format!("{text:?}")
}
