//! Lowers what records are made of: `(...ride, amount: ride.fare, status: pending)`.
//!
//! Whether every required field is there and the types fit is rule SCH001's to say.

pub(super) mod compute;
mod condition;
mod path;
mod value;

use aqueduct_dsl::ast::{self, Arg};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Lowering;
use super::scope::Scope;
use crate::codes;
use crate::model::{Id, Mapping, TypeDecl, Value};

impl Lowering {
    /// A record of a type; `None` when any part of it has an error, which is said.
    pub(in crate::lower) fn mapping(
        &mut self,
        of: Id<TypeDecl>,
        args: &[Arg],
        span: SpanId,
        scope: &Scope,
    ) -> Option<Mapping> {
        let mut sound = true;
        let mut written: Vec<(SmolStr, Value)> = Vec::new();
        let mut spreads: Vec<(SmolStr, Value)> = Vec::new();
        for arg in args {
            match arg {
                Arg::Named(name, expr) => match self.written(of, name, expr, &written, scope) {
                    Some(value) => written.push((name.text.clone(), value)),
                    None => sound = false,
                },
                Arg::Spread(name) => match self.spread(of, name, scope) {
                    Some(values) => spreads.extend(values),
                    None => sound = false,
                },
                Arg::Plain(expr) => {
                    sound = false;
                    self.without_name(of, expr);
                }
            }
        }
        if !sound {
            return None;
        }
        let fields = self.model.fields(of).iter().filter_map(|field| {
            let name = &field.label.name;
            let named = |(other, _): &&(SmolStr, Value)| other == name;
            let value = written
                .iter()
                .find(named)
                .or_else(|| spreads.iter().find(named))?;
            Some(value.clone())
        });
        Some(Mapping {
            fields: fields.collect(),
            span,
        })
    }

    fn written(
        &mut self,
        of: Id<TypeDecl>,
        name: &ast::Name,
        expr: &ast::Expr,
        earlier: &[(SmolStr, Value)],
        scope: &Scope,
    ) -> Option<Value> {
        let Some(field) = self.model.field(of, &name.text) else {
            self.no_such_field(of, name);
            return None;
        };
        let ty = field.ty.clone();
        if let Some((_, first)) = earlier.iter().find(|(other, _)| *other == name.text) {
            self.out.push(
                Diagnostic::error(
                    codes::NAME_TWICE,
                    name.span,
                    format!("`{}` is given twice", name.text),
                )
                .label("again here")
                .related(first.span, "first here")
                .help("delete one of the two"),
            );
            return None;
        }
        self.value(expr, &ty, scope)
    }

    fn no_such_field(&mut self, of: Id<TypeDecl>, name: &ast::Name) {
        let declared = &self.model.types[of];
        let type_name = declared.label.name.clone();
        let fields = crate::facts::fields::names(&self.model, of);
        let diagnostic = Diagnostic::error(
            codes::UNRESOLVED_NAME,
            name.span,
            format!("`{type_name}` has no field `{}`", name.text),
        )
        .related(declared.label.span, format!("`{type_name}` is declared here"));
        let diagnostic = match nearest(&name.text, fields.iter().map(SmolStr::as_str)) {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                format!("use `{near}`"),
                name.span,
                near,
            ),
            None if fields.is_empty() => diagnostic.label("it has no fields").help("delete this"),
            None => diagnostic
                .label("no such field")
                .help(format!("use one of its fields: {}", fields.join(", "))),
        };
        self.blame(
            &ast::Name {
                text: type_name,
                span: name.span,
            },
            diagnostic,
        );
    }

    fn without_name(&mut self, of: Id<TypeDecl>, expr: &ast::Expr) {
        let first = self
            .model
            .fields(of)
            .first()
            .map_or_else(|| "field".into(), |field| field.label.name.clone());
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                expr.span,
                "a value is given by the name of its field",
            )
            .label("for which field?")
            .help(format!(
                "write `{first}: …`, or `...x` for all fields of `x` by their names"
            )),
        );
    }
}
