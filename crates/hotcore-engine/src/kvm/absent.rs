//! The KVM back end on hosts where it cannot exist.

use std::path::Path;

use super::{Host, NAME, Requirement};
use crate::{CreatedVm, Engine, EngineError, VmSpec};

/// KVM on arm64. This build is for another host: no value of it exists.
#[derive(Debug)]
pub enum KvmEngine {}

impl KvmEngine {
    /// Says that this host is of the wrong kind.
    pub fn open(_device: &Path) -> Result<Self, EngineError> {
        Err(Requirement::Arm64Linux.into())
    }

    /// What this host offers; never reached.
    pub fn probe(&self) -> Result<Host, EngineError> {
        match *self {}
    }
}

impl Engine for KvmEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn create_vm(&self, _spec: &VmSpec) -> Result<CreatedVm, EngineError> {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_it_names_the_host_it_needs() {
        let error = KvmEngine::open(Path::new("/dev/kvm")).unwrap_err().to_string();
        assert!(error.contains("arm64"), "{error}");
        assert!(error.contains(std::env::consts::ARCH), "{error}");
    }
}
