//! A guest at work on all its CPUs while some of them come and go, several at a time.
//!
//! `HOTCORE_SOAK` says for how many minutes; without it, it is a matter of seconds.

use std::thread::sleep;
use std::time::{Duration, Instant};

use hotcore_e2e::{Guest, Kernel, RunningCtl, Spec};

use crate::on_each_kernel;

on_each_kernel!(cpus_come_and_go_under_load_and_every_answer_is_right);

/// The CPUs that come and go, besides two that stay.
const COMING: [u32; 4] = [2, 3, 4, 5];

const SHORT: Duration = Duration::from_secs(12);

/// Rounds between two looks at the guest's log, which is a ring.
const LOOK: u32 = 10;

/// How long a thread may take to end after its CPU has gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// `yes hotcore | head -c 300000 | sha256sum`
const DIGEST: &str = "b979e704543b21c151730c4d235dc71b89c40e0b1a3f20d69288405512ed92fa";

/// Work for any CPU, as many as there can be and one: pipes, compression and a digest. And one
/// whose threads have CPUs of their own, which take them elsewhere where they go.
const WORK: [&str; 4] = [
    "echo 'while [ ! -e /tmp/stop ]; do yes hotcore | head -c 300000 | gzip | gzip -d | sha256sum \
     >> /tmp/digests; done' > /tmp/digest.sh",
    "echo 'while [ ! -e /tmp/stop ]; do hotcore-guest-litmus 100 count. >> /tmp/counts 2>&1 \
     || echo failed >> /tmp/counts; done' > /tmp/count.sh",
    "for worker in 1 2 3 4 5 6 7; do sh /tmp/digest.sh & done",
    "sh /tmp/count.sh &",
];

const TROUBLE: [&str; 6] =
    ["BUG:", "Oops", "Call trace", "rcu_preempt detected", "soft lockup", "Internal error"];

fn cpus_come_and_go_under_load_and_every_answer_is_right(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=2,max=6"));
    let own_threads = threads(&guest) - 2;
    for command in WORK {
        guest.sh(command);
    }
    let mut random = 0x2545_F491_u32;
    let mut there = [false; COMING.len()];
    let (started, mut round) = (Instant::now(), 0);
    while started.elapsed() < length() {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        // Which of them change. In every second round all of them come, or go.
        let chosen = if round % 2 == 0 { random | random >> 4 } else { !0 };
        let changes = (0..COMING.len()).filter(|index| chosen & 1 << index != 0);
        let under_way: Vec<_> = changes.map(|index| change(&guest, index, &mut there)).collect();
        for (operation, outcome) in under_way {
            operation.wait().expect(outcome);
        }
        let present = there.iter().filter(|there| **there).count();
        wait_for_threads(&guest, own_threads + 2 + present);
        round += 1;
        if round % LOOK == 0 {
            check(&mut guest);
        }
    }
    guest.sh(
        "touch /tmp/stop; while pgrep -f '/tmp/(digest|count).sh' > /dev/null; do sleep 0.1; done",
    );
    assert_eq!(guest.sh("sort -u /tmp/digests"), format!("{DIGEST}  -"));
    let counts = guest.sh("cut -d ' ' -f 1,3 /tmp/counts | sort -u");
    let good = |line: &str| line.ends_with(" forbidden=0") || line.starts_with("cpus=");
    assert!(counts.lines().all(good) && counts.contains("count.ldxr-stxr forbidden=0"), "{counts}");
    check(&mut guest);
    assert!(round > 0);
    guest.power_off();
}

/// Begins to add a CPU that is not there, or to remove one that is; with the outcome it must have.
fn change(
    guest: &Guest,
    index: usize,
    there: &mut [bool; COMING.len()],
) -> (RunningCtl, &'static str) {
    let was_there = there[index];
    there[index] = !was_there;
    let (verb, outcome) = if was_there { ("remove", "ejected") } else { ("add", "online") };
    let cpu = COMING[index].to_string();
    let mut words = vec![verb, &cpu, "--timeout", "300"];
    if !was_there {
        words.extend(["--online-timeout", "300"]);
    }
    (guest.ctl_command(&words), outcome)
}

/// The guest's kernel has had nothing to complain about since the last time.
fn check(guest: &mut Guest) {
    guest.assert_clean();
    for trouble in TROUBLE {
        assert_eq!(guest.dmesg(trouble), Vec::<String>::new(), "in the guest's log");
    }
    guest.sh("dmesg -c > /dev/null");
}

fn length() -> Duration {
    let Some(minutes) = std::env::var_os("HOTCORE_SOAK") else { return SHORT };
    let minutes: Option<u64> = minutes.to_str().and_then(|text| text.parse().ok());
    Duration::from_secs(60 * minutes.expect("HOTCORE_SOAK is a number of minutes"))
}

/// A CPU that runs has a thread, and no other has.
fn wait_for_threads(guest: &Guest, expected: usize) {
    let until = Instant::now() + PATIENCE;
    while threads(guest) != expected {
        assert!(Instant::now() < until, "{} threads, not {expected}", threads(guest));
        sleep(Duration::from_millis(10));
    }
}

fn threads(guest: &Guest) -> usize {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", guest.vmm_pid()));
    tasks.expect("the VMM runs").count()
}
