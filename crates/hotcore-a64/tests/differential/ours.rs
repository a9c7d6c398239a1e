//! Runs cases on this crate's CPU, at EL0 behind its MMU.
//!
//! ```text
//! boot:       VBAR, MAIR, TCR, TTBR0, then SCTLR, which enables the MMU; hvc
//! vectors:    hvc, whatever the exception
//! afterwards: what the exception saved, to registers that have been read by then; hvc
//! ```

use std::sync::Arc;

use hotcore_a64::{Cluster, Core, Exit, Registers, Surroundings, Timer};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::assembler::Assembler;
use crate::case::{Case, Outcome, State, Stop};
use crate::layout::{CODE, SCRATCH, SCRATCH_SIZE};

const RAM: u64 = 0x4000_0000;
const RAM_SIZE: usize = 1 << 20;
/// The exception vectors; the stubs stand where those of Exception levels that are not used would.
const VECTORS: u64 = RAM + 0x8_0000;
const BOOT: u64 = VECTORS + 0x800;
const AFTERWARDS: u64 = VECTORS + 0x900;
/// Translation tables of levels 1, 2 and 3.
const TABLES: [u64; 3] = [RAM + 0x9_0000, RAM + 0x9_1000, RAM + 0x9_2000];

/// More steps than a stub takes.
const STUB_STEPS: usize = 64;

/// `HVC #0`
const HVC: u32 = 0xd400_0002;

/// PSTATE of EL0 and of EL1 with its own stack pointer, interrupts masked.
const EL0: u64 = 0x3c0;
const EL1: u64 = 0x3c5;

/// System registers, as MSR and MRS encode them in bits 20 to 5 (D24.2).
mod register {
    pub(super) const SCTLR: u32 = 0xc080;
    pub(super) const TTBR0: u32 = 0xc100;
    pub(super) const TCR: u32 = 0xc102;
    pub(super) const SPSR: u32 = 0xc200;
    pub(super) const ELR: u32 = 0xc201;
    pub(super) const SP_EL0: u32 = 0xc208;
    pub(super) const MAIR: u32 = 0xc510;
    pub(super) const VBAR: u32 = 0xc600;
}

/// 39-bit addresses from TTBR0 alone, 4 KiB granule, cacheable walks, top byte ignored, as Linux
/// has it for applications.
const TCR: u64 = 1 << 37 | 2 << 32 | 1 << 23 | 3 << 12 | 1 << 10 | 1 << 8 | 0x19;
/// RES1 bits; M, C, I; DZE, UCT and UCI, as Linux has them for applications.
const SCTLR: u64 = 0x30d0_0800 | 1 | 1 << 2 | 1 << 12 | 1 << 14 | 1 << 15 | 1 << 26;

/// A page: valid, AF, inner shareable.
const PAGE: u64 = 1 << 10 | 3 << 8 | 3;
/// AP[1]: EL0 may read and write.
const EL0_TOO: u64 = 1 << 6;
/// EL0 may not execute.
const UXN: u64 = 1 << 54;

/// One PE and its RAM.
pub(crate) struct Ours {
    core: Core,
    cluster: Arc<Cluster>,
    memory: GuestMemoryMmap<()>,
}

impl Ours {
    /// A PE with the MMU enabled.
    pub(crate) fn new() -> Self {
        let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), RAM_SIZE)]).unwrap();
        let cluster = Cluster::new(&memory, 1);
        let mut core = Core::new(0, 0, Arc::clone(&cluster), Box::new(Nothing));
        core.enable_fp();
        let mut ours = Self { core, cluster, memory };
        ours.boot();
        ours
    }

    fn boot(&mut self) {
        for (address, entry) in translations() {
            self.write(address, &entry.to_le_bytes());
        }
        for vector in 0..16 {
            self.write(VECTORS + 0x80 * vector, &HVC.to_le_bytes());
        }
        self.write(BOOT, &boot_stub());
        self.write(AFTERWARDS, &afterwards_stub());
        self.call(BOOT);
    }

    fn write(&self, address: u64, bytes: &[u8]) {
        self.memory.write_slice(bytes, GuestAddress(address)).unwrap();
    }

    /// Runs the stub at `address` at EL1, and tells its registers.
    fn call(&mut self, address: u64) -> Registers {
        let stub = Registers { pc: address, pstate: EL1, ..self.core.registers() };
        self.core.set_registers(&stub);
        // A CPU that cannot execute the stub would take exceptions for ever.
        let exit = (0..STUB_STEPS).find_map(|_| self.core.step());
        assert_eq!(exit, Some(Exit::Call), "{:x?}", self.core.syndrome());
        self.core.registers()
    }

    /// Runs `case`.
    pub(crate) fn run(&mut self, case: &Case) -> Outcome {
        let state = &case.state;
        self.write(CODE, &case.code());
        self.write(SCRATCH, &state.memory);
        self.cluster.forget_code();
        self.core.set_registers(&Registers {
            x: state.x,
            sp: state.sp,
            pc: CODE,
            pstate: EL0 | u64::from(state.nzcv),
            v: state.v,
            fpcr: state.fpcr,
            fpsr: state.fpsr,
        });
        let exit = self.core.run();
        let Registers { x, v, fpcr, fpsr, .. } = self.core.registers();
        let stop = match exit {
            Exit::Call => self.stop(),
            exit => panic!("{exit:?} of {:x?}", case.words),
        };
        let saved = self.call(AFTERWARDS).x;
        let mut memory = vec![0; SCRATCH_SIZE];
        self.memory.read_slice(&mut memory, GuestAddress(SCRATCH)).unwrap();
        let nzcv = saved[2] as u32 & 0xf000_0000;
        let state = State { x, sp: saved[0], nzcv, fpsr, fpcr, v, memory };
        Outcome { stop, pc: saved[1], state }
    }

    /// What the exception that was taken means.
    fn stop(&self) -> Stop {
        let (esr, far) = self.core.syndrome();
        match (esr >> 26, esr & 0x3f) {
            (0x00 | 0x18, _) => Stop::Undefined,
            (0x3c, _) => Stop::Breakpoint,
            (0x20 | 0x24, 0x04..0x10) => Stop::Unmapped(far),
            (0x22, _) | (0x24, 0x21) => Stop::Unaligned,
            (class, _) => Stop::Other(class),
        }
    }
}

/// The entries of the translation tables, by their addresses.
fn translations() -> Vec<(u64, u64)> {
    let page =
        |address: u64, flags: u64| (TABLES[2] + (address - RAM) / 512, address | PAGE | flags);
    vec![
        (TABLES[0] + 8, TABLES[1] | 3),
        (TABLES[1], TABLES[2] | 3),
        page(CODE, EL0_TOO),
        page(SCRATCH, EL0_TOO | UXN),
        page(VECTORS, 0),
    ]
}

fn boot_stub() -> Vec<u8> {
    let mut stub = Assembler::default();
    let registers = [
        (register::VBAR, VECTORS),
        (register::MAIR, 0xff),
        (register::TCR, TCR),
        (register::TTBR0, TABLES[0]),
    ];
    for (register, value) in registers {
        stub.set(0, value).write_system(register, 0);
    }
    stub.synchronise().set(0, SCTLR).write_system(register::SCTLR, 0).synchronise().word(HVC);
    stub.bytes()
}

fn afterwards_stub() -> Vec<u8> {
    let mut stub = Assembler::default();
    stub.read_system(0, register::SP_EL0).read_system(1, register::ELR);
    stub.read_system(2, register::SPSR).word(HVC);
    stub.bytes()
}

/// Nothing around the PE but a clock that stands still.
struct Nothing;

impl Surroundings for Nothing {
    fn counter(&self) -> u64 {
        0
    }
    fn read(&mut self, _: u16) -> Option<u64> {
        None
    }
    fn write(&mut self, _: u16, _: u64) -> Option<()> {
        None
    }
    fn set_timer(&mut self, _: Timer, _: bool) {}
    fn irq(&self) -> bool {
        false
    }
    fn fiq(&self) -> bool {
        false
    }
}
