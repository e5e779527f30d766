//! States in the making: unique names, and the order in which a reader wants them.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

/// As long as the name of a state may be, in characters (Step Functions Developer Guide, "State machine structure").
const LONGEST: usize = 80;

/// Which group of states; a machine shows them in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// What the saga does, in the order of its text.
    Forward,
    /// What takes it back, the last step first.
    Back,
    /// How it ends.
    End,
}

/// The states of a machine, or of one branch.
#[derive(Debug, Default)]
pub(super) struct States(Vec<(Group, String, Json)>);

impl States {
    pub(super) fn add(&mut self, group: Group, name: &str, state: Json) {
        self.0.push((group, name.to_owned(), state));
    }

    /// Keeps a place for a state that can only be made when those after it are.
    pub(super) fn reserve(&mut self, group: Group, name: &str) -> usize {
        self.add(group, name, Json::Null);
        self.0.len() - 1
    }

    pub(super) fn fill(&mut self, place: usize, state: Json) {
        if let Some((_, _, reserved)) = self.0.get_mut(place) {
            *reserved = state;
        }
    }

    /// Fills a place whose name could only be said afterwards.
    pub(super) fn rename(&mut self, place: usize, name: &str, state: Json) {
        if let Some((_, its, reserved)) = self.0.get_mut(place) {
            name.clone_into(its);
            *reserved = state;
        }
    }

    /// Gives a place up.
    pub(super) fn drop(&mut self, place: usize) {
        self.fill(place, Json::Null);
    }

    pub(super) fn finish(self) -> Json {
        let of = |group: Group| {
            let made = self.0.iter().filter(|(_, _, state)| !state.is_null());
            let states = made.filter(move |(its, _, _)| *its == group);
            states.map(|(_, name, state)| (name.clone(), state.clone()))
        };
        let back: Vec<_> = of(Group::Back).collect();
        let all = of(Group::Forward)
            .chain(back.into_iter().rev())
            .chain(of(Group::End));
        Json::Object(all.collect::<Map<String, Json>>())
    }
}

/// Names in use: unique in a whole machine, branches included.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// The name itself, or with the first number that makes it unique.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let cut: String = wanted.chars().take(LONGEST - 4).collect();
        let numbered = (2_u32..).map(|number| format!("{cut} {number}"));
        let name = std::iter::once(cut.clone())
            .chain(numbered)
            .find(|name| !self.0.contains(name))
            .expect("some number is free");
        let _ = self.0.insert(name.clone());
        name
    }
}
