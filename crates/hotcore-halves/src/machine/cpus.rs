//! CPUs and the firmware: how they start and leave, and what the OS's calls answer.

use hotcore_firmware::{Call, HAND_BACK, Reply};
use hotcore_ospm::Leave;
use hotcore_vcpu::VcpuIndex;

use super::{Hardware, Machine, index};
use crate::CPUS;
use crate::judge::Violation;
use crate::mutant::Mutant;
use crate::replay::Ask;
use crate::tables::{ENTRY, RETURN_ENTRY};

/// PSCI CPU_OFF.
const CPU_OFF: u32 = 0x8400_0002;
/// CPU_ON in its 64-bit form.
const CPU_ON: u64 = 0xc400_0003;
/// AFFINITY_INFO in its 64-bit form.
const AFFINITY_INFO: u64 = 0xc400_0004;
/// PSCI's DENIED.
const DENIED: i64 = -3;
/// What AFFINITY_INFO says of a CPU that is off.
const OFF: u64 = 1;

impl Machine {
    /// A CPU does the next thing that it has to do, if there is one.
    pub(crate) fn cpu(&mut self, cpu: usize, mutant: Option<Mutant>) -> Result<(), Violation> {
        let vcpu = index(cpu as u16);
        self.hardware[cpu] = match self.hardware[cpu] {
            Hardware::Starting => {
                self.ledger.vcpu_started(vcpu, self.now);
                Hardware::Started
            }
            Hardware::Started => Hardware::Running,
            Hardware::Leaving(leave) => {
                self.leave(vcpu, leave)?;
                if mutant == Some(Mutant::OffEarly) && !self.memory.off_early[cpu] {
                    self.park(cpu, mutant);
                    self.memory.off_early[cpu] = true;
                    self.hardware[cpu]
                } else {
                    Hardware::Stopped
                }
            }
            Hardware::Stopped => {
                self.hardware[cpu] = Hardware::Parked;
                self.park(cpu, mutant);
                self.memory.left(cpu);
                self.carry_out(mutant);
                return Ok(());
            }
            other @ (Hardware::Parked | Hardware::Running) => other,
        };
        self.carry_out(mutant);
        Ok(())
    }

    /// The last instruction of a CPU that leaves.
    fn leave(&mut self, cpu: VcpuIndex, leave: Leave) -> Result<(), Violation> {
        let call = match leave {
            Leave::CpuOff { .. } => Call { function: CPU_OFF, args: [0; 3], big_endian: false },
            Leave::Return { mailbox, entry: RETURN_ENTRY } => {
                Call { function: HAND_BACK, args: [mailbox, 0, 0], big_endian: false }
            }
            Leave::Return { .. } | Leave::Halt => return Err(Violation::LeavesForNowhere),
        };
        match self.reply(cpu, &call) {
            Reply::CpuOff => Ok(()),
            _ => Err(Violation::LeavesForNowhere),
        }
    }

    /// The OS tells a CPU to leave.
    pub(crate) fn send_off(
        &mut self,
        cpu: usize,
        leave: Leave,
        mutant: Option<Mutant>,
    ) -> Result<(), Violation> {
        let hardware = self.hardware.get_mut(cpu).ok_or(Violation::NobodyThere)?;
        if *hardware != Hardware::Running {
            return Err(Violation::NobodyThere);
        }
        self.memory.sent_off[cpu] = true;
        if mutant != Some(Mutant::OsEjectsOnline) {
            *hardware = Hardware::Leaving(leave);
        }
        Ok(())
    }

    /// The guest tries to start a CPU that may not start. One that is not enabled is denied, and may be
    /// tried again; in the mailbox of one that is not parked nobody looks.
    pub(crate) fn poke(&mut self, cpu: usize, mutant: Option<Mutant>) -> Result<(), Violation> {
        if self.is_enabled(cpu) {
            self.memory.stray[cpu] |= mutant == Some(Mutant::RemembersStrays);
            return self.store_start(cpu);
        }
        let denied = if self.mailboxes.is_some() {
            self.store_start(cpu)?;
            self.asked_to_start(cpu, mutant);
            self.says_denied(cpu)
        } else {
            self.call([CPU_ON, cpu as u64, ENTRY, 0], mutant)? == DENIED.cast_unsigned()
        };
        if denied { Ok(()) } else { Err(Violation::NotDenied(cpu)) }
    }

    /// The firmware was asked to start a CPU, as mutants have it.
    pub(super) fn asked_to_start(&mut self, cpu: usize, mutant: Option<Mutant>) {
        let denied = self.hardware[cpu] == Hardware::Parked && !self.is_enabled(cpu);
        if denied && mutant == Some(Mutant::IgnoresPolicy) {
            self.hardware[cpu] = Hardware::Starting;
        }
    }

    /// Whether a CPU can be [poked](Machine::poke).
    pub(crate) fn may_not_start(&self, cpu: usize) -> bool {
        let away = self.mailboxes.is_some() && self.hardware[cpu] != Hardware::Parked;
        away || !self.is_enabled(cpu)
    }

    /// Whether what the OS asks may start a CPU.
    pub(crate) fn starts_cpu(&self, ask: &Ask) -> bool {
        match *ask {
            Ask::Call([function, ..]) => function == CPU_ON,
            Ask::Write { address, .. } => self.is_start(address),
            _ => false,
        }
    }

    /// The next OS begins, which may use all memory: nobody else executes any more, nor will.
    pub(crate) fn hand_on(&mut self) -> Result<(), Violation> {
        self.memory.released = [false; CPUS];
        let parked = |cpu: &usize| self.hardware[*cpu] == Hardware::Parked;
        match (1..CPUS).find(|cpu| !parked(cpu)) {
            Some(cpu) => Err(Violation::HandedOnEarly(cpu)),
            None => Ok(()),
        }
    }

    /// The CPU that is about to start since `before` cannot be started. What CPU_ON answers then; `None`
    /// if none is.
    pub(crate) fn fail_start(
        &mut self,
        before: &[Hardware; CPUS],
        mutant: Option<Mutant>,
    ) -> Option<u64> {
        const INTERNAL_FAILURE: i64 = -6;
        let is_new = |cpu: &usize| {
            self.hardware[*cpu] == Hardware::Starting && before[*cpu] != Hardware::Starting
        };
        let cpu = (0..CPUS).find(is_new)?;
        self.hardware[cpu] = Hardware::Parked;
        let vcpu = index(cpu as u16);
        let answer = if let Some(mailboxes) = &mut self.mailboxes {
            mailboxes.start_failed(&mut self.ledger, vcpu);
            0
        } else {
            self.ledger.vcpu_start_failed(vcpu);
            INTERNAL_FAILURE.cast_unsigned()
        };
        self.carry_out(mutant);
        Some(answer)
    }

    fn reply(&mut self, cpu: VcpuIndex, call: &Call) -> Reply {
        match &self.mailboxes {
            Some(mailboxes) => mailboxes.call(&mut self.ledger, cpu, call, self.now),
            None => hotcore_firmware::call(&mut self.ledger, call, self.now),
        }
    }

    /// A firmware call of the OS, on the boot CPU.
    pub(crate) fn call(
        &mut self,
        registers: [u64; 4],
        mutant: Option<Mutant>,
    ) -> Result<u64, Violation> {
        let [function, args @ ..] = registers;
        let call = Call { function: function as u32, args, big_endian: false };
        let Reply::Return(value) = self.reply(VcpuIndex::BOOT, &call) else {
            return Err(Violation::StrangeCall(function));
        };
        self.carry_out(mutant);
        let cpu = args[0] as usize;
        if function == CPU_ON {
            self.asked_to_start(cpu, mutant);
        }
        if function != AFFINITY_INFO {
            return Ok(value);
        }
        if mutant == Some(Mutant::OsEjectsOnline) && self.memory.sent_off[cpu] {
            return Ok(OFF);
        }
        if value == OFF && self.hardware[cpu].executes() {
            return Err(Violation::OffButExecutes(cpu));
        }
        Ok(value)
    }
}
