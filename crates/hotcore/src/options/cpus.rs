//! `--cpus boot=N,max=M[,removable=auto|yes|no]`.

use hotcore_vmm::{ConfigError, CpusConfig, Removable};

use super::list::{List, ListError, number};

const KEYS: [&str; 3] = ["boot", "max", "removable"];
const COUNT: &str = "a whole number";
const REMOVABLE: &str = "auto, yes or no";

/// Why CPUs cannot be as asked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CpusError {
    #[error(transparent)]
    List(#[from] ListError),
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// One CPU at boot where `boot` is not given, and no more than those at boot where `max` is not.
pub(crate) fn parse(text: &str) -> Result<CpusConfig, CpusError> {
    let list = List::parse(text, &KEYS)?;
    let boot: u32 = list.get("boot", COUNT, number)?.unwrap_or(1);
    let max: u32 = list.get("max", COUNT, number)?.unwrap_or(boot.max(1));
    let removable = list.get("removable", REMOVABLE, removable)?.unwrap_or_default();
    let max = u16::try_from(max).map_err(|_| ConfigError::MaxOutOfRange(max))?;
    let boot =
        u16::try_from(boot).map_err(|_| ConfigError::BootAboveMax { boot, max: u32::from(max) })?;
    Ok(CpusConfig { boot, max, removable })
}

fn removable(text: &str) -> Option<Removable> {
    match text {
        "auto" => Some(Removable::Auto),
        "yes" => Some(Removable::Yes),
        "no" => Some(Removable::No),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cpus(boot: u16, max: u16, removable: Removable) -> CpusConfig {
        CpusConfig { boot, max, removable }
    }

    #[test]
    fn what_is_not_given_is_sensible() {
        assert_eq!(parse("boot=2,max=8"), Ok(cpus(2, 8, Removable::Auto)));
        assert_eq!(parse("max=8,removable=yes"), Ok(cpus(1, 8, Removable::Yes)));
        assert_eq!(parse("boot=3,removable=no"), Ok(cpus(3, 3, Removable::No)));
    }

    #[test]
    fn errors_name_the_key_and_what_it_takes() {
        for (text, message) in [
            ("", "`` is not key=value; the keys are boot, max, removable"),
            ("boot", "`boot` is not key=value; the keys are boot, max, removable"),
            ("boot=1,cores=2", "there is no key `cores`; the keys are boot, max, removable"),
            ("boot=1,max=2,boot=1", "the key `boot` is given twice"),
            ("boot=one", "boot=one: a whole number is expected"),
            ("boot=-1", "boot=-1: a whole number is expected"),
            ("boot=+1", "boot=+1: a whole number is expected"),
            ("boot=", "boot=: a whole number is expected"),
            ("removable=maybe", "removable=maybe: auto, yes or no is expected"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn b036_large_counts_do_not_wrap() {
        let max = parse("boot=1,max=65537").unwrap_err();
        assert_eq!(max, ConfigError::MaxOutOfRange(65537).into());
        let boot = parse("boot=65537,max=4").unwrap_err();
        assert_eq!(boot, ConfigError::BootAboveMax { boot: 65537, max: 4 }.into());
        assert_eq!(parse("boot=65537").unwrap_err(), ConfigError::MaxOutOfRange(65537).into());
        assert!(parse("max=99999999999999999999").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = parse(&text);
        }

        #[test]
        fn no_list_panics(text in "(boot|max|removable|x)?(=|,)?[0-9a-z]{0,12}(,|=)?.{0,8}") {
            let _ = parse(&text);
        }
    }
}
