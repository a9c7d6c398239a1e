//! Accesses outside RAM: an instruction that makes one is given up, and repeated with the answer.
//!
//! An instruction may make several (LDP, LD4). Each time it is repeated, the accesses that were
//! answered before are answered from here, and the next one goes out. So no instruction needs to
//! know that memory can be slow, and none has an effect before all its accesses succeeded.

/// One access outside RAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceAccess {
    /// Guest physical address.
    pub physical: u64,
    /// Virtual address, for the abort if nothing answers.
    pub address: u64,
    /// 1, 2, 4 or 8 bytes.
    pub size: u8,
    /// What is stored; a load if `None`.
    pub store: Option<u64>,
}

/// Most accesses of one instruction: LD4 of bytes makes 64.
const MOST: usize = 64;

/// The accesses that were answered, in order.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    answers: Vec<u64>,
    next: usize,
}

impl Replay {
    /// Whether an instruction is to be repeated.
    #[inline(always)]
    pub(crate) fn is_pending(&self) -> bool {
        !self.answers.is_empty()
    }

    /// The answer to the next access, if there is one already.
    pub(crate) fn take(&mut self) -> Option<u64> {
        let answer = self.answers.get(self.next).copied()?;
        self.next += 1;
        Some(answer)
    }

    /// The outside answered the access that was last given up.
    pub(crate) fn answer(&mut self, value: u64) {
        if self.answers.len() < MOST {
            self.answers.push(value);
        }
    }

    /// The instruction begins anew.
    pub(crate) fn rewind(&mut self) {
        self.next = 0;
    }

    /// The instruction is over.
    pub(crate) fn clear(&mut self) {
        self.answers.clear();
        self.next = 0;
    }
}
