//! Debian's own programs, on glibc: bash, perl, python3, openssl, gzip, coreutils and others print
//! what QEMU's emulator of arm64 programs says that they print.
//!
//! The commands are in `guest/userland/commands`. `cargo xtask` had `qemu-aarch64` run them, by the
//! same script that runs them in the guest.

use hotcore_e2e::{Guest, Kernel, Spec, lab_file};

const COMMANDS: &str = include_str!("../../../../guest/userland/commands");

/// The guests that share the commands: tests that run side by side.
const SHARES: usize = 2;

#[test]
fn debians_programs_print_what_they_print_elsewhere_1() {
    share(0);
}

#[test]
fn debians_programs_print_what_they_print_elsewhere_2() {
    share(1);
}

fn share(share: usize) {
    let answers = std::fs::read_to_string(lab_file("guest/userland.answers"));
    let answers = answers.expect("cargo xtask has asked QEMU");
    let commands = COMMANDS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let commands: Vec<(usize, &str)> = commands.enumerate().collect();
    assert_eq!(answers.lines().count(), commands.len(), "an answer for every command");

    let mut guest = Guest::boot(&Spec::new(Kernel::Linux6_12, "boot=2,max=2").userland());
    guest.sh("for fs in devtmpfs:dev proc:proc tmpfs:tmp; do \
        mount -t ${fs%:*} ${fs%:*} /debian/${fs#*:} || exit; done");
    let mut differences = Vec::new();
    for ((number, command), expected) in commands.into_iter().zip(answers.lines()) {
        if number % SHARES != share {
            continue;
        }
        let run = format!("chroot /debian /usr/bin/bash /run /commands {number}");
        let answer = guest.run(&run).text;
        if answer != expected {
            let shown = guest.run(&format!("{run} show")).text;
            differences.push(format!(
                "{number}: {command}\nexpected {expected}\nhas      {answer}\n{shown}\n"
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    guest.assert_clean();
}
