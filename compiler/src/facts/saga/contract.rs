//! The contract of one step: whatever goes wrong, in the end it is done once, or as if it had never been.
//!
//! A step is explored alone, against a coordinator that may do to it whatever a saga can: ask, ask again, give up,
//! go on, take back. Steps that share nothing meet only through their coordinator, so a saga whose way is sound keeps
//! its word exactly if each of its steps does.

mod explore;
mod machine;
mod script;
#[cfg(test)]
mod tests;

pub use explore::{Bad, check};
pub use machine::{Done, Move};
pub use script::{Fault, Settled};

/// What a step and its undo can be relied on for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a promise of its own")]
pub struct Promises {
    /// The undo does nothing for what never happened, or was taken back already.
    pub guard: bool,
    /// What comes after its undo is refused.
    pub fence: bool,
    /// Doing it again is doing it once.
    pub idempotent: bool,
    /// When nobody knows whether it was done, it is taken back too.
    pub undone_when_unknown: bool,
    /// When it said no, it is taken back all the same.
    pub undone_when_failed: bool,
}

/// One step as the explorer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Contract {
    /// Whether it changes anything.
    pub has_effect: bool,
    /// Whether anything takes it back.
    pub has_undo: bool,
    /// Whether it can say no.
    pub may_refuse: bool,
    /// Whether it is asked again after it said no.
    pub retries_refusals: bool,
    /// Whether it is asked again after it said nothing.
    pub retries_silence: bool,
    /// Whether something after it, or beside it, can make the saga go back.
    pub may_go_back: bool,
    /// How often it is asked.
    pub tries: Tries,
    /// What can be relied on.
    pub promises: Promises,
    /// What can go wrong.
    pub profile: Profile,
}

/// How often a step is asked. Two tries show whatever more of them could.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tries {
    /// Never again.
    Once,
    /// Again, and then no more.
    Twice,
    /// Until there is an answer.
    UntilKnown,
}

/// What can go wrong between a coordinator and a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Profile {
    /// Questions and answers may be lost: then nobody knows.
    pub lossy: bool,
    /// What was given up on may still be done.
    pub late: bool,
    /// What was asked once may arrive twice.
    pub duplicates: bool,
}

impl Profile {
    /// Nothing.
    pub const PERFECT: Self = Self {
        lossy: false,
        late: false,
        duplicates: false,
    };
    /// Answers get lost, and nothing comes late.
    pub const LOSSY: Self = Self {
        lossy: true,
        ..Self::PERFECT
    };
    /// Answers get lost, and what was given up on may still come.
    pub const LATE: Self = Self {
        late: true,
        ..Self::LOSSY
    };
    /// Nothing is given up on, and everything may come twice.
    pub const DUPLICATING: Self = Self {
        duplicates: true,
        ..Self::PERFECT
    };

    /// The word for it.
    pub fn word(self) -> &'static str {
        match (self.late, self.duplicates, self.lossy) {
            (true, true, _) => "late + dup",
            (true, false, _) => "late",
            (false, true, true) => "lossy + dup",
            (false, true, false) => "dup",
            (false, false, true) => "lossy",
            (false, false, false) => "perfect",
        }
    }
}

/// How a contract can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Violation {
    /// The saga has gone back, and it is still done.
    Leaked,
    /// It was done more than once.
    Double,
    /// More was taken back than was done.
    OverCompensated,
}

impl Violation {
    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Leaked => "leaked",
            Self::Double => "double",
            Self::OverCompensated => "over-compensated",
        }
    }
}

/// Promises by themselves, to say which are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// [`Promises::idempotent`]
    Idempotent,
    /// [`Promises::guard`]
    Guard,
    /// [`Promises::fence`]
    Fence,
    /// [`Promises::undone_when_unknown`]
    UndoneWhenUnknown,
    /// [`Promises::undone_when_failed`]
    UndoneWhenFailed,
}

impl Promise {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Idempotent,
        Self::Guard,
        Self::Fence,
        Self::UndoneWhenUnknown,
        Self::UndoneWhenFailed,
    ];
}

impl Promises {
    /// Nothing can be relied on.
    pub const NONE: Self = Self {
        guard: false,
        fence: false,
        idempotent: false,
        undone_when_unknown: false,
        undone_when_failed: false,
    };

    /// Whether one of them is given.
    pub fn has(self, promise: Promise) -> bool {
        match promise {
            Promise::Idempotent => self.idempotent,
            Promise::Guard => self.guard,
            Promise::Fence => self.fence,
            Promise::UndoneWhenUnknown => self.undone_when_unknown,
            Promise::UndoneWhenFailed => self.undone_when_failed,
        }
    }

    /// The same with one more.
    #[must_use]
    pub fn with(mut self, promise: Promise) -> Self {
        match promise {
            Promise::Idempotent => self.idempotent = true,
            Promise::Guard => self.guard = true,
            Promise::Fence => self.fence = true,
            Promise::UndoneWhenUnknown => self.undone_when_unknown = true,
            Promise::UndoneWhenFailed => self.undone_when_failed = true,
        }
        self
    }
}

/// The fewest promises that would have to be given for the contract to hold; `None` when none would do.
pub fn missing(contract: &Contract) -> Option<Vec<Promise>> {
    let absent: Vec<Promise> = Promise::ALL
        .into_iter()
        .filter(|promise| !contract.promises.has(*promise))
        .collect();
    let mut choices: Vec<Vec<Promise>> = (0..1_usize << absent.len())
        .map(|choice| {
            let chosen = absent.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 1);
            chosen.map(|(_, promise)| *promise).collect()
        })
        .collect();
    choices.sort_by_key(Vec::len);
    choices.into_iter().find(|chosen| {
        let promises = chosen.iter().fold(contract.promises, |all, one| all.with(*one));
        check(&Contract {
            promises,
            ..*contract
        })
        .is_none()
    })
}
