//! Requests of bounded length, cut out of whatever pieces a socket delivers.
//!
//! QMP's clients end a request as they like: most by a new line, `qemu.qmp` by nothing at all, people
//! write one over several lines. So, as with QEMU, a request ends where its brackets close. What can be
//! no JSON ends earlier, so that a client is understood again after whatever it sent: at the end of a line
//! outside of brackets or within a string, at a control character or a byte 0xFF (QMP's own way to begin
//! afresh), and before a line that begins with `{`, which every request but no sensible part of one does.

/// The longest request, as long as `qemu.qmp` takes an answer.
pub const REQUEST_LIMIT: usize = 10 << 20;

/// What is kept of the memory that a long request took.
const KEPT_CAPACITY: usize = 64 << 10;

/// A request was longer than [`REQUEST_LIMIT`]; the rest of it is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Bytes that have come and were not yet read as requests.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    buffer: Vec<u8>,
    /// Up to here the buffer has been given out.
    start: usize,
    /// Up to here it has been looked at, and this is where that is.
    seen: usize,
    place: Place,
    skipping: bool,
    finished: bool,
}

/// Where in a request a byte is.
#[derive(Debug, Default)]
struct Place {
    begun: bool,
    depth: usize,
    in_string: bool,
    escaped: bool,
    line_begins: bool,
}

/// Whether a request ends at a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    On,
    EndBefore,
    EndAfter,
}

impl Requests {
    /// Takes what has come. Not more than a buffer's worth at a time: it is all kept until read.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.compact();
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole request.
    pub(crate) fn next(&mut self) -> Option<Result<&[u8], TooLong>> {
        loop {
            let Some(end) = self.find_end() else {
                return self.unfinished().then_some(Err(TooLong));
            };
            let start = std::mem::replace(&mut self.start, end);
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            if end - start > REQUEST_LIMIT {
                return Some(Err(TooLong));
            }
            return Some(Ok(&self.buffer[start..end]));
        }
    }

    /// Nothing more will come: what there is, is a request.
    pub(crate) fn finish(&mut self) {
        self.finished = true;
    }

    fn find_end(&mut self) -> Option<usize> {
        while let Some(byte) = self.buffer.get(self.seen) {
            let step = self.place.step(*byte);
            if step != Step::EndBefore {
                self.seen += 1;
            }
            if step != Step::On {
                self.place = Place::default();
                return Some(self.seen);
            }
            if !self.place.begun {
                self.start = self.seen;
            }
        }
        // What a client left unfinished is its last request.
        let last = self.finished && std::mem::take(&mut self.place.begun);
        last.then_some(self.seen)
    }

    /// There is no end yet; tells whether the request has just become too long.
    fn unfinished(&mut self) -> bool {
        let too_long = self.buffer.len() - self.start > REQUEST_LIMIT;
        if self.skipping || too_long {
            self.start = self.buffer.len();
        }
        self.skipping |= too_long;
        too_long
    }

    fn compact(&mut self) {
        self.buffer.drain(..self.start);
        self.seen -= self.start;
        self.start = 0;
        if self.buffer.is_empty() {
            self.buffer.shrink_to(KEPT_CAPACITY);
        }
    }
}

impl Place {
    fn step(&mut self, byte: u8) -> Step {
        let line_begins = std::mem::take(&mut self.line_begins);
        match byte {
            b'\n' if self.depth == 0 && !self.begun => Step::On,
            b'\n' if self.depth == 0 || self.in_string => Step::EndAfter,
            b'\n' => {
                self.line_begins = true;
                Step::On
            }
            b' ' | b'\t' | b'\r' if !self.in_string => Step::On,
            0..0x20 | 0xff => Step::EndAfter,
            _ if self.in_string => self.within_string(byte),
            b'{' | b'[' if self.begun && self.depth == 0 => Step::EndBefore,
            b'{' if line_begins => Step::EndBefore,
            _ => self.outside(byte),
        }
    }

    fn within_string(&mut self, byte: u8) -> Step {
        let escaped = std::mem::take(&mut self.escaped);
        match byte {
            b'\\' => self.escaped = !escaped,
            b'"' => self.in_string = escaped,
            _ => {}
        }
        Step::On
    }

    fn outside(&mut self, byte: u8) -> Step {
        self.begun = true;
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Step::EndAfter;
                }
            }
            _ => {}
        }
        Step::On
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(requests: &mut Requests) -> Vec<Result<Vec<u8>, TooLong>> {
        std::iter::from_fn(|| requests.next().map(|one| one.map(<[u8]>::to_vec))).collect()
    }

    fn cut(text: &[u8]) -> Vec<String> {
        let mut requests = Requests::default();
        requests.receive(text);
        requests.finish();
        let texts = all(&mut requests).into_iter();
        texts.map(|text| String::from_utf8_lossy(&text.unwrap()).trim().to_owned()).collect()
    }

    #[test]
    fn a_request_ends_where_its_brackets_close() {
        for text in [
            "{}\r\n{\"a\": \"}\\\"{\"}\n",
            "{}{\"a\": \"}\\\"{\"}",
            " {} \n\n\t{\"a\": \"}\\\"{\"}",
        ] {
            assert_eq!(cut(text.as_bytes()), ["{}", "{\"a\": \"}\\\"{\"}"], "{text}");
        }
        assert_eq!(cut(b"{\n  \"a\": [\n 1\n]\n}\n{}"), ["{\n  \"a\": [\n 1\n]\n}", "{}"]);
        assert_eq!(cut(b""), [""; 0]);
        assert_eq!(cut(b" \r\n"), [""; 0]);
    }

    #[test]
    fn what_is_no_json_ends_soon() {
        for (text, wanted) in [
            (&b"hello\n{}"[..], ["hello", "{}"]),
            (b"hello{}", ["hello", "{}"]),
            (b"}{}", ["}", "{}"]),
            (b"{\"a\n{}", ["{\"a", "{}"]),
            (b"{\"a\\\n{}", ["{\"a\\", "{}"]),
            (b"{\"execute\":\n{}", ["{\"execute\":", "{}"]),
            (b"[[[\r\n{}", ["[[[", "{}"]),
            (b"{\"a\xff{}", ["{\"a\u{fffd}", "{}"]),
            (b"{\x1b{}", ["{\u{1b}", "{}"]),
            (b"{} {\"a\":", ["{}", "{\"a\":"]),
        ] {
            assert_eq!(cut(text), wanted);
        }
    }

    #[test]
    fn a_request_that_is_too_long_is_told_once_and_skipped() {
        let mut requests = Requests::default();
        requests.receive(b"{}{\"");
        let mut seen = all(&mut requests);
        for _ in 0..REQUEST_LIMIT / (1 << 20) + 5 {
            requests.receive(&vec![b'x'; 1 << 20]);
            seen.extend(all(&mut requests));
            assert!(requests.buffer.len() <= REQUEST_LIMIT + (1 << 20) + 2);
        }
        requests.receive(b"\"}{ }");
        seen.extend(all(&mut requests));
        assert_eq!(seen, [Ok(b"{}".to_vec()), Err(TooLong), Ok(b"{ }".to_vec())]);
        requests.receive(b"");
        assert!(requests.buffer.capacity() <= 2 * KEPT_CAPACITY);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(text in "[a{}\\[\\]\"\\\\\n\u{1} ]{0,40}", size in 1usize..10) {
            let mut requests = Requests::default();
            let mut seen = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                requests.receive(piece);
                seen.extend(all(&mut requests));
            }
            requests.finish();
            seen.extend(all(&mut requests));
            let seen: Vec<_> = seen.into_iter().map(|text| String::from_utf8(text.unwrap()).unwrap().trim().to_owned()).collect();
            prop_assert_eq!(seen, cut(text.as_bytes()));
        }

        #[test]
        fn a_request_is_understood_after_whatever_there_was(before in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut text = before;
            text.extend_from_slice(b"\n{\"execute\":1}\n");
            let texts = cut(&text);
            prop_assert_eq!(texts.last().map(String::as_str), Some("{\"execute\":1}"));
        }
    }
}
