//! What methods act on in tests, and machines whose tables Hotcore's VMM would make.

#![allow(clippy::unwrap_used, clippy::panic, reason = "only tests use it")]

use std::collections::BTreeMap;
use std::time::Duration;

use hotcore_acpi::{
    Cpu, CpuAtBoot, CpuStart, Deviation, Device, Gic, Platform, REDISTRIBUTOR_SIZE, build_tables,
};
use hotcore_ospm::aml::{AmlError, Evaluator, Interpreter, NameSeg, Node, Surroundings, Value};
use hotcore_ospm::{Bus, Fault, Width};
use hotcore_vcpu::{Mpidr, Topology, VcpuIndex};

/// Base of the hotplug register block.
pub(crate) const HOTPLUG: u64 = 0x090c_0000;
/// The GED's selector.
pub(crate) const GED: u64 = 0x0908_0000;
const RAM: u64 = 0x4000_0000;

/// An access that was made: what, where in the hotplug block (or at which address), how wide, and the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read(u64, Width, u64),
    Write(u64, Width, u64),
}

/// Memory in which all accesses are recorded; bytes that were not written read as `fill`.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) bytes: BTreeMap<u64, u8>,
    pub(crate) fill: u8,
    pub(crate) accesses: Vec<Access>,
    pub(crate) notified: Vec<(Node, u64)>,
    pub(crate) waited: Duration,
}

impl Memory {
    pub(crate) fn filled(fill: u8) -> Self {
        Self { fill, ..Self::default() }
    }
}

impl Bus for Memory {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        assert_eq!(address % width.bytes(), 0, "accesses are aligned");
        let bytes = (address..address + width.bytes()).rev();
        let byte = |at| u64::from(*self.bytes.get(&at).unwrap_or(&self.fill));
        let value = bytes.fold(0, |value, at| value << 8 | byte(at));
        self.accesses.push(Access::Read(address, width, value));
        Ok(value)
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        assert_eq!(address % width.bytes(), 0, "accesses are aligned");
        assert!(width == Width::Double || value >> (8 * width.bytes()) == 0);
        self.bytes
            .extend((address..).zip(value.to_le_bytes().into_iter().take(width.bytes() as usize)));
        self.accesses.push(Access::Write(address, width, value));
        Ok(())
    }
}

impl Surroundings for Memory {
    fn notify(&mut self, device: Node, value: u64) {
        self.notified.push((device, value));
    }

    fn wait(&mut self, time: Duration) {
        self.waited += time;
    }
}

/// A machine whose first `enabled` CPUs are fixed; the others can come and go.
pub(crate) fn machine(possible: u16, enabled: u16) -> Platform {
    let cpus = VcpuIndex::first(possible).map(|index| {
        let fixed = index.get() < enabled;
        Cpu {
            mpidr: Mpidr::of(index),
            boot: if fixed { CpuAtBoot::Enabled } else { CpuAtBoot::OnlineCapable },
            removable: !fixed,
            node: 0,
        }
    });
    Platform {
        memory: RAM..RAM + 0x2000_0000,
        gic: Gic { distributor: 0x0800_0000, redistributors: RAM - 512 * REDISTRIBUTOR_SIZE },
        uart: Device { base: 0x0900_0000, size: 0x1000, gsiv: 33 },
        rtc: Device { base: 0x0901_0000, size: 0x1000, gsiv: 34 },
        hotplug: HOTPLUG,
        ged: Device { base: GED, size: 4, gsiv: 41 },
        pmu_gsiv: None,
        cpus: cpus.collect(),
        cpu_start: CpuStart::Psci,
        topology: Topology::flat(possible).unwrap(),
        nodes: vec![],
        deviation: None,
    }
}

/// The machine, breaking the contract.
pub(crate) fn deviating(mut platform: Platform, deviation: Deviation) -> Platform {
    platform.deviation = Some(deviation);
    platform
}

/// The machine's DSDT.
pub(crate) fn dsdt(platform: &Platform) -> Vec<u8> {
    build_tables(platform, RAM).unwrap().table(*b"DSDT").unwrap().to_vec()
}

/// An interpreter of these tables, which access nothing when they are loaded.
pub(crate) fn load(tables: &[&[u8]]) -> Interpreter {
    let mut memory = Memory::default();
    let aml = Interpreter::new(tables, &mut memory).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(memory.accesses, []);
    aml
}

/// Evaluates an object by its path.
pub(crate) fn evaluate(
    aml: &mut Interpreter,
    path: &str,
    arguments: &[u64],
    memory: &mut Memory,
) -> Result<Option<Value>, AmlError> {
    let (device, name) = path.rsplit_once('.').unwrap_or(("\\", &path[1..]));
    let device = aml.find(device).unwrap_or_else(|| panic!("{device}"));
    let arguments: Vec<Value> = arguments.iter().copied().map(Value::Integer).collect();
    aml.evaluate(device, NameSeg::new(name).unwrap(), &arguments, memory)
}

/// The same for an integer.
pub(crate) fn integer(aml: &mut Interpreter, path: &str, memory: &mut Memory) -> u64 {
    match evaluate(aml, path, &[], memory) {
        Ok(Some(Value::Integer(value))) => value,
        other => panic!("{path}: {other:?}"),
    }
}
