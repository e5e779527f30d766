//! Lowers paths such as `ride.fare`, and what a spread fills in.

use aqueduct_dsl::ast;
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::codes;
use crate::constructs;
use crate::facts::fields;
use crate::facts::values::{META, below, made};
use crate::lower::Lowering;
use crate::lower::scope::{Holds, Known, Scope};
use crate::model::{Id, Mapping, Shape, Type, TypeDecl, Value, ValueKind};

/// The fields of `error`.
const FAILURE: [&str; 2] = ["name", "message"];

impl Lowering {
    /// The value at a path whose first name is known.
    pub(in crate::lower) fn path_value(
        &mut self,
        known: &Known,
        segments: &[SmolStr],
        span: SpanId,
    ) -> Option<Value> {
        let rest = segments.get(1..).unwrap_or_default();
        match &known.holds {
            Holds::Broken => return None,
            Holds::Unsure(because) => {
                self.unsure(known, because, span);
                return None;
            }
            Holds::Nothing => {
                self.gives_nothing(known, span);
                return None;
            }
            Holds::Failure | Holds::Caught => {
                if !matches!(rest, [field] if FAILURE.contains(&field.as_str())) {
                    self.no_such_part(&rest.join("."), "a failure", &FAILURE.map(SmolStr::new), span);
                    return None;
                }
                if matches!(known.holds, Holds::Caught) {
                    self.note(&constructs::ERROR_IN_ON, span);
                }
            }
            Holds::Meta => {
                if !matches!(rest, [field] if META.contains(&field.as_str())) {
                    self.no_such_part(&rest.join("."), "`meta`", &META.map(SmolStr::new), span);
                    return None;
                }
            }
            Holds::Record(_) | Holds::Value(_) => {
                if self.leads_through_list(&known.ty()?, rest, span)? {
                    return Some(Value {
                        kind: ValueKind::Each(segments.to_vec()),
                        span,
                    });
                }
            }
            Holds::Sample(of, value) => {
                let _ = self.leads_through_list(&made(Shape::Named(*of)), rest, span)?;
                let Some(found) = part_of(value, rest) else {
                    self.not_in_sample(known, rest, span);
                    return None;
                };
                return Some(Value { span, ..found });
            }
        }
        Some(Value {
            kind: ValueKind::Path(segments.to_vec()),
            span,
        })
    }

    /// What `...x` gives to a type: the fields that both have.
    pub(in crate::lower) fn spread(
        &mut self,
        target: Id<TypeDecl>,
        name: &ast::Name,
        scope: &Scope,
    ) -> Option<Vec<(SmolStr, Value)>> {
        let segments: Vec<SmolStr> = name.text.split('.').map(SmolStr::from).collect();
        let Some((known, segments)) = scope.find(&self.model, &segments) else {
            self.unknown(name, scope);
            return None;
        };
        let value = self.path_value(&known, &segments, name.span)?;
        let of = self.record_at(&known, segments.get(1..).unwrap_or_default());
        let Some(of) = of else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    name.span,
                    format!("`{}` has no fields to spread", name.text),
                )
                .label("not a record")
                .help(format!("give the field by its name: `field: {}`", name.text)),
            );
            return None;
        };
        let theirs = fields::names(&self.model, of);
        let wanted = fields::names(&self.model, target);
        let both = wanted.into_iter().filter(|field| theirs.contains(field));
        Some(
            both.filter_map(|field| {
                let inside = match &value.kind {
                    ValueKind::Path(path) => {
                        let mut path = path.clone();
                        path.push(field.clone());
                        Value {
                            kind: ValueKind::Path(path),
                            span: name.span,
                        }
                    }
                    // What a sample leaves out isn't there to be spread.
                    ValueKind::Record(mapping) => part_of(mapping, std::slice::from_ref(&field))?,
                    ValueKind::Each(_)
                    | ValueKind::Constant(_)
                    | ValueKind::New
                    | ValueKind::Now
                    | ValueKind::List(_)
                    | ValueKind::Arithmetic(..)
                    | ValueKind::Function(..)
                    | ValueKind::Test(_) => return None,
                };
                Some((field, inside))
            })
            .collect(),
        )
    }

    fn record_at(&self, known: &Known, rest: &[SmolStr]) -> Option<Id<TypeDecl>> {
        let (found, _) = below(&self.model, &known.ty()?, rest)?;
        match self.model.resolve(&found).shape {
            Shape::Named(inner) => Some(inner),
            Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => None,
        }
    }

    /// Whether a path that leads somewhere leads through a list; says so if it leads nowhere.
    fn leads_through_list(&mut self, from: &Type, rest: &[SmolStr], span: SpanId) -> Option<bool> {
        if let Some((_, each)) = below(&self.model, from, rest) {
            return Some(each);
        }
        let item = match &self.model.resolve(from).shape {
            Shape::List { item, .. } => Type::clone(item),
            Shape::Scalar(_) | Shape::Map { .. } | Shape::Named(_) | Shape::Unresolved => from.clone(),
        };
        match &self.model.resolve(&item).shape {
            Shape::Named(of) => {
                let name = self.model.types[*of].label.name.clone();
                let of_fields = fields::names(&self.model, *of);
                self.no_such_part(&rest.join("."), &format!("`{name}`"), &of_fields, span);
            }
            Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } => {
                let text = fields::type_text(&self.model, &item);
                self.out.push(
                    Diagnostic::error(
                        codes::UNRESOLVED_NAME,
                        span,
                        format!("a `{text}` has no field `{}`", rest.join(".")),
                    )
                    .label("no field of anything")
                    .help("use the value as it is"),
                );
            }
            Shape::Unresolved => {}
        }
        None
    }

    fn no_such_part(&mut self, part: &str, of: &str, fields: &[SmolStr], span: SpanId) {
        let diagnostic = Diagnostic::error(
            codes::UNRESOLVED_NAME,
            span,
            if part.is_empty() {
                format!("{of} is no value; one of its fields is")
            } else {
                format!("{of} has no field `{part}`")
            },
        );
        self.out.push(
            match nearest(part, fields.iter().map(SmolStr::as_str)) {
                Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
                None => diagnostic.label("no such field"),
            }
            .help(format!("use one of its fields: {}", fields.join(", "))),
        );
    }

    /// A name that stands for nothing here.
    pub(in crate::lower) fn unknown(&mut self, name: &ast::Name, scope: &Scope) {
        let first = name.text.split('.').next().unwrap_or_default();
        if let Some(later) = scope.later(first) {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    name.span,
                    format!("`{first}` has not run yet here"),
                )
                .label("has no value yet")
                .related(later, "runs only here")
                .note("a mapping speaks only of what is there on every way that leads to it")
                .help("move the step further up, or use what is known already"),
            );
            return;
        }
        let usable: Vec<SmolStr> = scope.usable().map(|known| known.name.clone()).collect();
        let holder = scope.usable().find_map(|known| {
            let (Holds::Record(of) | Holds::Sample(of, _)) = &known.holds else {
                return None;
            };
            self.model.field(*of, first)?;
            Some(format!("{}.{}", known.name, name.text))
        });
        let diagnostic = Diagnostic::error(
            codes::UNRESOLVED_NAME,
            name.span,
            format!("nothing here is called `{first}`"),
        );
        let near = holder.or_else(|| {
            let near = nearest(first, usable.iter().map(SmolStr::as_str))?;
            Some(name.text.replacen(first, near, 1))
        });
        let diagnostic = match near {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")).replace(
                format!("use `{near}`"),
                name.span,
                near,
            ),
            None if usable.is_empty() => diagnostic
                .label("nothing is known here")
                .help("write the value itself"),
            None => diagnostic
                .label("not known here")
                .help(format!("what is known here: {}", usable.join(", "))),
        };
        let name = ast::Name {
            text: first.into(),
            span: name.span,
        };
        self.blame(&name, diagnostic);
    }

    fn unsure(&mut self, known: &Known, because: &str, span: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                format!("`{}` may not have run here: {because}", known.name),
            )
            .label("may have no value")
            .related(known.span, "the step")
            .note("a mapping speaks only of what is there on every way that leads to it")
            .help("use what the saga began with, or a step that has certainly run before"),
        );
    }

    fn gives_nothing(&mut self, known: &Known, span: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::UNRESOLVED_NAME,
                span,
                format!("`{}` gives nothing", known.name),
            )
            .label("has no value")
            .related(known.span, "the step")
            .note("a call gives the reply of its handler or saga, a `get` its row, an `await` its message; other steps give nothing")
            .help("let its handler reply with it (`-> (…)`), or use what it was made from"),
        );
    }

    fn not_in_sample(&mut self, known: &Known, rest: &[SmolStr], span: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::UNRESOLVED_NAME,
                span,
                format!("`{}` leaves out `{}`", known.name, rest.join(".")),
            )
            .label("has no value")
            .related(known.span, "the sample")
            .help("write the value here, or in the sample"),
        );
    }
}

/// What stands at a path in a value that is written down.
fn part_of(value: &Mapping, path: &[SmolStr]) -> Option<Value> {
    let Some((first, rest)) = path.split_first() else {
        return Some(Value {
            kind: ValueKind::Record(value.clone()),
            span: value.span,
        });
    };
    let (_, found) = value.fields.iter().find(|(name, _)| name == first)?;
    match (&found.kind, rest) {
        (_, []) => Some(found.clone()),
        (ValueKind::Record(inner), rest) => part_of(inner, rest),
        (
            ValueKind::Path(_)
            | ValueKind::Each(_)
            | ValueKind::Constant(_)
            | ValueKind::New
            | ValueKind::Now
            | ValueKind::List(_)
            | ValueKind::Arithmetic(..)
            | ValueKind::Function(..)
            | ValueKind::Test(_),
            _,
        ) => None,
    }
}
