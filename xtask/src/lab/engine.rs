//! What executes guests, and with that, which machine a job needs.

use std::path::PathBuf;

use super::native_kvm;
use crate::error::FetchError;
use crate::{cross, here};

/// The variable that tells a job which engine it is to ask `hotcore run` for.
pub(crate) const VARIABLE: &str = "HOTCORE_ENGINE";

/// An engine of `hotcore run`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Engine {
    /// KVM on arm64: on this machine, or on a nested one.
    #[default]
    Kvm,
    /// The software engine, on this machine.
    Soft,
}

/// What a person asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum EngineChoice {
    /// KVM where this machine is an arm64 with a usable /dev/kvm, else software
    #[default]
    Auto,
    /// KVM on arm64, nested where this machine has none
    Kvm,
    /// In software, on this machine
    Soft,
}

impl EngineChoice {
    /// The engine that is meant.
    pub(crate) fn engine(self) -> Engine {
        match self {
            Self::Auto => Engine::of_this_machine(),
            Self::Kvm => Engine::Kvm,
            Self::Soft => Engine::Soft,
        }
    }
}

impl Engine {
    /// The one that this machine has by itself.
    pub(crate) fn of_this_machine() -> Self {
        if native_kvm() { Self::Kvm } else { Self::Soft }
    }

    /// Its name, as `hotcore run --engine` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kvm => "kvm",
            Self::Soft => "soft",
        }
    }

    /// Builds the programs `binaries` of `packages` for the machine that its jobs run on, on this one
    /// in `profile`.
    pub(crate) fn build(
        self,
        profile: &str,
        packages: &[&str],
        binaries: &[&str],
    ) -> Result<Vec<PathBuf>, FetchError> {
        match self {
            Self::Kvm => cross::build(packages, binaries),
            Self::Soft => here::build(profile, packages, binaries),
        }
    }
}
