//! One mailbox page: what its words hold, and what the OS's stores to them ask for.

use alloc::boxed::Box;

use hotcore_vcpu::VcpuIndex;

use super::{Mailboxes, Protocol};

/// "PKP2".
const MAGIC: u32 = u32::from_le_bytes(*b"PKP2");
/// `cpu_id` of a CPU that is parked.
const NOBODY: u32 = 0xffff_ffff;
/// End of the words; the OS's memory follows.
const WORDS_END: usize = 0x40;
/// End of the OS's memory; the firmware's half follows.
const OS_END: usize = 0x800;

/// Commands of the OS.
mod command {
    pub(super) const NONE: u32 = 0;
    pub(super) const WAKE_UP: u32 = 1;
    pub(super) const TEST: u32 = 2;
}

/// Values of `status`.
mod status {
    pub(super) const SUCCESS: u32 = 0;
    pub(super) const INVALID: u32 = 1;
    pub(super) const DENIED: u32 = 2;
}

/// Offsets of the words.
mod word {
    pub(super) const CPU_ID: usize = 0x00;
    pub(super) const JUMP: usize = 0x08;
    pub(super) const JUMP_HIGH: usize = 0x0c;
    pub(super) const MAGIC: usize = 0x10;
    pub(super) const COMMAND: usize = 0x18;
    pub(super) const RETURN: usize = 0x20;
    pub(super) const GENERATION: usize = 0x28;
    pub(super) const OWNER: usize = 0x30;
}

/// Where the CPU of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum State {
    InOs = 0,
    Parked = 1,
}

/// What a page asks of the firmware, if its CPU is parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// Start the CPU.
    Start {
        /// Where.
        pc: u64,
    },
    /// Answer the command with this.
    Acknowledge {
        /// A value of the word `status`.
        status: u32,
    },
}

/// What never changes in a page.
pub(super) struct Constants {
    pub(super) return_entry: u64,
    pub(super) owner: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Page {
    cpu_id: u32,
    jump: u64,
    state: State,
    command: u32,
    status: u32,
    generation: u64,
    /// The OS's memory, once there is something in it.
    memory: Option<Box<[u8; OS_END - WORDS_END]>>,
}

impl Page {
    pub(super) fn at_reset(cpu: VcpuIndex) -> Self {
        let (state, cpu_id) = if cpu.is_boot() {
            (State::InOs, Mailboxes::number(cpu))
        } else {
            (State::Parked, NOBODY)
        };
        Self {
            cpu_id,
            jump: 0,
            state,
            command: command::NONE,
            status: status::SUCCESS,
            generation: 0,
            memory: None,
        }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    /// The byte at an offset below the size of a page.
    pub(super) fn byte(&self, offset: usize, constants: &Constants) -> u8 {
        match offset {
            0..WORDS_END => self.word64(offset & !7, constants).to_le_bytes()[offset % 8],
            WORDS_END..OS_END => {
                self.memory.as_ref().map_or(0, |memory| memory[offset - WORDS_END])
            }
            _ => 0,
        }
    }

    /// The words at an offset that is a multiple of 8.
    fn word64(&self, offset: usize, constants: &Constants) -> u64 {
        let pair = |low: u32, high: u32| u64::from(high) << 32 | u64::from(low);
        match offset {
            word::CPU_ID => self.cpu_id.into(),
            word::JUMP => self.jump,
            word::MAGIC => pair(MAGIC, self.state as u32),
            word::COMMAND => pair(self.command, self.status),
            word::RETURN => constants.return_entry,
            word::GENERATION => self.generation,
            word::OWNER => constants.owner,
            _ => 0,
        }
    }

    /// Takes a store of the OS that begins in this page; tells what the OS wants by it. `number` is that
    /// of the page's CPU.
    pub(super) fn store(
        &mut self,
        offset: usize,
        data: &[u8],
        protocol: Protocol,
        number: u32,
    ) -> Option<Wish> {
        let whole = matches!(data.len(), 4 | 8) && offset.is_multiple_of(data.len());
        if !(whole && offset < WORDS_END) {
            for (at, &byte) in (offset..).zip(data) {
                self.store_byte(at, byte);
            }
            return None;
        }
        for (at, bytes) in (offset..).step_by(4).zip(data.chunks_exact(4)) {
            let value = bytes.iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte));
            self.store_word(at, value);
        }
        let wakes = match protocol {
            Protocol::Parking => offset == word::CPU_ID && self.cpu_id == number,
            Protocol::SpinTable => offset == word::JUMP,
        };
        match offset {
            _ if wakes => self.wish_to_start(),
            word::COMMAND => self.wish_of_command(),
            _ => None,
        }
    }

    fn store_byte(&mut self, offset: usize, byte: u8) {
        if !(WORDS_END..OS_END).contains(&offset) || (byte == 0 && self.memory.is_none()) {
            return;
        }
        let memory = self.memory.get_or_insert_with(|| Box::new([0; OS_END - WORDS_END]));
        memory[offset - WORDS_END] = byte;
    }

    fn store_word(&mut self, offset: usize, value: u32) {
        let value64 = u64::from(value);
        match offset {
            word::CPU_ID => self.cpu_id = value,
            word::JUMP => self.jump = self.jump & !0xffff_ffff | value64,
            word::JUMP_HIGH => self.jump = self.jump & 0xffff_ffff | value64 << 32,
            word::COMMAND => self.command = value,
            _ => {}
        }
    }

    fn wish_to_start(&self) -> Option<Wish> {
        (self.jump != 0).then_some(Wish::Start { pc: self.jump })
    }

    fn wish_of_command(&self) -> Option<Wish> {
        let invalid = Wish::Acknowledge { status: status::INVALID };
        match self.command {
            command::NONE => None,
            command::WAKE_UP => self.wish_to_start().or(Some(invalid)),
            command::TEST => Some(Wish::Acknowledge { status: status::SUCCESS }),
            _ => Some(invalid),
        }
    }

    /// The CPU has come back. What the OS wrote while it was away is forgotten, but for a command, which
    /// is read now.
    pub(super) fn park(&mut self) -> Option<Wish> {
        self.state = State::Parked;
        self.generation = self.generation.wrapping_add(1);
        self.arm();
        self.wish_of_command()
    }

    /// The CPU, which has this number, goes to the OS.
    pub(super) fn leave(&mut self, number: u32) {
        self.state = State::InOs;
        self.cpu_id = number;
        self.jump = 0;
        self.acknowledge(status::SUCCESS);
    }

    /// The CPU stays parked although the OS has asked for it.
    pub(super) fn deny(&mut self) {
        self.state = State::Parked;
        self.arm();
        self.acknowledge(status::DENIED);
    }

    /// A command is answered.
    pub(super) fn acknowledge(&mut self, status: u32) {
        self.status = status;
        self.command = command::NONE;
    }

    fn arm(&mut self) {
        self.jump = 0;
        self.cpu_id = NOBODY;
    }
}
