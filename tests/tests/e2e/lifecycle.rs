//! Starts that are refused, and a clean end.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use aqueduct_tests::e2e::{Build, Client, Program, Ride, wild_rydes};

#[test]
fn a_program_that_is_told_to_stop_ends_cleanly_and_keeps_everything() {
    let project = wild_rydes(Build::AsIs);
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&project, data.path(), "0", &[]);
    let answer = program
        .client()
        .send("POST", "/submit-ride-completion", &Ride::to_frankfurt().body());
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(program.stop(), Some(0));
    assert!(!data.path().join("admin.sock").exists(), "nothing is left behind");
    let program = Program::start(&project, data.path(), "0", &[]);
    assert_eq!(program.client().get(&location).status, 200);
    let stats = program.drained();
    assert_eq!(stats.tables["ExtraordinaryRides.celebrations"], 1);
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn a_second_signal_ends_a_program_that_still_waits() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&wild_rydes(Build::AsIs), data.path(), "0", &[]);
    // Half a request: a clean end waits for the rest of it.
    let mut slow = TcpStream::connect(program.address).unwrap();
    let head = "POST /submit-ride-completion HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100";
    write!(
        slow,
        "{head}\r\nAuthorization: Bearer {}\r\n\r\n{{",
        program.token
    )
    .unwrap();
    slow.flush().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(program.hurry(), Some(130));
}

#[test]
fn hints_follow_when_the_port_is_known() {
    let data = tempfile::tempdir().unwrap();
    let (out, err) = Program::said(&wild_rydes(Build::AsIs), data.path(), "try http://{address}/");
    let address = out.strip_prefix("listening on http://").unwrap();
    assert!(!address.ends_with(":0"), "{address}");
    assert_eq!(err, format!("try http://{address}/"));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let data = tempfile::tempdir().unwrap();
    let ended = Program::refused(&wild_rydes(Build::AsIs), data.path(), &["--port", &port]);
    assert_eq!(ended.code, Some(2));
    let place = format!("cannot listen on 127.0.0.1:{port}: ");
    assert!(
        ended.err.contains(&place) && ended.err.contains("choose another port with --port"),
        "{}",
        ended.err
    );
}

#[test]
fn data_that_another_program_has_is_named_with_its_process() {
    let project = wild_rydes(Build::AsIs);
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&project, data.path(), "0", &[]);
    let ended = Program::refused(&project, data.path(), &[]);
    assert_eq!(ended.code, Some(2));
    let holder = format!("in use by another process (pid {})", program.pid());
    assert!(ended.err.contains(&holder), "{}", ended.err);
    assert_eq!(
        program.client().get("/loyalty/nobody").status,
        404,
        "the first goes on"
    );
}

#[test]
fn an_operation_with_auth_jwt_lets_in_only_who_brings_a_token() {
    let project = wild_rydes(Build::AsIs);
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(&project, data.path(), "0", &[]);
    let mut stranger = Client::new(program.address, "");
    let answer = stranger.send("POST", "/submit-ride-completion", "{}");
    assert_eq!(
        (answer.status, answer.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let mut changed = project.token.clone();
    let last = changed.pop().unwrap();
    changed.push(if last == 'A' { 'Q' } else { 'A' });
    let answer = Client::new(program.address, &changed).get("/rides/0198f2c4-0000-7000-8000-000000000001");
    assert_eq!(answer.status, 401, "{answer:?}");
    // With a token it is a bad ride like any other.
    let answer = program.client().send("POST", "/submit-ride-completion", "{}");
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(program.stats().counters.accepted, 0);
}

#[test]
fn a_program_that_could_not_check_tokens_does_not_start() {
    let project = wild_rydes(Build::AsIs);
    let data = tempfile::tempdir().unwrap();
    let ended = Program::refused(&project, data.path(), &["--jwt-keys", "/nowhere"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("cannot read /nowhere"), "{}", ended.err);
    let output = std::process::Command::new(&project.binary)
        .arg("--data")
        .arg(data.path())
        .env_remove("AQUEDUCT_JWT_KEYS")
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(
        err.contains("give --jwt-keys, --jwt-issuer and --jwt-audience"),
        "{err}"
    );
}
