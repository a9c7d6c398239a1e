//! The program that runs cases under `qemu-aarch64`: thirty-odd instructions in an ELF file, built
//! here so that no compiler for arm64 is needed.
//!
//! ```text
//! _start:   sigaltstack, sigaction for SIGILL, SIGTRAP, SIGBUS and SIGSEGV, brk
//! handler:  write the signal's frame and the scratch memory to stdout
//!           read registers into the frame, instructions and scratch memory from stdin
//!           rt_sigreturn, which sets every register and goes to the instructions
//! ```
//! A case ends with a signal: that of the `BRK` behind its instructions, or one they cause. So the
//! frame is all that ever moves registers, and a case may use each of them, SP included.

use crate::assembler::Assembler;
use crate::layout::{BRK, CODE, CODE_SIZE, RUNNER, SCRATCH, SCRATCH_SIZE, STACK};

/// Where the signal's frame (`struct rt_sigframe`) holds the registers that a case sets: X0-X30,
/// SP, PC, PSTATE, the record of FPSR, FPCR and V0-V31.
pub(crate) const REGISTERS: usize = 128 + 184;
/// The length of the frame up to the end of the registers.
pub(crate) const FRAME: usize = 128 + 992;

/// Linux's numbers of system calls (`asm-generic/unistd.h`).
mod call {
    pub(super) const READ: u64 = 63;
    pub(super) const WRITE: u64 = 64;
    pub(super) const EXIT_GROUP: u64 = 94;
    pub(super) const SIGALTSTACK: u64 = 132;
    pub(super) const RT_SIGACTION: u64 = 134;
    pub(super) const RT_SIGRETURN: u64 = 139;
}

/// SIGILL, SIGTRAP, SIGBUS and SIGSEGV.
const SIGNALS: [u64; 4] = [4, 5, 7, 11];
/// `SA_SIGINFO | SA_ONSTACK`
const ACTION_FLAGS: u64 = 4 | 0x0800_0000;

const STACK_SIZE: u64 = 0x8000;
/// Where the data of the two calls lie: behind the instructions.
const DATA: u64 = RUNNER + 0x800;
/// The size of what is in the file: the headers, the instructions and the data.
const FILE_SIZE: u64 = 0x1000;

const PT_LOAD: u32 = 1;
const READABLE: u32 = 4;
const WRITABLE: u32 = 2;
const EXECUTABLE: u32 = 1;

/// The ELF file of the runner.
pub(crate) fn program() -> Vec<u8> {
    let segments = [
        (RUNNER, FILE_SIZE, FILE_SIZE, READABLE | EXECUTABLE),
        (STACK, 0, STACK_SIZE, READABLE | WRITABLE),
        (CODE, 0, CODE_SIZE as u64, READABLE | WRITABLE | EXECUTABLE),
        (SCRATCH, 0, SCRATCH_SIZE as u64, READABLE | WRITABLE),
    ];
    let code = Code::new(RUNNER + 64 + 56 * segments.len() as u64);

    let mut file = header(code.start, segments.len() as u16);
    for (address, in_file, in_memory, flags) in segments {
        file.extend([PT_LOAD, flags].iter().flat_map(|word| word.to_le_bytes()));
        let fields = [0, address, address, in_file, in_memory, 0x1_0000_u64];
        file.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
    }
    file.extend(code.bytes);
    assert!(file.len() as u64 <= DATA - RUNNER);
    file.resize((DATA - RUNNER) as usize, 0);
    file.extend(data(code.handler).iter().flat_map(|field| field.to_le_bytes()));
    file.resize(FILE_SIZE as usize, 0);
    file
}

/// The ELF header of a program for arm64, with its program headers right behind it.
fn header(entry: u64, segments: u16) -> Vec<u8> {
    let mut header = b"\x7fELF\x02\x01\x01".to_vec();
    header.resize(16, 0);
    header.extend([2_u16, 183, 1, 0].iter().flat_map(|half| half.to_le_bytes()));
    header.extend([entry, 64, 0].iter().flat_map(|field| field.to_le_bytes()));
    header.extend([0, 0, 64, 56, segments, 64, 0, 0].iter().flat_map(|half| half.to_le_bytes()));
    header
}

/// `stack_t` and `struct kernel_sigaction`.
fn data(handler: u64) -> [u64; 7] {
    [STACK, 0, STACK_SIZE, handler, ACTION_FLAGS, 0, 0]
}

/// The runner's instructions.
struct Code {
    bytes: Vec<u8>,
    /// The address of `_start`.
    start: u64,
    /// The address of the signals' handler.
    handler: u64,
}

impl Code {
    /// The instructions, to be placed at `base`.
    fn new(base: u64) -> Self {
        let mut code = Assembler::default();
        let address = |index: usize| base + 4 * index as u64;
        let exit = code.here();
        code.set(0, 0).system_call(call::EXIT_GROUP);

        // X1 is the address of the siginfo, with which the frame begins.
        let handler = address(code.here());
        code.copy(19, 1);
        code.set(0, 1).copy(1, 19).set(2, FRAME as u64).system_call(call::WRITE);
        code.set(0, 1).set(1, SCRATCH).set(2, SCRATCH_SIZE as u64).system_call(call::WRITE);
        code.set(0, 0).add(1, 19, REGISTERS as u32).set(2, (FRAME - REGISTERS) as u64);
        code.system_call(call::READ).branch_if_zero(0, exit);
        code.set(0, 0).set(1, CODE).set(2, CODE_SIZE as u64).system_call(call::READ);
        code.set(0, 0).set(1, SCRATCH).set(2, SCRATCH_SIZE as u64).system_call(call::READ);
        code.system_call(call::RT_SIGRETURN);

        let start = address(code.here());
        code.set(0, DATA).set(1, 0).system_call(call::SIGALTSTACK);
        for signal in SIGNALS {
            code.set(0, signal).set(1, DATA + 24).set(2, 0).set(3, 8);
            code.system_call(call::RT_SIGACTION);
        }
        code.word(BRK);
        Self { bytes: code.bytes(), start, handler }
    }
}
