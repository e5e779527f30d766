//! Findings as what rustc reports: errors as `compile_error!`, warnings as uses of something deprecated.

use aqueduct_compiler::Analysis;
use aqueduct_dsl::diagnostic::{Diagnostic, Severity};
use aqueduct_dsl::source::SpanId;
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote_spanned;

/// Everything that was found, each at its place.
pub(crate) fn findings(analysis: &Analysis, place: impl Fn(SpanId) -> Option<(Span, Span)>) -> TokenStream {
    let reports = analysis.findings.iter().map(|finding| {
        let (first, last) = place(finding.primary.span).unwrap_or((Span::call_site(), Span::call_site()));
        let related = finding.related.iter().chain(&finding.hops);
        let related: Vec<String> = related
            .map(
                |label| match place(label.span).map(|(first, _)| first.start().line) {
                    Some(line) if line > 0 => format!("line {line}: {}", label.text),
                    _ => label.text.clone(),
                },
            )
            .collect();
        let text = text(finding, &related);
        match finding.severity {
            Severity::Error => error(first, last, &format!("[{}] {text}", finding.code.0)),
            // rustc says what is deprecated, and that is called like the code.
            Severity::Warn | Severity::Hint => warning(first, finding.code.0, &text),
        }
    });
    reports.collect()
}

/// What is true, why this place, why it matters, what to do.
fn text(finding: &Diagnostic, related: &[String]) -> String {
    let mut lines = vec![finding.message.clone()];
    if !finding.primary.text.is_empty() {
        lines.push(format!("  here: {}", finding.primary.text));
    }
    lines.extend(related.iter().map(|line| format!("  {line}")));
    if !finding.targets.is_empty() {
        let targets: Vec<&str> = finding.targets.iter().map(smol_str::SmolStr::as_str).collect();
        lines.push(format!("  note: holds on {}", targets.join(" and ")));
    }
    lines.extend(finding.notes.iter().map(|note| format!("  note: {note}")));
    lines.extend(finding.help.iter().map(|help| format!("  help: {help}")));
    lines.push(format!("  more: aqueduct explain {}", finding.code.0));
    lines.join("\n")
}

/// `compile_error!` over all tokens from the first to the last, as rustc underlines them.
pub(crate) fn error(first: Span, last: Span, text: &str) -> TokenStream {
    let mut message = Literal::string(text);
    message.set_span(last);
    let mut group = Group::new(Delimiter::Brace, TokenTree::from(message).into());
    group.set_span(last);
    let mark = |character, spacing| {
        let mut mark = Punct::new(character, spacing);
        mark.set_span(first);
        TokenTree::from(mark)
    };
    let colons = || [mark(':', Spacing::Joint), mark(':', Spacing::Alone)];
    let mut tokens: Vec<TokenTree> = Vec::new();
    tokens.extend(colons());
    tokens.push(Ident::new("core", first).into());
    tokens.extend(colons());
    tokens.push(Ident::new("compile_error", first).into());
    tokens.push(mark('!', Spacing::Alone));
    tokens.push(group.into());
    tokens.into_iter().collect()
}

/// A use of something deprecated: `deny(warnings)` makes an error of it, `allow(deprecated)` silences it.
pub(crate) fn warning(span: Span, code: &str, text: &str) -> TokenStream {
    let name = Ident::new(code, span);
    quote_spanned! {span=>
        const _: () = {
            #[deprecated(note = #text)]
            const #name: () = ();
            #name
        };
    }
}
