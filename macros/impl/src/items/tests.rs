//! What each kind of item says in `.flow`, and what is refused.

use aqueduct_dsl::ast::File;
use aqueduct_dsl::clauses::{self, Owner};
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
        ("-90..90, places 1", "Decimal", "decimal(-90..90, places 1)"),
        ("-0.5..-0.1", "f64", "float(-0.5..-0.1)"),
        ("items(-5..)", "Vec<i64>", "list<int(-5..)>"),
        ("..-5", "i64", "int(..-5)"),
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
        "#[domain] mod a { #[domain] mod b {} }".to_owned(),
        "#[event(version = two)] struct A { a: i64 }".to_owned(),
        "#[event(version = 0)] struct A { a: i64 }".to_owned(),
        "#[event(name = A.v1, version = 2)] struct A { a: i64 }".to_owned(),
        "#[event(version = 1, version = 2)] struct A { a: i64 }".to_owned(),
        "struct A { a: Option<OneOf<B, C>> }".to_owned(),
        "struct A { a: OneOf<B> }".to_owned(),
        "enum A { Other(B) }".to_owned(),
        "enum A { B(B), C }".to_owned(),
        "#[pii] enum A { B(B) }".to_owned(),
        "#[choreography(by a)] fn a(b: i64) {}".to_owned(),
        "#[choreography(by a)] #[route(a)] fn a() {}".to_owned(),
        "#[route(a -> b)] fn a() {}".to_owned(),
        method("#[tentative(by a)] fn a(b: i64);"),
        method("#[tentative(by a)] fn a() {}"),
        method("#[scatter(by a)] async fn a(b: B);"),
        method("#[saga(by a)] #[route(A -> B)] fn a(b: B);"),
        method("#[store(by a)] #[outcome(A to B within 1m)] type A = B;"),
        "#[service] #[config(i64)] trait S {}".to_owned(),
        handler("#[handler] #[sample(a = B())]"),
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

#[test]
fn domains_are_files() {
    let items = r#"
        #[bus] struct Everywhere(pricing::ListChanged, shopping::BasketV2);
        #[domain(owner = "team-pricing", name = price)]
        #[assume(a determines b because "it does")]
        #[outcome(ListChanged to shopping::BasketV2 within 5s)]
        mod pricing {
            //! What it costs.
            use aqueduct::Uuid;
            enum Status { Open }
            #[event(public)] struct ListChanged { line: super::shopping::Line, status: Status }
        }
        #[domain]
        mod shopping {
            struct Line { sku: String }
            #[event(version = 2)] struct BasketV2 { #[spread] line: Line, status: crate::pricing::Status }
            #[queue] #[route(super::Everywhere -> where status == pricing::Status::Open -> Baskets)] struct Baskets(BasketV2);
            #[topic] #[route(Everywhere -> pricing::ListChanged)] struct BasketsTopic(Line);
        }"#;
    let mut transcript = transcript(items);
    assert!(transcript.complaints().is_empty());
    let expected = [
        "bus everywhere: price.ListChanged | shopping.Basket.v2",
        r#"//! What it costs.
        domain price { owner "team-pricing", assume a determines b because "it does" }
        outcome ListChanged to shopping.Basket.v2 within 5s
        enum Status { open }
        public event ListChanged { line: shopping.Line, status: Status }"#,
        "domain shopping
        type Line { sku: string }
        event Basket.v2 { ...Line, status: price.Status }
        everywhere -> where status == open -> baskets
        queue baskets: Basket.v2
        everywhere -> price.ListChanged
        topic baskets: Line",
    ];
    let files: Vec<&str> = transcript.files().collect();
    assert_eq!(files.len(), expected.len());
    for (file, expected) in files.into_iter().zip(expected) {
        assert!(tree(file) == tree(expected), "{file}\nand not\n{expected}");
    }
}

#[test]
fn one_of_several() {
    assert_says(
        "struct A { a: i64 } struct B { b: i64 } enum Either { A(A), B(B) } type Other = OneOf<A, B>;
         struct C { either: Option<Either>, list: Vec<OneOf<A, B>> }
         #[service] trait S {
            #[handler] async fn h(&self, it: OneOf<A, B>, cx: &mut HContext) -> Result<OneOf<B, C>>;
            #[handler] async fn i(&self, either: Either, cx: &mut IContext) -> Result<()>;
            #[handler] async fn j(&self, all: Any, cx: &mut JContext) -> Result<Any>;
         }",
        "type A { a: int }\ntype B { b: int }\ntype Either = A | B\ntype Other = A | B
         type C { either: Either?, list: list<A | B> }
         service S {\nhandler h(A | B) -> B | C\nhandler i(Either)\nhandler j(any as all) -> any\n}",
    );
}

#[test]
fn versions_and_what_else_a_message_says() {
    assert_says(
        "#[event(public, summary, version = 2)] #[reserved([a])] #[deprecated(until 2027-06-30)] struct BasketV2 { b: i64 }
         #[event(version = 1)] #[allow(COU010 because \"it leaves\" until 2027-01-01)] struct Basket { a: i64 }
         #[convert(BasketV2 -> Basket(...it, a: b))] #[topic] struct Baskets(BasketV2, Basket);",
        "public summary event Basket.v2 { b: int, reserved [a], deprecated until 2027-06-30 }
         event Basket.v1 { a: int, allow COU010 because \"it leaves\" until 2027-01-01 }
         convert Basket.v2 -> Basket.v1(...it, a: b)
         topic baskets: Basket.v2 | Basket.v1",
    );
}

#[test]
fn what_a_service_does_without_a_handler() {
    assert_says(
        "#[service(each [One(speed: 3), Two])]
         #[config(#[limits(1..5)] #[default = 1] speed: i64)]
         #[schedule(b cron \"0 8 * * *\" -> h)]
         trait S {
            #[handler] #[schedule(a every 5m)] async fn h(&self, cx: &mut HContext) -> Result<()>;
            #[scatter(by id)] #[ask(A to Q)] #[gather(B on R by who)] #[until(count 3)] #[timeout(5s else partial)]
            #[api(POST \"/a\", returns 202)] #[api(GET \"/a/{id}\" -> s.result)] fn s(question: A);
            #[tentative(by id, reserve hold, confirm book, cancel free, expire 10m)] fn t();
            #[saga(on = Q, on Busy retry 5, by = a.id)] #[on(Gone { fail No() })] #[style(slip)]
            #[route(a.stops in [one, two])] #[api(POST \"/b\")] #[reply(c: String)] fn round(a: A);
         }
         #[queue] struct Q(A); #[queue] struct R(B); struct A { id: Uuid } struct B { id: Uuid }",
        "service S each [One(speed: 3), Two] {
            config { speed: int(1..5) = 1 }
            schedule b cron \"0 8 * * *\" -> h
            schedule a every 5m -> h
            handler h()
            api POST \"/a\" -> s { returns 202 }
            api GET \"/a/{id}\" -> s.result
            scatter s(A as question) by id { ask A to q, gather B on r by who, until count 3, timeout 5s else partial }
            tentative t by id { reserve hold, confirm book, cancel free, expire 10m }
            api POST \"/b\" -> Round
            saga Round(A) on q by a.id -> (c: string) {
                on Busy retry 5
                on Gone { fail No() }
                style slip
                route a.stops in [one, two]
            }
         }
         queue q: A\nqueue r: B\ntype A { id: uuid }\ntype B { id: uuid }",
    );
}

#[test]
fn choreographies_and_other_lines_of_the_file() {
    assert_says(
        "#[outcome(A to B | C within 3d for 99%)]
         /// The whole.
         #[choreography(by id, deadline 3d)] #[route(A -> S::h -> B | C)] #[done(B)] #[failed(C)]
         fn fulfilment() {}
         #[target(aws { region \"eu\"; Q { visibility 3m } })] #[queue] struct Q(A);",
        "outcome A to B | C within 3d for 99%
         /// The whole.
         choreography Fulfilment by id { deadline 3d, A -> S.h -> B | C, done B, failed C }
         target aws { region \"eu\", q { visibility 3m } }
         queue q: A",
    );
}

#[test]
fn what_leads_into_a_service_is_known_from_the_table() {
    let leading = clauses::rows().filter(|row| row.leads && row.owners.contains(&Owner::Service));
    let mut words: Vec<&str> = leading.map(|row| row.word).collect();
    words.dedup();
    // These are read with what they stand on, and are clauses of nothing else.
    assert_eq!(words, ["api", "schedule"]);
}
