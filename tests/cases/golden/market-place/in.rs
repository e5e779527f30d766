//! The system of `in.flow` in annotated Rust.

#[aqueduct::system(
    owner "team-architecture",
    pii retain 365d,
    budget coupling 30,
    allow COU010 because "prices go straight to the shop until the bus carries them" until 2028-06-30,
)]
#[target(local { port 8082 })]
pub mod market_place {
    //! Three teams sell together: what they tell each other goes over one bus, in versions, and each keeps its own house.

    use aqueduct::Result;

    /// The only way from team to team: public messages, kept for replay.
    #[bus]
    #[owner("team-architecture")]
    #[archive(30d)]
    #[invalid(Unreadable)]
    #[encrypt]
    pub struct Enterprise(
        catalogue::ArticleListedV2,
        catalogue::ArticleListedV1,
        catalogue::ArticleRemoved,
        pricing::PriceListChanged,
        shopping::BasketChangedV2,
        shopping::BasketChangedV1,
    );

    #[queue]
    #[retain(14d)]
    pub struct Unreadable(Any);

    #[convert(
        /// Who still reads the first version gets it made from the second, until it goes away.
        shopping::BasketChangedV2 -> shopping::BasketChangedV1(...it, items: lines.sku)
    )]
    #[route(Enterprise -> BasketsSeen)]
    #[route(Enterprise -> Partners)]
    #[route(Enterprise -> OldShops)]
    /// Partners that have not moved yet; both queues go with the versions that they carry.
    #[queue(extern out)]
    pub struct Partners(shopping::BasketChangedV1);

    #[queue(extern out)]
    pub struct OldShops(catalogue::ArticleListedV1);

    #[queue]
    #[drop(after 5 because "it feeds a graph")]
    pub struct BasketsSeen(shopping::BasketChangedV2);

    #[service]
    #[control(own)]
    pub trait Architecture {
        #[handler(on = Unreadable)]
        #[natural(because "it puts the message on a person's list")]
        async fn look_at(&self, it: Any, cx: &mut LookAtContext) -> Result<()>;

        #[handler(on = BasketsSeen)]
        #[natural(because "it only draws")]
        async fn draw(
            &self,
            basket_changed_v2: shopping::BasketChangedV2,
            cx: &mut DrawContext,
        ) -> Result<()>;
    }

    #[outcome(shopping::BasketChangedV2 to pricing::BasketPriced within 5s for 99%)]
    #[scenario("a change of the basket is priced")]
    #[when(PUT "/baskets/b-1" (lines: [(sku: "TEA-100", quantity: 2)]) returns 200)]
    #[then(pricing::Pricing::price applied 1)]
    fn a_change_of_the_basket_is_priced() {}

    #[scenario("a new article can be bought")]
    #[when(POST "/articles" (sku: "TEA-200", name: "Tea", weight: 0.1, pictures: []) returns 201)]
    #[then(shopping::Shopping::known has (sku: "TEA-200"))]
    fn a_new_article_can_be_bought() {}

    #[domain(owner "team-catalogue", control own)]
    pub mod catalogue {
        //! What there is to buy.

        use aqueduct::{Decimal, Result};

        #[limits(3..24, pattern "^[A-Z0-9-]+$")]
        pub type Sku = String;

        /// How an article was listed before weights were needed for shipping.
        #[event(public, version = 1)]
        #[deprecated(until 2027-06-30)]
        pub struct ArticleListedV1 {
            #[key]
            sku: Sku,
            #[limits(1..120)]
            name: String,
        }

        /// An article can be bought from now on.
        #[event(public, version = 2)]
        #[reserved([size, colour])]
        pub struct ArticleListedV2 {
            #[key]
            sku: Sku,
            #[limits(1..120)]
            name: String,
            /// kg
            #[limits(0..1_000, places 3)]
            weight: Decimal,
            #[limits(0..12, items(1..200))]
            pictures: Vec<String>,
        }

        /// Thin: who sold it knows what it was.
        #[event(public, notification)]
        pub struct ArticleRemoved {
            #[key]
            sku: Sku,
        }

        #[command]
        pub struct ListArticle {
            sku: Sku,
            #[limits(1..120)]
            name: String,
            #[limits(0..1_000, places 3)]
            weight: Decimal,
            #[limits(0..12, items(1..200))]
            pictures: Vec<String>,
        }

        #[convert(ArticleListedV2 -> ArticleListedV1(...it))]
        #[topic]
        #[retain(7d)]
        pub struct Listed(ArticleListedV2, ArticleRemoved);

        #[route(Listed -> Enterprise)]
        #[service]
        #[auth(jwt)]
        pub trait Catalogue {
            #[api(POST "/articles", returns 201)]
            #[handler]
            #[writes(articles)]
            #[emits(ArticleListedV2 to Listed via outbox)]
            #[idempotent(by sku for 1d)]
            async fn list_article(
                &self,
                list_article: ListArticle,
                cx: &mut ListArticleContext,
            ) -> Result<ArticleListedV2>;

            #[store(by sku)]
            #[api(GET "/articles/{sku}", returns 200 | 404)]
            type Articles = ArticleListedV2;

            #[api(DELETE "/articles/{sku}", returns 204)]
            #[handler]
            #[writes(articles)]
            #[emits(ArticleRemoved to Listed via outbox)]
            #[natural(because "what is gone is gone")]
            async fn remove_article(&self, sku: Sku, cx: &mut RemoveArticleContext) -> Result<()>;
        }
    }

    #[domain(owner "team-pricing", pii retain 30d, budget coupling 12, control own, assume sku determines price because "a price holds for everyone in a country")]
    pub mod pricing {
        //! What it costs, today and for whom.

        use aqueduct::{Decimal, Result};

        #[limits(0..100_000, places 2)]
        pub type Money = Decimal;

        pub struct PriceLine {
            sku: super::catalogue::Sku,
            price: Money,
        }

        /// All prices of a country, as of now: the newest list counts, the others don't.
        #[event(public, summary)]
        pub struct PriceListChanged {
            #[key]
            #[limits(2)]
            country: String,
            #[seq]
            #[limits(0..)]
            version: i64,
            #[limits(0..50_000)]
            prices: BTreeMap<String, Money>,
        }

        #[event]
        pub struct BasketPriced {
            #[key]
            #[limits(1..40)]
            basket_id: String,
            #[seq]
            #[limits(0..)]
            version: i64,
            total: Money,
            #[limits(0..99)]
            lines: Vec<PriceLine>,
        }

        pub struct PriceList {
            #[key]
            #[limits(2)]
            country: String,
            #[limits(0..)]
            version: i64,
            #[limits(0..50_000)]
            prices: BTreeMap<String, Money>,
        }

        #[queue]
        #[dedup(by (basket_id, version) for 5m)]
        pub struct Baskets(super::shopping::BasketChangedV2);

        #[topic]
        pub struct Priced(BasketPriced);

        #[route(Enterprise -> Baskets)]
        #[route(Priced -> super::shopping::Priced)]
        #[service]
        #[auth(jwt)]
        pub trait Pricing {
            #[api(PUT "/prices/{country}", auth jwt, returns 204)]
            #[handler]
            #[writes(lists)]
            #[emits(PriceListChanged to Enterprise via outbox)]
            #[idempotent(by (country, version) for 30d)]
            async fn change(
                &self,
                #[limits(2)] country: String,
                #[limits(0..)] version: i64,
                #[limits(0..50_000)] prices: BTreeMap<String, Money>,
                cx: &mut ChangeContext,
            ) -> Result<()>;

            #[store(by country)]
            type Lists = PriceList;

            #[handler(on = Baskets)]
            #[reads(lists)]
            #[emits(BasketPriced to Priced via outbox)]
            #[order(by basket_id if later version)]
            async fn price(
                &self,
                basket: super::shopping::BasketChangedV2,
                cx: &mut PriceContext,
            ) -> Result<()>;
        }
    }

    #[domain(owner "team-shopping", pii retain 365d, control own)]
    pub mod shopping {
        //! What a customer is about to buy.

        use aqueduct::Result;

        pub struct BasketLine {
            sku: super::catalogue::Sku,
            #[limits(1..99)]
            quantity: i64,
        }

        /// What partners read since the first shop; the lines came later.
        #[event(public, summary, version = 1)]
        #[deprecated(until 2027-06-30)]
        pub struct BasketChangedV1 {
            #[key]
            #[limits(1..40)]
            basket_id: String,
            #[seq]
            #[limits(0..)]
            version: i64,
            #[limits(0..99)]
            items: Vec<super::catalogue::Sku>,
        }

        /// The whole basket as it is now.
        #[event(public, summary, version = 2)]
        #[reserved([items, amount])]
        pub struct BasketChangedV2 {
            #[key]
            #[limits(1..40)]
            basket_id: String,
            #[seq]
            #[limits(0..)]
            version: i64,
            #[limits(0..99)]
            lines: Vec<BasketLine>,
            #[limits(3)]
            #[default = "EUR"]
            currency: String,
            #[pii]
            #[limits(1..64)]
            customer: Option<String>,
        }

        pub struct KnownArticle {
            #[key]
            sku: super::catalogue::Sku,
            #[limits(1..120)]
            name: String,
        }

        pub struct CardToken {
            #[key]
            #[limits(1..40)]
            basket_id: String,
            #[limits(8..64)]
            token: String,
        }

        pub struct Basket {
            #[key]
            #[limits(1..40)]
            basket_id: String,
            #[limits(0..)]
            version: i64,
            #[limits(0..99)]
            lines: Vec<BasketLine>,
            total: Option<super::pricing::Money>,
        }

        #[queue]
        pub struct Articles(super::catalogue::ArticleListedV2);

        #[queue]
        pub struct Removals(super::catalogue::ArticleRemoved);

        #[queue]
        pub struct Priced(super::pricing::BasketPriced);

        #[queue]
        pub struct PriceLists(super::pricing::PriceListChanged);

        #[queue]
        pub struct Reporting(BasketChangedV2);

        #[route(Enterprise -> Articles)]
        #[route(Enterprise -> Removals)]
        #[route(Enterprise -> PriceLists)]
        #[route(Enterprise -> Reporting)]
        #[service]
        #[auth(jwt)]
        pub trait Shopping {
            #[api(PUT "/baskets/{basket_id}", returns 200)]
            #[handler]
            #[reads(known)]
            #[writes(baskets)]
            #[emits(BasketChangedV2 to Enterprise via outbox)]
            #[idempotent(by meta.idempotency_key for 1d)]
            async fn change(
                &self,
                #[limits(1..40)] basket_id: String,
                #[limits(0..99)] lines: Vec<BasketLine>,
                cx: &mut ChangeContext,
            ) -> Result<BasketChangedV2>;

            #[store(by basket_id, expire 60d)]
            #[api(GET "/baskets/{basket_id}", returns 200 | 404)]
            type Baskets = Basket;

            /// A card's number goes to the vault and nowhere else.
            #[api(PUT "/baskets/{basket_id}/card", returns 204)]
            #[handler]
            #[writes(tokens)]
            #[calls(CardVault::tokenize { timeout 3s, retry 1 backoff 500ms })]
            #[natural(because "the same card has the same token")]
            async fn keep_card(
                &self,
                #[limits(1..40)] basket_id: String,
                #[secret]
                #[limits(12..19)]
                number: String,
                cx: &mut KeepCardContext,
            ) -> Result<()>;

            #[store(by sku)]
            type Known = KnownArticle;

            #[store(by basket_id, expire 1d)]
            type Tokens = CardToken;

            #[handler(on = Articles)]
            #[writes(known)]
            #[natural(because "put by key")]
            async fn learn(
                &self,
                article_listed_v2: super::catalogue::ArticleListedV2,
                cx: &mut LearnContext,
            ) -> Result<()>;

            #[handler(on = PriceLists)]
            #[natural(because "it only logs")]
            async fn compare(
                &self,
                price_list_changed: super::pricing::PriceListChanged,
                cx: &mut CompareContext,
            ) -> Result<()>;

            #[handler(on = Removals)]
            #[writes(known)]
            #[natural(because "what is gone is gone")]
            async fn forget(
                &self,
                article_removed: super::catalogue::ArticleRemoved,
                cx: &mut ForgetContext,
            ) -> Result<()>;

            #[handler(on = Priced)]
            #[writes(baskets)]
            #[order(by basket_id if later version)]
            async fn show_price(
                &self,
                basket_priced: super::pricing::BasketPriced,
                cx: &mut ShowPriceContext,
            ) -> Result<()>;

            #[handler(on = Reporting)]
            #[natural(because "a report of the same basket replaces the former")]
            async fn report(&self, basket_changed_v2: BasketChangedV2, cx: &mut ReportContext) -> Result<()>;
        }

        #[service(extern)]
        #[control(vendor)]
        #[limit(50/s)]
        pub trait CardVault {
            #[handler]
            #[reply(#[limits(8..64)] token: String)]
            #[natural(because "the same card has the same token")]
            #[timeout(2s)]
            #[takes(200ms)]
            async fn tokenize(
                &self,
                #[secret]
                #[limits(12..19)]
                number: String,
            ) -> Result<CardVaultTokenizeReply>;
        }
    }
}
