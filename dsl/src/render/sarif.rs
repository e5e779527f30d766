//! Findings as SARIF 2.1.0, for code hosts and editors that show findings of any tool.

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Fix, Label, Severity};
use crate::source::{FileId, SourceMap, SpanId};

/// What is known of a code beyond its findings.
#[derive(Debug, Clone, Copy)]
pub struct SarifRule<'a> {
    /// `DEL004`
    pub code: &'a str,
    /// `NoFailureExit`
    pub name: &'a str,
    /// What it finds, a sentence.
    pub summary: &'a str,
    /// How much a finding matters, as a rule.
    pub level: Severity,
    /// Its page, in Markdown.
    pub page: &'a str,
}

/// Findings as one log of one run, in the order given; of the rules, those that found something.
pub fn sarif(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    rules: &[SarifRule<'_>],
    version: &str,
) -> String {
    let broken = |rule: &&SarifRule<'_>| diagnostics.iter().any(|found| found.code.0 == rule.code);
    let rules: Vec<&SarifRule<'_>> = rules.iter().filter(broken).collect();
    let results = diagnostics.iter().map(|finding| {
        let index = rules.iter().position(|rule| rule.code == finding.code.0);
        result(finding, index, sources)
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Aqueduct",
                "version": version,
                "semanticVersion": version,
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Value>(),
            } },
            "columnKind": "utf16CodeUnits",
            "results": results.collect::<Value>(),
        }],
    });
    // Strings and numbers always have a JSON form.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn descriptor(rule: &SarifRule<'_>) -> Value {
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.summary },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.level) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Hint => "note",
    }
}

fn result(finding: &Diagnostic, rule: Option<usize>, sources: &SourceMap) -> Value {
    let (related, hops) = (&finding.related, &finding.hops);
    let targets: Vec<&str> = finding.targets.iter().map(smol_str::SmolStr::as_str).collect();
    let mut result = json!({
        "ruleId": finding.code.0,
        "level": level(finding.severity),
        "message": { "text": message(finding) },
        "locations": locations(std::slice::from_ref(&finding.primary), sources),
    });
    add(&mut result, "ruleIndex", rule.map(Value::from));
    add(
        &mut result,
        "relatedLocations",
        filled(related).then(|| locations(related, sources)),
    );
    add(
        &mut result,
        "codeFlows",
        filled(hops).then(|| code_flows(hops, sources)),
    );
    add(
        &mut result,
        "fixes",
        finding.fix.as_ref().map(|fix| json!([change(fix, sources)])),
    );
    add(
        &mut result,
        "properties",
        filled(&targets).then(|| json!({ "targets": targets })),
    );
    result
}

/// Adds a member, unless there is nothing to be said in it.
fn add(object: &mut Value, name: &str, value: Option<Value>) {
    if let (Value::Object(members), Some(value)) = (object, value) {
        let _ = members.insert(name.to_owned(), value);
    }
}

fn filled<T>(all: &[T]) -> bool {
    !all.is_empty()
}

/// What is true, why it matters and what to do, as sentences.
fn message(finding: &Diagnostic) -> String {
    let sentences = [&finding.message]
        .into_iter()
        .chain(&finding.notes)
        .chain(&finding.help);
    let ended = sentences.map(|sentence| format!("{}.", sentence.trim_end_matches('.')));
    ended.collect::<Vec<_>>().join("\n")
}

fn code_flows(hops: &[Label], sources: &SourceMap) -> Value {
    let hops = hops.iter().filter_map(|hop| location(hop, sources));
    let hops: Value = hops.map(|location| json!({ "location": location })).collect();
    json!([{ "threadFlows": [{ "locations": hops }] }])
}

fn locations(labels: &[Label], sources: &SourceMap) -> Value {
    labels
        .iter()
        .filter_map(|label| location(label, sources))
        .collect()
}

fn location(label: &Label, sources: &SourceMap) -> Option<Value> {
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": artifact(label.span, sources)?,
        "region": region(label.span, sources)?,
    } });
    let says = !label.text.is_empty();
    add(
        &mut location,
        "message",
        says.then(|| json!({ "text": label.text })),
    );
    Some(location)
}

fn change(fix: &Fix, sources: &SourceMap) -> Value {
    let changes = fix.edits.iter().filter_map(|edit| {
        Some(json!({
            "artifactLocation": artifact(edit.span, sources)?,
            "replacements": [{
                "deletedRegion": region(edit.span, sources)?,
                "insertedContent": { "text": edit.text },
            }],
        }))
    });
    json!({
        "description": { "text": format!("{}.", fix.title.trim_end_matches('.')) },
        "artifactChanges": changes.collect::<Value>(),
    })
}

fn artifact(span: SpanId, sources: &SourceMap) -> Option<Value> {
    Some(json!({ "uri": uri(sources.file_name(span)?) }))
}

/// A path as a relative reference, or as a `file:` URI when it is absolute.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let encoded = path.bytes().map(|byte| {
        if is_plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    let encoded: String = encoded.collect();
    let encoded = encoded.strip_prefix("./").map(str::to_owned).unwrap_or(encoded);
    if path.starts_with('/') {
        format!("file://{encoded}")
    } else {
        encoded
    }
}

/// Lines and columns from 1, ends one past the last.
fn region(span: SpanId, sources: &SourceMap) -> Option<Value> {
    let range = sources.range(span)?;
    let (start_line, _) = sources.line_column(span)?;
    let (end_line, _) = sources.end_line_column(span)?;
    Some(json!({
        "startLine": start_line,
        "startColumn": utf16_column(sources, range.file, range.start as usize)?,
        "endLine": end_line,
        "endColumn": utf16_column(sources, range.file, range.end as usize)?,
    }))
}

fn utf16_column(sources: &SourceMap, file: FileId, at: usize) -> Option<usize> {
    let before = sources.file(file).text.get(..at)?;
    let line = before.rsplit('\n').next()?;
    Some(line.encode_utf16().count() + 1)
}
