//! Every concept of the language: some system of the corpus uses it, and a mistake in it is found.

use std::collections::BTreeSet;

use aqueduct_compiler::constructs;
use aqueduct_dsl::ast::{Block, Entry, Shape, TypeBody};
use aqueduct_dsl::clauses::{self, Owner};
use aqueduct_tests::{analyzed, corpus, files};

/// What mistakes are made in.
const BASE: &str = r#"
enum Means { taxi, bus }
type Line { sku: string, count: int }
event OrderPlaced { order_id: uuid @key, total: decimal, means: Means, lines: list<Line>, note: string?, at: instant }
command Place { order_id: uuid @key }
query GetFee { order_id: uuid @key }
document Fee { order_id: uuid @key, amount: decimal }
fault Refused { why: string }
topic orders: OrderPlaced
queue billing: OrderPlaced
queue fees: GetFee
orders -> billing
service Shop {
  auth none because "a test"
  store kept: OrderPlaced by order_id
  handler place(OrderPlaced) -> Fee fails Refused { writes kept, emits OrderPlaced to orders via outbox }
  handler bill(OrderPlaced) on billing { natural because "it only logs" }
  handler unbill(order_id: uuid) { undoes place by order_id }
}
"#;

/// A concept, a piece of text that some system of the corpus writes it with, and a mistake with the code it is found
/// under. The order is that of the table of concepts in the design.
const CONCEPTS: &[(&str, &str, &str, &str)] = &[
    (
        "scalars and limits",
        "string(1..",
        "type X { a: string(9..1) }",
        "TYP001",
    ),
    ("optional", "?", "type X { a: Money? }", "NAM001"),
    ("list", "list<", "type X { a: list }", "TYP001"),
    ("map", "map<string", "type X { a: map<int, string> }", "TYP001"),
    ("record", "type ", "type X { a: string, a: int }", "NAM002"),
    ("alias", "type Money = ", "type X = X", "TYP001"),
    ("enum", "enum ", "enum X { a, a }", "NAM002"),
    ("tagged union", " | ", "type X = string | int", "TYP001"),
    ("spread", "...", "type X { ...Nothing }", "NAM001"),
    ("default", " = new()", "type X { a: int = new() }", "TYP002"),
    ("tags", "@pii", "type X { a: string @pie }", "TYP001"),
    ("@seq", "@seq", "type X { a: string @seq }", "TYP001"),
    (
        "@origin",
        "@origin(",
        "type X { a: string @origin(Nobody) }",
        "NAM001",
    ),
    (
        "functional dependency",
        "assume ",
        "assume nothing determines total because \"x\"",
        "NAM001",
    ),
    ("event", "event ", "event OrderPlaced { a: int }", "NAM002"),
    (
        "summary event",
        "summary event",
        "summary command X { a: int }",
        "NAM003",
    ),
    (
        "notification event",
        "notification event",
        "notification fault X { a: int }",
        "NAM003",
    ),
    ("command", "command ", "command X { b }", "SYN002"),
    ("query", "query ", "query X { a int }", "SYN002"),
    ("document", "document ", "document X { a: }", "SYN001"),
    (
        "fault",
        "fault ",
        "service Y { handler x(Place) fails Place { natural because \"x\" } }",
        "NAM003",
    ),
    ("version", ".v2", "queue q: OrderPlaced.v9", "NAM001"),
    ("public", "public ", "public type X { a: int }", "SYN001"),
    (
        "reserved",
        "reserved [",
        "event X { a: int, reserved [1] }",
        "TYP001",
    ),
    (
        "deprecated",
        "deprecated until",
        "event X { a: int, deprecated until 2027-02-30 }",
        "TYP002",
    ),
    (
        "converter",
        "convert ",
        "convert OrderPlaced -> Place(order_id: order_id)",
        "NAM003",
    ),
    ("queue", "queue ", "queue q", "TYP001"),
    ("topic", "topic ", "topic q: Nothing", "NAM001"),
    ("bus", "bus ", "bus b: int", "TYP001"),
    (
        "stream",
        "stream ",
        "stream s: OrderPlaced { partition by nothing }",
        "NAM001",
    ),
    (
        "several types",
        " | ",
        "queue q: OrderPlaced | OrderPlaced",
        "NAM002",
    ),
    (
        "fifo by",
        "fifo by",
        "queue q: OrderPlaced { fifo by nothing }",
        "NAM001",
    ),
    (
        "partition by",
        "partition by",
        "topic q: OrderPlaced { partition by 5 }",
        "SYN003",
    ),
    (
        "dedup",
        "dedup by",
        "queue q: OrderPlaced { dedup by order_id for 0s }",
        "TYP002",
    ),
    (
        "retain",
        "retain ",
        "queue q: OrderPlaced { retain 0s }",
        "TYP002",
    ),
    (
        "expire",
        "expire ",
        "queue q: OrderPlaced { expire soon }",
        "SYN003",
    ),
    (
        "archive",
        "archive ",
        "queue q: OrderPlaced { archive 1d }",
        "SYN005",
    ),
    ("delay", "delay ", "queue q: OrderPlaced { delay 0s }", "TYP002"),
    (
        "visibility",
        "visibility ",
        "topic q: OrderPlaced { visibility 1m }",
        "SYN005",
    ),
    (
        "capacity",
        "capacity ",
        "queue q: OrderPlaced { capacity 10 else drop }",
        "NAM003",
    ),
    (
        "dead letter",
        "dead_letter ",
        "queue q: OrderPlaced { dead_letter nowhere after 5 }",
        "NAM001",
    ),
    (
        "block after",
        "block after",
        "queue q: OrderPlaced { block after 0 }",
        "TYP002",
    ),
    (
        "drop after",
        "drop after",
        "queue q: OrderPlaced { drop after 3 }",
        "SYN003",
    ),
    (
        "invalid",
        "invalid ",
        "queue q: OrderPlaced { invalid nowhere }",
        "NAM001",
    ),
    ("extern channels", "extern in", "extern in queue q", "TYP001"),
    (
        "encrypt",
        "encrypt",
        "queue q: OrderPlaced { encrypt none }",
        "SYN003",
    ),
    (
        "filter",
        "where ",
        "orders -> where total > \"x\" -> billing",
        "ROU003",
    ),
    (
        "filter that never matches",
        "where ",
        "orders -> where means == taxi and means == bus -> billing",
        "ROU003",
    ),
    (
        "router",
        "choose {",
        "orders -> choose { where means == taxi -> billing }",
        "ROU001",
    ),
    (
        "router overlap",
        "else ->",
        "orders -> choose { where total > 1 -> billing, where total > 2 -> billing, else -> billing }",
        "ROU002",
    ),
    (
        "recipients",
        "recipients ",
        "orders -> recipients total in [billing]",
        "NAM003",
    ),
    (
        "split",
        "split ",
        "orders -> split total as t -> billing",
        "NAM003",
    ),
    (
        "aggregate",
        "aggregate ",
        "orders -> aggregate Fee by order_id { until count == 3, timeout 1h else fail } -> billing",
        "TYP002",
    ),
    (
        "resequence",
        "resequence by",
        "orders -> resequence by nothing on at -> billing",
        "NAM001",
    ),
    (
        "translate",
        "translate ",
        "orders -> translate Fee(order_id: order_id) -> billing",
        "TYP002",
    ),
    (
        "enrich",
        "enrich ",
        "orders -> enrich Shop.nobody(order_id: order_id) as x -> billing",
        "NAM001",
    ),
    ("claim", "claim ", "orders -> claim nothing -> billing", "NAM001"),
    (
        "redeem",
        "redeem ",
        "orders -> redeem nothing -> billing",
        "NAM001",
    ),
    ("tap", "tap ", "orders -> tap nowhere -> billing", "NAM001"),
    (
        "stage delay",
        "-> delay",
        "orders -> delay 0s -> billing",
        "TYP002",
    ),
    (
        "throttle",
        "throttle ",
        "orders -> throttle 5 -> billing",
        "SYN003",
    ),
    (
        "drop fields",
        "drop [",
        "orders -> drop [nothing] -> billing",
        "NAM001",
    ),
    (
        "mask",
        "mask(",
        "orders -> translate Fee(order_id: mask(total), amount: total) -> billing",
        "TYP002",
    ),
    (
        "in-only, out-only",
        "emits ",
        "service Y { handler x(Place) { emits Place to orders } }",
        "SCH001",
    ),
    (
        "request-reaction",
        "reply on",
        "service Y { handler x(Place) { asks GetFee to fees { reply on billing by nothing, timeout 1s } } }",
        "NAM001",
    ),
    (
        "request-reply",
        "asks ",
        "service Y { handler x(Place) { asks GetFee to fees } }",
        "NAM003",
    ),
    (
        "scatter",
        "scatter ",
        "service Y { scatter s(Place) by order_id { ask GetFee to fees, gather OrderPlaced on billing } }",
        "NAM003",
    ),
    (
        "robust in-only",
        "faults to",
        "service Y { handler x(Place) { faults to billing } }",
        "NAM003",
    ),
    (
        "tentative",
        "tentative ",
        "service Y { tentative t by order_id { reserve x } }",
        "NAM003",
    ),
    (
        "order if later",
        "if later",
        "service Y { handler x(OrderPlaced) on billing { order by order_id if later nothing } }",
        "NAM001",
    ),
    ("owner", "owner \"", "service Y { owner me }", "SYN003"),
    ("domain", "domain ", "domain late { owner \"x\" }", "NAM003"),
    ("control", "control ", "service Y { control somebody }", "SYN003"),
    ("each", "each ", "service Y each ten { owner \"x\" }", "SYN001"),
    (
        "config",
        "config {",
        "service Y each [A(speed: \"x\")] { config { speed: int } }",
        "TYP002",
    ),
    (
        "signature",
        "handler ",
        "service Y { handler x(Nothing) }",
        "NAM001",
    ),
    (
        "reads",
        "reads ",
        "service Y { handler x(Place) { reads kept } }",
        "NAM001",
    ),
    (
        "writes",
        "writes ",
        "service Y { handler x(Place) { writes kept commutatively } }",
        "SYN003",
    ),
    (
        "calls",
        "calls ",
        "service Y { handler x(Place) { calls Nobody.y } }",
        "NAM001",
    ),
    (
        "starts",
        "starts ",
        "service Y { handler x(Place) { starts Nothing } }",
        "NAM001",
    ),
    (
        "irreversible",
        "irreversible",
        "service Y { handler x(Place) { irreversible 5 } }",
        "SYN003",
    ),
    (
        "uses",
        "uses [",
        "service Y { handler x(Place) { uses [nothing] } }",
        "NAM001",
    ),
    (
        "concurrency",
        "concurrency ",
        "service Y { handler x(Place) { concurrency 0 } }",
        "TYP002",
    ),
    (
        "batch",
        "batch ",
        "service Y { handler x(Place) { batch often } }",
        "TYP002",
    ),
    (
        "timeout",
        "timeout ",
        "service Y { handler x(Place) { timeout 20m } }",
        "TYP002",
    ),
    (
        "takes",
        "takes ",
        "service Y { handler x(Place) { takes 5 } }",
        "TYP002",
    ),
    (
        "load",
        "load ",
        "service Y { handler x(Place) { load 5 } }",
        "SYN003",
    ),
    ("limit", "limit ", "service Y { limit much }", "SYN003"),
    (
        "max_hops",
        "max_hops ",
        "service Y { handler x(Place) { max_hops 0 } }",
        "TYP002",
    ),
    (
        "idempotent",
        "idempotent by",
        "service Y { handler x(Place) { idempotent by nothing } }",
        "NAM001",
    ),
    (
        "meta",
        "meta.",
        "service Y { handler x(Place) { idempotent by meta.nothing } }",
        "NAM001",
    ),
    (
        "natural",
        "natural because",
        "service Y { handler x(Place) { natural } }",
        "SYN003",
    ),
    (
        "undoes",
        "undoes ",
        "service Y { handler x(Place) { undoes x by order_id } }",
        "NAM003",
    ),
    (
        "fence",
        "fence by",
        "service Y { handler x(Place) { fence by nothing } }",
        "NAM001",
    ),
    (
        "inbox",
        "inbox for",
        "service Y { handler x(Place) { inbox for 0s } }",
        "TYP002",
    ),
    (
        "order strict",
        "strict",
        "service Y { handler x() { order by order_id strict } }",
        "NAM003",
    ),
    (
        "order gaps",
        " gaps",
        "service Y { handler x(Place) { order by nothing gaps } }",
        "NAM001",
    ),
    (
        "breaker",
        "breaker ",
        "extern service V { handler v(Place) { timeout 1s } } service Y { handler x(Place) { calls V.v { breaker 0 within 1m } } }",
        "SYN001",
    ),
    (
        "schedule every",
        " every ",
        "service Y { schedule s every 0s -> x, handler x() }",
        "TYP002",
    ),
    (
        "schedule cron",
        " cron ",
        "service Y { schedule s cron \"0 25 * * *\" -> x, handler x() }",
        "TYP002",
    ),
    (
        "api",
        "api ",
        "service Y { auth none because \"x\", api POST \"x\" -> x, handler x(Place) }",
        "API001",
    ),
    (
        "api fails",
        "fails ",
        "service Y { auth none because \"x\", api POST \"/x\" -> x { fails Refused 422 }, handler x(Place) }",
        "NAM003",
    ),
    (
        "extern service",
        "extern service",
        "extern service V { store s: Line by sku }",
        "NAM003",
    ),
    (
        "store sort",
        " sort ",
        "service Y { store s: Line by sku sort nothing }",
        "NAM001",
    ),
    (
        "store key",
        " by (",
        "service Y { store s: Line by (sku, nothing) }",
        "NAM001",
    ),
    (
        "step",
        "step ",
        "service Y { saga S(Place as p) on places by p.order_id { step x = nobody() } }",
        "NAM001",
    ),
    (
        "pivot",
        "pivot ",
        "service Y { saga S(Place as p) by p.order_id { pivot x = Shop.unbill(order: p.order_id) } }",
        "NAM001",
    ),
    (
        "retriable",
        "retriable ",
        "service Y { saga S(Place as p) by p.nothing { deadline 1h } }",
        "NAM001",
    ),
    (
        "readonly",
        "readonly ",
        "service Y { saga S(Place) { deadline 1h } }",
        "NAM003",
    ),
    (
        "undo",
        "undo ",
        "service Y { saga S(Place as p) by p.order_id { step x = Shop.unbill(order_id: p.order_id) { undo nobody() } } }",
        "NAM001",
    ),
    (
        "retry",
        "retry ",
        "service Y { saga S(Place as p) by p.order_id { step x = Shop.unbill(order_id: p.order_id) { retry 500 } } }",
        "TYP002",
    ),
    (
        "retry until",
        "retry until",
        "service Y { saga S(Place as p) by p.order_id { step x = Shop.unbill(order_id: p.order_id) { retry until bored } } }",
        "SYN003",
    ),
    (
        "on a fault",
        "on ",
        "service Y { saga S(Place as p) by p.order_id { on Nothing { fail Refused(why: \"x\") } } }",
        "NAM001",
    ),
    (
        "on timeout",
        "on timeout",
        "service Y { saga S(Place as p) by p.order_id { step x = Shop.unbill(order_id: p.order_id) { on timeout { fail Place } } } }",
        "NAM003",
    ),
    (
        "if",
        "if ",
        "service Y { saga S(Place as p) by p.order_id { if p.nothing { wait 1m } } }",
        "NAM001",
    ),
    (
        "parallel all",
        "parallel all",
        "service Y { saga S(Place as p) by p.order_id { parallel all { step x = Shop.unbill(order_id: p.order_id) } } }",
        "NAM003",
    ),
    (
        "parallel first",
        "parallel first",
        "service Y { saga S(Place as p) by p.order_id { parallel first { step x = Shop.unbill(order_id: p.order_id) } } }",
        "NAM003",
    ),
    (
        "map over items",
        "map ",
        "service Y { saga S(Place as p) by p.order_id { map xs = p.order_id as x { wait 1m } } }",
        "TYP002",
    ),
    (
        "wait",
        "wait ",
        "service Y { saga S(Place as p) by p.order_id { wait 0s } }",
        "TYP002",
    ),
    (
        "wait until",
        "wait until",
        "service Y { saga S(Place as p) by p.order_id { wait until p.nothing } }",
        "NAM001",
    ),
    (
        "fail",
        "fail ",
        "service Y { saga S(Place as p) by p.order_id { fail Nothing } }",
        "NAM001",
    ),
    (
        "await a callback",
        "= await ",
        "service Y { saga S(Place as p) by p.order_id { step x = await Nobody.ask(a: 1) { timeout 1d } } }",
        "NAM001",
    ),
    (
        "await an event",
        " on signatures where",
        "service Y { saga S(Place as p) by p.order_id { step x = await OrderPlaced on nowhere { timeout 1d } } }",
        "NAM001",
    ),
    (
        "run",
        "= run ",
        "service Y { saga S(Place as p) by p.order_id { step x = run Nobody.work(a: 1) } }",
        "NAM001",
    ),
    (
        "child saga",
        "= CardIssuing(",
        "service Y { saga S(Place as p) by p.order_id { step x = Nothing(a: 1) } }",
        "NAM001",
    ),
    (
        "start",
        "start Farewell",
        "service Y { saga S(Place as p) by p.order_id { start Nothing(a: 1) } }",
        "NAM001",
    ),
    (
        "rows without code",
        "= insert ",
        "service Y { saga S(Place as p) by p.order_id { step x = insert nothing(a: 1) } }",
        "NAM001",
    ),
    (
        "conditional update",
        "update ",
        "service Shop2 { store own: Line by sku, saga S(Line as l) by l.sku { step x = update own(sku: l.sku) } }",
        "NAM003",
    ),
    (
        "emit",
        "emit ",
        "service Y { saga S(Place as p) by p.order_id { done { emit Fee(order_id: p.order_id) to fees } } }",
        "SCH001",
    ),
    (
        "deadline",
        "deadline ",
        "service Y { saga S(Place as p) by p.order_id { deadline 0s } }",
        "TYP002",
    ),
    (
        "done and failed",
        "failed {",
        "service Y { saga S(Place as p) by p.order_id { done { wait 1m } } }",
        "NAM003",
    ),
    (
        "style slip",
        "style slip",
        "service Y { saga S(Place as p) by p.order_id { style slip } }",
        "NAM003",
    ),
    (
        "choreography",
        "choreography ",
        "choreography C by order_id { OrderPlaced -> Shop.bill -> Nothing, done OrderPlaced }",
        "NAM001",
    ),
    (
        "api to a store",
        ".query ",
        "service Y { auth none because \"x\", api GET \"/x\" -> kept.get }",
        "NAM001",
    ),
    (
        "api to a saga",
        ".complete",
        "service Y { auth none because \"x\", api GET \"/x/{order_id}\" -> S.nothing, saga S(Place as p) by p.order_id { deadline 1h } }",
        "API001",
    ),
    (
        "api to a scatter",
        ".result",
        "service Y { auth none because \"x\", api GET \"/x\" -> s.nothing, scatter s(Place) by order_id { ask GetFee to fees, gather Fee on replies, timeout 1s } }",
        "NAM001",
    ),
    (
        "outcome",
        "outcome ",
        "outcome Line to OrderPlaced within 1m",
        "NAM003",
    ),
    (
        "scenario",
        "scenario ",
        "scenario \"x\" { then nowhere receives 1 }",
        "NAM001",
    ),
    ("sample", "sample ", "sample s = OrderPlaced(total: 1)", "TYP002"),
    (
        "allow",
        "allow ",
        "queue q: OrderPlaced { allow DEL999 because \"x\" }",
        "NAM001",
    ),
    ("target settings", "target ", "target moon { port 1 }", "NAM001"),
    ("use", "use \"", "use \"nowhere.flow\"", "NAM001"),
];

/// The whole corpus as one text.
fn written() -> String {
    corpus().into_iter().map(|(_, text)| text).collect()
}

#[test]
fn every_concept_is_used_in_the_corpus_and_a_mistake_in_it_is_found() {
    let corpus = written();
    let mut problems = String::new();
    let (clean, _) = analyzed("base.flow", BASE);
    assert!(clean.drawn().is_some(), "the base is sound");
    for (concept, used, mistake, code) in CONCEPTS {
        if !corpus.contains(used) {
            problems.push_str(&format!("{concept}: no system of the corpus has `{used}`\n"));
        }
        let (analysis, _) = analyzed("case.flow", &format!("{BASE}{mistake}\n"));
        let found: Vec<&str> = analysis.findings.iter().map(|finding| finding.code.0).collect();
        if !found.contains(code) {
            problems.push_str(&format!("{concept}: `{mistake}` is {found:?}, not {code}\n"));
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    assert!(CONCEPTS.len() > 130);
}

/// Rows that no system of the corpus can have: `stand_in` names a folder with a program, as Wild Rydes in `examples/`
/// has one.
const UNUSED: [&str; 1] = ["stand_in <folder:text>"];

#[test]
fn every_clause_is_used_in_the_corpus() {
    let mut used = BTreeSet::new();
    for (_, text) in corpus() {
        let (first, others) = files(&text);
        for text in [first]
            .into_iter()
            .chain(others.into_iter().map(|(_, text)| text))
        {
            let mut sources = aqueduct_dsl::source::SourceMap::default();
            let file = sources.add("case.flow", text);
            let parsed = aqueduct_dsl::parse(&mut sources, file);
            walk(Owner::File, &parsed.file.entries, &mut used);
        }
    }
    let unused = clauses::rows()
        .map(|row| row.pattern)
        .filter(|pattern| !used.contains(pattern));
    let unused: Vec<&str> = unused.filter(|pattern| !UNUSED.contains(pattern)).collect();
    assert!(unused.is_empty(), "no system of the corpus uses {unused:#?}");
}

/// Notes the rows of all clauses below some entries.
fn walk(owner: Owner, entries: &[Entry], used: &mut BTreeSet<&'static str>) {
    for entry in entries {
        let mut inside = |owner: Owner, block: &Block| walk(owner, &block.entries, used);
        match &entry.shape {
            Shape::Operation(operation) => match operation.kind.text.as_str() {
                "handler" => inside(Owner::Handler, &operation.block),
                "scatter" => inside(Owner::Scatter, &operation.block),
                _ => inside(Owner::Saga, &operation.block),
            },
            Shape::Step(step) => {
                // The block behind it is the step's.
                let mut alone = step.clause.clone();
                alone.block = None;
                clause(Owner::Statements, &alone, used);
                if let Some(block) = &step.clause.block {
                    let inner = if step.kind.text == "map" {
                        Owner::Map
                    } else {
                        Owner::Step
                    };
                    walk(inner, &block.entries, used);
                }
            }
            Shape::Store(store) => inside(Owner::Store, &store.block),
            Shape::Channel(channel) => {
                let owner = match channel.kind.text.as_str() {
                    "queue" => Owner::Queue,
                    "topic" => Owner::Topic,
                    "bus" => Owner::Bus,
                    _ => Owner::Stream,
                };
                inside(owner, &channel.block);
            }
            Shape::Message(message) => inside(Owner::Message, &message.block),
            Shape::TypeDef(definition) => {
                if let (TypeBody::Block(block), "type") = (&definition.body, definition.kind.text.as_str()) {
                    inside(Owner::Record, block);
                }
            }
            Shape::Service(service) => {
                let owner = if service.external.is_some() {
                    Owner::ExternService
                } else {
                    Owner::Service
                };
                inside(owner, &service.block);
            }
            Shape::Scenario(scenario) => inside(Owner::Scenario, &scenario.block),
            Shape::Branching(branching) => {
                for (_, block) in &branching.arms {
                    inside(Owner::Statements, block);
                }
                if let Some(block) = &branching.otherwise {
                    inside(Owner::Statements, block);
                }
            }
            Shape::Named(named) => {
                let owner = match named.kind.text.as_str() {
                    "system" => Owner::System,
                    "domain" => Owner::Domain,
                    "tentative" => Owner::Tentative,
                    _ => Owner::Choreography,
                };
                inside(owner, &named.block);
            }
            Shape::Flow(flow) => {
                let alone = flow.clauses.len() == 1;
                for (at, one) in flow.clauses.iter().enumerate() {
                    let starts = at == 0 && (owner != Owner::File || alone);
                    let head = if starts { owner } else { Owner::Route };
                    let is_first = at == 0;
                    if is_first {
                        clause(owner, one, used);
                    }
                    if !alone || head == Owner::Route {
                        clause(Owner::Route, one, used);
                    }
                    // The options of an api stand behind what it leads to.
                    if owner == Owner::Service
                        && at > 0
                        && let Some(block) = &one.block
                    {
                        walk(Owner::Api, &block.entries, used);
                    }
                }
            }
            Shape::Spread(_) | Shape::Field(_) | Shape::Sample(_) => {}
        }
    }
}

fn clause(owner: Owner, clause: &aqueduct_dsl::ast::Clause, used: &mut BTreeSet<&'static str>) {
    let Ok(matched) = clauses::matching(owner, clause) else {
        return;
    };
    let _ = used.insert(matched.row.pattern);
    match matched.row.block {
        // The arms of a `choose` are lines of stages.
        Some(Owner::Choose) => walk(Owner::File, matched.block(), used),
        Some(inner) => walk(inner, matched.block(), used),
        None => {}
    }
}

#[test]
fn every_construct_is_refused_somewhere_in_the_corpus_or_carried() {
    let mut refused = BTreeSet::new();
    for (_, text) in corpus() {
        let (analysis, _) = analyzed("case.flow", &text);
        refused.extend(
            analysis
                .model
                .refused
                .iter()
                .map(|refused| refused.what.to_string()),
        );
    }
    let silent = constructs::ALL
        .iter()
        .filter(|construct| !construct.carried.anywhere());
    let silent = silent.filter(|construct| !refused.contains(construct.name));
    let names: Vec<&str> = silent.map(|construct| construct.name).collect();
    assert!(names.is_empty(), "no system of the corpus has {names:#?}");
}
