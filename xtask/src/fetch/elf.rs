//! Which shared libraries a program of any architecture needs, as its dynamic section says.

use std::path::Path;
use std::process::Command;

use crate::error::FetchError;
use crate::process;

/// The names (`DT_NEEDED`) of the libraries `file` is linked with.
pub(crate) fn needed(file: &Path) -> Result<Vec<String>, FetchError> {
    let mut readelf = Command::new("readelf");
    let text = process::output(readelf.env("LC_ALL", "C").args(["--dynamic", "--wide"]).arg(file))?;
    Ok(text.lines().filter_map(needed_in).collect())
}

/// ` 0x0000000000000001 (NEEDED)  Shared library: [libc.so.6]` as `libc.so.6`.
fn needed_in(line: &str) -> Option<String> {
    let (_, name) = line.split_once("(NEEDED)")?.1.split_once('[')?;
    Some(name.strip_suffix(']')?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needed_libraries_are_named() {
        let line = " 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]";
        assert_eq!(needed_in(line).as_deref(), Some("libc.so.6"));
        assert_eq!(needed_in(" 0x000000000000000e (SONAME)  Library soname: [x]"), None);
    }
}
