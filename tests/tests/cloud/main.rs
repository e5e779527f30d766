//! The deployment on AWS before judges that we did not write: translator, linters, and an emulated account in which
//! the real program runs.

mod account;
mod deployed;
mod events;
mod filters;
mod judges;
mod ordered;
mod workshop;
