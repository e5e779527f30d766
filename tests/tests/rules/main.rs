//! Every page is documentation and test at once: its example raises its code, its cure raises nothing.

mod language;

use aqueduct_compiler::Analysis;
use aqueduct_compiler::model::Target;
use aqueduct_compiler::rules;
use aqueduct_dsl::clauses::Owner;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_tests::{analyzed, codes, corpus, listed, root, system_blocks};

#[test]
fn the_example_of_every_page_raises_its_code_and_the_cure_raises_nothing() {
    let mut problems = String::new();
    for page in rules::pages() {
        let bad = system_blocks(page.text, "Example");
        let good = system_blocks(page.text, "Use instead");
        if bad.is_empty() || good.is_empty() {
            problems.push_str(&format!("{}: the page needs an example and a cure\n", page.code));
        }
        for (name, text) in bad {
            let (analysis, sources) = analyzed(name, &text);
            let findings = relevant(&analysis, page.code);
            if findings.is_empty() || findings.iter().any(|finding| finding.code.0 != page.code) {
                problems.push_str(&format!(
                    "{}: the example raises\n{}",
                    page.code,
                    listed(&analysis, &sources)
                ));
            }
        }
        for (name, text) in good {
            let (analysis, sources) = analyzed(name, &text);
            if !relevant(&analysis, page.code).is_empty() {
                problems.push_str(&format!(
                    "{}: the cure raises\n{}",
                    page.code,
                    listed(&analysis, &sources)
                ));
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// What a page speaks of: that no target carries a construct yet is said by TAR011 alone.
fn relevant<'a>(analysis: &'a Analysis, code: &str) -> Vec<&'a Diagnostic> {
    let findings = analysis.findings.iter();
    findings
        .filter(|finding| finding.code.0 != "TAR011" || code == "TAR011")
        .collect()
}

#[test]
fn the_corpus_is_clean_but_for_what_no_target_carries_yet() {
    let mut run = 0;
    for (name, text) in corpus() {
        let (analysis, sources) = analyzed(&name, &text);
        let about_targets = |finding: &Diagnostic| finding.code.is_about_targets();
        assert!(
            analysis.findings.iter().all(about_targets),
            "{name}:\n{}",
            listed(&analysis, &sources)
        );
        run += usize::from(analysis.findings.is_empty());
    }
    assert!(run >= 4, "only {run} systems run on all targets");
}

#[test]
fn an_error_of_one_target_stops_the_build_for_that_target_only() {
    let body = "event Paid { id: uuid @key }\nqueue paid: Paid\n\
        service Bank {\n  auth jwt\n  api POST \"/paid\" -> pay\n  handler pay(Paid) { emits Paid to paid via outbox }\n  \
        handler note(Paid) on paid\n}\n";
    let repeats = |targets: &str| {
        let (analysis, _) = analyzed("case", &format!("system S {{ {targets} }}\n{body}"));
        let sound = Target::ALL.map(|target| analysis.checked_for(target).is_some());
        let named = analysis
            .findings
            .iter()
            .find(|finding| finding.code.0 == "DEL001")
            .map(|finding| finding.targets.clone());
        (named, sound)
    };
    let [local, nats, aws] = [true, false, false];
    assert_eq!(repeats(""), (Some(vec!["aws".into()]), [local, nats, aws]));
    assert_eq!(repeats("targets local"), (None, [true, false, false]));
    // What holds for all that is asked for names none of them.
    assert_eq!(repeats("targets aws"), (Some(vec![]), [false, false, false]));

    let (analysis, _) = analyzed("case", body);
    assert!(analysis.checked().is_none());
    assert!(analysis.narrowed(&[Target::Local]).checked().is_some());
}

/// A clean system with a hole for one more line in each place where clauses may stand.
fn with_clause(owner: Owner, clause: &str) -> Option<String> {
    let line = |place: Owner| if place == owner { clause } else { "" };
    let places = [
        Owner::File,
        Owner::System,
        Owner::Message,
        Owner::Record,
        Owner::Topic,
        Owner::Queue,
        Owner::Route,
        Owner::Service,
        Owner::Store,
        Owner::Api,
        Owner::Handler,
        Owner::Calls,
        Owner::ExternService,
        Owner::Saga,
        Owner::Step,
        Owner::Statements,
        Owner::Parallel,
        Owner::Scenario,
    ];
    let route = if owner == Owner::Route {
        format!("{clause} -> ")
    } else {
        String::new()
    };
    // Whatever says who may call is tried in the place of what says so here.
    let guard = if clause.starts_with("auth ") {
        ""
    } else {
        "auth jwt"
    };
    places.contains(&owner).then(|| {
        format!(
            "system Rides {{\n  {}\n}}\n\
             event RideCompleted {{\n  ride_id: uuid @key\n  fare: decimal\n  {}\n}}\n\
             type Note {{\n  ride_id: uuid\n  {}\n}}\n\
             topic ride_completed: RideCompleted {{\n  {}\n}}\n\
             queue repairs: RideCompleted {{\n  {}\n}}\n\
             ride_completed -> {route}repairs\n\
             service Rider {{\n  {guard}\n  \
               store rides: RideCompleted by ride_id {{\n    {}\n  }}\n  \
               api POST \"/rides\" -> capture {{\n    {}\n  }}\n  \
               handler capture(RideCompleted) {{\n    emits RideCompleted to ride_completed\n    {}\n  }}\n  \
               handler repair(Note) on repairs {{ natural because \"it only logs\" }}\n  {}\n}}\n{}\n\
             queue payments: RideCompleted\n\
             ride_completed -> payments\n\
             service Bank {{\n  \
               handler pay(ride_id: uuid) {{\n    calls Vendor.pay {{\n      {}\n    }}\n    idempotent by ride_id\n  }}\n  \
               handler unpay(ride_id: uuid) {{ calls Vendor.unpay, undoes pay by ride_id }}\n  \
               handler look(ride_id: uuid)\n  \
               saga Payment(RideCompleted as ride) on payments by ride.ride_id {{\n    deadline 1h\n    \
                 step pay = pay(ride_id: ride.ride_id) {{\n      undo unpay(ride_id: ride.ride_id)\n      {}\n    }}\n    \
                 if ride.fare > 1 {{\n      wait 1m\n      {}\n    }}\n    \
                 parallel all {{\n      readonly one = look(ride_id: ride.ride_id)\n      \
                   readonly two = look(ride_id: ride.ride_id)\n      {}\n    }}\n    {}\n  }}\n}}\n\
             extern service Vendor {{\n  handler pay(ride_id: uuid) {{ timeout 2s }}\n  \
               handler unpay(ride_id: uuid) {{ undoes pay by ride_id, timeout 2s }}\n  {}\n}}\n\
             scenario \"s\" {{\n  then Payment done\n  {}\n}}\n",
            line(Owner::System),
            line(Owner::Message),
            line(Owner::Record),
            line(Owner::Topic),
            line(Owner::Queue),
            line(Owner::Store),
            line(Owner::Api),
            line(Owner::Handler),
            line(Owner::Service),
            line(Owner::File),
            line(Owner::Calls),
            line(Owner::Step),
            line(Owner::Statements),
            line(Owner::Parallel),
            line(Owner::Saga),
            line(Owner::ExternService),
            line(Owner::Scenario),
        )
    })
}

#[test]
fn a_clause_that_nothing_carries_is_refused_by_name() {
    let clean = with_clause(Owner::File, "").unwrap();
    assert_eq!(codes(&clean), Vec::<String>::new());
    let (mut refused, mut problems) = (0, String::new());
    for row in aqueduct_dsl::clauses::rows().filter(|row| !row.carried.anywhere()) {
        for owner in row.owners {
            let clause = if row.leads {
                format!("{} -> capture", row.example())
            } else {
                row.example()
            };
            let Some(text) = with_clause(*owner, &clause) else {
                continue;
            };
            let found = codes(&text);
            if found.iter().any(|code| code == "TAR011") {
                refused += 1;
            } else {
                problems.push_str(&format!("`{clause}` in {}: {found:?}\n", owner.noun()));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "accepted and ignored, or refused for another reason:\n{problems}"
    );
    assert!(refused > 50, "only {refused} clauses were tried");
}

#[test]
fn a_construct_that_nothing_carries_is_refused_by_name() {
    let outside = [
        "bus b: RideCompleted",
        "stream s: RideCompleted",
        "extern in queue q: RideCompleted",
        "topic wiretap: any",
        "type V { offset: int @wide }",
        "service Y each 1..3 { owner \"x\" }",
        "type U = Note | RideCompleted",
        "queue two: Note | RideCompleted",
        "repairs -> repairs",
    ];
    let inside = [
        "saga S(RideCompleted) by it.ride_id { deadline 1h }",
        "scatter s(RideCompleted) { until first }",
        "tentative t by ride_id { expire 1m }",
        "schedule s every 5m -> capture",
        "handler two(RideCompleted) on repairs | ride_completed { natural because \"x\" }",
        "store s: RideCompleted by (ride_id, fare)",
        "store s: RideCompleted by ride_id sort fare",
        "api GET \"/all/{ride_id}\" -> rides.query",
    ];
    let mut problems = String::new();
    let tried = outside
        .iter()
        .map(|line| (Owner::File, *line))
        .chain(inside.map(|line| (Owner::Service, line)));
    for (owner, line) in tried {
        let found = codes(&with_clause(owner, line).unwrap());
        if !found.iter().any(|code| code == "TAR011") {
            problems.push_str(&format!("`{line}`: {found:?}\n"));
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// Each `// error: CODE…` at the end of a line is a finding of that line; there are no others.
#[test]
fn every_situation_of_a_rule_is_judged_as_its_comments_say() {
    let folder = root().join("tests/cases/rules");
    let (mut tried, mut problems) = (0, String::new());
    for rule in std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let name = rule.file_name().unwrap().to_string_lossy().into_owned();
        if !rules::all().iter().any(|known| known.name == name) {
            problems.push_str(&format!("no rule is called {name}\n"));
        }
        for case in std::fs::read_dir(&rule)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            let text = std::fs::read_to_string(&case).unwrap();
            let mut wanted = Vec::new();
            for (index, line) in text.lines().enumerate() {
                let codes = line.split_once("// error: ").map_or("", |(_, codes)| codes);
                wanted.extend(
                    codes
                        .split(' ')
                        .filter(|code| !code.is_empty())
                        .map(|code| format!("{}: {code}", index + 1)),
                );
            }
            let (analysis, sources) = analyzed("case", &text);
            let refused = if text.contains("TAR011") { "TAR011" } else { "" };
            let mut found: Vec<String> = relevant(&analysis, refused)
                .into_iter()
                .map(|finding| {
                    let line = sources.line_column(finding.primary.span).unwrap_or_default().0;
                    format!("{line}: {}", finding.code)
                })
                .collect();
            wanted.sort();
            found.sort();
            if wanted != found {
                let said = listed(&analysis, &sources);
                problems.push_str(&format!(
                    "{}:\n  wanted {wanted:?}\n  found {found:?}\n{said}\n",
                    case.display()
                ));
            }
            tried += 1;
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    assert!(tried > 30, "only {tried} situations were found");
}
