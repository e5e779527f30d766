//! A system in annotated Rust is the system in `.flow`: the same model, the same findings, the same files.

use std::collections::BTreeMap;

use aqueduct_compiler::Analysis;
use aqueduct_compiler::model::Target as Engine;
use aqueduct_dsl::ast::Shape;
use aqueduct_dsl::diagnostic::Diagnostic;
use aqueduct_dsl::source::SourceMap;
use aqueduct_targets::{Origin, QueryLanguage, mermaid};
use aqueduct_tests::{analyzed, listed, read, root, systems};
use similar::TextDiff;

/// Both forms of a system of the corpus.
struct Pair {
    name: String,
    flow: String,
    rust: String,
}

impl Pair {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            flow: read(format!("tests/cases/golden/{name}/in.flow")),
            rust: match name {
                // The example lies elsewhere, and so does what stands in for the gateway.
                "wild-rydes" => read("examples/wild-rydes-rust/src/system.rs")
                    .replace("\"../wild-rydes/gateway\"", "\"gateway\""),
                _ => read(format!("tests/cases/golden/{name}/in.rs")),
            },
        }
    }

    fn all() -> Vec<Self> {
        systems().iter().map(|(name, _)| Self::named(name)).collect()
    }

    fn read(&self) -> [(Analysis, SourceMap); 2] {
        [analyzed("in.flow", &self.flow), analyzed("in.rs", &self.rust)]
    }
}

/// Where two texts differ, with the lines around.
fn difference(one: &str, other: &str) -> String {
    let diff = TextDiff::from_lines(one, other);
    diff.unified_diff()
        .context_radius(5)
        .header(".flow", "Rust")
        .to_string()
}

fn assert_one_model(name: &str, one: &Analysis, other: &Analysis) {
    let shown = |analysis: &Analysis| format!("{:#?}", analysis.model);
    let equal = one.model == other.model;
    assert!(equal, "{name}:\n{}", difference(&shown(one), &shown(other)));
}

/// Everything that is made of a system.
fn made(analysis: &Analysis, sources: &SourceMap) -> BTreeMap<String, String> {
    let checked = analysis
        .checked()
        .unwrap_or_else(|| panic!("{}", listed(analysis, sources)));
    let mut made = BTreeMap::from([("out.flow".to_owned(), aqueduct_dsl::write(&analysis.files))]);
    for query in [QueryLanguage::JsonPath, QueryLanguage::Jsonata] {
        let origin = Origin {
            source: "in".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            query,
            linked: None,
        };
        for target in aqueduct_targets::all() {
            if Engine::named(target.name).is_some_and(|engine| !analysis.model.targets.contains(&engine)) {
                continue;
            }
            let mut files = aqueduct_targets::emit(target, checked, &origin);
            if target.of_project {
                files.extend(aqueduct_targets::project(&[target], checked, &origin));
            }
            let files = files.iter();
            made.extend(
                files.map(|(path, file)| (format!("{query:?}/{}/{path}", target.name), file.text.clone())),
            );
        }
        for (id, saga) in analysis.model.sagas.iter() {
            let folder = format!("{query:?}/{}", saga.label.name);
            let _ = made.insert(
                format!("{folder}/states"),
                mermaid::states(&analysis.model, id, &origin),
            );
            let paths = mermaid::paths(&analysis.model, id, &origin).into_iter();
            made.extend(paths.map(|path| (format!("{folder}/{}", path.name), path.diagram)));
        }
    }
    made
}

#[test]
fn both_forms_are_one_model_without_findings() {
    for pair in Pair::all() {
        let [(flow, _), (rust, sources)] = pair.read();
        assert!(
            rust.findings.is_empty(),
            "{}:\n{}",
            pair.name,
            listed(&rust, &sources)
        );
        assert_one_model(&pair.name, &flow, &rust);
    }
}

#[test]
fn every_target_makes_the_same_of_both_forms() {
    let mut count = 0;
    for pair in Pair::all() {
        let [flow, rust] = pair.read().map(|(analysis, sources)| made(&analysis, &sources));
        count += flow.len();
        let paths = |made: &BTreeMap<String, String>| made.keys().cloned().collect::<Vec<_>>();
        assert_eq!(paths(&flow), paths(&rust), "{}", pair.name);
        for (path, text) in &flow {
            let equal = *text == rust[path];
            assert!(equal, "{} {path}:\n{}", pair.name, difference(text, &rust[path]));
        }
    }
    assert!(count > 300, "only {count} files were compared");
}

#[test]
fn what_is_printed_as_flow_is_the_system_that_was_read_as_rust() {
    for pair in Pair::all() {
        let [_, (rust, _)] = pair.read();
        let (printed, _) = analyzed("out.flow", &aqueduct_dsl::write(&rust.files));
        assert_one_model(&pair.name, &printed, &rust);
    }
}

/// The files of a system of the corpus, its domains in the order of their names, each in the one way to write it.
fn canonical(analysis: &Analysis) -> BTreeMap<String, String> {
    let files = analysis.files.iter().map(|file| {
        let domain = file.entries.iter().find_map(|entry| match &entry.shape {
            Shape::Named(named) if named.kind.text == "domain" => Some(named.name.text.to_string()),
            _ => None,
        });
        (
            domain.unwrap_or_default(),
            aqueduct_dsl::write(std::slice::from_ref(file)),
        )
    });
    files.collect()
}

/// The text of a file without the lines that take others in: Rust has modules where there are files.
fn without_uses(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("use \"")).collect()
}

#[test]
fn the_corpus_is_the_same_text_in_both_forms() {
    let folder = root().join("tests/cases/golden");
    let mut systems: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    // Those that run are compared down to their files above.
    let runs: Vec<String> = aqueduct_tests::systems()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    systems.retain(|path| !runs.iter().any(|name| path.ends_with(name)) && path.join("in.rs").is_file());
    systems.sort();
    assert!(systems.len() >= 7, "only {} systems are compared", systems.len());
    let mut problems = String::new();
    for system in systems {
        let name = system.file_name().unwrap().to_string_lossy().into_owned();
        let mut sources = SourceMap::default();
        let mut texts: Vec<_> = system
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        texts.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
        texts.sort_by_key(|path| (!path.ends_with("in.flow"), path.clone()));
        let files: Vec<_> = texts
            .iter()
            .map(|path| sources.add("case.flow", without_uses(&read(path))))
            .collect();
        let flow = aqueduct_compiler::analyze(&mut sources, &files, "System");
        let (rust, rust_sources) = analyzed("in.rs", &read(system.join("in.rs")));
        for (analysis, sources) in [(&flow, &sources), (&rust, &rust_sources)] {
            let codes = ["SYN", "RST"];
            let is_unread = |finding: &&Diagnostic| codes.iter().any(|code| finding.code.0.starts_with(code));
            if let Some(finding) = analysis.findings.iter().find(is_unread) {
                problems.push_str(&format!(
                    "{name}: {}\n{}\n",
                    finding.message,
                    listed(analysis, sources)
                ));
            }
        }
        assert_one_model(&name, &flow, &rust);
        if codes(&flow) != codes(&rust) {
            problems.push_str(&format!(
                "{name}:\n.flow:\n{}Rust:\n{}\n",
                listed(&flow, &sources),
                listed(&rust, &rust_sources)
            ));
        }
        let (flow, rust) = (canonical(&flow), canonical(&rust));
        assert!(
            flow.keys().eq(rust.keys()),
            "{name}: {:?} and {:?}",
            flow.keys(),
            rust.keys()
        );
        for (domain, text) in &flow {
            if *text != rust[domain] {
                problems.push_str(&format!(
                    "{name} {domain}:\n{}\n",
                    difference(text, &rust[domain])
                ));
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn what_is_wrong_in_a_domain_is_found_there() {
    let text = read("tests/cases/golden/market-place/in.rs");
    // One in a clause, and one that has no meaning in any text.
    for (right, wrong, code) in [
        (
            "#[natural(because \"it only logs\")]",
            "#[naturl(because \"\")]",
            "SYN002",
        ),
        (
            "-> Result<CardVaultTokenizeReply>",
            "-> CardVaultTokenizeReply",
            "RST001",
        ),
        ("#[store(by country)]", "#[store(country)]", "RST001"),
    ] {
        assert!(text.contains(right), "{right}");
        let text = text.replacen(right, wrong, 1);
        let line = text
            .lines()
            .position(|line| line.contains(wrong.trim_start_matches("-> ")))
            .unwrap()
            + 1;
        let (analysis, sources) = analyzed("in.rs", &text);
        let found = analysis.findings.iter().filter(|finding| finding.code.0 == code);
        let lines: Vec<_> = found
            .filter_map(|finding| sources.line_column(finding.primary.span))
            .collect();
        let near = lines
            .iter()
            .any(|(found, _)| (*found as usize).abs_diff(line) <= 1);
        assert!(
            near,
            "{wrong} stands in line {line}:\n{}",
            listed(&analysis, &sources)
        );
    }
}

#[test]
fn the_system_of_the_manual_is_clean() {
    let manual = read("docs/rust.md");
    let (_, text) = manual.split_once("```rust\n").unwrap();
    let (text, _) = text.split_once("```\n").unwrap();
    let (analysis, sources) = analyzed("manual.rs", text);
    assert!(analysis.findings.is_empty(), "{}", listed(&analysis, &sources));
    assert_eq!(analysis.model.handlers.iter().count(), 2);
}

#[test]
fn the_domains_of_the_manual_are_understood() {
    let manual = read("docs/rust.md");
    let (_, text) = manual.split_once("## Domains\n```rust\n").unwrap();
    let (text, _) = text.split_once("```\n").unwrap();
    let (analysis, _) = analyzed("manual.rs", text);
    let texts: Vec<String> = canonical(&analysis).into_values().collect();
    let expected = [
        "system Market\n\nbus enterprise: pricing.ListChanged\n",
        "//! What it costs.\n\ndomain pricing { owner \"team-pricing\", control own }\n",
    ];
    assert_eq!(texts.len(), expected.len());
    for (text, expected) in texts.iter().zip(expected) {
        assert!(text.starts_with(expected), "{text}");
    }
}

/// The codes of all that is found.
fn codes(analysis: &Analysis) -> Vec<String> {
    let codes = analysis.findings.iter().map(|finding| finding.code.to_string());
    let mut codes: Vec<String> = codes.collect();
    codes.sort();
    codes
}

/// A slip in both forms, and the code that it is found by.
struct Slip {
    system: &'static str,
    code: &'static str,
    flow: [&'static str; 2],
    rust: [&'static str; 2],
}

const SLIPS: [Slip; 21] = [
    Slip {
        system: "travel-desk",
        code: "NAM001",
        flow: ["trips -> trip_notes", "tripz -> trip_notes"],
        rust: ["Trips -> TripNotes", "Tripz -> TripNotes"],
    },
    Slip {
        system: "travel-desk",
        code: "DEL001",
        flow: ["    natural because \"the same note is put again\"\n", ""],
        rust: ["        #[natural(because \"the same note is put again\")]\n", ""],
    },
    Slip {
        system: "travel-desk",
        code: "TYP001",
        flow: ["string(1..64)", "string(64..1)"],
        rust: ["#[limits(1..64)]", "#[limits(64..1)]"],
    },
    Slip {
        system: "travel-desk",
        code: "NAM001",
        flow: ["budget:    Money", "budget:    Mony"],
        rust: ["budget: Money", "budget: Mony"],
    },
    Slip {
        system: "travel-desk",
        code: "API001",
        flow: ["\"/trips/{trip_id}\"", "\"/trips/{id}\""],
        rust: ["\"/trips/{trip_id}\"", "\"/trips/{id}\""],
    },
    Slip {
        system: "travel-desk",
        code: "SAG001",
        flow: ["        undo Cars.release(hold_id: trip.trip_id)\n", ""],
        rust: ["                undo Cars::release(hold_id: trip.trip_id);\n", ""],
    },
    Slip {
        system: "travel-desk",
        code: "SCH001",
        flow: ["Flights.hold(hold_id: trip.trip_id)", "Flights.hold()"],
        rust: ["Flights::hold(hold_id: trip.trip_id)", "Flights::hold()"],
    },
    Slip {
        system: "travel-desk",
        code: "TYP002",
        flow: ["status: booked)\n      emit", "status: boked)\n      emit"],
        rust: [
            "status: TripStatus::Booked);\n            emit",
            "status: TripStatus::Boked);\n            emit",
        ],
    },
    Slip {
        system: "travel-desk",
        code: "SYN001",
        flow: ["undone [room, register]", "undone [room register]"],
        rust: ["undone [room, register]", "undone [room register]"],
    },
    Slip {
        system: "travel-desk",
        code: "NAM001",
        flow: ["Hotels.hold applied 0", "Hotels.hald applied 0"],
        rust: ["Hotels::hold applied 0", "Hotels::hald applied 0"],
    },
    Slip {
        system: "travel-desk",
        code: "SYN004",
        flow: ["    deadline 2h\n", "    deadline 2h\n    deadline 3h\n"],
        rust: ["deadline = 2h", "deadline = 2h, deadline = 3h"],
    },
    Slip {
        system: "parcel-depot",
        code: "SYN003",
        flow: ["concurrency 1", "concurrency few"],
        rust: ["#[concurrency(1)]", "#[concurrency(few)]"],
    },
    Slip {
        system: "parcel-depot",
        code: "SYN002",
        flow: ["timeout 1500ms", "timout 1500ms"],
        rust: ["#[timeout(1500ms)]", "#[timout(1500ms)]"],
    },
    Slip {
        system: "parcel-depot",
        code: "SYN005",
        flow: ["timeout 1500ms", "deadline 1500ms"],
        rust: ["#[timeout(1500ms)]", "#[deadline(1500ms)]"],
    },
    Slip {
        system: "parcel-depot",
        code: "ROU003",
        flow: ["where weight > 20", "where mass > 20"],
        rust: ["where weight > 20", "where mass > 20"],
    },
    Slip {
        system: "parcel-depot",
        code: "SYN003",
        flow: ["dead_letter by_hand after 5", "dead_letter by_hand afer 5"],
        rust: ["dead_letter ByHand after 5", "dead_letter ByHand afer 5"],
    },
    Slip {
        system: "parcel-depot",
        code: "TYP001",
        flow: ["pattern \"^[0-9]{5}$\"", "pattern \"^[0-9{5}$\""],
        rust: ["\"^[0-9]{5}$\"", "\"^[0-9{5}$\""],
    },
    Slip {
        system: "parcel-depot",
        code: "SYN001",
        flow: ["string(..40)", "string(..zip)"],
        rust: ["items(..40)", "items(..zip)"],
    },
    Slip {
        system: "wild-rydes",
        code: "SEC003",
        flow: ["  auth jwt\n", ""],
        rust: ["#[service(auth = jwt)]", "#[service]"],
    },
    Slip {
        system: "wild-rydes",
        code: "NAM001",
        flow: ["undoes authorize by key", "undoes authorise by key"],
        rust: ["undoes(authorize by key)", "undoes(authorise by key)"],
    },
    Slip {
        system: "odd-names",
        code: "ROU003",
        flow: ["-> where match and", "-> where ratio and"],
        rust: ["-> where match &&", "-> where ratio &&"],
    },
];

#[test]
fn a_slip_is_the_same_finding_in_both_forms() {
    let mut problems = String::new();
    for slip in &SLIPS {
        let mut pair = Pair::named(slip.system);
        for (text, [right, wrong]) in [(&mut pair.flow, slip.flow), (&mut pair.rust, slip.rust)] {
            assert!(text.contains(right), "{} has no `{right}`", slip.system);
            *text = text.replacen(right, wrong, 1);
        }
        let [(flow, flow_sources), (rust, rust_sources)] = pair.read();
        if codes(&flow) != codes(&rust) || !codes(&flow).contains(&slip.code.to_owned()) {
            problems.push_str(&format!(
                "`{}` in {}:\n.flow, wanted {}:\n{}Rust:\n{}\n",
                slip.flow[1],
                slip.system,
                slip.code,
                listed(&flow, &flow_sources),
                listed(&rust, &rust_sources)
            ));
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}
