//! Lowers aggregators: what is collected, what is made of it, and when it is complete.

use aqueduct_dsl::clauses::{Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Way;
use crate::codes;
use crate::facts::fields::type_text;
use crate::facts::subtype::value_mismatches;
use crate::lower::Lowering;
use crate::model::{
    Aggregate, Field, Id, Late, Operand, Predicate, PredicateKind, Shape, StageKind, Type, TypeDecl,
};

/// How many have come, in the condition of `until`.
const COUNT: &str = "count";

impl Lowering {
    /// `aggregate PickedOrder by order_id { until count == size, timeout 1h else fail }`
    pub(super) fn aggregate(&mut self, way: &mut Way, matched: &Matched<'_>) -> Option<()> {
        let by = self.key_paths(way.payload, &matched.key("key")?)?;
        let name = matched.path("message")?;
        let message = self.find_type(&name)?;
        let options = self.options(Owner::Aggregate, matched.block());
        self.misplaced("aggregate", &options.others);
        self.can_be_collected(way.payload, message, name.span);
        let until = options.get("until").and_then(|clause| {
            let predicate = self.predicate(clause.expr("predicate")?)?;
            self.speaks_of_parts(way.payload, message, &predicate)?;
            Some(predicate)
        });
        let window = options.get("window").and_then(|clause| {
            let size = self.some_time(clause.duration("size")?)?.value;
            let time = clause.word("time")?;
            self.key_field(way.payload, &time)?;
            Some((size, time.text))
        });
        let aggregate = Aggregate {
            message,
            by,
            until,
            window,
            grace: self.time(&options, "grace", "limit"),
            late: late(&options),
            timeout: options.get("timeout").and_then(|clause| self.patience(clause)),
        };
        Self::happens(way, StageKind::Aggregate(Box::new(aggregate)), matched.span());
        self.becomes(way, message);
        Some(())
    }

    /// Each field of what is made is a field of the parts, or a list of them, or of one of their fields.
    fn can_be_collected(&mut self, parts: Id<TypeDecl>, message: Id<TypeDecl>, span: SpanId) {
        let mut missing = Vec::new();
        for field in self.model.fields(message) {
            if field.ty.optional || field.default.is_some() {
                continue;
            }
            let same = self.model.field(parts, &field.label.name);
            let taken =
                same.is_some_and(|same| value_mismatches(&self.model, &same.ty, field, "").is_empty());
            if !taken && !self.lists(parts, same, field) {
                missing.push((field.label.name.clone(), type_text(&self.model, &field.ty)));
            }
        }
        let Some((name, ty)) = missing.first() else { return };
        let (made, part) = (
            self.model.types[message].label.name.clone(),
            self.model.types[parts].label.name.clone(),
        );
        let mut finding = Diagnostic::error(
            codes::VALUE_DOES_NOT_FIT,
            span,
            format!("`{name}` of `{made}` can't be collected from `{part}`"),
        )
        .label(format!("wants {ty}"))
        .related(self.model.types[message].label.span, "what is made")
        .related(self.model.types[parts].label.span, "what it is made of")
        .note(
            "a field is taken over by its name, or is a list of the parts, or of their fields of that name",
        );
        for (other, ty) in missing.iter().skip(1) {
            finding = finding.note(format!("also: `{other}`, which wants {ty}"));
        }
        self.out.push(finding.help(format!(
            "give `{part}` the field `{name}`, make it `list<{part}>`, or make it optional"
        )));
    }

    fn lists(&self, parts: Id<TypeDecl>, same: Option<&Field>, wanted: &Field) -> bool {
        let Shape::List { item, .. } = &self.model.resolve(&wanted.ty).shape else {
            return false;
        };
        let one = Field {
            ty: Type::clone(item),
            ..wanted.clone()
        };
        let part = Type {
            shape: Shape::Named(parts),
            optional: false,
            span: wanted.ty.span,
        };
        let fits = |given: &Type| value_mismatches(&self.model, given, &one, "").is_empty();
        fits(&part) || same.is_some_and(|same| fits(&same.ty))
    }

    /// A condition of `until` speaks of fields of the parts or of the whole, and of `count`.
    fn speaks_of_parts(
        &mut self,
        parts: Id<TypeDecl>,
        message: Id<TypeDecl>,
        predicate: &Predicate,
    ) -> Option<()> {
        let mut unknown: Option<(SmolStr, SpanId)> = None;
        let mut see = |operand: &Operand| {
            let Ok(path) = &operand.value else { return };
            let known = path.segments.first().is_some_and(|first| first == COUNT)
                || self.model.at_path(parts, &path.segments).is_some()
                || self.model.at_path(message, &path.segments).is_some();
            if !known && unknown.is_none() {
                unknown = Some((path.text().into(), operand.span));
            }
        };
        operands(predicate, &mut see);
        let Some((text, span)) = unknown else {
            return Some(());
        };
        let (part, made) = (&self.model.types[parts].label, &self.model.types[message].label);
        self.out.push(
            Diagnostic::error(
                codes::UNRESOLVED_NAME,
                span,
                format!("neither `{}` nor `{}` has a field `{text}`", part.name, made.name),
            )
            .label("no such field")
            .related(part.span, "what is collected")
            .help("speak of their fields, or of `count`: how many have come"),
        );
        None
    }
}

/// `late keep`, `late discard`
pub(in crate::lower) fn late(options: &Options<'_>) -> Option<Late> {
    let word = options.get("late")?.word("action")?;
    Some(if word.text == "keep" {
        Late::Keep
    } else {
        Late::Discard
    })
}

fn operands(predicate: &Predicate, see: &mut impl FnMut(&Operand)) {
    match &predicate.kind {
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
