//! What `Payments` does.

use aqueduct::Failure;
use system::messages::{
    CardDeclined, CardGatewayAuthorizeInput, CardGatewayCaptureInput, CardGatewayRefundInput,
    CardGatewayTokenizeInput, CardGatewayVoidInput, CardToken, PaymentsAuthorizeInput,
    PaymentsAuthorizeReply, PaymentsCaptureInput, PaymentsCaptureReply, PaymentsKeepCardInput,
    PaymentsKeepCardReply, PaymentsRefundInput, PaymentsVoidInput,
};
use system::services::payments::{
    AuthorizeContext, CaptureContext, KeepCardContext, RefundContext, VoidContext,
};

/// The only place that ever sees a card.
#[derive(Debug, Clone)]
pub struct Payments;

impl system::services::Payments for Payments {
    async fn keep_card(
        &self,
        input: PaymentsKeepCardInput,
        cx: &mut KeepCardContext<'_>,
    ) -> Result<PaymentsKeepCardReply, Failure> {
        let card = CardGatewayTokenizeInput { card: input.card };
        let kept = cx.call_tokenize(&card).await?;
        cx.tokens().put(&CardToken {
            customer: input.customer.clone(),
            token: kept.token,
        })?;
        Ok(PaymentsKeepCardReply {
            customer: input.customer,
        })
    }

    async fn authorize(
        &self,
        input: PaymentsAuthorizeInput,
        cx: &mut AuthorizeContext<'_>,
    ) -> Result<PaymentsAuthorizeReply, Failure> {
        let Some(card) = cx.tokens().get(&input.customer).await? else {
            return Err(CardDeclined {
                reason: "the customer has left no card".into(),
            }
            .into());
        };
        let authorized = cx
            .call_authorize(&CardGatewayAuthorizeInput {
                key: input.key,
                token: card.token,
                amount: input.amount,
            })
            .await?;
        Ok(PaymentsAuthorizeReply {
            code: authorized.code,
        })
    }

    async fn capture(
        &self,
        input: PaymentsCaptureInput,
        cx: &mut CaptureContext<'_>,
    ) -> Result<PaymentsCaptureReply, Failure> {
        let charged = cx
            .call_capture(&CardGatewayCaptureInput {
                key: input.key,
                code: input.code,
            })
            .await?;
        Ok(PaymentsCaptureReply {
            charge_id: charged.charge_id,
        })
    }

    async fn void(
        &self,
        input: PaymentsVoidInput,
        cx: &mut VoidContext<'_>,
    ) -> Result<(), Failure> {
        cx.call_void(&CardGatewayVoidInput { key: input.key }).await
    }

    async fn refund(
        &self,
        input: PaymentsRefundInput,
        cx: &mut RefundContext<'_>,
    ) -> Result<(), Failure> {
        cx.call_refund(&CardGatewayRefundInput { key: input.key })
            .await
    }
}

#[cfg(test)]
mod tests {
    use aqueduct::{Activation, Decimal, Uuid};
    use system::services::Payments as _;

    use super::*;

    #[test]
    fn without_a_card_nothing_is_authorized() {
        let mut activation = Activation::in_memory();
        let outcome = aqueduct::test::run(Payments.authorize(
            PaymentsAuthorizeInput {
                key: Uuid::from_u128(7),
                customer: "cmr".into(),
                amount: Decimal::from(5),
            },
            &mut AuthorizeContext::new(&mut activation),
        ));
        assert_eq!(outcome.unwrap_err().name(), Some("CardDeclined"));
    }
}
