//! A condition of the model as the code that builds it for the evaluator.

use aqueduct_compiler::model::{
    Comparison, Constant, Id, Model, Operand, Predicate, PredicateKind, TypeDecl,
};

use crate::rust::layout::{Code, call, text};
use crate::rust::names::literal;

/// `field("fare").ge(number("50"))`
pub(super) fn code(model: &Model, of: Id<TypeDecl>, predicate: &Predicate) -> Code {
    match &predicate.kind {
        PredicateKind::All(parts) => joined(model, of, parts, "all"),
        PredicateKind::Any(parts) => joined(model, of, parts, "any"),
        PredicateKind::Not(inner) => code(model, of, inner).then("negate", []),
        PredicateKind::Compare(how, left, right) => {
            let word = match how {
                Comparison::Equal => "eq",
                Comparison::NotEqual => "ne",
                Comparison::Less => "lt",
                Comparison::AtMost => "le",
                Comparison::Greater => "gt",
                Comparison::AtLeast => "ge",
            };
            operand(model, of, left).then(word, [operand(model, of, right)])
        }
        // Refused where nothing computes; code beside the error lets everything through.
        PredicateKind::Computed(..) => call("all", [Code::Array(Vec::new())]),
        PredicateKind::In(left, values) => {
            let values = values.iter().map(|value| operand(model, of, value)).collect();
            operand(model, of, left).then("is_in", [call("list", [Code::Array(values)])])
        }
        PredicateKind::Text(test, left, right) => {
            let function = match test.as_str() {
                "starts_with" => "Function::StartsWith",
                "ends_with" => "Function::EndsWith",
                _ => "Function::Contains",
            };
            let operands = vec![operand(model, of, left), operand(model, of, right)];
            call("call", [text(function), Code::Array(operands)])
        }
        PredicateKind::Holds(inner) => {
            operand(model, of, inner).then("eq", [call("boolean", [text("true")])])
        }
    }
}

fn joined(model: &Model, of: Id<TypeDecl>, parts: &[Predicate], word: &str) -> Code {
    let parts = parts.iter().map(|part| code(model, of, part)).collect();
    call(word, [Code::Array(parts)])
}

fn operand(model: &Model, of: Id<TypeDecl>, operand: &Operand) -> Code {
    let value = match &operand.value {
        Ok(path) if path.explicit || model.at_path(of, &path.segments).is_some() => {
            call("field", [text(literal(&path.text()))])
        }
        // A word that is no field is a value of an enum.
        Ok(path) => call("text", [text(literal(&path.text()))]),
        Err(constant) => constant_code(constant),
    };
    if operand.size {
        call("call", [text("Function::Size"), Code::Array(vec![value])])
    } else {
        value
    }
}

fn constant_code(constant: &Constant) -> Code {
    match constant {
        Constant::Number(number) => call("number", [text(literal(&number.to_string()))]),
        Constant::Text(value) | Constant::Word(value) => call("text", [text(literal(value))]),
        Constant::Bool(value) => call("boolean", [text(value.to_string())]),
        Constant::Duration(milliseconds) => call("number", [text(literal(&milliseconds.to_string()))]),
        Constant::None => call("none", []),
        Constant::List(items) => call("list", [Code::Array(items.iter().map(constant_code).collect())]),
    }
}

/// The words of `aqueduct::expr` that a condition needs.
pub(super) fn imports(code: &str) -> Vec<&'static str> {
    const WORDS: [(&str, &str); 10] = [
        ("Function::", "Function"),
        ("all(", "all"),
        ("any(", "any"),
        ("boolean(", "boolean"),
        ("call(", "call"),
        ("field(", "field"),
        ("list(", "list"),
        ("none(", "none"),
        ("number(", "number"),
        ("text(", "text"),
    ];
    WORDS
        .iter()
        .filter(|(mark, _)| {
            code.match_indices(mark)
                .any(|(at, _)| !code.get(..at).is_some_and(|before| before.ends_with(is_word)))
        })
        .map(|(_, word)| *word)
        .collect()
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}
