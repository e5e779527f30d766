//! Filters as SNS reads them: 500 conditions, each with messages at its limits, through our evaluator and through moto's.

use std::io::Write;
use std::process::{Command, Stdio};

use aqueduct::expr::{Expr, Function, all, any, boolean, call, field, list, none, number, text};
use aqueduct_compiler::facts::sns::subscriptions;
use aqueduct_compiler::model::{
    Comparison, Constant, Id, Model, Operand, Predicate, PredicateKind, TypeDecl,
};
use aqueduct_tests::mutants::Random;
use aqueduct_tests::{analyzed, listed, oracles, root};
use serde_json::{Map, Value, json};

const SEED: u64 = 20_261_121;
const CASES: usize = 500;
const MESSAGES: usize = 12;

/// Fields of every kind that a policy can ask about, some of them optional, one in a record.
const MESSAGE: &str = "
enum Status { open, paid, failed }
type Address { zip: string, floor: int(0..100)? }
event Ride {
  id: uuid @key, fare: decimal(0..1000, places 2), distance: int(0..1000), tip: decimal(0..100, places 2)?
  status: Status, mood: Status?, city: string, note: string?, vip: bool, seen: bool?, to: Address, from: Address?
}
";

const NUMBERS: [&str; 5] = ["fare", "distance", "tip", "to.floor", "from.floor"];
const TEXTS: [&str; 4] = ["city", "note", "to.zip", "from.zip"];
const CHOICES: [&str; 2] = ["status", "mood"];
const FLAGS: [&str; 2] = ["vip", "seen"];
const OPTIONAL: [&str; 5] = ["tip", "mood", "note", "seen", "from"];
const VALUES: [&str; 5] = ["0", "1", "50", "49.99", "100"];
const WORDS: [&str; 4] = ["Berlin", "Ber", "lin", "München \\\"1\\\""];
const STATUS: [&str; 3] = ["open", "paid", "failed"];

fn one<'a>(random: &mut Random, of: &[&'a str]) -> &'a str {
    of[random.below(of.len())]
}

/// A condition in the language.
fn condition(random: &mut Random, depth: usize) -> String {
    if depth > 0 && random.below(5) < 3 {
        let left = condition(random, depth - 1);
        let right = condition(random, depth - 1);
        return match random.below(5) {
            0 => format!("not ({left})"),
            1 | 2 => format!("({left}) and ({right})"),
            _ => format!("({left}) or ({right})"),
        };
    }
    match random.below(8) {
        0..=2 => {
            let how = one(random, &["==", "!=", "<", "<=", ">", ">="]);
            let field = one(random, &NUMBERS);
            let whole = field != "fare" && field != "tip";
            let value = one(random, if whole { &["0", "1", "50"] } else { &VALUES });
            format!("{field} {how} {value}")
        }
        3 => {
            let how = one(random, &["==", "!="]);
            format!("{} {how} \"{}\"", one(random, &TEXTS), one(random, &WORDS))
        }
        4 => {
            let how = one(random, &["==", "!="]);
            format!("{} {how} {}", one(random, &CHOICES), one(random, &STATUS))
        }
        5 => format!(
            "{} in [{}, {}]",
            one(random, &CHOICES),
            one(random, &STATUS[..1]),
            one(random, &STATUS[1..])
        ),
        6 => format!(
            "{}({}, \"{}\")",
            one(random, &["starts_with", "ends_with"]),
            one(random, &TEXTS),
            one(random, &WORDS)
        ),
        _ => match random.below(3) {
            0 => one(random, &FLAGS).to_owned(),
            1 => format!("{} == none", one(random, &OPTIONAL)),
            _ => format!("{} != none", one(random, &OPTIONAL)),
        },
    }
}

/// A message whose values are those that conditions speak of, and their neighbors.
fn message(random: &mut Random) -> String {
    let mut optional = |text: String| (random.below(3) > 0).then_some(text);
    let keep: Vec<bool> = (0..6).map(|_| optional(String::new()).is_some()).collect();
    let decimal = |random: &mut Random| {
        one(
            random,
            &["0", "0.01", "1", "49.98", "49.99", "50", "50.00", "100"],
        )
    };
    let whole = |random: &mut Random| one(random, &["0", "1", "49", "50", "51"]);
    let word = |random: &mut Random| one(random, &["Berlin", "Ber", "lin", "München \\\"1\\\"", "", "Bern"]);
    let mut fields = vec![
        r#""id":"0198f2c4-0000-7000-8000-000000000001""#.to_owned(),
        format!(r#""fare":{}"#, decimal(random)),
        format!(r#""distance":{}"#, whole(random)),
        format!(r#""status":"{}""#, one(random, &STATUS)),
        format!(r#""city":"{}""#, word(random)),
        format!(r#""vip":{}"#, random.below(2) == 0),
    ];
    let address = |random: &mut Random, floor: bool| {
        let floor = if floor {
            format!(r#","floor":{}"#, whole(random))
        } else {
            String::new()
        };
        format!(r#"{{"zip":"{}"{floor}}}"#, word(random))
    };
    fields.push(format!(r#""to":{}"#, address(random, keep[0])));
    let more = [
        format!(r#""tip":{}"#, decimal(random)),
        format!(r#""mood":"{}""#, one(random, &STATUS)),
        format!(r#""note":"{}""#, word(random)),
        format!(r#""seen":{}"#, random.below(2) == 0),
        format!(r#""from":{}"#, address(random, keep[1])),
    ];
    fields.extend(
        more.into_iter()
            .zip(&keep[1..])
            .filter_map(|(field, keep)| keep.then_some(field)),
    );
    format!("{{{}}}", fields.join(","))
}

/// A condition of the model for the evaluator, as the generated wiring builds it.
fn expression(model: &Model, of: Id<TypeDecl>, predicate: &Predicate) -> Expr {
    let parts =
        |parts: &[Predicate]| -> Vec<Expr> { parts.iter().map(|part| expression(model, of, part)).collect() };
    let operand = |operand: &Operand| {
        assert!(!operand.size, "sizes are not asked for here");
        match &operand.value {
            Ok(path) if path.explicit || model.at_path(of, &path.segments).is_some() => field(&path.text()),
            Ok(path) => text(&path.text()),
            Err(Constant::Number(value)) => number(&value.to_string()),
            Err(Constant::Text(value) | Constant::Word(value)) => text(value),
            Err(Constant::Bool(value)) => boolean(*value),
            Err(Constant::None) => none(),
            Err(other) => panic!("{other:?}"),
        }
    };
    match &predicate.kind {
        PredicateKind::All(inner) => all(parts(inner)),
        PredicateKind::Any(inner) => any(parts(inner)),
        PredicateKind::Not(inner) => expression(model, of, inner).negate(),
        PredicateKind::Compare(how, left, right) => {
            let (left, right) = (operand(left), operand(right));
            match how {
                Comparison::Equal => left.eq(right),
                Comparison::NotEqual => left.ne(right),
                Comparison::Less => left.lt(right),
                Comparison::AtMost => left.le(right),
                Comparison::Greater => left.gt(right),
                Comparison::AtLeast => left.ge(right),
            }
        }
        PredicateKind::In(left, values) => operand(left).is_in(list(values.iter().map(operand))),
        PredicateKind::Text(test, left, right) => {
            let function = Function::named(test).expect("a test of texts");
            call(function, [operand(left), operand(right)])
        }
        PredicateKind::Holds(inner) => operand(inner).eq(boolean(true)),
        PredicateKind::Computed(..) => panic!("no target computes"),
    }
}

/// One condition with its messages.
struct Case {
    condition: String,
    policy: Option<Value>,
    messages: Vec<String>,
    passes: Vec<bool>,
}

/// `None` when SNS can't say it, which the checker has told the author.
fn case(random: &mut Random) -> Option<Case> {
    let condition = condition(random, 2);
    let (analysis, sources) = analyzed(
        "case.flow",
        &format!(
            "{MESSAGE}topic rides: Ride\nqueue some: Ride\nrides -> where {condition} -> some\n\
             service S {{\n  handler h(Ride) {{ emits Ride to rides }}\n}}\n"
        ),
    );
    let model = &analysis.model;
    let route = model
        .routes
        .values()
        .next()
        .unwrap_or_else(|| panic!("{condition}\n{}", listed(&analysis, &sources)));
    let of = model.channels[route.from].carries;
    let filters: Vec<_> = route
        .filters()
        .map(|filter| expression(model, of, filter.predicate))
        .collect();
    assert_eq!(filters.len(), 1, "{condition}");
    let policy = match subscriptions(model).first() {
        None => None,
        Some(subscription) => match &subscription.policy {
            Err(_) => return None,
            Ok(None) => Some(json!({})),
            Ok(Some(policy)) => Some(serde_json::from_str(&policy.to_string()).expect("a policy is JSON")),
        },
    };
    let messages: Vec<String> = (0..MESSAGES).map(|_| message(random)).collect();
    let passes = messages.iter().map(|message| {
        let body: Value = serde_json::from_str(message).expect("a message is JSON");
        filters.iter().all(|filter| filter.matches(&body))
    });
    let passes = passes.collect();
    Some(Case {
        condition,
        policy,
        messages,
        passes,
    })
}

/// What moto lets through.
fn judged(cases: &[Case]) -> Option<Vec<Map<String, Value>>> {
    let mut child = Command::new(oracles::python()?)
        .arg(root().join("tests/oracles/cloud/filters.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = cases
        .iter()
        .map(|case| json!({ "policy": case.policy, "messages": case.messages }).to_string() + "\n")
        .collect();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

#[test]
fn a_policy_lets_through_what_the_condition_does() {
    let mut random = Random(SEED);
    let mut cases = Vec::new();
    let (mut unsaid, mut nothing) = (0, 0);
    while cases.len() < CASES {
        match case(&mut random) {
            None => unsaid += 1,
            Some(case) if case.policy.is_none() => {
                // Nothing gets through, so there is no subscription.
                assert!(!case.passes.contains(&true), "{}", case.condition);
                nothing += 1;
            }
            Some(case) => cases.push(case),
        }
    }
    let Some(judged) = judged(&cases) else { return };
    let mut disagreements = String::new();
    let mut unknown = 0;
    for (case, judged) in cases.iter().zip(&judged) {
        if judged.contains_key("unknown") {
            unknown += 1;
            continue;
        }
        let theirs = judged.get("passes").cloned().unwrap_or_default();
        if theirs != json!(case.passes) {
            disagreements.push_str(&format!(
                "{}\n  {}\n  {judged:?}\n  ours {:?}\n",
                case.condition,
                case.policy.clone().unwrap_or_default(),
                case.passes
            ));
        }
    }
    let passed = cases
        .iter()
        .flat_map(|case| &case.passes)
        .filter(|passes| **passes)
        .count();
    eprintln!(
        "seed {SEED}: {CASES} conditions, {} messages, {passed} let through; left out: {unsaid} that SNS can't say, {nothing} that nothing fits, {unknown} where moto is known to be wrong",
        CASES * MESSAGES
    );
    assert!(disagreements.is_empty(), "{disagreements}");
    assert!(unknown < CASES / 10, "{unknown} of {CASES} have no judge");
    // Conditions that everything or nothing fits would prove little.
    assert!(
        (CASES * MESSAGES / 5..CASES * MESSAGES * 4 / 5).contains(&passed),
        "{passed}"
    );
}
