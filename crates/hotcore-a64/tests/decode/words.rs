//! Words to decode: of every row, next to every row, and any.

use hotcore_a64::decode::{Op, decode};

/// SplitMix64, so that a failure comes back at the next run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn word(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) as u32
    }
}

/// Field values: half of them at random, the others with register 31 at one or two places.
fn fields(random: &mut Random) -> u32 {
    let word = random.word();
    match random.word() % 6 {
        0 => word | 31,
        1 => word | 31 << 5,
        2 => word | 31 << 16 | 31 << 5,
        _ => word,
    }
}

/// `each` words of every instruction, with all their fields at random; some hold reserved values.
pub(crate) fn of_every_row(each: usize) -> impl Iterator<Item = u32> {
    let mut random = Random::new(0x0a64);
    Op::all()
        .flat_map(move |op| (0..each).map(|_| op.word(fields(&mut random))).collect::<Vec<_>>())
}

/// Words that differ from those of a row in one bit.
pub(crate) fn beside_every_row(each: usize) -> impl Iterator<Item = u32> {
    let mut random = Random::new(0xbe51de);
    of_every_row(each).map(move |word| word ^ 1 << (random.word() % 32))
}

/// Any words.
pub(crate) fn any(count: usize) -> impl Iterator<Item = u32> {
    let mut random = Random::new(0xa77);
    (0..count).map(move |_| random.word())
}

/// All of these.
pub(crate) fn all() -> impl Iterator<Item = u32> {
    of_every_row(64).chain(beside_every_row(64)).chain(any(50_000))
}

/// The allocated among them.
pub(crate) fn allocated() -> impl Iterator<Item = (u32, Op)> {
    all().filter_map(|word| Some((word, decode(word)?)))
}

/// The UNDEFINED among them.
pub(crate) fn undefined() -> impl Iterator<Item = u32> {
    all().filter(|&word| decode(word).is_none())
}
