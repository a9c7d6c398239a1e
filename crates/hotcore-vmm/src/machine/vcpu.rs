//! The thread of a running vCPU: from CPU_ON (or power-on) until it parks.

use std::sync::Arc;
use std::time::Instant;
use std::{io, thread};

use hotcore_engine::{EngineError, Entry, Exit, Vcpu};
use hotcore_firmware::{Call, Reply};
use hotcore_vcpu::{VcpuEntry, VcpuIndex};

use super::lifecycle::{Request, ResetBy, Stop};
use super::shared::{NotStarted, Shared};

/// PSCI INTERNAL_FAILURE, sign-extended.
const INTERNAL_FAILURE: u64 = (-6i64).cast_unsigned();
/// PSCI DENIED, sign-extended.
const DENIED: u64 = (-3i64).cast_unsigned();
/// PSCI SUCCESS.
const SUCCESS: u64 = 0;

/// Why a vCPU ceased to execute.
enum End {
    /// The machine is paused.
    Paused,
    /// The machine is stopping.
    Stopping,
    /// CPU_OFF, or back to its mailbox.
    Off,
    /// The guest wants something of the whole machine.
    Asks(Request),
}

/// Starts the thread of a parked vCPU. On an error the vCPU stays parked.
pub(super) fn spawn(shared: &Arc<Shared>, cpu: VcpuIndex, entry: VcpuEntry) -> io::Result<()> {
    let begin = Instant::now();
    let owned = Arc::clone(shared);
    shared.lifecycle.thread_begins();
    let spawned = thread::Builder::new()
        .name(format!("vcpu{cpu}"))
        .spawn(move || run_and_park(&owned, cpu, entry, begin));
    if spawned.is_err() {
        shared.lifecycle.thread_ends();
    }
    spawned.map(drop)
}

fn run_and_park(shared: &Arc<Shared>, cpu: VcpuIndex, entry: VcpuEntry, begin: Instant) {
    let counters = &shared.slots[cpu.to_usize()].counters;
    counters.begin();
    shared.gate.enter(cpu);
    let mut end = with_vcpu(shared, cpu, |vcpu| start(shared, vcpu, entry, begin));
    while matches!(end, End::Paused) {
        shared.gate.wait(cpu, || shared.lifecycle.is_stopping());
        end = with_vcpu(shared, cpu, |vcpu| run(shared, vcpu));
    }
    shared.gate.leave(cpu);
    counters.end();
    match end {
        End::Stopping | End::Paused => {}
        End::Off => {
            shared.powered_off(cpu);
            shared.with_hotplug(|hotplug, now| hotplug.cpu_off(cpu, now));
            shared.left.notify_all();
            make_ready(shared, cpu);
        }
        End::Asks(request) => shared.lifecycle.request(request),
    }
    shared.lifecycle.thread_ends();
}

/// Takes a vCPU from its slot for as long as it executes.
fn with_vcpu(
    shared: &Shared,
    cpu: VcpuIndex,
    execute: impl FnOnce(&mut dyn Vcpu) -> Result<End, EngineError>,
) -> End {
    let slot = &shared.slots[cpu.to_usize()];
    // CPU_OFF is told to the ledger after parking, and CPU_ON starts only what is off: the vCPU
    // is here.
    let Some(mut vcpu) = slot.parked.lock().take() else {
        let reason = format!("vCPU {cpu} is to execute, but it does already");
        return End::Asks(Request::Stop(Stop::Failed { reason }));
    };
    let end = execute(vcpu.as_mut()).unwrap_or_else(|error| failed(&error));
    if let Some(completed) = vcpu.instructions() {
        tracing::debug!("vCPU {cpu} stops after {completed} instructions");
    }
    slot.parked.lock().replace(vcpu);
    end
}

/// Resets a vCPU that has just been parked. The guest goes on already; the next CPU_ON would have to
/// wait for this otherwise.
fn make_ready(shared: &Arc<Shared>, cpu: VcpuIndex) {
    let mut parked = shared.slots[cpu.to_usize()].parked.lock();
    if shared.gate.vcpus().contains(&cpu) {
        // It was powered on again meanwhile, and waits at the gate.
        return;
    }
    if let Some(Err(error)) = parked.as_mut().map(|vcpu| vcpu.reset()) {
        let reason = error.to_string();
        shared.lifecycle.request(Request::Stop(Stop::Failed { reason }));
    }
}

fn failed(error: &EngineError) -> End {
    End::Asks(Request::Stop(Stop::Failed { reason: error.to_string() }))
}

fn start(
    shared: &Arc<Shared>,
    vcpu: &mut dyn Vcpu,
    entry: VcpuEntry,
    begin: Instant,
) -> Result<End, EngineError> {
    let VcpuEntry { pc, context, big_endian } = entry;
    vcpu.start_at(Entry { pc, context, big_endian })?;
    shared.add_work(begin);
    let cpu = vcpu.index();
    shared.with_ledger(|ledger, now| ledger.vcpu_started(cpu, now));
    let _ = shared.first_run.set(shared.now());
    if shared.gate.is_closed() { Ok(End::Paused) } else { run(shared, vcpu) }
}

fn run(shared: &Arc<Shared>, vcpu: &mut dyn Vcpu) -> Result<End, EngineError> {
    let cpu = vcpu.index();
    let counters = &shared.slots[cpu.to_usize()].counters;
    while !shared.lifecycle.is_stopping() {
        let exit = vcpu.run()?;
        counters.count(&exit);
        let call = match exit {
            Exit::MmioRead { address, data } => {
                shared.mmio_read(address, data);
                shared.trace_access(cpu, address, data, false);
                continue;
            }
            Exit::MmioWrite { address, data } => {
                shared.trace_access(cpu, address, data, true);
                shared.mmio_write(address, data);
                continue;
            }
            Exit::Hypercall { function, args } => (function, args),
            Exit::Interrupted if shared.gate.is_closed() => return Ok(End::Paused),
            Exit::Halted(halt) if shared.halted(cpu, halt) => return Ok(End::Paused),
            Exit::Interrupted | Exit::Halted(_) => continue,
            Exit::Crashed { reason } => return crashed(vcpu, &reason),
        };
        if let Some(end) = hypercall(shared, vcpu, call)? {
            return Ok(end);
        }
    }
    Ok(End::Stopping)
}

fn crashed(vcpu: &dyn Vcpu, reason: &str) -> Result<End, EngineError> {
    let reason = format!("vCPU {} at {:#x}: {reason}", vcpu.index(), vcpu.pc()?);
    Ok(End::Asks(Request::Stop(Stop::Crashed { reason })))
}

fn hypercall(
    shared: &Arc<Shared>,
    vcpu: &mut dyn Vcpu,
    (function, args): (u32, [u64; 3]),
) -> Result<Option<End>, EngineError> {
    let mut call = Call { function, args, big_endian: false };
    if let Some(other) = call.asks_state_of().filter(|&other| other != vcpu.index()) {
        shared.let_leave(other);
    }
    let begin = Instant::now();
    // Only a CPU that is brought up inherits it, and asking costs a system call.
    if call.is_cpu_on() {
        call.big_endian = vcpu.is_big_endian()?;
    }
    let reply = answer(shared, vcpu.index(), &call, begin);
    shared.trace_call(vcpu.index(), &call, &reply);
    match reply {
        Reply::Return(x0) => vcpu.set_hypercall_result(x0)?,
        Reply::Standby => {
            vcpu.set_hypercall_result(SUCCESS)?;
            vcpu.standby()?;
        }
        Reply::CpuOff => return Ok(Some(End::Off)),
        Reply::SystemOff => return Ok(Some(End::Asks(Request::Stop(Stop::PoweredOff)))),
        Reply::SystemReset => return Ok(Some(End::Asks(Request::Reset(ResetBy::Guest)))),
    }
    Ok(None)
}

/// A CPU that was allowed to run but has no thread after all is an internal failure.
///
/// The call is work on hotplug until it is decided; starting a vCPU is counted by [`spawn`].
fn answer(shared: &Arc<Shared>, cpu: VcpuIndex, call: &Call, begin: Instant) -> Reply {
    let mut hotplug = shared.hotplug.lock();
    if hotplug.deny_cpu_on && call.is_cpu_on() {
        return Reply::Return(DENIED);
    }
    let reply = hotplug.call(cpu, call, shared.now());
    shared.add_work(begin);
    match shared.carry_out(hotplug) {
        Ok(()) => reply,
        Err(NotStarted) => Reply::Return(INTERNAL_FAILURE),
    }
}
