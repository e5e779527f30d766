//! Whole texts, every block read by its owner: the samples and the rule pages.

use super::entries;
use crate::ast::{Block, Clause, Entry, Head, Shape};
use crate::clauses::{Owner, has_word, matching, read};
use crate::diagnostic::Diagnostic;
use crate::parse::parse;
use crate::source::SourceMap;
use crate::test_samples::{GROUPS, WILD_RYDES};

/// Reads a block and all below it; what is found wrong is returned.
fn walk(owner: Owner, entries: &[Entry], out: &mut Vec<Diagnostic>) {
    let options = read(owner, entries, out);
    for matched in &options.clauses {
        if let Some(inner) = matched.row.block {
            walk(inner, matched.block(), out);
        }
    }
    for entry in options.others {
        walk_shape(owner, &entry.shape, out);
    }
}

fn walk_shape(owner: Owner, shape: &Shape, out: &mut Vec<Diagnostic>) {
    let mut inside = |owner: Owner, block: &Block| walk(owner, &block.entries, out);
    match shape {
        Shape::Operation(operation) => match operation.kind.text.as_str() {
            "handler" => inside(Owner::Handler, &operation.block),
            "scatter" => inside(Owner::Scatter, &operation.block),
            _ => inside(Owner::Saga, &operation.block),
        },
        Shape::Step(step) if step.kind.text == "map" => {
            inside(Owner::Map, step.clause.block.as_ref().unwrap());
        }
        Shape::Step(step) => {
            if let Some(block) = &step.clause.block {
                inside(Owner::Step, block);
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
        Shape::Service(service) if service.external.is_some() => inside(Owner::ExternService, &service.block),
        Shape::Service(service) => inside(Owner::Service, &service.block),
        Shape::Scenario(scenario) => inside(Owner::Scenario, &scenario.block),
        Shape::Branching(branching) => {
            for (_, block) in &branching.arms {
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
        Shape::Flow(flow) => walk_flow(owner, &flow.clauses, out),
        Shape::Spread(_) | Shape::Field(_) | Shape::Sample(_) | Shape::TypeDef(_) => {}
    }
}

fn walk_flow(owner: Owner, clauses: &[Clause], out: &mut Vec<Diagnostic>) {
    if matches!(owner, Owner::Choreography | Owner::Target) {
        return;
    }
    for clause in clauses {
        let Head::Word(word) = &clause.head else {
            continue;
        };
        let block = clause
            .block
            .as_ref()
            .map(|block| block.entries.as_slice())
            .unwrap_or_default();
        if has_word(Owner::Route, &word.text) {
            match matching(Owner::Route, clause) {
                Ok(matched) => walk(matched.row.block.unwrap_or(Owner::Route), block, out),
                Err(complaint) => out.push(complaint),
            }
        } else if has_word(owner, &word.text) {
            if let Err(complaint) = matching(owner, clause) {
                out.push(complaint);
            }
        } else {
            assert!(clause.args.is_empty(), "{word:?}");
            walk(Owner::Api, block, out);
        }
    }
}

#[test]
fn every_clause_of_the_samples_matches_a_row() {
    for (name, text) in GROUPS.into_iter().chain([("wild rydes", WILD_RYDES)]) {
        let mut out = Vec::new();
        walk(Owner::File, &entries(text), &mut out);
        let messages: Vec<String> = out.into_iter().map(|found| found.message).collect();
        assert_eq!(messages, Vec::<String>::new(), "{name}");
    }
}

/// The first block of `.flow` below a heading.
fn snippet<'a>(page: &'a str, heading: &str) -> &'a str {
    let section = page.split_once(&format!("\n## {heading}\n")).unwrap().1;
    let code = section.split_once("```flow\n").unwrap().1;
    code.split_once("```").unwrap().0
}

#[test]
fn the_example_of_every_page_raises_its_code_and_the_other_nothing() {
    let pages = [
        include_str!("../../../../compiler/rules/SYN001.md"),
        include_str!("../../../../compiler/rules/SYN002.md"),
        include_str!("../../../../compiler/rules/SYN003.md"),
        include_str!("../../../../compiler/rules/SYN004.md"),
        include_str!("../../../../compiler/rules/SYN005.md"),
    ];
    for (page, (code, name)) in pages.into_iter().zip(crate::codes::ALL) {
        assert!(page.starts_with(&format!("# {code} {name}\n")));
        for (heading, expected) in [("Example", vec![code]), ("Use instead", vec![])] {
            let mut sources = SourceMap::default();
            let file = sources.add("a.flow", snippet(page, heading));
            let parsed = parse(&mut sources, file);
            let mut found = parsed.diagnostics;
            walk(Owner::File, &parsed.file.entries, &mut found);
            let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
            assert_eq!(codes, expected, "{name}: {heading}");
        }
    }
}
