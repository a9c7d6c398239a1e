//! A mailbox of any content that changes as it likes: errors, and every wait ends.

use std::time::Duration;

use hotcore_ospm::mailbox::Mailbox;
use hotcore_ospm::{
    Bus, Conduit, Consent, Cpu, CpuRecord, DeviceTreeCpu, DeviceTreeMethod, Entry, Fault, Leave,
    Mpidr, Os, Registry, Report, Signal, State, Transition, Width,
};

const PAGE: u64 = 0x5000_0000;

/// An OS whose platform answers with what comes next; once that is over, always the same.
struct Any<'a> {
    page: [u8; 0x40],
    next: &'a [u8],
    waited: Duration,
}

impl Any<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.next.split_first() else { return 0 };
        self.next = rest;
        byte
    }
}

impl Bus for Any<'_> {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        let choice = self.byte();
        if choice == 0xff {
            return Err(Fault { address });
        }
        if choice & 0xf0 == 0xe0 {
            let at = usize::from(choice & 0xf) * 4;
            let value = self.byte();
            self.page[at] = value;
        }
        let start = (address - PAGE) as usize;
        let bytes = &self.page[start..start + width.bytes() as usize];
        Ok(bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        let start = (address - PAGE) as usize;
        let count = width.bytes() as usize;
        self.page[start..start + count].copy_from_slice(&value.to_le_bytes()[..count]);
        Ok(())
    }
}

impl Os for Any<'_> {
    fn wait(&mut self, at_most: Duration) -> Result<Duration, Fault> {
        self.waited += at_most;
        Ok(at_most)
    }

    fn call(&mut self, _: Conduit, registers: [u64; 4]) -> Result<u64, Fault> {
        panic!("PSCI is called: {registers:x?}");
    }

    fn signal(&mut self, _: Signal) -> Result<(), Fault> {
        Ok(())
    }

    fn prepare(&mut self, _: Cpu) -> Result<Entry, Fault> {
        Ok(Entry { address: 0x4000_0000, context: 0 })
    }

    fn arrived(&mut self, _: Cpu) -> Result<bool, Fault> {
        Ok(self.byte() & 3 == 1)
    }

    fn offline(&mut self, _: Cpu, leave: Leave) -> Result<Consent, Fault> {
        match leave {
            Leave::Return { mailbox, entry } => {
                assert!(mailbox == PAGE && entry != 0 && entry.is_multiple_of(4));
            }
            other => panic!("{other:?}"),
        }
        Ok(if self.byte() & 7 == 7 { Consent::Refused } else { Consent::Leaving })
    }

    fn transition(&mut self, _: Cpu, _: Transition) {}

    fn report(&mut self, _: Report) {}
}

/// The first bytes are the page, the others what becomes of it.
pub(crate) fn use_mailbox(bytes: &[u8]) {
    let mut page = [0; 0x40];
    let given = bytes.len().min(page.len());
    page[..given].copy_from_slice(&bytes[..given]);
    let mut os = Any { page, next: &bytes[given..], waited: Duration::ZERO };
    if os.byte() & 1 != 0 {
        os.page[0x10..0x14].copy_from_slice(&hotcore_ospm::mailbox::MAGIC.to_le_bytes());
        os.page[0x30..0x38].copy_from_slice(&1u64.to_le_bytes());
    }
    direct(&mut os);
    life(&mut os);
}

/// Each operation alone.
fn direct(os: &mut Any<'_>) {
    let owner = Mpidr::from_register(1);
    let kinds = [
        Mailbox::ParkingV1 { page: PAGE, interface: 1 },
        Mailbox::ParkingV2 { page: PAGE, interface: 1 },
        Mailbox::SpinTable { release: PAGE + 8, page: None },
        Mailbox::SpinTable { release: PAGE + 8, page: Some(PAGE) },
    ];
    for mailbox in kinds {
        if let Ok(ready) = mailbox.judge(os, owner)
            && let Ok(started) = ready.start(os, 0x4000_0000)
        {
            let _ = started.denied(os);
            let _ = started.jump_taken(os);
        }
        let before = os.waited;
        if let Ok(ticket) = mailbox.ticket(os, owner) {
            let _ = ticket.hand_over(os);
        }
        assert!(os.waited <= before + Duration::from_secs(2));
    }
}

/// A CPU that is brought up and taken down again and again.
fn life(os: &mut Any<'_>) {
    let node = |n: u64, release: Option<u64>| DeviceTreeCpu {
        mpidr: Mpidr::from_register(n),
        enable_method: Some(DeviceTreeMethod::SpinTable),
        release,
        return_mailbox: release.map(|address| address - 8),
    };
    let cpus = [node(0, None), node(1, Some(PAGE + 8))];
    let mut registry =
        Registry::from_device_tree(&cpus, None, Mpidr::from_register(0), 2, &mut |_| {});
    let mut stuck = false;
    for _ in 0..8 {
        let before = os.waited;
        let _ = registry.bring_up(os, Cpu(1));
        let _ = registry.take_down(os, Cpu(1));
        assert!(os.waited <= before + Duration::from_secs(7));
        let state = registry.get(Cpu(1)).map(CpuRecord::state);
        assert!(!stuck || state == Some(State::Stuck), "nothing frees a stuck CPU");
        stuck = state == Some(State::Stuck);
        assert!(!stuck || !registry.kexec_allowed());
    }
}
