//! Shapes by reference: made when first needed, so that types may refer to themselves.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Shape;
use crate::Message;

/// A message's shape by its name.
#[derive(Clone)]
pub(super) struct Named {
    name: &'static str,
    make: Make,
    made: Arc<OnceLock<Shape>>,
}

/// Where a shape comes from.
#[derive(Clone)]
enum Make {
    /// Generated code.
    Code(fn() -> Shape),
    /// A model that is run without code.
    #[cfg(feature = "simulate")]
    Model(Shapes),
}

impl Named {
    pub(super) fn of<M: Message>() -> Self {
        Self {
            name: M::TYPE,
            make: Make::Code(M::shape),
            made: Arc::default(),
        }
    }

    pub(super) fn shape(&self) -> &Shape {
        self.made.get_or_init(|| match &self.make {
            Make::Code(make) => make(),
            #[cfg(feature = "simulate")]
            Make::Model(shapes) => shapes.get(self.name),
        })
    }
}

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Named({})", self.name)
    }
}

/// The shapes of a model's types, which refer to each other by name.
///
/// They are never freed, being cyclic where types are: made once for a model, as code would be.
#[cfg(feature = "simulate")]
#[derive(Clone, Default)]
pub struct Shapes(Arc<OnceLock<std::collections::BTreeMap<String, Shape>>>);

#[cfg(feature = "simulate")]
impl Shapes {
    /// A type by its name, which may be defined later.
    pub fn named(&self, name: &'static str) -> Shape {
        super::Kind::Named(Named {
            name,
            make: Make::Model(self.clone()),
            made: Arc::default(),
        })
        .into()
    }

    /// Says what all types are; once.
    pub fn define(&self, shapes: impl IntoIterator<Item = (String, Shape)>) {
        let _ = self.0.set(shapes.into_iter().collect());
    }

    fn get(&self, name: &str) -> Shape {
        let defined = self.0.get().and_then(|shapes| shapes.get(name));
        defined.cloned().unwrap_or_else(Shape::any)
    }
}

#[cfg(feature = "simulate")]
impl fmt::Debug for Shapes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.get().map(|shapes| shapes.keys().collect::<Vec<_>>());
        out.debug_tuple("Shapes").field(&names).finish()
    }
}
