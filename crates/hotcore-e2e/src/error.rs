//! Why a guest cannot be driven.

use std::io;

use hotcore_api::ClientError;

/// What went wrong with a guest or its VMM.
#[derive(Debug, thiserror::Error)]
pub enum GuestError {
    /// A process, a file or a pipe of this side failed.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The VMM has no API socket, or ended before it had one.
    #[error("the VMM does not serve its API\n{report}")]
    NoSocket {
        /// The ends of the console and of the VMM's log.
        report: String,
    },
    /// The guest's init did not get as far as its first command.
    #[error("the guest did not come up\n{report}")]
    NotReady {
        /// The ends of the console and of the VMM's log.
        report: String,
    },
    /// A command in the guest does not end.
    #[error("no answer to `{command}`\n{report}")]
    NoAnswer {
        /// The command.
        command: String,
        /// The ends of the console and of the VMM's log.
        report: String,
    },
    /// A command in the guest failed.
    #[error("`{command}` ended with status {status}: {text}")]
    Command {
        /// The command.
        command: String,
        /// Its exit status.
        status: i32,
        /// What it printed.
        text: String,
    },
    /// The guest does not print what it has to.
    #[error("the guest does not print `{line}`\n{report}")]
    NoLine {
        /// What it should print.
        line: String,
        /// The ends of the console and of the VMM's log.
        report: String,
    },
    /// The VMM does not do as it is told, or does not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The guest or the VMM did something else than it has to.
    #[error("{0}")]
    Wrong(String),
}

impl GuestError {
    /// For `map_err`: a failure of `what`.
    pub(crate) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }
}
