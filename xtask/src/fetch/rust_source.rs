//! The Rust library's source, of exactly the version of this rustc, where rustup has no prebuilt
//! library for arm64.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::error::FetchError;
use crate::fetch::apt::{Apt, Suites};
use crate::fetch::cache::Cache;
use crate::process;

/// The `library` folder of the Rust source; `None` where the library for `target` is installed.
pub(crate) fn rust_source(target: &'static str) -> Result<Option<PathBuf>, FetchError> {
    let installed = rustc(&["--print", "target-libdir", "--target", target])?;
    if PathBuf::from(installed).is_dir() {
        return Ok(None);
    }
    let component = PathBuf::from(rustc(&["--print", "sysroot"])?).join("lib/rustlib/src/rust");
    if component.join("library/std").is_dir() {
        return Ok(Some(component.join("library")));
    }
    let version = version()?;
    let cache = Cache::open()?;
    let folder = cache.component(&format!("rust-src-{version}"), |folder| {
        let apt = Apt::open(&cache)?;
        let offered = apt.versions("rust-src", Suites::All)?;
        let wanted = offered.into_iter().find(|offer| offer.starts_with(&format!("{version}+")));
        let package =
            wanted.ok_or_else(|| FetchError::NoRustSource { version: version.clone(), target })?;
        let unpacked = folder.join("unpacked");
        apt.extract(&[format!("rust-src={package}")], Suites::All, &unpacked)?;
        let source = unpacked.join(format!("usr/src/rustc-{version}/library"));
        fs::rename(&source, folder.join("library")).map_err(FetchError::file("rename", source))?;
        fs::remove_dir_all(&unpacked).map_err(FetchError::file("remove", unpacked))
    })?;
    Ok(Some(folder.join("library")))
}

fn version() -> Result<String, FetchError> {
    let text = rustc(&["--version"])?;
    Ok(text.split_whitespace().nth(1).unwrap_or_default().to_owned())
}

/// What the rustc that cargo uses prints.
fn rustc(arguments: &[&str]) -> Result<String, FetchError> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Ok(process::output(Command::new(rustc).args(arguments))?.trim().to_owned())
}
