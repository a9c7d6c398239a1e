//! CPUs that start and return through mailboxes, on whole machines: with a scripted guest, and with one of
//! a few instructions on the software engine, whose CPU goes through the firmware's code.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use hotcore_engine::{Engine, soft::SoftEngine};
use hotcore_scripted::{Cpu, ScriptedEngine, linux_image};
use hotcore_vmm::{
    CpuStart, CpusConfig, EventKind, Events, Firmware, Machine, MachineConfig, Removable, Stop,
};
use parking_lot::Mutex;

const HAND_BACK: u32 = 0xc300_0000;
const CPU_ON: u32 = 0xc400_0003;
const SYSTEM_OFF: u32 = 0x8400_0008;
const SYSTEM_RESET: u32 = 0x8400_0009;

/// CPU 1's mailbox.
const MAILBOX: u64 = hotcore_vmm::layout::MAILBOXES + 0x1000;
const JUMP: u64 = MAILBOX + 8;
const STATE: u64 = MAILBOX + 0x14;
const COMMAND: u64 = MAILBOX + 0x18;
const GENERATION: u64 = MAILBOX + 0x28;

fn config(folder: &Path, image: &[u8], firmware: Firmware, cpu_start: CpuStart) -> MachineConfig {
    let kernel = folder.join("kernel");
    std::fs::write(&kernel, image).unwrap();
    let cpus = CpusConfig { boot: 2, max: 2, removable: Removable::Auto };
    let config = MachineConfig { memory_size: 64 << 20, ..MachineConfig::new(kernel, cpus) };
    MachineConfig { firmware, cpu_start, ..config }
}

/// Runs a machine to its end, which comes sooner or later: its powers on and off of CPU 1, in order.
fn run(engine: &dyn Engine, config: &MachineConfig) -> Vec<bool> {
    let events: Arc<Events> = Arc::default();
    let console = Box::new(io::sink());
    let machine = Machine::with_events(engine, config, console, &events).unwrap();
    let control = machine.control();
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(60));
        control.stop();
    });
    assert_eq!(machine.run().unwrap(), Stop::PoweredOff, "the guest got to its end");
    let kinds = events.after(0, hotcore_vmm::KEPT).events.into_iter().map(|event| event.kind);
    let power = |kind| match kind {
        EventKind::Power { cpu, on } if cpu.get() == 1 => Some(on),
        _ => None,
    };
    kinds.filter_map(power).collect()
}

/// What a scripted guest has seen.
type Seen = Arc<Mutex<Vec<(&'static str, u64)>>>;

async fn wait_for(cpu: &Cpu, address: u64, value: u64) {
    while cpu.read(address, 4).await != value {}
}

async fn wake(cpu: &Cpu, number: u64) {
    cpu.write(JUMP, 8, 0x4020_0000).await;
    cpu.write(MAILBOX, 4, number).await;
}

/// CPU 0 of the first life wakes CPU 1 often, resets the machine with CPU 1 in the OS, and in the second
/// life wakes it once more.
async fn first(cpu: Cpu, seen: Seen) {
    let note = |what, value| seen.lock().push((what, value));
    let second_life = !seen.lock().is_empty();
    note("parked", cpu.read(MAILBOX, 8).await);
    note("state", cpu.read(STATE, 4).await);
    note("generation", cpu.read(GENERATION, 8).await);
    note("CPU_ON", cpu.hypercall(CPU_ON, [1, 0x4020_0000, 0]).await);
    if second_life {
        wake(&cpu, 1).await;
        wait_for(&cpu, STATE, 1).await;
        cpu.hypercall(SYSTEM_OFF, [0; 3]).await;
    }
    for generation in 1..=50 {
        wake(&cpu, 1).await;
        wait_for(&cpu, STATE, 1).await;
        cpu.write(COMMAND, 4, 2).await;
        if cpu.read(COMMAND, 4).await != 0 || cpu.read(GENERATION, 8).await != generation {
            note("no acknowledgement", generation);
        }
    }
    // CPU 1 stays in the OS this time.
    seen.lock().push(("stay", 0));
    wake(&cpu, 1).await;
    while !seen.lock().contains(&("staying", 0)) {
        cpu.read(STATE, 4).await;
    }
    cpu.hypercall(SYSTEM_RESET, [0; 3]).await;
}

async fn second(cpu: Cpu, seen: Seen) {
    let stays = seen.lock().last() == Some(&("stay", 0));
    if stays {
        let refused = cpu.hypercall(HAND_BACK, [MAILBOX - 0x1000, 0, 0]).await;
        seen.lock().extend([("another's mailbox", refused), ("staying", 0)]);
        return;
    }
    cpu.hypercall(HAND_BACK, [MAILBOX, 0, 0]).await;
    seen.lock().push(("returned from the firmware", 0));
}

#[test]
fn b083_b089_b090_b101_a_cpu_comes_and_goes_through_its_mailbox() {
    let seen = Seen::default();
    let engine = {
        let seen = Arc::clone(&seen);
        ScriptedEngine::new(move |cpu, _| {
            let seen = Arc::clone(&seen);
            async move {
                if cpu.index().is_boot() { first(cpu, seen).await } else { second(cpu, seen).await }
            }
        })
    };
    let folder = tempfile::tempdir().unwrap();
    let image = linux_image("6.12.43");
    let config = config(folder.path(), &image, Firmware::Acpi, CpuStart::Parking);
    let power = run(&engine, &config);
    assert_eq!(power.iter().filter(|&&on| on).count(), 52, "{power:?}");

    let parked = 0xffff_ffff;
    let not_supported = (-1i64).cast_unsigned();
    let life = [("parked", parked), ("state", 1), ("generation", 0), ("CPU_ON", not_supported)];
    let refused = ("another's mailbox", (-2i64).cast_unsigned());
    let between = [("stay", 0), refused, ("staying", 0)];
    assert_eq!(*seen.lock(), [&life[..], &between, &life].concat());
}

/// CPU 0 wakes CPU 1 and waits for it to return, three times; CPU 1 reads the return entry and goes
/// there. `.` is the address of the line.
const PROGRAM: [u32; 21] = [
    0xd2a1_c009, // 00: mov  x9, #0x0e000000        CPU 1's mailbox
    0xf282_0009, // 04: movk x9, #0x1000
    0xd280_006a, // 08: mov  x10, #3
    0x1000_01cb, // 0c: adr  x11, .+0x38            44
    0xf900_052b, // 10: str  x11, [x9, #8]
    0xb940_152c, // 14: ldr  w12, [x9, #0x14]       state
    0x34ff_ffec, // 18: cbz  w12, .-4
    0x5280_004d, // 1c: mov  w13, #2                TEST
    0xb900_192d, // 20: str  w13, [x9, #0x18]
    0xb940_192d, // 24: ldr  w13, [x9, #0x18]
    0x35ff_ffed, // 28: cbnz w13, .-4
    0xf100_054a, // 2c: subs x10, x10, #1
    0x54ff_ff01, // 30: b.ne .-0x20                 10
    0x5280_0100, // 34: mov  w0, #8                 SYSTEM_OFF
    0x72b0_8000, // 38: movk w0, #0x8400, lsl #16
    0xd400_0002, // 3c: hvc  #0
    0x1400_0000, // 40: b    .
    0xd2a1_c000, // 44: mov  x0, #0x0e000000
    0xf282_0000, // 48: movk x0, #0x1000
    0xf940_1001, // 4c: ldr  x1, [x0, #0x20]        return entry
    0xd61f_0020, // 50: br   x1
];

#[test]
fn b080_b089_b090_a_cpu_returns_through_the_firmwares_code() {
    let folder = tempfile::tempdir().unwrap();
    let image: Vec<u8> = PROGRAM.iter().flat_map(|word| word.to_le_bytes()).collect();
    let config = config(folder.path(), &image, Firmware::DeviceTree, CpuStart::SpinTable);
    let power = run(&SoftEngine, &config);
    assert_eq!(power, [true, false, true, false, true, false]);
}
