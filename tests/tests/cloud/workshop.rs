//! Wild Rydes beside the second lab of AWS's own workshop: what is there, how it is connected, what judges say of it.

use std::collections::BTreeMap;
use std::fs;

use aqueduct_tests::read;
use serde_json::Value;

use crate::judges::{Finding, findings, place};

/// A template as CloudFormation sees it.
struct Template(Value);

/// Who takes the ride in: theirs, ours.
const ENTRY: (&str, &str) = ("SubmitRideCompletionFunction", "RideManagementSubmitFunction");

/// Who hears the same of it: theirs, ours.
const CONSUMERS: [(&str, &str); 3] = [
    (
        "CustomerAccountingService",
        "CustomerAccountingFareCollectionFunction",
    ),
    (
        "CustomerNotificationService",
        "CustomerNotificationNotifyFunction",
    ),
    ("ExtraordinaryRidesService", "ExtraordinaryRidesCelebrateFunction"),
];

/// What the two managed policies that SAM adds to theirs allow, each on every resource of the account that fits.
const MANAGED: [(&str, usize); 2] = [
    ("AWSLambdaBasicExecutionRole", 3),
    ("AWSLambdaSQSQueueExecutionRole", 6),
];

/// Lines of the workshop's own template that are neither empty nor a comment, counted by those who read it; what stands
/// here of it is laid out more tightly.
const THEIR_LINES: usize = 196;

impl Template {
    fn of_type<'a>(&'a self, wanted: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let resources = self.0["Resources"].as_object().unwrap().iter();
        resources
            .filter(move |(_, resource)| resource["Type"] == wanted)
            .map(|(name, resource)| (name.as_str(), &resource["Properties"]))
    }

    fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for resource in self.0["Resources"].as_object().unwrap().values() {
            *counts
                .entry(resource["Type"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        counts
    }

    /// What a topic sends to a function by way of a queue: filter and whether the message comes as it is.
    fn behind_topics(&self) -> BTreeMap<String, (Value, bool)> {
        let mut found = BTreeMap::new();
        for (_, subscription) in self.of_type("AWS::SNS::Subscription") {
            let queue = &subscription["Endpoint"]["Fn::GetAtt"][0];
            let mut mappings = self.of_type("AWS::Lambda::EventSourceMapping");
            let mapping = mappings.find(|(_, mapping)| mapping["EventSourceArn"]["Fn::GetAtt"][0] == *queue);
            let (_, mapping) = mapping.unwrap_or_else(|| panic!("{queue} has a function behind it"));
            let function = mapping["FunctionName"]["Ref"].as_str().unwrap().to_owned();
            let raw = subscription["RawMessageDelivery"] == true;
            let _ = found.insert(function, (subscription["FilterPolicy"].clone(), raw));
        }
        found
    }

    /// Statements of roles: how many actions they allow, and how many of those on more than one resource.
    fn grants(&self) -> (usize, usize) {
        let (mut all, mut wide) = (0, 0);
        for (_, role) in self.of_type("AWS::IAM::Role") {
            for managed in role["ManagedPolicyArns"].as_array().into_iter().flatten() {
                let name = managed.to_string();
                for (_, actions) in MANAGED.iter().filter(|(policy, _)| name.contains(policy)) {
                    all += actions;
                    wide += actions;
                }
            }
            for policy in role["Policies"].as_array().into_iter().flatten() {
                let statements = &policy["PolicyDocument"]["Statement"];
                for statement in statements.as_array().into_iter().flatten() {
                    let actions = statement["Action"].as_array().map_or(1, Vec::len);
                    all += actions;
                    if statement["Resource"].to_string().contains('*') {
                        wide += actions;
                    }
                }
            }
        }
        (all, wide)
    }

    /// Methods and paths, with the text of what answers.
    fn routes(&self) -> BTreeMap<String, String> {
        let apis = self.of_type("AWS::ApiGateway::RestApi");
        let apis = apis.chain(self.of_type("AWS::ApiGatewayV2::Api"));
        let mut routes = BTreeMap::new();
        for (_, api) in apis {
            for (path, methods) in api["Body"]["paths"].as_object().unwrap() {
                for (method, operation) in methods.as_object().unwrap() {
                    let integration = operation["x-amazon-apigateway-integration"]["uri"].to_string();
                    let _ = routes.insert(format!("{} {path}", method.to_uppercase()), integration);
                }
            }
        }
        routes
    }
}

#[test]
fn wild_rydes_has_all_that_the_workshop_has_and_each_difference_has_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let template = |name: &str, path: &str| place(folder.path(), name, &read(path));
    let both = [
        template("theirs", "tests/cases/workshop/lab-2.yaml"),
        template("ours", "tests/cases/golden/wild-rydes/aws/aws/template.yaml"),
    ];
    let Some(findings) = findings(&both) else { return };
    let [theirs, ours] = both.map(|(_, path)| {
        let text = fs::read_to_string(path.with_extension("cfn.json")).unwrap();
        Template(serde_json::from_str(&text).unwrap())
    });

    assert_eq!(theirs.counts().values().sum::<usize>(), 26, "as the workshop has");
    assert_eq!(listed(), differing(&theirs.counts(), &ours.counts()));

    let our_routes = ours.routes();
    for (route, function) in theirs.routes() {
        assert!(function.contains(ENTRY.0), "{route}: {function}");
        assert!(our_routes[&route].contains(ENTRY.1), "{route}: {our_routes:?}");
    }
    let (their_edges, our_edges) = (theirs.behind_topics(), ours.behind_topics());
    for (their_function, our_function) in CONSUMERS {
        assert_eq!(
            their_edges[their_function], our_edges[our_function],
            "{our_function}"
        );
    }
    assert_eq!(
        their_edges.len() + 3,
        our_edges.len(),
        "loyalty is one consumer more, and two hear how a fare ends"
    );

    let lines = |path: &str| {
        let text = read(path);
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with('#'))
            .count()
    };
    let said = |name: &str| {
        findings
            .iter()
            .filter(|found: &&Finding| found.name == name)
            .count()
    };
    let rules = |name: &str| {
        let mut rules: Vec<&str> = findings
            .iter()
            .filter(|found| found.name == name)
            .map(|found| found.rule.as_str())
            .collect();
        rules.sort_unstable();
        rules.dedup();
        rules.join(" ")
    };
    let ((their_actions, their_wide), (our_actions, our_wide)) = (theirs.grants(), ours.grants());
    eprintln!(
        "                          workshop, lab 2    ours\n\
         functions                 {:<18} {}\n\
         IAM actions               {their_actions:<18} {our_actions}\n\
         of these on a wildcard    {their_wide:<18} {our_wide}\n\
         findings of judges        {:<18} {}\n\
         rules                     {:<18} {}\n\
         lines of template         {THEIR_LINES:<18} 0, from {} of .flow",
        theirs.of_type("AWS::Lambda::Function").count(),
        ours.of_type("AWS::Lambda::Function").count(),
        said("theirs"),
        said("ours"),
        rules("theirs"),
        rules("ours"),
        lines("tests/cases/golden/wild-rydes/in.flow"),
    );
    assert_eq!(our_wide, 0, "every action is on one resource");
    assert!(
        their_wide > 0,
        "the comparison sees a wildcard where there is one"
    );
}

/// Types of which there are more or fewer: theirs, ours.
fn differing(
    theirs: &BTreeMap<String, usize>,
    ours: &BTreeMap<String, usize>,
) -> BTreeMap<String, (usize, usize)> {
    let types = theirs.keys().chain(ours.keys());
    types
        .map(|kind| {
            let count = |of: &BTreeMap<String, usize>| of.get(kind).copied().unwrap_or_default();
            (kind.clone(), (count(theirs), count(ours)))
        })
        .filter(|(_, (theirs, ours))| theirs != ours)
        .collect()
}

/// The differences that have a reason.
fn listed() -> BTreeMap<String, (usize, usize)> {
    let text = read("tests/cases/workshop/differences.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (numbers, reason) = line.split_once(": ").expect("`type theirs ours: reason`");
            assert!(reason.len() > 15, "{line}: why?");
            let words: Vec<&str> = numbers.split(' ').collect();
            let number = |index: usize| words[index].parse().expect("a number");
            (words[0].to_owned(), (number(1), number(2)))
        })
        .collect()
}
