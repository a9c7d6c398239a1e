//! The firmware's methods, evaluated on behalf of the driver.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::queue::{Notification, Queue};
use crate::aml::{Evaluator, NameSeg, Node, Surroundings, Value};
use crate::platform::sleep;
use crate::{Bus, Fault, Os, Report, Width};

/// Names of objects that the driver evaluates.
pub(super) mod name {
    use crate::aml::NameSeg;

    pub(in super::super) const CID: NameSeg = NameSeg(*b"_CID");
    pub(in super::super) const CRS: NameSeg = NameSeg(*b"_CRS");
    pub(in super::super) const EJ0: NameSeg = NameSeg(*b"_EJ0");
    pub(in super::super) const EVT: NameSeg = NameSeg(*b"_EVT");
    pub(in super::super) const HID: NameSeg = NameSeg(*b"_HID");
    pub(in super::super) const LCK: NameSeg = NameSeg(*b"_LCK");
    pub(in super::super) const MAT: NameSeg = NameSeg(*b"_MAT");
    pub(in super::super) const OST: NameSeg = NameSeg(*b"_OST");
    pub(in super::super) const STA: NameSeg = NameSeg(*b"_STA");
    pub(in super::super) const UID: NameSeg = NameSeg(*b"_UID");
}

/// The longest `Sleep` that is slept.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

/// What `_STA` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status(pub(super) u64);

impl Status {
    const PRESENT: u64 = 1 << 0;
    const ENABLED: u64 = 1 << 1;
    const FUNCTIONING: u64 = 1 << 3;
    /// Of a device without `_STA`.
    const WITHOUT: u64 = 0xf;

    pub(super) fn present(self) -> bool {
        self.0 & Self::PRESENT != 0
    }

    /// The bit alone.
    pub(super) fn enabled_bit(self) -> bool {
        self.0 & Self::ENABLED != 0
    }

    /// It may be used.
    pub(super) fn enabled(self) -> bool {
        self.present() && self.enabled_bit()
    }

    /// It, and what is below it, is looked at.
    pub(super) fn enumerable(self) -> bool {
        self.0 & (Self::PRESENT | Self::FUNCTIONING) != 0
    }
}

/// A method gave an error, which has been reported.
struct Failed;

/// The evaluator, the OS, and where notifications go.
pub(super) struct Firmware<'a, E, O: ?Sized> {
    pub(super) aml: &'a mut E,
    pub(super) os: &'a mut O,
    pub(super) queue: &'a mut Queue,
}

impl<E: Evaluator, O: Os + ?Sized> Firmware<'_, E, O> {
    /// Evaluates an object. `Ok(None)`: it failed, which has been reported, or has no value.
    pub(super) fn evaluate(
        &mut self,
        device: Node,
        name: NameSeg,
        arguments: &[Value],
    ) -> Result<Option<Value>, Fault> {
        Ok(self.call(device, name, arguments)?.ok().flatten())
    }

    /// As [`Firmware::evaluate`], but a failure is told from no value.
    fn call(
        &mut self,
        device: Node,
        name: NameSeg,
        arguments: &[Value],
    ) -> Result<Result<Option<Value>, Failed>, Fault> {
        let mut methods = Methods::new(&mut *self.os, &mut *self.queue);
        let result = self.aml.evaluate(device, name, arguments, &mut methods);
        if let Some(fault) = methods.fault {
            return Err(fault);
        }
        Ok(result.map_err(|error| {
            self.complain(device, name, error.to_string());
            Failed
        }))
    }

    /// Evaluates an object that has to be an Integer; anything else is reported.
    pub(super) fn integer(&mut self, device: Node, name: NameSeg) -> Result<Option<u64>, Fault> {
        match self.call(device, name, &[])? {
            Ok(Some(Value::Integer(value))) => Ok(Some(value)),
            Ok(_) => {
                self.complain(device, name, "not an Integer".to_string());
                Ok(None)
            }
            Err(Failed) => Ok(None),
        }
    }

    /// `_STA`; `None`: it failed.
    pub(super) fn try_status(&mut self, device: Node) -> Result<Option<Status>, Fault> {
        if !self.aml.has(device, name::STA) {
            return Ok(Some(Status(Status::WITHOUT)));
        }
        Ok(self.integer(device, name::STA)?.map(Status))
    }

    /// `_STA`; 0 if it failed.
    pub(super) fn status(&mut self, device: Node) -> Result<Status, Fault> {
        Ok(self.try_status(device)?.unwrap_or(Status(0)))
    }

    /// Evaluates a method that takes an Integer and whose value does not matter. Whether it ended well.
    pub(super) fn order(
        &mut self,
        device: Node,
        name: NameSeg,
        argument: u64,
    ) -> Result<bool, Fault> {
        Ok(self.call(device, name, &[Value::Integer(argument)])?.is_ok())
    }

    /// `_OST`, if there is one: `event` is what was asked, `status` what has become of it.
    pub(super) fn ost(&mut self, device: Node, event: u64, status: u64) -> Result<(), Fault> {
        if self.aml.has(device, name::OST) {
            let arguments =
                [Value::Integer(event), Value::Integer(status), Value::Buffer(Vec::new())];
            self.evaluate(device, name::OST, &arguments)?;
        }
        Ok(())
    }

    /// Whether `_HID` or `_CID` names this kind of device.
    ///
    /// The kinds that matter here have four letters, which an EISA identifier has no room for: they are
    /// strings.
    pub(super) fn is(&mut self, device: Node, id: &str) -> Result<bool, Fault> {
        for name in [name::HID, name::CID] {
            if !self.aml.has(device, name) {
                continue;
            }
            let is = match self.evaluate(device, name, &[])? {
                Some(Value::String(own)) => own == id,
                Some(Value::Package(all)) => {
                    all.iter().any(|own| matches!(own, Value::String(own) if own == id))
                }
                _ => false,
            };
            if is {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn complain(&mut self, device: Node, name: NameSeg, why: String) {
        let path = self.aml.path(device);
        self.os.report(Report::Method { path, name, why });
    }
}

/// What methods see of the OS. A fault is remembered, because not every evaluator passes it on.
pub(super) struct Methods<'a, O: ?Sized> {
    os: &'a mut O,
    queue: &'a mut Queue,
    fault: Option<Fault>,
}

impl<'a, O: Os + ?Sized> Methods<'a, O> {
    pub(super) fn new(os: &'a mut O, queue: &'a mut Queue) -> Self {
        Self { os, queue, fault: None }
    }

    fn attempt<T>(&mut self, access: impl FnOnce(&mut O) -> Result<T, Fault>) -> Result<T, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        access(self.os).inspect_err(|&fault| self.fault = Some(fault))
    }
}

impl<O: Os + ?Sized> Bus for Methods<'_, O> {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        self.attempt(|os| os.read(address, width))
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        self.attempt(|os| os.write(address, width, value))
    }
}

impl<O: Os + ?Sized> Surroundings for Methods<'_, O> {
    fn notify(&mut self, device: Node, value: u64) {
        if !self.queue.push(Notification { device, value }) {
            self.os.report(Report::NotificationLost { device, value });
        }
    }

    fn wait(&mut self, time: Duration) {
        let time = time.min(LONGEST_SLEEP);
        // A fault ends the method at its next access, and its caller afterwards.
        let _ = self.attempt(|os| sleep(os, time));
    }
}
