//! Domains, and what is said about a system as a whole.

use aqueduct_compiler::model;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::label::{Label, Place, Setting, reason, setting, texts};
use crate::reader::Reader;
use crate::words::{Control, Target};

/// A part of a system with an owner of its own, and a namespace.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Domain {
    #[serde(flatten)]
    label: Label,
    /// Who answers for it.
    owner: Option<String>,
    /// Who decides about its changes.
    control: Option<Control>,
    /// What it is held to.
    governance: Governance,
}

/// What a system or a domain is held to.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Governance {
    /// How long personal data may be kept.
    pii_retain_ms: Option<Setting<u64>>,
    /// What the compiler measures against.
    budgets: Vec<Budget>,
}

/// A measure and its limit.
#[derive(Debug, Serialize, JsonSchema)]
struct Budget {
    /// What is measured.
    measure: String,
    /// The most that it may be.
    limit: Setting<u32>,
}

/// What must follow what, and by when.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Outcome {
    /// When a message of one of these types has happened,
    start: Vec<String>,
    /// one of these follows
    end: Vec<String>,
    /// in this time
    within_ms: u64,
    /// in so many hundredths of a percent of all cases.
    share: u32,
    /// Where it is written.
    at: Option<Place>,
}

/// What the author promises about fields.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Assumption {
    /// The type that it speaks of; every one with both fields when absent.
    of: Option<String>,
    /// Who knows this path
    known: String,
    /// knows that one.
    settled: String,
    /// The author's reason.
    because: String,
    /// Where it is written.
    at: Option<Place>,
}

/// Findings that the author accepts.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Allowance {
    /// Their code.
    code: String,
    /// Where the entry begins in which it holds; everywhere when absent.
    within: Option<Place>,
    /// The author's reason.
    because: String,
    /// The last day on which it holds, such as `2027-01-01`.
    until: Option<String>,
    /// Where it is written.
    at: Option<Place>,
}

/// Settings of a target.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Settings {
    /// Which.
    target: Target,
    /// In order.
    entries: Vec<TargetSetting>,
    /// Where they are written.
    at: Option<Place>,
}

/// One setting of a target.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
struct TargetSetting {
    /// What it is for, as the author names it; the target as a whole when absent.
    of: Option<String>,
    /// Its word.
    word: String,
    /// As written.
    values: Vec<String>,
}

/// Something that is in the model and that not every target carries.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Refused {
    /// What, in the author's words.
    what: String,
    /// The targets that can't be given it.
    by: Vec<Target>,
    /// What to write instead for now.
    instead: Option<String>,
    /// Where it stands.
    at: Option<Place>,
}

impl Reader<'_> {
    pub(crate) fn domain(&self, of: &model::Domain) -> Domain {
        let model::Domain {
            label,
            owner,
            control,
            policy,
        } = of;
        Domain {
            label: self.label(label),
            owner: owner.as_ref().map(ToString::to_string),
            control: control.map(Control::from),
            governance: policy.into(),
        }
    }

    pub(crate) fn outcome(&self, of: &model::Outcome) -> Outcome {
        let model::Outcome {
            start,
            end,
            within,
            share,
            span,
        } = of;
        Outcome {
            start: start.iter().map(|message| self.type_id(*message)).collect(),
            end: end.iter().map(|message| self.type_id(*message)).collect(),
            within_ms: *within,
            share: *share,
            at: self.at(*span),
        }
    }

    pub(crate) fn assumption(&self, of: &model::Assumption) -> Assumption {
        let model::Assumption {
            of,
            known,
            settled,
            because,
        } = of;
        Assumption {
            of: of.map(|of| self.type_id(of)),
            known: crate::label::path(known),
            settled: crate::label::path(settled),
            because: reason(because),
            at: self.at(because.span),
        }
    }

    pub(crate) fn allowance(&self, of: &model::Allowance) -> Allowance {
        let model::Allowance {
            code,
            scope,
            because,
            until,
        } = of;
        Allowance {
            code: code.to_string(),
            within: scope.and_then(|entry| self.at(entry)),
            because: reason(because),
            until: until.as_ref().map(|(day, _)| day.to_string()),
            at: self.at(because.span),
        }
    }

    pub(crate) fn settings(&self, of: &model::Settings) -> Settings {
        let model::Settings {
            target,
            entries,
            span,
        } = of;
        let entries = entries.iter().map(|entry| {
            let model::TargetSetting {
                of,
                word,
                values,
                span: _,
            } = entry;
            TargetSetting {
                of: of.as_ref().map(|(name, _)| name.to_string()),
                word: word.to_string(),
                values: texts(values),
            }
        });
        Settings {
            target: (*target).into(),
            entries: entries.collect(),
            at: self.at(*span),
        }
    }

    pub(crate) fn refused(&self, of: &model::Refused) -> Refused {
        let model::Refused {
            what,
            span,
            instead,
            by,
        } = of;
        Refused {
            what: what.to_string(),
            by: by.iter().map(|target| (*target).into()).collect(),
            instead: instead.as_ref().map(ToString::to_string),
            at: self.at(*span),
        }
    }
}

impl From<&model::Governance> for Governance {
    fn from(of: &model::Governance) -> Self {
        let model::Governance { pii_retain, budgets } = of;
        let budgets = budgets.iter().map(|(measure, limit)| Budget {
            measure: measure.to_string(),
            limit: (*limit).into(),
        });
        Self {
            pii_retain_ms: setting(*pii_retain),
            budgets: budgets.collect(),
        }
    }
}
