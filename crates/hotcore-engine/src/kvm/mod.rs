//! The KVM back end: guest CPUs run on the host's, with the interrupt controller in its kernel.
//!
//! It runs on arm64 hosts with Linux 6.4 or later and a GICv3 (guest contract §2.6). Everywhere else
//! [`KvmEngine::open`] says which of its [`Requirement`]s is not met, so whatever uses the engine
//! compiles on every host.
//!
//! ```no_run
//! use std::path::Path;
//! use hotcore_engine::kvm::KvmEngine;
//!
//! let engine = KvmEngine::open(Path::new("/dev/kvm"))?;
//! # Ok::<(), hotcore_engine::EngineError>(())
//! ```

#[cfg(not(all(target_os = "linux", target_arch = "aarch64")))]
mod absent;
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
mod arm64;
mod requirement;

#[cfg(not(all(target_os = "linux", target_arch = "aarch64")))]
pub use absent::KvmEngine;
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
pub use arm64::KvmEngine;
pub use requirement::{Host, Requirement};

/// The name of this engine, in errors and after `--engine`.
const NAME: &str = "kvm";
