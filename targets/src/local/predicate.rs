//! A condition of the model as the code that builds it for the evaluator.

use aqueduct_compiler::model::{
    Comparison, Constant, Id, Model, Operand, Predicate, PredicateKind, TypeDecl,
};

use crate::rust::names::literal;

/// `field("fare").ge(number("50"))`
pub(super) fn code(model: &Model, of: Id<TypeDecl>, predicate: &Predicate) -> String {
    match &predicate.kind {
        PredicateKind::All(parts) => joined(model, of, parts, "and"),
        PredicateKind::Any(parts) => joined(model, of, parts, "or"),
        PredicateKind::Not(inner) => format!("{}.negate()", code(model, of, inner)),
        PredicateKind::Compare(how, left, right) => {
            let word = match how {
                Comparison::Equal => "eq",
                Comparison::NotEqual => "ne",
                Comparison::Less => "lt",
                Comparison::AtMost => "le",
                Comparison::Greater => "gt",
                Comparison::AtLeast => "ge",
            };
            format!("{}.{word}({})", operand(model, of, left), operand(model, of, right))
        }
        PredicateKind::In(left, values) => {
            let values: Vec<String> = values.iter().map(|value| operand(model, of, value)).collect();
            format!("{}.is_in(list([{}]))", operand(model, of, left), values.join(", "))
        }
        PredicateKind::Text(test, left, right) => {
            let function = match test.as_str() {
                "starts_with" => "StartsWith",
                "ends_with" => "EndsWith",
                _ => "Contains",
            };
            format!("call(Function::{function}, [{}, {}])", operand(model, of, left), operand(model, of, right))
        }
        PredicateKind::Holds(inner) => format!("{}.eq(boolean(true))", operand(model, of, inner)),
    }
}

fn joined(model: &Model, of: Id<TypeDecl>, parts: &[Predicate], word: &str) -> String {
    let mut parts = parts.iter().map(|part| code(model, of, part));
    let first = parts.next().unwrap_or_default();
    parts.fold(first, |all, part| format!("{all}.{word}({part})"))
}

fn operand(model: &Model, of: Id<TypeDecl>, operand: &Operand) -> String {
    let value = match &operand.value {
        Ok(path) if path.explicit || model.at_path(of, &path.segments).is_some() => {
            format!("field({})", literal(&path.text()))
        }
        // A word that is no field is a value of an enum.
        Ok(path) => format!("text({})", literal(&path.text())),
        Err(constant) => constant_code(constant),
    };
    if operand.size { format!("call(Function::Size, [{value}])") } else { value }
}

fn constant_code(constant: &Constant) -> String {
    match constant {
        Constant::Number(number) => format!("number({})", literal(&number.to_string())),
        Constant::Text(value) | Constant::Word(value) => format!("text({})", literal(value)),
        Constant::Bool(value) => format!("boolean({value})"),
        Constant::Duration(milliseconds) => format!("number({})", literal(&milliseconds.to_string())),
        Constant::None => "none()".to_owned(),
        Constant::List(items) => {
            let items: Vec<String> = items.iter().map(constant_code).collect();
            format!("list([{}])", items.join(", "))
        }
    }
}

/// The words of `aqueduct::expr` that a condition needs.
pub(super) fn imports(code: &str) -> Vec<&'static str> {
    const WORDS: [(&str, &str); 8] = [
        ("Function::", "Function"),
        ("boolean(", "boolean"),
        ("call(", "call"),
        ("field(", "field"),
        ("list(", "list"),
        ("none(", "none"),
        ("number(", "number"),
        ("text(", "text"),
    ];
    WORDS.iter().filter(|(mark, _)| code.contains(mark)).map(|(_, word)| *word).collect()
}
