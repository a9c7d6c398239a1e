//! The demo's side next to the guest: CPUs come and go, and every step is checked in the guest.

use std::time::{Duration, Instant};

use hotcore_api::Client;
use hotcore_api::wire::{OneCpu, Operation, Outcome, Stage};
use hotcore_report::{CpuList, Event, Host, Kind, Mark, Masks, Present, Stages, Step};

use crate::{Guest, GuestError, Kernel, Spec};

/// How many CPUs are possible.
const MAX: u16 = 4;

/// Up to the maximum, down to one, then in any order.
const STEPS: [(Kind, u16); 13] = [
    (Kind::Add, 1),
    (Kind::Add, 2),
    (Kind::Add, 3),
    (Kind::Remove, 3),
    (Kind::Remove, 2),
    (Kind::Remove, 1),
    (Kind::Add, 2),
    (Kind::Add, 1),
    (Kind::Remove, 2),
    (Kind::Add, 3),
    (Kind::Remove, 1),
    (Kind::Add, 2),
    (Kind::Add, 1),
];

/// How long one question to the VMM may wait for news.
const QUESTION: Duration = Duration::from_secs(5);

/// Boots a guest with one CPU of four and plays the demo, telling each event as it happens.
pub fn play(kernel: Kernel, tell: &mut dyn FnMut(&Event)) -> Result<(), GuestError> {
    tell(&Event::Booting);
    let begin = Instant::now();
    let spec = Spec::new(kernel, &format!("boot=1,max={MAX}")).quiet();
    let mut guest = Guest::try_boot(&spec)?;
    let boot = begin.elapsed();
    let masks = masks(&mut guest)?;
    let present = match kernel.present() {
        Some(present) => present,
        None if masks.present == masks.possible => Present::Constant,
        None => Present::FollowsEnabled,
    };
    let client = Client::connect(&guest.socket())?;
    let enabled = CpuList::from_iter([0]);
    let mut demo = Demo { guest, client, present, enabled, ready: Instant::now(), tell };
    demo.check(&masks)?;
    let info = demo.client.info()?.hotcore;
    (demo.tell)(&Event::Ready(Host {
        engine: info.engine,
        kernel: info.kernel_version.unwrap_or_default(),
        boot_us: micros(boot),
        masks,
    }));
    demo.listen()?;
    for (number, (kind, cpu)) in (1..).zip(STEPS) {
        demo.step(number, kind, cpu)?;
    }
    demo.finish()
}

struct Demo<'a> {
    guest: Guest,
    client: Client,
    present: Present,
    /// What the guest's `enabled` and `online` have to be.
    enabled: CpuList,
    ready: Instant,
    tell: &'a mut dyn FnMut(&Event),
}

impl Demo<'_> {
    /// Has the guest print its uevents of CPUs, and waits until it does.
    fn listen(&mut self) -> Result<(), GuestError> {
        let from = self.guest.position();
        self.guest.try_sh("hotcore-guest-agent uevents /devices/system/cpu/cpu &")?;
        // Of events from before it listens it hears nothing: this one is repeated until it does.
        self.guest.try_sh(
            "(for i in 1 2 3 4 5 6 7 8 9; do \
             echo change > /sys/devices/system/cpu/cpu0/uevent; sleep 0.1; done) &",
        )?;
        self.guest.try_wait_for_line(from, "change /devices/system/cpu/cpu0")?;
        self.guest.try_sh("sleep 1")?;
        self.ready = Instant::now();
        Ok(())
    }

    fn step(&mut self, step: u32, kind: Kind, cpu: u16) -> Result<(), GuestError> {
        let from = self.guest.position();
        let at_us = micros(self.ready.elapsed());
        (self.tell)(&Event::Requested { step, kind, cpu, at_us });
        let asked = OneCpu { cpu, timeout_ms: None, online_timeout_ms: None, wait: false };
        let request = Instant::now();
        let (begun, [first, second], wanted) = match kind {
            Kind::Add => (
                self.client.add(asked)?,
                [("add", Mark::Enabled), ("online", Mark::Online)],
                Outcome::Online,
            ),
            Kind::Remove => (
                self.client.remove(asked)?,
                [("offline", Mark::Offline), ("remove", Mark::Disabled)],
                Outcome::Ejected,
            ),
        };
        let mut reach = |(action, mark): (&str, Mark)| {
            let line = format!("{action} /devices/system/cpu/cpu{cpu}");
            let at = self.guest.try_wait_for_line(from, &line)?;
            let after_us = micros(at.saturating_duration_since(request));
            (self.tell)(&Event::Reached { step, mark, after_us });
            Ok::<u64, GuestError>(after_us)
        };
        let (first_us, second_us) = (reach(first)?, reach(second)?);
        let operation = end(&mut self.client, begun)?;
        if operation.outcome != Some(wanted) {
            return Err(GuestError::Wrong(format!("step {step} ended so: {operation:?}")));
        }
        let (enabled_us, online_us) = match kind {
            Kind::Add => (first_us, second_us),
            Kind::Remove => (second_us, first_us),
        };
        let everyone = 0..u32::from(MAX);
        self.enabled = everyone
            .filter(|&each| {
                if each == u32::from(cpu) { kind == Kind::Add } else { self.enabled.contains(each) }
            })
            .collect();
        let masks = masks(&mut self.guest)?;
        self.check(&masks)?;
        let vmm = stages(&operation)?;
        let done = Step { step, kind, cpu, at_us, enabled_us, online_us, vmm, masks };
        (self.tell)(&Event::Done(done));
        Ok(())
    }

    /// Every mask is what it has to be.
    fn check(&self, masks: &Masks) -> Result<(), GuestError> {
        let possible: CpuList = (0..u32::from(MAX)).collect();
        let expected = [
            ("possible", &masks.possible, &possible),
            ("present", &masks.present, self.present.of(masks)),
            ("enabled", &masks.enabled, &self.enabled),
            ("online", &masks.online, &self.enabled),
        ];
        match expected.into_iter().find(|(_, is, wanted)| is != wanted) {
            None => Ok(()),
            Some((name, is, wanted)) => {
                Err(GuestError::Wrong(format!("the guest's {name} is {is} instead of {wanted}")))
            }
        }
    }

    fn finish(mut self) -> Result<(), GuestError> {
        let trouble = self.guest.try_sh("dmesg | grep -F 'failed to boot' || true")?;
        if !trouble.is_empty() {
            return Err(GuestError::Wrong(format!("the guest's log says: {trouble}")));
        }
        let taint = self.guest.try_sh("cat /proc/sys/kernel/tainted")?;
        if taint != "0" {
            return Err(GuestError::Wrong(format!("the guest's kernel is tainted: {taint}")));
        }
        self.guest.try_power_off()
    }
}

/// Waits for the end of an operation; asks for nothing on the way there.
pub(crate) fn end(client: &mut Client, mut operation: Operation) -> Result<Operation, GuestError> {
    while operation.stage != Stage::Ended {
        operation = client.operation(operation.id, Stage::Accepted, QUESTION)?;
    }
    Ok(operation)
}

/// When an operation that succeeded passed its stages.
pub(crate) fn stages(operation: &Operation) -> Result<Stages, GuestError> {
    let timings = &operation.timings;
    let since = |at: Option<u64>| Some(at?.saturating_sub(timings.requested_us));
    let stages = || {
        Some(Stages {
            delivered_us: since(timings.delivered_us)?,
            accepted_us: since(timings.accepted_us)?,
            power_us: since(timings.power_us)?,
            ended_us: since(timings.ended_us)?,
            vmm_time_us: operation.vmm_time_us,
        })
    };
    stages().ok_or_else(|| GuestError::Wrong(format!("a stage is missing: {operation:?}")))
}

fn masks(guest: &mut Guest) -> Result<Masks, GuestError> {
    let text = guest.try_sh(
        "cd /sys/devices/system/cpu; for m in possible present enabled online; do \
         echo \"$m $(cat $m)\"; done",
    )?;
    let mask = |name: &str| {
        let list = text.lines().find_map(|line| line.strip_prefix(name)).and_then(CpuList::parse);
        list.ok_or_else(|| GuestError::Wrong(format!("no mask {name} in {text:?}")))
    };
    Ok(Masks {
        possible: mask("possible")?,
        present: mask("present")?,
        enabled: mask("enabled")?,
        online: mask("online")?,
    })
}

pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
