//! One fault followed to its end: it happens at every try, and everything else goes well.

use super::machine::{Done, Move, Phase, State};
use super::{Contract, Tries};

/// What can happen at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It says no.
    Refused,
    /// The question is lost: it isn't done, and nobody knows.
    QuestionLost,
    /// The answer is lost: it is done, and nobody knows.
    AnswerLost,
    /// The answer doesn't come in time, and it is done afterwards.
    TooLate,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Refused, Self::QuestionLost, Self::AnswerLost, Self::TooLate];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Refused => "says no",
            Self::QuestionLost => "no answer, was not done",
            Self::AnswerLost => "no answer, was done",
            Self::TooLate => "no answer in time, done afterwards",
        }
    }

    /// The move that it is, the best first.
    fn moves(self) -> &'static [Move] {
        match self {
            Self::Refused => &[Move::Refuse],
            Self::QuestionLost => &[Move::Lose],
            Self::AnswerLost => &[Move::RepeatUnheard, Move::DoUnheard],
            Self::TooLate => &[Move::GiveUp],
        }
    }
}

/// What has become of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It was never done, or does nothing.
    Nothing,
    /// It is done.
    Done,
    /// It was done and is taken back.
    Undone,
    /// Of several that ran for the first place one is done and the others are taken back; nobody knows which.
    OneOfThem,
    /// It is done, and should have been taken back.
    Leaked,
    /// It is done more than once.
    Double,
    /// More was taken back than was done.
    OverCompensated,
}

impl Settled {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "–",
            Self::Done => "done",
            Self::Undone => "undone",
            Self::OneOfThem => "one of them",
            Self::Leaked => "leaked",
            Self::Double => "double",
            Self::OverCompensated => "over-compensated",
        }
    }

    /// Whether it is as it should be.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Nothing | Self::Done | Self::Undone | Self::OneOfThem)
    }
}

/// What goes well, in the order in which it is tried.
const GOOD: [Move; 9] = [
    Move::Ask,
    Move::Repeat,
    Move::Do,
    Move::Finish,
    Move::AskUndo,
    Move::Undo,
    Move::UndoNothing,
    Move::DoStray,
    Move::SettleStray,
];

impl Contract {
    /// How the saga ends after a fault, and what has become of the step; `None` when that fault can't happen here.
    pub fn after(&self, fault: Fault) -> Option<(Done, Settled)> {
        let mut state = State::start(self);
        let mut happened = false;
        // What is asked for until there is an answer gets one the second time.
        let once = self.tries == Tries::UntilKnown;
        loop {
            let next = state.next(self);
            let pick = |wanted: &[Move]| {
                let mut wanted = wanted.iter();
                wanted.find_map(|wanted| next.iter().find(|(step, _)| step == wanted))
            };
            let bad = if once && happened {
                None
            } else {
                pick(fault.moves())
            };
            happened |= bad.is_some();
            let Some((_, following)) = bad.or_else(|| pick(&GOOD)) else {
                break;
            };
            state = *following;
        }
        let Phase::Ended(end) = state.phase else {
            return None;
        };
        happened.then(|| (end, state.settled(end)))
    }
}

impl State {
    fn settled(&self, end: Done) -> Settled {
        match (end, self.applied, self.undone) {
            (_, applied, undone) if undone > applied => Settled::OverCompensated,
            (_, 0, _) => Settled::Nothing,
            (Done::Done, 1, 0) => Settled::Done,
            (Done::Done, _, _) => Settled::Double,
            (Done::Undone, applied, undone) if applied == undone => Settled::Undone,
            (Done::Undone, _, _) => Settled::Leaked,
        }
    }
}
