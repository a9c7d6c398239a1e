//! CPUs that come, go, answer and are interrupted.

use alloc::string::{String, ToString};
use core::time::Duration;

use hotcore_ospm::{Cpu, Os};

use crate::console::say;
use crate::cpus::{self, Order, Record};
use crate::kernel::{Half, Kernel};

/// How long an interrupt between two CPUs may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often that is looked at.
const STEP: Duration = Duration::from_millis(1);

impl Kernel {
    pub(super) fn eject(&mut self, cpu: u32) -> Result<(), String> {
        let Half::Acpi { ospm, aml } = &mut self.half else {
            return Err("there is no ACPI".into());
        };
        aml.told = true;
        self.host.told = true;
        let result = ospm.eject(Cpu(cpu), aml, &mut self.host);
        aml.told = false;
        self.host.told = false;
        result.map_err(|error| error.to_string())
    }

    pub(super) fn events(&mut self) {
        let count = self.handle_events();
        say!("notifications={count}");
    }

    pub(super) fn ping(&self, cpu: u32) -> Result<(), String> {
        let record = self.record(cpu)?;
        if let Some(found) = record.found() {
            let [x0, x1, x2, x3] = found.registers;
            say!(
                "x0={x0:#x} x1={x1:#x} x2={x2:#x} x3={x3:#x} daif={:#x} level={} sctlr={:#x}",
                found.daif,
                found.level,
                found.sctlr
            );
        }
        say!("cpu={cpu} left={}", record.left());
        let before = record.signals();
        if !record.is_present() || record.ask_and_wait(Order::Ping).is_none() {
            return Err("it does not answer".into());
        }
        say!("cpu={cpu} signals={}", record.signals() - before);
        Ok(())
    }

    pub(super) fn timer(&self, cpu: u32) -> Result<(), String> {
        let interrupts =
            self.present(cpu)?.ask_and_wait(Order::Timer).ok_or("it does not answer")?;
        say!("cpu={cpu} timer_interrupts={interrupts}");
        if interrupts == 0 { Err("its timer does not interrupt it".into()) } else { Ok(()) }
    }

    pub(super) fn ipi(&mut self, cpu: u32) -> Result<(), String> {
        let record = self.present(cpu)?;
        let (to, from) = (record.signals(), self.host.interrupts.signals);
        record.ask_and_wait(Order::Signal).ok_or("it does not answer")?;
        let mut waited = Duration::ZERO;
        loop {
            self.host.interrupts.collect();
            let there = record.signals() - to;
            let back = self.host.interrupts.signals - from;
            if there > 0 && back > 0 {
                say!("cpu={cpu} to={there} from={back}");
                return Ok(());
            }
            if waited > PATIENCE {
                return Err(alloc::format!("{there} interrupts to it, {back} from it"));
            }
            waited += self.host.wait(STEP).map_err(|fault| fault.to_string())?;
        }
    }

    pub(super) fn ticks(&self) {
        let [online, offline] = self.ticks;
        say!("online={online} offline={offline} frequency={}", crate::arch::frequency());
    }

    pub(super) fn cycle(&mut self, cpu: u32, count: u32) -> Result<(), String> {
        if !self.cpu(cpu)?.online() {
            self.online(cpu).map_err(|error| error.to_string())?;
        }
        for round in 1..=count {
            let in_round = |what: &str, error: &dyn core::fmt::Display| {
                alloc::format!("round {round}: {what}: {error}")
            };
            self.offline(cpu).map_err(|error| in_round("offline", &error))?;
            self.scribble();
            self.online(cpu).map_err(|error| in_round("online", &error))?;
            self.ping(cpu).map_err(|error| in_round("ping", &error))?;
        }
        say!("rounds={count}");
        Ok(())
    }

    fn record(&self, cpu: u32) -> Result<&'static Record, String> {
        self.cpu(cpu)?;
        cpus::record(cpu).filter(|_| cpu != 0).ok_or_else(|| "it is the boot CPU".into())
    }

    fn present(&self, cpu: u32) -> Result<&'static Record, String> {
        let record = self.record(cpu)?;
        if record.is_present() { Ok(record) } else { Err("it is not in the OS".into()) }
    }
}
