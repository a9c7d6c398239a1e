//! QMP as another VMM serves it: CPUs are devices, as in QEMU.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::host::{Ended, HostError};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection.
pub(super) struct Qmp {
    stream: BufReader<UnixStream>,
    events: Vec<Value>,
}

impl Qmp {
    pub(super) fn connect(path: &Path) -> Result<Self, HostError> {
        let stream = UnixStream::connect(path).map_err(HostError::other)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(HostError::other)?;
        let mut qmp = Self { stream: BufReader::new(stream), events: Vec::new() };
        qmp.line(PATIENCE)?;
        qmp.ask("qmp_capabilities", &json!({}))?;
        Ok(qmp)
    }

    /// Adds a CPU that the VMM calls hot-pluggable, by what it says of it.
    pub(super) fn plug(&mut self, cpu: u32) -> Result<(), HostError> {
        let list = self.ask("query-hotpluggable-cpus", &json!({}))?;
        let slot = slot(&list, cpu).ok_or_else(|| HostError::Refused(format!("no CPU {cpu}")))?;
        let mut arguments = slot.get("props").cloned().unwrap_or_else(|| json!({}));
        arguments["driver"] = slot.get("type").cloned().unwrap_or_default();
        arguments["id"] = name(cpu).into();
        self.request("device_add", &arguments)
    }

    /// Removes a CPU that was added so.
    pub(super) fn unplug(&mut self, cpu: u32) -> Result<(), HostError> {
        self.request("device_del", &json!({ "id": name(cpu) }))
    }

    /// Waits for what becomes of the latest request.
    pub(super) fn end(&mut self, cpu: u32, patience: Duration) -> Result<Ended, HostError> {
        let until = Instant::now() + patience;
        loop {
            while let Some(event) = (!self.events.is_empty()).then(|| self.events.remove(0)) {
                if let Some(ended) = ended(&event, cpu) {
                    return Ok(ended);
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Ended::Pending);
            }
            match self.line(left) {
                Ok(line) if line.get("event").is_some() => self.events.push(line),
                Ok(_) => {}
                Err(HostError::Silent) => return Ok(Ended::Pending),
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks for something whose end is an event: those that came before its answer are of earlier requests.
    fn request(&mut self, command: &str, arguments: &Value) -> Result<(), HostError> {
        self.ask(command, arguments)?;
        self.events.clear();
        Ok(())
    }

    fn ask(&mut self, command: &str, arguments: &Value) -> Result<Value, HostError> {
        let request = json!({ "execute": command, "arguments": arguments });
        let sent = self.stream.get_mut().write_all(format!("{request}\n").as_bytes());
        sent.map_err(HostError::other)?;
        loop {
            let mut line = self.line(PATIENCE)?;
            if let Some(value) = line.get_mut("return") {
                return Ok(value.take());
            }
            if let Some(error) = line.get("error") {
                let text = error["desc"].as_str().unwrap_or("no reason");
                return Err(HostError::Refused(text.to_owned()));
            }
            self.events.push(line);
        }
    }

    fn line(&mut self, patience: Duration) -> Result<Value, HostError> {
        let stream = self.stream.get_ref();
        stream.set_read_timeout(Some(patience)).map_err(HostError::other)?;
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => Err(HostError::Other("QMP has ended".to_owned())),
            Ok(_) => serde_json::from_str(&line).map_err(HostError::other),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Err(HostError::Silent),
            Err(error) => Err(HostError::other(error)),
        }
    }
}

fn name(cpu: u32) -> String {
    format!("cpu-probe-{cpu}")
}

/// The entry of `query-hotpluggable-cpus` of the CPU of this index: QEMU lists the last one first.
fn slot(list: &Value, cpu: u32) -> Option<&Value> {
    let slots = list.as_array()?;
    let index = slots.len().checked_sub(1)?.checked_sub(usize::try_from(cpu).ok()?)?;
    let by_core = |slot: &&Value| slot["props"]["core-id"].as_u64() == Some(cpu.into());
    let flat = slots.iter().filter(|slot| slot["props"]["core-id"].is_u64()).count() == slots.len();
    slots.iter().find(by_core).filter(|_| flat).or_else(|| slots.get(index))
}

/// What an event tells of the request for a CPU.
fn ended(event: &Value, cpu: u32) -> Option<Ended> {
    let data = &event["data"];
    match event["event"].as_str()? {
        "DEVICE_DELETED" if data["device"] == name(cpu) => Some(Ended::Ejected),
        "DEVICE_UNPLUG_GUEST_ERROR" => Some(Ended::Refused),
        "ACPI_DEVICE_OST" => {
            let info = &data["info"];
            let (source, status) = (info["source"].as_u64()?, info["status"].as_u64()?);
            match (source, status) {
                (0 | 1, 0) => Some(Ended::Added),
                (3, 0) => Some(Ended::Ejected),
                (3, 0x80..=0x83) => Some(Ended::Refused),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_of_a_cpu_is_found_in_qemus_order() {
        let entry = |core: u32| json!({"type": "host", "props": {"core-id": core}});
        let list = json!([entry(2), entry(1), entry(0)]);
        assert_eq!(slot(&list, 1).unwrap()["props"]["core-id"], 1);
        assert_eq!(slot(&list, 3), None);
        assert_eq!(slot(&json!({}), 0), None);
    }

    #[test]
    fn events_tell_what_became_of_it() {
        let ost = |source: u32, status: u32| json!({"event": "ACPI_DEVICE_OST", "data": {"info": {"source": source, "status": status}}});
        assert_eq!(ended(&ost(1, 0), 1), Some(Ended::Added));
        assert_eq!(ended(&ost(3, 0x84), 1), None);
        assert_eq!(ended(&ost(3, 0x82), 1), Some(Ended::Refused));
        let deleted = json!({"event": "DEVICE_DELETED", "data": {"device": name(3)}});
        assert_eq!((ended(&deleted, 3), ended(&deleted, 2)), (Some(Ended::Ejected), None));
    }
}
