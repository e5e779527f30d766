//! The handlers of OddNames. Yours: `aqueduct build` made this once and leaves it alone.

mod lib_service;
mod message;
mod table;

pub use lib_service::Lib;
pub use message::MessageService;
pub use table::TableService;

/// OddNames with these handlers.
pub fn program() -> aqueduct::Program {
    system::program(system::Services {
        message: MessageService,
        table: TableService,
        lib_service: Lib,
    })
}
