//! Broken files: how many findings, in which words, and what is left of the tree.

use proptest::prelude::*;

use crate::ast::{Entry, Shape};
use crate::parse::{Parsed, parse};
use crate::source::SourceMap;
use crate::test_samples::{GROUPS, WILD_RYDES};

fn read(text: &str) -> (Parsed, SourceMap) {
    let mut sources = SourceMap::default();
    let file = sources.add("a.flow", text);
    let parsed = parse(&mut sources, file);
    (parsed, sources)
}

fn messages(text: &str) -> Vec<String> {
    read(text)
        .0
        .diagnostics
        .into_iter()
        .map(|found| found.message)
        .collect()
}

/// The only finding about a text.
fn message(text: &str) -> String {
    match messages(text).as_slice() {
        [only] => only.clone(),
        other => panic!("{text}: {other:#?}"),
    }
}

/// The text after the only fix, where there is one.
fn mended(text: &str) -> String {
    let (parsed, sources) = read(text);
    let mut mended = text.to_owned();
    for edit in &parsed.diagnostics[0].fix.as_ref().unwrap().edits {
        let range = sources.range(edit.span).unwrap();
        mended.replace_range(range.start as usize..range.end as usize, &edit.text);
    }
    mended
}

fn names(entries: &[Entry]) -> Vec<String> {
    let name = |entry: &Entry| match &entry.shape {
        Shape::Operation(operation) => operation.name.text.to_string(),
        Shape::Channel(channel) => channel.name.text.to_string(),
        Shape::Service(service) => service.name.text.to_string(),
        Shape::Field(field) => field.name.text.to_string(),
        Shape::Store(store) => store.name.text.to_string(),
        Shape::Spread(_)
        | Shape::Step(_)
        | Shape::Sample(_)
        | Shape::Message(_)
        | Shape::TypeDef(_)
        | Shape::Scenario(_)
        | Shape::Branching(_)
        | Shape::Named(_)
        | Shape::Flow(_) => format!("{:?}", entry.shape),
    };
    entries.iter().map(name).collect()
}

#[test]
fn ten_broken_entries_give_ten_findings_and_the_rest_stays() {
    let text = "\
queue a: T
qeue b: T
topic c T
type Money decimal
store d: T
service E
event f: T
handler g
step h S.x()
queue i: T {
queue j: T
sample k SubmitRide()
scenario l { }
queue z: T
";
    let (parsed, _) = read(text);
    let found: Vec<_> = parsed
        .diagnostics
        .iter()
        .map(|found| found.message.as_str())
        .collect();
    assert_eq!(
        found,
        [
            "`qeue` declares nothing; did you mean `queue`?",
            "`topic c` needs a colon before its type",
            "`type Money` needs `=` and a type, or fields in braces",
            "`store d` needs `by` and a key",
            "`service E` needs what it has in braces",
            "`event f` has its fields in braces and no type",
            "`handler g` needs what it takes in parentheses",
            "`step h` needs `=` and what it is",
            "the `{` of `queue i` is not closed",
            "`sample k` needs `=` and what it is",
            "`scenario` needs a title in quotes",
        ]
    );
    assert_eq!(names(&parsed.file.entries), ["a", "i", "j", "z"]);
    assert_eq!(
        parsed.lost,
        ["b", "c", "Money", "d", "E", "f", "g", "h", "k", "l"]
    );
}

#[test]
fn good_members_of_a_broken_entry_stay_in_the_tree() {
    let text = "\
service S {
  auth jwt
  store a: T by
  handler b(T) { reads a }
  handler c(T {
    reads a
  }

  /// Documented.
  handler d(T) {
    reads a
    timeout: 5s
    writes a
  }
}
";
    let (parsed, _) = read(text);
    let found: Vec<_> = parsed
        .diagnostics
        .iter()
        .map(|found| found.message.as_str())
        .collect();
    assert_eq!(
        found,
        [
            "`by` needs a key",
            "the `(` of `handler c` is not closed",
            "`timeout` is a word of the language and takes no colon",
        ]
    );
    let Shape::Service(service) = &parsed.file.entries[0].shape else {
        panic!()
    };
    assert_eq!(names(&service.block.entries[1..]), ["b", "d"]);
    let Shape::Operation(d) = &service.block.entries[2].shape else {
        panic!()
    };
    assert_eq!(service.block.entries[2].docs, ["Documented."]);
    assert_eq!(d.block.entries.len(), 2);
}

#[test]
fn a_missing_brace_costs_nothing_else() {
    for missing in [
        "service S {\n  auth jwt\n  handler a(T) {\n    reads b\n}\n",
        "service S {\n  handler a(T)\n",
    ] {
        let (parsed, _) = read(&format!("{missing}queue q: T\n"));
        assert_eq!(parsed.diagnostics.len(), 1, "{:?}", parsed.diagnostics);
        assert_eq!(names(&parsed.file.entries), ["S", "q"]);
    }
    assert_eq!(message("queue a: T\n}\nqueue b: T\n"), "this `}` closes nothing");
    assert_eq!(
        mended("queue a: T {\n  retain 5d\nqueue b: T\n"),
        "queue a: T {\n  retain 5d\n}\nqueue b: T\n"
    );
}

#[test]
fn what_other_languages_write_is_translated() {
    for (text, expected, right) in [
        (
            "a -> where x && y -> b",
            "`and` joins conditions, not `&&`",
            "a -> where x and y -> b",
        ),
        (
            "a -> where x || y -> b",
            "`or` joins conditions, not `||`",
            "a -> where x or y -> b",
        ),
        (
            "a -> where !x -> b",
            "`not` turns a condition round, not `!`",
            "a -> where not x -> b",
        ),
        (
            "a => b",
            "an arrow is written `->`, and \"at least\" is `>=`, not `=>`",
            "a -> b",
        ),
        ("queue a: T;", "`;` separates nothing", "queue a: T"),
        ("owner 'me'", "texts stand in double quotes", "owner \"me\""),
        ("owner \"me", "a text is not closed", "owner \"me\""),
        (
            "queue a: T { delay 5sec }",
            "`5sec` has no unit of the language",
            "queue a: T { delay 5s }",
        ),
        ("owner \"a\\d\"", "`\\d` begins no escape", "owner \"a\\\\d\""),
        (
            "a -> where x == 1 and y = 2 -> b",
            "`=` compares nothing",
            "a -> where x == 1 and y == 2 -> b",
        ),
        (
            "a -> where x = 2 -> b",
            "`=` compares nothing",
            "a -> where x == 2 -> b",
        ),
        (
            "queue ride-done: T",
            "`ride-done` is no name",
            "queue ride_done: T",
        ),
        (
            "# why\nqueue a: T",
            "a comment begins with `//`, not with `#`",
            "// why\nqueue a: T",
        ),
    ] {
        assert_eq!(message(text), expected, "{text}");
        assert_eq!(mended(text), right);
        assert_eq!(messages(right), Vec::<String>::new(), "{right}");
    }
    assert_eq!(message("/* why */\n"), "there are no block comments");
}

#[test]
fn separators_and_operators_have_their_places() {
    for (text, expected) in [
        (
            "type A { a: int b: int }",
            "a comma is missing between `int` and `b`",
        ),
        (
            "queue a: T queue b: T",
            "a comma is missing between `T` and `queue`",
        ),
        ("x f(a b)", "a comma is missing between `a` and `b`"),
        (
            "a -> where x > 1\n  and y > 2 -> b",
            "a line cannot begin with `and`",
        ),
        ("a -> where x\n  == 2 -> b", "a line cannot begin with `==`"),
        ("a -> b ->\n", "nothing follows this arrow"),
        ("queue a: T\n/// of nothing\n", "this documents nothing"),
        (
            "handler a(x: int /// km\n)",
            "documentation cannot stand inside an entry",
        ),
        (
            "system S {\n  owner \"a\"\n  , targets local\n}",
            "a comma ends a line, it doesn't begin one",
        ),
        (
            "event A { a: int\n  , b: int }",
            "a comma ends a line, it doesn't begin one",
        ),
        ("topic x: list<T", "a `<` is not closed"),
        ("handler g(T on q) { }", "a `)` is missing before `on`"),
        ("handler g(a: int, b) { }", "`b` needs a colon and a type"),
        ("if x fail Y()", "what follows `if` stands in braces"),
        (
            "if x { wait 5s } else fail Y()",
            "what follows `else` stands in braces",
        ),
        ("5 -> 6", "no entry begins with `5`"),
        ("step a =", "nothing follows this `=`"),
        ("sample s = T(fare 5)", "`fare` needs a colon before its value"),
        ("sample s = T(fare: )", "`fare:` needs a value"),
        (
            "public queue p: T",
            "`public` is said of messages, not of a `queue`",
        ),
        ("extern queue in x: T", "`in` stands before `queue`"),
        ("a - > b", "an arrow is written `->`, without a blank in it"),
        ("handler a(T) on { }", "`on` needs a channel"),
        ("type A { a: }", "`a:` needs a type"),
        ("type A {\n  a: 5\n}", "`a:` needs a type, and `5` is none"),
        (
            "handler a(T) fails F -> R",
            "`->` stands too late in the signature of `handler a`",
        ),
        (
            "extern servce X { }",
            "`servce` declares nothing; did you mean `service`?",
        ),
        ("queue { } x", "`queue` needs a name"),
        ("x (a]", "`(` is closed by `]` instead of `)`"),
        ("if { }", "`if` needs a condition and a block"),
    ] {
        assert_eq!(message(text), expected, "{text}");
    }
}

#[test]
fn documentation_of_the_file_survives() {
    let (parsed, _) = read("//! One.\n//! Two.\n\nqueue a: T\n//! Three.\nqueue b T\n");
    assert_eq!(parsed.file.docs, ["One.", "Two."]);
    let found: Vec<_> = parsed
        .diagnostics
        .iter()
        .map(|found| found.message.as_str())
        .collect();
    assert_eq!(
        found,
        [
            "`//!` documents the file and stands at its top",
            "`queue b` needs a colon before its type"
        ]
    );
}

/// What replaces a token at random.
const STRANGE: [&str; 18] = [
    "{", "}", "(", ")", "[", "\"", "->", "=", ":", ",", "\n", "é", "queue", "5sec", "//", "///", "...", "\\",
];

proptest! {
    /// A valid text with one token dropped, doubled or replaced: no panic, and no place outside of the text.
    #[test]
    fn no_mutation_of_valid_text_panics_or_points_outside(
        sample in 0..GROUPS.len() + 1,
        at in any::<prop::sample::Index>(),
        change in 0..STRANGE.len() + 2,
    ) {
        let text = GROUPS.get(sample).map_or(WILD_RYDES, |(_, text)| text);
        let tokens: Vec<_> = crate::tokens::tokens(text).collect();
        let token = tokens[at.index(tokens.len())];
        let mut broken = text.to_owned();
        match change {
            0 => broken.replace_range(token.start..token.end, ""),
            1 => broken.insert_str(token.end, &text[token.start..token.end]),
            _ => broken.replace_range(token.start..token.end, STRANGE[change - 2]),
        }
        let (parsed, sources) = read(&broken);
        for found in &parsed.diagnostics {
            let labels = std::iter::once(&found.primary).chain(&found.related).map(|label| label.span);
            let edits = found.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
            for span in labels.chain(edits) {
                let range = sources.range(span).unwrap();
                prop_assert!(broken.get(range.start as usize..range.end as usize).is_some(), "{:?}", found);
            }
            let first = found.message.chars().next().unwrap();
            prop_assert!(!first.is_uppercase() && !found.message.ends_with('.'), "{}", found.message);
            prop_assert!(!found.message.contains(['\n', '\r']), "{}", found.message);
        }
    }
}

#[test]
fn nothing_below_the_documentation_of_a_file_is_passed_over() {
    for text in [
        "//! a\n  queue q: {\n",
        "//! a\rqueue q: {\r",
        "//! a\n\n  //! b\n queue q: {",
    ] {
        let mut sources = SourceMap::default();
        let file = sources.add("a.flow", text);
        let parsed = parse(&mut sources, file);
        assert_eq!(
            parsed.file.docs.first().map(smol_str::SmolStr::as_str),
            Some("a"),
            "{text:?}"
        );
        assert_eq!(parsed.diagnostics.len(), 1, "{text:?}");
    }
}
