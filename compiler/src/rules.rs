//! The catalogue: one line for each rule, one file for each rule, one page for each code.

mod cou;
mod del;
mod flo;
mod ord;
mod rou;
mod sag;
mod sch;
mod sec;
mod sty;
mod tar;

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};

/// One check.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name in tables, such as `DEL004`.
    pub code: Code,
    /// The bad pattern in words: it reads as "allow no-failure-exit".
    pub name: &'static str,
    /// How much a finding matters, as a rule.
    pub level: Severity,
    /// Whether it concludes something from what is *not* in the model.
    pub needs: Needs,
    /// The check itself.
    pub check: fn(&Context<'_>, &mut Sink<'_>),
}

/// What a rule must be able to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Some part is enough.
    Part,
    /// Everything: it speaks about what is missing.
    Whole,
}

/// The page of a code: what `explain` prints, what the docs show, and what the tests run.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The code.
    pub code: &'static str,
    /// Markdown.
    pub text: &'static str,
}

impl Page {
    /// The bad pattern in words, such as `no-failure-exit`.
    pub fn name(&self) -> &'static str {
        let title = self.text.lines().next().unwrap_or_default();
        title.rsplit(' ').next().unwrap_or_default()
    }

    /// The first line of *What it does*.
    pub fn summary(&self) -> &'static str {
        let section = self.text.split("## What it does\n").nth(1).unwrap_or_default();
        let mut lines = section.lines();
        lines.find(|line| !line.trim().is_empty()).unwrap_or_default()
    }

    /// How much a finding matters, as a rule; what can't be read or resolved is an error.
    pub fn level(&self) -> Severity {
        let rule = RULES.iter().find(|rule| rule.code.0 == self.code);
        rule.map_or(Severity::Error, |rule| rule.level)
    }
}

/// Registers the rules and the pages; a code of lowering or of the parser has a page and no rule.
macro_rules! rules {
    (rules { $($code:ident => $($module:ident)::+,)* } pages { $($page:ident,)* }) => {
        static RULES: &[&Rule] = &[$(&$($module)::+::RULE,)*];
        static PAGES: &[Page] = &[
            $(Page { code: stringify!($code), text: include_str!(concat!("../rules/", stringify!($code), ".md")) },)*
            $(Page { code: stringify!($page), text: include_str!(concat!("../rules/", stringify!($page), ".md")) },)*
        ];
    };
}

rules! {
    rules {
    ORD002 => ord::order_bought_then_dropped,
    ORD003 => ord::fifo_without_group,
    SCH001 => sch::type_mismatch_on_edge,
    SCH002 => sch::bad_field_in_key_position,
    ROU001 => rou::router_not_exhaustive,
    ROU002 => rou::router_overlap,
    ROU003 => rou::filter_cannot_match,
    DEL001 => del::effect_repeats,
    DEL004 => del::no_failure_exit,
    DEL006 => del::dual_write,
    COU010 => cou::private_event_crosses_domain,
    SAG001 => sag::missing_compensation,
    SAG002 => sag::abort_after_pivot,
    SAG003 => sag::compensation_input_unavailable,
    SAG004 => sag::compensation_not_null_safe,
    SAG005 => sag::late_forward_not_fenced,
    SAG006 => sag::unknown_outcome_ignored,
    SAG007 => sag::compensation_can_give_up,
    SAG008 => sag::wait_without_deadline,
    SAG009 => sag::compensation_order,
    SAG011 => sag::choreography_not_realisable,
    SAG012 => sag::saga_not_sound,
    SAG014 => sag::irreversible_too_early,
    FLO001 => flo::dead_channel,
    FLO002 => flo::orphan_event,
    FLO003 => flo::unreachable_handler,
    FLO004 => flo::message_loop,
    FLO006 => flo::timeout_inversion,
    FLO007 => flo::deadline_unreachable,
    SEC001 => sec::tainted_sink,
    SEC003 => sec::open_entry,
    SEC004 => sec::grant_wider_than_graph,
    TAR001 => tar::visibility_vs_handler,
    TAR002 => tar::few_receives,
    TAR003 => tar::dead_letter_kind,
    TAR004 => tar::illegal_subscriber,
    TAR007 => tar::pattern_limits,
    TAR011 => tar::target_cannot_mean_that,
    STY001 => sty::message_naming,
    }
    pages {
    SYN001, SYN002, SYN003, SYN004, SYN005,
    NAM001, NAM002, NAM003,
    TYP001, TYP002,
    API001,
    RST001,
    STY003,
    }
}

/// Whether an author may accept what a rule finds. What nothing could be built from, and what a target can't carry,
/// is no matter of judgement.
pub fn may_be_allowed(code: &str) -> bool {
    let rule = RULES.iter().find(|rule| rule.code.0 == code);
    rule.is_some_and(|rule| !rule.code.is_about_targets() && !matches!(code, "SCH001" | "SCH002" | "ROU003"))
}

/// All rules, in the order of the catalogue.
pub fn all() -> &'static [&'static Rule] {
    RULES
}

/// All pages: rules first, then what parser and lowering raise.
pub fn pages() -> &'static [Page] {
    PAGES
}

/// The page of a code, upper or lower case.
pub fn page(code: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.code.eq_ignore_ascii_case(code))
}
