//! Rides to post, and who is entitled to them.

use serde_json::Value;

use crate::mutants::Random;

/// A ride as a client reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ride {
    /// Who has ridden.
    pub customer: String,
    /// Kilometers.
    pub distance: u32,
    /// In cents.
    pub fare: u32,
}

/// A service that hears of rides.
#[derive(Debug)]
pub struct Consumer {
    /// Its queue.
    pub queue: &'static str,
    /// Its table.
    pub table: &'static str,
    /// Where its row of a ride is, before the ride's id; none where rows are about customers.
    pub path: Option<&'static str>,
}

/// All of them, in the order of the queues' names.
pub const CONSUMERS: [Consumer; 4] = [
    Consumer {
        queue: "accounting",
        table: "CustomerAccounting.fares",
        path: Some("/fares/"),
    },
    Consumer {
        queue: "extraordinary",
        table: "ExtraordinaryRides.celebrations",
        path: Some("/extraordinary-rides/"),
    },
    Consumer {
        queue: "loyalty",
        table: "CustomerLoyalty.accounts",
        path: None,
    },
    Consumer {
        queue: "notifications",
        table: "CustomerNotification.notices",
        path: Some("/notices/"),
    },
];

impl Ride {
    /// The ride of the issue.
    pub fn to_frankfurt() -> Self {
        Self {
            customer: "cmr".to_owned(),
            distance: 600,
            fare: 25_650,
        }
    }

    /// Any ride, about every second one extraordinary, many of them at the limits.
    pub fn any(random: &mut Random, customer: String) -> Self {
        let distance = [19, 20, 21, 600][random.below(4)];
        let fare = [0, 4_999, 5_000, 5_001, 25_650][random.below(5)];
        Self {
            customer,
            distance,
            fare,
        }
    }

    /// As JSON, with the fare in exact digits.
    pub fn body(&self) -> String {
        format!(
            r#"{{"customer":"{}","from":"Berlin","to":"Frankfurt","distance":{},"duration":420,"fare":{}}}"#,
            self.customer,
            self.distance,
            self.fare_digits()
        )
    }

    /// The fare as it has to come back.
    pub fn fare_digits(&self) -> String {
        format!("{}.{:02}", self.fare / 100, self.fare % 100)
    }

    /// Whether a queue gets it.
    pub fn reaches(&self, queue: &str) -> bool {
        queue != "extraordinary" || (self.fare >= 5_000 && self.distance >= 20)
    }

    /// Whether a representation is of this ride.
    pub fn is(&self, row: &Value) -> bool {
        row["customer"] == self.customer.as_str()
            && digits(&row["distance"]) == self.distance.to_string()
            && digits(&row["fare"]) == self.fare_digits()
    }
}

/// A number as it was written; nothing for anything else.
fn digits(value: &Value) -> String {
    value.as_number().map(ToString::to_string).unwrap_or_default()
}
