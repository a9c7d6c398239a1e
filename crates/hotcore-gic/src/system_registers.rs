//! What the system registers of the CPU interface do (IHI 0069, "AArch64 System register
//! descriptions" and "The interrupt handling state machine").

use hotcore_vcpu::VcpuIndex;

use crate::bank::LANES;
use crate::cpu::Cpu;
use crate::cpu_set::ones;
use crate::gic::Gic;
use crate::group::{Candidate, Group};
use crate::register::Register;

/// The INTID that says there is no interrupt.
const SPURIOUS: u64 = 1023;
/// INTIDs from here to 1023 are special.
const SPECIAL: u32 = 1020;

/// ICC_SRE_EL1: system registers only (SRE), no bypass (DFB, DIB). Nothing of it can be changed.
const SRE: u64 = 0b111;

mod ctlr {
    //! ICC_CTLR_EL1.
    pub(super) const CBPR: u64 = 1 << 0;
    pub(super) const EOI_MODE: u64 = 1 << 1;
    /// PRIbits, bits 10 to 8: five bits of priority, minus one. IDbits, bits 13 to 11, is 0: 16 bits.
    /// Affinity 3 (A3V, bit 15) and the range selector of SGIs (RSS, bit 18) are there.
    pub(super) const FEATURES: u64 = 4 << 8 | 1 << 15 | 1 << 18;
}

impl Gic {
    /// The CPU reads a system register. Zero if it cannot be read; the caller has
    /// [`Register::is_readable`] to take an exception instead.
    ///
    /// Reading ICC_IAR0_EL1 and ICC_IAR1_EL1 acknowledges the interrupt.
    pub fn read(&self, cpu: VcpuIndex, register: Register) -> u64 {
        match register {
            Register::Iar0 => self.acknowledge(cpu, Group::Zero),
            Register::Iar1 => self.acknowledge(cpu, Group::One),
            _ => self.lock_cpu(cpu).map_or(0, |cpu| cpu.system_register(register)),
        }
    }

    /// The CPU writes a system register. Ignored if it cannot be written; the caller has
    /// [`Register::is_writable`] to take an exception instead.
    pub fn write(&self, cpu: VcpuIndex, register: Register, value: u64) {
        match register {
            Register::Eoir0 => self.end(cpu, Group::Zero, value),
            Register::Eoir1 => self.end(cpu, Group::One, value),
            Register::Dir => self.deactivate(cpu, value),
            Register::Sgi1r => self.generate(cpu, value, true),
            // Without a second security state, the alias can only mean Group 0.
            Register::Sgi0r | Register::Asgi1r => self.generate(cpu, value, false),
            Register::Igrpen0 => self.with_participation(cpu, |cpu| {
                cpu.interface.group0_enabled = value & 1 != 0;
            }),
            Register::Igrpen1 => self.with_participation(cpu, |cpu| {
                cpu.interface.group1_enabled = value & 1 != 0;
            }),
            _ => {
                self.with_cpu(cpu, |cpu| cpu.set_system_register(register, value));
            }
        }
    }

    /// The signalled interrupt, if it is of this group, becomes active.
    fn acknowledge(&self, index: VcpuIndex, group: Group) -> u64 {
        let next = |cpu: &Cpu| cpu.signalled().filter(|next| next.group() == group);
        let interrupt = self.with_cpu(index, |cpu| {
            next(cpu).inspect(|interrupt| cpu.acknowledge_private(*interrupt))
        });
        match interrupt.flatten() {
            None => SPURIOUS,
            Some(interrupt) if interrupt.is_shared() => self.acknowledge_shared(index, next),
            Some(interrupt) => interrupt.intid.into(),
        }
    }

    /// With the distributor's lock, everything is asked again: another CPU may have been faster.
    fn acknowledge_shared(
        &self,
        index: VcpuIndex,
        next: impl Fn(&Cpu) -> Option<Candidate>,
    ) -> u64 {
        self.with_distributor(|distributor, affected| {
            let Some(mut cpu) = self.lock_cpu(index) else { return SPURIOUS };
            let Some(interrupt) = next(&cpu) else { return SPURIOUS };
            affected.insert(index);
            if interrupt.is_shared() {
                cpu.interface.activate(interrupt);
                distributor.acknowledge(interrupt.intid.into(), affected);
            } else {
                cpu.acknowledge_private(interrupt);
            }
            interrupt.intid.into()
        })
    }

    /// Priority drop, and with EOImode 0 deactivation.
    fn end(&self, index: VcpuIndex, group: Group, value: u64) {
        let intid = intid(value);
        if intid >= SPECIAL {
            return;
        }
        let end = |cpu: &mut Cpu| {
            let deactivate = cpu.interface.drop_priority(group) && !cpu.interface.split_end;
            if deactivate && intid < LANES {
                cpu.private.deactivate(intid);
            }
            deactivate
        };
        if intid < LANES {
            self.with_cpu(index, end);
            return;
        }
        self.with_distributor(|distributor, affected| {
            affected.insert(index);
            if self.lock_cpu(index).is_some_and(|mut cpu| end(&mut cpu)) {
                distributor.deactivate(intid, affected);
            }
        });
    }

    /// ICC_DIR_EL1. With EOImode 0 that is UNPREDICTABLE; here it changes nothing.
    fn deactivate(&self, index: VcpuIndex, value: u64) {
        let intid = intid(value);
        let split_end = self.with_cpu(index, |cpu| {
            if cpu.interface.split_end && intid < LANES {
                cpu.private.deactivate(intid);
            }
            cpu.interface.split_end
        });
        if split_end == Some(true) && (LANES..SPECIAL).contains(&intid) {
            self.with_distributor(|distributor, affected| distributor.deactivate(intid, affected));
        }
    }

    /// Makes an SGI pending on the CPUs that ICC_SGI1R_EL1 names.
    ///
    /// ```text
    ///  55  48 47   44 43 41 40   39  32 31 28 27   24 23  16 15          0
    /// +------+-------+-----+-----+------+-----+-------+------+------------+
    /// | Aff3 |  RS   |  0  | IRM | Aff2 |  0  | INTID | Aff1 | TargetList |
    /// +------+-------+-----+-----+------+-----+-------+------+------------+
    /// ```
    fn generate(&self, from: VcpuIndex, value: u64, group_one: bool) {
        let sgi = (value >> 24 & 0xf) as u32;
        if value >> 40 & 1 != 0 {
            let others = self.cpus().filter(|cpu| *cpu != from);
            others.for_each(|cpu| self.make_pending(cpu, sgi, group_one));
            return;
        }
        let aff3 = (value >> 48 & 0xff) as u32;
        let aff2 = (value >> 32 & 0xff) as u32;
        let aff1 = (value >> 16 & 0xff) as u32;
        let range = (value >> 44 & 0xf) as u32 * 16;
        let cluster = aff3 << 24 | aff2 << 16 | aff1 << 8 | range;
        for target in ones(value as u16) {
            if let Some(cpu) = self.find(cluster | target) {
                self.make_pending(cpu, sgi, group_one);
            }
        }
    }

    /// An SGI arrives. One sent for Group 0 must be configured so; one sent for Group 1 is whatever it
    /// is configured as (IHI 0069, "Generating SGIs", with one security state).
    fn make_pending(&self, cpu: VcpuIndex, sgi: u32, group_one: bool) {
        self.with_cpu(cpu, |cpu| {
            if group_one || !cpu.private.is_group_one(sgi) {
                cpu.private.set_pending(sgi);
            }
        });
    }
}

impl Cpu {
    /// Makes a private interrupt active; an SPI's state is not here.
    fn acknowledge_private(&mut self, interrupt: Candidate) {
        if !interrupt.is_shared() {
            self.interface.activate(interrupt);
            self.private.acknowledge(interrupt.intid.into());
        }
    }

    /// The registers that reading does not change.
    fn system_register(&self, register: Register) -> u64 {
        let interface = &self.interface;
        match register {
            Register::Pmr => interface.priority_mask.into(),
            Register::Hppir0 => self.highest(Group::Zero),
            Register::Hppir1 => self.highest(Group::One),
            Register::Bpr0 => interface.bpr0.into(),
            Register::Bpr1 => interface.effective_bpr1().into(),
            Register::Ap0r0 => interface.active0.into(),
            Register::Ap1r0 => interface.active1.into(),
            Register::Rpr => interface.running_priority().into(),
            Register::Ctlr => {
                let common = if interface.common_binary_point { ctlr::CBPR } else { 0 };
                let split = if interface.split_end { ctlr::EOI_MODE } else { 0 };
                ctlr::FEATURES | common | split
            }
            Register::Sre => SRE,
            Register::Igrpen0 => interface.group0_enabled.into(),
            Register::Igrpen1 => interface.group1_enabled.into(),
            _ => 0,
        }
    }

    /// The registers that concern nobody but the CPU.
    fn set_system_register(&mut self, register: Register, value: u64) {
        let interface = &mut self.interface;
        match register {
            Register::Pmr => interface.set_priority_mask(value),
            Register::Bpr0 => interface.set_bpr0(value),
            Register::Bpr1 => interface.set_bpr1(value),
            Register::Ap0r0 => interface.active0 = value as u32,
            Register::Ap1r0 => interface.active1 = value as u32,
            Register::Ctlr => {
                interface.common_binary_point = value & ctlr::CBPR != 0;
                interface.split_end = value & ctlr::EOI_MODE != 0;
            }
            _ => {}
        }
    }

    /// ICC_HPPIR0_EL1 or ICC_HPPIR1_EL1: regardless of the priority mask and of what is running.
    fn highest(&self, group: Group) -> u64 {
        let best = self.best().filter(|best| best.group() == group);
        best.map_or(SPURIOUS, |best| best.intid.into())
    }
}

/// The INTID field, 24 bits wide.
const fn intid(value: u64) -> u32 {
    (value & 0xff_ffff) as u32
}
