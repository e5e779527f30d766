//! The SAM template, read back: what it refers to is there, roles are exact, and texts survive.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_compiler::model::Target;
use aqueduct_targets::Origin;
use aqueduct_targets::files::Files;
use aqueduct_tests::{analyzed, listed, systems};
use serde_json::{Value, json};

/// What a system becomes on AWS, and what its roles are said to be.
fn built(name: &str, text: &str) -> (Files, Vec<aqueduct_targets::Role>) {
    let (analysis, sources) = analyzed("in.flow", text);
    let checked = analysis
        .checked_for(Target::Aws)
        .unwrap_or_else(|| panic!("{name}:\n{}", listed(&analysis, &sources)));
    let origin = Origin {
        source: "in.flow".to_owned(),
        version: "0.0.0".to_owned(),
        query: aqueduct_targets::QueryLanguage::default(),
        linked: None,
    };
    let target = aqueduct_targets::by_name("aws").unwrap();
    (
        aqueduct_targets::emit(target, checked, &origin),
        aqueduct_targets::roles(checked),
    )
}

fn text<'a>(files: &'a Files, path: &str) -> &'a str {
    &files.get(path).unwrap_or_else(|| panic!("{path} is made")).text
}

fn template(files: &Files) -> Value {
    serde_saphyr::from_str(text(files, "aws/template.yaml")).unwrap()
}

/// Resources of a type by their ids.
fn of_type<'a>(template: &'a Value, wanted: &str) -> BTreeMap<&'a str, &'a Value> {
    let resources = template["Resources"].as_object().unwrap().iter();
    resources
        .filter(|(_, resource)| resource["Type"] == wanted)
        .map(|(id, resource)| (id.as_str(), &resource["Properties"]))
        .collect()
}

/// Every id that `Ref`, `Fn::GetAtt` or `DependsOn` speaks of.
fn referred(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                let ids = match (key.as_str(), inner) {
                    ("Ref" | "DependsOn", Value::String(_)) => std::slice::from_ref(inner),
                    ("DependsOn", Value::Array(ids)) => ids,
                    ("Fn::GetAtt", Value::Array(parts)) => &parts[..1],
                    _ => &[],
                };
                found.extend(ids.iter().filter_map(Value::as_str).map(str::to_owned));
                referred(inner, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| referred(item, found)),
        _ => {}
    }
}

#[test]
fn everything_that_is_referred_to_is_there() {
    for (name, text) in systems() {
        let (files, _) = built(&name, &text);
        let template = template(&files);
        let mut found = BTreeSet::new();
        referred(&template, &mut found);
        let there = ["Resources", "Parameters"].map(|part| template[part].as_object().unwrap());
        for id in found.iter().filter(|id| !id.starts_with("AWS::")) {
            assert!(there.iter().any(|part| part.contains_key(id)), "{name}: {id}");
        }
        let ids = there.iter().flat_map(|part| part.keys());
        let odd: Vec<&String> = ids
            .filter(|id| id.len() > 255 || !id.chars().all(|letter| letter.is_ascii_alphanumeric()))
            .collect();
        assert_eq!(odd, Vec::<&String>::new(), "{name}: ids are letters and digits");
    }
}

#[test]
fn roles_are_exact_and_counted() {
    for (name, text) in systems() {
        let (files, roles) = built(&name, &text);
        let template = template(&files);
        let mut counted = BTreeMap::new();
        for role in of_type(&template, "AWS::IAM::Role").values() {
            assert_eq!(role.get("ManagedPolicyArns"), None);
            let [policy] = role["Policies"].as_array().unwrap().as_slice() else {
                panic!("{name}: one policy for each role");
            };
            let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap();
            let mut actions = 0;
            for statement in statements {
                assert_eq!(statement["Effect"], "Allow");
                let resource = statement["Resource"]
                    .as_object()
                    .expect("one resource, by its id");
                assert!(resource.contains_key("Ref") || resource.contains_key("Fn::GetAtt"));
                for action in statement["Action"].as_array().unwrap() {
                    assert!(!action.as_str().unwrap().contains('*'), "{name}: {action}");
                    actions += 1;
                }
            }
            let service = &role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"];
            let machine = if service == "states.amazonaws.com" {
                " (machine)"
            } else {
                ""
            };
            let _ = counted.insert(
                format!("{}{machine}", policy["PolicyName"].as_str().unwrap()),
                (actions, statements.len()),
            );
        }
        let said = roles
            .iter()
            .map(|role| (role.function.clone(), (role.actions, role.resources)));
        assert_eq!(counted, said.collect(), "{name}");
    }
}

#[test]
fn every_statement_says_which_edge_needs_it() {
    for (name, text_of) in systems() {
        let (files, _) = built(&name, &text_of);
        let lines: Vec<&str> = text(&files, "aws/template.yaml").lines().collect();
        let statements = (1..lines.len()).filter(|at| lines[*at] == "              - Effect: Allow");
        let mut seen = 0;
        for at in statements {
            assert!(lines[at - 1].trim_start().starts_with("# "), "{name}, line {at}");
            seen += 1;
        }
        assert!(seen > 0, "{name}");
    }
}

#[test]
fn a_function_is_told_where_its_own_things_are_and_no_others() {
    let (_, text_of) = systems()
        .into_iter()
        .find(|(name, _)| name == "wild-rydes")
        .unwrap();
    let (files, _) = built("wild-rydes", &text_of);
    let template = template(&files);
    let variables = |function: &str| -> Vec<String> {
        let functions = of_type(&template, "AWS::Serverless::Function");
        let variables = &functions[function]["Environment"]["Variables"];
        variables.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(
        variables("CustomerLoyaltyCollectFunction"),
        ["CUSTOMER_LOYALTY_ACCOUNTS_TABLE", "INBOX_TABLE", "LOYALTY_QUEUE"]
    );
    assert_eq!(
        variables("OutboxFunction"),
        ["OUTBOX_TABLE", "RIDE_COMPLETED_TOPIC"]
    );
    let program = text(&files, "aws/src/main.rs");
    for function in of_type(&template, "AWS::Serverless::Function").values() {
        for variable in function["Environment"]["Variables"].as_object().unwrap().keys() {
            let fixed = ["CARD_GATEWAY_URL", "INBOX_TABLE", "OUTBOX_TABLE"].contains(&variable.as_str());
            assert!(
                fixed || program.contains(&format!("\"{variable}\"")),
                "{variable}"
            );
        }
    }
}

const ORDERS: &str = "
/// Says: \"{a}\" # 50 % — é: yes
system Orders
event OrderPlaced { order_id: uuid @key = new(), note: string }
topic placed: OrderPlaced
queue work: OrderPlaced { dead_letter after 7 }
placed -> work
service Shop {
  auth none because \"it is a test\"
  store orders: OrderPlaced by order_id
  api POST \"/orders\" -> place { returns 201 }
  handler place(note: string) -> OrderPlaced { writes orders, emits OrderPlaced to placed via outbox }
  /// No
  handler look(OrderPlaced) on work { HOW }
}
";

fn look(how: &str) -> Value {
    let (files, _) = built("orders", &ORDERS.replace("HOW", how));
    template(&files)
}

#[test]
fn texts_of_the_author_come_back_as_they_were() {
    let template = look("natural because \"it only looks\"");
    let functions = of_type(&template, "AWS::Serverless::Function");
    assert_eq!(functions["ShopLookFunction"]["Description"], "No");
    assert_eq!(template["Description"], "Says: \"{a}\" # 50 % — é: yes");
}

#[test]
fn limits_of_a_handler_become_limits_of_its_function_and_queue() {
    let wanted = [
        // clauses, batch, batches at once, functions at once, timeout, hidden for
        ("natural because \"x\"", 4, 4, Value::Null, 35, 210),
        (
            "natural because \"x\", concurrency 5, timeout 1500ms",
            1,
            5,
            Value::Null,
            7,
            42,
        ),
        ("natural because \"x\", concurrency 1", 1, 2, json!(1), 35, 210),
        (
            "natural because \"x\", concurrency 40, timeout 15m",
            10,
            4,
            Value::Null,
            900,
            5_400,
        ),
    ];
    for (how, batch, at_once, reserved, timeout, hidden) in wanted {
        let template = look(how);
        let functions = of_type(&template, "AWS::Serverless::Function");
        let function = functions["ShopLookFunction"];
        let messages = &function["Events"]["Messages"]["Properties"];
        assert_eq!(messages["BatchSize"], batch, "{how}");
        assert_eq!(messages["ScalingConfig"]["MaximumConcurrency"], at_once, "{how}");
        assert_eq!(
            messages["FunctionResponseTypes"],
            json!(["ReportBatchItemFailures"])
        );
        assert_eq!(function["ReservedConcurrentExecutions"], reserved, "{how}");
        assert_eq!(function["Timeout"], timeout, "{how}");
        let queues = of_type(&template, "AWS::SQS::Queue");
        assert_eq!(queues["WorkQueue"]["VisibilityTimeout"], hidden, "{how}");
        assert_eq!(queues["WorkQueue"]["RedrivePolicy"]["maxReceiveCount"], 7);
    }
}

const DEPOT: &str = "
system Depot
enum Size { small, large }
event BoxTaken { box_id: uuid @key = new(), customer: string(1..40), size: Size, weight: decimal(0..1000, places 2) }
topic taken: BoxTaken { fifo by customer }
topic large: BoxTaken { fifo by customer }
queue sorting: BoxTaken { fifo by customer, dead_letter by_hand after 8, visibility 10m }
queue by_hand: BoxTaken { fifo by customer, retain 2d }
queue lifting: BoxTaken { fifo by customer }
taken -> sorting
taken -> where size == large -> large
large -> where weight > 20 -> lifting
service Desk {
  auth jwt
  store boxes: BoxTaken by box_id
  api POST \"/boxes\" -> take { returns 201 }
  api GET \"/boxes/{box_id}\" -> boxes.get { returns 200 | 404 }
  api GET \"/track/{box_id}\" -> boxes.get { returns 200 | 404, auth none because \"the id is the secret\" }
  handler take(customer: string(1..40), size: Size, weight: decimal(0..1000, places 2)) -> BoxTaken {
    writes boxes
    emits BoxTaken to taken via outbox
    concurrency 20
  }
}
service Hall {
  handler sort(BoxTaken) on sorting { natural because \"it only looks\" }
  handler read(BoxTaken) on by_hand { natural because \"it only looks\", concurrency 1 }
  handler lift(BoxTaken) on lifting { natural because \"it only looks\", concurrency 4 }
}
";

fn depot() -> Value {
    template(&built("depot", DEPOT).0)
}

#[test]
fn who_may_call_is_said_at_the_api_and_at_each_open_operation() {
    let template = depot();
    let api = of_type(&template, "AWS::Serverless::HttpApi")["HttpApi"];
    assert_eq!(api["Auth"]["DefaultAuthorizer"], "Jwt");
    let functions = of_type(&template, "AWS::Serverless::Function");
    assert_eq!(functions["DeskTakeFunction"]["ReservedConcurrentExecutions"], 20);
    let events = functions["DeskBoxesGetFunction"]["Events"].as_object().unwrap();
    let open: Vec<(&str, bool)> = events
        .values()
        .map(|event| &event["Properties"])
        .map(|route| {
            (
                route["Path"].as_str().unwrap(),
                route["Auth"]["Authorizer"] == "NONE",
            )
        })
        .collect();
    assert_eq!(open, [("/boxes/{box_id}", false), ("/track/{box_id}", true)]);
}

#[test]
fn order_is_kept_from_topic_to_function() {
    let template = depot();
    let topics = of_type(&template, "AWS::SNS::Topic");
    assert_eq!(
        topics.keys().collect::<Vec<_>>(),
        [&"TakenTopic"],
        "the other is a way"
    );
    assert_eq!(topics["TakenTopic"]["FifoTopic"], true);
    let queues = of_type(&template, "AWS::SQS::Queue");
    for (id, queue) in queues.iter().filter(|(id, _)| **id != "OutboxFailures") {
        assert_eq!(queue["FifoQueue"], true, "{id}");
    }
    let functions = of_type(&template, "AWS::Serverless::Function");
    let pace = |function: &str| {
        let messages = &functions[function]["Events"]["Messages"]["Properties"];
        (
            messages["BatchSize"].as_u64().unwrap(),
            messages["ScalingConfig"]["MaximumConcurrency"].as_u64().unwrap(),
        )
    };
    assert_eq!(pace("HallReadFunction"), (1, 2));
    assert_eq!(functions["HallReadFunction"]["ReservedConcurrentExecutions"], 1);
    assert_eq!(pace("HallLiftFunction"), (1, 4));
}

#[test]
fn a_way_over_two_topics_is_one_subscription_with_both_filters() {
    let template = depot();
    let subscriptions = of_type(&template, "AWS::SNS::Subscription");
    let lifting = subscriptions["TakenToLiftingSubscription"];
    assert_eq!(
        lifting["FilterPolicy"],
        json!({ "size": ["large"], "weight": [{ "numeric": [">", 20] }] })
    );
    assert_eq!(
        (&lifting["RawMessageDelivery"], subscriptions.len()),
        (&json!(true), 2)
    );
}

#[test]
fn what_is_written_of_a_queue_is_what_it_has() {
    let template = depot();
    let queues = of_type(&template, "AWS::SQS::Queue");
    assert_eq!(queues["SortingQueue"]["VisibilityTimeout"], 600);
    assert_eq!(queues["SortingQueue"]["RedrivePolicy"]["maxReceiveCount"], 8);
    assert_eq!(queues["ByHandQueue"]["MessageRetentionPeriod"], 2 * 24 * 3_600);
    assert_eq!(
        queues["SortingQueue"]["RedrivePolicy"]["deadLetterTargetArn"],
        json!({ "Fn::GetAtt": ["ByHandQueue", "Arn"] })
    );
    assert!(!queues.contains_key("SortingDeadLetters"));
    // Only a topic that leads to a queue may send to it.
    let policies = of_type(&template, "AWS::SQS::QueuePolicy");
    let statements = |queue: &str| policies[queue]["PolicyDocument"]["Statement"].as_array().unwrap();
    assert_eq!(
        statements("SortingQueuePolicy")[0]["Condition"]["ArnEquals"]["aws:SourceArn"],
        json!([{ "Ref": "TakenTopic" }])
    );
    assert_eq!(statements("ByHandQueuePolicy").len(), 1);
    let alone = statements("OutboxFailuresPolicy");
    assert_eq!((alone.len(), &alone[0]["Effect"]), (1, &json!("Deny")));
}

#[test]
fn who_publishes_waits_for_who_listens() {
    let direct = "
system Feed
event PostWritten { post_id: uuid @key = new() }
topic posts: PostWritten
queue index: PostWritten
posts -> index
service Blog {
  auth none because \"it is a test\"
  api PUT \"/posts\" -> post { returns 201 }
  handler post(PostWritten) { emits PostWritten to posts }
  handler find(PostWritten) on index { natural because \"it only looks\" }
}
";
    let resources = |text: &str| template(&built("feed", text).0)["Resources"].clone();
    let waits = |resources: &Value, function: &str| resources[function]["DependsOn"].clone();
    let feed = resources(direct);
    assert_eq!(
        waits(&feed, "BlogPostFunction"),
        json!(["PostsToIndexSubscription"])
    );
    assert_eq!(waits(&feed, "BlogFindFunction"), Value::Null);
    let depot = resources(DEPOT);
    assert_eq!(
        waits(&depot, "OutboxFunction"),
        json!(["TakenToSortingSubscription", "TakenToLiftingSubscription"])
    );
    assert_eq!(waits(&depot, "DeskTakeFunction"), Value::Null);
}

#[test]
fn what_expires_or_dies_is_announced_while_there_is_time() {
    let depot = template(&built("depot", &DEPOT.replace(", retain 2d", "")).0);
    let queues = of_type(&depot, "AWS::SQS::Queue");
    let days = |queue: &str| queues[queue]["MessageRetentionPeriod"].as_u64().unwrap() / 86_400;
    assert_eq!(
        (
            days("SortingQueue"),
            days("ByHandQueue"),
            days("ByHandDeadLetters")
        ),
        (7, 14, 14)
    );
    let alarms = of_type(&depot, "AWS::CloudWatch::Alarm");
    let on: Vec<(&str, &str, u64)> = alarms
        .iter()
        .map(|(id, alarm)| {
            let threshold = alarm["Threshold"].as_u64().unwrap();
            (*id, alarm["MetricName"].as_str().unwrap(), threshold)
        })
        .collect();
    let (age, days) = ("ApproximateAgeOfOldestMessage", 86_400);
    let (waits, comes) = ("ApproximateNumberOfMessagesVisible", "NumberOfMessagesReceived");
    assert_eq!(
        on,
        [
            ("ByHandDeadLettersAlarm", waits, 0),
            ("ByHandQueueAgeAlarm", age, 14 * days / 4),
            ("ByHandQueueAlarm", comes, 0),
            ("LiftingDeadLettersAlarm", waits, 0),
            ("LiftingQueueAgeAlarm", age, 7 * days / 4),
            ("OutboxAgeAlarm", "IteratorAge", 60_000),
            ("OutboxFailuresAlarm", waits, 0),
            ("SortingQueueAgeAlarm", age, 7 * days / 4),
            ("TakenTopicAlarm", "NumberOfNotificationsFailed", 0),
        ]
    );
}

#[test]
fn a_written_concurrency_behind_http_is_kept_even_if_it_is_the_default() {
    let reserved = |clause: &str| {
        let depot = template(&built("depot", &DEPOT.replace("concurrency 20", clause)).0);
        let functions = of_type(&depot, "AWS::Serverless::Function");
        functions["DeskTakeFunction"]["ReservedConcurrentExecutions"].clone()
    };
    assert_eq!(reserved("concurrency 16"), 16);
    assert_eq!(reserved(""), Value::Null);
}
