//! The initramfs images: two for the test guests, one for the lab's host. All are a busybox, an
//! init and a few files; one of the guests' has a cut of Debian besides.
//!
//! Packing takes a fraction of a second, so an image is written anew whenever it is used.

mod cpio;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cpio::Writer;

use crate::fetch;
use crate::lab::LabError;

const GUEST_INIT: &[u8] = include_bytes!("../../../guest/init");
const GUEST_RULE: &[u8] = include_bytes!("../../../guest/rules/mdev.conf");
const LAB_INIT: &[u8] = include_bytes!("../../../guest/lab/init");

/// The programs in a guest's image.
#[derive(Debug)]
pub(crate) struct GuestPrograms {
    /// A static busybox.
    pub(crate) busybox: PathBuf,
    /// The static `hotcore-guest-agent`.
    pub(crate) agent: PathBuf,
    /// A static bash.
    pub(crate) bash: PathBuf,
    /// The static `hotcore-guest-litmus`.
    pub(crate) litmus: PathBuf,
    /// Linux's own test of CPU hotplug, a bash script.
    pub(crate) selftest: PathBuf,
    /// chcpu and its libraries: path in the image, and file.
    pub(crate) chcpu: Vec<(String, PathBuf)>,
}

/// Writes the test guests' initramfs.
pub(crate) fn guest<W: Write>(output: W, programs: &GuestPrograms) -> Result<W, LabError> {
    let mut image = Image(Writer::new(output));
    image.guest(programs)?;
    image.finish()
}

/// Writes the initramfs of guests that run Debian's programs: the other guests', and below
/// `debian` those programs, the list of commands and the script that runs one.
pub(crate) fn userland<W: Write>(
    output: W,
    programs: &GuestPrograms,
    debian: &Path,
) -> Result<W, LabError> {
    let mut image = Image(Writer::new(output));
    image.guest(programs)?;
    image.folder("debian", debian)?;
    image.bytes("debian/run", 0o755, fetch::RUN.as_bytes())?;
    image.bytes("debian/commands", 0o644, fetch::COMMANDS.as_bytes())?;
    for mount in ["dev", "proc", "tmp"] {
        image.bytes(&format!("debian/{mount}/README"), 0o644, b"Mounted over.\n")?;
    }
    image.finish()
}
/// Writes the initramfs of the lab's host: its own files, the job, and what `folder` holds.
pub(crate) fn lab<W: Write>(
    output: W,
    busybox: &Path,
    job: &[u8],
    folder: Option<&Path>,
    files: &[(String, PathBuf)],
) -> Result<W, LabError> {
    let mut image = Image(Writer::new(output));
    image.bytes("init", 0o755, LAB_INIT)?;
    image.bytes("job", 0o644, job)?;
    image.file("bin/busybox", busybox)?;
    image.bytes("lab/README", 0o644, b"What this host is given to test with.\n")?;
    if let Some(folder) = folder {
        image.folder("lab", folder)?;
    }
    for (path, file) in files {
        image.file(&format!("lab/{path}"), file)?;
    }
    image.finish()
}

/// An archive whose errors name the file they are about.
struct Image<W>(Writer<W>);

impl<W: Write> Image<W> {
    /// What every guest has.
    fn guest(&mut self, programs: &GuestPrograms) -> Result<(), LabError> {
        self.bytes("init", 0o755, GUEST_INIT)?;
        self.bytes("etc/hotcore/mdev.conf", 0o644, GUEST_RULE)?;
        self.file("bin/busybox", &programs.busybox)?;
        self.file("bin/bash", &programs.bash)?;
        self.file("usr/bin/hotcore-guest-agent", &programs.agent)?;
        self.file("usr/bin/hotcore-guest-litmus", &programs.litmus)?;
        self.file("usr/bin/cpu-on-off-test.sh", &programs.selftest)?;
        for (path, file) in &programs.chcpu {
            self.file(path, file)?;
        }
        Ok(())
    }

    fn bytes(&mut self, path: &str, mode: u32, content: &[u8]) -> Result<(), LabError> {
        let size = u32::try_from(content.len()).map_err(|_| pack(path)(too_large()))?;
        self.0.file(path, mode, size, content).map_err(pack(path))
    }

    /// Adds a file of this machine, executable.
    fn file(&mut self, path: &str, file: &Path) -> Result<(), LabError> {
        let content = File::open(file).map_err(pack(file))?;
        let size = content.metadata().map_err(pack(file))?.len();
        let size = u32::try_from(size).map_err(|_| pack(file)(too_large()))?;
        self.0.file(path, 0o755, size, content).map_err(pack(file))
    }

    /// Adds all files below a folder of this machine, links by what they lead to.
    fn folder(&mut self, path: &str, folder: &Path) -> Result<(), LabError> {
        for entry in folder.read_dir().map_err(pack(folder))? {
            let entry = entry.map_err(pack(folder))?;
            let inside = format!("{path}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                self.folder(&inside, &entry.path())?;
            } else {
                self.file(&inside, &entry.path())?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<W, LabError> {
        self.0.finish().map_err(pack("the end"))
    }
}

fn pack(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> LabError {
    let path = path.into();
    move |source| LabError::Pack { path, source }
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "a cpio archive's files are smaller than 4 GiB")
}
