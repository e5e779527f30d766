//! `aqueduct check --saga`: what becomes of each step, whatever goes wrong.

use anyhow::bail;
use aqueduct_compiler::facts::saga::contract::Done;
use aqueduct_compiler::facts::saga::report::{Report, report};
use aqueduct_compiler::model::Model;
use serde::Serialize;
use serde_json::{Value, json};

use crate::commands::chosen;
use crate::output::{self, Format};

/// Reports on a saga, for each target that the system is meant for; gives whether it keeps its word on all.
pub(super) fn show(model: &Model, name: &str, format: Format) -> anyhow::Result<bool> {
    let id = chosen::saga(model, name)?;
    let reports: Vec<Report> = model
        .targets
        .iter()
        .map(|target| report(model, id, *target))
        .collect();
    match format {
        Format::Human => output::data(&reports.iter().map(human).collect::<Vec<_>>().join("\n"))?,
        Format::Short => output::data(&reports.iter().map(short).collect::<String>())?,
        Format::Json => output::json(&document(&reports))?,
        Format::Sarif => bail!("SARIF holds findings; write `--format json` for the report on a saga"),
    }
    Ok(reports.iter().all(|report| report.broken.is_empty()))
}

/// A table with a column for each step.
fn human(report: &Report) -> String {
    let mut rows = vec![
        [
            vec!["at".to_owned(), "what happens".to_owned()],
            report.steps.clone(),
            vec!["the saga".to_owned()],
        ]
        .concat(),
    ];
    for row in &report.rows {
        let mut cells = vec![row.step.clone(), row.fault.words().to_owned()];
        cells.extend(row.settled.iter().map(|settled| settled.word().to_owned()));
        cells.push(end(row.end).to_owned());
        rows.push(cells);
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        })
        .collect();
    let mut text = format!("{} on {}\n\n", report.saga, report.target.word());
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(&format!("  {}\n", cells.join("  ").trim_end()));
    }
    if report.broken.is_empty() {
        text.push_str(
            "\n  Whatever goes wrong, in the end each step is done once, or as if it had never been.\n",
        );
    }
    for broken in &report.broken {
        text.push_str(&format!(
            "\n  `{}` can be {} ({}):\n\n{}",
            broken.step,
            broken.violation.word(),
            broken.profile,
            broken
                .sequence
                .lines()
                .map(|line| format!("    {line}\n"))
                .collect::<String>()
        ));
    }
    text
}

/// One line for each broken word.
fn short(report: &Report) -> String {
    let line =
        |step: &str, how: &str| format!("{} on {}: {step}: {how}\n", report.saga, report.target.word());
    if report.broken.is_empty() {
        return line("every step", "keeps its word");
    }
    let broken = report.broken.iter();
    broken
        .map(|broken| line(&broken.step, broken.violation.word()))
        .collect()
}

fn end(end: Done) -> &'static str {
    match end {
        Done::Done => "done",
        Done::Undone => "failed",
    }
}

fn document(reports: &[Report]) -> impl Serialize + use<> {
    let saga = reports.first().map(|report| report.saga.clone());
    let targets: Vec<Value> = reports
        .iter()
        .map(|report| {
            let rows = report.rows.iter().map(|row| {
                let steps: serde_json::Map<String, Value> = report
                    .steps
                    .iter()
                    .zip(&row.settled)
                    .map(|(step, settled)| (step.clone(), settled.word().into()))
                    .collect();
                json!({ "at": row.step, "fault": row.fault.words(), "steps": steps, "saga": end(row.end) })
            });
            let broken = report.broken.iter().map(|broken| {
                json!({
                    "step": broken.step,
                    "violation": broken.violation.word(),
                    "profile": broken.profile,
                    "sequence": broken.sequence,
                })
            });
            json!({
                "target": report.target.word(),
                "rows": rows.collect::<Vec<_>>(),
                "broken": broken.collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "format": 1, "saga": saga, "targets": targets })
}
