//! Writes archives of an initramfs's format, with the folders that lead to a file.
//!
//! Archives depend on nothing but their content: no times, no owners.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use cpio::newc::{Builder, trailer};

const DIRECTORY: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;

/// An archive being written.
///
/// Paths are relative to the archive's root and have no leading slash. The folders on the way to
/// an entry are added with it.
pub(crate) struct Writer<W> {
    output: W,
    inodes: u32,
    folders: BTreeSet<String>,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(output: W) -> Self {
        Self { output, inodes: 0, folders: BTreeSet::new() }
    }

    /// Adds a regular file of exactly `size` bytes.
    pub(crate) fn file(
        &mut self,
        path: &str,
        mode: u32,
        size: u32,
        content: impl Read,
    ) -> io::Result<()> {
        self.parents(path)?;
        let mut entry = self.entry(path, REGULAR | mode, 1).write(&mut self.output, size);
        let copied = io::copy(&mut content.take(size.into()), &mut entry)?;
        if copied != u64::from(size) {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter"));
        }
        entry.finish().map(drop)
    }

    /// Writes the end of the archive and gives the output back.
    pub(crate) fn finish(self) -> io::Result<W> {
        let mut output = trailer(self.output)?;
        output.flush()?;
        Ok(output)
    }

    fn parents(&mut self, path: &str) -> io::Result<()> {
        for (slash, _) in path.match_indices('/') {
            let folder = &path[..slash];
            if self.folders.insert(folder.to_owned()) {
                self.entry(folder, DIRECTORY | 0o755, 2).write(&mut self.output, 0).finish()?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, path: &str, mode: u32, links: u32) -> Builder {
        self.inodes += 1;
        Builder::new(path).ino(self.inodes).mode(mode).nlink(links)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, mode and content of each entry, read as the specification says.
    fn entries(mut archive: &[u8]) -> Vec<(String, u32, Vec<u8>)> {
        let mut entries = Vec::new();
        while !archive.is_empty() {
            assert_eq!(&archive[..6], b"070701");
            let field = |index: usize| {
                let digits = std::str::from_utf8(&archive[6 + index * 8..14 + index * 8]).unwrap();
                usize::from_str_radix(digits, 16).unwrap()
            };
            let (mode, size, name_size) = (field(1), field(6), field(11));
            let name = String::from_utf8(archive[110..110 + name_size - 1].to_vec()).unwrap();
            let start = (110 + name_size).next_multiple_of(4);
            entries.push((name, mode as u32, archive[start..start + size].to_vec()));
            archive = &archive[(start + size).next_multiple_of(4)..];
        }
        entries
    }

    #[test]
    fn files_and_their_folders_come_back() {
        let mut writer = Writer::new(Vec::new());
        writer.file("bin/tools/one", 0o755, 5, &b"12345"[..]).unwrap();
        writer.file("bin/two", 0o644, 0, &b""[..]).unwrap();
        let archive = writer.finish().unwrap();

        let expected = [
            ("bin", 0o040_755, ""),
            ("bin/tools", 0o040_755, ""),
            ("bin/tools/one", 0o100_755, "12345"),
            ("bin/two", 0o100_644, ""),
            ("TRAILER!!!", 0, ""),
        ];
        let expected: Vec<_> = expected
            .map(|(name, mode, content)| (name.to_owned(), mode, content.as_bytes().to_vec()))
            .into();
        assert_eq!(entries(&archive), expected);
        assert_eq!(archive.len() % 4, 0, "archives can be joined");
    }

    #[test]
    fn a_file_that_became_shorter_is_an_error() {
        let mut writer = Writer::new(Vec::new());
        let error = writer.file("one", 0o644, 5, &b"1234"[..]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
