//! Where the saga's data is in a state's input: under `data` the input by its name and a step's result by the step's.
//!
//! Beside `data` stands what the machine keeps for itself: no name of an author's meets one of ours.

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

/// A name with a blank as a path can have it.
pub(super) fn own(name: &str) -> String {
    name.replace(' ', "_")
}

/// `Numeric`, `String` or `Boolean` by dotted path.
pub(super) type Kinds = BTreeMap<String, &'static str>;

impl Scope {
    /// Of a saga's input.
    pub(super) fn of_input(name: &str, kinds: Kinds) -> Self {
        let places = [(name, format!(".data.{name}")), ("error", ".error".to_owned())];
        Self {
            places: places.map(|(name, place)| (name.to_owned(), place)).into(),
            prefix: String::new(),
            kinds: Rc::new(kinds),
        }
    }

    /// A step has succeeded.
    pub(super) fn step(&mut self, name: &str) {
        let place = format!("{}.reply", self.done(name));
        let _ = self.places.insert(name.to_owned(), place);
    }

    /// What is there once a step has succeeded.
    pub(super) fn done(&self, name: &str) -> String {
        format!("{}.data.{name}", self.prefix)
    }

    /// What a branch leaves behind, as seen once all have ended.
    pub(super) fn of_branch(&self, parallel: &str, index: usize) -> Self {
        Self {
            places: self.places.clone(),
            prefix: format!("{}[{index}]", self.mark(parallel)),
            kinds: Rc::clone(&self.kinds),
        }
    }

    /// Adds the names of another scope.
    pub(super) fn take(&mut self, other: &Self) {
        for (name, place) in &other.places {
            let _ = self.places.entry(name.clone()).or_insert_with(|| place.clone());
        }
    }

    /// Where something of the machine's own is, such as `.choice_1` for the saga's `choice 1`.
    pub(super) fn mark(&self, name: &str) -> String {
        format!("{}.{}", self.prefix, own(name))
    }

    /// How a Choice state compares the value at a path.
    pub(super) fn kind(&self, path: &[String]) -> &'static str {
        self.kinds.get(&path.join(".")).copied().unwrap_or("String")
    }

    /// Where the value at a path of the saga is.
    pub(super) fn place(&self, path: &[String]) -> String {
        let (root, fields) = path.split_first().expect("a path begins with a name");
        let known = self.places.get(root).cloned();
        let place = known.unwrap_or_else(|| self.done(root));
        fields
            .iter()
            .fold(place, |place, field| format!("{place}.{field}"))
    }
}
