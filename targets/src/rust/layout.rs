//! Lays out calls, chains and arrays as rustfmt does by default, so that generated code is formatted code.
//!
//! The widths are those of rustfmt's `use_small_heuristics = "Default"` at `max_width = 100`.

const MAX_WIDTH: usize = 100;
const SMALL_WIDTH: usize = 60;

/// An expression.
#[derive(Debug, Clone)]
pub(crate) enum Code {
    /// Stands on one line.
    Text(String),
    /// `callee(args)`
    Call(String, Vec<Code>),
    /// `[items]`
    Array(Vec<Code>),
    /// `head.call(args).call(args)`
    Chain(Box<Code>, Vec<(String, Vec<Code>)>),
}

pub(crate) fn text(text: impl Into<String>) -> Code {
    Code::Text(text.into())
}

pub(crate) fn call(callee: impl Into<String>, args: impl IntoIterator<Item = Code>) -> Code {
    Code::Call(callee.into(), args.into_iter().collect())
}

impl Code {
    /// `self.name(args)`
    pub(crate) fn then(self, name: impl Into<String>, args: impl IntoIterator<Item = Code>) -> Self {
        let link = (name.into(), args.into_iter().collect());
        match self {
            Self::Chain(head, mut links) => {
                links.push(link);
                Self::Chain(head, links)
            }
            head @ (Self::Text(_) | Self::Call(..) | Self::Array(_)) => {
                Self::Chain(Box::new(head), vec![link])
            }
        }
    }

    /// On one line.
    pub(crate) fn flat(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Call(callee, args) => format!("{callee}({})", list(args)),
            Self::Array(items) => format!("[{}]", list(items)),
            Self::Chain(head, links) => {
                let links = links
                    .iter()
                    .map(|(name, args)| format!(".{name}({})", list(args)));
                head.flat() + &links.collect::<String>()
            }
        }
    }

    /// As lines; the first continues what stands at `indent`, `after` columns follow the last.
    pub(crate) fn lay(&self, indent: usize, after: usize) -> String {
        let flat = self.flat();
        let fits = indent + flat.len() + after <= MAX_WIDTH;
        match self {
            Self::Text(_) => flat,
            Self::Call(_, args) if fits && list(args).len() <= SMALL_WIDTH => flat,
            Self::Call(callee, args) => format!("{callee}({})", opened(args, indent)),
            Self::Array(_) if fits && flat.len() <= SMALL_WIDTH + 2 => flat,
            Self::Array(items) => format!("[{}", items_of(items, indent)),
            Self::Chain(_, links) if fits && (links.len() == 1 || flat.len() <= SMALL_WIDTH) => flat,
            Self::Chain(head, links) => chain(head, links, indent, after),
        }
    }
}

/// What stands in an array that doesn't fit: a call alone opens there, others stand below it.
fn items_of(items: &[Code], indent: usize) -> String {
    match items {
        [Code::Call(callee, inner)] => format!("{callee}({})]", opened(inner, indent)),
        _ => vertical(items, indent, "]"),
    }
}

fn list(items: &[Code]) -> String {
    items.iter().map(Code::flat).collect::<Vec<_>>().join(", ")
}

/// Arguments that don't fit on the line of their callee: a call or an array alone opens there, others stand below it.
fn opened(args: &[Code], indent: usize) -> String {
    match args {
        [] => String::new(),
        [Code::Call(callee, inner)] => format!("{callee}({})", opened(inner, indent)),
        [Code::Array(items)] => format!("[{}", items_of(items, indent)),
        [Code::Chain(head, links)] if opens(links) && !breaks_inside(links, indent + 4) => {
            chain(head, links, indent, 1)
        }
        _ => vertical(args, indent, ""),
    }
}

/// Whether a chain is one link whose only argument ends in an array: that one can open on the line of the chain.
fn opens(links: &[(String, Vec<Code>)]) -> bool {
    fn ends_in_array(args: &[Code]) -> bool {
        match args {
            [Code::Array(_)] => true,
            [Code::Call(_, inner)] => ends_in_array(inner),
            _ => false,
        }
    }
    matches!(links, [(_, args)] if ends_in_array(args))
}

/// Whether a chain inside has to be broken over lines: then rustfmt doesn't let the one around it open either.
fn breaks_inside(links: &[(String, Vec<Code>)], indent: usize) -> bool {
    fn breaks(code: &Code, indent: usize) -> bool {
        match code {
            Code::Text(_) => false,
            Code::Call(_, inner) => inner.iter().any(|code| breaks(code, indent)),
            Code::Array(inner) => inner.iter().any(|code| breaks(code, indent + 4)),
            Code::Chain(..) => code.lay(indent, 1).contains('\n'),
        }
    }
    links
        .iter()
        .any(|(_, args)| args.iter().any(|code| breaks(code, indent)))
}

/// A chain over several lines. Links hang below a head that ends in the column where it began, and are indented
/// below one that doesn't; a single link stays with a head of one line.
fn chain(head: &Code, links: &[(String, Vec<Code>)], indent: usize, after: usize) -> String {
    let head_lines = head.lay(indent, 0);
    let several = head_lines.contains('\n');
    if let ([(name, args)], false, true) = (links, several, opens(links)) {
        return format!("{head_lines}.{name}({})", opened(args, indent));
    }
    let column = if several { indent } else { indent + 4 };
    links.iter().fold(head_lines, |lines, (name, args)| {
        let blank = " ".repeat(column);
        let link = call(name.as_str(), args.iter().cloned());
        let flat = link.flat();
        // The dot takes a column that the closing parenthesis doesn't.
        let fits = column + 1 + flat.len() + after <= MAX_WIDTH && list(args).len() <= SMALL_WIDTH;
        let laid = if fits {
            flat
        } else {
            format!("{name}({})", opened(args, column))
        };
        format!("{lines}\n{blank}.{laid}")
    })
}

fn vertical(items: &[Code], indent: usize, close: &str) -> String {
    let inner = indent + 4;
    let mut lines = String::from("\n");
    for item in items {
        lines.push_str(&" ".repeat(inner));
        lines.push_str(&item.lay(inner, 1));
        lines.push_str(",\n");
    }
    lines.push_str(&" ".repeat(indent));
    lines.push_str(close);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_chains_stay_on_a_line_and_long_ones_break_at_every_dot() {
        let short = call("Queue::new", [text("\"q\"")]).then("carries::<A>", []);
        assert_eq!(short.lay(8, 0), "Queue::new(\"q\").carries::<A>()");
        let long = call("Queue::new", [text("\"notifications\"")])
            .then("carries::<RideCompleted>", [])
            .then("dead_letter_after", [text("5")]);
        assert_eq!(
            long.lay(4, 0),
            "Queue::new(\"notifications\")\n        .carries::<RideCompleted>()\n        .dead_letter_after(5)"
        );
    }

    #[test]
    fn long_arguments_stand_one_below_the_other() {
        let code = call(
            "Shape::record",
            [
                text("\"RideCompleted\""),
                Code::Array(vec![text("a".repeat(50)), text("b".repeat(50))]),
            ],
        );
        let expected = format!(
            "Shape::record(\n    \"RideCompleted\",\n    [\n        {},\n        {},\n    ],\n)",
            "a".repeat(50),
            "b".repeat(50)
        );
        assert_eq!(code.lay(0, 0), expected);
    }
}
