//! Lowers one value, by the type that is wanted in its place.

use aqueduct_dsl::ast::{self, Arg, ExprKind};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::compute;
use crate::codes;
use crate::lower::Lowering;
use crate::lower::expression::constant;
use crate::lower::scope::Scope;
use crate::model::{Constant, Id, Scalar, Shape, Type, TypeDecl, TypeKind, Value, ValueKind};

impl Lowering {
    pub(in crate::lower) fn value(&mut self, expr: &ast::Expr, ty: &Type, scope: &Scope) -> Option<Value> {
        let found = self.value_of(expr, ty, scope)?;
        self.note_computed(&found);
        Some(found)
    }

    fn value_of(&mut self, expr: &ast::Expr, ty: &Type, scope: &Scope) -> Option<Value> {
        let span = expr.span;
        let kind = match &expr.kind {
            ExprKind::Path(path) => return self.word_or_path(path, span, ty, scope),
            ExprKind::Group(args) => match args.as_slice() {
                [Arg::Plain(inner)] => return self.value_of(inner, ty, scope),
                args => ValueKind::Record(self.inner_record(args, span, ty, scope)?),
            },
            ExprKind::Call(call) => self.made(call, span, ty, scope)?,
            ExprKind::List(items) => match self.model.resolve(ty).shape.clone() {
                Shape::List { item, .. } => {
                    let items: Vec<Option<Value>> =
                        items.iter().map(|one| self.value(one, &item, scope)).collect();
                    ValueKind::List(items.into_iter().collect::<Option<_>>()?)
                }
                Shape::Scalar(_) | Shape::Map { .. } | Shape::Named(_) | Shape::Unresolved => {
                    let constant = self.constant(expr)?;
                    return self.constant_value(&constant, span, ty);
                }
            },
            ExprKind::Literal(_) | ExprKind::Unary(..) | ExprKind::Binary(..) => {
                if let Some(constant) = constant(expr) {
                    return self.constant_value(&constant, span, ty);
                }
                return self.computed(expr, scope);
            }
        };
        Some(Value { kind, span })
    }

    /// A word is what is known by that name, or else a value of an enum.
    fn word_or_path(&mut self, path: &SmolStr, span: SpanId, ty: &Type, scope: &Scope) -> Option<Value> {
        let segments: Vec<SmolStr> = path.split('.').map(SmolStr::from).collect();
        let is_choice = match self.model.resolve(ty).shape {
            Shape::Named(id) => matches!(self.model.types[id].kind, TypeKind::Choice(_)),
            Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => false,
        };
        if let Some((known, segments)) = scope.find(&self.model, &segments) {
            return self.path_value(&known, &segments, span);
        }
        if is_choice && segments.len() == 1 {
            return self.constant_value(&Constant::Word(path.clone()), span, ty);
        }
        let name = ast::Name {
            text: path.clone(),
            span,
        };
        self.unknown(&name, scope);
        None
    }

    fn constant_value(&mut self, constant: &Constant, span: SpanId, ty: &Type) -> Option<Value> {
        let is_id = matches!(self.model.resolve(ty).shape, Shape::Scalar(Scalar::Uuid))
            && matches!(constant, Constant::Text(text) if is_uuid(text));
        if let Err((why, help)) = self.fits(constant, ty)
            && !is_id
        {
            self.out.push(
                Diagnostic::error(codes::VALUE_DOES_NOT_FIT, span, why)
                    .label("this value")
                    .help(help),
            );
            return None;
        }
        Some(Value {
            kind: ValueKind::Constant(constant.clone()),
            span,
        })
    }

    /// `new()`, `now()`, or a record by its type's name.
    fn made(&mut self, call: &ast::Call, span: SpanId, ty: &Type, scope: &Scope) -> Option<ValueKind> {
        let wanted = self.model.resolve(ty).shape.clone();
        let (makes, kind) = match call.callee.text.as_str() {
            "new" => (Scalar::Uuid, ValueKind::New),
            "now" => (Scalar::Instant, ValueKind::Now),
            name if compute::is_function(name) => return Some(self.function(call, span, scope)?.kind),
            name => {
                let Some(named) = self.names.ty(name) else {
                    self.no_such_function(&call.callee);
                    return None;
                };
                let one_of = |of: &Id<TypeDecl>| self.model.members(*of).contains(&named);
                let fits = matches!(&wanted, Shape::Named(of) if one_of(of));
                if fits || wanted == Shape::Named(named) {
                    let record = self.mapping(named, &call.args, span, scope)?;
                    return Some(ValueKind::Record(record));
                }
                self.another_type(name, span, ty);
                return None;
            }
        };
        if matches!(wanted, Shape::Scalar(ref scalar) if *scalar == makes || *scalar == Scalar::Json) {
            return Some(kind);
        }
        self.another_type(makes.word(), span, ty);
        None
    }

    fn another_type(&mut self, given: &str, span: SpanId, ty: &Type) {
        let wanted = crate::facts::fields::type_text(&self.model, ty);
        self.out.push(
            Diagnostic::error(
                codes::VALUE_DOES_NOT_FIT,
                span,
                format!("this is a `{given}`, and `{wanted}` is wanted"),
            )
            .label("this value")
            .help(format!("write a `{wanted}`")),
        );
    }

    fn inner_record(
        &mut self,
        args: &[Arg],
        span: SpanId,
        ty: &Type,
        scope: &Scope,
    ) -> Option<crate::model::Mapping> {
        let of: Option<Id<TypeDecl>> = match self.model.resolve(ty).shape {
            Shape::Named(id) => Some(id),
            Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => None,
        };
        let Some(of) = of.filter(|id| !matches!(self.model.types[*id].kind, TypeKind::Choice(_))) else {
            self.another_type("record", span, ty);
            return None;
        };
        self.mapping(of, args, span, scope)
    }
}

/// `0190c0de-0000-7000-8000-000000000001`
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, letter)| match at {
            8 | 13 | 18 | 23 => letter == '-',
            _ => letter.is_ascii_hexdigit(),
        })
}
