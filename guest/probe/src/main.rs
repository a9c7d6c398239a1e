//! The conformance guest: a bare-metal arm64 kernel made of `hotcore-ospm` that does what lines on its
//! console ask for (README.md in this folder).
//!
//! It runs at the exception level that it was started at, with the MMU on, interrupts masked and polled.

#![no_std]
#![no_main]

extern crate alloc;

mod aml;
mod arch;
mod big_endian;
mod boot;
mod bus;
mod commands;
mod console;
mod cpus;
mod exceptions;
mod gic;
mod heap;
mod host;
mod interrupts;
mod kernel;
mod machine;
mod mmu;
mod stub;
mod timer;

use alloc::string::String;
use core::panic::PanicInfo;

use hotcore_probe::protocol::{self, LINE_LIMIT};

use boot::Entry;
use console::say;
use kernel::Kernel;

extern "C" fn main_of_the_boot_cpu(entry: &Entry) -> ! {
    mmu::begin([entry.base, entry.registers[0]]);
    exceptions::catch();
    boot::guard_stack();
    heap::begin();
    cpus::begin();
    let mut kernel = match Kernel::begin(*entry) {
        Ok(kernel) => kernel,
        Err(why) => {
            say!("hotcore-probe 1 failed {why}");
            arch::stop()
        }
    };
    let registry = kernel.registry();
    say!(
        "hotcore-probe 1 ready possible={} level={} base={:#x}",
        registry.possible(),
        entry.level,
        entry.base
    );
    loop {
        let line = read_line(&mut kernel);
        match protocol::parse(&line)
            .map_err(String::from)
            .and_then(|command| kernel.execute(command))
        {
            Ok(()) => say!("ok"),
            Err(why) => say!("error {why}"),
        }
        assert!(boot::stack_was_enough(), "the stack is too small");
    }
}

/// Waits for a line, and looks after what comes meanwhile.
fn read_line(kernel: &mut Kernel) -> String {
    let mut line = String::new();
    loop {
        match console::input() {
            Some(b'\n' | b'\r') if line.is_empty() => {}
            Some(b'\n' | b'\r') => return line,
            // One more than is believed tells that there was more.
            Some(byte) if line.len() <= LINE_LIMIT => line.push(char::from(byte)),
            None if !kernel.look_around() && gic::exists() => arch::wait_for_interrupt(),
            _ => {}
        }
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    console::print(format_args!("\npanic mpidr={:#x} {info}\n", arch::affinity()));
    arch::stop()
}
