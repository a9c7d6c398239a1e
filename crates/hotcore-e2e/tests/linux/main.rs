//! The G behaviours of the guest contract, each on every kernel that has them, and `hotcore run` on
//! a terminal.
//!
//! A test is a function that takes a kernel; [`on_each_kernel`] makes it one test per kernel.
//! Its name begins with the numbers of the behaviours that it proves.

#![allow(clippy::expect_used)]

mod boot;
mod conformance;
mod cpu_start;
mod doors;
mod faults;
mod life;
mod litmus;
mod negative;
mod overlap;
mod plug;
mod qmp;
mod reset;
mod scale;
mod soak;
mod successor;
mod terminal;
mod userland;
mod userspace;

/// Makes `linux_6_12::NAME` and `linux_7_2::NAME` of each function.
macro_rules! on_each_kernel {
    ($($name:ident),+ $(,)?) => {
        mod linux_6_12 {
            $(#[test] fn $name() { super::$name(hotcore_e2e::Kernel::Linux6_12); })+
        }
        mod linux_7_2 {
            $(#[test] fn $name() { super::$name(hotcore_e2e::Kernel::Linux7_2); })+
        }
    };
}
pub(crate) use on_each_kernel;
