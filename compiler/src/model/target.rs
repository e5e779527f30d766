//! Where a system may run.

/// An engine that a system may be meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// One process with an embedded store.
    Local,
    /// The same program on a NATS `JetStream` cluster.
    Nats,
    /// SAM, Lambda and Step Functions.
    Aws,
}

impl Target {
    /// All engines that the language speaks of.
    pub const ALL: [Self; 3] = [Self::Local, Self::Nats, Self::Aws];
    /// Those that this version builds for: what a system is checked for when it doesn't say.
    pub const BUILT: [Self; 2] = [Self::Local, Self::Aws];

    /// The word of the command line and of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Nats => "nats",
            Self::Aws => "aws",
        }
    }

    /// The engine of a word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.word() == word)
    }
}
