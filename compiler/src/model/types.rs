//! Types: messages, records, aliases, enums and what fields are made of.

use aqueduct_dsl::source::SpanId;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::{Constant, Date, Domain, Id, Label};

/// A named type.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeDecl {
    /// Its name.
    pub label: Label,
    /// The domain that it belongs to, if there are any.
    pub domain: Option<Id<Domain>>,
    /// What it is.
    pub kind: TypeKind,
}

impl TypeDecl {
    /// Whether the author gave it no name: the input of a handler, one of several types on a channel.
    pub fn is_unnamed(&self) -> bool {
        matches!(self.kind, TypeKind::Record { inline: true, .. })
            || !self
                .label
                .name
                .starts_with(|first: char| first.is_ascii_alphabetic())
            || self.label.name.contains(' ')
            || self.label.name == "any"
    }

    /// Its version, for `BasketChanged.v2`.
    pub fn version(&self) -> Option<u32> {
        version(&self.label.name).map(|(_, version)| version)
    }
}

/// The name and the version of `BasketChanged.v2`.
pub fn version(name: &str) -> Option<(&str, u32)> {
    let (base, last) = name.rsplit_once(".v")?;
    Some((base, last.parse().ok()?))
}

/// What a named type is.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// Something that travels.
    Message {
        /// Event, command, query, document or fault.
        kind: MessageKind,
        /// What others may expect of it.
        contract: Contract,
        /// In order, spreads filled in.
        fields: Vec<Field>,
    },
    /// A record; `inline` when it is the input or reply of one handler and was never named by the author.
    Record {
        /// In order, spreads filled in.
        fields: Vec<Field>,
        /// Made from a signature.
        inline: bool,
    },
    /// Another name.
    Alias(Type),
    /// One of these records, each with where it is named; never fewer than two. The tag is the record's name.
    Union(Vec<(Id<TypeDecl>, SpanId)>),
    /// One of these words, each with its documentation.
    Choice(Vec<Label>),
}

/// What others may expect of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contract {
    /// `public`: other domains may depend on it.
    pub public: bool,
    /// Of an event: what kind of event.
    pub nature: Nature,
    /// Names of former fields that are not used again.
    pub reserved: Vec<(SmolStr, SpanId)>,
    /// When the version goes away.
    pub deprecated: Option<(Date, SpanId)>,
}

/// What an event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nature {
    /// Something that has happened; every one counts.
    #[default]
    Domain,
    /// `summary`: how things stand now; the last one counts.
    Summary,
    /// `notification`: that something has happened, and where to ask.
    Notification,
}

impl Nature {
    /// The word of the language; none for a domain event.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Domain => None,
            Self::Summary => Some("summary"),
            Self::Notification => Some("notification"),
        }
    }
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// It has happened, and every one counts.
    Event,
    /// Somebody is to do something.
    Command,
    /// Somebody wants to know.
    Query,
    /// Data for somebody.
    Document,
    /// Somebody says no, and why.
    Fault,
}

impl MessageKind {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Command => "command",
            Self::Query => "query",
            Self::Document => "document",
            Self::Fault => "fault",
        }
    }
}

/// A field of a message or record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name.
    pub label: Label,
    /// Its type.
    pub ty: Type,
    /// What is said about it with `@`.
    pub tags: Tags,
    /// After `=`.
    pub default: Option<DefaultValue>,
    /// `@origin(X)`: the service or domain that knows the value best.
    pub origin: Option<(SmolStr, SpanId)>,
    /// The type it was spread from, with the place of the spread.
    pub spread: Option<(Id<TypeDecl>, SpanId)>,
}

/// What is said about a field with `@`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tags {
    /// `@key`: it names the thing that the message is about.
    pub key: bool,
    /// `@pii`: personal data.
    pub pii: bool,
    /// `@secret`: never stored, published or logged.
    pub secret: bool,
    /// `@seq`: the number that puts messages with the same key in order.
    pub seq: bool,
    /// `@time`: when it happened.
    pub time: bool,
    /// `@wide`: an integer beyond ±2^53, which travels as a text.
    pub wide: bool,
}

/// What a field is when the sender leaves it out.
#[derive(Debug, Clone, PartialEq)]
pub enum DefaultValue {
    /// `new()`: an id minted once, where the message is born.
    Minted,
    /// `now()`: the time at which the message is born.
    Now,
    /// This value.
    Value(Constant),
}

/// The type of a field, a parameter or an element.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// What it is.
    pub shape: Shape,
    /// `?`
    pub optional: bool,
    /// Where it was written.
    pub span: SpanId,
}

/// What a type is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A value without parts.
    Scalar(Scalar),
    /// `list<T>(0..5)`
    List {
        /// Of what.
        item: Box<Type>,
        /// How many.
        length: Bounds<u64>,
    },
    /// `map<string, T>(0..5)`
    Map {
        /// Of what.
        value: Box<Type>,
        /// How many.
        length: Bounds<u64>,
    },
    /// A message, record, alias or enum.
    Named(Id<TypeDecl>),
    /// Nothing that is known; a diagnostic says so, and rules pass it by.
    Unresolved,
}

/// Values without parts, with their limits.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// `true` or `false`
    Bool,
    /// 64 bits, within ±2^53 unless `@wide`.
    Int(Bounds<i64>),
    /// Exact.
    Decimal {
        /// Smallest and largest.
        bounds: Bounds<Decimal>,
        /// Most digits after the point.
        places: Option<u32>,
    },
    /// IEEE 754 double, finite.
    Float(Bounds<Decimal>),
    /// Text.
    String {
        /// In characters.
        length: Bounds<u64>,
        /// A regular expression.
        pattern: Option<SmolStr>,
    },
    /// RFC 9562.
    Uuid,
    /// A point in time.
    Instant,
    /// A span of time.
    Duration,
    /// Octets.
    Bytes {
        /// In octets.
        length: Bounds<u64>,
    },
    /// Anything JSON can say.
    Json,
}

impl Scalar {
    /// The word of the language.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int(_) => "int",
            Self::Decimal { .. } => "decimal",
            Self::Float(_) => "float",
            Self::String { .. } => "string",
            Self::Uuid => "uuid",
            Self::Instant => "instant",
            Self::Duration => "duration",
            Self::Bytes { .. } => "bytes",
            Self::Json => "json",
        }
    }

    /// Whether it can be ordered with `<` and its like, and compared with a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Decimal { .. } | Self::Float(_))
    }
}

/// Smallest and largest, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds<T> {
    /// At least this.
    pub min: Option<T>,
    /// At most this.
    pub max: Option<T>,
}

impl<T> Default for Bounds<T> {
    fn default() -> Self {
        Self { min: None, max: None }
    }
}

impl<T: PartialOrd> Bounds<T> {
    /// Whether everything in `self` is in `other` too.
    pub fn within(&self, other: &Self) -> bool {
        let low = match (&self.min, &other.min) {
            (_, None) => true,
            (Some(mine), Some(theirs)) => mine >= theirs,
            (None, Some(_)) => false,
        };
        let high = match (&self.max, &other.max) {
            (_, None) => true,
            (Some(mine), Some(theirs)) => mine <= theirs,
            (None, Some(_)) => false,
        };
        low && high
    }
}
