//! The engine seam: what Hotcore needs of the thing that executes a guest's CPUs.
//!
//! [`Engine::create_vm`] builds *all* possible vCPUs and their redistributors at once; afterwards
//! the set never changes. A vCPU is a value that is either parked (owned by the machine, no thread)
//! or moved to the thread that calls [`Vcpu::run`]. PSCI is never an engine's business: a guest's
//! firmware calls come out as [`Exit::Hypercall`] and are answered above.
//!
//! Back ends: [`kvm`], on arm64 hosts, and [`soft`], everywhere. Architecture-specific code lives inside back ends only.

pub mod debug;
mod error;
pub mod kvm;
mod seam;
pub mod soft;
pub mod trace;

pub use error::EngineError;
pub use seam::{CreatedVm, Engine, Entry, Exit, GicSpec, GuestMemory, Kick, Vcpu, Vm, VmSpec};
