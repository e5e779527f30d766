//! Nothing is lost on the way from trees to text, and what is written is the formatter's own.

use smol_str::SmolStr;

use super::write;
use crate::ast::{Block, Entry, Expr, File, Head, Literal, Shape};
use crate::diagnostic::Severity;
use crate::source::SourceMap;
use crate::test_samples::{GROUPS, WILD_RYDES};
use crate::{format, parse};

/// Systems of the corpus.
const GOLDEN: [(&str, &str); 4] = [
    (
        "odd-names",
        include_str!("../../../tests/cases/golden/odd-names/in.flow"),
    ),
    (
        "parcel-depot",
        include_str!("../../../tests/cases/golden/parcel-depot/in.flow"),
    ),
    (
        "travel-desk",
        include_str!("../../../tests/cases/golden/travel-desk/in.flow"),
    ),
    (
        "wild-rydes",
        include_str!("../../../tests/cases/golden/wild-rydes/in.flow"),
    ),
];

fn parsed(text: &str) -> File {
    let mut sources = SourceMap::default();
    let file = sources.add("a.flow", text);
    let parsed = parse(&mut sources, file);
    let errors = parsed
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error);
    assert_eq!(errors.collect::<Vec<_>>(), Vec::<&_>::new(), "{text}");
    parsed.file
}

fn formatted(text: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("a.flow", text);
    format(&mut sources, file).unwrap_or_else(|found| panic!("{found:?}\n{text}"))
}

/// What is written for a text.
fn written(text: &str) -> String {
    write(&[parsed(text)])
}

/// A tree whose entries are in one order wherever it means nothing: that of their text.
fn arranged(mut file: File) -> File {
    arrange(&mut file.entries);
    file
}

fn arrange(entries: &mut [Entry]) {
    for entry in &mut *entries {
        if let Some(block) = unordered(&mut entry.shape) {
            arrange(&mut block.entries);
        }
    }
    entries.sort_by_cached_key(super::documented);
}

/// The block of a shape if the order of what stands in it means nothing.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other shapes have no block, or one with an order"
)]
fn unordered(shape: &mut Shape) -> Option<&mut Block> {
    match shape {
        Shape::Service(service) => Some(&mut service.block),
        Shape::Channel(channel) => Some(&mut channel.block),
        Shape::Store(store) => Some(&mut store.block),
        Shape::Operation(operation) if operation.kind.text == "handler" => Some(&mut operation.block),
        Shape::Named(named) if named.kind.text != "choreography" => Some(&mut named.block),
        Shape::Flow(flow) => {
            let first = flow.clauses.first()?;
            let is_api = matches!(&first.head, Head::Word(word) if word.text == "api");
            let block = flow.clauses.last_mut()?.block.as_mut()?;
            is_api.then_some(block)
        }
        _ => None,
    }
}

#[test]
fn every_shape_is_read_back_as_it_was() {
    let samples = GROUPS.into_iter().chain([("wild_rydes", WILD_RYDES)]);
    for (name, text) in samples.chain(GOLDEN) {
        let before = parsed(text);
        let once = write(std::slice::from_ref(&before));
        let after = parsed(&once);
        assert_eq!(write(std::slice::from_ref(&after)), once, "{name} written twice");
        assert_eq!(formatted(&once), once, "{name} formatted");
        assert!(
            arranged(before) == arranged(after),
            "{name} says something else:\n{once}"
        );
    }
}

#[test]
fn an_order_that_means_something_stays() {
    let text = "\
saga S(T) on q {
  step b = put z(x: 1)
  step a = put y(x: 1)
  done { emit B(x: 1) to b, emit A(x: 1) to a }
}
scatter s(Q) by k { until first, ask M to ch }
choreography C by k { b -> a, a -> c }
b -> a
a -> where z and a -> c
enum E { z, a }
type T { z: int, a: int }
scenario \"x\" { when clock advances 2s, given z stops, when clock advances 1s }
";
    let before = parsed(text);
    let after = parsed(&write(std::slice::from_ref(&before)));
    let find = |file: &File, wanted: &Entry| file.entries.iter().position(|entry| entry == wanted);
    for entry in &before.entries {
        assert!(find(&after, entry).is_some(), "{}", super::documented(entry));
    }
    let routes: Vec<_> = before
        .entries
        .iter()
        .filter(|entry| matches!(entry.shape, Shape::Flow(_)))
        .map(|entry| find(&after, entry))
        .collect();
    assert!(routes.is_sorted(), "{routes:?}");
}

#[test]
fn entries_stand_by_kind_and_large_ones_apart() {
    let text = "\
scenario \"nothing\" {}
service Shop {
  handler place(PlaceOrder as order) -> Placed fails Closed { emits Placed to placed, natural because \"it only tells\" }
  handler look() { reads orders }
  handler look_again() { reads orders }
  /// Takes orders in.
  api POST \"/orders\" -> place
  store orders: Placed by id
  saga Pay(Placed) on placed { deadline 10m, step a = f(), failed { g() }, done { h() } }
  auth jwt
  api GET \"/orders\" -> orders.get { returns 200 }
}
sample one = 1
a -> b
topic b: Placed
enum E { x }
queue a: Placed   /// What comes in.
event Placed { id: uuid }
system S
";
    let wanted = "\
//! What it is.
//! More of it.

system S

enum E { x }
event Placed { id: uuid }

topic b: Placed

/// What comes in.
queue a: Placed

a -> b

service Shop {
  auth jwt
  store orders: Placed by id

  /// Takes orders in.
  api POST \"/orders\" -> place

  api GET \"/orders\" -> orders.get { returns 200 }

  handler place(PlaceOrder as order) -> Placed fails Closed {
    emits Placed to placed
    natural because \"it only tells\"
  }

  handler look() { reads orders }
  handler look_again() { reads orders }

  saga Pay(Placed) on placed {
    deadline 10m

    step a = f()

    failed { g() }
    done { h() }
  }
}

sample one = 1

scenario \"nothing\" {}
";
    let docs = |line: &str| File {
        docs: vec![line.into()],
        entries: Vec::new(),
    };
    assert_eq!(
        write(&[docs("What it is."), docs("More of it."), parsed(text)]),
        wanted
    );
    assert_eq!(written(wanted), wanted);
}

/// Pairs of what is read and what is written for it.
fn assert_written(clauses: &[(&str, &str)]) {
    for (text, wanted) in clauses {
        assert_eq!(written(text), format!("{wanted}\n"));
        assert!(parsed(text) == parsed(wanted), "{text} is not {wanted}");
    }
}

#[test]
fn a_value_has_one_spelling() {
    assert_written(&[
        (
            "x 1_000 9999 1_0000 1234567.50 0.123456",
            "x 1000 9999 10_000 1_234_567.50 0.123456",
        ),
        ("x 256.50 256.5 007", "x 256.50 256.5 007"),
        (
            "x 1000ms 60s 120m 24h 90m 1.5h 36h 1500ms 0m 123456ms",
            "x 1s 1m 2h 1d 90m 90m 36h 1500ms 0s 123_456ms",
        ),
        (
            "x 1000KB 1024KiB 1.5MB 1024KB 2048KiB 1.5KiB 0.001KB",
            "x 1MB 1MiB 1500KB 1000KiB 2MiB 1.536KB 0.001KB",
        ),
        ("x 60/m 10000/s 0.5/d", "x 60/m 10_000/s 0.5/d"),
        (
            "x 99.9% 1..10_0000 ..60s 0s.. 1KB..1MB",
            "x 99.9% 1..100_000 ..1m 0s.. 1KB..1MB",
        ),
        ("x -100000..-9000 [-1_00..0]", "x -100_000..-9000 [-100..0]"),
        ("x 2027-01-01 true false none", "x 2027-01-01 true false none"),
        (
            r#"x "\u{41}\u{e9}é\n\t\"\\\u{d}\u{7}\u{a0}\u{202e}" "" "//" "#,
            r#"x "Aéé\n\t\"\\\u{d}\u{7}\u{a0}\u{202e}" "" "//""#,
        ),
        (
            r#"scenario "a \"b\" \\ \u{63}" {}"#,
            r#"scenario "a \"b\" \\ c" {}"#,
        ),
    ]);
}

#[test]
fn signs_stand_where_they_are_read_back() {
    assert_written(&[
        ("x f(a) g (a) h() (b) [c]", "x f(a) g (a) h() (b) [c]"),
        ("x -1 ", "x -1"),
        (
            "x not(a==-b-(c- -d)*2)or not a in[]",
            "x not (a == -b - (c - -d) * 2) or not a in []",
        ),
        ("x 500 / s and 500/s", "x 500 / s and 500/s"),
        ("x 5.. 6 ..7 a ..8", "x 5.. 6 ..7 a ..8"),
        ("x a|b|c", "x a | b | c"),
        (
            "x a<b and c<=d and e>f and g>=h and i!=j and k+l*m/n==o",
            "x a < b and c <= d and e > f and g >= h and i != j and k + l * m / n == o",
        ),
        (
            "a|b|c x->f(...y,z:(1,2)){}",
            "a | b | c x -> f(...y, z: (1, 2)) {}",
        ),
        (
            "type T{a:list<map<string,T.v2>>(1..,places 2)?@key@origin(A,b:1)=[]}",
            "type T { a: list<map<string, T.v2>>(1.., places 2)? @key @origin(A, b: 1) = [] }",
        ),
        ("if a{b}else if c{}else{d}", "if a { b } else if c {} else { d }"),
        (
            "extern out stream s:A|B{}\nextern  queue q",
            "extern out stream s: A | B {}\nextern queue q",
        ),
        (
            "handler h(a:int=1,b:T?@pii)on x|y by(k,l)->(c:int)fails F|G{}",
            "handler h(a: int = 1, b: T? @pii) on x | y by (k, l) -> (c: int) fails F | G {}",
        ),
    ]);
}

#[test]
#[expect(clippy::wildcard_enum_match_arm, reason = "the text above has three shapes")]
fn trees_that_nobody_parsed_are_written_as_well() {
    let mut file = parsed("/// one\nqueue a: T { retain 5d }\nservice S {}\nx 1");
    for entry in &mut file.entries {
        match &mut entry.shape {
            Shape::Channel(channel) => channel.block.span = None,
            Shape::Service(service) => service.block.span = None,
            Shape::Flow(flow) => {
                let expr: &mut Expr = flow.clauses.first_mut().unwrap().args.first_mut().unwrap();
                expr.kind = crate::ast::ExprKind::Literal(Literal::Range(
                    Some(Box::new(Literal::Duration(0))),
                    Some(Box::new(Literal::Duration(86_400_000))),
                ));
            }
            _ => {}
        }
    }
    file.docs = vec!["several\n\nlines".into(), SmolStr::default()];
    let wanted = "\
//! several
//!
//! lines
//!

/// one
queue a: T { retain 5d }

service S {}

x 0s..1d
";
    assert_eq!(write(&[file]), wanted);
    assert_eq!(write(&[]), "");
}

#[test]
fn domains_are_texts_of_their_own_and_are_taken_in() {
    let files = [
        parsed("use \"d.flow\"\nsystem S\nqueue q: d.Placed\n"),
        parsed("event Placed { id: uuid }\ndomain d\n"),
        parsed("queue r: Placed\n"),
    ];
    assert_eq!(
        write(&files),
        "use \"d.flow\"\n\nsystem S\n\nqueue q: d.Placed\nqueue r: Placed\n//! d.flow\ndomain d\n\nevent Placed { id: uuid }\n"
    );
}
