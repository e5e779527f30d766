//! What `Payments` does.

use aqueduct::Failure;
use system::messages::{
    PaymentsAuthorizeInput, PaymentsAuthorizeReply, PaymentsCaptureInput, PaymentsCaptureReply,
    PaymentsKeepCardInput, PaymentsKeepCardReply, PaymentsRefundInput, PaymentsVoidInput,
};
use system::services::payments::{
    AuthorizeContext, CaptureContext, KeepCardContext, RefundContext, VoidContext,
};

/// Implements the service `Payments`.
#[derive(Debug, Clone)]
pub struct Payments;

impl system::services::Payments for Payments {
    async fn keep_card(
        &self,
        _input: PaymentsKeepCardInput,
        _cx: &mut KeepCardContext<'_>,
    ) -> Result<PaymentsKeepCardReply, Failure> {
        Err(Failure::new("Payments.keep_card isn't written yet"))
    }

    async fn authorize(
        &self,
        _input: PaymentsAuthorizeInput,
        _cx: &mut AuthorizeContext<'_>,
    ) -> Result<PaymentsAuthorizeReply, Failure> {
        Err(Failure::new("Payments.authorize isn't written yet"))
    }

    async fn capture(
        &self,
        _input: PaymentsCaptureInput,
        _cx: &mut CaptureContext<'_>,
    ) -> Result<PaymentsCaptureReply, Failure> {
        Err(Failure::new("Payments.capture isn't written yet"))
    }

    async fn void(
        &self,
        _input: PaymentsVoidInput,
        _cx: &mut VoidContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Payments.void isn't written yet"))
    }

    async fn refund(
        &self,
        _input: PaymentsRefundInput,
        _cx: &mut RefundContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Payments.refund isn't written yet"))
    }
}
