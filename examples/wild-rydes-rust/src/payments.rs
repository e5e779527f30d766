//! What `Payments` does.

use crate::wild_rydes::messages::{
    Card, CardDeclined, CardGatewayAuthorizeInput, CardGatewayCaptureInput, CardGatewayRefundInput,
    CardGatewayTokenizeInput, CardGatewayVoidInput, CardToken, Money, PaymentsAuthorizeReply,
    PaymentsCaptureReply, PaymentsKeepCardReply,
};
use crate::wild_rydes::services::payments::{
    AuthorizeContext, CaptureContext, KeepCardContext, RefundContext, VoidContext,
};
use aqueduct::{Failure, Uuid};

/// The only place that ever sees a card.
#[derive(Debug, Clone)]
pub struct Payments;

impl crate::wild_rydes::services::Payments for Payments {
    async fn keep_card(
        &self,
        customer: String,
        card: Card,
        cx: &mut KeepCardContext<'_>,
    ) -> Result<PaymentsKeepCardReply, Failure> {
        let kept = cx.call_tokenize(&CardGatewayTokenizeInput { card }).await?;
        cx.tokens().put(&CardToken {
            customer: customer.clone(),
            token: kept.token,
        })?;
        Ok(PaymentsKeepCardReply { customer })
    }

    async fn authorize(
        &self,
        key: Uuid,
        customer: String,
        amount: Money,
        cx: &mut AuthorizeContext<'_>,
    ) -> Result<PaymentsAuthorizeReply, Failure> {
        let Some(card) = cx.tokens().get(&customer).await? else {
            return Err(CardDeclined {
                reason: "the customer has left no card".into(),
            }
            .into());
        };
        let authorized = cx
            .call_authorize(&CardGatewayAuthorizeInput {
                key,
                token: card.token,
                amount,
            })
            .await?;
        Ok(PaymentsAuthorizeReply {
            code: authorized.code,
        })
    }

    async fn capture(
        &self,
        key: Uuid,
        code: String,
        cx: &mut CaptureContext<'_>,
    ) -> Result<PaymentsCaptureReply, Failure> {
        let charged = cx
            .call_capture(&CardGatewayCaptureInput { key, code })
            .await?;
        Ok(PaymentsCaptureReply {
            charge_id: charged.charge_id,
        })
    }

    async fn void(&self, key: Uuid, cx: &mut VoidContext<'_>) -> Result<(), Failure> {
        cx.call_void(&CardGatewayVoidInput { key }).await
    }

    async fn refund(&self, key: Uuid, cx: &mut RefundContext<'_>) -> Result<(), Failure> {
        cx.call_refund(&CardGatewayRefundInput { key }).await
    }
}
