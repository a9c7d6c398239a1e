//! Linux's notation for sets of CPUs: `0-3,7`.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// No CPU has a number as high: Linux's `NR_CPUS` ends at 4096 on arm64.
const HIGHEST: u32 = 4095;

/// A set of CPUs as sysfs prints it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CpuList(BTreeSet<u32>);

impl CpuList {
    /// Reads the notation; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut cpus = BTreeSet::new();
        for range in text.trim().split(',').filter(|range| !range.is_empty()) {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
            if first > last || last > HIGHEST {
                return None;
            }
            cpus.extend(first..=last);
        }
        Some(Self(cpus))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `cpu` is among them.
    pub fn contains(&self, cpu: u32) -> bool {
        self.0.contains(&cpu)
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().copied()
    }

    /// Whether all of them are in `other` too.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }
}

impl PartialEq<&str> for CpuList {
    fn eq(&self, other: &&str) -> bool {
        Self::parse(other).as_ref() == Some(self)
    }
}

impl FromIterator<u32> for CpuList {
    fn from_iter<T: IntoIterator<Item = u32>>(cpus: T) -> Self {
        Self(cpus.into_iter().collect())
    }
}

impl TryFrom<String> for CpuList {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no list of CPUs such as 0-3,7"))
    }
}

impl From<CpuList> for String {
    fn from(list: CpuList) -> Self {
        list.to_string()
    }
}

impl fmt::Display for CpuList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cpus = self.0.iter().copied().peekable();
        let mut separator = "";
        while let Some(first) = cpus.next() {
            let mut last = first;
            while let Some(next) = cpus.next_if(|&cpu| cpu == last + 1) {
                last = next;
            }
            write!(f, "{separator}{first}")?;
            if last > first {
                write!(f, "-{last}")?;
            }
            separator = ",";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_single_cpus_are_read() {
        let list = CpuList::parse("0-2,5\n").unwrap();
        assert_eq!(list, "0,1,2,5");
        assert_eq!(list.len(), 4);
        assert_eq!(CpuList::parse(""), Some(CpuList::default()));
        for wrong in ["x", "3-1", "0-4294967295"] {
            assert_eq!(CpuList::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn lists_are_printed_as_linux_prints_them() {
        for text in ["", "0", "0-3", "0,2-3,7"] {
            let list = CpuList::parse(text).unwrap();
            assert_eq!(list.to_string(), text);
            let json = serde_json::to_string(&list).unwrap();
            assert_eq!(serde_json::from_str::<CpuList>(&json).unwrap(), list);
        }
        assert!(serde_json::from_str::<CpuList>("\"x\"").is_err());
    }
}
