//! The clause table: every option of the language as data, and how a clause is matched against it.
//!
//! A row says where a clause may stand, what follows its word and what it means. The reference, completion, defaults
//! and the wording of errors come from the rows, so that a new option is a new row and nothing else.

mod channel;
mod complaint;
mod file;
mod matched;
mod operation;
mod owner;
mod pattern;
mod route;
mod saga;
mod say;
mod scenario;
mod service;

use std::collections::BTreeSet;
use std::sync::LazyLock;

pub(crate) use complaint::DECLARING;
pub use matched::{Matched, Options};
pub use owner::Owner;

use crate::ast;
use crate::diagnostic::Diagnostic;
use pattern::Pattern;

/// One way to write one option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What the clause begins with.
    pub word: &'static str,
    /// Where it may stand.
    pub owners: &'static [Owner],
    /// The word and what follows it: words, `<hole:kind>`, and `[…]` around what may be left out.
    pub pattern: &'static str,
    /// Whether it may stand more than once.
    pub many: bool,
    /// The clause that holds when none is written.
    pub default: Option<&'static str>,
    /// What it is for, as half a sentence.
    pub meaning: &'static str,
    /// The rules that read it.
    pub rules: &'static [&'static str],
    /// Who carries it out; every other target refuses it rather than ignores it.
    pub carried: Carried,
    /// What its block is, if it may have one.
    pub block: Option<Owner>,
    /// Whether it begins a flow, so that an arrow has to follow.
    pub leads: bool,
}

/// Who carries a clause out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// These targets, by their words; every other refuses it.
    By(&'static [&'static str]),
    /// Nothing has to run for it: it is said about the system, and the model, the rules and the documents keep it.
    Stated,
}

impl Carried {
    /// Whether a target can be given it.
    pub fn by(self, target: &str) -> bool {
        match self {
            Self::By(targets) => targets.contains(&target),
            Self::Stated => true,
        }
    }

    /// Whether there is anybody at all who can be given it.
    pub fn anywhere(self) -> bool {
        self != Self::By(&[])
    }
}

impl Row {
    /// A clause that stands once.
    const fn once(owners: &'static [Owner], pattern: &'static str, meaning: &'static str) -> Self {
        Self {
            word: first_word(pattern),
            owners,
            pattern,
            many: false,
            default: None,
            meaning,
            rules: &[],
            carried: Carried::By(&[]),
            block: None,
            leads: false,
        }
    }

    /// A clause that stands as often as it is true.
    const fn many(owners: &'static [Owner], pattern: &'static str, meaning: &'static str) -> Self {
        let mut row = Self::once(owners, pattern, meaning);
        row.many = true;
        row
    }

    /// Every target that is built for carries it.
    const fn carried(mut self) -> Self {
        self.carried = Carried::By(&["local", "aws"]);
        self
    }

    /// There is nothing to run.
    const fn stated(mut self) -> Self {
        self.carried = Carried::Stated;
        self
    }

    const fn default(mut self, clause: &'static str) -> Self {
        self.default = Some(clause);
        self
    }

    const fn block(mut self, owner: Owner) -> Self {
        self.block = Some(owner);
        self
    }

    const fn leads(mut self) -> Self {
        self.leads = true;
        self
    }

    const fn rules(mut self, rules: &'static [&'static str]) -> Self {
        self.rules = rules;
        self
    }

    /// Its pattern for people: `done <message>`, `wait <time> else <fault>`.
    pub fn shown(&self) -> String {
        let mut text = String::new();
        let mut kind = false;
        for letter in self.pattern.chars() {
            kind = (kind || letter == ':') && letter != '>';
            if !kind {
                text.push(letter);
            }
        }
        text
    }

    /// A clause of this row in full, everything optional left out.
    pub fn example(&self) -> String {
        TABLE
            .iter()
            .find(|known| std::ptr::eq(known.row, self) || known.row == self)
            .map(|known| known.pattern.example(self.word))
            .unwrap_or_default()
    }
}

/// A pattern's text up to its first blank.
const fn first_word(pattern: &'static str) -> &'static str {
    let bytes = pattern.as_bytes();
    let mut at = 0;
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        if *byte == b' ' {
            break;
        }
        at += 1;
        rest = tail;
    }
    pattern.split_at(at).0
}

/// A row with its pattern taken apart.
struct Known {
    row: &'static Row,
    pattern: Pattern,
}

/// All rows, in the order in which they are documented.
static TABLE: LazyLock<Vec<Known>> = LazyLock::new(|| {
    rows()
        .map(|row| Known {
            row,
            pattern: Pattern::compile(row.pattern),
        })
        .collect()
});

/// The rows of all tables, in the order in which they are documented.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    groups().into_iter().flat_map(|(_, rows)| rows)
}

/// All tables, each under what it speaks of.
pub fn groups() -> [(&'static str, &'static [Row]); 7] {
    [
        ("Files, messages and judgement", file::ROWS),
        ("Channels", channel::ROWS),
        ("Routes and scatters", route::ROWS),
        ("Services", service::ROWS),
        ("Operations", operation::ROWS),
        ("Sagas and choreographies", saga::ROWS),
        ("Scenarios", scenario::ROWS),
    ]
}

fn rows_of(owner: Owner, word: &str) -> impl Iterator<Item = &'static Known> + '_ {
    TABLE
        .iter()
        .filter(move |known| known.row.word == word && known.row.owners.contains(&owner))
}

/// Where a clause is carried that is written like one that isn't.
pub fn carriers(row: &Row) -> impl Iterator<Item = Owner> {
    let same = |other: &&Row| other.carried.anywhere() && other.pattern == row.pattern;
    rows().filter(same).flat_map(|other| other.owners.iter().copied())
}

/// Where in the table the clauses of this owner with a word are.
pub(crate) fn rank(owner: Owner, word: &str) -> Option<usize> {
    let is_row = |known: &Known| known.row.word == word && known.row.owners.contains(&owner);
    TABLE.iter().position(is_row)
}

/// Whether clauses of this owner may begin with a word. A stage between arrows that does not is a channel.
pub fn has_word(owner: Owner, word: &str) -> bool {
    rows_of(owner, word).next().is_some()
}

/// Whether a key or an expression follows this word somewhere: parentheses behind it group, and call nothing.
pub fn groups_after(word: &str) -> bool {
    static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
        let rows = TABLE.iter();
        rows.flat_map(|known| known.pattern.before_groups(known.row.word))
            .collect()
    });
    WORDS.contains(word)
}

/// Reads the clauses of a block. What matches no row has its diagnostic; other shapes are handed on untouched.
pub fn read<'a>(owner: Owner, entries: &'a [ast::Entry], out: &mut Vec<Diagnostic>) -> Options<'a> {
    let mut options = Options::default();
    for entry in entries {
        if let ast::Shape::Field(field) = &entry.shape
            && let Some(complaint) = complaint::colon(owner, field, entry.span)
        {
            out.push(complaint);
            continue;
        }
        let Some(clause) = alone(entry).filter(|clause| !owner.is_open_to(clause)) else {
            options.others.push(entry);
            continue;
        };
        match matching(owner, clause) {
            Ok(matched) if matched.row.leads => out.push(complaint::leads_nowhere(&matched)),
            Ok(matched) => match options.get(matched.row.word) {
                Some(first) if !matched.row.many => out.push(complaint::twice(first, &matched)),
                _ => options.clauses.push(matched),
            },
            Err(complaint) => {
                let before = options.clauses.last();
                let listed = before.and_then(|before| complaint::listed(before, clause));
                out.push(listed.unwrap_or(complaint));
            }
        }
    }
    options
}

/// The clause of a flow without arrows.
fn alone(entry: &ast::Entry) -> Option<&ast::Clause> {
    let ast::Shape::Flow(flow) = &entry.shape else {
        return None;
    };
    let [clause] = flow.clauses.as_slice() else {
        return None;
    };
    Some(clause)
}

/// Matches one clause, such as a stage between arrows, against the rows of an owner.
#[expect(
    clippy::result_large_err,
    reason = "a finding is rare, and callers push it as it is"
)]
pub fn matching(owner: Owner, clause: &ast::Clause) -> Result<Matched<'_>, Diagnostic> {
    let ast::Head::Word(word) = &clause.head else {
        return Err(complaint::not_a_clause(owner, clause));
    };
    let mut failures = Vec::new();
    for known in rows_of(owner, &word.text) {
        match known.pattern.matches(&clause.args) {
            Ok(_) if clause.block.is_some() && known.row.block.is_none() => {
                return Err(complaint::no_block(known.row, clause));
            }
            Ok(bindings) => return Ok(Matched::new(known.row, clause, bindings)),
            Err(found) => failures.extend(found.into_iter().map(|failure| (known.row, failure))),
        }
    }
    if failures.is_empty() {
        return Err(complaint::unknown(owner, word, clause));
    }
    Err(complaint::arguments(owner, word, clause, &failures))
}

#[cfg(test)]
mod tests;
