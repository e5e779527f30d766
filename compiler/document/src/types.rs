//! Messages, records, aliases, enums, unions, and what their fields are made of.

mod read;

use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::label::Label;
use crate::value::Computed;
use crate::words::{MessageKind, Nature};

/// A named type.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TypeDecl {
    /// Its name in full: what refers to it says this.
    id: String,
    #[serde(flatten)]
    label: Label,
    /// The domain that it belongs to.
    domain: Option<String>,
    #[serde(flatten)]
    what: TypeKind,
}

/// What a named type is.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum TypeKind {
    /// Something that travels.
    Message {
        /// What for.
        message: MessageKind,
        /// The version, where its name ends with one.
        version: Option<u32>,
        /// Other domains may depend on it.
        public: bool,
        /// Of an event: what it tells.
        nature: Option<Nature>,
        /// Names of former fields that are not used again.
        reserved: Vec<String>,
        /// The day on which it goes away, such as `2027-01-01`.
        deprecated: Option<String>,
        /// In order, spreads filled in.
        fields: Vec<Field>,
    },
    /// Fields that belong together.
    Record {
        /// The author gave it no name: it was made from a signature or a line.
        inline: bool,
        /// In order, spreads filled in.
        fields: Vec<Field>,
    },
    /// Another name.
    Alias {
        /// For this.
        of: Type,
    },
    /// One of several records; the tag is the record's name.
    Union {
        /// Their ids.
        members: Vec<String>,
    },
    /// One of several words.
    Enum {
        /// The words.
        values: Vec<Label>,
    },
}

/// A field of a message, a record or a role.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Field {
    #[serde(flatten)]
    label: Label,
    /// Its type.
    r#type: Type,
    /// What is said about it.
    tags: Vec<Tag>,
    /// What it is when the sender leaves it out.
    default: Option<DefaultValue>,
    /// The service or domain that knows the value best.
    origin: Option<String>,
    /// The type that it was spread from.
    spread: Option<String>,
}

/// What is said about a field.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Tag {
    /// It names the thing that the message is about.
    Key,
    /// Personal data.
    Pii,
    /// Never stored, published or logged.
    Secret,
    /// The number that puts messages with the same key in order.
    Seq,
    /// When it happened.
    Time,
    /// An integer beyond ±2^53, which travels as a text.
    Wide,
}

/// What a field is when the sender leaves it out.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum DefaultValue {
    /// An id that is minted once, where the message is born.
    Minted,
    /// The time at which the message is born.
    Now,
    /// This value.
    Value {
        /// It.
        value: Computed,
    },
}

/// The type of a field or of an item.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Type {
    /// As the language writes it.
    text: String,
    /// It may be missing.
    optional: bool,
    #[serde(flatten)]
    shape: Shape,
}

/// What a type is made of. Limits are included; decimals are exact, and texts.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    /// True or false.
    Bool,
    /// 64 bits.
    Int {
        /// At least this.
        min: Option<i64>,
        /// At most this.
        max: Option<i64>,
    },
    /// Exact.
    Decimal {
        /// At least this.
        min: Option<String>,
        /// At most this.
        max: Option<String>,
        /// Most digits after the point.
        places: Option<u32>,
    },
    /// IEEE 754 double, finite.
    Float {
        /// At least this.
        min: Option<String>,
        /// At most this.
        max: Option<String>,
    },
    /// Text.
    String {
        /// At least so many characters.
        min: Option<u64>,
        /// At most so many characters.
        max: Option<u64>,
        /// A regular expression.
        pattern: Option<String>,
    },
    /// RFC 9562.
    Uuid,
    /// A point in time.
    Instant,
    /// A span of time.
    Duration,
    /// Octets.
    Bytes {
        /// At least so many.
        min: Option<u64>,
        /// At most so many.
        max: Option<u64>,
    },
    /// Anything JSON can say.
    Json,
    /// Several of one type, in order.
    List {
        /// Of what.
        item: Box<Type>,
        /// At least so many.
        min: Option<u64>,
        /// At most so many.
        max: Option<u64>,
    },
    /// Values by a text.
    Map {
        /// Of what.
        value: Box<Type>,
        /// At least so many.
        min: Option<u64>,
        /// At most so many.
        max: Option<u64>,
    },
    /// A named type.
    Named {
        /// Its id.
        of: String,
    },
    /// Something that couldn't be read; never in a system without errors.
    Unknown,
}
