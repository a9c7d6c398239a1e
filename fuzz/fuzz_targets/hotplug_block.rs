//! A guest that writes anything to the hotplug register block while the host asks for things.

#![no_main]

use std::time::Duration;

use arbitrary::Arbitrary;
use hotcore_devices::HotplugController;
use hotcore_vcpu::{CpuPolicy, Ledger, Patience, VcpuIndex};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
enum Step {
    Load { offset: u8, size: u8 },
    Store { offset: u8, size: u8, value: u64 },
    Plug(u8),
    Unplug(u8),
    Resize(u8),
    Wait(u16),
    Reset,
}

fuzz_target!(|steps: Vec<Step>| {
    let boot = CpuPolicy { enabled: true, removable: false };
    let absent = CpuPolicy { enabled: false, removable: true };
    let Ok(mut ledger) = Ledger::new(&[boot, absent, absent, absent]) else { return };
    let mut block = HotplugController::new(&ledger, None);
    let mut now = Duration::ZERO;
    let patience = Patience::default();
    for step in steps {
        match step {
            Step::Load { offset, size } => {
                let mut data = [0; 8];
                block.read(&mut ledger, offset.into(), &mut data[..1 << (size % 4)]);
            }
            Step::Store { offset, size, value } => {
                let data = value.to_le_bytes();
                block.write(&mut ledger, offset.into(), &data[..1 << (size % 4)], now);
            }
            Step::Plug(cpu) => drop(index(cpu).map(|cpu| ledger.plug(cpu, patience, now))),
            Step::Unplug(cpu) => drop(index(cpu).map(|cpu| ledger.unplug(cpu, patience, now))),
            Step::Resize(count) => drop(ledger.resize(count.into(), patience, now)),
            Step::Wait(milliseconds) => {
                now += Duration::from_millis(milliseconds.into());
                ledger.tick(now);
            }
            Step::Reset => {
                ledger.reset(now);
                block.reset();
            }
        }
        while ledger.next_output().is_some() {}
        assert!(ledger.cpu(VcpuIndex::BOOT).is_some_and(|cpu| cpu.enabled));
        assert!(ledger.cpus().all(|(_, cpu)| cpu.enabled || !(cpu.inserting || cpu.removing)));
    }
});

fn index(cpu: u8) -> Option<VcpuIndex> {
    VcpuIndex::new(cpu.into())
}
