//! Operations in words, and the exit status that each outcome has.

use hotcore_api::wire::{Kind, Operation, Outcome, Timings};

use crate::status;

/// The stages that an operation has passed, one line each, in their order.
pub(super) fn stages(operation: &Operation) -> Vec<String> {
    let Operation { cpu, kind, timings, .. } = operation;
    let accepted = match kind {
        Kind::Plug => "the guest has added it",
        Kind::Unplug => "the guest is ejecting it",
    };
    let passed = [
        (Some(timings.requested_us), "requested", ""),
        (timings.delivered_us, "delivered", "the guest has taken the event"),
        (timings.accepted_us, "accepted", accepted),
    ];
    let ended = timings.ended_us.map(|at| (Some(at), outcome_name(operation), ""));
    let line = |(at, name, remark): (Option<u64>, &str, &str)| {
        let line = format!("CPU {cpu}: {name:<12} {:>9.1} ms  {remark}", since(timings, at?));
        Some(line.trim_end().to_owned())
    };
    passed.into_iter().chain(ended).filter_map(line).collect()
}

pub(crate) fn outcome_name(operation: &Operation) -> &'static str {
    match operation.outcome {
        None => "under way",
        Some(Outcome::Online) => "online",
        Some(Outcome::Ejected) => "ejected",
        Some(Outcome::AcceptedNotOnlined) => "not onlined",
        Some(Outcome::Refused) => "refused",
        Some(Outcome::TimedOut) => "timed out",
        Some(Outcome::Cancelled) => "cancelled",
        Some(Outcome::CompletedByReset) => "reset",
    }
}

/// What has become of an operation, and who took how long.
pub(crate) fn sentence(operation: &Operation) -> String {
    let Operation { id, cpu, kind, .. } = operation;
    let verb = match kind {
        Kind::Plug => "add",
        Kind::Unplug => "remove",
    };
    let what = match operation.outcome {
        None => format!("operation {id} to {verb} CPU {cpu} is under way"),
        Some(Outcome::Online) => format!("CPU {cpu} is online"),
        Some(Outcome::Ejected) => format!("CPU {cpu} is removed"),
        Some(Outcome::AcceptedNotOnlined) => format!(
            "the guest knows CPU {cpu}, but has not brought it up; it may still: echo 1 > /sys/devices/system/cpu/cpu{cpu}/online \
             (Linux has that file where CPUs start by PSCI)"
        ),
        Some(Outcome::Refused) => {
            format!("the guest refused to {verb} CPU {cpu}: {}", refusal(operation))
        }
        Some(Outcome::TimedOut) => {
            format!("the guest did not {verb} CPU {cpu} in the time given; {}", leftover(operation))
        }
        Some(Outcome::Cancelled) => format!("the request to {verb} CPU {cpu} was taken back"),
        Some(Outcome::CompletedByReset) => format!(
            "the machine was reset before the guest could {verb} CPU {cpu}; it starts again as if it had"
        ),
    };
    format!("{what}{}\n", shares(operation))
}

fn refusal(operation: &Operation) -> String {
    match &operation.ost {
        None => "it did not say why".to_owned(),
        Some(ost) if ost.status == 0 => "it says that it is done, but has done nothing".to_owned(),
        Some(ost) => {
            format!("{} (_OST source {:#x}, status {:#x})", ost.text, ost.source, ost.status)
        }
    }
}

fn leftover(operation: &Operation) -> &'static str {
    if operation.timings.delivered_us.is_some() {
        "it has seen the request, and may still act on it"
    } else {
        "it has not seen the request, which is taken back"
    }
}

fn shares(operation: &Operation) -> String {
    let Some(ended) = operation.timings.ended_us else { return String::new() };
    let total = since(&operation.timings, ended);
    let vmm = millis(operation.vmm_time_us);
    format!(" ({total:.1} ms: {:.1} ms the guest's, {vmm:.2} ms the VMM's)", (total - vmm).max(0.0))
}

/// Milliseconds from the request to `at`.
pub(super) fn since(timings: &Timings, at: u64) -> f64 {
    millis(at.saturating_sub(timings.requested_us))
}

fn millis(micros: u64) -> f64 {
    std::time::Duration::from_micros(micros).as_secs_f64() * 1000.0
}

/// The exit status of a command with one operation.
pub(super) fn status(operation: &Operation) -> u8 {
    match operation.outcome {
        None | Some(Outcome::Online | Outcome::Ejected) => status::SUCCESS,
        Some(Outcome::Refused) => status::REFUSED,
        Some(Outcome::TimedOut) => status::TIMED_OUT,
        Some(Outcome::AcceptedNotOnlined) => status::NOT_ONLINED,
        Some(Outcome::Cancelled | Outcome::CompletedByReset) => status::OVERTAKEN,
    }
}

/// The exit status of a command with several operations: of those that did not succeed, the one
/// that says most about the guest.
pub(super) fn worst(operations: &[Operation]) -> u8 {
    let failures = operations.iter().map(status).filter(|&status| status != status::SUCCESS);
    failures.min().unwrap_or(status::SUCCESS)
}

#[cfg(test)]
mod tests {
    use hotcore_api::wire::{Ost, Stage};

    use super::*;

    fn ended(kind: Kind, outcome: Outcome) -> Operation {
        Operation {
            id: 7,
            cpu: 3,
            kind,
            stage: Stage::Ended,
            outcome: Some(outcome),
            ost: None,
            timeout_ms: 30_000,
            online_timeout_ms: 5_000,
            timings: Timings {
                requested_us: 1_000_000,
                raised_us: Some(1_000_010),
                delivered_us: Some(1_010_000),
                accepted_us: Some(1_020_000),
                power_us: None,
                ended_us: Some(1_074_000),
            },
            vmm_time_us: 800,
            ost_history: Vec::new(),
        }
    }

    #[test]
    fn times_count_from_the_request_and_are_shared_out() {
        let online = ended(Kind::Plug, Outcome::Online);
        assert_eq!(
            sentence(&online),
            "CPU 3 is online (74.0 ms: 73.2 ms the guest's, 0.80 ms the VMM's)\n"
        );
        assert_eq!(
            stages(&online),
            [
                "CPU 3: requested          0.0 ms",
                "CPU 3: delivered         10.0 ms  the guest has taken the event",
                "CPU 3: accepted          20.0 ms  the guest has added it",
                "CPU 3: online            74.0 ms",
            ]
        );
    }

    #[test]
    fn a_refusal_is_explained() {
        let mut refused = ended(Kind::Unplug, Outcome::Refused);
        refused.ost = Some(Ost::new(3, 0x82));
        let text = sentence(&refused);
        assert!(text.contains("the device is busy (_OST source 0x3, status 0x82)"), "{text}");
        refused.ost = Some(Ost::new(3, 0));
        assert!(sentence(&refused).contains("has done nothing"));
    }

    #[test]
    fn a_timeout_says_what_may_still_happen() {
        let mut late = ended(Kind::Plug, Outcome::TimedOut);
        assert!(sentence(&late).contains("may still act on it"));
        late.timings.delivered_us = None;
        assert!(sentence(&late).contains("taken back"));
    }

    #[test]
    fn the_worst_outcome_is_the_status() {
        let ok = ended(Kind::Plug, Outcome::Online);
        let late = ended(Kind::Plug, Outcome::TimedOut);
        let overtaken = ended(Kind::Plug, Outcome::Cancelled);
        assert_eq!(worst(&[]), status::SUCCESS);
        assert_eq!(worst(&[ok.clone(), ok.clone()]), status::SUCCESS);
        assert_eq!(worst(&[ok, overtaken, late]), status::TIMED_OUT);
    }
}
