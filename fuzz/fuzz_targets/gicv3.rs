//! A guest that accesses the interrupt controller's registers in any way while devices drive their
//! lines.

#![no_main]

use arbitrary::Arbitrary;
use hotcore_gic::{Gic, GicConfig, Register};
use hotcore_vcpu::{Mpidr, VcpuIndex};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
enum Step {
    Distributor { offset: u16, size: u8, value: u64 },
    Redistributor { cpu: u8, offset: u32, size: u8, value: u64 },
    Register { cpu: u8, number: u8, value: u64 },
    Spi { intid: u16, level: bool },
    Ppi { cpu: u8, intid: u8, level: bool },
    ResetInterface(u8),
    Reset,
}

const CPUS: u16 = 3;

fuzz_target!(|steps: Vec<Step>| {
    let Some((gic, twin)) = new().zip(new()) else { return };
    for step in steps {
        perform(&gic, &step);
    }
    // What is signalled has been kept up to date on the way: it is what follows from the state.
    let state = gic.save();
    twin.restore(&state).expect("a twin");
    assert_eq!(twin.save(), state, "every value was in its range");
    for cpu in VcpuIndex::first(CPUS) {
        assert_eq!(gic.lines(cpu), twin.lines(cpu));
        for register in [Register::Hppir0, Register::Hppir1, Register::Rpr] {
            assert_eq!(gic.read(cpu, register), twin.read(cpu, register));
        }
    }
});

fn new() -> Option<Gic> {
    let mpidrs = VcpuIndex::first(CPUS).map(Mpidr::of).collect();
    Gic::new(GicConfig { mpidrs, interrupts: 96 }).ok()
}

fn perform(gic: &Gic, step: &Step) {
    match *step {
        Step::Distributor { offset, size, value } => {
            gic.distributor_write(offset.into(), bytes(size), value);
            gic.distributor_read(offset.into(), bytes(size));
        }
        Step::Redistributor { cpu, offset, size, value } => {
            let offset = u64::from(offset & 0x1_ffff);
            gic.redistributor_write(index(cpu), offset, bytes(size), value);
            gic.redistributor_read(index(cpu), offset, bytes(size));
        }
        Step::Register { cpu, number, value } => {
            let register = Register::ALL[usize::from(number) % Register::ALL.len()];
            gic.write(index(cpu), register, value);
            gic.read(index(cpu), register);
        }
        Step::Spi { intid, level } => gic.set_spi(intid.into(), level),
        Step::Ppi { cpu, intid, level } => gic.set_ppi(index(cpu), intid.into(), level),
        Step::ResetInterface(cpu) => gic.reset_interface(index(cpu)),
        Step::Reset => gic.reset(),
    }
}

/// One CPU more than there are.
fn index(cpu: u8) -> VcpuIndex {
    VcpuIndex::new(u16::from(cpu) % (CPUS + 1)).unwrap_or(VcpuIndex::BOOT)
}

/// 1, 2, 4 or 8.
fn bytes(size: u8) -> usize {
    1 << (size % 4)
}
