//! Which method and path means what.

use hyper::{Method, StatusCode};

use super::answer::Answer;
use crate::BASE;

/// What a client wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Ping,
    Info,
    Counters,
    Operation,
    Operations,
    Boot,
    Pause,
    Resume,
    Delete,
    Leave,
    Resize,
    AddCpu,
    RemoveCpu,
    CancelOperation,
    PowerButton,
    Reboot,
    Shutdown,
}

impl Route {
    /// The route of a request, or the answer that there is none.
    pub(super) fn of(method: &Method, path: &str) -> Result<Self, Answer> {
        let found = path.strip_prefix(BASE).and_then(Self::named);
        let Some((route, allowed)) = found else {
            let text = format!("there is no {path}");
            return Err(Answer::error(StatusCode::NOT_FOUND, text));
        };
        if *method == allowed { Ok(route) } else { Err(Answer::wrong_method(path, allowed)) }
    }

    /// Whether parameters may follow the path.
    pub(super) fn takes_a_query(self) -> bool {
        self == Self::Operation
    }

    fn named(name: &str) -> Option<(Self, Method)> {
        Some(match name {
            "vmm.ping" => (Self::Ping, Method::GET),
            "vm.info" => (Self::Info, Method::GET),
            "vm.counters" => (Self::Counters, Method::GET),
            "vm.operations" => (Self::Operations, Method::GET),
            "vm.boot" => (Self::Boot, Method::PUT),
            "vm.pause" => (Self::Pause, Method::PUT),
            "vm.resume" => (Self::Resume, Method::PUT),
            "vm.delete" => (Self::Delete, Method::PUT),
            "vmm.shutdown" => (Self::Leave, Method::PUT),
            "vm.operation" => (Self::Operation, Method::GET),
            "vm.resize" => (Self::Resize, Method::PUT),
            "vm.add-cpu" => (Self::AddCpu, Method::PUT),
            "vm.remove-cpu" => (Self::RemoveCpu, Method::PUT),
            "vm.cancel-operation" => (Self::CancelOperation, Method::PUT),
            "vm.power-button" => (Self::PowerButton, Method::PUT),
            "vm.reboot" => (Self::Reboot, Method::PUT),
            "vm.shutdown" => (Self::Shutdown, Method::PUT),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_below_the_base_are_paths() {
        assert_eq!(Route::of(&Method::GET, "/api/v1/vm.info").unwrap(), Route::Info);
        for path in ["", "/", "/vm.info", "/api/v1/", "/api/v1/vm.info/", "/api/v2/vm.info"] {
            assert!(Route::of(&Method::GET, path).is_err(), "{path}");
        }
    }
}
