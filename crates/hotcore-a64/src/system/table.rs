//! Which System registers and System instructions there are: one row each.
//!
//! A row tells how MRS reads and MSR writes a register, or what SYS does, and from which Exception
//! level on. Each becomes a step of its own, so that executing one looks nothing up.
//!
//! ```text
//! encoding: 15:14 op0 | 13:11 op1 | 10:7 CRn | 6:3 CRm | 2:0 op2
//! ```
//! Arm ARM, D18 "AArch64 System register encoding".

use crate::cpu::Cpu;
use crate::exception::Exception;
use crate::pstate::Level;
use crate::step::{Execute, Flow, Lowered, Step};
use crate::system::rows::ROWS;
use crate::trap::Done;

/// A System register or System instruction.
pub(crate) struct Row {
    /// As the Arm ARM spells it.
    pub(crate) name: &'static str,
    /// op0:op1:CRn:CRm:op2.
    pub(crate) encoding: u16,
    /// MRS.
    pub(crate) read: Option<Way>,
    /// MSR (register), SYS.
    pub(crate) write: Option<Way>,
}

/// How a register is read or written.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    /// The step: `d` takes what is read, `n` is written.
    pub(crate) run: Execute,
    /// What follows it.
    pub(crate) flow: Flow,
    /// Whether CPACR_EL1.FPEN can trap it.
    pub(crate) uses_fp: bool,
}

impl Way {
    /// The instruction `word` that goes this way.
    pub(crate) fn lowered(self, word: u32, slot: u8) -> Lowered {
        let step = Step::new(self.run, word).d(slot).n(slot);
        Lowered { step, flow: self.flow, uses_fp: self.uses_fp }
    }
}

/// op0:op1:CRn:CRm:op2.
pub(crate) const fn encoding(op0: u16, op1: u16, crn: u16, crm: u16, op2: u16) -> u16 {
    op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2
}

/// The encoding in an MRS, MSR (register), SYS or SYSL.
pub(crate) fn encoding_of(word: u32) -> u16 {
    // Bit 20 is the upper bit of op0 in all of them, 0 for SYS: op0 = 1.
    (word >> 5) as u16
}

/// What the Arm ARM calls the System register or System instruction of `encoding`
/// (op0:op1:CRn:CRm:op2, as MRS and SYS have it); `None` where this CPU has none.
///
/// Registers of the ID space that have no name are not listed though they read as zero.
pub fn name(encoding: u16) -> Option<&'static str> {
    row(encoding).map(|row| row.name)
}

/// The row of `encoding`.
pub(crate) fn row(encoding: u16) -> Option<&'static Row> {
    let found = ORDER.binary_search_by_key(&encoding, |&index| ROWS[index as usize].encoding);
    found.ok().and_then(|at| ROWS.get(ORDER[at] as usize))
}

/// The row of the register that the Arm ARM calls `name`.
pub(crate) fn row_named(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

/// How MRS reads the register of `encoding`.
pub(crate) fn way_to_read(encoding: u16) -> Option<Way> {
    match row(encoding) {
        Some(row) => row.read,
        None => is_identification(encoding).then_some(READS_ZERO),
    }
}

/// How MSR (register) writes the register of `encoding`, or what SYS does.
pub(crate) fn way_to_write(encoding: u16) -> Option<Way> {
    row(encoding)?.write
}

/// Whether this is of the space of the feature ID registers, which reads as zero where nothing is
/// allocated (Arm ARM, D18.3.1: op0 = 3, op1 = 0, CRn = 0, CRm = 1 to 7).
fn is_identification(register: u16) -> bool {
    (encoding(3, 0, 0, 1, 0)..=encoding(3, 0, 0, 7, 7)).contains(&register)
}

const READS_ZERO: Way = Way {
    run: |cpu, step| {
        least(cpu, Level::El1)?;
        cpu.set_x(step.d, 0);
        Ok(())
    },
    flow: Flow::Next,
    uses_fp: false,
};

/// The instruction is undefined below `level`.
#[inline(always)]
pub(crate) fn least(cpu: &mut Cpu, level: Level) -> Done {
    if cpu.level < level { Err(cpu.raise(Exception::undefined())) } else { Ok(()) }
}

/// Rows by ascending encoding.
static ORDER: [u16; ROWS.len()] = {
    let mut order = [0; ROWS.len()];
    let mut count = 0;
    while count < order.len() {
        let mut at = count;
        while at > 0 && ROWS[order[at - 1] as usize].encoding > ROWS[count].encoding {
            order[at] = order[at - 1];
            at -= 1;
        }
        order[at] = count as u16;
        count += 1;
    }
    order
};

#[cfg(test)]
mod tests;
