//! A PE that always stops: whoever asks for its interrupt line often enough kicks it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hotcore_a64::{
    Cluster, Core, CoreState, DeviceAccess, Doorbell, Exit, StateError, Surroundings, Timer, system,
};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

pub(crate) const RAM: u64 = 0x4000_0000;
pub(crate) const SIZE: usize = 64 << 12;

/// Times that the interrupt line is asked for before the PE is kicked.
const LOOKS: u32 = 3;

/// Bytes to be taken; zeroes behind their end.
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl Input<'_> {
    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn number(&mut self, bytes: usize) -> u64 {
        let (taken, rest) = self.0.split_at(bytes.min(self.0.len()));
        self.0 = rest;
        taken.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
    }
}

/// One PE and its RAM.
pub(crate) struct Machine {
    pub(crate) core: Core,
    cluster: Arc<Cluster>,
    memory: GuestMemoryMmap<()>,
    looks: Arc<AtomicU32>,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), SIZE)]).unwrap();
        let cluster = Cluster::new(&memory, 1);
        let looks = Arc::new(AtomicU32::new(0));
        let bell = cluster.doorbell(0).unwrap();
        let lines = Lines { bell: Arc::clone(&bell), looks: Arc::clone(&looks) };
        let core = Core::new(0, 0, Arc::clone(&cluster), Box::new(lines));
        bell.interrupt();
        Self { core, cluster, memory, looks }
    }

    pub(crate) fn write(&self, at: u64, value: u64, bytes: usize) {
        let bytes = &value.to_le_bytes()[..bytes];
        self.memory.write_slice(bytes, GuestAddress(at)).unwrap();
    }

    /// Loads `state` but for values that registers cannot have.
    pub(crate) fn load(&mut self, mut state: CoreState) {
        let reset = self.core.save().unwrap();
        loop {
            let Err(StateError::Value { register, .. }) = self.core.load(&state) else { return };
            let same = |(encoding, _): &&mut (u16, u64)| system::name(*encoding) == Some(register);
            if let Some((encoding, value)) = state.system.iter_mut().find(same) {
                let is_it = |(other, _): &&(u16, u64)| other == encoding;
                *value = reset.system.iter().find(is_it).unwrap().1;
            } else {
                (state.pstate, state.fpcr, state.fpsr) = (reset.pstate, reset.fpcr, reset.fpsr);
            }
        }
    }

    /// Executes some instructions one by one, then some by blocks.
    pub(crate) fn execute(&mut self, steps: usize, runs: usize) {
        for _ in 0..steps {
            let exit = self.core.step();
            self.answer(exit);
        }
        self.cluster.forget_code();
        for _ in 0..runs {
            self.looks.store(0, Ordering::Relaxed);
            let exit = self.core.run();
            self.answer(Some(exit));
        }
    }

    fn answer(&mut self, exit: Option<Exit>) {
        let Some(Exit::Device(access)) = exit else { return };
        let DeviceAccess { physical, size, .. } = access;
        assert!(matches!(size, 1 | 2 | 4 | 8), "{access:?}");
        assert!(physical + u64::from(size) <= 1 << 40, "{access:?}");
        assert!(physical + u64::from(size) <= RAM || physical >= RAM + SIZE as u64, "{access:?}");
        if physical & 64 == 0 {
            self.core.answer(access.address);
        } else {
            self.core.refuse(&access);
        }
    }

    /// A twin can take over whatever state was reached.
    pub(crate) fn hand_over(&mut self) {
        let Ok(state) = self.core.save() else { return };
        let mut twin = Self::new();
        twin.core.load(&state).unwrap();
        assert_eq!(twin.core.save().unwrap(), state);
    }
}

/// The IRQ line is always asserted, the counter stands.
struct Lines {
    bell: Arc<Doorbell>,
    looks: Arc<AtomicU32>,
}

impl Surroundings for Lines {
    fn counter(&self) -> u64 {
        1 << 40
    }
    fn read(&mut self, register: u16) -> Option<u64> {
        Some(register.into())
    }
    fn write(&mut self, _: u16, _: u64) -> Option<()> {
        None
    }
    fn set_timer(&mut self, _: Timer, _: bool) {}
    fn irq(&self) -> bool {
        if self.looks.fetch_add(1, Ordering::Relaxed) >= LOOKS {
            self.bell.kick();
        }
        true
    }
    fn fiq(&self) -> bool {
        false
    }
}
