//! Attributes that declare nothing, each one letter away from one that does.

#[aqueduct::system]
mod shop {
    #[evnt]
    pub struct Placed {
        #[key]
        id: Uuid,
    }
    #[topc]
    pub struct PlacedTopic(Placed);
    #[queu(dead_letter after 5)]
    #[rout(PlacedTopic -> Mails)]
    pub struct Mails(Placed);
    #[servce(auth = jwt)]
    pub trait Post {
        #[stor(by id)]
        type Sent = Placed;
        #[handlr(on = Mails, writes sent, natural because "the same row again")]
        async fn mail(&self, placed: Placed, cx: &mut MailContext) -> Result<()>;
        #[handler(emits Placed to PlacedTopic via outbox)]
        #[apii(POST "/placed", returns 201)]
        async fn place(&self, placed: Placed, cx: &mut PlaceContext) -> Result<()>;
    }
}

fn main() {}
