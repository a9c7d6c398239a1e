//! A machine for tests: some RAM, an interrupt controller and vCPUs.

use std::path::Path;

use vm_memory::{Bytes, GuestAddress};

use crate::kvm::arm64::create;
use crate::kvm::arm64::vcpu::KvmVcpu;
use crate::kvm::arm64::vm::KvmVm;
use crate::kvm::{Host, KvmEngine};
use crate::{EngineError, Entry, Exit, GicSpec, GuestMemory, Vcpu, VmSpec};

/// Start of RAM, where programs are.
pub(super) const RAM: u64 = 0x4000_0000;
const RAM_SIZE: usize = 64 << 10;
/// Memory that the guest may only read, as large as RAM.
pub(super) const ROM: u64 = 0x0e20_0000;
/// Nothing is here: loads and stores are exits. Programs report to it.
pub(super) const OUT: u64 = 0x0900_0000;

pub(super) const GIC: GicSpec = GicSpec {
    distributor: 0x0800_0000,
    redistributors: 0x0a00_0000,
    interrupts: 128,
    pmu_interrupt: 23,
};

/// `b .`
pub(super) const SPIN: u32 = 0x1400_0000;
/// `wfi`
pub(super) const WFI: u32 = 0xd503_207f;
/// `mov x9, #OUT`
pub(super) const X9_IS_OUT: u32 = 0xd2a1_2009;
/// `str x0, [x9]`
pub(super) const REPORT_X0: u32 = 0xf900_0120;
/// `str x1, [x9]`
pub(super) const REPORT_X1: u32 = 0xf900_0121;

pub(super) struct Guest {
    pub(super) vm: KvmVm,
    pub(super) vcpus: Vec<KvmVcpu>,
    pub(super) spec: VmSpec,
}

/// The engine of this host, or `None` with a word about why.
pub(super) fn engine() -> Option<(KvmEngine, Host)> {
    let opened = KvmEngine::open(Path::new("/dev/kvm")).and_then(|engine| {
        let host = engine.probe()?;
        Ok((engine, host))
    });
    match opened {
        Ok(engine) => Some(engine),
        Err(error) => {
            let required =
                std::env::var_os("HOTCORE_REQUIRE_KVM").is_some_and(|value| value == "1");
            assert!(!required, "HOTCORE_REQUIRE_KVM=1, but {error}");
            eprintln!("skipped: {error}");
            None
        }
    }
}

pub(super) fn spec(vcpus: u16) -> VmSpec {
    let ranges = [ROM, RAM].map(|start| (GuestAddress(start), RAM_SIZE));
    let memory = GuestMemory::from_ranges(&ranges).unwrap();
    let read_only = ROM..ROM + RAM_SIZE as u64;
    VmSpec { memory, read_only, vcpus, gic: GIC, trace: None, breakpoints: None }
}

impl Guest {
    /// A machine with `vcpus` vCPUs that run `program`, or `None` where the host has no KVM.
    pub(super) fn new(vcpus: u16, program: &[u32]) -> Option<Self> {
        let (engine, host) = engine()?;
        let spec = spec(vcpus);
        let (vm, vcpus) = create::machine(&engine.kvm, host, &spec).unwrap();
        let guest = Self { vm, vcpus, spec };
        guest.load(RAM, program);
        Some(guest)
    }

    pub(super) fn load(&self, address: u64, program: &[u32]) {
        let code: Vec<u8> = program.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.spec.memory.write_slice(&code, GuestAddress(address)).unwrap();
    }
}

/// Powers a vCPU on at the start of RAM with `context` in X0.
pub(super) fn start(vcpu: &mut KvmVcpu, context: u64) -> Result<(), EngineError> {
    vcpu.start_at(Entry { pc: RAM, context, big_endian: false })
}

/// Runs to the next report of 64 bits.
pub(super) fn report(vcpu: &mut KvmVcpu) -> u64 {
    loop {
        match vcpu.run().unwrap() {
            Exit::Interrupted => {}
            Exit::MmioWrite { address: OUT, data } => {
                return u64::from_le_bytes(data.try_into().unwrap());
            }
            other => panic!("a report was expected, not {other:?}"),
        }
    }
}
