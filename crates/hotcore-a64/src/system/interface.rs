//! The GIC CPU interface (IHI 0069, 12.2): its registers are the surroundings'.

use crate::cpu::Cpu;
use crate::exception::Exception;
use crate::step::Step;
use crate::system::table::encoding_of;
use crate::trap::{Done, Trapped};

pub(super) fn read(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    let value = cpu.surroundings.read(encoding_of(step.word));
    value.ok_or_else(|| cpu.raise(Exception::undefined()))
}

pub(super) fn write(cpu: &mut Cpu, step: &Step, value: u64) -> Done {
    let done = cpu.surroundings.write(encoding_of(step.word), value);
    done.ok_or_else(|| cpu.raise(Exception::undefined()))
}
