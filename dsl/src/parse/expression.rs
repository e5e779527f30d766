//! Expressions: operators are bound by precedence here, calls and groups opened.

use std::sync::LazyLock;

use pest::iterators::Pair;
use pest::pratt_parser::{Assoc, Op, PrattParser};
use smol_str::SmolStr;

use super::declaration::nothing;
use super::{Builder, Parts, refuse};
use crate::ast::{Arg, BinaryOp, Call, Expr, ExprKind, UnaryOp};
use crate::grammar::Rule;

/// Operators in one expression; the tree is as deep as there are operators, and is walked by recursion.
const MOST_OPERATORS: usize = 256;

/// Loosest first.
static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    PrattParser::new()
        .op(Op::infix(Rule::either, Assoc::Left))
        .op(Op::infix(Rule::disjunction, Assoc::Left))
        .op(Op::infix(Rule::conjunction, Assoc::Left))
        .op(Op::prefix(Rule::negation))
        .op(Op::infix(Rule::comparison, Assoc::Left))
        .op(Op::infix(Rule::sum, Assoc::Left))
        .op(Op::infix(Rule::product, Assoc::Left))
        .op(Op::prefix(Rule::minus_sign))
});

/// An expression whose operators are bound and whose operands are still text.
enum Bound<'i> {
    Operand(Pair<'i, Rule>),
    Unary(Pair<'i, Rule>, Box<Self>),
    Binary(Box<Self>, Pair<'i, Rule>, Box<Self>),
}

impl Builder<'_> {
    pub(super) fn expr(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let operators = pair
            .clone()
            .into_inner()
            .filter(|part| is_operator(part.as_rule()))
            .count();
        if operators > MOST_OPERATORS {
            let span = self.span(&pair);
            let refusal = refuse(span, format!("one expression has {operators} operators"))
                .note(format!(
                    "at most {MOST_OPERATORS} are read, so that no input can exhaust the compiler's stack"
                ))
                .help("split the expression, for instance into a filter for each condition");
            self.out.push(refusal);
            return nothing(span);
        }
        let bound = PRECEDENCE
            .map_primary(Bound::Operand)
            .map_prefix(|operator, operand| Bound::Unary(operator, Box::new(operand)))
            .map_infix(|left, operator, right| Bound::Binary(Box::new(left), operator, Box::new(right)))
            .parse(pair.into_inner());
        self.bound(bound).0
    }

    /// The expression with the bytes where it starts and ends.
    fn bound(&mut self, bound: Bound<'_>) -> (Expr, usize, usize) {
        let (kind, start, end) = match bound {
            Bound::Operand(pair) => {
                let (start, end) = self.bounds(&pair);
                return (self.operand(pair), start, end);
            }
            Bound::Unary(operator, operand) => {
                let start = self.bounds(&operator).0;
                let (operand, _, end) = self.bound(*operand);
                let operator = match operator.as_rule() {
                    Rule::negation => UnaryOp::Not,
                    _ => UnaryOp::Minus,
                };
                (ExprKind::Unary(operator, Box::new(operand)), start, end)
            }
            Bound::Binary(left, sign, right) => {
                let (left, start, _) = self.bound(*left);
                let (right, _, end) = self.bound(*right);
                let operator = binary(sign.as_str());
                if sign.as_rule() == Rule::comparison && (compares(&left) || compares(&right)) {
                    self.refuse_chain(&sign, &left, &right);
                }
                (
                    ExprKind::Binary(operator, Box::new(left), Box::new(right)),
                    start,
                    end,
                )
            }
        };
        let span = self.sources.span(self.file, start, end);
        (Expr { kind, span }, start, end)
    }

    fn refuse_chain(&mut self, sign: &Pair<'_, Rule>, left: &Expr, right: &Expr) {
        let span = self.span(sign);
        let middle = match &left.kind {
            ExprKind::Binary(_, _, middle) => middle.span,
            _ => left.span,
        };
        let help = match (
            self.sources.text(left.span),
            self.sources.text(middle),
            self.sources.text(right.span),
        ) {
            (left_text, middle, right) if compares(left) => {
                format!("write `{left_text} and {middle} {} {right}`", sign.as_str())
            }
            _ => "put parentheses around one of the comparisons".to_owned(),
        };
        let refusal = refuse(span, "comparisons do not chain")
            .label("a second comparison of the same value")
            .note("the result of the first comparison is true or false, which the second would compare with a value")
            .help(help);
        self.out.push(refusal);
    }

    /// A literal, a list, a call, a group or a path.
    pub(super) fn operand(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::literal => ExprKind::Literal(self.literal(pair)),
            Rule::list => {
                let items = pair.into_inner().filter(|part| part.as_rule() == Rule::expr);
                ExprKind::List(items.map(|item| self.expr(item)).collect())
            }
            Rule::call => ExprKind::Call(self.call(pair)),
            Rule::group => {
                let args = pair.into_inner().next();
                ExprKind::Group(args.map(|args| self.args(args)).unwrap_or_default())
            }
            _ => ExprKind::Path(SmolStr::new(pair.as_str())),
        };
        Expr { kind, span }
    }

    pub(super) fn call(&mut self, pair: Pair<'_, Rule>) -> Call {
        let mut parts = Parts::of(self, pair);
        Call {
            callee: self.name(&mut parts, Rule::callee),
            args: parts
                .take(Rule::args)
                .map(|args| self.args(args))
                .unwrap_or_default(),
        }
    }

    pub(super) fn args(&mut self, pair: Pair<'_, Rule>) -> Vec<Arg> {
        let args = pair.into_inner().filter_map(|arg| arg.into_inner().next());
        args.map(|arg| self.arg(arg)).collect()
    }

    fn arg(&mut self, pair: Pair<'_, Rule>) -> Arg {
        match pair.as_rule() {
            Rule::spread => Arg::Spread(self.spread(pair)),
            Rule::named_arg => {
                let mut parts = Parts::of(self, pair);
                let name = self.name(&mut parts, Rule::ident);
                Arg::Named(name, self.required_expr(&mut parts))
            }
            _ => Arg::Plain(self.expr(pair)),
        }
    }
}

/// Whether an expression is a comparison that no parentheses keep apart.
fn compares(expr: &Expr) -> bool {
    matches!(
        &expr.kind,
        ExprKind::Binary(
            BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Less
                | BinaryOp::AtMost
                | BinaryOp::Greater
                | BinaryOp::AtLeast
                | BinaryOp::In,
            ..
        )
    )
}

fn is_operator(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::either
            | Rule::disjunction
            | Rule::conjunction
            | Rule::negation
            | Rule::comparison
            | Rule::sum
            | Rule::product
            | Rule::minus_sign
    )
}

/// The operator behind a sign; the grammar lets no other through.
fn binary(sign: &str) -> BinaryOp {
    match sign {
        "or" => BinaryOp::Or,
        "and" => BinaryOp::And,
        "==" => BinaryOp::Equal,
        "!=" => BinaryOp::NotEqual,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::AtMost,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::AtLeast,
        "in" => BinaryOp::In,
        "+" => BinaryOp::Plus,
        "-" => BinaryOp::Minus,
        "*" => BinaryOp::Times,
        "/" => BinaryOp::Divide,
        _ => BinaryOp::Either,
    }
}
