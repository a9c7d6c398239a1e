//! `key=value,key=value` lists, as Cloud Hypervisor and QEMU have them.

/// Why a list cannot be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ListError {
    /// An item without `=`.
    #[error("`{item}` is not key=value; the keys are {allowed}")]
    NotAPair {
        /// As typed.
        item: String,
        /// The keys there are.
        allowed: String,
    },
    /// A key that does not exist.
    #[error("there is no key `{key}`; the keys are {allowed}")]
    UnknownKey {
        /// As typed.
        key: String,
        /// The keys there are.
        allowed: String,
    },
    /// A key that appears twice.
    #[error("the key `{key}` is given twice")]
    Twice {
        /// As typed.
        key: String,
    },
    /// A key that has to be there.
    #[error("the key `{key}` is missing")]
    Missing {
        /// Which.
        key: &'static str,
    },
    /// A value that its key does not take.
    #[error("{key}={value}: {allowed} is expected")]
    Value {
        /// Of which key.
        key: &'static str,
        /// As typed.
        value: String,
        /// What the key takes.
        allowed: &'static str,
    },
}

/// A list whose keys are known and appear once each.
#[derive(Debug)]
pub(crate) struct List<'a> {
    pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> List<'a> {
    /// Takes `text` apart. It may only have keys that are `allowed`.
    pub(crate) fn parse(text: &'a str, allowed: &[&str]) -> Result<Self, ListError> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for item in text.split(',') {
            let (key, value) = item.split_once('=').ok_or_else(|| ListError::NotAPair {
                item: item.to_owned(),
                allowed: allowed.join(", "),
            })?;
            if !allowed.contains(&key) {
                let (key, allowed) = (key.to_owned(), allowed.join(", "));
                return Err(ListError::UnknownKey { key, allowed });
            }
            if pairs.iter().any(|(known, _)| *known == key) {
                return Err(ListError::Twice { key: key.to_owned() });
            }
            pairs.push((key, value));
        }
        Ok(Self { pairs })
    }

    /// The value of a key, made by `parse`; `allowed` says what it takes. `None` without the key.
    pub(crate) fn get<T>(
        &self,
        key: &'static str,
        allowed: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ListError> {
        let Some((_, value)) = self.pairs.iter().find(|(known, _)| *known == key) else {
            return Ok(None);
        };
        let refused = || ListError::Value { key, value: (*value).to_owned(), allowed };
        parse(value).map(Some).ok_or_else(refused)
    }
}

/// Digits only: no sign, no blanks.
pub(crate) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
