//! How deeply tokens are nested, counted without going down: what reads them does go down, and the stack ends somewhere.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// As deep as anything is read; the language itself reads no deeper.
const DEEPEST: usize = 64;

/// What is said of anything deeper.
pub(crate) const REASON: &str = "this is nested more than 64 levels deep";

/// The first token that is too deep, brackets and angle brackets counted alike.
pub(crate) fn too_deep(tokens: TokenStream) -> Option<Span> {
    let mut waiting = vec![(tokens, 0_usize)];
    while let Some((tokens, depth)) = waiting.pop() {
        let mut angles = 0_usize;
        let mut before = ' ';
        for tree in tokens {
            let here = depth + angles;
            if here > DEEPEST {
                return Some(tree.span());
            }
            match tree {
                TokenTree::Group(group) => {
                    waiting.push((group.stream(), here + 1));
                    if group.delimiter() == Delimiter::Brace {
                        angles = 0;
                    }
                    before = ' ';
                }
                TokenTree::Punct(mark) => {
                    match mark.as_char() {
                        // `<<` shifts.
                        '<' if before == '<' => angles = angles.saturating_sub(1),
                        '<' => angles += 1,
                        // The end of an arrow closes nothing, and behind some marks `<` was a comparison.
                        '>' if before == '=' => angles = 0,
                        '>' if before != '-' => angles = angles.saturating_sub(1),
                        ';' => angles = 0,
                        _ => {}
                    }
                    before = mark.as_char();
                }
                TokenTree::Ident(_) | TokenTree::Literal(_) => before = ' ',
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_in_brackets_of_every_kind() {
        let nested = |open: &str, close: &str, depth: usize| {
            let text = format!("{}x{}", open.repeat(depth), close.repeat(depth));
            text.parse::<TokenStream>().unwrap()
        };
        for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("Vec<", ">")] {
            assert!(too_deep(nested(open, close, 64)).is_none());
            assert!(too_deep(nested(open, close, 20_000)).is_some());
        }
        for comparisons in ["a < b; ", "if a < b {}", "x if a < b => c,", "B = 1 << 0, "] {
            let block = format!("{{ {} }}", comparisons.repeat(1_000));
            assert!(too_deep(block.parse().unwrap()).is_none());
        }
    }
}
