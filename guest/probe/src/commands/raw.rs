//! Single accesses and calls, whatever they are good for, and mailboxes.

use alloc::string::{String, ToString};
use core::time::Duration;

use hotcore_ospm::{Bus, Conduit, EnableMethod, Mpidr, Os, Signal, Width};

use crate::console::say;
use crate::kernel::Kernel;

/// How long the firmware has to answer TEST.
const PATIENCE: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(1);
/// Offset of the command in a mailbox (contract §4.4), and TEST.
const COMMAND: u64 = 0x18;
const STATUS: u64 = 0x1c;
const TEST: u64 = 2;

/// The words of a mailbox: names, offsets, widths.
const WORDS: [(&str, u64, Width); 9] = [
    ("cpu_id", 0x00, Width::Word),
    ("jump", 0x08, Width::Double),
    ("magic", 0x10, Width::Word),
    ("state", 0x14, Width::Word),
    ("command", COMMAND, Width::Word),
    ("status", STATUS, Width::Word),
    ("entry", 0x20, Width::Double),
    ("generation", 0x28, Width::Double),
    ("owner", 0x30, Width::Double),
];

impl Kernel {
    pub(super) fn read(&mut self, address: u64, width: Width) -> Result<(), String> {
        let value = self.host.read(address, width).map_err(|fault| fault.to_string())?;
        say!("value={value:#x}");
        Ok(())
    }

    pub(super) fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), String> {
        self.host.write(address, width, value).map_err(|fault| fault.to_string())
    }

    pub(super) fn psci(&mut self, function: u64, [a, b, c]: [u64; 3]) -> Result<(), String> {
        // Where nobody says, the instruction of a guest: an undefined one would be the end.
        let conduit = self.conduit().unwrap_or(Conduit::Hvc);
        let answer =
            self.host.call(conduit, [function, a, b, c]).map_err(|fault| fault.to_string())?;
        say!("x0={answer:#x} code={}", (answer as u32).cast_signed());
        Ok(())
    }

    pub(super) fn mailbox(&mut self, cpu: u32) -> Result<(), String> {
        let Some(EnableMethod::Mailbox(mailbox)) = self.cpu(cpu)?.method else {
            return Err("it has no mailbox".into());
        };
        say!("release={:#x} page={:#x}", mailbox.release(), mailbox.page().unwrap_or(0));
        let page = mailbox.page().unwrap_or(mailbox.release() & !0xfff);
        for (name, offset, width) in WORDS {
            if mailbox.page().is_none() && offset >= 0x10 {
                break;
            }
            let value = self.host.read(page + offset, width).map_err(|fault| fault.to_string())?;
            say!("{name}={value:#x}");
        }
        Ok(())
    }

    pub(super) fn handback(&mut self, cpu: u32) -> Result<(), String> {
        self.page(cpu)?;
        self.offline(cpu).map_err(|error| error.to_string())?;
        self.mailbox(cpu)
    }

    pub(super) fn test(&mut self, cpu: u32) -> Result<(), String> {
        let (page, mpidr) = self.page(cpu)?;
        let fault = |fault: hotcore_ospm::Fault| fault.to_string();
        self.host.write(page + COMMAND, Width::Word, TEST).map_err(fault)?;
        self.wake(mpidr)?;
        let mut waited = Duration::ZERO;
        while waited < PATIENCE {
            if self.host.read(page + COMMAND, Width::Word).map_err(fault)? == 0 {
                let status = self.host.read(page + STATUS, Width::Word).map_err(fault)?;
                say!("acknowledged=1 status={status:#x}");
                return Ok(());
            }
            waited += self.host.wait(STEP).map_err(fault)?;
        }
        say!("acknowledged=0");
        Ok(())
    }

    pub(super) fn signal(&mut self, cpu: u32) -> Result<(), String> {
        let mpidr = self.cpu(cpu)?.mpidr;
        self.wake(mpidr)
    }

    fn wake(&mut self, mpidr: Mpidr) -> Result<(), String> {
        let event = self.host.signal(Signal::Event);
        event.and_then(|()| self.host.signal(Signal::Sgi(mpidr))).map_err(|fault| fault.to_string())
    }

    /// The page with a CPU's hand-back block, and the CPU.
    fn page(&self, cpu: u32) -> Result<(u64, Mpidr), String> {
        let record = self.cpu(cpu)?;
        let page = match record.method {
            Some(EnableMethod::Mailbox(mailbox)) => mailbox.page(),
            _ => None,
        };
        Ok((page.ok_or("it has no way back but PSCI")?, record.mpidr))
    }
}
