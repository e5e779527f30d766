//! Fields, their tags and defaults, and spreads.

use std::collections::{HashMap, HashSet};

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::Options;
use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::super::{Lowering, label};
use super::Declared;
use crate::codes;
use crate::constructs;
use crate::model::{DefaultValue, Field, Id, Scalar, Shape, Tags, Type, TypeDecl, TypeKind};

const TAGS: [&str; 7] = ["key", "pii", "secret", "seq", "time", "wide", "origin"];

/// A spread before it is filled in: it stands between its neighbors.
pub(super) struct Pending<'a> {
    /// Fields before it that are the type's own.
    at: usize,
    name: &'a ast::Name,
    /// What it names, if it names something.
    source: Option<Id<TypeDecl>>,
}

impl Lowering {
    /// The fields that a block writes down itself; spreads come later.
    pub(in crate::lower) fn own_fields(&mut self, place: &str, options: &Options<'_>) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for entry in options.others.iter().copied() {
            if let ast::Shape::Field(field) = &entry.shape {
                fields.extend(self.field(&fields, field, entry));
            } else if !matches!(entry.shape, ast::Shape::Spread(_)) {
                self.misplaced(place, &[entry]);
            }
        }
        fields
    }

    pub(in crate::lower) fn field(
        &mut self,
        earlier: &[Field],
        field: &ast::Field,
        entry: &ast::Entry,
    ) -> Option<Field> {
        if let Some(first) = earlier.iter().find(|other| other.label.name == field.name.text) {
            let first = first.label.span;
            self.field_twice(&field.name, first, "first here");
            return None;
        }
        let mut ty = self.ty(&field.ty);
        let tags = self.tags(&field.tags);
        self.tag_fits(field, tags, &ty);
        let origin = self.origin(&field.tags);
        let default = field
            .default
            .as_ref()
            .and_then(|value| self.default_value(&mut ty, value));
        Some(Field {
            label: label(&field.name, entry),
            ty,
            tags,
            default,
            origin,
            spread: None,
        })
    }

    /// A tag that says what a value is for wants a value that can be that.
    fn tag_fits(&mut self, field: &ast::Field, tags: Tags, ty: &Type) {
        let scalar = match &self.model.resolve(ty).shape {
            Shape::Scalar(scalar) => Some(scalar.word()),
            Shape::Unresolved => return,
            Shape::List { .. } | Shape::Map { .. } | Shape::Named(_) => None,
        };
        for (said, tag, wanted) in [
            (tags.seq, "seq", "int"),
            (tags.time, "time", "instant"),
            (tags.wide, "wide", "int"),
        ] {
            if said && scalar != Some(wanted) {
                self.ill_formed(
                    field.ty.span,
                    format!("`@{tag}` is for a field of type `{wanted}`"),
                    "another type",
                    &format!("write `{}: {wanted} @{tag}`, or delete the tag", field.name.text),
                );
            }
        }
    }

    fn field_twice(&mut self, name: &ast::Name, first: SpanId, there: &str) {
        self.out.push(
            Diagnostic::error(
                codes::NAME_TWICE,
                name.span,
                format!("field `{}` is there twice", name.text),
            )
            .label("again here")
            .related(first, there)
            .help("delete one of the two, or rename it"),
        );
    }

    fn tags(&mut self, written: &[ast::Tag]) -> Tags {
        let mut tags = Tags::default();
        for tag in written {
            match tag.name.text.as_str() {
                "key" => tags.key = true,
                "pii" => tags.pii = true,
                "secret" => tags.secret = true,
                "seq" => {
                    tags.seq = true;
                    self.note(&constructs::SEQ, tag.span);
                }
                "time" => {
                    tags.time = true;
                    self.note(&constructs::TIME, tag.span);
                }
                "wide" => {
                    tags.wide = true;
                    self.note(&constructs::WIDE, tag.span);
                }
                "origin" => self.note(&constructs::ORIGIN, tag.span),
                other => {
                    let diagnostic = Diagnostic::error(
                        codes::ILL_FORMED_TYPE,
                        tag.span,
                        format!("no tag is called `@{other}`"),
                    );
                    let diagnostic = match nearest(other, TAGS) {
                        Some(near) => diagnostic.label(format!("did you mean `@{near}`?")).replace(
                            format!("use `@{near}`"),
                            tag.name.span,
                            near,
                        ),
                        None => diagnostic.label("not a tag").help(format!(
                            "the tags are {}",
                            TAGS.map(|tag| format!("`@{tag}`")).join(", ")
                        )),
                    };
                    self.out.push(diagnostic);
                }
            }
        }
        tags
    }

    /// `@origin(Customers)`: whether there is one of that name is looked up once services are known.
    fn origin(&mut self, written: &[ast::Tag]) -> Option<(SmolStr, SpanId)> {
        let tag = written.iter().find(|tag| tag.name.text == "origin")?;
        let [ast::Arg::Plain(name)] = tag.args.as_slice() else {
            self.ill_formed(
                tag.span,
                "`@origin` names one service or domain".to_owned(),
                "not one name in parentheses",
                "write `@origin(Customers)`",
            );
            return None;
        };
        Some((name.as_path()?.clone(), name.span))
    }

    /// Whether what knows a field best is there.
    pub(in crate::lower) fn origins(&mut self) {
        let mut unknown = Vec::new();
        for id in self.model.types.ids() {
            for (name, span) in self
                .model
                .fields(id)
                .iter()
                .filter_map(|field| field.origin.as_ref())
            {
                let known = self.names.service(name).is_some() || self.names.domains.get(name).is_some();
                let spread = unknown.iter().any(|other: &ast::Name| other.text == *name);
                if !known && !spread {
                    unknown.push(ast::Name {
                        text: name.clone(),
                        span: *span,
                    });
                }
            }
        }
        for name in unknown {
            let known = self.names.services.names().chain(self.names.domains.names());
            let diagnostic = crate::lower::names::unresolved(
                "service or domain",
                &name,
                known,
                "declare it: `extern service",
                " { … }`",
            );
            self.blame(&name, diagnostic);
        }
    }

    fn default_value(&mut self, ty: &mut Type, value: &ast::Expr) -> Option<DefaultValue> {
        let scalar = match &self.model.resolve(ty).shape {
            Shape::Scalar(scalar) => Some(scalar.clone()),
            Shape::List { .. } | Shape::Map { .. } | Shape::Named(_) | Shape::Unresolved => None,
        };
        if let ast::ExprKind::Call(call) = &value.kind {
            match (call.callee.text.as_str(), &scalar) {
                ("new", Some(Scalar::Uuid)) => return Some(DefaultValue::Minted),
                ("now", Some(Scalar::Instant)) => return Some(DefaultValue::Now),
                ("new" | "now", _) => {
                    let (makes, of) = if call.callee.text == "new" {
                        ("an id", "uuid")
                    } else {
                        ("a time", "instant")
                    };
                    self.does_not_fit(
                        value.span,
                        format!(
                            "`{}()` makes {makes}, and this field is no {of}",
                            call.callee.text
                        ),
                        &format!("give the field the type `{of}`, or another default"),
                    );
                    return None;
                }
                _ => {}
            }
        }
        let constant = self.constant(value)?;
        if let Err((why, help)) = self.fits(&constant, ty) {
            self.does_not_fit(value.span, why, &help);
            return None;
        }
        Some(DefaultValue::Value(constant))
    }

    fn does_not_fit(&mut self, span: SpanId, message: String, help: &str) {
        self.out.push(
            Diagnostic::error(codes::VALUE_DOES_NOT_FIT, span, message)
                .label("this default")
                .help(help),
        );
    }

    /// Fills every spread with the fields of the type it names, its own spreads first.
    pub(super) fn fill_spreads(&mut self, declared: &[Declared<'_>]) {
        let mut pending: HashMap<Id<TypeDecl>, Vec<Pending<'_>>> = HashMap::new();
        for Declared { id, entry, domain } in declared {
            let mut spreads = pending_spreads(block_of(entry));
            for spread in &mut spreads {
                self.enter(*domain);
                spread.source = self.find_type(spread.name);
            }
            if !spreads.is_empty() {
                let _ = pending.insert(*id, spreads);
            }
        }
        let mut open = HashSet::new();
        for Declared { id, .. } in declared {
            self.fill(*id, &mut pending, &mut open);
        }
    }

    fn fill(
        &mut self,
        id: Id<TypeDecl>,
        pending: &mut HashMap<Id<TypeDecl>, Vec<Pending<'_>>>,
        open: &mut HashSet<Id<TypeDecl>>,
    ) {
        let Some(spreads) = pending.remove(&id) else {
            return;
        };
        let _ = open.insert(id);
        let mut added = 0;
        for spread in spreads {
            let Some(source) = spread.source else {
                continue;
            };
            if source == id || open.contains(&source) {
                self.ill_formed(
                    spread.name.span,
                    format!("`...{}` leads back to the type it stands in", spread.name.text),
                    "a type can't hold its own fields again",
                    "take the shared fields into a `type` of their own and spread that",
                );
                continue;
            }
            self.fill(source, pending, open);
            let theirs = self.model.fields(source).to_vec();
            if theirs.is_empty()
                && !matches!(
                    self.model.types[source].kind,
                    TypeKind::Message { .. } | TypeKind::Record { .. }
                )
            {
                self.ill_formed(
                    spread.name.span,
                    format!("`{}` has no fields to spread", spread.name.text),
                    "not a message and not a record",
                    "spread a message or a `type` with fields",
                );
            }
            let at = (spread.at + added).min(self.model.fields(id).len());
            added += self.insert_spread(id, source, spread.name, at, theirs);
        }
        let _ = open.remove(&id);
    }

    fn insert_spread(
        &mut self,
        id: Id<TypeDecl>,
        source: Id<TypeDecl>,
        name: &ast::Name,
        at: usize,
        theirs: Vec<Field>,
    ) -> usize {
        let mut fresh = Vec::new();
        for mut field in theirs {
            if let Some(first) = self.model.field(id, &field.label.name) {
                let first = first.label.span;
                let twice = ast::Name {
                    text: field.label.name.clone(),
                    span: name.span,
                };
                self.field_twice(&twice, first, "a spread never replaces a field that is there");
                continue;
            }
            field.spread = Some((source, name.span));
            fresh.push(field);
        }
        let count = fresh.len();
        if let TypeKind::Message { fields, .. } | TypeKind::Record { fields, .. } =
            &mut self.model.types[id].kind
        {
            let _ = fields.splice(at..at, fresh);
        }
        count
    }
}

fn block_of(entry: &ast::Entry) -> &[ast::Entry] {
    if let ast::Shape::Message(message) = &entry.shape {
        &message.block.entries
    } else if let ast::Shape::TypeDef(definition) = &entry.shape
        && let ast::TypeBody::Block(block) = &definition.body
    {
        &block.entries
    } else {
        &[]
    }
}

fn pending_spreads(entries: &[ast::Entry]) -> Vec<Pending<'_>> {
    let mut own = 0;
    let mut spreads = Vec::new();
    for entry in entries {
        if let ast::Shape::Spread(name) = &entry.shape {
            spreads.push(Pending {
                at: own,
                name,
                source: None,
            });
        } else if matches!(entry.shape, ast::Shape::Field(_)) {
            own += 1;
        }
    }
    spreads
}
