//! Why a piece cannot be read: the frequent slips first, each in its own words, then what the parser would have taken.

mod bracket;
mod declaration;
mod line;
mod token;

use super::expected;
use super::look::Look;
use crate::codes::UNREADABLE_ENTRY;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::parse::Builder;
use crate::source::SpanId;
use crate::tokens::Kind;

/// A finding, and the text as it was probably meant, every place in it unmoved.
pub(super) struct Slip {
    pub(super) finding: Diagnostic,
    pub(super) mended: Option<String>,
}

impl From<Diagnostic> for Slip {
    fn from(finding: Diagnostic) -> Self {
        Self {
            finding,
            mended: None,
        }
    }
}

/// The slip that keeps a text from being read. It may have been emptied; `whole` is what it was before.
pub(super) fn find(builder: &mut Builder<'_>, text: &str, whole: &str, base: usize) -> Slip {
    let look = Look::at(text, whole.trim_end().len());
    let mut places = Places { builder, base };
    token::find(&look, &mut places)
        .or_else(|| bracket::find(&look, &mut places))
        .or_else(|| stray_documentation(&look, &mut places).map(Slip::from))
        .or_else(|| line::find(&look, &mut places).map(Slip::from))
        .or_else(|| declaration::find(&look, &mut places).map(Slip::from))
        .or_else(|| line::missing_comma(&look, &mut places).map(Slip::from))
        .unwrap_or_else(|| anything(&look, &mut places).into())
}

/// Makes spans of places in the piece.
struct Places<'b, 'a> {
    builder: &'b mut Builder<'a>,
    base: usize,
}

impl Places<'_, '_> {
    fn span(&mut self, start: usize, end: usize) -> SpanId {
        self.builder
            .sources
            .span(self.builder.file, self.base + start, self.base + end)
    }

    /// A finding at a token.
    fn at(&mut self, look: &Look<'_>, index: usize, message: impl Into<String>) -> Diagnostic {
        let end = look.text.trim_end().len();
        let (start, end) = look
            .token(index)
            .map_or((end, end), |token| (token.start, token.end));
        Diagnostic::error(UNREADABLE_ENTRY, self.span(start, end), message)
    }

    /// A fix that writes a text over a place; an empty place is an insertion.
    fn fix(&mut self, title: impl Into<String>, start: usize, end: usize, text: impl Into<String>) -> Fix {
        let span = self.span(start, end);
        Fix {
            title: title.into(),
            edits: vec![Edit {
                span,
                text: text.into(),
            }],
        }
    }

    /// A fix that inserts a text behind a token.
    fn insert(&mut self, look: &Look<'_>, after: usize, title: &str, text: &str) -> Option<Fix> {
        let at = look.token(after)?.end;
        Some(self.fix(title, at, at, text))
    }
}

/// `///` with no entry behind it, or in the middle of one.
fn stray_documentation(look: &Look<'_>, places: &mut Places<'_, '_>) -> Option<Diagnostic> {
    let is_doc = |index: usize| look.kind(index) == Some(Kind::Doc);
    let before = look
        .before(look.here)
        .filter(|before| is_doc(*before) && look.ends(look.here));
    let (index, message) = match before {
        Some(before) => (before, "this documents nothing"),
        None if is_doc(look.here) => (look.here, "documentation cannot stand inside an entry"),
        None => return None,
    };
    let token = look.token(index)?;
    let mut finding = places
        .at(look, index, message)
        .label("`///` documents an entry")
        .note("documentation stands on the lines before an entry, or at the end of its line")
        .help("write `//` for a comment");
    finding.fix = Some(places.fix("write `//`", token.start, token.start + 3, "//"));
    Some(finding)
}

/// Nothing known: what stands here, and what the parser would have taken.
fn anything(look: &Look<'_>, places: &mut Places<'_, '_>) -> Diagnostic {
    let wanted = expected::list(&look.wanted);
    let wanted = match wanted.split_last() {
        None => "another entry".to_owned(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    };
    if look.ends(look.here) {
        let last = look.before(look.here).unwrap_or_default();
        if look.word(last) == "=" {
            let finding = places.at(look, last, "nothing follows this `=`");
            return finding.label("a value must follow").help("write what it is");
        }
        let message = format!("something is missing after `{}`: {wanted}", look.word(last));
        let finding = places.at(look, last, message);
        return finding
            .label("the entry ends too early")
            .help(format!("go on with {wanted}"));
    }
    let found = look.word(look.here);
    if look.here == look.lead() {
        let finding = places.at(look, look.here, format!("no entry begins with `{found}`"));
        return finding
            .label("an entry begins here")
            .help("begin with a word of the language or with a name");
    }
    let finding = places.at(
        look,
        look.here,
        format!("`{found}` cannot stand here; {wanted} can"),
    );
    finding
        .label("not understood")
        .help(format!("write {wanted} here"))
}
