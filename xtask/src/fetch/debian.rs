//! A Debian of its own for guests: arm64 programs on glibc, as Debian builds them.

use std::fs;
use std::path::PathBuf;

use crate::error::FetchError;
use crate::fetch::apt::{Apt, Suites};
use crate::fetch::cache::Cache;
use crate::fetch::closure::{PROGRAMS, keep};

/// The packages with the programs, and those with the libraries they lead to.
const PACKAGES: &str = "bash bzip2 coreutils diffutils grep gzip mawk openssl perl-base \
    python3.13-minimal libpython3.13-minimal sed xz-utils \
    libacl1 libattr1 libbz2-1.0 libc6 libcap2 libcrypt1 libexpat1 libgcc-s1 libgmp10 liblzma5 \
    libpcre2-8-0 libselinux1 libssl3t64 libsystemd0 libtinfo6 libzstd1 zlib1g";

/// What is kept of `usr/bin`: the file's name there, by which commands know it, unless they know it
/// by another.
const KEPT: &str = "bash base32 base64 basenc b2sum bzip2 cat cksum cmp comm cut date expand expr \
    factor fold grep gzip head join ls md5sum numfmt od openssl paste perl pr printf rm sed seq \
    sha1sum sha224sum sha256sum sha384sum sha512sum shuf sleep sort split tac tail tee timeout tr \
    tsort uniq wc xz yes";
const RENAMED: [(&str, &str); 2] = [("awk", "mawk"), ("python3", "python3.13")];

/// Folders that programs look into, kept whole.
const FOLDERS: [&str; 2] = ["usr/lib/python3.13", "usr/lib/aarch64-linux-gnu/perl-base"];

/// A link in them to a machine's configuration.
const DANGLING: &str = "usr/lib/python3.13/sitecustomize.py";

/// The root folder of the programs, their libraries and what they read.
pub(crate) fn debian() -> Result<PathBuf, FetchError> {
    let cache = Cache::open()?;
    cache.component("debian", |folder| {
        let unpacked = folder.join("unpacked");
        let packages = PACKAGES.split_whitespace().map(|name| format!("{name}:arm64"));
        let packages: Vec<String> = packages.collect();
        Apt::open(&cache)?.extract(&packages, Suites::Trixie, &unpacked)?;
        let programs = unpacked.join(PROGRAMS);
        let programs = names().map(|(name, file)| (name, programs.join(file)));
        keep(&unpacked, &programs.collect::<Vec<_>>(), folder)?;
        for part in FOLDERS {
            let place = folder.join(part);
            let above = place.parent().unwrap_or(folder);
            fs::create_dir_all(above).map_err(FetchError::file("create", above))?;
            let from = unpacked.join(part);
            fs::rename(&from, &place).map_err(FetchError::file("keep", from))?;
        }
        let link = folder.join(DANGLING);
        fs::remove_file(&link).map_err(FetchError::file("remove", link))?;
        fs::remove_dir_all(&unpacked).map_err(FetchError::file("remove", unpacked))
    })
}

/// The programs by the names that commands know them by; with each, its file.
pub(super) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    KEPT.split_whitespace().map(|name| (name, name)).chain(RENAMED)
}
