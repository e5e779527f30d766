//! What only the grammar knows about a text's tokens: where items begin, and which signs lean on their neighbors.

use std::collections::{BTreeMap, BTreeSet};

use pest::iterators::{Pair, Pairs};

use crate::grammar::Rule;

/// What an item of a list is, as far as its layout depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A field, or the fields of another type.
    Field,
    /// A word with its arguments.
    Clause,
    /// Clauses joined by arrows.
    Flow,
    /// `if … { } else { }`
    Branching,
    /// Begins with a declaring word.
    Declaration,
    /// What is passed in parentheses or listed in brackets.
    Data,
}

/// Positions are those of the first byte.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Where the items of files, blocks and parentheses begin.
    pub(super) items: BTreeMap<usize, Shape>,
    /// Where values begin, and where they end: one token each.
    pub(super) values: BTreeMap<usize, usize>,
    /// Parentheses that stand apart: a tuple, a record, a sum.
    pub(super) groups: BTreeSet<usize>,
    /// `<` of types.
    pub(super) opening_angles: BTreeSet<usize>,
    /// `>` of types.
    pub(super) closing_angles: BTreeSet<usize>,
    /// `-` before an operand.
    pub(super) minus_signs: BTreeSet<usize>,
    /// `?` of types.
    pub(super) optionals: BTreeSet<usize>,
}

/// Walks over all that was parsed.
pub(super) fn find(pairs: Pairs<'_, Rule>) -> Marks {
    let mut marks = Marks::default();
    for pair in pairs {
        marks.walk(&pair);
    }
    marks
}

impl Marks {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the rules are pest's enum, and most have nothing to say here"
    )]
    fn walk(&mut self, pair: &Pair<'_, Rule>) {
        let (start, end) = (pair.as_span().start(), pair.as_span().end());
        match pair.as_rule() {
            Rule::entry => {
                if let Some(inner) = pair.clone().into_inner().find(|part| is_shape(part.as_rule())) {
                    let _ = self.items.insert(inner.as_span().start(), shape(&inner));
                }
            }
            // An entry may be a field: it was seen first.
            Rule::arg | Rule::field | Rule::limit | Rule::message_in => self.data(start),
            Rule::list => {
                for item in pair.clone().into_inner() {
                    self.data(item.as_span().start());
                }
            }
            Rule::literal => drop(self.values.insert(start, end)),
            Rule::group => drop(self.groups.insert(start)),
            Rule::minus_sign => drop(self.minus_signs.insert(start)),
            Rule::optional => drop(self.optionals.insert(start)),
            Rule::generics => {
                let _ = self.opening_angles.insert(start);
                let _ = self
                    .closing_angles
                    .insert(start + pair.as_str().trim_end().len() - 1);
            }
            _ => {}
        }
        for inner in pair.clone().into_inner() {
            self.walk(&inner);
        }
    }

    fn data(&mut self, start: usize) {
        let _ = self.items.entry(start).or_insert(Shape::Data);
    }
}

fn is_shape(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::spread | Rule::field | Rule::declaration | Rule::branching | Rule::flow
    )
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other shapes are a field and a spread"
)]
fn shape(pair: &Pair<'_, Rule>) -> Shape {
    match pair.as_rule() {
        Rule::declaration => Shape::Declaration,
        Rule::branching => Shape::Branching,
        Rule::flow if pair.clone().into_inner().count() > 1 => Shape::Flow,
        Rule::flow => Shape::Clause,
        _ => Shape::Field,
    }
}
