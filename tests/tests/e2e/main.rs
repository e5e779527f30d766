//! Wild Rydes as a user runs it: requests in over loopback, effects out, kills, poison, administration, a clean end.

mod kills;
mod lifecycle;
mod poison;
mod ride;
