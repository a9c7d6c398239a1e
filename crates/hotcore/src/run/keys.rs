//! Ctrl-A on the guest's console: the keys that are Hotcore's and not the guest's.

/// Ctrl-A.
const ESCAPE: u8 = 0x01;

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Something for the guest.
    Guest(u8),
    /// End the machine.
    End,
    /// Show the keys.
    Help,
}

/// Sees the keys in the order they are typed.
#[derive(Debug, Default)]
pub(super) struct Keys {
    escaped: bool,
}

impl Keys {
    /// What one more byte means; `None` while that is not known.
    ///
    /// Ctrl-A followed by a key that has no meaning is swallowed with it.
    pub(super) fn press(&mut self, byte: u8) -> Option<Typed> {
        if !std::mem::take(&mut self.escaped) {
            self.escaped = byte == ESCAPE;
            return (!self.escaped).then_some(Typed::Guest(byte));
        }
        match byte {
            ESCAPE => Some(Typed::Guest(ESCAPE)),
            b'x' | b'X' => Some(Typed::End),
            b'h' | b'H' | b'?' => Some(Typed::Help),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(bytes: &[u8]) -> Vec<Typed> {
        let mut keys = Keys::default();
        bytes.iter().filter_map(|&byte| keys.press(byte)).collect()
    }

    #[test]
    fn everything_but_ctrl_a_goes_to_the_guest() {
        let others: Vec<u8> = (0..=255).filter(|&byte| byte != ESCAPE).collect();
        let typed = press(&others);
        assert!(typed.into_iter().eq(others.into_iter().map(Typed::Guest)));
    }

    #[test]
    fn ctrl_a_makes_the_next_key_ours() {
        assert_eq!(press(b"\x01x"), [Typed::End]);
        assert_eq!(press(b"\x01h"), [Typed::Help]);
        assert_eq!(press(b"\x01\x01x"), [Typed::Guest(ESCAPE), Typed::Guest(b'x')]);
        assert_eq!(press(b"\x01qx"), [Typed::Guest(b'x')]);
    }
}
