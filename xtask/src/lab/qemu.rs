//! The process of the nested host: QEMU's emulator with everything on descriptors it inherits, so
//! that nothing is left behind, however this process ends.

// The child is set up between fork and exec.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};

use rustix::io::FdFlags;
use rustix::process::Signal;

use super::LabError;
use crate::fetch::Qemu;

/// As much of the console as an error shows.
const CONSOLE_TAIL: u64 = 4096;

const KERNEL_COMMAND_LINE: &str = "console=ttyAMA0 quiet cryptomgr.notests panic=-1";

/// The nested host's parts.
pub(super) struct Machine<'a> {
    pub(super) qemu: &'a Qemu,
    pub(super) kernel: &'a Path,
    pub(super) cpu: &'a str,
    pub(super) initramfs: File,
}

/// Our ends of the virtio-serial ports, in the order of their numbers.
pub(super) struct Ports {
    pub(super) terminal: UnixStream,
    pub(super) input: UnixStream,
    pub(super) output: UnixStream,
    pub(super) error: UnixStream,
}

/// A running nested host. It is killed when it goes out of scope, and by the kernel when the
/// thread that started it ends.
pub(super) struct Running {
    process: Child,
    console: File,
}

impl Machine<'_> {
    pub(super) fn start(self) -> Result<(Running, Ports), LabError> {
        let socket = || UnixStream::pair().map_err(LabError::system("make a socket"));
        let (terminal, terminal_end) = socket()?;
        let (input, input_end) = socket()?;
        let (output, output_end) = socket()?;
        let (error, error_end) = socket()?;
        let console = tempfile::tempfile().map_err(LabError::system("make the console's log"))?;
        let log = || console.try_clone().map_err(LabError::system("open the console's log"));

        let mut command = self.qemu.command();
        command
            .args(["-machine", "virt,virtualization=on,gic-version=3", "-cpu", self.cpu])
            .args(["-accel", "tcg,thread=multi", "-smp", "2", "-m", "3G"])
            .args(["-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio"])
            .arg("-kernel")
            .arg(self.kernel)
            .args(["-append", KERNEL_COMMAND_LINE, "-initrd"])
            .arg(format!("/dev/fd/{}", self.initramfs.as_raw_fd()))
            .args(["-device", "virtio-serial-pci"])
            .stdin(Stdio::null())
            .stdout(log()?)
            .stderr(log()?);
        let mut inherited: Vec<OwnedFd> = vec![self.initramfs.into()];
        for (number, end) in
            [terminal_end, input_end, output_end, error_end].into_iter().enumerate()
        {
            let device = if number == 0 { "virtconsole" } else { "virtserialport" };
            command
                .args(["-chardev", &format!("socket,id=port{number},fd={}", end.as_raw_fd())])
                .args(["-device", &format!("{device},nr={number},chardev=port{number}")]);
            inherited.push(end.into());
        }
        let descriptors: Vec<RawFd> = inherited.iter().map(AsRawFd::as_raw_fd).collect();
        // SAFETY: what runs in the child between fork and exec makes two kinds of system calls,
        // and neither allocates nor takes locks.
        unsafe { command.pre_exec(move || set_up(&descriptors)) };
        let process = command.spawn().map_err(LabError::system("start QEMU"))?;
        let ports = Ports { terminal, input, output, error };
        Ok((Running { process, console }, ports))
    }
}

/// In the child: dies with its parent, and keeps the descriptors.
fn set_up(descriptors: &[RawFd]) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    for &descriptor in descriptors {
        // SAFETY: the parent holds it open until the child has been started.
        let descriptor = unsafe { BorrowedFd::borrow_raw(descriptor) };
        rustix::io::fcntl_setfd(descriptor, FdFlags::empty())?;
    }
    Ok(())
}

impl Running {
    /// Ends the host, and gives the end of what it wrote to its console.
    pub(super) fn end(mut self) -> String {
        self.kill();
        let size = self.console.metadata().map_or(0, |metadata| metadata.len());
        let length = size.min(CONSOLE_TAIL);
        let mut tail = vec![0; length as usize];
        match self.console.read_exact_at(&mut tail, size - length) {
            Ok(()) => String::from_utf8_lossy(&tail).into_owned(),
            Err(error) => format!("(could not be read: {error})"),
        }
    }

    fn kill(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
