//! What each kind of item says in `.flow`, and what is refused.

use aqueduct_dsl::ast::File;
use aqueduct_dsl::parse;
use aqueduct_dsl::source::SourceMap;

use super::*;

fn transcript(items: &str) -> Transcript {
    let module = format!("mod m {{ {items} }}");
    let module = syn::parse_str(&module).unwrap_or_else(|error| panic!("{items}: {error}"));
    read(&module, Transcript::default()).transcript
}

fn tree(text: &str) -> File {
    let mut sources = SourceMap::default();
    let file = sources.add("case.flow", text);
    let parsed = parse(&mut sources, file);
    assert!(parsed.diagnostics.is_empty(), "{text}\n{:?}", parsed.diagnostics);
    parsed.file
}

#[track_caller]
fn assert_says(items: &str, flow: &str) {
    let mut transcript = transcript(items);
    assert!(transcript.complaints().is_empty(), "{items} is refused");
    let text = transcript.text();
    assert!(tree(text) == tree(flow), "{items}\nsays\n{text}\nand not\n{flow}");
}

#[test]
fn types_and_their_limits() {
    let fields = [
        ("String", "string"),
        ("std::string::String", "string"),
        ("bool", "bool"),
        ("i64", "int"),
        ("f64", "float"),
        ("Decimal", "decimal"),
        ("Uuid", "uuid"),
        ("aqueduct::Timestamp", "instant"),
        ("SignedDuration", "duration"),
        ("Value", "json"),
        ("Vec<u8>", "bytes"),
        ("Option<Vec<u8>>", "bytes?"),
        ("Vec<Option<String>>", "list<string?>"),
        ("BTreeMap<String, Vec<Place>>", "map<string, list<Place>>"),
    ];
    for (rust, flow) in fields {
        assert_says(
            &format!("struct A {{ a: {rust} }}"),
            &format!("type A {{ a: {flow} }}"),
        );
        assert_says(&format!("type A = {rust};"), &format!("type A = {flow}"));
    }
    let limits = [
        ("1..64", "Option<String>", "string(1..64)?"),
        ("5, pattern = \"a\"", "String", "string(5, pattern \"a\")"),
        ("0.., places 2", "Decimal", "decimal(0.., places 2)"),
        (
            "1..20, items(1..120)",
            "Vec<String>",
            "list<string(1..120)>(1..20)",
        ),
        (
            "items(..40)",
            "BTreeMap<String, String>",
            "map<string, string(..40)>",
        ),
        (
            "items(0..5, items(1..64, pattern \"x\")), 0..3",
            "Option<Vec<Vec<String>>>",
            "list<list<string(1..64, pattern \"x\")>(0..5)>(0..3)?",
        ),
        ("..10", "Vec<u8>", "bytes(..10)"),
    ];
    for (limits, rust, flow) in limits {
        assert_says(
            &format!("struct A {{ #[pii] #[limits({limits})] a: {rust} }}"),
            &format!("type A {{ a: {flow} @pii }}"),
        );
    }
}

#[test]
fn names_of_both_sides() {
    assert_says(
        "#[event(name = Paid.v2, deprecated until 2027-01-01)] struct PaidV2 { r#type: String, #[name(self)] own: bool }",
        "event Paid.v2 { type: string, self: bool, deprecated until 2027-01-01 }",
    );
    assert_says(
        "struct Uuid { id: aqueduct::Uuid, own: Uuid } enum Option { r#Some, #[name(nothing)] None }",
        "type Uuid { id: uuid, own: Uuid }\nenum Option { some, nothing }",
    );
    assert_says(
        "#[queue(name = paid)] #[route(PaidQueue -> Topic)] struct PaidQueue(A, B); #[topic] struct Topic(A);",
        "paid -> topic\nqueue paid: A | B\ntopic topic: A",
    );
    assert_says(
        "#[service(name = \"Bank\")] trait Till {} #[scenario] #[never(Till::q receives)] fn no_word_of_it() {}",
        "service Bank {}\nscenario \"no word of it\" { never Bank.q receives }",
    );
    // Only what declares an item names it.
    assert_says(
        "#[service] trait S { #[handler] #[reply(name: String, m: BTreeMap<String, i64>)] #[writes(name)]
            async fn h(&self, cx: &mut HContext) -> Result<SHReply>; }",
        "service S { handler h() -> (name: string, m: map<string, int>) { writes name } }",
    );
}

#[test]
fn signatures_from_lists_and_from_attributes() {
    let listed = "#[handler(fails = A | B, by = (a, b), on = Q, irreversible)]";
    let own = "#[irreversible] #[by(a, b)] #[handler] #[fails(A | B)] #[on(Q)]";
    let calls = "#[handler(on(Q), by(a, b), fails(A | B), irreversible)]";
    for attributes in [listed, own, calls] {
        assert_says(
            &format!(
                "#[queue] struct Q(R); struct R {{ a: i64 }}
                 #[service] trait S {{ {attributes} async fn h(&self, it: R, cx: &mut HContext) -> Result<()>; }}"
            ),
            "queue q: R\ntype R { a: int }\nservice S { handler h(R as it) on q by (a, b) fails A | B { irreversible } }",
        );
    }
    assert_says(
        "#[service] trait S { #[store(by (a, b), sort = c, expire 3d)] type R = T; #[store] #[by(a, b)] #[sort(c)] #[expire(3d)] type U = T; }",
        "service S { store r: T by (a, b) sort c { expire 3d }\nstore u: T by (a, b) sort c { expire 3d } }",
    );
    assert_says(
        "#[service(extern)] trait S { #[handler] async fn h(&self, #[field] #[limits(5)] #[default = 1] a: A, b: i64) -> Result<B>; }
         struct A { a: i64 }",
        "extern service S { handler h(a: A(5) = 1, b: int) -> B }\ntype A { a: int }",
    );
}

#[test]
fn documentation_goes_with_what_it_stands_on() {
    assert_says(
        "/// A.\n///\n/// B.\nstruct A { /// C.\n #[spread] b: B, /// D.\n d: i64 }
         #[topic] #[route(/// E.\n T -> q)] struct T(A);",
        "/// A.\n///\n/// B.\ntype A {\n/// C.\n...B\n/// D.\nd: int\n}\n/// E.\nt -> q\ntopic t: A",
    );
}

#[test]
fn what_would_go_unheard_is_refused() {
    let method = |text: &str| format!("#[service] trait S {{ {text} }}");
    let handler = |attributes: &str| {
        method(&format!(
            "{attributes} async fn h(&self, cx: &mut HContext) -> Result<()>;"
        ))
    };
    let refused = [
        "#[event] #[command] struct A { a: i64 }".to_owned(),
        "#[event] #[queue] struct A { a: i64 }".to_owned(),
        "#[queue(name = a)] #[name(b)] struct A(B);".to_owned(),
        "struct A { #[limits(5)] #[limits(6)] a: String }".to_owned(),
        "struct A { #[default = 5] #[default = 6] a: i64 }".to_owned(),
        "struct A { #[spread] #[pii] b: B }".to_owned(),
        "struct A { #[spread] b: Vec<B> }".to_owned(),
        "#[queue] struct A { b: B }".to_owned(),
        "struct A { #[limits(items(5))] a: String }".to_owned(),
        "struct A { #[limits(items(5))] a: Vec<u8> }".to_owned(),
        "struct A { a: Option<Option<i64>> }".to_owned(),
        "struct A { a: &'static str }".to_owned(),
        "struct A { a: u8 }".to_owned(),
        "#[pii] type A = String;".to_owned(),
        "const A: i64 = 5;".to_owned(),
        "mod inner {}".to_owned(),
        handler("#[handler] #[saga]"),
        handler("#[handler(on = a)] #[on(b)]"),
        handler("#[handler(by = a, by = b)]"),
        method("#[store(by a)] #[by(b)] type A = B;"),
        method("#[store] type A = B;"),
        method("#[handler] #[reply(i64)] async fn h(&self, cx: &mut HContext) -> Result<SHReply>;"),
    ];
    for items in refused {
        let mut transcript = transcript(&items);
        let count = transcript.complaints().len();
        assert!(count >= 1, "{items} is accepted as\n{}", transcript.text());
        // What is left out leaves nothing behind that can't be read.
        let _ = tree(transcript.text());
    }
}
