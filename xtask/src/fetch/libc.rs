//! Which suite's programs run on this machine: those built for its C library or an older one.

use std::process::Command;

use crate::error::FetchError;
use crate::fetch::apt::Suites;
use crate::process;

/// The suites whose programs run on this machine's C library.
pub(crate) fn suites() -> Result<Suites, FetchError> {
    let found = process::output(Command::new("getconf").arg("GNU_LIBC_VERSION"))?;
    suites_for(&found).ok_or_else(|| FetchError::OldLibc { found: found.trim().into() })
}

/// `glibc 2.36` is Debian 12's, `glibc 2.41` Debian 13's.
fn suites_for(version: &str) -> Option<Suites> {
    let (major, minor) = version.trim().strip_prefix("glibc ")?.split_once('.')?;
    match (major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?) {
        version if version >= (2, 41) => Some(Suites::Trixie),
        version if version >= (2, 36) => Some(Suites::Bookworm),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_never_meets_an_older_c_library() {
        assert_eq!(suites_for("glibc 2.36\n"), Some(Suites::Bookworm));
        assert_eq!(suites_for("glibc 2.39\n"), Some(Suites::Bookworm));
        assert_eq!(suites_for("glibc 2.41\n"), Some(Suites::Trixie));
        assert_eq!(suites_for("glibc 2.31\n"), None);
    }
}
