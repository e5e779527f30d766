//! How types are read from the model.

use aqueduct_compiler::facts::fields::type_text;
use aqueduct_compiler::model::{self, Id};

use super::{DefaultValue, Field, Shape, Tag, Type, TypeDecl, TypeKind};
use crate::reader::Reader;

impl Reader<'_> {
    pub(crate) fn type_decl(&self, id: Id<model::TypeDecl>) -> TypeDecl {
        let declared = &self.model.types[id];
        let version = declared.version();
        let model::TypeDecl { label, domain, kind } = declared;
        TypeDecl {
            id: self.type_id(id),
            label: self.label(label),
            domain: domain.map(|domain| self.domain_id(domain)),
            what: self.type_kind(kind, version),
        }
    }

    fn type_kind(&self, of: &model::TypeKind, version: Option<u32>) -> TypeKind {
        match of {
            model::TypeKind::Message {
                kind,
                contract,
                fields,
            } => {
                let model::Contract {
                    public,
                    nature,
                    reserved,
                    deprecated,
                } = contract;
                TypeKind::Message {
                    message: (*kind).into(),
                    version,
                    public: *public,
                    nature: (*kind == model::MessageKind::Event).then(|| (*nature).into()),
                    reserved: reserved.iter().map(|(name, _)| name.to_string()).collect(),
                    deprecated: deprecated.as_ref().map(|(day, _)| day.to_string()),
                    fields: self.fields(fields),
                }
            }
            model::TypeKind::Record { fields, inline } => TypeKind::Record {
                inline: *inline,
                fields: self.fields(fields),
            },
            model::TypeKind::Alias(of) => TypeKind::Alias { of: self.ty(of) },
            model::TypeKind::Union(members) => TypeKind::Union {
                members: self.type_ids(members),
            },
            model::TypeKind::Choice(values) => TypeKind::Enum {
                values: values.iter().map(|value| self.label(value)).collect(),
            },
        }
    }

    pub(crate) fn fields(&self, of: &[model::Field]) -> Vec<Field> {
        let fields = of.iter().map(|field| {
            let model::Field {
                label,
                ty,
                tags,
                default,
                origin,
                spread,
            } = field;
            Field {
                label: self.label(label),
                r#type: self.ty(ty),
                tags: tag_words(*tags),
                default: default.as_ref().map(default_value),
                origin: origin.as_ref().map(|(name, _)| name.to_string()),
                spread: spread.map(|(from, _)| self.type_id(from)),
            }
        });
        fields.collect()
    }

    pub(crate) fn ty(&self, of: &model::Type) -> Type {
        let text = type_text(self.model, of);
        let model::Type {
            shape,
            optional,
            span: _,
        } = of;
        Type {
            text,
            optional: *optional,
            shape: self.shape(shape),
        }
    }

    fn shape(&self, of: &model::Shape) -> Shape {
        match of {
            model::Shape::Scalar(scalar) => scalar.into(),
            model::Shape::List { item, length } => Shape::List {
                item: Box::new(self.ty(item)),
                min: length.min,
                max: length.max,
            },
            model::Shape::Map { value, length } => Shape::Map {
                value: Box::new(self.ty(value)),
                min: length.min,
                max: length.max,
            },
            model::Shape::Named(id) => Shape::Named {
                of: self.type_id(*id),
            },
            model::Shape::Unresolved => Shape::Unknown,
        }
    }
}

impl From<&model::Scalar> for Shape {
    fn from(of: &model::Scalar) -> Self {
        match of {
            model::Scalar::Bool => Self::Bool,
            model::Scalar::Int(model::Bounds { min, max }) => Self::Int { min: *min, max: *max },
            model::Scalar::Decimal {
                bounds: model::Bounds { min, max },
                places,
            } => Self::Decimal {
                min: min.map(|min| min.to_string()),
                max: max.map(|max| max.to_string()),
                places: *places,
            },
            model::Scalar::Float(model::Bounds { min, max }) => Self::Float {
                min: min.map(|min| min.to_string()),
                max: max.map(|max| max.to_string()),
            },
            model::Scalar::String {
                length: model::Bounds { min, max },
                pattern,
            } => Self::String {
                min: *min,
                max: *max,
                pattern: pattern.as_ref().map(ToString::to_string),
            },
            model::Scalar::Uuid => Self::Uuid,
            model::Scalar::Instant => Self::Instant,
            model::Scalar::Duration => Self::Duration,
            model::Scalar::Bytes {
                length: model::Bounds { min, max },
            } => Self::Bytes { min: *min, max: *max },
            model::Scalar::Json => Self::Json,
        }
    }
}

fn tag_words(of: model::Tags) -> Vec<Tag> {
    let model::Tags {
        key,
        pii,
        secret,
        seq,
        time,
        wide,
    } = of;
    let tags = [
        (key, Tag::Key),
        (pii, Tag::Pii),
        (secret, Tag::Secret),
        (seq, Tag::Seq),
        (time, Tag::Time),
        (wide, Tag::Wide),
    ];
    tags.into_iter()
        .filter(|(said, _)| *said)
        .map(|(_, tag)| tag)
        .collect()
}

fn default_value(of: &model::DefaultValue) -> DefaultValue {
    match of {
        model::DefaultValue::Minted => DefaultValue::Minted,
        model::DefaultValue::Now => DefaultValue::Now,
        model::DefaultValue::Value(constant) => DefaultValue::Value {
            value: constant.into(),
        },
    }
}
