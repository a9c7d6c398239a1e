//! What two CPUs made of a case, for a person to read.

use std::fmt::{self, Display, Formatter, Write as _};

use hotcore_a64::decode::disassemble;

use crate::case::{Case, Outcome, State};
use crate::layout::{CODE, SCRATCH};

/// A case with its two outcomes, for a person to read.
pub(crate) struct Difference<'a> {
    /// What ran.
    pub(crate) case: &'a Case,
    /// How it should have ended.
    pub(crate) expected: &'a Outcome,
    /// How it ended.
    pub(crate) actual: &'a Outcome,
}

impl Display for Difference<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, &word) in self.case.words.iter().enumerate() {
            let address = CODE + 4 * index as u64;
            let text = disassemble(word, address);
            writeln!(f, "{address:#x}: {word:08x} {}", text.as_deref().unwrap_or("undefined"))?;
        }
        let (expected, actual) = (self.expected, self.actual);
        if (expected.stop, expected.pc) != (actual.stop, actual.pc) {
            writeln!(f, "ended {:x?} at {:#x}", actual.stop, actual.pc)?;
            writeln!(f, "  not {:x?} at {:#x}", expected.stop, expected.pc)?;
        }
        writeln!(f, "register: before, after, what it should be")?;
        let all = [&self.case.state, &actual.state, &expected.state].map(registers);
        let used = |index: usize| self.case.words.iter().any(|word| names(*word, index));
        for (index, before) in all[0].iter().enumerate() {
            let (after, wanted) = (&all[1][index], &all[2][index]);
            if after.1 != wanted.1 {
                writeln!(f, "! {:4} {} {} {}", before.0, before.1, after.1, wanted.1)?;
            } else if used(index) {
                writeln!(f, "  {:4} {} {}", before.0, before.1, after.1)?;
            }
        }
        let memories =
            [&self.case.state, &actual.state, &expected.state].map(|s| s.memory.chunks(8));
        let [before, after, wanted] = memories;
        for (index, ((before, after), wanted)) in before.zip(after).zip(wanted).enumerate() {
            if after != wanted {
                let address = SCRATCH + 8 * index as u64;
                writeln!(f, "! {address:#x} {} {} {}", hex(before), hex(after), hex(wanted))?;
            }
        }
        Ok(())
    }
}

/// Whether `word` may name the register with this index.
fn names(word: u32, index: usize) -> bool {
    let fields = [0, 5, 10, 16].map(|low| (word >> low & 31) as usize);
    let uses_fp = word >> 26 & 1 == 1;
    index == NZCV || (index < 32 || uses_fp) && (index > NZCV || fields.contains(&(index % 32)))
}

/// Where [`registers`] has NZCV.
const NZCV: usize = 64;

/// Every register's name and value, X first, SP at 31, V from 32 on, then the others.
fn registers(state: &State) -> Vec<(String, String)> {
    let mut all: Vec<_> =
        state.x.iter().enumerate().map(|(n, x)| named(format!("x{n}"), *x)).collect();
    all.push(named("sp".into(), state.sp));
    all.extend(state.v.iter().enumerate().map(|(n, v)| (format!("v{n}"), format!("{v:032x}"))));
    for (name, value) in [("nzcv", state.nzcv), ("fpsr", state.fpsr), ("fpcr", state.fpcr)] {
        all.push((name.into(), format!("{value:08x}")));
    }
    all
}

fn named(name: String, value: u64) -> (String, String) {
    (name, format!("{value:016x}"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
