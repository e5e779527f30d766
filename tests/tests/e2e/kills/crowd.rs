//! Sixteen clients that post rides until each is answered, and the kill in their midst.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aqueduct_tests::e2e::{Client, Program, Ride, until};
use aqueduct_tests::mutants::Random;

const CLIENTS: usize = 16;

/// How many people ride: few, so that they are collected for at the same time.
const CUSTOMERS: usize = 50;

/// How often a ride is posted at most before the test gives up.
const TRIES: usize = 20_000;

/// Rides with their keys, and what was answered.
pub(crate) struct Crowd {
    pub(crate) rides: Vec<Ride>,
    /// The first `Location` of each ride.
    locations: Mutex<Vec<Option<String>>>,
    problems: Mutex<Vec<String>>,
    /// Where the program listens; nowhere between the kill and the new start.
    address: Mutex<Option<SocketAddr>>,
    token: String,
    requests: AtomicUsize,
    answers: AtomicUsize,
    answers_at_kill: AtomicUsize,
}

impl Crowd {
    pub(crate) fn new(random: &mut Random, rides: usize, token: &str) -> Self {
        let mut ride = || {
            let customer = format!("customer-{}", random.below(CUSTOMERS));
            Ride::any(random, customer)
        };
        Self {
            rides: (0..rides).map(|_| ride()).collect(),
            locations: Mutex::new(vec![None; rides]),
            problems: Mutex::default(),
            address: Mutex::default(),
            token: token.to_owned(),
            requests: AtomicUsize::default(),
            answers: AtomicUsize::default(),
            answers_at_kill: AtomicUsize::default(),
        }
    }

    /// Lets everybody post, kills the program after so many answers, starts it again.
    pub(crate) fn post_all(
        &self,
        start: impl Fn() -> Program,
        kill_after: usize,
        delay: Duration,
    ) -> Program {
        let program = start();
        *lock(&self.address) = Some(program.address);
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                scope.spawn(move || {
                    (client..self.rides.len())
                        .step_by(CLIENTS)
                        .for_each(|ride| self.post(ride));
                });
            }
            while self.answers.load(SeqCst) < kill_after {
                std::thread::sleep(Duration::from_micros(100));
            }
            std::thread::sleep(delay);
            self.answers_at_kill.store(self.answers.load(SeqCst), SeqCst);
            program.kill();
            *lock(&self.address) = None;
            let program = start();
            *lock(&self.address) = Some(program.address);
            program
        })
    }

    /// Posts a ride until it is answered, and some once more after that.
    fn post(&self, ride: usize) {
        let mut client = None;
        self.answered(ride, &mut client);
        let _ = self.answers.fetch_add(1, SeqCst);
        if ride.is_multiple_of(10) {
            self.answered(ride, &mut client);
        }
    }

    /// Every ride once more, after everything: each has to be recognised.
    pub(crate) fn repeat_all(&self) {
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                scope.spawn(move || {
                    let mut connection = None;
                    for ride in (client..self.rides.len()).step_by(CLIENTS) {
                        self.answered(ride, &mut connection);
                    }
                });
            }
        });
    }

    fn answered(&self, ride: usize, client: &mut Option<(SocketAddr, Client)>) {
        let headers = format!("content-type: application/json\r\nidempotency-key: ride-{ride}\r\n");
        let body = self.rides[ride].body();
        for _ in 0..TRIES {
            let address = until("the program runs", || *lock(&self.address));
            if client.as_ref().is_none_or(|(known, _)| *known != address) {
                *client = Some((address, Client::new(address, &self.token)));
            }
            let Some((_, connection)) = client else { continue };
            let _ = self.requests.fetch_add(1, SeqCst);
            match connection.request("POST", "/submit-ride-completion", &headers, &body) {
                Ok(answer) if answer.status == 201 => {
                    return self.note(ride, answer.header("location").expect("201 says where"));
                }
                // Broken, or not now: nobody knows what has happened, so again with the same key.
                Err(_) => {}
                Ok(answer) if answer.status == 503 => {}
                Ok(answer) => return self.complain(format!("ride {ride}: {answer:?}")),
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        self.complain(format!("ride {ride} was never answered"));
    }

    fn note(&self, ride: usize, location: &str) {
        let first = lock(&self.locations)[ride]
            .get_or_insert_with(|| location.to_owned())
            .clone();
        if first != location {
            self.complain(format!(
                "ride {ride}: the same key was answered with {first}, then with {location}"
            ));
        }
    }

    fn complain(&self, problem: String) {
        lock(&self.problems).push(problem);
    }

    /// Where each ride was said to be.
    pub(crate) fn locations(&self) -> Vec<Option<String>> {
        lock(&self.locations).clone()
    }

    pub(crate) fn problems(&self) -> Vec<String> {
        lock(&self.problems).clone()
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(SeqCst)
    }

    pub(crate) fn answers_at_kill(&self) -> usize {
        self.answers_at_kill.load(SeqCst)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
