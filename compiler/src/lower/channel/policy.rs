//! Lowers what is promised about the messages of a channel beside its kind and order.

use aqueduct_dsl::ast::{self, Literal};
use aqueduct_dsl::clauses::{Matched, Options};
use aqueduct_dsl::diagnostic::Diagnostic;

use super::super::Lowering;
use crate::codes;
use crate::model::{
    Batch, Capacity, Channel, Dedup, Encryption, Id, Key, Policy, Reason, Setting, TypeDecl, WhenFull,
};

impl Lowering {
    pub(super) fn policy(&mut self, id: Id<Channel>, options: &Options<'_>) -> Policy {
        let carries = self.model.channels[id].carries;
        let no_dead_letter = options
            .get("dead_letter")
            .filter(|clause| clause.has("none"))
            .and_then(reason);
        Policy {
            partition: self.order(id, options, "partition"),
            dedup: options
                .get("dedup")
                .and_then(|clause| self.dedup(carries, clause)),
            retain: None,
            expire: self.time(options, "expire", "limit"),
            delay: self.time(options, "delay", "time"),
            archive: self.time(options, "archive", "limit"),
            capacity: options.get("capacity").and_then(|clause| self.capacity(clause)),
            block_after: options
                .get("block")
                .and_then(|clause| self.attempts(clause, "a lane blocks after")),
            drop_after: options.get("drop").and_then(|clause| {
                let after = self.attempts(clause, "a message is dropped after")?;
                Some((after, reason(clause)?))
            }),
            no_dead_letter,
            invalid: options.get("invalid").and_then(|clause| {
                let name = clause.word("queue")?;
                Some((self.find_channel(&name)?, name.span))
            }),
            encrypt: options.get("encrypt").map(|clause| match reason(clause) {
                Some(because) => Encryption::Off(because),
                None => Encryption::On(clause.span()),
            }),
            batch: options
                .get("batch")
                .and_then(|clause| self.batch(Some(carries), clause)),
        }
    }

    /// `dedup by k for 5m`
    pub(in crate::lower) fn dedup(&mut self, of: Id<TypeDecl>, clause: &Matched<'_>) -> Option<Dedup> {
        let by = self.key_paths(of, &clause.key("key")?)?;
        let window = self.some_time(clause.duration("window")?)?.value;
        Some(Dedup {
            by,
            window,
            span: clause.span(),
        })
    }

    fn capacity(&mut self, clause: &Matched<'_>) -> Option<Capacity> {
        let (text, span) = clause.number("count")?;
        let count = self.count(&text, span, "a capacity is", 1..=1_000_000_000)?;
        let action = clause.word("action")?;
        let oldest = clause.has("oldest");
        let otherwise = match (action.text.as_str(), oldest) {
            ("block", false) => WhenFull::Block,
            ("reject", false) => WhenFull::Reject,
            ("drop", true) => WhenFull::DropOldest,
            _ => {
                let (label, help) = if oldest {
                    (
                        "only what is dropped is the oldest",
                        "write `else block`, `else reject` or `else drop oldest`",
                    )
                } else {
                    ("drops which one?", "write `else drop oldest`")
                };
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        action.span,
                        "this is nothing that a full channel does",
                    )
                    .label(label)
                    .help(help),
                );
                return None;
            }
        };
        Some(Capacity {
            count,
            otherwise,
            span: clause.span(),
        })
    }

    /// So many starts of a handler.
    fn attempts(&mut self, clause: &Matched<'_>, what: &str) -> Option<Setting<u32>> {
        let (text, span) = clause.number("count")?;
        let value = self.count(&text, span, what, 1..=1_000)?;
        Some(Setting { value, span })
    }

    /// `batch 500 within 2s`, `batch 5MB | 60s`: a number of messages, bytes or a time, whichever comes first.
    pub(in crate::lower) fn batch(
        &mut self,
        of: Option<Id<TypeDecl>>,
        clause: &Matched<'_>,
    ) -> Option<Batch> {
        let mut batch = Batch {
            count: None,
            bytes: None,
            within: clause.duration("time").map(|(time, _)| time),
            parallel_by: self.parallel_by(of, clause)?,
            split: clause.has("split"),
            span: clause.span(),
        };
        for limit in clause.expr("limit")?.alternatives() {
            match limit.as_literal() {
                Some(Literal::Number(text)) if batch.count.is_none() => {
                    batch.count = Some(self.count(text, limit.span, "a batch has", 1..=100_000)?);
                }
                Some(Literal::Size(bytes)) if batch.bytes.is_none() && *bytes > 0 => {
                    batch.bytes = Some(*bytes);
                }
                Some(Literal::Duration(time)) if batch.within.is_none() && *time > 0 => {
                    batch.within = Some(*time);
                }
                _ => {
                    self.no_limit(limit);
                    return None;
                }
            }
        }
        Some(batch)
    }

    fn no_limit(&mut self, limit: &ast::Expr) {
        self.out.push(
            Diagnostic::error(codes::VALUE_DOES_NOT_FIT, limit.span, "this bounds no batch")
                .label("no number, size or time, or the second of its kind")
                .help("write how many messages, bytes or how long: `batch 500 within 2s`, `batch 5MB | 60s`"),
        );
    }

    /// The key, if there is one; nothing when it has an error.
    #[expect(
        clippy::option_option,
        reason = "whether it is sound, and whether it is there"
    )]
    fn parallel_by(&mut self, of: Option<Id<TypeDecl>>, clause: &Matched<'_>) -> Option<Option<Key>> {
        match (of, clause.key("key")) {
            (Some(of), Some(names)) => self.key_paths(of, &names).map(Some),
            _ => Some(None),
        }
    }
}

/// The author's reason.
pub(in crate::lower) fn reason(clause: &Matched<'_>) -> Option<Reason> {
    let (text, _) = clause.text("reason")?;
    Some(Reason {
        text: text.into(),
        span: clause.span(),
    })
}
