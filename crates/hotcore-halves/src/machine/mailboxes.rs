//! The mailboxes: the OS's loads and stores, what mutants make of them, and what pages say.

use hotcore_firmware::{MAILBOX_SIZE, Protocol, RELEASE_ADDRESS};
use hotcore_ospm::Width;

use super::{Machine, index};
use crate::CPUS;
use crate::judge::Violation;
use crate::mutant::Mutant;
use crate::tables::{ENTRY, MAILBOXES};

/// Words of a page.
mod word {
    pub(super) const CPU_ID: u64 = 0x00;
    pub(super) const STATE: u64 = 0x14;
    pub(super) const COMMAND: u64 = 0x18;
    pub(super) const STATUS: u64 = 0x1c;
    pub(super) const GENERATION: u64 = 0x28;
}

const LISTENING: u64 = 0xffff_ffff;
const PARKED: u64 = 1;
const DENIED: u64 = 2;

impl Machine {
    /// Whether a mailbox says that its CPU is parked.
    pub(crate) fn says_parked(&self, cpu: usize) -> bool {
        self.word(cpu, word::STATE, Width::Word) == Some(PARKED)
    }

    /// Whether a mailbox is as the firmware has to leave it for the next start.
    pub(crate) fn is_armed(&self, cpu: usize) -> bool {
        self.word(cpu, RELEASE_ADDRESS, Width::Double) == Some(0)
            && self.word(cpu, word::CPU_ID, Width::Word) == Some(LISTENING)
    }

    fn word(&self, cpu: usize, word: u64, width: Width) -> Option<u64> {
        let mailboxes = self.mailboxes.as_ref()?;
        let mut data = [0; 8];
        let bytes = &mut data[..width.bytes() as usize];
        mailboxes.read(cpu as u64 * MAILBOX_SIZE + word, bytes);
        Some(u64::from_le_bytes(data))
    }

    /// Somebody stores what would start this CPU, as the OS would without mutants.
    pub(super) fn store_start(&mut self, cpu: usize) -> Result<(), Violation> {
        let page = MAILBOXES + cpu as u64 * MAILBOX_SIZE;
        self.write(page + RELEASE_ADDRESS, Width::Double, ENTRY, None)?;
        if self.protocol == Some(Protocol::Parking) {
            self.write(page + word::CPU_ID, Width::Word, cpu as u64, None)?;
        }
        Ok(())
    }

    /// Whether the firmware has refused the latest start, and listens for the next.
    pub(super) fn says_denied(&self, cpu: usize) -> bool {
        self.word(cpu, word::STATUS, Width::Word) == Some(DENIED) && self.is_armed(cpu)
    }

    /// Whether a store of the OS may start a CPU.
    pub(super) fn is_start(&self, address: u64) -> bool {
        let word = match self.protocol {
            None => return false,
            Some(Protocol::Parking) => word::CPU_ID,
            Some(Protocol::SpinTable) => RELEASE_ADDRESS,
        };
        address >= MAILBOXES && address % MAILBOX_SIZE == word
    }

    pub(super) fn read_mailbox(
        &mut self,
        offset: u64,
        width: Width,
        mutant: Option<Mutant>,
    ) -> Result<u64, Violation> {
        let (cpu, word) = place(offset)?;
        let strange = Violation::StrangeAccess(offset + MAILBOXES);
        let value = self.word(cpu, word, width).ok_or(strange)?;
        let executes = self.hardware[cpu].executes();
        let early = mutant == Some(Mutant::ParkedEarly) && self.memory.sent_off[cpu];
        let read = match word {
            word::STATE if early => PARKED,
            word::COMMAND if early => 0,
            word::GENERATION if early => self.memory.generation[cpu] + 1,
            word::COMMAND if mutant == Some(Mutant::SilentTest) => 2,
            word::GENERATION if mutant == Some(Mutant::SameGeneration) => 0,
            RELEASE_ADDRESS if mutant == Some(Mutant::KeepsJump) && executes => ENTRY,
            _ => value,
        };
        Ok(read)
    }

    pub(super) fn write_mailbox(
        &mut self,
        offset: u64,
        bytes: &[u8],
        mutant: Option<Mutant>,
    ) -> Result<(), Violation> {
        let (cpu, word) = place(offset)?;
        match (mutant, word) {
            (Some(Mutant::OsWakesEarly), RELEASE_ADDRESS) => {
                self.memory.jump = Some(bytes.to_vec());
            }
            (Some(Mutant::OsWakesEarly), word::CPU_ID) => {
                self.store_mailbox(offset, bytes);
                if let Some(jump) = self.memory.jump.take() {
                    self.store_mailbox(offset + RELEASE_ADDRESS, &jump);
                }
            }
            (Some(Mutant::OsWritesAddressOnce), RELEASE_ADDRESS) => {
                let written = core::mem::replace(&mut self.memory.released[cpu], true);
                if !written {
                    self.store_mailbox(offset, bytes);
                }
            }
            (Some(Mutant::OsReleasesAnother), RELEASE_ADDRESS) => {
                let another = (CPUS - cpu) as u64;
                self.store_mailbox(another * MAILBOX_SIZE + RELEASE_ADDRESS, bytes);
            }
            _ => self.store_mailbox(offset, bytes),
        }
        if self.is_start(offset + MAILBOXES) {
            self.asked_to_start(cpu, mutant);
        }
        Ok(())
    }

    /// A CPU has left, and is stopped.
    pub(super) fn park(&mut self, cpu: usize, mutant: Option<Mutant>) {
        let vcpu = index(cpu as u16);
        match &mut self.mailboxes {
            Some(mailboxes) => mailboxes.park(&mut self.ledger, vcpu, self.now),
            None => self.ledger.cpu_off(vcpu, self.now),
        }
        let starts = match mutant {
            Some(Mutant::StartsAgain) => true,
            Some(Mutant::RemembersStrays) => core::mem::take(&mut self.memory.stray[cpu]),
            _ => false,
        };
        if starts {
            let release = cpu as u64 * MAILBOX_SIZE + RELEASE_ADDRESS;
            self.store_mailbox(release, &ENTRY.to_le_bytes());
        }
    }

    fn store_mailbox(&mut self, offset: u64, bytes: &[u8]) {
        if let Some(mailboxes) = &mut self.mailboxes {
            mailboxes.write(&mut self.ledger, offset, bytes, self.now);
        }
    }
}

/// Which CPU's page it is, and where in it.
fn place(offset: u64) -> Result<(usize, u64), Violation> {
    let (cpu, word) = ((offset / MAILBOX_SIZE) as usize, offset % MAILBOX_SIZE);
    if cpu < CPUS { Ok((cpu, word)) } else { Err(Violation::StrangeAccess(offset + MAILBOXES)) }
}
