//! A PE of which nothing is left but that it remembers one translation, and calls the protocol where
//! `Core` does.

use std::sync::Arc;
use std::time::Duration;

use vm_memory::{GuestAddress, GuestMemoryMmap};

use crate::cluster::{Cluster, Doorbell, TlbRequest};
use crate::sync::{AtomicBool, AtomicU32, Ordering};

/// No time passes.
pub(crate) const FOR_EVER: Duration = Duration::from_secs(1);

/// What the PEs share.
pub(crate) struct Machine {
    cluster: Arc<Cluster>,
    table: Arc<Table>,
}

/// The page that is mapped at the one address there is, and the pages that are somebody else's since
/// they were unmapped.
struct Table {
    mapped: AtomicU32,
    freed: [AtomicBool; 4],
}

impl Machine {
    pub(crate) fn new(cpus: usize) -> Self {
        let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(0), 0x1000)]).unwrap();
        let freed = std::array::from_fn(|_| AtomicBool::new(false));
        let table = Arc::new(Table { mapped: AtomicU32::new(0), freed });
        Self { cluster: Cluster::new(&memory, cpus), table }
    }

    pub(crate) fn pe(&self, index: usize) -> Pe {
        let (cluster, table) = (Arc::clone(&self.cluster), Arc::clone(&self.table));
        Pe { index, cluster, table, known: None }
    }
}

pub(crate) struct Pe {
    index: usize,
    cluster: Arc<Cluster>,
    table: Arc<Table>,
    /// The translation that its TLB holds.
    known: Option<u32>,
}

impl Pe {
    pub(crate) fn bell(&self) -> Arc<Doorbell> {
        self.cluster.doorbell(self.index).unwrap()
    }

    fn serve(&mut self) {
        let known = &mut self.known;
        self.cluster.serve(self.index, |_| *known = None);
    }

    /// As `Core::inside` begins.
    pub(crate) fn enter(&mut self) {
        self.cluster.enter(self.index);
        self.serve();
    }

    /// As it ends.
    pub(crate) fn leave(&mut self) {
        self.cluster.leave(self.index);
    }

    /// One turn of `Core::run`: it serves what is asked, then accesses memory.
    pub(crate) fn access(&mut self) {
        if self.bell().flags() & Doorbell::REQUEST != 0 {
            self.serve();
        }
        let mapped = || self.table.mapped.load(Ordering::SeqCst);
        let page = *self.known.get_or_insert_with(mapped);
        let freed = self.table.freed[page as usize].load(Ordering::SeqCst);
        assert!(!freed, "PE {} uses page {page}, which is somebody else's", self.index);
    }

    /// Maps another page; TLBI, DSB; the page that was mapped is free then.
    pub(crate) fn unmap(&mut self) {
        let before = self.table.mapped.fetch_add(1, Ordering::SeqCst);
        self.known = None;
        self.cluster.broadcast(self.index, TlbRequest::All);
        self.cluster.synchronise(self.index);
        self.serve();
        self.table.freed[before as usize].store(true, Ordering::SeqCst);
    }

    /// As `Cpu::wait_for_interrupt`.
    pub(crate) fn wait_for_interrupt(&mut self) {
        self.cluster.leave(self.index);
        let bell = self.bell();
        while bell.flags() & (Doorbell::IRQ | Doorbell::KICK) == 0 {
            bell.sleep(Doorbell::IRQ | Doorbell::FIQ | Doorbell::KICK, FOR_EVER);
        }
        self.enter();
    }
}
