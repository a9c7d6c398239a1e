//! Linux's notation for sets of CPUs: `0-3,7`.

use std::collections::BTreeSet;
use std::fmt;

/// A set of CPUs as sysfs prints it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CpuList(BTreeSet<u32>);

impl CpuList {
    /// Reads the notation; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut cpus = BTreeSet::new();
        for range in text.trim().split(',').filter(|range| !range.is_empty()) {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            cpus.extend(first.parse::<u32>().ok()?..=last.parse::<u32>().ok()?);
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

impl fmt::Display for CpuList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cpus: Vec<_> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&cpus.join(","))
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
        assert_eq!(CpuList::parse("x"), None);
    }
}
