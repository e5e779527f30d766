//! A saga's text, walked through.

use aqueduct_compiler::facts::mapping::type_at;
use aqueduct_compiler::model::{Id, Model, Saga as Declared, Scalar, Shape};
use aqueduct_saga::definition::{Class, Condition, Saga, Statement, Value};
use aqueduct_saga::visit::steps;
use smol_str::SmolStr;

use super::scope::{Kinds, Scope};

/// What the first state of a statement is called.
pub(super) fn title(statement: &Statement) -> String {
    match statement {
        Statement::Step(step) => step.name.clone(),
        Statement::Choice { name, .. }
        | Statement::Parallel { name, .. }
        | Statement::Wait { name, .. }
        | Statement::Fail { name, .. } => name.clone(),
    }
}

pub(super) fn has_pivot(statement: &Statement) -> bool {
    let mut found = false;
    steps(std::slice::from_ref(statement), &mut |step| {
        found |= step.class == Class::Pivot;
    });
    found
}

/// Adds what a block that has ended leaves behind.
pub(super) fn see(body: &[Statement], scope: &mut Scope) {
    for statement in body {
        match statement {
            Statement::Step(step) => {
                scope.step(&step.name);
                for on in &step.on {
                    see(&on.body, scope);
                }
            }
            Statement::Choice { arms, otherwise, .. } => {
                for (_, body) in arms {
                    see(body, scope);
                }
                see(otherwise, scope);
            }
            Statement::Parallel { name, branches } => {
                for (index, (_, body)) in branches.iter().enumerate() {
                    let mut inner = scope.of_branch(name, index);
                    see(body, &mut inner);
                    scope.take(&inner);
                }
            }
            Statement::Wait { .. } | Statement::Fail { .. } => {}
        }
    }
}

/// How the values are compared that conditions speak of.
pub(super) fn kinds(model: &Model, id: Id<Declared>, saga: &Saga) -> Kinds {
    let mut kinds = Kinds::new();
    conditions(&saga.body, &mut |condition| {
        paths(condition, &mut |path| {
            let segments: Vec<SmolStr> = path.iter().map(SmolStr::from).collect();
            let ty = type_at(model, &model.sagas[id], &segments);
            let kind = match ty.as_ref().map(|ty| &model.resolve(ty).shape) {
                Some(Shape::Scalar(Scalar::Int(_) | Scalar::Decimal { .. } | Scalar::Float(_))) => "Numeric",
                Some(Shape::Scalar(Scalar::Bool)) => "Boolean",
                _ => "String",
            };
            let _ = kinds.insert(path.join("."), kind);
        });
    });
    kinds
}

fn conditions<'a>(body: &'a [Statement], visit: &mut impl FnMut(&'a Condition)) {
    for statement in body {
        match statement {
            Statement::Choice { arms, otherwise, .. } => {
                for (condition, body) in arms {
                    visit(condition);
                    conditions(body, visit);
                }
                conditions(otherwise, visit);
            }
            Statement::Parallel { branches, .. } => {
                for (_, body) in branches {
                    conditions(body, visit);
                }
            }
            Statement::Step(step) => {
                for on in &step.on {
                    conditions(&on.body, visit);
                }
            }
            Statement::Wait { .. } | Statement::Fail { .. } => {}
        }
    }
}

fn paths<'a>(condition: &'a Condition, visit: &mut impl FnMut(&'a [String])) {
    let mut value = |value: &'a Value| {
        if let Value::Path(path) = value {
            visit(path);
        }
    };
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                paths(part, visit);
            }
        }
        Condition::Not(inner) => paths(inner, visit),
        Condition::Compare(_, left, right) => {
            value(left);
            value(right);
        }
        Condition::In(left, values) => {
            value(left);
            values.iter().for_each(value);
        }
        Condition::StartsWith(left, _)
        | Condition::EndsWith(left, _)
        | Condition::Contains(left, _)
        | Condition::Present(left)
        | Condition::Holds(left) => value(left),
    }
}
