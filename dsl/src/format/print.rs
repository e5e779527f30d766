//! From lists to lines: what fits goes on one line, everything else on one line each.

use super::columns::{self, BESIDE, Row};
use super::marks::Shape;
use super::tree::{Item, List, Part, What};

/// Columns of a line; a comment beside the text doesn't count.
pub(super) const WIDTH: usize = 110;
/// One level of indentation.
pub(super) const STEP: usize = 2;
/// What goes on after a comment or a connective is indented by that much.
const CONTINUED: usize = 4;
/// Clauses that a block on one line may have.
const CLAUSES: usize = 3;
/// Fields that a block on one line may have.
const FIELDS: usize = 4;

/// A whole file.
pub(super) fn print(file: &List<'_>) -> String {
    entries(file, 0)
}

/// The items of a list, one below the other.
fn entries(list: &List<'_>, indent: usize) -> String {
    let rows = list
        .items
        .iter()
        .map(|item| Row::new(item, list.owner, indent))
        .collect();
    let mut out = columns::write(rows, indent);
    columns::lines(&mut out, &list.rest, indent);
    out
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// An item without what stands before and beside it; its first line begins at `indent`.
pub(super) fn item(item: &Item<'_>, indent: usize) -> String {
    if item.shape != Shape::Flow || fits(&item.parts, indent) || head_fits(&item.parts, indent) {
        return wrapped(&item.parts, indent);
    }
    let deeper = indent + STEP;
    let stages = item.parts.chunk_by(|_, next| next.word() != Some("->"));
    let laid_out = stages
        .enumerate()
        .map(|(index, stage)| wrapped(stage, if index == 0 { indent } else { deeper }));
    laid_out.collect::<Vec<_>>().join(&new_line(deeper))
}

/// Parts on one line; nothing if that can't be.
pub(super) fn flat(parts: &[Part<'_>]) -> Option<String> {
    let mut line = String::new();
    for part in parts {
        if !part.tight && !line.is_empty() {
            line.push(' ');
        }
        match &part.what {
            What::Word(word) => line.push_str(word),
            What::List(list) => line.push_str(&flat_list(list)?),
            What::Remark { .. } => return None,
        }
    }
    Some(line)
}

fn flat_list(list: &List<'_>) -> Option<String> {
    let has_comments = list.remark.is_some()
        || !list.rest.is_empty()
        || list
            .items
            .iter()
            .any(|item| item.remark.is_some() || !item.before.is_empty());
    if has_comments || list.open == "{" && !is_short(list) {
        return None;
    }
    let items: Option<Vec<String>> = list.items.iter().map(|item| flat(&item.parts)).collect();
    let items = items?.join(", ");
    Some(if list.open == "{" && !items.is_empty() {
        format!("{{ {items} }}")
    } else {
        format!("{}{items}{}", list.open, list.close)
    })
}

/// Whether a block may stand on one line if it fits: a few fields or clauses without blocks, or the values of an enum.
fn is_short(block: &List<'_>) -> bool {
    let all = |wanted: fn(&Item<'_>) -> bool| block.items.iter().all(wanted);
    let most = if all(|item| item.shape == Shape::Clause && item.parts.len() == 1) {
        usize::MAX
    } else if all(|item| item.shape == Shape::Field) {
        FIELDS
    } else {
        CLAUSES
    };
    block.items.len() <= most
        && all(|item| matches!(item.shape, Shape::Field | Shape::Clause))
        && all(|item| !item.parts.iter().any(is_block))
}

fn is_block(part: &Part<'_>) -> bool {
    part.list().is_some_and(|list| list.open == "{")
}

fn fits(parts: &[Part<'_>], indent: usize) -> bool {
    flat(parts).is_some_and(|line| indent + width(&line) <= WIDTH)
}

/// Whether the lines fit when only a block at the end is opened.
fn head_fits(parts: &[Part<'_>], indent: usize) -> bool {
    let head = parts.split_last().map_or(parts, |(_, head)| head);
    let broken = Broken::none(parts);
    !head.iter().any(is_block) && broken.widest(indent).is_some_and(|widest| widest <= WIDTH)
}

/// Parts on as few lines as they fit on: blocks are opened first, then parentheses, the widest first, and in the end
/// a line break follows each `and` and `or`.
fn wrapped(parts: &[Part<'_>], indent: usize) -> String {
    if fits(parts, indent) {
        return flat(parts).unwrap_or_default();
    }
    let mut broken = Broken::none(parts);
    while broken.widest(indent).is_some_and(|widest| widest > WIDTH) && broken.one_more() {}
    broken.write(indent)
}

/// Which parts are spread over several lines.
struct Broken<'p, 't> {
    parts: &'p [Part<'t>],
    /// For each part: its text if it stands on a line.
    texts: Vec<Option<String>>,
    connectives: bool,
}

impl<'p, 't> Broken<'p, 't> {
    /// Only what can't be on one line.
    fn none(parts: &'p [Part<'t>]) -> Self {
        let text = |part: &Part<'_>| match &part.what {
            What::Word(word) => Some((*word).to_owned()),
            What::List(list) if list.open == "{" && list.items.is_empty() => flat_list(list),
            What::List(list) if list.open == "{" => None,
            What::List(list) => flat_list(list),
            What::Remark { .. } => None,
        };
        Self {
            parts,
            texts: parts.iter().map(text).collect(),
            connectives: false,
        }
    }

    /// Spreads the widest parentheses over several lines; `false` when nothing is left to be spread.
    fn one_more(&mut self) -> bool {
        let lists = self.parts.iter().zip(&mut self.texts);
        let lists = lists
            .filter(|(part, text)| text.is_some() && part.list().is_some_and(|list| !list.items.is_empty()));
        let widest = lists.max_by_key(|(_, text)| text.as_deref().map(width));
        if let Some((_, text)) = widest {
            *text = None;
            return true;
        }
        !std::mem::replace(&mut self.connectives, true)
    }

    /// The widest of the lines that are not inside of a list; nothing if a comment has to be on a line of its own.
    fn widest(&self, indent: usize) -> Option<usize> {
        let mut widest = 0;
        let mut column = indent;
        for (part, text) in self.parts.iter().zip(&self.texts) {
            let blank = usize::from(!part.tight && column > indent);
            match (text, &part.what) {
                (Some(text), _) => column += blank + width(text),
                (None, What::List(_)) => {
                    widest = widest.max(column + blank + 1);
                    column = indent + 1;
                }
                (None, _) => return None,
            }
            widest = widest.max(column);
            if self.connectives && is_connective(part) {
                column = indent + CONTINUED;
            }
        }
        Some(widest)
    }

    fn write(&self, indent: usize) -> String {
        let continued = new_line(indent + CONTINUED);
        let mut out = String::new();
        let mut goes_on_below = false;
        // Parentheses are opened where their line begins; a block belongs to the whole.
        let mut line_start = indent;
        for (part, text) in self.parts.iter().zip(&self.texts) {
            if let What::Remark { text, own_line } = part.what {
                out.push_str(if own_line || goes_on_below {
                    &continued
                } else {
                    BESIDE
                });
                out.push_str(text);
                goes_on_below = true;
                continue;
            }
            if goes_on_below {
                out.push_str(&continued);
                line_start = indent + CONTINUED;
            } else if !part.tight && !out.is_empty() {
                out.push(' ');
            }
            match (text, &part.what) {
                (Some(text), _) => out.push_str(text),
                (None, What::List(list)) if list.open == "{" => {
                    out.push_str(&opened(list, indent));
                    line_start = indent;
                }
                (None, What::List(list)) => out.push_str(&opened(list, line_start)),
                (None, _) => {}
            }
            goes_on_below = self.connectives && is_connective(part);
        }
        out
    }
}

fn is_connective(part: &Part<'_>) -> bool {
    matches!(part.word(), Some("and" | "or"))
}

/// A list with its items on lines of their own.
fn opened(list: &List<'_>, indent: usize) -> String {
    let remark = list.remark.map(|remark| format!("{BESIDE}{remark}"));
    format!(
        "{}{}\n{}{:indent$}{}",
        list.open,
        remark.unwrap_or_default(),
        entries(list, indent + STEP),
        "",
        list.close
    )
}

fn new_line(indent: usize) -> String {
    format!("\n{:indent$}", "")
}
