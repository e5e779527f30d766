//! The system of `in.flow` in annotated Rust.

#[aqueduct::system(owner "team-onboarding", pii retain 3650d)]
#[target(aws {
    region "eu-central-1",
    Onboard { kind standard, log 30d }
})]
pub mod customer_onboarding {
    //! A firm becomes a customer of a bank: checks, a signature that may take weeks, and an account number that is held for it.

    use aqueduct::{Decimal, Result, Timestamp, Uuid};

    #[limits(0.., places 2)]
    pub type Money = Decimal;

    #[limits(15..34, pattern "^[A-Z0-9]+$")]
    pub type Iban = String;

    pub enum Stage {
        Applied,
        Checked,
        Signed,
        Open,
        Refused,
    }

    pub struct Person {
        #[pii]
        #[limits(1..80)]
        name: String,
        #[pii]
        #[limits(10)]
        born_on: String,
        #[limits(1..100)]
        share: i64,
    }

    /// A firm asks for an account.
    #[command]
    pub struct Apply {
        #[key]
        #[default(new())]
        application_id: Uuid,
        #[limits(1..120)]
        firm: String,
        #[limits(4..20)]
        register_no: String,
        #[limits(1..20)]
        owners: Vec<Person>,
        credit_line: Money,
        starts_at: Timestamp,
    }

    #[event]
    pub struct ContractSigned {
        #[key]
        application_id: Uuid,
        #[pii]
        #[limits(1..80)]
        signed_by: String,
        #[limits(1..20)]
        terms: String,
    }

    #[event]
    pub struct AccountOpened {
        #[key]
        application_id: Uuid,
        iban: Iban,
        limit: Money,
    }

    #[event]
    pub struct ApplicationRefused {
        #[key]
        application_id: Uuid,
        reason: String,
    }

    #[fault]
    pub struct NotReviewed {
        #[key]
        application_id: Uuid,
    }

    #[fault]
    pub struct ReviewRefused {
        #[limits(1..80)]
        by: String,
        #[limits(0..200)]
        reason: String,
    }

    #[fault]
    pub struct OnSanctionsList {
        #[pii]
        #[limits(1..80)]
        name: String,
    }

    #[fault]
    pub struct NumbersExhausted;

    #[fault]
    pub struct LineTooHigh {
        most: Money,
    }

    #[fault]
    pub struct RegisterBusy;

    pub struct Review {
        approved: bool,
        #[limits(1..80)]
        by: String,
        #[limits(0..200)]
        reason: String,
    }

    pub struct Score {
        #[limits(0..1000)]
        points: i64,
        most: Money,
    }

    pub struct Application {
        #[key]
        application_id: Uuid,
        #[limits(1..120)]
        firm: String,
        stage: Stage,
        limit: Money,
    }

    pub struct Account {
        #[key]
        application_id: Uuid,
        iban: Iban,
        #[limits(1..120)]
        firm: String,
        limit: Money,
    }

    pub struct HeldNumber {
        #[key]
        application_id: Uuid,
        iban: Iban,
        #[default = false]
        confirmed: bool,
    }

    pub struct Card {
        #[key]
        application_id: Uuid,
        #[limits(1..40)]
        card_id: String,
        #[default = false]
        active: bool,
    }

    #[queue(extern in)]
    #[dead_letter(after 5)]
    #[encrypt]
    pub struct ApplicationsIn(Apply);

    #[queue]
    #[fifo(by application_id)]
    #[encrypt]
    pub struct Signatures(ContractSigned);

    #[topic]
    pub struct OnboardingEvents(AccountOpened, ApplicationRefused);

    #[queue]
    pub struct Opened(AccountOpened);

    #[queue]
    pub struct Refusals(ApplicationRefused);

    #[route(OnboardingEvents -> Opened)]
    #[route(OnboardingEvents -> Refusals)]
    #[service]
    #[auth(jwt)]
    pub trait Onboarding {
        /// Branches hand in applications on paper.
        #[handler(on = ApplicationsIn)]
        #[starts(Onboard)]
        #[idempotent(by application_id for 90d)]
        async fn hand_in(&self, apply: Apply, cx: &mut HandInContext) -> Result<()>;

        #[handler(on = Opened)]
        #[natural(because "a second greeting does no harm")]
        async fn greet(&self, account_opened: AccountOpened, cx: &mut GreetContext) -> Result<()>;

        #[handler(on = Refusals)]
        #[natural(because "a second letter does no harm")]
        async fn regret(&self, application_refused: ApplicationRefused, cx: &mut RegretContext)
        -> Result<()>;

        /// An open account with cards, or nothing left behind.
        #[api(POST "/applications", returns 202, limit 10/s)]
        #[api(GET "/applications/{application_id}" -> Onboard.status, returns 200 | 404)]
        #[api(
            /// Where a reviewer's decision comes in.
            POST "/applications/{application_id}/review" -> Onboard.review.complete, returns 204
        )]
        #[api(POST "/signatures" -> Signatures, auth none because "the signing service has its own seal", returns 202)]
        #[saga(
            by = firm.application_id,
            fails = ReviewRefused | NotReviewed | OnSanctionsList | RegisterBusy | NumbersExhausted,
        )]
        #[deadline(120d)]
        #[concurrency(200)]
        #[on(RegisterBusy retry 5)]
        #[on(OnSanctionsList { fail ReviewRefused(by: "register", reason: "on a list of sanctions") })]
        #[step(
            register = insert applications(...firm, stage: applied, limit: 0),
            undo update applications(application_id: firm.application_id, stage: refused),
        )]
        #[map(
            checks = firm.owners as person,
            concurrency 3,
            readonly check = Checks::look_up(name: person.name, born_on: person.born_on) {
                timeout 10s,
                retry 4 backoff 500ms x2 cap 10s on RegisterBusy,
            },
        )]
        #[parallel(first {
            readonly own_score = run Scoring::score(application_id: firm.application_id, asked: firm.credit_line) {
                timeout 1h,
                heartbeat 5m,
            }
            readonly bureau_score = Checks::rate(register_no: firm.register_no, asked: firm.credit_line) {
                timeout 30s,
                retry 2 backoff 5s,
            }
        })]
        #[readonly(
            review = await Reviewers::ask(application_id: firm.application_id, firm: firm.firm),
            timeout 5d,
            heartbeat 1d,
            on timeout { fail NotReviewed(application_id: firm.application_id) },
        )]
        #[r#if(not review.approved {
            fail ReviewRefused(by: review.by, reason: review.reason),
        } else if firm.credit_line > 1_000_000 {
            readonly board = await Reviewers::ask_board(
                application_id: firm.application_id,
                asked: firm.credit_line,
            ) {
                timeout 20d,
                heartbeat 7d,
            }
        } else {
            step noted = put applications(
                application_id: firm.application_id,
                firm: firm.firm,
                stage: checked,
                limit: firm.credit_line,
            ) {
                undo update applications(application_id: firm.application_id, stage: refused),
            }
        })]
        #[step(
            number = reserve Accounts::number(application_id: firm.application_id),
            timeout 5s,
        )]
        #[step(
            contract = Contracts::send(application_id: firm.application_id, firm: firm.firm),
            timeout 30s,
            retry 3 backoff 1s x2,
            undo Contracts::withdraw(application_id: firm.application_id),
        )]
        #[readonly(
            signature = await ContractSigned on Signatures where application_id == firm.application_id,
            timeout 30d,
        )]
        #[parallel(all {
            branch cards {
                step cards = CardIssuing(application_id: firm.application_id, people: size(firm.owners)) {
                    timeout 2d,
                    undo Cards::shred(application_id: firm.application_id),
                }
            }
            branch line {
                step line = Credit::grant(application_id: firm.application_id, amount: firm.credit_line) {
                    timeout 10s,
                    on LineTooHigh {
                        step cut = update applications(
                            application_id: firm.application_id,
                            limit: 0,
                        ) where stage == checked {
                            undo update applications(application_id: firm.application_id, stage: refused),
                        }
                    }
                    undo Credit::revoke(application_id: firm.application_id),
                }
            }
        })]
        #[wait(until firm.starts_at)]
        #[pivot(
            opening = Accounts::open(
                application_id: firm.application_id,
                firm: firm.firm,
                limit: firm.credit_line,
            ),
            timeout 10s,
            retry until known alarm 1h,
        )]
        #[wait(1d)]
        #[retriable(
            letter = Contracts::welcome(application_id: firm.application_id, iban: opening.iban),
            timeout 5s,
            retry until done alarm 2d,
        )]
        #[done {
            update applications(application_id: firm.application_id, stage: open),
            emit AccountOpened(
                application_id: firm.application_id,
                iban: opening.iban,
                limit: firm.credit_line,
            ) to OnboardingEvents,
        }]
        #[failed {
            emit ApplicationRefused(application_id: firm.application_id, reason: error.name) to OnboardingEvents,
            start Farewell(application_id: firm.application_id),
        }]
        fn onboard(firm: Apply) -> AccountOpened;

        #[store(by application_id, expire 3650d)]
        type Applications = Application;

        /// What is left of a refused application goes after the time that the law gives for a complaint.
        #[saga(by = application_id)]
        #[deadline(100d)]
        #[readonly(row = get applications(application_id: application_id))]
        #[wait(90d)]
        #[pivot(
            forget = delete applications(application_id: application_id),
            retry until known,
        )]
        fn farewell(#[key] application_id: Uuid);
    }

    #[service]
    pub trait Cards {
        #[store(by application_id)]
        type Cards = Card;

        #[handler]
        #[reply(#[limits(1..40)] card_id: String)]
        #[writes(cards)]
        #[idempotent(by application_id)]
        async fn print(
            &self,
            application_id: Uuid,
            #[limits(1..20)] people: i64,
            cx: &mut PrintContext,
        ) -> Result<CardsPrintReply>;

        #[handler]
        #[writes(cards)]
        #[undoes(print by application_id)]
        async fn shred(&self, application_id: Uuid, cx: &mut ShredContext) -> Result<()>;

        /// A saga that is a step of another.
        #[saga(by = application_id)]
        #[reply(#[limits(1..40)] card_id: String)]
        #[deadline(1d)]
        #[step(
            printed = Cards::print(application_id: application_id, people: people),
            timeout 10s,
            retry 3 backoff 1m,
            undo Cards::shred(application_id: application_id),
        )]
        fn card_issuing(#[key] application_id: Uuid, #[limits(1..20)] people: i64);
    }

    #[service]
    pub trait Accounts {
        #[store(by application_id, expire 3650d)]
        type Accounts = Account;

        #[store(by application_id)]
        type Numbers = HeldNumber;

        /// A number is held for a firm until its contract is signed, and given to another when it never is.
        #[tentative(by application_id, reserve hold, confirm book, cancel free, expire 120d)]
        fn number();

        #[handler(fails = NumbersExhausted)]
        #[reply(iban: Iban)]
        #[writes(numbers)]
        #[idempotent(by application_id)]
        async fn hold(&self, application_id: Uuid, cx: &mut HoldContext) -> Result<AccountsHoldReply>;

        #[handler]
        #[writes(numbers)]
        #[idempotent(by application_id)]
        async fn book(&self, application_id: Uuid, cx: &mut BookContext) -> Result<()>;

        #[handler]
        #[writes(numbers)]
        #[undoes(hold by application_id)]
        async fn free(&self, application_id: Uuid, cx: &mut FreeContext) -> Result<()>;

        #[handler]
        #[reply(iban: Iban)]
        #[writes(accounts)]
        #[idempotent(by application_id)]
        async fn open(
            &self,
            application_id: Uuid,
            #[limits(1..120)] firm: String,
            limit: Money,
            cx: &mut OpenContext,
        ) -> Result<AccountsOpenReply>;
    }

    #[service]
    pub trait Credit {
        #[store(by application_id)]
        type Lines = Account;

        #[handler(fails = LineTooHigh)]
        #[writes(lines)]
        #[idempotent(by application_id)]
        async fn grant(&self, application_id: Uuid, amount: Money, cx: &mut GrantContext) -> Result<()>;

        #[handler]
        #[writes(lines)]
        #[undoes(grant by application_id)]
        async fn revoke(&self, application_id: Uuid, cx: &mut RevokeContext) -> Result<()>;
    }

    #[service]
    pub trait Contracts {
        #[store(by application_id)]
        type Sent = Application;

        #[handler]
        #[writes(sent)]
        #[idempotent(by application_id)]
        async fn send(
            &self,
            application_id: Uuid,
            #[limits(1..120)] firm: String,
            cx: &mut SendContext,
        ) -> Result<()>;

        #[handler]
        #[writes(sent)]
        #[undoes(send by application_id)]
        async fn withdraw(&self, application_id: Uuid, cx: &mut WithdrawContext) -> Result<()>;

        #[handler]
        #[natural(because "a second letter does no harm")]
        async fn welcome(&self, application_id: Uuid, iban: Iban, cx: &mut WelcomeContext) -> Result<()>;
    }

    #[service]
    pub trait Scoring {
        #[handler]
        #[natural(because "the same numbers give the same score")]
        #[timeout(10m)]
        #[takes(1m..8m)]
        async fn score(&self, application_id: Uuid, asked: Money, cx: &mut ScoreContext) -> Result<Score>;
    }

    /// People of ours: who is asked answers when there is time.
    #[service]
    pub trait Reviewers {
        #[handler]
        #[natural(because "the same question once more")]
        #[timeout(10s)]
        #[takes(1s)]
        async fn ask(
            &self,
            application_id: Uuid,
            #[limits(1..120)] firm: String,
            cx: &mut AskContext,
        ) -> Result<Review>;

        #[handler]
        #[natural(because "the same question once more")]
        #[timeout(10s)]
        #[takes(1s)]
        async fn ask_board(
            &self,
            application_id: Uuid,
            asked: Money,
            cx: &mut AskBoardContext,
        ) -> Result<Review>;
    }

    /// Asks others on behalf of the saga, and waits for as long as they may take.
    #[service]
    pub trait Checks {
        #[handler(fails = OnSanctionsList | RegisterBusy)]
        #[calls(Registers::check { timeout 9s })]
        #[natural(because "it only asks")]
        #[timeout(10s)]
        async fn look_up(
            &self,
            #[pii]
            #[limits(1..80)]
            name: String,
            #[pii]
            #[limits(10)]
            born_on: String,
            cx: &mut LookUpContext,
        ) -> Result<()>;

        #[handler]
        #[calls(Bureau::score { timeout 20s })]
        #[natural(because "it only asks")]
        #[timeout(25s)]
        async fn rate(
            &self,
            #[limits(4..20)] register_no: String,
            asked: Money,
            cx: &mut RateContext,
        ) -> Result<Score>;
    }

    #[service(extern)]
    #[control(vendor)]
    #[limit(5/s)]
    pub trait Registers {
        #[handler(fails = OnSanctionsList | RegisterBusy)]
        #[timeout(9s)]
        #[takes(2s)]
        async fn check(
            &self,
            #[pii]
            #[limits(1..80)]
            name: String,
            #[pii]
            #[limits(10)]
            born_on: String,
        ) -> Result<()>;
    }

    #[service(extern)]
    #[control(vendor)]
    pub trait Bureau {
        #[handler]
        #[timeout(20s)]
        #[takes(3s)]
        async fn score(&self, #[limits(4..20)] register_no: String, asked: Money) -> Result<Score>;
    }

    #[scenario("nobody reviews, so nothing is held")]
    #[given(Reviewers::ask silent)]
    #[when(Onboarding starts Onboard(
        application_id: "018f3c5e-0000-7000-8000-000000000001",
        firm: "Ada & Co",
        register_no: "HRB 1",
        owners: [(name: "Ada", born_on: "1985-12-10", share: 100)],
        credit_line: 5_000,
        starts_at: now(),
    ))]
    #[when(clock advances 5d)]
    #[then(Onboard failed with NotReviewed undone [register] within 6d)]
    #[then(Accounts::numbers lacks (confirmed: true))]
    fn nobody_reviews_so_nothing_is_held() {}

    #[scenario("a reviewer refuses")]
    #[given(Reviewers::ask answers Review(approved: false, by: "eve", reason: "no papers"))]
    #[when(POST "/applications" (
        firm: "Ada & Co",
        register_no: "HRB 1",
        owners: [(name: "Ada", born_on: "1985-12-10", share: 100)],
        credit_line: 5_000,
        starts_at: now(),
    ) returns 202 as asked)]
    #[then(Onboard failed with ReviewRefused)]
    #[then(Onboard::status(asked.application_id) is (status: failed))]
    fn a_reviewer_refuses() {}
}
