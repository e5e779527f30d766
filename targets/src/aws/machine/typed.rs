//! Rows as DynamoDB's typed values, as `aqueduct-aws` writes them: a number is an `N`, most others are an `S`.

use aqueduct_compiler::model::{Id, Model, Scalar, Shape, Store, Type, TypeDecl, TypeKind};
use aqueduct_saga::definition::Value;
use serde_json::{Map, Value as Json, json};

use super::dialect::Dialect;
use super::scope::Scope;

/// Which letter DynamoDB has for values of a type; `None` for what has parts of its own.
fn letter(model: &Model, ty: &Type) -> Option<&'static str> {
    match &model.resolve(ty).shape {
        Shape::Scalar(Scalar::Bool) => Some("BOOL"),
        Shape::Scalar(Scalar::Int(_) | Scalar::Decimal { .. } | Scalar::Float(_)) => Some("N"),
        Shape::Scalar(
            Scalar::String { .. } | Scalar::Uuid | Scalar::Instant | Scalar::Duration | Scalar::Bytes { .. },
        ) => Some("S"),
        Shape::Named(id) => matches!(model.types[*id].kind, TypeKind::Choice(_)).then_some("S"),
        Shape::Scalar(Scalar::Json) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => None,
    }
}

/// The field of a row.
pub(super) fn field<'a>(model: &'a Model, store: Id<Store>, name: &str) -> Option<&'a Type> {
    model.field(model.stores[store].row, name).map(|field| &field.ty)
}

impl Dialect {
    /// `{"S.$": "$.ride.customer"}`
    pub(super) fn typed(self, model: &Model, ty: &Type, value: &Value, scope: &Scope) -> Json {
        let mut typed = Map::new();
        match (letter(model, ty), value) {
            (_, Value::Constant(Json::Null)) => return json!({ "NULL": true }),
            (Some("N"), Value::Constant(number)) => {
                let _ = typed.insert("N".to_owned(), json!(number.to_string()));
            }
            (Some("N"), value) => {
                let text = self.to_text(&self.expression(value, scope));
                self.set_expression(&mut typed, "N", &text);
            }
            (Some(letter), value) => self.set(&mut typed, letter, value, scope),
            (None, Value::Record(fields)) => {
                let of = record_of(model, ty);
                let inner = fields.iter().filter_map(|(name, value)| {
                    let field = model.field(of?, name)?;
                    Some((name.clone(), self.typed(model, &field.ty, value, scope)))
                });
                let _ = typed.insert("M".to_owned(), Json::Object(inner.collect()));
            }
            (None, Value::List(items)) => {
                let items: Vec<Json> = match &model.resolve(ty).shape {
                    Shape::List { item, .. } => items
                        .iter()
                        .map(|value| self.typed(model, item, value, scope))
                        .collect(),
                    Shape::Scalar(_) | Shape::Map { .. } | Shape::Named(_) | Shape::Unresolved => Vec::new(),
                };
                let _ = typed.insert("L".to_owned(), json!(items));
            }
            // A whole record from elsewhere, field by field.
            (None, Value::Path(path)) => {
                let fields = record_of(model, ty)
                    .map(|of| model.fields(of))
                    .unwrap_or_default();
                let inner = fields.iter().map(|field| {
                    let mut path = path.clone();
                    path.push(field.label.name.to_string());
                    let value = Value::Path(path);
                    (
                        field.label.name.to_string(),
                        self.typed(model, &field.ty, &value, scope),
                    )
                });
                let _ = typed.insert("M".to_owned(), Json::Object(inner.collect()));
            }
            (None, _) => {}
        }
        Json::Object(typed)
    }

    /// The row that `getItem` has found at a place, as plain values.
    pub(super) fn untyped(self, model: &Model, of: Id<TypeDecl>, place: &str) -> Map<String, Json> {
        let mut fields = Map::new();
        for field in model.fields(of) {
            let name = field.label.name.as_str();
            let below = format!("{place}.{name}");
            match letter(model, &field.ty) {
                Some("N") => {
                    let number = self.of_text(&self.reference(&format!("{below}.N")));
                    self.set_expression(&mut fields, name, &number);
                }
                Some(letter) => {
                    self.set_expression(&mut fields, name, &self.reference(&format!("{below}.{letter}")));
                }
                None => {
                    if let Some(of) = record_of(model, &field.ty) {
                        let inner = self.untyped(model, of, &format!("{below}.M"));
                        let _ = fields.insert(name.to_owned(), Json::Object(inner));
                    }
                }
            }
        }
        fields
    }
}

fn record_of(model: &Model, ty: &Type) -> Option<Id<TypeDecl>> {
    match &model.resolve(ty).shape {
        Shape::Named(id) => Some(*id),
        Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => None,
    }
}
