//! Tokens, told apart without the grammar: for trimming, nesting and the search for slips.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name, a keyword; dots included.
    Word,
    /// Begins with a digit; a unit is part of it.
    Number,
    /// `"…"`
    Text,
    /// A `"` whose line ends before the next.
    OpenText,
    /// `///` or `//!`
    Doc,
    /// `// …`
    Comment,
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`
    Close,
    /// A line break.
    Break,
    /// Operators, commas and all else.
    Sign,
}

/// A token: bytes `start..end` of the text it was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    /// The token's own text.
    pub(crate) fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Signs of more than one character, longest first.
const SIGNS: [&str; 13] = [
    "...", "->", "==", "!=", ">=", "<=", "&&", "||", "..", "/*", "*/", "=>", "::",
];

/// The tokens of a text, blanks left out.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let blanks = rest
            .bytes()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let rest = rest.get(blanks..)?;
        let (kind, length) = token(rest)?;
        let start = at + blanks;
        at = start + length;
        Some(Token { kind, start, end: at })
    })
}

/// The lines of a text with their breaks; a `\r` alone is a break as well, as it is to the grammar.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = line_length(rest);
        let width = match rest.get(end..)? {
            "" if rest.is_empty() => return None,
            "" => 0,
            tail => 1 + usize::from(tail.starts_with("\r\n")),
        };
        let (line, later) = rest.split_at_checked(end + width)?;
        rest = later;
        Some(line)
    })
}

/// The token that a text begins with.
fn token(rest: &str) -> Option<(Kind, usize)> {
    let first = rest.chars().next()?;
    Some(match first {
        '\r' if rest.starts_with("\r\n") => (Kind::Break, 2),
        '\n' | '\r' => (Kind::Break, 1),
        '(' | '[' | '{' => (Kind::Open, 1),
        ')' | ']' | '}' => (Kind::Close, 1),
        '"' => text_token(rest),
        '/' if rest.starts_with("//") => {
            let documents = rest.starts_with("//!") || (rest.starts_with("///") && !rest.starts_with("////"));
            (
                if documents { Kind::Doc } else { Kind::Comment },
                line_length(rest),
            )
        }
        _ if first.is_ascii_alphabetic() || first == '_' => (Kind::Word, word_length(rest)),
        _ if first.is_ascii_digit() => (Kind::Number, number_length(rest)),
        _ => {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            (Kind::Sign, sign.map_or(first.len_utf8(), |sign| sign.len()))
        }
    })
}

/// Bytes until the line ends.
fn line_length(rest: &str) -> usize {
    rest.find(['\n', '\r']).unwrap_or(rest.len())
}

fn text_token(rest: &str) -> (Kind, usize) {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            b'\n' | b'\r' => return (Kind::OpenText, at),
            b'"' if !escaped => return (Kind::Text, at + 1),
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    (Kind::OpenText, rest.len())
}

/// A dot belongs to a word if a letter follows it.
fn word_length(rest: &str) -> usize {
    let mut bytes = rest.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        let inside = byte.is_ascii_alphanumeric()
            || byte == b'_'
            || byte == b'.' && bytes.peek().is_some_and(|(_, next)| next.is_ascii_alphabetic());
        if !inside {
            return at;
        }
    }
    rest.len()
}

/// A dot belongs to a number if a digit follows it; a share's sign belongs to it as well.
fn number_length(rest: &str) -> usize {
    let mut bytes = rest.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        if byte == b'%' {
            return at + 1;
        }
        let inside = byte.is_ascii_alphanumeric()
            || byte == b'_'
            || byte == b'.' && bytes.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !inside {
            return at;
        }
    }
    rest.len()
}

/// What is known of a file before it is read.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Where the comments are, in order; documentation is not among them.
    pub(crate) comments: Vec<(usize, usize)>,
    /// The bracket that is one level too deep.
    pub(crate) too_deep: Option<(usize, usize)>,
}

/// More levels of brackets than any architecture has; the parser recurses once for each.
pub(crate) const DEEPEST: usize = 64;

/// Looks over a text: comments, and whether its nesting can be read without running out of stack.
pub(crate) fn survey(text: &str) -> Survey {
    let mut found = Survey::default();
    let mut depth = 0_usize;
    let mut angles = 0_usize;
    for token in tokens(text) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Comment => found.comments.push((token.start, token.end)),
            Kind::Break => angles = 0,
            Kind::Sign => match token.text(text) {
                "<" => angles += 1,
                ">" => angles = angles.saturating_sub(1),
                _ => {}
            },
            Kind::Word | Kind::Number | Kind::Text | Kind::OpenText | Kind::Doc => {}
        }
        if (depth > DEEPEST || angles > DEEPEST) && found.too_deep.is_none() {
            found.too_deep = Some((token.start, token.end));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        tokens(text).map(|token| (token.kind, token.text(text))).collect()
    }

    #[test]
    fn words_keep_their_dots_and_numbers_their_units() {
        assert_eq!(
            kinds("a.b -> 1..64 99% 0.5s"),
            [
                (Kind::Word, "a.b"),
                (Kind::Sign, "->"),
                (Kind::Number, "1"),
                (Kind::Sign, ".."),
                (Kind::Number, "64"),
                (Kind::Number, "99%"),
                (Kind::Number, "0.5s"),
            ]
        );
    }

    #[test]
    fn comments_texts_and_documentation_are_told_apart() {
        assert_eq!(
            kinds("\"a // b\" /// c\r\n//// d\n\"e"),
            [
                (Kind::Text, "\"a // b\""),
                (Kind::Doc, "/// c"),
                (Kind::Break, "\r\n"),
                (Kind::Comment, "//// d"),
                (Kind::Break, "\n"),
                (Kind::OpenText, "\"e"),
            ]
        );
    }

    #[test]
    fn nesting_is_measured() {
        assert!(survey(&"(".repeat(64)).too_deep.is_none());
        assert_eq!(survey(&"(".repeat(65)).too_deep, Some((64, 65)));
        assert!(survey(&"list<".repeat(65)).too_deep.is_some());
    }
}
