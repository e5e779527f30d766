//! Declarations: what begins with a declaring word and a name.

use pest::iterators::Pair;

use super::{Builder, Parts, nameless};
use crate::ast::{
    Channel, Clause, Expr, ExprKind, Head, Literal, Message, Named, Operation, Params, Sample, Scenario,
    Service, Shape, Step, Store, TypeBody, TypeDef,
};
use crate::grammar::Rule;
use crate::source::SpanId;

impl Builder<'_> {
    pub(super) fn declaration(&mut self, pair: Pair<'_, Rule>) -> Shape {
        let inner = pair.clone().into_inner().next().unwrap_or(pair);
        let mut parts = Parts::of(self, inner.clone());
        match inner.as_rule() {
            Rule::operation => Shape::Operation(self.operation(&mut parts)),
            Rule::step => Shape::Step(self.step(&mut parts)),
            Rule::sample => Shape::Sample(self.sample(&mut parts)),
            Rule::store => Shape::Store(self.store(&mut parts)),
            Rule::channel => Shape::Channel(self.channel(&mut parts)),
            Rule::message => Shape::Message(self.message(&mut parts)),
            Rule::type_def => Shape::TypeDef(self.type_def(&mut parts)),
            Rule::service => Shape::Service(self.service(&mut parts)),
            Rule::scenario => Shape::Scenario(self.scenario(&mut parts)),
            _ => Shape::Named(self.named(&mut parts)),
        }
    }

    fn operation(&mut self, parts: &mut Parts<'_>) -> Operation {
        Operation {
            kind: self.name(parts, Rule::operation_kind),
            name: self.name(parts, Rule::ident),
            params: parts
                .take(Rule::params)
                .map_or(Params::None, |pair| self.params(pair)),
            listens: match parts.take(Rule::listens) {
                Some(pair) => {
                    let paths = pair.into_inner().filter(|part| part.as_rule() == Rule::path);
                    paths.map(|path| self.name_of(&path)).collect()
                }
                None => Vec::new(),
            },
            by: self.keyed(parts, Rule::by),
            yields: parts.take(Rule::yields).map(|pair| self.params(pair)),
            fails: parts.take(Rule::fails).map(|pair| {
                let mut inner = Parts::of(self, pair);
                self.required_type(&mut inner)
            }),
            block: self.optional_block(parts),
        }
    }

    /// What stands in the parentheses of a signature, or after its arrow.
    fn params(&mut self, pair: Pair<'_, Rule>) -> Params {
        let mut parts = Parts::of(self, pair);
        if let Some(fields) = parts.take(Rule::fields) {
            let fields = fields.into_inner().filter(|part| part.as_rule() == Rule::field);
            return Params::Fields(fields.map(|field| self.field(field)).collect());
        }
        if let Some(message) = parts.take(Rule::message_in) {
            let mut parts = Parts::of(self, message);
            return Params::Message {
                ty: self.required_type(&mut parts),
                alias: self.optional_name(&mut parts, Rule::ident),
            };
        }
        match parts.take(Rule::r#type) {
            Some(ty) => Params::Message {
                ty: self.r#type(ty),
                alias: None,
            },
            None => Params::None,
        }
    }

    /// The expression after `by`, `sort`.
    fn keyed(&mut self, parts: &mut Parts<'_>, rule: Rule) -> Option<Expr> {
        let pair = parts.take(rule)?;
        let mut inner = Parts::of(self, pair);
        inner.take(Rule::expr).map(|expr| self.expr(expr))
    }

    fn step(&mut self, parts: &mut Parts<'_>) -> Step {
        Step {
            kind: self.name(parts, Rule::step_kind),
            name: self.name(parts, Rule::ident),
            clause: match parts.take(Rule::clause) {
                Some(pair) => self.clause(pair),
                None => Clause {
                    head: Head::Word(nameless(parts.span)),
                    args: Vec::new(),
                    block: None,
                    span: parts.span,
                },
            },
        }
    }

    fn sample(&mut self, parts: &mut Parts<'_>) -> Sample {
        Sample {
            name: self.name(parts, Rule::ident),
            value: self.required_expr(parts),
        }
    }

    fn store(&mut self, parts: &mut Parts<'_>) -> Store {
        Store {
            name: self.name(parts, Rule::ident),
            ty: self.required_type(parts),
            by: self.keyed(parts, Rule::by).unwrap_or_else(|| nothing(parts.span)),
            sort: self.keyed(parts, Rule::sort),
            block: self.optional_block(parts),
        }
    }

    fn channel(&mut self, parts: &mut Parts<'_>) -> Channel {
        Channel {
            external: self.optional_name(parts, Rule::r#extern),
            kind: self.name(parts, Rule::channel_kind),
            name: self.name(parts, Rule::ident),
            ty: parts.take(Rule::r#type).map(|pair| self.r#type(pair)),
            block: self.optional_block(parts),
        }
    }

    fn message(&mut self, parts: &mut Parts<'_>) -> Message {
        Message {
            visibility: self.optional_name(parts, Rule::visibility),
            nature: self.optional_name(parts, Rule::nature),
            kind: self.name(parts, Rule::message_kind),
            name: self.name(parts, Rule::path),
            block: self.optional_block(parts),
        }
    }

    fn type_def(&mut self, parts: &mut Parts<'_>) -> TypeDef {
        TypeDef {
            kind: self.name(parts, Rule::type_kind),
            name: self.name(parts, Rule::path),
            body: match parts.take(Rule::r#type) {
                Some(pair) => TypeBody::Alias(self.r#type(pair)),
                None => TypeBody::Block(self.optional_block(parts)),
            },
        }
    }

    fn service(&mut self, parts: &mut Parts<'_>) -> Service {
        Service {
            external: self.optional_name(parts, Rule::r#extern),
            name: self.name(parts, Rule::ident),
            each: parts.take(Rule::each).and_then(|pair| {
                let mut inner = Parts::of(self, pair);
                inner.next().map(|operand| self.operand(operand))
            }),
            block: self.optional_block(parts),
        }
    }

    fn scenario(&mut self, parts: &mut Parts<'_>) -> Scenario {
        let title = match parts.take(Rule::string) {
            Some(pair) => {
                let mut title = self.name_of(&pair);
                title.text = self.text(pair.as_str(), title.span);
                title
            }
            None => nameless(parts.span),
        };
        Scenario {
            title,
            block: self.optional_block(parts),
        }
    }

    fn named(&mut self, parts: &mut Parts<'_>) -> Named {
        Named {
            kind: self.name(parts, Rule::named_kind),
            name: self.name(parts, Rule::ident),
            by: self.keyed(parts, Rule::by),
            block: self.optional_block(parts),
        }
    }
}

/// Stands where the grammar promises an expression; never seen.
pub(super) fn nothing(span: SpanId) -> Expr {
    Expr {
        kind: ExprKind::Literal(Literal::None),
        span,
    }
}
