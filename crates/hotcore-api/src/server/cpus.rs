//! Requests about CPUs, and about the operations that they begin.

use std::time::Duration;

use hotcore_vcpu::{OperationId, OperationKind, Patience};
use hotcore_vmm::{Command, LifeState, Reply};
use hyper::StatusCode;
use tokio::time::timeout;

use super::answer::Answer;
use super::api::Api;
use super::request;
use crate::wire::{Begun, OneCpu, Operation, Operations, Resize, Stage};

/// The longest that anybody can wait for anything.
const WAIT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

impl Api {
    pub(super) fn resize(&self, asked: &Resize) -> Result<Answer, Answer> {
        let size = self.view()?.config.memory_size;
        if asked.desired_ram.is_some_and(|ram| ram != size) {
            let text = format!("desired_ram: memory cannot be resized; this machine has {size}");
            return Err(Answer::bad_request(text));
        }
        if asked.desired_balloon.is_some_and(|balloon| balloon != 0) {
            let text = "desired_balloon: this machine has no balloon, so only 0 is possible";
            return Err(Answer::bad_request(text));
        }
        let patience = patience(asked.timeout_ms, asked.online_timeout_ms)?;
        let operations = match asked.desired_vcpus {
            Some(desired) => begun(self.quick(Command::Resize { desired, patience })?),
            None => Vec::new(),
        };
        if !asked.report {
            return Ok(Answer::done());
        }
        let operations = operations.into_iter().map(OperationId::get).collect();
        Ok(Answer::json(StatusCode::OK, &Begun { operations }))
    }

    pub(super) async fn one(&self, kind: OperationKind, asked: &OneCpu) -> Result<Answer, Answer> {
        let patience = patience(asked.timeout_ms, asked.online_timeout_ms)?;
        let cpu = asked.cpu;
        let command = match kind {
            OperationKind::Plug => Command::Plug { cpu, patience },
            OperationKind::Unplug => Command::Unplug { cpu, patience },
        };
        let id = begun(self.quick(command)?).first().copied();
        let id =
            id.ok_or_else(|| Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "nothing began"))?;
        if !asked.wait {
            return Ok(Answer::json(StatusCode::ACCEPTED, &self.find(id)?));
        }
        // Every operation ends, at the latest when its patience does.
        let operation = self.wait(id, Stage::Accepted).await?;
        Ok(Answer::ended(&operation))
    }

    pub(super) async fn operation(&self, query: Option<&str>) -> Result<Answer, Answer> {
        let [id, wait, seen] = request::query(query, ["id", "wait_ms", "seen"])?;
        let id = id.and_then(|id| id.parse().ok()).map(OperationId::from_raw);
        let id =
            id.ok_or_else(|| Answer::bad_request("id: the number of an operation is expected"))?;
        let operation = self.find(id)?;
        let Some(wait) = wait else {
            return Ok(Answer::json(StatusCode::OK, &operation));
        };
        let wait = wait.parse().ok().map(Duration::from_millis).filter(|wait| *wait <= WAIT_MAX);
        let wait =
            wait.ok_or_else(|| Answer::bad_request("wait_ms: up to 24 hours are possible"))?;
        let seen = match seen {
            Some(name) => stage(name)?,
            None => operation.stage,
        };
        let operation = match timeout(wait, self.wait(id, seen)).await {
            Ok(operation) => operation?,
            Err(_) => self.find(id)?,
        };
        Ok(Answer::json(StatusCode::OK, &operation))
    }

    /// Waits until an operation is past a stage, or has ended.
    async fn wait(&self, id: OperationId, seen: Stage) -> Result<Operation, Answer> {
        let (mut changes, mut end) = (self.changes.clone(), self.end.clone());
        let _curious = (seen < Stage::Accepted).then(|| self.be_curious());
        loop {
            // Marked as seen before looking, so that no change is missed.
            changes.mark_unchanged();
            let operation = self.find(id)?;
            if operation.stage > seen || operation.stage == Stage::Ended {
                return Ok(operation);
            }
            if end.is_here() || self.view()?.state == LifeState::Shutdown {
                let text = format!("the machine has ended, and operation {id} with it");
                return Err(Answer::error(StatusCode::SERVICE_UNAVAILABLE, text));
            }
            tokio::select! {
                Ok(()) = changes.changed() => {}
                () = end.has_come() => {}
            }
        }
    }

    /// Those under way and the latest that ended.
    pub(super) fn operations(&self) -> Result<Answer, Answer> {
        let operations = self.control()?.operations();
        let operations =
            Operations { operations: operations.iter().map(Operation::from).collect() };
        Ok(Answer::json(StatusCode::OK, &operations))
    }

    /// The operation that a path names.
    pub(super) fn one_operation(&self, id: &str) -> Result<Answer, Answer> {
        Ok(Answer::json(StatusCode::OK, &self.find(operation_id(id)?)?))
    }

    fn find(&self, id: OperationId) -> Result<Operation, Answer> {
        let record = self.control()?.operation(id);
        record.as_ref().map(Operation::from).ok_or_else(|| {
            let text = format!("there is no operation {id}, or it ended long ago");
            Answer::error(StatusCode::NOT_FOUND, text)
        })
    }
}

/// The operation that a path names, which may have been or not.
pub(super) fn operation_id(text: &str) -> Result<OperationId, Answer> {
    text.parse().map(OperationId::from_raw).map_err(|_| {
        let text = "the path: the number of an operation is expected after vm.operations/";
        Answer::bad_request(text)
    })
}

fn begun(reply: Reply) -> Vec<OperationId> {
    match reply {
        Reply::Began(operations) => operations,
        Reply::Done => Vec::new(),
    }
}

fn patience(answer_ms: Option<u64>, online_ms: Option<u64>) -> Result<Patience, Answer> {
    let default = Patience::default();
    Ok(Patience {
        answer: wait("timeout_ms", answer_ms, default.answer)?,
        online: wait("online_timeout_ms", online_ms, default.online)?,
    })
}

fn wait(field: &str, millis: Option<u64>, default: Duration) -> Result<Duration, Answer> {
    let Some(millis) = millis else { return Ok(default) };
    let wait = Duration::from_millis(millis);
    if wait.is_zero() || wait > WAIT_MAX {
        let text = format!("{field}: between 1 and {} are possible", WAIT_MAX.as_millis());
        return Err(Answer::bad_request(text));
    }
    Ok(wait)
}

fn stage(name: &str) -> Result<Stage, Answer> {
    serde_json::from_value(name.into())
        .map_err(|error| Answer::bad_request(format!("seen: {error}")))
}
