//! Lowers channels: topics, queues, buses and streams, and what is promised about their messages.

mod policy;

pub(super) use policy::reason;

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Options, Owner};

use super::domain::Top;
use super::{Lowering, label, owner_of};
use crate::codes;
use crate::constructs;
use crate::model::{
    Channel, ChannelKind, DeadLetter, Domain, Id, Order, Outside, Policy, Setting, Type, TypeDecl, TypeKind,
};
use aqueduct_dsl::diagnostic::Diagnostic;

/// Starts of a handler before a message is dead, when nobody says otherwise.
const ATTEMPTS: u32 = 5;

impl Lowering {
    /// Channels first, what they say of other channels second.
    pub(super) fn channels(&mut self, entries: &[Top<'_>]) {
        let mut declared = Vec::new();
        for Top { entry, domain } in entries {
            let ast::Shape::Channel(channel) = &entry.shape else {
                continue;
            };
            self.enter(*domain);
            match self.channel(channel, entry, *domain) {
                Some(id) => declared.push((id, channel)),
                None => self.names.broken(&channel.name.text),
            }
        }
        for (id, channel) in declared {
            self.enter(self.model.channels[id].domain);
            let owner = match self.model.channels[id].kind {
                ChannelKind::Topic => Owner::Topic,
                ChannelKind::Queue { .. } => Owner::Queue,
                ChannelKind::Bus => Owner::Bus,
                ChannelKind::Stream => Owner::Stream,
            };
            let options = self.options(owner, &channel.block.entries);
            self.misplaced(&channel.kind.text, &options.others);
            self.model.channels[id].owner = owner_of(&options);
            self.model.channels[id].order = self.order(id, &options, "fifo");
            self.model.channels[id].policy = self.policy(id, &options);
            let found = self.dead_letter(&options);
            let kept = limit(&options, "retain").filter(|kept| self.is_some_time_to_keep(kept));
            match &mut self.model.channels[id].kind {
                ChannelKind::Queue {
                    dead_letter,
                    retain,
                    visibility,
                } => {
                    *retain = kept;
                    *visibility = limit(&options, "visibility");
                    if let Some(found) = found {
                        *dead_letter = found;
                    }
                }
                ChannelKind::Topic | ChannelKind::Bus | ChannelKind::Stream => {
                    self.model.channels[id].policy.retain = kept;
                }
            }
        }
    }

    /// Whether there is any time in which a message could be handled.
    fn is_some_time_to_keep(&mut self, kept: &Setting<u64>) -> bool {
        if kept.value == 0 {
            self.out.push(
                Diagnostic::error(
                    codes::VALUE_DOES_NOT_FIT,
                    kept.span,
                    "a channel that retains nothing lets nothing be handled".to_owned(),
                )
                .label("every message would expire at once")
                .help("write how long a message may wait, as in `retain 14d`"),
            );
        }
        kept.value > 0
    }

    fn channel(
        &mut self,
        channel: &ast::Channel,
        entry: &ast::Entry,
        domain: Option<Id<Domain>>,
    ) -> Option<Id<Channel>> {
        let kind = match channel.kind.text.as_str() {
            "topic" => ChannelKind::Topic,
            "bus" => ChannelKind::Bus,
            "stream" => ChannelKind::Stream,
            _ => ChannelKind::Queue {
                dead_letter: DeadLetter {
                    to: None,
                    after: Setting::default_of(ATTEMPTS),
                },
                retain: None,
                visibility: None,
            },
        };
        match kind {
            ChannelKind::Bus => self.note(&constructs::BUS, channel.kind.span),
            ChannelKind::Stream => self.note(&constructs::STREAM, channel.kind.span),
            ChannelKind::Topic | ChannelKind::Queue { .. } => {}
        }
        let external = channel.external.as_ref().map(|word| {
            self.note(&constructs::EXTERN_CHANNEL, word.span);
            let outside = match word.text.split(' ').next_back() {
                Some("in") => Outside::In,
                Some("out") => Outside::Out,
                _ => Outside::Both,
            };
            (outside, word.span)
        });
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
        let carries = self.carried_type(ty)?;
        let in_full = self.names.in_full(&channel.name.text);
        if !Self::is_free_as(&mut self.out, &self.names.channels, &channel.name, &in_full) {
            return None;
        }
        let id = self.model.channels.push(Channel {
            label: label(&channel.name, entry),
            domain,
            kind,
            external,
            carries,
            carries_span: ty.span,
            order: None,
            policy: Policy::default(),
            owner: None,
        });
        self.names.channels.add_as(in_full, channel.name.span, id);
        Some(id)
    }

    /// What a handler is given: a message, one of several, or whatever there is.
    pub(super) fn given_type(&mut self, ty: &ast::Type) -> Option<Id<TypeDecl>> {
        if matches!(ty.alternatives.as_slice(), [only] if only.name.text == "any") {
            return self.carried_type(ty);
        }
        self.message_type(ty, "a handler is given a message")
    }

    /// What a channel carries: a message, one of several, or whatever there is.
    fn carried_type(&mut self, ty: &ast::Type) -> Option<Id<TypeDecl>> {
        if ty.alternatives.len() > 1 {
            self.note(&constructs::UNION_CHANNEL, ty.span);
            let kind = TypeKind::Union(self.alternatives(ty));
            return Some(self.unnamed(ty, kind));
        }
        if matches!(ty.alternatives.as_slice(), [only] if only.name.text == "any") {
            self.note(&constructs::ANY_CHANNEL, ty.span);
            let anything = Type {
                shape: crate::model::Shape::Scalar(crate::model::Scalar::Json),
                optional: false,
                span: ty.span,
            };
            return Some(self.unnamed(ty, TypeKind::Alias(anything)));
        }
        self.message_type(ty, "a channel carries a message")
    }

    /// `fifo by k`, `partition by k`, or several fields in parentheses.
    fn order(&mut self, id: Id<Channel>, options: &Options<'_>, word: &str) -> Option<Order> {
        let clause = options.get(word)?;
        let carries = self.model.channels[id].carries;
        let by = self.key_paths(carries, &clause.key("key")?)?;
        Some(Order {
            by,
            span: clause.span(),
        })
    }

    /// `dead_letter [q] after n`, of a queue, or of a handler of a stream.
    pub(super) fn dead_letter(&mut self, options: &Options<'_>) -> Option<DeadLetter> {
        let clause = options.get("dead_letter")?;
        let (text, span) = clause.number("count")?;
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
            let kind = self.union(ty);
            return Some(self.unnamed(ty, kind));
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
                TypeKind::Message { .. } | TypeKind::Record { .. } | TypeKind::Union(_)
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
