//! The rest of a file after a syntax error: cut into entries, each read alone, one finding for each that is broken.
//!
//! A broken entry is cut again one indentation deeper: its head is read with its blocks emptied, its members one by
//! one, and those that can be read are put back. So the tree holds all that is readable, and a missing `}` costs one
//! entry and not the file.

mod comma;
mod cut;
mod expected;
mod look;
mod slip;

use smol_str::SmolStr;

use crate::ast::{Block, Entry, File, Shape, TypeBody};
use crate::clauses::DECLARING;
use crate::codes::UNREADABLE_ENTRY;
use crate::diagnostic::Diagnostic;
use crate::parse::{Builder, documentation};
use crate::tokens::{DEEPEST, Kind, lines, survey, tokens};
use cut::Part;
use slip::Slip;

/// Reads what can be read of a file that is not `.flow` as a whole; and the names that are lost with the rest.
pub(crate) fn file(builder: &mut Builder<'_>, text: &str) -> (File, Vec<SmolStr>) {
    let text = &comma::take_leading(builder, text);
    let mut recovery = Recovery {
        builder,
        text,
        level: 0,
        lost: Vec::new(),
    };
    let mut file = File::default();
    for part in cut::entries(
        text,
        Part {
            start: 0,
            end: text.len(),
        },
        0,
    ) {
        if file.entries.is_empty() {
            let rest = documented(part, text, &mut file.docs);
            file.entries.extend(recovery.entries(rest));
        } else {
            file.entries.extend(recovery.entries(part));
        }
    }
    (file, recovery.lost)
}

/// Takes the documentation of the file from the beginning of a part; what is left of the part is read as any other.
fn documented(part: Part, text: &str, docs: &mut Vec<SmolStr>) -> Part {
    let mut rest = part;
    for line in lines(part.of(text)) {
        let code = line.trim_start_matches('\u{feff}').trim();
        if code.starts_with("//!") {
            docs.push(documentation(code));
        } else if !code.is_empty() {
            break;
        }
        rest.start += line.len();
    }
    rest
}

struct Recovery<'r, 'a> {
    builder: &'r mut Builder<'a>,
    text: &'r str,
    /// How many cuts deep.
    level: usize,
    lost: Vec<SmolStr>,
}

impl Recovery<'_, '_> {
    /// The entries of a part; what is broken in it is reported.
    fn entries(&mut self, part: Part) -> Vec<Entry> {
        let text = part.of(self.text);
        if text.is_empty() {
            return Vec::new();
        }
        let too_deep = survey(text).too_deep;
        if too_deep.is_none()
            && let Some(entries) = self.builder.piece(text, part.start)
        {
            return entries;
        }
        let skeleton = cut::skeleton(text);
        if let Some((start, end)) = too_deep.filter(|_| self.level >= DEEPEST || skeleton.blocks.is_empty()) {
            self.refuse_depth(part.start + start, part.start + end);
            return Vec::new();
        }
        if skeleton.blocks.is_empty() {
            return self.mend(text, part);
        }
        self.level += 1;
        let found = self.builder.out.len();
        let mut entries = match self.builder.piece(&skeleton.text, part.start) {
            Some(entries) => entries,
            None => self.mend(&skeleton.text, part),
        };
        for block in skeleton.blocks {
            let inside = Part {
                start: part.start + block.start,
                end: part.start + block.end,
            };
            let mut members = Vec::new();
            for member in cut::members(self.text, inside) {
                members.extend(self.entries(member));
            }
            self.put_back(&mut entries, inside.start, members);
        }
        if self.builder.out.len() == found {
            // The parts are right and the whole is not: the cuts hid the slip.
            self.mend(text, part);
        }
        self.level -= 1;
        entries
    }

    /// Reports why a text cannot be read, and reads it as it was probably meant.
    fn mend(&mut self, text: &str, part: Part) -> Vec<Entry> {
        let base = part.start;
        let Slip { finding, mended } = slip::find(self.builder, text, part.of(self.text), base);
        self.builder.out.push(finding);
        let entries = mended.and_then(|mended| self.builder.piece(&mended, base));
        if entries.is_none() {
            self.lost.extend(declared(text));
        }
        entries.unwrap_or_default()
    }

    /// Fills the block whose contents begin at a place.
    fn put_back(&mut self, entries: &mut [Entry], start: usize, members: Vec<Entry>) {
        for block in entries.iter_mut().flat_map(|entry| blocks(&mut entry.shape)) {
            let range = block.span.and_then(|span| self.builder.sources.range(span));
            if range.is_some_and(|range| range.start as usize + 1 == start) {
                block.entries = members;
                return;
            }
        }
    }

    fn refuse_depth(&mut self, start: usize, end: usize) {
        let span = self.builder.sources.span(self.builder.file, start, end);
        self.builder.out.push(
            Diagnostic::error(
                UNREADABLE_ENTRY,
                span,
                format!("brackets are nested more than {DEEPEST} levels deep"),
            )
            .label("one level too many")
            .note("deeper text is refused, so that no input can exhaust the compiler's stack")
            .help("give the inner part a name of its own"),
        );
    }
}

/// The name that a broken entry seems to declare: the first word behind its declaring words.
fn declared(text: &str) -> Option<SmolStr> {
    let words = tokens(text).filter(|token| !matches!(token.kind, Kind::Break | Kind::Doc | Kind::Comment));
    let mut words = words
        .take_while(|token| token.kind == Kind::Word)
        .map(|token| token.text(text));
    words.next()?;
    words
        .find(|word| !DECLARING.contains(word) && !matches!(*word, "in" | "out"))
        .map(SmolStr::new)
}

/// The blocks that belong to a shape itself.
fn blocks(shape: &mut Shape) -> Vec<&mut Block> {
    match shape {
        Shape::Spread(_) | Shape::Field(_) | Shape::Sample(_) => Vec::new(),
        Shape::Operation(operation) => vec![&mut operation.block],
        Shape::Step(step) => step.clause.block.iter_mut().collect(),
        Shape::Store(store) => vec![&mut store.block],
        Shape::Channel(channel) => vec![&mut channel.block],
        Shape::Message(message) => vec![&mut message.block],
        Shape::TypeDef(def) => match &mut def.body {
            TypeBody::Alias(_) => Vec::new(),
            TypeBody::Block(block) => vec![block],
        },
        Shape::Service(service) => vec![&mut service.block],
        Shape::Scenario(scenario) => vec![&mut scenario.block],
        Shape::Branching(branching) => {
            let arms = branching.arms.iter_mut().map(|(_, block)| block);
            arms.chain(&mut branching.otherwise).collect()
        }
        Shape::Named(named) => vec![&mut named.block],
        Shape::Flow(flow) => flow
            .clauses
            .iter_mut()
            .filter_map(|clause| clause.block.as_mut())
            .collect(),
    }
}

#[cfg(test)]
mod tests;
