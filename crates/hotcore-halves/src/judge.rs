//! What must never be, whatever the order of steps.

use hotcore_ospm::{Cpu, CpuRecord, Report, State};
use hotcore_vcpu::Outcome;

use crate::CPUS;
use crate::guest::Task;
use crate::half::Half;
use crate::machine::Machine;
use crate::program::{Node, Program};

/// What was violated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A CPU executes while it is not enabled.
    #[error("CPU {0} executes and is not enabled")]
    ExecutesDisabled(usize),
    /// A CPU is enabled in the OS's eyes and not in the VMM's, while the OS is idle.
    #[error("CPU {0} is enabled in the OS, and the VMM has disabled it")]
    DisabledBehindTheOs(usize),
    /// A CPU that is enabled but not present.
    #[error("CPU {0} is enabled and not present")]
    EnabledNotPresent(usize),
    /// The firmware calls a CPU off that executes.
    #[error("CPU {0} executes, and AFFINITY_INFO says off")]
    OffButExecutes(usize),
    /// A mailbox says parked of a CPU that executes.
    #[error("CPU {0} executes, and its mailbox says parked")]
    ParkedButExecutes(usize),
    /// A CPU executes that the OS calls offline, and is not bringing up.
    #[error("CPU {0} executes, and the OS calls it offline")]
    OfflineButExecutes(usize),
    /// A mailbox says parked, and is not as the next start needs it.
    #[error("CPU {0} is parked, and its mailbox is not armed")]
    NotArmed(usize),
    /// A CPU starts that was not parked.
    #[error("CPU {0} was not parked, and starts")]
    StartedTwice(usize),
    /// The OS hands the machine on to the next one, and a CPU is not in the firmware.
    #[error("CPU {0} is not in the firmware, and the next OS begins")]
    HandedOnEarly(usize),
    /// A CPU that is not enabled is not denied, or its mailbox cannot be used again.
    #[error("CPU {0} is not enabled, and the firmware does not say denied")]
    NotDenied(usize),
    /// A CPU was disabled without its eject, and without the guest's refusal.
    #[error("CPU {0} was disabled, and the guest has not ejected it")]
    DisabledWithoutEject(usize),
    /// The OS has a CPU leave that is not there.
    #[error("the OS has a CPU leave that does not execute")]
    NobodyThere,
    /// A CPU leaves, and the firmware does not take it.
    #[error("a CPU leaves for nowhere")]
    LeavesForNowhere,
    /// An access to what is not there.
    #[error("access to {0:#x}")]
    StrangeAccess(u64),
    /// A call that does not return.
    #[error("call of {0:#x}")]
    StrangeCall(u64),
    /// The OS complains of the firmware.
    #[error("the OS says: {0}")]
    Complaint(Report),
    /// The OS waits, and nobody else has anything to do.
    #[error("the OS waits in vain")]
    WaitsInVain,
    /// An operation ended twice, or without a word.
    #[error("an operation did not end exactly once")]
    NotOnce,
    /// An operation is still open when all is quiet.
    #[error("the operation on CPU {0} never ends")]
    Stuck(usize),
    /// An event that nobody took, and that is not repeated.
    #[error("CPU {0} has an event that nobody is told of")]
    LostEvent(usize),
    /// An operation ended as it does only if somebody has failed.
    #[error("an operation ended {0:?}")]
    EndedBadly(Outcome),
    /// The halves do not agree in the end.
    #[error("the VMM and the OS do not agree on whether CPU {0} is enabled")]
    Disagreement(usize),
    /// A CPU that was added was not brought up.
    #[error("CPU {0} is enabled and not online")]
    NotOnline(usize),
    /// It goes on and on.
    #[error("it never ends")]
    Endless,
}

/// What has to hold after every step.
pub(crate) fn judge(machine: &Machine, os: Node, program: &Program) -> Result<(), Violation> {
    for (cpu, (_, view)) in machine.ledger.cpus().enumerate() {
        if machine.hardware[cpu].executes() && !view.enabled {
            return Err(Violation::ExecutesDisabled(cpu));
        }
        if machine.hardware[cpu].executes() && machine.says_parked(cpu) {
            return Err(Violation::ParkedButExecutes(cpu));
        }
    }
    if let Some(cpu) = machine.started_twice {
        return Err(Violation::StartedTwice(cpu));
    }
    if !machine.operations_agree() {
        return Err(Violation::NotOnce);
    }
    let half = &program.guest(os).half;
    let registry = half.registry();
    let task = program.task(os);
    for (cpu, record) in registry.iter() {
        if task != Some(Task::Online(cpu)) {
            judge_left_alone(machine, cpu, record)?;
        }
        if task.is_none() {
            judge_idle(machine, cpu, record, half)?;
        }
    }
    Ok(())
}

/// What has to hold of a CPU that the OS is not bringing up.
fn judge_left_alone(machine: &Machine, cpu: Cpu, record: &CpuRecord) -> Result<(), Violation> {
    let cpu = cpu.0 as usize;
    if record.state() == State::Offline && machine.hardware[cpu].executes() {
        return Err(Violation::OfflineButExecutes(cpu));
    }
    if machine.says_parked(cpu) && !machine.is_armed(cpu) {
        return Err(Violation::NotArmed(cpu));
    }
    Ok(())
}

/// What has to hold of a CPU while the OS is idle.
fn judge_idle(
    machine: &Machine,
    cpu: Cpu,
    record: &CpuRecord,
    half: &Half,
) -> Result<(), Violation> {
    let cpu = cpu.0 as usize;
    if record.enabled() && !record.present() {
        return Err(Violation::EnabledNotPresent(cpu));
    }
    if half.has_hotplug() && record.enabled() && !machine.is_enabled(cpu) {
        return Err(Violation::DisabledBehindTheOs(cpu));
    }
    Ok(())
}

/// Who may have disabled CPUs in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The guest, by an eject of a CPU that is off, or by `_OST`.
    Guest,
    /// The host or time: only what the OS has not got.
    Host,
    /// A reset.
    Reset,
}

/// Whether what a step has disabled could be disabled.
pub(crate) fn judge_disabled(
    before: [bool; CPUS],
    machine: &Machine,
    os: Node,
    program: &Program,
    cause: Cause,
) -> Result<(), Violation> {
    let registry = program.guest(os).half.registry();
    for cpu in (0..CPUS).filter(|&cpu| before[cpu] && !machine.is_enabled(cpu)) {
        let in_use = registry.get(Cpu(cpu as u32)).is_some_and(CpuRecord::enabled);
        let allowed = match cause {
            Cause::Guest => !machine.hardware[cpu].executes(),
            // Within a task, what the OS has is known only when the task ends.
            Cause::Host => !in_use || program.ask(os).is_some(),
            Cause::Reset => true,
        };
        if !allowed {
            return Err(Violation::DisabledWithoutEject(cpu));
        }
    }
    Ok(())
}

/// Which CPUs are enabled.
pub(crate) fn enabled(machine: &Machine) -> [bool; CPUS] {
    core::array::from_fn(|cpu| machine.is_enabled(cpu))
}

/// Who has done all that is expected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    /// The OS never lost its patience, so it has lost no CPU.
    pub(crate) os: bool,
    /// Nobody else has failed either, so every CPU that is enabled is online.
    pub(crate) all: bool,
}

/// What has to hold when nothing happens any more.
pub(crate) fn judge_end(
    machine: &Machine,
    os: Node,
    program: &Program,
    expected: Expected,
) -> Result<(), Violation> {
    let half = &program.guest(os).half;
    let records = half.registry().iter().map(|(_, record)| record);
    for (cpu, ((_, view), record)) in machine.ledger.cpus().zip(records).enumerate() {
        if view.operation.is_some() {
            return Err(Violation::Stuck(cpu));
        }
        if view.inserting || view.removing {
            return Err(Violation::LostEvent(cpu));
        }
        if expected.os && half.has_hotplug() && view.enabled != record.enabled() {
            return Err(Violation::Disagreement(cpu));
        }
        if expected.os && expected.all && view.enabled != record.online() {
            return Err(Violation::NotOnline(cpu));
        }
    }
    Ok(())
}
