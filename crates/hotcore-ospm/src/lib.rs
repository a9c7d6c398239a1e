//! The operating system's half of CPU hotplug on arm64, for any kernel or unikernel.
//!
//! It shares no code with the VMM's half: both are written from the specification and tested against
//! each other. An OS brings its platform ([`Os`]) and, if it has one already, its own AML interpreter
//! ([`aml::Evaluator`]); a small one is shipped.
//!
//! # How an OS uses it
//!
//! 1. [`tables`] finds the RSDP and reads what ACPI says of CPUs; [`Registry::from_acpi`] numbers them.
//!    On a device tree, the OS's reader of it fills [`DeviceTreeCpu`]s for
//!    [`Registry::from_device_tree`].
//! 2. [`Ospm::enumerate`] finds the processor objects and registers the CPUs that are enabled.
//!    [`Ospm::online`] brings one up, by PSCI or through its [`mailbox`].
//! 3. An interrupt of an event device goes to [`Ospm::handle_interrupt`], what it notifies to
//!    [`Ospm::handle`]: CPUs are added and ejected there, and the firmware is told by `_OST`.
//! 4. The OS hears of every change by [`Os::transition`], and of broken firmware by [`Os::report`].
//!
//! Nothing here runs by itself, knows the time or keeps a lock: one lock of the OS around [`Ospm`] and its
//! evaluator is what it needs.
//!
//! # Example
//!
//! ```
//! use core::time::Duration;
//! use hotcore_ospm::aml::Interpreter;
//! use hotcore_ospm::tables::{Sdt, Tables};
//! use hotcore_ospm::*;
//!
//! /// A platform without memory, whose firmware starts every CPU.
//! struct Toy {
//!     started: u64,
//! }
//!
//! impl Bus for Toy {
//!     fn read(&mut self, address: u64, _: Width) -> Result<u64, Fault> {
//!         Err(Fault { address })
//!     }
//!     fn write(&mut self, address: u64, _: Width, _: u64) -> Result<(), Fault> {
//!         Err(Fault { address })
//!     }
//! }
//!
//! impl Os for Toy {
//!     fn wait(&mut self, at_most: Duration) -> Result<Duration, Fault> {
//!         Ok(at_most)
//!     }
//!     fn call(&mut self, _: Conduit, registers: [u64; 4]) -> Result<u64, Fault> {
//!         self.started = registers[1]; // CPU_ON: the target
//!         Ok(0)
//!     }
//!     fn signal(&mut self, _: Signal) -> Result<(), Fault> {
//!         Ok(())
//!     }
//!     fn prepare(&mut self, _: Cpu) -> Result<Entry, Fault> {
//!         Ok(Entry { address: 0x4008_0000, context: 0 })
//!     }
//!     fn arrived(&mut self, cpu: Cpu) -> Result<bool, Fault> {
//!         Ok(self.started == u64::from(cpu.0))
//!     }
//!     fn offline(&mut self, _: Cpu, _: Leave) -> Result<Consent, Fault> {
//!         Ok(Consent::Leaving)
//!     }
//!     fn transition(&mut self, cpu: Cpu, transition: Transition) {
//!         println!("CPU {cpu}: {transition:?}");
//!     }
//!     fn report(&mut self, report: Report) {
//!         println!("{report}");
//!     }
//! }
//!
//! // A machine with a device tree.
//! let psci = |n| DeviceTreeCpu {
//!     mpidr: Mpidr::from_register(n),
//!     enable_method: Some(DeviceTreeMethod::Psci),
//!     release: None,
//!     return_mailbox: None,
//! };
//! let boot = Mpidr::from_register(0x8000_0000);
//! let tree = [psci(0), psci(1)];
//! let mut registry =
//!     Registry::from_device_tree(&tree, Some(Conduit::Hvc), boot, 64, &mut |r| println!("{r}"));
//! registry.bring_up(&mut Toy { started: 0 }, Cpu(1))?;
//! assert_eq!(registry.online(), 2);
//!
//! // A machine with ACPI, on any platform.
//! fn acpi<O: Os>(
//!     os: &mut O,
//!     rsdp: u64,
//!     boot: Mpidr,
//! ) -> Result<(Ospm, Interpreter), Box<dyn core::error::Error>> {
//!     let tables = Tables::read(os, rsdp, &mut |r| println!("{r}"))?;
//!     let registry = Registry::from_acpi(&tables, boot, 512, &mut |r| println!("{r}"));
//!     let mut ospm = Ospm::new(registry, tables.stao);
//!     let blocks: Vec<&[u8]> = tables.definition_blocks.iter().map(Sdt::bytes).collect();
//!     let mut aml = Interpreter::new(&blocks, &mut ospm.surroundings(os))?;
//!     ospm.enumerate(&mut aml, os)?;
//!     Ok((ospm, aml))
//! }
//!
//! /// What a thread does after each interrupt of an event device.
//! fn event<O: Os>(
//!     ospm: &mut Ospm,
//!     aml: &mut Interpreter,
//!     os: &mut O,
//!     gsiv: u32,
//! ) -> Result<(), Fault> {
//!     ospm.handle_interrupt(gsiv, aml, os)?;
//!     while let Some(notification) = ospm.next_notification() {
//!         ospm.handle(notification, aml, os)?;
//!     }
//!     Ok(())
//! }
//!
//! assert!(acpi(&mut Toy { started: 0 }, 0x1000, boot).is_err()); // no memory, no tables
//! # let _ = event::<Toy>;
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

pub mod aml;
mod discover;
pub mod mailbox;
mod platform;
mod power;
mod processor;
mod psci;
mod registry;
mod report;
pub mod tables;

pub use discover::{DeviceTreeCpu, DeviceTreeMethod};
pub use platform::{Bus, Conduit, Consent, Entry, Fault, Leave, Os, Signal, Transition, Width};
pub use power::{OfflineError, OnlineError};
pub use processor::{EjectError, EventInterrupt, Handled, Notification, Ospm};
pub use psci::{AffinityInfo, Convention, Psci, PsciError, Version};
pub use registry::{Cpu, CpuRecord, EnableMethod, Mpidr, Registry, State};
pub use report::Report;
