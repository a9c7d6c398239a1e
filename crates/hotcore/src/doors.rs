//! The doors through which clients command a VMM.

use std::path::PathBuf;

use clap::Args;
use hotcore_api::{Server, ServerError};
use hotcore_vmm::Vmm;

use crate::options::qmp;

/// Which doors there are, and where.
#[derive(Debug, Args)]
pub(crate) struct DoorsArgs {
    /// Unix socket to serve the REST API on, for `hotcore ctl` and others
    #[arg(long, value_name = "PATH")]
    pub(crate) api_socket: Option<PathBuf>,
    /// Unix socket to serve QMP on, QEMU's protocol
    #[arg(long, value_name = "unix:PATH", value_parser = qmp::parse)]
    qmp: Option<qmp::Place>,
}

/// Why a door cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DoorsError {
    #[error(transparent)]
    Api(#[from] ServerError),
    #[error(transparent)]
    Qmp(#[from] hotcore_qmp::ServerError),
}

/// The open doors. Dropping them answers what is under way and closes them.
pub(crate) struct Doors {
    _api: Option<Server>,
    _qmp: Option<hotcore_qmp::Server>,
}

impl DoorsArgs {
    /// Whether nobody could come in.
    pub(crate) fn is_none(&self) -> bool {
        self.api_socket.is_none() && self.qmp.is_none()
    }
}

impl Doors {
    /// Opens the doors of `vmm`.
    pub(crate) fn open(arguments: &DoorsArgs, vmm: &Vmm) -> Result<Self, DoorsError> {
        let api = arguments.api_socket.as_ref().map(|path| Server::start(path, vmm));
        let qmp = arguments.qmp.as_ref().map(|place| hotcore_qmp::Server::start(&place.0, vmm));
        Ok(Self { _api: api.transpose()?, _qmp: qmp.transpose()? })
    }
}
