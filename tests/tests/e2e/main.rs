//! Whole systems as a user runs them: requests in over loopback, effects out, kills, poison, administration, a clean end.

mod fares;
mod kills;
mod lifecycle;
mod parcels;
mod poison;
mod ride;
mod scenarios;
mod stubs;
