//! What `Cars` does.

use aqueduct::Failure;
use system::messages::{
    CarsCancelTaxiInput, CarsHoldInput, CarsPromiseTaxiInput, CarsReleaseInput,
};
use system::services::cars::{CancelTaxiContext, HoldContext, PromiseTaxiContext, ReleaseContext};

/// Implements the service `Cars`.
#[derive(Debug, Clone)]
pub struct Cars;

impl system::services::Cars for Cars {
    async fn hold(&self, _input: CarsHoldInput, _cx: &mut HoldContext<'_>) -> Result<(), Failure> {
        Err(Failure::new("Cars.hold isn't written yet"))
    }

    async fn release(
        &self,
        _input: CarsReleaseInput,
        _cx: &mut ReleaseContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Cars.release isn't written yet"))
    }

    async fn promise_taxi(
        &self,
        _input: CarsPromiseTaxiInput,
        _cx: &mut PromiseTaxiContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Cars.promise_taxi isn't written yet"))
    }

    async fn cancel_taxi(
        &self,
        _input: CarsCancelTaxiInput,
        _cx: &mut CancelTaxiContext<'_>,
    ) -> Result<(), Failure> {
        Err(Failure::new("Cars.cancel_taxi isn't written yet"))
    }
}
