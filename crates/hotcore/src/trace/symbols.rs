//! The names of a kernel's addresses, as its `System.map` has them.
//!
//! The addresses in the file are those the kernel was linked at; with KASLR it runs somewhere else. The
//! first VBAR_EL1 of the upper half of the address space is `vectors`: Linux sets it as soon as its
//! own mapping is in use, and the distance is the slide of every symbol. Until then no address has a
//! name. A file without `vectors` is of a guest that runs where it was linked.
//!
//! A running guest's `/proc/kallsyms` does as well, from any boot of the same kernel. What it has of
//! modules is left out: they are somewhere else each time.

use hotcore_vcpu::VcpuIndex;

/// What VBAR_EL1 is set to.
const VECTORS: &str = "vectors";
/// How Debian's note about where the real file is begins; its words follow.
const NOTE: &str = "ffffffffffffffff B ";
/// Addresses of the upper half have this bit.
const UPPER: u64 = 1 << 55;

/// Why a file is no System.map.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SymbolsError {
    #[error("line {0} is not `ADDRESS TYPE NAME`, as in a System.map")]
    Line(usize),
    #[error("there is no symbol")]
    Empty,
    /// Debian's kernel packages.
    #[error(
        "it only says where the real System.map is (`{0}`); /proc/kallsyms, copied from the guest \
         by root, does as well"
    )]
    Elsewhere(String),
    /// To whom the kernel does not tell addresses.
    #[error("every address is 0; /proc/kallsyms has to be copied by root")]
    Hidden,
}

struct Symbol {
    address: u64,
    name: String,
}

/// Names by address, lowest first.
#[derive(Default)]
#[expect(clippy::struct_field_names, reason = "its symbols are what it is named after")]
pub(crate) struct Symbols {
    symbols: Vec<Symbol>,
    /// Where `vectors` was linked at.
    vectors: Option<u64>,
    /// How far from there the guest runs, once that is known.
    slide: Option<u64>,
}

impl Symbols {
    /// The symbols of a System.map: `ffff800080010800 T vectors`.
    pub(crate) fn parse(text: &str) -> Result<Self, SymbolsError> {
        let mut symbols = Vec::new();
        if let Some(note) = text.strip_prefix(NOTE).filter(|note| note.contains(' ')) {
            return Err(SymbolsError::Elsewhere(note.trim_end().to_owned()));
        }
        for (number, line) in text.lines().enumerate() {
            let Fields { address, kind, name, module } =
                Fields::of(line).ok_or(SymbolsError::Line(number + 1))?;
            if !module && is_place(kind, name) {
                // Where several names have one address, that of code says most.
                let code = kind.eq_ignore_ascii_case("t");
                symbols.push((!code, Symbol { address, name: name.to_owned() }));
            }
        }
        if symbols.is_empty() {
            return Err(SymbolsError::Empty);
        }
        if symbols.iter().all(|(_, symbol)| symbol.address == 0) {
            return Err(SymbolsError::Hidden);
        }
        symbols.sort_by_key(|(data, symbol)| (symbol.address, *data));
        let symbols: Vec<Symbol> = symbols.into_iter().map(|(_, symbol)| symbol).collect();
        let vectors = symbols.iter().find(|symbol| symbol.name == VECTORS);
        let vectors = vectors.map(|symbol| symbol.address);
        let slide = if vectors.is_none() { Some(0) } else { None };
        Ok(Self { symbols, vectors, slide })
    }

    /// The VBAR_EL1 of `cpu` is `base`.
    pub(crate) fn learn(&mut self, cpu: VcpuIndex, base: u64) {
        let Some(vectors) = self.vectors else { return };
        if base & UPPER != 0 {
            // Later ones are of mitigations, and not `vectors`.
            self.slide.get_or_insert(base.wrapping_sub(vectors));
        } else if cpu.is_boot() {
            // It begins anew: a reset.
            self.slide = None;
        }
    }

    /// How far from where it was linked the guest runs, once that is known.
    pub(crate) fn slide(&self) -> Option<u64> {
        self.slide.filter(|_| !self.symbols.is_empty())
    }

    /// The symbol that `address` belongs to, and how far behind its beginning that is.
    pub(crate) fn name(&self, address: u64) -> Option<(&str, u64)> {
        let linked = address.wrapping_sub(self.slide?);
        let end = self.symbols.partition_point(|symbol| symbol.address <= linked);
        let address = self.symbols.get(end.checked_sub(1)?)?.address;
        let first = self.symbols.partition_point(|symbol| symbol.address < address);
        // How far the last symbol reaches is not known.
        let reaches = end < self.symbols.len() || address == linked;
        let symbol = self.symbols.get(first).filter(|_| reaches)?;
        Some((&symbol.name, linked - address))
    }
}

/// `ffff800080010800 T vectors`, and `[name]` behind it where it belongs to a module.
struct Fields<'a> {
    address: u64,
    kind: &'a str,
    name: &'a str,
    module: bool,
}

impl<'a> Fields<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let address = u64::from_str_radix(words.next()?, 16).ok()?;
        let (kind, name, module) = (words.next()?, words.next()?, words.next());
        let known = module.is_none_or(|module| module.starts_with('['));
        known.then_some(Self { address, kind, name, module: module.is_some() })
    }
}

/// Absolute symbols are numbers, and `$x` and its like only mark what kind of bytes follow.
fn is_place(kind: &str, name: &str) -> bool {
    !matches!(kind, "a" | "A" | "n" | "N" | "U") && !name.starts_with('$')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAP: &str = "\
0000000000000040 A a_number
ffff800080000000 T _text
ffff800080000000 d data_there_too
ffff800080010000 t $x
ffff800080010800 T vectors
ffff800080011000 t helper
ffff800082000000 B _end
";

    fn slid(by: u64) -> Symbols {
        let mut symbols = Symbols::parse(MAP).unwrap();
        symbols.learn(VcpuIndex::BOOT, 0xffff_8000_8001_0800_u64.wrapping_add(by));
        symbols
    }

    #[test]
    fn an_address_belongs_to_the_symbol_before_it() {
        let symbols = slid(0);
        for (address, name) in [
            (0xffff_8000_8001_0800, Some(("vectors", 0))),
            (0xffff_8000_8001_0fff, Some(("vectors", 0x7ff))),
            (0xffff_8000_8001_1004, Some(("helper", 4))),
            (0xffff_8000_8000_0010, Some(("_text", 0x10))),
            (0xffff_8000_8200_0000, Some(("_end", 0))),
            (0xffff_8000_8200_0001, None),
            (0xffff_8000_7fff_ffff, None),
            (0x48, None),
            (u64::MAX, None),
        ] {
            assert_eq!(symbols.name(address), name, "{address:#x}");
        }
    }

    #[test]
    fn the_first_vectors_tell_the_slide() {
        let mut symbols = Symbols::parse(MAP).unwrap();
        assert_eq!((symbols.slide(), symbols.name(0xffff_8000_8001_1000)), (None, None));
        symbols.learn(VcpuIndex::BOOT, 0);
        assert_eq!(symbols.slide(), None);
        symbols.learn(VcpuIndex::BOOT, 0xffff_8000_8001_0800 + 0x123_0000);
        symbols.learn(VcpuIndex::BOOT, 0xffff_fbff_fff0_0000);
        assert_eq!(symbols.slide(), Some(0x123_0000));
        assert_eq!(symbols.name(0xffff_8000_8124_1008), Some(("helper", 8)));
    }

    #[test]
    fn a_reset_of_the_boot_cpu_forgets_the_slide_and_another_cpu_does_not() {
        let mut symbols = slid(0x20_0000);
        symbols.learn(VcpuIndex::new(1).unwrap(), 0);
        assert_eq!(symbols.slide(), Some(0x20_0000));
        symbols.learn(VcpuIndex::BOOT, 0);
        assert_eq!(symbols.slide(), None);
    }

    #[test]
    fn a_guest_without_vectors_runs_where_it_was_linked() {
        let symbols = Symbols::parse("40000000 T start\n40001000 T end\n").unwrap();
        assert_eq!(symbols.name(0x4000_0004), Some(("start", 4)));
    }

    #[test]
    fn what_is_no_map_is_told_by_its_line() {
        assert_eq!(Symbols::parse("40000000 T a\nMakefile").err(), Some(SymbolsError::Line(2)));
        assert_eq!(Symbols::parse("").err(), Some(SymbolsError::Empty));
        assert_eq!(Symbols::parse("10 A number").err(), Some(SymbolsError::Empty));
        assert_eq!(Symbols::parse("40000000 T a name").err(), Some(SymbolsError::Line(1)));
    }

    #[test]
    fn files_that_only_look_like_a_map_are_told() {
        let note = "ffffffffffffffff B The real System.map is in another package\n";
        let real = "The real System.map is in another package".to_owned();
        assert_eq!(Symbols::parse(note).err(), Some(SymbolsError::Elsewhere(real)));
        let hidden = "0000000000000000 T _text\n0000000000000000 T vectors\n";
        assert_eq!(Symbols::parse(hidden).err(), Some(SymbolsError::Hidden));
        assert!(Symbols::parse("ffffffffffffffff B _end\n").is_ok());
    }

    #[test]
    fn modules_are_left_out() {
        let symbols = "40000000 T start\n40001000 t probe\t[virtio]\n40002000 T end\n";
        let symbols = Symbols::parse(symbols).unwrap();
        assert_eq!(symbols.name(0x4000_1004), Some(("start", 0x1004)));
    }

    proptest! {
        #[test]
        fn no_text_and_no_address_panics(text in "([0-9a-f]{1,17} [tTA] [a-z$]{1,7}\n){0,9}.?", base: u64, at: u64) {
            if let Ok(mut symbols) = Symbols::parse(&text) {
                symbols.learn(VcpuIndex::BOOT, base);
                let _ = symbols.name(at);
            }
        }
    }
}
