//! Programs and libraries in Python that judge our protocols, from PyPI: pip finds it as this machine's
//! configuration says. Each set has an environment of its own.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::FetchError;
use crate::fetch::cache::Cache;
use crate::process;

/// Makes requests of a description of an API, and holds the answers to it.
const SCHEMATHESIS: &str = "schemathesis";
/// Generates a client of such a description.
const GENERATOR: &str = "openapi-python-client";

/// What judges the REST API.
#[derive(Debug, Clone)]
pub(crate) struct ApiJudges {
    /// `schemathesis`.
    pub(crate) schemathesis: PathBuf,
    /// `openapi-python-client`. The interpreter beside it has what generated clients need.
    pub(crate) generator: PathBuf,
}

/// The judges of the REST API.
pub(crate) fn api_judges() -> Result<ApiJudges, FetchError> {
    let packages = ["schemathesis==4.32.5", "openapi-python-client==0.29.1"];
    let programs = environment("api-judges", &packages, &[SCHEMATHESIS, GENERATOR])?;
    Ok(ApiJudges { schemathesis: programs.join(SCHEMATHESIS), generator: programs.join(GENERATOR) })
}

/// A Python that has `qemu.qmp`, QEMU's own client of QMP.
pub(crate) fn qemu_qmp() -> Result<PathBuf, FetchError> {
    Ok(environment("qemu-qmp", &["qemu.qmp==0.0.6"], &[])?.join("python3"))
}

/// The folder of programs of an environment with `packages`, as pip names them. It has `python3`, and of the
/// packages' own programs those that are named in `programs`.
pub(crate) fn environment(
    name: &str,
    packages: &[&str],
    programs: &[&str],
) -> Result<PathBuf, FetchError> {
    let folder = Cache::open()?.component(name, |folder| {
        process::output(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        let bin = folder.join("bin");
        let mut pip = Command::new(bin.join("python3"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages);
        process::output(&mut pip)?;
        programs.iter().try_for_each(|program| make_movable(&bin, program))
    })?;
    Ok(folder.join("bin"))
}

/// pip's programs name their interpreter by a path that will not be there: they are started by one that looks
/// beside itself.
fn make_movable(bin: &Path, program: &str) -> Result<(), FetchError> {
    let (path, script) = (bin.join(program), bin.join(format!("{program}.script")));
    fs::rename(&path, &script).map_err(FetchError::file("rename", &path))?;
    let text = format!(
        "#!/bin/sh\nbin=$(dirname \"$(readlink -f \"$0\")\")\nexec \"$bin/python3\" \"$bin/{program}.script\" \"$@\"\n"
    );
    fs::write(&path, text).map_err(FetchError::file("write", &path))?;
    fs::set_permissions(&path, Permissions::from_mode(0o755))
        .map_err(FetchError::file("make executable", &path))
}
