//! What those who take part in a saga have written down, and what it is judged as.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_saga::{Deed, Event, Kind, Log, Outcome};

use crate::subject::Subject;

/// Whatever should never come of a saga.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bad {
    /// It has failed, and a step is still done.
    Leaked,
    /// The same, and the step was done when its undo had been there already.
    DoneAfterItsUndo,
    /// The same, of something that nobody can take back.
    ToldTooEarly,
    /// A step was done more than once.
    Double,
    /// A step that the saga counts on was never done.
    Missing,
    /// More was taken back than was done.
    OverCompensated,
    /// Something was taken back before what came after it.
    WrongOrder,
    /// It can't go back: an undo says no, and something is still done.
    HalfUndone,
    /// It can't go back: an undo isn't told what to take back, and something is still done.
    Blind,
    /// It can't go back for another reason.
    Stuck,
    /// It can go neither on nor back behind its point of no return.
    StuckBehindPivot,
    /// Nobody knows whether its point of no return is behind it.
    PivotUnknown,
    /// It begins something that it could have left when it should have ended long ago.
    NeverOver,
    /// It goes on for ever.
    Endless,
    /// No run comes to one of its steps. Only many runs together can show that.
    NeverReached,
}

/// What a participant has written down.
#[derive(Default)]
struct Book {
    applied: u32,
    undone: u32,
    /// Its undo has been there.
    fenced: bool,
    /// It was done when its undo had been there.
    after: bool,
}

/// All that is written down in one run.
pub(crate) struct Books<'a> {
    subject: &'a Subject,
    of_steps: BTreeMap<&'a str, Book>,
    /// What is done and not taken back, in order.
    order: Vec<&'a str>,
    /// Which rows are there, by table and key.
    rows: BTreeMap<(String, String), bool>,
    /// Whether a row that the saga hasn't written yet is there before it.
    rows_there: bool,
}

impl<'a> Books<'a> {
    pub(crate) fn new(subject: &'a Subject, rows_there: bool) -> Self {
        Self {
            subject,
            of_steps: BTreeMap::new(),
            order: Vec::new(),
            rows: BTreeMap::new(),
            rows_there,
        }
    }

    /// Whether a step sees that it was done already.
    pub(crate) fn repeats(&self, name: &str) -> bool {
        let done = self.of_steps.get(name).is_some_and(|book| book.applied > 0);
        done && self.subject.parts[name].contract.promises.idempotent
    }

    /// Whether something is done and not taken back.
    pub(crate) fn something_is_left(&self) -> bool {
        self.of_steps.values().any(|book| book.applied > book.undone)
    }

    /// A step's work, as far as its participant lets it be done.
    pub(crate) fn apply(&mut self, name: &'a str) {
        let contract = &self.subject.parts[name].contract;
        let book = self.of_steps.entry(name).or_default();
        let repeated = contract.promises.idempotent && book.applied > 0;
        let refused = contract.promises.fence && book.fenced;
        if !contract.has_effect || repeated || refused {
            return;
        }
        book.applied += 1;
        book.after |= book.fenced;
        self.order.push(name);
    }

    /// Its undo's work; says whether nothing that came after it is still there.
    pub(crate) fn take_back(&mut self, name: &'a str) -> bool {
        let contract = &self.subject.parts[name].contract;
        let book = self.of_steps.entry(name).or_default();
        let nothing = contract.promises.guard && (book.applied == 0 || book.undone > 0);
        book.fenced = true;
        if !contract.has_effect || nothing {
            return true;
        }
        book.undone += 1;
        let Some(at) = self.order.iter().position(|done| *done == name) else {
            return true;
        };
        let changes = |step: &str| &self.subject.parts[step].changes;
        let mut later = self.order[at + 1..].iter();
        let in_order = later.all(|later| changes(later).is_disjoint(changes(name)));
        let _ = self.order.remove(at);
        in_order
    }

    /// Writes a row; says whether it was as it has to be.
    pub(crate) fn write(&mut self, deed: &Deed) -> bool {
        let (Deed::Insert { at, .. } | Deed::Put { at, .. } | Deed::Update { at, .. } | Deed::Delete { at }) =
            deed
        else {
            return true;
        };
        let row = self
            .rows
            .entry((at.table.clone(), at.key.clone()))
            .or_insert(self.rows_there);
        match deed {
            Deed::Insert { .. } if *row => return false,
            Deed::Update { .. } => return *row,
            Deed::Delete { .. } => *row = false,
            _ => *row = true,
        }
        true
    }

    /// What is wrong with how it ended, when nothing is under way any more.
    pub(crate) fn judge(&self, log: &Log, outcome: &Outcome) -> BTreeSet<Bad> {
        let ends = self.of_steps.iter().filter_map(|(name, book)| {
            let part = &self.subject.parts[*name];
            let succeeded = log.entries.iter().any(|entry| {
                (entry.kind, entry.step.as_str()) == (Kind::Forward, *name)
                    && matches!(entry.event, Event::Succeeded { .. })
            });
            let wanted = *outcome == Outcome::Done && succeeded && part.contract.has_effect;
            let there = i64::from(book.applied) - i64::from(book.undone);
            match there - i64::from(wanted) {
                _ if book.applied > 1 => Some(Bad::Double),
                _ if book.undone > book.applied => Some(Bad::OverCompensated),
                0 => None,
                ..0 => Some(Bad::Missing),
                1.. if book.after => Some(Bad::DoneAfterItsUndo),
                1.. if part.irreversible => Some(Bad::ToldTooEarly),
                1.. => Some(Bad::Leaked),
            }
        });
        ends.collect()
    }
}
