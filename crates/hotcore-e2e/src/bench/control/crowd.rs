//! Many clients at once through both doors, who ask and resize; and what is left when they have gone.

use std::path::Path;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use hotcore_report::{CpuList, Crowd, Latencies};
use serde_json::{Value, json};

use super::{MAX, qmp_query};
use crate::demo::micros;
use crate::guest::PATIENCE;
use crate::{Guest, GuestError, Http, Qmp};

/// Clients of each door.
const CLIENTS: u32 = 32;
/// One request in so many adds or removes a CPU.
const CHANGES: u32 = 8;
/// How many CPUs there are to be in the end.
const END: u16 = 2;
/// Between two looks at what still goes on.
const PACE: Duration = Duration::from_millis(50);

/// What one client has seen.
#[derive(Default)]
struct Seen {
    asked: u64,
    declined: u64,
    times: Vec<u64>,
}

impl Seen {
    /// Asks again and again, with the number of the turn; an answer tells whether it was declined. Who gets
    /// none, or one that cannot be, asks no more.
    fn ask(
        &mut self,
        turns: impl Iterator<Item = u32>,
        until: Instant,
        mut ask: impl FnMut(u32) -> Result<bool, GuestError>,
    ) {
        for turn in turns.take_while(|_| Instant::now() < until) {
            self.asked += 1;
            let begin = Instant::now();
            match ask(turn) {
                Ok(declined) => self.declined += u64::from(declined),
                Err(error) => return eprintln!("one of the crowd: {error}"),
            }
            self.times.push(micros(begin.elapsed()));
        }
    }
}

/// Has the clients in for so long.
pub(super) fn gather(guest: &mut Guest, qmp: &Path, time: Duration) -> Result<Crowd, GuestError> {
    let api = guest.socket();
    let start = Instant::now();
    let until = start + time;
    let all = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .flat_map(|client| {
                let api = &api;
                let rest = scope.spawn(move || by_rest(api, client, until));
                [rest, scope.spawn(move || by_qmp(qmp, client, until))]
            })
            .collect();
        let seen = clients.into_iter().map(|client| {
            client.join().map_err(|_| GuestError::Wrong("a client failed".to_owned()))?
        });
        seen.collect::<Result<Vec<Seen>, GuestError>>()
    })?;
    let during_us = micros(start.elapsed());
    let times: Vec<u64> = all.iter().flat_map(|seen| &seen.times).copied().collect();
    let (begun, ended) = settle(&mut Http::connect(&api)?)?;
    Ok(Crowd {
        clients: 2 * CLIENTS,
        during_us,
        asked: all.iter().map(|seen| seen.asked).sum(),
        answered: times.len() as u64,
        declined: all.iter().map(|seen| seen.declined).sum(),
        latencies: Latencies::of(times),
        begun,
        ended,
        consistent: is_consistent(guest)?,
    })
}

fn by_rest(socket: &Path, client: u32, until: Instant) -> Result<Seen, GuestError> {
    let mut http = Http::connect(socket)?;
    let mut seen = Seen::default();
    seen.ask(client.., until, |turn| {
        if turn.is_multiple_of(CHANGES) {
            return resize(&mut http, 1 + turn / CHANGES % u32::from(MAX));
        }
        let query = ["vmm.ping", "vm.info", "vm.counters", "vm.operations"][turn as usize % 4];
        match http.ask("GET", query, "")?.status {
            200 => Ok(false),
            status => Err(GuestError::Wrong(format!("{query} is answered {status}"))),
        }
    });
    Ok(seen)
}

/// Tells whether the guest has to eject something before.
fn resize(http: &mut Http, count: u32) -> Result<bool, GuestError> {
    let body = json!({"desired_vcpus": count}).to_string();
    let answer = http.ask("PUT", "vm.resize", &body)?;
    match answer.status {
        204 => Ok(false),
        429 => Ok(true),
        status => {
            let why = format!("vm.resize is answered {status}: {}", answer.json());
            Err(GuestError::Wrong(why))
        }
    }
}

fn by_qmp(socket: &Path, client: u32, until: Instant) -> Result<Seen, GuestError> {
    let mut qmp = Qmp::connect(socket)?;
    let driver = qmp_query(&mut qmp, "query-hotpluggable-cpus")?[0]["type"].take();
    let mut seen = Seen::default();
    seen.ask(client.., until, |turn| {
        qmp.forget_events();
        if turn.is_multiple_of(CHANGES) {
            let turn = turn / CHANGES;
            let set = json!({
                "driver": driver,
                "core-id": 1 + turn % u32::from(MAX - 1),
                "admin-state": if turn.is_multiple_of(2) { "enable" } else { "disable" },
            });
            // It may be so already, or about to be so, or otherwise.
            return Ok(qmp.ask("device_set", set)?.is_err());
        }
        let query = ["query-status", "query-cpus-fast", "query-hotpluggable-cpus"];
        qmp_query(&mut qmp, query[turn as usize % query.len()]).map(|_| false)
    });
    Ok(seen)
}

/// Has the machine become [`END`] CPUs large. Waits until no operation is under way; tells how many were
/// ever begun, and how many have ended.
fn settle(http: &mut Http) -> Result<(u64, u64), GuestError> {
    let until = Instant::now() + PATIENCE;
    while resize(http, END.into())? {
        give_up_after(until, "the machine cannot be resized")?;
    }
    let all = loop {
        let all = http.ask("GET", "vm.operations", "")?.json();
        let all = all["operations"].as_array().cloned().unwrap_or_default();
        if all.iter().all(|operation| operation["stage"] == "ended") || Instant::now() > until {
            break all;
        }
        sleep(PACE);
    };
    let begun = all.iter().filter_map(|operation| operation["id"].as_u64()).max();
    let metrics = http.ask("GET", "metrics", "")?;
    Ok((begun.unwrap_or(0), ended(&String::from_utf8_lossy(&metrics.body))))
}

/// How many operations have ended, of either kind.
fn ended(metrics: &str) -> u64 {
    let lines = metrics.lines().filter(|line| line.starts_with("hotcore_operation_seconds_count"));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

fn give_up_after(until: Instant, why: &str) -> Result<(), GuestError> {
    if Instant::now() > until {
        return Err(GuestError::Wrong(why.to_owned()));
    }
    sleep(PACE);
    Ok(())
}

/// Whether the guest comes to have those CPUs enabled and online that the VMM has enabled, [`END`] of them.
fn is_consistent(guest: &mut Guest) -> Result<bool, GuestError> {
    let until = Instant::now() + PATIENCE;
    let mut http = Http::connect(&guest.socket())?;
    loop {
        let info = http.ask("GET", "vm.info", "")?.json();
        let cpus = info["hotcore"]["cpus"].as_array().cloned().unwrap_or_default();
        let those = |is: fn(&Value) -> bool| -> CpuList {
            cpus.iter().zip(0..).filter(|(cpu, _)| is(cpu)).map(|(_, index)| index).collect()
        };
        let (enabled, on) =
            (those(|cpu| cpu["enabled"] == true), those(|cpu| cpu["power"] == "on"));
        let masks = guest.try_sh("cd /sys/devices/system/cpu; cat enabled online")?;
        let guests = masks.lines().all(|mask| CpuList::parse(mask).as_ref() == Some(&enabled));
        let is_so = guests && on == enabled && enabled.len() == usize::from(END);
        if is_so || Instant::now() > until {
            return Ok(is_so);
        }
        sleep(PACE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_both_kinds_are_counted() {
        let metrics = "\
# TYPE hotcore_operation_seconds histogram
hotcore_operation_seconds_bucket{kind=\"plug\",le=\"+Inf\"} 12
hotcore_operation_seconds_count{kind=\"plug\"} 12
hotcore_operation_seconds_sum{kind=\"unplug\"} 3.5
hotcore_operation_seconds_count{kind=\"unplug\"} 7
";
        assert_eq!(ended(metrics), 19);
    }
}
