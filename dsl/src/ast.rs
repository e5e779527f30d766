//! The shapes of a `.flow` file: what the grammar tells apart. It knows no construct's options.
//!
//! Equality ignores spans. Names are as written.

mod expression;

use smol_str::SmolStr;

use crate::source::SpanId;

pub use expression::{Arg, BinaryOp, Call, Expr, ExprKind, Literal, UnaryOp};

/// A word of the author's, or of the language, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// As written; a path such as `Payments.capture` or `BasketChanged.v2` keeps its dots.
    pub text: SmolStr,
    /// Where.
    pub span: SpanId,
}

/// The entries of a file or of a block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// The `//!` lines, without the mark and one leading blank.
    pub docs: Vec<SmolStr>,
    /// In the order of the text. What could not be read is not here; it has a diagnostic.
    pub entries: Vec<Entry>,
}

/// One entry: a shape with its documentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The `///` lines, without the mark and one leading blank.
    pub docs: Vec<SmolStr>,
    /// What it is.
    pub shape: Shape,
    /// The whole entry, documentation left out, blanks trimmed.
    pub span: SpanId,
}

/// The fourteen shapes.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// `...SubmitRide`
    Spread(Name),
    /// `fare: Money @pii = 3`
    Field(Field),
    /// `handler`, `saga`, `scatter`
    Operation(Operation),
    /// `step`, `pivot`, `retriable`, `readonly`, `map`
    Step(Step),
    /// `sample x = …`
    Sample(Sample),
    /// `store rides: Ride by ride_id`
    Store(Store),
    /// `queue`, `topic`, `bus`, `stream`
    Channel(Channel),
    /// `event`, `command`, `query`, `document`, `fault`
    Message(Message),
    /// `type`, `enum`
    TypeDef(TypeDef),
    /// `service`
    Service(Service),
    /// `scenario "…"`
    Scenario(Scenario),
    /// `if … { } else { }`
    Branching(Branching),
    /// `system`, `domain`, `choreography`, `tentative`
    Named(Named),
    /// Clauses joined by arrows; one alone is a clause.
    Flow(Flow),
}

/// A block in braces.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Block {
    /// In order.
    pub entries: Vec<Entry>,
    /// From brace to brace; nowhere when there is none.
    pub span: Option<SpanId>,
}

/// `name: Type @tag = default`
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The field's name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// `@pii`, `@origin(Customers)`
    pub tags: Vec<Tag>,
    /// After `=`.
    pub default: Option<Expr>,
}

/// `@name(args)`
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    /// Without the `@`.
    pub name: Name,
    /// What stands in parentheses.
    pub args: Vec<Arg>,
    /// With the `@`.
    pub span: SpanId,
}

/// `A | B`; most often one.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// Never empty.
    pub alternatives: Vec<SimpleType>,
    /// The whole.
    pub span: SpanId,
}

/// `list<T>(0..5)?`
#[derive(Debug, Clone, PartialEq)]
pub struct SimpleType {
    /// `string`, `list`, `Money`, `BasketChanged.v2`
    pub name: Name,
    /// In angle brackets.
    pub generics: Vec<Type>,
    /// In parentheses: each limit is one or more expressions, `places 2` being a path and a number.
    pub limits: Vec<Limit>,
    /// `?`
    pub optional: bool,
    /// The whole.
    pub span: SpanId,
}

/// One limit of a type: `1..64`, `places 2`, `pattern "…"`
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Never empty.
    pub words: Vec<Expr>,
    /// The whole.
    pub span: SpanId,
}

/// `handler name(params) on ch by k -> reply fails F { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// `handler`, `saga` or `scatter`.
    pub kind: Name,
    /// The operation's name.
    pub name: Name,
    /// What goes in.
    pub params: Params,
    /// `on` these channels.
    pub listens: Vec<Name>,
    /// `by` this key.
    pub by: Option<Expr>,
    /// `->` this.
    pub yields: Option<Params>,
    /// `fails` these.
    pub fails: Option<Type>,
    /// What is true of it.
    pub block: Block,
}

/// What stands in the parentheses of a signature.
#[derive(Debug, Clone, PartialEq)]
pub enum Params {
    /// Nothing.
    None,
    /// One message, perhaps `as` a name.
    Message {
        /// Its type.
        ty: Type,
        /// `as` this name.
        alias: Option<Name>,
    },
    /// Inline fields.
    Fields(Vec<Field>),
}

/// `step x = clause`
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// `step`, `pivot`, `retriable`, `readonly` or `map`.
    pub kind: Name,
    /// The step's name.
    pub name: Name,
    /// What it does.
    pub clause: Clause,
}

/// `sample x = …`
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Expr,
}

/// `store rides: Ride by ride_id sort at { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    /// Its name.
    pub name: Name,
    /// The type of its rows.
    pub ty: Type,
    /// The key: a path or a tuple of paths.
    pub by: Expr,
    /// The sort key.
    pub sort: Option<Expr>,
    /// What is true of it.
    pub block: Block,
}

/// `queue q: T { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// `extern`, `extern in`, `extern out`: the word as written, if any.
    pub external: Option<Name>,
    /// `queue`, `topic`, `bus` or `stream`.
    pub kind: Name,
    /// Its name.
    pub name: Name,
    /// What it carries.
    pub ty: Option<Type>,
    /// What is true of it.
    pub block: Block,
}

/// `public summary event X.v2 { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// `public`
    pub visibility: Option<Name>,
    /// `summary` or `notification`.
    pub nature: Option<Name>,
    /// `event`, `command`, `query`, `document` or `fault`.
    pub kind: Name,
    /// Its name, with a version perhaps.
    pub name: Name,
    /// Its fields and clauses.
    pub block: Block,
}

/// `type X = T`, `type X { }`, `enum X { }`
#[derive(Debug, Clone, PartialEq)]
pub struct TypeDef {
    /// `type` or `enum`.
    pub kind: Name,
    /// Its name.
    pub name: Name,
    /// What it is.
    pub body: TypeBody,
}

/// Right of a type's name.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeBody {
    /// `= T`
    Alias(Type),
    /// `{ fields }`, or the values of an enum (each a clause of one word).
    Block(Block),
}

/// `service S each 1..10 { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// `extern`, if so.
    pub external: Option<Name>,
    /// Its name.
    pub name: Name,
    /// `each` of these.
    pub each: Option<Expr>,
    /// What it has and does.
    pub block: Block,
}

/// `scenario "…" { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its title, escapes resolved.
    pub title: Name,
    /// Its lines.
    pub block: Block,
}

/// `if a { } else if b { } else { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Branching {
    /// Conditions with what they guard; never empty.
    pub arms: Vec<(Expr, Block)>,
    /// The last `else`.
    pub otherwise: Option<Block>,
}

/// `system S { }` and its like.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// `system`, `domain`, `choreography` or `tentative`.
    pub kind: Name,
    /// Its name.
    pub name: Name,
    /// `by` this key.
    pub by: Option<Expr>,
    /// What is true of it.
    pub block: Block,
}

/// `a -> b -> c`; never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// In the order of the arrows.
    pub clauses: Vec<Clause>,
}

/// `head arg arg { }`
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// The word it begins with.
    pub head: Head,
    /// What follows, until the block or the end of the line.
    pub args: Vec<Expr>,
    /// What is true of it.
    pub block: Option<Block>,
    /// The whole.
    pub span: SpanId,
}

/// What a clause begins with.
#[derive(Debug, Clone, PartialEq)]
pub enum Head {
    /// `emits`, `ride_completed`, `rides.get`
    Word(Name),
    /// `A | B`; two or more.
    Words(Vec<Name>),
    /// `credit(ride_id: …)`
    Call(Call),
}
