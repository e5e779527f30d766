//! Commas at the beginning of a line, where the line break has separated already.

use crate::codes::UNREADABLE_ENTRY;
use crate::diagnostic::Diagnostic;
use crate::parse::Builder;
use crate::tokens::{Kind, Token, tokens};

/// Reports them, and gives the text without them, every place in it unmoved.
pub(super) fn take_leading(builder: &mut Builder<'_>, text: &str) -> String {
    let all: Vec<Token> = tokens(text).filter(|token| token.kind != Kind::Comment).collect();
    let mut taken = text.to_owned();
    for pair in all.windows(2) {
        let [before, comma] = pair else { continue };
        if before.kind != Kind::Break || comma.text(text) != "," {
            continue;
        }
        report(builder, text, *comma);
        taken.replace_range(comma.start..comma.end, " ");
    }
    taken
}

fn report(builder: &mut Builder<'_>, text: &str, comma: Token) {
    let behind = text.get(comma.end..).unwrap_or_default();
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    let mut span = |end| builder.sources.span(builder.file, comma.start, end);
    let (place, with_blanks) = (span(comma.end), span(comma.end + blanks));
    builder.out.push(
        Diagnostic::error(
            UNREADABLE_ENTRY,
            place,
            "a comma ends a line, it doesn't begin one".to_owned(),
        )
        .label("the line break before it separates already")
        .help("remove it")
        .replace("remove it", with_blanks, ""),
    );
}
