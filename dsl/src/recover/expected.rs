//! The grammar's rules in words, for what pest would have taken.

use crate::grammar::Rule;

/// A rule as an author would call it; empty for what nobody is told to write.
pub(super) fn in_words(rule: Rule) -> &'static str {
    match rule {
        Rule::EOI => "the end of the entry",
        Rule::WHITESPACE | Rule::COMMENT | Rule::gap | Rule::word_end | Rule::value_end => "a blank",
        Rule::sep => "a comma or a line break",
        Rule::file | Rule::piece | Rule::entries | Rule::entry => "an entry",
        Rule::block => "a block in braces",
        Rule::declaration | Rule::declares | Rule::declaring => "a declaration",
        Rule::visibility => "`public`",
        Rule::nature => "`summary` or `notification`",
        Rule::message_kind => "`event`, `command`, `query`, `document` or `fault`",
        Rule::type_kind => "`type` or `enum`",
        Rule::channel => "a channel",
        Rule::r#extern => "`extern`",
        Rule::channel_kind => "`queue`, `topic`, `bus` or `stream`",
        Rule::store => "a store",
        Rule::service => "a service",
        Rule::each => "`each` and its members",
        Rule::operation => "a handler",
        Rule::operation_kind => "`handler`, `saga` or `scatter`",
        Rule::params => "what it takes, in parentheses",
        Rule::message | Rule::message_in => "a message",
        Rule::fields => "fields",
        Rule::listens => "`on` and a channel",
        Rule::by => "`by` and a key",
        Rule::sort => "`sort` and a key",
        Rule::yields => "`->` and a reply",
        Rule::fails => "`fails` and a fault",
        Rule::step => "a step",
        Rule::step_kind => "`step`, `pivot`, `retriable`, `readonly` or `map`",
        Rule::sample => "a sample",
        Rule::scenario => "a scenario",
        Rule::named => "a named block",
        Rule::named_kind => "`system`, `domain`, `choreography` or `tentative`",
        Rule::branching => "an `if`",
        Rule::flow => "a route",
        Rule::clause => "a clause",
        Rule::head => "a word",
        Rule::field => "a field",
        Rule::tag => "a tag such as `@key`",
        Rule::spread => "`...` and a name",
        Rule::type_def | Rule::r#type | Rule::simple_type => "a type",
        Rule::generics => "a type in angle brackets",
        Rule::limits => "limits in parentheses",
        Rule::limit => "a limit",
        Rule::optional => "`?`",
        Rule::expr | Rule::primary | Rule::literal => "a value",
        Rule::prefix | Rule::negation => "`not`",
        Rule::minus_sign => "`-`",
        Rule::misplaced_operator
        | Rule::operator_word
        | Rule::infix
        | Rule::comparison
        | Rule::sum
        | Rule::product
        | Rule::either
        | Rule::conjunction
        | Rule::disjunction => "an operator",
        Rule::call | Rule::callee => "a call",
        Rule::group => "a value in parentheses",
        Rule::args => "values in parentheses",
        Rule::arg | Rule::named_arg => "an argument",
        Rule::list => "a list in brackets",
        Rule::path | Rule::ident => "a name",
        Rule::kw_store => "`store`",
        Rule::kw_service => "`service`",
        Rule::kw_each => "`each`",
        Rule::kw_on => "`on`",
        Rule::kw_as => "`as`",
        Rule::kw_by => "`by`",
        Rule::kw_sort => "`sort`",
        Rule::kw_fails => "`fails`",
        Rule::kw_sample => "`sample`",
        Rule::kw_scenario => "`scenario`",
        Rule::kw_if => "`if`",
        Rule::kw_else => "`else`",
        Rule::range | Rule::lower | Rule::upper => "a range",
        Rule::rate => "a rate",
        Rule::quantity | Rule::number => "a number",
        Rule::unit => "a unit",
        Rule::date => "a date",
        Rule::boolean => "`true`, `false` or `none`",
        Rule::string => "a text in quotes",
        Rule::escape => "an escape such as `\\n`",
        Rule::doc | Rule::file_doc => "documentation",
    }
}

/// What "a value" says as well.
const VALUES: [&str; 7] = [
    "a list in brackets",
    "a value in parentheses",
    "values in parentheses",
    "a call",
    "a name",
    "a range",
    "a number",
];

/// What would have been taken, most telling first; few enough to read.
pub(super) fn list(wanted: &[Rule]) -> Vec<&'static str> {
    const MOST: usize = 4;
    let dull = [
        "documentation",
        "an operator",
        "a blank",
        "the end of the entry",
        "`not`",
        "`-`",
    ];
    let mut words: Vec<&str> = Vec::new();
    for rule in wanted {
        let word = in_words(*rule);
        if !words.contains(&word) && !dull.contains(&word) {
            words.push(word);
        }
    }
    if words.contains(&"a value") {
        // Lists, calls and names are values, and saying so once is enough.
        words.retain(|word| !VALUES.contains(word));
    }
    words.truncate(MOST);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_words() {
        for rule in Rule::all_rules() {
            assert!(!in_words(*rule).is_empty(), "{rule:?}");
        }
    }
}
