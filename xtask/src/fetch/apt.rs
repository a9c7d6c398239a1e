//! apt with a configuration of its own: it asks the machine's own mirrors, checks signatures and
//! hashes, and neither needs root nor reads or changes what is installed. See apt.conf(5).
//!
//! The machine's configuration is read first (it may name a proxy); ours then overrides every
//! path, and clears the hooks that would touch the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::error::FetchError;
use crate::fetch::cache::Cache;
use crate::fetch::sources::Origin;
use crate::process;
use crate::progress;

/// How old the package lists may be before they are read again: a mirror forgets a version as soon
/// as its successor is there.
const LISTS_LAST: Duration = Duration::from_secs(60 * 60);

/// Which suites a request may be answered from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suites {
    /// Debian 12 and its backports: programs that run on its C library.
    Bookworm,
    /// Debian 13: programs that run on its C library.
    Trixie,
    /// Everything: programs of guests, source, data.
    All,
}

impl Suites {
    const EVERY: [Self; 3] = [Self::Bookworm, Self::Trixie, Self::All];

    /// The suites' names, as one finds them below `dists/`.
    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Bookworm => &["bookworm", "bookworm-backports"],
            Self::Trixie => &["trixie"],
            Self::All => &["bookworm", "bookworm-backports", "trixie", "trixie-backports"],
        }
    }

    /// A name for folders and files that belong to these suites.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Bookworm => "bookworm",
            Self::Trixie => "trixie",
            Self::All => "all",
        }
    }

    fn list(self) -> String {
        format!("{}.list", self.label())
    }
}

/// A private apt below the cache.
#[derive(Debug)]
pub(crate) struct Apt {
    folder: PathBuf,
}

impl Apt {
    /// Configures apt below `cache` and reads the package lists if that was not done lately.
    pub(crate) fn open(cache: &Cache) -> Result<Self, FetchError> {
        let apt = Self { folder: cache.join("apt") };
        for part in ["lists/partial", "cache/archives/partial", "state"] {
            let part = apt.folder.join(part);
            fs::create_dir_all(&part).map_err(FetchError::file("create", part))?;
        }
        let architecture = process::output(Command::new("dpkg").arg("--print-architecture"))?;
        let origin = Origin::of_machine(Path::new("/etc/apt"))?;
        for suites in Suites::EVERY {
            apt.write(&suites.list(), &source_list(&origin, architecture.trim(), suites))?;
        }
        apt.write("status", "")?;
        apt.write("apt.conf", &configuration(&apt.folder, architecture.trim()))?;
        apt.update()?;
        Ok(apt)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), FetchError> {
        let path = self.folder.join(name);
        fs::write(&path, text).map_err(FetchError::file("write", path))
    }

    fn update(&self) -> Result<(), FetchError> {
        let stamp = self.folder.join("updated");
        let read = fs::metadata(&stamp).and_then(|stamp| stamp.modified());
        let age = read.ok().and_then(|read| read.elapsed().ok());
        if age.is_some_and(|age| age < LISTS_LAST) {
            return Ok(());
        }
        progress::timed("reading Debian's package lists", || {
            process::output(self.command("apt-get", Suites::All).args(["update", "--error-on=any"]))
        })?;
        fs::write(&stamp, "").map_err(FetchError::file("write", stamp))
    }

    /// An apt program that sees `suites` and nothing of this machine's packages.
    fn command(&self, program: &str, suites: Suites) -> Command {
        let list = self.folder.join(suites.list());
        let mut command = Command::new(program);
        command.env("LC_ALL", "C").arg("-c").arg(self.folder.join("apt.conf"));
        command.arg("-o").arg(format!("Dir::Etc::sourcelist={}", list.display()));
        command
    }

    /// The versions of `package` on offer, newest first.
    pub(crate) fn versions(
        &self,
        package: &str,
        suites: Suites,
    ) -> Result<Vec<String>, FetchError> {
        let table = process::output(self.command("apt-cache", suites).args(["madison", package]))?;
        let mut versions: Vec<String> =
            table.lines().filter_map(|row| Some(row.split('|').nth(1)?.trim().into())).collect();
        versions.dedup();
        Ok(versions)
    }

    /// The names of the packages that match a regular expression.
    pub(crate) fn search(
        &self,
        expression: &str,
        suites: Suites,
    ) -> Result<Vec<String>, FetchError> {
        let arguments = ["search", "--names-only", expression];
        let found = process::output(self.command("apt-cache", suites).args(arguments))?;
        Ok(found.lines().filter_map(|line| Some(line.split_once(" - ")?.0.into())).collect())
    }

    /// `packages` and everything they depend on, each as `name:architecture=version`. Backports
    /// are preferred where `suites` has any.
    pub(crate) fn closure(
        &self,
        packages: &[&str],
        suites: Suites,
    ) -> Result<Vec<String>, FetchError> {
        let mut command = self.command("apt-get", suites);
        command.args(["--simulate", "--no-install-recommends"]);
        if let Some(backports) = suites.names().iter().find(|name| name.ends_with("-backports")) {
            command.args(["--target-release", backports]);
        }
        let plan = process::output(command.arg("install").args(packages))?;
        Ok(plan.lines().filter_map(planned).collect())
    }

    /// Downloads `packages`, each `name`, `name:architecture` or either with `=version`, and
    /// extracts them into `folder`.
    pub(crate) fn extract<S: AsRef<str>>(
        &self,
        packages: &[S],
        suites: Suites,
        folder: &Path,
    ) -> Result<(), FetchError> {
        let archives = folder.join(".archives");
        for archive in self.download(packages, suites, &archives)? {
            process::output(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(folder))?;
        }
        fs::remove_dir_all(&archives).map_err(FetchError::file("remove", archives))
    }

    /// Downloads `packages`, named as for [`extract`](Self::extract), into the new folder
    /// `archives`, and gives the files.
    pub(crate) fn download<S: AsRef<str>>(
        &self,
        packages: &[S],
        suites: Suites,
        archives: &Path,
    ) -> Result<Vec<PathBuf>, FetchError> {
        fs::create_dir_all(archives).map_err(FetchError::file("create", archives))?;
        let mut download = self.command("apt-get", suites);
        download.current_dir(archives).arg("download");
        process::output(download.args(packages.iter().map(AsRef::as_ref)))?;
        let entries = fs::read_dir(archives).map_err(FetchError::file("read", archives))?;
        let files: std::io::Result<_> = entries.map(|entry| Ok(entry?.path())).collect();
        files.map_err(FetchError::file("read", archives))
    }
}

/// `Inst libfdt1 (1.6.1-4+b1 Debian:12.11/stable [amd64])` as `libfdt1:amd64=1.6.1-4+b1`.
fn planned(line: &str) -> Option<String> {
    let mut words = line.strip_prefix("Inst ")?.split_whitespace();
    let name = words.next()?.split(':').next()?;
    let version = words.next()?.strip_prefix('(')?;
    let (_, rest) = line.split_once('[')?;
    let (architecture, _) = rest.split_once(']')?;
    Some(format!("{name}:{architecture}={version}"))
}

fn source_list(origin: &Origin, architecture: &str, suites: Suites) -> String {
    let Origin { uri, keyring } = origin;
    let keyring = keyring.display();
    let options = format!("arch={architecture},arm64 signed-by={keyring} target=Packages");
    let entries = suites.names().iter().map(|suite| format!("deb [{options}] {uri} {suite} main"));
    entries.collect::<Vec<_>>().join("\n") + "\n"
}

fn configuration(folder: &Path, architecture: &str) -> String {
    let folder = folder.display();
    format!(
        r#"#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear APT::Default-Release;
#clear APT::Architectures;
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{folder}/state";
Dir::State::lists "{folder}/lists";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Architecture "{architecture}";
APT::Architectures {{ "{architecture}"; "arm64"; }};
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "3";
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_names_name_architecture_and_version() {
        let line = "Inst libc6:arm64 (2.41-12+deb13u4 Debian:13.7/stable [arm64]) []";
        assert_eq!(planned(line).as_deref(), Some("libc6:arm64=2.41-12+deb13u4"));
        let line = "Inst qemu-system-data (1:10.0.2+ds-2 Debian Backports:12/stable [all])";
        assert_eq!(planned(line).as_deref(), Some("qemu-system-data:all=1:10.0.2+ds-2"));
        assert_eq!(planned("Conf libc6:arm64 (2.41-12+deb13u4 Debian [arm64])"), None);
    }

    #[test]
    fn a_source_list_names_the_machines_own_mirror() {
        let origin = Origin { uri: "http://mirror.invalid".into(), keyring: "/k.gpg".into() };
        let list = source_list(&origin, "amd64", Suites::Trixie);
        let options = "[arch=amd64,arm64 signed-by=/k.gpg target=Packages]";
        assert_eq!(list, format!("deb {options} http://mirror.invalid trixie main\n"));
    }
}
