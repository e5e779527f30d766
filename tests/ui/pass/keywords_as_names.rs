//! Names that are keywords of Rust, of the language, or of both.

#![deny(missing_docs)]
#![deny(warnings)]

/// A system of keywords.
#[aqueduct::system]
pub mod keywords {
    use aqueduct::{Result, Uuid};

    #[event]
    pub struct MatchPlayed {
        #[key]
        #[default(new())]
        id: Uuid,
        r#type: String,
        r#match: i64,
        r#async: bool,
        #[name(self)]
        self_: Option<String>,
        queue: String,
        event: String,
        on: String,
    }

    pub enum Where {
        Home,
        In,
        For,
    }

    #[queue]
    pub struct Fn(MatchPlayed);

    #[service(auth = jwt)]
    pub trait Loop {
        #[store(by id)]
        type Static = MatchPlayed;

        #[handler(emits(MatchPlayed to Fn, via = outbox), writes(r#static))]
        #[api(POST "/matches")]
        async fn r#loop(&self, played: MatchPlayed, cx: &mut LoopContext) -> Result<()>;

        #[handler(on = Fn)]
        #[natural(because "it only logs")]
        async fn r#impl(&self, played: MatchPlayed, cx: &mut ImplContext) -> Result<()>;

        #[handler]
        #[api(PUT "/matches/{id}")]
        #[reply(r#yield: Where)]
        #[natural(because "it does nothing")]
        async fn r#yield(&self, id: Uuid, r#ref: String, cx: &mut YieldContext) -> Result<LoopYieldReply>;
    }
}
