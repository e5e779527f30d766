//! What conditions say about every value that a message may have: satisfiable, implied, exhaustive.
//!
//! The values of each field that conditions speak of fall into finitely many classes that no condition tells apart: for
//! a number the constants it is compared with and the stretches between them, for an enum its values, for a text the
//! texts it is compared with and all others, and absence for what is optional. A cell is one class for each field;
//! conditions are tried on all cells, in a logic of three values: a comparison with what is absent is unknown, and what
//! is unknown doesn't pass.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is no number, no order or no class of its own is one case, whatever else there will be"
)]

use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::fields::choice;
use crate::model::{
    Bounds, Comparison, Constant, Field, Id, Model, Operand, Predicate, PredicateKind, Scalar, Shape, Type,
    TypeDecl,
};

/// So many cells are tried; a condition over more fields than that is not judged.
const MOST: usize = 20_000;

const FROM_ZERO: Bounds<Decimal> = Bounds {
    min: Some(Decimal::ZERO),
    max: None,
};

/// What a condition speaks of: a message, and what stages before it have given names to.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The message.
    pub message: Id<TypeDecl>,
    /// Other records, by name.
    pub names: &'a [(SmolStr, Id<TypeDecl>)],
}

impl Ground<'_> {
    /// The field at a path, and whether anything on the way to it is optional.
    pub fn at_path<'m>(&self, model: &'m Model, path: &[SmolStr]) -> Option<(&'m Field, bool)> {
        if let Some((first, rest)) = path.split_first()
            && !rest.is_empty()
            && let Some((_, named)) = self.names.iter().find(|(name, _)| name == first)
        {
            return model.at_path(*named, rest);
        }
        model.at_path(self.message, path)
    }
}

/// What a condition makes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    True,
    False,
    /// It speaks of what is absent.
    Unknown,
    /// The cell doesn't tell.
    Open,
}

/// The values of one field that no condition tells apart.
#[derive(Debug, Clone, PartialEq)]
enum Class {
    /// This number.
    Number(Decimal),
    /// The numbers between two others.
    Between(Option<Decimal>, Option<Decimal>),
    /// This word, text or truth value.
    Exactly(Constant),
    /// Any other text.
    Other,
    /// Nothing.
    Absent,
}

/// One field, or its size, with the classes of its values.
#[derive(Debug, Clone)]
struct Axis {
    path: Vec<SmolStr>,
    size: bool,
    classes: Vec<Class>,
}

/// All cells of some conditions.
#[derive(Debug, Clone)]
pub struct Cells {
    axes: Vec<Axis>,
    /// Fields whose values have no classes: nothing is known of what they are compared with.
    closed: Vec<Vec<SmolStr>>,
}

impl Cells {
    /// The cells of conditions over one message; `None` when they are too many.
    pub fn of(model: &Model, ground: Ground<'_>, conditions: &[&Predicate]) -> Option<Self> {
        let mut asked: Vec<(Vec<SmolStr>, bool, Vec<Constant>)> = Vec::new();
        for condition in conditions {
            collect(condition, &mut asked);
        }
        let (mut axes, mut closed) = (Vec::new(), Vec::new());
        for (path, size, constants) in asked {
            let Some((field, optional)) = ground.at_path(model, &path) else {
                continue;
            };
            let of_values = if size {
                Some(numbers(&FROM_ZERO, true, &constants))
            } else {
                classes(model, &field.ty, &constants)
            };
            let Some(mut classes) = of_values else {
                closed.push(path);
                continue;
            };
            if optional {
                classes.push(Class::Absent);
            }
            axes.push(Axis { path, size, classes });
        }
        let count = axes
            .iter()
            .try_fold(1_usize, |count, axis| count.checked_mul(axis.classes.len()));
        count
            .filter(|count| *count <= MOST)
            .map(|_| Self { axes, closed })
    }

    /// Whether no cell passes all conditions.
    pub fn never(&self, conditions: &[&Predicate]) -> bool {
        self.all(|cell| {
            let mut truths = conditions.iter().map(|condition| self.truth(condition, cell));
            truths.any(|truth| matches!(truth, Truth::False | Truth::Unknown))
        })
    }

    /// Whether every cell that may pass the last condition certainly passes one of the others.
    pub fn shadowed(&self, condition: &Predicate, earlier: &[&Predicate]) -> bool {
        self.all(|cell| {
            let passes = |other: &&Predicate| self.truth(other, cell) == Truth::True;
            matches!(self.truth(condition, cell), Truth::False | Truth::Unknown) || earlier.iter().any(passes)
        })
    }

    /// A cell that certainly passes none of the conditions, or may pass none, in the author's words.
    pub fn missed(&self, conditions: &[&Predicate]) -> Option<String> {
        let mut found = None;
        let _ = self.all(|cell| {
            let passes = |condition: &&Predicate| self.truth(condition, cell) == Truth::True;
            let covered = conditions.iter().any(passes);
            if !covered {
                found = Some(self.words(cell));
            }
            covered
        });
        found
    }

    /// Whether something holds for every cell.
    fn all(&self, mut holds: impl FnMut(&[&Class]) -> bool) -> bool {
        let mut at = vec![0_usize; self.axes.len()];
        loop {
            let cell: Option<Vec<&Class>> = self
                .axes
                .iter()
                .zip(&at)
                .map(|(axis, index)| axis.classes.get(*index))
                .collect();
            let Some(cell) = cell else { return true };
            if !holds(&cell) {
                return false;
            }
            // Counts up, the last axis first.
            let mut axes = self.axes.iter().zip(&mut at).rev();
            loop {
                let Some((axis, index)) = axes.next() else {
                    return true;
                };
                *index += 1;
                if *index < axis.classes.len() {
                    break;
                }
                *index = 0;
            }
        }
    }

    fn words(&self, cell: &[&Class]) -> String {
        let parts = self.axes.iter().zip(cell).map(|(axis, class)| {
            let path = axis.path.join(".");
            let name = if axis.size { format!("size({path})") } else { path };
            match class {
                Class::Number(number) => format!("{name} == {number}"),
                Class::Between(None, None) | Class::Other => format!("any other {name}"),
                Class::Between(None, Some(high)) => format!("{name} < {high}"),
                Class::Between(Some(low), None) => format!("{name} > {low}"),
                Class::Between(Some(low), Some(high)) => format!("{low} < {name} < {high}"),
                Class::Exactly(constant) => format!("{name} == {constant}"),
                Class::Absent => format!("{name} absent"),
            }
        });
        parts.collect::<Vec<_>>().join(" and ")
    }

    fn truth(&self, condition: &Predicate, cell: &[&Class]) -> Truth {
        match &condition.kind {
            PredicateKind::All(parts) => {
                let truths = parts.iter().map(|part| self.truth(part, cell));
                truths.fold(Truth::True, and)
            }
            PredicateKind::Any(parts) => {
                let truths = parts.iter().map(|part| not(self.truth(part, cell)));
                not(truths.fold(Truth::True, and))
            }
            PredicateKind::Not(inner) => not(self.truth(inner, cell)),
            PredicateKind::Compare(how, left, right) => self.compared(*how, left, right, cell),
            PredicateKind::In(left, values) => {
                let truths = values
                    .iter()
                    .map(|value| not(self.compared(Comparison::Equal, left, value, cell)));
                not(truths.fold(Truth::True, and))
            }
            PredicateKind::Holds(operand) => match &operand.value {
                Err(Constant::Bool(value)) => of_bool(*value),
                Err(_) => Truth::Open,
                Ok(_) => match self.class(operand, cell) {
                    Some(Class::Exactly(Constant::Bool(value))) => of_bool(*value),
                    Some(Class::Absent) => Truth::Unknown,
                    _ => Truth::Open,
                },
            },
            PredicateKind::Computed(..) => Truth::Open,
            PredicateKind::Text(_, text, _) => match self.class(text, cell) {
                Some(Class::Absent) => Truth::Unknown,
                _ => Truth::Open,
            },
        }
    }

    fn class<'c>(&self, operand: &Operand, cell: &[&'c Class]) -> Option<&'c Class> {
        let Ok(path) = &operand.value else { return None };
        let mut axes = self.axes.iter().zip(cell);
        let found = axes.find(|(axis, _)| axis.path == path.segments && axis.size == operand.size)?;
        Some(found.1)
    }

    fn compared(&self, how: Comparison, left: &Operand, right: &Operand, cell: &[&Class]) -> Truth {
        let is_closed =
            |operand: &Operand| matches!(&operand.value, Ok(path) if self.closed.contains(&path.segments));
        if is_closed(left) || is_closed(right) {
            return Truth::Open;
        }
        match (self.class(left, cell), self.class(right, cell)) {
            (Some(class), None) => against(class, how, &constant(right)),
            (None, Some(class)) => against(class, how.flipped(), &constant(left)),
            (Some(Class::Absent), _) | (_, Some(Class::Absent)) => Truth::Unknown,
            (Some(_), Some(_)) | (None, None) => Truth::Open,
        }
    }
}

/// What an operand stands for that is no field: a word alone is a value of an enum.
fn constant(operand: &Operand) -> Constant {
    match &operand.value {
        Ok(path) => Constant::Word(path.text().into()),
        Err(constant) => constant.clone(),
    }
}

fn of_bool(value: bool) -> Truth {
    if value { Truth::True } else { Truth::False }
}

fn not(truth: Truth) -> Truth {
    match truth {
        Truth::True => Truth::False,
        Truth::False => Truth::True,
        Truth::Unknown | Truth::Open => truth,
    }
}

fn and(one: Truth, other: Truth) -> Truth {
    match (one, other) {
        (Truth::False, _) | (_, Truth::False) => Truth::False,
        (Truth::Open, _) | (_, Truth::Open) => Truth::Open,
        (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
        (Truth::True, Truth::True) => Truth::True,
    }
}

fn against(class: &Class, how: Comparison, constant: &Constant) -> Truth {
    let number = |constant: &Constant| match constant {
        Constant::Number(number) => Some(*number),
        Constant::Duration(milliseconds) => Some(Decimal::from(*milliseconds)),
        _ => None,
    };
    match class {
        Class::Absent => match (constant, how) {
            (Constant::None, Comparison::Equal) => Truth::True,
            (Constant::None, Comparison::NotEqual) => Truth::False,
            _ => Truth::Unknown,
        },
        _ if *constant == Constant::None => of_bool(how == Comparison::NotEqual),
        Class::Number(value) => {
            number(constant).map_or(Truth::Open, |constant| of_bool(holds(how, *value, constant)))
        }
        Class::Between(low, high) => number(constant).map_or(Truth::Open, |constant| {
            // A constant is a class of its own, so it is never inside.
            let above = low.is_some_and(|low| low >= constant);
            let below = high.is_some_and(|high| high <= constant);
            match how {
                Comparison::Equal => Truth::False,
                Comparison::NotEqual => Truth::True,
                Comparison::Less | Comparison::AtMost if below => Truth::True,
                Comparison::Less | Comparison::AtMost if above => Truth::False,
                Comparison::Greater | Comparison::AtLeast if above => Truth::True,
                Comparison::Greater | Comparison::AtLeast if below => Truth::False,
                _ => Truth::Open,
            }
        }),
        Class::Exactly(value) => match how {
            Comparison::Equal => of_bool(value == constant),
            Comparison::NotEqual => of_bool(value != constant),
            _ => Truth::Open,
        },
        Class::Other => match how {
            Comparison::Equal => Truth::False,
            Comparison::NotEqual => Truth::True,
            _ => Truth::Open,
        },
    }
}

fn holds(how: Comparison, left: Decimal, right: Decimal) -> bool {
    match how {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => left < right,
        Comparison::AtMost => left <= right,
        Comparison::Greater => left > right,
        Comparison::AtLeast => left >= right,
    }
}

/// The fields that a condition speaks of, each with the constants that it is compared with.
fn collect(condition: &Predicate, found: &mut Vec<(Vec<SmolStr>, bool, Vec<Constant>)>) {
    let mut see = |field: &Operand, beside: Option<&Operand>| {
        let Ok(path) = &field.value else { return };
        let at = found
            .iter()
            .position(|(known, size, _)| *known == path.segments && *size == field.size);
        let at = at.unwrap_or_else(|| {
            found.push((path.segments.clone(), field.size, Vec::new()));
            found.len() - 1
        });
        if let (Some((_, _, constants)), Some(beside)) = (found.get_mut(at), beside)
            && let Err(constant) = &beside.value
            && !constants.contains(constant)
        {
            constants.push(constant.clone());
        }
    };
    match &condition.kind {
        PredicateKind::All(parts) | PredicateKind::Any(parts) => {
            for part in parts {
                collect(part, found);
            }
        }
        PredicateKind::Not(inner) => collect(inner, found),
        PredicateKind::Compare(_, left, right) => {
            see(left, Some(right));
            see(right, Some(left));
        }
        PredicateKind::In(left, values) => {
            for value in values {
                see(left, Some(value));
                see(value, None);
            }
        }
        PredicateKind::Text(_, left, right) => {
            see(left, None);
            see(right, None);
        }
        PredicateKind::Computed(..) => {}
        PredicateKind::Holds(operand) => see(operand, None),
    }
}

/// The classes of a type's values; `None` when conditions can't tell any apart.
fn classes(model: &Model, ty: &Type, constants: &[Constant]) -> Option<Vec<Class>> {
    let exactly = |constant: Constant| Class::Exactly(constant);
    if let Some((_, values)) = choice(model, ty) {
        let words = values
            .into_iter()
            .map(|value| exactly(Constant::Word(value.into())));
        return Some(words.collect());
    }
    let Shape::Scalar(scalar) = &model.resolve(ty).shape else {
        return None;
    };
    Some(match scalar {
        Scalar::Bool => vec![exactly(Constant::Bool(true)), exactly(Constant::Bool(false))],
        Scalar::Int(bounds) => {
            let bounds = Bounds {
                min: bounds.min.map(Decimal::from),
                max: bounds.max.map(Decimal::from),
            };
            numbers(&bounds, true, constants)
        }
        Scalar::Decimal { bounds, .. } | Scalar::Float(bounds) => numbers(bounds, false, constants),
        Scalar::Duration => numbers(&FROM_ZERO, true, constants),
        Scalar::String { .. } | Scalar::Uuid => {
            let texts = constants
                .iter()
                .filter(|constant| matches!(constant, Constant::Text(_)));
            texts.cloned().map(exactly).chain([Class::Other]).collect()
        }
        Scalar::Instant | Scalar::Bytes { .. } | Scalar::Json => return None,
    })
}

/// The constants inside the bounds, and the stretches between them that hold any number at all.
fn numbers(bounds: &Bounds<Decimal>, whole: bool, constants: &[Constant]) -> Vec<Class> {
    let mut cuts: Vec<Decimal> = constants
        .iter()
        .filter_map(|constant| match constant {
            Constant::Number(number) => Some(*number),
            Constant::Duration(milliseconds) => Some(Decimal::from(*milliseconds)),
            _ => None,
        })
        .chain(bounds.min)
        .chain(bounds.max)
        .filter(|cut| bounds.min.is_none_or(|min| *cut >= min) && bounds.max.is_none_or(|max| *cut <= max))
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut classes = Vec::new();
    if bounds.min.is_none() {
        classes.push(Class::Between(None, cuts.first().copied()));
    }
    let mut rest = cuts.iter().peekable();
    while let Some(cut) = rest.next() {
        if !whole || cut.is_integer() {
            classes.push(Class::Number(*cut));
        }
        if let Some(next) = rest.peek()
            && (!whole || next.ceil() - cut.floor() > Decimal::ONE)
        {
            classes.push(Class::Between(Some(*cut), Some(**next)));
        }
    }
    if bounds.max.is_none()
        && let Some(last) = cuts.last()
    {
        classes.push(Class::Between(Some(*last), None));
    }
    classes
}
