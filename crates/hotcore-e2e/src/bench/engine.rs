//! How fast the software engine is: boots of the same guest and runs of the same loop, in turns by
//! it and by QEMU's emulator.

use std::path::Path;

use hotcore_report::{Boot, Emulator, Sample};

use super::emulators::{Payload, QEMU_CPU, Running, qemu_version};
use super::footprint::footprint;
use crate::demo::micros;
use crate::{GuestError, Kernel, lab_file};

const EMULATORS: [Emulator; 2] = [Emulator::Hotcore, Emulator::Qemu];
/// Numbers of CPUs that guests have.
const VCPUS: [u16; 2] = [1, 4];

const CMDLINE: &str = "console=ttyAMA0 quiet cryptomgr.notests";
/// The first line of the guest's init.
const READY: &str = "hotcore-guest: ready";

/// Fifteen instructions, four of which load or store, 100,000,000 times; then SYSTEM_OFF.
const LOOP: [u32; 24] = [
    0xd280_0100, // 00: mov  x0, #8
    0xf2b0_8000, // 04: movk x0, #0x8400, lsl #16
    0x529c_2001, // 08: mov  w1, #0xe100
    0x72a0_bea1, // 0c: movk w1, #0x5f5, lsl #16
    0x1008_0002, // 10: adr  x2, .+0x10000      away from the code
    0xd280_0023, // 14: mov  x3, #1
    0x1400_0001, // 18: b    1c
    0xf940_0044, // 1c: ldr  x4, [x2]
    0x8b03_0084, // 20: add  x4, x4, x3
    0xf900_0044, // 24: str  x4, [x2]
    0xca03_0c85, // 28: eor  x5, x4, x3, lsl #3
    0x9240_1ca6, // 2c: and  x6, x5, #0xff
    0xb940_0847, // 30: ldr  w7, [x2, #8]
    0x1100_04e7, // 34: add  w7, w7, #1
    0xb900_0847, // 38: str  w7, [x2, #8]
    0xaa05_00c8, // 3c: orr  x8, x6, x5
    0xcb04_0109, // 40: sub  x9, x8, x4
    0xd345_fd23, // 44: lsr  x3, x9, #5
    0xb240_0063, // 48: orr  x3, x3, #1
    0xd344_2d2a, // 4c: ubfx x10, x9, #4, #8
    0x7100_0421, // 50: subs w1, w1, #1
    0x54ff_fe41, // 54: b.ne 1c
    0xd400_0002, // 58: hvc  #0
    0x1400_0000, // 5c: b    .
];
/// Instructions that the loop executes.
const LOOPED: u64 = 15 * 100_000_000;

pub(super) fn run(rounds: u32, tell: &mut dyn FnMut(Sample)) -> Result<(), GuestError> {
    for text in remarks(&qemu_version()?) {
        tell(Sample::Remark { text });
    }
    let folder = tempfile::tempdir().map_err(GuestError::system("a folder for the loop"))?;
    let image = folder.path().join("loop");
    let bytes: Vec<u8> = LOOP.into_iter().flat_map(u32::to_le_bytes).collect();
    std::fs::write(&image, bytes).map_err(GuestError::system("a file for the loop"))?;
    for round in 1..=rounds {
        for vcpus in VCPUS {
            for emulator in EMULATORS {
                tell(boot(round, emulator, vcpus)?);
            }
        }
        for emulator in EMULATORS {
            tell(looped(round, emulator, &image)?);
        }
    }
    Ok(())
}

/// What differs between the two.
fn remarks(qemu: &str) -> [String; 3] {
    [
        format!(
            "both boot Linux 6.12 with the same initramfs and `{CMDLINE}`, from the start of the \
             process to `{READY}`, read from a pipe; power-off follows and is in no boot's time"
        ),
        format!(
            "{qemu}: -machine virt,gic-version=3 -accel tcg,thread=multi -cpu {QEMU_CPU}, with a \
             device tree and no firmware, its quickest way"
        ),
        "hotcore: run --engine soft, with ACPI as users have it; its CPU has no SVE, SME, pointer \
         authentication, MTE or crypto"
            .to_owned(),
    ]
}

fn boot(round: u32, emulator: Emulator, vcpus: u16) -> Result<Sample, GuestError> {
    let kernel = Kernel::Linux6_12.image();
    let initramfs = lab_file("guest/initramfs");
    let (kernel, initramfs) = (kernel.as_path(), initramfs.as_path());
    let linux = Payload::Linux { kernel, initramfs, cmdline: CMDLINE, vcpus };
    let mut guest = Running::start(emulator, &linux)?;
    let ready_us = micros(guest.until(READY)?);
    let footprint = footprint(guest.pid())?;
    guest.type_line("poweroff -f")?;
    let ended = guest.end()?;
    let (cpu_us, instructions) = (micros(ended.cpu), ended.instructions);
    let boot = Boot { ready_us, cpu_us, instructions };
    Ok(Sample::Boot { round, emulator, vcpus, boot, footprint })
}

fn looped(round: u32, emulator: Emulator, image: &Path) -> Result<Sample, GuestError> {
    let ended = Running::start(emulator, &Payload::Flat(image))?.end()?;
    Ok(Sample::Loop { round, emulator, instructions: LOOPED, cpu_us: micros(ended.cpu) })
}
