//! Cache maintenance: there are no caches but that of decoded instructions, which leaves the checks
//! (Arm ARM, C5.3, D7.5.9) and DC ZVA.

use crate::cpu::Cpu;
use crate::exception::{Class, Exception};
use crate::memory::access::{Place, zero_block};
use crate::memory::{Access, Fault};
use crate::pstate::Level;
use crate::step::Step;
use crate::system::control::DZE;
use crate::trap::{Done, Trap, Trapped};

/// SCTLR_EL1.UCI: EL0 may execute DC CVAU, CIVAC, CVAC and IC IVAU.
const UCI: u64 = 1 << 26;
/// ISS.CM and ISS.WnR of an abort: always both for cache maintenance and address translation.
const CM_WNR: u32 = 1 << 8 | 1 << 6;

/// IC IALLU: this PE decodes anew. What others have decoded is theirs to forget.
pub(super) fn forget_own_code(cpu: &mut Cpu, _: &Step, _: u64) -> Done {
    Err(cpu.trap(Trap::ForgetCode))
}

/// IC IALLUIS. Instructions that were decoded before another PE wrote them go, too.
pub(super) fn invalidate_all_code(cpu: &mut Cpu, _: &Step, _: u64) -> Done {
    cpu.code.invalidate_all();
    Ok(())
}

/// IC IVAU.
pub(super) fn invalidate_code(cpu: &mut Cpu, step: &Step, address: u64) -> Done {
    may_maintain(cpu, step)?;
    if let Place::Ram { frame, .. } = locate(cpu, address, Access::Read)? {
        cpu.code.invalidate(frame.number);
    }
    Ok(())
}

/// DC CVAC, DC CVAU, DC CIVAC.
pub(super) fn clean_data(cpu: &mut Cpu, step: &Step, address: u64) -> Done {
    may_maintain(cpu, step)?;
    locate(cpu, address, Access::Read)?;
    Ok(())
}

/// DC IVAC needs permission to write: it could throw data away.
pub(super) fn invalidate_data(cpu: &mut Cpu, _: &Step, address: u64) -> Done {
    locate(cpu, address, Access::Write)?;
    Ok(())
}

/// DC ISW, DC CSW, DC CISW.
pub(super) fn by_set_and_way(_: &mut Cpu, _: &Step, _: u64) -> Done {
    Ok(())
}

/// DC ZVA.
pub(super) fn zero(cpu: &mut Cpu, step: &Step, address: u64) -> Done {
    if cpu.level == Level::El0 && cpu.system.sctlr & DZE == 0 {
        return Err(cpu.system_trap(step.word));
    }
    zero_block(cpu, address)
}

fn may_maintain(cpu: &mut Cpu, step: &Step) -> Done {
    if cpu.level == Level::El0 && cpu.system.sctlr & UCI == 0 {
        return Err(cpu.system_trap(step.word));
    }
    Ok(())
}

/// Where `address` leads; what aborts is told to be maintenance.
fn locate(cpu: &mut Cpu, address: u64, access: Access) -> Result<Place, Trapped> {
    cpu.translate(cpu.level, address, access).inspect_err(|_| {
        if let Trap::Exception(exception) = &mut cpu.trap {
            exception.iss |= CM_WNR;
        }
    })
}

impl Cpu {
    /// The Data Abort of cache maintenance or of an address translation instruction.
    #[cold]
    pub(super) fn maintenance_abort(&mut self, address: u64, fault: Fault) -> Trapped {
        self.raise(Exception::new(Class::DataAbort).iss(CM_WNR | fault.0).far(address))
    }
}
