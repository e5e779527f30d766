//! What the parser makes of texts that are right, and of the few slips that only the tree shows.

use super::{Parsed, parse};
use crate::ast::{Entry, ExprKind, Literal, Shape};
use crate::source::SourceMap;
use crate::test_samples::{GROUPS, WILD_RYDES};

fn read(text: &str) -> (Parsed, SourceMap) {
    let mut sources = SourceMap::default();
    let file = sources.add("a.flow", text);
    let parsed = parse(&mut sources, file);
    (parsed, sources)
}

fn messages(text: &str) -> Vec<String> {
    let (parsed, _) = read(text);
    parsed
        .diagnostics
        .into_iter()
        .map(|diagnostic| diagnostic.message)
        .collect()
}

/// The arguments of the only clause, as they stand in the text.
fn arguments(text: &str) -> Vec<Literal> {
    let (parsed, _) = read(text);
    let Some(Entry {
        shape: Shape::Flow(flow),
        ..
    }) = parsed.file.entries.first()
    else {
        return Vec::new();
    };
    let clause = flow.clauses.first().unwrap();
    clause
        .args
        .iter()
        .map(|arg| match &arg.kind {
            ExprKind::Literal(literal) => literal.clone(),
            other => panic!("{other:?} is no literal"),
        })
        .collect()
}

#[test]
fn a_whole_system_reads_without_a_finding() {
    let (parsed, _) = read(WILD_RYDES);
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(parsed.file.docs.len(), 1);
    assert!(parsed.file.entries.len() > 50);
}

#[test]
fn every_construct_reads_without_a_finding() {
    for (name, text) in GROUPS {
        assert_eq!(messages(text), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn literals_are_exact() {
    assert_eq!(
        arguments("x 10_000 256.50 1.5h 256KiB 50/s 99% 0s..60s ..5 \"a\\n\\u{e9}\" 2027-01-01 true none"),
        [
            Literal::Number("10000".into()),
            Literal::Number("256.50".into()),
            Literal::Duration(5_400_000),
            Literal::Size(262_144),
            Literal::Rate("50".into(), 1_000),
            Literal::Share("99".into()),
            Literal::Range(
                Some(Box::new(Literal::Duration(0))),
                Some(Box::new(Literal::Duration(60_000)))
            ),
            Literal::Range(None, Some(Box::new(Literal::Number("5".into())))),
            Literal::Text("a\né".into()),
            Literal::Date("2027-01-01".into()),
            Literal::Bool(true),
            Literal::None,
        ]
    );
}

#[test]
fn a_range_begins_and_ends_below_zero() {
    let number = |text: &str| Some(Box::new(Literal::Number(text.into())));
    for (text, lower, upper) in [
        ("x -90..90", number("-90"), number("90")),
        ("x -5.5..-1_000", number("-5.5"), number("-1000")),
        ("x -3..", number("-3"), None),
        ("x ..-3", None, number("-3")),
    ] {
        assert_eq!(arguments(text), [Literal::Range(lower, upper)], "{text}");
    }
    // A sign in front of anything else is an operator.
    assert_eq!(
        messages("a -> where x > -5 and y - 5 < 3 -> b"),
        Vec::<String>::new()
    );
}

#[test]
fn a_value_that_cannot_be_kept_exactly_is_refused() {
    assert_eq!(
        messages("a 0.5ms, b 99999999999999999999d, c 2027-02-29, d \"\\u{d800}\""),
        [
            "`0.5ms` is not a whole number of milliseconds",
            "`99999999999999999999d` is more than can be counted in milliseconds",
            "`2027-02-29` is not in the calendar",
            "`\\u{d800}` is not a character",
        ]
    );
}

#[test]
fn comparisons_do_not_chain() {
    assert_eq!(
        messages("a -> where 1 < x < 3 -> b"),
        ["comparisons do not chain"]
    );
    assert_eq!(messages("a -> where (1 < x) == true -> b"), Vec::<String>::new());
}

#[test]
fn spans_end_where_the_words_end() {
    let (parsed, sources) = read("queue a: T   // why\n\n  // and why\nqueue b: T\n");
    let first = parsed.file.entries.first().unwrap();
    assert_eq!(sources.text(first.span), "queue a: T");
}

#[test]
fn documentation_stands_before_or_behind() {
    let (parsed, _) = read("/// one\n/// two\nqueue a: T /// three\n");
    assert_eq!(parsed.file.entries.first().unwrap().docs, ["one", "two", "three"]);
}

#[test]
fn words_of_the_language_are_names_as_well() {
    assert_eq!(
        messages(
            "queue queue: T\nqueue step: T\nqueue -> step\nin -> from\ntype event { from: string, in: T }\n"
        ),
        Vec::<String>::new()
    );
}

#[test]
fn deep_nesting_is_refused_or_read_but_never_overflows() {
    for depth in [60, 64, 65, 5_000] {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("f(", ")"),
            ("a {", "}"),
            ("service a {\n", "\n}"),
        ] {
            let prefix = if open.contains('a') { "" } else { "x " };
            read(&format!("{prefix}{}{}", open.repeat(depth), close.repeat(depth)));
            read(&format!("{prefix}{}", open.repeat(depth)));
        }
        read(&format!(
            "type a = {}{}",
            "list<".repeat(depth),
            ">".repeat(depth)
        ));
        read(&format!("x {} a", "not ".repeat(depth)));
        read(&format!("x a{}", " + a".repeat(depth)));
    }
}

#[test]
fn comments_stand_at_the_end_of_any_line() {
    let text = "\
// one
queue a: T // two
  | // three
  U {
  // four
  retain 5d // five
  // six
} // seven
a // eight
  // nine
  -> // ten
  where x == // eleven
    1 and f( // twelve
      b, // thirteen
      // fourteen
      [ // fifteen
        1 // sixteen
      ] // seventeen
    ) // eighteen
handler h( // nineteen
  T( // twenty
    1.., // twenty-one
  ) // twenty-two
) on a
// end";
    assert_eq!(messages(text), Vec::<String>::new());
}
