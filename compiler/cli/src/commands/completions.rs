//! `aqueduct completions`: what a shell needs to complete our words.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::{Outcome, output};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aqueduct completions bash > ~/.local/share/bash-completion/completions/aqueduct
  aqueduct completions zsh > ~/.zfunc/_aqueduct
  aqueduct completions fish > ~/.config/fish/completions/aqueduct.fish")]
pub(crate) struct Args {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "aqueduct", &mut text);
    output::data(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Clean)
}
