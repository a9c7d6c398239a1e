//! What the vCPUs have done: the dialect's counters, a map of numbers for each device.

use std::collections::BTreeMap;

use hotcore_vmm::VcpuActivity;
use serde::{Deserialize, Serialize};

use super::micros;

/// The answer of `vm.counters`: `vcpuN`, and what is counted of it; and while it is powered on, the
/// `thread_id` of its thread on the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counters(pub BTreeMap<String, BTreeMap<String, u64>>);

impl Counters {
    /// The counters of all vCPUs that were ever powered on.
    pub fn new(activity: &[VcpuActivity]) -> Self {
        let vcpus = activity.iter().enumerate().filter(|(_, vcpu)| vcpu.starts > 0);
        Self(vcpus.map(|(index, vcpu)| (format!("vcpu{index}"), of(vcpu))).collect())
    }
}

fn of(vcpu: &VcpuActivity) -> BTreeMap<String, u64> {
    let exits = vcpu.exits.by_name().map(|(name, count)| (format!("exits_{name}"), count));
    let others = [
        ("busy_us".to_owned(), micros(vcpu.busy)),
        ("waited_us".to_owned(), micros(vcpu.waited)),
        ("starts".to_owned(), vcpu.starts),
    ];
    let thread = vcpu.thread.and_then(|thread| u64::try_from(thread).ok());
    let thread = thread.map(|thread| ("thread_id".to_owned(), thread));
    exits.into_iter().chain(others).chain(thread).collect()
}
