//! Lowers what scenarios have begun or look at: sagas, handlers, scatters, earlier answers.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::Matched;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::codes;
use crate::lower::Lowering;
use crate::lower::names::unresolved;
use crate::lower::scope::{Holds, Scope};
use crate::lower::types::unresolved as no_type;
use crate::model::{
    Asked, Bounds, Field, Id, Label, Looked, Mapping, Scalar, Scatter, Shape, Tags, Then, Type, TypeDecl,
    TypeKind, Value, ValueKind, When,
};

/// How far something is that takes its time.
const STATES: [&str; 4] = ["running", "done", "failed", "stuck"];

impl Lowering {
    /// `when Booking starts TripBooking(…)`
    pub(super) fn starts(&mut self, clause: &Matched<'_>, scope: &Scope) -> Option<When> {
        let call = clause.call("saga")?;
        let saga = self.find_saga(None, &call.callee)?;
        let input = self.model.sagas[saga].input;
        let fields = self.mapping(input, &call.args, clause.span(), scope)?;
        self.complete(input, &fields, &[]);
        Some(When::Starts { saga, input: fields })
    }

    /// `when Shop place(…)`: a handler of the service.
    pub(super) fn does(&mut self, clause: &Matched<'_>, scope: &Scope) -> Option<When> {
        let (service, call) = (clause.path("target")?, clause.call("action")?);
        let name = ast::Name {
            text: format!("{}.{}", service.text, call.callee.text).into(),
            span: call.callee.span,
        };
        let handler = self.find_handler(None, &name)?;
        let input = match self.model.handlers[handler].input {
            Some(of) => {
                let fields = self.mapping(of, &call.args, clause.span(), scope)?;
                self.complete(of, &fields, &[]);
                fields
            }
            None => Mapping {
                fields: Vec::new(),
                span: clause.span(),
            },
        };
        Some(When::Does { handler, input })
    }

    /// `then quotes.status(rfq.rfq_id) is (status: running)`, `then r.fare is 49.99`
    pub(super) fn is(&mut self, clause: &Matched<'_>, scope: &Scope) -> Option<Then> {
        let expected = clause.expr("expected")?;
        if let Some(call) = clause.call("value") {
            let what = self.looked_at(&call.callee)?;
            let key = self.keys(&what, call, clause.span(), scope)?;
            let of = self.state_record(clause.span());
            let Some(args) = expected.as_group() else {
                self.not_fields(expected.span);
                return None;
            };
            let fields = self.mapping(of, args, expected.span, &Scope::default())?;
            let expected = Value {
                kind: ValueKind::Record(fields),
                span: expected.span,
            };
            return Some(Then::Is { what, key, expected });
        }
        let name = clause.path("value")?;
        let path: Vec<SmolStr> = name.text.split('.').map(SmolStr::from).collect();
        let Some(known) = path.first().and_then(|first| scope.get(first)).cloned() else {
            self.unknown(&name, scope);
            return None;
        };
        let _ = self.path_value(&known, &path, name.span)?;
        let rest = path.get(1..).unwrap_or_default();
        let ty = match &known.holds {
            Holds::Record(of) if rest.is_empty() => Type {
                shape: Shape::Named(*of),
                ..no_type(name.span)
            },
            Holds::Record(of) => self.model.at_path(*of, rest)?.0.ty.clone(),
            Holds::Value(ty) => crate::facts::values::below(&self.model, ty, rest)?.0,
            Holds::Failure
            | Holds::Caught
            | Holds::Meta
            | Holds::Sample(..)
            | Holds::Nothing
            | Holds::Unsure(_)
            | Holds::Broken => no_type(name.span),
        };
        let expected = self.value(expected, &ty, &Scope::default())?;
        Some(Then::Is {
            what: Looked::Answer(path),
            key: Vec::new(),
            expected,
        })
    }

    /// `quotes.status`, `TripBooking.result`; with the service in front where that is needed.
    fn looked_at(&mut self, callee: &ast::Name) -> Option<Looked> {
        let (of, asked) = match callee.text.rsplit_once('.') {
            Some((of, "status")) => (of, Asked::Status),
            Some((of, "result")) => (of, Asked::Result),
            _ => (callee.text.as_str(), Asked::Status),
        };
        let scatters = self.model.scatters.iter();
        let named = |(_, scatter): &(_, &Scatter)| {
            let service = &self.model.services[scatter.service].label.name;
            scatter.label.name == of || format!("{service}.{}", scatter.label.name) == of
        };
        if let Some((scatter, _)) = scatters.into_iter().find(named) {
            return Some(Looked::Scatter(scatter, asked));
        }
        let saga = self
            .model
            .sagas
            .ids()
            .find(|id| self.model.sagas[*id].label.name == of || self.model.saga_name(*id) == of);
        if let Some(saga) = saga {
            return Some(Looked::Saga(saga, asked));
        }
        let name = ast::Name {
            text: of.into(),
            span: callee.span,
        };
        let sagas = self.model.sagas.values().map(|saga| saga.label.name.as_str());
        let scatters = self
            .model
            .scatters
            .values()
            .map(|scatter| scatter.label.name.as_str());
        let diagnostic = unresolved(
            "saga or scatter",
            &name,
            sagas.chain(scatters),
            "declare it in a service: `scatter",
            "(…) by … { … }`",
        );
        self.blame(&name, diagnostic);
        None
    }

    /// Which one is looked at: a value for each field of the key, in its order.
    fn keys(&mut self, what: &Looked, call: &ast::Call, span: SpanId, scope: &Scope) -> Option<Vec<Value>> {
        let (of, by) = match what {
            Looked::Scatter(id, _) => {
                let scatter = &self.model.scatters[*id];
                (scatter.asks.first()?.0, scatter.by.clone())
            }
            Looked::Saga(id, _) => (self.model.sagas[*id].input, self.model.sagas[*id].by.clone()),
            Looked::Answer(_) => return Some(Vec::new()),
        };
        if by.len() != call.args.len() {
            let fields: Vec<String> = by.iter().map(|path| path.join(".")).collect();
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    span,
                    "this doesn't say which one is looked at",
                )
                .label(format!("its key is {}", fields.join(", ")))
                .help("give a value for each field of the key, in this order"),
            );
            return None;
        }
        let mut keys = Vec::new();
        for (path, arg) in by.iter().zip(&call.args) {
            let (ast::Arg::Plain(expr) | ast::Arg::Named(_, expr)) = arg else {
                return None;
            };
            let ty = self.model.at_path(of, path).map(|(field, _)| field.ty.clone())?;
            keys.push(self.value(expr, &ty, scope)?);
        }
        Some(keys)
    }

    /// What can be seen of something that takes its time.
    fn state_record(&mut self, span: SpanId) -> Id<TypeDecl> {
        let label = |name: &str| Label {
            name: name.into(),
            span,
            entry: span,
            docs: Vec::new(),
        };
        let states = self.model.types.push(TypeDecl {
            label: label("progress state"),
            domain: None,
            kind: TypeKind::Choice(STATES.map(label).to_vec()),
        });
        let field = |name: &str, shape: Shape| Field {
            label: label(name),
            ty: Type {
                shape,
                ..no_type(span)
            },
            tags: Tags::default(),
            default: None,
            origin: None,
            spread: None,
        };
        let fields = vec![
            field("status", Shape::Named(states)),
            field("response_count", Shape::Scalar(Scalar::Int(Bounds::default()))),
        ];
        self.inline_type("the progress".into(), fields, span)
    }

    /// The answer to a request that begins a scatter: its key.
    pub(super) fn key_record(&mut self, scatter: Id<Scatter>) -> Option<Id<TypeDecl>> {
        let declared = &self.model.scatters[scatter];
        let (question, span) = (declared.asks.first()?.0, declared.label.span);
        let name = format!("{}Key", declared.label.name);
        let by = declared.by.clone();
        let fields = by.iter().filter_map(|path| self.model.at_path(question, path));
        let fields: Vec<Field> = fields.map(|(field, _)| field.clone()).collect();
        Some(self.inline_type(name.into(), fields, span))
    }

    fn not_fields(&mut self, span: SpanId) {
        self.out.push(
            Diagnostic::error(codes::OUT_OF_PLACE, span, "what is expected is written as fields")
                .label("not in parentheses")
                .help("write `is (status: done, response_count: 4)`"),
        );
    }
}
