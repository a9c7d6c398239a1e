//! The machine's device tree, as the OS half has it from its reader: spin-table with a way back.

#![allow(clippy::panic, reason = "the machine is always the same; a test that panics says why")]

use hotcore_firmware::{MAILBOX_SIZE, RELEASE_ADDRESS};
use hotcore_ospm::{DeviceTreeCpu, DeviceTreeMethod, Mpidr, Registry};
use hotcore_vcpu::VcpuIndex;

use crate::CPUS;
use crate::guest::Guest;
use crate::half::Half;
use crate::tables::MAILBOXES;

/// The OS that finds itself on the machine.
pub(crate) fn guest() -> Guest {
    let nodes: Vec<DeviceTreeCpu> = VcpuIndex::first(CPUS as u16).map(node).collect();
    let boot = Mpidr::from_register(0);
    let report = &mut |report| panic!("the OS half refuses our device tree: {report}");
    Guest::new(Half::Tree(Registry::from_device_tree(&nodes, None, boot, CPUS, report)))
}

fn node(cpu: VcpuIndex) -> DeviceTreeCpu {
    let mailbox = MAILBOXES + cpu.to_usize() as u64 * MAILBOX_SIZE;
    DeviceTreeCpu {
        mpidr: Mpidr::from_register(hotcore_vcpu::Mpidr::of(cpu).bits()),
        enable_method: Some(DeviceTreeMethod::SpinTable),
        release: Some(mailbox + RELEASE_ADDRESS),
        return_mailbox: Some(mailbox),
    }
}
