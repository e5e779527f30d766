//! What Step Functions can't say of a saga: values that may be absent, ids made on the way, lists in rows.

use aqueduct_dsl::source::SpanId;

use crate::check::{Context, Sink};
use crate::facts::mapping::{result, type_at};
use crate::model::{
    Action, ActionKind, Id, Mapping, Model, Operand, Predicate, PredicateKind, Saga, Scalar, Shape,
    Statement, Type, TypeDecl, TypeKind, Until, Value, ValueKind,
};

/// Something that a saga does, with the saga.
struct Place<'a> {
    model: &'a Model,
    saga: &'a Saga,
}

/// Why something can't be said, and what to do.
struct Limit {
    span: SpanId,
    what: String,
    why: &'static str,
    help: &'static str,
}

pub(super) fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for saga in cx.model.sagas.values() {
        let place = Place {
            model: cx.model,
            saga,
        };
        let mut limits = Vec::new();
        for block in saga.blocks() {
            place.statements(block, &mut limits);
        }
        for ending in [&saga.done, &saga.failed].into_iter().flatten() {
            for action in &ending.actions {
                place.action(action, &mut limits);
            }
        }
        for limit in limits {
            out.report(limit.span, limit.what, |finding| {
                finding
                    .label(limit.why)
                    .related(saga.label.span, "in this saga")
                    .note("sagas run on Step Functions there")
                    .help(limit.help)
                    .holds_for("aws")
            });
        }
    }
}

impl Place<'_> {
    fn statements(&self, body: &[Statement], limits: &mut Vec<Limit>) {
        for statement in body {
            match statement {
                Statement::Step(step) => {
                    self.action(&step.action, limits);
                    if let Some(undo) = &step.undo {
                        self.action(undo, limits);
                    }
                    for on in &step.on {
                        self.statements(&on.body, limits);
                    }
                    self.row_read(&step.action, limits);
                }
                Statement::If { arms, otherwise, .. } => {
                    for (condition, body) in arms {
                        sizes(condition, limits);
                        self.absent(condition, None, limits);
                        self.statements(body, limits);
                    }
                    self.statements(otherwise, limits);
                }
                Statement::Parallel { branches, .. } => {
                    for branch in branches {
                        self.statements(&branch.body, limits);
                    }
                }
                Statement::Map(map) => {
                    self.value(&map.of, false, limits);
                    self.statements(&map.body, limits);
                }
                Statement::Wait { until, .. } => {
                    if let Until::At(time) = until {
                        self.value(time, false, limits);
                    }
                }
                Statement::Alone(action) => self.action(action, limits),
                Statement::Fail(fail) => self.mapping(Some(fail.fault), &fail.fields, limits),
            }
        }
    }

    fn action(&self, action: &Action, limits: &mut Vec<Limit>) {
        match &action.kind {
            // Refused as such, wherever it stands.
            ActionKind::Receive { .. } | ActionKind::Child { .. } | ActionKind::Start { .. } => {}
            ActionKind::Call { handler, input, .. } => {
                self.mapping(self.model.handlers[*handler].input, input, limits);
            }
            ActionKind::Insert { store, row } | ActionKind::Put { store, row } => {
                self.mapping(Some(self.model.stores[*store].row), row, limits);
                self.typed(self.model.stores[*store].row, row, limits);
            }
            ActionKind::Update { store, row, only_if } => {
                self.mapping(Some(self.model.stores[*store].row), row, limits);
                self.typed(self.model.stores[*store].row, row, limits);
                if let Some(condition) = only_if {
                    sizes(condition, limits);
                    endings(condition, limits);
                    self.absent(condition, Some(self.model.stores[*store].row), limits);
                }
            }
            ActionKind::Get { store, key } | ActionKind::Delete { store, key } => {
                self.mapping(Some(self.model.stores[*store].row), key, limits);
            }
            ActionKind::Emit {
                message,
                fields,
                channel,
            } => {
                self.mapping(Some(*message), fields, limits);
                let channel = &self.model.channels[*channel];
                if channel.order.is_some() {
                    limits.push(Limit {
                        span: action.span,
                        what: format!(
                            "a saga can't send to `{}`, which keeps an order",
                            channel.label.name
                        ),
                        why: "the group of the message can't be said",
                        help: "have a handler of the system send it, and call that in a step",
                    });
                }
            }
        }
    }

    /// What may be absent is neither equal nor unequal to anything here; there it is unequal, or the end of the saga.
    fn absent(&self, condition: &Predicate, row: Option<Id<TypeDecl>>, limits: &mut Vec<Limit>) {
        operands(condition, &mut |operand| {
            let Ok(path) = &operand.value else { return };
            let optional = match row {
                Some(row) => self
                    .model
                    .at_path(row, &path.segments)
                    .map(|(_, optional)| optional),
                None => type_at(self.model, self.saga, &path.segments).map(|ty| ty.optional),
            };
            if optional == Some(true) {
                limits.push(Limit {
                    span: operand.span,
                    what: format!("`{}` may be absent, and can't be asked for here", path.text()),
                    why: "optional where it comes from",
                    help: "make the field required, or have a handler decide and reply with a `bool`",
                });
            }
        });
    }

    fn mapping(&self, of: Option<Id<TypeDecl>>, mapping: &Mapping, limits: &mut Vec<Limit>) {
        for (name, value) in &mapping.fields {
            // What has to be there and may be absent is SCH001's.
            let field = of.and_then(|of| self.model.field(of, name));
            self.value(value, field.is_some_and(|field| field.ty.optional), limits);
        }
    }

    fn value(&self, value: &Value, may_be_absent: bool, limits: &mut Vec<Limit>) {
        match &value.kind {
            ValueKind::New => limits.push(Limit {
                span: value.span,
                what: "`new()` makes another id each time that a step is tried".to_owned(),
                why: "not the same in a second try",
                help: "use a key of the message that starts the saga, or have a handler make the id and reply with it",
            }),
            ValueKind::Path(path) if path.first().is_some_and(|root| root == "error") => {
                if path.get(1).is_some_and(|field| field == "message") {
                    limits.push(Limit {
                        span: value.span,
                        what: "`error.message` can't be told: what fails there has a name, and words of its platform"
                            .to_owned(),
                        why: "not the handler's own words",
                        help: "use `error.name`",
                    });
                }
            }
            ValueKind::Path(path) if may_be_absent => {
                if type_at(self.model, self.saga, path).is_some_and(|ty| ty.optional) {
                    limits.push(Limit {
                        span: value.span,
                        what: format!("`{}` may be absent, and a path to what is absent ends the saga", path.join(".")),
                        why: "optional where it comes from",
                        help: "make the field required, with a value that says that there is none",
                    });
                }
            }
            ValueKind::List(items) => items.iter().for_each(|item| self.value(item, false, limits)),
            ValueKind::Record(inner) => self.mapping(None, inner, limits),
            // What is computed is refused as such.
            ValueKind::Path(_)
            | ValueKind::Each(_)
            | ValueKind::Constant(_)
            | ValueKind::Now
            | ValueKind::Arithmetic(..)
            | ValueKind::Function(..)
            | ValueKind::Test(_) => {}
        }
    }

    /// DynamoDB's values are typed, and Step Functions can't go through a list to type what is in it.
    fn typed(&self, row: Id<TypeDecl>, mapping: &Mapping, limits: &mut Vec<Limit>) {
        for (name, value) in &mapping.fields {
            let Some(field) = self.model.field(row, name) else {
                continue;
            };
            if matches!(value.kind, ValueKind::Path(_)) && has_parts(self.model, &field.ty) {
                limits.push(Limit {
                    span: value.span,
                    what: format!("`{name}` can't be written without code: it is a list, a map or JSON"),
                    why: "made of parts that nobody counts",
                    help: "write the row in a handler, and call that in the step",
                });
            }
        }
    }

    fn row_read(&self, action: &Action, limits: &mut Vec<Limit>) {
        if !matches!(action.kind, ActionKind::Get { .. }) {
            return;
        }
        let Some(row) = result(self.model, action) else {
            return;
        };
        let untold = |ty: &Type| ty.optional || has_parts(self.model, ty);
        if let Some(field) = self.model.fields(row).iter().find(|field| untold(&field.ty)) {
            limits.push(Limit {
                span: action.span,
                what: format!(
                    "a row with `{}` can't be read without code: it may be absent, or has parts",
                    field.label.name
                ),
                why: "the whole row is read",
                help: "read it in a handler that replies with what the saga needs",
            });
        }
    }
}

fn has_parts(model: &Model, ty: &Type) -> bool {
    match &model.resolve(ty).shape {
        Shape::List { .. } | Shape::Map { .. } | Shape::Scalar(Scalar::Json) => true,
        Shape::Named(id) => match &model.types[*id].kind {
            TypeKind::Record { fields, .. } | TypeKind::Message { fields, .. } => fields
                .iter()
                .any(|field| field.ty.optional || has_parts(model, &field.ty)),
            TypeKind::Alias(_) | TypeKind::Choice(_) | TypeKind::Union(_) => false,
        },
        Shape::Scalar(_) | Shape::Unresolved => false,
    }
}

/// `size(…)` in a condition.
fn sizes(condition: &Predicate, limits: &mut Vec<Limit>) {
    operands(condition, &mut |operand| {
        if operand.size {
            limits.push(Limit {
                span: operand.span,
                what: "the size of something can't be asked in a saga".to_owned(),
                why: "neither a Choice state nor a condition of DynamoDB counts",
                help: "have a handler reply with the number",
            });
        }
    });
}

/// DynamoDB knows how a text begins, and not how it ends.
fn endings(condition: &Predicate, limits: &mut Vec<Limit>) {
    match &condition.kind {
        PredicateKind::All(parts) | PredicateKind::Any(parts) => {
            for part in parts {
                endings(part, limits);
            }
        }
        PredicateKind::Not(inner) => endings(inner, limits),
        PredicateKind::Text(test, ..) if test == "ends_with" => limits.push(Limit {
            span: condition.span,
            what: "how a text of a row ends can't be asked".to_owned(),
            why: "DynamoDB knows how a text begins, and what is in it",
            help: "compare with the whole text, or change the row in a handler",
        }),
        PredicateKind::Text(..)
        | PredicateKind::Compare(..)
        | PredicateKind::Computed(..)
        | PredicateKind::In(..)
        | PredicateKind::Holds(_) => {}
    }
}

fn operands(condition: &Predicate, see: &mut impl FnMut(&Operand)) {
    match &condition.kind {
        PredicateKind::All(parts) | PredicateKind::Any(parts) => {
            for part in parts {
                operands(part, see);
            }
        }
        PredicateKind::Not(inner) => operands(inner, see),
        PredicateKind::Compare(_, left, right) | PredicateKind::Text(_, left, right) => {
            see(left);
            see(right);
        }
        PredicateKind::In(left, values) => {
            see(left);
            values.iter().for_each(&mut *see);
        }
        PredicateKind::Computed(..) => {}
        PredicateKind::Holds(inner) => see(inner),
    }
}
