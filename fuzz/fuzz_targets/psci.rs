//! A guest that calls its firmware with anything.

#![no_main]

use std::time::Duration;

use hotcore_firmware::Call;
use hotcore_vcpu::{CpuPolicy, Ledger, Output};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|calls: Vec<(u32, [u64; 3], bool)>| {
    let enabled = CpuPolicy { enabled: true, removable: true };
    let absent = CpuPolicy { enabled: false, removable: true };
    let boot = CpuPolicy { enabled: true, removable: false };
    let Ok(mut ledger) = Ledger::new(&[boot, enabled, absent]) else { return };
    for (function, args, big_endian) in calls {
        let call = Call { function, args, big_endian };
        let _ = hotcore_firmware::call(&mut ledger, &call, Duration::ZERO);
        while let Some(output) = ledger.next_output() {
            let Output::StartVcpu { cpu, .. } = output else { continue };
            assert_eq!(cpu.get(), 1, "only the enabled CPU that is off may start");
            ledger.vcpu_started(cpu, Duration::ZERO);
        }
    }
});
