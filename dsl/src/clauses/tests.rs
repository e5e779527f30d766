//! The table as a whole, and the wording of what goes wrong with clauses.

mod walk;

use super::pattern::{Element, Kind};
use super::{Owner, Row, TABLE, matching, read, rows};
use crate::ast::{Clause, Entry, Shape};
use crate::diagnostic::Diagnostic;
use crate::parse::parse;
use crate::source::SourceMap;

fn entries(text: &str) -> Vec<Entry> {
    let mut sources = SourceMap::default();
    let file = sources.add("a.flow", text);
    let parsed = parse(&mut sources, file);
    assert_eq!(parsed.diagnostics, [], "{text}");
    parsed.file.entries
}

fn complaints(owner: Owner, text: &str) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    read(owner, &entries(text), &mut out);
    out
}

/// The only complaint about a text: its code and message.
fn complaint(owner: Owner, text: &str) -> String {
    match complaints(owner, text).as_slice() {
        [only] => format!("{}: {}", only.code, only.message),
        other => panic!("{text}: {other:?}"),
    }
}

fn clause(text: &str) -> Clause {
    match entries(text).pop().map(|entry| entry.shape) {
        Some(Shape::Flow(mut flow)) => flow.clauses.pop().unwrap(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn every_pattern_names_known_kinds_and_balances_its_brackets() {
    for row in rows() {
        let mut rest = row.pattern;
        while let Some((_, hole)) = rest.split_once('<') {
            let (hole, after) = hole.split_once('>').unwrap();
            let (name, kind) = hole.split_once(':').unwrap();
            assert!(!name.is_empty(), "{}", row.pattern);
            assert!(
                Kind::named(kind.split('(').next().unwrap()).is_some(),
                "{}",
                row.pattern
            );
            rest = after;
        }
        let count = |bracket: char| row.pattern.matches(bracket).count();
        assert_eq!(count('['), count(']'), "{}", row.pattern);
    }
}

#[test]
fn every_row_is_documented_and_used_once() {
    let all: Vec<&Row> = rows().collect();
    assert!(all.len() >= 139, "{}", all.len());
    for (at, row) in all.iter().enumerate() {
        assert!(
            !row.owners.is_empty() && !row.meaning.is_empty(),
            "{}",
            row.pattern
        );
        assert!(!row.meaning.ends_with('.'), "{}", row.meaning);
        for other in all.iter().skip(at + 1) {
            let shared = row.owners.iter().any(|owner| other.owners.contains(owner));
            assert!(
                !(shared && row.pattern == other.pattern),
                "{} stands twice",
                row.pattern
            );
        }
    }
}

#[test]
fn holes_of_one_pattern_have_different_names() {
    for known in TABLE.iter() {
        let names: Vec<&str> = known
            .pattern
            .longest()
            .iter()
            .filter_map(|element| match element {
                Element::Word(_) => None,
                Element::Hole(hole) => Some(hole.name),
            })
            .collect();
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{}", known.row.pattern);
        }
    }
}

#[test]
fn the_example_of_every_row_matches_that_row() {
    for row in rows() {
        let example = row.example();
        let clause = clause(&example);
        for owner in row.owners {
            match matching(*owner, &clause) {
                Ok(matched) => assert_eq!(matched.row.pattern, row.pattern, "{example}"),
                Err(complaint) => panic!("{example}: {}", complaint.message),
            }
        }
    }
}

#[test]
fn every_default_is_a_clause_of_its_row() {
    for row in rows() {
        if let Some(default) = row.default {
            let clause = clause(default);
            assert_eq!(matching(row.owners[0], &clause).unwrap().row.pattern, row.pattern);
        }
    }
}

#[test]
fn a_matched_clause_gives_its_parts_by_name() {
    let emits = clause("emits RideCompleted to ride_completed via outbox");
    let matched = matching(Owner::Handler, &emits).unwrap();
    assert_eq!(matched.path("message").unwrap().text, "RideCompleted");
    assert_eq!(matched.path("channel").unwrap().text, "ride_completed");
    assert!(matched.has("outbox"));

    let dead_letter = clause("dead_letter after 5");
    let matched = matching(Owner::Queue, &dead_letter).unwrap();
    assert_eq!(matched.word("queue"), None);
    assert_eq!(matched.number("count").unwrap().0, "5");

    let key = clause("idempotent by (ride_id, customer) for 30d");
    let matched = matching(Owner::Handler, &key).unwrap();
    let names: Vec<_> = matched
        .key("key")
        .unwrap()
        .into_iter()
        .map(|name| name.text)
        .collect();
    assert_eq!(names, ["ride_id", "customer"]);
    assert_eq!(matched.duration("window").unwrap().0, 30 * 86_400_000);

    let returns = clause("returns 200 | 404");
    let matched = matching(Owner::Api, &returns).unwrap();
    let numbers: Vec<_> = matched
        .numbers("status")
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    assert_eq!(numbers, ["200", "404"]);
}

#[test]
fn a_misspelt_word_finds_its_neighbour() {
    assert_eq!(
        complaint(Owner::Handler, "timout 5s"),
        "SYN002: no clause of a handler begins with `timout`; did you mean `timeout`?"
    );
    assert_eq!(
        complaint(Owner::File, "qeue orders"),
        "SYN002: no clause of the file begins with `qeue`; did you mean `queue`?"
    );
}

#[test]
fn faults_that_are_listed_with_a_comma_learn_of_the_bar() {
    for text in ["retry 3 on No | Never, Bogus", "on No | Never, Bogus { wait 1m }"] {
        let [only] = &complaints(Owner::Step, text)[..] else {
            panic!("{text}");
        };
        assert_eq!(
            only.message, "`Bogus` begins a clause of its own, and no clause begins so",
            "{text}"
        );
        assert_eq!(
            only.help.as_deref(),
            Some("join several faults by `|`: `on No | Never | Bogus`")
        );
    }
    assert!(complaints(Owner::Step, "retry 3 on No | Bogus").is_empty());
    assert!(complaints(Owner::Step, "on No | Bogus { wait 1m }").is_empty());
    assert_eq!(
        complaint(Owner::Step, "retry 3 on No, tmeout 5s"),
        "SYN002: no clause of a step begins with `tmeout`; did you mean `timeout`?"
    );
}

#[test]
fn a_field_without_its_colon_is_explained() {
    assert_eq!(
        complaint(Owner::Message, "fare Money"),
        "SYN002: the field `fare` needs a colon before its type"
    );
}

#[test]
fn a_word_of_another_construct_says_where_it_belongs() {
    assert_eq!(
        complaint(Owner::Handler, "undo Payments.void(key: key)"),
        "SYN005: `undo` belongs to a step; this is a handler"
    );
}

#[test]
fn what_is_missing_is_named_with_an_example() {
    assert_eq!(
        complaint(Owner::Queue, "dead_letter"),
        "SYN003: `dead_letter` needs `after` and a count, as in `dead_letter after 5`"
    );
    assert_eq!(
        complaint(Owner::Handler, "emits RideCompleted"),
        "SYN003: `emits RideCompleted` needs `to` and a channel, as in `emits RideCompleted to ride_completed`"
    );
    assert_eq!(
        complaint(Owner::Handler, "emits to rides"),
        "SYN003: `emits` needs a name before `to`"
    );
}

#[test]
fn what_does_not_fit_is_named_with_what_would() {
    assert_eq!(
        complaint(Owner::Handler, "timeout 5"),
        "SYN003: `timeout` takes a duration, and `5` has no unit"
    );
    assert_eq!(
        complaint(Owner::Queue, "dead_letter 5"),
        "SYN003: `dead_letter` needs `after` before `5`, as in `dead_letter after 5`"
    );
    assert_eq!(
        complaint(Owner::Queue, "dead_letter afer 5"),
        "SYN003: `dead_letter` knows no `afer`; did you mean `after`?"
    );
    assert_eq!(
        complaint(Owner::Queue, "capacity 5 else explode"),
        "SYN003: `capacity 5 else` goes on with `block`, `reject` or `drop`, not with `explode`"
    );
    assert_eq!(
        complaint(Owner::Handler, "emits RideCompleted rides"),
        "SYN003: `emits RideCompleted` needs `to` before `rides`, as in `emits RideCompleted to ride_completed`"
    );
}

#[test]
fn what_is_too_much_may_be_the_next_clause() {
    assert_eq!(
        complaint(Owner::Handler, "concurrency 5 6"),
        "SYN003: `concurrency 5` is complete; `6` is too much"
    );
    assert_eq!(
        complaint(Owner::Queue, "fifo by order_id retain 14d"),
        "SYN003: a comma is missing between `fifo by order_id` and `retain`"
    );
    assert_eq!(
        complaint(Owner::Handler, "concurrency 5 { }"),
        "SYN003: `concurrency` takes no block"
    );
}

#[test]
fn a_clause_that_holds_once_is_refused_the_second_time() {
    let found = complaints(Owner::Handler, "timeout 5s\nreads a\nreads b\ntimeout 6s");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "`timeout` is said twice");
    assert_eq!(found[0].related.len(), 1);
    assert_eq!(
        complaint(
            Owner::Queue,
            "dead_letter after 5, dead_letter none because \"x\""
        ),
        "SYN004: `dead_letter` is said twice"
    );
}

#[test]
fn other_shapes_are_handed_on() {
    let entries = entries("a: int\nauth jwt\nhandler x(T)\na -> b\n");
    let mut out = Vec::new();
    let options = read(Owner::Service, &entries, &mut out);
    assert_eq!(
        (options.clauses.len(), options.others.len(), out.len()),
        (1, 3, 0)
    );
}

#[test]
fn a_word_with_a_colon_or_without_its_arrow_is_explained() {
    assert_eq!(
        complaint(Owner::Service, "auth: jwt"),
        "SYN003: `auth` is a word of the language and takes no colon"
    );
    assert_eq!(
        complaint(Owner::Service, "api GET \"/rides\""),
        "SYN003: `api GET \"/rides\"` leads nowhere"
    );
    assert_eq!(
        complaint(Owner::Saga, "Payments.capture(key: key)"),
        "SYN002: `Payments.capture(…)` alone says nothing about a saga"
    );
}

#[test]
fn parentheses_group_after_words_that_keys_and_expressions_follow() {
    for word in [
        "by",
        "where",
        "until",
        "recipients",
        "route",
        "has",
        "lacks",
        "is",
        "fail",
    ] {
        assert!(super::groups_after(word), "{word}");
    }
    for word in ["to", "as", "undo", "insert", "emit", "on", "for", "translate"] {
        assert!(!super::groups_after(word), "{word}");
    }
}
