//! A PE with its RAM, ready to run a program.

use std::sync::Arc;

use hotcore_a64::{Cluster, Core, Exit, Registers, Surroundings, Timer, system};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::layout::{
    ALIAS, CODE, CODE_PAGES, DATA, END, HVC, LEVEL1, LEVEL2, LEVEL3, PAGE, PAGES, RAM, STRETCH,
    VECTORS, page,
};
use crate::program::Program;

/// After an exception: a call, then on with the next instruction.
const VECTOR: [u32; 5] = [
    HVC,
    0xd538_403b, // mrs x27, elr_el1
    0x9100_137b, // add x27, x27, #4
    0xd518_403b, // msr elr_el1, x27
    0xd69f_03e0, // eret
];

/// SCTLR_EL1: the bits that are 1, and UCI, UCT, DZE, M.
const SCTLR: u64 = 0x30c0_0980 | 1 << 26 | 1 << 15 | 1 << 14 | 1;
/// TCR_EL1: 39 bits in both halves, 40 bits of output, 16 bits of ASID.
const TCR: u64 = 0x19 | 0x19 << 16 | 1 << 23 | 2 << 32 | 1 << 36;

/// What a program's run can be told by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    registers: Registers,
    syndrome: (u64, u64),
    exit: Option<Exit>,
}

pub(crate) struct Machine {
    pub(crate) core: Core,
    memory: GuestMemoryMmap<()>,
    exit: Option<Exit>,
}

impl Machine {
    pub(crate) fn new(program: &Program) -> Self {
        let size = (PAGES * PAGE) as usize;
        let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), size)]).unwrap();
        let cluster = Cluster::new(&memory, 1);
        let core = Core::new(0, 0, Arc::clone(&cluster), Box::new(Nothing));
        let mut machine = Self { core, memory, exit: None };
        machine.place(program);
        machine.begin(program);
        machine
    }

    fn place(&self, program: &Program) {
        for vector in 0..16 {
            self.write(VECTORS + 0x80 * vector, &VECTOR);
        }
        self.write(END, &[HVC]);
        self.write(CODE, &program.code[0]);
        self.write(CODE + CODE_PAGES * PAGE, &program.code[1]);
        let set = |at: u64, value: u64| self.memory.write_obj(value, GuestAddress(at)).unwrap();
        for asid in 0..2 {
            set(LEVEL1[asid] + 8, LEVEL2[asid] | 3);
            set(LEVEL2[asid], LEVEL3[asid] | 3);
            for number in (0..PAGES).filter(|&number| number != 14) {
                set(LEVEL3[asid] + 8 * number, program.descriptor(asid, number));
            }
        }
    }

    fn write(&self, at: u64, words: &[u32]) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.memory.write_slice(&bytes, GuestAddress(at)).unwrap();
    }

    /// The state in which the program begins.
    fn begin(&mut self, program: &Program) {
        let mut state = self.core.save().unwrap();
        for (encoding, value) in &mut state.system {
            *value = match system::name(*encoding) {
                Some("SCTLR_EL1") => SCTLR,
                Some("TCR_EL1") => TCR,
                Some("TTBR0_EL1") => ttbr(0),
                Some("MAIR_EL1") => 0xff,
                Some("VBAR_EL1") => VECTORS,
                Some("CPACR_EL1") => 3 << 20,
                _ => *value,
            };
        }
        state.x[..8].copy_from_slice(&program.values);
        let constants = [
            (8, 3 << 20),
            (18, program.writes_to),
            (24, program.descriptor(0, 8)),
            (25, program.descriptor(1, 8)),
            (26, LEVEL3[0] + 8 * 8),
            (23, CODE),
            (29, CODE >> 12),
            (16, DATA),
            (17, DATA + 2 * PAGE - 32),
            (14, ttbr(0)),
            (15, ttbr(1)),
            (28, program.fuel),
        ];
        for (number, value) in constants {
            state.x[number] = value;
        }
        for (number, stretch) in (9..14).zip(program.targets) {
            state.x[number] = CODE + (stretch * STRETCH * 4) as u64;
        }
        state.x[30] = CODE;
        for (number, word) in (19..23).zip(program.spare) {
            state.x[number] = word.into();
        }
        (state.sp_el0, state.sp_el1) = (DATA + 0x100, DATA + 0x200);
        state.pc = CODE;
        state.pstate = if program.at_el0 { 0x3c0 } else { 0x3c5 };
        self.core.load(&state).unwrap();
    }

    /// Runs by blocks to the next exit.
    pub(crate) fn run(&mut self) {
        self.exit = Some(self.core.run());
        self.answer();
    }

    /// Runs step by step to the next exit.
    pub(crate) fn step(&mut self) {
        self.exit = std::iter::repeat_with(|| self.core.step()).find_map(|exit| exit);
        self.answer();
    }

    fn answer(&mut self) {
        if let Some(Exit::Device(access)) = self.exit {
            self.core.answer(access.physical);
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        let (registers, syndrome) = (self.core.registers(), self.core.syndrome());
        Seen { registers, syndrome, exit: self.exit }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.core.pc() == END + 4
    }

    pub(crate) fn memory(&self) -> Vec<u8> {
        let mut bytes = vec![0; (PAGES * PAGE) as usize];
        self.memory.read_slice(&mut bytes, GuestAddress(RAM)).unwrap();
        bytes
    }
}

/// TTBR0_EL1 with ASID 1 or 2.
fn ttbr(asid: usize) -> u64 {
    (asid as u64 + 1) << 48 | LEVEL1[asid]
}

impl Program {
    /// How a page is mapped for an ASID: what the program may write belongs to its Exception level.
    fn descriptor(&self, asid: usize, number: u64) -> u64 {
        let output = match number {
            8 | 9 if asid == 1 => page(number + CODE_PAGES),
            16..20 => page(number - ((ALIAS - CODE) / PAGE)),
            _ => page(number),
        };
        let for_el0 = self.at_el0 && number >= 7;
        // 11 nG | 10 AF | 7 read-only | 6 EL0 | 1:0 page
        let end = u64::from(number == 7) << 7;
        output | 1 << 11 | 1 << 10 | end | u64::from(for_el0) << 6 | 3
    }
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
