//! Words of Rust that would say something to a reader and nothing to the system.

#[aqueduct::system]
mod shop {
    #[event]
    pub struct Placed {
        #[key]
        id: Uuid,
    }
    #[queue]
    pub struct Mails(#[pii] Placed);
    pub enum Kind {
        #[pii]
        Gift,
    }
    #[service]
    pub unsafe trait Post {
        #[handler(on = Mails, natural because "nothing is kept")]
        async fn mail(&mut self, #[pii] placed: Placed, cx: &mut MailContext) -> Result<(), Lost>;
    }
    impl Placed {}
    #[scenario]
    #[then(Mails receives 0)]
    const unsafe fn nothing_comes() -> i64 {}
}

fn main() {}
