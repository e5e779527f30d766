//! Lowers what is not as usual: `given CustomerAccounting.credit fails AccountClosed`.

use aqueduct_dsl::clauses::Matched;
use aqueduct_dsl::diagnostic::Diagnostic;

use crate::codes;
use crate::lower::Lowering;
use crate::lower::scope::Scope;
use crate::model::{Given, Handler, Id, Mapping, TypeKind};

/// What a reply without a name is called where it is written.
const REPLY: &str = "Reply";

impl Lowering {
    pub(super) fn given(&mut self, clause: &Matched<'_>, scope: &Scope) -> Option<Given> {
        if clause.has("duplicates") {
            return Some(Given::Duplicates {
                channel: self.find_channel(&clause.path("channel")?)?,
                count: self.how_many(clause, 2)?,
            });
        }
        let handler = self.find_handler(None, &clause.path("target")?)?;
        if clause.has("fails") {
            let fault = self.declared_fault(handler, &clause.word("fault")?)?;
            let times = self.times(clause);
            return Some(Given::Fails {
                handler,
                fault,
                times,
            });
        }
        if clause.has("delays") {
            let Some((time, _)) = clause.duration("time") else {
                let span = clause.expr("time")?.span;
                self.takes_nothing(
                    "a handler is delayed by a time",
                    span,
                    "write it like `delays 10s`",
                );
                return None;
            };
            let times = self.times(clause);
            return Some(Given::Delays { handler, time, times });
        }
        if clause.has("silent") {
            let times = self.times(clause);
            return Some(Given::Silent { handler, times });
        }
        if clause.has("stops") {
            return Some(Given::Stops { handler });
        }
        if clause.has("crashes") {
            let times = self.times(clause).unwrap_or(1);
            return Some(Given::Crashes { handler, times });
        }
        let reply = self.reply(handler, clause, scope)?;
        Some(Given::Answers { handler, reply })
    }

    /// `answers Booking(…)`, or `answers Reply(…)` where the fields stand in the signature.
    fn reply(&mut self, handler: Id<Handler>, clause: &Matched<'_>, scope: &Scope) -> Option<Mapping> {
        let call = clause.call("message")?;
        let name = self.model.handler_name(handler);
        let Some(of) = self.model.handlers[handler].reply else {
            let what = format!("`{name}` answers nothing");
            self.takes_nothing(&what, clause.span(), "declare what it answers: `-> (…)`");
            return None;
        };
        let declared = &self.model.types[of];
        let inline = matches!(declared.kind, TypeKind::Record { inline: true, .. });
        let known = if inline {
            REPLY
        } else {
            declared.label.name.as_str()
        };
        if call.callee.text != known {
            let known = known.to_owned();
            self.out.push(
                Diagnostic::error(
                    codes::OUT_OF_PLACE,
                    call.callee.span,
                    format!("`{name}` answers a `{known}`, never a `{}`", call.callee.text),
                )
                .label("not its reply")
                .replace(format!("use `{known}`"), call.callee.span, known),
            );
            return None;
        }
        let reply = self.mapping(of, &call.args, clause.span(), scope)?;
        self.complete(of, &reply, &[]);
        Some(reply)
    }
}
