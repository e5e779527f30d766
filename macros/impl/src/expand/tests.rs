//! The expansion of a small system: whose words stand where, and under which paths.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

const SYSTEM: &str = r#"
    /// A shop.
    pub mod shop {
        #[command]
        pub struct PlaceOrder { #[pii] customer: String, r#type: Kind, total: Price }
        #[event]
        pub struct OrderPlaced { #[key] #[default(new())] order_id: Uuid, #[spread] order: PlaceOrder }
        pub enum Kind { Gift, Purchase }
        #[limits(0.., places 2)]
        pub type Price = Decimal;
        #[queue(dead_letter after 5)]
        pub struct Placed(OrderPlaced);
        #[service(auth jwt)]
        pub trait Sales {
            #[store(by order_id)]
            type Orders = OrderPlaced;
            #[handler(writes orders, emits OrderPlaced to Placed via outbox)]
            #[api(POST "/orders", returns 201)]
            async fn place(&self, order: PlaceOrder, cx: &mut PlaceContext) -> Result<OrderPlaced>;
            #[handler(on Placed, natural because "nothing is done")]
            async fn pack(&self, order: OrderPlaced, cx: &mut PackContext) -> Result<()>;
        }
    }
"#;

/// The places in the source of the identifiers of the expansion.
fn placed(tokens: TokenStream, found: &mut BTreeSet<usize>) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => placed(group.stream(), found),
            TokenTree::Ident(ident) => {
                let range = ident.span().byte_range();
                // Words that we made are nowhere; those of other texts that were read are elsewhere.
                if SYSTEM.get(range.clone()) == Some(ident.to_string().as_str()) {
                    let _ = found.insert(range.start);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn expanded() -> TokenStream {
    let module: TokenStream = SYSTEM.parse().unwrap();
    crate::system(TokenStream::new(), module)
}

#[test]
fn the_users_words_keep_their_places() {
    let mut found = BTreeSet::new();
    placed(expanded(), &mut found);
    let words = [
        ("pub struct ", "PlaceOrder"),
        ("#[pii] ", "customer"),
        ("String, ", "r#type"),
        ("Kind, ", "total"),
        ("r#type: ", "Kind"),
        ("total: ", "Price"),
        ("order: ", "PlaceOrder"),
        ("Placed(", "OrderPlaced"),
        ("Orders = ", "OrderPlaced"),
        ("Result<", "OrderPlaced"),
        ("pub struct ", "OrderPlaced"),
        ("new())] ", "order_id"),
        ("pub enum ", "Kind"),
        ("Kind { ", "Gift"),
        ("Gift, ", "Purchase"),
        ("pub type ", "Price"),
        ("pub struct ", "Placed"),
        ("pub trait ", "Sales"),
        ("type ", "Orders"),
        ("async fn ", "place"),
        ("async fn ", "pack"),
    ];
    for (before, word) in words {
        let at = SYSTEM.find(&format!("{before}{word}")).unwrap() + before.len();
        assert!(found.contains(&at), "{word} has lost its place");
    }
}

#[test]
fn nothing_leads_to_the_root_of_the_users_package() {
    let text = expanded().to_string();
    assert!(!text.contains("crate ::"), "{text}");
    assert!(!text.contains("compile_error"), "{text}");
    assert!(text.contains(":: aqueduct :: private :: serde"), "{text}");
}

#[test]
fn what_a_handler_has_not_declared_is_not_in_its_context() {
    let text = expanded().to_string().replace(' ', "");
    let context = |name: &str| {
        let rest = text.split(&format!("impl<'a>{name}<'a>")).nth(1).unwrap();
        rest.split("impl<").next().unwrap().to_owned()
    };
    assert!(context("PlaceContext").contains("fnorders"));
    assert!(context("PlaceContext").contains("fnemit_order_placed"));
    assert!(!context("PackContext").contains("fnorders"));
    assert!(!context("PackContext").contains("fnemit_order_placed"));
}
