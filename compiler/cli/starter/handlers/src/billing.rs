//! What `Billing` does.

use aqueduct::Failure;
use system::messages::{Invoice, OrderPlaced};
use system::services::billing::BillContext;

/// Implements the service `Billing`.
#[derive(Debug, Clone)]
pub struct Billing;

impl system::services::Billing for Billing {
    async fn bill(&self, order: OrderPlaced, cx: &mut BillContext<'_>) -> Result<(), Failure> {
        cx.invoices().put(&Invoice {
            order_id: order.order_id,
            customer: order.customer,
            amount: order.price,
        })
    }
}

#[cfg(test)]
mod tests {
    use aqueduct::{Activation, Decimal, Uuid};

    use super::*;

    #[test]
    fn an_order_is_billed_at_its_price() {
        let mut activation = Activation::in_memory();
        let order = OrderPlaced {
            order_id: Uuid::nil(),
            customer: "cmr".into(),
            item: "saddle".into(),
            price: Decimal::new(4990, 2),
        };
        let outcome = aqueduct::test::run(system::services::Billing::bill(
            &Billing,
            order,
            &mut BillContext::new(&mut activation),
        ));
        outcome.expect("billing needs nothing from outside");
        let invoices = activation.rows::<system::services::billing::Invoices>();
        assert_eq!(
            invoices.first().map(|invoice| invoice.amount),
            Some(Decimal::new(4990, 2))
        );
    }
}
