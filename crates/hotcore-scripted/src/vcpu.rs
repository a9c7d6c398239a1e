//! The vCPU: polls its program until that wants something of the machine.

use std::sync::Arc;
use std::task::{Context, Waker};

use hotcore_engine::{EngineError, Entry, Exit, Kick, Vcpu};
use hotcore_vcpu::{Mpidr, VcpuIndex};
use parking_lot::Mutex;

use crate::board::{Board, Woken};
use crate::cpu::{Cpu, Mailbox, Request};
use crate::{Program, Run};

pub(crate) struct ScriptedVcpu {
    index: VcpuIndex,
    board: Arc<Board>,
    program: Program,
    /// `None` while powered off, and when the program has returned.
    running: Option<Run>,
    mailbox: Arc<Mutex<Mailbox>>,
    /// What the machine is about to answer, if the program has asked.
    asked: Option<Request>,
    /// Data of a load or a store.
    data: [u8; 8],
    x0: u64,
    pc: u64,
}

struct ScriptedKick {
    board: Arc<Board>,
    index: VcpuIndex,
}

impl Kick for ScriptedKick {
    fn kick(&self) {
        self.board.kick(self.index);
    }
}

impl ScriptedVcpu {
    pub(crate) fn new(index: VcpuIndex, board: Arc<Board>, program: Program) -> Self {
        Self {
            index,
            board,
            program,
            running: None,
            mailbox: Arc::default(),
            asked: None,
            data: [0; 8],
            x0: 0,
            pc: 0,
        }
    }

    /// Hands the machine's answer to the program, and lets that go on to its next request.
    fn advance(&mut self) {
        let response = match self.asked {
            Some(Request::Read { .. }) => u64::from_le_bytes(self.data),
            Some(Request::Hypercall { .. }) => self.x0,
            Some(Request::Write { .. } | Request::Wait) | None => 0,
        };
        *self.mailbox.lock() =
            Mailbox { request: None, response: self.asked.take().map(|_| response) };
        let Some(running) = &mut self.running else { return };
        if running.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            self.running = None;
        }
        self.asked = self.mailbox.lock().request;
    }

    /// Runs the program up to a request that the machine has to answer; `false` after a kick.
    fn run_to_exit(&mut self) -> bool {
        if self.board.take_kick(self.index) {
            return false;
        }
        loop {
            // A wait that was kicked goes on afterwards, as WFI may.
            self.advance();
            if !matches!(self.asked, None | Some(Request::Wait)) {
                return true;
            }
            if self.board.wait(self.index) == Woken::Kicked {
                return false;
            }
        }
    }
}

impl Vcpu for ScriptedVcpu {
    fn index(&self) -> VcpuIndex {
        self.index
    }

    fn mpidr(&self) -> Result<Mpidr, EngineError> {
        Ok(Mpidr::of(self.index))
    }

    fn kicker(&self) -> Arc<dyn Kick> {
        Arc::new(ScriptedKick { board: Arc::clone(&self.board), index: self.index })
    }

    fn reset(&mut self) -> Result<(), EngineError> {
        self.running = None;
        self.asked = None;
        self.x0 = 0;
        Ok(())
    }

    fn start_at(&mut self, entry: Entry) -> Result<(), EngineError> {
        self.reset()?;
        self.pc = entry.pc;
        let cpu = Cpu::new(self.index, Arc::clone(&self.board), Arc::clone(&self.mailbox));
        self.running = Some((self.program)(cpu, entry));
        Ok(())
    }

    fn run(&mut self) -> Result<Exit<'_>, EngineError> {
        if !self.run_to_exit() {
            return Ok(Exit::Interrupted);
        }
        match self.asked {
            Some(Request::Read { address, size }) => {
                self.data = [0; 8];
                Ok(Exit::MmioRead { address, data: &mut self.data[..size] })
            }
            Some(Request::Write { address, size, value }) => {
                self.data = value.to_le_bytes();
                Ok(Exit::MmioWrite { address, data: &self.data[..size] })
            }
            Some(Request::Hypercall { function, args }) => Ok(Exit::Hypercall { function, args }),
            Some(Request::Wait) | None => Ok(Exit::Interrupted),
        }
    }

    fn set_hypercall_result(&mut self, x0: u64) -> Result<(), EngineError> {
        self.x0 = x0;
        Ok(())
    }

    fn standby(&mut self) -> Result<(), EngineError> {
        Ok(())
    }

    fn is_big_endian(&self) -> Result<bool, EngineError> {
        Ok(false)
    }

    fn pc(&self) -> Result<u64, EngineError> {
        Ok(self.pc)
    }
}
