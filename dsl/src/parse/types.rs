//! Types: names with what stands in angle brackets and parentheses.

use pest::iterators::Pair;

use super::{Builder, Parts, nameless};
use crate::ast::{Limit, SimpleType, Type};
use crate::grammar::Rule;

impl Builder<'_> {
    pub(super) fn r#type(&mut self, pair: Pair<'_, Rule>) -> Type {
        let mut parts = Parts::of(self, pair);
        let mut alternatives = Vec::new();
        while let Some(part) = parts.take(Rule::simple_type) {
            alternatives.push(self.simple_type(part));
        }
        Type {
            alternatives,
            span: parts.span,
        }
    }

    /// The type that the grammar promises at this place.
    pub(super) fn required_type(&mut self, parts: &mut Parts<'_>) -> Type {
        match parts.take(Rule::r#type) {
            Some(pair) => self.r#type(pair),
            None => Type {
                alternatives: vec![SimpleType {
                    name: nameless(parts.span),
                    generics: Vec::new(),
                    limits: Vec::new(),
                    optional: false,
                    span: parts.span,
                }],
                span: parts.span,
            },
        }
    }

    fn simple_type(&mut self, pair: Pair<'_, Rule>) -> SimpleType {
        let mut parts = Parts::of(self, pair);
        let name = self.name(&mut parts, Rule::path);
        let generics = match parts.take(Rule::generics) {
            Some(pair) => pair.into_inner().map(|part| self.r#type(part)).collect(),
            None => Vec::new(),
        };
        let limits = match parts.take(Rule::limits) {
            Some(pair) => pair.into_inner().map(|part| self.limit(part)).collect(),
            None => Vec::new(),
        };
        SimpleType {
            name,
            generics,
            limits,
            optional: parts.take(Rule::optional).is_some(),
            span: parts.span,
        }
    }

    fn limit(&mut self, pair: Pair<'_, Rule>) -> Limit {
        let mut parts = Parts::of(self, pair);
        let mut words = Vec::new();
        while let Some(word) = parts.take(Rule::expr) {
            words.push(self.expr(word));
        }
        Limit {
            words,
            span: parts.span,
        }
    }
}
