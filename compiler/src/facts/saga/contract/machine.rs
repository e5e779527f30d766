//! The step and its coordinator as one small machine: its states, and every move from each.

use super::{Contract, Tries};

/// Counters say none, one, or several.
const SEVERAL: u8 = 2;

/// What there is to know at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) phase: Phase,
    /// A question that is waited for is under way.
    asked: bool,
    /// How many tries are left after this one.
    left: u8,
    /// Questions under way that nobody waits for any more, or that are copies.
    strays: u8,
    pub(super) applied: u8,
    /// The same of the undo.
    undo_asked: bool,
    undo_strays: u8,
    pub(super) undone: u8,
    /// The undo has been there.
    fenced: bool,
}

/// Where the coordinator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    Forward,
    /// It has a good answer.
    Succeeded,
    Back,
    Ended(Done),
}

/// How it ended for the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Done {
    /// The saga went on to a good end.
    Done,
    /// It went back.
    Undone,
}

/// What happens between two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// The coordinator asks.
    Ask,
    /// The step is done, and the answer arrives.
    Do,
    /// It is done, and the answer is lost.
    DoUnheard,
    /// It has been done already, and the answer arrives.
    Repeat,
    /// The same, and the answer is lost.
    RepeatUnheard,
    /// It says no.
    Refuse,
    /// It says no, and the answer is lost.
    RefuseUnheard,
    /// The question is lost.
    Lose,
    /// The coordinator waits no longer, and the question is still under way.
    GiveUp,
    /// What was given up on, or a copy, is done after all.
    DoStray,
    /// The same is refused, or was done already.
    SettleStray,
    /// The same is lost.
    LoseStray,
    /// A copy of the question comes into being.
    Copy,
    /// Something else in the saga makes it go back.
    TurnBack,
    /// The saga comes to its good end.
    Finish,
    /// The coordinator asks for the undo.
    AskUndo,
    /// It is undone, and the answer arrives.
    Undo,
    /// It is undone, and the answer is lost.
    UndoUnheard,
    /// There was nothing to undo, and the undo did nothing.
    UndoNothing,
    /// The question for the undo is lost.
    LoseUndo,
    /// A copy of the question for the undo comes into being.
    CopyUndo,
    /// An undo that was given up on, or a copy, is done after all.
    UndoStray,
}

/// What an answer says.
#[derive(Clone, Copy)]
enum Answer {
    Yes,
    No,
    None,
}

impl State {
    pub(super) fn start(contract: &Contract) -> Self {
        Self {
            phase: Phase::Forward,
            asked: false,
            left: u8::from(contract.tries == Tries::Twice),
            strays: 0,
            applied: 0,
            undo_asked: false,
            undo_strays: 0,
            undone: 0,
            fenced: false,
        }
    }

    /// Whether nothing is under way any more.
    pub(super) fn is_still(&self) -> bool {
        self.strays == 0 && self.undo_strays == 0
    }

    /// All states that can come next.
    pub(super) fn next(&self, contract: &Contract) -> Vec<(Move, Self)> {
        let mut next = Vec::new();
        match self.phase {
            Phase::Forward if self.asked => self.forward(contract, &mut next),
            Phase::Forward => next.push((Move::Ask, Self { asked: true, ..*self })),
            Phase::Succeeded => {
                next.push((Move::Finish, self.ended(Done::Done)));
                if contract.may_go_back {
                    next.push((Move::TurnBack, self.back(contract, true)));
                }
            }
            Phase::Back if self.undo_asked => self.backward(contract, &mut next),
            Phase::Back => next.push((
                Move::AskUndo,
                Self {
                    undo_asked: true,
                    ..*self
                },
            )),
            Phase::Ended(_) => {}
        }
        self.strays(contract, &mut next);
        next
    }

    /// A question is under way, and an answer is waited for.
    fn forward(&self, contract: &Contract, next: &mut Vec<(Move, Self)>) {
        let profile = contract.profile;
        let heard = Self {
            asked: false,
            ..*self
        };
        let mut answered = |done: Self, answer: Answer, heard: Move, unheard: Move| {
            next.push((heard, done.hears(answer, contract)));
            if profile.lossy {
                next.push((unheard, done.hears(Answer::None, contract)));
            }
        };
        if contract.promises.idempotent && self.applied > 0 {
            answered(heard, Answer::Yes, Move::Repeat, Move::RepeatUnheard);
        } else {
            answered(heard.once_more(contract), Answer::Yes, Move::Do, Move::DoUnheard);
            if contract.may_refuse {
                answered(heard, Answer::No, Move::Refuse, Move::RefuseUnheard);
            }
        }
        if profile.lossy {
            next.push((Move::Lose, heard.hears(Answer::None, contract)));
        }
        if profile.late {
            let stray = Self {
                strays: more(self.strays),
                ..heard
            };
            next.push((Move::GiveUp, stray.hears(Answer::None, contract)));
        }
        if profile.duplicates && self.strays < SEVERAL {
            next.push((
                Move::Copy,
                Self {
                    strays: self.strays + 1,
                    ..*self
                },
            ));
        }
    }

    /// The undo is under way. It is asked for until there is an answer.
    fn backward(&self, contract: &Contract, next: &mut Vec<(Move, Self)>) {
        let profile = contract.profile;
        let (undone, did) = self.taken_back(contract);
        let told = Self {
            undo_asked: false,
            ..undone
        };
        let name = if did { Move::Undo } else { Move::UndoNothing };
        next.push((name, told.ended(Done::Undone)));
        if profile.lossy {
            next.push((Move::UndoUnheard, told));
            next.push((
                Move::LoseUndo,
                Self {
                    undo_asked: false,
                    ..*self
                },
            ));
        }
        if (profile.late || profile.duplicates) && self.undo_strays < SEVERAL {
            let copied = Self {
                undo_strays: self.undo_strays + 1,
                ..*self
            };
            next.push((Move::CopyUndo, copied));
        }
    }

    /// What is under way and waited for by nobody.
    fn strays(&self, contract: &Contract, next: &mut Vec<(Move, Self)>) {
        let may_be_lost = contract.profile.lossy;
        if self.strays > 0 {
            let gone = Self {
                strays: self.strays - 1,
                ..*self
            };
            let refused = contract.promises.fence && self.fenced;
            let repeated = contract.promises.idempotent && self.applied > 0;
            if refused || repeated {
                next.push((Move::SettleStray, gone));
            } else {
                next.push((Move::DoStray, gone.once_more(contract)));
                if contract.may_refuse {
                    next.push((Move::SettleStray, gone));
                }
            }
            if may_be_lost {
                next.push((Move::LoseStray, gone));
            }
        }
        if self.undo_strays > 0 {
            let (undone, _) = self.taken_back(contract);
            next.push((
                Move::UndoStray,
                Self {
                    undo_strays: self.undo_strays - 1,
                    ..undone
                },
            ));
        }
    }

    fn once_more(self, contract: &Contract) -> Self {
        Self {
            applied: if contract.has_effect {
                more(self.applied)
            } else {
                0
            },
            ..self
        }
    }

    /// What an undo does, and whether it does anything.
    fn taken_back(&self, contract: &Contract) -> (Self, bool) {
        let nothing =
            contract.promises.guard && (self.applied == 0 || self.undone > 0) || !contract.has_effect;
        let undone = Self {
            undone: if nothing { self.undone } else { more(self.undone) },
            fenced: true,
            ..*self
        };
        (undone, !nothing)
    }

    /// What the coordinator makes of an answer, or of none.
    fn hears(self, answer: Answer, contract: &Contract) -> Self {
        let again = match answer {
            Answer::Yes => {
                return Self {
                    phase: Phase::Succeeded,
                    ..self
                };
            }
            Answer::No => contract.retries_refusals,
            Answer::None => contract.retries_silence,
        };
        if again && contract.tries == Tries::UntilKnown {
            return self;
        }
        if again && self.left > 0 {
            return Self {
                left: self.left - 1,
                ..self
            };
        }
        let promises = contract.promises;
        self.back(
            contract,
            match answer {
                Answer::No => promises.undone_when_failed,
                Answer::Yes | Answer::None => promises.undone_when_unknown,
            },
        )
    }

    fn back(&self, contract: &Contract, with_this: bool) -> Self {
        if with_this && contract.has_undo {
            Self {
                phase: Phase::Back,
                ..*self
            }
        } else {
            self.ended(Done::Undone)
        }
    }

    fn ended(&self, done: Done) -> Self {
        Self {
            phase: Phase::Ended(done),
            ..*self
        }
    }
}

fn more(count: u8) -> u8 {
    (count + 1).min(SEVERAL)
}
