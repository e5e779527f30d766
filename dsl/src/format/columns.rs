//! Columns: rows of a kind that stand one below the other are aligned.

use super::marks::Shape;
use super::print::{self, WIDTH};
use super::tree::{Item, Line, Part};
use crate::clauses::Owner;

/// Before a comment at the end of a line.
pub(super) const BESIDE: &str = "    ";

/// Rows of one kind share their columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Field,
    Channel,
    Store,
    Api,
    Route,
    /// What a handler may do.
    Effect,
    /// A line of a scenario or a scatter.
    Step,
}

/// An item, laid out.
#[derive(Debug)]
pub(super) struct Row<'t> {
    before: Vec<Line<'t>>,
    gap: bool,
    kind: Option<Kind>,
    /// One if it isn't to be aligned; with line breaks if it takes several lines.
    cells: Vec<String>,
    remark: Option<&'t str>,
}

const EFFECTS: [&str; 7] = ["reads", "writes", "emits", "calls", "asks", "starts", "faults"];

impl<'t> Row<'t> {
    /// Lays an item out at its place.
    pub(super) fn new(item: &Item<'t>, owner: Option<Owner>, indent: usize) -> Self {
        let text = print::item(item, indent);
        let (kind, cells) = match cuts(item, owner).filter(|_| !text.contains('\n')) {
            Some((kind, cuts)) => (Some(kind), cut(item, &cuts)),
            None => (None, vec![text]),
        };
        Self {
            before: item.before.clone(),
            gap: item.gap,
            kind,
            cells,
            remark: item.remark,
        }
    }

    /// Whether a blank line separates it, or its comments, from what comes before.
    fn stands_apart(&self) -> bool {
        self.gap || self.before.iter().any(|line| line.gap)
    }

    fn text(&self) -> String {
        self.cells.join(" ")
    }
}

/// Where the columns of an item begin: indices of its parts.
fn cuts(item: &Item<'_>, owner: Option<Owner>) -> Option<(Kind, Vec<usize>)> {
    let at = |wanted: &str| item.parts.iter().position(|part| part.word() == Some(wanted));
    let word = item.parts.first()?.word()?;
    match item.shape {
        Shape::Field if word != "..." => Some((Kind::Field, vec![at(":")? + 1])),
        Shape::Declaration if word == "store" => Some((Kind::Store, vec![at(":")? + 1])),
        Shape::Declaration if is_channel(item) => Some((Kind::Channel, vec![at(":")? + 1])),
        Shape::Flow if word == "api" => {
            let arrow = at("->").filter(|arrow| *arrow == 3)?;
            let block = item.parts.len() - 1;
            let block = item
                .parts
                .last()?
                .list()
                .filter(|list| list.open == "{")
                .map(|_| block);
            Some((Kind::Api, [2, arrow].into_iter().chain(block).collect()))
        }
        Shape::Flow => Some((Kind::Route, vec![at("->")?])),
        Shape::Clause if owner == Some(Owner::Handler) && EFFECTS.contains(&word) => {
            Some((Kind::Effect, vec![1]))
        }
        Shape::Clause if matches!(owner, Some(Owner::Scenario | Owner::Scatter)) => {
            Some((Kind::Step, vec![1]))
        }
        Shape::Field | Shape::Clause | Shape::Branching | Shape::Declaration | Shape::Data => None,
    }
}

fn is_channel(item: &Item<'_>) -> bool {
    let mut words = item.parts.iter().filter_map(Part::word);
    let word = words.find(|word| !matches!(*word, "extern" | "in" | "out"));
    matches!(word, Some("queue" | "topic" | "bus" | "stream"))
}

/// The text of an item's parts, cut in pieces.
fn cut(item: &Item<'_>, cuts: &[usize]) -> Vec<String> {
    let ends = cuts.iter().copied().chain([item.parts.len()]);
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let pieces = starts
        .zip(ends)
        .filter_map(|(start, end)| item.parts.get(start..end));
    pieces
        .filter(|parts| !parts.is_empty())
        .map(|parts| print::flat(parts).unwrap_or_default())
        .collect()
}

/// Writes rows, aligned, each line indented.
pub(super) fn write(mut rows: Vec<Row<'_>>, indent: usize) -> String {
    let alike =
        |one: &Row<'_>, next: &Row<'_>| one.kind.is_some() && one.kind == next.kind && !next.stands_apart();
    for run in rows.chunk_by_mut(alike) {
        align(run, indent);
    }
    let neighbors = |one: &Row<'_>, next: &Row<'_>| {
        one.remark.is_some() && next.remark.is_some() && !next.gap && next.before.is_empty()
    };
    let mut out = String::new();
    for run in rows.chunk_by(neighbors) {
        let texts: Vec<String> = run.iter().map(Row::text).collect();
        let column = texts.iter().map(|text| last_line(text)).max().unwrap_or_default();
        let fits = |(row, text): (&Row<'_>, &String)| {
            !text.contains('\n')
                && indent + column + BESIDE.len() + print::width(row.remark.unwrap_or("")) <= WIDTH
        };
        let aligned = run.iter().zip(&texts).all(fits);
        for (row, text) in run.iter().zip(&texts) {
            lines(&mut out, &row.before, indent);
            let padding = if aligned { column - print::width(text) } else { 0 };
            let remark = row
                .remark
                .map(|remark| format!("{:padding$}{BESIDE}{remark}", ""));
            line(
                &mut out,
                row.gap,
                indent,
                &format!("{text}{}", remark.unwrap_or_default()),
            );
        }
    }
    out
}

fn last_line(text: &str) -> usize {
    print::width(text.lines().last().unwrap_or_default())
}

/// Pads all cells but the last of each row, unless a line would become too long.
fn align(run: &mut [Row<'_>], indent: usize) {
    let padded: Vec<Vec<String>> = {
        let columns = run.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = run.iter().filter(|row| row.cells.len() > column + 1);
                let widths = cells
                    .filter_map(|row| row.cells.get(column))
                    .map(|cell| print::width(cell));
                widths.max().unwrap_or_default()
            })
            .collect();
        run.iter().map(|row| pad(&row.cells, &widths)).collect()
    };
    let fits = |cells: &Vec<String>| indent + print::width(&cells.join(" ")) <= WIDTH;
    if padded.iter().all(fits) {
        for (row, cells) in run.iter_mut().zip(padded) {
            row.cells = cells;
        }
    }
}

fn pad(cells: &[String], widths: &[usize]) -> Vec<String> {
    let last = cells.len().saturating_sub(1);
    let cells = cells.iter().zip(widths).enumerate();
    cells
        .map(|(index, (cell, width))| {
            let missing = if index == last {
                0
            } else {
                width.saturating_sub(print::width(cell))
            };
            format!("{cell}{:missing$}", "")
        })
        .collect()
}

/// Writes lines of comment.
pub(super) fn lines(out: &mut String, lines: &[Line<'_>], indent: usize) {
    for comment in lines {
        line(out, comment.gap, indent, comment.text);
    }
}

fn line(out: &mut String, gap: bool, indent: usize, text: &str) {
    if gap {
        out.push('\n');
    }
    out.push_str(&format!("{:indent$}{text}\n", ""));
}
