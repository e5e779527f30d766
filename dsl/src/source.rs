//! Source files and the spans in them; everything downstream holds only a `SpanId`.

use std::sync::Arc;

use serde::Serialize;
use smol_str::SmolStr;

/// A file of the source map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FileId(u32);

/// A place in a file: bytes `start..end`, `end` excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Range {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A handle to a place, small enough to sit in every node.
///
/// The front end that made it knows what it stands for: for `.flow` a [`Range`], for annotated Rust a token's span.
/// Two nodes that differ only in their spans are equal: a span is where something was said, not what was said.
#[derive(Debug, Clone, Copy, Eq, Serialize)]
pub struct SpanId(u32);

impl SpanId {
    /// For things that nobody wrote down, such as defaults.
    pub const NOWHERE: Self = Self(u32::MAX);

    /// Whether somebody wrote it down. Spans are equal to each other, so this can't be asked with `==`.
    pub fn is_somewhere(self) -> bool {
        self.0 != Self::NOWHERE.0
    }

    /// The same handle as always, for tables beside the source map.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl PartialEq for SpanId {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::hash::Hash for SpanId {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// One file: its name as the user gave it, and its text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// As shown in diagnostics.
    pub name: SmolStr,
    /// The whole text.
    pub text: Arc<str>,
    line_starts: Arc<[u32]>,
}

/// The files of one run and every span that was handed out.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    spans: Vec<Range>,
}

impl SourceMap {
    /// Adds a file; files over 4 GiB are the caller's to refuse.
    pub fn add(&mut self, name: impl Into<SmolStr>, text: impl Into<Arc<str>>) -> FileId {
        let text = text.into();
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| offset(at + 1)));
        let line_starts = starts.collect();
        self.files.push(SourceFile {
            name: name.into(),
            text,
            line_starts,
        });
        FileId(offset(self.files.len() - 1))
    }

    /// The file behind an id of this map.
    ///
    /// # Panics
    /// When the id comes from another map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        self.files
            .get(id.0 as usize)
            .expect("a file id is used with the map that gave it")
    }

    /// All files, in the order they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId(offset(index)), file))
    }

    /// Hands out a span. It ends where the file ends, and begins and ends between characters: a text that was read as it
    /// was probably meant may be longer than what stands there.
    pub fn span(&mut self, file: FileId, start: usize, end: usize) -> SpanId {
        let text = &self.file(file).text;
        let (start, end) = (boundary(text, start), boundary(text, end));
        self.spans.push(Range {
            file,
            start: offset(start),
            end: offset(end),
        });
        SpanId(offset(self.spans.len() - 1))
    }

    /// Where a span is; `None` for [`SpanId::NOWHERE`].
    pub fn range(&self, span: SpanId) -> Option<Range> {
        self.spans.get(span.index()).copied()
    }

    /// A span from the start of one to the end of another in the same file.
    pub fn join(&mut self, first: SpanId, last: SpanId) -> SpanId {
        match (self.range(first), self.range(last)) {
            (Some(a), Some(b)) if a.file == b.file => {
                self.span(a.file, a.start.min(b.start) as usize, a.end.max(b.end) as usize)
            }
            _ => first,
        }
    }

    /// The text of a span, empty for nowhere.
    pub fn text(&self, span: SpanId) -> &str {
        self.range(span)
            .and_then(|range| {
                self.file(range.file)
                    .text
                    .get(range.start as usize..range.end as usize)
            })
            .unwrap_or_default()
    }

    /// Line and column of a span's start, both from 1, the column in characters.
    pub fn line_column(&self, span: SpanId) -> Option<(u32, u32)> {
        let range = self.range(span)?;
        self.position(range.file, range.start)
    }

    /// Line and column of a span's end, which is one past its last character.
    pub fn end_line_column(&self, span: SpanId) -> Option<(u32, u32)> {
        let range = self.range(span)?;
        self.position(range.file, range.end)
    }

    /// Puts another text in the place of the last file: what pointed into that file points into the other one.
    ///
    /// `place` says where a stretch of the last file stands in `file`. A front end that reads by writing `.flow` hides
    /// what it wrote in this way.
    pub fn replace_last(&mut self, file: FileId, place: impl Fn(Range) -> std::ops::Range<usize>) {
        let last = FileId(offset(self.files.len().saturating_sub(1)));
        for span in self.spans.iter_mut().filter(|span| span.file == last) {
            let there = place(*span);
            *span = Range {
                file,
                start: offset(there.start),
                end: offset(there.end),
            };
        }
        let _ = self.files.pop();
    }

    fn position(&self, file: FileId, at: u32) -> Option<(u32, u32)> {
        let file = self.file(file);
        let line = file.line_starts.partition_point(|start| *start <= at);
        let start = *file.line_starts.get(line.checked_sub(1)?)? as usize;
        let column = file.text.get(start..at as usize)?.chars().count();
        Some((offset(line), offset(column + 1)))
    }

    /// The bytes of the whole lines that a range touches, line breaks left out, and the first line's number from 1.
    pub fn lines(&self, range: Range) -> (std::ops::Range<usize>, u32) {
        let file = self.file(range.file);
        let line = file
            .line_starts
            .partition_point(|start| *start <= range.start)
            .max(1);
        let start = file.line_starts.get(line - 1).map_or(0, |start| *start as usize);
        let rest = file.text.get(range.end as usize..).unwrap_or_default();
        let rest = rest.split('\n').next().unwrap_or_default();
        let end = range.end as usize + rest.strip_suffix('\r').unwrap_or(rest).len();
        (start..end, offset(line))
    }

    /// The name of the file a span is in.
    pub fn file_name(&self, span: SpanId) -> Option<&str> {
        Some(self.file(self.range(span)?.file).name.as_str())
    }
}

/// Where the character of a byte begins, or where the text ends.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Offsets are 32 bits: a `.flow` file over 4 GiB is refused long before it gets here.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let mut map = SourceMap::default();
        let file = map.add("a.flow", "// ü\nqueue q\n");
        let span = map.span(file, 12, 13);
        assert_eq!(map.text(span), "q");
        assert_eq!(map.line_column(span), Some((2, 7)));
        assert_eq!(map.line_column(SpanId::NOWHERE), None);
    }

    #[test]
    fn no_span_leaves_its_text_or_cuts_a_character() {
        let mut map = SourceMap::default();
        let file = map.add("a.flow", "// ü");
        let (inside, beyond) = (map.span(file, 3, 4), map.span(file, 3, 9));
        assert_eq!((map.text(inside), map.text(beyond)), ("", "ü"));
    }
}
