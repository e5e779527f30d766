//! A filter policy for the bodies of messages: at least one of several conjunctions holds.

use std::fmt;

use indexmap::{IndexMap, IndexSet};
use smol_str::SmolStr;

use super::condition::{Both, Condition, both, json};

/// What SNS has a meaning of its own for, of all that can be the name of a field.
const OPERATORS: [&str; 6] = ["numeric", "prefix", "suffix", "exists", "cidr", "wildcard"];

/// Fields, each with what is asked of it: every field has to give a yes to one of its questions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conjunction {
    /// Paths, none the beginning of another; no list is empty.
    pub fields: IndexMap<Vec<SmolStr>, Vec<Condition>>,
}

/// What a subscription lets through; its text is the JSON of SNS, to be used with `FilterPolicyScope: MessageBody`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterPolicy {
    /// At least one; more are an `$or`.
    pub alternatives: Vec<Conjunction>,
}

impl Conjunction {
    pub(super) fn of(path: &[SmolStr], conditions: Vec<Condition>) -> Self {
        let mut fields = IndexMap::new();
        let _ = fields.insert(path.to_vec(), conditions);
        Self { fields }
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Both as one: `Ok(None)` when nothing fits both, an error with the field for which a policy can't say it.
    pub(super) fn and(&self, other: &Self) -> Result<Option<Self>, Vec<SmolStr>> {
        let mut all = self.clone();
        for (path, asked) in &other.fields {
            let Some(known) = all.fields.get_mut(path) else {
                let _ = all.fields.insert(path.clone(), asked.clone());
                continue;
            };
            let mut together = Vec::new();
            for (one, more) in known
                .iter()
                .flat_map(|one| asked.iter().map(move |more| (one, more)))
            {
                match both(one, more) {
                    Both::One(condition) if together.contains(&condition) => {}
                    Both::One(condition) => together.push(condition),
                    Both::Never => {}
                    Both::Unsayable => return Err(path.clone()),
                }
            }
            if together.is_empty() {
                return Ok(None);
            }
            *known = together;
        }
        Ok(Some(all))
    }

    /// One conjunction in place of two, if they ask for the same but for one field.
    fn or(&self, other: &Self) -> Option<Self> {
        if self.fields.len() != other.fields.len() {
            return None;
        }
        let mut differing = self
            .fields
            .iter()
            .filter(|(path, asked)| other.fields.get(*path) != Some(*asked));
        let Some((path, _)) = differing.next() else {
            return Some(self.clone());
        };
        let more = other.fields.get(path)?;
        if differing.next().is_some() {
            return None;
        }
        let mut merged = self.clone();
        let known = merged.fields.get_mut(path)?;
        for condition in more {
            if !known.contains(condition) {
                known.push(condition.clone());
            }
        }
        // What an absent field answers comes first: SNS doesn't mind the order, and emulators of it do.
        known.sort_by_key(|condition| *condition != Condition::Absent);
        Some(merged)
    }

    /// As SNS counts: the number of questions of each field times its depth, all multiplied.
    fn combinations(&self) -> u64 {
        self.fields.iter().fold(1, |product: u64, (path, asked)| {
            product
                .saturating_mul(asked.len() as u64)
                .saturating_mul(path.len() as u64)
        })
    }
}

/// Everything that one or the other lets through.
pub(super) fn either(one: Vec<Conjunction>, other: Vec<Conjunction>) -> Vec<Conjunction> {
    let mut all = one;
    for more in other {
        match all
            .iter_mut()
            .find_map(|known| known.or(&more).map(|merged| (known, merged)))
        {
            Some((known, merged)) => *known = merged,
            None => all.push(more),
        }
    }
    all
}

impl FilterPolicy {
    /// The fields that it asks about, each once: SNS counts those, and not the records around them.
    pub fn keys(&self) -> IndexSet<&[SmolStr]> {
        self.paths().collect()
    }

    /// A field that SNS would read as an operator, or that would make it read `$or` as a field.
    ///
    /// The outermost fields of a policy without alternatives are safe: nothing but a name can stand there.
    pub fn mistakable(&self) -> Option<&SmolStr> {
        let safe = usize::from(self.alternatives.len() == 1);
        let mut names = self.paths().flat_map(|path| path.iter().skip(safe));
        names.find(|name| OPERATORS.contains(&name.as_str()))
    }

    fn paths(&self) -> impl Iterator<Item = &[SmolStr]> {
        let fields = self.alternatives.iter().flat_map(|one| one.fields.keys());
        fields.map(Vec::as_slice)
    }

    /// How complex it is to SNS.
    pub fn combinations(&self) -> u64 {
        self.alternatives
            .iter()
            .fold(0, |sum: u64, one| sum.saturating_add(one.combinations()))
    }
}

impl fmt::Display for FilterPolicy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.alternatives.as_slice() {
            [only] => only.fmt(out),
            several => {
                let several: Vec<String> = several.iter().map(Conjunction::to_string).collect();
                write!(out, r#"{{"$or":[{}]}}"#, several.join(","))
            }
        }
    }
}

impl fmt::Display for Conjunction {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<Asked<'_>> = self
            .fields
            .iter()
            .map(|(path, asked)| (path.as_slice(), asked.as_slice()))
            .collect();
        out.write_str(&object(&fields))
    }
}

/// A path with what is asked at its end.
type Asked<'a> = (&'a [SmolStr], &'a [Condition]);

/// Fields with a common first name share an object.
fn object(fields: &[Asked<'_>]) -> String {
    let mut members: IndexMap<&SmolStr, Vec<Asked<'_>>> = IndexMap::new();
    for (path, asked) in fields {
        if let Some((first, rest)) = path.split_first() {
            members.entry(first).or_default().push((rest, asked));
        }
    }
    let members: Vec<String> = members
        .iter()
        .map(|(name, inner)| {
            let value = match inner.as_slice() {
                [([], asked)] => {
                    let asked: Vec<String> = asked.iter().map(Condition::to_string).collect();
                    format!("[{}]", asked.join(","))
                }
                inner => object(inner),
            };
            format!("{}:{value}", json(name))
        })
        .collect();
    format!("{{{}}}", members.join(","))
}
