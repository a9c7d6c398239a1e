//! How quickly clients are answered: one that asks the same again and again, many that ask and resize at
//! once, and one that pings while a large machine is made. The guest works meanwhile.

mod creation;
mod crowd;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hotcore_report::{Door, Sample};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::spec;
use crate::demo::micros;
use crate::{Guest, GuestError, Http, Qmp};

/// How many CPUs are possible in the guest.
const MAX: u16 = 4;
/// For how long one question is asked.
const ASKING: Duration = Duration::from_secs(1);

const REST: [&str; 2] = ["vmm.ping", "vm.info"];
const QMP: [&str; 2] = ["query-status", "query-cpus-fast"];

/// `rounds` of everything but the crowd, which is there for so many `seconds`.
pub(super) fn run(
    rounds: u32,
    seconds: u32,
    tell: &mut dyn FnMut(Sample),
) -> Result<(), GuestError> {
    let folder = tempfile::tempdir().map_err(GuestError::system("a folder for a socket"))?;
    let mut guest = working(&folder)?;
    for round in 1..=rounds {
        for query in REST {
            let mut http = Http::connect(&guest.socket())?;
            tell(round_trips(round, Door::Rest, query, || ask_rest(&mut http, query))?);
        }
        for query in QMP {
            let mut qmp = Qmp::connect(&qmp_socket(&folder))?;
            tell(round_trips(round, Door::Qmp, query, || qmp_query(&mut qmp, query).map(drop))?);
        }
    }
    let time = Duration::from_secs(seconds.into());
    tell(Sample::Crowd(crowd::gather(&mut guest, &qmp_socket(&folder), time)?));
    guest.try_power_off()?;
    for round in 1..=rounds {
        tell(creation::pinged(round)?);
    }
    Ok(())
}

/// A guest whose first CPU is never idle.
fn working(folder: &TempDir) -> Result<Guest, GuestError> {
    let qmp = format!("unix:{}", qmp_socket(folder).display());
    let mut guest = Guest::try_boot(&spec(MAX).arg("--qmp").arg(&qmp))?;
    guest.try_sh("(while :; do :; done) &")?;
    Ok(guest)
}

fn qmp_socket(folder: &TempDir) -> PathBuf {
    folder.path().join("qmp")
}

fn round_trips(
    round: u32,
    door: Door,
    query: &str,
    mut ask: impl FnMut() -> Result<(), GuestError>,
) -> Result<Sample, GuestError> {
    let begin = Instant::now();
    let mut answers = 0;
    while begin.elapsed() < ASKING {
        ask()?;
        answers += 1;
    }
    let during_us = micros(begin.elapsed());
    Ok(Sample::RoundTrips { round, door, query: query.to_owned(), answers, during_us })
}

fn ask_rest(http: &mut Http, query: &str) -> Result<(), GuestError> {
    match http.ask("GET", query, "")?.status {
        200 => Ok(()),
        status => Err(GuestError::Wrong(format!("{query} is answered {status}"))),
    }
}

fn qmp_query(qmp: &mut Qmp, query: &str) -> Result<Value, GuestError> {
    qmp.ask(query, json!({}))?.map_err(|why| GuestError::Wrong(format!("{query}: {why}")))
}
