//! What the commands of the line protocol do, one file a kind.

mod ends;
mod look;
mod memory;
mod power;
mod raw;

use alloc::string::{String, ToString};

use hotcore_probe::protocol::Command;

use crate::kernel::Kernel;

impl Kernel {
    /// Carries out a command. Prints its answer's lines but the last; the error is the reason.
    pub(crate) fn execute(&mut self, command: Command) -> Result<(), String> {
        match command {
            Command::Info => self.info(),
            Command::Tables => self.tables(),
            Command::Cpus => self.list(),
            Command::Sta(cpu) => self.sta(cpu)?,
            Command::Online(cpu) => self.online(cpu).map_err(|error| error.to_string())?,
            Command::Offline(cpu) => self.offline(cpu).map_err(|error| error.to_string())?,
            Command::Eject(cpu) => self.eject(cpu)?,
            Command::Events => self.events(),
            Command::Auto(on) => self.auto = on,
            Command::Hold(on) => self.hold = on,
            Command::Tell(on) => self.host.tells = on,
            Command::BigEndian(on) => self.host.big_endian = on,
            Command::Refuse(refuse) => self.host.refuse = refuse,
            Command::Read(address, width) => self.read(address, width)?,
            Command::Write(address, width, value) => self.write(address, width, value)?,
            Command::Psci(function, arguments) => self.psci(function, arguments)?,
            Command::Mailbox(cpu) => self.mailbox(cpu)?,
            Command::Handback(cpu) => self.handback(cpu)?,
            Command::Test(cpu) => self.test(cpu)?,
            Command::Signal(cpu) => self.signal(cpu)?,
            Command::Scribble => self.scribble(),
            Command::Cycle(cpu, count) => self.cycle(cpu, count)?,
            Command::Ping(cpu) => self.ping(cpu)?,
            Command::Timer(cpu) => self.timer(cpu)?,
            Command::Ipi(cpu) => self.ipi(cpu)?,
            Command::Ticks => self.ticks(),
            Command::Kexec => self.kexec()?,
            Command::Crash => self.crash()?,
            Command::Reset => self.reset()?,
            Command::Off => self.off()?,
        }
        Ok(())
    }
}
