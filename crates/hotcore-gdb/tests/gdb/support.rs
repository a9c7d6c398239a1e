//! A machine with a gdb server, and a client that speaks the protocol by hand.

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use hotcore_engine::Engine;
use hotcore_engine::kvm::KvmEngine;
use hotcore_engine::soft::SoftEngine;
use hotcore_gdb::{Listener, Server};
use hotcore_vmm::{
    Control, CpuStart, CpusConfig, Firmware, Machine, MachineConfig, Removable, Serial, Stop,
};

use crate::guest;

/// Nothing here takes long; a test that waits for this has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A machine that runs the [guest], halted at its first instruction.
pub(crate) struct Debugged {
    folder: tempfile::TempDir,
    pub(crate) control: Control,
    stopped: Receiver<Stop>,
}

impl Debugged {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kernel = folder.path().join("flat");
        std::fs::write(&kernel, guest::image()).unwrap();
        let config = MachineConfig {
            kernel,
            initramfs: None,
            cmdline: String::new(),
            cpus: CpusConfig { boot: 2, max: 2, removable: Removable::No },
            memory_size: 64 << 20,
            firmware: Firmware::DeviceTree,
            cpu_start: CpuStart::Psci,
            serial: Serial::Vmm,
            fault: None,
            trace: None,
            debug: true,
            end_at_reset: false,
        };
        let machine = Machine::new(engine().as_ref(), &config, Box::new(io::sink())).unwrap();
        let (control, debugger) = (machine.control(), machine.debugger().unwrap());
        let listener = UnixListener::bind(folder.path().join("gdb")).unwrap();
        let server = Server::start(Listener::Unix(listener), debugger).unwrap();
        let (ended, stopped) = channel();
        thread::spawn(move || {
            let stop = machine.run().unwrap();
            server.end(0);
            ended.send(stop)
        });
        Self { folder, control, stopped }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("gdb")
    }

    pub(crate) fn connect(&self) -> Client {
        Client::connect(&self.socket())
    }

    /// Waits for the end of the machine and its server.
    pub(crate) fn wait_for_end(&self) -> Stop {
        self.stopped.recv_timeout(PATIENCE).unwrap()
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.stopped.try_recv().is_ok()
    }
}

/// KVM where it is asked for, else the software engine.
fn engine() -> Box<dyn Engine> {
    if std::env::var_os("HOTCORE_REQUIRE_KVM").is_none_or(|one| one != "1") {
        return Box::new(SoftEngine);
    }
    match KvmEngine::open(Path::new("/dev/kvm")) {
        Ok(kvm) => Box::new(kvm),
        Err(error) => panic!("HOTCORE_REQUIRE_KVM=1, but {error}"),
    }
}

impl Drop for Debugged {
    fn drop(&mut self) {
        self.control.stop();
    }
}

/// A client. What it does not get in time is a panic.
pub(crate) struct Client(UnixStream);

impl Client {
    /// Connects. Who left before may still be on its way out.
    pub(crate) fn connect(path: &Path) -> Self {
        for _ in 0..PATIENCE.as_millis() / 10 {
            let mut client = Self::knock(path);
            if client.try_ask("?").is_some_and(|answer| answer.starts_with("T05thread:")) {
                return client;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the server lets nobody in");
    }

    /// Connects, whether or not it is let in.
    pub(crate) fn knock(path: &Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
        Self(stream)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        // Whoever is not served any more cannot write either.
        let _ = self.0.write_all(bytes);
    }

    pub(crate) fn packet(&mut self, body: &str) {
        self.send(&framed(body.as_bytes()));
    }

    /// The next byte; `None` at the connection's end.
    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        match self.0.read(&mut byte) {
            Ok(0) => None,
            Ok(_) => Some(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("no answer: {error}"),
        }
    }

    /// The body of the next answer; `None` at the connection's end.
    pub(crate) fn answer(&mut self) -> Option<String> {
        while self.byte()? != b'$' {}
        let mut body = Vec::new();
        loop {
            match self.byte()? {
                b'#' => break,
                byte => body.push(byte),
            }
        }
        let sum = [self.byte()?, self.byte()?];
        let computed = body.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        assert_eq!(format!("{computed:02x}").as_bytes(), sum);
        self.send(b"+");
        Some(String::from_utf8(body).unwrap())
    }

    pub(crate) fn try_ask(&mut self, body: &str) -> Option<String> {
        self.packet(body);
        self.answer()
    }

    #[track_caller]
    pub(crate) fn ask(&mut self, body: &str) -> String {
        self.try_ask(body).unwrap_or_else(|| panic!("{body} ended the session"))
    }

    /// Whether the server has ended the session.
    pub(crate) fn is_over(&mut self) -> bool {
        while self.byte().is_some() {}
        true
    }

    /// Register `number` of gdb's current thread.
    pub(crate) fn register(&mut self, number: u8) -> u64 {
        let text = self.ask(&format!("p{number:x}"));
        u64::from_str_radix(&text, 16).unwrap().swap_bytes()
    }

    pub(crate) fn word(&mut self, address: u64) -> u32 {
        let text = self.ask(&format!("m{address:x},4"));
        u32::from_str_radix(&text, 16).unwrap().swap_bytes()
    }

    pub(crate) fn set_word(&mut self, address: u64, value: u32) {
        let value = value.swap_bytes();
        assert_eq!(self.ask(&format!("M{address:x},4:{value:08x}")), "OK");
    }

    /// Has CPU 0 bring up CPU 1: both are in their loops.
    pub(crate) fn bring_up_both(&mut self) {
        let address = guest::SECOND_LOOP;
        assert_eq!(self.ask(&format!("Z0,{address:x},4")), "OK");
        assert_eq!(self.ask("vCont;c"), "T05thread:02;swbreak:;");
        assert_eq!(self.ask(&format!("z0,{address:x},4")), "OK");
    }
}

/// `$body#checksum`
pub(crate) fn framed(body: &[u8]) -> Vec<u8> {
    let sum = body.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    [b"$", body, format!("#{sum:02x}").as_bytes()].concat()
}

pub(crate) const X5: u8 = 5;
pub(crate) const PC: u8 = 32;
