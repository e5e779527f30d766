//! Expressions and literals.

use smol_str::SmolStr;

use super::Name;
use crate::source::SpanId;

/// An expression; operators are already bound by precedence.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The whole, blanks trimmed.
    pub span: SpanId,
}

impl Expr {
    /// The name that it is, dots included.
    pub fn as_path(&self) -> Option<&SmolStr> {
        let ExprKind::Path(path) = &self.kind else {
            return None;
        };
        Some(path)
    }

    /// The value that it is.
    pub fn as_literal(&self) -> Option<&Literal> {
        let ExprKind::Literal(literal) = &self.kind else {
            return None;
        };
        Some(literal)
    }

    /// The call that it is.
    pub fn as_call(&self) -> Option<&Call> {
        let ExprKind::Call(call) = &self.kind else {
            return None;
        };
        Some(call)
    }

    /// The items of the list that it is.
    pub fn as_list(&self) -> Option<&[Expr]> {
        let ExprKind::List(items) = &self.kind else {
            return None;
        };
        Some(items)
    }

    /// What stands in the parentheses that it is.
    pub fn as_group(&self) -> Option<&[Arg]> {
        let ExprKind::Group(args) = &self.kind else {
            return None;
        };
        Some(args)
    }

    /// What is joined by `|`, in order; itself when nothing is.
    pub fn alternatives(&self) -> Vec<&Expr> {
        let ExprKind::Binary(BinaryOp::Either, left, right) = &self.kind else {
            return vec![self];
        };
        let mut all = left.alternatives();
        all.extend(right.alternatives());
        all
    }
}

/// The kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `5`, `30s`, `"x"`
    Literal(Literal),
    /// `fare`, `ride.ride_id`
    Path(SmolStr),
    /// `f(x)`
    Call(Call),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `(a: 1)`, a tuple `(a, b)`, or an expression in parentheses.
    Group(Vec<Arg>),
    /// `not x`, `-x`
    Unary(UnaryOp, Box<Expr>),
    /// `a and b`
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
}

/// `callee(args)`
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `count`, `Payments.capture`
    pub callee: Name,
    /// In parentheses.
    pub args: Vec<Arg>,
}

/// One argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// `...x`
    Spread(Name),
    /// `name: e`
    Named(Name, Expr),
    /// `e`
    Plain(Expr),
}

/// A value that stands for itself; text forms are kept so that nothing is rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Digits with `_` removed: `10000`, `256.50`.
    Number(SmolStr),
    /// Milliseconds.
    Duration(u64),
    /// Bytes.
    Size(u64),
    /// Events, and the unit they are counted in, in milliseconds: `50/s` is `(50, 1000)`.
    Rate(SmolStr, u64),
    /// Percent: `99`.
    Share(SmolStr),
    /// Ends included; each a number, duration, size or share.
    Range(Option<Box<Literal>>, Option<Box<Literal>>),
    /// Escapes resolved.
    Text(SmolStr),
    /// `2027-01-01`
    Date(SmolStr),
    /// `true`, `false`
    Bool(bool),
    /// `none`
    None,
}

/// Before an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Minus,
}

/// Between operands, loosest first: `|` < `or` < `and` < (`not`) < comparisons, `in` < `+ -` < `* /`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `|`
    Either,
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `in`
    In,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
}

impl BinaryOp {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Either => "|",
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::In => "in",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divide => "/",
        }
    }
}
