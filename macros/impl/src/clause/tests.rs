//! Whatever can be said in `.flow` can be said in an attribute, and says the same.

use aqueduct_dsl::ast::{Entry, Shape};
use aqueduct_dsl::parse;
use aqueduct_dsl::source::SourceMap;
use syn::parse::Parser;

use super::*;

/// An enum, a channel and a service whose names in the system are others.
const MODULE: &str = "mod m {
    enum FareStatus { Pending, #[name(failed)] Broken }
    #[topic] struct RideCompletedTopic(RideCompleted);
    #[service(name = Bank)] trait Ledger {}
}";

/// Attributes as text, and how many complaints there are.
fn transcribed(attributes: &str) -> (String, usize) {
    let names = Names::of(&syn::parse_str(MODULE).unwrap(), &mut Vec::new());
    let mut out = Transcript::default();
    let attributes = Attribute::parse_outer
        .parse_str(attributes)
        .unwrap_or_else(|error| panic!("{attributes}: {error}"));
    for attribute in &attributes {
        let mut writer = Writer {
            out: &mut out,
            names: &names,
        };
        // As in `#[handler(…)]`: what is left of the list when the signature is taken out.
        if attribute.path().is_ident("handler") {
            writer.entries(parts(crate::attributes::list(attribute)));
        } else {
            writer.clause(attribute);
        }
    }
    (out.text().to_owned(), out.complaints().len())
}

fn entries(text: &str) -> Vec<Entry> {
    let mut sources = SourceMap::default();
    let file = sources.add("case.flow", text);
    let parsed = parse(&mut sources, file);
    assert!(parsed.diagnostics.is_empty(), "{text}\n{:?}", parsed.diagnostics);
    parsed.file.entries
}

#[track_caller]
fn assert_says(attributes: &str, flow: &str) {
    let (text, complaints) = transcribed(attributes);
    assert_eq!(complaints, 0, "{attributes}");
    assert!(
        entries(&text) == entries(flow),
        "{attributes} says\n{text}and not\n{flow}"
    );
}

/// A word as Rust lets it begin an attribute.
fn raw(word: &str) -> String {
    match syn::parse_str::<Ident>(word) {
        Ok(_) => word.to_owned(),
        Err(_) => format!("r#{word}"),
    }
}

/// All ways to write a clause as an attribute.
fn forms(word: &str, rest: &str) -> Vec<String> {
    let word = raw(word);
    if rest.is_empty() {
        return vec![format!("#[{word}]"), format!("#[handler({word})]")];
    }
    let mut forms = vec![
        format!("#[{word}({rest})]"),
        format!("#[handler({word} {rest})]"),
        format!("#[handler({word}({rest}))]"),
    ];
    let trees: Vec<TokenTree> = rest.parse::<TokenStream>().unwrap().into_iter().collect();
    if syn::parse_str::<syn::Expr>(rest).is_ok() {
        forms.push(format!("#[{word} = {rest}]"));
    }
    if let [
        TokenTree::Ident(first),
        TokenTree::Ident(_) | TokenTree::Literal(_),
        ..,
    ] = trees.as_slice()
    {
        let value = rest.trim_start_matches(&first.to_string());
        forms.push(format!("#[{word}({first} = {value})]"));
        forms.push(format!("#[handler({word}({first} = {value}))]"));
    }
    forms
}

#[test]
fn every_clause_of_the_table_can_be_said_in_every_way() {
    let mut count = 0;
    for row in clauses::rows() {
        let clause = row.example();
        let read = entries(&clause);
        let [
            Entry {
                shape: Shape::Flow(flow),
                ..
            },
        ] = read.as_slice()
        else {
            panic!("`{clause}` is no clause");
        };
        for owner in row.owners {
            assert_eq!(
                clauses::matching(*owner, &flow.clauses[0]).map(|found| found.row),
                Ok(row)
            );
        }
        let rest = clause.trim_start_matches(row.word).trim();
        for form in forms(row.word, rest) {
            assert_says(&form, &clause);
            count += 1;
        }
    }
    assert!(count > 400, "only {count} forms were tried");
}

#[test]
fn tokens_that_rust_takes_apart_are_put_together() {
    let same = [
        "window 1..64",
        "window 0..",
        "window ..5",
        "window 0s..60s",
        "window 0.5..1.5",
        "window 1_000..31.5",
        "throttle 50/s",
        "limit 5/m peak 10/h",
        "outcome a to b within 99%",
        "pii 99.9%",
        "over 256KB",
        "over 1KiB",
        "deprecated until 2027-01-01",
        "allow X because \"y\" until 2027-08-09",
        "drop [2027-01-31, 2027-12-09]",
        "then a is (on: 2027-01-31)",
        "then a is 2027 - 1",
        "retry 3 backoff 500ms x2 cap 1m on CardDeclined",
        "reserve a.b.c(x: 1)",
        "returns 200 | 404 | 422",
        "where a == -5 and b < 3 - 1",
        "where a * 2 / b + 1 >= 0.50",
        "where a / s > 1",
        "then a is -0.5",
        "then a is [a, -1, (b: c), [1]]",
        "then a is []",
        "wait until (a, b)",
        "fifo by (ride_id, leg)",
        "idempotent by (ride_id, leg) for 30d",
        "undoes pay by (ride_id, leg)",
        "then rides has (status: done, at: [1, 2])",
        "then f(x) is f(g(y), z: h())",
        "fail TooLate(by: 5m)",
        "where not (a in [1, 2]) and not f(x)",
        "where starts_with(van, \"bike\") or (a and b)",
        "recipients f(x)",
        "where a in f(x)",
        "when GET \"/x\" (a: 1) returns 200 as b",
        "when POST \"/rides\" SubmitRide(...long_ride, fare: 49.99) returns 201",
        "then a is \"ä\\n\\t\\\"\\\\ \\u{7f}\"",
        "then saga failed with A undone [a, b] within 10m",
        "where match and type != self or in.fn == 1",
        "then a is none",
        "where a == true",
    ];
    for clause in same {
        let (word, rest) = clause.split_once(' ').unwrap();
        assert_says(&format!("#[{}({rest})]", raw(word)), clause);
        assert_says(&format!("#[handler({clause})]"), clause);
    }
}

#[test]
fn words_of_rust_are_words_of_the_language() {
    let pairs = [
        (
            "#[r#where(r#type == 1 && !(a || b))]",
            "where type == 1 and not (a or b)",
        ),
        ("#[r#where(!a && !!b.c)]", "where not a and not not b.c"),
        (
            "#[then(Ledger::rides has (status: FareStatus::Broken))]",
            "then Bank.rides has (status: failed)",
        ),
        (
            "#[then(a is [FareStatus::Pending, FareStatus::r#Broken])]",
            "then a is [pending, failed]",
        ),
        (
            "#[emits(RideCompleted to RideCompletedTopic, via = outbox)]",
            "emits RideCompleted to ride_completed via outbox",
        ),
        (
            "#[handler(emits(RideCompleted to ride_completed via outbox); irreversible)]",
            "emits RideCompleted to ride_completed via outbox\nirreversible",
        ),
        (
            "#[natural(because = r#\"a \"b\" \\\"#)]",
            "natural because \"a \\\"b\\\" \\\\\"",
        ),
        ("#[retry(3, backoff = 1s, cap = 4s)]", "retry 3 backoff 1s cap 4s"),
        ("#[size = 256KB]", "size 256KB"),
        ("#[retain = 1_500ms]", "retain 1_500ms"),
    ];
    for (attribute, clause) in pairs {
        assert_says(attribute, clause);
    }
}

#[test]
fn blocks_come_from_braces_and_from_commas() {
    let pairs = [
        (
            "#[calls(Customers.get, timeout 5s)]",
            "calls Customers.get { timeout 5s }",
        ),
        (
            "#[calls(Customers::get { timeout = 5s; retry(2, backoff = 1s) })]",
            "calls Customers.get { timeout 5s, retry 2 backoff 1s }",
        ),
        (
            "#[handler(calls(Customers::get, timeout = 5s), irreversible)]",
            "calls Customers.get { timeout 5s }\nirreversible",
        ),
        (
            "#[handler(calls(Customers::get) { timeout 5s })]",
            "calls Customers.get { timeout 5s }",
        ),
        (
            "#[step(a = S::h(x: 1), undo S::g(x: 1), on NoCar { step b = S::i() { timeout 1s } })]",
            "step a = S.h(x: 1) { undo S.g(x: 1), on NoCar { step b = S.i() { timeout 1s } } }",
        ),
        ("#[pivot(a = S::h())]", "pivot a = S.h()"),
        (
            "#[r#if(a > 1 { fail X() } else if b { wait 1h } else { wait 2h })]",
            "if a > 1 { fail X() } else if b { wait 1h } else { wait 2h }",
        ),
        (
            "#[parallel(all { branch a { wait 1h } branch b { wait 2h } })]",
            "parallel all { branch a { wait 1h }, branch b { wait 2h } }",
        ),
        (
            "#[parallel(all, branch a { wait 1h }, branch b { wait 2h })]",
            "parallel all { branch a { wait 1h }, branch b { wait 2h } }",
        ),
        (
            "#[done { if a { wait 1h } emit A() to b; put c(d: 1) }]",
            "done { if a { wait 1h }, emit A() to b, put c(d: 1) }",
        ),
        (
            "#[done { /// One.\n ///\n /// Two.\n emit A() to b; /// Three.\n wait(1h) }]",
            "done {\n/// One.\n///\n/// Two.\nemit A() to b\n/// Three.\nwait 1h\n}",
        ),
        (
            "#[done { if a { wait 1h } /** Four. */ step b = S::h() }]",
            "done {\nif a { wait 1h }\n/// Four.\nstep b = S.h()\n}",
        ),
        ("#[done {}]", "done {}"),
    ];
    for (attribute, clause) in pairs {
        assert_says(attribute, clause);
    }
}

#[test]
fn what_rust_and_the_language_read_in_two_ways_is_refused() {
    let refused = [
        "!a == b",
        "!a.b != c",
        "!f(x) < 1",
        "!(a) >= 1",
        "!a in [1]",
        "!FareStatus::Broken == a",
        "a && !b == c",
        "!!a == b",
        "!-a > b",
        "(!a == b)",
        "!a + b == c",
        "f(!a <= b)",
    ];
    for predicate in refused {
        assert_eq!(
            transcribed(&format!("#[r#where({predicate})]")).1,
            1,
            "{predicate}"
        );
    }
    let accepted = [
        "!a && b == c",
        "!(a == b)",
        "!a || b < 1",
        "(!a) == b",
        "a != b",
        "not a == b",
        "!f(a == b)",
        "!a and b == c",
        "f(!a, b == c)",
        "[!a, b]",
    ];
    for predicate in accepted {
        assert_eq!(
            transcribed(&format!("#[r#where({predicate})]")).1,
            0,
            "{predicate}"
        );
    }
    // An arrow is no minus.
    assert_eq!(transcribed("#[tap(a -> where !b -> c)]").1, 0);
}
