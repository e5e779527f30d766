//! Whether a finished activation may commit.

/// What the store says about a unit of work.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The answer that was stored under the same `Idempotency-Key`.
    pub(crate) answered: Option<Vec<u8>>,
    /// What was kept when an input with the same declared key was handled.
    pub(crate) handled: Option<Vec<u8>>,
    /// Whether a row that it read or wrote has another revision now.
    pub(crate) overtaken: bool,
}

/// What happens to a unit of work.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything in it is written.
    Commit,
    /// The request was answered before; nothing is written.
    Answered(Vec<u8>),
    /// The input was handled before; it leaves its queue and nothing else is written.
    Handled(Vec<u8>),
    /// Others were faster; the handler runs again.
    Conflict,
}

/// A repetition is recognised before a conflict: it need not run again.
pub(crate) fn judge(facts: Facts) -> Verdict {
    match facts {
        Facts {
            answered: Some(answer),
            ..
        } => Verdict::Answered(answer),
        Facts {
            handled: Some(kept), ..
        } => Verdict::Handled(kept),
        Facts { overtaken: true, .. } => Verdict::Conflict,
        Facts { overtaken: false, .. } => Verdict::Commit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_is_recognised_before_a_conflict() {
        let facts = Facts {
            handled: Some(vec![]),
            overtaken: true,
            ..Facts::default()
        };
        assert_eq!(judge(facts), Verdict::Handled(vec![]));
        assert_eq!(
            judge(Facts {
                overtaken: true,
                ..Facts::default()
            }),
            Verdict::Conflict
        );
        assert_eq!(judge(Facts::default()), Verdict::Commit);
    }
}
