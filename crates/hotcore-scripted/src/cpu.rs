//! A CPU as its program sees it.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use hotcore_vcpu::VcpuIndex;
use parking_lot::Mutex;

use crate::board::Board;

/// What a program wants of the machine.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Request {
    Read { address: u64, size: usize },
    Write { address: u64, size: usize, value: u64 },
    Hypercall { function: u32, args: [u64; 3] },
    Wait,
}

/// Between a program and the vCPU that executes it.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    pub(crate) request: Option<Request>,
    pub(crate) response: Option<u64>,
}

/// The CPU that a program runs on.
pub struct Cpu {
    index: VcpuIndex,
    board: Arc<Board>,
    mailbox: Arc<Mutex<Mailbox>>,
}

impl Cpu {
    pub(crate) fn new(index: VcpuIndex, board: Arc<Board>, mailbox: Arc<Mutex<Mailbox>>) -> Self {
        Self { index, board, mailbox }
    }

    /// Which CPU this is.
    pub fn index(&self) -> VcpuIndex {
        self.index
    }

    /// How many CPUs are possible.
    pub fn possible(&self) -> u16 {
        self.board.cpus()
    }

    /// Loads `size` bytes (1, 2, 4 or 8) from a device.
    pub async fn read(&self, address: u64, size: usize) -> u64 {
        self.ask(Request::Read { address, size }).await
    }

    /// Stores `size` bytes (1, 2, 4 or 8) to a device.
    pub async fn write(&self, address: u64, size: usize, value: u64) {
        self.ask(Request::Write { address, size, value }).await;
    }

    /// Calls the firmware: X0 after the call.
    pub async fn hypercall(&self, function: u32, args: [u64; 3]) -> u64 {
        self.ask(Request::Hypercall { function, args }).await
    }

    /// WFI: waits for an interrupt, which may have come already.
    pub async fn wait(&self) {
        self.ask(Request::Wait).await;
    }

    /// Whether a shared interrupt had a rising edge since this was last asked.
    pub fn take_interrupt(&self, intid: u32) -> bool {
        self.board.take_interrupt(intid)
    }

    /// Interrupts another CPU.
    pub fn interrupt(&self, other: VcpuIndex) {
        self.board.wake(other);
    }

    async fn ask(&self, request: Request) -> u64 {
        let mut asked = false;
        poll_fn(|_| {
            let mut mailbox = self.mailbox.lock();
            if !asked {
                asked = true;
                mailbox.request = Some(request);
                return Poll::Pending;
            }
            mailbox.response.take().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}
