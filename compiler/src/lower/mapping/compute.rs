//! Lowers what is computed: arithmetic, functions, conditions as values.

use aqueduct_dsl::ast::{self, Arg, BinaryOp, ExprKind, UnaryOp};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::codes;
use crate::constructs;
use crate::facts::fields::type_text;
use crate::facts::values::{arithmetic, function_of, type_of};
use crate::lower::Lowering;
use crate::lower::expression::constant;
use crate::lower::scope::Scope;
use crate::model::{Constant, Function, Operation, Type, Value, ValueKind};

/// Functions that are true or false.
const TESTS: [&str; 3] = ["starts_with", "ends_with", "contains"];

/// Whether a call is one of the language's functions, and no record of a type.
pub(in crate::lower) fn is_function(name: &str) -> bool {
    TESTS.contains(&name) || function(name).is_some()
}

fn function(name: &str) -> Option<Function> {
    Function::ALL.into_iter().find(|function| function.word() == name)
}

/// What an operator computes; nothing for those that are true or false.
pub(in crate::lower) fn operation(op: BinaryOp) -> Option<Operation> {
    Some(match op {
        BinaryOp::Plus => Operation::Plus,
        BinaryOp::Minus => Operation::Minus,
        BinaryOp::Times => Operation::Times,
        BinaryOp::Divide => Operation::Divide,
        BinaryOp::Either
        | BinaryOp::Or
        | BinaryOp::And
        | BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::AtMost
        | BinaryOp::Greater
        | BinaryOp::AtLeast
        | BinaryOp::In => return None,
    })
}

impl Lowering {
    /// A value whose type nobody asks for: a side of an operator, what a function is given.
    pub(in crate::lower) fn computed(&mut self, expr: &ast::Expr, scope: &Scope) -> Option<Value> {
        let span = expr.span;
        if let (ExprKind::Literal(_) | ExprKind::Unary(UnaryOp::Minus, _), Some(constant)) =
            (&expr.kind, constant(expr))
        {
            let kind = ValueKind::Constant(constant);
            return Some(Value { kind, span });
        }
        match &expr.kind {
            ExprKind::Path(path) => {
                let segments: Vec<SmolStr> = path.split('.').map(SmolStr::from).collect();
                let Some((known, segments)) = scope.find(&self.model, &segments) else {
                    let text = path.clone();
                    self.unknown(&ast::Name { text, span }, scope);
                    return None;
                };
                self.path_value(&known, &segments, span)
            }
            ExprKind::Group(args) => match args.as_slice() {
                [Arg::Plain(inner)] => self.computed(inner, scope),
                _ => self.no_value(span, "a record or a tuple"),
            },
            ExprKind::Call(call) => match call.callee.text.as_str() {
                "new" => Some(Value {
                    kind: ValueKind::New,
                    span,
                }),
                "now" => Some(Value {
                    kind: ValueKind::Now,
                    span,
                }),
                name if is_function(name) => self.function(call, span, scope),
                name if self.names.ty(name).is_some() => self.no_value(span, "a record"),
                _ => {
                    self.no_such_function(&call.callee);
                    None
                }
            },
            ExprKind::List(items) => {
                let items: Vec<Option<Value>> = items.iter().map(|item| self.computed(item, scope)).collect();
                let kind = ValueKind::List(items.into_iter().collect::<Option<_>>()?);
                Some(Value { kind, span })
            }
            ExprKind::Unary(UnaryOp::Minus, inner) => {
                let nothing = Value {
                    kind: ValueKind::Constant(Constant::Number(Decimal::ZERO)),
                    span: inner.span,
                };
                let inner = self.computed(inner, scope)?;
                self.arithmetic(Operation::Minus, nothing, inner, span, scope)
            }
            ExprKind::Binary(op, left, right) => match operation(*op) {
                Some(operation) => {
                    let (left, right) = (self.computed(left, scope), self.computed(right, scope));
                    self.arithmetic(operation, left?, right?, span, scope)
                }
                None if *op == BinaryOp::Either => self.no_value(span, "one of several"),
                None => self.test(expr, scope),
            },
            ExprKind::Unary(UnaryOp::Not, _) => self.test(expr, scope),
            ExprKind::Literal(_) => self.no_value(span, "no value that a field could have"),
        }
    }

    /// `fare >= 50` as a value: true or false.
    fn test(&mut self, expr: &ast::Expr, scope: &Scope) -> Option<Value> {
        let condition = self.condition(expr, scope)?;
        Some(Value {
            kind: ValueKind::Test(Box::new(condition)),
            span: expr.span,
        })
    }

    fn arithmetic(
        &mut self,
        operation: Operation,
        left: Value,
        right: Value,
        span: SpanId,
        scope: &Scope,
    ) -> Option<Value> {
        let (one, other) = (self.type_in(&left, scope), self.type_in(&right, scope));
        if let (Some(one), Some(other)) = (&one, &other)
            && let Err(why) = arithmetic(&self.model, operation, (&left, one), (&right, other))
        {
            self.out.push(
                Diagnostic::error(codes::VALUE_DOES_NOT_FIT, span, why)
                    .label("can't be computed")
                    .note("numbers go with numbers, times with spans of time; what is exact stays exact")
                    .help("use values that go together, or a handler that replies with what is wanted"),
            );
            return None;
        }
        Some(Value {
            kind: ValueKind::Arithmetic(operation, Box::new([left, right])),
            span,
        })
    }

    /// `sum(legs.price)`, `starts_with(name, "A")`
    pub(in crate::lower) fn function(
        &mut self,
        call: &ast::Call,
        span: SpanId,
        scope: &Scope,
    ) -> Option<Value> {
        let name = call.callee.text.as_str();
        let Some(function) = function(name) else {
            let condition = self.condition(
                &ast::Expr {
                    kind: ExprKind::Call(call.clone()),
                    span,
                },
                scope,
            )?;
            let kind = ValueKind::Test(Box::new(condition));
            return Some(Value { kind, span });
        };
        let [Arg::Plain(of)] = call.args.as_slice() else {
            self.out.push(
                Diagnostic::error(codes::OUT_OF_PLACE, span, format!("`{name}` takes one value"))
                    .label("not one value")
                    .help(format!("write `{name}(x)`")),
            );
            return None;
        };
        let of = self.computed(of, scope)?;
        if let Some(ty) = self.type_in(&of, scope)
            && let Err(wanted) = function_of(&self.model, function, &ty)
        {
            let given = type_text(&self.model, &ty);
            self.out.push(
                Diagnostic::error(
                    codes::VALUE_DOES_NOT_FIT,
                    of.span,
                    format!("`{name}` is made of {wanted}, and this is `{given}`"),
                )
                .label("this value")
                .help(format!("give it {wanted}")),
            );
            return None;
        }
        let kind = ValueKind::Function(function, Box::new(of));
        Some(Value { kind, span })
    }

    /// The type of a value at a place, where all of it is known.
    pub(in crate::lower) fn type_in(&self, value: &Value, scope: &Scope) -> Option<Type> {
        type_of(&self.model, value, &|path| scope.type_at(&self.model, path))
    }

    /// Notes what not every target can compute, once for the whole of it.
    pub(in crate::lower) fn note_computed(&mut self, value: &Value) {
        match &value.kind {
            // What is computed in it is noted already.
            ValueKind::Test(condition) if condition.is_computed() => {}
            ValueKind::Each(_) | ValueKind::Arithmetic(..) | ValueKind::Function(..) | ValueKind::Test(_) => {
                self.note(&constructs::COMPUTED, value.span);
            }
            ValueKind::Path(path) if path.first().is_some_and(|first| first == "meta") => {
                self.note(&constructs::META, value.span);
            }
            ValueKind::Path(_)
            | ValueKind::Constant(_)
            | ValueKind::New
            | ValueKind::Now
            | ValueKind::List(_)
            | ValueKind::Record(_) => {}
        }
    }

    pub(in crate::lower) fn no_such_function(&mut self, name: &ast::Name) {
        let functions = Function::ALL.iter().map(|function| function.word());
        let known: Vec<&str> = functions.chain(TESTS).chain(["new", "now"]).collect();
        let candidates = known.iter().copied().chain(self.names.types.names());
        let diagnostic = Diagnostic::error(
            codes::UNRESOLVED_NAME,
            name.span,
            format!("no function and no type is called `{}`", name.text),
        );
        let diagnostic = match nearest(&name.text, candidates) {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                format!("use `{near}`"),
                name.span,
                near,
            ),
            None => diagnostic
                .label("nothing is called so")
                .help(format!("there are {}", known.join(", "))),
        };
        self.blame(name, diagnostic);
    }

    fn no_value<T>(&mut self, span: SpanId, what: &str) -> Option<T> {
        self.out.push(
            Diagnostic::error(
                codes::VALUE_DOES_NOT_FIT,
                span,
                "nothing can be computed from this",
            )
            .label(what)
            .help("use numbers, times, texts, and fields that hold them"),
        );
        None
    }
}
