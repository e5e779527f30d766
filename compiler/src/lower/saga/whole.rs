//! Lowers what is true of a whole saga: failures wherever they happen, its style, its answer and its faults.

use aqueduct_dsl::ast::{self, BinaryOp, ExprKind};
use aqueduct_dsl::clauses::{Matched, Options};
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::flow::ends;
use super::{Around, anywhere};
use crate::codes;
use crate::facts::fields::type_text;
use crate::facts::mapping::missing;
use crate::facts::saga::faults;
use crate::lower::Lowering;
use crate::lower::scope::{Holds, Known, Scope};
use crate::model::{
    Action, Again, Id, Mapping, OnFault, Saga, Scalar, Shape, Style, Type, TypeDecl, TypeKind, Value,
    ValueKind,
};

impl Lowering {
    /// `on F { }` and `on F retry n` of the saga itself.
    pub(super) fn caught_anywhere(
        &mut self,
        around: &mut Around<'_>,
        options: &Options<'_>,
        at_start: &Scope,
    ) -> (Vec<OnFault>, Vec<Again>) {
        let (mut found, mut again): (Vec<OnFault>, Vec<Again>) = (Vec::new(), Vec::new());
        for clause in options.all("on") {
            for name in clause.paths("fault") {
                let fault = if name.text == "timeout" {
                    None
                } else {
                    let Some(fault) = self.find_fault(&name) else {
                        continue;
                    };
                    Some(fault)
                };
                let earlier = found
                    .iter()
                    .find(|other| other.fault == fault)
                    .map(|other| other.span);
                let retried = again
                    .iter()
                    .find(|other| Some(other.fault) == fault)
                    .map(|other| other.span);
                if let Some(first) = earlier.or(retried) {
                    self.said_twice(&name, first);
                    continue;
                }
                again.extend(self.tried_again(clause, fault, &name));
                if clause.row.pattern.contains("retry") && clause.block().is_empty() {
                    continue;
                }
                let mut scope = anywhere(around, at_start, "another step may have failed before it");
                scope.add(&"error".into(), clause.span(), Holds::Caught);
                let body = self.block(around, clause.block(), &mut scope);
                around.caught.push((fault, ends(&body)));
                found.push(OnFault {
                    fault,
                    body,
                    span: clause.span(),
                });
            }
        }
        (found, again)
    }

    /// Says so for each `on F` of a saga in which nothing fails so.
    pub(super) fn caught_in_vain(&mut self, id: Id<Saga>) {
        let saga = &self.model.sagas[id];
        let raised: Vec<Id<TypeDecl>> = saga
            .steps()
            .into_iter()
            .flat_map(|step| faults::declared(&self.model, &step.action))
            .collect();
        let caught = saga.on_fault.iter().filter_map(|on| Some((on.fault?, on.span)));
        let again = saga.again.iter().map(|again| (again.fault, again.span));
        let mut vain: Vec<(Id<TypeDecl>, SpanId)> = caught.chain(again).collect();
        vain.retain(|(fault, _)| !raised.contains(fault));
        vain.dedup_by_key(|(_, span)| *span);
        for (fault, span) in vain {
            let name = self.model.types[fault].label.name.clone();
            let of = self.model.sagas[id].label.name.clone();
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    span,
                    format!("no step of `{of}` ever fails with {name}"),
                )
                .label("never happens")
                .note("what a `fail` of the saga itself leads to is its `failed`")
                .help(format!(
                    "declare it where it is raised: `fails {name}`; or delete this"
                )),
            );
        }
    }

    /// `on F retry 3`: the number of tries for a fault.
    pub(super) fn tried_again(
        &mut self,
        clause: &Matched<'_>,
        fault: Option<Id<TypeDecl>>,
        name: &ast::Name,
    ) -> Option<Again> {
        let (text, span) = clause.number("count")?;
        let count = self.count(&text, span, "`retry` is", 0..=100)?;
        let Some(fault) = fault else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    name.span,
                    "how often silence is tried again is said for each step",
                )
                .label("no fault")
                .help(format!("write `retry {count}` in the step")),
            );
            return None;
        };
        Some(Again {
            fault,
            count,
            span: clause.span(),
        })
    }

    pub(super) fn said_twice(&mut self, name: &ast::Name, first: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::NAME_TWICE,
                name.span,
                format!("`on {}` is said twice", name.text),
            )
            .label("again here")
            .related(first, "first here")
            .help("delete one of the two"),
        );
    }

    /// `style slip` with `route note.stops in [collect, hand_over]`.
    pub(super) fn style(&mut self, around: &Around<'_>, options: &Options<'_>, scope: &Scope) -> Style {
        let (slip, route) = (options.get("style"), options.get("route"));
        let (slip, route) = match (slip, route) {
            (Some(slip), Some(route)) => (slip, route),
            (Some(slip), None) => {
                self.out.push(
                    Diagnostic::error(codes::OUT_OF_PLACE, slip.span(), "a slip says which way it takes")
                        .label("no `route`")
                        .help("write `route it.stops in [first_step, second_step]`"),
                );
                return Style::Coordinated;
            }
            (None, Some(route)) => {
                self.out.push(
                    Diagnostic::error(codes::OUT_OF_PLACE, route.span(), "only a slip has a route")
                        .label("a coordinator knows the way itself")
                        .help("write `style slip` as well, or delete it"),
                );
                return Style::Coordinated;
            }
            (None, None) => return Style::Coordinated,
        };
        self.route_of(around, route, scope)
            .map_or(Style::Coordinated, |(of, steps)| Style::Slip {
                span: slip.span(),
                route: of,
                steps,
            })
    }

    fn route_of(
        &mut self,
        around: &Around<'_>,
        clause: &Matched<'_>,
        scope: &Scope,
    ) -> Option<(Value, Vec<(SmolStr, SpanId)>)> {
        let choice = clause.expr("choice")?;
        let parts = match &choice.kind {
            ExprKind::Binary(BinaryOp::In, of, steps) => steps.as_list().map(|steps| (of, steps)),
            ExprKind::Binary(..)
            | ExprKind::Literal(_)
            | ExprKind::Path(_)
            | ExprKind::Call(_)
            | ExprKind::List(_)
            | ExprKind::Group(_)
            | ExprKind::Unary(..) => None,
        };
        let Some((of, steps)) = parts else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    choice.span,
                    "a route is chosen from the steps of the saga",
                )
                .label("neither a list nor its steps")
                .help("write `route it.stops in [first_step, second_step]`"),
            );
            return None;
        };
        let mut named = Vec::new();
        for step in steps {
            named.push(self.stop(around, step)?);
        }
        let of = self.computed(of, scope)?;
        if let Some(ty) = self.type_in(&of, scope)
            && !self.names_steps(&ty)
        {
            let given = type_text(&self.model, &ty);
            self.out.push(
                Diagnostic::error(
                    codes::VALUE_DOES_NOT_FIT,
                    of.span,
                    format!("a route is a list of names of steps, and this is `{given}`"),
                )
                .label("no list of names")
                .help(
                    "let the message carry a `list<string>`, or a list of an enum whose values are the steps",
                ),
            );
            return None;
        }
        Some((of, named))
    }

    fn stop(&mut self, around: &Around<'_>, step: &ast::Expr) -> Option<(SmolStr, SpanId)> {
        let names = around.steps.iter().map(|step| step.text.as_str());
        let Some(name) = step
            .as_path()
            .filter(|name| names.clone().any(|known| known == **name))
        else {
            let text = step.as_path().cloned().unwrap_or_default();
            let diagnostic = Diagnostic::error(
                codes::UNRESOLVED_NAME,
                step.span,
                if text.is_empty() {
                    "a stop of a route is a step".to_owned()
                } else {
                    format!("no step is called `{text}`")
                },
            );
            self.out.push(match nearest(&text, names) {
                Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                    format!("use `{near}`"),
                    step.span,
                    near,
                ),
                None => diagnostic
                    .label("no step of this saga")
                    .help("name steps of this saga"),
            });
            return None;
        };
        Some((name.clone(), step.span))
    }

    /// Whether something is a list whose items can name steps.
    fn names_steps(&self, ty: &Type) -> bool {
        let Shape::List { item, .. } = &self.model.resolve(ty).shape else {
            return self.model.resolve(ty).shape == Shape::Unresolved;
        };
        let text = matches!(
            self.model.resolve(item).shape,
            Shape::Scalar(Scalar::String { .. }) | Shape::Unresolved
        );
        text || self.is_choice(item)
    }

    /// Says so when an ending names a message that it doesn't emit.
    pub(super) fn is_emitted(
        &mut self,
        message: Id<TypeDecl>,
        span: SpanId,
        actions: &[Action],
        word: &str,
    ) -> Option<()> {
        if actions
            .iter()
            .any(|action| action.emitted().is_some_and(|(sent, _)| sent == message))
        {
            return Some(());
        }
        let name = &self.model.types[message].label.name;
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                format!("`{word} {name}` says that {name} tells of this end, and doesn't emit it"),
            )
            .label("made nowhere in its block")
            .help(format!(
                "write `emit {name}(…) to …` in its block, or `{word} {{ … }}`"
            )),
        );
        None
    }

    /// What a saga answers is made by its `done`, or of what its steps give.
    pub(super) fn answers(&mut self, id: Id<Saga>, at_end: &Scope) {
        let saga = &self.model.sagas[id];
        let Some((reply, span)) = saga.reply else { return };
        let made = saga.done.iter().flat_map(|ending| &ending.actions);
        let mut made = made.filter(|action| action.emitted().is_some_and(|(sent, _)| sent == reply));
        if let Some(emitted) = made.next() {
            self.model.sagas[id].answer = emitted.mapping().cloned();
            return;
        }
        let of = saga.label.name.clone();
        let declared = &self.model.types[reply];
        if matches!(declared.kind, TypeKind::Record { inline: true, .. }) {
            let mapping = self.answer_of(reply, span, at_end);
            let missing = missing(&self.model, reply, &mapping);
            self.model.sagas[id].answer = Some(mapping);
            if let Some(field) = missing.first() {
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        span,
                        format!("`{of}` answers with `{field}`, and nothing that it certainly knows is called so"),
                    )
                    .label("made nowhere")
                    .note("such a field is what the last step gives that gives one of its name, or what the saga began with")
                    .help(format!("let the handler of a step reply with `{field}`")),
                );
            }
            return;
        }
        let name = declared.label.name.clone();
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                format!("`{of}` answers with {name}, and nothing in its `done` makes one"),
            )
            .label("made nowhere")
            .note("the answer of a saga is a message that it emits when it has come to a good end")
            .help(format!("write `done {{ emit {name}(…) to … }}`")),
        );
    }

    /// Each field from the last that is known at the end and has one of its name.
    fn answer_of(&self, reply: Id<TypeDecl>, span: SpanId, at_end: &Scope) -> Mapping {
        let known: Vec<&Known> = at_end.usable().collect();
        let fields = self.model.fields(reply).iter().filter_map(|field| {
            let name = &field.label.name;
            let has = |known: &&&Known| {
                let Holds::Record(of) = known.holds else {
                    return false;
                };
                self.model.field(of, name).is_some()
            };
            let from = known.iter().rev().find(has)?;
            let kind = ValueKind::Path(vec![from.name.clone(), name.clone()]);
            Some((name.clone(), Value { kind, span }))
        });
        Mapping {
            fields: fields.collect(),
            span,
        }
    }

    /// A saga that says what it fails with says all of it.
    pub(super) fn tells_every_fault(&mut self, id: Id<Saga>) {
        let saga = &self.model.sagas[id];
        let Some((_, said)) = saga.faults.first().copied() else {
            return;
        };
        let of = saga.label.name.clone();
        let mut seen = Vec::new();
        for (fault, span) in faults::ending(&self.model, saga) {
            if seen.contains(&fault) {
                continue;
            }
            seen.push(fault);
            let name = self.model.types[fault].label.name.clone();
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    span,
                    format!("`{of}` may fail with {name}, and doesn't say so"),
                )
                .label(format!("{name} ends it"))
                .related(said, "says what it fails with")
                .note("whoever starts it is ready for what it declares, and for nothing else")
                .help(format!(
                    "add `| {name}` there, catch it with `on {name} {{ … }}`, or let `failed` emit a declared fault in its place"
                )),
            );
        }
    }
}
