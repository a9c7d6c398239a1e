//! A CPU that is about to leave, and AFFINITY_INFO, by which another one finds out.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use hotcore_scripted::{Cpu, ScriptedEngine, linux_image};
use hotcore_vcpu::VcpuIndex;
use hotcore_vmm::{CpusConfig, Machine, MachineConfig, Removable, Stop};
use parking_lot::Mutex;

const CPU_OFF: u32 = 0x8400_0002;
const CPU_ON: u32 = 0xc400_0003;
const AFFINITY_INFO: u32 = 0xc400_0004;
const SYSTEM_OFF: u32 = 0x8400_0008;
const OFF: u64 = 1;
const ENTRY: u64 = 0x4020_0000;
/// More than there can be bad luck.
const TIMES: usize = 20;

/// How often CPU 1 has come, and what was answered each time when it was first asked for.
#[derive(Default)]
struct Seen {
    came: AtomicUsize,
    first: Mutex<Vec<u64>>,
}

/// CPU 0 brings CPU 1 up and has it leave, again and again.
async fn boot_cpu(cpu: Cpu, seen: Arc<Seen>) {
    let other = VcpuIndex::new(1).unwrap();
    for time in 1..=TIMES {
        cpu.hypercall(CPU_ON, [1, ENTRY, 0]).await;
        while seen.came.load(Ordering::Relaxed) < time {
            thread::yield_now();
        }
        cpu.interrupt(other);
        let answer = cpu.hypercall(AFFINITY_INFO, [1, 0, 0]).await;
        seen.first.lock().push(answer);
        while cpu.hypercall(AFFINITY_INFO, [1, 0, 0]).await != OFF {}
    }
    cpu.hypercall(SYSTEM_OFF, [0; 3]).await;
}

/// Linux asks for 100 ms after it has seen a CPU go. On a busy host that CPU may not have executed since.
#[test]
fn a_cpu_that_is_about_to_leave_is_waited_for() {
    let all: Arc<Seen> = Arc::default();
    let engine_side = Arc::clone(&all);
    let engine = ScriptedEngine::new(move |cpu, _| {
        let seen = Arc::clone(&engine_side);
        async move {
            if cpu.index().is_boot() {
                return boot_cpu(cpu, seen).await;
            }
            seen.came.fetch_add(1, Ordering::Relaxed);
            cpu.wait().await;
            thread::sleep(Duration::from_millis(5));
            cpu.hypercall(CPU_OFF, [0; 3]).await;
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let kernel = folder.path().join("kernel");
    std::fs::write(&kernel, linux_image("6.12.43")).unwrap();
    let cpus = CpusConfig { boot: 2, max: 2, removable: Removable::Auto };
    let config = MachineConfig { memory_size: 64 << 20, ..MachineConfig::new(kernel, cpus) };
    let machine = Machine::new(&engine, &config, Box::new(io::sink())).unwrap();
    assert_eq!(machine.run().unwrap(), Stop::PoweredOff);
    let first = all.first.lock();
    assert_eq!(first.len(), TIMES);
    assert!(first.contains(&OFF), "somebody always had to ask again");
}
