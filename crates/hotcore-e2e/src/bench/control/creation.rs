//! Whether a client waits while large machines are made for another one.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use hotcore_report::{Latencies, Sample};
use serde_json::json;

use super::super::RAM_KIB;
use super::ASKING;
use crate::demo::micros;
use crate::guest::PATIENCE;
use crate::{GuestError, Http, Kernel, engine, lab_file};

/// How many CPUs the machine can have.
const MAX: u16 = 512;
/// How often somebody pings.
const PACE: Duration = Duration::from_millis(1);

/// Makes machines in a VMM and deletes them, and pings meanwhile.
pub(super) fn pinged(round: u32) -> Result<Sample, GuestError> {
    let folder = tempfile::tempdir().map_err(GuestError::system("a folder for a socket"))?;
    let socket = folder.path().join("api");
    let vmm = Empty::start(&socket)?;
    let mut http = Http::connect(&socket)?;
    let mut pinger = Http::connect(&socket)?;
    ping(&mut pinger)?;
    let done = AtomicBool::new(false);
    let (creations, pings) = thread::scope(|scope| {
        let pings = scope.spawn(|| until(&done, pinger));
        let creations = create(&mut http);
        done.store(true, Ordering::Release);
        (creations, pings.join())
    });
    let pings = pings.map_err(|_| GuestError::Wrong("the pinger failed".to_owned()))??;
    let (creations, pings) = (Latencies::of(creations?), Latencies::of(pings));
    put(&mut http, "vmm.shutdown", "")?;
    vmm.end()?;
    Ok(Sample::Pings { round, max: MAX, creations, pings })
}

/// Makes machines for a while; tells how long each took.
fn create(http: &mut Http) -> Result<Vec<u64>, GuestError> {
    let config = json!({
        "payload": {"kernel": Kernel::Linux6_12.image(), "initramfs": lab_file("guest/initramfs")},
        "cpus": {"boot_vcpus": 1, "max_vcpus": MAX},
        "memory": {"size": RAM_KIB << 10},
    });
    let config = config.to_string();
    let mut times = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < ASKING {
        let asked = Instant::now();
        put(http, "vm.create", &config)?;
        times.push(micros(asked.elapsed()));
        put(http, "vm.delete", "")?;
    }
    Ok(times)
}

fn put(http: &mut Http, name: &str, body: &str) -> Result<(), GuestError> {
    let answer = http.ask("PUT", name, body)?;
    match answer.status {
        204 => Ok(()),
        status => Err(GuestError::Wrong(format!("{name} is answered {status}: {}", answer.json()))),
    }
}

/// Pings at a steady pace until it is done. A ping that is answered late makes those that were due
/// meanwhile late, too.
fn until(done: &AtomicBool, mut http: Http) -> Result<Vec<u64>, GuestError> {
    let mut times = Vec::new();
    let mut due = Instant::now();
    while !done.load(Ordering::Acquire) {
        sleep(due.saturating_duration_since(Instant::now()));
        ping(&mut http)?;
        times.push(micros(due.elapsed()));
        due += PACE;
    }
    Ok(times)
}

fn ping(http: &mut Http) -> Result<(), GuestError> {
    match http.ask("GET", "vmm.ping", "")?.status {
        200 => Ok(()),
        status => Err(GuestError::Wrong(format!("vmm.ping is answered {status}"))),
    }
}

/// A VMM without a machine. It is killed when it goes out of scope.
struct Empty {
    child: Child,
}

impl Empty {
    fn start(socket: &Path) -> Result<Self, GuestError> {
        let child = Command::new(lab_file("bin/hotcore"))
            .args(["--engine", &engine(), "--api-socket"])
            .arg(socket)
            .env("HOTCORE_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(GuestError::system("hotcore cannot be started"))?;
        let vmm = Self { child };
        let until = Instant::now() + PATIENCE;
        while Http::connect(socket).is_err() {
            if Instant::now() > until {
                return Err(GuestError::Wrong("the VMM does not serve its API".to_owned()));
            }
            sleep(Duration::from_millis(10));
        }
        Ok(vmm)
    }

    /// Waits for the end that it was asked for.
    fn end(mut self) -> Result<(), GuestError> {
        self.child.wait().map(drop).map_err(GuestError::system("the VMM is lost"))
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
