//! Why a job could not be run on an arm64 host.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::FetchError;

/// What went wrong with the lab, as opposed to the job in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LabError {
    /// A part of the lab could not be fetched or built.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// An image could not be written, or a file that belongs into it not be read.
    #[error("could not pack {path} into the lab's image: {source}")]
    Pack {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The lab's folder could not be laid out.
    #[error("could not lay out the lab's folder at {path}: {source}")]
    Stage {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A process, a socket or the terminal failed.
    #[error("could not {what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The nested host ended before the job did.
    #[error("the lab ended before the command did; the end of its console:\n{console}")]
    Died {
        /// The end of its console.
        console: String,
    },
    /// The job took too long.
    #[error(
        "the command did not end within {limit:?} (--timeout allows more); the end of the lab's \
         console:\n{console}"
    )]
    TimedOut {
        /// What it was given.
        limit: Duration,
        /// The end of the lab's console.
        console: String,
    },
}

impl LabError {
    /// For `map_err`: a failure to do `what`.
    pub(crate) fn system(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::System { what, source }
    }
}
