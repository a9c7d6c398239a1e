//! Lines of bounded length, cut out of whatever pieces a socket delivers.

/// The longest line, as long as `qemu.qmp` takes one itself.
pub const LINE_LIMIT: usize = 10 << 20;

/// What is kept of the memory that a long line took.
const KEPT_CAPACITY: usize = 64 << 10;

/// A line was longer than [`LINE_LIMIT`]; the rest of it is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Bytes that have come and were not yet read as lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: Vec<u8>,
    /// Up to here the buffer has been given out.
    start: usize,
    /// Up to here it is known to have no end of a line.
    searched: usize,
    skipping: bool,
}

impl Lines {
    /// Takes what has come. Not more than a buffer's worth at a time: it is all kept until read.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.compact();
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole line without its end.
    pub(crate) fn next(&mut self) -> Option<Result<&[u8], TooLong>> {
        loop {
            let Some(length) = memchr::memchr(b'\n', &self.buffer[self.searched..]) else {
                return self.unfinished().then_some(Err(TooLong));
            };
            let (start, end) = (self.start, self.searched + length);
            self.start = end + 1;
            self.searched = self.start;
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            if end - start > LINE_LIMIT {
                return Some(Err(TooLong));
            }
            return Some(Ok(&self.buffer[start..end]));
        }
    }

    /// Nothing more will come: what there is counts as a line.
    pub(crate) fn finish(&mut self) {
        if self.start < self.buffer.len() && !self.buffer.ends_with(b"\n") {
            self.buffer.push(b'\n');
        }
    }

    /// There is no end of the line yet; tells whether it has just become too long.
    fn unfinished(&mut self) -> bool {
        self.searched = self.buffer.len();
        let too_long = self.buffer.len() - self.start > LINE_LIMIT;
        if self.skipping || too_long {
            self.start = self.buffer.len();
        }
        let news = too_long && !self.skipping;
        self.skipping |= too_long;
        news
    }

    fn compact(&mut self) {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        if self.buffer.is_empty() {
            self.buffer.shrink_to(KEPT_CAPACITY);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(lines: &mut Lines) -> Vec<Result<Vec<u8>, TooLong>> {
        std::iter::from_fn(|| lines.next().map(|line| line.map(<[u8]>::to_vec))).collect()
    }

    #[test]
    fn a_line_that_is_too_long_is_told_once_and_skipped() {
        let mut lines = Lines::default();
        lines.receive(b"first\n");
        let mut seen = all(&mut lines);
        for _ in 0..LINE_LIMIT / (1 << 20) + 5 {
            lines.receive(&vec![b'x'; 1 << 20]);
            seen.extend(all(&mut lines));
            assert!(lines.buffer.len() <= LINE_LIMIT + (1 << 20));
        }
        lines.receive(b"end\nnext\n");
        seen.extend(all(&mut lines));
        assert_eq!(seen, [Ok(b"first".to_vec()), Err(TooLong), Ok(b"next".to_vec())]);
        lines.receive(b"");
        assert!(lines.buffer.capacity() <= 2 * KEPT_CAPACITY);
    }

    #[test]
    fn the_longest_line_is_one() {
        let mut lines = Lines::default();
        lines.receive(&vec![b'x'; LINE_LIMIT]);
        assert_eq!(all(&mut lines), []);
        lines.receive(b"\n");
        assert!(matches!(&all(&mut lines)[..], [Ok(line)] if line.len() == LINE_LIMIT));
    }

    #[test]
    fn what_has_no_end_is_a_line_when_nothing_more_comes() {
        let mut lines = Lines::default();
        lines.receive(b"one\ntwo");
        lines.finish();
        lines.finish();
        assert_eq!(all(&mut lines), [Ok(b"one".to_vec()), Ok(b"two".to_vec())]);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(text in "[ab\n]{0,40}", cuts in prop::collection::vec(0usize..5, 0..20)) {
            let mut lines = Lines::default();
            let mut rest = text.as_bytes();
            let mut seen = Vec::new();
            for cut in cuts {
                let (piece, other) = rest.split_at(cut.min(rest.len()));
                rest = other;
                lines.receive(piece);
                seen.extend(all(&mut lines));
            }
            lines.receive(rest);
            lines.finish();
            seen.extend(all(&mut lines));
            let whole: Vec<_> = text.lines().map(|line| Ok(line.as_bytes().to_vec())).collect();
            prop_assert_eq!(seen, whole);
        }
    }
}
