//! What a filter becomes, and what SNS cannot ask.

use aqueduct_dsl::source::SourceMap;
use smol_str::SmolStr;

use super::*;

const BEFORE: &str = "
enum Status { paid, open, failed }
type Address { zip: string, city: string }
type Odd { prefix: bool }
event Ride {
  id: uuid @key, fare: decimal(0..1000, places 2), distance: int(0..10_000), status: Status, note: string?,
  code: string(1..8)?, exists: bool, inner: Odd,
  vip: bool, to: Address, from: Address?, tags: list<string>, huge: decimal
}
";

fn model(text: &str) -> crate::Analysis {
    let mut sources = SourceMap::default();
    let file = sources.add("case.flow", format!("{BEFORE}{text}"));
    crate::analyze(&mut sources, &[file], "Case")
}

/// The policy of one filter, or `all`, `nothing`, or the obstacles.
fn said(filter: &str) -> String {
    let analysis = model(&format!(
        "topic rides: Ride\nqueue some: Ride\nrides -> where {filter} -> some\n\
         service S {{\n  handler h(Ride) {{ emits Ride to rides }}\n}}\n"
    ));
    let found = subscriptions(&analysis.model);
    match found.as_slice() {
        [] => "nothing".to_owned(),
        [one] => match &one.policy {
            Ok(None) => "all".to_owned(),
            Ok(Some(policy)) => policy.to_string(),
            Err(obstacles) => obstacles.iter().map(|obstacle| obstacle.what.as_str()).collect(),
        },
        several => format!("{} subscriptions", several.len()),
    }
}

#[test]
fn a_filter_is_a_policy_of_the_same_meaning() {
    for (filter, policy) in [
        (
            "fare >= 50 and distance >= 20",
            r#"{"fare":[{"numeric":[">=",50]}],"distance":[{"numeric":[">=",20]}]}"#,
        ),
        ("fare == 50.50", r#"{"fare":[{"numeric":["=",50.5]}]}"#),
        (
            "fare != 5",
            r#"{"fare":[{"numeric":["<",5]},{"numeric":[">",5]}]}"#,
        ),
        (
            "50 <= fare and fare < 100",
            r#"{"fare":[{"numeric":[">=",50,"<",100]}]}"#,
        ),
        ("not (fare > 50)", r#"{"fare":[{"numeric":["<=",50]}]}"#),
        (
            "fare > 5 and fare != 7",
            r#"{"fare":[{"numeric":[">",5,"<",7]},{"numeric":[">",7]}]}"#,
        ),
        ("status == paid", r#"{"status":["paid"]}"#),
        (
            "status != paid and status != open",
            r#"{"status":[{"anything-but":["paid","open"]}]}"#,
        ),
        ("status in [paid, open]", r#"{"status":["paid","open"]}"#),
        (
            "not (status in [paid, open])",
            r#"{"status":[{"anything-but":["paid","open"]}]}"#,
        ),
        (
            "status in [paid, open] and status != open",
            r#"{"status":["paid"]}"#,
        ),
        ("vip", r#"{"vip":[true]}"#),
        ("not vip", r#"{"vip":[false]}"#),
        ("vip != true", r#"{"vip":[false]}"#),
        ("note == none", r#"{"note":[{"exists":false}]}"#),
        ("code != none", r#"{"code":[{"exists":true}]}"#),
        (
            "note == \"a\u{85}ä\u{1f600}\u{feff}\"",
            r#"{"note":["a\u0085ä\ud83d\ude00\ufeff"]}"#,
        ),
        (
            "code != none and starts_with(code, \"a\\\"\")",
            r#"{"code":[{"prefix":"a\""}]}"#,
        ),
        (
            "not ends_with(note, \"z\")",
            r#"{"note":[{"anything-but":{"suffix":"z"}}]}"#,
        ),
        (
            "to.zip == \"1\" and to.city == \"x\"",
            r#"{"to":{"zip":["1"],"city":["x"]}}"#,
        ),
        ("contains(tags, \"red\")", r#"{"tags":["red"]}"#),
        (
            "note == none or note == \"x\"",
            r#"{"note":[{"exists":false},"x"]}"#,
        ),
        (
            "vip or fare > 5",
            r#"{"$or":[{"vip":[true]},{"fare":[{"numeric":[">",5]}]}]}"#,
        ),
        (
            "distance > 1 and (vip or fare > 5)",
            r#"{"$or":[{"distance":[{"numeric":[">",1]}],"vip":[true]},{"distance":[{"numeric":[">",1]}],"fare":[{"numeric":[">",5]}]}]}"#,
        ),
        (
            "not (vip and fare > 5)",
            r#"{"$or":[{"vip":[false]},{"fare":[{"numeric":["<=",5]}]}]}"#,
        ),
        (
            "vip and (status == paid or status == open)",
            r#"{"vip":[true],"status":["paid","open"]}"#,
        ),
        ("true or vip", "all"),
        ("status == paid and status == open", "nothing"),
        ("not (note in [\"x\", none])", "nothing"),
    ] {
        assert_eq!(said(filter), policy, "{filter}");
    }
}

#[test]
fn what_sns_cannot_ask_is_an_obstacle() {
    for (filter, what) in [
        ("fare > huge", "SNS can't compare one field with another"),
        ("note != none", "SNS takes an empty text for one that isn't there"),
        ("size(tags) > 1", "SNS can't count"),
        ("contains(note, \"x\")", "SNS can't look inside a text"),
        ("tags == none", "SNS can only ask whether a plain value is there"),
        (
            "from.zip == none",
            "SNS can't ask for a field whose record may be absent itself",
        ),
        ("fare < 0.000001", "SNS compares numbers up to 1000000000"),
        ("huge < 1000000001", "SNS compares numbers up to 1000000000"),
        (
            "starts_with(note, \"a\") and ends_with(note, \"z\")",
            "SNS can't ask two such things of `note` at once",
        ),
        (
            "contains(tags, \"a\") and contains(tags, \"b\")",
            "SNS can't ask two such things of `tags` at once",
        ),
    ] {
        assert!(said(filter).starts_with(what), "{filter}: {}", said(filter));
    }
}

#[test]
fn ways_over_several_topics_are_one_subscription() {
    let analysis = model(
        "topic rides: Ride\ntopic paid: Ride\ntopic dear: Ride\nqueue books: Ride\nqueue others: Ride\n\
         rides -> where status == paid -> paid\nrides -> where fare > 50 -> dear\n\
         paid -> where vip -> books\ndear -> books\nrides -> others\n\
         service S {\n  handler h(Ride) { emits Ride to rides }\n}\n",
    );
    let found = subscriptions(&analysis.model);
    let name = |id| analysis.model.channels[id].label.name.as_str();
    let text: Vec<String> = found
        .iter()
        .map(|one| {
            let policy = one.policy.as_ref().unwrap();
            let policy = policy.as_ref().map(FilterPolicy::to_string).unwrap_or_default();
            format!(
                "{} {} {} {policy}",
                name(one.topic),
                name(one.queue),
                one.ways.len()
            )
        })
        .collect();
    assert_eq!(
        text,
        [
            r#"rides books 2 {"$or":[{"status":["paid"],"vip":[true]},{"fare":[{"numeric":[">",50]}]}]}"#,
            "rides others 1 ",
        ]
    );
}

#[test]
fn complexity_is_counted_as_sns_does() {
    let analysis = model(
        "topic rides: Ride\nqueue some: Ride\n\
         rides -> where to.zip in [\"1\", \"2\"] and status in [paid, open, failed] or vip and fare > 1 -> some\n\
         service S {\n  handler h(Ride) { emits Ride to rides }\n}\n",
    );
    let found = subscriptions(&analysis.model);
    let policy = found[0].policy.as_ref().unwrap().as_ref().unwrap();
    // Two values two levels deep times three, and one.
    assert_eq!(policy.combinations(), 2 * 2 * 3 + 1);
    let keys = policy.keys().into_iter().map(|path| path.join("."));
    assert_eq!(keys.collect::<Vec<_>>(), ["to.zip", "status", "vip", "fare"]);
}

#[test]
fn a_name_that_sns_would_read_as_an_operator_is_noticed() {
    for (filter, name) in [
        ("exists", None),
        ("exists and vip", None),
        ("exists or vip", Some("exists")),
        ("inner.prefix", Some("prefix")),
    ] {
        let analysis = model(&format!(
            "topic rides: Ride\nqueue some: Ride\nrides -> where {filter} -> some\n\
             service S {{\n  handler h(Ride) {{ emits Ride to rides }}\n}}\n"
        ));
        let found = subscriptions(&analysis.model);
        let policy = found[0].policy.as_ref().unwrap().as_ref().unwrap();
        assert_eq!(policy.mistakable().map(SmolStr::as_str), name, "{filter}");
    }
}
