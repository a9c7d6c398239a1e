//! CPUs that come and go by PSCI.

use std::time::Duration;

use hotcore_ospm::{
    Conduit, Convention, Cpu, Entry, Mpidr, OnlineError, Psci, PsciError, Report, State,
};

use crate::os::{ENTRY, Event, TestOs};
use crate::processor::Machine;

const CPU_ON: [u64; 4] = [0xc400_0003, 1, ENTRY, 7];

#[test]
fn b028_denied_is_silent() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    machine.os.cpu_on = -3;
    assert_eq!(machine.ospm.online(Cpu(1), &mut machine.os), Err(OnlineError::Denied));
    assert_eq!(machine.os.taken(), [Event::Prepare(Cpu(1)), Event::Call(CPU_ON)]);
    assert_eq!(machine.ospm.registry().get(Cpu(1)).unwrap().state(), State::Offline);
    // The policy has changed: the same CPU, later.
    machine.os.cpu_on = 0;
    assert_eq!(machine.ospm.online(Cpu(1), &mut machine.os), Ok(()));
}

#[test]
fn b029_other_errors_are_reported() {
    let errors = [
        (-1, PsciError::NotSupported),
        (-2, PsciError::InvalidParameters),
        (-4, PsciError::AlreadyOn),
        (-5, PsciError::OnPending),
        (-6, PsciError::InternalFailure),
        (-7, PsciError::NotPresent),
        (-8, PsciError::Disabled),
        (-9, PsciError::InvalidAddress),
        (-77, PsciError::Unknown(-77)),
        (5, PsciError::Unknown(5)),
    ];
    for (answer, error) in errors {
        let mut machine = Machine::enumerated(&[0xf, 0xf]);
        machine.os.cpu_on = answer;
        let online = machine.ospm.online(Cpu(1), &mut machine.os);
        assert_eq!(online, Err(OnlineError::Psci(error)));
        assert_eq!(machine.os.reports(), [Report::CpuOnFailed { cpu: Cpu(1), error }]);
        assert_eq!(error.code(), answer as i32);
        assert_eq!(machine.masks()[2], "1-");
    }
}

#[test]
fn a_cpu_that_never_arrives_is_stuck_until_psci_says_off() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    machine.os.arrives = false;
    let online = machine.ospm.online(Cpu(1), &mut machine.os);
    assert_eq!(online, Err(OnlineError::NotArrived));
    assert_eq!(machine.os.time, Duration::from_secs(5));
    assert!(!machine.ospm.registry().kexec_allowed());
    machine.os.affinity = 0;
    assert_eq!(machine.ospm.online(Cpu(1), &mut machine.os), Err(OnlineError::Stuck));
    machine.os.affinity = 1;
    machine.os.arrives = true;
    assert_eq!(machine.ospm.online(Cpu(1), &mut machine.os), Ok(()));
    assert!(machine.ospm.registry().kexec_allowed());
}

#[test]
fn an_offline_cpu_that_stays_on_is_reported_and_stuck() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    machine.ospm.online(Cpu(1), &mut machine.os).unwrap();
    machine.os.affinity = 0;
    machine.os.time = Duration::ZERO;
    assert_eq!(machine.ospm.offline(Cpu(1), &mut machine.os), Ok(()));
    assert_eq!(machine.os.time, Duration::from_millis(100));
    assert_eq!(machine.os.reports(), [Report::NotShutDown { cpu: Cpu(1), answer: 0 }]);
    assert!(!machine.ospm.registry().kexec_allowed());
}

#[test]
fn both_conventions_and_the_other_calls() {
    let mut os = TestOs::new();
    let mut psci = Psci::new(Conduit::Smc);
    psci.convention = Convention::Smc32;
    let target = Mpidr::new(3).unwrap();
    let entry = Entry { address: 0x1000, context: 9 };
    assert_eq!(psci.cpu_on(&mut os, target, entry), Ok(()));
    assert_eq!(psci.version(&mut os), Err(PsciError::NotSupported));
    assert_eq!(psci.cpu_off(&mut os), PsciError::NotSupported);
    assert_eq!(psci.system_reset2(&mut os, 1, 2), PsciError::NotSupported);
    let calls = [
        [0x8400_0003, 3, 0x1000, 9],
        [0x8400_0000, 0, 0, 0],
        [0x8400_0002, 0, 0, 0],
        [0x8400_0012, 1, 2, 0],
    ];
    assert_eq!(os.taken(), calls.map(Event::Call));
}
