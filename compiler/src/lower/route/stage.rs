//! Lowers one stage between arrows, and what flows behind it.

use aqueduct_dsl::ast;
use aqueduct_dsl::clauses::{Matched, Owner};
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::Way;
use crate::codes;
use crate::facts::cells::Ground;
use crate::lower::Lowering;
use crate::lower::channel::reason;
use crate::lower::scope::Holds;
use crate::lower::service::rate;
use crate::model::{Field, Id, Label, Otherwise, Patience, Shape, StageKind, Type, TypeDecl, TypeKind};

impl Lowering {
    pub(super) fn stage(&mut self, way: &mut Way, matched: &Matched<'_>) -> Option<()> {
        let kind = match matched.row.word {
            "where" => StageKind::Where(self.predicate(matched.expr("predicate")?)?),
            "tap" => StageKind::Tap(self.find_channel(&matched.path("channel")?)?),
            "delay" => StageKind::Delay(self.some_time(matched.duration("time")?)?.value),
            "throttle" => {
                let (count, per) = rate(matched)?.value;
                StageKind::Throttle(count, per)
            }
            "dedup" => StageKind::Dedup(self.dedup(way.payload, matched)?),
            "drop" => return self.drop_stage(way, matched),
            "split" => return self.split(way, matched),
            "aggregate" => return self.aggregate(way, matched),
            "resequence" => self.resequence(way, matched)?,
            "translate" => return self.translate(way, matched),
            "enrich" => return self.enrich(way, matched),
            "claim" => {
                let options = self.options(Owner::Claim, matched.block());
                self.misplaced("claim", &options.others);
                let over = options.get("over").and_then(|clause| clause.size("size"));
                StageKind::Claim {
                    field: self.field_of(way.payload, &matched.path("field")?)?,
                    over: over.map(|(value, span)| crate::model::Setting { value, span }),
                    retain: self.time(&options, "retain", "limit"),
                }
            }
            "redeem" => StageKind::Redeem(self.field_of(way.payload, &matched.path("field")?)?),
            word => {
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        matched.span(),
                        format!("`{word}` is no stage of its own"),
                    )
                    .label("begins an arm of a `choose`")
                    .help(format!("write `choose {{ where … -> …, {word} -> … }}`")),
                );
                return None;
            }
        };
        Self::happens(way, kind, matched.span());
        Some(())
    }

    /// A field of what flows here, as a path.
    pub(super) fn field_of(&mut self, of: Id<TypeDecl>, name: &ast::Name) -> Option<Vec<SmolStr>> {
        self.key_field(of, name)?;
        Some(name.text.split('.').map(SmolStr::from).collect())
    }

    /// `drop [a, b]` leaves fields out, `drop after 3 because "…"` gives a message up.
    fn drop_stage(&mut self, way: &mut Way, matched: &Matched<'_>) -> Option<()> {
        if let Some((text, span)) = matched.number("count") {
            let count = self.count(&text, span, "a message is dropped after", 1..=1_000)?;
            Self::happens(way, StageKind::DropAfter(count, reason(matched)?), matched.span());
            return Some(());
        }
        let mut dropped = Vec::new();
        for item in matched.list("fields")? {
            let Some(name) = item.as_path() else {
                self.no_field_name(item.span);
                return None;
            };
            let name = ast::Name {
                text: name.clone(),
                span: item.span,
            };
            self.key_field(way.payload, &name)?;
            dropped.push(name.text);
        }
        let left = self.model.fields(way.payload).iter();
        let left: Vec<Field> = left
            .filter(|field| !dropped.contains(&field.label.name))
            .cloned()
            .collect();
        let name = format!(
            "{}Rest",
            self.model.types[way.payload].label.name.replace('.', "")
        );
        let rest = self.record_of(name.into(), left, matched.span());
        Self::happens(way, StageKind::Drop(dropped), matched.span());
        self.becomes(way, rest);
        Some(())
    }

    fn no_field_name(&mut self, span: SpanId) {
        self.out.push(
            Diagnostic::error(codes::OUT_OF_PLACE, span, "this is no field")
                .label("not a name")
                .help("write the names of the fields, as in `[note, address]`"),
        );
    }

    /// A record that nobody has named.
    fn record_of(&mut self, name: SmolStr, fields: Vec<Field>, span: SpanId) -> Id<TypeDecl> {
        self.model.types.push(TypeDecl {
            label: Label {
                name,
                span,
                entry: span,
                docs: Vec::new(),
            },
            domain: self.domain,
            kind: TypeKind::Record { fields, inline: true },
        })
    }

    /// From here on something else flows.
    pub(super) fn becomes(&self, way: &mut Way, payload: Id<TypeDecl>) {
        way.payload = payload;
        way.names.clear();
        way.scope = self.scope_of(payload);
    }

    /// `split lines as line`: the items flow, and what they came in can still be spoken of.
    fn split(&mut self, way: &mut Way, matched: &Matched<'_>) -> Option<()> {
        let items = matched.path("items")?;
        let name = matched.word("name")?;
        let path: Vec<SmolStr> = items.text.split('.').map(SmolStr::from).collect();
        let ground = Ground {
            message: way.payload,
            names: &way.names,
        };
        if ground.at_path(&self.model, &path).is_none() {
            self.key_field(way.payload, &items)?;
        }
        let (field, _) = ground.at_path(&self.model, &path)?;
        let item = match &self.model.resolve(&field.ty).shape {
            Shape::List { item, .. } => self.model.resolve(item).shape.clone(),
            Shape::Unresolved => return None,
            Shape::Scalar(_) | Shape::Map { .. } | Shape::Named(_) => {
                let there = field.label.span;
                self.out.push(
                    Diagnostic::error(
                        codes::OUT_OF_PLACE,
                        items.span,
                        format!("`{}` is no list", items.text),
                    )
                    .label("has no items to split into")
                    .related(there, "declared here")
                    .help("name a field of type `list<…>`"),
                );
                return None;
            }
        };
        let Shape::Named(item) = item else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    items.span,
                    format!("the items of `{}` are no messages", items.text),
                )
                .label("values without fields")
                .note("what flows between channels is a message or a record")
                .help("make the items records: `list<SomeLine>`"),
            );
            return None;
        };
        Self::happens(
            way,
            StageKind::Split {
                items: path,
                name: name.text.clone(),
            },
            matched.span(),
        );
        way.scope.add(&name.text, name.span, Holds::Record(item));
        way.names.push((name.text, item));
        way.payload = item;
        Some(())
    }

    fn resequence(&mut self, way: &Way, matched: &Matched<'_>) -> Option<StageKind> {
        let by = self.key_paths(way.payload, &matched.key("key")?)?;
        let on = matched.word("sequence")?;
        self.key_field(way.payload, &on)?;
        let options = self.options(Owner::Resequence, matched.block());
        self.misplaced("resequence", &options.others);
        let wait = options.get("wait").and_then(|clause| self.patience(clause));
        Some(StageKind::Resequence {
            by,
            on: on.text,
            wait,
        })
    }

    /// `translate PickLine(order_id: order_id, sku: line.sku)`
    fn translate(&mut self, way: &mut Way, matched: &Matched<'_>) -> Option<()> {
        let call = matched.call("message")?;
        let message = self.find_type(&call.callee)?;
        let fields = self.mapping(message, &call.args, matched.span(), &way.scope)?;
        self.complete(message, &fields, &[]);
        Self::happens(way, StageKind::Translate { message, fields }, matched.span());
        self.becomes(way, message);
        Some(())
    }

    /// `enrich Registry.owner_of(device_id: device_id) as owner { timeout 300ms else cached }`
    fn enrich(&mut self, way: &mut Way, matched: &Matched<'_>) -> Option<()> {
        let call = matched.call("handler")?;
        let name = matched.word("name")?;
        let handler = self.find_handler(None, &call.callee)?;
        let declared = &self.model.handlers[handler];
        let there = declared.label.span;
        let (input, reply) = (declared.input, declared.reply);
        let Some(reply) = reply else {
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    call.callee.span,
                    format!("`{}` answers nothing", call.callee.text),
                )
                .label("nothing to enrich with")
                .related(there, "declared here")
                .help("give it a reply: `-> (…)`"),
            );
            return None;
        };
        let input = match input {
            Some(input) => {
                let mapping = self.mapping(input, &call.args, matched.span(), &way.scope)?;
                self.complete(input, &mapping, &[]);
                mapping
            }
            None => crate::model::Mapping {
                fields: Vec::new(),
                span: matched.span(),
            },
        };
        let options = self.options(Owner::Enrich, matched.block());
        self.misplaced("enrich", &options.others);
        let timeout = options.get("timeout").and_then(|clause| self.patience(clause));
        Self::happens(
            way,
            StageKind::Enrich {
                handler,
                input,
                name: name.text.clone(),
                timeout,
            },
            matched.span(),
        );
        way.scope.add(&name.text, name.span, Holds::Record(reply));
        way.names.push((name.text, reply));
        Some(())
    }

    /// `timeout 30s else partial`, `wait 5s else gaps`
    pub(in crate::lower) fn patience(&mut self, clause: &Matched<'_>) -> Option<Patience> {
        let limit = self.some_time(clause.duration("limit")?)?.value;
        let count = clause.number("count");
        let otherwise = match (clause.word("action"), count) {
            (None, None) => Otherwise::Fail,
            (Some(action), count) => match (action.text.as_str(), count) {
                ("resend", Some((text, span))) => {
                    Otherwise::Resend(self.count(&text, span, "`resend` is", 1..=100)?)
                }
                ("resend", None) => Otherwise::Resend(1),
                ("fail", None) => Otherwise::Fail,
                ("partial", None) => Otherwise::Partial,
                ("discard", None) => Otherwise::Discard,
                ("cached", None) => Otherwise::Cached,
                ("skip", None) => Otherwise::Skip,
                ("gaps", None) => Otherwise::Gaps,
                (word, _) => {
                    let word = word.to_owned();
                    self.counts_nothing(&word, action.span);
                    return None;
                }
            },
            (None, Some((_, span))) => {
                self.counts_nothing("timeout", span);
                return None;
            }
        };
        Some(Patience {
            limit,
            otherwise,
            span: clause.span(),
        })
    }

    fn counts_nothing(&mut self, word: &str, span: SpanId) {
        self.out.push(
            Diagnostic::error(
                codes::OUT_OF_PLACE,
                span,
                format!("`{word}` takes no number here"),
            )
            .label("only `resend` is counted")
            .help("write `else resend 3`, or delete the number"),
        );
    }
}

/// Whether a type is a text that could name a channel, or a list of them.
pub(super) fn names_channels(model: &crate::model::Model, ty: &Type) -> bool {
    match &model.resolve(ty).shape {
        Shape::Scalar(scalar) => scalar.word() == "string",
        Shape::Named(id) => matches!(model.types[*id].kind, TypeKind::Choice(_)),
        Shape::List { item, .. } => names_channels(model, item),
        Shape::Unresolved => true,
        Shape::Map { .. } => false,
    }
}
