//! Where vCPU threads wait while the machine is paused.
//!
//! A thread comes here before its vCPU's first instruction, and whenever it finds the gate closed after
//! an interruption: whoever closes it kicks afterwards. No instruction is half executed then: a
//! device's answer is taken before an interruption is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hotcore_vcpu::VcpuIndex;
use parking_lot::{Condvar, Mutex};

/// Which vCPUs may execute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Passage {
    /// Every one.
    #[default]
    All,
    /// None but these.
    Only(BTreeSet<VcpuIndex>),
}

impl Passage {
    /// No vCPU may execute.
    pub const NONE: Self = Self::Only(BTreeSet::new());

    fn allows(&self, cpu: VcpuIndex) -> bool {
        match self {
            Self::All => true,
            Self::Only(cpus) => cpus.contains(&cpu),
        }
    }
}

/// Where the thread of a vCPU is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Away,
    AtTheGate,
}

#[derive(Default)]
struct State {
    /// What a debugger allows.
    passage: Passage,
    /// Whether a client has paused the machine.
    held: bool,
    /// The vCPUs that are powered on.
    threads: BTreeMap<VcpuIndex, Place>,
}

impl State {
    fn allows(&self, cpu: VcpuIndex) -> bool {
        !self.held && self.passage.allows(cpu)
    }
}

/// See the [module](self).
#[derive(Default)]
pub(super) struct Gate {
    /// Whether any vCPU may not pass.
    closed: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
}

impl Gate {
    /// Whether a thread that was interrupted has to come here.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Lets these vCPUs pass, unless all are held. Others that execute have to be kicked afterwards.
    pub(super) fn set(&self, passage: Passage) {
        self.change(|state| state.passage = passage);
    }

    /// Holds every vCPU back, or no more. Those that execute have to be kicked afterwards.
    pub(super) fn hold(&self, held: bool) {
        self.change(|state| state.held = held);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock();
        change(&mut state);
        self.closed.store(state.held || state.passage != Passage::All, Ordering::Release);
        self.changed.notify_all();
    }

    /// A thread begins that will run `cpu`.
    pub(super) fn enter(&self, cpu: VcpuIndex) {
        self.state.lock().threads.insert(cpu, Place::Away);
        self.changed.notify_all();
    }

    /// The thread of `cpu` ends.
    pub(super) fn leave(&self, cpu: VcpuIndex) {
        self.state.lock().threads.remove(&cpu);
        self.changed.notify_all();
    }

    /// Waits until `cpu` may pass, or until `give_up` says so: it is asked again after every
    /// [`Gate::look_again`].
    pub(super) fn wait(&self, cpu: VcpuIndex, give_up: impl Fn() -> bool) {
        let mut state = self.state.lock();
        state.threads.insert(cpu, Place::AtTheGate);
        self.changed.notify_all();
        while !state.allows(cpu) && !give_up() {
            self.changed.wait(&mut state);
        }
        state.threads.insert(cpu, Place::Away);
    }

    /// Has those who wait look again at what they wait for.
    pub(super) fn look_again(&self) {
        // The lock: nobody is between looking and waiting now.
        drop(self.state.lock());
        self.changed.notify_all();
    }

    /// Whether `cpu` waits here, and has not been let go.
    pub(super) fn holds(&self, cpu: VcpuIndex) -> bool {
        let state = self.state.lock();
        state.threads.get(&cpu) == Some(&Place::AtTheGate) && !state.allows(cpu)
    }

    /// The vCPUs that are powered on.
    pub(super) fn vcpus(&self) -> Vec<VcpuIndex> {
        self.state.lock().threads.keys().copied().collect()
    }

    /// Waits until some vCPU is powered on, or until `give_up` says so; tells whether one is.
    pub(super) fn wait_for_any(&self, patience: Duration, give_up: impl Fn() -> bool) -> bool {
        let until = Instant::now() + patience;
        let mut state = self.state.lock();
        while state.threads.is_empty() && !give_up() {
            if self.changed.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        !state.threads.is_empty()
    }

    /// Waits until every vCPU that is powered on waits here, if it may not pass; tells whether that
    /// came within `patience`.
    pub(super) fn wait_for_all(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let mut state = self.state.lock();
        loop {
            let away =
                |(cpu, place): (&VcpuIndex, &Place)| *place == Place::Away && !state.allows(*cpu);
            if !state.threads.iter().any(away) {
                return true;
            }
            if self.changed.wait_until(&mut state, until).timed_out() {
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    fn cpu(index: u16) -> VcpuIndex {
        VcpuIndex::new(index).unwrap()
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn an_open_gate_stops_nobody() {
        let gate = Gate::default();
        gate.enter(cpu(3));
        gate.wait(cpu(3), || unreachable!("it may pass"));
        assert!(!gate.is_closed());
        assert_eq!(gate.vcpus(), [cpu(3)]);
        gate.leave(cpu(3));
        assert_eq!(gate.vcpus(), []);
    }

    #[test]
    fn a_closed_gate_lets_only_those_pass_that_may() {
        let gate = Arc::new(Gate::default());
        gate.set(Passage::NONE);
        let threads = [0, 1].map(|index| {
            gate.enter(cpu(index));
            let gate = Arc::clone(&gate);
            thread::spawn(move || {
                gate.wait(cpu(index), || false);
                gate.leave(cpu(index));
            })
        });
        let [first, second] = threads;
        assert!(gate.wait_for_all(LONG));
        gate.set(Passage::Only([cpu(1)].into()));
        second.join().unwrap();
        assert!(gate.is_closed() && gate.wait_for_all(LONG));
        assert_eq!(gate.vcpus(), [cpu(0)]);
        gate.set(Passage::All);
        first.join().unwrap();
        assert!(!gate.is_closed());
    }

    #[test]
    fn a_pause_and_a_debugger_do_not_undo_each_other() {
        let gate = Gate::default();
        gate.hold(true);
        gate.set(Passage::NONE);
        gate.hold(false);
        assert!(gate.is_closed());
        gate.hold(true);
        gate.set(Passage::All);
        assert!(gate.is_closed());
        gate.hold(false);
        assert!(!gate.is_closed());
    }

    #[test]
    fn whoever_gives_up_need_not_wait_for_the_gate() {
        let gate = Arc::new(Gate::default());
        let stopping = Arc::new(AtomicBool::new(false));
        gate.set(Passage::NONE);
        gate.enter(cpu(0));
        let (at, seen) = (Arc::clone(&gate), Arc::clone(&stopping));
        let thread = thread::spawn(move || at.wait(cpu(0), || seen.load(Ordering::Acquire)));
        assert!(gate.wait_for_all(LONG));
        stopping.store(true, Ordering::Release);
        gate.look_again();
        thread.join().unwrap();
    }

    #[test]
    fn a_vcpu_is_waited_for_unless_none_will_come() {
        let gate = Gate::default();
        assert!(!gate.wait_for_any(LONG, || true));
        assert!(!gate.wait_for_any(Duration::ZERO, || false));
        gate.enter(cpu(0));
        assert!(gate.wait_for_any(LONG, || false));
    }

    #[test]
    fn a_thread_that_does_not_come_is_told() {
        let gate = Gate::default();
        gate.set(Passage::NONE);
        assert!(gate.wait_for_all(Duration::ZERO));
        gate.enter(cpu(2));
        assert!(!gate.wait_for_all(Duration::ZERO));
    }
}
