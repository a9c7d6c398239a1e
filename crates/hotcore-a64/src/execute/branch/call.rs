//! Exceptions and calls on request, and the return from an exception.
//!
//! Without EL2 and EL3 the architecture makes HVC and SMC undefined; here the machine answers them
//! in place of firmware. DCPS1-3, DRPS and HLT belong to external debug, of which there is none.

use crate::block::undefined;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::imm16;
use crate::exception::{Class, Exception};
use crate::memory::PAGE;
use crate::pstate::Level;
use crate::step::{Lowered, Step};
use crate::trap::{Done, Trap};

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32) -> Option<Lowered> {
    let imm = u64::from(imm16(word));
    Some(match op {
        Op::Svc => Lowered::ends(Step::new(supervisor_call, word).imm(imm)),
        Op::Brk => Lowered::ends(Step::new(breakpoint, word).imm(imm)),
        Op::Hvc | Op::Smc => Lowered::ends(Step::new(machine_call, word)),
        Op::Hlt | Op::Dcps1 | Op::Dcps2 | Op::Dcps3 | Op::Drps => undefined(word),
        Op::Eret => Lowered::branches(Step::new(exception_return, word)),
        _ => return None,
    })
}

fn supervisor_call(cpu: &mut Cpu, step: &Step) -> Done {
    let exception = Exception::new(Class::Svc).iss(step.imm as u32);
    Err(cpu.raise(Exception { returns_after: true, ..exception }))
}

fn breakpoint(cpu: &mut Cpu, step: &Step) -> Done {
    Err(cpu.raise(Exception::new(Class::Brk).iss(step.imm as u32)))
}

fn machine_call(cpu: &mut Cpu, _: &Step) -> Done {
    if cpu.level == Level::El0 {
        return Err(cpu.raise(Exception::undefined()));
    }
    Err(cpu.trap(Trap::Call))
}

fn exception_return(cpu: &mut Cpu, _: &Step) -> Done {
    if cpu.level == Level::El0 {
        return Err(cpu.raise(Exception::undefined()));
    }
    let from = cpu.pc;
    cpu.exception_return();
    // Blocks know neither of software step nor of the Illegal Execution state, and followers in the
    // same page suppose the same Exception level.
    if cpu.is_software_stepping() || cpu.illegal || (from ^ cpu.pc) < PAGE {
        return Err(cpu.trap(Trap::Leave));
    }
    Ok(())
}
