//! Commands for the machine as a whole.

use hotcore_vmm::{Command, LifeState};
use serde_json::json;

use crate::arguments::Arguments;
use crate::door::{Answer, Door, Later};
use crate::error::Failure;

/// `stop`. Nothing to do where nothing runs, as with QEMU.
pub(super) fn stop(door: &mut Door, _: &Arguments) -> Answer {
    match door.view() {
        Ok(view) if view.state == LifeState::Running => later(Command::Pause),
        Ok(_) => Answer::Now(Ok(json!({}))),
        Err(failure) => Answer::Now(Err(failure)),
    }
}

/// `cont`: also starts a guest that was not yet started.
pub(super) fn cont(door: &mut Door, _: &Arguments) -> Answer {
    let state = match door.view() {
        Ok(view) => view.state,
        Err(failure) => return Answer::Now(Err(failure)),
    };
    match state {
        LifeState::Created => later(Command::Boot),
        LifeState::Paused => Answer::Now(door.give(Command::Resume)),
        LifeState::Running => Answer::Now(Ok(json!({}))),
        LifeState::Shutdown => {
            let text = "Resetting the Virtual Machine is required";
            Answer::Now(Err(Failure::generic(text)))
        }
    }
}

/// `system_reset`.
pub(super) fn reset(door: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(door.give(Command::Reboot))
}

/// `system_powerdown`.
pub(super) fn powerdown(door: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(door.give(Command::PowerButton))
}

/// `quit`.
pub(super) fn quit(door: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(door.give(Command::Leave))
}

fn later(command: Command) -> Answer {
    Answer::Later(Later { command, answer: |outcome| outcome })
}
