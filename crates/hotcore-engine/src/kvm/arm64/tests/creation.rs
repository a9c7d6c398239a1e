//! Opening KVM and making machines.

use std::path::Path;

use hotcore_vcpu::{MAX_VCPUS, Mpidr, VcpuIndex};
use parking_lot::Mutex;

use super::guest::{Guest, RAM, engine, spec};
use crate::kvm::KvmEngine;
use crate::kvm::arm64::vcpu::KvmVcpu;
use crate::{Engine, EngineError, Vcpu};

/// GICR_TYPER, and its upper half.
const GICR_TYPER: u32 = 0x0008;
const GICR_TYPER_AFFINITY: u32 = 0x000c;
/// GICR_TYPER.Last.
const LAST: u32 = 1 << 4;

#[test]
fn a_device_that_does_not_exist_is_named() {
    let error = KvmEngine::open(Path::new("/dev/no-kvm-here")).unwrap_err().to_string();
    assert!(error.contains("/dev/no-kvm-here does not exist"), "{error}");
}

#[test]
fn a_device_that_is_not_kvm_is_named() {
    let error = KvmEngine::open(Path::new("/dev/null")).unwrap_err().to_string();
    assert!(error.contains("/dev/null is not KVM"), "{error}");
}

#[test]
fn more_vcpus_than_the_host_allows_are_refused_before_anything_is_made() {
    let Some((engine, mut host)) = engine() else { return };
    host.max_vcpus = 3;
    let refused = crate::kvm::arm64::create::machine(&engine.kvm, host, &spec(4));
    let error = refused.err().unwrap();
    assert!(matches!(error, EngineError::TooManyVcpus { asked: 4, limit: 3, .. }), "{error}");
}

#[test]
fn memory_beyond_the_hosts_address_width_is_refused() {
    let Some((engine, mut host)) = engine() else { return };
    host.address_bits = 30;
    let error = crate::kvm::arm64::create::machine(&engine.kvm, host, &spec(1)).err().unwrap();
    assert!(error.to_string().contains("takes 31 bits"), "{error}");
}

#[test]
fn b031_all_possible_vcpus_exist_when_the_machine_is_made() {
    let Some((engine, _)) = engine() else { return };
    let created = engine.create_vm(&spec(4)).unwrap();
    let indices: Vec<_> = created.vcpus.iter().map(|vcpu| vcpu.index()).collect();
    assert_eq!(indices, VcpuIndex::first(4).collect::<Vec<_>>());
    // The interrupt controller is initialised: its registers can be read.
    created.vm.redistributor_register(indices[3], GICR_TYPER).unwrap();
}

#[test]
fn b032_a_vcpu_created_too_late_is_an_error_that_says_why() {
    let Some(guest) = Guest::new(1, &[]) else { return };
    let late = KvmVcpu::create(&guest.vm.parts.vm, VcpuIndex::new(1).unwrap());
    let error = late.err().unwrap().to_string();
    assert!(error.contains("before its interrupt controller is initialised"), "{error}");
    assert!(error.contains("vCPU 1") && error.contains("busy"), "{error}");
}

/// The numbers of possible vCPUs that the frames are checked with, up to what the host allows.
fn sizes(limit: u32) -> Vec<u16> {
    let most = u16::try_from(limit).unwrap_or(MAX_VCPUS).min(MAX_VCPUS);
    let mut sizes: Vec<u16> = [1, 4, 17, most].into_iter().filter(|&n| n <= most).collect();
    sizes.dedup();
    sizes
}

/// Two machines of 512 vCPUs at once would take more file descriptors than a process usually has.
static LARGE_MACHINE: Mutex<()> = Mutex::new(());

#[test]
fn b033_each_frame_has_its_vcpus_affinity_and_only_the_last_says_last() {
    let Some((engine, host)) = engine() else { return };
    let _alone = LARGE_MACHINE.lock();
    for vcpus in sizes(host.max_vcpus) {
        let created = engine.create_vm(&spec(vcpus)).unwrap();
        for cpu in VcpuIndex::first(vcpus) {
            let read = |offset| created.vm.redistributor_register(cpu, offset).unwrap();
            assert_eq!(read(GICR_TYPER_AFFINITY), Mpidr::of(cpu).packed(), "{cpu} of {vcpus}");
            let kind = read(GICR_TYPER);
            assert_eq!(kind & LAST != 0, cpu.get() == vcpus - 1, "{cpu} of {vcpus}: {kind:#x}");
            assert_eq!(kind >> 8 & 0xffff, u32::from(cpu.get()), "Processor_Number of {cpu}");
        }
    }
}

#[test]
fn b034_b035_kvm_gives_every_vcpu_the_affinity_that_the_tables_have() {
    let Some((engine, host)) = engine() else { return };
    let _alone = LARGE_MACHINE.lock();
    for vcpus in sizes(host.max_vcpus) {
        for vcpu in engine.create_vm(&spec(vcpus)).unwrap().vcpus {
            assert_eq!(vcpu.mpidr().unwrap(), Mpidr::of(vcpu.index()), "{}", vcpu.index());
        }
    }
}

#[test]
fn memory_outlives_its_owner_while_a_vcpu_remains() {
    let Some(guest) = Guest::new(1, &[super::guest::SPIN]) else { return };
    let Guest { vm, mut vcpus, spec } = guest;
    drop((vm, spec));
    let vcpu = &mut vcpus[0];
    super::guest::start(vcpu, 0).unwrap();
    vcpu.kicker().kick();
    vcpu.run().unwrap();
    assert_eq!(vcpu.pc().unwrap(), RAM);
}
