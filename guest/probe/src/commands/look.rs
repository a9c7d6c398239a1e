//! What the machine is, and its CPUs.

use alloc::string::String;

use hotcore_ospm::mailbox::Mailbox;
use hotcore_ospm::tables::Tables;
use hotcore_ospm::{Conduit, CpuRecord, EnableMethod};

use crate::console::say;
use crate::kernel::{Half, Kernel};
use crate::machine::Description;
use crate::{arch, gic, heap};

/// Which CPUs are in a mask.
type Mask = fn(&CpuRecord) -> bool;

impl Kernel {
    pub(super) fn info(&self) {
        let [x0, x1, x2, x3] = self.entry.registers;
        let description = match self.machine.description {
            Description::Acpi(_) => "acpi",
            Description::Tree { .. } => "dt",
        };
        say!("description={description} conduit={}", self.conduit().map_or("none", name_of));
        say!(
            "level={} daif={:#x} sctlr={:#x} x0={x0:#x} x1={x1:#x} x2={x2:#x} x3={x3:#x}",
            self.entry.level,
            self.entry.daif,
            self.entry.sctlr
        );
        say!("mpidr={:#x} frequency={}", arch::affinity(), arch::frequency());
        say!(
            "image={:#x} image_end={:#x} file_size={} heap={} arena={:#x} entry={:#x}",
            self.image.start,
            self.image.end,
            self.image.file_size,
            heap::used(),
            self.host.arena.start,
            self.host.stub()
        );
        for span in &self.machine.memory.ram {
            say!("ram={:#x} ram_end={:#x}", span.start, span.end);
        }
        for span in &self.machine.reserved {
            say!("reserved={:#x} reserved_end={:#x}", span.start, span.end);
        }
        say!("uart={:#x}", self.machine.console.base);
        if let Half::Acpi { ospm, .. } = &self.half {
            for interrupt in ospm.interrupts() {
                say!("event_interrupt={} edge={}", interrupt.gsiv, interrupt.edge);
            }
        }
    }

    /// How the firmware is called.
    pub(super) fn conduit(&self) -> Option<Conduit> {
        match &self.machine.description {
            Description::Acpi(tables) => tables.fadt.psci,
            Description::Tree { psci, .. } => *psci,
        }
    }

    pub(super) fn tables(&self) {
        match &self.machine.description {
            Description::Acpi(tables) => tell(tables),
            Description::Tree { cpus, .. } => {
                for cpu in cpus {
                    let (release, page) =
                        (cpu.release.unwrap_or(0), cpu.return_mailbox.unwrap_or(0));
                    say!(
                        "cpu mpidr={:#x} method={:?} release={release:#x} return={page:#x}",
                        cpu.mpidr.bits(),
                        cpu.enable_method
                    );
                }
            }
        }
        if let Some(distributor) = self.machine.distributor {
            say!("gicd base={distributor:#x}");
        }
        for region in &self.machine.redistributors {
            say!("gicr base={:#x} length={:#x}", region.start, region.end - region.start);
        }
        for (frame, typer) in gic::redistributors().take(crate::cpus::LIMIT) {
            say!("frame={frame:#x} typer={typer:#x}");
        }
    }

    pub(super) fn list(&mut self) {
        for (cpu, record) in self.registry().iter() {
            let uid = record.uid.map_or(-1, i64::from);
            say!(
                "cpu={cpu} uid={uid} mpidr={:#x} present={} enabled={} state={:?} method={}",
                record.mpidr.bits(),
                u8::from(record.present()),
                u8::from(record.enabled()),
                record.state(),
                method(record)
            );
        }
        let masks: [(&str, Mask); 4] = [
            ("possible", |_| true),
            ("present", CpuRecord::present),
            ("enabled", CpuRecord::enabled),
            ("online", CpuRecord::online),
        ];
        for (name, is_in) in masks {
            say!("{name}={}", self.mask(is_in));
        }
    }

    /// CPUs as a list of ranges, `-` if there are none.
    fn mask(&self, is_in: Mask) -> String {
        let cpus = self.registry().iter().filter(|(_, record)| is_in(record)).map(|(cpu, _)| cpu.0);
        hotcore_probe::protocol::ranges(cpus)
    }

    pub(super) fn sta(&mut self, number: u32) -> Result<(), String> {
        let uid = self.cpu(number)?.uid.ok_or("there are no objects without ACPI")?;
        let Half::Acpi { aml, .. } = &mut self.half else { return Err("there is no ACPI".into()) };
        let (path, status) = aml.status_of(uid, &mut self.host).ok_or("no object has this UID")?;
        say!("path={path} sta={status:#x}");
        Ok(())
    }
}

fn tell(tables: &Tables) {
    say!("fadt psci={}", tables.fadt.psci.map_or("none", name_of));
    say!("madt revision={}", tables.madt.revision);
    for gicc in &tables.madt.cpus {
        say!(
            "gicc uid={} interface={} mpidr={:#x} flags={:#x} gicr={:#x} parking={} parked={:#x}",
            gicc.uid,
            gicc.interface,
            gicc.mpidr,
            gicc.flags,
            gicc.redistributor,
            gicc.parking_version,
            gicc.parked_address
        );
    }
}

fn name_of(conduit: Conduit) -> &'static str {
    match conduit {
        Conduit::Hvc => "hvc",
        Conduit::Smc => "smc",
    }
}

fn method(record: &CpuRecord) -> &'static str {
    match record.method {
        None => "none",
        Some(EnableMethod::Psci(_)) => "psci",
        Some(EnableMethod::Mailbox(Mailbox::ParkingV1 { .. })) => "parking-1",
        Some(EnableMethod::Mailbox(Mailbox::ParkingV2 { .. })) => "parking-2",
        Some(EnableMethod::Mailbox(Mailbox::SpinTable { page: None, .. })) => "spin-table",
        Some(EnableMethod::Mailbox(Mailbox::SpinTable { .. })) => "spin-table-return",
    }
}
