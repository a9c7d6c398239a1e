//! What executes guests, by the name that a person types.

use std::path::Path;

use clap::ValueEnum;
use hotcore_engine::kvm::KvmEngine;
use hotcore_engine::soft::SoftEngine;
use hotcore_engine::{Engine, EngineError};

const KVM: &str = "/dev/kvm";

/// What executes the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineChoice {
    /// KVM where the host is arm64 with a usable /dev/kvm, else software
    Auto,
    /// KVM, on arm64 hosts
    Kvm,
    /// In software, on any host
    Soft,
}

impl EngineChoice {
    /// The engine, if this host has it.
    pub(crate) fn open(self) -> Result<Box<dyn Engine + Send + Sync>, EngineError> {
        match self {
            Self::Kvm => Ok(Box::new(KvmEngine::open(Path::new(KVM))?)),
            Self::Soft => Ok(Box::new(SoftEngine)),
            Self::Auto => Ok(match KvmEngine::open(Path::new(KVM)) {
                Ok(kvm) => Box::new(kvm),
                Err(_) => Box::new(SoftEngine),
            }),
        }
    }
}
