//! What a VMM process has, apart from its guest's RAM: memory, threads and descriptors.
//!
//! Memory is what `/proc/PID/smaps` says of every mapping but the guest's RAM, which is the one
//! that has its size. The host kernel's own memory for vCPUs is in no process's account.

use std::fs;

use hotcore_report::Footprint;

use super::RAM_KIB;
use crate::GuestError;

/// What the process `pid` has. Its mapping of [`RAM_KIB`] is the guest's RAM.
pub(super) fn footprint(pid: u32) -> Result<Footprint, GuestError> {
    let read = |file: &str| {
        fs::read_to_string(format!("/proc/{pid}/{file}"))
            .map_err(GuestError::system("the VMM's account in /proc"))
    };
    let smaps = read("smaps")?;
    let (mut own, mut guest) = (Memory::default(), Memory::default());
    for mapping in mappings(&smaps) {
        let account = if mapping.size == RAM_KIB { &mut guest } else { &mut own };
        account.resident += mapping.resident;
        account.anonymous += mapping.anonymous;
        account.proportional += mapping.proportional;
    }
    if guest.resident == 0 {
        return Err(GuestError::Wrong("the guest's RAM is not among the VMM's mappings".into()));
    }
    let threads = read("status")?;
    let threads = threads.lines().find_map(|line| field(line, "Threads:"));
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd"));
    let descriptors = descriptors.map_err(GuestError::system("the VMM's descriptors"))?;
    Ok(Footprint {
        resident_kib: own.resident,
        anonymous_kib: own.anonymous,
        proportional_kib: own.proportional,
        threads: threads.unwrap_or(0),
        descriptors: descriptors.count() as u64,
        guest_kib: guest.resident,
    })
}

/// Memory in KiB.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Memory {
    size: u64,
    resident: u64,
    anonymous: u64,
    proportional: u64,
}

/// The mappings in `/proc/PID/smaps`: each begins with its `Size` (after the line of its addresses).
fn mappings(smaps: &str) -> Vec<Memory> {
    let mut mappings = Vec::new();
    for line in smaps.lines() {
        if let Some(size) = field(line, "Size:") {
            mappings.push(Memory { size, ..Memory::default() });
        }
        let Some(mapping) = mappings.last_mut() else { continue };
        let fields = [
            ("Rss:", &mut mapping.resident),
            ("Pss:", &mut mapping.proportional),
            ("Anonymous:", &mut mapping.anonymous),
        ];
        for (name, value) in fields {
            *value = field(line, name).unwrap_or(*value);
        }
    }
    mappings
}

/// The number of a line that begins with `name`.
fn field(line: &str, name: &str) -> Option<u64> {
    line.strip_prefix(name)?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_read_one_by_one() {
        let smaps = "\
aaaa0000-aaab0000 r-xp 00000000 00:02 12 /lab/bin/hotcore
Size:                 64 kB
KernelPageSize:        4 kB
Rss:                  48 kB
Pss:                  24 kB
Pss_Dirty:             0 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
ffff0000-ffff8000 rw-p 00000000 00:00 0
Size:                 32 kB
Rss:                   8 kB
Pss:                   8 kB
Anonymous:             8 kB
";
        let text = Memory { size: 64, resident: 48, anonymous: 0, proportional: 24 };
        let heap = Memory { size: 32, resident: 8, anonymous: 8, proportional: 8 };
        assert_eq!(mappings(smaps), [text, heap]);
    }
}
