//! A field of every type.

#![deny(missing_docs)]
#![deny(warnings)]

/// Types.
#[aqueduct::system(targets = local)]
pub mod types {
    use std::collections::BTreeMap;

    use aqueduct::{Decimal, Result, SignedDuration, Timestamp, Uuid, Value};

    #[limits(0.., places 2)]
    pub type Money = Decimal;

    pub struct Line {
        #[limits(1..80)]
        article: String,
        price: Money,
    }

    #[event]
    pub struct Measured {
        #[key]
        #[default(new())]
        id: Uuid,
        #[default(now())]
        at: Timestamp,
        #[limits(1..64, pattern "^[a-z]+$")]
        #[default("none")]
        name: String,
        #[default(true)]
        sound: bool,
        #[limits(0..10)]
        #[default(0)]
        count: i64,
        share: f64,
        took: SignedDuration,
        raw: Vec<u8>,
        anything: Value,
        note: Option<String>,
        lines: Vec<Line>,
        notes: BTreeMap<String, String>,
        maybe: Option<Vec<Line>>,
    }

    /// What is asked.
    #[query]
    pub struct HowMany {
        #[key]
        id: Uuid,
    }

    /// What is answered.
    #[document]
    pub struct Measures {
        #[key]
        id: Uuid,
        count: i64,
    }

    #[event(name = Measured.v2)]
    pub struct MeasuredV2 {
        #[key]
        id: Uuid,
        total: Money,
    }

    #[queue]
    pub struct MeasuredQueue(Measured);

    #[queue]
    pub struct MeasuresAgain(MeasuredV2);

    #[service]
    #[auth(none because "it is a lab")]
    pub trait Lab {
        #[handler(emits(Measured to MeasuredQueue))]
        #[api(POST "/measures", returns = 202)]
        async fn measure(&self, measured: Measured, cx: &mut MeasureContext) -> Result<()>;

        #[handler(emits(MeasuredV2 to MeasuresAgain))]
        #[api(POST "/measures-again", returns = 202)]
        async fn measure_again(&self, measured: MeasuredV2, cx: &mut MeasureAgainContext) -> Result<()>;
    }

    #[service]
    #[auth(none because "it is a lab")]
    pub trait Archive {
        #[handler]
        #[api(POST "/questions", returns = 200)]
        #[natural(because "it only reads")]
        async fn count(&self, question: HowMany, cx: &mut CountContext) -> Result<Measures>;

        #[handler(on = MeasuredQueue)]
        #[natural(because "it only logs")]
        async fn keep(&self, measured: Measured, cx: &mut KeepContext) -> Result<()>;

        #[handler(on = MeasuresAgain)]
        #[natural(because "it only logs")]
        async fn keep_again(&self, measured: MeasuredV2, cx: &mut KeepAgainContext) -> Result<()>;
    }
}
