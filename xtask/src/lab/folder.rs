//! The lab's folder: what commands in the lab find, by the same names everywhere.
//!
//! | file | |
//! |---|---|
//! | `bin/hotcore` | the VMM, built for the machine that runs it |
//! | `guest/vmlinuz-6.12`, `-7.2`, `-6.1` | Debian's kernels |
//! | `guest/initramfs` | busybox, bash, tools, tests and the guest's init |
//! | `guest/userland` | the same and, below `debian`, programs of Debian and commands for them |
//! | `guest/userland.answers` | what `qemu-aarch64` says that those commands print |

use std::fs::{self, File};
use std::io::BufWriter;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{Engine, LabError};
use crate::fetch::KernelVersion;
use crate::image::{self, GuestPrograms};
use crate::{cross, fetch, here};

/// Builds and fetches everything the folder of an engine holds, and gives the folder.
pub(crate) fn prepare(engine: Engine) -> Result<PathBuf, LabError> {
    prepare_in(engine, here::LAB)
}

/// The same with a VMM that is built in `profile`, where it runs on this machine.
pub(crate) fn prepare_in(engine: Engine, profile: &str) -> Result<PathBuf, LabError> {
    let vmm = one(engine.build(profile, &["hotcore"], &["hotcore"])?)?;
    let agent = one(cross::build(&["hotcore-guest-agent"], &["hotcore-guest-agent"])?)?;
    let litmus = one(cross::build(&["hotcore-guest-litmus"], &["hotcore-guest-litmus"])?)?;
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
    guest_images(&folder.join("guest"), agent, litmus)?;
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

fn guest_images(folder: &Path, agent: PathBuf, litmus: PathBuf) -> Result<(), LabError> {
    let programs = GuestPrograms {
        busybox: fetch::busybox()?,
        agent,
        litmus,
        bash: fetch::bash()?,
        selftest: fetch::cpu_hotplug_selftest()?,
        chcpu: fetch::chcpu()?,
    };
    write(&folder.join("initramfs"), |output| image::guest(output, &programs))?;
    let debian = fetch::debian()?;
    write(&folder.join("userland"), |output| image::userland(output, &programs, &debian))?;
    link(&fetch::answers()?, &folder.join("userland.answers"))
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
