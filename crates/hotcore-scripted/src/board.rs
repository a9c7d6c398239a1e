//! What the CPUs share: interrupts, and kicks from outside.

use std::collections::BTreeSet;

use hotcore_engine::{EngineError, Vm};
use hotcore_vcpu::VcpuIndex;
use parking_lot::{Condvar, Mutex};

/// The interrupts of a machine. Shared ones all go to CPU 0.
pub(crate) struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Shared interrupts with a rising edge that the program has not taken.
    pending: BTreeSet<u32>,
    cpus: Vec<Signals>,
}

#[derive(Clone, Copy, Default)]
struct Signals {
    kicked: bool,
    woken: bool,
}

/// What a wait came back for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    Kicked,
    Interrupted,
}

impl Board {
    pub(crate) fn new(cpus: u16) -> Self {
        let state = State { pending: BTreeSet::new(), cpus: vec![Signals::default(); cpus.into()] };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(crate) fn cpus(&self) -> u16 {
        self.state.lock().cpus.len() as u16
    }

    pub(crate) fn kick(&self, cpu: VcpuIndex) {
        self.state.lock().cpus[cpu.to_usize()].kicked = true;
        self.changed.notify_all();
    }

    pub(crate) fn take_kick(&self, cpu: VcpuIndex) -> bool {
        std::mem::take(&mut self.state.lock().cpus[cpu.to_usize()].kicked)
    }

    /// Ends the next wait of a CPU.
    pub(crate) fn wake(&self, cpu: VcpuIndex) {
        self.state.lock().cpus[cpu.to_usize()].woken = true;
        self.changed.notify_all();
    }

    /// Waits as WFI does. An interrupt that came before ends it at once.
    pub(crate) fn wait(&self, cpu: VcpuIndex) -> Woken {
        let mut state = self.state.lock();
        loop {
            let signals = &mut state.cpus[cpu.to_usize()];
            if std::mem::take(&mut signals.kicked) {
                return Woken::Kicked;
            }
            if std::mem::take(&mut signals.woken) {
                return Woken::Interrupted;
            }
            self.changed.wait(&mut state);
        }
    }

    pub(crate) fn take_interrupt(&self, intid: u32) -> bool {
        self.state.lock().pending.remove(&intid)
    }
}

impl Vm for Board {
    fn set_spi(&self, intid: u32, high: bool) -> Result<(), EngineError> {
        if high {
            self.state.lock().pending.insert(intid);
            self.wake(VcpuIndex::BOOT);
        }
        Ok(())
    }

    fn has_pmu(&self) -> bool {
        false
    }

    fn reset_interrupt_controller(&self) -> Result<(), EngineError> {
        let mut state = self.state.lock();
        state.pending.clear();
        state.cpus.fill(Signals::default());
        Ok(())
    }

    fn redistributor_register(&self, _cpu: VcpuIndex, _offset: u32) -> Result<u32, EngineError> {
        Ok(0)
    }
}
