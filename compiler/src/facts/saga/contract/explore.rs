//! Every state that a step can get into, the shortest way first.

use std::collections::{HashMap, VecDeque};

use super::machine::{Done, Move, Phase, State};
use super::{Contract, Violation};

/// A broken contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// How.
    pub violation: Violation,
    /// How the saga ended.
    pub end: Done,
    /// The shortest way to get there.
    pub way: Vec<Move>,
    /// All ways in which it can be broken.
    pub all: Vec<Violation>,
}

/// Explores a step; nothing when its contract holds.
pub fn check(contract: &Contract) -> Option<Bad> {
    let start = State::start(contract);
    let mut from: HashMap<State, Option<(Move, State)>> = HashMap::from([(start, None)]);
    let mut open = VecDeque::from([start]);
    let mut first: Option<(State, Done, Violation)> = None;
    let mut all = Vec::new();
    while let Some(state) = open.pop_front() {
        if let Some((end, violation)) = judge(contract, &state) {
            first = first.or(Some((state, end, violation)));
            all.push(violation);
        }
        for (step, next) in state.next(contract) {
            if let std::collections::hash_map::Entry::Vacant(fresh) = from.entry(next) {
                let _ = fresh.insert(Some((step, state)));
                open.push_back(next);
            }
        }
    }
    let (state, end, violation) = first?;
    all.sort_unstable();
    all.dedup();
    Some(Bad {
        violation,
        end,
        way: way_to(state, &from),
        all,
    })
}

/// What is wrong with an end at which nothing is under way any more.
fn judge(contract: &Contract, state: &State) -> Option<(Done, Violation)> {
    let Phase::Ended(end) = state.phase else {
        return None;
    };
    if !state.is_still() {
        return None;
    }
    // What changes nothing is nowhere to be found, however the saga ends.
    let wanted = u8::from(contract.has_effect && end == Done::Done) + state.undone;
    let violation = match (end, state.applied.cmp(&wanted)) {
        (_, std::cmp::Ordering::Equal) if end == Done::Undone || state.undone == 0 => return None,
        (Done::Undone, std::cmp::Ordering::Greater) => Violation::Leaked,
        (Done::Done, std::cmp::Ordering::Greater) => Violation::Double,
        (_, std::cmp::Ordering::Less | std::cmp::Ordering::Equal) => Violation::OverCompensated,
    };
    Some((end, violation))
}

fn way_to(end: State, from: &HashMap<State, Option<(Move, State)>>) -> Vec<Move> {
    let mut way = Vec::new();
    let mut at = end;
    while let Some(Some((step, before))) = from.get(&at) {
        way.push(*step);
        at = *before;
    }
    way.reverse();
    way
}
