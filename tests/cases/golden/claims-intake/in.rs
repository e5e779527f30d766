//! The system of `in.flow` in annotated Rust.

#[aqueduct::system(owner "team-claims", pii retain 3650d)]
pub mod claims_intake {
    //! Insurance claims arrive as batches of scanned mail: taken apart, put in order, judged, and filed for ten years.

    use std::collections::BTreeMap;

    use aqueduct::{Decimal, Result, Timestamp, Uuid};

    #[limits(0.., places 2)]
    pub type Money = Decimal;

    #[limits(10, pattern "^P[0-9]{9}$")]
    pub type PolicyNumber = String;

    pub enum Form {
        Paper,
        Mail,
        Portal,
    }

    pub enum Verdict {
        Covered,
        Partly,
        Refused,
    }

    pub enum Desk {
        Motor,
        Household,
        Travel,
    }

    pub struct Page {
        #[limits(1..500)]
        number: i64,
        #[limits(1..4_000_000)]
        scan: String,
        #[pii]
        #[limits(0..20_000)]
        text: Option<String>,
    }

    pub struct CoverageLine {
        #[limits(1..40)]
        clause: String,
        limit: Money,
    }

    /// What the mail room's scanner drops: all the claims of one morning.
    #[document]
    pub struct MailBatch {
        #[key]
        batch_id: Uuid,
        #[time]
        #[default(now())]
        scanned_at: Timestamp,
        form: Form,
        #[limits(1..200)]
        claims: Vec<ScannedClaim>,
    }

    #[document]
    pub struct ScannedClaim {
        #[key]
        claim_id: Uuid,
        policy: PolicyNumber,
        #[limits(1..3)]
        desks: Vec<Desk>,
        #[limits(1..50)]
        pages: Vec<Page>,
        amount: Money,
    }

    /// One page on its own, so that text recognition can work on many at once.
    #[document]
    pub struct PageScan {
        #[key]
        claim_id: Uuid,
        policy: PolicyNumber,
        #[limits(1..3)]
        desks: Vec<Desk>,
        amount: Money,
        #[seq]
        #[limits(1..500)]
        page: i64,
        #[limits(1..50)]
        size: i64,
        #[limits(1..4_000_000)]
        scan: String,
    }

    #[document]
    pub struct PageText {
        #[key]
        claim_id: Uuid,
        policy: PolicyNumber,
        #[limits(1..3)]
        desks: Vec<Desk>,
        amount: Money,
        #[seq]
        #[limits(1..500)]
        page: i64,
        #[limits(1..50)]
        size: i64,
        #[limits(1..4_000_000)]
        scan: Option<String>,
        #[pii]
        #[limits(0..20_000)]
        text: String,
    }

    /// All pages of a claim together again, in their order.
    #[document]
    pub struct ReadClaim {
        #[key]
        claim_id: Uuid,
        policy: PolicyNumber,
        #[limits(1..3)]
        desks: Vec<Desk>,
        amount: Money,
        #[limits(1..50)]
        pages: Vec<PageText>,
    }

    #[document]
    pub struct Claim {
        #[key]
        claim_id: Uuid,
        policy: PolicyNumber,
        #[limits(1..3)]
        desks: Vec<Desk>,
        amount: Money,
        #[limits(1..50)]
        pages: Vec<PageText>,
        #[pii]
        #[origin(Policies)]
        #[limits(1..120)]
        holder: String,
        #[limits(0..40)]
        coverage: BTreeMap<String, CoverageLine>,
    }

    #[event]
    pub struct ClaimJudged {
        #[key]
        claim_id: Uuid,
        verdict: Verdict,
        payout: Money,
        #[default(now())]
        judged_at: Timestamp,
    }

    /// What the regulator gets: nothing that says who it was.
    #[event]
    pub struct ClaimFiled {
        #[key]
        claim_id: Uuid,
        #[limits(64)]
        holder_hash: String,
        policy: String,
        verdict: Verdict,
        payout: Money,
    }

    /// What analysts see.
    #[document]
    pub struct ClaimCounted {
        #[key]
        claim_id: Uuid,
        #[limits(1..64)]
        policy: String,
        #[limits(64)]
        holder: String,
        amount: Money,
    }

    pub struct Holder {
        #[key]
        policy: PolicyNumber,
        #[pii]
        #[limits(1..120)]
        name: String,
        #[limits(0..40)]
        coverage: BTreeMap<String, CoverageLine>,
    }

    pub struct Opinion {
        #[key]
        claim_id: Uuid,
        #[key]
        desk: Desk,
        verdict: Verdict,
        payout: Money,
    }

    #[fault]
    pub struct PolicyUnknown {
        policy: PolicyNumber,
    }

    // ── From the mail room to the desks ─────────────────────────────────────────

    #[queue(extern in)]
    #[retain(14d)]
    #[invalid(UnreadableMail)]
    #[encrypt]
    pub struct MailRoom(MailBatch);

    #[queue]
    #[retain(14d)]
    #[encrypt]
    pub struct UnreadableMail(Any);

    #[queue]
    #[capacity(100_000 else block)]
    #[encrypt]
    pub struct PageScans(PageScan);

    #[queue]
    #[encrypt]
    pub struct PageTexts(PageText);

    #[stream]
    #[partition(by claim_id)]
    #[retain(7d)]
    #[encrypt]
    pub struct OrderedPages(PageText);

    #[queue]
    #[dead_letter(ClaimsByHand after 5)]
    #[encrypt]
    pub struct ReadClaims(ReadClaim);

    #[queue]
    #[retain(14d)]
    #[encrypt]
    pub struct ClaimsByHand(ReadClaim);

    #[topic]
    #[archive(3650d)]
    #[invalid(UnreadableMail)]
    #[encrypt]
    pub struct Claims(Claim);

    #[queue]
    #[encrypt]
    pub struct Motor(Claim);

    #[queue]
    #[encrypt]
    pub struct Household(Claim);

    #[queue]
    #[encrypt]
    pub struct Travel(Claim);

    #[topic]
    #[partition(by claim_id)]
    pub struct Verdicts(ClaimJudged);

    #[queue]
    #[encrypt]
    pub struct ToKeep(Claim);

    #[queue]
    pub struct ToFile(ClaimJudged);

    #[queue]
    pub struct Filed(ClaimFiled);

    #[queue(extern out)]
    pub struct Statistics(ClaimCounted);

    /// The archive of the group, which belongs to others.
    #[queue(extern out)]
    #[owner("group-compliance")]
    #[encrypt]
    pub struct Regulator(ClaimFiled);

    #[queue]
    #[encrypt]
    pub struct ArchiveIn(Claim);

    #[stream(extern out)]
    #[partition(by claim_id)]
    #[archive(3650d)]
    #[encrypt]
    #[batch(5MB within 60s)]
    pub struct Archive(Claim);

    // ── Who works on them ───────────────────────────────────────────────────────

    #[route(
        /// A batch becomes claims, a claim becomes pages.
        MailRoom
        -> dedup by batch_id for 7d
        -> split claims as claim
        -> split claim.pages as sheet
        -> translate PageScan(
            claim_id: claim.claim_id,
            policy: claim.policy,
            desks: claim.desks,
            amount: claim.amount,
            page: sheet.number,
            size: size(claim.pages),
            scan: sheet.scan,
        )
        -> PageScans
    )]
    #[route(PageTexts -> resequence by claim_id on page { wait 10m else gaps } -> OrderedPages)]
    #[route(
        /// A desk reads words; scans end here.
        OrderedPages
        -> drop [scan]
        -> aggregate ReadClaim by claim_id { until count == size, timeout 2h else partial, late discard }
        -> ReadClaims
    )]
    #[route(
        ReadClaims
        -> enrich Policies::look_up(policy: policy) as found { timeout 2s else fail }
        -> translate Claim(...it, holder: found.name, coverage: found.coverage)
        -> Claims
    )]
    #[route(Claims -> ToKeep)]
    #[route(
        Claims
        -> translate ClaimCounted(claim_id: claim_id, policy: mask(policy), holder: hash(holder), amount: amount)
        -> Statistics
    )]
    #[route(Claims -> recipients desks in [Motor, Household, Travel])]
    #[route(Claims -> claim pages { over 256KB, retain 3650d } -> ArchiveIn)]
    #[route(ArchiveIn -> redeem pages -> Archive)]
    #[route(Verdicts -> ToFile)]
    #[route(Filed -> throttle 10/s -> Regulator)]
    #[service]
    pub trait Recognition {
        /// Reads one page; the same page gives the same text.
        #[handler(on = PageScans)]
        #[emits(PageText to PageTexts via outbox)]
        #[calls(Ocr::recognise { timeout 50s, retry 1 backoff 2s, bulkhead 32 })]
        #[idempotent(by (claim_id, page) for 7d)]
        #[concurrency(32)]
        #[timeout(2m)]
        #[takes(1s..40s)]
        async fn read(&self, page_scan: PageScan, cx: &mut ReadContext) -> Result<()>;

        #[handler(on = UnreadableMail)]
        #[natural(because "it puts the letter on a person's list")]
        async fn look_at(&self, it: Any, cx: &mut LookAtContext) -> Result<()>;

        #[handler(on = ClaimsByHand)]
        #[natural(because "it puts the claim on a person's list")]
        async fn by_hand(&self, read_claim: ReadClaim, cx: &mut ByHandContext) -> Result<()>;
    }

    #[service(extern)]
    #[control(vendor)]
    #[limit(40/s)]
    pub trait Ocr {
        #[handler]
        #[reply(#[pii] #[limits(0..20_000)] text: String)]
        #[idempotent(by(key, page))]
        #[timeout(45s)]
        #[takes(8s)]
        async fn recognise(
            &self,
            key: Uuid,
            #[limits(1..500)] page: i64,
            #[limits(1..4_000_000)] scan: String,
        ) -> Result<OcrRecogniseReply>;
    }

    #[service]
    pub trait Policies {
        #[store(by policy)]
        type Holders = Holder;

        #[handler(fails = PolicyUnknown)]
        #[reads(holders)]
        #[natural(because "it only reads")]
        #[timeout(1s)]
        #[takes(5ms..50ms)]
        async fn look_up(&self, policy: PolicyNumber, cx: &mut LookUpContext) -> Result<Holder>;
    }

    /// A claim may concern several desks, and each judges its part.
    #[service]
    pub trait Desks {
        #[store(by (claim_id, desk), expire 3650d)]
        type Opinions = Opinion;

        #[handler(on = Motor)]
        #[writes(opinions)]
        #[emits(ClaimJudged to Verdicts via outbox)]
        #[idempotent(by claim_id for 30d)]
        async fn judge_motor(&self, claim: Claim, cx: &mut JudgeMotorContext) -> Result<()>;

        #[handler(on = Household)]
        #[writes(opinions)]
        #[emits(ClaimJudged to Verdicts via outbox)]
        #[idempotent(by claim_id for 30d)]
        async fn judge_household(&self, claim: Claim, cx: &mut JudgeHouseholdContext) -> Result<()>;

        #[handler(on = Travel)]
        #[writes(opinions)]
        #[emits(ClaimJudged to Verdicts via outbox)]
        #[idempotent(by claim_id for 30d)]
        async fn judge_travel(&self, claim: Claim, cx: &mut JudgeTravelContext) -> Result<()>;
    }

    #[service]
    pub trait Filing {
        #[store(by claim_id, expire 3650d)]
        type Kept = Claim;

        #[handler(on = ToKeep)]
        #[writes(kept)]
        #[natural(because "put by key")]
        async fn keep(&self, claim: Claim, cx: &mut KeepContext) -> Result<()>;

        #[handler(on = ToFile)]
        #[reads(kept)]
        #[emits(ClaimFiled to Filed via outbox)]
        #[idempotent(by claim_id)]
        async fn file(&self, claim_judged: ClaimJudged, cx: &mut FileContext) -> Result<()>;
    }

    #[sample(batch = MailBatch(
        batch_id: "018f3c5e-0000-7000-8000-000000000001",
        form: paper,
        claims: [
            (
                claim_id: "018f3c5e-0000-7000-8000-000000000002",
                policy: "P123456789",
                desks: [motor],
                amount: 830.20,
                pages: [(number: 1, scan: "UGFnZSAx"), (number: 2, scan: "UGFnZSAy")],
            ),
        ],
    ))]
    #[scenario("the second page comes first")]
    #[given(Recognition::read delays 1m for 1)]
    #[when(publish MailBatch(...batch) to MailRoom)]
    #[then(PageScans receives 2)]
    #[then(OrderedPages receives 2)]
    #[then(Motor receives 1)]
    #[never(Household receives)]
    fn the_second_page_comes_first() {}

    #[scenario("a page that is lost does not hold its claim forever")]
    #[when(publish PageText(
        claim_id: "018f3c5e-0000-7000-8000-000000000003",
        policy: "P123456789",
        desks: [household],
        amount: 90,
        page: 2,
        size: 2,
        text: "burnt carpet",
    ) to PageTexts)]
    #[when(clock advances 3h)]
    #[then(ReadClaims receives 1)]
    #[then(Household receives 1)]
    fn a_page_that_is_lost_does_not_hold_its_claim_forever() {}
}
