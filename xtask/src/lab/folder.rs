//! The lab's folder: what commands in the lab find, by the same names everywhere.
//!
//! | file | |
//! |---|---|
//! | `bin/hotcore` | the VMM, built for the machine that runs it |
//! | `guest/vmlinuz-6.12`, `-7.2`, `-6.1` | Debian's kernels |
//! | `guest/probe` | the conformance guest, a kernel for bare metal |
//! | `guest/initramfs` | busybox, bash, tools, tests and the guest's init |
//! | `guest/userland` | for tests: the same and, below `debian`, programs of Debian and commands for them |
//! | `guest/userland.answers` | for tests: what `qemu-aarch64` says that those commands print |

use std::fs::{self, File};
use std::io::BufWriter;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{Engine, LabError};
use crate::fetch::KernelVersion;
use crate::image::{self, GuestPrograms};
use crate::{cross, fetch, here, probe};

/// Builds and fetches what it takes to run guests on an engine, and gives the folder. The VMM is built
/// in `profile`, where it runs on this machine.
pub(crate) fn prepare(engine: Engine, profile: &str) -> Result<PathBuf, LabError> {
    let vmm = one(engine.build(profile, &["hotcore"], &["hotcore"])?)?;
    let programs = guest_programs()?;
    let probe = probe::build()?;
    let folder = place(engine);
    for part in ["bin", "guest"] {
        let part = folder.join(part);
        fs::create_dir_all(&part).map_err(stage(&part))?;
    }
    let _one_at_a_time = lock(&folder.with_extension("lock"))?;
    link(&vmm, &folder.join("bin/hotcore"))?;
    for version in KernelVersion::EVERY {
        let (major, minor) = version.series();
        let name = format!("guest/vmlinuz-{major}.{minor}");
        link(&fetch::kernel(version)?, &folder.join(name))?;
    }
    link(&probe, &folder.join("guest/probe"))?;
    let initramfs = folder.join("guest/initramfs");
    write(&initramfs, |output| image::guest(output, &programs))?;
    Ok(folder)
}

/// The same and what tests judge guests by: Debian's programs, and QEMU's word on what they print.
pub(crate) fn prepare_for_tests(engine: Engine) -> Result<PathBuf, LabError> {
    let folder = prepare(engine, here::LAB)?;
    let (programs, debian, answers) = (guest_programs()?, fetch::debian()?, fetch::answers()?);
    let _one_at_a_time = lock(&folder.with_extension("lock"))?;
    let userland = folder.join("guest/userland");
    write(&userland, |output| image::userland(output, &programs, &debian))?;
    link(&answers, &folder.join("guest/userland.answers"))?;
    Ok(folder)
}

/// The folder as [`prepare`] left it, if it has run.
pub(crate) fn prepared(engine: Engine) -> Option<PathBuf> {
    Some(place(engine)).filter(|folder| folder.join("guest/initramfs").is_file())
}

fn place(engine: Engine) -> PathBuf {
    let name = match engine {
        Engine::Kvm => "lab",
        Engine::Soft => "lab-soft",
    };
    fetch::workspace().join("target").join(name)
}

/// The program of a build that makes one.
fn one(programs: Vec<PathBuf>) -> Result<PathBuf, LabError> {
    let program = programs.into_iter().next();
    program.ok_or_else(|| stage(Path::new("bin"))(std::io::ErrorKind::NotFound.into()))
}

/// Holds other processes off for as long as the returned file is open.
fn lock(path: &Path) -> Result<File, LabError> {
    let file = File::create(path).map_err(stage(path))?;
    file.lock().map_err(stage(path))?;
    Ok(file)
}

fn guest_programs() -> Result<GuestPrograms, LabError> {
    let agent = one(cross::build(&["hotcore-guest-agent"], &["hotcore-guest-agent"])?)?;
    let litmus = one(cross::build(&["hotcore-guest-litmus"], &["hotcore-guest-litmus"])?)?;
    Ok(GuestPrograms {
        busybox: fetch::busybox()?,
        agent,
        litmus,
        bash: fetch::bash()?,
        selftest: fetch::cpu_hotplug_selftest()?,
        chcpu: fetch::chcpu()?,
    })
}

/// Writes a file that is there, or is new, only when it is complete.
fn write(
    path: &Path,
    content: impl FnOnce(BufWriter<File>) -> Result<BufWriter<File>, LabError>,
) -> Result<(), LabError> {
    let partial = path.with_extension("partial");
    let file = File::create(&partial).map_err(stage(&partial))?;
    content(BufWriter::new(file))?;
    fs::rename(&partial, path).map_err(stage(path))
}

/// Makes or replaces a link.
fn link(file: &Path, link: &Path) -> Result<(), LabError> {
    let partial = link.with_extension("partial");
    let _ = fs::remove_file(&partial);
    symlink(file, &partial).and_then(|()| fs::rename(&partial, link)).map_err(stage(link))
}

fn stage(path: &Path) -> impl FnOnce(std::io::Error) -> LabError {
    let path = path.to_owned();
    move |source| LabError::Stage { path, source }
}
