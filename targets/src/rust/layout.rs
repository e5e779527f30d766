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
            head @ (Self::Text(_) | Self::Call(..) | Self::Array(_)) => Self::Chain(Box::new(head), vec![link]),
        }
    }

    /// On one line.
    pub(crate) fn flat(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Call(callee, args) => format!("{callee}({})", list(args)),
            Self::Array(items) => format!("[{}]", list(items)),
            Self::Chain(head, links) => {
                let links = links.iter().map(|(name, args)| format!(".{name}({})", list(args)));
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
            Self::Call(callee, args) => format!("{callee}({}", vertical(args, indent, ")")),
            Self::Array(_) if fits && flat.len() <= SMALL_WIDTH + 2 => flat,
            Self::Array(items) => format!("[{}", vertical(items, indent, "]")),
            Self::Chain(_, _) if fits && flat.len() <= SMALL_WIDTH => flat,
            Self::Chain(head, links) => {
                let mut lines = head.lay(indent, 0);
                for (name, args) in links {
                    lines.push('\n');
                    lines.push_str(&" ".repeat(indent + 4));
                    lines.push('.');
                    lines.push_str(&Self::Call(name.clone(), args.clone()).lay(indent + 5, after).replace(
                        // A call inside a chain begins one column later than its closing parenthesis stands.
                        &format!("\n{}", " ".repeat(indent + 5)),
                        &format!("\n{}", " ".repeat(indent + 4)),
                    ));
                }
                lines
            }
        }
    }
}

fn list(items: &[Code]) -> String {
    items.iter().map(Code::flat).collect::<Vec<_>>().join(", ")
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
        let code = call("Shape::record", [text("\"RideCompleted\""), Code::Array(vec![text("a".repeat(50)), text("b".repeat(50))])]);
        let expected = format!(
            "Shape::record(\n    \"RideCompleted\",\n    [\n        {},\n        {},\n    ],\n)",
            "a".repeat(50),
            "b".repeat(50)
        );
        assert_eq!(code.lay(0, 0), expected);
    }
}
