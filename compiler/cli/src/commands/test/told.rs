//! What became of scenarios, for people.

use aqueduct::scenario::{Miss, Played, Report};
use aqueduct_targets::{Origin, QueryLanguage, mermaid};

use crate::output::counted;

/// A line for each scenario; below it what was seen, where it isn't true.
pub(super) fn human(file: &str, seed: u64, report: &Report) -> anyhow::Result<String> {
    let mut text = String::new();
    for played in &report.scenarios {
        match &played.miss {
            None => text.push_str(&format!("true   {}\n", played.title)),
            Some(miss) => text.push_str(&untrue(file, played, miss)?),
        }
    }
    let (all, misses) = (report.scenarios.len(), report.misses());
    text.push_str(&match (all, misses) {
        (0, _) => format!("{file} has no scenarios\n"),
        (all, 0) => format!("{}, all true\n", counted(all, "scenario")),
        (all, misses) => format!(
            "{}, {misses} not true; `--seed {seed}` plays the same again\n",
            counted(all, "scenario")
        ),
    });
    Ok(text)
}

fn untrue(file: &str, played: &Played, miss: &Miss) -> anyhow::Result<String> {
    let Miss {
        line,
        text,
        expected,
        seen,
    } = miss;
    let margin = " ".repeat(line.to_string().len());
    let lines: Vec<String> = played
        .trace
        .iter()
        .map(serde_json::to_string)
        .collect::<Result<_, _>>()?;
    let origin = Origin {
        source: file.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        query: QueryLanguage::default(),
        linked: None,
    };
    let diagram = mermaid::trace(&lines.join("\n"), &played.title, &origin)?;
    Ok(format!(
        "FALSE  {title}\n\
         {margin}--> {file}:{line}\n\
         {margin} |\n\
         {line} | {text}\n\
         {margin} |\n\
         {margin} = expected: {expected}\n\
         {margin} = seen:     {seen}\n\
         {margin} = what happened:\n\n\
         ```mermaid\n{diagram}\n```\n\n",
        title = played.title,
        diagram = diagram.trim_end(),
    ))
}
