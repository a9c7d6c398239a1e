//! The arithmetic against other implementations of it: LLVM's (`rustc_apfloat`), the host's, exact
//! integers, and for NaNs the rules of the Arm ARM written down a second time.

mod arithmetic;
mod convert;
mod estimate;
mod fixed;
mod oracle;
mod ordering;
mod values;
