//! What can go wrong while fetching and cross-building, and what to do about it.

use std::path::PathBuf;
use std::process::ExitStatus;

/// Why something could not be fetched or built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// A program every Debian machine has is missing.
    #[error(
        "`{program}` is not installed: `cargo xtask` needs apt, dpkg, tar, xz, binutils, python3, curl and \
         a Rust toolchain (on Debian: `apt-get install apt dpkg tar xz-utils binutils python3-venv curl`, and \
         rustup.rs)"
    )]
    NoProgram {
        /// The program's name.
        program: String,
    },
    /// A program exists but did not start.
    #[error("could not start `{command}`: {source}")]
    Start {
        /// The command line.
        command: String,
        /// Why.
        source: std::io::Error,
    },
    /// A program ended with a failure.
    #[error("`{command}` failed ({status}):\n{said}")]
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// The last lines of its standard error.
        said: String,
    },
    /// A file or folder could not be read or written.
    #[error("could not {what} {path}: {source}")]
    File {
        /// The verb.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The machine has no Debian package source to derive ours from.
    #[error(
        "no Debian package source found below {folder}: kernels and tools are Debian's; add a \
         `deb` entry for a Debian release, signed by Debian's archive keyring"
    )]
    NoDebianSource {
        /// Where apt's sources are.
        folder: PathBuf,
    },
    /// No package answers the request.
    #[error(
        "no package source offers {what}: check that the mirror carries the suites {suites}, \
         or install it on this machine"
    )]
    NoPackage {
        /// What was wanted.
        what: String,
        /// The suites that were searched.
        suites: String,
    },
    /// No Rust library for arm64, and no source of this rustc's library.
    #[error(
        "the Rust library for arm64 is not installed and no package source offers the source of \
         rustc {version}: run `rustup target add {target}`"
    )]
    NoRustSource {
        /// rustc's version.
        version: String,
        /// The target.
        target: &'static str,
    },
    /// A package lacks a file that it is known to contain.
    #[error("the fetched packages contain no {file} (below {folder}): please report this")]
    NoFile {
        /// What was looked for.
        file: String,
        /// Where.
        folder: PathBuf,
    },
    /// The machine's C library is older than any suite we fetch programs from.
    #[error(
        "this machine's C library ({found}) is older than Debian 12's 2.36: use a newer system"
    )]
    OldLibc {
        /// What `getconf GNU_LIBC_VERSION` says.
        found: String,
    },
}

impl FetchError {
    /// For `map_err`: a failure to `what` the file `path`.
    pub(crate) fn file(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }
}
