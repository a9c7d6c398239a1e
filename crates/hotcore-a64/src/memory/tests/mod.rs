//! Translation and the TLB against a walker written a second time, slowly.

mod properties;
mod reference;
