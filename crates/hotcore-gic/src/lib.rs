//! A GICv3 (Arm IHI 0069) in software: distributor, redistributors and CPU interfaces.
//!
//! One security state (GICD_CTLR.DS is 1), affinity routing always on, system registers only, five
//! bits of priority, no LPIs. Where the architecture leaves a choice, it is KVM's: Group 1
//! everywhere, SGIs enabled, PPIs level-sensitive, SPIs edge-triggered, redistributors awake.
//!
//! [`Gic`] does no I/O and has no threads. The vCPUs' threads call it for accesses to registers, devices
//! for their lines; it says through [`Signal`] and [`Gic::irq_pending`] who has an interrupt to take.

mod access;
mod affinity;
mod bank;
mod bank_registers;
mod cpu;
mod cpu_set;
mod distributor;
mod distributor_registers;
mod gic;
mod group;
mod identification;
mod interface;
mod redistributor;
mod register;
mod signal;
mod state;
mod system_registers;

pub use bank::Bank;
pub use gic::{
    DISTRIBUTOR_SIZE, Gic, GicConfig, GicError, MAX_INTERRUPTS, MIN_INTERRUPTS, REDISTRIBUTOR_SIZE,
};
pub use interface::Interface;
pub use register::Register;
pub use signal::{Lines, Signal};
pub use state::{CpuState, GicState, RestoreError, STATE_VERSION};

#[cfg(test)]
mod tests;
