//! A sequence diagram in the making: who takes part, and what is said in which order.

use askama::Template;

#[derive(Debug, Template)]
#[template(path = "mermaid/sequence.mmd", escape = "mmdline")]
pub(super) struct Sequence {
    header: String,
    title: String,
    /// Their names; in lines they are numbers.
    participants: Vec<String>,
    /// Each with its indentation.
    lines: Vec<(String, Line)>,
}

/// One line of a diagram.
#[derive(Debug)]
enum Line {
    Arrow {
        from: usize,
        arrow: &'static str,
        to: usize,
        text: String,
    },
    Note {
        from: usize,
        to: usize,
        text: String,
    },
    /// A block, or its next part.
    Open {
        word: &'static str,
        text: String,
    },
    Close,
}

/// How something is said.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tone {
    /// An answer is waited for.
    Call,
    /// The answer.
    Answer,
    /// The answer is no.
    Refusal,
    /// Nobody waits.
    Send,
    /// It is not known to arrive.
    Lost,
}

impl Tone {
    fn arrow(self) -> &'static str {
        match self {
            Self::Call => "->>",
            Self::Answer => "-->>",
            Self::Refusal => "--x",
            Self::Send => "-)",
            Self::Lost => "-x",
        }
    }
}

impl Sequence {
    pub(super) fn new(header: String, title: String) -> Self {
        Self {
            header,
            title,
            participants: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// The number of a participant, who joins at the right if he wasn't there.
    pub(super) fn who(&mut self, name: &str) -> usize {
        let known = self.participants.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.participants.push(name.to_owned());
            self.last()
        })
    }

    pub(super) fn say(&mut self, from: usize, tone: Tone, to: usize, text: impl Into<String>) {
        self.add(Line::Arrow {
            from,
            arrow: tone.arrow(),
            to,
            text: text.into(),
        });
    }

    pub(super) fn note(&mut self, over: usize, text: impl Into<String>) {
        self.add(Line::Note {
            from: over,
            to: over,
            text: text.into(),
        });
    }

    /// A note from one to another, who may be the same.
    pub(super) fn note_across(&mut self, from: usize, to: usize, text: impl Into<String>) {
        self.add(Line::Note {
            from: from.min(to),
            to: from.max(to),
            text: text.into(),
        });
    }

    pub(super) fn open(&mut self, word: &'static str, text: impl Into<String>) {
        self.add(Line::Open {
            word,
            text: text.into(),
        });
    }

    /// Says a note in other words, if nothing has come after it; whether it was the last.
    pub(super) fn reword(&mut self, old: &str, new: &str) -> bool {
        match self.lines.last_mut() {
            Some((_, Line::Note { text, .. })) if text == old => {
                new.clone_into(text);
                true
            }
            _ => false,
        }
    }

    pub(super) fn close(&mut self) {
        self.add(Line::Close);
    }

    /// The number of the rightmost participant.
    pub(super) fn last(&self) -> usize {
        self.participants.len().saturating_sub(1)
    }

    fn add(&mut self, line: Line) {
        let opened = self.lines.iter().filter(|(_, line)| opens(line)).count();
        let closed = self
            .lines
            .iter()
            .filter(|(_, line)| matches!(line, Line::Close))
            .count();
        let depth = opened.saturating_sub(closed);
        let outdented = matches!(&line, Line::Close | Line::Open { word: NEXT, .. });
        let depth = depth.saturating_sub(usize::from(outdented));
        self.lines.push(("  ".repeat(depth + 1), line));
    }
}

/// The word that begins the next part of a block.
pub(super) const NEXT: &str = "and";

fn opens(line: &Line) -> bool {
    matches!(line, Line::Open { word, .. } if *word != NEXT)
}
