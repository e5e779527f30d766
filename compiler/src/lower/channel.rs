//! Lowers topics and queues.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Options, Owner};

use super::{Lowering, label, owner_of};
use crate::codes;
use crate::constructs;
use crate::model::{Channel, ChannelKind, DeadLetter, Id, Order, Setting, TypeDecl};
use aqueduct_dsl::diagnostic::Diagnostic;

/// Starts of a handler before a message is dead, when nobody says otherwise.
const ATTEMPTS: u32 = 5;

impl Lowering {
    /// Channels first, their dead letters second: those are channels too.
    pub(super) fn channels(&mut self, entries: &[&ast::Entry]) {
        let mut declared = Vec::new();
        for entry in entries {
            let ast::Shape::Channel(channel) = &entry.shape else {
                continue;
            };
            match self.channel(channel, entry) {
                Some(id) => declared.push((id, channel)),
                None => self.names.broken(&channel.name.text),
            }
        }
        for (id, channel) in declared {
            let owner = match self.model.channels[id].kind {
                ChannelKind::Topic => Owner::Topic,
                ChannelKind::Queue { .. } => Owner::Queue,
            };
            let options = self.options(owner, &channel.block.entries);
            self.misplaced(&channel.kind.text, &options.others);
            self.model.channels[id].owner = owner_of(&options);
            self.model.channels[id].order = self.order(id, &options);
            let found = self.dead_letter(&options);
            let kept = limit(&options, "retain").filter(|kept| self.is_some_time(kept));
            if let ChannelKind::Queue {
                dead_letter,
                retain,
                visibility,
            } = &mut self.model.channels[id].kind
            {
                *retain = kept;
                *visibility = limit(&options, "visibility");
                if let Some(found) = found {
                    *dead_letter = found;
                }
            }
        }
    }

    /// Whether there is any time in which a message could be handled.
    fn is_some_time(&mut self, kept: &Setting<u64>) -> bool {
        if kept.value == 0 {
            self.out.push(
                Diagnostic::error(
                    codes::VALUE_DOES_NOT_FIT,
                    kept.span,
                    "a queue that retains nothing lets nothing be handled".to_owned(),
                )
                .label("every message would expire at once")
                .help("write how long a message may wait, as in `retain 14d`"),
            );
        }
        kept.value > 0
    }

    fn channel(&mut self, channel: &ast::Channel, entry: &ast::Entry) -> Option<Id<Channel>> {
        let kind = match channel.kind.text.as_str() {
            "topic" => ChannelKind::Topic,
            "queue" => ChannelKind::Queue {
                dead_letter: DeadLetter {
                    to: None,
                    after: Setting::default_of(ATTEMPTS),
                },
                retain: None,
                visibility: None,
            },
            other => {
                let construct = if other == "bus" {
                    constructs::BUS
                } else {
                    constructs::STREAM
                };
                self.note(&construct, channel.kind.span);
                return None;
            }
        };
        if let Some(external) = &channel.external {
            self.note(&constructs::EXTERN_CHANNEL, external.span);
            return None;
        }
        let Some(ty) = &channel.ty else {
            self.out.push(
                Diagnostic::error(
                    codes::ILL_FORMED_TYPE,
                    channel.name.span,
                    format!(
                        "{} `{}` doesn't say what it carries",
                        channel.kind.text, channel.name.text
                    ),
                )
                .label("no message type")
                .help(format!(
                    "write `{} {}: SomeEvent`",
                    channel.kind.text, channel.name.text
                )),
            );
            return None;
        };
        let carries = self.message_type(ty, "a channel carries a message")?;
        if !Self::is_free(&mut self.out, &self.names.channels, &channel.name) {
            return None;
        }
        let id = self.model.channels.push(Channel {
            label: label(&channel.name, entry),
            kind,
            carries,
            carries_span: ty.span,
            order: None,
            owner: None,
        });
        self.names.channels.add(&channel.name, id);
        Some(id)
    }

    /// `fifo by k`, or several fields in parentheses.
    fn order(&mut self, id: Id<Channel>, options: &Options<'_>) -> Option<Order> {
        let clause = options.get("fifo")?;
        let carries = self.model.channels[id].carries;
        let by = self.key_paths(carries, &clause.key("key")?)?;
        Some(Order {
            by,
            span: clause.span(),
        })
    }

    fn dead_letter(&mut self, options: &Options<'_>) -> Option<DeadLetter> {
        let clause = options.get("dead_letter")?;
        let Some((text, span)) = clause.number("count") else {
            return None;
        };
        let to = clause.word("queue").and_then(|name| {
            let found = self.find_channel(&name)?;
            Some((found, name.span))
        });
        let after = self.count(&text, span, "a dead letter comes after", 1..=1_000)?;
        Some(DeadLetter {
            to,
            after: Setting { value: after, span },
        })
    }

    /// The one message or record that a type names.
    pub(super) fn message_type(&mut self, ty: &ast::Type, why: &str) -> Option<Id<TypeDecl>> {
        let [simple] = ty.alternatives.as_slice() else {
            self.note(&constructs::UNION_CHANNEL, ty.span);
            return None;
        };
        let plain = simple.generics.is_empty() && simple.limits.is_empty() && !simple.optional;
        if !plain || super::types::SCALARS.contains(&simple.name.text.as_str()) {
            self.ill_formed(
                simple.span,
                format!("{why}, not a bare `{}`", simple.name.text),
                "no message of its own",
                "declare an `event` or a `command` with this field and name it here",
            );
            return None;
        }
        let id = self.find_type(&simple.name)?;
        if self.model.fields(id).is_empty()
            && !matches!(
                self.model.types[id].kind,
                crate::model::TypeKind::Message { .. } | crate::model::TypeKind::Record { .. }
            )
        {
            self.ill_formed(
                simple.span,
                format!("{why}, and `{}` has no fields", simple.name.text),
                "not a message and not a record",
                "name a message or a `type` with fields",
            );
            return None;
        }
        Some(id)
    }
}

fn limit(options: &Options<'_>, word: &str) -> Option<Setting<u64>> {
    let (value, span) = options.get(word)?.duration("limit")?;
    Some(Setting { value, span })
}
