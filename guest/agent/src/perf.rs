//! Samples of the cycle counter (`perf_event_open(2)`): each is one interrupt of the CPU's PMU.

// System calls without a safe wrapper, and a ring that the kernel writes.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::ptr;
use std::sync::atomic::{Ordering, fence};

/// Cycles between two samples: some ten milliseconds, slow enough never to be throttled.
const PERIOD: u64 = 10_000_000;

const TYPE_HARDWARE: u32 = 0;
const COUNT_CPU_CYCLES: u64 = 0;
const RECORD_SAMPLE: u32 = 9;
const FLAG_CLOEXEC: libc::c_ulong = 1 << 3;
const ATTR_EXCLUDE_HYPERVISOR: u64 = 1 << 6;

/// Size of the records' ring; a sample without fields is eight bytes.
const RING: usize = 65536;

/// Offset of `data_head` in `struct perf_event_mmap_page`.
const DATA_HEAD: usize = 1024;

/// `struct perf_event_attr`, its first version (`PERF_ATTR_SIZE_VER0`).
#[repr(C)]
struct Attributes {
    kind: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    breakpoint_type: u32,
    config1: u64,
}

/// Counts the samples that `cpu` gives while `work` runs.
pub(crate) fn samples(cpu: u16, work: impl FnOnce()) -> io::Result<usize> {
    let counter = open(cpu)?;
    let ring = Ring::map(&counter)?;
    work();
    Ok(count(&ring.records()))
}

fn open(cpu: u16) -> io::Result<File> {
    let attributes = Attributes {
        kind: TYPE_HARDWARE,
        size: size_of::<Attributes>() as u32,
        config: COUNT_CPU_CYCLES,
        sample_period: PERIOD,
        sample_type: 0,
        read_format: 0,
        flags: ATTR_EXCLUDE_HYPERVISOR,
        wakeup_events: 0,
        breakpoint_type: 0,
        config1: 0,
    };
    let (every_process, no_group) = (-1, -1);
    // SAFETY: the pointer is to a `perf_event_attr` of the size it names, which the kernel only
    // reads.
    let descriptor = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const attributes,
            every_process,
            libc::c_int::from(cpu),
            no_group,
            FLAG_CLOEXEC,
        )
    };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new and nobody else's.
    Ok(unsafe { File::from_raw_fd(descriptor as libc::c_int) })
}

/// The kernel's ring of records: a control page, then the data.
struct Ring {
    start: *mut u64,
    page: usize,
}

impl Ring {
    fn map(counter: &File) -> io::Result<Self> {
        // SAFETY: no pointers.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        let page = usize::try_from(page).map_err(|_| io::Error::last_os_error())?;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let length = page + RING;
        let file = counter.as_raw_fd();
        // SAFETY: a new mapping at an address of the kernel's choice.
        let start =
            unsafe { libc::mmap(ptr::null_mut(), length, access, libc::MAP_SHARED, file, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { start: start.cast(), page })
    }

    /// What the kernel has written so far. It stops where the ring is full: nobody moves the tail.
    fn records(&self) -> Vec<u8> {
        // SAFETY: the control page is mapped and larger than `struct perf_event_mmap_page`, whose
        // fields are aligned; the kernel writes `data_head` as one word.
        let head = unsafe { self.start.add(DATA_HEAD / 8).read_volatile() };
        fence(Ordering::Acquire);
        let length = usize::try_from(head).unwrap_or(RING).min(RING);
        let mut records = vec![0; length];
        // SAFETY: the data begin one page after the control page, are `RING` bytes long, and the
        // kernel does not write again what lies before the head.
        unsafe {
            ptr::copy_nonoverlapping(
                self.start.cast::<u8>().add(self.page),
                records.as_mut_ptr(),
                length,
            );
        }
        records
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's, and no reference to it is left.
        unsafe { libc::munmap(self.start.cast(), self.page + RING) };
    }
}

/// The number of samples among the records, each of which begins with its type (u32), flags (u16)
/// and its whole size (u16).
fn count(mut records: &[u8]) -> usize {
    let mut samples = 0;
    while let [t0, t1, t2, t3, _, _, s0, s1, ..] = *records {
        samples += usize::from(u32::from_ne_bytes([t0, t1, t2, t3]) == RECORD_SAMPLE);
        let size = usize::from(u16::from_ne_bytes([s0, s1])).max(8);
        records = records.get(size..).unwrap_or_default();
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u32, size: u16) -> Vec<u8> {
        let mut record = kind.to_ne_bytes().to_vec();
        record.extend([0, 0]);
        record.extend(size.to_ne_bytes());
        record.resize(size.into(), 0xAA);
        record
    }

    #[test]
    fn only_samples_are_counted() {
        let throttle = record(5, 32);
        let records = [record(RECORD_SAMPLE, 8), throttle, record(RECORD_SAMPLE, 8)].concat();
        assert_eq!(count(&records), 2);
        assert_eq!(count(&[]), 0);
        assert_eq!(count(&record(RECORD_SAMPLE, 0)), 0, "cut short");
    }
}
