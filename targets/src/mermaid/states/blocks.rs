//! How statements with blocks are drawn: choices, what runs at once, what runs for each item, what failures lead to.

use std::collections::BTreeSet;

use aqueduct_compiler::model::{Branch, Join, Map, Predicate, Statement};

use super::{Drawing, Way, caught_id, plain};

impl Drawing<'_> {
    /// What the saga does about failures wherever they are; it goes on behind the step that failed.
    pub(super) fn caught(&mut self) {
        for (at, on) in self.saga.on_fault.iter().enumerate() {
            let id = caught_id(at);
            let details = vec!["wherever it happens".to_owned()];
            self.state(&id, &format!("on {}", self.fault_name(on)), details, "readonly");
            let start = Way {
                ends: vec![plain(&id)],
                turns: self.turned.get(at).cloned().unwrap_or_default(),
            };
            let end = self.body(&on.body, start);
            if !end.ends.is_empty() {
                let behind = format!("{id}_end");
                self.state(&behind, "goes on behind that step", Vec::new(), "readonly");
                self.join(end.ends, &behind);
            }
        }
    }

    /// Once for each item, and on when all are done.
    pub(super) fn map(&mut self, map: &Map, way: Way) -> Way {
        let id = format!("map_{}", map.label.name);
        let at_once = map.concurrency.map(|count| format!("{} at once", count.value));
        let each = format!("each {} of {}", map.item, map.of);
        let details = std::iter::once(each).chain(at_once).collect();
        self.state(&id, &map.label.name, details, "readonly");
        self.join(way.ends, &id);
        let start = Way {
            ends: vec![(id.clone(), format!("each {}", map.item))],
            turns: way.turns.clone(),
        };
        let end = self.body(&map.body, start);
        if !map.body.is_empty() {
            self.join(end.ends, &id);
        }
        Way {
            ends: vec![(id, "all done".to_owned())],
            turns: way.turns.into_iter().chain(end.turns).collect(),
        }
    }

    pub(super) fn choice(
        &mut self,
        arms: &[(Predicate, Vec<Statement>)],
        otherwise: &[Statement],
        way: Way,
    ) -> Way {
        let name = self.next("choice");
        self.marks.push((name.clone(), "choice"));
        self.join(way.ends, &name);
        let mut after = Way {
            ends: Vec::new(),
            turns: BTreeSet::new(),
        };
        let arms = arms
            .iter()
            .map(|(condition, body)| (condition.to_string(), body.as_slice()));
        for (label, body) in arms.chain([("else".to_owned(), otherwise)]) {
            let start = Way {
                ends: vec![(name.clone(), label)],
                turns: way.turns.clone(),
            };
            let end = self.body(body, start);
            after.ends.extend(end.ends);
            after.turns.extend(end.turns);
        }
        after
    }

    pub(super) fn parallel(&mut self, until: Join, branches: &[Branch], way: Way) -> Way {
        let name = self.next("parallel");
        let end = format!("{name}_end");
        self.marks.push((name.clone(), "fork"));
        self.marks.push((end.clone(), "join"));
        self.join(way.ends, &name);
        let outer = self.meeting.replace(end.clone());
        // Taken back one after the other, so the undos of a branch follow on those of the branch after it.
        let mut turns = way.turns;
        for branch in branches {
            let start = Way {
                ends: vec![(name.clone(), branch_label(branch))],
                turns,
            };
            let Way { ends, turns: after } = self.body(&branch.body, start);
            self.join(ends, &end);
            turns = after;
        }
        self.meeting = outer;
        let may_fail = self
            .arrows
            .iter()
            .any(|arrow| arrow.to == end && !arrow.label.is_empty());
        let (failed, done) = match until {
            Join::All => ("a branch failed", ""),
            Join::First => (
                "every branch failed",
                "the first is done, the others are taken back",
            ),
        };
        if may_fail {
            self.turn(&end, &turns, failed);
        }
        Way {
            ends: vec![(end, done.to_owned())],
            turns,
        }
    }
}

/// A step that stands in `parallel` alone is a branch of its own name, which needn't be said twice.
fn branch_label(branch: &Branch) -> String {
    match branch.body.as_slice() {
        [Statement::Step(step)] if step.label.name == branch.name => String::new(),
        _ => branch.name.to_string(),
    }
}
