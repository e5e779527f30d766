//! The handlers of TravelDesk. Yours: `aqueduct build` made this once and leaves it alone.

mod cars;
mod cashier;
mod claims;
mod desk;
mod flights;
mod hotels;
mod receipts;

pub use cars::Cars;
pub use cashier::Cashier;
pub use claims::Claims;
pub use desk::Desk;
pub use flights::Flights;
pub use hotels::Hotels;
pub use receipts::Receipts;

/// TravelDesk with these handlers.
pub fn program() -> aqueduct::Program {
    system::program(system::Services {
        desk: Desk,
        hotels: Hotels,
        flights: Flights,
        cars: Cars,
        cashier: Cashier,
        claims: Claims,
        receipts: Receipts,
    })
}
