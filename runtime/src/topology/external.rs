//! Services that somebody else runs, as handlers may call them.

use std::time::Duration;

/// A service outside of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalSpec {
    /// Its name; its address is in the variable of that name: `CARD_GATEWAY_URL` for `CardGateway`.
    pub service: String,
    /// What can be called.
    pub handlers: Vec<ExternalHandler>,
    /// How many calls it takes in which time, from all of the program.
    pub limit: Option<(u32, Duration)>,
}

/// A handler of such a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalHandler {
    /// Its name, and the last part of its address.
    pub name: String,
    /// The faults that it declares: it says no, and has done nothing.
    pub fails: Vec<String>,
    /// How long it may take at most.
    pub timeout: Duration,
}

impl ExternalSpec {
    /// A service that offers nothing yet.
    pub fn new(service: &str) -> Self {
        Self {
            service: service.to_owned(),
            handlers: Vec::new(),
            limit: None,
        }
    }

    /// Something that it offers.
    pub fn handler<const N: usize>(mut self, name: &str, fails: [&str; N], timeout: Duration) -> Self {
        self.handlers.push(ExternalHandler {
            name: name.to_owned(),
            fails: fails.map(str::to_owned).to_vec(),
            timeout,
        });
        self
    }

    /// How many calls it takes in which time.
    pub fn limit(mut self, calls: u32, within: Duration) -> Self {
        self.limit = Some((calls, within));
        self
    }

    /// The environment variable that its address is in: `CARD_GATEWAY_URL`.
    pub fn variable(&self) -> String {
        let mut name = String::with_capacity(self.service.len() + 8);
        for letter in self.service.chars() {
            let boundary = letter.is_ascii_uppercase() && name.ends_with(|last: char| !last.is_ascii_digit());
            if boundary && !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        name.push_str("_URL");
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_names_the_variable_of_its_address() {
        assert_eq!(ExternalSpec::new("CardGateway").variable(), "CARD_GATEWAY_URL");
        assert_eq!(ExternalSpec::new("Bank").variable(), "BANK_URL");
    }
}
