//! Cuts: a text into entries by its columns, an entry into its head and its members.

use crate::tokens::{Kind, Token, lines, tokens};

/// A part of the file: bytes `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Part {
    pub(super) fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// What a line is to the cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// It begins an entry.
    Begins,
    /// It documents the entry that follows.
    Documents,
    /// It documents the file.
    DocumentsFile,
    /// It belongs to whatever is there already.
    Continues,
}

/// The entries of a part: each begins on a line that is indented no deeper than `indentation`.
pub(super) fn entries(text: &str, part: Part, indentation: usize) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut documented = false;
    let mut start = part.start;
    for line in lines(part.of(text)) {
        let kind = line_kind(line, indentation);
        // A run of documentation has opened the part that this line goes on with.
        let opens = match kind {
            Line::Begins | Line::Documents => !documented,
            Line::DocumentsFile => true,
            Line::Continues => parts.is_empty() && !line.trim().is_empty(),
        };
        let end = start + line.len();
        match parts.last_mut() {
            Some(last) if !opens => last.end = end,
            _ if opens => parts.push(Part { start, end }),
            _ => {}
        }
        documented = kind == Line::Documents || (documented && kind == Line::Continues);
        start = end;
    }
    parts
}

fn line_kind(line: &str, indentation: usize) -> Line {
    let rest = line.trim_start_matches('\u{feff}');
    let text = rest.trim_start_matches([' ', '\t']);
    if rest.len() - text.len() > indentation || text.trim().is_empty() {
        return Line::Continues;
    }
    if text.starts_with("//!") {
        return Line::DocumentsFile;
    }
    let documents = text.starts_with("///") && !text.starts_with("////");
    let continues = ["}", ")", "]", "->", "|", ",", "//"]
        .iter()
        .any(|mark| text.starts_with(mark));
    match (documents, continues) {
        (true, _) => Line::Documents,
        (false, true) => Line::Continues,
        (false, false) => Line::Begins,
    }
}

/// The members of a block's inside: by lines one step deeper, or by commas when all is on one line.
pub(super) fn members(text: &str, inside: Part) -> Vec<Part> {
    let contents = inside.of(text);
    if !contents.contains('\n') {
        return between_commas(contents, inside.start);
    }
    let indentations = contents.split('\n').skip(1).filter_map(|line| {
        let code = line.trim_start_matches([' ', '\t']);
        let counts = !code.trim().is_empty() && !code.starts_with("//");
        counts.then(|| line.len() - code.len())
    });
    entries(text, inside, indentations.min().unwrap_or_default())
}

fn between_commas(contents: &str, base: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for token in tokens(contents) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Sign if depth == 0 && token.text(contents) == "," => {
                parts.push((start, token.start));
                start = token.end;
            }
            Kind::Sign
            | Kind::Word
            | Kind::Number
            | Kind::Text
            | Kind::OpenText
            | Kind::Doc
            | Kind::Comment
            | Kind::Break => {}
        }
    }
    parts.push((start, contents.len()));
    let parts = parts.into_iter().map(|(start, end)| Part {
        start: base + start,
        end: base + end,
    });
    parts.filter(|part| part.end > part.start).collect()
}

/// An entry with its blocks emptied.
#[derive(Debug)]
pub(super) struct Skeleton {
    /// As long as the entry, blanks in the place of what was taken out, so that all places stay.
    pub(super) text: String,
    /// The insides that were taken out.
    pub(super) blocks: Vec<Part>,
}

/// Takes the blocks out of an entry, going by columns rather than by brackets, which may be what is broken.
pub(super) fn skeleton(text: &str) -> Skeleton {
    let all: Vec<Token> = tokens(text).collect();
    let mut blocks = Vec::new();
    let mut rest = all.as_slice();
    while let Some((token, later)) = rest.split_first() {
        rest = later;
        if token.kind != Kind::Open || token.text(text) != "{" {
            continue;
        }
        let end = end_on_the_line(text, later).unwrap_or_else(|| end_by_columns(text, token.end));
        let inside = Part {
            start: token.end,
            end,
        };
        let never_closed = end == text.len() && !inside.of(text).contains('\n');
        if never_closed {
            // All braces of the line are open; they are one slip and not one for each.
            break;
        }
        if !inside.of(text).trim().is_empty() {
            blocks.push(inside);
        }
        let skipped = rest.iter().take_while(|token| token.start < end).count();
        rest = rest.get(skipped..).unwrap_or_default();
    }
    let mut skeleton = String::with_capacity(text.len());
    let mut at = 0;
    for block in &blocks {
        skeleton.push_str(text.get(at..block.start).unwrap_or_default());
        for character in block.of(text).chars() {
            let blank = if matches!(character, '\n' | '\r') {
                character
            } else {
                ' '
            };
            let width = if blank == ' ' { character.len_utf8() } else { 1 };
            skeleton.extend(std::iter::repeat_n(blank, width));
        }
        at = block.end;
    }
    skeleton.push_str(text.get(at..).unwrap_or_default());
    Skeleton {
        text: skeleton,
        blocks,
    }
}

/// Where the block closes if it closes on the line on which it was opened.
fn end_on_the_line(text: &str, after: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    for token in after.iter().take_while(|token| token.kind != Kind::Break) {
        match (token.kind, token.text(text)) {
            (Kind::Open, "{") => depth += 1,
            (Kind::Close, "}") if depth == 0 => return Some(token.start),
            (Kind::Close, "}") => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Where the first line begins that is indented no deeper than the line of the brace; its `}` included.
fn end_by_columns(text: &str, brace: usize) -> usize {
    let line = text
        .get(..brace)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1);
    let base = indentation(text.get(line..).unwrap_or_default());
    let mut start = brace;
    for line in text.get(brace..).unwrap_or_default().split_inclusive('\n') {
        let code = line.trim();
        if start > brace && !code.is_empty() && !code.starts_with("//") && indentation(line) <= base {
            return start + indentation(line);
        }
        start += line.len();
    }
    text.len()
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}
