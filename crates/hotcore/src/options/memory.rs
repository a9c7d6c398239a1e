//! `--memory size=512M`.

use super::list::{List, ListError, number};

const SIZE: &str = "a whole number of bytes, or of KiB, MiB or GiB with K, M or G after it,";

/// Bytes of RAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// As asked; what a machine can have is the machine's to say.
    pub(crate) bytes: u64,
}

/// Reads the value of `--memory`.
pub(crate) fn parse(text: &str) -> Result<Size, ListError> {
    let list = List::parse(text, &["size"])?;
    let bytes = list.get("size", SIZE, bytes)?.ok_or(ListError::Missing { key: "size" })?;
    Ok(Size { bytes })
}

fn bytes(text: &str) -> Option<u64> {
    let (digits, shift) = match text.as_bytes().last()? {
        b'K' | b'k' => (&text[..text.len() - 1], 10),
        b'M' | b'm' => (&text[..text.len() - 1], 20),
        b'G' | b'g' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    number::<u64>(digits)?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn suffixes_are_powers_of_1024() {
        for (text, bytes) in [
            ("size=512M", 512 << 20),
            ("size=2g", 2 << 30),
            ("size=65536K", 64 << 20),
            ("size=67108864", 64 << 20),
            ("size=0", 0),
        ] {
            assert_eq!(parse(text), Ok(Size { bytes }));
        }
    }

    #[test]
    fn errors_name_the_key_and_what_it_takes() {
        for text in ["size=", "size=M", "size=1T", "size=1.5G", "size=17179869184G", "size=-1"] {
            let message = parse(text).unwrap_err().to_string();
            assert!(message.starts_with(text) && message.contains("MiB"), "{message}");
        }
        assert_eq!(
            parse("512M").unwrap_err().to_string(),
            "`512M` is not key=value; the keys are size"
        );
        assert!(parse("size=1G,size=1G").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(size=)?.*") {
            let _ = parse(&text);
        }

        #[test]
        fn every_number_of_bytes_is_itself(bytes: u64) {
            prop_assert_eq!(parse(&format!("size={bytes}")), Ok(Size { bytes }));
        }
    }
}
