//! What can be typed.

use clap::{Parser, Subcommand, ValueEnum};

use crate::commands;

/// An architecture-as-code compiler for event-driven systems.
#[derive(Debug, Parser)]
#[command(name = "aqueduct", version, propagate_version = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use color
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
}

const EXAMPLES: &str = "\
Examples:
  aqueduct new shop                  a small working system in ./shop
  aqueduct run shop                  check, build and start it
  aqueduct check shop                only check it
  aqueduct test shop                 play its scenarios
  aqueduct fmt shop                  lay its file out as every other
  aqueduct diagram shop > shop.mmd   draw it
  aqueduct explain DEL004            what a code means and how to mend it

Exit codes: 0 all is well, 1 the system has errors, 2 wrong usage or a file that can't be read or written.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(commands::new::Args),
    Check(commands::check::Args),
    Fmt(commands::fmt::Args),
    Explain(commands::explain::Args),
    Build(commands::build::Args),
    Run(commands::run::Args),
    Test(commands::test::Args),
    Diagram(commands::diagram::Args),
    Dlq(commands::dlq::Args),
    Sagas(commands::sagas::Args),
    Send(commands::send::Args),
    Tail(commands::tail::Args),
    Stats(commands::stats::Args),
    Token(commands::token::Args),
    Completions(commands::completions::Args),
}

/// When to use color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Makes it the choice of every stream of this process.
    pub(crate) fn apply(self) {
        let choice = match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }
}
