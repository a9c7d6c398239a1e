//! Bringing CPUs up and taking them down, whichever their method (guest contract §2.3 to §2.5, §4).

use core::time::Duration;

use crate::mailbox::{Mailbox, MailboxError, Started};
use crate::platform::wait_until;
use crate::{
    AffinityInfo, Consent, Cpu, CpuRecord, EnableMethod, Fault, Leave, Mpidr, Os, Psci, PsciError,
    Registry, Report, State, Transition,
};

/// How long a CPU has from its start until it arrives, as in Linux.
const ARRIVAL: Duration = Duration::from_secs(5);
/// How long AFFINITY_INFO may say ON of a CPU that is leaving, as in Linux.
const CPU_OFF: Duration = Duration::from_millis(100);

/// Why a CPU was not brought up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum OnlineError {
    /// It is not possible, not present or not enabled.
    #[error("the CPU is not enabled")]
    NotEnabled,
    /// It is online.
    #[error("the CPU is online")]
    AlreadyOnline,
    /// Nobody knows where it is.
    #[error("the CPU is stuck")]
    Stuck,
    /// Its redistributor cannot be reached (Linux: EINVAL).
    #[error("the CPU's redistributor is inaccessible")]
    NoRedistributor,
    /// Policy (Linux: EPERM). Not reported: it is no failure.
    #[error("denied")]
    Denied,
    /// PSCI's answer (Linux: EOPNOTSUPP for NOT_SUPPORTED, else EINVAL).
    #[error("CPU_ON: {0}")]
    Psci(PsciError),
    /// The mailbox cannot be used.
    #[error(transparent)]
    Mailbox(MailboxError),
    /// It has been started and has not arrived. It is stuck.
    #[error("the CPU failed to come online")]
    NotArrived,
    /// The platform ended the operation.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a CPU was not taken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum OfflineError {
    /// It is not online.
    #[error("the CPU is not online")]
    NotOnline,
    /// It is the last one.
    #[error("the CPU is the last one online")]
    Last,
    /// There is no way back to the firmware, or the mailbox cannot be used.
    #[error(transparent)]
    Mailbox(MailboxError),
    /// The OS needs it.
    #[error("the OS refuses")]
    Refused,
    /// It has left, and the firmware does not say that it has it. It is stuck.
    #[error("the CPU has not arrived in the firmware")]
    NotHandedOver,
    /// The platform ended the operation.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Registry {
    /// Brings an enabled CPU up and waits until it has arrived, for 5 s at most.
    pub fn bring_up<O: Os + ?Sized>(&mut self, os: &mut O, cpu: Cpu) -> Result<(), OnlineError> {
        self.ask_again(os, cpu)?;
        let (mpidr, method) = startable(self.get(cpu))?;
        let attempt = match method {
            EnableMethod::Psci(psci) => self.start_by_psci(os, cpu, psci, mpidr)?,
            EnableMethod::Mailbox(mailbox) => self.start_by_mailbox(os, cpu, mailbox, mpidr)?,
        };
        self.await_arrival(os, cpu, attempt)
    }

    fn start_by_psci<O: Os + ?Sized>(
        &mut self,
        os: &mut O,
        cpu: Cpu,
        psci: Psci,
        mpidr: Mpidr,
    ) -> Result<Option<Attempt>, OnlineError> {
        let entry = os.prepare(cpu)?;
        match psci.cpu_on(os, mpidr, entry) {
            Ok(()) => {}
            Err(PsciError::Denied) => return Err(OnlineError::Denied),
            Err(PsciError::Fault(fault)) => return Err(fault.into()),
            Err(error) => {
                os.report(Report::CpuOnFailed { cpu, error });
                return Err(OnlineError::Psci(error));
            }
        }
        self.set_started(cpu, true);
        Ok(None)
    }

    /// Nothing of the CPU's is touched before its mailbox says that the firmware has it.
    fn start_by_mailbox<O: Os + ?Sized>(
        &mut self,
        os: &mut O,
        cpu: Cpu,
        mailbox: Mailbox,
        mpidr: Mpidr,
    ) -> Result<Option<Attempt>, OnlineError> {
        let ready = mailbox.judge(os, mpidr).map_err(start_error)?;
        let entry = os.prepare(cpu)?;
        self.set_started(cpu, ready.can_return());
        let started = ready.start(os, entry.address)?;
        let plain = matches!(mailbox, Mailbox::SpinTable { page: None, .. });
        Ok(Some(Attempt { started, clears: !plain }))
    }

    /// Takes a CPU down and waits until the firmware has it: AFFINITY_INFO says OFF within 100 ms, or the
    /// mailbox's hand-over is complete within 1 s for each of its two steps.
    ///
    /// A CPU that PSCI still calls ON after its time is stuck, but this is no error, as in Linux: an eject
    /// goes on, and the firmware refuses it. A CPU that a mailbox has not got is stuck and an error.
    pub fn take_down<O: Os + ?Sized>(&mut self, os: &mut O, cpu: Cpu) -> Result<(), OfflineError> {
        let record = self.get(cpu).filter(|record| record.online());
        let record = record.ok_or(OfflineError::NotOnline)?;
        let mpidr = record.mpidr;
        let method = record.method.ok_or(OfflineError::Mailbox(MailboxError::NoWayBack))?;
        if self.online() == 1 {
            return Err(OfflineError::Last);
        }
        let state = match method {
            EnableMethod::Psci(psci) => {
                self.go(os, cpu, Leave::CpuOff { conduit: psci.conduit })?;
                await_off(os, cpu, psci, mpidr)?
            }
            EnableMethod::Mailbox(mailbox) => {
                let ticket = mailbox.ticket(os, mpidr).map_err(leave_error)?;
                self.go(os, cpu, ticket.leave())?;
                await_return(os, cpu, &ticket)?
            }
        };
        self.set_state(cpu, state);
        os.transition(cpu, Transition::Offline);
        match (method, state) {
            (EnableMethod::Mailbox(_), State::Stuck) => Err(OfflineError::NotHandedOver),
            _ => Ok(()),
        }
    }

    /// The crash path: every other CPU stops where it is, in a loop of `WFI` within the crashed OS. Nothing
    /// is handed back, the firmware hears of nothing: what a crash has left of the OS may not be able to.
    ///
    /// A crash kernel that lives in memory of its own runs on the CPU that calls, `here`, and leaves the
    /// others alone; [`Registry::kexec_allowed`] is false from now on if there were any.
    pub fn crash<O: Os + ?Sized>(&mut self, os: &mut O, here: Cpu) -> Result<(), Fault> {
        for cpu in (0..self.possible() as u32).map(Cpu).filter(|&cpu| cpu != here) {
            if !self.get(cpu).is_some_and(CpuRecord::online) {
                continue;
            }
            self.set_state(cpu, State::Stuck);
            os.offline(cpu, Leave::Halt)?;
        }
        Ok(())
    }

    /// Has a CPU leave; until it is known to have left, nobody knows where it is.
    fn go<O: Os + ?Sized>(
        &mut self,
        os: &mut O,
        cpu: Cpu,
        leave: Leave,
    ) -> Result<(), OfflineError> {
        match os.offline(cpu, leave)? {
            Consent::Refused => return Err(OfflineError::Refused),
            Consent::Leaving => self.set_state(cpu, State::Stuck),
        }
        Ok(())
    }

    /// A CPU that was stuck by PSCI's word is so no longer when PSCI says OFF.
    fn ask_again<O: Os + ?Sized>(&mut self, os: &mut O, cpu: Cpu) -> Result<(), Fault> {
        let Some(record) = self.get(cpu).filter(|record| record.state() == State::Stuck) else {
            return Ok(());
        };
        let Some(EnableMethod::Psci(psci)) = record.method else { return Ok(()) };
        match psci.affinity_info(os, record.mpidr) {
            Ok(AffinityInfo::Off) => self.set_state(cpu, State::Offline),
            Err(PsciError::Fault(fault)) => return Err(fault),
            _ => {}
        }
        Ok(())
    }

    fn await_arrival<O: Os + ?Sized>(
        &mut self,
        os: &mut O,
        cpu: Cpu,
        attempt: Option<Attempt>,
    ) -> Result<(), OnlineError> {
        let mut denied = false;
        let ended = wait_until(os, ARRIVAL, |os| {
            if os.arrived(cpu)? {
                return Ok(true);
            }
            if let Some(attempt) = &attempt {
                denied = attempt.started.denied(os)?;
            }
            Ok(denied)
        })?;
        if denied {
            self.set_state(cpu, State::Offline);
            return Err(OnlineError::Denied);
        }
        if !ended {
            os.report(Report::NotArrived(cpu));
            return Err(OnlineError::NotArrived);
        }
        self.set_state(cpu, State::Online);
        os.transition(cpu, Transition::Online);
        if let Some(attempt) = attempt.filter(|attempt| attempt.clears)
            && !attempt.started.jump_taken(os)?
        {
            os.report(Report::JumpAddressLeft(cpu));
        }
        Ok(())
    }
}

/// A start through a mailbox.
struct Attempt {
    started: Started,
    /// The firmware has to clear the jump address. A plain spin-table says nothing of it.
    clears: bool,
}

fn startable(record: Option<&CpuRecord>) -> Result<(Mpidr, EnableMethod), OnlineError> {
    let record = record.filter(|record| record.enabled()).ok_or(OnlineError::NotEnabled)?;
    match record.state() {
        State::Online => return Err(OnlineError::AlreadyOnline),
        State::Stuck => return Err(OnlineError::Stuck),
        State::Offline if !record.redistributor => return Err(OnlineError::NoRedistributor),
        State::Offline => {}
    }
    let method = record.method.ok_or(OnlineError::NotEnabled)?;
    Ok((record.mpidr, method))
}

fn start_error(error: MailboxError) -> OnlineError {
    match error {
        MailboxError::Fault(fault) => fault.into(),
        error => OnlineError::Mailbox(error),
    }
}

fn leave_error(error: MailboxError) -> OfflineError {
    match error {
        MailboxError::Fault(fault) => fault.into(),
        error => OfflineError::Mailbox(error),
    }
}

fn await_off<O: Os + ?Sized>(
    os: &mut O,
    cpu: Cpu,
    psci: Psci,
    mpidr: Mpidr,
) -> Result<State, Fault> {
    let mut answer = 0;
    let off = wait_until(os, CPU_OFF, |os| {
        let info = psci.affinity_info(os, mpidr);
        answer = match info {
            Ok(info) => info as i32,
            Err(PsciError::Fault(fault)) => return Err(fault),
            Err(error) => error.code(),
        };
        Ok(info == Ok(AffinityInfo::Off))
    })?;
    if !off {
        os.report(Report::NotShutDown { cpu, answer });
    }
    Ok(if off { State::Offline } else { State::Stuck })
}

fn await_return<O: Os + ?Sized>(
    os: &mut O,
    cpu: Cpu,
    ticket: &crate::mailbox::Ticket,
) -> Result<State, Fault> {
    let returned = ticket.hand_over(os)?;
    if !returned {
        os.report(Report::NotHandedOver(cpu));
    }
    Ok(if returned { State::Offline } else { State::Stuck })
}
