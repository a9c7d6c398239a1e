//! The scaling of a running guest: looks, decides, asks, follows what becomes of it.

use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use hotcore_api::wire::{Operation, Outcome, Resize, Stage, State};
use hotcore_api::{Client, ClientError};

use super::AutoscaleError;
use super::controller::{Controller, Cpus, Decision, Ended, Sample};
use super::explain::{self, Line, Log, seconds};
use super::options::Autoscale;
use super::policy::Policy;
use super::trace::Recorder;
use crate::ctl::words;
use crate::ending::Signals;
use crate::look::{self, Look};
use crate::status;

/// One guest being scaled.
struct Scaling<'a> {
    client: Client,
    socket: &'a Path,
    began: Instant,
    policy: Policy,
    controller: Controller,
    before: Option<Look>,
    /// What the controller asked for; empty where nothing is under way.
    asked: Vec<u64>,
    recorder: Option<Recorder>,
    log: Log<'a>,
    /// Why there is nothing to look at, which is said once.
    away: Option<&'static str>,
}

/// Scales a guest until its VMM ends or a signal comes.
pub(super) fn run(
    arguments: &Autoscale,
    policy: Policy,
    out: &mut dyn Write,
) -> Result<u8, AutoscaleError> {
    let socket = arguments.api_socket.as_deref().unwrap_or(Path::new(""));
    let (stop, stopped) = channel();
    let signals = Signals::watch_for(move || {
        // Nobody waits any more where the end is near anyway.
        let _ = stop.send(());
    })?;
    let mut scaling = Scaling {
        client: Client::connect(socket)?,
        socket,
        began: Instant::now(),
        policy,
        controller: Controller::new(policy),
        before: None,
        asked: Vec::new(),
        recorder: arguments.record.as_deref().map(Recorder::create).transpose()?,
        log: Log::new(arguments.json, out),
        away: None,
    };
    scaling.serve(arguments.interval, &stopped)?;
    Ok(signals.received().map_or(status::SUCCESS, status::of_signal))
}

impl Scaling<'_> {
    fn serve(&mut self, interval: Duration, stopped: &Receiver<()>) -> Result<(), AutoscaleError> {
        let mut wait = Duration::ZERO;
        while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
            let round = Instant::now();
            match self.round() {
                Ok(()) => {}
                Err(AutoscaleError::Client(error)) => {
                    if !self.again(&error)? {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error),
            }
            wait = interval.saturating_sub(round.elapsed());
        }
        Ok(())
    }

    /// Whether the VMM can be talked to again after an error.
    fn again(&mut self, error: &ClientError) -> Result<bool, AutoscaleError> {
        self.before = None;
        self.controller.lose_sight();
        let at = self.began.elapsed();
        let connected = Client::connect(self.socket);
        let text = match &connected {
            Ok(_) => format!("{error}; connected again"),
            Err(_) => format!("the VMM has ended ({error})"),
        };
        self.log.line(&Line::note(at, "note", text)).map_err(AutoscaleError::Output)?;
        Ok(connected.map(|client| self.client = client).is_ok())
    }

    /// Looks once, and acts.
    fn round(&mut self) -> Result<(), AutoscaleError> {
        self.follow()?;
        let now = Look::take(&mut self.client, self.began)?;
        let Some(sample) = self.sample(&now)? else {
            self.before = Some(now);
            return Ok(());
        };
        self.before = Some(now);
        let decision = self.controller.sample(&sample);
        let written = self.log.decision(&self.policy, &sample, &decision);
        written.map_err(AutoscaleError::Output)?;
        match decision {
            Decision::Resize { to, .. } => self.ask(to),
            Decision::Hold(_) => Ok(()),
        }
    }

    /// What a look says of the guest; `None` where there is none that runs.
    fn sample(&mut self, now: &Look) -> Result<Option<Sample>, AutoscaleError> {
        let away = match now.machine.as_ref().map(|machine| machine.info.state) {
            None => Some("there is no machine"),
            Some(State::Created) => Some("the machine is not booted"),
            Some(State::Paused) => Some("the machine is paused"),
            Some(State::Shutdown) => Some("the machine has ended"),
            Some(State::Running) => None,
        };
        if let Some(away) = away
            && self.away != Some(away)
        {
            let line = Line::note(now.at, "note", format!("{away}; waits"));
            self.log.line(&line).map_err(AutoscaleError::Output)?;
        }
        if away.is_some() {
            self.controller.lose_sight();
        }
        self.away = away;
        let Some(machine) = now.machine.as_ref().filter(|_| away.is_none()) else {
            return Ok(None);
        };
        let info = &machine.info;
        let all = &info.hotcore.cpus;
        let busy = self.busy(now);
        if let (Some(busy), Some(recorder)) = (&busy, &mut self.recorder) {
            recorder.write(seconds(now.at), busy)?;
        }
        let ours = |id: &u64| self.asked.contains(id);
        let others =
            |operation: &Operation| operation.stage != Stage::Ended && !ours(&operation.id);
        Ok(Some(Sample {
            at: now.at,
            demand: busy.map(|busy| busy.iter().sum()),
            cpus: Cpus {
                enabled: info.config.cpus.boot_vcpus,
                possible: info.config.cpus.max_vcpus,
                fixed: count(all.iter().filter(|cpu| cpu.enabled && !cpu.removable)),
            },
            contended: info.hotcore.operations.iter().any(others),
        }))
    }

    /// How busy each enabled CPU was since the look before, as its guest has it: a host that is too busy
    /// to run it does not make it idle.
    fn busy(&self, now: &Look) -> Option<Vec<f64>> {
        let rates = look::rates(self.before.as_ref()?, now)?;
        let cpus = &now.machine.as_ref()?.info.hotcore.cpus;
        let enabled = cpus.iter().zip(rates).filter(|(cpu, _)| cpu.enabled);
        Some(enabled.map(|(_, rate)| rate.wanted()).collect())
    }

    fn ask(&mut self, count: u16) -> Result<(), AutoscaleError> {
        let asked = Resize { desired_vcpus: Some(count.into()), ..Resize::default() };
        match self.client.resize(asked) {
            Ok(begun) if begun.operations.is_empty() => self.ended(Ended::Done, None),
            Ok(begun) => {
                self.asked = begun.operations;
                Ok(())
            }
            Err(ClientError::Refused { reason, .. }) => self.ended(Ended::Rejected, Some(&reason)),
            Err(error) => {
                self.controller.ended(self.began.elapsed(), Ended::Rejected);
                Err(error.into())
            }
        }
    }

    /// Finds out what has become of what was asked for.
    fn follow(&mut self) -> Result<(), AutoscaleError> {
        if self.asked.is_empty() {
            return Ok(());
        }
        let mut worst: Option<(Ended, String)> = None;
        for id in &self.asked {
            let (how, words) = match self.client.operation(*id, Stage::Held, Duration::ZERO) {
                Ok(operation) => match end_of(&operation) {
                    Some(how) => (how, words::sentence(&operation)),
                    None => return Ok(()),
                },
                Err(ClientError::Refused { reason, .. }) => (Ended::Overtaken, reason),
                Err(error) => return Err(error.into()),
            };
            if worst.as_ref().is_none_or(|(so_far, _)| *so_far == Ended::Done) {
                worst = Some((how, words));
            }
        }
        self.asked.clear();
        let (how, words) = worst.unwrap_or((Ended::Done, String::new()));
        self.ended(how, Some(words.trim_end()))
    }

    fn ended(&mut self, how: Ended, words: Option<&str>) -> Result<(), AutoscaleError> {
        let at = self.began.elapsed();
        let due = self.controller.ended(at, how);
        let words = words.unwrap_or(explain::outcome(how));
        let text = match due {
            None => words.to_owned(),
            Some(due) => format!("{words}; waits {:.0} s", seconds(due.saturating_sub(at))),
        };
        self.log.line(&Line::note(at, "ended", text)).map_err(AutoscaleError::Output)
    }
}

fn end_of(operation: &Operation) -> Option<Ended> {
    Some(match operation.outcome? {
        Outcome::Online | Outcome::Ejected => Ended::Done,
        Outcome::AcceptedNotOnlined => Ended::NotOnlined,
        Outcome::Refused => Ended::Refused,
        Outcome::TimedOut => Ended::TimedOut,
        Outcome::Cancelled | Outcome::CompletedByReset => Ended::Overtaken,
    })
}

fn count<T>(all: impl Iterator<Item = T>) -> u16 {
    u16::try_from(all.count()).unwrap_or(u16::MAX)
}
