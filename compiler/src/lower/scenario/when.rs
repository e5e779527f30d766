//! Lowers what happens: a request, a message, time that passes.

use aqueduct_dsl::ast::{self, ExprKind};
use aqueduct_dsl::clauses::Matched;
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use smol_str::SmolStr;

use crate::codes;
use crate::facts::subtype::mismatches;
use crate::lower::Lowering;
use crate::lower::scope::{Holds, Scope};
use crate::model::{
    Api, ApiTarget, Asked, Id, Mapping, Method, PathSegment, PathTemplate, TypeDecl, Value, ValueKind, When,
};

/// The first status that is a failure.
const FAILURE: u16 = 400;

impl Lowering {
    pub(super) fn when(&mut self, clause: &Matched<'_>, scope: &mut Scope) -> Option<When> {
        if clause.has("advances") {
            let time = self.some_time(clause.duration("time")?)?;
            return Some(When::Advance(time.value));
        }
        if clause.has("publish") {
            return self.publication(clause, scope);
        }
        if clause.has("starts") {
            return self.starts(clause, scope);
        }
        if clause.call("action").is_some() {
            return self.does(clause, scope);
        }
        self.request(clause, scope)
    }

    fn publication(&mut self, clause: &Matched<'_>, scope: &mut Scope) -> Option<When> {
        let expr = clause.expr("message")?;
        let channel = self.find_channel(&clause.path("channel")?);
        let (message, fields) = self.message_value(expr, scope)?;
        let channel = channel?;
        self.complete(message, &fields, &[]);
        let carries = self.model.channels[channel].carries;
        self.readable(message, carries, expr, &[]);
        let times = self.times(clause).unwrap_or(1);
        let name = self.answer_name(clause, Some(message), scope);
        Some(When::Publish {
            message,
            fields,
            channel,
            times,
            name,
        })
    }

    fn request(&mut self, clause: &Matched<'_>, scope: &mut Scope) -> Option<When> {
        let word = clause.word("method")?;
        let (text, text_span) = clause.text("path")?;
        let Some(method) = Method::ALL.into_iter().find(|method| method.word() == word.text) else {
            let known = Method::ALL.map(Method::word).join(", ");
            self.takes_nothing(
                &format!("no api answers a {}", word.text),
                word.span,
                &format!("use one of {known}"),
            );
            return None;
        };
        let Some(api) = self.api_for(method, text) else {
            self.no_api(method, text, text_span);
            return None;
        };
        let returns = match clause.number("status") {
            Some((text, span)) => {
                let status = self.count(&text, span, "a status is", 100..=599)?;
                u16::try_from(status).ok()
            }
            None => None,
        };
        let body = match clause.expr("body") {
            Some(expr) => Some(self.body(&api, expr, returns, scope)?),
            None => None,
        };
        let answer = match api.target {
            ApiTarget::Handler(handler) => self.model.handlers[handler].reply,
            ApiTarget::Row(store) => Some(self.model.stores[store].row),
            ApiTarget::Scatter(scatter, Asked::Start) => self.key_record(scatter),
            ApiTarget::Saga(saga, Asked::Start) => Some(self.model.sagas[saga].input),
            ApiTarget::Rows(_)
            | ApiTarget::Channel(_)
            | ApiTarget::Scatter(..)
            | ApiTarget::Saga(..)
            | ApiTarget::Complete(..) => None,
        };
        let name = self.answer_name(clause, answer, scope);
        Some(When::Request {
            method,
            path: text.into(),
            body,
            returns,
            name,
        })
    }

    /// `as rfq`
    fn answer_name(
        &mut self,
        clause: &Matched<'_>,
        of: Option<Id<TypeDecl>>,
        scope: &mut Scope,
    ) -> Option<SmolStr> {
        let name = clause.word("name")?;
        if let Some(first) = scope.get(&name.text) {
            let first = first.span;
            self.out.push(
                Diagnostic::error(
                    codes::NAME_TWICE,
                    name.span,
                    format!("`{}` has a meaning already", name.text),
                )
                .label("again here")
                .related(first, "first here")
                .help("choose another name"),
            );
        }
        scope.add(&name.text, name.span, of.map_or(Holds::Nothing, Holds::Record));
        Some(name.text)
    }

    fn body(&mut self, api: &Api, expr: &ast::Expr, returns: Option<u16>, scope: &Scope) -> Option<Value> {
        let input = match api.target {
            ApiTarget::Handler(handler) => self.model.handlers[handler].input,
            ApiTarget::Channel(channel) => Some(self.model.channels[channel].carries),
            ApiTarget::Scatter(scatter, Asked::Start) => Some(self.model.scatters[scatter].input),
            ApiTarget::Saga(saga, Asked::Start) => Some(self.model.sagas[saga].input),
            ApiTarget::Complete(saga, step) => {
                let steps = self.model.sagas[saga].steps();
                steps
                    .get(step)
                    .and_then(|step| crate::facts::mapping::result(&self.model, &step.action))
            }
            ApiTarget::Row(_) | ApiTarget::Rows(_) | ApiTarget::Scatter(..) | ApiTarget::Saga(..) => None,
        };
        let Some(input) = input else {
            let what = format!("{} takes no body", api.label.name);
            self.takes_nothing(&what, expr.span, "delete the body");
            return None;
        };
        let in_path: Vec<SmolStr> = api.path.parameters().cloned().collect();
        let wanted_to_fail = returns.is_some_and(|status| status >= FAILURE);
        let fields = match &expr.kind {
            ExprKind::Group(args) => self.mapping(input, args, expr.span, scope)?,
            ExprKind::Path(path) if scope.get(path).is_some() => {
                let Holds::Sample(of, value) = scope.get(path)?.holds.clone() else {
                    self.takes_nothing(
                        "a body is a value that is written down",
                        expr.span,
                        "write a sample, or the fields",
                    );
                    return None;
                };
                self.readable(of, input, expr, &in_path);
                self.only_fields_of(input, value)
            }
            ExprKind::Literal(_)
            | ExprKind::Path(_)
            | ExprKind::Call(_)
            | ExprKind::List(_)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..) => {
                let (of, value) = self.message_value(expr, scope)?;
                self.readable(of, input, expr, &in_path);
                self.only_fields_of(input, value)
            }
        };
        if !wanted_to_fail {
            self.complete(input, &fields, &in_path);
        }
        Some(Value {
            kind: ValueKind::Record(fields),
            span: expr.span,
        })
    }

    fn only_fields_of(&self, of: Id<TypeDecl>, mut value: Mapping) -> Mapping {
        value
            .fields
            .retain(|(name, _)| self.model.field(of, name).is_some());
        value
    }

    /// Says so when a value of one type can't be read as another.
    fn readable(&mut self, given: Id<TypeDecl>, wanted: Id<TypeDecl>, expr: &ast::Expr, in_path: &[SmolStr]) {
        let found = mismatches(&self.model, given, wanted);
        let Some(first) = found.iter().find(|mismatch| !in_path.contains(&mismatch.path)) else {
            return;
        };
        let there = &self.model.types[wanted].label;
        self.out.push(
            Diagnostic::error(
                codes::VALUE_DOES_NOT_FIT,
                expr.span,
                format!("this can't be read as `{}`: {}", there.name, first.why),
            )
            .label("is sent here")
            .related(there.span, "is read there")
            .help(format!("send a `{}`", there.name)),
        );
    }

    fn api_for(&self, method: Method, path: &str) -> Option<Api> {
        let fits = |api: &&Api| api.method == method && matches(&api.path, path);
        self.model.apis.values().find(fits).cloned()
    }

    fn no_api(&mut self, method: Method, path: &str, span: aqueduct_dsl::source::SpanId) {
        let known: Vec<SmolStr> = self
            .model
            .apis
            .values()
            .filter(|api| api.method == method)
            .map(|api| api.path.text.clone())
            .collect();
        let diagnostic = Diagnostic::error(
            codes::UNRESOLVED_NAME,
            span,
            format!("no api answers {} {path}", method.word()),
        );
        self.out
            .push(match nearest(path, known.iter().map(SmolStr::as_str)) {
                Some(near) => diagnostic
                    .label(format!("did you mean \"{near}\"?"))
                    .help("write the path of an `api`, its parameters filled in"),
                None => diagnostic
                    .label("nobody listens there")
                    .help("write the method and path of an `api`, its parameters filled in"),
            });
    }
}

/// Whether a path that is sent is one of a template.
fn matches(template: &PathTemplate, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    parts.len() == template.segments.len()
        && template
            .segments
            .iter()
            .zip(parts)
            .all(|(segment, part)| match segment {
                PathSegment::Literal(text) => text == part,
                PathSegment::Parameter(_) => true,
            })
}
