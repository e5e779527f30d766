//! Lowers messages, records, aliases and enums.

mod fields;
mod limits;

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Options, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::domain::Top;
use super::{Lowering, label};
use crate::codes;
use crate::constructs;
use crate::model::{
    Bounds, Contract, Domain, Id, MessageKind, Nature, Scalar, Shape, Type, TypeDecl, TypeKind, version,
};

/// The words that need no declaration.
pub(super) const SCALARS: [&str; 14] = [
    "bool", "int", "float", "decimal", "string", "uuid", "instant", "duration", "bytes", "json", "any",
    "list", "map", "none",
];

/// A type's declaration with where it stands, between the two passes.
struct Declared<'a> {
    id: Id<TypeDecl>,
    entry: &'a ast::Entry,
    domain: Option<Id<Domain>>,
}

impl Lowering {
    /// Names first, then bodies, then spreads: each may speak of any other.
    pub(super) fn types(&mut self, entries: &[Top<'_>]) {
        let declared: Vec<Declared<'_>> = entries.iter().filter_map(|top| self.declare(*top)).collect();
        // Defaults name values of enums, so those come first, wherever they stand.
        for Declared { id, entry, domain } in &declared {
            self.enter(*domain);
            if let ast::Shape::TypeDef(definition) = &entry.shape
                && let ast::TypeBody::Block(block) = &definition.body
                && definition.kind.text == "enum"
            {
                let values = self.choice_values(block);
                if block.entries.is_empty() {
                    self.ill_formed(
                        definition.name.span,
                        format!(
                            "enum `{}` has no values, so nothing could be one",
                            definition.name.text
                        ),
                        "without values",
                        "list them in the braces",
                    );
                }
                self.model.types[*id].kind = TypeKind::Choice(values);
            }
        }
        for Declared { id, entry, domain } in &declared {
            self.enter(*domain);
            if let ast::Shape::Message(message) = &entry.shape {
                self.message_body(*id, message);
            } else if let ast::Shape::TypeDef(definition) = &entry.shape {
                self.type_body(*id, definition);
            }
        }
        self.break_alias_circles();
        self.fill_spreads(&declared);
        self.refuse_endless_records();
    }

    fn declare<'a>(&mut self, Top { entry, domain }: Top<'a>) -> Option<Declared<'a>> {
        self.enter(domain);
        let (name, kind) = if let ast::Shape::Message(message) = &entry.shape {
            let Some(kind) = message_kind(&message.kind.text) else {
                self.names.broken(&message.name.text);
                return None;
            };
            let fields = Vec::new();
            let contract = Contract::default();
            (
                &message.name,
                TypeKind::Message {
                    kind,
                    contract,
                    fields,
                },
            )
        } else if let ast::Shape::TypeDef(definition) = &entry.shape {
            let kind = match definition.body {
                ast::TypeBody::Alias(_) => TypeKind::Alias(unresolved(definition.name.span)),
                ast::TypeBody::Block(_) if definition.kind.text == "enum" => TypeKind::Choice(Vec::new()),
                ast::TypeBody::Block(_) => TypeKind::Record {
                    fields: Vec::new(),
                    inline: false,
                },
            };
            (&definition.name, kind)
        } else {
            return None;
        };
        if SCALARS.contains(&name.text.as_str()) {
            self.out.push(
                Diagnostic::error(
                    codes::NAME_TWICE,
                    name.span,
                    format!("`{}` is a type of the language", name.text),
                )
                .label("declared again here")
                .help("give it a name of its own, in UpperCamel"),
            );
            return None;
        }
        let in_full = self.names.in_full(&name.text);
        if !Self::is_free_as(&mut self.out, &self.names.types, name, &in_full) {
            return None;
        }
        if version(&name.text).is_some() {
            self.note(&constructs::VERSION, name.span);
        }
        let id = self.model.types.push(TypeDecl {
            label: label(name, entry),
            domain,
            kind,
        });
        self.names.types.add_as(in_full, name.span, id);
        Some(Declared { id, entry, domain })
    }

    fn message_body(&mut self, id: Id<TypeDecl>, message: &ast::Message) {
        let options = self.options(Owner::Message, &message.block.entries);
        let found = self.own_fields(&message.kind.text, &options);
        self.assumptions(Some(id), &options);
        let contract_of_it = self.contract(message, &options);
        if let TypeKind::Message { fields, contract, .. } = &mut self.model.types[id].kind {
            *fields = found;
            *contract = contract_of_it;
        }
    }

    fn type_body(&mut self, id: Id<TypeDecl>, definition: &ast::TypeDef) {
        let kind = match &definition.body {
            ast::TypeBody::Alias(ty) if ty.alternatives.len() > 1 => self.union(ty),
            ast::TypeBody::Alias(ty) => TypeKind::Alias(self.ty(ty)),
            ast::TypeBody::Block(_) if definition.kind.text == "enum" => return,
            ast::TypeBody::Block(block) => {
                let options = self.options(Owner::Record, &block.entries);
                let fields = self.own_fields("type", &options);
                self.assumptions(Some(id), &options);
                TypeKind::Record {
                    fields,
                    inline: false,
                }
            }
        };
        self.model.types[id].kind = kind;
    }

    fn choice_values(&mut self, block: &ast::Block) -> Vec<crate::model::Label> {
        let mut values: Vec<crate::model::Label> = Vec::new();
        for entry in &block.entries {
            let Some(name) = bare_word(&entry.shape) else {
                self.misplaced("enum", &[entry]);
                continue;
            };
            if let Some(first) = values.iter().find(|value| value.name == name.text) {
                self.out.push(
                    Diagnostic::error(
                        codes::NAME_TWICE,
                        name.span,
                        format!("value `{}` is listed twice", name.text),
                    )
                    .label("again here")
                    .related(first.span, "first here")
                    .help("delete one of the two"),
                );
                continue;
            }
            values.push(label(name, entry));
        }
        values
    }

    /// A type as written at a field, an alias or an element.
    pub(super) fn ty(&mut self, ty: &ast::Type) -> Type {
        if let [simple] = ty.alternatives.as_slice() {
            return self.simple_type(simple);
        }
        let kind = self.union(ty);
        Type {
            shape: Shape::Named(self.unnamed(ty, kind)),
            optional: ty.alternatives.iter().any(|simple| simple.optional),
            span: ty.span,
        }
    }

    /// `A | B`: records, each once.
    pub(super) fn union(&mut self, ty: &ast::Type) -> TypeKind {
        self.note(&constructs::UNION, ty.span);
        TypeKind::Union(self.alternatives(ty))
    }

    /// The records of `A | B`, each with where it is named.
    pub(super) fn alternatives(&mut self, ty: &ast::Type) -> Vec<(Id<TypeDecl>, SpanId)> {
        let mut members: Vec<(Id<TypeDecl>, SpanId)> = Vec::new();
        for simple in &ty.alternatives {
            let plain = simple.generics.is_empty() && simple.limits.is_empty();
            if !plain || SCALARS.contains(&simple.name.text.as_str()) {
                self.ill_formed(
                    simple.span,
                    format!(
                        "`{}` is no record, and a union is one of several records",
                        simple.name.text
                    ),
                    "has no name that could tell it from the others",
                    "declare a `type` with this as its field, and name that",
                );
                continue;
            }
            let Some(id) = self.find_type(&simple.name) else {
                continue;
            };
            if let Some((_, first)) = members.iter().find(|(other, _)| *other == id) {
                let first = *first;
                self.out.push(
                    Diagnostic::error(
                        codes::NAME_TWICE,
                        simple.span,
                        format!("`{}` is one of these already", simple.name.text),
                    )
                    .label("again here")
                    .related(first, "first here")
                    .help("delete one of the two"),
                );
                continue;
            }
            members.push((id, simple.span));
        }
        members
    }

    /// A type that has no name of its own.
    pub(super) fn unnamed(&mut self, ty: &ast::Type, kind: TypeKind) -> Id<TypeDecl> {
        let names: Vec<&str> = ty
            .alternatives
            .iter()
            .map(|simple| simple.name.text.as_str())
            .collect();
        self.model.types.push(TypeDecl {
            label: crate::model::Label {
                name: names.join(" | ").into(),
                span: ty.span,
                entry: ty.span,
                docs: Vec::new(),
            },
            domain: self.domain,
            kind,
        })
    }

    /// What others may expect of a message.
    fn contract(&mut self, message: &ast::Message, options: &Options<'_>) -> Contract {
        if let Some(word) = &message.visibility {
            self.note(&constructs::PUBLIC, word.span);
        }
        let nature = match &message.nature {
            Some(word) if message.kind.text != "event" => {
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        word.span,
                        format!("a {} is never a {}", message.kind.text, word.text),
                    )
                    .label("only an event is")
                    .help(format!("delete `{}`, or declare an `event`", word.text)),
                );
                Nature::Domain
            }
            Some(word) if word.text == "summary" => {
                self.note(&constructs::SUMMARY, word.span);
                Nature::Summary
            }
            Some(word) => {
                self.note(&constructs::NOTIFICATION, word.span);
                Nature::Notification
            }
            None => Nature::Domain,
        };
        let mut reserved = Vec::new();
        for item in options
            .all("reserved")
            .filter_map(|clause| clause.list("fields"))
            .flatten()
        {
            match item.as_path() {
                Some(name) if !name.contains('.') => reserved.push((name.clone(), item.span)),
                _ => self.ill_formed(
                    item.span,
                    "what is reserved is a field's name".to_owned(),
                    "not a name",
                    "write `reserved [items, amount]`",
                ),
            }
        }
        let deprecated = options
            .get("deprecated")
            .and_then(|clause| self.date(clause, "date"));
        Contract {
            public: message.visibility.is_some(),
            nature,
            reserved,
            deprecated,
        }
    }

    /// A day that exists.
    pub(super) fn date(&mut self, clause: &Matched<'_>, hole: &str) -> Option<(SmolStr, SpanId)> {
        let (ast::Literal::Date(date), span) = clause.literal(hole)? else {
            return None;
        };
        if !is_a_day(date) {
            self.out.push(
                Diagnostic::error(codes::VALUE_DOES_NOT_FIT, span, format!("there is no {date}"))
                    .label("no day of the calendar")
                    .help("write year, month and day, as in `2027-01-31`"),
            );
            return None;
        }
        Some((date.clone(), span))
    }

    fn simple_type(&mut self, simple: &ast::SimpleType) -> Type {
        let shape = match simple.name.text.as_str() {
            "list" => {
                let item = self.only_generic(simple);
                let length = self.length(simple);
                Shape::List {
                    item: Box::new(item),
                    length,
                }
            }
            "map" => {
                let value = self.map_value(simple);
                let length = self.length(simple);
                Shape::Map {
                    value: Box::new(value),
                    length,
                }
            }
            word => match scalar(word) {
                Some(scalar) => {
                    self.no_generics(simple);
                    Shape::Scalar(self.limited(scalar, simple))
                }
                None => self.named(simple),
            },
        };
        Type {
            shape,
            optional: simple.optional,
            span: simple.span,
        }
    }

    fn named(&mut self, simple: &ast::SimpleType) -> Shape {
        self.no_generics(simple);
        let found = self.find_type(&simple.name);
        // A misspelt scalar may well have limits.
        if let (Some(_), Some(limit)) = (found, simple.limits.first()) {
            self.ill_formed(
                limit.span,
                format!("`{}` takes no limits of its own", simple.name.text),
                "limits belong to the scalar type it is made of",
                "write the limits where the type is declared, as in `type Money = decimal(0.., places 2)`",
            );
        }
        found.map_or(Shape::Unresolved, Shape::Named)
    }

    fn only_generic(&mut self, simple: &ast::SimpleType) -> Type {
        if let [item] = simple.generics.as_slice() {
            return self.ty(item);
        }
        self.ill_formed(
            simple.span,
            "a list needs the type of its items".to_owned(),
            "no single type in angle brackets",
            "write `list<T>`, with a length if there is one: `list<Address>(0..5)`",
        );
        unresolved(simple.span)
    }

    fn map_value(&mut self, simple: &ast::SimpleType) -> Type {
        if let [key, value] = simple.generics.as_slice() {
            if !matches!(key.alternatives.as_slice(), [key] if key.name.text == "string" && !key.optional) {
                self.ill_formed(
                    key.span,
                    "the keys of a map are strings".to_owned(),
                    "not a string",
                    "use `map<string, …>`; JSON knows no other keys",
                );
            }
            return self.ty(value);
        }
        self.ill_formed(
            simple.span,
            "a map needs the types of its keys and its values".to_owned(),
            "not two types in angle brackets",
            "write `map<string, T>`",
        );
        unresolved(simple.span)
    }

    fn no_generics(&mut self, simple: &ast::SimpleType) {
        if let Some(first) = simple.generics.first() {
            self.ill_formed(
                first.span,
                format!("`{}` takes no types in angle brackets", simple.name.text),
                "only `list` and `map` do",
                "delete the angle brackets",
            );
        }
    }

    /// `type A = list<A>` would never end.
    fn break_alias_circles(&mut self) {
        for id in self.model.types.ids() {
            let TypeKind::Alias(target) = &self.model.types[id].kind else {
                continue;
            };
            if !self.leads_to(target, id, &mut Vec::new()) {
                continue;
            }
            let label = self.model.types[id].label.clone();
            self.ill_formed(
                label.span,
                format!("type `{}` is defined by itself", label.name),
                "the names lead back here",
                "let one of them stand for a scalar or a record",
            );
            self.model.types[id].kind = TypeKind::Alias(unresolved(label.span));
        }
    }

    /// Whether a type is made of another through aliases, lists and maps alone.
    fn leads_to(&self, ty: &Type, id: Id<TypeDecl>, seen: &mut Vec<Id<TypeDecl>>) -> bool {
        match &ty.shape {
            Shape::List { item: inner, .. } | Shape::Map { value: inner, .. } => {
                self.leads_to(inner, id, seen)
            }
            Shape::Named(next) if *next == id => true,
            Shape::Named(next) if seen.contains(next) => false,
            Shape::Named(next) => {
                seen.push(*next);
                match &self.model.types[*next].kind {
                    TypeKind::Alias(target) => self.leads_to(target, id, seen),
                    TypeKind::Union(members) => members.iter().any(|(member, _)| *member == id),
                    TypeKind::Message { .. } | TypeKind::Record { .. } | TypeKind::Choice(_) => false,
                }
            }
            Shape::Scalar(_) | Shape::Unresolved => false,
        }
    }

    /// A record that contains itself has no end; in a list or a map it ends where those are empty.
    fn refuse_endless_records(&mut self) {
        for id in self.model.types.ids() {
            let fields = self.model.fields(id).iter();
            let endless = fields.map(|field| (field.ty.span, field.label.name.clone(), &field.ty));
            let endless = endless.filter(|(_, _, ty)| self.contains(ty, id, &mut Vec::new()));
            let Some((span, name)) = endless.map(|(span, name, _)| (span, name)).next() else {
                continue;
            };
            let owner = self.model.types[id].label.name.clone();
            self.ill_formed(
                span,
                format!("`{owner}` contains itself through `{name}`"),
                "leads back to the type it stands in",
                "hold the inner ones in a list, or refer to them by their key",
            );
            if let TypeKind::Message { fields, .. } | TypeKind::Record { fields, .. } =
                &mut self.model.types[id].kind
            {
                for field in fields.iter_mut().filter(|field| field.label.name == name) {
                    field.ty = unresolved(span);
                }
            }
        }
    }

    fn contains(&self, ty: &Type, id: Id<TypeDecl>, seen: &mut Vec<Id<TypeDecl>>) -> bool {
        let Shape::Named(next) = self.model.resolve(ty).shape else {
            return false;
        };
        if next == id {
            return true;
        }
        if seen.contains(&next) {
            return false;
        }
        seen.push(next);
        self.model
            .fields(next)
            .iter()
            .any(|field| self.contains(&field.ty, id, seen))
    }

    pub(super) fn ill_formed(&mut self, span: SpanId, message: String, label: &str, help: &str) {
        self.out.push(
            Diagnostic::error(codes::ILL_FORMED_TYPE, span, message)
                .label(label)
                .help(help),
        );
    }
}

/// A value of an enum is a clause of one word.
fn bare_word(shape: &ast::Shape) -> Option<&ast::Name> {
    let ast::Shape::Flow(flow) = shape else {
        return None;
    };
    let [clause] = flow.clauses.as_slice() else {
        return None;
    };
    let ast::Head::Word(name) = &clause.head else {
        return None;
    };
    (clause.args.is_empty() && clause.block.is_none()).then_some(name)
}

/// Whether a year has that month, and that month that day (the Gregorian calendar of ISO 8601).
fn is_a_day(date: &str) -> bool {
    let mut parts = date.split('-').map(str::parse::<u32>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

pub(super) fn unresolved(span: SpanId) -> Type {
    Type {
        shape: Shape::Unresolved,
        optional: false,
        span,
    }
}

fn message_kind(word: &str) -> Option<MessageKind> {
    match word {
        "event" => Some(MessageKind::Event),
        "command" => Some(MessageKind::Command),
        "query" => Some(MessageKind::Query),
        "document" => Some(MessageKind::Document),
        "fault" => Some(MessageKind::Fault),
        _ => None,
    }
}

fn scalar(word: &str) -> Option<Scalar> {
    Some(match word {
        "bool" => Scalar::Bool,
        "int" => Scalar::Int(Bounds::default()),
        "float" => Scalar::Float(Bounds::default()),
        "decimal" => Scalar::Decimal {
            bounds: Bounds::default(),
            places: None,
        },
        "string" => Scalar::String {
            length: Bounds::default(),
            pattern: None,
        },
        "uuid" => Scalar::Uuid,
        "instant" => Scalar::Instant,
        "duration" => Scalar::Duration,
        "bytes" => Scalar::Bytes {
            length: Bounds::default(),
        },
        "json" | "any" => Scalar::Json,
        _ => return None,
    })
}
