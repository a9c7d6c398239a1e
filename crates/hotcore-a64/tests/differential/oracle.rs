//! Runs cases under Debian's `qemu-aarch64`, thousands to a process, through regular files.

use std::fs::{File, Permissions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use hotcore_judges::{find, run_between};

use crate::case::{Case, Outcome, State, Stop};
use crate::layout::{CODE, SCRATCH_SIZE};
use crate::runner::{FRAME, REGISTERS, program};

/// Debian's emulator, and the runner.
pub(crate) struct Oracle {
    qemu: PathBuf,
    runner: tempfile::NamedTempFile,
}

/// The magic number and size of the frame's record of SIMD&FP registers (`asm/sigcontext.h`).
const FPSIMD: [u32; 2] = [0x4650_8001, 528];

/// For one process.
const PATIENCE: Duration = Duration::from_secs(120);

impl Oracle {
    /// The emulator that `HOTCORE_QEMU_AARCH64` names, else the one in `PATH`; `None` with neither.
    pub(crate) fn find() -> Option<Self> {
        let remedy = "install qemu-user, or `cargo xtask test` fetches it";
        let qemu = find("HOTCORE_QEMU_AARCH64", "qemu-aarch64", remedy)?;
        let executable = Permissions::from_mode(0o700);
        let mut runner = tempfile::Builder::new().permissions(executable).tempfile().unwrap();
        runner.write_all(&program()).unwrap();
        Some(Self { qemu, runner })
    }

    /// Runs `cases`, each by itself.
    pub(crate) fn run(&self, cases: &[Case]) -> Vec<Outcome> {
        let mut input = tempfile::tempfile().unwrap();
        let records: Vec<_> = cases.iter().map(record).collect();
        input.write_all(&records.concat()).unwrap();
        input.rewind().unwrap();
        let mut output = tempfile::tempfile().unwrap();
        self.emulate(input, output.try_clone().unwrap());

        output.rewind().unwrap();
        let mut told = Vec::new();
        output.read_to_end(&mut told).unwrap();
        let outcomes = told.chunks_exact(FRAME + SCRATCH_SIZE).map(outcome);
        // The first frame is that of the runner's own BRK.
        let outcomes: Vec<_> = outcomes.skip(1).collect();
        assert_eq!(outcomes.len(), cases.len(), "qemu-aarch64 did not run every case");
        outcomes
    }

    fn emulate(&self, input: File, output: File) {
        // Armv8.2-A: LSE, CRC32, FP16, and no pointer authentication, whose hints would then not be
        // NOPs.
        let mut command = Command::new(&self.qemu);
        command.args(["-cpu", "neoverse-n1"]).arg(self.runner.path()).stdin(input).stdout(output);
        let verdict = run_between(command.stderr(Stdio::piped()), PATIENCE);
        assert!(verdict.content(), "{}: {verdict}", self.qemu.display());
    }
}

/// What the runner reads for a case.
fn record(case: &Case) -> Vec<u8> {
    let state = &case.state;
    let mut record = Vec::with_capacity(FRAME + SCRATCH_SIZE);
    let last = [state.sp, CODE, u64::from(state.nzcv), 0];
    record.extend(state.x.iter().chain(&last).flat_map(|x| x.to_le_bytes()));
    let [magic, size] = FPSIMD;
    let words = [magic, size, state.fpsr, state.fpcr];
    record.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    record.extend(state.v.iter().flat_map(|v| v.to_le_bytes()));
    record.extend(case.code());
    record.extend_from_slice(&state.memory);
    record
}

/// What the runner wrote.
fn outcome(told: &[u8]) -> Outcome {
    let signal = number(told, 0, 4);
    let address = number(told, 16, 8);
    let stop = match signal {
        4 => Stop::Undefined,
        5 => Stop::Breakpoint,
        7 => Stop::Unaligned,
        11 => Stop::Unmapped(address),
        signal => Stop::Other(signal),
    };
    let x = |index: usize| number(told, REGISTERS + 8 * index, 8);
    let floating = REGISTERS + 8 * 35;
    let v = |index: usize| {
        let at = floating + 16 + 16 * index;
        u128::from(number(told, at + 8, 8)) << 64 | u128::from(number(told, at, 8))
    };
    let state = State {
        x: std::array::from_fn(x),
        sp: x(31),
        nzcv: x(33) as u32 & 0xf000_0000,
        fpsr: number(told, floating + 8, 4) as u32,
        fpcr: number(told, floating + 12, 4) as u32,
        v: std::array::from_fn(v),
        memory: told[FRAME..].to_vec(),
    };
    Outcome { stop, pc: x(32), state }
}

/// A little-endian number of `length` bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    bytes[at..at + length].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
