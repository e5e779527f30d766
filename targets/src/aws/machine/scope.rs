//! Where the saga's data is in a state's input: the input by its name, a step's result by the step's.

use std::collections::BTreeMap;
use std::rc::Rc;

/// The places of names, each a path like `.ride` or `.parallel_1[0].hold.reply`.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    places: BTreeMap<String, String>,
    /// Where what is added is: at the top, or in what a branch has left behind.
    prefix: String,
    /// How a Choice state compares the values at paths.
    kinds: Rc<Kinds>,
}

/// `Numeric`, `String` or `Boolean` by dotted path.
pub(super) type Kinds = BTreeMap<String, &'static str>;

impl Scope {
    /// Of a saga's input.
    pub(super) fn of_input(name: &str, kinds: Kinds) -> Self {
        let places = [name, "error"].map(|name| (name.to_owned(), format!(".{name}")));
        Self {
            places: places.into(),
            prefix: String::new(),
            kinds: Rc::new(kinds),
        }
    }

    /// A step has succeeded.
    pub(super) fn step(&mut self, name: &str) {
        let place = format!("{}.{name}.reply", self.prefix);
        let _ = self.places.insert(name.to_owned(), place);
    }

    /// What a branch leaves behind, as seen once all have ended.
    pub(super) fn of_branch(&self, parallel: &str, index: usize) -> Self {
        Self {
            places: self.places.clone(),
            prefix: format!("{}.{parallel}[{index}]", self.prefix),
            kinds: Rc::clone(&self.kinds),
        }
    }

    /// Adds the names of another scope.
    pub(super) fn take(&mut self, other: &Self) {
        for (name, place) in &other.places {
            let _ = self.places.entry(name.clone()).or_insert_with(|| place.clone());
        }
    }

    /// Where a mark of this scope is, such as `.choice_1`.
    pub(super) fn mark(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    /// How a Choice state compares the value at a path.
    pub(super) fn kind(&self, path: &[String]) -> &'static str {
        self.kinds.get(&path.join(".")).copied().unwrap_or("String")
    }

    /// Where the value at a path of the saga is.
    pub(super) fn place(&self, path: &[String]) -> String {
        let (root, fields) = path.split_first().expect("a path begins with a name");
        let known = self.places.get(root).cloned();
        let place = known.unwrap_or_else(|| self.mark(root));
        fields
            .iter()
            .fold(place, |place, field| format!("{place}.{field}"))
    }
}
