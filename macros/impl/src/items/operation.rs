//! Handlers, sagas, scatters and tentatives: methods of a service's trait.

use heck::ToUpperCamelCase;
use syn::{Attribute, TraitItemFn};

use super::{Reader, out_of_place, unheard};
use crate::attributes::{Declaring, is, is_reaction, list, name_of, said};
use crate::clause::plain;
use crate::complaint::Complaint;

/// The words that declare what a service does.
const OPERATIONS: [&str; 4] = ["handler", "saga", "scatter", "tentative"];

/// Attributes of an operation that belong to its signature.
const READ: [&str; 10] = [
    "handler",
    "saga",
    "scatter",
    "tentative",
    "api",
    "schedule",
    "on",
    "by",
    "fails",
    "reply",
];

/// An operation that is being read.
#[derive(Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) item: &'a TraitItemFn,
    /// `handler`, `saga`, `scatter`, `tentative`
    pub(super) word: &'a str,
    /// What the system calls it.
    pub(super) name: &'a str,
    /// The service that it stands in.
    pub(super) service: &'a str,
    /// Whether that is somebody else's.
    pub(super) external: bool,
}

impl Operation<'_> {
    /// Whether somebody writes its body; all others are declared wholly.
    pub(super) fn is_written(&self) -> bool {
        self.word == "handler"
    }
}

impl Reader<'_> {
    /// A method with `#[handler]`, `#[saga]`, `#[scatter]` or `#[tentative]`.
    pub(super) fn operation(&mut self, item: &TraitItemFn, service: &str, external: bool) {
        let Some(mut declaring) = Declaring::find(&item.attrs, &OPERATIONS) else {
            let what = format!("method `{}`", item.sig.ident);
            let help = "write `#[handler]` or `#[saga]` above it";
            self.writer
                .out
                .complain(out_of_place(item.sig.ident.span(), &what, help));
            self.writer.out.leave_out(&plain(&item.sig.ident));
            return;
        };
        let saga = declaring.word == "saga";
        self.refuse_doubles(&item.attrs);
        let itinerary = |attribute: &Attribute| saga && is_itinerary(attribute);
        for attribute in item.attrs.iter().filter(|attribute| !itinerary(attribute)) {
            self.refuse_lines(std::slice::from_ref(attribute));
        }
        self.refuse_generics(&item.sig.generics, "an operation");
        if let Some(body) = &item.default {
            self.writer.out.complain(Complaint::new(
                body.brace_token.span.open(),
                format!("{} `{}` has a body", declaring.word, item.sig.ident),
                "inside the architecture",
                "end it with `;` and write the body where the trait is implemented",
            ));
        }
        for complaint in unheard(&item.sig) {
            self.writer.out.complain(complaint);
        }
        if let (true, Some(word)) = (declaring.word != "handler", &item.sig.asyncness) {
            let does = if saga { "its steps are" } else { "its clauses are" };
            self.writer.out.complain(Complaint::over(
                word,
                format!("{} `{}` is `async`", declaring.word, item.sig.ident),
                format!("nobody writes its body: {does} what it does"),
                "leave it out",
            ));
        }
        let _ = declaring.take("name");
        let rust = plain(&item.sig.ident);
        let called = || if saga { rust.to_upper_camel_case() } else { rust };
        let name = name_of(&item.attrs).unwrap_or_else(called);
        self.entrances(&item.attrs, Some(&name));
        self.documentation(&item.attrs);
        self.writer.out.line();
        self.writer.out.word(&declaring.word, declaring.span);
        self.writer.out.word(&name, item.sig.ident.span());
        let word = declaring.word.clone();
        let operation = Operation {
            item,
            word: &word,
            name: &name,
            service,
            external,
        };
        if word == "tentative" {
            self.refuse_parameters(item);
        } else {
            self.params(&operation);
        }
        for word in ["on", "by"] {
            self.signature_word(&mut declaring, item, word);
        }
        self.reply(&operation);
        self.signature_word(&mut declaring, item, "fails");
        self.clauses_of(declaring, item);
        self.writer.out.line();
        let _ = self.places.services.insert(
            self.writer.names.in_full(&format!("{service}.{name}")),
            item.sig.ident.clone(),
        );
    }

    /// `on`, `by` and `fails`, from the list or from an attribute of their own.
    fn signature_word(&mut self, declaring: &mut Declaring, item: &TraitItemFn, word: &str) {
        if let Some((span, rest)) = said(declaring, &item.attrs, word) {
            self.writer.out.word(word, span);
            self.writer.tokens(rest);
        }
    }

    /// What stands in the block: `on F { … }` of a saga is no part of its signature, and the route that a slip takes is
    /// none of the system's.
    fn clauses_of(&mut self, declaring: Declaring, item: &TraitItemFn) {
        let saga = declaring.word == "saga";
        let own = |attribute: &&Attribute| saga && (is_reaction(attribute) || is_itinerary(attribute));
        let span = declaring.span;
        let entries = declaring.entries();
        let others: Vec<&Attribute> = item
            .attrs
            .iter()
            .filter(|attribute| !is(attribute, "doc"))
            .collect();
        if entries.is_empty()
            && !others
                .iter()
                .any(|one| own(one) || Self::has_clauses(std::slice::from_ref(one), &READ))
        {
            return;
        }
        self.writer.out.word("{", span);
        self.writer.entries(entries);
        for attribute in others {
            if own(&attribute) {
                self.writer.clause(attribute);
            } else {
                self.clauses(std::slice::from_ref(attribute), &READ);
            }
        }
        self.writer.out.line();
        self.writer.out.glued("}", span);
    }

    /// A tentative is three handlers and a time: nothing goes into it.
    fn refuse_parameters(&mut self, item: &TraitItemFn) {
        if let Some(first) = item.sig.inputs.first() {
            self.writer.out.complain(Complaint::over(
                first,
                format!("tentative `{}` has parameters", item.sig.ident),
                "its handlers have them",
                format!("write `fn {}();`", item.sig.ident),
            ));
        }
    }
}

/// `#[route(order.stops in [inspect, mend])]`: without an arrow it is the way that a message takes through a saga.
fn is_itinerary(attribute: &Attribute) -> bool {
    is(attribute, "route") && !super::entrance::leads(list(attribute))
}
