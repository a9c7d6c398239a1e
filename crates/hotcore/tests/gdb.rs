//! `hotcore run --gdb`, with a guest of three instructions and a client that says as little as possible.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use hotcore_scripted::{Linux, linux_image};
use hotcore_vmm::{CpuStart, CpusConfig, Firmware, Machine, MachineConfig, Removable, Serial};

const USAGE: i32 = 2;
const FAILURE: i32 = 1;
/// A test that waits for this has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// `movz w0, #8; movk w0, #0x8400, lsl #16; hvc #0`: SYSTEM_OFF.
const PROGRAM: [u32; 3] = [0x5280_0100, 0x72b0_8000, 0xd400_0002];

fn command(folder: &Path, place: &str) -> Command {
    let kernel = folder.join("flat");
    let image: Vec<u8> = PROGRAM.into_iter().flat_map(u32::to_le_bytes).collect();
    std::fs::write(&kernel, image).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotcore"));
    command.args(["run", "--engine", "soft", "--firmware", "dt", "--serial", "null"]);
    command.arg("--kernel").arg(kernel).args(["--gdb", place]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Starts it, and gives where it says that gdb can come in.
fn start(folder: &Path, place: &str) -> (Child, String) {
    let mut child = command(folder, place).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
    let target = line.trim().strip_prefix("hotcore: the guest waits for gdb: target remote ");
    (child, target.unwrap_or_else(|| panic!("{line}")).to_owned())
}

fn ask(mut stream: impl Read + Write, packet: &[u8], answer: &[u8]) {
    stream.write_all(packet).unwrap();
    let mut answered = vec![0; answer.len()];
    stream.read_exact(&mut answered).unwrap();
    assert_eq!(String::from_utf8_lossy(&answered), String::from_utf8_lossy(answer));
}

/// Whether it ends by itself, and well.
fn ends_well(mut child: Child) -> bool {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    false
}

/// Where the guest is, and then that it shall go on to its end.
fn look_and_go_on(mut stream: impl Read + Write) {
    ask(&mut stream, b"$p20#d2", b"+$0000084000000000#0c");
    ask(&mut stream, b"+$vCont;c#a8", b"+$W00#b7");
}

#[test]
fn the_guest_waits_and_its_end_is_told_through_a_socket() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("gdb");
    let (child, target) = start(folder.path(), socket.to_str().unwrap());
    assert_eq!(Path::new(&target), socket);
    let stream = UnixStream::connect(&socket).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    look_and_go_on(&stream);
    assert!(ends_well(child));
    assert!(!socket.exists());
}

#[test]
fn a_port_of_the_loopback_does_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (child, target) = start(folder.path(), "localhost:0");
    let stream = TcpStream::connect(&target).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A second machine cannot be there.
    assert_says(&refused(folder.path(), &target), FAILURE, &["--gdb", &target]);
    look_and_go_on(&stream);
    assert!(ends_well(child));
}

fn refused(folder: &Path, place: &str) -> Output {
    command(folder, place).output().unwrap()
}

#[track_caller]
fn assert_says(output: &Output, status: i32, words: &[&str]) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{errors}");
    for word in words {
        assert!(errors.contains(word), "{word} expected in: {errors}");
    }
}

#[test]
fn gdb_comes_in_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    for place in ["0.0.0.0:1234", "192.0.2.1:1234", "[::]:1234", "example.org:1234"] {
        assert_says(&refused(folder.path(), place), USAGE, &["--gdb", "loopback", "ssh -L"]);
    }
    assert_says(&refused(folder.path(), "localhost:gdb"), USAGE, &["--gdb", "no port"]);
    let nowhere = refused(folder.path(), "/nonexistent/gdb");
    assert_says(&nowhere, FAILURE, &["--gdb /nonexistent/gdb"]);
    let flat = folder.path().join("flat");
    assert_says(&refused(folder.path(), flat.to_str().unwrap()), FAILURE, &["not a socket"]);
}

#[test]
fn an_engine_that_cannot_be_debugged_says_so_before_there_is_a_machine() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = folder.path().join("Image");
    std::fs::write(&kernel, linux_image("6.12.43")).unwrap();
    let config = MachineConfig {
        kernel,
        initramfs: None,
        cmdline: String::new(),
        cpus: CpusConfig { boot: 1, max: 4, removable: Removable::Auto },
        memory_size: 64 << 20,
        firmware: Firmware::Acpi,
        cpu_start: CpuStart::Psci,
        serial: Serial::Nowhere,
        fault: None,
        end_at_reset: false,
        trace: None,
        debug: true,
    };
    let engine = Linux::default().engine();
    let refused = Machine::new(&engine, &config, Box::new(std::io::sink())).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "scripted: this engine cannot be debugged with gdb; use --engine soft"
    );
}
