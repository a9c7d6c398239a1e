//! The version a kernel states in its banner (Linux, init/version-timestamp.c: `linux_banner`).

use std::io::{self, Read};

use memchr::memmem;

const PREFIX: &[u8] = b"Linux version ";
/// Longest banner that is looked at; compiler and builder names make real ones about 300 bytes.
const BANNER_LIMIT: usize = 1024;
const WINDOW: usize = 256 << 10;

/// A kernel's version, as its banner states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinuxVersion {
    /// 6 of 6.12.95.
    pub major: u32,
    /// 12 of 6.12.95.
    pub minor: u32,
    /// 95 of 6.12.95; 0 when the release has no third number.
    pub patch: u32,
    /// The whole line, from "Linux version" on.
    pub banner: String,
}

impl LinuxVersion {
    /// Whether it is `major.minor` or later.
    pub fn is_at_least(&self, major: u32, minor: u32) -> bool {
        (self.major, self.minor) >= (major, minor)
    }

    /// Reads a banner at the beginning of `bytes`:
    /// `Linux version 6.12.95 (user@host) (compiler) #1 SMP ...`, ended by a newline.
    ///
    /// Format strings and messages that begin alike have no number or no `(` where it is expected.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let release = bytes.strip_prefix(PREFIX)?;
        if !release.first()?.is_ascii_digit() {
            return None;
        }
        let bytes = &bytes[..bytes.len().min(BANNER_LIMIT)];
        let line = &bytes[..memchr::memchr(b'\n', bytes)?];
        let banner = std::str::from_utf8(line).ok()?;
        if banner.chars().any(char::is_control) {
            return None;
        }
        let (release, rest) = banner[PREFIX.len()..].split_once(' ')?;
        if !rest.starts_with('(') {
            return None;
        }
        let mut numbers = release.split('.').map(leading_number);
        Some(Self {
            major: numbers.next()??,
            minor: numbers.next()??,
            patch: numbers.next().flatten().unwrap_or(0),
            banner: banner.to_owned(),
        })
    }
}

/// 95 of "95+deb13-arm64".
fn leading_number(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok()
}

/// Finds the first banner in what `reader` gives, in constant memory.
pub(super) fn find(reader: &mut dyn Read) -> io::Result<Option<LinuxVersion>> {
    let finder = memmem::Finder::new(PREFIX);
    let mut buffer = Vec::with_capacity(WINDOW);
    loop {
        let wanted = (WINDOW - buffer.len()) as u64;
        Read::take(&mut *reader, wanted).read_to_end(&mut buffer)?;
        let at_end = buffer.len() < WINDOW;
        // A banner that begins in the last bytes is looked at again, whole, in the next window.
        let next = if at_end { buffer.len() } else { WINDOW - BANNER_LIMIT };
        let found = finder
            .find_iter(&buffer)
            .take_while(|start| *start < next)
            .find_map(|start| LinuxVersion::parse(&buffer[start..]));
        if found.is_some() || at_end {
            return Ok(found);
        }
        buffer.drain(..next);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BANNER: &str = "Linux version 6.12.95+deb13-arm64 (debian-kernel@lists.debian.org) \
                          (aarch64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0) #1 SMP";

    fn version_of(release: &str) -> Option<(u32, u32, u32)> {
        let text = format!("Linux version {release} (a@b) (gcc) #1 SMP\n");
        let version = find(&mut text.as_bytes()).unwrap()?;
        Some((version.major, version.minor, version.patch))
    }

    #[test]
    fn releases_of_all_shapes_are_read() {
        assert_eq!(version_of("6.12.95+deb13-arm64"), Some((6, 12, 95)));
        assert_eq!(version_of("6.1.0-37-arm64"), Some((6, 1, 0)));
        assert_eq!(version_of("7.2-arm64"), Some((7, 2, 0)));
        assert_eq!(version_of("7.0.0-rc3"), Some((7, 0, 0)));
        assert_eq!(version_of("6"), None);
        assert_eq!(version_of("%s"), None);
        assert_eq!(version_of("6.x.1"), None);
        assert_eq!(version_of("99999999999.1.1"), None);
    }

    #[test]
    fn what_only_looks_like_a_banner_is_passed_over() {
        let image = format!(
            "Linux version %s (%s)\n\0Linux version 6.1 required\n\0Linux version 9.9.9 (\x01)\n\
             Linux version \0{BANNER}\n\0Linux version 1.2.3 (later@one)\n"
        );
        let version = find(&mut image.as_bytes()).unwrap().unwrap();
        assert_eq!((version.major, version.minor, version.patch), (6, 12, 95));
        assert_eq!(version.banner, BANNER);
    }

    #[test]
    fn a_banner_without_end_is_none() {
        let image = BANNER.to_owned() + &" x".repeat(BANNER_LIMIT);
        assert_eq!(find(&mut image.as_bytes()).unwrap(), None);
        assert_eq!(find(&mut BANNER.as_bytes()).unwrap(), None);
    }

    #[test]
    fn versions_compare_as_numbers() {
        let version = |release| {
            let text = format!("Linux version {release} (a@b)\n");
            find(&mut text.as_bytes()).unwrap().unwrap()
        };
        assert!(version("6.11.0").is_at_least(6, 11));
        assert!(version("7.2.1").is_at_least(6, 11));
        assert!(!version("6.2.0").is_at_least(6, 11));
    }

    proptest! {
        #[test]
        fn a_banner_is_found_wherever_it_is(
            before in prop_oneof![0usize..2000, WINDOW - 2000..WINDOW + 2000, 0..3 * WINDOW],
            after in 0usize..2000,
        ) {
            let mut image = vec![0xA5; before];
            image.extend(BANNER.bytes());
            image.push(b'\n');
            image.resize(image.len() + after, 0x5A);
            let version = find(&mut image.as_slice()).unwrap();
            prop_assert_eq!(version.map(|v| v.banner), Some(BANNER.to_owned()));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut image = PREFIX.to_vec();
            image.extend(bytes);
            find(&mut image.as_slice()).unwrap();
        }
    }
}
