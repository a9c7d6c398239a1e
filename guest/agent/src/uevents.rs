//! The kernel's uevents, as it broadcasts them over netlink (`NETLINK_KOBJECT_UEVENT`).

// System calls without a safe wrapper.
#![allow(unsafe_code)]

use std::fs::File;
use std::io::{self, Read, Write};
use std::mem::zeroed;
use std::os::fd::{AsRawFd, FromRawFd};

/// The multicast group the kernel itself sends to (udev's is 2).
const KERNEL_GROUP: u32 = 1;

/// Room for one event: the kernel's `UEVENT_BUFFER_SIZE` is 2048, its header a path more.
const LARGEST: usize = 8192;

/// Prints `ACTION DEVPATH` of each event whose path starts with `prefix`, until it is killed.
pub(crate) fn print(prefix: &str) -> io::Result<()> {
    let mut events = subscribe()?;
    let mut output = io::stdout().lock();
    let mut buffer = [0; LARGEST];
    loop {
        let length = events.read(&mut buffer)?;
        let Some((action, path)) = parse(&buffer[..length]) else { continue };
        if path.starts_with(prefix) {
            writeln!(output, "{action} {path}")?;
            output.flush()?;
        }
    }
}

fn subscribe() -> io::Result<File> {
    let flags = libc::SOCK_DGRAM | libc::SOCK_CLOEXEC;
    // SAFETY: no pointers.
    let socket = unsafe { libc::socket(libc::AF_NETLINK, flags, libc::NETLINK_KOBJECT_UEVENT) };
    if socket < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new and nobody else's.
    let socket = unsafe { File::from_raw_fd(socket) };
    // SAFETY: all zeros is a valid `sockaddr_nl`.
    let mut address: libc::sockaddr_nl = unsafe { zeroed() };
    address.nl_family = libc::AF_NETLINK as libc::sa_family_t;
    address.nl_groups = KERNEL_GROUP;
    let size = size_of_val(&address) as libc::socklen_t;
    // SAFETY: the pointer and the size are those of `address`, which the kernel only reads.
    let result = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), size) };
    if result == 0 { Ok(socket) } else { Err(io::Error::last_os_error()) }
}

/// An event starts with `ACTION@DEVPATH` and a zero byte.
fn parse(event: &[u8]) -> Option<(&str, &str)> {
    let header = event.split(|&byte| byte == 0).next()?;
    std::str::from_utf8(header).ok()?.split_once('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_events_header_has_its_action_and_its_path() {
        let event = b"add@/devices/system/cpu/cpu1\0ACTION=add\0SUBSYSTEM=cpu\0";
        assert_eq!(parse(event), Some(("add", "/devices/system/cpu/cpu1")));
        assert_eq!(parse(b"libudev\0\xfe\xed"), None);
        assert_eq!(parse(b""), None);
    }
}
