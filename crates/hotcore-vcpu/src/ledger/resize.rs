//! The host's door for a count: have N CPUs enabled.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::{Ledger, OperationId, OperationKind, Patience};
use crate::VcpuIndex;

/// Why a machine cannot be resized as asked. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResizeError {
    /// Less than 1 or more than the possible CPUs.
    OutOfRange {
        /// As asked.
        desired: u32,
        /// How many are possible.
        possible: u16,
    },
    /// CPUs that are fixed cannot be removed.
    TooFewRemovable {
        /// As asked.
        desired: u32,
        /// The least there can be.
        least: u16,
    },
    /// The guest is ejecting CPUs that are wanted again; ask again when it is done.
    Ejecting {
        /// One of them.
        cpu: VcpuIndex,
    },
}

impl fmt::Display for ResizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { desired, possible } => {
                write!(f, "{desired} CPUs asked; this machine can have 1 to {possible}")
            }
            Self::TooFewRemovable { desired, least } => write!(
                f,
                "{desired} CPUs asked; {least} are fixed since boot, start with --cpus removable=yes to go lower"
            ),
            Self::Ejecting { cpu } => write!(
                f,
                "Too Many Requests: the guest is ejecting CPU {cpu}; ask again when it is done"
            ),
        }
    }
}

impl core::error::Error for ResizeError {}

/// What the host has said of a CPU so far: will it be enabled when all operations have ended?
fn is_wanted(enabled: bool, operation: Option<OperationKind>) -> bool {
    match operation {
        Some(OperationKind::Plug) => true,
        Some(OperationKind::Unplug) => false,
        None => enabled,
    }
}

impl Ledger {
    /// How many CPUs will be enabled if everything under way succeeds.
    pub fn wanted(&self) -> u16 {
        self.cpus().filter(|(_, c)| is_wanted(c.enabled, c.operation.map(|o| o.kind))).count()
            as u16
    }

    /// Plugs or unplugs CPUs until `desired` are enabled: adds from the lowest index, removes from
    /// the highest. Asking for what is already so, or already under way, does nothing.
    ///
    /// Requests under way in the other direction are turned around where the guest cannot have
    /// noticed them. Returns the operations that were begun.
    pub fn resize(
        &mut self,
        desired: u32,
        patience: Patience,
        now: Duration,
    ) -> Result<Vec<OperationId>, ResizeError> {
        let possible = self.possible();
        let count = u16::try_from(desired).ok().filter(|&n| n >= 1 && n <= possible);
        let count = count.ok_or(ResizeError::OutOfRange { desired, possible })?;
        let wanted = self.wanted();
        if count >= wanted {
            self.grow(usize::from(count - wanted), patience, now)
        } else {
            self.shrink(usize::from(wanted - count), desired, patience, now)
        }
    }

    fn grow(
        &mut self,
        missing: usize,
        patience: Patience,
        now: Duration,
    ) -> Result<Vec<OperationId>, ResizeError> {
        let mut turn = Vec::new();
        let mut add = Vec::new();
        let mut ejecting = None;
        for index in VcpuIndex::first(self.possible()) {
            let Some(cpu) = self.get(index) else { continue };
            match cpu.operation.map(|operation| operation.kind) {
                Some(OperationKind::Unplug) if cpu.remove_seen => ejecting = Some(index),
                Some(OperationKind::Unplug) => turn.push(index),
                None if !cpu.enabled => add.push(index),
                _ => {}
            }
        }
        // Withdrawing a removal is quicker than adding, so those come first.
        let chosen: Vec<_> = turn.into_iter().chain(add).take(missing).collect();
        if let (true, Some(cpu)) = (chosen.len() < missing, ejecting) {
            return Err(ResizeError::Ejecting { cpu });
        }
        Ok(chosen.into_iter().filter_map(|cpu| self.plug(cpu, patience, now).ok()).collect())
    }

    fn shrink(
        &mut self,
        surplus: usize,
        desired: u32,
        patience: Patience,
        now: Duration,
    ) -> Result<Vec<OperationId>, ResizeError> {
        let removable = VcpuIndex::first(self.possible()).rev().filter(|&index| {
            self.get(index).is_some_and(|cpu| {
                cpu.removable && is_wanted(cpu.enabled, cpu.operation.map(|o| o.kind))
            })
        });
        let chosen: Vec<_> = removable.take(surplus).collect();
        if chosen.len() < surplus {
            let least = self.wanted() - chosen.len() as u16;
            return Err(ResizeError::TooFewRemovable { desired, least });
        }
        Ok(chosen.into_iter().filter_map(|cpu| self.unplug(cpu, patience, now).ok()).collect())
    }
}
