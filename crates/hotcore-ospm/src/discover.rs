//! Which CPUs there are, from the tables or from a device tree, with Linux's rules (guest contract §1.3,
//! §2.2, §4).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::mailbox::Mailbox;
use crate::tables::{Gicc, Tables};
use crate::{Conduit, Cpu, CpuRecord, EnableMethod, Mpidr, Psci, Registry, Report};

impl Registry {
    /// The CPUs of the MADT, for the CPU `boot` that calls. `limit`: how many CPUs the OS has room for.
    ///
    /// A CPU is possible if its GICC is Enabled or Online Capable. It is present if there is a way to start
    /// it. None is enabled before its processor object has been found
    /// ([`Ospm::enumerate`](crate::Ospm::enumerate)).
    pub fn from_acpi(
        tables: &Tables,
        boot: Mpidr,
        limit: usize,
        report: &mut dyn FnMut(Report),
    ) -> Self {
        let ignored = |gicc: &&Gicc| {
            tables.stao.as_ref().is_some_and(|stao| stao.ignores_processor(gicc.uid.into()))
        };
        let cpus = tables.madt.cpus.iter().filter(|gicc| gicc.usable() && !ignored(gicc));
        let described = cpus.filter_map(|gicc| {
            let mpidr = Mpidr::new(gicc.mpidr);
            if mpidr.is_none() {
                report(Report::InvalidMpidr(gicc.mpidr));
            }
            Some((mpidr?, gicc))
        });
        let described: Vec<_> = described.collect();
        let mut pages = BTreeSet::new();
        build(boot, limit, described, report, |cpu, mpidr, gicc, report| {
            let method = acpi_method(tables.fadt.psci, gicc);
            let mut record = record(cpu, mpidr, Some(gicc.uid), method, &mut pages, report);
            record.redistributor = tables.madt.reaches_redistributor(gicc);
            if !record.redistributor {
                report(Report::RedistributorInaccessible(cpu));
            }
            record
        })
    }

    /// The CPUs of a device tree's `/cpus`, for the CPU `boot` that calls. `psci`: the method of the node
    /// `/psci`. All CPUs that can be started are enabled: the tree has no policy.
    pub fn from_device_tree(
        cpus: &[DeviceTreeCpu],
        psci: Option<Conduit>,
        boot: Mpidr,
        limit: usize,
        report: &mut dyn FnMut(Report),
    ) -> Self {
        let described: Vec<_> = cpus.iter().map(|cpu| (cpu.mpidr, cpu)).collect();
        let mut pages = BTreeSet::new();
        let mut registry = build(boot, limit, described, report, |cpu, mpidr, node, report| {
            record(cpu, mpidr, None, tree_method(psci, node), &mut pages, report)
        });
        for cpu in (0..registry.possible() as u32).map(Cpu) {
            registry.set_enabled(cpu, true);
        }
        registry
    }
}

/// A node of `/cpus`, as the OS's reader of device trees found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceTreeCpu {
    /// `reg`.
    pub mpidr: Mpidr,
    /// `enable-method`.
    pub enable_method: Option<DeviceTreeMethod>,
    /// `cpu-release-addr`, of spin-table.
    pub release: Option<u64>,
    /// `cpu-return-mailbox`, of spin-table with a way back.
    pub return_mailbox: Option<u64>,
}

/// `enable-method`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceTreeMethod {
    /// `psci`.
    Psci,
    /// `spin-table`.
    SpinTable,
}

/// Numbers the CPUs: the one that boots is 0 wherever the list has it, the others follow from 1.
fn build<T>(
    boot: Mpidr,
    limit: usize,
    described: Vec<(Mpidr, &T)>,
    report: &mut dyn FnMut(Report),
    mut record: impl FnMut(Cpu, Mpidr, &T, &mut dyn FnMut(Report)) -> CpuRecord,
) -> Registry {
    let mut first = None;
    let mut others = Vec::new();
    let mut seen = BTreeSet::new();
    let mut beyond = 0;
    for (mpidr, source) in described {
        if !seen.insert(mpidr) {
            report(Report::DuplicateMpidr(mpidr));
        } else if mpidr == boot {
            first = Some(record(Cpu::BOOT, mpidr, source, report));
        } else if others.len() + 1 >= limit {
            beyond += 1;
        } else {
            let cpu = Cpu(others.len() as u32 + 1);
            others.push(record(cpu, mpidr, source, report));
        }
    }
    if beyond > 0 {
        report(Report::TooManyCpus(beyond));
    }
    let Some(first) = first else {
        report(Report::MissingBootCpu);
        return Registry::new(CpuRecord::new(boot, None, None), []);
    };
    Registry::new(first, others)
}

/// A CPU with its method, unless its mailbox cannot be used or is another CPU's. The CPU that boots needs
/// no method.
fn record(
    cpu: Cpu,
    mpidr: Mpidr,
    uid: Option<u32>,
    method: Result<EnableMethod, &'static str>,
    pages: &mut BTreeSet<u64>,
    report: &mut dyn FnMut(Report),
) -> CpuRecord {
    let method = method.and_then(|method| match method {
        EnableMethod::Mailbox(mailbox) if !mailbox.usable() => Err("its mailbox is not aligned"),
        EnableMethod::Mailbox(mailbox) if !pages.insert(mailbox.release()) => {
            Err("its mailbox is another CPU's, too")
        }
        method => Ok(method),
    });
    if let Err(why) = method
        && cpu != Cpu::BOOT
    {
        report(Report::NoEnableMethod { cpu, why });
    }
    CpuRecord::new(mpidr, uid, method.ok())
}

/// PSCI wins over the parking protocol, which needs both a version and an address.
fn acpi_method(psci: Option<Conduit>, gicc: &Gicc) -> Result<EnableMethod, &'static str> {
    if let Some(conduit) = psci {
        return Ok(EnableMethod::Psci(Psci::new(conduit)));
    }
    let (page, interface) = (gicc.parked_address, gicc.interface);
    match (gicc.parking_version, page) {
        (0, _) | (_, 0) => Err("neither PSCI nor parking protocol"),
        (1, _) => Ok(EnableMethod::Mailbox(Mailbox::ParkingV1 { page, interface })),
        _ => Ok(EnableMethod::Mailbox(Mailbox::ParkingV2 { page, interface })),
    }
}

fn tree_method(psci: Option<Conduit>, node: &DeviceTreeCpu) -> Result<EnableMethod, &'static str> {
    match (node.enable_method, psci, node.release) {
        (Some(DeviceTreeMethod::Psci), Some(conduit), _) => {
            Ok(EnableMethod::Psci(Psci::new(conduit)))
        }
        (Some(DeviceTreeMethod::Psci), None, _) => Err("enable-method psci without a node /psci"),
        (Some(DeviceTreeMethod::SpinTable), _, Some(release)) => {
            Ok(EnableMethod::Mailbox(Mailbox::SpinTable { release, page: node.return_mailbox }))
        }
        (Some(DeviceTreeMethod::SpinTable), _, None) => {
            Err("missing or invalid cpu-release-addr property")
        }
        (None, ..) => Err("no enable-method"),
    }
}
