//! Debian's arm64 kernels for clouds: raw Images, as they run in production.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::FetchError;
use crate::fetch::apt::{Apt, Suites};
use crate::fetch::cache::Cache;

/// The kernels tests boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KernelVersion {
    /// Linux 6.1, from before arm64 could hotplug virtual CPUs.
    V6_1,
    /// Linux 6.12, the first long-term kernel with arm64 CPU hotplug.
    V6_12,
    /// Linux 7.2, or the first later one where Debian no longer offers it.
    V7_2,
}

impl KernelVersion {
    /// Every version.
    pub(crate) const EVERY: [Self; 3] = [Self::V6_1, Self::V6_12, Self::V7_2];

    /// The series, as the kernel's own version begins.
    pub(crate) fn series(self) -> (u32, u32) {
        match self {
            Self::V6_1 => (6, 1),
            Self::V6_12 => (6, 12),
            Self::V7_2 => (7, 2),
        }
    }
}

/// The Image of a kernel for arm64 clouds, named `vmlinuz-` and its release.
pub(crate) fn kernel(version: KernelVersion) -> Result<PathBuf, FetchError> {
    let cache = Cache::open()?;
    let (major, minor) = version.series();
    let folder = cache.component(&format!("kernel-{major}.{minor}"), |folder| {
        let apt = Apt::open(&cache)?;
        let names = apt.search("^linux-(image|binary)-[0-9].*-cloud-arm64$", Suites::All)?;
        let package = newest(&names, (major, minor)).ok_or_else(|| FetchError::NoPackage {
            what: format!("a Linux {major}.{minor} kernel for arm64 clouds"),
            suites: Suites::All.names().join(", "),
        })?;
        let unpacked = folder.join("unpacked");
        apt.extract(&[format!("{package}:arm64")], Suites::All, &unpacked)?;
        let release = release(package).unwrap_or(package);
        let kernel = folder.join(format!("vmlinuz-{release}"));
        let source = image(&unpacked, release)?;
        fs::rename(&source, &kernel).map_err(FetchError::file("rename", source))?;
        fs::remove_dir_all(&unpacked).map_err(FetchError::file("remove", unpacked))
    })?;
    let files = fs::read_dir(&folder).map_err(FetchError::file("read", &folder))?;
    let kernel = files.flatten().map(|file| file.path()).find(|file| file.is_file());
    kernel.ok_or(FetchError::NoFile { file: "vmlinuz".into(), folder })
}

/// Where a kernel package keeps its Image: `/boot`, or since Linux 7 its modules' folder.
fn image(unpacked: &Path, release: &str) -> Result<PathBuf, FetchError> {
    let places = [
        unpacked.join(format!("boot/vmlinuz-{release}")),
        unpacked.join(format!("usr/lib/modules/{release}/vmlinuz")),
    ];
    places.into_iter().find(|place| place.is_file()).ok_or_else(|| FetchError::NoFile {
        file: format!("vmlinuz of Linux {release}"),
        folder: unpacked.into(),
    })
}

/// The newest kernel of `series`, else the oldest series after it. A `binary` package holds what
/// the `image` package of the same release only refers to.
fn newest(packages: &[String], series: (u32, u32)) -> Option<&str> {
    let kernels: Vec<(Vec<u32>, &str)> = packages
        .iter()
        .filter_map(|package| Some((numbers(release(package)?), package.as_str())))
        .filter(|(version, _)| series_of(version).is_some_and(|found| found >= series))
        .collect();
    let nearest = kernels.iter().filter_map(|(version, _)| series_of(version)).min()?;
    let candidates = kernels.into_iter().filter(|(version, _)| series_of(version) == Some(nearest));
    let newest = candidates
        .max_by_key(|(version, package)| (version.clone(), package.starts_with("linux-binary-")));
    newest.map(|(_, package)| package)
}

fn release(package: &str) -> Option<&str> {
    package.strip_prefix("linux-image-").or_else(|| package.strip_prefix("linux-binary-"))
}

fn series_of(version: &[u32]) -> Option<(u32, u32)> {
    Some((*version.first()?, *version.get(1)?))
}

/// The numbers in a release: `6.12.90+deb12.1-cloud-arm64` as 6, 12, 90, 12, 1, 64.
fn numbers(release: &str) -> Vec<u32> {
    release.split(|letter: char| !letter.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_a_series_is_chosen_by_number() {
        let packages = [
            "linux-image-6.1.0-50-cloud-arm64",
            "linux-image-6.12.95+deb12-cloud-arm64",
            "linux-image-6.12.107+deb13-cloud-arm64",
            "linux-image-6.12.107+deb12-cloud-arm64",
            "linux-image-7.3.4+deb13-cloud-arm64",
            "linux-binary-7.3.4+deb13-cloud-arm64",
            "linux-binary-7.4.1+deb13-cloud-arm64",
        ]
        .map(String::from);
        assert_eq!(newest(&packages, (6, 1)), Some("linux-image-6.1.0-50-cloud-arm64"));
        assert_eq!(newest(&packages, (6, 12)), Some("linux-image-6.12.107+deb13-cloud-arm64"));
        // 7.2 has left the archive: the first series after it serves.
        assert_eq!(newest(&packages, (7, 2)), Some("linux-binary-7.3.4+deb13-cloud-arm64"));
        assert_eq!(newest(&packages, (8, 0)), None);
    }
}
